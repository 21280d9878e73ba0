/* Deadlines: moments at which the core does something by itself. Each is of a kind and belongs to one owner, who has at
   most one of each kind; all stand in one tree in the order they are due. Nothing of this is stored: a deadline is set
   again from what is stored of its owner when that is loaded. */
#ifndef CORE_DEADLINE_H
#define CORE_DEADLINE_H

#include <stdint.h>
#include <sys/queue.h>

/* In the order in which they fire when they are due at the same moment. What a kind does, and whose it is: deadline.c. */
enum deadline_kind {
    DEADLINE_START,            /* what was loaded is looked at */
    DEADLINE_HOUR,             /* a business hour opens or closes (10.3), before chats are handed out */
    DEADLINE_QUEUE_WAIT,       /* the chat that is queued longest has waited too long (behaviour 14.6) */
    DEADLINE_QUEUE_ROUND,      /* the worker's next round (14.2) */
    DEADLINE_AGENT_LEFT,       /* user: not back in time (16.1) */
    DEADLINE_ABANDONED,        /* room: its visitor was silent too long (16.3) */
    DEADLINE_HOLD_CLOSE,       /* room: too long on hold (16.7) */
    DEADLINE_UNANSWERED,       /* room: its agent has not said anything (16.8) */
    DEADLINE_RELAX,            /* a waiting chat: skills do not matter any more */
    DEADLINE_WIDEN,            /* a waiting chat: one tier of agents more */
    DEADLINE_OFFER,            /* a chat that was offered: to the next agent; or whoever declined it is asked again */
    DEADLINE_QUIET,            /* a chat in which nobody has spoken for a while */
    DEADLINE_PAUSE,            /* an agent's pause ends */
    DEADLINE_DAY_ENDS,         /* an agent's session is cut at midnight (behaviour 21.4) */
    DEADLINE_TARGET,           /* a chat nears or misses a target of service */
    DEADLINE_KIND_COUNT
};

struct core;
struct deadline;

/* Part of each owner: core, room, user, hour. Empty when it is zero. */
LIST_HEAD(deadline_list, deadline);

/* Due at that moment, in ms since 1970; instead of any former one of this kind. INT64_MAX: never. */
void deadline_set(struct core *c, struct deadline_list *of, enum deadline_kind kind, int64_t due_ms);
/* When it is due; INT64_MAX: never. */
int64_t deadline_due(const struct deadline_list *of, enum deadline_kind kind);
/* That many seconds later; so many that no clock can count them are cut off. */
int64_t deadline_after(int64_t from_ms, int64_t seconds);
/* The owner goes. */
void deadlines_drop(struct core *c, struct deadline_list *of);

#endif
