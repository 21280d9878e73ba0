/* WebSockets: upgrade, messages, shared frames, closing. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "server/http_private.h"

struct ws_frame *ws_frame_new(const char *text, size_t n)
{
    unsigned char header[WS_HEADER_MAX];
    size_t size = ws_header(header, true, WS_OP_TEXT, n, NULL);
    struct ws_frame *f = x_malloc(sizeof(*f) + size + n);
    f->refs = 1;
    f->len = size + n;
    memcpy(f->data, header, size);
    if (n)
        memcpy(f->data + size, text, n);
    return f;
}

struct ws_frame *ws_frame_ref(struct ws_frame *f)
{
    f->refs++;
    return f;
}

void ws_frame_unref(struct ws_frame **f)
{
    if (*f && --(*f)->refs == 0)
        free(*f);
    *f = NULL;
}

/* What is wrong with an upgrade, or NULL. */
static const char *upgrade_fault(const struct conn *c, const struct http_request *req, int *status)
{
    const char *upgrade = http_request_header(req, "upgrade"), *key = http_request_header(req, "sec-websocket-key");
    const char *version = http_request_header(req, "sec-websocket-version");
    *status = 400;
    if (strcmp(req->method, "GET") != 0 || c->is_http10 || req->body_len)
        return "a WebSocket begins with GET of HTTP/1.1 without a body";
    if (upgrade == NULL || !http1_list_has(upgrade, "websocket") || !c->req->parser.upgrade) {
        *status = 426;
        return "this is a WebSocket endpoint";
    }
    if (version == NULL || strcmp(version, "13") != 0) {
        *status = 426;
        return "only version 13 of WebSocket is spoken here";
    }
    return key && ws_key_is_valid(key) ? NULL : "malformed Sec-WebSocket-Key";
}

static void refuse_upgrade(struct conn *c, int status, const char *text)
{
    struct http_server *s = c->s;
    struct buf body = BUF_INIT;
    if (s->cb.error_body)
        s->cb.error_body(s->arg, status, text, &body);
    const struct http_reply reply = {
        .status = status,
        .content_type = body.len ? "application/json" : NULL,
        .headers = status == 426 ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : NULL,
        .body = body.data,
        .body_len = body.len,
    };
    reply_write(c, &reply, body.len);
    buf_free(&body);
}

bool http_upgrade(struct http_server *s, const struct http_request *req, size_t message_max, void *user)
{
    static const char head[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: ";
    struct conn *c = server_find(s, req->handle.conn);
    char accept[WS_ACCEPT_LEN + 1];
    int status;
    if (c == NULL || !c->pending || c->in_body || c->req == NULL || c->serial != req->handle.serial)
        return false;
    const char *fault = upgrade_fault(c, req, &status);
    if (fault) {
        refuse_upgrade(c, status, fault);
        return false;
    }
    ws_accept(http_request_header(req, "sec-websocket-key"), accept);
    out_append(s, &c->out, head, sizeof(head) - 1);
    out_append(s, &c->out, accept, WS_ACCEPT_LEN);
    out_append(s, &c->out, "\r\n\r\n", 4);
    c->ws = x_calloc(1, sizeof(*c->ws));
    c->ws->user = user;
    ws_parser_init(&c->ws->parser, WS_SERVER, message_max);
    c->phase = CONN_WS;
    c->pending = false;
    s->stats.websockets++;
    conn_mark(c);
    if (s->is_draining)
        http_ws_close(s, c->id, WS_CODE_GOING_AWAY, "server is stopping");
    return true;
}

void ws_gone(struct conn *c, int code)
{
    struct http_server *s = c->s;
    if (c->ws == NULL || c->ws->told)
        return;
    c->ws->told = true;
    s->stats.websockets--;
    if (s->cb.on_ws_close)
        s->cb.on_ws_close(s->arg, c->id, c->ws->user, code);
}

/* Queues a control frame. A peer that makes us answer but does not read is cut off like any slow reader. */
static void send_control(struct conn *c, const struct buf *frame)
{
    if (c->out.bytes + c->wire.bytes + frame->len > c->s->options.send_max) {
        c->doomed = true;
        c->s->stats.overflows++;
    } else {
        out_append(c->s, &c->out, frame->data, frame->len);
    }
    conn_mark(c);
}

static void send_close(struct conn *c, int code, const char *reason)
{
    struct buf frame = BUF_INIT;
    if (c->ws->close_sent)
        return;
    c->ws->close_sent = true;
    ws_put_close(&frame, code, reason, NULL);
    send_control(c, &frame);
    buf_free(&frame);
}

bool ws_step(struct conn *c, const char **data, size_t *n)
{
    struct ws_parser *p = &c->ws->parser;
    struct buf pong = BUF_INIT;
    switch (ws_next(p, data, n)) {
    case WS_MORE:
        return false;
    case WS_MESSAGE:
        if (!c->ws->close_sent && c->s->cb.on_ws_message)
            c->s->cb.on_ws_message(c->s->arg, c->id, c->ws->user, p->payload, p->payload_len);
        break;
    case WS_PING:
        if (!c->ws->close_sent) {
            ws_put_frame(&pong, true, WS_OP_PONG, p->payload, p->payload_len, NULL);
            send_control(c, &pong);
            buf_free(&pong);
        }
        break;
    case WS_PONG:
        break;
    case WS_CLOSE:
    case WS_ERROR:
        send_close(c, p->close_code, NULL);
        c->close_after = true;
        conn_mark(c);
        ws_gone(c, p->close_code);
        break;
    }
    return true;
}

bool http_ws_send(struct http_server *s, uint64_t conn, struct ws_frame *f)
{
    struct conn *c = server_find(s, conn);
    if (c == NULL || c->phase != CONN_WS || c->doomed || c->close_after || c->ws->close_sent)
        return false;
    if (c->out.bytes + c->wire.bytes + f->len > s->options.send_max) {
        c->doomed = true;
        s->stats.overflows++;
        conn_mark(c);
        return false;
    }
    out_frame(s, &c->out, f);
    conn_mark(c);
    return true;
}

void http_ws_close(struct http_server *s, uint64_t conn, int code, const char *reason)
{
    struct conn *c = server_find(s, conn);
    if (c == NULL || c->phase != CONN_WS || c->doomed || c->close_after)
        return;
    send_close(c, code, reason);
}
