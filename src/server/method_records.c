/* Administrative records over the realtime API (rest 15.5): each method takes the form of its kind apart, the rest is the
   same for all. */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/hour_form.h"
#include "server/record_form.h"
#include "server/rows.h"
#include "server/shape.h"

/* --- what is the same for all --- */

/* True when the user may change records of that kind; else the call has been answered. */
static bool may_change(struct call *c, enum record_kind kind)
{
    if (record_may_write(c->server->core, c->user, kind))
        return true;
    call_error(c, "error-not-allowed", "Not allowed");
    return false;
}

/* values are taken. False: answered with the error. */
static bool save(struct call *c, enum record_kind kind, const char *id, const char *new_id, json_t *values_take,
                 struct result *result)
{
    int rc = record_form_save(c->server, c->user, kind, id && *id ? id : NULL, new_id, values_take, result);
    json_decref(values_take);
    if (rc != ERR_OK)
        call_error_core(c, &result->error);
    return rc == ERR_OK;
}

static void reply_record(struct call *c, const struct record *r)
{
    shape_record(call_result(c), NULL, c->server->core, r, server_now(c->server));
    call_end(c);
}

static bool removed(struct call *c, enum record_kind kind)
{
    struct result result;
    if (!may_change(c, kind))
        return false;
    if (record_form_remove(c->server, c->user, kind, call_str(c, 0), &result) == ERR_OK)
        return true;
    call_error_core(c, &result.error);
    return false;
}

/* --- triggers --- */

static const struct schema trigger_schema =
    SCHEMA(MATCH, NONE, OPT("_id", STRING), REQ("name", STRING), REQ("description", STRING), REQ("enabled", BOOL),
           REQ("runOnce", BOOL), REQ_LIST("conditions", ANY), REQ_LIST("actions", ANY));

static void save_trigger(struct call *c)
{
    json_t *data = call_param(c, 0);
    struct result result;
    if (!may_change(c, RECORD_TRIGGER) || !call_matches(c, &trigger_schema, data))
        return;
    if (save(c, RECORD_TRIGGER, call_obj_str(data, "_id"), NULL, record_known(RECORD_TRIGGER, data), &result))
        call_true(c);
}

static void remove_trigger(struct call *c)
{
    if (removed(c, RECORD_TRIGGER))
        call_true(c);
}

/* --- custom fields --- */

static const struct schema custom_field_schema =
    SCHEMA(MATCH_LOOSE, NONE, REQ("field", STRING), REQ("label", STRING), REQ("scope", STRING), REQ("visibility", STRING),
           REQ("regexp", STRING), REQ("searchable", BOOL), OPT("required", BOOL), OPT("type", STRING),
           OPT("defaultValue", STRING), OPT("options", STRING), OPT("public", BOOL));

/* With _id only on creation. */
static void reply_custom_field(struct call *c, const struct record *r, bool created)
{
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    if (created)
        jsonw_str(w, "_id", r->id);
    for (const struct record_field *f = record_kinds[r->kind].fields; f->name; f++)
        if (json_object_get(r->doc, f->name))
            jsonw_json(w, f->name, json_object_get(r->doc, f->name));
    jsonw_end_object(w);
    call_end(c);
}

static void save_custom_field(struct call *c)
{
    const char *id = call_str(c, 0);
    json_t *data = call_param(c, 1);
    struct result result;
    if (!may_change(c, RECORD_CUSTOM_FIELD) || !call_matches(c, &custom_field_schema, data))
        return;
    const char *name = call_obj_str(data, "field");
    if (save(c, RECORD_CUSTOM_FIELD, id, id && *id ? NULL : name, record_known(RECORD_CUSTOM_FIELD, data), &result))
        reply_custom_field(c, result.record, result.created);
}

static void remove_custom_field(struct call *c)
{
    if (!removed(c, RECORD_CUSTOM_FIELD))
        return;
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    jsonw_bool(w, "acknowledged", true);
    jsonw_int(w, "deletedCount", 1);
    jsonw_end_object(w);
    call_end(c);
}

static void list_kind(struct call *c, enum record_kind kind)
{
    const struct core *core = c->server->core;
    jsonw_array(call_result(c), NULL);
    for (const struct record *r = NULL; (r = core_next_record(core, kind, r)) != NULL;)
        shape_record(&c->w, NULL, core, r, server_now(c->server));
    jsonw_end_array(&c->w);
    call_end(c);
}

static void list_custom_fields(struct call *c)
{
    list_kind(c, RECORD_CUSTOM_FIELD);
}

/* --- tags, priorities --- */

static const struct schema tag_schema = SCHEMA(MATCH, NONE, REQ("name", STRING), OPT("description", STRING));
static const struct schema priority_schema = SCHEMA(MATCH, NONE, REQ("name", STRING), OPT("description", STRING),
                                                    REQ("dueTimeInMinutes", STRING));

static void save_tag(struct call *c)
{
    json_t *data = call_param(c, 1), *departments = call_param(c, 2);
    struct result result;
    if (!may_change(c, RECORD_TAG) || !call_matches(c, &tag_schema, data))
        return;
    if (departments && !json_is_array(departments) && !json_is_null(departments)) {
        call_error_match(c, "Expected array", "departments");
        return;
    }
    json_t *values = record_known(RECORD_TAG, data);
    json_object_set_new(values, "departments", json_is_array(departments) ? json_incref(departments) : json_array());
    if (save(c, RECORD_TAG, call_str(c, 0), NULL, values, &result))
        reply_record(c, result.record);
}

static void remove_tag(struct call *c)
{
    if (removed(c, RECORD_TAG))
        call_int(c, 1);
}

static void list_tags(struct call *c)
{
    list_kind(c, RECORD_TAG);
}

/* The minutes come as text and leave as a number. */
static void save_priority(struct call *c)
{
    json_t *data = call_param(c, 1);
    struct result result;
    if (!may_change(c, RECORD_PRIORITY) || !call_matches(c, &priority_schema, data))
        return;
    if (save(c, RECORD_PRIORITY, call_str(c, 0), NULL, record_known(RECORD_PRIORITY, data), &result))
        reply_record(c, result.record);
}

static void remove_priority(struct call *c)
{
    if (removed(c, RECORD_PRIORITY))
        call_int(c, 1);
}

/* --- units --- */

static void save_unit(struct call *c)
{
    struct result result;
    json_t *form = json_object();
    static const char *const names[] = {"unitData", "unitMonitors", "unitDepartments"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (call_param(c, i + 1))
            json_object_set(form, names[i], call_param(c, i + 1));
    if (may_change(c, RECORD_UNIT) && call_matches(c, &unit_form_schema, form) &&
        save(c, RECORD_UNIT, call_str(c, 0), NULL, record_unit_values(form), &result))
        reply_record(c, result.record);
    json_decref(form);
}

static void remove_unit(struct call *c)
{
    if (removed(c, RECORD_UNIT))
        call_int(c, 1);
}

/* Nothing for a user whom units do not restrict. */
static void units_of_user(struct call *c)
{
    const struct core *core = c->server->core;
    if (!core_unit_restricts(core, c->user)) {
        call_end(c);
        return;
    }
    jsonw_array(call_result(c), NULL);
    for (const struct record *r = NULL; (r = core_next_record(core, RECORD_UNIT, r)) != NULL;)
        if (record_unit_has_monitor(r, c->user->id))
            jsonw_str(&c->w, NULL, r->id);
    jsonw_end_array(&c->w);
    call_end(c);
}

/* --- business hours --- */

static void save_business_hour(struct call *c)
{
    json_t *data = call_param(c, 0);
    const char *id = call_obj_str(data, "_id"), *type = call_obj_str(data, "type");
    struct result result;
    if (!may_change(c, RECORD_BUSINESS_HOUR) || !call_matches(c, &business_hour_schema, data))
        return;
    bool is_new = id == NULL || *id == '\0';
    if (is_new && strcmp(type, "default") == 0) { /* there is one already: nothing is stored (rest 15.5) */
        call_end(c);
        return;
    }
    if (save(c, RECORD_BUSINESS_HOUR, id, NULL, hour_form_values(c->server->core, data), &result))
        call_end(c);
}

static void remove_business_hour(struct call *c)
{
    if (removed(c, RECORD_BUSINESS_HOUR))
        call_end(c);
}

/* --- departments: where their chats may be forwarded to, as a filter (rest 15.4) --- */

static void forward_restrictions(struct call *c)
{
    const struct department *d = core_department(c->server->core, call_str(c, 0));
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    if (d && d->allowed_forward) {
        json_t *ids = split_ids(d->allowed_forward);
        jsonw_object(w, "_id");
        jsonw_json(w, "$in", ids);
        jsonw_end_object(w);
        json_decref(ids);
    }
    jsonw_end_object(w);
    call_end(c);
}

const struct method record_methods[] = {
    {.name = "livechat:saveTrigger", .login = true, .run = save_trigger},
    {.name = "livechat:removeTrigger", .login = true, .run = remove_trigger},
    {.name = "livechat:saveCustomField", .login = true, .run = save_custom_field},
    {.name = "livechat:removeCustomField", .login = true, .run = remove_custom_field},
    {.name = "livechat:getCustomFields", .run = list_custom_fields},
    {.name = "livechat:saveTag", .login = true, .run = save_tag},
    {.name = "livechat:removeTag", .login = true, .run = remove_tag},
    {.name = "livechat:getTagsList", .login = true, .run = list_tags},
    {.name = "livechat:savePriority", .login = true, .run = save_priority},
    {.name = "livechat:removePriority", .login = true, .run = remove_priority},
    {.name = "livechat:saveUnit", .login = true, .run = save_unit},
    {.name = "livechat:removeUnit", .login = true, .run = remove_unit},
    {.name = "livechat:getUnitsFromUser", .login = true, .run = units_of_user},
    {.name = "livechat:saveBusinessHour", .login = true, .run = save_business_hour},
    {.name = "livechat:removeBusinessHour", .login = true, .run = remove_business_hour},
    {.name = "livechat:getDepartmentForwardRestrictions", .login = true, .run = forward_restrictions},
    METHODS_END,
};
