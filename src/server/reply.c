/* The envelopes of rest 1.2. */
#include <string.h>

#include "common/mem.h"
#include "server/api.h"
#include "server/api_private.h"
#include "server/hold.h"
#include "server/setting.h"

static const char json_mime[] = "application/json";

static void put_cors(struct api *a)
{
    static const char lists[] = "Access-Control-Allow-Headers: Origin, X-Requested-With, Content-Type, Accept, X-User-Id,"
                                " X-Auth-Token, x-visitor-token, Authorization\r\n";
    const struct core *c = a->server->core;
    if (a->origin == NULL || !setting_bool(c, "API_Enable_CORS", false))
        return;
    const char *allowed = setting_text(c, "API_CORS_Origin", "*");
    if (strcmp(allowed, "*") == 0)
        buf_puts(&a->headers, "Access-Control-Allow-Origin: *\r\n");
    else if (cors_lists(allowed, a->origin))
        buf_printf(&a->headers, "Access-Control-Allow-Origin: %s\r\nVary: Origin\r\n", a->origin);
    else
        return;
    buf_puts(&a->headers, lists);
}

void api_put_headers(struct api *a)
{
    buf_reserve(&a->headers, 200);
    buf_puts(&a->headers, "Cache-Control: no-store\r\nPragma: no-cache\r\nX-XSS-Protection: 1\r\n"
                          "X-Content-Type-Options: nosniff\r\nX-Instance-ID: ");
    buf_puts(&a->headers, a->server->instance_id);
    buf_puts(&a->headers, "\r\n");
    put_cors(a);
}

static void send_reply(struct api *a, const char *type)
{
    api_put_headers(a);
    hold_reply(a->server, a->handle, a->status, type, &a->headers, &a->out);
    api_free(a);
}

static struct jsonw *begin(struct api *a, int status)
{
    a->status = status;
    buf_clear(&a->out);
    buf_reserve(&a->out, 800);
    a->w = jsonw_on(&a->out, JSONW_ISO);
    jsonw_object(&a->w, NULL);
    return &a->w;
}

static void end(struct api *a)
{
    jsonw_end_object(&a->w);
    send_reply(a, json_mime);
}

struct jsonw *api_ok(struct api *a)
{
    return begin(a, 200);
}

void api_ok_end(struct api *a)
{
    jsonw_bool(&a->w, "success", true);
    end(a);
}

void api_ok_empty(struct api *a)
{
    begin(a, 200);
    api_ok_end(a);
}

struct jsonw *api_fail_object(struct api *a)
{
    return begin(a, 400);
}

void api_fail_object_end(struct api *a)
{
    jsonw_bool(&a->w, "success", false);
    end(a);
}

void api_fail_empty(struct api *a)
{
    begin(a, 400);
    api_fail_object_end(a);
}

static void fail(struct api *a, int status, const char *text, const char *type, const char *details)
{
    struct jsonw *w = begin(a, status);
    jsonw_bool(w, "success", false);
    jsonw_str(w, "error", text);
    jsonw_str(w, "errorType", type);
    if (details)
        jsonw_raw(w, "details", details, strlen(details));
    end(a);
}

void api_fail_plain(struct api *a, const char *text)
{
    fail(a, 400, text, NULL, NULL);
}

void api_fail_typed(struct api *a, const char *text, const char *type)
{
    fail(a, 400, text, type, NULL);
}

void api_fail_details(struct api *a, const char *code, const char *reason, const char *details)
{
    AUTO_FREE char *text = x_asprintf("%s%s[%s]", reason ? reason : "", reason && *reason ? " " : "", code);
    fail(a, 400, text, code, details);
}

void api_fail_coded(struct api *a, const char *code, const char *reason)
{
    api_fail_details(a, code, reason, NULL);
}

void api_fail_status(struct api *a, int status, const char *text)
{
    fail(a, status, text, NULL, NULL);
}

void api_forbidden(struct api *a)
{
    fail(a, 403, "unauthorized", NULL, NULL);
}

void api_no_permission(struct api *a)
{
    fail(a, 403, "User does not have the permissions required for this action [error-unauthorized]", NULL, NULL);
}

void api_not_found(struct api *a, const char *text)
{
    fail(a, 404, text ? text : "Resource not found", NULL, NULL);
}

void api_unauthorized(struct api *a)
{
    struct jsonw *w = begin(a, 401);
    jsonw_str(w, "status", "error");
    jsonw_str(w, "message", "You must be logged in to do this.");
    end(a);
}

struct jsonw *api_raw(struct api *a, int status)
{
    a->status = status;
    buf_clear(&a->out);
    a->w = jsonw_on(&a->out, JSONW_ISO);
    return &a->w;
}

void api_raw_end(struct api *a)
{
    send_reply(a, json_mime);
}

void api_send_bytes(struct api *a, int status, const char *type, const char *headers, const char *body, size_t n)
{
    a->status = status;
    buf_clear(&a->out);
    buf_append(&a->out, body, n);
    if (headers)
        buf_puts(&a->headers, headers);
    send_reply(a, type);
}

void api_fail_core_plain(struct api *a, const struct error *e)
{
    api_fail_plain(a, e->name ? e->name : e->text);
}

void api_fail_core(struct api *a, const struct error *e)
{
    if (e->name == NULL)
        api_fail_plain(a, e->text);
    else
        api_fail_coded(a, e->name, strcmp(e->text, e->name) == 0 ? NULL : e->text);
}
