/* A whole workspace at once, below /usher/v1/workspace: read as one document, and applied all or nothing. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "core/consequence.h"
#include "server/families.h"
#include "server/record_form.h"
#include "server/rows.h"
#include "server/shape.h"
#include "server/workspace.h"

/* --- reading --- */

static void put_setting(struct jsonw *w, const struct core *c, setting_no no)
{
    const struct setting_row *row = catalogue_row(no);
    const struct setting_value *v = core_setting(c, no);
    struct setting_value standard;
    setting_value_default(no, &standard);
    jsonw_object(w, row->id);
    if (row->is_secret)
        jsonw_bool(w, "isSet", v->s && v->s[0] != '\0');
    else
        shape_setting_value(w, "value", v);
    jsonw_bool(w, "isDefault", setting_value_equal(v, &standard));
    jsonw_str(w, "source", setting_source_name(core_setting_state(c, no)->source));
    jsonw_end_object(w);
    setting_value_free(&standard);
}

static void workspace_get(struct api *a)
{
    const struct core *c = a->server->core;
    json_t *records = workspace_records(c), *v;
    const char *key;
    struct jsonw *w = api_ok(a);
    jsonw_object(w, "workspace");
    jsonw_object(w, "settings");
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++)
        if (!catalogue_row(no)->is_hidden && catalogue_row(no)->type != SETTING_ACTION)
            put_setting(w, c, no);
    jsonw_end_object(w);
    json_object_foreach(records, key, v)
        jsonw_json(w, key, v);
    jsonw_end_object(w);
    jsonw_int(w, "revision", (int64_t)core_settings_revision(c));
    api_ok_end(a);
    json_decref(records);
}

/* --- applying --- */

static void fail_with_faults(struct api *a, const json_t *faults)
{
    const json_t *first = json_array_get(faults, 0);
    struct jsonw *w = api_fail_object(a);
    jsonw_str(w, "error", json_string_value(json_object_get(first, "error")));
    jsonw_str(w, "errorType", json_string_value(json_object_get(first, "errorType")));
    jsonw_str(w, "path", json_string_value(json_object_get(first, "path")));
    jsonw_json(w, "faults", faults);
    api_fail_object_end(a);
}

static void put_changes(struct jsonw *w, const struct core *c, const struct workspace_plan *p)
{
    jsonw_array(w, NULL);
    for (size_t i = 0; i < p->settings.n; i++) {
        if (setting_change_is_idle(c, &p->settings.changes[i]))
            continue;
        jsonw_object(w, NULL);
        jsonw_str(w, "kind", "setting");
        jsonw_str(w, "name", catalogue_row(p->settings.changes[i].no)->id);
        jsonw_str(w, "action", "update");
        jsonw_end_object(w);
    }
    for (size_t i = 0; i < json_array_size(p->changes); i++)
        jsonw_json(w, NULL, json_array_get(p->changes, i));
    jsonw_end_array(w);
}

/* What will be is told by the core as it was before. */
static void reply_plan(struct api *a, const struct buf *changes, const struct consequence *all, size_t n)
{
    struct jsonw *w = api_ok(a);
    jsonw_raw(w, "changes", changes->data, changes->len);
    shape_consequences(w, all, n);
    jsonw_int(w, "revision", (int64_t)core_settings_revision(a->server->core));
    api_ok_end(a);
}

static int carry_out(struct api *a, const struct workspace_plan *p, struct result *result)
{
    struct command cmd = server_command(COMMAND_WORKSPACE, a->user);
    cmd.workspace.settings = (struct setting_changes){
        .items = p->settings.changes, .n = p->settings.n, .via = SETTING_VIA_FILE,
        .from = setting_form_address(a->address), .comment = api_str_nonempty(a, "comment")};
    cmd.workspace.steps = p->steps;
    cmd.workspace.n = p->n;
    cmd.workspace.dry_run = api_bool(a, "dryRun", false);
    return server_step(a->server, &cmd, result);
}

/* The core saw what the document alone does not show: which part it is, stands in the error's field. */
static void fail_in_core(struct api *a, const struct workspace_plan *p, const struct error *e)
{
    const char *path = json_string_value(json_array_get(p->paths, (size_t)atoi(e->field)));
    json_t *faults = json_pack("[{s:s,s:s,s:s?}]", "path", e->field[0] && path ? path : "", "error", e->text, "errorType",
                               e->name);
    fail_with_faults(a, faults);
    json_decref(faults);
}

/* Rights beyond those of settings, for the kinds that change. False: answered. */
static bool may_change(struct api *a, const struct workspace_plan *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct command *step = &p->steps[i];
        bool may = step->type == COMMAND_RECORD_SAVE ? record_may_write(a->server->core, a->user, step->record_save.kind)
                   : step->type == COMMAND_CANNED_SAVE ? api_may(a, "save-all-canned-responses")
                                                       : api_may(a, "manage-livechat-departments");
        if (!may) {
            api_no_permission(a);
            return false;
        }
    }
    return true;
}

static void workspace_apply(struct api *a)
{
    struct workspace_plan p;
    struct result result;
    workspace_plan_read(&p, a->server->core, api_obj(a, "workspace"));
    if (json_array_size(p.faults) > 0) {
        fail_with_faults(a, p.faults);
    } else if (may_change(a, &p)) {
        struct consequence *all;
        struct buf changes = BUF_INIT;
        struct jsonw w = jsonw_on(&changes, JSONW_ISO);
        size_t n = core_consequences(a->server->core, p.settings.changes, p.settings.n, server_now(a->server),
                                     &all);
        put_changes(&w, a->server->core, &p);
        if (carry_out(a, &p, &result) != ERR_OK)
            fail_in_core(a, &p, &result.error);
        else
            reply_plan(a, &changes, all, n);
        consequences_free(all, n);
        buf_free(&changes);
    }
    workspace_plan_fini(&p);
}

static const struct schema apply_schema =
    SCHEMA(STRICT, NONE, REQ("workspace", OBJECT), OPT("dryRun", BOOL), OPT("comment", STRING));

const struct endpoint workspace_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/workspace", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-privileged-setting", "view-livechat-departments"), .run = workspace_get},
    {.verb = VERB_POST, .path = "/usher/v1/workspace/apply", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-privileged-setting", "edit-privileged-setting"), .schema = &apply_schema,
     .run = workspace_apply},
    ENDPOINTS_END,
};
