/* People from the command line: one order, carried out in the running daemon or on the store itself. */
#ifndef SERVER_PEOPLE_H
#define SERVER_PEOPLE_H

#include <jansson.h>

#include "server/server.h"

/* order: {action: "add" | "role" | "passwd", username, email?, name?, roles?: ["admin", …]}. *user_id (caller frees) is
   whom the password, if there is one, belongs to. */
int people_change(struct server *s, const json_t *order, char **user_id, struct error *e);

#endif
