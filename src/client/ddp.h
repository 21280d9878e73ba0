/* Rocket.Chat's realtime protocol over one WebSocket: connect, login, methods, subscriptions (widget 3). */
#ifndef CLIENT_DDP_H
#define CLIENT_DDP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/net.h"

struct ddp;
struct ddp_events {
    void (*connected)(void *arg);                          /* methods and subscriptions are possible */
    void (*changed)(void *arg, const char *stream, const char *event, const json_t *args);
    void (*latency)(void *arg, int ms);
    void (*lost)(void *arg, const char *why);              /* once; the owner calls ddp_free */
};

/* heartbeat: watch a silent line (TCP); a peer on a unix socket needs none. */
struct ddp *ddp_open(uv_loop_t *loop, struct net *net, const struct endpoint *e, bool heartbeat,
                     const struct ddp_events *events, void *arg);
void ddp_free(struct ddp **d);                             /* pending answers are dropped */

/* result is NULL on failure (then error is an object or NULL) and for methods that answer nothing. */
typedef void (*ddp_done)(void *arg, bool ok, const json_t *result, const json_t *error);

/* params is taken. done may be NULL. */
void ddp_method(struct ddp *d, const char *method, json_t *params, ddp_done done, void *arg);

/* Subscribes to event of "stream-<stream>". Returns the subscription's number. done (may be NULL) hears whether the
   server took it. */
uint32_t ddp_subscribe(struct ddp *d, const char *stream, const char *event, ddp_done done, void *arg);
void ddp_unsubscribe(struct ddp *d, uint32_t number);

#endif
