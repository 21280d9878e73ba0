/* Methods of a session: login, logout, presence, the visitor's connection (rest 15.2). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/ddp.h"
#include "server/families.h"
#include "server/session.h"
#include "server/setting.h"

static void fail_login(struct call *c, const struct login_result *r)
{
    switch (r->outcome) {
    case LOGIN_EXPIRED:
        call_error_number(c, 403, "You've been logged out by the server. Please log in again.");
        break;
    case LOGIN_UNRECOGNIZED:
        call_error_number(c, 400, "Unrecognized options for login request");
        break;
    case LOGIN_MALFORMED:
        call_error_match(c, r->text + strlen("Match error: "), "");
        break;
    case LOGIN_INACTIVE:
        call_error(c, "error-user-is-not-activated", "User is not activated");
        break;
    case LOGIN_BLOCKED_USER:
        call_error(c, "error-login-blocked-for-user", r->text);
        break;
    case LOGIN_BLOCKED_ADDRESS:
        call_error(c, "error-login-blocked-for-ip", r->text);
        break;
    default:
        call_error_number(c, 403, "User not found");
    }
}

static void on_login(struct server *s, void *arg, const struct login_result *r)
{
    struct call *c = arg;
    char hash[TOKEN_HASH_LEN + 1];
    if (r->outcome != LOGIN_OK) {
        fail_login(c, r);
        return;
    }
    AUTO_FREE char *id = x_strdup(r->user_id);
    struct ddp_conn *conn = c->conn ? ddp_find(s, c->conn) : NULL;
    token_hash(r->token, hash);
    if (conn)
        ddp_set_user(s, conn, id, hash);
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    jsonw_str(w, "id", id);
    jsonw_str(w, "token", r->token);
    jsonw_date(w, "tokenExpires", r->expires_ms);
    jsonw_str(w, "type", r->is_resume ? "resume" : "password");
    jsonw_end_object(w);
    call_end(c);
}

static void run_login(struct call *c)
{
    login_try(c->server, call_param(c, 0), c->address, on_login, c);
}

static void run_logout(struct call *c)
{
    if (c->user_id && c->token_hash)
        session_close(c->server, c->user_id, c->token_hash);
    call_end(c);
}

static void run_set_up(struct call *c)
{
    json_t *data = call_obj(c, 0);
    const char *token = call_obj_str(data, "token");
    if (data == NULL || token == NULL || json_object_size(data) != 1 || strlen(token) > 256) {
        call_error_match(c, token ? "Unknown key" : "Missing key 'token'", "");
        return;
    }
    struct ddp_conn *conn = c->conn ? ddp_find(c->server, c->conn) : NULL;
    if (conn)
        ddp_set_visitor(c->server, conn, token);
    call_end(c);
}

/* --- presence --- */

static void set_status(struct call *c, const char *status, const char *text)
{
    struct result result;
    struct command cmd = server_command(COMMAND_USER_STATUS, c->user);
    cmd.user.id = c->user->id;
    cmd.user.status_text = text;
    if (status && !presence_parse(status, &cmd.user.status)) {
        call_error(c, "error-invalid-status", "Invalid status");
        return;
    }
    cmd.user.has_status = status != NULL;
    if (cmd.user.has_status && cmd.user.status == PRESENCE_OFFLINE &&
        !setting_bool(c->server->core, "Accounts_AllowInvisibleStatusOption", true)) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    if (text && !setting_bool(c->server->core, "Accounts_AllowUserStatusMessageChange", true)) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    if (server_step(c->server, &cmd, &result) < 0)
        call_error_core(c, &result.error);
    else
        call_end(c);
}

static void run_set_status(struct call *c)
{
    set_status(c, call_str(c, 0), call_str(c, 1));
}

static void run_default_status(struct call *c)
{
    set_status(c, call_str(c, 0), NULL);
}

static void set_away(struct call *c, bool away)
{
    struct ddp_conn *conn = c->conn ? ddp_find(c->server, c->conn) : NULL;
    if (conn && conn->away != away) {
        conn->away = away;
        ddp_presence(c->server, c->user_id);
    }
    call_true(c);
}

static void run_online(struct call *c)
{
    set_away(c, false);
}

static void run_away(struct call *c)
{
    set_away(c, true);
}

const struct method session_methods[] = {
    {"login", false, run_login},
    {"logout", false, run_logout},
    {"livechat:setUpConnection", false, run_set_up},
    {"setUserStatus", true, run_set_status},
    {"UserPresence:setDefaultStatus", true, run_default_status},
    {"UserPresence:online", true, run_online},
    {"UserPresence:away", true, run_away},
    METHODS_END,
};
