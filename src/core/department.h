/* Departments, and the agents who serve in them. */
#ifndef CORE_DEPARTMENT_H
#define CORE_DEPARTMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <bsd/sys/tree.h>
#include <uthash.h>

#include "core/fit.h"
#include "core/pool.h"

struct user;
struct room;

/* One agent in one department (behaviour 2.6). */
struct department_agent {
    char *id;
    struct department *department;
    struct user *user;
    int64_t count;             /* chats handed out, for ever */
    int64_t order;             /* tie-break */
    int64_t load;              /* derived: his open chats of this department that are not on hold, by weight */
    bool counted_online, counted_eligible;
    struct pool_place place, bot_place;
    LIST_ENTRY(department_agent) of_user;
    LIST_ENTRY(department_agent) of_department;
};

RB_HEAD(ready_tree, room);
RB_HEAD(spot_tree, spot);

#define FALLBACKS_MAX 16       /* so many departments are asked along a chain of fallbacks; a longer one is a circle */

struct department {
    char *id, *name, *email, *description;
    bool enabled, show_on_registration, show_on_offline_form, request_tag_before_closing;
    char **closing_tags;
    int closing_tag_count;
    char *offline_channel, *fallback_id, *waiting_queue_message, *abandoned_message, *business_hour_id;
    char *allowed_forward;     /* comma separated ids, or NULL: any */
    int64_t max_chats;         /* 0: none of its own */
    int64_t inactivity_timeout_s;  /* 0: none of its own */
    char *extra;               /* further keys saved with it, a JSON object, or NULL */
    int64_t updated_ms, created_ms;
    uint64_t created_no;       /* order of creation */
    /* Derived. */
    char *skills;              /* that its chats need, separated by commas: usherSkills of extra, or NULL */
    int64_t top_tier;          /* of its agents */
    int64_t queue_weight;      /* turns in a row where queues are weighed: usherQueueWeight of extra, at least 1 */
    char *unit_id;             /* the unit it belongs to, or NULL; business_hour_id likewise follows the records */
    int agent_count, online_count, eligible_count, bot_count;
    LIST_HEAD(, department_agent) agents;
    struct pool pool;                 /* its agents, to pick from */
    struct ready_tree ready;          /* its chats without agent that are not queued */
    struct chat_class_tree chat_classes;  /* its chats without agent by what they need, while that is kept */
    struct spot_tree line;            /* its queued chats, in the order of service */
    size_t waiting_count;             /* its chats without agent, queued or not */
    bool line_moved;                  /* somebody came or went since the server looked */
    RB_ENTRY(department) busy;        /* among those with queued chats */
    TAILQ_ENTRY(department) entry;    /* in order of creation */
    UT_hash_handle by_id;
};

#endif
