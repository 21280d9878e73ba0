/* The door to the HTTP/1.1 tokenizer: requests out of bytes, strictly, with no I/O. One request at a time; the caller
   pulls events and stops pulling whenever it likes, so nothing has to be paused inside. */
#ifndef SERVER_HTTP1_H
#define SERVER_HTTP1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "server/http.h"

#define HTTP1_HEADERS_MAX 100

enum http1_event {
    HTTP1_MORE,   /* the input is used up */
    HTTP1_HEAD,   /* request line and headers are complete */
    HTTP1_BODY,   /* piece, piece_len: some of the body; points into the input */
    HTTP1_END,    /* the request is complete; what follows in the input belongs to the next one */
    HTTP1_FAIL,   /* status, text: answer so and close; every later call gives HTTP1_FAIL again */
};

/* Fields marked (out) are valid from HTTP1_HEAD until http1_reset or http1_fini. */
struct http1 {
    const char *method, *target, *query;           /* (out) as in struct http_request */
    struct http_header headers[HTTP1_HEADERS_MAX]; /* (out) */
    size_t header_count;                           /* (out) */
    bool is_http10;                                /* (out) */
    bool keep_alive;                               /* (out) the peer wants the connection to stay */
    bool upgrade;                                  /* (out) Connection: upgrade with an Upgrade header */
    bool expect_continue;                          /* (out) the peer waits for 100 Continue */
    bool is_chunked;                               /* (out) */
    uint64_t content_length;                       /* (out) 0 when absent or chunked */
    const char *piece;                             /* (out) HTTP1_BODY */
    size_t piece_len;
    int status;                                    /* (out) HTTP1_FAIL */
    const char *text;                              /* (out) static */

    size_t head_max;
    int state;
    uint64_t left;            /* of the body or the chunk */
    unsigned chunk_line;      /* bytes of the present chunk's size line */
    size_t line_start;        /* in head or trailer */
    struct buf head, trailer;
    struct http_span *spans;  /* only while the tokenizer runs */
};

/* head_max bounds request line and headers together, and the trailers of a chunked body. */
void http1_init(struct http1 *p, size_t head_max);
void http1_fini(struct http1 *p);

/* Ready for the next request; keeps up to 4 kB of memory. */
void http1_reset(struct http1 *p);

/* True once a byte of a request has come (a blank line before it does not count). */
bool http1_has_begun(const struct http1 *p);

/* Takes bytes from *data / *n (both are moved on) up to the next event. Rules beyond RFC 9112's grammar: exactly one
   Host (HTTP/1.0: at most one), one Content-Length of digits, Transfer-Encoding only "chunked" and never with a
   Content-Length or HTTP/1.0, no folded lines, no bare CR or LF, CRLF behind every chunk.
   Status: 400, 408 never, 411 (POST, PUT, PATCH of HTTP/1.0 without a length, RFC 1945 8.3), 414, 417, 431, 501, 505;
   413 is the caller's. */
enum http1_event http1_next(struct http1 *p, const char **data, size_t *n);

/* True when s holds word as one element of a comma-separated list, without regard to case. */
bool http1_list_has(const char *s, const char *word);

#endif
