/* What the parts of the web server share: connections, output queues, waiting lists. For http_*.c only.

   Rules that hold everywhere: functions of the door (http.h) never write to a socket and never call back; they queue
   and mark the connection dirty. Dirty connections are served once per loop turn, after the poll phase (or before it,
   for what timers did): flush, go on with kept input, flush, settle. */
#ifndef SERVER_HTTP_PRIVATE_H
#define SERVER_HTTP_PRIVATE_H

#include <sys/queue.h>
#include <time.h>

#include "common/ws.h"
#include "server/http.h"
#include "server/http1.h"
#include "server/tls.h"

#define KEEP_MAX 65536           /* input kept while a reply is pending; then reading stops */
#define OUT_HIGH 262144          /* queued output beyond which no further request is parsed */
#define FILE_HIGH 131072         /* queued output beyond which no more of a file is read */
#define DROP_MAX 65536           /* rest of a refused body that is read and dropped to keep the connection */
#define LINGER_MS 3000           /* for the peer to close after we did */

/* What a connection is waiting for; each has one duration, so that every list is ordered by time. */
enum wait {
    WAIT_IDLE,
    WAIT_HEADER,
    WAIT_BODY,
    WAIT_LINGER,
    WAIT_COUNT,
    WAIT_NONE = WAIT_COUNT,
};

enum conn_phase {
    CONN_HTTP,
    CONN_WS,
    CONN_LINGER, /* we are through; waiting for the peer's end */
    CONN_CLOSED, /* the handle is closing; no longer found by id */
};

/* A run of output: own bytes, or a shared frame. */
struct chunk {
    struct chunk *next;
    struct ws_frame *frame;
    size_t off, len, cap; /* off: already sent */
    char data[];
};

struct outq {
    struct chunk *first, *last;
    size_t bytes;
};

struct ws_frame {
    unsigned refs;
    size_t len;
    char data[];
};

/* A request while it arrives; pooled, so that an idle connection has none. */
struct request {
    struct request *next; /* in the pool */
    struct http1 parser;
    struct buf body;
    size_t body_max;
    void *stream;
    bool is_streaming;
};

struct ws_conn {
    struct ws_parser parser;
    void *user;
    bool close_sent, told; /* told: on_ws_close was called */
};

struct file_job;

struct conn {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct http_server *s;
    uint64_t id, serial;
    enum conn_phase phase;
    enum wait wait;
    uint64_t wait_since, wait_serial;
    TAILQ_ENTRY(conn) wait_link, dirty_link;
    struct buf in;
    struct outq out;
    size_t flight;      /* bytes libuv is writing; they stay in the queue until done */
    size_t flight_seen; /* its write queue when the idle time began */
    struct request *req;
    struct tls *tls;
    struct outq wire;   /* with TLS: encrypted output */
    struct ws_conn *ws;
    struct file_job *file;
    struct http_peer peer;
    bool is_dirty, is_reading, saw_eof, tls_stalled;
    bool pending;       /* a request has not been replied to */
    bool in_body;       /* between headers and end of the body */
    bool early;         /* replied before the body's end: the rest is dropped */
    bool paused;        /* by on_stream_data */
    bool close_after;   /* close when the output is gone; input is dropped */
    bool doomed;        /* close at the next turn */
    bool is_head, is_http10, keep_alive;
};

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv;
    struct http_server *s;
    bool is_unix;
    LIST_ENTRY(listener) link;
};

TAILQ_HEAD(conn_list, conn);

struct http_server {
    uv_loop_t *loop;
    struct http_options options;
    struct http_callbacks cb;
    void *arg;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t awake; /* active while something is dirty: the loop must not go to sleep over it */
    uv_timer_t timer, drain_timer;
    uint64_t timer_due; /* 0: off */
    uint64_t wait_ms[WAIT_COUNT];
    LIST_HEAD(, listener) listeners;
    struct conn_list waiting[WAIT_COUNT];
    struct conn_list dirty;
    struct conn **slots;
    uint32_t *free_slots;
    size_t slot_count, free_count;
    uint64_t generation;
    struct chunk *chunk_pool;
    struct request *request_pool;
    unsigned chunk_pooled, request_pooled;
    struct http_stats stats;
    time_t date_at;
    char date[40];
    struct tls_context *tls;
    bool is_draining, is_freed;
    void (*drained)(void *arg);
    void *drained_arg;
    unsigned tcp_open, conn_handles, handles; /* handles: everything that must end before the memory may go */
    char rbuf[65536], plain[16384];
};

/* http_server.c */
struct conn *server_find(const struct http_server *s, uint64_t id);
void server_add(struct http_server *s, struct conn *c);    /* gives it its id */
void server_remove(struct http_server *s, struct conn *c); /* from every list */
void server_stay_awake(struct http_server *s);             /* something is dirty */
void server_handle_closed(struct http_server *s);
void server_conn_closed(struct http_server *s);
const char *server_date(struct http_server *s, size_t *n); /* "Date: …\r\n" */

/* http_listen.c */
void listener_close(struct listener *l);

/* http_wait.c */
void wait_set(struct conn *c, enum wait wait, bool restamp);
void wait_remove(struct conn *c);
void wait_on_timer(uv_timer_t *timer);

/* http_conn.c */
void conn_start(struct conn *c);                           /* accepted: begin to read */
void conn_mark(struct conn *c);                            /* to be served at the end of this turn */
void conn_turn(struct conn *c);
void conn_kill(struct conn *c, int ws_code);
void conn_timeout(struct conn *c, enum wait wait);
bool conn_is_idle(const struct conn *c);

/* http_input.c */
bool input_may_parse(const struct conn *c);
size_t input_consume(struct conn *c, const char *data, size_t n); /* returns the bytes taken */
void input_fail(struct conn *c, int status, const char *text);    /* answers with an error and closes */
void request_release(struct conn *c);
void request_pool_free(struct http_server *s);

/* http_out.c */
void out_append(struct http_server *s, struct outq *q, const void *p, size_t n);
char *out_claim(struct http_server *s, struct outq *q, size_t n); /* room for n contiguous bytes at the end */
void out_commit(struct outq *q, size_t n);                        /* n of them are used */
void out_frame(struct http_server *s, struct outq *q, struct ws_frame *f);
void out_free(struct http_server *s, struct outq *q);
void out_pool_free(struct http_server *s);
void conn_flush(struct conn *c);
bool conn_is_flushed(const struct conn *c);

/* http_reply.c */
void reply_write(struct conn *c, const struct http_reply *reply, uint64_t length); /* head, and body when there is one */
void reply_error(struct conn *c, int status, const char *text);
void file_next(struct conn *c);
void file_drop(struct conn *c);

/* http_ws.c */
bool ws_step(struct conn *c, const char **data, size_t *n); /* false: more input is needed */
void ws_gone(struct conn *c, int code);                      /* tells the application, once */

#endif
