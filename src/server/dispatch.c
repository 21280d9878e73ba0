#include "server/dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/mem.h"
#include "server/address.h"
#include "server/api.h"
#include "server/api_private.h"
#include "server/ddp.h"
#include "server/limit.h"
#include "server/options.h"
#include "server/params.h"
#include "server/routes.h"
#include "server/session.h"
#include "server/setting.h"
#include "server/site.h"
#include "server/upload.h"
#include "store/store.h"

#define CHAT_CALLS_MAX 120
#define ADDRESS_CALLS_MAX 600
#define ADDRESS_CHAT_CALLS_MAX 6000
#define ADDRESS_ROUTE 0u
#define ADDRESS_CHAT_ROUTE 1u

static const char *const verb_names[VERB_COUNT] = {
    [VERB_GET] = "GET", [VERB_POST] = "POST", [VERB_PUT] = "PUT", [VERB_DELETE] = "DELETE"};

/* --- the request --- */

bool cors_lists(const char *list, const char *origin)
{
    size_t n = strlen(origin);
    for (const char *p = list; p && *p;) {
        p += strspn(p, ", ");
        size_t len = strcspn(p, ", ");
        if (len == n && strncasecmp(p, origin, n) == 0)
            return true;
        p += len;
    }
    return false;
}

static void copy_headers(struct api *a, const struct http_request *req)
{
    a->user_agent = x_strdup(http_request_header(req, "user-agent"));
    a->host = x_strdup(http_request_header(req, "host"));
    a->cookie = x_strdup(http_request_header(req, "cookie"));
    a->origin = x_strdup(http_request_header(req, "origin"));
    a->visitor_token = x_strdup(http_request_header(req, "x-visitor-token"));
    const char *twilio = http_request_header(req, "x-twilio-signature");
    a->signature = x_strdup(twilio ? twilio : http_request_header(req, "x-hub-signature"));
    if (a->signature)
        a->target = x_asprintf("%s%s%s", req->target, req->query ? "?" : "", req->query ? req->query : "");
    address_said(a->server->options->trusted_proxies, req, a->address, a->real_ip);
}

static struct api *api_new(struct server *s, const struct http_request *req)
{
    struct api *a = x_calloc(1, sizeof *a);
    a->server = s;
    a->handle = req->handle;
    a->peer = *req->peer;
    a->stream = req->stream;
    address_of_client(s->options->trusted_proxies, req, a->address);
    copy_headers(a, req);
    a->query = params_from_query(req->query, req->query ? strlen(req->query) : 0);
    return a;
}

static bool has_type(const char *type, const char *want)
{
    size_t n = strlen(want);
    return type && strncasecmp(type, want, n) == 0 && (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

/* Step 1: false when the body is malformed (answered). */
static bool read_body(struct api *a, const struct http_request *req)
{
    const char *type = http_request_header(req, "content-type");
    if (req->body_len > 0 && has_type(type, "application/json")) {
        struct error e;
        a->body = params_from_json(req->body, req->body_len, false, &e);
        if (a->body == NULL) {
            a->body = json_object();
            api_fail_plain(a, e.text);
            return false;
        }
    } else if (req->body_len > 0 && has_type(type, "application/x-www-form-urlencoded")) {
        a->body = params_from_form(req->body, req->body_len);
    } else {
        a->body = json_object();
    }
    return true;
}

/* Step 2: false when there is no such path or verb (answered). */
static bool find_endpoint(struct api *a, const struct http_request *req)
{
    struct route_match match;
    if (!routes_find(a->server->routes, req->target, &match)) {
        api_not_found(a, "API endpoint does not exist");
        return false;
    }
    for (int i = 0; i < VERB_COUNT; i++)
        if (strcmp(req->method, verb_names[i]) == 0)
            a->endpoint = match.by_verb[i];
    if (a->endpoint == NULL) {
        buf_puts(&a->headers, "Allow: ");
        for (int i = 0; i < VERB_COUNT; i++)
            if (match.by_verb[i])
                buf_printf(&a->headers, "%s, ", verb_names[i]);
        buf_puts(&a->headers, "OPTIONS\r\n");
        struct jsonw *w = api_raw(a, 405);
        jsonw_object(w, NULL);
        jsonw_str(w, "status", "error");
        jsonw_str(w, "message", "API endpoint does not exist");
        jsonw_end_object(w);
        api_raw_end(a);
        return false;
    }
    const char *pattern = a->endpoint->path;
    for (size_t i = 0; i < match.arg_count; i++) {
        pattern = strchr(pattern, ':') + 1;
        a->args[i].value = percent_decode(match.args[i].value, match.args[i].len, false);
        a->args[i].name = pattern;
        if (a->args[i].value == NULL)
            a->args[i].value = x_strdup("");
        a->arg_count = i + 1;
    }
    return true;
}

/* Step 3: who asks. */
static bool check_login(struct api *a, const struct http_request *req)
{
    if (a->endpoint->auth == AUTH_LOCAL && !http_peer_is_own(&a->peer)) {
        api_not_found(a, "API endpoint does not exist");
        return false;
    }
    if (a->endpoint->auth == AUTH_NONE || a->endpoint->auth == AUTH_LOCAL)
        return true;
    const char *user_id = http_request_header(req, "x-user-id");
    const char *token = http_request_header(req, "x-auth-token");
    char hash[TOKEN_HASH_LEN + 1];
    if (user_id && token) {
        a->user = session_find(a->server, user_id, token, hash, NULL);
        if (a->user)
            a->token_hash = x_strdup(hash);
        if (a->user && a->endpoint->auth == AUTH_TOKEN)
            a->token = x_strdup(token);
    } else {
        a->user = session_local_user(a->server, &a->peer);
    }
    if (a->user)
        a->user_id = x_strdup(a->user->id);
    if (a->user || a->endpoint->auth == AUTH_OPTIONAL)
        return true;
    api_unauthorized(a);
    return false;
}

/* The visitor token of the call, wherever it stands; NULL: none. */
static const char *call_token(const struct api *a)
{
    if (a->visitor_token)
        return a->visitor_token;
    for (size_t i = 0; i < a->arg_count; i++)
        if (strncmp(a->args[i].name, "token", 5) == 0)
            return a->args[i].value;
    const char *token = json_string_value(json_object_get(a->params, "token"));
    if (token == NULL)
        token = json_string_value(json_object_get(json_object_get(a->params, "visitor"), "token"));
    return token;
}

static bool refuse_busy(struct api *a, const struct limit_verdict *v, int64_t now)
{
    char text[160];
    snprintf(text, sizeof text,
             "Error, too many requests. Please slow down. You must wait %lld seconds before trying this endpoint"
             " again. [error-too-many-requests]",
             (long long)((v->reset_ms - now + 999) / 1000));
    api_fail_status(a, 429, text);
    return false;
}

/* Step 4. */
static bool check_limit(struct api *a)
{
    struct server *s = a->server;
    const struct core *c = s->core;
    if (a->peer.is_unix || a->endpoint->limit == LIMIT_NONE || !s->options->rate_limits ||
        !setting_bool(c, "API_Enable_Rate_Limiter", true) ||
        (a->user && core_may(c, a->user, "api-bypass-rate-limit")))
        return true;
    bool delivery = a->endpoint->limit == LIMIT_DELIVERY, chat = delivery || a->endpoint->limit == LIMIT_CHAT;
    int64_t now = server_now(s);
    int64_t window = setting_int(c, "API_Enable_Rate_Limiter_Limit_Time_Default", 60000);
    struct limit_verdict all =
        limits_count(s->limits, chat ? ADDRESS_CHAT_ROUTE : ADDRESS_ROUTE, a->address,
                     chat ? ADDRESS_CHAT_CALLS_MAX : ADDRESS_CALLS_MAX, 60000, now);
    if (!all.allowed)
        return refuse_busy(a, &all, now);
    if (delivery)
        return true;
    const char *token = a->user_id ? NULL : call_token(a);
    const char *subject = a->user_id ? a->user_id : token ? token : a->address;
    int64_t most = chat                                ? CHAT_CALLS_MAX
                   : a->endpoint->limit == LIMIT_ONE ? 1
                                                     : setting_int(c, "API_Enable_Rate_Limiter_Limit_Calls_Default", 10);
    uint32_t route = (uint32_t)(((uintptr_t)a->endpoint >> 3) | 0x80000000u);
    struct limit_verdict v = limits_count(s->limits, route, subject, most, window, now);
    buf_printf(&a->headers, "X-RateLimit-Limit: %lld\r\nX-RateLimit-Remaining: %lld\r\nX-RateLimit-Reset: %lld\r\n",
               (long long)v.limit, (long long)v.remaining, (long long)v.reset_ms);
    return v.allowed || refuse_busy(a, &v, now);
}

/* Step 5. */
static bool check_schema(struct api *a)
{
    if (a->endpoint->schema == NULL)
        return true;
    struct error e;
    if (schema_check(a->endpoint->schema, a->params, &e) == 0)
        return true;
    if (e.name)
        api_fail_coded(a, e.name, e.text);
    else
        api_fail_plain(a, e.text);
    return false;
}

/* Step 6. */
static bool check_rights(struct api *a)
{
    for (const char *const *r = a->endpoint->all_of; r && *r; r++) {
        if (!api_may(a, *r)) {
            api_no_permission(a);
            return false;
        }
    }
    const char *const *any = a->endpoint->any_of;
    while (any && *any && !api_may(a, *any))
        any++;
    if (any && *any == NULL) {
        api_no_permission(a);
        return false;
    }
    return true;
}

/* A body with the key payload is the JSON text in it (rest 1.1). */
static bool unpack_payload(struct api *a)
{
    const char *payload = json_string_value(json_object_get(a->body, "payload"));
    if (payload == NULL || a->user == NULL)
        return true;
    struct error e;
    json_t *body = params_from_json(payload, strlen(payload), false, &e);
    if (body == NULL) {
        api_fail_plain(a, e.text);
        return false;
    }
    json_decref(a->body);
    a->body = body;
    return true;
}

static void answer_preflight(struct api *a)
{
    const struct core *c = a->server->core;
    if (!setting_bool(c, "API_Enable_CORS", false)) {
        static const char text[] = "CORS not enabled. Go to \"Admin > General > REST API\" to enable it.";
        api_send_bytes(a, 405, "text/plain", NULL, text, sizeof text - 1);
        return;
    }
    api_send_bytes(a, 200, "text/plain", "Access-Control-Allow-Methods: GET, POST, PUT, DELETE, HEAD, PATCH\r\n", "", 0);
}

static void serve_api(struct server *s, const struct http_request *req)
{
    struct api *a = api_new(s, req);
    if (strcmp(req->method, "OPTIONS") == 0) {
        a->body = json_object();
        answer_preflight(a);
        return;
    }
    if (!read_body(a, req) || !find_endpoint(a, req))
        return;
    a->params = a->endpoint->verb == VERB_GET ? a->query : a->body;
    if (!check_login(a, req) || !unpack_payload(a))
        return;
    a->params = a->endpoint->verb == VERB_GET ? a->query : a->body;
    if (check_limit(a) && check_schema(a) && check_rights(a))
        a->endpoint->run(a);
}

/* --- the web server's callbacks --- */

static bool is_api(const char *target)
{
    return strncmp(target, "/api/", 5) == 0 || strncmp(target, "/usher/", 7) == 0 || strcmp(target, "/api") == 0;
}

static void on_request(void *arg, const struct http_request *req)
{
    struct server *s = arg;
    if (strcmp(req->target, "/websocket") == 0) {
        char address[ADDRESS_MAX];
        address_of_client(s->options->trusted_proxies, req, address);
        ddp_accept(s, req, address);
    } else if (is_api(req->target)) {
        serve_api(s, req);
    } else {
        site_serve(s, req);
    }
}

static enum http_body_plan on_headers(void *arg, const struct http_request *req, size_t *body_max, void **stream)
{
    (void)body_max;
    if (is_api(req->target) && strcmp(req->method, "POST") == 0)
        return upload_plan(arg, req, stream);
    return HTTP_BODY_BUFFER;
}

static int on_stream_data(void *arg, struct http_handle handle, void *stream, const char *data, size_t n)
{
    return upload_data(arg, handle, stream, data, n);
}

static void on_stream_abort(void *arg, void *stream)
{
    upload_abort(arg, stream);
}

static void on_ws_message(void *arg, uint64_t conn, void *user, const char *data, size_t n)
{
    (void)conn;
    ddp_message(arg, user, data, n);
}

static void on_ws_close(void *arg, uint64_t conn, void *user, int code)
{
    (void)conn, (void)code;
    ddp_closed(arg, user);
}

static void error_body(void *arg, int status, const char *text, struct buf *out)
{
    (void)arg, (void)status;
    struct jsonw w = jsonw_on(out, JSONW_ISO);
    jsonw_object(&w, NULL);
    jsonw_bool(&w, "success", false);
    jsonw_str(&w, "error", text);
    jsonw_end_object(&w);
}

const struct http_callbacks dispatch_callbacks = {
    .on_request = on_request,
    .on_headers = on_headers,
    .on_stream_data = on_stream_data,
    .on_stream_abort = on_stream_abort,
    .on_ws_message = on_ws_message,
    .on_ws_close = on_ws_close,
    .error_body = error_body,
};
