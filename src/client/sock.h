/* One WebSocket connection to the server: upgrade, frames, close. Text messages only. */
#ifndef CLIENT_SOCK_H
#define CLIENT_SOCK_H

#include <stddef.h>
#include <uv.h>

#include "client/net.h"

struct sock;
struct sock_events {
    void (*opened)(void *arg);
    void (*text)(void *arg, const char *data, size_t n);   /* NUL behind data; borrowed */
    void (*closed)(void *arg, const char *why);            /* once, not after sock_free */
};

/* Never calls back before it returns. net and e are borrowed for the life of the connection. */
struct sock *sock_open(uv_loop_t *loop, struct net *net, const struct endpoint *e, const char *path,
                       const struct sock_events *events, void *arg);
void sock_send(struct sock *s, const char *text, size_t n);
void sock_free(struct sock **s);   /* may be called from its own events */

#endif
