/* Agents to pick from: those of one department, or all. An agent has a place in each of his pools; the candidates are
   kept in the order of the routing method in force, so that the next one is the first (behaviour 15). */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <bsd/sys/tree.h>

struct user;
struct department_agent;

/* What a candidate must be; a method names the rules it asks for. */
enum agent_rule {
    RULE_NONE,
    RULE_ONLINE,               /* behaviour 3.1, with the setting about idle agents */
    RULE_PRESENT,              /* available and not offline, whatever that setting says (15.6) */
    RULE_NOT_FULL,             /* load below the limit in force (3.4) */
    RULE_NO_OFFER,             /* has no chat offered that he has not answered yet */
    RULE_NOT_WRAPPING_UP,      /* is not finishing the work of his last chat */
    RULE_NOT_PAUSED,           /* has not let too many offers pass */
    /* About one chat (fit.h). */
    RULE_SKILLED,              /* has the skills it needs */
    RULE_OF_TIER,              /* his tier has its turn */
    RULE_CHANNEL_FREE,         /* can take one more of its channel */
    RULE_NOT_DECLINED,         /* has not declined it */
    RULE_COUNT
};

/* "not-online" and its like, as decisions name them. Static. */
const char *core_rule_name(enum agent_rule rule);

struct agent_class;

struct pool_place {
    struct user *user;
    struct department_agent *link;     /* NULL in the pool of all */
    int64_t key[2];                    /* as it stands in the tree */
    bool is_in;
    enum agent_rule excluded_by;       /* the first rule that keeps him out; RULE_NONE: none, or not counted */
    RB_ENTRY(pool_place) entry;
    struct agent_class *class;         /* of candidates, while classes are kept: fit.h */
    RB_ENTRY(pool_place) of_class;
};

RB_HEAD(place_tree, pool_place);
RB_HEAD(class_place_tree, pool_place);

/* Candidates who are alike in everything that rules about chats look at. */
struct agent_class {
    int64_t tier;
    uint64_t skills;
    uint32_t full;                     /* channels he can take nothing more of, a bit each */
    struct class_place_tree places;
    int count;
    RB_ENTRY(agent_class) entry;
};

RB_HEAD(agent_class_tree, agent_class);

struct pool {
    struct place_tree candidates;
    struct agent_class_tree classes;
    struct place_tree bots;            /* all bots, by their counters, whatever their state (15.3) */
    int excluded[RULE_COUNT];          /* agents by the first rule that excludes them */
};

#endif
