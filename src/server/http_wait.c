/* Time limits: one timer for all connections. A list per kind of waiting is ordered by time because all of a kind
   wait equally long, so a request costs two list moves and no timer call. */
#include "server/http_private.h"

static void arm(struct http_server *s, uint64_t due)
{
    if (s->timer_due && s->timer_due <= due)
        return;
    uint64_t now = uv_now(s->loop);
    s->timer_due = due;
    uv_timer_start(&s->timer, wait_on_timer, due > now ? due - now : 0, 0);
}

static void disarm_when_empty(struct http_server *s)
{
    for (int i = 0; i < WAIT_COUNT; i++)
        if (!TAILQ_EMPTY(&s->waiting[i]))
            return;
    if (s->timer_due && !s->is_freed)
        uv_timer_stop(&s->timer);
    s->timer_due = 0;
}

void wait_set(struct conn *c, enum wait wait, bool restamp)
{
    struct http_server *s = c->s;
    if (c->wait == wait && (!restamp || wait == WAIT_NONE))
        return;
    if (c->wait != WAIT_NONE)
        TAILQ_REMOVE(&s->waiting[c->wait], c, wait_link);
    c->wait = wait;
    if (wait == WAIT_NONE)
        return;
    c->wait_since = uv_now(s->loop);
    c->wait_serial = c->serial;
    c->flight_seen = uv_stream_get_write_queue_size(&c->uv.stream);
    TAILQ_INSERT_TAIL(&s->waiting[wait], c, wait_link);
    arm(s, c->wait_since + s->wait_ms[wait]);
}

void wait_remove(struct conn *c)
{
    wait_set(c, WAIT_NONE, false);
    disarm_when_empty(c->s);
}

void wait_on_timer(uv_timer_t *timer)
{
    struct http_server *s = timer->data;
    uint64_t now = uv_now(s->loop), next = 0;
    s->timer_due = 0;
    for (int i = 0; i < WAIT_COUNT; i++) {
        struct conn *c;
        while ((c = TAILQ_FIRST(&s->waiting[i])) != NULL && c->wait_since + s->wait_ms[i] <= now) {
            conn_timeout(c, (enum wait)i);
            if (c == TAILQ_FIRST(&s->waiting[i])) /* it was the only one and got more time */
                break;
        }
    }
    for (int i = 0; i < WAIT_COUNT; i++) {
        struct conn *c = TAILQ_FIRST(&s->waiting[i]);
        if (c && (next == 0 || c->wait_since + s->wait_ms[i] < next))
            next = c->wait_since + s->wait_ms[i];
    }
    if (next)
        arm(s, next);
}
