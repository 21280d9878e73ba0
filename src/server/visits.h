/* Pages a visitor saw before his chat: kept in memory for 30 days (bounded), and moved into the room when one is made
   (behaviour 9.10). They are lost with the process: the store has no place for messages without a room. */
#ifndef SERVER_VISITS_H
#define SERVER_VISITS_H

#include <jansson.h>

#include "common/jsonw.h"
#include "server/server.h"

struct visits;

struct visits *visits_new(void);
void visits_free(struct visits **v);

/* page: {change, title, location:{href}}; borrowed. */
void visits_keep(struct server *s, const char *token, const json_t *page);
/* Writes what was kept for the token into the room as navigation messages. */
void visits_move(struct server *s, const char *token, const char *rid);
/* Writes them into an open array, as {navigation:{page}}. */
void visits_put(struct server *s, const char *token, struct jsonw *w);
/* Nothing is kept for the token any more: the visitor is erased. */
void visits_forget(struct server *s, const char *token);
/* One navigation message in an open room. */
int visits_post(struct server *s, const char *rid, const char *token, const json_t *page);
/* "title - href". Caller frees. */
char *visits_text(const json_t *page);

#endif
