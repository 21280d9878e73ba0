/* From a request of the web server to an endpoint: bodies, routes and the checks in the order of rest 1.4. */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "server/server.h"

/* The callbacks of the web server; arg is the struct server. */
extern const struct http_callbacks dispatch_callbacks;

/* Address of the client: the peer's, or what a trusted proxy says. */
void dispatch_client_address(const struct server *s, const struct http_request *req, char out[64]);

#endif
