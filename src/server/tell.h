/* Tells what happened: events of the core become broadcasts. */
#ifndef SERVER_TELL_H
#define SERVER_TELL_H

#include "core/core.h"
#include "server/server.h"

void tell_events(struct server *s, const struct event_list *events);

/* Who serves the chat, to its visitor. */
void tell_agent(struct server *s, const struct room *r);

/* Typing and the like, which the core does not know: both forms (rest 15.3) for the readers of the room. */
void tell_typing(struct server *s, const char *rid, const char *username, bool typing, const char *extra,
                 uint64_t except);

/* tell_notification.c: to everybody who serves the chat and did not write it. */
void tell_notification(struct server *s, const struct room *r, const struct message *m);

#endif
