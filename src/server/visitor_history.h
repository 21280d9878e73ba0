/* A page of a chat as its visitor reads it, newest first: GET livechat/messages.history and the older method (rest 4.3,
   15.6). */
#ifndef SERVER_VISITOR_HISTORY_H
#define SERVER_VISITOR_HISTORY_H

#include "common/jsonw.h"
#include "server/server.h"
#include "store/store.h"

struct visitor_history {
    char *rid;
    struct message_query query;    /* fill in what is wanted; its rid is set */
    struct message **messages;
    size_t count;
};

/* limit: 20 by default; what is no sensible number becomes 500. */
struct visitor_history *visitor_history_new(const char *rid, int64_t limit);
void visitor_history_read(struct store_reader *r, void *history);      /* on the pool */
/* Writes the list of messages. */
void visitor_history_put(struct jsonw *w, const struct server *s, const struct visitor_history *h);
void visitor_history_free(void *history);

#endif
