/* Users: made, changed, found, their presence (rest 3.2). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/filter.h"
#include "server/list.h"
#include "server/people.h"
#include "server/rows.h"
#include "server/session.h"
#include "server/shape.h"

/* --- create, update --- */

/* What goes on after the password was hashed on the pool. */
struct password_wait {
    struct api *api;
    char *user_id;
};

static void reply_user(struct api *a, const char *user_id)
{
    const struct user *u = core_user(a->server->core, user_id);
    if (u == NULL) {
        api_fail_coded(a, "error-invalid-user", "Invalid user");
        return;
    }
    jsonw_object(api_ok(a), "user");
    shape_user_fields(&a->w, u, true);
    jsonw_object(&a->w, "settings");
    jsonw_end_object(&a->w);
    jsonw_end_object(&a->w);
    api_ok_end(a);
}

static void password_stored(struct server *s, void *arg)
{
    struct password_wait *wait = arg;
    (void)s;
    reply_user(wait->api, wait->user_id);
    free(wait->user_id);
    free(wait);
}

static void reply_with_password(struct api *a, const char *user_id, const char *password)
{
    struct password_wait *wait = x_calloc(1, sizeof *wait);
    wait->api = a;
    wait->user_id = x_strdup(user_id);
    password_set(a->server, wait->user_id, password, password_stored, wait);
}

static void fail_account(struct api *a, const struct error *e, const json_t *data)
{
    if (e->name == NULL || strcmp(e->name, "error-field-unavailable") != 0) {
        api_fail_core(a, e);
        return;
    }
    const char *name = json_string_value(json_object_get(data, "username"));
    const char *email = json_string_value(json_object_get(data, "email"));
    json_t *details = json_pack("{s:s,s:s}", "method", "insertOrUpdateUser", "field",
                                name && strncmp(e->text, name, strlen(name)) == 0 ? name : email ? email : "");
    char *text = json_dumps(details, JSON_COMPACT);
    api_fail_details(a, e->name, e->text, text);
    free(text);
    json_decref(details);
}

static void users_create(struct api *a)
{
    struct result result;
    if (!api_may(a, "create-user")) {
        api_fail_details(a, "error-action-not-allowed", "Adding user is not allowed",
                         "{\"method\":\"insertOrUpdateUser\",\"action\":\"Adding_user\"}");
        return;
    }
    if (people_create(a->server, a->user, a->params, &result) != ERR_OK) {
        fail_account(a, &result.error, a->params);
        return;
    }
    const char *password = api_str(a, "password");
    if (api_bool(a, "setRandomPassword", false) || *password == '\0')
        reply_user(a, result.user->id);
    else
        reply_with_password(a, result.user->id, password);
}

static void registered(struct server *s, void *arg)
{
    struct password_wait *wait = arg;
    const struct user *u = core_user(s->core, wait->user_id);
    if (u) {
        jsonw_object(api_ok(wait->api), "user");
        shape_user_fields(&wait->api->w, u, false);
        jsonw_end_object(&wait->api->w);
        api_ok_end(wait->api);
    } else {
        api_fail_empty(wait->api);
    }
    free(wait->user_id);
    free(wait);
}

static void users_register(struct api *a)
{
    struct result result;
    if (a->user) {
        api_fail_plain(a, "Logged in users can not register again.");
        return;
    }
    if (people_may_register(a->server->core, api_str(a, "secret"), &result.error) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    if (api_str(a, "name") == NULL) {
        api_fail_plain(a, "Match error: Missing key 'name'");
        return;
    }
    if (core_user_by_name(a->server->core, api_str(a, "username"))) {
        api_fail_plain(a, "Username is already in use");
        return;
    }
    if (core_user_by_email(a->server->core, api_str(a, "email"))) {
        api_fail_plain(a, "Email already exists. [403]");
        return;
    }
    if (people_register(a->server, a->params, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    struct password_wait *wait = x_calloc(1, sizeof *wait);
    wait->api = a;
    wait->user_id = x_strdup(result.user->id);
    password_set(a->server, wait->user_id, api_str(a, "pass"), registered, wait);
}

static void users_update(struct api *a)
{
    struct result result;
    const json_t *data = api_obj(a, "data");
    AUTO_FREE char *user_id = x_strdup(api_str(a, "userId"));
    if (people_update(a->server, a->user, user_id, data, &result) != ERR_OK) {
        fail_account(a, &result.error, data);
        return;
    }
    const char *password = json_string_value(json_object_get(data, "password"));
    if (password && *password)
        reply_with_password(a, user_id, password);
    else
        reply_user(a, user_id);
}

/* --- who is meant --- */

/* By userId, username or user; NULL when there is none. */
static struct user *named_user(const struct api *a)
{
    const char *id = api_str_nonempty(a, "userId"), *name = api_str_nonempty(a, "username");
    if (name == NULL)
        name = api_str_nonempty(a, "user");
    return id ? core_user(a->server->core, id) : core_user_by_name(a->server->core, name);
}

static bool names_user(const struct api *a)
{
    return api_str_nonempty(a, "userId") || api_str_nonempty(a, "username") || api_str_nonempty(a, "user");
}

static void users_delete(struct api *a)
{
    struct result result;
    if (!api_may(a, "delete-user")) {
        api_forbidden(a);
        return;
    }
    if (!names_user(a)) {
        api_fail_coded(a, "error-user-param-not-provided",
                       "The required \"userId\" or \"username\" param was not provided");
        return;
    }
    const struct user *u = named_user(a);
    if (u == NULL) {
        api_fail_coded(a, "error-invalid-user",
                       "The required \"userId\" or \"username\" param provided does not match any users");
        return;
    }
    if (people_delete(a->server, a->user, u->id, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static void put_rooms(struct jsonw *w, const struct user *u)
{
    const struct subscription *sub;
    jsonw_array(w, "rooms");
    LIST_FOREACH(sub, &u->subscriptions, of_user) {
        jsonw_object(w, NULL);
        jsonw_str(w, "rid", sub->room->id);
        jsonw_str(w, "name", sub->room->fname);
        jsonw_str(w, "t", "l");
        jsonw_int(w, "unread", sub->unread);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void users_info(struct api *a)
{
    json_t *fields;
    if (!fields_param(a, &fields))
        return;
    const struct user *u = named_user(a);
    bool all = u == a->user || api_may(a, "view-full-other-user-info");
    if (u == NULL || (!u->active && !all)) {
        api_fail_plain(a, "User not found.");
    } else {
        jsonw_object(api_ok(a), "user");
        shape_user_fields(&a->w, u, all);
        jsonw_bool(&a->w, "canViewAllInfo", api_may(a, "view-full-other-user-info"));
        if (json_number_value(json_object_get(fields, "userRooms")) == 1 && all)
            put_rooms(&a->w, u);
        jsonw_end_object(&a->w);
        api_ok_end(a);
    }
    json_decref(fields);
}

/* --- list --- */

static struct list_key user_key(const void *item, const char *key)
{
    const struct user *u = item;
    if (strcmp(key, "name") == 0)
        return (struct list_key){u->name ? u->name : "", 0};
    if (strcmp(key, "status") == 0)
        return (struct list_key){presence_name(u->status), 0};
    if (strcmp(key, "createdAt") == 0)
        return (struct list_key){NULL, u->created_ms};
    if (strcmp(key, "lastLogin") == 0)
        return (struct list_key){NULL, u->last_login_ms};
    return (struct list_key){u->username, 0};
}

static void put_user(struct api *a, const void *item)
{
    const struct user *u = item;
    jsonw_object(&a->w, NULL);
    shape_user_fields(&a->w, u, u == a->user || api_may(a, "view-full-other-user-info"));
    jsonw_str(&a->w, "nameInsensitive", u->name);
    jsonw_end_object(&a->w);
}

static json_t *user_doc(const struct user *u)
{
    json_t *roles = json_array();
    for (size_t i = 0; i < role_count; i++)
        if (u->roles & role_rows[i].bit)
            json_array_append_new(roles, json_string(role_rows[i].id));
    return json_pack("{s:s,s:s,s:s*,s:s,s:b,s:s,s:o,s:[{s:s*}]}", "_id", u->id, "username", u->username, "name",
                     u->name, "status", presence_name(u->status), "active", u->active, "type",
                     u->is_bot_type ? "bot" : "user", "roles", roles, "emails", "address", u->email);
}

/* The first field of a query that may not be asked for, or NULL. */
static const char *foreign_field(const json_t *query)
{
    static const char *const known[] = {"_id", "username", "name", "status", "active", "type", "roles", "emails.address",
                                        "$or", "$and"};
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)query, key, v) {
        size_t i = 0;
        while (i < COUNT_OF(known) && strcmp(known[i], key) != 0)
            i++;
        if (i == COUNT_OF(known))
            return key;
    }
    return NULL;
}

static void users_list(struct api *a)
{
    struct paging p;
    struct list l = LIST_NEW;
    json_t *query;
    if (!api_may(a, "view-d-room")) {
        api_forbidden(a);
        return;
    }
    if (!api_paging(a, &p) || !filter_param(a, &query))
        return;
    const char *foreign = foreign_field(query);
    if (foreign) {
        AUTO_FREE char *reason = x_asprintf("Invalid attribute: %.100s", foreign);
        json_decref(query);
        api_fail_coded(a, "error-invalid-query", reason);
        return;
    }
    for (const struct user *u = NULL; (u = core_next_user(a->server->core, u)) != NULL;) {
        json_t *doc = query ? user_doc(u) : NULL;
        if (query == NULL || filter_match(query, doc))
            list_add(&l, u);
        json_decref(doc);
    }
    json_decref(query);
    list_sort(&l, &p, "username", true, user_key);
    list_reply(a, "users", &l, &p, put_user);
}

/* --- presence --- */

static void users_set_status(struct api *a)
{
    const struct core *c = a->server->core;
    enum presence status = PRESENCE_ONLINE;
    const char *text = api_str(a, "message"), *name = api_str_nonempty(a, "status");
    struct result result;
    if (!api_has(a, "message") && !api_has(a, "status")) {
        api_fail_plain(a, "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation");
        return;
    }
    const struct user *u = names_user(a) ? named_user(a) : a->user;
    if (u != a->user && !api_may(a, "edit-other-user-info")) {
        api_forbidden(a);
        return;
    }
    if (u == NULL) {
        api_fail_coded(a, "error-invalid-user", "Invalid user");
        return;
    }
    if (text && !people_may_set_text(c)) {
        api_fail_details(a, "error-not-allowed", "Change status message is not allowed",
                         "{\"method\":\"users.setStatus\"}");
        return;
    }
    if (name && !presence_parse(name, &status)) {
        api_fail_details(a, "error-invalid-status", "Valid status types include online, away, offline, and busy.",
                         "{\"method\":\"users.setStatus\"}");
        return;
    }
    if (name && status == PRESENCE_OFFLINE && !people_may_hide(c)) {
        api_fail_details(a, "error-status-not-allowed", "Invisible status is disabled",
                         "{\"method\":\"users.setStatus\"}");
        return;
    }
    struct command cmd = server_command(COMMAND_USER_STATUS, a->user);
    cmd.user.id = u->id;
    cmd.user.has_status = name != NULL;
    cmd.user.status = status;
    cmd.user.status_text = text;
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static bool is_wanted(const json_t *ids, const char *id)
{
    if (json_is_array(ids)) {
        for (size_t i = 0; i < json_array_size(ids); i++)
            if (str_eq(json_string_value(json_array_get(ids, i)), id))
                return true;
        return false;
    }
    size_t n = strlen(id);
    for (const char *p = json_string_value(ids); p && *p; p += strcspn(p, ","), p += *p == ',')
        if (strncmp(p, id, n) == 0 && (p[n] == ',' || p[n] == '\0'))
            return true;
    return false;
}

static void users_presence(struct api *a)
{
    const json_t *ids = json_object_get(a->params, "ids");
    int64_t from = 0;
    bool recent = api_date(a, "from", &from) && server_now(a->server) - from < 600000;
    jsonw_array(api_ok(a), "users");
    for (const struct user *u = NULL; (u = core_next_user(a->server->core, u)) != NULL;) {
        bool in = ids ? is_wanted(ids, u->id) : recent ? u->updated_ms >= from : u->status != PRESENCE_OFFLINE;
        if (!in || !u->active)
            continue;
        jsonw_object(&a->w, NULL);
        jsonw_str(&a->w, "_id", u->id);
        jsonw_str(&a->w, "username", u->username);
        jsonw_str(&a->w, "name", u->name);
        jsonw_str(&a->w, "status", presence_name(u->status));
        jsonw_int(&a->w, "utcOffset", 0);
        jsonw_str(&a->w, "statusText", u->status_text ? u->status_text : "");
        jsonw_end_object(&a->w);
    }
    jsonw_end_array(&a->w);
    jsonw_bool(&a->w, "full", ids == NULL && !recent);
    api_ok_end(a);
}

static const struct user *self_or_named(struct api *a)
{
    const struct user *u = names_user(a) ? named_user(a) : a->user;
    if (u == NULL)
        api_fail_coded(a, "error-invalid-user",
                       "The required \"userId\" or \"username\" param provided does not match any users");
    return u;
}

static void users_get_presence(struct api *a)
{
    const struct user *u = self_or_named(a);
    if (u == NULL)
        return;
    jsonw_str(api_ok(a), "presence", presence_name(u->status));
    if (u == a->user) {
        jsonw_str(&a->w, "connectionStatus", presence_name(u->status_connection));
        jsonw_date(&a->w, "lastLogin", u->last_login_ms);
    }
    api_ok_end(a);
}

static void users_get_status(struct api *a)
{
    const struct user *u = self_or_named(a);
    if (u == NULL)
        return;
    jsonw_str(api_ok(a), "_id", u->id);
    jsonw_str(&a->w, "message", u->status_text);
    if (u == a->user)
        jsonw_str(&a->w, "connectionStatus", presence_name(u->status_connection));
    jsonw_str(&a->w, "status", presence_name(u->status));
    api_ok_end(a);
}

/* --- the table --- */

#define ACCOUNT_ROWS                                                                                                   \
    OPT("active", BOOL), OPT_LIST("roles", STRING), OPT("joinDefaultChannels", BOOL),                                  \
        OPT("requirePasswordChange", BOOL), OPT("setRandomPassword", BOOL), OPT("sendWelcomeEmail", BOOL),             \
        OPT("verified", BOOL), OPT("bio", STRING), OPT("nickname", STRING), OPT("statusText", STRING),                 \
        OPT("customFields", OBJECT)

static const struct schema create_schema =
    SCHEMA(STRICT, NONE, REQ("email", STRING), REQ("name", STRING), REQ("password", STRING), REQ("username", STRING),
           ACCOUNT_ROWS, OPT("fields", STRING));
static const struct schema register_schema =
    SCHEMA(STRICT, NONE, {.name = "username", .type = PARAM_STRING, .flags = PARAM_REQUIRED, .min_len = 3},
           REQ("email", STRING), REQ("pass", STRING), OPT("name", STRING), OPT("secret", STRING), OPT("reason", STRING));
static const struct schema update_data =
    SCHEMA(STRICT, NONE, OPT("email", STRING), OPT("name", STRING), OPT("password", STRING), OPT("username", STRING),
           ACCOUNT_ROWS, OPT("status", STRING));
static const struct schema update_schema =
    SCHEMA(STRICT, NONE, REQ("userId", STRING), REQ_OBJECT("data", &update_data), OPT("confirmRelinquish", BOOL));
static const struct schema info_by_id = SCHEMA(STRICT, NONE, REQ("userId", STRING), OPT("fields", STRING));
static const struct schema info_by_name = SCHEMA(STRICT, NONE, REQ("username", STRING), OPT("fields", STRING));
static const struct schema info_schema = {
    .kind = SCHEMA_STRICT, .any_of = (const struct schema *const[]){&info_by_id, &info_by_name, NULL}};

const struct endpoint users_endpoints[] = {
    {.verb = VERB_POST, .path = "users.create", .auth = AUTH_LOGIN, .schema = &create_schema, .run = users_create},
    {.verb = VERB_POST, .path = "users.register", .auth = AUTH_OPTIONAL, .schema = &register_schema,
     .limit = LIMIT_ONE, .run = users_register},
    {.verb = VERB_GET, .path = "users.info", .auth = AUTH_LOGIN, .schema = &info_schema, .run = users_info},
    {.verb = VERB_GET, .path = "users.list", .auth = AUTH_LOGIN, .run = users_list},
    {.verb = VERB_POST, .path = "users.setStatus", .auth = AUTH_LOGIN, .run = users_set_status},
    {.verb = VERB_GET, .path = "users.presence", .auth = AUTH_LOGIN, .run = users_presence},
    {.verb = VERB_GET, .path = "users.getPresence", .auth = AUTH_LOGIN, .run = users_get_presence},
    {.verb = VERB_GET, .path = "users.getStatus", .auth = AUTH_LOGIN, .run = users_get_status},
    {.verb = VERB_POST, .path = "users.update", .auth = AUTH_LOGIN, .schema = &update_schema, .run = users_update},
    {.verb = VERB_POST, .path = "users.delete", .auth = AUTH_LOGIN, .run = users_delete},
    ENDPOINTS_END,
};
