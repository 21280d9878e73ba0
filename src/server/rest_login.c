/* Info, login, logout, me (rest 3.1). */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/session.h"
#include "server/shape.h"

static void run_info(struct api *a)
{
    struct jsonw *w = api_ok(a);
    if (api_may(a, "get-server-info")) {
        jsonw_object(w, "info");
        jsonw_str(w, "version", "5.3.0");
        jsonw_object(w, "build");
        jsonw_end_object(w);
        jsonw_object(w, "commit");
        jsonw_end_object(w);
        jsonw_str(w, "marketplaceApiVersion", "1.33.0");
        jsonw_end_object(w);
    } else {
        jsonw_str(w, "version", "5.3");
    }
    api_ok_end(a);
}

static void fail_login(struct api *a, const struct login_result *r)
{
    struct jsonw *w = api_raw(a, 401);
    jsonw_object(w, NULL);
    jsonw_str(w, "status", "error");
    switch (r->outcome) {
    case LOGIN_EXPIRED:
        jsonw_int(w, "error", 403);
        jsonw_str(w, "message", "You've been logged out by the server. Please log in again.");
        break;
    case LOGIN_UNRECOGNIZED:
        jsonw_int(w, "error", 400);
        jsonw_str(w, "message", "Unrecognized options for login request");
        break;
    case LOGIN_MALFORMED:
        jsonw_str(w, "message", r->text);
        break;
    case LOGIN_INACTIVE:
        jsonw_str(w, "error", "error-user-is-not-activated");
        jsonw_str(w, "message", "User is not activated");
        break;
    case LOGIN_BLOCKED_USER:
    case LOGIN_BLOCKED_ADDRESS:
        jsonw_str(w, "error",
                  r->outcome == LOGIN_BLOCKED_USER ? "error-login-blocked-for-user" : "error-login-blocked-for-ip");
        jsonw_str(w, "message", r->text);
        break;
    default:
        jsonw_str(w, "error", "Unauthorized");
        jsonw_str(w, "message", "Unauthorized");
    }
    jsonw_end_object(w);
    api_raw_end(a);
}

static void on_login(struct server *s, void *arg, const struct login_result *r)
{
    struct api *a = arg;
    struct user *u = r->outcome == LOGIN_OK ? core_user(s->core, r->user_id) : NULL;
    if (u == NULL) {
        fail_login(a, r);
        return;
    }
    AUTO_FREE char *site = server_site_url(s, a->host, a->peer.is_tls);
    struct jsonw *w = api_raw(a, 200);
    jsonw_object(w, NULL);
    jsonw_str(w, "status", "success");
    jsonw_object(w, "data");
    jsonw_str(w, "userId", u->id);
    jsonw_str(w, "authToken", r->token);
    shape_me(w, "me", s->core, u, site);
    jsonw_end_object(w);
    jsonw_end_object(w);
    api_raw_end(a);
}

static void run_login(struct api *a)
{
    login_try(a->server, a->body, a->address, on_login, a);
}

static void run_logout(struct api *a)
{
    if (a->token_hash)
        session_close(a->server, a->user_id, a->token_hash);
    struct jsonw *w = api_raw(a, 200);
    jsonw_object(w, NULL);
    jsonw_str(w, "status", "success");
    jsonw_object(w, "data");
    jsonw_str(w, "message", "You've been logged out!");
    jsonw_end_object(w);
    jsonw_end_object(w);
    api_raw_end(a);
}

static void run_me(struct api *a)
{
    AUTO_FREE char *site = server_site_url(a->server, a->host, a->peer.is_tls);
    shape_me_fields(api_ok(a), a->server->core, a->user, site);
    api_ok_end(a);
}

static const struct schema logout_user_schema = {
    .kind = SCHEMA_LOOSE, .params = PARAMS({.name = "userId", .type = PARAM_STRING})};

static void run_users_logout(struct api *a)
{
    const char *id = api_str_nonempty(a, "userId");
    id = id ? id : a->user->id;
    if (strcmp(id, a->user->id) != 0 && !api_may(a, "logout-other-user")) {
        api_forbidden(a);
        return;
    }
    if (core_user(a->server->core, id) == NULL) {
        api_fail_coded(a, "error-invalid-user-id", "Invalid user id");
        return;
    }
    AUTO_FREE char *text = x_asprintf("User %s has been logged out!", id);
    AUTO_FREE char *copy = x_strdup(id);
    session_close_all(a->server, copy);
    jsonw_str(api_ok(a), "message", text);
    api_ok_end(a);
}

const struct endpoint login_endpoints[] = {
    {VERB_GET, "/api/info", AUTH_OPTIONAL, NULL, NULL, NULL, LIMIT_NONE, run_info},
    {VERB_GET, "info", AUTH_OPTIONAL, NULL, NULL, NULL, LIMIT_NONE, run_info},
    {VERB_POST, "login", AUTH_NONE, NULL, NULL, NULL, LIMIT_DEFAULT, run_login},
    {VERB_POST, "logout", AUTH_LOGIN, NULL, NULL, NULL, LIMIT_DEFAULT, run_logout},
    {VERB_GET, "logout", AUTH_LOGIN, NULL, NULL, NULL, LIMIT_DEFAULT, run_logout},
    {VERB_GET, "me", AUTH_LOGIN, NULL, NULL, NULL, LIMIT_DEFAULT, run_me},
    {VERB_POST, "users.logout", AUTH_LOGIN, NULL, NULL, &logout_user_schema, LIMIT_DEFAULT, run_users_logout},
    ENDPOINTS_END,
};
