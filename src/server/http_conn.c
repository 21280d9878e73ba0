/* One connection: reading, the work at the end of a turn, time limits, closing. */
#include <stdlib.h>
#include <sys/socket.h>

#include "common/mem.h"
#include "server/http_private.h"

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

void conn_mark(struct conn *c)
{
    if (c->is_dirty || c->phase == CONN_CLOSED)
        return;
    c->is_dirty = true;
    if (TAILQ_EMPTY(&c->s->dirty))
        server_stay_awake(c->s);
    TAILQ_INSERT_TAIL(&c->s->dirty, c, dirty_link);
}

static void on_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    struct http_server *s = c->s;
    out_free(s, &c->out);
    out_free(s, &c->wire);
    buf_free(&c->in);
    tls_free(&c->tls);
    if (c->ws) {
        ws_parser_fini(&c->ws->parser);
        free(c->ws);
    }
    free(c);
    s->conn_handles--;
    server_conn_closed(s);
    server_handle_closed(s);
}

void conn_kill(struct conn *c, int ws_code)
{
    struct http_server *s = c->s;
    if (c->phase == CONN_CLOSED)
        return;
    c->phase = CONN_CLOSED;
    server_remove(s, c);
    uv_close(&c->uv.handle, on_closed);
    file_drop(c);
    if (c->req && c->req->is_streaming && s->cb.on_stream_abort)
        s->cb.on_stream_abort(s->arg, c->req->stream);
    request_release(c);
    ws_gone(c, ws_code);
}

/* Our side is through: end it, and give the peer time to read the last answer before the socket goes. */
static void begin_linger(struct conn *c)
{
    uv_os_fd_t fd;
    if (c->phase != CONN_LINGER && c->tls) {
        tls_end(c->tls);
        c->phase = CONN_LINGER;
        conn_flush(c);
        if (c->phase == CONN_CLOSED || !conn_is_flushed(c))
            return; /* comes again when it is out */
    }
    if (c->saw_eof || uv_fileno(&c->uv.handle, &fd) < 0) {
        conn_kill(c, WS_CODE_ABNORMAL);
        return;
    }
    c->phase = CONN_LINGER;
    c->close_after = false;
    shutdown(fd, SHUT_WR);
}

bool conn_is_idle(const struct conn *c)
{
    return c->phase == CONN_HTTP && !c->pending && !c->in_body && c->file == NULL && c->req == NULL && c->in.len == 0 &&
           conn_is_flushed(c);
}

/* Plain bytes from the peer. */
static void take_input(struct conn *c, const char *data, size_t n)
{
    if (c->phase == CONN_LINGER || c->phase == CONN_CLOSED || c->close_after)
        return;
    if (c->wait == WAIT_IDLE || c->wait == WAIT_BODY)
        wait_set(c, c->wait, true);
    if (c->in.len == 0) {
        size_t used = input_consume(c, data, n);
        data += used;
        n -= used;
    }
    if (n && c->phase != CONN_CLOSED && !c->close_after)
        buf_append(&c->in, data, n);
}

/* Goes on with what was kept. True when something was taken. */
static bool run_kept(struct conn *c)
{
    if (!input_may_parse(c) || (c->in.len == 0 && !c->in_body))
        return false;
    bool was_in_body = c->in_body;
    size_t used = input_consume(c, c->in.data, c->in.len);
    if (used == 0)
        return was_in_body != c->in_body;
    if (used >= c->in.len)
        buf_free(&c->in);
    else
        buf_consume(&c->in, used);
    return true;
}

static void decrypt(struct conn *c)
{
    struct http_server *s = c->s;
    int n = 0;
    while (c->phase != CONN_CLOSED && c->in.len < KEEP_MAX && (n = tls_read(c->tls, s->plain, sizeof(s->plain))) > 0)
        take_input(c, s->plain, (size_t)n);
    c->tls_stalled = n > 0;
    if (n == TLS_CLOSED)
        c->saw_eof = true;
    else if (n == TLS_BROKEN && c->phase != CONN_CLOSED) {
        conn_flush(c); /* the alert, if any */
        conn_kill(c, WS_CODE_ABNORMAL);
    }
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
    struct conn *c = h->data;
    size_t room = c->in.len < KEEP_MAX ? KEEP_MAX - c->in.len : 1;
    (void)suggested;
    *buf = uv_buf_init(c->s->rbuf, (unsigned)(room < sizeof(c->s->rbuf) ? room : sizeof(c->s->rbuf)));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *c = stream->data;
    if (n == 0)
        return;
    if (n == UV_EOF) {
        uv_read_stop(stream);
        c->is_reading = false;
        c->saw_eof = true;
    } else if (n < 0) {
        conn_kill(c, WS_CODE_ABNORMAL);
        return;
    } else if (c->tls) {
        tls_feed(c->tls, buf->base, (size_t)n);
        decrypt(c);
    } else {
        take_input(c, buf->base, (size_t)n);
    }
    conn_mark(c);
}

static enum wait wait_wanted(const struct conn *c)
{
    enum wait idle = c->peer.is_unix ? WAIT_NONE : WAIT_IDLE;
    if (c->phase == CONN_LINGER)
        return WAIT_LINGER;
    if (c->tls && !tls_is_ready(c->tls))
        return WAIT_HEADER;
    if (c->close_after)
        return WAIT_IDLE;
    if (c->phase == CONN_WS)
        return c->ws->close_sent ? WAIT_LINGER : idle;
    if (c->in_body)
        return c->paused ? WAIT_NONE : WAIT_BODY;
    if (c->pending || c->file)
        return conn_is_flushed(c) ? WAIT_NONE : idle;
    if (c->req && http1_has_begun(&c->req->parser))
        return WAIT_HEADER;
    return idle;
}

static void update_wait(struct conn *c)
{
    enum wait wanted = wait_wanted(c);
    wait_set(c, wanted, wanted == WAIT_HEADER && c->wait_serial != c->serial);
}

static void update_reading(struct conn *c)
{
    bool want = !c->saw_eof && c->in.len < KEEP_MAX && !c->tls_stalled;
    if (want == c->is_reading)
        return;
    c->is_reading = want;
    if (!want)
        uv_read_stop(&c->uv.stream);
    else if (uv_read_start(&c->uv.stream, on_alloc, on_read) < 0)
        conn_kill(c, WS_CODE_ABNORMAL);
}

/* True when the peer's end leaves nothing more to do. Replies still to come, and output, are finished first. */
static bool is_over(const struct conn *c)
{
    if (c->phase == CONN_LINGER || c->phase == CONN_WS)
        return true;
    if (c->paused && c->in_body)
        return false;
    return (c->in_body || (!c->pending && c->file == NULL)) && conn_is_flushed(c);
}

static void settle(struct conn *c)
{
    file_next(c);
    if (c->phase != CONN_CLOSED && c->close_after && conn_is_flushed(c))
        begin_linger(c);
    if (c->phase == CONN_CLOSED)
        return;
    if ((c->saw_eof && is_over(c)) || (c->s->is_draining && conn_is_idle(c))) {
        conn_kill(c, WS_CODE_ABNORMAL);
        return;
    }
    update_wait(c);
    update_reading(c);
}

void conn_turn(struct conn *c)
{
    if (c->doomed) {
        conn_kill(c, WS_CODE_ABNORMAL);
        return;
    }
    if (c->close_after)
        buf_free(&c->in);
    bool more;
    do {
        conn_flush(c);
        more = c->phase != CONN_CLOSED && run_kept(c);
        if (!more && c->phase != CONN_CLOSED && c->tls_stalled && c->in.len < KEEP_MAX) {
            decrypt(c);
            more = true;
        }
    } while (more && c->phase != CONN_CLOSED);
    if (c->phase != CONN_CLOSED)
        settle(c);
}

void conn_timeout(struct conn *c, enum wait wait)
{
    bool is_handshake = c->tls && !tls_is_ready(c->tls);
    if (wait == WAIT_IDLE && c->flight && uv_stream_get_write_queue_size(&c->uv.stream) != c->flight_seen) {
        wait_set(c, WAIT_IDLE, true); /* slow, but it reads */
        return;
    }
    if ((wait == WAIT_HEADER && !is_handshake) || (wait == WAIT_BODY && c->pending)) {
        input_fail(c, 408, wait == WAIT_HEADER ? "request headers took too long" : "request body took too long");
        update_wait(c);
        return;
    }
    conn_kill(c, WS_CODE_ABNORMAL);
}

void conn_start(struct conn *c)
{
    update_wait(c);
    update_reading(c);
}

bool http_peer_is_own(const struct http_peer *peer)
{
    return peer->is_unix && (peer->uid == geteuid() || peer->uid == 0);
}
