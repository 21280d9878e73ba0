/* Moments as people read them, by ICU: in their language and time zone. ICU is loaded by the first one; one thread at a
   time. */
#ifndef OUTBOUND_MOMENT_H
#define OUTBOUND_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct moment_style;

/* language: "de", "pt-BR", NULL or "": English. zone: a name of the time zone database; NULL, "" or an unknown one: the
   system's. NULL when ICU cannot be loaded. */
struct moment_style *moment_style_new(const char *language, const char *zone);
void moment_style_free(struct moment_style **s);

/* Long date and short time, such as "November 22, 2026 at 7:30 PM", as UTF-8 with a NUL in n bytes. With s NULL, or when
   ICU fails, ISO 8601 in UTC. */
void moment_write(const struct moment_style *s, int64_t ms, char *out, size_t n);

#endif
