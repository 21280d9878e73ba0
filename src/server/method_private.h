/* How calls begin: from the websocket and from REST. */
#ifndef SERVER_METHOD_PRIVATE_H
#define SERVER_METHOD_PRIVATE_H

#include "server/api.h"
#include "server/ddp.h"
#include "server/method.h"

/* message: {msg, method, params, id}; borrowed. The call ends by itself. */
void call_from_ddp(struct server *s, struct ddp_conn *c, const char *name, json_t *params, json_t *id);
/* The reply of a takes the result. */
void call_from_api(struct api *a, const char *name, json_t *params, json_t *id);

#endif
