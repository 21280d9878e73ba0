/* The calls of each kind of records: REST where there is an endpoint, else the method that the administration pages
   use (rest 3.2, 3.3, 7, 8, 9, 11.2, 11.3, 15.5). */
#include "client/record_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/buf.h"
#include "common/id.h"
#include "common/mem.h"

struct record_value *saving_value(struct saving *s, const char *key)
{
    return &s->record->values[record_field_find(record_kind(s->kind), key)];
}

static const char *text_of(struct saving *s, const char *key)
{
    return record_text(saving_value(s, key));
}

static json_t *id_or_null(const struct saving *s)
{
    return s->record->id ? json_string(s->record->id) : json_null();
}

static json_t *object_of(const struct saving *s)
{
    return record_json_write(s->kind, s->record);
}

static json_t *list_of(struct saving *s, const char *key)
{
    int i = record_field_find(record_kind(s->kind), key);
    return record_json_encode(&record_kind(s->kind)->fields[i], &s->record->values[i]);
}

/* A method with the record's id as the only parameter. */
static struct rung remove_by_method(const char *method, const char *param)
{
    return rung_method(method, json_pack("[s]", param));
}

static struct rung remove_by_path(const char *path, const char *id)
{
    AUTO_FREE char *escaped = rest_escape(id);
    return rung_rest("DELETE", NULL, "%s%s", path, escaped);
}

#define REMOVE_BY_METHOD(name, method)                                                                                 \
    static struct rung name(struct client *c, const struct record *r, const json_t *before)                            \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        (void)before;                                                                                                  \
        return remove_by_method(method, r->id);                                                                        \
    }
#define REMOVE_BY_PATH(name, path)                                                                                     \
    static struct rung name(struct client *c, const struct record *r, const json_t *before)                            \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        (void)before;                                                                                                  \
        return remove_by_path(path, r->id);                                                                            \
    }

REMOVE_BY_PATH(remove_department, "livechat/department/")
REMOVE_BY_PATH(remove_agent, "livechat/users/agent/")
REMOVE_BY_PATH(remove_manager, "livechat/users/manager/")
REMOVE_BY_METHOD(remove_custom_field, "livechat:removeCustomField")
REMOVE_BY_METHOD(remove_trigger, "livechat:removeTrigger")
REMOVE_BY_METHOD(remove_tag, "livechat:removeTag")
REMOVE_BY_METHOD(remove_priority, "livechat:removePriority")
REMOVE_BY_METHOD(remove_unit, "livechat:removeUnit")

static struct rung remove_monitor(struct client *c, const struct record *r, const json_t *before)
{
    (void)c;
    (void)before;
    return remove_by_method("livechat:removeMonitor", record_name(RECORD_MONITORS, r));
}

static struct rung remove_hours(struct client *c, const struct record *r, const json_t *before)
{
    (void)c;
    const char *type = js_str(before, "type");
    return rung_method("livechat:removeBusinessHour", json_pack("[s,s]", r->id, type ? type : "custom"));
}

static struct rung remove_canned(struct client *c, const struct record *r, const json_t *before)
{
    (void)c;
    (void)before;
    return rung_rest("DELETE", json_pack("{s:s}", "_id", r->id), "canned-responses");
}

static struct rung remove_contact(struct client *c, const struct record *r, const json_t *before)
{
    (void)c;
    (void)r;
    const char *token = js_str(before, "token");
    return remove_by_path("livechat/visitor/", token ? token : "-");
}

static struct rung archive_channel(struct client *c, const struct record *r, const json_t *before)
{
    (void)c;
    (void)before;
    return rung_rest("POST", json_pack("{s:s}", "roomId", r->id), "channels.archive");
}

static struct rung remove_user(struct client *c, const struct record *r, const json_t *before)
{
    (void)c;
    (void)before;
    return rung_rest("POST", json_pack("{s:s}", "userId", r->id), "users.delete");
}

/* --- departments --- */

/* Keys that other servers would refuse go only to those who know them. */
static json_t *department_of(const struct saving *s)
{
    static const char *const ours[] = {"usherSkills", "usherQueueWeight"};
    json_t *object = object_of(s);
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        if (!s->client->model.pub.is_usher)
            json_object_del(object, ours[i]);
    return object;
}

static json_t *new_links(struct saving *s)
{
    json_t *links = list_of(s, "agents");
    size_t i;
    json_t *row;
    json_array_foreach(links, i, row)
        json_object_del(row, "username"); /* the endpoint takes no other keys */
    return links;
}

/* Who is to come and who to go, given who is there. NULL when nothing changes. */
static json_t *link_changes(struct saving *s, const json_t *there)
{
    json_t *wanted = list_of(s, "agents"), *upsert = json_array(), *gone = json_array();
    size_t i, k;
    json_t *row, *old;
    json_array_foreach(wanted, i, row) {
        bool same = false;
        json_array_foreach((json_t *)there, k, old)
            same = same || (str_eq(js_str(old, "agentId"), js_str(row, "agentId")) &&
                            js_int(old, "count", 0) == js_int(row, "count", 0) &&
                            js_int(old, "order", 0) == js_int(row, "order", 0));
        if (!same)
            json_array_append(upsert, row);
    }
    json_array_foreach((json_t *)there, k, old) {
        bool kept = false;
        json_array_foreach(wanted, i, row)
            kept = kept || str_eq(js_str(old, "agentId"), js_str(row, "agentId"));
        if (!kept && js_str(old, "agentId"))
            json_array_append_new(gone, json_pack("{s:s,s:s}", "agentId", js_str(old, "agentId"), "username",
                                                  js_str(old, "username") ? js_str(old, "username") : ""));
    }
    json_decref(wanted);
    json_t *body = json_array_size(upsert) + json_array_size(gone)
                       ? json_pack("{s:O,s:O}", "upsert", upsert, "remove", gone)
                       : NULL;
    json_decref(upsert);
    json_decref(gone);
    return body;
}

static bool save_department(struct saving *s, const json_t *result, struct rung *out)
{
    const char *id = s->record->id;
    if (s->step > 0 && id == NULL)
        return false;
    AUTO_FREE char *escaped = id ? rest_escape(id) : NULL;
    json_t *changes;
    switch (s->step) {
    case 0:
        if (id == NULL)
            *out = rung_rest("POST", json_pack("{s:o,s:o}", "department", department_of(s), "agents", new_links(s)),
                             "livechat/department");
        else
            *out = rung_rest("PUT", json_pack("{s:o}", "department", department_of(s)), "livechat/department/%s", escaped);
        return true;
    case 1:
        *out = rung_rest("GET", NULL, "livechat/department/%s/agents?count=0", escaped);
        return true;
    case 2:
        changes = link_changes(s, js_list(result, "agents"));
        if (changes)
            *out = rung_rest("POST", changes, "livechat/department/%s/agents", escaped);
        return changes != NULL;
    default:
        return false;
    }
}

/* --- agents, managers, monitors --- */

static bool save_agent(struct saving *s, const json_t *result, struct rung *out)
{
    if (s->step == 0 && s->record->id == NULL) {
        *out = rung_rest("POST", json_pack("{s:s}", "username", text_of(s, "username")), "livechat/users/agent");
        return true;
    }
    if (s->record->id == NULL)
        s->record->id = x_strdup(js_str(js_obj(result, "user"), "_id"));
    if (s->step == 0)
        s->step = 1;
    if (s->step == 1 && s->record->id) {
        json_int_t limit = strtoll(text_of(s, "livechat.maxNumberSimultaneousChat"), NULL, 10);
        *out = rung_method("livechat:saveAgentInfo",
                           json_pack("[s,{s:I},o]", s->record->id, "maxNumberSimultaneousChat", limit,
                                     list_of(s, "departments")));
        return true;
    }
    const char *service = text_of(s, "statusLivechat"), *was = js_str(s->before, "statusLivechat");
    if (s->step == 2 && str_eq(service, was ? was : "available"))
        s->step = 3;
    if (s->step == 2) {
        *out = rung_rest("POST", json_pack("{s:s,s:s}", "status", service, "agentId", s->record->id),
                         "livechat/agent.status");
        return true;
    }
    const char *skills = text_of(s, "skills"), *had = js_str(s->before, "skills");
    if (s->step != 3 || strcmp(skills, had ? had : "") == 0)
        return false;
    AUTO_FREE char *escaped = rest_escape(s->record->id);
    *out = rung_rest("POST", json_pack("{s:s}", "skills", skills), "/usher/v1/agents/%s", escaped);
    return true;
}

static bool save_manager(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step == 0)
        *out = rung_rest("POST", json_pack("{s:s}", "username", text_of(s, "username")), "livechat/users/manager");
    return s->step == 0;
}

static bool save_monitor(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step == 0)
        *out = rung_method("livechat:addMonitor", json_pack("[s]", text_of(s, "username")));
    return s->step == 0;
}

/* --- hours, responses, fields, triggers --- */

static bool save_hours(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    const char *type = js_str(s->before, "type");
    json_t *data = record_hours_form(s->record->id, type ? type : "custom", s->record->values,
                                     s->client->model.pub.keeps_setting_history);
    *out = rung_method("livechat:saveBusinessHour", json_pack("[o]", data));
    return true;
}

static bool save_canned(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    json_t *body = object_of(s);
    if (strcmp(text_of(s, "scope"), "department") != 0)
        json_object_del(body, "departmentId");
    if (s->record->id)
        json_object_set_new(body, "_id", json_string(s->record->id));
    *out = rung_rest("POST", body, "canned-responses");
    return true;
}

static bool save_custom_field(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    json_t *data = object_of(s);
    json_object_set_new(data, "field", json_string(text_of(s, "_id")));
    json_object_del(data, "_id");
    *out = rung_method("livechat:saveCustomField", json_pack("[o,o]", id_or_null(s), data));
    return true;
}

static bool save_trigger(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    json_t *data = object_of(s);
    if (s->record->id)
        json_object_set_new(data, "_id", json_string(s->record->id));
    *out = rung_method("livechat:saveTrigger", json_pack("[o]", data));
    return true;
}

/* --- tags, priorities, units --- */

static bool save_tag(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step == 0)
        *out = rung_method("livechat:saveTag",
                           json_pack("[o,o,o]", id_or_null(s), object_of(s), list_of(s, "departments")));
    return s->step == 0;
}

static bool save_priority(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    json_t *data = object_of(s);
    json_object_set_new(data, "dueTimeInMinutes", json_string(text_of(s, "dueTimeInMinutes"))); /* a text there */
    *out = rung_method("livechat:savePriority", json_pack("[o,o]", id_or_null(s), data));
    return true;
}

static bool save_unit(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    json_t *monitors = json_array(), *departments = json_array();
    const struct record_value *v = saving_value(s, "unitMonitors");
    for (size_t i = 0; i < v->count; i++) {
        const struct record *m = client_record_find(s->client, RECORD_MONITORS, v->items[i]);
        json_array_append_new(monitors, json_pack("{s:s,s:s}", "monitorId", v->items[i], "username",
                                                  m ? record_name(RECORD_MONITORS, m) : ""));
    }
    v = saving_value(s, "unitDepartments");
    for (size_t i = 0; i < v->count; i++)
        json_array_append_new(departments, json_pack("{s:s}", "departmentId", v->items[i]));
    *out = rung_method("livechat:saveUnit", json_pack("[o,o,o,o]", id_or_null(s), object_of(s), monitors, departments));
    return true;
}

/* --- contacts, channels, users, rights, appearance --- */

static json_t *pairs(const struct record_value *v)
{
    json_t *object = json_object();
    for (size_t i = 0; i < v->count; i++) {
        size_t n = strcspn(v->items[i], "=");
        AUTO_FREE char *key = x_strndup(v->items[i], n);
        if (v->items[i][n])
            json_object_set_new(object, key, json_string(v->items[i] + n + 1));
    }
    return object;
}

/* The list does not tell the token, which must stay as it is: a known contact is read first. */
static bool save_contact(struct saving *s, const json_t *result, struct rung *out)
{
    if (s->step == 0 && s->record->id) {
        AUTO_FREE char *id = rest_escape(s->record->id);
        *out = rung_rest("GET", NULL, "omnichannel/contact?contactId=%s", id);
        return true;
    }
    if (s->step > (s->record->id ? 1 : 0))
        return false;
    const char *token = js_str(js_obj(result, "contact"), "token"), *manager = text_of(s, "contactManager.username");
    char fresh[40];
    id_secret(24, fresh);
    json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:o}", "token", token ? token : fresh, "name", text_of(s, "name"), "email",
                             text_of(s, "visitorEmails.0.address"), "phone", text_of(s, "phone.0.phoneNumber"),
                             "customFields", pairs(saving_value(s, "livechatData")));
    if (s->record->id)
        json_object_set_new(body, "_id", json_string(s->record->id));
    if (*manager)
        json_object_set_new(body, "contactManager", json_pack("{s:s}", "username", manager));
    *out = rung_rest("POST", body, "omnichannel/contact");
    return true;
}

static bool save_channel(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step == 0)
        *out = rung_rest("POST",
                         json_pack("{s:s,s:o,s:b}", "name", text_of(s, "name"), "members", list_of(s, "members"),
                                   "readOnly", strcmp(text_of(s, "ro"), "true") == 0),
                         "channels.create");
    return s->step == 0;
}

static bool save_user(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    json_t *data = json_pack("{s:s,s:s,s:s,s:o,s:b}", "username", text_of(s, "username"), "name", text_of(s, "name"),
                             "email", text_of(s, "emails.0.address"), "roles", list_of(s, "roles"), "active",
                             strcmp(text_of(s, "active"), "true") == 0);
    if (*text_of(s, "password") || s->record->id == NULL)
        json_object_set_new(data, "password", json_string(text_of(s, "password")));
    if (s->record->id)
        *out = rung_rest("POST", json_pack("{s:s,s:o}", "userId", s->record->id, "data", data), "users.update");
    else
        *out = rung_rest("POST", data, "users.create");
    return true;
}

static bool save_right(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step == 0)
        *out = rung_rest("POST",
                         json_pack("{s:[{s:s,s:o}]}", "permissions", "_id", s->record->id, "roles", list_of(s, "roles")),
                         "permissions.update");
    return s->step == 0;
}

static bool save_appearance(struct saving *s, const json_t *result, struct rung *out)
{
    (void)result;
    if (s->step > 0)
        return false;
    const struct record_kind *k = record_kind(s->kind);
    json_t *rows = json_array();
    for (size_t i = 0; i < k->field_count; i++) {
        const json_t *was = json_object_get(s->before, k->fields[i].key);
        json_t *now = record_json_encode(&k->fields[i], &s->record->values[i]);
        if (was && !json_equal((json_t *)was, now)) /* what the server does not have is not sent */
            json_array_append_new(rows, json_pack("{s:s,s:O}", "_id", k->fields[i].key, "value", now));
        json_decref(now);
    }
    *out = rung_method("livechat:saveAppearance", json_pack("[o]", rows));
    return true;
}

/* --- the table --- */

static const struct record_io table[RECORD_KIND_COUNT] = {
    [RECORD_DEPARTMENTS] = {.list = "livechat/department",
                            .list_key = "departments",
                            .read = "livechat/department/%s",
                            .read_key = "department",
                            .asides = {{"livechat/department/%s/agents?count=0", "agents", NULL, "agents"}},
                            .counts = {{"livechat/department/%s/agents?count=1", "agent", "agents"},
                                       {"livechat/rooms?departmentId=%s&open=true&count=1", "open chat", "open chats"}},
                            .save = save_department,
                            .remove = remove_department},
    [RECORD_AGENTS] = {.list = "livechat/users/agent",
                       .list_key = "users",
                       .asides = {{"livechat/agents/%s/departments", "departments", "departmentId", "departments"}},
                       .counts = {{"livechat/rooms?agents%%5B%%5D=%s&open=true&count=1", "open chat", "open chats"}},
                       .save = save_agent,
                       .remove = remove_agent},
    [RECORD_MANAGERS] = {.list = "livechat/users/manager",
                         .list_key = "users",
                         .save = save_manager,
                         .remove = remove_manager},
    [RECORD_HOURS] = {.list = "livechat/business-hours",
                      .list_key = "businessHours",
                      .otherwise = "livechat/business-hour",
                      .read = "livechat/business-hour?_id=%s&type=%s",
                      .read_key = "businessHour",
                      .save = save_hours,
                      .remove = remove_hours},
    [RECORD_CANNED] = {.list = "canned-responses",
                       .list_key = "cannedResponses",
                       .save = save_canned,
                       .remove = remove_canned},
    [RECORD_CUSTOM_FIELDS] = {.list = "livechat/custom-fields",
                              .list_key = "customFields",
                              .save = save_custom_field,
                              .remove = remove_custom_field},
    [RECORD_TRIGGERS] = {.list = "livechat/triggers",
                         .list_key = "triggers",
                         .save = save_trigger,
                         .remove = remove_trigger},
    [RECORD_TAGS] = {.list = "livechat/tags", .list_key = "tags", .save = save_tag, .remove = remove_tag},
    [RECORD_PRIORITIES] = {.list = "livechat/priorities",
                           .list_key = "priorities",
                           .save = save_priority,
                           .remove = remove_priority},
    [RECORD_UNITS] = {.list = "livechat/units",
                      .list_key = "units",
                      .asides = {{"livechat/units/%s/departments", "departments", "_id", "unitDepartments"},
                                 {"livechat/units/%s/monitors", "monitors", "monitorId", "unitMonitors"}},
                      .counts = {{"livechat/units/%s/departments?count=1", "department", "departments"}},
                      .save = save_unit,
                      .remove = remove_unit},
    [RECORD_MONITORS] = {.list = "livechat/monitors",
                         .list_key = "monitors",
                         .save = save_monitor,
                         .remove = remove_monitor},
    [RECORD_CONTACTS] = {.list = "livechat/visitors.search?term=",
                         .list_key = "visitors",
                         .read = "omnichannel/contact?contactId=%s",
                         .read_key = "contact",
                         .reads_before_remove = true,
                         .save = save_contact,
                         .remove = remove_contact},
    [RECORD_CHANNELS] = {.list = "channels.list",
                         .list_key = "channels",
                         .save = save_channel,
                         .remove = archive_channel},
    [RECORD_USERS] = {.list = "users.list",
                      .list_key = "users",
                      .counts = {{"livechat/rooms?agents%%5B%%5D=%s&open=true&count=1", "open chat", "open chats"}},
                      .save = save_user,
                      .remove = remove_user},
    [RECORD_ROLES] = {.list = "roles.list", .list_key = "roles", .whole = true},
    [RECORD_RIGHTS] = {.list = "permissions.listAll", .list_key = "update", .whole = true, .save = save_right},
    [RECORD_APPEARANCE] = {.list = "livechat/appearance", .list_key = "appearance", .whole = true,
                           .save = save_appearance},
};

const struct record_io *record_io(enum record_kind_no kind)
{
    return &table[kind];
}

static const struct {
    enum record_kind_no kind;
    const char *name, *field;
} faults[] = {
    {RECORD_DEPARTMENTS, "error-validating-department-chat-closing-tags", "chatClosingTags"},
    {RECORD_DEPARTMENTS, "error-fallback-department-not-found", "fallbackForwardDepartment"},
    {RECORD_DEPARTMENTS, "error-fallback-department-circular", "fallbackForwardDepartment"},
    {RECORD_AGENTS, "error-invalid-user", "username"},
    {RECORD_MANAGERS, "error-invalid-user", "username"},
    {RECORD_MONITORS, "error-invalid-user", "username"},
    {RECORD_HOURS, "error-business-hour-name-already-in-use", "name"},
    {RECORD_CANNED, "error-invalid-shortcut", "shortcut"},
    {RECORD_CANNED, "error-invalid-department", "departmentId"},
    {RECORD_CUSTOM_FIELDS, "error-invalid-custom-field-name", "_id"},
    {RECORD_CUSTOM_FIELDS, "error-custom-field-name-already-exists", "_id"},
    {RECORD_TAGS, "error-duplicate-tag", "name"},
    {RECORD_PRIORITIES, "error-duplicate-priority", "name"},
    {RECORD_CONTACTS, "error-contact-manager-not-found", "contactManager.username"},
    {RECORD_CONTACTS, "error-invalid-contact-manager", "contactManager.username"},
    {RECORD_CHANNELS, "error-duplicate-channel-name", "name"},
    {RECORD_CHANNELS, "error-invalid-name", "name"},
    {RECORD_USERS, "error-field-unavailable", "username"},
    {RECORD_USERS, "error-input-is-not-a-valid-field", "username"},
};

void record_fault(enum record_kind_no kind, struct error *err)
{
    for (size_t i = 0; err->name && !*err->field && i < COUNT_OF(faults); i++)
        if (faults[i].kind == kind && strcmp(faults[i].name, err->name) == 0)
            snprintf(err->field, sizeof err->field, "%s", faults[i].field);
}
