/* Start and end of the server: opens the store, makes the first people, listens, drains. */
#ifndef SERVER_BOOT_H
#define SERVER_BOOT_H

#include "common/error.h"
#include "server/options.h"

struct server;

/* Runs until told to stop. 0, or negative with a sentence when it could not start. */
int boot_run(const struct options *o, struct error *e);

/* Opens the store without a network, lets run do its steps, and closes it when everything is committed. ERR_CONFLICT when
   a daemon holds the store. */
int boot_offline(const struct options *o, int (*run)(struct server *s, void *arg, struct error *e), void *arg,
                 struct error *e);

#endif
