/* Time: milliseconds since 1970 UTC everywhere ("ms"); a monotonic clock for measuring. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t clock_now_ms(void);
int64_t clock_mono_us(void);

#define CLOCK_ISO_LEN 24 /* 2026-11-22T09:25:28.345Z */

/* Writes the ISO 8601 UTC form with milliseconds and a NUL; years outside 0 to 9999 are clamped. */
void clock_format_iso(int64_t ms, char out[CLOCK_ISO_LEN + 1]);

/* Parses what a JavaScript date parser accepts of ISO 8601 (with or without time, zone, fraction) and RFC 2822.
   A time without a zone counts as UTC. Returns false when it is not a date. */
bool clock_parse(const char *text, int64_t *ms);

#endif
