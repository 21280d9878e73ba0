/* The messages of one chat as lines on a screen. Wraps only what is in view: the place is a message and a line of it,
   so neither the length of the history nor a resize costs anything. */
#ifndef UI_LOG_H
#define UI_LOG_H

#include "ui/match.h"
#include "ui/pane.h"
#include "client/client.h"

enum log_row_kind { LOG_DAY, LOG_MARKER, LOG_NAME, LOG_TEXT, LOG_NOTICE, LOG_FAILURE, LOG_ATTACHMENT };

struct log_row {
    size_t message;
    enum log_row_kind kind;
    size_t start, len;      /* LOG_TEXT, LOG_NOTICE: bytes of its text */
    bool first;             /* first line of its message */
    bool named;             /* the author is shown */
};

struct log {
    bool follow;            /* the newest message stays at the bottom */
    size_t bottom;          /* message of the lowest line */
    char *bottom_id;
    int below;              /* lines of it that are under the edge */
    int64_t marker_ms;      /* what is newer was unread when the chat was opened; 0: no marker */
    struct match search;
    char *hit_id;
    int height, width;      /* of the last painting */
    bool at_top;            /* the oldest message was in view */
};

void log_init(struct log *l);
void log_fini(struct log *l);
void log_paint(struct log *l, struct ui *ui, const struct client_room *room, struct rect r);
bool log_command(struct log *l, const struct client_room *room, enum command_id id);
void log_scroll(struct log *l, const struct client_room *room, int lines);   /* negative: towards older */
/* Jumps to the next hit, towards older messages when by is -1. False: there is none. */
bool log_search(struct log *l, const struct client_room *room, int by);
/* The newest message in view, or NULL. */
const struct client_message *log_bottom(const struct log *l, const struct client_room *room);

#endif
