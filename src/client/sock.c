#include "client/sock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/id.h"
#include "common/mem.h"
#include "common/ws.h"

#define OPEN_LIMIT_MS 15000
#define HEAD_LIMIT 16384
#define OUT_LIMIT (16u << 20)
#define MESSAGE_LIMIT (32u << 20)

enum sock_stage { SOCK_CONNECTING, SOCK_UPGRADING, SOCK_OPEN, SOCK_DEAD };

struct sock {
    const struct sock_events *events;
    void *arg;
    struct net *net;
    const struct endpoint *endpoint;
    CURL *easy;
    struct net_transfer transfer;
    enum sock_stage stage;
    char *path;
    char key[WS_KEY_LEN + 1];
    uv_poll_t poll;
    int fd;                  /* a duplicate, -1 while connecting */
    bool poll_inited;
    uv_timer_t timer;        /* limit of opening; later: tells of a failed write */
    const char *why;
    struct buf out;
    struct buf head;         /* answer to the upgrade */
    struct ws_parser parser;
    int handles;             /* of libuv, still to be closed */
};

static void handle_closed(uv_handle_t *h)
{
    struct sock *s = h->data;
    if (--s->handles)
        return;
    free(s);
}

void sock_free(struct sock **sp)
{
    struct sock *s = *sp;
    *sp = NULL;
    if (s == NULL || s->stage == SOCK_DEAD)
        return;
    s->stage = SOCK_DEAD;
    net_remove(s->net, s->easy);
    s->handles = 1 + s->poll_inited;
    if (s->poll_inited) {
        uv_poll_stop(&s->poll);
        uv_close((uv_handle_t *)&s->poll, handle_closed);
    }
    uv_timer_stop(&s->timer);
    uv_close((uv_handle_t *)&s->timer, handle_closed);
    curl_easy_cleanup(s->easy);
    if (s->fd >= 0)
        close(s->fd);
    free(s->path);
    buf_free(&s->out);
    buf_free(&s->head);
    ws_parser_fini(&s->parser);
}

static void fail(struct sock *s, const char *why)
{
    if (s->stage != SOCK_DEAD)
        s->events->closed(s->arg, why); /* its owner frees s */
}

static void on_ready(uv_poll_t *poll, int status, int events);

static void watch(struct sock *s)
{
    uv_poll_start(&s->poll, UV_READABLE | (s->out.len ? UV_WRITABLE : 0), on_ready);
}

static void broken(uv_timer_t *timer)
{
    struct sock *s = timer->data;
    fail(s, s->why ? s->why : "the server did not answer in time");
}

/* Tells of a failure from a place where the owner must not be called back. */
static void fail_soon(struct sock *s, const char *why)
{
    s->why = why;
    uv_timer_start(&s->timer, broken, 0, 0);
}

static void flush(struct sock *s)
{
    while (s->out.len) {
        size_t n = 0;
        CURLcode code = curl_easy_send(s->easy, s->out.data, s->out.len, &n);
        if (code == CURLE_AGAIN)
            break;
        if (code) {
            buf_clear(&s->out);
            fail_soon(s, "the connection to the server broke");
            break;
        }
        buf_consume(&s->out, n);
    }
    watch(s);
}

/* The value of a header of the answer, or NULL. Caller frees. */
static char *header(const char *head, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, len) != 0 || line[len] != ':')
            continue;
        const char *v = line + len + 1;
        v += strspn(v, " \t");
        size_t n = strcspn(v, "\r\n");
        while (n && (v[n - 1] == ' ' || v[n - 1] == '\t'))
            n--;
        return x_strndup(v, n);
    }
    return NULL;
}

/* NULL when the answer is a good upgrade, else what is wrong with it. */
static const char *check_upgrade(struct sock *s, const char *head)
{
    if (strncmp(head, "HTTP/1.1 101", 12) != 0)
        return "the server has no realtime connection at /websocket";
    char want[WS_ACCEPT_LEN + 1];
    ws_accept(s->key, want);
    AUTO_FREE char *got = header(head, "Sec-WebSocket-Accept");
    AUTO_FREE char *upgrade = header(head, "Upgrade");
    if (!str_eq(got, want) || upgrade == NULL || strcasecmp(upgrade, "websocket") != 0)
        return "what answers at /websocket is no WebSocket server";
    return NULL;
}

static void put_frame(struct sock *s, enum ws_opcode op, const char *data, size_t n)
{
    uint64_t entropy = id_entropy();
    unsigned char mask[4];
    memcpy(mask, &entropy, sizeof(mask));
    ws_put_frame(&s->out, true, op, data, n, mask);
    flush(s);
}

static void take_frames(struct sock *s, const char *data, size_t n)
{
    while (s->stage == SOCK_OPEN) {
        switch (ws_next(&s->parser, &data, &n)) {
        case WS_MORE:
            return;
        case WS_MESSAGE:
            if (s->parser.opcode == WS_OP_TEXT)
                s->events->text(s->arg, s->parser.payload, s->parser.payload_len);
            break;
        case WS_PING:
            put_frame(s, WS_OP_PONG, s->parser.payload, s->parser.payload_len);
            break;
        case WS_PONG:
            break;
        case WS_CLOSE:
            fail(s, "the server closed the connection");
            return;
        case WS_ERROR:
            fail(s, "the server sent a malformed frame");
            return;
        }
    }
}

/* Collects the answer to the upgrade; what comes behind it are frames. */
static void take_head(struct sock *s, const char *data, size_t n)
{
    buf_append(&s->head, data, n);
    const char *end = strstr(s->head.data, "\r\n\r\n");
    if (end == NULL) {
        if (s->head.len > HEAD_LIMIT)
            fail(s, "the answer of the server to the realtime connection is too long");
        return;
    }
    size_t head_len = (size_t)(end - s->head.data) + 4;
    AUTO_FREE char *head = x_strndup(s->head.data, head_len - 2);
    const char *wrong = check_upgrade(s, head);
    if (wrong) {
        fail(s, wrong);
        return;
    }
    s->stage = SOCK_OPEN;
    uv_timer_stop(&s->timer);
    struct buf rest = s->head;
    s->head = BUF_INIT;
    s->events->opened(s->arg);
    take_frames(s, rest.data + head_len, rest.len - head_len);
    buf_free(&rest);
}

static void drain(struct sock *s)
{
    char chunk[16384];
    while (s->stage != SOCK_DEAD) {
        size_t n = 0;
        CURLcode code = curl_easy_recv(s->easy, chunk, sizeof(chunk), &n);
        if (code == CURLE_AGAIN)
            return;
        if (code || n == 0) {
            fail(s, "the connection to the server was lost");
            return;
        }
        if (s->stage == SOCK_UPGRADING)
            take_head(s, chunk, n);
        else
            take_frames(s, chunk, n);
    }
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct sock *s = poll->data;
    if (status < 0) {
        fail(s, "the connection to the server was lost");
        return;
    }
    if (events & UV_WRITABLE)
        flush(s);
    if ((events & UV_READABLE) && s->stage != SOCK_DEAD)
        drain(s);
}

static void upgrade(struct sock *s)
{
    ws_key_make(s->key);
    AUTO_FREE char *authority = NULL, *prefix = NULL;
    endpoint_split(s->endpoint, &authority, &prefix);
    buf_printf(&s->out,
               "GET %s%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nUser-Agent: usher\r\n\r\n",
               prefix, s->path, authority, s->key);
    s->stage = SOCK_UPGRADING;
    flush(s);
}

static void connected(void *arg, CURLcode code)
{
    struct sock *s = arg;
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (code) {
        fail(s, net_reason(code));
        return;
    }
    curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &fd);
    /* libuv and libcurl must not watch the same descriptor */
    s->fd = fd == CURL_SOCKET_BAD ? -1 : dup(fd);
    if (s->fd < 0 || uv_poll_init(s->timer.loop, &s->poll, s->fd)) {
        fail(s, "the connection to the server cannot be watched");
        return;
    }
    s->poll.data = s;
    s->poll_inited = true;
    upgrade(s);
}

struct sock *sock_open(uv_loop_t *loop, struct net *net, const struct endpoint *e, const char *path,
                       const struct sock_events *events, void *arg)
{
    struct sock *s = x_calloc(1, sizeof(*s));
    s->events = events;
    s->arg = arg;
    s->net = net;
    s->endpoint = e;
    s->path = x_strdup(path);
    s->fd = -1;
    ws_parser_init(&s->parser, WS_CLIENT, MESSAGE_LIMIT);
    uv_timer_init(loop, &s->timer);
    s->timer.data = s;
    uv_timer_start(&s->timer, broken, OPEN_LIMIT_MS, 0);
    s->transfer = (struct net_transfer){.done = connected, .arg = s};
    s->easy = net_easy(e, path);
    if (s->easy == NULL)
        abort();
    curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(s->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(s->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    net_add(net, s->easy, &s->transfer);
    return s;
}

void sock_send(struct sock *s, const char *text, size_t n)
{
    if (s->stage != SOCK_OPEN)
        return;
    if (s->out.len > OUT_LIMIT) {
        fail_soon(s, "the server does not read what is sent to it");
        return;
    }
    put_frame(s, WS_OP_TEXT, text, n);
}
