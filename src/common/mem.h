/* Small allocations that die on failure, and strings. Sizes that come from outside are checked by the caller. */
#ifndef COMMON_MEM_H
#define COMMON_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* The caller owns what these return (free). They never return NULL. */
void *x_malloc(size_t size);
void *x_calloc(size_t n, size_t size);
void *x_realloc(void *p, size_t size);
void *x_reallocarray(void *p, size_t n, size_t size);
char *x_strdup(const char *s);             /* NULL gives NULL */
char *x_strndup(const char *s, size_t n);
char *x_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Replaces *dst (freed) by a copy of s (NULL allowed). */
void str_set(char **dst, const char *s);

/* True when both are equal; NULL equals only NULL. */
bool str_eq(const char *a, const char *b);

/* For __attribute__((cleanup(str_cleanup))) char *s. */
void str_cleanup(char **p);
#define AUTO_FREE __attribute__((cleanup(str_cleanup)))

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#endif
