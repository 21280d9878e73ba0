#include "server/visitor_history.h"

#include <stdlib.h>

#include "common/mem.h"
#include "server/file_link.h"

#define LIMIT_MAX 500

struct visitor_history *visitor_history_new(const char *rid, int64_t limit)
{
    struct visitor_history *h = x_calloc(1, sizeof *h);
    h->rid = x_strdup(rid);
    h->query.rid = h->rid;
    h->query.limit = limit > 0 && limit <= LIMIT_MAX ? limit : LIMIT_MAX;
    return h;
}

void visitor_history_read(struct store_reader *r, void *history)
{
    struct visitor_history *h = history;
    h->count = read_messages(r, &h->query, &h->messages, NULL);
}

void visitor_history_put(struct jsonw *w, const struct server *s, const struct visitor_history *h)
{
    jsonw_array(w, "messages");
    for (size_t i = 0; i < h->count; i++)
        file_link_message(w, NULL, s, h->messages[i]);
    jsonw_end_array(w);
}

void visitor_history_free(void *history)
{
    struct visitor_history *h = history;
    for (size_t i = 0; i < h->count; i++)
        message_free(&h->messages[i]);
    free(h->messages);
    free(h->rid);
    free(h);
}
