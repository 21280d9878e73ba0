/* Limits of realtime calls (rest 15.1): the settings DDP_Rate_Limit_*, for methods over the websocket and over
   method.call alike. They are read at each call, so a change counts at once. */
#ifndef SERVER_CALL_LIMIT_H
#define SERVER_CALL_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

struct caller {
    const char *address;
    const char *user_id;           /* or NULL */
    const char *connection;        /* what stands for the connection: its number, or a login, or address and client */
};

/* Counts a call of that method (NULL: one there is not). 0: it may run; else the milliseconds until it may again. */
int64_t call_limit_count(struct server *s, const struct caller *who, const char *method);

#endif
