/* What one read of the store fetches for an endpoint or a method: a chat, a message, a visitor, a page of messages.
   Ask by setting the fields of the first part, run it with lookup_run in api_read or call_read, and find the answers in
   the second. */
#ifndef SERVER_LOOKUP_H
#define SERVER_LOOKUP_H

#include <stdbool.h>

#include "core/core.h"
#include "store/store.h"

struct lookup {
    /* Wanted; NULL: not. Owned. */
    char *rid, *message_id, *visitor_id, *token, *email, *phone;
    char *text;                        /* for page.text_like */
    bool want_page;                    /* messages of rid, as page says (its rid is filled in) */
    struct message_query page;
    /* Found. */
    struct stored_room room;           /* room.room NULL: there is none */
    struct message *message;
    struct visitor *visitor;           /* of visitor_id, else token, else email, else phone */
    struct message **messages;         /* newest first */
    size_t message_count;
    int64_t total;
};

struct lookup *lookup_new(const char *rid);    /* rid may be NULL */
void lookup_run(struct store_reader *r, void *lookup);
void lookup_drop(void *lookup);

/* The chat as stored, or NULL. Look for an open one in the core first: the store is a little behind it. */
const struct stored_room *lookup_room(const struct lookup *l);

/* May that user open the chat (behaviour 1.3)? open: from the core, or NULL. */
bool lookup_may_open(const struct core *c, const struct user *u, const struct room *open, const struct lookup *l);

#endif
