/* A dialog of lines in groups, one of which is chosen: reviews, conflicts, results. */
#ifndef UI_REPORT_H
#define UI_REPORT_H

#include "ui/ui_priv.h"

struct report;

struct report_key {
    enum command_id id;
    const char *label; /* for the foot line; NULL ends the list */
};

struct report_ops {
    const char *name;
    const unsigned *contexts; /* ends with 0 */
    const struct report_key *foot;
    /* PANE_IGNORED: the report handles it (moving, closing). arg is that of report_new, as below. NULL: there is nothing
       to decide, and Enter closes it too. */
    enum pane_answer (*command)(struct report *s, void *arg, enum command_id id, struct error *err);
    void (*changed)(struct report *s, void *arg); /* settings changed outside; NULL: not of interest */
    void (*free)(void *arg);                     /* NULL: nothing to free */
};

struct report *report_new(struct ui *ui, const char *title, const struct report_ops *ops, void *arg);
void report_title(struct report *s, const char *title);
struct ui *report_ui(const struct report *s);

/* Lines: of group item (0, 1, …; -1: of none), indented, wrapped when shown. Line feeds in text begin new lines. */
void report_clear(struct report *s);
void report_add(struct report *s, int item, enum role role, int indent, const char *text);
void report_addf(struct report *s, int item, enum role role, int indent, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

int report_item(const struct report *s); /* the chosen group; -1: there is none */
void report_show(struct report *s);
void report_close(struct report *s); /* s is gone afterwards */

#endif
