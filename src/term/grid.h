/* What the screen shows and what it shall show: two grids of cells, and the shortest way from one to the
   other. Written by hand instead of with ncurses' windows, because those cannot give 24-bit colours without a
   special terminfo entry, cut clusters of more than five code points, leave the columns of right-to-left text
   to the terminal, and repaint a pane in full when only it scrolls. */
#ifndef TERM_GRID_H
#define TERM_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "term/style.h"
#include "term/text.h"

#define GRID_STYLES 1024

struct cell {
    uint32_t glyph; /* code point, or GLYPH_POOL + index of a cluster; 0 in the right half of a wide one */
    uint16_t style;
    uint8_t width; /* 1 or 2; 0 in the right half */
    uint8_t risky; /* a terminal may see its width or order otherwise: the column is told anew behind it */
};

struct grid_pool;

struct grid {
    int cols, rows;
    struct cell *back, *front;
    bool *dirty;        /* rows of back that may differ */
    bool front_unknown; /* the screen must be cleared first */
    bool utf8, bce;
    enum term_depth depth;
    struct sgr styles[GRID_STYLES];
    struct grid_pool *pool;
    int cursor_x, cursor_y;                     /* wanted; x < 0: hidden */
    int at_x, at_y;                             /* where the terminal's cursor is; x < 0: unknown */
    bool shown;                                 /* the terminal shows its cursor */
    uint16_t pen;                               /* style the terminal has now */
    char *link;                                 /* the address that text in link_style leads to, or NULL */
    uint16_t link_style;
    bool linked;                                /* the terminal is inside of that link */
    int scroll_x, scroll_y, scroll_w, scroll_h; /* a part that may have scrolled; h 0: none */
};

void grid_init(struct grid *g, bool utf8, bool bce, enum term_depth depth);
void grid_fini(struct grid *g);
void grid_resize(struct grid *g, int cols, int rows); /* forgets the contents */
void grid_style(struct grid *g, unsigned no, const struct term_style *s);
/* Text in that style leads to an address (OSC 8), one at a time; NULL: no more. */
void grid_link(struct grid *g, unsigned style, const char *uri);
void grid_forget(struct grid *g); /* the next flush clears and paints all */

/* Puts n bytes of text at x, y, at most max_cols cells; returns the cells used. */
int grid_put(struct grid *g, int x, int y, unsigned style, const char *text, size_t n, int max_cols);
void grid_fill(struct grid *g, int x, int y, int w, int h, unsigned style, char c);
void grid_restyle(struct grid *g, int x, int y, int w, unsigned style);

/* Appends what leads the terminal from front to back. Returns false when nothing changed. */
bool grid_flush(struct grid *g, struct buf *out);

/* The wanted screen as text, one line a row, trailing spaces cut. */
void grid_dump(const struct grid *g, struct buf *out);

#endif
