/* What visitors think of their chats (behaviour 20.8): kept with the room, open or closed. */
#ifndef SERVER_SURVEY_H
#define SERVER_SURVEY_H

#include <jansson.h>

#include "server/server.h"

/* Of a list of {name, value}: the known items with a value from 1 to 5, and additionalFeedback as {name: value}. A new
   reference; empty when nothing can be accepted. */
json_t *survey_accepted(const json_t *list);
/* Adds the answers to those the room has. One of open (of the core) and closed (of the store) is given. */
int survey_keep(struct server *s, const struct room *open, const struct room *closed, const json_t *accepted,
                struct result *result);

#endif
