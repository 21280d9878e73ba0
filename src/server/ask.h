/* The routing service of the settings (behaviour 15.5): asked when the core says so for a chat that waits, and before
   commands that cannot wait for it themselves (forwarding to a department, the next agent of a trigger). */
#ifndef SERVER_ASK_H
#define SERVER_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

struct asks;
struct api;
struct call;

/* What was said before a command: one department and its fallbacks. Owned. */
struct answers {
    struct service_answer *items;
    size_t n;
};
void answers_free(struct answers **a);
/* The command brings them along; answers may be NULL. */
void answers_bring(const struct answers *answers, struct command *cmd);

struct asks *asks_new(struct server *s);       /* after post_new */
/* Callers who wait are answered without an agent; the loop must run once more before asks_free. */
void asks_stop(struct asks *k);
void asks_free(struct asks **k);

/* After each step. */
void ask_events(struct server *s, const struct event_list *events);
void asks_lost(struct server *s);              /* a commit failed: nobody waits for what is under way */

/* Does routing into this department (NULL: none), away from who serves the chat (or NULL), have to ask first? Then it is
   asked, and the handler runs once more from its beginning, with a->answers (c->answers) set. False: go on. */
bool ask_before(struct api *a, const char *department_id, const struct room *r);
bool ask_before_call(struct call *c, const char *department_id, const struct room *r);

#endif
