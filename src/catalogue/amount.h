/* Amounts that people type with a unit: "1m30s", "2h", "100MB". */
#ifndef CATALOGUE_AMOUNT_H
#define CATALOGUE_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads text as a whole number of unit ("seconds", "minutes", "milliseconds", "days", "bytes", or anything
   else, even NULL, for numbers without suffixes). A plain number counts units; times take ms s m min h d w,
   bytes take B kB MB GB in powers of 1024. Blanks around and between the parts are allowed. False when it is
   no such number, too large, or no whole number of the unit ("90s" for minutes). */
bool amount_parse(const char *text, const char *unit, int64_t *out);

/* The same amount with suffixes: "1m 30s" for 90 seconds, "100 MB". Empty when the unit has none or the plain number
   says as much ("30 seconds", 0 and less). out has n bytes. */
void amount_format(int64_t amount, const char *unit, char *out, size_t n);

#endif
