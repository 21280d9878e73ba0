/* Who asks: the network address of a client, behind trusted proxies too. */
#ifndef SERVER_ADDRESS_H
#define SERVER_ADDRESS_H

#include "server/http.h"

#define ADDRESS_MAX 64

/* The address of the client: the peer's, or, when the peer is one of the trusted proxies (addresses separated by commas,
   NULL: none), the last one in X-Forwarded-For that is no trusted proxy itself; the header is read from the right, as
   only what proxies of ours added can be believed, and up to the first entry that is no address. */
void address_of_client(const char *trusted, const struct http_request *req, char out[ADDRESS_MAX]);

/* X-Real-IP of a trusted proxy, else client: what address_of_client gave. */
void address_said(const char *trusted, const struct http_request *req, const char *client, char out[ADDRESS_MAX]);

#endif
