/* Roles and permissions: who may do what. The defaults are those of behaviour 1.2 and rest 1.11. */
#ifndef CORE_RIGHTS_H
#define CORE_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Roles as bits of a mask. */
enum role {
    ROLE_ADMIN = 1 << 0,
    ROLE_USER = 1 << 1,
    ROLE_BOT = 1 << 2,
    ROLE_APP = 1 << 3,
    ROLE_GUEST = 1 << 4,
    ROLE_ANONYMOUS = 1 << 5,
    ROLE_AGENT = 1 << 6,
    ROLE_MANAGER = 1 << 7,
    ROLE_MONITOR = 1 << 8,
    ROLE_OWNER = 1 << 9,
    ROLE_MODERATOR = 1 << 10,
    ROLE_LEADER = 1 << 11,
};

struct role_row {
    uint32_t bit;
    const char *id;            /* "livechat-agent" */
    const char *description;
    const char *scope;         /* "Users" or "Subscriptions" */
};

extern const struct role_row role_rows[];
extern const size_t role_count;

uint32_t role_bit(const char *id);             /* 0 when there is no such role */

struct right_row {
    const char *id;            /* "view-l-room" */
    uint32_t roles;            /* default */
    const char *help;          /* what it allows, for usher's own screens */
};

extern const struct right_row right_rows[];
extern const size_t right_count;

int right_find(const char *id);                /* number of the row, -1 when there is none; constant time */

#endif
