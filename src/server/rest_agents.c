/* Agents and managers, and an agent's service status (rest 8.2, 14). */
#include <string.h>

#include "common/mem.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/list.h"
#include "server/people.h"
#include "server/rows.h"
#include "server/shape.h"

/* The role of the path's type: 0 when it is none (answered). */
static uint32_t type_role(struct api *a)
{
    const char *type = api_arg(a, "type");
    if (strcmp(type, "agent") == 0)
        return ROLE_AGENT;
    if (strcmp(type, "manager") == 0)
        return ROLE_MANAGER;
    api_fail_plain(a, "Invalid type");
    return 0;
}

static struct list_key user_key(const void *item, const char *key)
{
    const struct user *u = item;
    if (strcmp(key, "username") == 0)
        return (struct list_key){u->username, 0};
    if (strcmp(key, "status") == 0)
        return (struct list_key){presence_name(u->status), 0};
    if (strcmp(key, "statusLivechat") == 0)
        return (struct list_key){u->available ? "available" : "not-available", 0};
    if (strcmp(key, "emails.address") == 0 || strcmp(key, "emails") == 0)
        return (struct list_key){u->email ? u->email : "", 0};
    return (struct list_key){u->name ? u->name : "", 0};
}

static void put_row(struct api *a, const void *item)
{
    shape_agent_row(&a->w, NULL, item);
}

static void users_list(struct api *a)
{
    const char *text = api_str(a, "text");
    struct paging p;
    struct list l = LIST_NEW;
    uint32_t role = type_role(a);
    if (role == 0)
        return;
    bool may = role == ROLE_AGENT ? api_may(a, "transfer-livechat-guest") || api_may(a, "edit-omnichannel-contact")
                                  : api_may(a, "view-livechat-manager");
    if (!may) {
        api_forbidden(a);
        return;
    }
    if (!api_paging(a, &p))
        return;
    for (const struct user *u = NULL; (u = core_next_user(a->server->core, u)) != NULL;)
        if ((u->roles & role) && (text_has(u->username, text) || text_has(u->name, text) || text_has(u->email, text)))
            list_add(&l, u);
    list_sort(&l, &p, "name", true, user_key);
    list_reply(a, "users", &l, &p, put_row);
}

static void users_post(struct api *a)
{
    uint32_t role = type_role(a);
    struct result result;
    if (role == 0)
        return;
    const struct user *u = core_user_by_name(a->server->core, api_str(a, "username"));
    if (u == NULL) {
        api_fail_details(a, "error-invalid-user", "Invalid user",
                         role == ROLE_AGENT ? "{\"method\":\"livechat:addAgent\"}"
                                            : "{\"method\":\"livechat:addManager\"}");
        return;
    }
    if (people_change_roles(a->server, a->user, u->id, role, true, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    shape_user_ref(api_ok(a), "user", result.user->id, result.user->username, NULL);
    api_ok_end(a);
}

static void users_get(struct api *a)
{
    uint32_t role = type_role(a);
    if (role == 0)
        return;
    const struct user *u = core_user(a->server->core, api_arg(a, "_id"));
    if (u == NULL) {
        api_fail_plain(a, "User not found");
        return;
    }
    api_ok(a);
    if (u->roles & role)
        shape_agent_row(&a->w, "user", u);
    else
        jsonw_null(&a->w, "user");
    api_ok_end(a);
}

static void users_delete(struct api *a)
{
    uint32_t role = type_role(a);
    struct result result;
    if (role == 0)
        return;
    const struct user *u = core_user(a->server->core, api_arg(a, "_id"));
    if (u == NULL || !(u->roles & role))
        api_fail_empty(a);
    else if (people_change_roles(a->server, a->user, u->id, role, false, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static void agent_status(struct api *a)
{
    const char *id = api_str_nonempty(a, "agentId");
    const struct user *u = id ? core_user(a->server->core, id) : a->user;
    struct result result;
    if (u == NULL || !(u->roles & ROLE_AGENT)) {
        api_not_found(a, "Agent not found");
        return;
    }
    if (u != a->user && !api_may(a, "manage-livechat-agents")) {
        api_forbidden(a);
        return;
    }
    if (!u->active) {
        api_fail_plain(a, "error-user-deactivated");
        return;
    }
    if (desk_service(a->server, a->user, u->id, api_str(a, "status"), &result) != ERR_OK) {
        api_fail_core_plain(a, &result.error);
        return;
    }
    jsonw_str(api_ok(a), "status", result.user->available ? "available" : "not-available");
    api_ok_end(a);
}

static const struct schema list_schema = SCHEMA(STRICT, FIELDS, OPT("text", STRING));
static const struct schema post_schema = SCHEMA(STRICT, NONE, REQ("username", STRING));
static const struct schema status_schema =
    SCHEMA(STRICT, NONE,
           {.name = "status", .type = PARAM_STRING, .choices = CHOICES("available", "not-available")},
           OPT("agentId", STRING));

const struct endpoint agents_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/users/:type", .auth = AUTH_LOGIN, .all_of = RIGHTS("manage-livechat-agents"),
     .schema = &list_schema, .run = users_list},
    {.verb = VERB_POST, .path = "livechat/users/:type", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager"),
     .schema = &post_schema, .run = users_post},
    {.verb = VERB_GET, .path = "livechat/users/:type/:_id", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-livechat-manager"), .run = users_get},
    {.verb = VERB_DELETE, .path = "livechat/users/:type/:_id", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-livechat-manager"), .run = users_delete},
    {.verb = VERB_POST, .path = "livechat/agent.status", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &status_schema, .run = agent_status},
    ENDPOINTS_END,
};
