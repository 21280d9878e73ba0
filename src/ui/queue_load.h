/* The second view of the queue's pane: who has how many chats of which department (GET livechat/queue). Managers may
   always look at it, agents where Livechat_show_queue_list_link is on, as long as they are available (behaviour 15.7). */
#ifndef UI_QUEUE_LOAD_H
#define UI_QUEUE_LOAD_H

#include "ui/list.h"

struct queue_load {
    struct list list;
    struct ui *ui;
    int64_t read_ms;           /* when it was asked for; 0: never */
    bool is_reading, is_stale;
};

void queue_load_init(struct queue_load *l, struct ui *ui);
void queue_load_fini(struct queue_load *l);

/* May this user look? Else e says what is missing; e may be NULL. */
bool queue_load_is_allowed(const struct ui *ui, struct error *e);
void queue_load_read(struct queue_load *l);    /* anew; once more behind one that is under way */
/* Paints rows into r; what is older than ten seconds is asked for again. */
void queue_load_paint(struct queue_load *l, struct pane *base, struct rect r);

#endif
