/* People from the command line: one order, carried out in the running daemon or on the store itself. */
#ifndef SERVER_ORDER_H
#define SERVER_ORDER_H

#include <jansson.h>

#include "server/server.h"

/* order: {action: "add" | "role" | "passwd", username, email?, name?, roles?: ["admin", …]}. *user_id (caller frees) is
   whom the password, if there is one, belongs to. */
int order_carry_out(struct server *s, const json_t *order, char **user_id, struct error *e);

#endif
