/* The console's face: panes, keys and commands over a client's model. Knows no HTTP, no JSON, no curses. */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/client.h"
#include "common/buf.h"
#include "common/error.h"

struct ui;

enum ui_layout { UI_LAYOUT_AUTO, UI_LAYOUT_WIDE, UI_LAYOUT_NARROW };

struct ui_options {
    int in_fd, out_fd;
    const char *theme;    /* name or file; NULL: dark */
    const char *keymap;   /* name or file; NULL: plain */
    const char *user_dir; /* where the user's own themes and keys lie, or NULL */
    const char *data_dir; /* where those of usher lie (PKGDATADIR "/themes"), or NULL */
    enum ui_layout layout;
    bool mouse, no_color, no_bell;
    int64_t (*now_ms)(void); /* the clock; NULL: clock_now_ms */
};

struct ui_callbacks {
    void (*quit)(void *arg); /* the person or the terminal wants to end: free the ui and leave the loop */
};

/* Everything is borrowed until ui_free, except options, which are read here. Faults in theme and keymap files
   are shown in the console; it starts anyway. */
struct ui *ui_new(uv_loop_t *loop, struct client *client, const struct ui_options *options,
                  const struct ui_callbacks *callbacks, void *arg);
int ui_start(struct ui *ui, struct error *err); /* takes the terminal and paints; ERR_IO when there is none */
void ui_changed(struct ui *ui, unsigned bits, const char *rid); /* from client_callbacks.changed */
void ui_say(struct ui *ui, bool is_error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same of something outside, that nobody here asked for: it waits while an answer is shown. */
void ui_notify(struct ui *ui, bool is_error, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ui_free(struct ui **ui); /* gives the terminal back; the loop must run once more */

/* For tests: runs a command line as if it had been typed. */
int ui_run(struct ui *ui, const char *line, struct error *err);

#endif
