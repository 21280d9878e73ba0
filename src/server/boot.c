#include "server/boot.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/id.h"
#include "common/log.h"
#include "common/mem.h"
#include "server/ask.h"
#include "common/zone.h"
#include "server/channel_form.h"
#include "server/ddp.h"
#include "server/dispatch.h"
#include "server/first.h"
#include "server/hold.h"
#include "server/limit.h"
#include "server/notify.h"
#include "server/post.h"
#include "server/queue.h"
#include "server/record_form.h"
#include "server/routes.h"
#include "server/session.h"
#include "server/site.h"
#include "server/stream.h"
#include "server/turn.h"
#include "server/visits.h"
#include "server/work.h"
#include "store/store.h"

#define DRAIN_MS 5000
#define LONELY_MS 10000            /* embedded: how long without a console */

struct boot {
    struct server server;
    uv_loop_t loop;
    uv_signal_t signals[2];
    uv_timer_t lonely;
    bool is_stopping;
    bool is_drained;
};

/* --- the end --- */

static void on_drained(void *arg)
{
    struct boot *b = arg;
    b->is_drained = true;
    uv_stop(&b->loop);
}

static void stop(struct boot *b, const char *why)
{
    if (b->is_stopping)
        return;
    b->is_stopping = true;
    log_info("stopping: %s", why);
    notify_send("STOPPING=1");
    http_server_drain(b->server.http, DRAIN_MS, on_drained, b);
}

static void on_signal(uv_signal_t *handle, int number)
{
    stop(handle->data, number == SIGINT ? "interrupted" : "asked to");
}

static void on_lonely(uv_timer_t *timer)
{
    struct boot *b = timer->data;
    struct http_stats stats;
    http_server_stats(b->server.http, &stats);
    /* The visitors of a demo are made up: their chats keep nobody waiting. */
    if (stats.connections == 0 && (b->server.options->demo || core_room_count(b->server.core) == 0))
        stop(b, "the last console has left and nobody waits for an answer");
}

static void watch(struct boot *b)
{
    static const int numbers[2] = {SIGTERM, SIGINT};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of that write, not the end */
    for (int i = 0; i < 2; i++)
        uv_signal_start(&b->signals[i], on_signal, numbers[i]);
    if (b->server.options->embedded)
        uv_timer_start(&b->lonely, on_lonely, LONELY_MS, LONELY_MS);
}

/* --- the start --- */

static int listen_all(struct server *s, char bound[80], struct error *e)
{
    const struct options *o = s->options;
    bound[0] = '\0';
    if (o->socket && http_server_listen_unix(s->http, o->socket, e) < 0)
        return -1;
    if (*o->listen == '\0')
        return 0;
    if (http_server_listen_tcp(s->http, o->listen, bound, e) == 0)
        return 0;
    /* The embedded core takes the next free port rather than none (DESIGN, the picture). */
    for (int port = 3001; o->embedded && !o->listen_given && port < 3100; port++) {
        AUTO_FREE char *next = x_asprintf("127.0.0.1:%d", port);
        if (http_server_listen_tcp(s->http, next, bound, e) == 0)
            return 0;
    }
    return -1;
}

static void tell_address(struct server *s, const char *bound)
{
    if (s->options->socket)
        log_info("listening on %s", s->options->socket);
    if (*bound == '\0')
        return;
    s->public_url = x_asprintf("%s%s", s->options->tls_cert ? "https://" : "http://", bound);
    log_info("listening on %s", s->public_url);
    AUTO_FREE char *status = x_asprintf("STATUS=listening on %s", bound);
    notify_send(status);
}

static int open_store(struct server *s, struct error *e)
{
    bool fresh = false;
    s->core = core_new();
    core_set_zones(s->core, zone_table_of);
    if (store_open(s->options->db, turn_wake, s->turn, &s->store, e) < 0)
        return -1;
    if (store_load(s->store, s->core, &fresh, e) < 0)
        return -1;
    store_log_start(s->store, s->core, server_now(s));
    store_expire_visits(s->store, server_now(s));
    /* The administrator must be on disk before anybody is told that we are ready: logins read what is committed. */
    if ((fresh && first_start(s, e) < 0) || record_first_start(s, e) < 0 || channel_first_start(s, e) < 0)
        return -1;
    return store_is_dirty(s->store) ? store_sync(s->store, e) : 0;
}

/* Everything that neither opens nor listens. */
static void make_parts(struct boot *b, const struct options *o)
{
    struct server *s = &b->server;
    uv_loop_init(&b->loop);
    s->loop = &b->loop;
    s->options = o;
    s->turn = turn_new(s);
    s->queue = queue_new(s);
    s->routes = routes_new();
    s->holds = holds_new();
    s->workers = workers_new();
    s->sessions = sessions_new();
    s->limits = limits_new();
    s->streams = streams_new();
    s->ddp = ddp_new();
    s->visits = visits_new();
    s->post = post_new(s);
    s->asks = asks_new(s);
    uv_timer_init(&b->loop, &b->lonely);
    b->lonely.data = b;
    for (int i = 0; i < 2; i++) {
        uv_signal_init(&b->loop, &b->signals[i]);
        b->signals[i].data = b;
    }
}

static int start(struct boot *b, struct error *e)
{
    struct server *s = &b->server;
    struct http_options options = http_options_default();
    options.tls_cert = s->options->tls_cert;
    options.tls_key = s->options->tls_key;
    struct id_source source = {id_entropy()};
    id_make(&source, s->instance_id);
    s->site = site_new(s->options->widget, e);
    if (s->site == NULL)
        return -1;
    s->http = http_server_new(s->loop, &options, &dispatch_callbacks, s, e);
    /* Listening comes first: when the port is taken nothing has been written. Nobody is answered before the loop runs. */
    char bound[80];
    if (s->http == NULL || listen_all(s, bound, e) < 0 || open_store(s, e) < 0)
        return -1;
    turn_start(s->turn);
    while (store_committed(s->store) < store_last(s->store)) /* the first people: they can log in once we are ready */
        uv_run(s->loop, UV_RUN_ONCE);
    post_start(s);
    tell_address(s, bound);
    return 0;
}

/* What is appended is given to the writer and waited for by store_close. */
static void finish(struct boot *b)
{
    struct server *s = &b->server;
    while (s->workers && workers_busy(s->workers) > 0 && s->store)
        uv_run(&b->loop, UV_RUN_ONCE);
    asks_stop(s->asks);
    post_stop(s);
    uv_close((uv_handle_t *)&b->lonely, NULL);
    for (int i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&b->signals[i], NULL);
    workers_free(&s->workers);
    free(s->public_url);
    if (s->store && s->core)
        store_log_stop(s->store, s->core, server_now(s));
    store_close(&s->store);
    holds_free(&s->holds);
    ddp_free(s);
    streams_free(s);
    queue_stop(s->queue);
    turn_stop(s->turn);
    if (s->http)
        http_server_free(&s->http);
    uv_run(&b->loop, UV_RUN_DEFAULT);
    queue_free(&s->queue);
    turn_free(&s->turn);
    asks_free(&s->asks);
    post_free(&s->post);
    visits_free(&s->visits);
    limits_free(&s->limits);
    sessions_free(&s->sessions);
    routes_free(&s->routes);
    site_free(&s->site);
    core_free(&s->core);
    uv_loop_close(&b->loop);
}

/* There is one per process, and it ends with it: a start that failed is not taken apart again. */
static struct boot whole;

int boot_run(const struct options *o, struct error *e)
{
    struct boot *b = &whole;
    make_parts(b, o);
    watch(b);
    if (start(b, e) < 0)
        return -1;
    notify_send("READY=1");
    while (!b->is_drained)
        uv_run(&b->loop, UV_RUN_DEFAULT);
    finish(b);
    log_info("stopped");
    return 0;
}

int boot_offline(const struct options *o, int (*run)(struct server *s, void *arg, struct error *e), void *arg,
                 struct error *e)
{
    struct boot *b = &whole;
    make_parts(b, o);
    int rc = open_store(&b->server, e);
    if (rc == 0)
        rc = run(&b->server, arg, e);
    if (b->server.store)
        finish(b);
    return rc;
}
