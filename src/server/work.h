/* Slow work on libuv's pool: reads of the store, each with a reader of its own, and password hashes, at most two at a
   time. run touches nothing but what it is given; done runs on the loop's thread. */
#ifndef SERVER_WORK_H
#define SERVER_WORK_H

#include "server/server.h"

struct workers;
struct store_reader;

typedef void (*work_run)(struct store_reader *r, void *data);
typedef void (*work_done)(struct server *s, void *data);

struct workers *workers_new(void);
/* Only when workers_busy says 0. */
void workers_free(struct workers **w);
int workers_busy(const struct workers *w);

void work_read(struct server *s, work_run run, work_done done, void *data);
/* The same for work that burns CPU: at most two at a time. */
void work_hash(struct server *s, work_run run, work_done done, void *data);
/* For file writes: r is NULL. */
void work_plain(struct server *s, work_run run, work_done done, void *data);

#endif
