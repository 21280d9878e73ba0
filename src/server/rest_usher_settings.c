/* Settings for the console and for files, below /usher/v1: where each value comes from, all or nothing with every fault
   and what would follow, two people at once, the history and taking back. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "core/consequence.h"
#include "server/families.h"
#include "server/rows.h"
#include "server/setting_form.h"
#include "server/shape.h"
#include "store/store.h"

#define LOG_MAX 500

/* --- reading --- */

static void put_person(struct jsonw *w, const struct core *c, const char *id, const char *username)
{
    const struct user *u = id ? core_user(c, id) : NULL;
    if (id == NULL)
        jsonw_null(w, "by");
    else
        shape_user_ref(w, "by", id, u ? u->username : username, NULL);
}

/* Writes value and the keys that say where it comes from. */
static void put_state(struct jsonw *w, const struct core *c, setting_no no)
{
    const struct setting_state *state = core_setting_state(c, no);
    const struct setting_value *v = core_setting(c, no);
    if (catalogue_row(no)->is_secret)
        jsonw_str(w, "value", "");
    else if (catalogue_row(no)->type != SETTING_ACTION)
        shape_setting_value(w, "value", v);
    put_person(w, c, state->user_id, NULL);
    if (state->ms)
        jsonw_date(w, "at", state->ms);
    else
        jsonw_null(w, "at");
    jsonw_int(w, "revision", (int64_t)state->revision);
}

static void put_setting(struct jsonw *w, const struct core *c, setting_no no)
{
    const struct setting_row *row = catalogue_row(no);
    const struct setting_value *v = core_setting(c, no);
    struct setting_value standard;
    setting_value_default(no, &standard);
    jsonw_object(w, NULL);
    jsonw_str(w, "_id", row->id);
    if (row->is_secret)
        jsonw_bool(w, "isSet", v->s && v->s[0] != '\0');
    jsonw_bool(w, "isDefault", setting_value_equal(v, &standard));
    jsonw_str(w, "source", setting_source_name(core_setting_state(c, no)->source));
    put_state(w, c, no);
    jsonw_end_object(w);
    setting_value_free(&standard);
}

static void settings_get(struct api *a)
{
    const struct core *c = a->server->core;
    struct jsonw *w = api_ok(a);
    jsonw_array(w, "settings");
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++)
        if (!catalogue_row(no)->is_hidden)
            put_setting(w, c, no);
    jsonw_end_array(w);
    jsonw_int(w, "revision", (int64_t)core_settings_revision(c));
    api_ok_end(a);
}

/* --- changing --- */

static void fail_with_faults(struct api *a, const struct setting_form *f)
{
    const struct setting_fault *first = &f->faults[0];
    struct jsonw *w = api_fail_object(a);
    jsonw_str(w, "error", first->error.text);
    jsonw_str(w, "errorType", first->error.name);
    jsonw_str(w, "setting", first->id);
    jsonw_array(w, "faults");
    for (size_t i = 0; i < f->fault_count; i++) {
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", f->faults[i].id);
        jsonw_str(w, "error", f->faults[i].error.text);
        jsonw_str(w, "errorType", f->faults[i].error.name);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
    api_fail_object_end(a);
}

/* Those in conflict: nos ends with -1. */
static void fail_with_conflicts(struct api *a, const setting_no *nos)
{
    struct jsonw *w = api_fail_object(a);
    AUTO_FREE char *text = x_asprintf("%s was changed by somebody else meanwhile", catalogue_row(nos[0])->label);
    jsonw_str(w, "error", text);
    jsonw_str(w, "errorType", "error-setting-conflict");
    jsonw_str(w, "setting", catalogue_row(nos[0])->id);
    jsonw_array(w, "conflicts");
    for (; *nos >= 0; nos++) {
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", catalogue_row(*nos)->id);
        put_state(w, a->server->core, *nos);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
    api_fail_object_end(a);
}

/* False: answered. */
static bool no_conflict(struct api *a, const struct setting_form *f)
{
    setting_no *nos = x_calloc(f->n + 1, sizeof *nos);
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        if (setting_form_conflicts(f, a->server->core, i))
            nos[n++] = f->changes[i].no;
    nos[n] = -1;
    if (n > 0)
        fail_with_conflicts(a, nos);
    free(nos);
    return n == 0;
}

static void reply_changed(struct api *a, const setting_no *changed, const struct consequence *all, size_t n)
{
    struct jsonw *w = api_ok(a);
    jsonw_array(w, "changed");
    for (; *changed >= 0; changed++)
        jsonw_str(w, NULL, catalogue_row(*changed)->id);
    jsonw_end_array(w);
    jsonw_int(w, "revision", (int64_t)core_settings_revision(a->server->core));
    shape_consequences(w, all, n);
    api_ok_end(a);
}

/* What follows is told by the core as it was before. */
static void carry_out(struct api *a, const struct setting_form *f)
{
    const char *origin = api_str(a, "origin");
    enum setting_via via = str_eq(origin, "file")      ? SETTING_VIA_FILE
                           : str_eq(origin, "console") ? SETTING_VIA_CONSOLE
                                                       : SETTING_VIA_REST;
    const struct core *c = a->server->core;
    struct consequence *all;
    struct result result;
    size_t n = core_consequences(c, f->changes, f->n, server_now(a->server), &all), changed_count = 0;
    setting_no *changed = x_calloc(f->n + 1, sizeof *changed);
    for (size_t i = 0; i < f->n; i++)
        if (!setting_change_is_idle(c, &f->changes[i]))
            changed[changed_count++] = f->changes[i].no;
    changed[changed_count] = -1;
    if (!api_bool(a, "dryRun", false) &&
        setting_form_save(f, a->server, a->user, via, a->address, api_str_nonempty(a, "comment"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_changed(a, changed, all, n);
    consequences_free(all, n);
    free(changed);
}

static void settings_post(struct api *a)
{
    struct setting_form f = {0};
    setting_form_read(&f, api_list(a, "changes"));
    if (f.fault_count > 0)
        fail_with_faults(a, &f);
    else if (no_conflict(a, &f))
        carry_out(a, &f);
    setting_form_fini(&f);
}

/* --- the history --- */

struct history {
    char *setting;
    uint64_t before;
    size_t limit;
    struct stored_change *rows;
    size_t n;
};

static void log_run(struct store_reader *r, void *data)
{
    struct history *h = data;
    h->n = read_setting_changes(r, h->setting, h->before, h->limit, &h->rows);
}

static void log_drop(void *data)
{
    struct history *h = data;
    stored_changes_free(h->rows, h->n);
    free(h->setting);
    free(h);
}

static void put_change(struct jsonw *w, const struct core *c, const struct stored_change *row)
{
    setting_no no = catalogue_find(row->setting);
    bool secret = no >= 0 && catalogue_row(no)->is_secret;
    jsonw_object(w, NULL);
    jsonw_int(w, "seq", (int64_t)row->number);
    jsonw_date(w, "ts", row->ts_ms);
    put_person(w, c, row->user_id, row->username);
    jsonw_str(w, "from", row->address);
    jsonw_str(w, "setting", row->setting);
    if (!secret && row->old_json && row->new_json) {
        jsonw_raw(w, "old", row->old_json, strlen(row->old_json));
        jsonw_raw(w, "new", row->new_json, strlen(row->new_json));
    }
    jsonw_bool(w, "secret", secret);
    jsonw_str(w, "origin", row->via);
    jsonw_str(w, "comment", row->comment);
    if (row->undoes)
        jsonw_int(w, "undoes", (int64_t)row->undoes);
    else
        jsonw_null(w, "undoes");
    jsonw_end_object(w);
}

static void log_done(struct api *a, void *data)
{
    const struct history *h = data;
    struct jsonw *w = api_ok(a);
    jsonw_array(w, "changes");
    for (size_t i = 0; i < h->n; i++)
        put_change(w, a->server->core, &h->rows[i]);
    jsonw_end_array(w);
    api_ok_end(a);
}

static void settings_log(struct api *a)
{
    struct history *h = x_calloc(1, sizeof *h);
    int64_t before = api_int(a, "before", 0), count = api_int(a, "count", 100);
    h->setting = x_strdup(api_str_nonempty(a, "setting"));
    h->before = before > 0 ? (uint64_t)before : 0;
    h->limit = count > 0 && count < LOG_MAX ? (size_t)count : LOG_MAX;
    api_read(a, log_run, log_done, h, log_drop);
}

/* Puts the old value back. The change must still be what counts, or force is given. */
static void undo(struct api *a, const struct stored_change *row)
{
    const struct core *c = a->server->core;
    setting_no no = catalogue_find(row->setting);
    struct setting_change ch = {.no = no, .reset = row->old_default};
    json_t *old = row->old_json ? json_loads(row->old_json, JSON_DECODE_ANY, NULL) : NULL;
    json_t *made = row->new_json ? json_loads(row->new_json, JSON_DECODE_ANY, NULL) : NULL;
    json_t *present = no >= 0 ? setting_value_to_json(core_setting(c, no)) : NULL;
    struct result result;
    if (no < 0 || catalogue_row(no)->is_hidden) {
        api_fail_typed(a, "There is no such setting any more", "error-setting-not-found");
    } else if (catalogue_row(no)->is_secret || old == NULL || made == NULL) {
        api_fail_typed(a, "The history keeps no secrets: what it was before is not known", "error-secret-not-undoable");
    } else if (!json_equal(made, present) && !api_bool(a, "force", false)) {
        fail_with_conflicts(a, (setting_no[]){no, -1});
    } else if (setting_value_from_store(no, old, &ch.value, &result.error) != ERR_OK) {
        api_fail_core(a, &result.error);
    } else {
        struct consequence *all;
        size_t n = core_consequences(c, &ch, 1, server_now(a->server), &all);
        setting_no changed[] = {setting_change_is_idle(c, &ch) ? -1 : no, -1};
        struct command cmd = server_command(COMMAND_SETTINGS, a->user);
        cmd.settings = (struct setting_changes){.items = &ch, .n = 1, .via = SETTING_VIA_UNDO, .undoes = row->number,
                                                .from = setting_form_address(a->address),
                                                .comment = api_str_nonempty(a, "comment")};
        if (server_step(a->server, &cmd, &result) != ERR_OK)
            api_fail_core(a, &result.error);
        else
            reply_changed(a, changed, all, n);
        consequences_free(all, n);
        setting_value_free(&ch.value);
    }
    json_decref(old);
    json_decref(made);
    json_decref(present);
}

static void settings_undo(struct api *a)
{
    struct stored_change row;
    int64_t number = api_int(a, "seq", 0);
    if (number <= 0 || !read_setting_change(store_loop_reader(a->server->store), (uint64_t)number, &row)) {
        api_fail_typed(a, "There is no such change", "error-change-not-found");
        return;
    }
    undo(a, &row);
    stored_change_fini(&row);
}

static const struct schema change_schema = SCHEMA(STRICT, NONE, REQ("_id", STRING), OPT("value", ANY), OPT("reset", BOOL),
                                                  OPT("base", NUMBER));
static const struct schema post_schema = SCHEMA(
    STRICT, NONE, REQ_OBJECTS("changes", &change_schema), OPT("dryRun", BOOL),
    {.name = "origin", .type = PARAM_STRING, .choices = CHOICES("file", "console")}, OPT("comment", STRING));
static const struct schema log_schema =
    SCHEMA(STRICT, NONE, OPT("setting", STRING), OPT("count", NUMBER), OPT("before", NUMBER));
static const struct schema undo_schema =
    SCHEMA(STRICT, NONE, REQ("seq", NUMBER), OPT("force", BOOL), OPT("comment", STRING));

#define READ RIGHTS("view-privileged-setting")
#define WRITE RIGHTS("view-privileged-setting", "edit-privileged-setting")

const struct endpoint usher_settings_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/settings", .auth = AUTH_LOGIN, .all_of = READ, .run = settings_get},
    {.verb = VERB_POST, .path = "/usher/v1/settings", .auth = AUTH_LOGIN, .all_of = WRITE, .schema = &post_schema,
     .run = settings_post},
    {.verb = VERB_GET, .path = "/usher/v1/settings/log", .auth = AUTH_LOGIN, .all_of = READ, .schema = &log_schema,
     .run = settings_log},
    {.verb = VERB_POST, .path = "/usher/v1/settings/undo", .auth = AUTH_LOGIN, .all_of = WRITE, .schema = &undo_schema,
     .run = settings_undo},
    ENDPOINTS_END,
};
