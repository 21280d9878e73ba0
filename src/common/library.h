/* Libraries that are loaded when they are needed for the first time. A program that has no use for one neither waits for
   it at its start nor keeps its memory: libcurl alone brings thirty further libraries. Loaded ones stay. */
#ifndef COMMON_LIBRARY_H
#define COMMON_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* Where ICU's functions on time zones and dates are, for the headers this was built with (they carry its version in their
   names): include <unicode/uvernum.h> before. */
#define LIBRARY_ICU "libicui18n.so." U_ICU_VERSION_SHORT, "libicui18n." U_ICU_VERSION_SHORT ".dylib"

/* One row of a table made with LIBRARY_ROW: which function goes into which member of the struct of pointers. */
struct library_row {
    const char *symbol;
    size_t offset;
};

#define LIBRARY_TEXT_OF(x) #x
#define LIBRARY_TEXT(x) LIBRARY_TEXT_OF(x)

/* For X-macros f(function): the members of the struct, and the rows. The header says what type each function has, and may
   rename it (ICU's carry their version). */
#define LIBRARY_MEMBER(function) __typeof__(&function) p_##function;

/* Opens the first of the names (ends with NULL) that is there and fills table. False, with a line in the log, when none
   is there or a function is missing. Call it with the caller's own lock held, or on one thread only. */
bool library_load(const char *const *names, const struct library_row *rows, size_t n, void *table);

#endif
