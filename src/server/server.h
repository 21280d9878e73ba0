/* The server: the core, the store and the web server on one loop, and what stands between them. Each noun has its own
   struct and header; this one only holds them together.

   One turn: requests and frames come in, each handler steps the core through server_step, which appends the events to
   the store and makes the broadcasts; before the loop sleeps the batch goes to the writer; replies and broadcasts are
   held until their number is committed. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "common/error.h"
#include "core/core.h"
#include "server/http.h"

struct store;
struct options;
struct routes;      /* routes.h: endpoints by path */
struct holds;       /* hold.h: what waits for a commit */
struct workers;     /* work.h: reads and password hashes on libuv's pool */
struct sessions;    /* session.h: login tokens, failed logins */
struct limits;      /* limit.h: rate limits */
struct streams;     /* stream.h: topics and their subscribers */
struct ddp;         /* ddp.h: realtime connections */
struct site;        /* site.h: the widget and other static files */
struct queue;       /* queue.h: places in the queue for visitors */
struct post;        /* post.h: mail, and what goes to other systems */
struct asks;        /* ask.h: the routing service */
struct visits;      /* visits.h: pages seen before a chat */

struct server {
    uv_loop_t *loop;
    const struct options *options;
    struct core *core;             /* made anew when a commit failed: never keep it */
    struct store *store;
    struct http_server *http;
    struct routes *routes;
    struct holds *holds;
    struct workers *workers;
    struct sessions *sessions;
    struct limits *limits;
    struct streams *streams;
    struct ddp *ddp;
    struct site *site;
    struct queue *queue;
    struct visits *visits;
    struct post *post;
    struct asks *asks;
    struct turn *turn;             /* turn.h: the handles that drive it, the clock */
    char instance_id[18];          /* X-Instance-ID */
    char *public_url;              /* "http://127.0.0.1:3000" as listened on, or NULL without TCP */
};

/* Milliseconds since 1970 by the server's clock (real, or moved by --test-clock); never goes back. */
int64_t server_now(const struct server *s);

/* One step of the core: sets now_ms and entropy, appends the events to the store and prepares their broadcasts. The
   result is readable until the next step. Returns what core_step returned. */
int server_step(struct server *s, struct command *cmd, struct result *result);

/* An empty command of that type by that user (NULL: visitor or system). */
struct command server_command(enum command_type type, const struct user *actor);

/* The number a reply must wait for now: everything the core knows. */
uint64_t server_seq(const struct server *s);

/* "http://host" under which clients reach us (the request's Host header), without a slash at the end. Caller frees. */
char *server_site_url(const struct server *s, const char *host, bool tls);

/* The message with that id, in the store or not yet committed; one indexed look-up. Caller frees; NULL: none. */
struct message *server_message_dup(struct server *s, const char *id);

#endif
