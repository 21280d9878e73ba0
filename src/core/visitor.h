/* Visitors. Only those with an open chat, and a bounded number of the latest ones, are in memory; all are in the store. */
#ifndef CORE_VISITOR_H
#define CORE_VISITOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uthash.h>

#include "core/user.h"

struct room;

/* A page the visitor looked at before his chat (behaviour 9.10). */
struct visited_page {
    char *text;                        /* "title - address" */
    char *extra;                       /* JSON object text: {navigation: {page, token}} */
    int64_t ts_ms;
};

struct visitor {
    char *id, *token, *username;       /* username "guest-N" */
    char *name, *email, *phone;        /* or NULL */
    char *more_emails, *more_phones;   /* found in his messages: one a line, each line ended; or NULL */
    char *department_id;
    char *user_agent, *ip, *host;      /* only with the GDPR setting (behaviour 13) */
    char *last_agent_id, *last_agent_username, *contact_manager;
    char *last_chat_id;
    char *livechat_data;               /* JSON object text, or NULL */
    int64_t ts_ms, updated_ms, last_chat_ms, last_agent_ms;
    enum presence status;
    /* Derived. */
    LIST_HEAD(, room) rooms;           /* open ones */
    int room_count;
    LIST_ENTRY(visitor) of_manager;    /* those with the same contact_manager */
    TAILQ_ENTRY(visitor) idle;         /* in the list of those without open chat */
    UT_hash_handle by_token, by_id;
};

/* A record of its own, for handing in with a command. */
struct visitor *visitor_new(void);
struct visitor *visitor_dup(const struct visitor *v);
void visitor_free(struct visitor **v);

#endif
