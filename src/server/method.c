#include "server/method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/ask.h"
#include "server/call_limit.h"
#include "server/hold.h"
#include "server/method_private.h"
#include "server/options.h"
#include "server/routes.h"
#include "server/schema.h"
#include "server/work.h"

/* --- parameters --- */

json_t *call_param(const struct call *c, size_t n)
{
    return json_array_get(c->params, n);
}

const char *call_str(const struct call *c, size_t n)
{
    return json_string_value(call_param(c, n));
}

json_t *call_obj(const struct call *c, size_t n)
{
    json_t *v = call_param(c, n);
    return json_is_object(v) ? v : NULL;
}

bool call_bool(const struct call *c, size_t n, bool fallback)
{
    json_t *v = call_param(c, n);
    return json_is_boolean(v) ? json_is_true(v) : fallback;
}

const char *call_obj_str(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

bool call_date(const json_t *v, int64_t *ms)
{
    json_t *date = json_object_get(v, "$date");
    if (json_is_number(date))
        v = date;
    if (json_is_number(v)) {
        *ms = (int64_t)json_number_value(v);
        return true;
    }
    return json_is_string(v) && clock_parse(json_string_value(v), ms);
}

bool call_may(const struct call *c, const char *right)
{
    return c->user && core_may(c->server->core, c->user, right);
}

bool call_needs(struct call *c, const char *right)
{
    if (call_may(c, right))
        return true;
    call_error(c, "error-not-allowed", "Not allowed");
    return false;
}

bool call_matches(struct call *c, const struct schema *schema, json_t *value)
{
    static const char prefix[] = "Match error: ";
    struct error e;
    if (schema_check(schema, value ? value : json_null(), &e) == ERR_OK)
        return true;
    call_error_match(c, strncmp(e.text, prefix, sizeof prefix - 1) == 0 ? e.text + sizeof prefix - 1 : e.text, e.field);
    return false;
}

/* --- ends --- */

static void call_free(struct call *c)
{
    answers_free(&c->answers);
    json_decref(c->params);
    json_decref(c->id);
    free(c->user_id);
    free(c->token_hash);
    buf_free(&c->out);
    free(c);
}

static void put_id(struct jsonw *w, const struct call *c)
{
    if (c->id)
        jsonw_json(w, "id", c->id);
}

static struct ws_frame *failed_frame(const struct call *c)
{
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", "result");
    put_id(&w, c);
    static const char error[] = "{\"isClientSafe\":true,\"error\":\"error-store-failed\",\"reason\":\"Nothing was saved\","
                                "\"message\":\"Nothing was saved [error-store-failed]\",\"errorType\":\"Meteor.Error\"}";
    jsonw_raw(&w, "error", error, sizeof error - 1);
    jsonw_end_object(&w);
    struct ws_frame *frame = ws_frame_new(text.data, text.len);
    buf_free(&text);
    return frame;
}

static void send_to_socket(struct call *c, const struct buf *message)
{
    hold_answer(c->server, c->conn, ws_frame_new(message->data, message->len), failed_frame(c));
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", "updated");
    jsonw_array(&w, "methods");
    if (c->id)
        jsonw_json(&w, NULL, c->id);
    jsonw_end_array(&w);
    jsonw_end_object(&w);
    ddp_send(c->server, c->conn, text.data, text.len);
    buf_free(&text);
}

/* kind is "result", "error", or NULL for neither. */
static void finish(struct call *c, const char *kind)
{
    struct buf message = BUF_INIT;
    struct jsonw w = jsonw_on(&message, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", "result");
    put_id(&w, c);
    if (kind)
        jsonw_raw(&w, kind, c->out.data, c->out.len);
    jsonw_end_object(&w);
    if (c->api) {
        struct jsonw *reply = api_ok(c->api);
        jsonw_strn(reply, "message", message.data, message.len);
        api_ok_end(c->api);
    } else {
        send_to_socket(c, &message);
    }
    buf_free(&message);
    call_free(c);
}

static struct jsonw *restart(struct call *c)
{
    buf_clear(&c->out);
    c->w = jsonw_on(&c->out, JSONW_EJSON);
    return &c->w;
}

struct jsonw *call_result(struct call *c)
{
    return restart(c);
}

void call_end(struct call *c)
{
    finish(c, c->out.len ? "result" : NULL);
}

void call_true(struct call *c)
{
    jsonw_bool(restart(c), NULL, true);
    call_end(c);
}

void call_int(struct call *c, int64_t v)
{
    jsonw_int(restart(c), NULL, v);
    call_end(c);
}

/* code_text or, when that is NULL, code_number. */
static void put_error(struct call *c, const char *code_text, int code_number, const char *reason, bool details)
{
    char number[16];
    snprintf(number, sizeof number, "%d", code_number);
    struct jsonw *w = restart(c);
    jsonw_object(w, NULL);
    jsonw_bool(w, "isClientSafe", true);
    if (code_text)
        jsonw_str(w, "error", code_text);
    else
        jsonw_int(w, "error", code_number);
    jsonw_str(w, "reason", reason);
    if (details) {
        jsonw_object(w, "details");
        jsonw_str(w, "method", c->method->name);
        jsonw_end_object(w);
    }
    AUTO_FREE char *message = x_asprintf("%s%s[%s]", reason ? reason : "", reason ? " " : "", code_text ? code_text : number);
    jsonw_str(w, "message", message);
    jsonw_str(w, "errorType", "Meteor.Error");
    jsonw_end_object(w);
}

void call_error(struct call *c, const char *code, const char *reason)
{
    put_error(c, code, 0, reason, c->method != NULL);
    finish(c, "error");
}

void call_error_number(struct call *c, int code, const char *reason)
{
    put_error(c, NULL, code, reason, false);
    finish(c, "error");
}

void call_error_plain(struct call *c)
{
    if (c->api == NULL) {
        call_error_number(c, 500, "Internal server error");
        return;
    }
    struct jsonw *w = restart(c);
    jsonw_object(w, NULL);
    jsonw_end_object(w);
    finish(c, "error");
}

void call_error_match(struct call *c, const char *what, const char *path)
{
    if (c->api == NULL) {
        call_error_number(c, 400, "Match failed");
        return;
    }
    AUTO_FREE char *message =
        x_asprintf("Match error: %s%s%s", what, path && *path ? " in field " : "", path ? path : "");
    put_error(c, NULL, 400, "Match failed", false);
    AUTO_FREE char *inner = buf_take(&c->out);
    struct jsonw *w = restart(c);
    jsonw_object(w, NULL);
    jsonw_str(w, "message", message);
    jsonw_str(w, "path", path ? path : "");
    jsonw_raw(w, "sanitizedError", inner, strlen(inner));
    jsonw_str(w, "errorType", "Match.Error");
    jsonw_end_object(w);
    finish(c, "error");
}

void call_error_core(struct call *c, const struct error *e)
{
    if (e->name == NULL)
        call_error_plain(c);
    else
        call_error(c, e->name, strcmp(e->name, e->text) == 0 ? NULL : e->text);
}

/* Too many calls: wait_ms is how long none is let pass. */
static void refuse_busy(struct call *c, int64_t wait_ms)
{
    AUTO_FREE char *reason =
        x_asprintf("Error, too many requests. Please slow down. You must wait %lld seconds before trying again.",
                   (long long)((wait_ms + 999) / 1000));
    AUTO_FREE char *message = x_asprintf("%s [too-many-requests]", reason);
    struct jsonw *w = restart(c);
    jsonw_object(w, NULL);
    jsonw_bool(w, "isClientSafe", true);
    jsonw_str(w, "error", "too-many-requests");
    jsonw_str(w, "reason", reason);
    jsonw_object(w, "details");
    jsonw_int(w, "timeToReset", wait_ms);
    jsonw_end_object(w);
    jsonw_str(w, "message", message);
    jsonw_str(w, "errorType", "Meteor.Error");
    jsonw_end_object(w);
    finish(c, "error");
}

/* --- begin --- */

/* 0: it may run. Over the unix socket nothing is counted. */
static int64_t count_call(struct call *c)
{
    const struct http_peer *peer = c->api ? &c->api->peer : http_conn_peer(c->server->http, c->conn);
    const char *agent = c->api && c->api->user_agent ? c->api->user_agent : "";
    AUTO_FREE char *connection = c->api == NULL    ? x_asprintf("%llu", (unsigned long long)c->conn)
                                 : c->token_hash ? x_strdup(c->token_hash)
                                                 : x_asprintf("%s %.300s", c->address, agent);
    const struct caller who = {.address = c->address, .user_id = c->user_id, .connection = connection};
    if (!c->server->options->rate_limits || (peer && peer->is_unix))
        return 0;
    return call_limit_count(c->server, &who, c->method ? c->method->name : NULL);
}

static void run(struct call *c, const char *name)
{
    c->method = routes_method(c->server->routes, name);
    int64_t wait_ms = count_call(c);
    if (wait_ms > 0) {
        refuse_busy(c, wait_ms);
        return;
    }
    if (c->method == NULL) {
        AUTO_FREE char *reason = x_asprintf("Method '%s' not found", name);
        call_error_number(c, 404, reason);
        return;
    }
    if (c->user_id)
        c->user = core_user(c->server->core, c->user_id);
    if (c->method->login && c->user == NULL)
        call_error(c, "error-not-allowed", "Not allowed");
    else
        c->method->run(c);
}

static struct call *call_new(struct server *s, json_t *params, json_t *id)
{
    struct call *c = x_calloc(1, sizeof *c);
    c->server = s;
    c->params = json_is_array(params) ? json_incref(params) : json_array();
    c->id = json_incref(id);
    return c;
}

void call_from_ddp(struct server *s, struct ddp_conn *conn, const char *name, json_t *params, json_t *id)
{
    struct call *c = call_new(s, params, id);
    c->conn = conn->conn;
    c->user_id = x_strdup(conn->user_id);
    c->token_hash = x_strdup(conn->token_hash);
    snprintf(c->address, sizeof c->address, "%s", conn->address);
    run(c, name);
}

void call_from_api(struct api *a, const char *name, json_t *params, json_t *id)
{
    struct call *c = call_new(a->server, params, id);
    c->api = a;
    c->user_id = x_strdup(a->user_id);
    c->token_hash = x_strdup(a->token_hash);
    snprintf(c->address, sizeof c->address, "%s", a->address);
    run(c, name);
}

/* --- two phases --- */

struct call_job {
    struct call *call;
    call_read_fn read;
    call_done_fn done;
    void *data;
    void (*drop)(void *data);
};

static void job_run(struct store_reader *r, void *data)
{
    struct call_job *job = data;
    if (r)
        job->read(r, job->data);
}

/* Who calls, after some turns. False: he may no longer, and was told so. */
static bool find_user_again(struct call *c)
{
    c->user = c->user_id ? core_user(c->server->core, c->user_id) : NULL;
    bool good = !c->method->login || c->user;
    if (!good)
        call_error(c, "error-not-allowed", "Not allowed");
    return good;
}

void call_again(struct call *c)
{
    if (find_user_again(c))
        c->method->run(c);
}

static void job_done(struct server *s, void *data)
{
    struct call_job *job = data;
    (void)s;
    if (find_user_again(job->call))
        job->done(job->call, job->data);
    if (job->drop)
        job->drop(job->data);
    free(job);
}

void call_read(struct call *c, call_read_fn read, call_done_fn done, void *data, void (*drop)(void *data))
{
    struct call_job *job = x_calloc(1, sizeof *job);
    *job = (struct call_job){.call = c, .read = read, .done = done, .data = data, .drop = drop};
    c->user = NULL;
    work_read(c->server, job_run, job_done, job);
}
