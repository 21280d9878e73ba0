/* REST calls: JSON in, JSON out, with the caller's identity. One answer per call, always on the loop. */
#ifndef CLIENT_REST_H
#define CLIENT_REST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "client/net.h"

struct rest;

struct rest_answer {
    int status;             /* of HTTP; 0: there was no answer, see failure */
    const json_t *body;     /* an object, or NULL when the answer was no JSON; borrowed */
    const char *failure;    /* status 0: why, in words */
    bool cancelled;         /* given up by this side */
    int64_t wait_ms;        /* 429: how long to wait */
    int elapsed_ms;
};

typedef void (*rest_done)(void *arg, const struct rest_answer *answer);

struct rest *rest_new(struct net *net, const struct endpoint *e);   /* both borrowed */
void rest_free(struct rest **r);                                    /* cancels first */

/* The identity of all calls from now on; NULL, NULL: none (unix socket, before login). */
void rest_identify(struct rest *r, const char *user_id, const char *token);

/* path starts with "/", its foreign parts percent-encoded by rest_escape. body is taken (NULL: none). done is
   never called before rest_send returns. */
void rest_send(struct rest *r, const char *verb, const char *path, json_t *body, rest_done done, void *arg);

/* Every pending call is answered now as cancelled. Calls made meanwhile stay. */
void rest_cancel_all(struct rest *r);

char *rest_escape(const char *text);                                /* caller frees */

/* True when the server does not have this endpoint (versions 2.2 a). */
bool rest_is_missing(const struct rest_answer *a);

#endif
