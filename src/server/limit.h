/* Rate limits (rest 1.9). Calls are counted per route and account, per route and visitor token where one is given, and
   else per route and address; besides, one address may make 600 calls a minute in all.

   An office behind one address must be able to chat: calls of the class LIMIT_CHAT (config, visitor, room, message,
   history, typing …) are counted by visitor token, 120 a minute each, and 6,000 a minute for an address. */
#ifndef SERVER_LIMIT_H
#define SERVER_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limits;

struct limits *limits_new(void);
void limits_free(struct limits **l);

struct limit_verdict {
    bool allowed;
    int64_t limit, remaining, reset_ms;
};

/* Counts one call of the subject on the route. */
struct limit_verdict limits_count(struct limits *l, uint32_t route, const char *subject, int64_t max, int64_t window_ms,
                                  int64_t now_ms);

#endif
