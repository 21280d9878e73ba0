/* What the console remembers of each chat while others are shown: the draft and the place in the messages. */
#ifndef UI_CHAT_VIEW_H
#define UI_CHAT_VIEW_H

#include "ui/edit.h"
#include "ui/log.h"

struct chat_view {
    char *rid;
    struct edit draft;
    struct log log;
    bool typing; /* the visitor was told that I type */
};

struct chat_views;

struct chat_views *chat_views_new(void);
void chat_views_free(struct chat_views **v);
const char *chat_views_current(const struct chat_views *v);             /* rid, or NULL */
struct chat_view *chat_view_current(struct chat_views *v);              /* or NULL */
struct chat_view *chat_view_get(struct chat_views *v, const char *rid); /* made when there is none */
const struct chat_view *chat_view_find(const struct chat_views *v, const char *rid);
size_t chat_views_drafts(const struct chat_views *v); /* views with something unsent in them */
void chat_views_forget(struct chat_views *v, const char *rid);

/* Shows a chat: opens it at the server, remembers what was unread, marks it read. */
void chat_show(struct ui *ui, const char *rid);
struct client_room *chat_room(struct ui *ui); /* the one shown, or NULL */
/* An open chat of mine, or a channel that is not archived; the server may still refuse a message to a channel. */
bool chat_is_writable(const struct client_room *room);
void chat_seen(struct ui *ui);                /* what is in view was read */

/* Sent texts, for the history of the composer: at 0 the newest; NULL when there is none. */
void chat_history_add(struct chat_views *v, const char *text);
const char *chat_history(const struct chat_views *v, size_t at);

#endif
