/* Which business hours are open, and whom that opens and closes (behaviour 10). Only while Livechat_enable_business_hours
   is on; Single: the default hour is everybody's; Multiple: an agent has the active hours of his enabled departments, and
   the default one when there is none. An hour opens and closes at its own deadlines; what was missed while nothing ran is
   made up in the order it was due. */
#ifndef CORE_OPENING_H
#define CORE_OPENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/zone_table.h"

struct core;
struct department;
struct json_t;
struct record;
struct user;

/* Where the core gets time zones from; must give the same for the same name. NULL, or none given: UTC. */
typedef const struct zone_table *(*zone_source)(const char *name);
void core_set_zones(struct core *c, zone_source zones);

/* May he make himself available (10.6)? */
bool core_hours_allow(const struct core *c, const struct user *u);

/* How an hour stands at a moment. */
struct hour_view {
    bool open;
    int64_t change_ms;         /* when it closes or opens next; INT64_MAX: never */
    int64_t override_until_ms; /* opened or closed by hand until then; INT64_MAX: until it is taken back; 0: it is not */
    int32_t ahead_ms;          /* its clock is ahead of UTC at that moment, */
    int32_t change_ahead_ms;   /* and at the change */
};
/* doc: of a record of the kind, saved or about to be. */
void core_hour_view(const struct core *c, const struct json_t *doc, int64_t ms, struct hour_view *out);

/* Time that counts for chats of a department (NULL: of none): that of its business hour (else of the default one) while
   business hours are on, else all time. How many ms of [from, to) count, and when so many have passed after from
   (INT64_MAX: never). */
int64_t core_business_time(const struct core *c, const struct department *d, int64_t from_ms, int64_t to_ms);
int64_t core_business_due(const struct core *c, const struct department *d, int64_t from_ms, int64_t business_ms);

/* What would become of the agents if business hours were like that: how many become available, how many not available. */
struct hours_outlook {
    bool on, multiple;
    const char *changed_id;            /* a record that is about to be saved (NULL: a new one), */
    const struct json_t *changed;      /* and what it would say; NULL: none is changed */
    int64_t now_ms;
};
void core_hours_outlook(const struct core *c, const struct hours_outlook *o, int *opened, int *closed);

#endif
