/* The quick way for the JSON that clients send all day: one object, its members plain texts, small whole numbers,
   true, false or null. jansson reads byte by byte with a function call or two for each, which was a third of what a
   visitor's message cost the server outside the kernel. */
#ifndef COMMON_JSONFLAT_H
#define COMMON_JSONFLAT_H

#include <jansson.h>
#include <stddef.h>

/* What json_loadb would make of these n bytes, or NULL: not of that plain kind, or not valid; ask json_loadb then.
   A new reference. */
json_t *jsonflat_load(const char *text, size_t n);

#endif
