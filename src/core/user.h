/* Users: people with an account, and bots. An agent is a user with the role livechat-agent. */
#ifndef CORE_USER_H
#define CORE_USER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <bsd/sys/tree.h>
#include <uthash.h>

#include "core/deadline.h"
#include "core/fit.h"
#include "core/pool.h"

enum presence { PRESENCE_OFFLINE, PRESENCE_ONLINE, PRESENCE_AWAY, PRESENCE_BUSY };

const char *presence_name(enum presence p);            /* "offline", … */
bool presence_parse(const char *name, enum presence *out);

struct department_agent;
struct hour;
struct room;

/* Why an agent who is there gets no chats for a while. */
enum pause { PAUSE_NONE, PAUSE_WRAP_UP, PAUSE_PASSED };

const char *pause_name(enum pause p);                  /* "none", "wrap-up", "offers" */

struct user {
    char *id, *username, *name, *email, *bio, *nickname, *status_text;  /* username is never NULL */
    char *custom_fields;                               /* JSON object text, or NULL */
    bool email_verified, active, is_bot_type;          /* is_bot_type: type "bot" instead of "user" */
    uint32_t roles;                                    /* enum role bits */
    enum presence status, status_default, status_connection;
    bool available;                                    /* statusLivechat */
    bool system_modified;                              /* made unavailable by a logout (behaviour 2.5) */
    int64_t max_chats;                                 /* 0: no limit of his own */
    int64_t livechat_count;                            /* chats handed out without department, for ever */
    int64_t leave_due_ms;                              /* he stopped serving: when his chats are seen to; 0: not at all */
    int64_t created_ms, last_login_ms, last_routing_ms, updated_ms;
    char *skills;                                      /* separated by commas, or NULL */
    enum pause pause;
    int64_t pause_until_ms;
    int passes;                                        /* offers he let pass since he took one */
    int64_t idle_since_ms;                             /* when his last chat came or ended; kept under Longest Idle only */
    /* Derived, not stored. */
    uint64_t no;                                       /* order of creation */
    struct deadline_list deadlines;
    int64_t active_since_ms;                           /* his session of behaviour 21.4; 0: none */
    bool is_serving;                                   /* available and present: behaviour 16.1 */
    int64_t load;                                      /* open chats that are not on hold; each counts its channel's weight */
    int64_t load_of[CHANNELS_MAX];                     /* the number of them by channel: fit.h */
    uint64_t skill_mask;                               /* of skills, those of the setting */
    struct room *offer;                                /* the chat he is offered, or NULL */
    bool counted_online, counted_eligible;             /* eligible: online and not full */
    struct hour **open_hours;                          /* business hours that are open for him (behaviour 10.5) */
    int open_hour_count;
    LIST_HEAD(, department_agent) departments;
    LIST_HEAD(, subscription) subscriptions;           /* his open chats */
    LIST_HEAD(, member) channels;
    struct pool_place place, bot_place;                     /* in the pools of all agents */
    char *username_key, *email_key;                    /* lower case, keys of the indexes */
    UT_hash_handle by_id, by_username, by_email;
};

static inline bool user_is_agent(const struct user *u);

#include "core/rights.h"

static inline bool user_is_agent(const struct user *u)
{
    return u->active && (u->roles & ROLE_AGENT) != 0;
}

#endif
