/* The terminal as a device: what it can do (terminfo), its line discipline, and its rescue when we die. */
#ifndef TERM_TTY_H
#define TERM_TTY_H

#include <stdbool.h>
#include <termios.h>

#include "common/buf.h"
#include "term/style.h"

struct tty {
    int in_fd, out_fd;
    bool utf8, bce, mouse, focus, no_color;
    enum term_depth depth;
    char *enter, *leave;         /* sequences of the alternate screen and our modes */
    struct termios saved;
    bool saved_valid, active;
    struct buf warnings;         /* sentences, one a line */
};

/* Reads locale, TERM and COLORTERM. Never fails: says in warnings what it had to assume. */
void tty_init(struct tty *t, int in_fd, int out_fd, bool mouse, bool no_color);
void tty_fini(struct tty *t);

int tty_enter(struct tty *t);    /* raw mode, alternate screen; 0, or -1 with errno when in_fd is no terminal */
void tty_leave(struct tty *t);   /* the terminal as it was found */
void tty_size(const struct tty *t, int *cols, int *rows);
void tty_write(const struct tty *t, const char *p, size_t n);   /* all of it, waiting when it must */

#endif
