/* What must exist at the first start (rest 1.11): the administrator and rocket.cat. */
#ifndef SERVER_FIRST_H
#define SERVER_FIRST_H

#include "server/server.h"

int first_start(struct server *s, struct error *e);

#endif
