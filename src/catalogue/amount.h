/* Amounts that people type with a unit: "1m30s", "2h", "100MB". */
#ifndef CATALOGUE_AMOUNT_H
#define CATALOGUE_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

enum amount_result {
    AMOUNT_OK,
    AMOUNT_BAD,      /* not a number, nor parts with suffixes that go with the unit */
    AMOUNT_FRACTION, /* not a whole number of the unit */
};

/* Reads text as a whole number of unit ("seconds", "minutes", "milliseconds", "days", "bytes", or anything
   else, even NULL, for numbers without suffixes). A plain number counts units; times take ms s m h d w, bytes
   take kB MB GB in powers of 1024. Blanks around and between the parts are allowed. */
enum amount_result amount_parse(const char *text, const char *unit, int64_t *out);

#endif
