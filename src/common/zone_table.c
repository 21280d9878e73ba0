#include "common/zone_table.h"

int32_t zone_table_ahead(const struct zone_table *t, int64_t ms, int64_t *until_ms)
{
    size_t low = 0, high = t->n; /* the step in force is in [low, high) */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (t->steps[middle].from_ms <= ms)
            low = middle;
        else
            high = middle;
    }
    if (until_ms)
        *until_ms = low + 1 < t->n ? t->steps[low + 1].from_ms : INT64_MAX;
    return t->steps[low].ahead_ms;
}
