/* Places in the queue, for visitors who listen (behaviour 14.4): computed outside the events, coalesced, at most once a
   second. */
#ifndef SERVER_QUEUE_H
#define SERVER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

struct queue;

struct queue *queue_new(struct server *s);
/* Closes its timer; the loop must run once more before queue_free. */
void queue_stop(struct queue *q);
void queue_free(struct queue **q);

/* Something in the queues moved: positions are told soon. */
void queue_changed(struct server *s);
/* A visitor began to listen: he is told soon. */
void queue_tell_room(struct server *s, const char *rid);

/* The clock was moved (for tests): what would be told soon is told now. */
void queue_clock_moved(struct server *s);

/* Waiting queue and statistics are both on. */
bool queue_is_told(const struct server *s);
/* Place of a queued chat from 1, 0 when it is not queued; *wait_s: estimate in seconds, -1: none. */
int queue_spot(struct server *s, const struct room *r, int64_t *wait_s);

#endif
