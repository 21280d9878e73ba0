/* A server for one command: found, joined or logged in to, and asked one thing after the other. */
#ifndef CLI_LINK_H
#define CLI_LINK_H

#include <jansson.h>

#include "cli/options.h"
#include "common/error.h"

struct link;

/* The embedded core (joined or started) or the server of the options; blocks until it answers. ask: a password may be
   asked for on the terminal. NULL with err. */
struct link *link_open(const struct cli_options *o, bool ask, struct error *err);
void link_close(struct link **l);      /* a login made by link_open is ended */

/* One call; body is taken (NULL: none). *out (new reference, or NULL when it was no JSON object) is what the server said.
   ERR_OK for 2xx; ERR_INVALID for a refusal, whose words are in err and whose details are in *out; ERR_NOT_FOUND when the
   server does not have the call; else ERR_UNAVAILABLE. */
int link_call(struct link *l, const char *verb, const char *path, json_t *body, json_t **out, struct error *err);

#endif
