#include "common/utf8.h"

#include <utf8proc.h>

size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    const unsigned char *p = (const unsigned char *)s;
    unsigned char c = p[0];
    size_t len;
    uint32_t v;
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    if (c >= 0xC2 && c <= 0xDF) {
        len = 2;
        v = c & 0x1F;
    } else if (c >= 0xE0 && c <= 0xEF) {
        len = 3;
        v = c & 0x0F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        len = 4;
        v = c & 0x07;
    } else {
        return 0;
    }
    if (n < len)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 0x3F);
    }
    if ((len == 3 && (v < 0x800 || (v >= 0xD800 && v <= 0xDFFF))) || (len == 4 && (v < 0x10000 || v > 0x10FFFF)))
        return 0;
    *cp = v;
    return len;
}

bool utf8_valid(const char *s, size_t n)
{
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        size_t len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return false;
        i += len;
    }
    return true;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)cp, (utf8proc_uint8_t *)out);
}

size_t utf8_utf16_len(const char *s, size_t n)
{
    size_t units = 0;
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        if ((unsigned char)s[i] < 0x80) {
            units++;
            i++;
            continue;
        }
        size_t len = utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            len = 1;
            cp = 0xFFFD;
        }
        units += cp > 0xFFFF ? 2 : 1;
        i += len;
    }
    return units;
}

size_t utf8_grapheme(const char *s, size_t n, int *width_cols)
{
    uint32_t cp, next;
    size_t len = utf8_decode(s, n, &cp);
    if (len == 0) {
        *width_cols = 1;
        return 1;
    }
    if (cp < 0x7F && (len == n || (unsigned char)s[len] < 0x80)) { /* plain ASCII, the common case */
        *width_cols = cp >= 0x20 ? 1 : 0;
        return len;
    }
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    utf8proc_int32_t state = 0;
    size_t at = len;
    while (at < n) {
        size_t more = utf8_decode(s + at, n - at, &next);
        if (more == 0 || utf8proc_grapheme_break_stateful((utf8proc_int32_t)cp, (utf8proc_int32_t)next, &state))
            break;
        int w = utf8proc_charwidth((utf8proc_int32_t)next);
        if (next == 0xFE0F) /* emoji presentation */
            w = 2;
        if (w > width)
            width = w;
        cp = next;
        at += more;
    }
    *width_cols = width > 2 ? 2 : width;
    return at;
}

int utf8_width(const char *s, size_t n)
{
    int total = 0, w;
    for (size_t i = 0; i < n;) {
        i += utf8_grapheme(s + i, n - i, &w);
        total += w;
    }
    return total;
}
