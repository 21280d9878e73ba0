#include "common/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
    if (p == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return p;
}

void *x_malloc(size_t size)
{
    return must(malloc(size ? size : 1));
}

void *x_calloc(size_t n, size_t size)
{
    return must(calloc(n ? n : 1, size ? size : 1));
}

void *x_realloc(void *p, size_t size)
{
    return must(realloc(p, size ? size : 1));
}

void *x_reallocarray(void *p, size_t n, size_t size)
{
    return must(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *x_strdup(const char *s)
{
    return s ? must(strdup(s)) : NULL;
}

char *x_strndup(const char *s, size_t n)
{
    return must(strndup(s, n));
}

char *x_asprintf(const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        must(NULL);
    return s;
}

void str_set(char **dst, const char *s)
{
    char *copy = x_strdup(s);
    free(*dst);
    *dst = copy;
}

bool str_eq(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return strcmp(a, b) == 0;
}

void str_cleanup(char **p)
{
    free(*p);
    *p = NULL;
}
