/* Why, asked of the present moment: whom routing would take and what stands against the others. Only looks; goes through
   all agents, so it is for people who ask, not for routing. What happened to a chat is in the log (core/decision.h). */
#ifndef CORE_WHY_H
#define CORE_WHY_H

#include <stddef.h>

#include "core/core.h"

/* One agent as routing sees him now for the chats of one department. */
struct why_agent {
    const struct user *user;
    size_t place;              /* among the candidates, from 1; 0: he is none */
    enum agent_rule rule;      /* the first rule against him, or RULE_NONE */
    int64_t load;
    int64_t limit;             /* 0: none */
    enum limit_of limit_of;
};

/* Everybody in the pool of that department (NULL: of chats without one): candidates in the order of the method, then the
   rest. Returns how many; *out belongs to the caller (free), the users to the core. */
size_t core_why_agents(const struct core *c, const struct department *d, struct why_agent **out);

/* One thing that was looked at because an agent asks why he gets no chats. */
struct why_line {
    const char *rule;          /* name, static */
    bool stops;                /* for this reason alone he gets none */
    char *text;                /* a sentence without a full stop */
};

#define WHY_AHEAD 3            /* named of those whose turn comes before */

/* One line of waiting chats he could be given something from. */
struct why_queue {
    const struct department *department;   /* NULL: chats without one */
    size_t queued, ready;      /* chats that wait */
    struct why_agent self;
    size_t candidates;
    const struct user *ahead[WHY_AHEAD];   /* the first of them, NULL-padded */
};

struct why_report {
    struct why_line *lines;
    size_t line_count;
    struct why_queue *queues;  /* all of his departments, then chats without department */
    size_t queue_count;
};

void core_why_agent(const struct core *c, const struct user *u, struct why_report *out);
void why_report_free(struct why_report *w);

#endif
