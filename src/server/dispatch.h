/* From a request of the web server to an endpoint: bodies, routes and the checks in the order of rest 1.4. */
#ifndef SERVER_DISPATCH_H
#define SERVER_DISPATCH_H

#include "server/server.h"

/* The callbacks of the web server; arg is the struct server. */
extern const struct http_callbacks dispatch_callbacks;

#endif
