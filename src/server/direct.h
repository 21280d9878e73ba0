/* Direct rooms: made on request between the one who asks and those he names (rest 3.5, 15.3). */
#ifndef SERVER_DIRECT_H
#define SERVER_DIRECT_H

#include "core/core.h"
#include "server/server.h"

/* The direct room of `by` and these users, by name; made when there is none. result.channel, or a negative error in
   result.error: without the right create-d, or of a name that nobody has. */
int direct_open(struct server *s, const struct user *by, const char *const *usernames, size_t n, struct result *result);

#endif
