/* Input: from bytes to requests and their delivery. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/http_private.h"

#define REQUEST_POOL_MAX 64
#define BODY_KEEP 16384 /* memory of a pooled body buffer */

static struct request *request_new(struct http_server *s)
{
    struct request *r = s->request_pool;
    if (r) {
        s->request_pool = r->next;
        s->request_pooled--;
        return r;
    }
    r = x_calloc(1, sizeof(*r));
    http1_init(&r->parser, s->options.header_max);
    return r;
}

static void request_free(struct request *r)
{
    http1_fini(&r->parser);
    buf_free(&r->body);
    free(r);
}

void request_release(struct conn *c)
{
    struct http_server *s = c->s;
    struct request *r = c->req;
    c->req = NULL;
    if (r == NULL)
        return;
    if (s->request_pooled >= REQUEST_POOL_MAX) {
        request_free(r);
        return;
    }
    http1_reset(&r->parser);
    if (r->body.cap > BODY_KEEP)
        buf_free(&r->body);
    buf_clear(&r->body);
    r->stream = NULL;
    r->is_streaming = false;
    r->next = s->request_pool;
    s->request_pool = r;
    s->request_pooled++;
}

void request_pool_free(struct http_server *s)
{
    while (s->request_pool) {
        struct request *next = s->request_pool->next;
        request_free(s->request_pool);
        s->request_pool = next;
    }
}

const char *http_request_header(const struct http_request *req, const char *lower_case_name)
{
    for (size_t i = 0; i < req->header_count; i++)
        if (strcmp(req->headers[i].name, lower_case_name) == 0)
            return req->headers[i].value;
    return NULL;
}

static struct http_request as_request(const struct conn *c)
{
    const struct request *r = c->req;
    return (struct http_request){
        .handle = {c->id, c->serial},
        .peer = &c->peer,
        .method = r->parser.method,
        .target = r->parser.target,
        .query = r->parser.query,
        .headers = r->parser.headers,
        .header_count = r->parser.header_count,
        .body = r->body.data && !r->is_streaming ? r->body.data : "",
        .body_len = r->is_streaming ? 0 : r->body.len,
        .stream = r->stream,
    };
}

static void abort_stream(struct conn *c)
{
    struct http_server *s = c->s;
    if (c->req == NULL || !c->req->is_streaming)
        return;
    c->req->is_streaming = false;
    if (s->cb.on_stream_abort)
        s->cb.on_stream_abort(s->arg, c->req->stream);
}

void input_fail(struct conn *c, int status, const char *text)
{
    c->s->stats.parse_errors++;
    abort_stream(c);
    if (c->in_body && !c->pending) { /* replied already; it can only end */
        c->close_after = true;
        c->in_body = false;
        conn_mark(c);
    } else {
        if (!c->in_body) { /* failed before anything was known of it */
            c->is_head = c->is_http10 = false;
            c->serial++;
        }
        reply_error(c, status, text);
    }
    request_release(c);
}

bool input_may_parse(const struct conn *c)
{
    if (c->doomed || c->close_after)
        return false;
    if (c->phase == CONN_WS)
        return true;
    if (c->phase != CONN_HTTP)
        return false;
    if (c->in_body)
        return !c->paused;
    return !c->pending && c->file == NULL && c->out.bytes <= OUT_HIGH;
}

/* Asks what to do with the body. */
static void plan_body(struct conn *c)
{
    struct http_server *s = c->s;
    struct request *r = c->req;
    enum http_body_plan plan = HTTP_BODY_BUFFER;
    void *stream = NULL;
    r->body_max = s->options.body_max;
    if (s->cb.on_headers) {
        struct http_request req = as_request(c);
        plan = s->cb.on_headers(s->arg, &req, &r->body_max, &stream);
    }
    if (plan == HTTP_BODY_REFUSE && c->pending)
        reply_error(c, 500, "refused without an answer");
    if (c->early)
        return;
    if (plan == HTTP_BODY_STREAM) {
        r->stream = stream;
        r->is_streaming = true;
    } else if (r->parser.content_length > r->body_max) {
        input_fail(c, 413, "body too large");
        return;
    }
    if (r->parser.expect_continue)
        out_append(s, &c->out, "HTTP/1.1 100 Continue\r\n\r\n", 25);
}

static void on_head(struct conn *c)
{
    const struct http1 *p = &c->req->parser;
    c->serial++;
    c->s->stats.requests++;
    c->pending = c->in_body = true;
    c->early = c->paused = false;
    c->is_head = strcmp(p->method, "HEAD") == 0;
    c->is_http10 = p->is_http10;
    c->keep_alive = p->keep_alive;
    if (p->is_chunked || p->content_length)
        plan_body(c);
}

static void on_piece(struct conn *c)
{
    struct http_server *s = c->s;
    struct request *r = c->req;
    if (c->early)
        return;
    if (!r->is_streaming) {
        if (r->parser.piece_len > r->body_max - r->body.len)
            input_fail(c, 413, "body too large");
        else
            buf_append(&r->body, r->parser.piece, r->parser.piece_len);
        return;
    }
    struct http_handle h = {c->id, c->serial};
    int what = s->cb.on_stream_data(s->arg, h, r->stream, r->parser.piece, r->parser.piece_len);
    if (what == HTTP_STREAM_PAUSE) {
        c->paused = !c->early;
    } else if (what < 0) {
        r->is_streaming = false; /* the callback has disposed of it */
        if (c->pending)
            reply_error(c, 500, "refused without an answer");
    }
}

static void on_end(struct conn *c)
{
    struct http_server *s = c->s;
    c->in_body = false;
    if (!c->early) {
        struct http_request req = as_request(c);
        c->req->is_streaming = false; /* it is on_request's from now on */
        s->cb.on_request(s->arg, &req);
    }
    request_release(c);
}

/* False when more input is needed. */
static bool http_step(struct conn *c, const char **data, size_t *n)
{
    if (c->req == NULL) {
        if (*n == 0)
            return false;
        c->req = request_new(c->s);
    }
    struct http1 *p = &c->req->parser;
    switch (http1_next(p, data, n)) {
    case HTTP1_MORE:
        return false;
    case HTTP1_HEAD:
        on_head(c);
        break;
    case HTTP1_BODY:
        on_piece(c);
        break;
    case HTTP1_END:
        on_end(c);
        break;
    case HTTP1_FAIL:
        input_fail(c, p->status, p->text);
        break;
    }
    return true;
}

size_t input_consume(struct conn *c, const char *data, size_t n)
{
    size_t left = n;
    bool more = true;
    while (more && input_may_parse(c))
        more = c->phase == CONN_WS ? ws_step(c, &data, &left) : http_step(c, &data, &left);
    if (c->phase == CONN_LINGER || c->phase == CONN_CLOSED || c->close_after)
        return n; /* whatever is left is of no use */
    return n - left;
}

void http_stream_resume(struct http_server *s, struct http_handle h)
{
    struct conn *c = server_find(s, h.conn);
    if (c == NULL || c->serial != h.serial || !c->paused)
        return;
    c->paused = false;
    conn_mark(c);
}
