/* Saving settings: with history where the server has it (/usher/v1/settings), all at once where it can
   (saveSettings), else one by one. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/refusal.h"
#include "common/buf.h"
#include "common/mem.h"

struct save {
    struct client_setting_change *changes;
    size_t count, at;
    bool dry;
    client_settings_done done;
    void *arg;
};

static void save_end(struct save *save, const struct client_settings_answer *answer, const struct error *err)
{
    static const struct client_settings_answer nothing;
    save->done(save->arg, answer ? answer : &nothing, err);
    for (size_t i = 0; i < save->count; i++)
        setting_value_free(&save->changes[i].value);
    free(save->changes);
    free(save);
}

/* What the server has taken is shown at once; its events say the same again. */
static void note_saved(struct client *c, const struct client_setting_change *change)
{
    struct client_setting *s = &c->model.pub.settings[change->no];
    if (catalogue_row(change->no)->is_secret) {
        s->secret_set = change->value.s && *change->value.s;
    } else {
        setting_value_free(&s->value);
        setting_value_copy(&s->value, &change->value);
    }
    s->known = true;
    client_tell(c, CLIENT_CHANGED_SETTINGS | model_apply_routing(&c->model), NULL);
}

static void save_next(struct client *c, struct save *save);

static void one_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct save *save = arg;
    (void)body;
    if (err == NULL) {
        note_saved(c, &save->changes[save->at++]);
        save_next(c, save);
        return;
    }
    struct error told = *err;
    const char *failed = catalogue_row(save->changes[save->at].no)->id;
    if (save->at == 0) {
        error_set(&told, err->code, failed, "%s", err->text);
    } else {
        struct buf saved = BUF_INIT;
        for (size_t i = 0; i < save->at; i++)
            buf_printf(&saved, "%s%s", i ? ", " : "", catalogue_row(save->changes[i].no)->id);
        error_set(&told, err->code, failed, "%s was not saved: %s. Saved before it: %s", failed, err->text, saved.data);
        buf_free(&saved);
    }
    told.name = err->name;
    save_end(save, NULL, &told);
}

static void save_next(struct client *c, struct save *save)
{
    if (save->at == save->count) {
        save_end(save, NULL, NULL);
        return;
    }
    const struct client_setting_change *change = &save->changes[save->at];
    json_t *value = setting_value_to_json(&change->value);
    json_t *body = catalogue_row(change->no)->type == SETTING_COLOR
                       ? json_pack("{s:o,s:s}", "value", value, "editor", "color")
                       : json_pack("{s:o}", "value", value);
    call_send(c, rung_rest("POST", body, "settings/%s", catalogue_row(change->no)->id), one_done, save);
}

static void all_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct save *save = arg;
    (void)result;
    if (err && (refusal_is_missing(err) || refusal_is_second_factor(err))) {
        save_next(c, save);
        return;
    }
    for (size_t i = 0; err == NULL && i < save->count; i++)
        note_saved(c, &save->changes[i]);
    save_end(save, NULL, err);
}

static json_t *all_rows(const struct save *save)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < save->count; i++) {
        const struct setting_row *row = catalogue_row(save->changes[i].no);
        json_t *json = json_pack("{s:s,s:o}", "_id", row->id, "value", setting_value_to_json(&save->changes[i].value));
        if (row->type == SETTING_COLOR)
            json_object_set_new(json, "editor", json_string("color"));
        json_array_append_new(rows, json);
    }
    return rows;
}

/* {changes, origin, dryRun}: base is the revision that the model shows, so that the server can tell when that is
   old. */
static json_t *changes_body(const struct client *c, const struct save *save)
{
    json_t *rows = json_array();
    json_int_t base = c->model.pub.settings_revision;
    for (size_t i = 0; i < save->count; i++) {
        const struct client_setting_change *change = &save->changes[i];
        const char *id = catalogue_row(change->no)->id;
        json_array_append_new(
            rows, change->reset
                      ? json_pack("{s:s,s:b,s:I}", "_id", id, "reset", 1, "base", base)
                      : json_pack("{s:s,s:o,s:I}", "_id", id, "value", setting_value_to_json(&change->value), "base", base));
    }
    json_t *body = json_pack("{s:o,s:s}", "changes", rows, "origin", "console");
    if (save->dry)
        json_object_set_new(body, "dryRun", json_true());
    return body;
}

static struct client_setting_remark *remarks(const json_t *list, const char *key, size_t *n)
{
    struct client_setting_remark *out = x_calloc(json_array_size(list) + 1, sizeof(*out));
    size_t i;
    json_t *row;
    *n = 0;
    json_array_foreach(list, i, row) {
        const char *id = js_str(row, "_id"), *text = js_str(row, key);
        if (text)
            out[(*n)++] = (struct client_setting_remark){id ? catalogue_find(id) : -1, x_strdup(text)};
    }
    return out;
}

static void remarks_free(struct client_setting_remark *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].text);
    free(list);
}

static void history_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct save *save = arg;
    struct client_settings_answer a = {0};
    struct error told = {0};
    struct client_setting_remark *consequences = remarks(js_list(body, "consequences"), "text", &a.consequence_count);
    struct client_setting_remark *faults = remarks(js_list(body, "faults"), "error", &a.fault_count);
    a.consequences = consequences;
    a.faults = faults;
    if (err && js_list(body, "conflicts")) {
        a.conflict = true;
        error_named(&told, ERR_CONFLICT, "error-setting-conflict", "%s", err->text);
    } else if (err) {
        told = *err;
    }
    for (size_t i = 0; err == NULL && !save->dry && i < save->count; i++)
        note_saved(c, &save->changes[i]);
    if (!save->dry || a.conflict)
        settings_read_origins(c);
    save_end(save, &a, err ? &told : NULL);
    remarks_free(consequences, a.consequence_count);
    remarks_free(faults, a.fault_count);
}

static void begin(struct client *c, const struct client_setting_change *changes, size_t n, bool dry,
                  client_settings_done done, void *arg)
{
    struct save *save = x_calloc(1, sizeof(*save));
    *save = (struct save){.count = n, .dry = dry, .done = done, .arg = arg};
    save->changes = x_calloc(n + 1, sizeof(*save->changes));
    for (size_t i = 0; i < n; i++) {
        save->changes[i] = changes[i];
        setting_value_copy(&save->changes[i].value, &changes[i].value);
    }
    struct error err = {0};
    if (!client_is_online(c)) {
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        save_end(save, NULL, &err);
    } else if (n == 0 || (dry && !c->model.pub.keeps_setting_history)) {
        save_end(save, NULL, NULL);
    } else if (c->model.pub.keeps_setting_history) {
        call_send(c, rung_rest("POST", changes_body(c, save), "/usher/v1/settings"), history_done, save);
    } else {
        call_send(c, rung_method("saveSettings", json_pack("[o]", all_rows(save))), all_done, save);
    }
}

void client_save_settings(struct client *c, const struct client_setting_change *changes, size_t n,
                          client_settings_done done, void *arg)
{
    begin(c, changes, n, false, done, arg);
}

void client_try_settings(struct client *c, const struct client_setting_change *changes, size_t n,
                         client_settings_done done, void *arg)
{
    begin(c, changes, n, true, done, arg);
}

void client_undo_setting(struct client *c, int64_t seq, bool force, client_settings_done done, void *arg)
{
    struct save *save = x_calloc(1, sizeof(*save));
    *save = (struct save){.done = done, .arg = arg};
    struct error err = {0};
    if (!client_is_online(c)) {
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        save_end(save, NULL, &err);
        return;
    }
    json_t *body = json_pack("{s:I}", "seq", (json_int_t)seq);
    if (force)
        json_object_set_new(body, "force", json_true());
    call_send(c, rung_rest("POST", body, "/usher/v1/settings/undo"), history_done, save);
}
