/* The terminal: cells in, keys out. The only door to the screen; all text goes through term_put, which lets
   nothing through that could steer the terminal. One thread, one libuv loop, one terminal. */
#ifndef TERM_TERM_H
#define TERM_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "common/error.h"
#include "term/decode.h"
#include "term/key.h"
#include "term/style.h"
#include "term/text.h"

struct term;

struct term_options {
    int in_fd, out_fd;
    bool mouse;
    bool no_color; /* as NO_COLOR */
};

/* Reads the environment and the locale; touches the screen only in term_start. Events come from the loop. */
struct term *term_new(uv_loop_t *loop, const struct term_options *options, decode_event event, void *arg);
void term_free(struct term **t); /* leaves the screen; the loop must run once more */

int term_start(struct term *t, struct error *err); /* takes the screen; ERR_IO when in_fd is no terminal */
void term_stop(struct term *t);                    /* gives the screen back, for an editor or the end */
void term_suspend(struct term *t);                 /* as Ctrl-Z */

int term_cols(const struct term *t);
int term_rows(const struct term *t);
enum term_depth term_depth(const struct term *t);
bool term_is_utf8(const struct term *t);
const char *term_warnings(const struct term *t); /* sentences, one a line; "" when all is well */

/* Styles are numbers under 1024; 0 is the terminal's default and cannot be changed. */
void term_style(struct term *t, unsigned no, const struct term_style *style);

/* Puts text (n bytes, of anybody) at x, y in at most max_cols cells; returns the cells used. */
int term_put(struct term *t, int x, int y, unsigned style, const char *text, size_t n, int max_cols);
void term_fill(struct term *t, int x, int y, int w, int h, unsigned style, char c);
void term_restyle(struct term *t, int x, int y, int w, unsigned style);
void term_cursor(struct term *t, int x, int y); /* x < 0 hides it */

/* The part may have scrolled since the last flush: look for the cheap way. */
void term_hint_scroll(struct term *t, int x, int y, int w, int h);
void term_flush(struct term *t);  /* sends what differs */
void term_redraw(struct term *t); /* forgets what the screen shows */
void term_dump(const struct term *t, struct buf *out);

void term_bell(struct term *t);
void term_copy(struct term *t, const char *text, size_t n);            /* clipboard, OSC 52 */
void term_notify(struct term *t, const char *title, const char *text); /* OSC 777 and 9 */
void term_link(struct term *t, unsigned style, const char *uri);       /* where text in that style leads, OSC 8; NULL: nowhere */
void term_title(struct term *t, const char *title);

#endif
