/* The web server below the endpoints: HTTP/1.1 and WebSocket over TCP, TLS and a unix socket on one libuv loop.
   It knows bytes, limits and time-outs, but no path, no JSON and no right. Everything runs on the loop's thread.
   Functions below only queue: none of them writes to a socket or calls back before it returns, except
   http_server_free. A POST without a length has an empty body (RFC 9112 6.3); of HTTP/1.0 it gets 411. */
#ifndef SERVER_HTTP_H
#define SERVER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "common/buf.h"
#include "common/error.h"

struct http_server;

/* Names one request of one connection. A reply to a handle whose connection is gone is dropped silently. */
struct http_handle {
    uint64_t conn;     /* never reused */
    uint64_t serial;   /* number of the request on that connection */
};

struct http_peer {
    char address[64];  /* numeric, without port; "unix" for the unix socket. Never taken from a header. */
    bool is_unix;
    bool is_tls;
    uid_t uid;         /* of the peer, when is_unix; else (uid_t)-1 */
};

/* Our own user on the unix socket, or root, who could be him anyway. */
bool http_peer_is_own(const struct http_peer *peer);

struct http_header {
    const char *name;  /* lower case */
    const char *value; /* trimmed; visible ASCII, blanks and bytes >= 0x80 only */
};

struct http_request {
    struct http_handle handle;
    const struct http_peer *peer;
    const char *method;          /* "GET", … */
    const char *target;          /* as sent, without the query, still percent-encoded, begins with '/' */
    const char *query;           /* behind '?', or NULL when there is no '?' */
    const struct http_header *headers;
    size_t header_count;
    const char *body;            /* NUL-terminated behind len; empty when the body was streamed */
    size_t body_len;
    void *stream;                /* what on_stream_open returned, else NULL */
};

/* NULL when absent; of several the first. */
const char *http_request_header(const struct http_request *req, const char *lower_case_name);

/* What to do with a body, asked once when the headers are complete. */
enum http_body_plan {
    HTTP_BODY_BUFFER,  /* hand it over whole, at most body_max */
    HTTP_BODY_STREAM,  /* in pieces to on_stream_* */
    HTTP_BODY_REFUSE,  /* the callback has already replied; the rest is read and dropped, or the connection closed */
};

struct http_callbacks {
    /* A complete request. The pointers live until the callback returns; reply now or later by the handle. While a
       reply is outstanding no further request of this connection is delivered. */
    void (*on_request)(void *arg, const struct http_request *req);
    /* Headers are complete. Only asked for requests with a body. *body_max starts as the server's default. May be NULL. */
    enum http_body_plan (*on_headers)(void *arg, const struct http_request *req, size_t *body_max, void **stream);
    /* Returns 0 to go on, HTTP_STREAM_PAUSE to stop reading until http_stream_resume (called later, not from inside),
       or a negative enum error_code: then the callback has replied. After a negative return, as after any reply before
       the body's end, the stream is the replier's to free: nothing more is called for it. */
    int (*on_stream_data)(void *arg, struct http_handle handle, void *stream, const char *data, size_t n);
    /* The connection died before the body was complete; on_request will not come. */
    void (*on_stream_abort)(void *arg, void *stream);
    /* WebSocket: after http_upgrade. Text or binary message, complete. */
    void (*on_ws_message)(void *arg, uint64_t conn, void *user, const char *data, size_t n);
    /* The WebSocket is gone (close frame, error, time-out, overflow); the last call for it. code: close code or 1006;
       1005 when the peer's close frame had none. Also comes after http_ws_close, when the peer has answered or 3 s
       have passed. */
    void (*on_ws_close)(void *arg, uint64_t conn, void *user, int code);
    /* A parsed request the server itself answers with an error (bad syntax, limits): body in JSON. status, text in;
       append the JSON body to out. */
    void (*error_body)(void *arg, int status, const char *text, struct buf *out);
};
#define HTTP_STREAM_PAUSE 1

struct http_options {
    size_t header_max;           /* bytes of request line and headers: 16 kB by default */
    size_t body_max;             /* default limit of buffered bodies: 1 MB */
    size_t send_max;             /* queued for a WebSocket; beyond it is closed: 4 MB. A reply is always taken; while
                                    much is queued no further request of that connection is read */
    unsigned header_timeout_ms;  /* 10 s */
    unsigned body_timeout_ms;    /* without progress: 30 s */
    unsigned idle_timeout_ms;    /* keep-alive and upgraded connections without a frame (TCP only): 75 s */
    unsigned max_connections;    /* TCP; further ones get 503: 10,000 */
    const char *tls_cert, *tls_key; /* PEM files; NULL: plain */
};

struct http_options http_options_default(void);

/* callbacks and arg are kept, options are copied. NULL with err when TLS files are bad. */
struct http_server *http_server_new(uv_loop_t *loop, const struct http_options *options,
                                    const struct http_callbacks *callbacks, void *arg, struct error *err);
/* address "127.0.0.1:3000", "[::1]:3000" (port 0: any free one; bound gets the address really bound). */
int http_server_listen_tcp(struct http_server *s, const char *address, char bound[80], struct error *err);
/* A dead socket of the path is replaced, a living one is ERR_CONFLICT; created with mode 0600. Over 107 bytes: ERR_INVALID. */
int http_server_listen_unix(struct http_server *s, const char *path, struct error *err);
/* Stops accepting, answers what is pending, closes idle connections; done is called when all are gone or after grace_ms. */
void http_server_drain(struct http_server *s, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* After drain's done (also from inside it). The loop must run once more for the handles to close. Without a drain it
   closes what is open, and on_stream_abort and on_ws_close come from inside. */
void http_server_free(struct http_server **s);

struct http_reply {
    int status;                        /* 200, … */
    const char *content_type;          /* written exactly so; NULL: no body */
    const char *headers;               /* further complete lines "Name: value\r\n…", or NULL; the caller guarantees their form */
    const char *body;                  /* copied */
    size_t body_len;
    bool close;                        /* close the connection afterwards */
};

/* Sends the reply (HEAD gets no body). Replies of one loop turn go out in one write where possible. */
void http_reply(struct http_server *s, struct http_handle h, const struct http_reply *reply);

/* Sends a file with sendfile-like streaming (bounded memory). fd is taken over and closed. length: bytes from the
   start of the file; when the file turns out shorter, the connection is cut. headers as in http_reply. */
void http_reply_file(struct http_server *s, struct http_handle h, int status, const char *content_type,
                     const char *headers, int fd, uint64_t length);

/* The body stream of this connection may go on after HTTP_STREAM_PAUSE. */
void http_stream_resume(struct http_server *s, struct http_handle h);

/* Answers 101 to a request with Upgrade: websocket (checks key and version 13; a bad one is answered 400/426 and
   false returned). From then on the connection belongs to on_ws_*; user is handed to them. Only from inside
   on_request. message_max bounds a message, its fragments joined (1009 beyond). */
bool http_upgrade(struct http_server *s, const struct http_request *req, size_t message_max, void *user);

/* One text message as bytes ready for the wire, shared by any number of connections. */
struct ws_frame;
struct ws_frame *ws_frame_new(const char *text, size_t n);   /* count 1 */
struct ws_frame *ws_frame_ref(struct ws_frame *f);
void ws_frame_unref(struct ws_frame **f);

/* Queues a frame (referenced, not copied). False when the connection is gone or was closed for overflow. Frames queued
   in one loop turn leave in one write. */
bool http_ws_send(struct http_server *s, uint64_t conn, struct ws_frame *f);
void http_ws_close(struct http_server *s, uint64_t conn, int code, const char *reason);

/* The peer of a living connection, else NULL. */
const struct http_peer *http_conn_peer(struct http_server *s, uint64_t conn);

struct http_stats {
    uint64_t connections, websockets;           /* open now */
    uint64_t requests, overflows, parse_errors; /* since the start; parse_errors counts time-outs (408) too */
};
void http_server_stats(const struct http_server *s, struct http_stats *out);

#endif
