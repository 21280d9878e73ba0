/* Time zones by name (ICU): whether one exists, and how far it is from UTC at a moment. TZ and the process's own zone
   are never changed. */
#ifndef COMMON_ZONE_H
#define COMMON_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/zone_table.h"

/* Is this the name of a zone of the tz database, such as "Europe/Berlin" or "UTC"? */
bool zone_is_known(const char *name);

/* Minutes that clocks there are ahead of UTC at that moment (ms since 1970); 0 for an unknown zone. */
int zone_offset_min(const char *name, int64_t ms);

/* The zone as data, for the years 2000 to 2100 by the rules of today; NULL for an unknown zone. Made once and kept for the
   life of the process; one thread. */
const struct zone_table *zone_table_of(const char *name);

/* The zone of this machine; "UTC" when it has none of a known name. Static. */
const char *zone_of_system(void);

#endif
