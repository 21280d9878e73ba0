/* What panes, dialogs and prompts have in common: a rectangle, a place in the order of keys, a few functions. */
#ifndef UI_PANE_H
#define UI_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "term/term.h"
#include "ui/command.h"
#include "ui/theme.h"

struct ui;
struct pane;

struct rect {
    int x, y, w, h;
};

enum pane_answer { PANE_IGNORED, PANE_DONE };

struct pane_ops {
    const char *name;
    const unsigned *contexts;     /* where its keys are looked up, in this order; ends with 0 */
    bool is_input;                /* plain characters are text */
    void (*paint)(struct pane *p);
    void (*key)(struct pane *p, struct key k);                             /* text; NULL: none */
    void (*paste)(struct pane *p, const char *text, size_t n);
    void (*mouse)(struct pane *p, const struct term_event *ev);            /* x, y relative to the pane */
    enum pane_answer (*command)(struct pane *p, enum command_id id, const struct command_args *a, struct error *err);
    void (*changed)(struct pane *p, unsigned bits, const char *rid);
    bool (*ticks)(const struct pane *p);                                   /* shows time that runs */
    void (*shown)(struct pane *p, bool focused);                           /* got or lost the keys */
    void (*free)(struct pane *p);
};

struct pane {
    const struct pane_ops *ops;
    struct ui *ui;
    struct rect r;
    bool visible, dirty, focused;
    int cursor_x, cursor_y;       /* on the screen; x < 0: none */
};

#endif
