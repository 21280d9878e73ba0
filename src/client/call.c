#include "client/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/refusal.h"
#include "common/mem.h"

struct call {
    struct client *client;
    bool method;
    struct rung second;
    call_done done;
    void *arg;
};

struct rung rung_rest(const char *verb, json_t *body, const char *fmt, ...)
{
    struct rung r = {.verb = verb, .body = body};
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&r.path, fmt, ap) < 0)
        abort();
    va_end(ap);
    return r;
}

struct rung rung_method(const char *method, json_t *params)
{
    return (struct rung){.method = method, .body = params};
}

static void rung_fini(struct rung *r)
{
    free(r->path);
    json_decref(r->body);
    *r = (struct rung){0};
}

/* The inner message of a method's answer, whatever the status (versions 2.4). New reference or NULL. */
static json_t *method_answer(const struct rest_answer *a)
{
    const char *text = js_str(a->body, "message");
    json_t *inner = text && a->status != 401 ? js_parse(text, strlen(text)) : NULL;
    if (!json_is_object(inner)) {
        json_decref(inner);
        return NULL;
    }
    return inner;
}

static void answered(void *arg, const struct rest_answer *a)
{
    struct call *call = arg;
    struct client *c = call->client;
    struct error err = {0};
    AUTO_JSON json_t *inner = call->method ? method_answer(a) : NULL;
    const json_t *result = a->body;
    if (a->elapsed_ms && a->status)
        c->model.pub.latency_ms = a->elapsed_ms;
    if (inner) {
        result = json_object_get(inner, "result");
        if (js_has(inner, "error"))
            refusal_from_method(json_object_get(inner, "error"), &err);
    } else {
        refusal_from_rest(a, &err);
    }
    bool lost = a->status == 0 && !a->cancelled, expired = a->status == 401;
    bool missing = err.code && !lost && (refusal_is_missing(&err) || (!call->method && rest_is_missing(a)));
    if (missing && (call->second.verb || call->second.method)) {
        struct rung second = call->second;
        call->second = (struct rung){0};
        call_send(c, second, call->done, call->arg);
    } else {
        call->done(c, call->arg, result, err.code ? &err : NULL);
    }
    rung_fini(&call->second);
    free(call);
    if (lost)
        session_lost(c, err.text);
    else if (expired)
        session_expired(c);
}

static void transmit(struct client *c, struct rung *rung, struct call *call)
{
    AUTO_FREE char *path = NULL;
    call->method = rung->verb == NULL;
    if (call->method) {
        /* the name in the path is a label only; a slash in it would not be routed */
        AUTO_FREE char *label = rest_escape(rung->method);
        AUTO_JSON json_t *frame = json_pack("{s:s,s:s,s:s,s:O}", "msg", "method", "id", "1", "method", rung->method,
                                            "params", rung->body);
        AUTO_FREE char *message = json_dumps(frame, JSON_COMPACT);
        path = x_asprintf("/api/v1/method.call/%s", label);
        rest_send(c->rest, "POST", path, json_pack("{s:s}", "message", message ? message : ""), answered, call);
    } else {
        path = *rung->path == '/' ? x_strdup(rung->path) : x_asprintf("/api/v1/%s", rung->path);
        rest_send(c->rest, rung->verb, path, json_incref(rung->body), answered, call);
    }
    rung_fini(rung);
}

void call_ladder(struct client *c, struct rung first, struct rung second, call_done done, void *arg)
{
    struct call *call = x_calloc(1, sizeof(*call));
    *call = (struct call){.client = c, .second = second, .done = done, .arg = arg};
    transmit(c, &first, call);
}

void call_send(struct client *c, struct rung rung, call_done done, void *arg)
{
    call_ladder(c, rung, (struct rung){0}, done, arg);
}

void call_get(struct client *c, call_done done, void *arg, const char *fmt, ...)
{
    struct rung r = {.verb = "GET"};
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&r.path, fmt, ap) < 0)
        abort();
    va_end(ap);
    call_send(c, r, done, arg);
}
