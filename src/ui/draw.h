/* Small brushes over the terminal's door, for panes. */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include "ui/ui_priv.h"

/* Text of a role, clipped to w cells; the rest of the w cells is left alone. Returns the cells used. */
int draw_text(struct ui *ui, int x, int y, unsigned style, const char *text, int w);
int draw_textf(struct ui *ui, int x, int y, unsigned style, int w, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* As draw_text, but a text that is too long ends in an ellipsis. */
int draw_clip(struct ui *ui, int x, int y, unsigned style, const char *text, int w);
void draw_right(struct ui *ui, int x, int y, unsigned style, const char *text, int w);
void draw_clear(struct ui *ui, struct rect r, unsigned style);
void draw_hline(struct ui *ui, int x, int y, int w, unsigned style);
void draw_vline(struct ui *ui, int x, int y, int h, unsigned style);
void draw_box(struct ui *ui, struct rect r, unsigned style);
/* The head line of a pane: title left, note right, a thin line between. */
void draw_title(struct pane *p, const char *title, const char *note);
/* Text over several lines, wrapped; returns the lines used, at most h. */
int draw_wrapped(struct ui *ui, struct rect r, unsigned style, const char *text);

/* "0:07", "12:30", "2:05h": how long something has been. */
void format_wait(int64_t ms, char out[16]);
void format_clock(int64_t ms, char out[8]);      /* "14:05", local time */
void format_day(int64_t ms, char out[48]);       /* "Sunday 22 November 2026" */
long day_number(int64_t ms);                     /* local days, to tell one from the next */
void format_line(const char *text, char *out, size_t n);   /* one line: line feeds become spaces */

static inline unsigned plain(enum role r)
{
    return style_of(r, ON_PLAIN);
}

#endif
