/* Administrative records: custom fields, triggers, business hours (rest 9), tags, priorities, units and monitors
   (rest 11.2); and /usher/v1/records, where files come from and go to. */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/list.h"
#include "server/people.h"
#include "server/record_form.h"
#include "server/rows.h"
#include "server/shape.h"

/* --- lists and single records of all kinds --- */

static const struct list_row {
    const char *path;              /* of the endpoint */
    enum record_kind kind;
    const char *key;               /* of the list in the answer */
    const char *filter;            /* the parameter that filters */
    const char *in[2];             /* by these fields; "_id" too */
} list_rows[] = {
    {"livechat/custom-fields", RECORD_CUSTOM_FIELD, "customFields", "text", {"label", "_id"}},
    {"livechat/triggers", RECORD_TRIGGER, "triggers", NULL, {NULL}},
    {"livechat/business-hours", RECORD_BUSINESS_HOUR, "businessHours", "name", {"name"}},
    {"livechat/tags", RECORD_TAG, "tags", "text", {"name", "description"}},
    {"livechat/priorities", RECORD_PRIORITY, "priorities", "text", {"name", "description"}},
    {"livechat/units", RECORD_UNIT, "units", "text", {"name"}},
};

static const struct list_row *list_row_of(const struct api *a)
{
    for (size_t i = 0; i < COUNT_OF(list_rows); i++)
        if (strcmp(list_rows[i].path, a->endpoint->path) == 0)
            return &list_rows[i];
    return NULL;
}

static const char *text_in(const struct record *r, const char *field)
{
    return strcmp(field, "_id") == 0 ? r->id : record_text(r, field);
}

static bool is_asked(const struct record *r, const struct list_row *row, const char *text)
{
    if (text == NULL || *text == '\0')
        return true;
    for (size_t i = 0; i < COUNT_OF(row->in); i++)
        if (row->in[i] && text_has(text_in(r, row->in[i]), text))
            return true;
    return false;
}

static struct list_key record_key(const void *item, const char *key)
{
    const struct record *r = item;
    if (strcmp(key, "ts") == 0 || strcmp(key, "_updatedAt") == 0)
        return (struct list_key){NULL, r->updated_ms};
    const char *text = text_in(r, key);
    return (struct list_key){text, text ? 0 : record_int(r, key, record_bool(r, key))};
}

static void put_record(struct api *a, const void *item)
{
    shape_record(&a->w, NULL, a->server->core, item, server_now(a->server));
}

static void records_list(struct api *a)
{
    const struct list_row *row = list_row_of(a);
    const char *text = row->filter ? api_str(a, row->filter) : NULL;
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct record *r = NULL; (r = core_next_record(a->server->core, row->kind, r)) != NULL;)
        if (is_asked(r, row, text))
            list_add(&l, r);
    list_sort(&l, &p, record_kinds[row->kind].by, true, record_key);
    list_reply(a, row->key, &l, &p, put_record);
}

/* The record, or null (rest 16, row 11). */
static void reply_record(struct api *a, const char *key, const struct record *r)
{
    api_ok(a);
    if (r)
        shape_record(&a->w, key, a->server->core, r, server_now(a->server));
    else
        jsonw_null(&a->w, key);
    api_ok_end(a);
}

/* Its keys at the top level. */
static void reply_spread(struct api *a, const struct record *r)
{
    api_ok(a);
    shape_record_fields(&a->w, a->server->core, r, server_now(a->server));
    api_ok_end(a);
}

static void custom_field(struct api *a)
{
    reply_record(a, "customField", core_record(a->server->core, RECORD_CUSTOM_FIELD, api_arg(a, "_id")));
}

static void trigger(struct api *a)
{
    reply_record(a, "trigger", core_record(a->server->core, RECORD_TRIGGER, api_arg(a, "_id")));
}

static void spread_or_404(struct api *a, enum record_kind kind, const char *label, const char *id)
{
    const struct record *r = core_record(a->server->core, kind, id);
    if (r) {
        reply_spread(a, r);
        return;
    }
    AUTO_FREE char *text = x_asprintf("%s with id %.100s not found", label, id);
    api_not_found(a, text);
}

static void tag(struct api *a)
{
    spread_or_404(a, RECORD_TAG, "Tag", api_arg(a, "tagId"));
}

static void priority(struct api *a)
{
    spread_or_404(a, RECORD_PRIORITY, "Priority", api_arg(a, "priorityId"));
}

static void unit(struct api *a)
{
    spread_or_404(a, RECORD_UNIT, "Unit", api_arg(a, "id"));
}

/* Without a type the default one; a custom one by its id. */
static void business_hour(struct api *a)
{
    const char *type = api_str_nonempty(a, "type"), *id = api_str_nonempty(a, "_id");
    const struct record *r = NULL;
    bool is_default = type == NULL || strcmp(type, "default") == 0;
    while ((r = core_next_record(a->server->core, RECORD_BUSINESS_HOUR, r)) != NULL)
        if (is_default ? str_eq(record_text(r, "type"), "default")
                       : str_eq(record_text(r, "type"), type) && str_eq(r->id, id))
            break;
    reply_record(a, "businessHour", r);
}

/* --- units --- */

static const struct schema unit_data =
    SCHEMA(MATCH, NONE, REQ("name", STRING), REQ("visibility", STRING), OPT("enabled", BOOL), OPT("description", STRING),
           OPT("email", STRING), OPT("showOnOfflineForm", BOOL));
static const struct schema unit_monitor_rows =
    SCHEMA(MATCH_LOOSE, NONE, REQ("monitorId", STRING), REQ("username", STRING));
static const struct schema unit_department_rows = SCHEMA(MATCH_LOOSE, NONE, REQ("departmentId", STRING));
const struct schema unit_form_schema =
    SCHEMA(MATCH_LOOSE, NONE, REQ_OBJECT("unitData", &unit_data), REQ_OBJECTS("unitMonitors", &unit_monitor_rows),
           REQ_OBJECTS("unitDepartments", &unit_department_rows));

json_t *record_unit_values(const json_t *form)
{
    const json_t *monitors = json_object_get(form, "unitMonitors"), *departments = json_object_get(form, "unitDepartments");
    json_t *values = record_known(RECORD_UNIT, json_object_get(form, "unitData"));
    json_t *links = json_array(), *ids = json_array();
    for (size_t i = 0; i < json_array_size(monitors); i++) {
        const json_t *row = json_array_get(monitors, i);
        json_t *link = json_object();
        json_object_set(link, "monitorId", json_object_get(row, "monitorId"));
        json_object_set(link, "username", json_object_get(row, "username"));
        json_array_append_new(links, link);
    }
    for (size_t i = 0; i < json_array_size(departments); i++)
        json_array_append(ids, json_object_get(json_array_get(departments, i), "departmentId"));
    json_object_set_new(values, "monitors", links);
    json_object_set_new(values, "departments", ids);
    return values;
}

/* Rights come before the pattern here ("no schema", rest 1.4). */
static void save_unit(struct api *a, const char *id)
{
    struct result result;
    struct error e;
    if (schema_check(&unit_form_schema, a->body, &e) != ERR_OK) {
        api_fail_plain(a, e.text);
        return;
    }
    json_t *values = record_unit_values(a->body);
    if (record_form_save(a->server, a->user, RECORD_UNIT, id, NULL, values, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_spread(a, result.record);
    json_decref(values);
}

static void unit_post(struct api *a)
{
    save_unit(a, NULL);
}

static void unit_change(struct api *a)
{
    save_unit(a, api_arg(a, "id"));
}

static void unit_delete(struct api *a)
{
    struct result result;
    if (record_form_remove(a->server, a->user, RECORD_UNIT, api_arg(a, "id"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static struct list_key department_name(const void *item, const char *key)
{
    const struct department *d = item;
    (void)key;
    return (struct list_key){d->name, 0};
}

static void put_department(struct api *a, const void *item)
{
    shape_department(&a->w, NULL, item);
}

static void unit_departments_of(struct api *a, bool available)
{
    const char *unit_id = api_arg(a, "unitId"), *text = available ? api_str(a, "text") : NULL;
    bool only_mine = available && str_eq(api_str(a, "onlyMyDepartments"), "true");
    const struct core *c = a->server->core;
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct department *d = NULL; (d = core_next_department(c, d)) != NULL;)
        if ((str_eq(d->unit_id, unit_id) || (available && d->unit_id == NULL)) && text_has(d->name, text) &&
            (!only_mine || core_unit_allows(c, a->user, d)))
            list_add(&l, d);
    list_sort(&l, &p, "name", true, department_name);
    list_reply(a, "departments", &l, &p, put_department);
}

static void unit_departments(struct api *a)
{
    unit_departments_of(a, false);
}

static void unit_departments_available(struct api *a)
{
    unit_departments_of(a, true);
}

static void unit_monitors(struct api *a)
{
    const struct core *c = a->server->core;
    const struct record *r = core_record(c, RECORD_UNIT, api_arg(a, "unitId"));
    const json_t *links = r ? record_list(r, "monitors") : NULL;
    jsonw_array(api_ok(a), "monitors");
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *link = json_array_get(links, i);
        const struct user *u = core_user(c, json_string_value(json_object_get(link, "monitorId")));
        jsonw_object(&a->w, NULL);
        jsonw_str(&a->w, "_id", json_string_value(json_object_get(link, "_id")));
        jsonw_str(&a->w, "unitId", r->id);
        jsonw_str(&a->w, "monitorId", json_string_value(json_object_get(link, "monitorId")));
        jsonw_str(&a->w, "username", u ? u->username : json_string_value(json_object_get(link, "username")));
        jsonw_end_object(&a->w);
    }
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

/* --- monitors: users with that role --- */

static struct list_key monitor_key(const void *item, const char *key)
{
    const struct user *u = item;
    if (strcmp(key, "username") == 0)
        return (struct list_key){u->username, 0};
    return (struct list_key){u->name ? u->name : "", 0};
}

static void put_monitor(struct api *a, const void *item)
{
    shape_agent_row(&a->w, NULL, item);
}

static void monitors(struct api *a)
{
    const char *text = api_str(a, "text");
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct user *u = NULL; (u = core_next_user(a->server->core, u)) != NULL;)
        if ((u->roles & ROLE_MONITOR) && (text_has(u->username, text) || text_has(u->name, text)))
            list_add(&l, u);
    list_sort(&l, &p, "name", true, monitor_key);
    list_reply(a, "monitors", &l, &p, put_monitor);
}

static void monitor(struct api *a)
{
    const struct user *u = core_user_by_name(a->server->core, api_arg(a, "username"));
    if (u == NULL || !(u->roles & ROLE_MONITOR)) {
        api_fail_plain(a, "invalid-user");
        return;
    }
    /* The row's keys stand at the top level. */
    struct buf row = BUF_INIT;
    struct jsonw w = jsonw_on(&row, JSONW_ISO);
    shape_agent_row(&w, NULL, u);
    api_ok(a);
    shape_spread(&a->w, row.data);
    api_ok_end(a);
    buf_free(&row);
}

/* --- /usher/v1/records: all kinds alike, for files --- */

/* The kind named in the path, when the user may; else the request has been answered. */
static bool file_kind(struct api *a, bool write, enum record_kind *kind)
{
    if (!record_kind_find(api_arg(a, "kind"), kind) || record_kinds[*kind].has_secrets) {
        api_not_found(a, "There is no such kind of record");
        return false;
    }
    if (write ? record_may_write(a->server->core, a->user, *kind) : record_may_read(a->server->core, a->user, *kind))
        return true;
    api_no_permission(a);
    return false;
}

static void file_get(struct api *a)
{
    enum record_kind kind;
    if (!file_kind(a, false, &kind))
        return;
    jsonw_array(api_ok(a), "records");
    for (const struct record *r = NULL; (r = core_next_record(a->server->core, kind, r)) != NULL;) {
        json_t *values = record_values(r);
        jsonw_json(&a->w, NULL, values);
        json_decref(values);
    }
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void file_put_as(struct api *a, const char *id)
{
    enum record_kind kind;
    struct result result;
    if (!file_kind(a, true, &kind))
        return;
    if (record_put(a->server, a->user, kind, id, a->body, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    json_t *values = record_values(result.record);
    jsonw_json(api_ok(a), "record", values);
    jsonw_bool(&a->w, "created", result.created);
    api_ok_end(a);
    json_decref(values);
}

static void file_post(struct api *a)
{
    file_put_as(a, NULL);
}

static void file_put(struct api *a)
{
    file_put_as(a, api_arg(a, "id"));
}

static void file_delete(struct api *a)
{
    enum record_kind kind;
    struct result result;
    if (!file_kind(a, true, &kind))
        return;
    if (record_form_remove(a->server, a->user, kind, api_arg(a, "id"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

/* --- the table --- */

static const struct schema fields_schema = SCHEMA(STRICT, QUERY, OPT("text", STRING));
static const struct schema page_schema = SCHEMA_BARE(STRICT, KEYS);
static const struct schema hour_schema = SCHEMA(STRICT, NONE, OPT("_id", STRING), OPT("type", STRING));
#define MANAGERS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager")
#define AGENTS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room")
#define HOURS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-business-hours")
#define TAGGERS .auth = AUTH_LOGIN, .any_of = RIGHTS("view-l-room", "manage-livechat-tags")
#define PRIORITIES .auth = AUTH_LOGIN, .any_of = RIGHTS("manage-livechat-priorities", "view-l-room")
#define UNITS .auth = AUTH_LOGIN, .all_of = RIGHTS("manage-livechat-units")
#define MONITORS .auth = AUTH_LOGIN, .all_of = RIGHTS("manage-livechat-monitors")

const struct endpoint records_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/custom-fields", AGENTS, .schema = &fields_schema, .run = records_list},
    {.verb = VERB_GET, .path = "livechat/custom-fields/:_id", AGENTS, .run = custom_field},
    {.verb = VERB_GET, .path = "livechat/triggers", MANAGERS, .schema = &page_schema, .run = records_list},
    {.verb = VERB_GET, .path = "livechat/triggers/:_id", MANAGERS, .run = trigger},
    {.verb = VERB_GET, .path = "livechat/business-hour", HOURS, .schema = &hour_schema, .run = business_hour},
    {.verb = VERB_GET, .path = "livechat/business-hours", HOURS, .run = records_list},
    {.verb = VERB_GET, .path = "livechat/tags", TAGGERS, .run = records_list},
    {.verb = VERB_GET, .path = "livechat/tags/:tagId", TAGGERS, .run = tag},
    {.verb = VERB_GET, .path = "livechat/priorities", PRIORITIES, .run = records_list},
    {.verb = VERB_GET, .path = "livechat/priorities/:priorityId", PRIORITIES, .run = priority},
    {.verb = VERB_GET, .path = "livechat/units", UNITS, .run = records_list},
    {.verb = VERB_POST, .path = "livechat/units", UNITS, .run = unit_post},
    {.verb = VERB_GET, .path = "livechat/units/:id", UNITS, .run = unit},
    {.verb = VERB_POST, .path = "livechat/units/:id", UNITS, .run = unit_change},
    {.verb = VERB_DELETE, .path = "livechat/units/:id", UNITS, .run = unit_delete},
    {.verb = VERB_GET, .path = "livechat/units/:unitId/departments", UNITS, .run = unit_departments},
    {.verb = VERB_GET, .path = "livechat/units/:unitId/departments/available", UNITS, .run = unit_departments_available},
    {.verb = VERB_GET, .path = "livechat/units/:unitId/monitors", MONITORS, .run = unit_monitors},
    {.verb = VERB_GET, .path = "livechat/monitors", MONITORS, .run = monitors},
    {.verb = VERB_GET, .path = "livechat/monitors/:username", MONITORS, .run = monitor},
    {.verb = VERB_GET, .path = "/usher/v1/records/:kind", .auth = AUTH_LOGIN, .run = file_get},
    {.verb = VERB_POST, .path = "/usher/v1/records/:kind", .auth = AUTH_LOGIN, .run = file_post},
    {.verb = VERB_PUT, .path = "/usher/v1/records/:kind/:id", .auth = AUTH_LOGIN, .run = file_put},
    {.verb = VERB_DELETE, .path = "/usher/v1/records/:kind/:id", .auth = AUTH_LOGIN, .run = file_delete},
    ENDPOINTS_END,
};
