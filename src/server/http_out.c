/* Output: a queue of chunks per connection, written directly when the turn ends, by libuv when the socket is full. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/http_private.h"

#define CHUNK_BYTES (4096 - sizeof(struct chunk))
#define CHUNK_POOL_MAX 256
#define IOV_COUNT 64
#define TLS_AT_ONCE 65536

struct write_job {
    uv_write_t req;
    struct conn *c;
};

static struct chunk *chunk_new(struct http_server *s, size_t cap)
{
    struct chunk *k;
    if (cap == CHUNK_BYTES && s->chunk_pool) {
        k = s->chunk_pool;
        s->chunk_pool = k->next;
        s->chunk_pooled--;
    } else {
        k = x_malloc(sizeof(*k) + cap);
    }
    k->next = NULL;
    k->frame = NULL;
    k->off = k->len = 0;
    k->cap = cap;
    return k;
}

static void chunk_free(struct http_server *s, struct chunk *k)
{
    if (k->frame)
        ws_frame_unref(&k->frame);
    if (k->cap == CHUNK_BYTES && s->chunk_pooled < CHUNK_POOL_MAX) {
        k->next = s->chunk_pool;
        s->chunk_pool = k;
        s->chunk_pooled++;
    } else {
        free(k);
    }
}

void out_pool_free(struct http_server *s)
{
    while (s->chunk_pool) {
        struct chunk *next = s->chunk_pool->next;
        free(s->chunk_pool);
        s->chunk_pool = next;
    }
}

static void push(struct outq *q, struct chunk *k)
{
    if (q->last)
        q->last->next = k;
    else
        q->first = k;
    q->last = k;
}

char *out_claim(struct http_server *s, struct outq *q, size_t n)
{
    if (q->last == NULL || q->last->frame || q->last->cap - q->last->len < n)
        push(q, chunk_new(s, n > CHUNK_BYTES ? n : CHUNK_BYTES));
    return q->last->data + q->last->len;
}

void out_commit(struct outq *q, size_t n)
{
    q->last->len += n;
    q->bytes += n;
}

void out_append(struct http_server *s, struct outq *q, const void *p, size_t n)
{
    struct chunk *last = q->last;
    if (last && last->frame == NULL && last->cap > last->len) { /* fill up what is there */
        size_t part = last->cap - last->len < n ? last->cap - last->len : n;
        memcpy(last->data + last->len, p, part);
        out_commit(q, part);
        p = (const char *)p + part;
        n -= part;
    }
    if (n == 0)
        return;
    memcpy(out_claim(s, q, n), p, n);
    out_commit(q, n);
}

void out_frame(struct http_server *s, struct outq *q, struct ws_frame *f)
{
    struct chunk *last = q->last;
    if (last && last->frame == NULL && last->cap - last->len >= f->len) {
        memcpy(last->data + last->len, f->data, f->len);
        out_commit(q, f->len);
        return;
    }
    struct chunk *k = chunk_new(s, 0);
    k->frame = ws_frame_ref(f);
    k->len = f->len;
    push(q, k);
    q->bytes += f->len;
}

static char *chunk_data(struct chunk *k)
{
    return (k->frame ? k->frame->data : k->data) + k->off;
}

static void drop_sent(struct http_server *s, struct outq *q, size_t n)
{
    q->bytes -= n;
    while (q->first) {
        struct chunk *k = q->first;
        size_t part = k->len - k->off < n ? k->len - k->off : n;
        k->off += part;
        n -= part;
        if (k->off < k->len)
            return;
        q->first = k->next;
        chunk_free(s, k);
    }
    q->last = NULL;
}

void out_free(struct http_server *s, struct outq *q)
{
    while (q->first) {
        struct chunk *k = q->first;
        q->first = k->next;
        chunk_free(s, k);
    }
    *q = (struct outq){NULL, NULL, 0};
}

static unsigned gather(const struct outq *q, uv_buf_t bufs[IOV_COUNT], size_t *total)
{
    unsigned n = 0;
    *total = 0;
    for (struct chunk *k = q->first; k && n < IOV_COUNT; k = k->next) {
        bufs[n++] = uv_buf_init(chunk_data(k), (unsigned)(k->len - k->off));
        *total += k->len - k->off;
    }
    return n;
}

/* Encrypts what is queued, a bounded amount ahead of the network. */
static bool encrypt(struct conn *c)
{
    while (tls_is_ready(c->tls) && c->out.first && c->wire.bytes + tls_waiting(c->tls) < TLS_AT_ONCE) {
        struct chunk *k = c->out.first;
        size_t n = k->len - k->off < TLS_AT_ONCE ? k->len - k->off : TLS_AT_ONCE;
        if (n && !tls_write(c->tls, chunk_data(k), n))
            return false;
        drop_sent(c->s, &c->out, n);
    }
    size_t n = tls_waiting(c->tls);
    if (n)
        out_commit(&c->wire, tls_take(c->tls, out_claim(c->s, &c->wire, n), n));
    return true;
}

bool conn_is_flushed(const struct conn *c)
{
    return c->out.bytes == 0 && c->wire.bytes == 0;
}

static void on_written(uv_write_t *req, int status)
{
    struct write_job *job = (struct write_job *)req;
    struct conn *c = job->c;
    free(job);
    if (c->phase == CONN_CLOSED)
        return;
    if (status < 0) {
        conn_kill(c, WS_CODE_ABNORMAL);
        return;
    }
    drop_sent(c->s, c->tls ? &c->wire : &c->out, c->flight);
    c->flight = 0;
    if (c->wait == WAIT_IDLE && c->phase == CONN_HTTP)
        wait_set(c, WAIT_IDLE, true);
    conn_mark(c);
}

static void write_later(struct conn *c, const struct outq *q)
{
    uv_buf_t bufs[IOV_COUNT];
    struct write_job *job = x_malloc(sizeof(*job));
    unsigned n = gather(q, bufs, &c->flight);
    job->c = c;
    if (uv_write(&job->req, &c->uv.stream, bufs, n, on_written) < 0) {
        free(job);
        c->flight = 0;
        conn_kill(c, WS_CODE_ABNORMAL);
    }
}

void conn_flush(struct conn *c)
{
    uv_buf_t bufs[IOV_COUNT];
    struct outq *q = c->tls ? &c->wire : &c->out;
    while (c->phase != CONN_CLOSED && c->flight == 0) {
        if (c->tls && !encrypt(c)) {
            conn_kill(c, WS_CODE_ABNORMAL);
            return;
        }
        if (q->bytes == 0)
            return;
        size_t total;
        unsigned n = gather(q, bufs, &total);
        int sent = uv_try_write(&c->uv.stream, bufs, n);
        if (sent < 0 && sent != UV_EAGAIN) {
            conn_kill(c, WS_CODE_ABNORMAL);
            return;
        }
        if (sent > 0)
            drop_sent(c->s, q, (size_t)sent);
        if (sent < 0 || (size_t)sent < total)
            write_later(c, q);
    }
}
