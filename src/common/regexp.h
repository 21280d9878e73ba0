/* Regular expressions of administrators (PCRE2, understood as JavaScript would): searched in a text, with limits on the
   work one search may cost, because both the expression and the text come from outside. */
#ifndef COMMON_REGEXP_H
#define COMMON_REGEXP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

#define REGEXP_PATTERN_MAX 1000  /* bytes of an expression */
#define REGEXP_SUBJECT_MAX 65536 /* bytes of a text it is searched in */

/* 0, or ERR_INVALID with the fault and its place in err (may be NULL). */
int regexp_check(const char *pattern, struct error *err);

/* Is the expression found in text? 1 yes, 0 no; ERR_INVALID: it is none; ERR_TOO_LARGE: text is too long, or the search
   cost too much. Words in err (may be NULL). */
int regexp_search(const char *pattern, const char *text, bool any_case, struct error *err);

struct regexp_hit {
    size_t start, len; /* bytes of the text; never empty */
};

/* All places where the expression is found, from the left, up to max. Answers how many, or the errors of
   regexp_search. */
int regexp_find_all(const char *pattern, const char *text, bool any_case, struct regexp_hit *out, size_t max,
                    struct error *err);

#endif
