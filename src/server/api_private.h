/* What dispatch.c and reply.c need of a request beyond its door. */
#ifndef SERVER_API_PRIVATE_H
#define SERVER_API_PRIVATE_H

#include "server/api.h"

void api_free(struct api *a);
/* Is origin one of the comma separated list? Case does not count. */
bool cors_lists(const char *list, const char *origin);
/* The lines every answer carries (rest 1.1), CORS included. */
void api_put_headers(struct api *a);

#endif
