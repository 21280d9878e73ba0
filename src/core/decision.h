/* Why a chat went where it went: one routing decision in its bounded form. It names at most 16 candidates and counts the
   rest by the rule that excluded them; the full list is asked for when somebody wants it (core/why.h). Ids and numbers
   only, nothing of a visitor. The step that decides fills it, whoever writes the log asks for its text. */
#ifndef CORE_DECISION_H
#define CORE_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pool.h"

struct user;
struct department;
struct room;

#define DECISION_CANDIDATES 16

enum decision_step {
    DECISION_OPENED,           /* the chat began in `department`, with that priority */
    DECISION_PICKED,           /* the method was asked: agent, or nobody (NULL) */
    DECISION_QUEUED,           /* it came into the queue, because of cause; agent: it waits for him first */
    DECISION_PRESET,           /* an agent stands before the method: agent, preset says which */
    DECISION_BYPASSED,         /* a preset agent was passed over: agent, rule says why */
    DECISION_RESERVED,         /* it waits for the preset agent, who is full */
    DECISION_RELEASED,         /* it does not wait for him any longer */
    DECISION_FALLBACK,         /* nobody serves the department `from`: it went to `department` */
    DECISION_OFFERED,          /* agent is asked whether he takes it */
    DECISION_DECLINED,         /* agent does not, because of cause */
    DECISION_TAKEN,            /* agent serves it from now on, because of cause */
    DECISION_COUNT
};

enum decision_cause {
    CAUSE_NONE,
    CAUSE_MANUAL,              /* queued: the method leaves it to the agents */
    CAUSE_QUEUE,               /* queued: the waiting queue is on */
    CAUSE_ROUTING,             /* taken: assigned by the method or to the preset agent */
    CAUSE_HAND,                /* taken: the agent took it himself */
    CAUSE_FORWARD,             /* taken: somebody forwarded it */
    CAUSE_RESUME,              /* taken: it was on hold */
    CAUSE_OFFER,               /* queued: while it is offered to somebody */
    CAUSE_DECLINED,            /* declined: he said so */
    CAUSE_NO_ANSWER,           /* declined: he let the time pass */
    CAUSE_GONE,                /* declined: he is not there any more */
    CAUSE_QUEUE_FULL,          /* fallback: not because nobody serves it, but because too many wait */
    CAUSE_COUNT
};

enum preset_kind {
    PRESET_NONE,
    PRESET_WISHED,             /* whoever started the chat named him */
    PRESET_MANAGER,            /* the visitor's contact manager (15.8) */
    PRESET_LAST,               /* whom the visitor had last (15.9) */
    PRESET_BOT,                /* bots first (15.3) */
    PRESET_COUNT
};

struct decision {
    enum decision_step step;
    enum decision_cause cause;
    enum preset_kind preset;
    const char *method;        /* name of the method in force, static */
    const char *priority;      /* id of the record, or NULL */
    const struct user *agent;
    const struct user *bypassed;   /* picked: the preset agent, who is not online, or NULL */
    const struct department *department, *from;
    enum agent_rule rule;      /* picked: chosen, but refused by this; bypassed, reserved: because of it */
    int64_t load;              /* of the agent who is at his limit */
    int64_t limit;
    int excluded[RULE_COUNT];  /* agents by the first rule against them */
    bool ignored;              /* one agent was not asked: he gave it back or forwards it */
    const struct user *candidates[DECISION_CANDIDATES]; /* in the order of the method */
    int candidate_count;
    const char *service;       /* picked by a service (15.5): what it did; static, else NULL */
    int tries;                 /* of asking it */
};

/* As JSON object text: step, then what is not empty. Caller frees. */
char *decision_text(const struct decision *d);

#endif
