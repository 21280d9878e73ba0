#include "server/ddp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "server/hold.h"
#include "server/method_private.h"
#include "server/params.h"
#include "server/session.h"
#include "server/shape.h"
#include "server/tell.h"

#define MESSAGE_MAX 262144
#define SUBS_MAX 2000

struct ddp {
    struct ddp_conn *conns;        /* by number */
};

struct ddp *ddp_new(void)
{
    return x_calloc(1, sizeof(struct ddp));
}

size_t ddp_count(const struct server *s)
{
    return HASH_COUNT(s->ddp->conns);
}

struct ddp_conn *ddp_find(const struct server *s, uint64_t conn)
{
    struct ddp_conn *c;
    HASH_FIND(hh, s->ddp->conns, &conn, sizeof conn, c);
    return c;
}

struct ddp_conn *ddp_next(const struct server *s, const struct ddp_conn *c)
{
    return c ? c->hh.next : s->ddp->conns;
}

void ddp_send(struct server *s, uint64_t conn, const char *text, size_t n)
{
    hold_frame(s, conn, ws_frame_new(text, n));
}

void ddp_accept(struct server *s, const struct http_request *req, const char *address)
{
    struct ddp_conn *c = x_calloc(1, sizeof *c);
    c->since_ms = server_now(s);
    c->conn = req->handle.conn;
    snprintf(c->address, sizeof c->address, "%s", address);
    LIST_INIT(&c->subs);
    struct id_source source = {id_entropy()};
    id_make(&source, c->session);
    if (!http_upgrade(s->http, req, MESSAGE_MAX, c)) {
        free(c);
        return;
    }
    HASH_ADD(hh, s->ddp->conns, conn, sizeof c->conn, c);
}

static void conn_free(struct server *s, struct ddp_conn *c)
{
    HASH_DEL(s->ddp->conns, c);
    while (!LIST_EMPTY(&c->subs)) {
        struct sub *sub = LIST_FIRST(&c->subs);
        stream_unsubscribe(s, &sub);
    }
    free(c->user_id);
    free(c->token_hash);
    free(c->visitor_token);
    free(c);
}

void ddp_closed(struct server *s, void *user)
{
    struct ddp_conn *c = user;
    AUTO_FREE char *user_id = c->user_id;
    AUTO_FREE char *token = c->visitor_token;
    c->user_id = c->visitor_token = NULL;
    conn_free(s, c);
    if (user_id)
        ddp_presence(s, user_id);
    if (token && !ddp_visitor_is_here(s, token))
        ddp_visitor_status(s, token, PRESENCE_OFFLINE);
}

void ddp_free(struct server *s)
{
    struct ddp_conn *c, *next;
    if (s->ddp == NULL)
        return;
    HASH_ITER(hh, s->ddp->conns, c, next)
        conn_free(s, c);
    free(s->ddp);
    s->ddp = NULL;
}

/* --- messages of the protocol --- */

static struct jsonw begin(struct buf *text, const char *msg)
{
    struct jsonw w = jsonw_on(text, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", msg);
    return w;
}

static void finish(struct server *s, uint64_t conn, struct jsonw *w)
{
    jsonw_end_object(w);
    ddp_send(s, conn, w->out->data, w->out->len);
    buf_free(w->out);
}

static void put_json_id(struct jsonw *w, json_t *id)
{
    if (id)
        jsonw_json(w, "id", id);
}

static void on_connect(struct server *s, struct ddp_conn *c, json_t *m)
{
    const char *version = call_obj_str(m, "version");
    struct buf text = BUF_INIT;
    if (version && strcmp(version, "1") != 0 && strncmp(version, "pre", 3) != 0) {
        struct jsonw w = begin(&text, "failed");
        jsonw_str(&w, "version", "1");
        finish(s, c->conn, &w);
        return;
    }
    static const char server_id[] = "{\"server_id\":\"0\"}";
    ddp_send(s, c->conn, server_id, sizeof server_id - 1);
    struct jsonw w = begin(&text, "connected");
    jsonw_str(&w, "session", c->session);
    finish(s, c->conn, &w);
    c->connected = true;
    const struct http_peer *peer = http_conn_peer(s->http, c->conn);
    struct user *u = peer ? session_local_user(s, peer) : NULL;
    if (u && c->user_id == NULL)
        ddp_set_user(s, c, u->id, NULL);
}

static void on_ping(struct server *s, struct ddp_conn *c, json_t *m)
{
    struct buf text = BUF_INIT;
    struct jsonw w = begin(&text, "pong");
    put_json_id(&w, json_object_get(m, "id"));
    finish(s, c->conn, &w);
}

static void nosub(struct server *s, struct ddp_conn *c, json_t *id, const char *error, const char *reason)
{
    struct buf text = BUF_INIT;
    struct jsonw w = begin(&text, "nosub");
    put_json_id(&w, id);
    if (error) {
        AUTO_FREE char *message = x_asprintf("%s%s[%s]", reason ? reason : "", reason ? " " : "", error);
        jsonw_object(&w, "error");
        jsonw_bool(&w, "isClientSafe", true);
        jsonw_str(&w, "error", error);
        jsonw_str(&w, "reason", reason);
        jsonw_str(&w, "message", message);
        jsonw_str(&w, "errorType", "Meteor.Error");
        jsonw_end_object(&w);
    }
    finish(s, c->conn, &w);
}

static void ready(struct server *s, struct ddp_conn *c, json_t *id)
{
    struct buf text = BUF_INIT;
    struct jsonw w = begin(&text, "ready");
    jsonw_array(&w, "subs");
    jsonw_json(&w, NULL, id);
    jsonw_end_array(&w);
    finish(s, c->conn, &w);
}

/* The visitor token of a subscription's last argument: {args:[{token, visitorToken}]}. */
static const char *sub_token(json_t *params)
{
    json_t *args = json_object_get(json_array_get(params, 1), "args");
    const char *token = call_obj_str(json_array_get(args, 0), "visitorToken");
    return token ? token : call_obj_str(json_array_get(args, 0), "token");
}

static struct sub *find_sub(struct ddp_conn *c, const char *id)
{
    struct sub *sub;
    LIST_FOREACH(sub, &c->subs, of_conn)
        if (strcmp(sub->id, id) == 0)
            return sub;
    return NULL;
}

/* The widget asks who serves its chat before it subscribes. Who takes the chat in between was told to nobody, and it
   would go on waiting: so it is told once more. After a reload or a reconnect it knows by itself. */
static void tell_missed_agent(struct server *s, const struct ddp_conn *c, const struct sub *new, const char *rid)
{
    const struct room *r = core_room(s->core, rid);
    const struct sub *other;
    if (new == NULL || new->token == NULL || r == NULL || r->served_by == NULL || r->served_ms < c->since_ms)
        return;
    LIST_FOREACH(other, &c->subs, of_conn)
        if (other != new && other->topic == new->topic)
            return;
    tell_agent(s, r);
}

static void on_sub(struct server *s, struct ddp_conn *c, json_t *m)
{
    json_t *id = json_object_get(m, "id"), *params = json_object_get(m, "params");
    const char *name = call_obj_str(m, "name"), *event = json_string_value(json_array_get(params, 0));
    enum stream stream;
    if (!json_is_string(id) || name == NULL)
        return;
    if (strncmp(name, "stream-", 7) != 0 || !stream_find(name + 7, &stream)) {
        /* Old publications of the original that clients wait for: ready, and nothing in them. */
        if (strncmp(name, "stream-", 7) != 0 && (strncmp(name, "meteor.", 7) == 0 || strcmp(name, "userData") == 0 ||
                                                 strcmp(name, "activeUsers") == 0))
            ready(s, c, id);
        else
            nosub(s, c, id, "404", "Subscription not found");
        return;
    }
    const char *token = sub_token(params);
    if (event == NULL || strlen(event) > 200 || c->sub_count >= SUBS_MAX ||
        !stream_allows(s, c, stream, event, token)) {
        nosub(s, c, id, "not-allowed", NULL);
        return;
    }
    struct sub *new = NULL;
    if (find_sub(c, json_string_value(id)) == NULL)
        new = stream_subscribe(s, c, stream, event, json_string_value(id), token);
    if (token && c->visitor_token == NULL)
        ddp_visitor_returns(s, c, token);
    ready(s, c, id);
    if (stream == STREAM_LIVECHAT_ROOM) {
        ddp_visitor_joined(s, event);
        tell_missed_agent(s, c, new, event);
    }
}

static void on_unsub(struct server *s, struct ddp_conn *c, json_t *m)
{
    json_t *id = json_object_get(m, "id");
    struct sub *sub = json_is_string(id) ? find_sub(c, json_string_value(id)) : NULL;
    if (sub)
        stream_unsubscribe(s, &sub);
    if (id)
        nosub(s, c, id, NULL, NULL);
}

static void on_method(struct server *s, struct ddp_conn *c, json_t *m)
{
    const char *name = call_obj_str(m, "method");
    json_t *id = json_object_get(m, "id");
    if (name && json_is_string(id))
        call_from_ddp(s, c, name, json_object_get(m, "params"), id);
}

static const struct {
    const char *msg;
    void (*run)(struct server *s, struct ddp_conn *c, json_t *m);
} messages[] = {
    {"method", on_method}, {"ping", on_ping}, {"sub", on_sub}, {"unsub", on_unsub}, {"connect", on_connect},
};

void ddp_message(struct server *s, void *user, const char *data, size_t n)
{
    struct ddp_conn *c = user;
    struct error e;
    json_t *m = params_from_json(data, n, false, &e);
    const char *msg = call_obj_str(m, "msg");
    for (size_t i = 0; msg && i < COUNT_OF(messages); i++) {
        if (strcmp(messages[i].msg, msg) != 0)
            continue;
        if (c->connected || messages[i].run == on_connect || messages[i].run == on_ping)
            messages[i].run(s, c, m);
        json_decref(m);
        return;
    }
    if (m == NULL || (msg && strcmp(msg, "pong") != 0)) {
        struct buf text = BUF_INIT;
        struct jsonw w = begin(&text, "error");
        jsonw_str(&w, "reason", m ? "Unknown message" : "Bad request");
        finish(s, c->conn, &w);
    }
    json_decref(m);
}
