/* What drives the turns of the server: gives batches to the store's writer before the loop sleeps, takes its news,
   ticks the core at its deadlines, and keeps the clock. */
#ifndef SERVER_TURN_H
#define SERVER_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

struct turn;

/* Call before store_open: turn_wake with the turn is the store's wake function. */
struct turn *turn_new(struct server *s);
void turn_wake(void *turn);                /* any thread */
void turn_start(struct turn *t);
/* Closes the handles; the loop must run once more before turn_free. */
void turn_stop(struct turn *t);
void turn_free(struct turn **t);

/* Moves the clock of --test-clock forward to now_ms, ticking the core at each deadline on the way. */
void turn_move_clock(struct server *s, int64_t now_ms);

#endif
