#include "server/hold.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/mem.h"
#include "server/stream.h"
#include "store/store.h"

enum held_kind { HELD_REPLY, HELD_FRAME, HELD_TOPIC, HELD_CALL };

struct held {
    STAILQ_ENTRY(held) entry;
    uint64_t seq;
    enum held_kind kind;
    int status;
    struct http_handle handle;     /* HELD_FRAME: conn; HELD_TOPIC: conn is the one left out */
    const char *type;
    char *headers, *body;
    size_t body_len;
    struct ws_frame *frame, *on_fail;
    struct topic *topic;
    hold_fn fn;
    void *arg;
};

struct holds {
    STAILQ_HEAD(, held) list;
    size_t count;
};

struct holds *holds_new(void)
{
    struct holds *h = x_calloc(1, sizeof *h);
    STAILQ_INIT(&h->list);
    return h;
}

static void held_free(struct held *item, struct server *s)
{
    free(item->headers);
    free(item->body);
    if (item->frame)
        ws_frame_unref(&item->frame);
    if (item->on_fail)
        ws_frame_unref(&item->on_fail);
    if (item->topic && s)
        topic_unref(s, &item->topic);
    free(item);
}

void holds_free(struct holds **h)
{
    if (*h == NULL)
        return;
    struct held *item;
    while ((item = STAILQ_FIRST(&(*h)->list)) != NULL) {
        STAILQ_REMOVE_HEAD(&(*h)->list, entry);
        held_free(item, NULL);
    }
    free(*h);
    *h = NULL;
}

static void send_held(struct server *s, struct held *item)
{
    if (item->kind == HELD_REPLY) {
        struct http_reply reply = {.status = item->status,
                                   .content_type = item->type,
                                   .headers = item->headers,
                                   .body = item->body,
                                   .body_len = item->body_len};
        http_reply(s->http, item->handle, &reply);
    } else if (item->kind == HELD_FRAME) {
        http_ws_send(s->http, item->handle.conn, item->frame);
    } else if (item->kind == HELD_CALL) {
        item->fn(s, item->arg, true);
    } else {
        topic_send(s, item->topic, item->frame, item->handle.conn);
    }
}

/* Sends at once what waits for nothing, else queues it. */
static void hold(struct server *s, struct held *item)
{
    item->seq = server_seq(s);
    if (item->seq <= store_committed(s->store)) {
        send_held(s, item);
        held_free(item, s);
        return;
    }
    STAILQ_INSERT_TAIL(&s->holds->list, item, entry);
    s->holds->count++;
}

void hold_reply(struct server *s, struct http_handle handle, int status, const char *type, struct buf *headers_take,
                struct buf *body_take)
{
    struct held *item = x_calloc(1, sizeof *item);
    item->kind = HELD_REPLY;
    item->handle = handle;
    item->status = status;
    item->type = type;
    item->body_len = body_take->len;
    item->headers = headers_take->len ? buf_take(headers_take) : NULL;
    item->body = body_take->len ? buf_take(body_take) : NULL;
    hold(s, item);
}

void hold_answer(struct server *s, uint64_t conn, struct ws_frame *frame_take, struct ws_frame *on_fail_take)
{
    struct held *item = x_calloc(1, sizeof *item);
    item->kind = HELD_FRAME;
    item->handle.conn = conn;
    item->frame = frame_take;
    item->on_fail = on_fail_take;
    hold(s, item);
}

void hold_frame(struct server *s, uint64_t conn, struct ws_frame *frame_take)
{
    hold_answer(s, conn, frame_take, NULL);
}

void hold_topic(struct server *s, struct topic *topic, struct ws_frame *frame_take, uint64_t except)
{
    struct held *item = x_calloc(1, sizeof *item);
    item->kind = HELD_TOPIC;
    item->topic = topic_ref(topic);
    item->frame = frame_take;
    item->handle.conn = except;
    hold(s, item);
}

void hold_call(struct server *s, hold_fn fn, void *arg)
{
    struct held *item = x_calloc(1, sizeof *item);
    item->kind = HELD_CALL;
    item->fn = fn;
    item->arg = arg;
    hold(s, item);
}

static struct held *take_first(struct holds *h)
{
    struct held *item = STAILQ_FIRST(&h->list);
    STAILQ_REMOVE_HEAD(&h->list, entry);
    h->count--;
    return item;
}

void holds_release(struct server *s, uint64_t committed)
{
    struct held *item;
    while ((item = STAILQ_FIRST(&s->holds->list)) != NULL && item->seq <= committed) {
        take_first(s->holds);
        send_held(s, item);
        held_free(item, s);
    }
}

void holds_fail(struct server *s)
{
    static const char text[] = "{\"success\":false,\"error\":\"The server could not write to its store, nothing was"
                               " saved\",\"errorType\":\"error-store-failed\"}";
    while (!STAILQ_EMPTY(&s->holds->list)) {
        struct held *item = take_first(s->holds);
        if (item->kind == HELD_REPLY) {
            struct http_reply reply = {
                .status = 503, .content_type = "application/json", .body = text, .body_len = sizeof text - 1};
            http_reply(s->http, item->handle, &reply);
        } else if (item->kind == HELD_FRAME && item->on_fail) {
            http_ws_send(s->http, item->handle.conn, item->on_fail);
        } else if (item->kind == HELD_CALL) {
            item->fn(s, item->arg, false);
        }
        held_free(item, s);
    }
}

size_t holds_count(const struct holds *h)
{
    return h->count;
}
