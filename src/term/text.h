/* The one door for foreign text: cuts a text into clusters that are safe to print. What could steer the terminal,
   reorder or hide text does not come through: controls, escape sequences, bidirectional overrides and isolates,
   zero-width characters outside of emoji and the scripts that need them, tag characters, piles of marks. */
#ifndef TERM_TEXT_H
#define TERM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_CLUSTER_MAX 48 /* bytes; longer clusters are cut at a code point */

struct text_cluster {
    char bytes[TEXT_CLUSTER_MAX + 1]; /* safe UTF-8, NUL-terminated; empty when nothing is to be shown */
    size_t len;
    int width;                        /* cells: 0 (empty), 1 or 2 */
    int points;                       /* code points in bytes */
    bool newline;                     /* it was a line feed; bytes is a space */
};

/* Takes one cluster from s (n > 0 bytes) and returns the number of bytes consumed, at least 1. Bytes that are no
   UTF-8 and characters without a meaning of their own come out as U+FFFD. */
size_t text_next(const char *s, size_t n, struct text_cluster *out);

/* Cells of the text as it is shown, line feeds counting as one. */
int text_width(const char *s, size_t n);

/* Bytes of s that fit in max_cols cells, whole clusters only. */
size_t text_fit(const char *s, size_t n, int max_cols, int *cols);

/* One line of a text wrapped at words: returns the number of bytes it shows; next gets where the following line
   starts (past the space or line feed). n > 0, max_cols > 0. */
size_t text_wrap(const char *s, size_t n, int max_cols, size_t *next);

/* The text as the terminal would get it, for tests, titles and logs. Caller frees. */
char *text_clean_dup(const char *s, size_t n);

#endif
