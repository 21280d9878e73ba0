/* A growable byte buffer. Always NUL-terminated behind its length, so data can be read as a string. */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data;    /* NULL until the first byte */
    size_t len;
    size_t cap;
};

#define BUF_INIT ((struct buf){NULL, 0, 0})

void buf_free(struct buf *b);                               /* frees and empties */
void buf_clear(struct buf *b);                              /* length 0, memory kept */
void buf_reserve(struct buf *b, size_t more);               /* room for more bytes and a NUL */
void buf_append(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_put_u64(struct buf *b, uint64_t v);                /* decimal digits */
void buf_put_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_consume(struct buf *b, size_t n);                  /* drops n bytes at the front */
char *buf_take(struct buf *b);                              /* the string (caller frees); b becomes empty */

/* Percent-encodes n bytes of s (RFC 3986 unreserved bytes stay). */
void buf_put_urlencoded(struct buf *b, const char *s, size_t n);

#endif
