/* A dialog of lines in groups, one of which is chosen: reviews, conflicts, results. */
#ifndef UI_SHEET_H
#define UI_SHEET_H

#include "ui/ui_priv.h"

struct sheet;

struct sheet_key {
    enum command_id id;
    const char *label; /* for the foot line; NULL ends the list */
};

struct sheet_ops {
    const char *name;
    const unsigned *contexts; /* ends with 0 */
    const struct sheet_key *foot;
    /* PANE_IGNORED: the sheet handles it (moving, closing). arg is that of sheet_new, as below. */
    enum pane_answer (*command)(struct sheet *s, void *arg, enum command_id id, struct error *err);
    void (*changed)(struct sheet *s, void *arg); /* settings changed outside; NULL: not of interest */
    void (*free)(void *arg);                     /* NULL: nothing to free */
};

struct sheet *sheet_new(struct ui *ui, const char *title, const struct sheet_ops *ops, void *arg);
void sheet_title(struct sheet *s, const char *title);
struct ui *sheet_ui(const struct sheet *s);

/* Lines: of group item (0, 1, …; -1: of none), indented, wrapped when shown. Line feeds in text begin new lines. */
void sheet_clear(struct sheet *s);
void sheet_add(struct sheet *s, int item, enum role role, int indent, const char *text);
void sheet_addf(struct sheet *s, int item, enum role role, int indent, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

int sheet_item(const struct sheet *s); /* the chosen group; -1: there is none */
void sheet_show(struct sheet *s);
void sheet_close(struct sheet *s); /* s is gone afterwards */

#endif
