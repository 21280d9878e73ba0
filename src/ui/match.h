/* The one filter of all lists and the one search of all texts: words that must be there, !words that must
   not, without regard to case; field:word for one column, field: for anything in it, field>number (5m, 2h) for
   numbers. "Quotes" keep blanks inside a word. */
#ifndef UI_MATCH_H
#define UI_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MATCH_TERMS 8

struct match_term {
    char *field; /* or NULL: everything */
    char *word;  /* folded */
    bool negated;
    bool bare; /* "field:" and no more; word is then the name of the field */
    char op; /* 0 contains, '<' or '>' with number */
    int64_t number;
};

struct match {
    char *pattern; /* as typed; NULL or "" matches all */
    struct match_term term[MATCH_TERMS];
    int n;
};

/* The text of a field of row i, or all of them when field is NULL. For op fields the number instead. NULL: no
   such field (the term is then looked up as plain text). */
typedef const char *(*match_field)(void *arg, int i, const char *field, int64_t *number);

void match_set(struct match *m, const char *pattern);
void match_clear(struct match *m);
bool match_is_empty(const struct match *m);
bool match_row(const struct match *m, match_field get, void *arg, int i);

/* Finds word (folded) in text from byte at on: true with where and how long. */
bool match_find(const char *text, size_t n, size_t at, const char *word, size_t *pos, size_t *len);
char *match_fold(const char *text); /* caller frees */

#endif
