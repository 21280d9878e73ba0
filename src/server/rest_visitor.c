/* Visitors themselves (rest 4.1). */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/custom.h"
#include "server/calls.h"
#include "server/families.h"
#include "server/party.h"
#include "server/register.h"
#include "server/removal.h"
#include "server/setting.h"
#include "server/shape.h"

/* --- POST livechat/visitor --- */

static const struct schema registered_field = {
    .kind = SCHEMA_MATCH_LOOSE,
    .params = PARAMS({.name = "key", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "value", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "overwrite", .type = PARAM_BOOL, .flags = PARAM_REQUIRED})};
static const struct schema visitor_inner = {
    .kind = SCHEMA_MATCH_LOOSE,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED}, {.name = "name", .type = PARAM_STRING},
                     {.name = "email", .type = PARAM_STRING}, {.name = "department", .type = PARAM_STRING},
                     {.name = "phone", .type = PARAM_STRING}, {.name = "username", .type = PARAM_STRING},
                     {.name = "customFields", .type = PARAM_ARRAY, .object = &registered_field})};
static const struct schema visitor_schema = {
    .kind = SCHEMA_MATCH,
    .params = PARAMS({.name = "visitor", .type = PARAM_OBJECT, .flags = PARAM_REQUIRED, .object = &visitor_inner})};

static void fail_registration(struct api *a, const struct guest_form *g, const struct error *e)
{
    struct buf details = BUF_INIT;
    struct jsonw w = jsonw_on(&details, JSONW_ISO);
    bool is_email = str_eq(e->name, "error-invalid-email"), is_department = str_eq(e->name, "error-invalid-department");
    jsonw_object(&w, NULL);
    if (is_email) {
        jsonw_str(&w, "function", "Livechat.validateEmail");
        jsonw_str(&w, "email", g->email);
    } else {
        jsonw_str(&w, "method", "registerGuest");
    }
    jsonw_end_object(&w);
    if (is_email || is_department)
        api_fail_details(a, e->name, e->text, details.data);
    else
        api_fail_core(a, e);
    buf_free(&details);
}

static void save_visitor(struct api *a, void *data)
{
    struct result result;
    if (guest_form_save(a->server, data, &result) < 0) {
        fail_registration(a, data, &result.error);
        return;
    }
    shape_visitor(api_ok(a), "visitor", result.visitor);
    api_ok_end(a);
}

static void run_visitor_save(struct api *a)
{
    struct guest_form *g = x_calloc(1, sizeof *g);
    guest_form_read(g, api_obj(a, "visitor"));
    if (*g->token == '\0') {
        guest_form_free(g);
        api_fail_coded(a, "error-invalid-token", "Invalid token");
        return;
    }
    g->user_agent = x_strdup(a->user_agent);
    g->ip = x_strdup(a->real_ip);
    g->host = x_strdup(a->host);
    if (guest_form_is_known(a->server, g)) {
        save_visitor(a, g);
        guest_form_free(g);
    } else {
        api_read(a, guest_form_search, save_visitor, g, guest_form_free);
    }
}

/* --- one visitor --- */

static void answer_visitor(struct api *a, const struct party *p)
{
    shape_visitor(api_ok(a), "visitor", p->visitor);
    api_ok_end(a);
}

static void run_visitor_get(struct api *a)
{
    party_find(a, api_arg(a, "token"), NULL, PARTY_CODED, answer_visitor);
}

static void run_visitor_delete(struct api *a)
{
    removal_run(a, api_arg(a, "token"), NULL);
}

/* --- rooms of a visitor, for managers --- */

static void answer_rooms(struct api *a, const struct party *p)
{
    const struct visitor *v = core_visitor(a->server->core, p->visitor->id);
    const struct room *r;
    struct jsonw *w = api_ok(a);
    jsonw_array(w, "rooms");
    if (v) {
        LIST_FOREACH(r, &v->rooms, of_visitor) {
            jsonw_object(w, NULL);
            jsonw_str(w, "_id", r->id);
            jsonw_str(w, "t", "l");
            jsonw_bool(w, "cl", false);
            if (r->served_by)
                shape_user_ref(w, "servedBy", r->served_by->id, r->served_by->username, NULL);
            jsonw_end_object(w);
        }
    }
    jsonw_end_array(w);
    api_ok_end(a);
}

static void run_visitor_rooms(struct api *a)
{
    party_find(a, api_arg(a, "token"), NULL, PARTY_CODED, answer_rooms);
}

/* --- status --- */

static const struct schema status_schema = {
    .kind = SCHEMA_MATCH,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "status", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema call_schema = {
    .kind = SCHEMA_MATCH,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "callStatus", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "callId", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};

static void set_status(struct api *a, const struct party *p)
{
    struct result result;
    struct command cmd = server_command(COMMAND_VISITOR_STATUS, NULL);
    cmd.visitor.record = p->visitor;
    if (presence_parse(api_str(a, "status"), &cmd.visitor.status))
        server_step(a->server, &cmd, &result);
    struct jsonw *w = api_ok(a);
    jsonw_str(w, "token", api_str(a, "token"));
    jsonw_str(w, "status", api_str(a, "status"));
    api_ok_end(a);
}

static void run_visitor_status(struct api *a)
{
    party_find(a, api_str(a, "token"), NULL, PARTY_CODED, set_status);
}

static void answer_call_status(struct api *a, const struct party *p)
{
    calls_told_by_visitor(a->server, p->visitor, api_str(a, "rid"), api_str(a, "callId"), api_str(a, "callStatus"));
    struct jsonw *w = api_ok(a);
    jsonw_str(w, "token", api_str(a, "token"));
    jsonw_str(w, "callStatus", api_str(a, "callStatus"));
    api_ok_end(a);
}

static void run_call_status(struct api *a)
{
    party_find(a, api_str(a, "token"), NULL, PARTY_CODED, answer_call_status);
}

/* --- custom fields --- */

static const struct schema field_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "key", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "value", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "overwrite", .type = PARAM_BOOL, .flags = PARAM_REQUIRED})};
static const struct schema field_item = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "key", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "value", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "overwrite", .type = PARAM_BOOL, .flags = PARAM_REQUIRED})};
static const struct schema fields_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "customFields", .type = PARAM_ARRAY, .flags = PARAM_REQUIRED, .object = &field_item})};

/* A value that does not fit has its text as code (rest 4.1). */
static void fail_field(struct api *a, const struct error *e)
{
    if (e->code == ERR_INVALID && e->name == NULL)
        api_fail_coded(a, e->text, NULL);
    else if (e->name && *e->text == '\0')
        api_fail_coded(a, e->name, NULL);
    else
        api_fail_core(a, e);
}

static void set_field(struct api *a, const struct party *p)
{
    const char *key = api_str(a, "key"), *value = api_str(a, "value");
    bool overwrite = api_bool(a, "overwrite", false), stored;
    struct result result;
    if (custom_set(a->server, p->visitor, key, value, overwrite, &stored, &result) != ERR_OK) {
        fail_field(a, &result.error);
        return;
    }
    if (!stored) {
        api_fail_empty(a);
        return;
    }
    struct jsonw *w = api_ok(a);
    jsonw_object(w, "field");
    jsonw_str(w, "key", key);
    jsonw_str(w, "value", value);
    jsonw_bool(w, "overwrite", overwrite);
    jsonw_end_object(w);
    api_ok_end(a);
}

static void answer_fields(struct api *a, const json_t *list)
{
    struct jsonw *w = api_ok(a);
    json_t *item;
    size_t i;
    jsonw_array(w, "fields");
    json_array_foreach(list, i, item) {
        jsonw_object(w, NULL);
        jsonw_str(w, "Key", json_string_value(json_object_get(item, "key")));
        jsonw_str(w, "value", json_string_value(json_object_get(item, "value")));
        jsonw_bool(w, "overwrite", json_is_true(json_object_get(item, "overwrite")));
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
    api_ok_end(a);
}

/* In their order, each by itself: those before a refused one stay. */
static void set_fields(struct api *a, const struct party *p)
{
    const json_t *list = api_list(a, "customFields");
    json_t *item;
    size_t i;
    json_array_foreach(list, i, item) {
        const char *key = json_string_value(json_object_get(item, "key"));
        const char *value = json_string_value(json_object_get(item, "value"));
        bool overwrite = json_is_true(json_object_get(item, "overwrite")), stored;
        struct result result;
        if (custom_set(a->server, p->visitor, key, value, overwrite, &stored, &result) != ERR_OK) {
            fail_field(a, &result.error);
            return;
        }
        if (!stored) {
            api_fail_plain(a, "error-setting-custom-field");
            return;
        }
    }
    answer_fields(a, list);
}

static void run_custom_field(struct api *a)
{
    party_find(a, api_str(a, "token"), NULL, PARTY_PLAIN, set_field);
}

static void run_custom_fields(struct api *a)
{
    party_find(a, api_str(a, "token"), NULL, PARTY_PLAIN, set_fields);
}

const struct endpoint visitor_endpoints[] = {
    {VERB_POST, "livechat/visitor", AUTH_NONE, NULL, NULL, &visitor_schema, LIMIT_CHAT, run_visitor_save},
    {VERB_GET, "livechat/visitor/:token", AUTH_NONE, NULL, NULL, NULL, LIMIT_CHAT, run_visitor_get},
    {VERB_DELETE, "livechat/visitor/:token", AUTH_NONE, NULL, NULL, NULL, LIMIT_DEFAULT, run_visitor_delete},
    {VERB_GET, "livechat/visitor/:token/room", AUTH_LOGIN, RIGHTS("view-livechat-manager"), NULL, NULL, LIMIT_DEFAULT,
     run_visitor_rooms},
    {VERB_POST, "livechat/visitor.status", AUTH_NONE, NULL, NULL, &status_schema, LIMIT_CHAT, run_visitor_status},
    {VERB_POST, "livechat/visitor.callStatus", AUTH_NONE, NULL, NULL, &call_schema, LIMIT_CHAT, run_call_status},
    {VERB_POST, "livechat/custom.field", AUTH_NONE, NULL, NULL, &field_schema, LIMIT_CHAT, run_custom_field},
    {VERB_POST, "livechat/custom.fields", AUTH_NONE, NULL, NULL, &fields_schema, LIMIT_CHAT, run_custom_fields},
    ENDPOINTS_END,
};
