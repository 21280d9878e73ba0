/* Pages a visitor saw before his chat (behaviour 9.10): kept in the store by his token for 30 days, and told in his next
   room. Here is also what was kept or told so recently that the store's readers do not know of it yet. */
#ifndef SERVER_VISITS_H
#define SERVER_VISITS_H

#include <jansson.h>

#include "common/jsonw.h"
#include "server/server.h"

struct visits;

struct visits *visits_new(void);
void visits_free(struct visits **v);

/* page: {change, title, location: {href}}, borrowed; further keys are not kept. With the id of an open room of that
   token it becomes a navigation message there, without (rid NULL) it is kept for the next room. *text: "title - href",
   caller frees; NULL when nothing was stored: another kind than Livechat_history_monitor_type, a room that is not
   open or not his. result->error holds the reason when it fails. */
int visits_add(struct server *s, const char *token, const char *rid, const json_t *page, char **text,
               struct result *result);

/* The pages of a new room; owned. */
struct visit_list {
    struct visited_page *pages;
    size_t n;
};
/* What cmd, a COMMAND_ROOM_START, may have to tell: gives it the pages, which l owns. */
void visits_bring(struct server *s, struct command *cmd, struct visit_list *l);
void visit_list_free(struct visit_list *l);
/* They were told, or the visitor was erased: they are gone. */
void visits_drop(struct server *s, const char *token);
/* A visitor's token was replaced: they go along, and are told in his next room or erased with him. */
void visits_move(struct server *s, const char *from, const char *to);
/* They expire no more: he changed the department, or registered by the old method (behaviour 9.10). */
void visits_hold(struct server *s, const char *token);
/* Up to this number everything is committed; UINT64_MAX: or lost. */
void visits_committed(struct server *s, uint64_t seq);

#endif
