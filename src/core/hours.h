/* The calendar of one business hour (behaviour 10): a week of intervals on the clocks of its time zone, dates on which
   others hold, and what somebody decided by hand for the moment. Only reckons: who is opened and closed by it is
   opening.c's. The clock on the wall decides: a moment is open when the hour's own clock then shows a time that is open.
   So an interval of an hour that is skipped when clocks change begins or ends at the change, and one of an hour that comes
   twice comes twice. It begins with its first minute and ends as its last one begins (20:00 closes at 20:00:00), except
   that 23:59 is the end of the day. An end that is not behind its beginning lies on the next day; that part belongs to the
   day on which it began, so a holiday does not cut the night before it. */
#ifndef CORE_HOURS_H
#define CORE_HOURS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/zone_table.h"

struct hours;

#define HOURS_MORE_MAX 7       /* intervals of a day besides the first */

/* From the document of a record of kind business hour, which need not be kept. zone is borrowed for ever; NULL: UTC. */
struct hours *hours_new(const json_t *doc, const struct zone_table *zone);
void hours_free(struct hours **h);

bool hours_is_active(const struct hours *h);   /* an inactive one is never open */
bool hours_is_open(const struct hours *h, int64_t ms);
/* When it opens or closes next, later than ms; INT64_MAX: never. */
int64_t hours_next_change(const struct hours *h, int64_t ms);
/* The same by the calendar alone, whatever was decided by hand. */
int64_t hours_next_scheduled(const struct hours *h, int64_t ms);
/* Until when what was decided by hand holds: INT64_MAX: until it is taken back; 0: nothing is decided at that moment. */
int64_t hours_override_until(const struct hours *h, int64_t ms);

/* How many ms of [from, to) are open. */
int64_t hours_open_time(const struct hours *h, int64_t from_ms, int64_t to_ms);
/* When so many open ms have passed after from; INT64_MAX: never, or not within twenty years. */
int64_t hours_after_open_time(const struct hours *h, int64_t from_ms, int64_t open_ms);

/* "2026-12-24" as days since 1970; false: no date from 2000 to 2099. */
bool hours_date(const char *text, int32_t *day);

#endif
