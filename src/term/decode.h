/* Turns the bytes of a terminal into keys, pastes and mouse events. Pure: bytes in, events out. */
#ifndef TERM_DECODE_H
#define TERM_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "term/key.h"

enum term_mouse_kind { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_DRAG, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

enum term_event_kind {
    TERM_KEY,
    TERM_PASTE,    /* text, len; cut: it was longer than the cap */
    TERM_MOUSE,    /* mouse, button (1 left), x, y from 0, key.mods */
    TERM_FOCUS,    /* in */
    TERM_RESIZE,   /* new size is in term_cols, term_rows */
    TERM_RESUME,   /* back from a suspension: everything is to be painted */
    TERM_TURN,     /* all input at hand has been delivered */
    TERM_HANGUP,   /* the terminal is gone, or somebody asks us to end */
};

struct term_event {
    enum term_event_kind kind;
    struct key key;
    enum term_mouse_kind mouse;
    int button, x, y;
    const char *text;   /* borrowed for the call */
    size_t len;
    bool cut, in;
};

typedef void (*decode_event)(void *arg, const struct term_event *ev);

struct decode {
    struct buf in;       /* bytes not understood yet */
    struct buf paste;
    bool pasting, paste_cut;
    size_t paste_max;    /* bytes */
    decode_event emit;
    void *arg;
};

void decode_init(struct decode *d, size_t paste_max, decode_event emit, void *arg);
void decode_fini(struct decode *d);
void decode_feed(struct decode *d, const char *bytes, size_t n);

/* Is something half said? Then decode_flush is due after decode_timeout_ms without further bytes. */
bool decode_is_pending(const struct decode *d);
int decode_timeout_ms(const struct decode *d);
void decode_flush(struct decode *d);

#endif
