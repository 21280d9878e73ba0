/* Which agents fit which chats: skills, tiers of agents, channels. Agents who are alike in all that, and chats that are
   alike in what they need, form classes, each in the order of routing. So the first agent for a chat and the first chat
   for an agent are found by comparing classes, never by looking at all agents or chats. While no such rule is switched
   on there are no classes and nothing is kept. */
#ifndef CORE_FIT_H
#define CORE_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <bsd/sys/tree.h>

#include "core/pool.h"

#define SKILLS_MAX 64      /* told apart in one workspace */
#define CHANNELS_MAX 16    /* with rules of their own */
#define TIER_MAX 99        /* agents of a higher order count as this */

struct core;
struct department;
struct room;
struct step;
struct user;

RB_HEAD(class_room_tree, room);

/* Chats of one department (or of none) with the same needs. */
struct chat_class {
    uint64_t skills;       /* one bit each, in the order of the setting */
    int64_t reach;         /* the highest tier it may go to */
    int channel;           /* in the table of channels, or -1 */
    struct class_room_tree chats;
    RB_ENTRY(chat_class) entry;
};

RB_HEAD(chat_class_tree, chat_class);

/* The settings, read. */
struct fit {
    bool is_on;
    char **skills;
    int skill_count;
    struct channel_rule {
        char *name;        /* the type of the source: "widget", "email" … */
        int64_t weight, most;  /* most: chats of it at a time, 0: any number */
    } channels[CHANNELS_MAX];
    int channel_count;
    bool has_offers;
    int64_t tier_ms;       /* after each such time one tier more; 0: tiers do not matter */
    int64_t relax_ms;      /* after it skills do not matter; 0: never */
};

void fit_fini(struct core *c);
/* The settings have changed, or were loaded: everything that rests on them is set anew. */
void fit_follow(struct core *c, int64_t now);

/* Skills named in a text with commas, those of the setting only. */
uint64_t fit_skills(const struct core *c, const char *names);
void fit_user(struct core *c, struct user *u);             /* his skills were changed; the caller reindexes him */
void fit_department_changed(struct step *s, struct department *d); /* its agents, or the skills its chats need */
/* What the chat needs may be another now: its custom fields, or those of its visitor, or its department's. */
void fit_room_changed(struct step *s, struct room *r);

/* --- agents in the pools, kept by agent.c */
void fit_place_enter(const struct core *c, struct pool *pool, struct pool_place *p);
void fit_place_leave(struct pool *pool, struct pool_place *p);
int64_t fit_weight(const struct core *c, const struct room *r);        /* what it counts among the load of an agent */
int fit_channel(const struct core *c, const struct room *r);           /* its row in the table of channels, or -1 */
bool fit_channel_is_full(const struct core *c, const struct user *u, const struct department *d, const struct room *r);

/* --- chats that wait, kept by waiting.c */
void fit_chat_enter(struct core *c, struct room *r);
void fit_chat_leave(struct core *c, struct room *r);

/* The first candidate who fits the chat (NULL: any chat) but for ignore. excluded, when not NULL: how many each rule about
   chats keeps out is added. */
struct pool_place *fit_first_agent(const struct core *c, const struct department *d, const struct room *r,
                                   const struct user *ignore, int excluded[RULE_COUNT]);
/* The first chat of that department (NULL: none) that fits the agent at this place; the caller has seen is_on. */
struct room *fit_first_chat(struct core *c, struct department *d, const struct pool_place *p);
/* The first queued chat of that queue (NULL: all) that somebody can take. */
struct room *fit_next_queued(struct core *c, struct department *d);

/* Deadlines of a waiting chat. */
void fit_relax(struct step *s, void *room);
void fit_widen(struct step *s, void *room);

#endif
