/* A list with a cursor, a filter and an order, over rows that somebody else owns. */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "ui/match.h"
#include "ui/pane.h"

struct list {
    int *rows;               /* the rows shown, as numbers of their owner */
    int count, cap;
    int cursor, top;
    int height;              /* lines at the last painting */
    char *selected;          /* id of the row under the cursor: survives every change */
    struct match filter;

    void *arg;               /* set by the owner, as the following */
    match_field field;       /* texts for the filter; may be NULL */
    int (*compare)(void *arg, int a, int b);          /* NULL: the owner's order */
    const char *(*id)(void *arg, int row);
};

void list_fini(struct list *l);
void list_rebuild(struct list *l, int total);         /* after the owner's rows changed */
void list_filter(struct list *l, const char *pattern, int total);
int list_current(const struct list *l);               /* row under the cursor, or -1 */
void list_move(struct list *l, int to);
bool list_select(struct list *l, const char *id);     /* false: not shown */
bool list_command(struct list *l, enum command_id id);
bool list_mouse(struct list *l, const struct term_event *ev, int first_line);   /* true: a row was clicked */
void list_scroll_into(struct list *l, int height);    /* before painting */

#endif
