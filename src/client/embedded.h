/* The embedded core: a private usherd of the user's own, joined when it runs already, else started and left to itself.
   It ends by itself when no console is attached and no chat is open. */
#ifndef CLIENT_EMBEDDED_H
#define CLIENT_EMBEDDED_H

#include <stdbool.h>
#include <uv.h>

#include "common/error.h"

struct embedded;

struct embedded_options {
    const char *socket_path, *db_path, *log_path;  /* all needed */
    const char *listen;        /* TCP as well, or NULL */
    const char *widget_dir;    /* or NULL */
    bool demo;
};

/* ready is called once on the loop: err NULL when the socket answers. Nothing blocks. */
struct embedded *embedded_start(uv_loop_t *loop, const struct embedded_options *options,
                                void (*ready)(void *arg, const struct error *err), void *arg);
void embedded_free(struct embedded **e);   /* the core goes on; the loop must run once more */

#endif
