/* A time zone as data: when its clocks were how far ahead of UTC. Plain memory, so that the core can reckon with zones
   without knowing where they come from (common/zone.h makes these tables). */
#ifndef COMMON_ZONE_TABLE_H
#define COMMON_ZONE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct zone_step {
    int64_t from_ms;           /* since 1970 UTC */
    int32_t ahead_ms;          /* of UTC, from then on */
};

struct zone_table {
    const struct zone_step *steps;     /* in order; the first counts for all time before it too */
    size_t n;                          /* at least 1 */
};

/* How far clocks are ahead of UTC at that moment. *until_ms: when that changes next, INT64_MAX: never; may be NULL. */
int32_t zone_table_ahead(const struct zone_table *t, int64_t ms, int64_t *until_ms);

#endif
