/* Start and end of the server: opens the store, makes the first people, listens, drains. */
#ifndef SERVER_BOOT_H
#define SERVER_BOOT_H

#include "common/error.h"
#include "server/options.h"

/* Runs until told to stop. 0, or negative with a sentence when it could not start. */
int boot_run(const struct options *o, struct error *e);

#endif
