#include "outbound/mx.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/idn.h"
#include "common/mem.h"

#define LIMIT_MS 3000
#define TRY_MS 900                         /* three tries fit into the limit */
#define BEAT_MS 100                        /* c-ares is asked about its time-outs */
#define UNDER_WAY_MAX 256
#define NAME_MAX_BYTES 253

struct wire {
    LIST_ENTRY(wire) entry;
    uv_poll_t poll;
    struct check *check;
    ares_socket_t fd;
};

/* One question has a channel of its own: it dies with it, and a changed resolv.conf is noticed. */
struct check {
    TAILQ_ENTRY(check) entry;
    struct mx_checks *all;
    ares_channel channel;
    LIST_HEAD(, wire) wires;
    uv_timer_t timer;
    uint64_t started_ms;                   /* of the loop */
    bool has_channel, is_answered, has_exchanger;
    mx_done done;
    void *arg;
};

struct mx_checks {
    uv_loop_t *loop;
    const char *servers;
    TAILQ_HEAD(, check) under_way;
    int count;
    bool is_ready;
};

static void on_wire_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_wire(struct wire *w)
{
    LIST_REMOVE(w, entry);
    uv_close((uv_handle_t *)&w->poll, on_wire_closed);
}

static void on_check_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* The answer is told outside of c-ares, which must not be taken down within its own callbacks. */
static void finish(struct check *k)
{
    mx_done done = k->done;
    void *arg = k->arg;
    bool has_exchanger = k->has_exchanger;
    TAILQ_REMOVE(&k->all->under_way, k, entry);
    k->all->count--;
    if (k->has_channel)
        ares_destroy(k->channel);
    while (!LIST_EMPTY(&k->wires))
        close_wire(LIST_FIRST(&k->wires));
    uv_close((uv_handle_t *)&k->timer, on_check_closed);
    done(arg, has_exchanger);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct wire *w = poll->data;
    struct check *k = w->check;
    ares_socket_t in = status < 0 || (events & UV_READABLE) ? w->fd : ARES_SOCKET_BAD;
    ares_socket_t out = status < 0 || (events & UV_WRITABLE) ? w->fd : ARES_SOCKET_BAD;
    ares_process_fd(k->channel, in, out);
    if (k->is_answered)
        finish(k);
}

static void on_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
    struct check *k = arg;
    struct wire *w;
    LIST_FOREACH(w, &k->wires, entry)
        if (w->fd == fd)
            break;
    if (!readable && !writable) {
        if (w)
            close_wire(w);
        return;
    }
    if (w == NULL) {
        w = x_calloc(1, sizeof *w);
        if (uv_poll_init(k->all->loop, &w->poll, fd) < 0) {
            free(w);
            return; /* the limit of time ends it */
        }
        w->check = k;
        w->fd = fd;
        w->poll.data = w;
        LIST_INSERT_HEAD(&k->wires, w, entry);
    }
    uv_poll_start(&w->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), on_poll);
}

static void on_beat(uv_timer_t *timer)
{
    struct check *k = timer->data;
    if (!k->is_answered && k->has_channel)
        ares_process_fd(k->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    if (k->is_answered || !k->has_channel || uv_now(k->all->loop) - k->started_ms >= LIMIT_MS)
        finish(k);
}

/* An exchanger of the name "." says that the domain takes no mail (RFC 7505). */
static void on_answer(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
    struct check *k = arg;
    struct ares_mx_reply *list = NULL;
    (void)timeouts;
    k->is_answered = true;
    if (status != ARES_SUCCESS || ares_parse_mx_reply(answer, len, &list) != ARES_SUCCESS)
        return;
    for (struct ares_mx_reply *mx = list; mx; mx = mx->next)
        k->has_exchanger = k->has_exchanger || (mx->host && *mx->host && strcmp(mx->host, ".") != 0);
    ares_free_data(list);
}

static bool open_channel(struct check *k)
{
    struct mx_checks *c = k->all;
    struct ares_options o = {.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES, .timeout = TRY_MS, .tries = 3,
                             .sock_state_cb = on_socket, .sock_state_cb_data = k};
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (!c->is_ready && ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return false;
    c->is_ready = true;
    if (ares_init_options(&k->channel, &o, mask) != ARES_SUCCESS)
        return false;
    k->has_channel = true;
    return c->servers == NULL || ares_set_servers_ports_csv(k->channel, c->servers) == ARES_SUCCESS;
}

/* Letters, digits, hyphens and dots: nothing else is the name of a host. */
static bool is_domain(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= NAME_MAX_BYTES && name[0] != '.' && name[0] != '-' &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")] == '\0';
}

void mx_check(struct mx_checks *c, const char *address, mx_done done, void *arg)
{
    const char *at = strrchr(address, '@');
    AUTO_FREE char *domain = at ? idn_to_ascii(at + 1) : NULL;
    struct check *k = x_calloc(1, sizeof *k);
    k->all = c;
    k->done = done;
    k->arg = arg;
    uv_update_time(c->loop);
    k->started_ms = uv_now(c->loop);
    uv_timer_init(c->loop, &k->timer);
    k->timer.data = k;
    TAILQ_INSERT_TAIL(&c->under_way, k, entry);
    if (c->count++ < UNDER_WAY_MAX && domain && is_domain(domain) && open_channel(k))
        ares_query(k->channel, domain, ns_c_in, ns_t_mx, on_answer, k);
    else
        k->is_answered = true;
    uv_timer_start(&k->timer, on_beat, k->is_answered ? 0 : BEAT_MS, BEAT_MS);
}

struct mx_checks *mx_new(uv_loop_t *loop, const char *servers)
{
    struct mx_checks *c = x_calloc(1, sizeof *c);
    c->loop = loop;
    c->servers = servers;
    TAILQ_INIT(&c->under_way);
    return c;
}

void mx_stop(struct mx_checks *c)
{
    struct check *k;
    while ((k = TAILQ_FIRST(&c->under_way)) != NULL)
        finish(k);
}

void mx_free(struct mx_checks **c)
{
    if (*c && (*c)->is_ready)
        ares_library_cleanup();
    free(*c);
    *c = NULL;
}
