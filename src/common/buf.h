/* A growable byte buffer. Always NUL-terminated behind its length, so data can be read as a string. */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data;    /* NULL until the first byte */
    size_t len;
    size_t cap;
};

#define BUF_INIT ((struct buf){NULL, 0, 0})

void buf_free(struct buf *b);                               /* frees and empties */
void buf_clear(struct buf *b);                              /* length 0, memory kept */
void buf_grow(struct buf *b, size_t more);                  /* for buf_reserve only */
void buf_put_u64(struct buf *b, uint64_t v);                /* decimal digits */
void buf_put_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_consume(struct buf *b, size_t n);                  /* drops n bytes at the front */
char *buf_take(struct buf *b);                              /* the string (caller frees); b becomes empty */

/* Percent-encodes n bytes of s (RFC 3986 unreserved bytes stay). */
void buf_put_urlencoded(struct buf *b, const char *s, size_t n);

/* room for more bytes and a NUL */
static inline void buf_reserve(struct buf *b, size_t more)
{
    if (b->len + more + 1 > b->cap)
        buf_grow(b, more);
}

static inline void buf_append(struct buf *b, const void *p, size_t n)
{
    buf_reserve(b, n);
    if (n)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
}

static inline void buf_puts(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

static inline void buf_putc(struct buf *b, char c)
{
    buf_reserve(b, 1);
    b->data[b->len++] = c;
    b->data[b->len] = '\0';
}

#endif
