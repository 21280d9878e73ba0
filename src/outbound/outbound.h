/* Everything that talks to other systems because of an event. What is still to be done stands in the store, in the batch
   of the event that causes it, and so survives a restart. Here is what its parts need of the process around them. */
#ifndef OUTBOUND_OUTBOUND_H
#define OUTBOUND_OUTBOUND_H

#include <stdint.h>
#include <uv.h>

#include "core/core.h"
#include "store/store.h"

/* Given by the server; lives longer than every part. */
struct outbound_host {
    uv_loop_t *loop;
    struct store *store;
    const struct core *(*core)(void *arg);   /* made anew when a commit failed: never keep it */
    int64_t (*now_ms)(void *arg);            /* since 1970, by the clock of the server */
    void *arg;
};

#endif
