/* Business hours as clients send them (rest 15.5), with what we add to them: further intervals of a day (`more` in its row)
   and dates on which other hours hold (`exceptions`). Whoever knows neither neither sees nor loses them. */
#ifndef SERVER_HOUR_FORM_H
#define SERVER_HOUR_FORM_H

#include <jansson.h>

#include "core/core.h"
#include "server/schema.h"

/* The pattern of livechat:saveBusinessHour. */
extern const struct schema business_hour_schema;

/* The values of a record, of data that fits the pattern: times may be texts, or objects as they are read; a row without
   `more` keeps what the record of that "_id" has for its day. New reference. */
json_t *hour_form_values(const struct core *c, const json_t *data);

/* The document that such a save would make, whether or not it would be refused: for looking at it. New reference. */
json_t *hour_form_draft(const struct core *c, const json_t *data);

/* How it stands at that moment, on its own clock: "open until Fri 20:00". Caller frees. */
char *hour_state(const struct core *c, const json_t *doc, int64_t now_ms);
/* Do agents follow it? */
bool hour_in_use(const struct core *c, const json_t *doc);

/* Texts separated by commas, as a list. New reference. */
json_t *split_ids(const char *text);

#endif
