#include "common/error.h"

#include <stdarg.h>
#include <stdio.h>

static int fill(struct error *e, int code, const char *name, const char *field, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

static int fill(struct error *e, int code, const char *name, const char *field, const char *fmt, va_list ap)
{
    if (e == NULL)
        return code;
    e->code = code;
    e->name = name;
    snprintf(e->field, sizeof(e->field), "%s", field ? field : "");
    vsnprintf(e->text, sizeof(e->text), fmt, ap);
    return code;
}

int error_set(struct error *e, int code, const char *field, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(e, code, NULL, field, fmt, ap);
    va_end(ap);
    return code;
}

int error_named(struct error *e, int code, const char *name, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(e, code, name, NULL, fmt, ap);
    va_end(ap);
    return code;
}
