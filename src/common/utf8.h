/* UTF-8: decoding, checking, and the number of terminal cells a text takes. */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point at s (n bytes left, n > 0). Returns its length in bytes, or 0 when the bytes are not
   valid UTF-8 (overlong forms, surrogates and values over U+10FFFF are not). */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Are n bytes valid UTF-8? */
bool utf8_valid(const char *s, size_t n);

/* Writes cp (valid) to out, returns the number of bytes. */
size_t utf8_encode(uint32_t cp, char out[4]);

/* UTF-16 code units of a valid text: what JavaScript calls its length (behaviour 9.3). */
size_t utf8_utf16_len(const char *s, size_t n);

/* One grapheme cluster at s: returns its length in bytes and its width in cells (0, 1 or 2). n > 0. Invalid
   bytes come back one at a time with width 1. */
size_t utf8_grapheme(const char *s, size_t n, int *width_cols);

/* Cells taken by the whole text. */
int utf8_width(const char *s, size_t n);

#endif
