#include "client/ddp.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "client/js.h"
#include "client/sock.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"

#define PING_AFTER_MS 30000
#define LOST_AFTER_MS 60000

struct wait {
    TAILQ_ENTRY(wait) next;
    uint32_t number;
    bool subscription;
    ddp_done done;
    void *arg;
};

struct ddp {
    struct sock *sock;
    const struct ddp_events *events;
    void *arg;
    bool dead;
    uv_timer_t timer;
    int64_t last_frame_us, pinged_us;
    uint32_t number;
    TAILQ_HEAD(, wait) waits;
};

static void timer_closed(uv_handle_t *h)
{
    free(h->data);
}

void ddp_free(struct ddp **dp)
{
    struct ddp *d = *dp;
    *dp = NULL;
    if (d == NULL)
        return;
    d->dead = true;
    sock_free(&d->sock);
    struct wait *w;
    while ((w = TAILQ_FIRST(&d->waits))) {
        TAILQ_REMOVE(&d->waits, w, next);
        free(w);
    }
    uv_timer_stop(&d->timer);
    uv_close((uv_handle_t *)&d->timer, timer_closed); /* frees d on a later turn: its callers may still be in it */
}

static void send_json(struct ddp *d, json_t *frame)
{
    char *text = json_dumps(frame, JSON_COMPACT);
    if (text)
        sock_send(d->sock, text, strlen(text));
    free(text);
    json_decref(frame);
}

static struct wait *wait_new(struct ddp *d, bool subscription, ddp_done done, void *arg)
{
    struct wait *w = x_calloc(1, sizeof(*w));
    *w = (struct wait){.number = ++d->number, .subscription = subscription, .done = done, .arg = arg};
    TAILQ_INSERT_TAIL(&d->waits, w, next);
    return w;
}

void ddp_method(struct ddp *d, const char *method, json_t *params, ddp_done done, void *arg)
{
    struct wait *w = wait_new(d, false, done, arg);
    char id[16];
    snprintf(id, sizeof(id), "%u", w->number);
    send_json(d, json_pack("{s:s,s:s,s:s,s:o}", "msg", "method", "method", method, "id", id, "params", params));
}

uint32_t ddp_subscribe(struct ddp *d, const char *stream, const char *event, ddp_done done, void *arg)
{
    struct wait *w = wait_new(d, true, done, arg);
    AUTO_FREE char *name = x_asprintf("stream-%s", stream);
    char id[16];
    snprintf(id, sizeof(id), "%u", w->number);
    send_json(d, json_pack("{s:s,s:s,s:s,s:[s,{s:b,s:[]}]}", "msg", "sub", "id", id, "name", name, "params", event,
                           "useCollection", 0, "args"));
    return w->number;
}

void ddp_unsubscribe(struct ddp *d, uint32_t number)
{
    char id[16];
    snprintf(id, sizeof(id), "%u", number);
    send_json(d, json_pack("{s:s,s:s}", "msg", "unsub", "id", id));
}

static void settle(struct ddp *d, const char *id, bool subscription, bool ok, const json_t *frame)
{
    uint32_t number = id ? (uint32_t)strtoul(id, NULL, 10) : 0;
    struct wait *w;
    TAILQ_FOREACH(w, &d->waits, next) {
        if (w->number == number && w->subscription == subscription)
            break;
    }
    if (w == NULL)
        return;
    TAILQ_REMOVE(&d->waits, w, next);
    ddp_done done = w->done;
    void *arg = w->arg;
    free(w);
    if (done)
        done(arg, ok, json_object_get(frame, "result"), json_object_get(frame, "error"));
}

static void on_ready_frame(struct ddp *d, const json_t *frame)
{
    size_t i;
    json_t *id;
    json_array_foreach(js_list(frame, "subs"), i, id) {
        settle(d, json_string_value(id), true, true, NULL);
        if (d->dead)
            return;
    }
}

static void on_changed(struct ddp *d, const json_t *frame)
{
    const char *collection = js_str(frame, "collection");
    const json_t *fields = js_obj(frame, "fields");
    const char *event = js_str(fields, "eventName");
    const json_t *args = js_list(fields, "args");
    if (collection && strncmp(collection, "stream-", 7) == 0 && event && args)
        d->events->changed(d->arg, collection + 7, event, args);
}

static void on_pong(struct ddp *d)
{
    if (d->pinged_us)
        d->events->latency(d->arg, (int)((clock_mono_us() - d->pinged_us) / 1000));
    d->pinged_us = 0;
}

static void handle(struct ddp *d, const json_t *frame)
{
    const char *msg = js_str(frame, "msg");
    if (msg == NULL)
        return;
    if (strcmp(msg, "changed") == 0)
        on_changed(d, frame);
    else if (strcmp(msg, "result") == 0)
        settle(d, js_str(frame, "id"), false, !js_has(frame, "error"), frame);
    else if (strcmp(msg, "ready") == 0)
        on_ready_frame(d, frame);
    else if (strcmp(msg, "nosub") == 0)
        settle(d, js_str(frame, "id"), true, false, frame);
    else if (strcmp(msg, "ping") == 0)
        send_json(d, json_pack("{s:s}", "msg", "pong"));
    else if (strcmp(msg, "pong") == 0)
        on_pong(d);
    else if (strcmp(msg, "connected") == 0)
        d->events->connected(d->arg);
    else if (strcmp(msg, "failed") == 0)
        d->events->lost(d->arg, "the server speaks another version of the realtime protocol");
}

static void sock_opened(void *arg)
{
    struct ddp *d = arg;
    send_json(d, json_pack("{s:s,s:s,s:[s]}", "msg", "connect", "version", "1", "support", "1"));
}

static void sock_text(void *arg, const char *data, size_t n)
{
    struct ddp *d = arg;
    d->last_frame_us = clock_mono_us();
    AUTO_JSON json_t *frame = js_parse(data, n);
    if (frame)
        handle(d, frame);
    else
        log_debug("a realtime frame that is no JSON was ignored");
}

static void sock_closed(void *arg, const char *why)
{
    struct ddp *d = arg;
    d->events->lost(d->arg, why);
}

static void heartbeat(uv_timer_t *timer)
{
    struct ddp *d = timer->data;
    int64_t silent_ms = (clock_mono_us() - d->last_frame_us) / 1000;
    if (silent_ms >= LOST_AFTER_MS) {
        d->events->lost(d->arg, "the server fell silent");
        return;
    }
    int64_t next = (silent_ms >= PING_AFTER_MS ? LOST_AFTER_MS : PING_AFTER_MS) - silent_ms;
    if (silent_ms >= PING_AFTER_MS) {
        d->pinged_us = clock_mono_us();
        send_json(d, json_pack("{s:s}", "msg", "ping"));
    }
    uv_timer_start(&d->timer, heartbeat, (uint64_t)(next > 0 ? next : 1), 0);
}

struct ddp *ddp_open(uv_loop_t *loop, struct net *net, const struct endpoint *e, bool beat,
                     const struct ddp_events *events, void *arg)
{
    static const struct sock_events of_sock = {.opened = sock_opened, .text = sock_text, .closed = sock_closed};
    struct ddp *d = x_calloc(1, sizeof(*d));
    d->events = events;
    d->arg = arg;
    d->last_frame_us = clock_mono_us();
    TAILQ_INIT(&d->waits);
    uv_timer_init(loop, &d->timer);
    d->timer.data = d;
    if (beat)
        uv_timer_start(&d->timer, heartbeat, PING_AFTER_MS, 0);
    d->sock = sock_open(loop, net, e, "/websocket", &of_sock, d);
    return d;
}
