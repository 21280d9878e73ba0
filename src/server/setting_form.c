#include "server/setting_form.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define CHANGES_MAX 2000

static void add_fault(struct setting_form *f, const char *id, const struct error *e)
{
    f->faults = x_reallocarray(f->faults, f->fault_count + 1, sizeof *f->faults);
    f->faults[f->fault_count++] = (struct setting_fault){x_strdup(id ? id : ""), *e};
}

static struct setting_change *add_change(struct setting_form *f, setting_no no)
{
    f->changes = x_reallocarray(f->changes, f->n + 1, sizeof *f->changes);
    f->bases = x_reallocarray(f->bases, f->n + 1, sizeof *f->bases);
    f->changes[f->n] = (struct setting_change){.no = no};
    f->bases[f->n] = -1;
    return &f->changes[f->n++];
}

/* The row, or -1 with a fault: unknown, hidden, an action, or named before. */
static setting_no find_row(struct setting_form *f, const char *id)
{
    setting_no no = id ? catalogue_find(id) : -1;
    struct error e = {0};
    if (no < 0 || catalogue_row(no)->is_hidden)
        error_named(&e, ERR_NOT_FOUND, "error-setting-not-found", "There is no such setting");
    else if (catalogue_row(no)->type == SETTING_ACTION)
        error_named(&e, ERR_INVALID, "error-invalid-setting-value", "%s is an action and has no value",
                    catalogue_row(no)->label);
    for (size_t i = 0; e.code == 0 && i < f->n; i++)
        if (f->changes[i].no == no)
            error_named(&e, ERR_INVALID, "error-invalid-setting-value", "%s is named twice", catalogue_row(no)->label);
    if (e.code == 0)
        return no;
    add_fault(f, id, &e);
    return -1;
}

bool setting_form_add(struct setting_form *f, const char *id, const json_t *value)
{
    struct setting_value v;
    struct error e = {0};
    setting_no no = find_row(f, id);
    if (no < 0)
        return false;
    if (setting_value_from_json(no, value, &v, &e) != ERR_OK) {
        add_fault(f, id, &e);
        return false;
    }
    add_change(f, no)->value = v;
    return true;
}

void setting_form_add_reset(struct setting_form *f, const char *id)
{
    setting_no no = find_row(f, id);
    if (no >= 0)
        add_change(f, no)->reset = true;
}

void setting_form_read(struct setting_form *f, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(row, "_id"));
        const json_t *base = json_object_get(row, "base"), *value = json_object_get(row, "value");
        size_t before = f->n;
        struct error e;
        if (i >= CHANGES_MAX) {
            error_named(&e, ERR_TOO_LARGE, "error-invalid-setting-value", "At most %d settings at once", CHANGES_MAX);
            add_fault(f, id, &e);
            return;
        }
        if (json_is_true(json_object_get(row, "reset")))
            setting_form_add_reset(f, id);
        else
            setting_form_add(f, id, value ? value : json_null());
        if (f->n > before && json_is_integer(base))
            f->bases[before] = json_integer_value(base);
    }
}

void setting_form_fini(struct setting_form *f)
{
    for (size_t i = 0; i < f->n; i++)
        setting_value_free(&f->changes[i].value);
    for (size_t i = 0; i < f->fault_count; i++)
        free(f->faults[i].id);
    free(f->changes);
    free(f->bases);
    free(f->faults);
    *f = (struct setting_form){0};
}

bool setting_form_conflicts(const struct setting_form *f, const struct core *c, size_t i)
{
    const struct setting_change *ch = &f->changes[i];
    return f->bases[i] >= 0 && core_setting_state(c, ch->no)->revision > (uint64_t)f->bases[i] &&
           !setting_change_is_idle(c, ch);
}

int setting_form_save(const struct setting_form *f, struct server *s, const struct user *by, enum setting_via via,
                      const char *from, const char *comment, struct result *result)
{
    struct command cmd = server_command(COMMAND_SETTINGS, by);
    cmd.settings = (struct setting_changes){
        .items = f->changes, .n = f->n, .via = via, .from = setting_form_address(from), .comment = comment};
    return server_step(s, &cmd, result);
}

const char *setting_form_address(const char *address)
{
    return address && *address && strcmp(address, "unix") != 0 ? address : "unix socket";
}
