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
    RULE_COUNT
};

struct pool_place {
    struct user *user;
    struct department_agent *link;     /* NULL in the pool of all */
    int64_t key[2];                    /* as it stands in the tree */
    bool is_in;
    enum agent_rule excluded_by;       /* the first rule that keeps him out; RULE_NONE: none, or not counted */
    RB_ENTRY(pool_place) entry;
};

RB_HEAD(place_tree, pool_place);

struct pool {
    struct place_tree candidates;
    struct place_tree bots;            /* all bots, by their counters, whatever their state (15.3) */
    int excluded[RULE_COUNT];          /* agents by the first rule that excludes them */
};

#endif
