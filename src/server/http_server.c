/* The server as a whole: its life, the table of connections, the turn of the loop. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/http_private.h"

#define SLOT_BITS 20 /* of an id; the rest is a number that only grows, so that no id comes twice */
#define SLOT_MASK ((UINT64_C(1) << SLOT_BITS) - 1)

struct http_options http_options_default(void)
{
    return (struct http_options){
        .header_max = 16384,
        .body_max = 1 << 20,
        .send_max = 4 << 20,
        .header_timeout_ms = 10000,
        .body_timeout_ms = 30000,
        .idle_timeout_ms = 75000,
        .max_connections = 10000,
    };
}

/* What was marked is served; serving may mark again, which ends because kept input and queues are finite. */
static void serve_dirty(struct http_server *s)
{
    struct conn *c;
    while ((c = TAILQ_FIRST(&s->dirty)) != NULL) {
        TAILQ_REMOVE(&s->dirty, c, dirty_link);
        c->is_dirty = false;
        conn_turn(c);
    }
    uv_idle_stop(&s->awake);
}

static void on_awake(uv_idle_t *h)
{
    (void)h;
}

void server_stay_awake(struct http_server *s)
{
    if (!s->is_freed)
        uv_idle_start(&s->awake, on_awake);
}

static void on_prepare(uv_prepare_t *h)
{
    serve_dirty(h->data);
}

static void on_check(uv_check_t *h)
{
    serve_dirty(h->data);
}

static void force_close(struct http_server *s)
{
    for (size_t i = 0; i < s->slot_count; i++)
        if (s->slots[i])
            conn_kill(s->slots[i], WS_CODE_GOING_AWAY);
}

static void on_drain_timer(uv_timer_t *h)
{
    struct http_server *s = h->data;
    if (s->conn_handles)
        force_close(s); /* the last handle to close calls done */
    else
        server_conn_closed(s);
}

static void start_handles(struct http_server *s)
{
    uv_prepare_init(s->loop, &s->prepare);
    uv_check_init(s->loop, &s->check);
    uv_idle_init(s->loop, &s->awake);
    uv_timer_init(s->loop, &s->timer);
    uv_timer_init(s->loop, &s->drain_timer);
    s->prepare.data = s->check.data = s->awake.data = s->timer.data = s->drain_timer.data = s;
    uv_prepare_start(&s->prepare, on_prepare);
    uv_check_start(&s->check, on_check);
    uv_unref((uv_handle_t *)&s->prepare);
    uv_unref((uv_handle_t *)&s->check);
    s->handles = 5;
}

struct http_server *http_server_new(uv_loop_t *loop, const struct http_options *options,
                                    const struct http_callbacks *callbacks, void *arg, struct error *err)
{
    struct tls_context *tls = NULL;
    if (options->tls_cert || options->tls_key) {
        if (options->tls_cert == NULL || options->tls_key == NULL) {
            error_set(err, ERR_INVALID, "tls", "TLS needs both a certificate and a key");
            return NULL;
        }
        tls = tls_context_new(options->tls_cert, options->tls_key, err);
        if (tls == NULL)
            return NULL;
    }
    struct http_server *s = x_calloc(1, sizeof(*s));
    s->loop = loop;
    s->options = *options;
    s->options.tls_cert = s->options.tls_key = NULL;
    s->cb = *callbacks;
    s->arg = arg;
    s->tls = tls;
    s->date_at = (time_t)-1;
    s->wait_ms[WAIT_IDLE] = options->idle_timeout_ms;
    s->wait_ms[WAIT_HEADER] = options->header_timeout_ms;
    s->wait_ms[WAIT_BODY] = options->body_timeout_ms;
    s->wait_ms[WAIT_LINGER] = LINGER_MS;
    for (int i = 0; i < WAIT_COUNT; i++)
        TAILQ_INIT(&s->waiting[i]);
    TAILQ_INIT(&s->dirty);
    LIST_INIT(&s->listeners);
    start_handles(s);
    return s;
}

struct conn *server_find(const struct http_server *s, uint64_t id)
{
    size_t slot = id & SLOT_MASK;
    struct conn *c = slot < s->slot_count ? s->slots[slot] : NULL;
    return c && c->id == id ? c : NULL;
}

void server_add(struct http_server *s, struct conn *c)
{
    if (s->free_count == 0) {
        size_t more = s->slot_count ? s->slot_count : 64;
        s->slots = x_reallocarray(s->slots, s->slot_count + more, sizeof(struct conn *));
        s->free_slots = x_reallocarray(s->free_slots, s->slot_count + more, sizeof(uint32_t));
        memset(s->slots + s->slot_count, 0, more * sizeof(struct conn *));
        for (size_t i = more; i-- > 0;)
            s->free_slots[s->free_count++] = (uint32_t)(s->slot_count + i);
        s->slot_count += more;
    }
    uint32_t slot = s->free_slots[--s->free_count];
    s->slots[slot] = c;
    c->id = ++s->generation << SLOT_BITS | slot;
    s->stats.connections++;
    if (!c->peer.is_unix)
        s->tcp_open++;
}

void server_remove(struct http_server *s, struct conn *c)
{
    uint32_t slot = (uint32_t)(c->id & SLOT_MASK);
    s->slots[slot] = NULL;
    s->free_slots[s->free_count++] = slot;
    s->stats.connections--;
    if (!c->peer.is_unix)
        s->tcp_open--;
    wait_remove(c);
    if (c->is_dirty)
        TAILQ_REMOVE(&s->dirty, c, dirty_link);
    c->is_dirty = false;
}

const char *server_date(struct http_server *s, size_t *n)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != s->date_at) {
        static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        struct tm tm;
        gmtime_r(&now.tv_sec, &tm);
        s->date_at = now.tv_sec;
        snprintf(s->date, sizeof(s->date), "Date: %s, %02u %s %04u %02u:%02u:%02u GMT\r\n", days[tm.tm_wday],
                 (unsigned)tm.tm_mday % 100, months[tm.tm_mon], (unsigned)(tm.tm_year + 1900) % 10000,
                 (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
    }
    *n = 37;
    return s->date;
}

void http_server_drain(struct http_server *s, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
    struct listener *l;
    s->is_draining = true;
    s->drained = done;
    s->drained_arg = arg;
    while ((l = LIST_FIRST(&s->listeners)) != NULL)
        listener_close(l);
    for (size_t i = 0; i < s->slot_count; i++) {
        struct conn *c = s->slots[i];
        if (c && c->phase == CONN_WS)
            http_ws_close(s, c->id, WS_CODE_GOING_AWAY, "server is stopping");
        else if (c)
            conn_mark(c); /* closed at the end of the turn when idle */
    }
    uv_timer_start(&s->drain_timer, on_drain_timer, s->conn_handles ? grace_ms : 0, 0);
}

void server_conn_closed(struct http_server *s)
{
    if (s->conn_handles == 0 && s->is_draining && s->drained) {
        void (*done)(void *arg) = s->drained;
        s->drained = NULL;
        uv_timer_stop(&s->drain_timer);
        done(s->drained_arg);
    }
}

void server_handle_closed(struct http_server *s)
{
    if (--s->handles > 0 || !s->is_freed)
        return;
    tls_context_free(&s->tls);
    out_pool_free(s);
    request_pool_free(s);
    free(s->slots);
    free(s->free_slots);
    free(s);
}

static void on_own_closed(uv_handle_t *h)
{
    server_handle_closed(h->data);
}

void http_server_free(struct http_server **server)
{
    struct http_server *s = *server;
    struct listener *l;
    if (s == NULL)
        return;
    *server = NULL;
    s->drained = NULL;
    while ((l = LIST_FIRST(&s->listeners)) != NULL)
        listener_close(l);
    force_close(s);
    s->is_freed = true;
    uv_close((uv_handle_t *)&s->prepare, on_own_closed);
    uv_close((uv_handle_t *)&s->check, on_own_closed);
    uv_close((uv_handle_t *)&s->awake, on_own_closed);
    uv_close((uv_handle_t *)&s->timer, on_own_closed);
    uv_close((uv_handle_t *)&s->drain_timer, on_own_closed);
}

const struct http_peer *http_conn_peer(struct http_server *s, uint64_t conn)
{
    const struct conn *c = server_find(s, conn);
    return c ? &c->peer : NULL;
}

void http_server_stats(const struct http_server *s, struct http_stats *out)
{
    *out = s->stats;
}
