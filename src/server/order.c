#include "server/order.h"

#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/session.h"

static int read_roles(const json_t *list, uint32_t *roles, struct error *e)
{
    size_t i;
    json_t *item;
    *roles = 0;
    json_array_foreach(list, i, item) {
        const char *id = json_string_value(item);
        uint32_t bit = id ? role_bit(id) : 0;
        if (bit == 0)
            return error_set(e, ERR_NOT_FOUND, "roles", "there is no role \"%s\"", id ? id : "");
        *roles |= bit;
    }
    return 0;
}

static int add(struct server *s, const json_t *order, uint32_t roles, struct result *result)
{
    struct command cmd = server_command(COMMAND_USER_SAVE, NULL);
    cmd.user_save.username = call_obj_str(order, "username");
    cmd.user_save.name = call_obj_str(order, "name");
    cmd.user_save.email = call_obj_str(order, "email");
    cmd.user_save.roles = &roles;
    return server_step(s, &cmd, result);
}

static int change_roles(struct server *s, const struct user *u, uint32_t roles, struct result *result)
{
    struct command cmd = server_command(COMMAND_USER_ROLES, NULL);
    cmd.user.id = u->id;
    cmd.user.roles = roles;
    return server_step(s, &cmd, result);
}

int order_carry_out(struct server *s, const json_t *order, char **user_id, struct error *e)
{
    const char *action = call_obj_str(order, "action"), *username = call_obj_str(order, "username");
    const json_t *list = json_object_get(order, "roles");
    struct result result;
    uint32_t roles;
    int rc = read_roles(list, &roles, e);
    if (rc < 0)
        return rc;
    if (action == NULL || username == NULL)
        return error_set(e, ERR_INVALID, NULL, "action and username are needed");
    if (strcmp(action, "add") == 0) {
        rc = add(s, order, roles ? roles : (uint32_t)ROLE_USER, &result);
    } else {
        const struct user *u = core_user_by_name(s->core, username);
        if (u == NULL)
            return error_set(e, ERR_NOT_FOUND, "username", "there is no user \"%s\"", username);
        result.user = (struct user *)u;
        if (strcmp(action, "role") == 0)
            rc = change_roles(s, u, roles, &result);
        else if (strcmp(action, "passwd") != 0)
            return error_set(e, ERR_INVALID, "action", "there is no action \"%s\"", action);
    }
    if (rc < 0)
        *e = result.error;
    else
        *user_id = x_strdup(result.user->id);
    return rc;
}

/* --- POST /usher/v1/user: the same order in the running daemon, over its socket only --- */

static void answer(struct server *s, void *arg)
{
    (void)s;
    api_ok_empty(arg);
}

static void run_user(struct api *a)
{
    struct error e = {0};
    AUTO_FREE char *user_id = NULL;
    const char *password = api_str(a, "password");
    if (order_carry_out(a->server, a->body, &user_id, &e) < 0) {
        api_fail_plain(a, e.text);
        return;
    }
    if (password && *password) {
        if (strcmp(api_str(a, "action"), "passwd") == 0)
            session_close_all(a->server, user_id);
        password_set(a->server, user_id, password, answer, a);
    } else {
        api_ok_empty(a);
    }
}

const struct endpoint order_endpoints[] = {
    {VERB_POST, "/usher/v1/user", AUTH_LOCAL, NULL, NULL, NULL, LIMIT_NONE, run_user},
    ENDPOINTS_END,
};
