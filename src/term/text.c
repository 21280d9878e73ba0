#include "term/text.h"

#include <string.h>
#include <utf8proc.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"

#define MARKS_MAX 4 /* combining marks kept on one base: real scripts need no more */

static bool is_regional(uint32_t cp)
{
    return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

/* Characters that take no room and say nothing, or that change the order of others. */
static bool is_hidden(uint32_t cp)
{
    switch (cp) {
    case 0x00AD: /* soft hyphen */
    case 0x034F: /* grapheme joiner */
    case 0x061C: /* Arabic letter mark */
    case 0x115F: case 0x1160: case 0x3164: case 0xFFA0: /* Hangul fillers */
    case 0x17B4: case 0x17B5: /* Khmer inherent vowels */
    case 0x180B: case 0x180C: case 0x180D: case 0x180E: case 0x180F: /* Mongolian selectors and separator */
    case 0x200B: case 0x200E: case 0x200F:
    case 0xFEFF:
        return true;
    default:
        break;
    }
    if ((cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0xFFF0 && cp <= 0xFFFB) ||
        (cp >= 0xE0000 && cp <= 0xE0FFF) || (cp >= 0x1D173 && cp <= 0x1D17A) || (cp >= 0x1BCA0 && cp <= 0x1BCA3))
        return true;
    return cp >= 0x80 && utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_CF &&
           cp != 0x200C && cp != 0x200D && utf8proc_charwidth((utf8proc_int32_t)cp) == 0;
}

/* Private use, unassigned, noncharacters: nobody knows what a terminal does with them. */
static bool is_unknown(uint32_t cp)
{
    if (cp < 0x80)
        return false;
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c == UTF8PROC_CATEGORY_CN || c == UTF8PROC_CATEGORY_CO || c == UTF8PROC_CATEGORY_CS;
}

static bool is_emoji(uint32_t cp)
{
    return cp >= 0x1F000 || (cp >= 0x2190 && cp <= 0x2BFF) || cp == 0xA9 || cp == 0xAE || cp == 0x203C ||
           cp == 0x2049 || cp == 0x3030 || cp == 0x303D || cp == 0x3297 || cp == 0x3299;
}

static void put_point(struct text_cluster *out, uint32_t cp)
{
    char enc[4];
    size_t len = utf8_encode(cp, enc);
    if (out->len + len > TEXT_CLUSTER_MAX)
        return;
    memcpy(out->bytes + out->len, enc, len);
    out->len += len;
    out->points++;
}

static void set_single(struct text_cluster *out, const char *bytes, int width)
{
    out->len = strlen(bytes);
    memcpy(out->bytes, bytes, out->len + 1);
    out->width = width;
    out->points = 1;
}

/* Copies the code points of one cluster that may be shown. */
static void filter_cluster(const char *s, size_t n, struct text_cluster *out)
{
    uint32_t cp, base = 0, previous = 0;
    int marks = 0, regional = 0;
    for (size_t i = 0; i < n;) {
        i += utf8_decode(s + i, n - i, &cp);
        bool joiner = cp == 0x200C || cp == 0x200D;
        int width = utf8proc_charwidth((utf8proc_int32_t)cp);
        if (is_hidden(cp) || (cp >= 0x7F && cp < 0xA0))
            continue;
        if (base == 0) {
            if (joiner || (cp >= 0xFE00 && cp <= 0xFE0F))
                continue;
            if (is_unknown(cp))
                cp = 0xFFFD, width = 1;
            if (width == 0) /* a mark with nothing to stand on */
                put_point(out, 0x25CC), width = 1;
            base = cp;
            out->width = width;
        } else if (joiner) {
            uint32_t after = 0;
            if (i < n)
                utf8_decode(s + i, n - i, &after);
            bool emoji = cp == 0x200D && is_emoji(base) && is_emoji(after);
            if (!emoji && !(base >= 0x600 && base < 0x2000))
                continue;
        } else if (cp == 0xFE0F && is_emoji(base)) {
            out->width = 2;
        } else if (width == 0) {
            if (++marks > MARKS_MAX)
                continue;
        } else if (is_unknown(cp)) {
            continue;
        }
        regional += is_regional(cp);
        if (previous != 0 && width > out->width)
            out->width = width;
        put_point(out, cp);
        previous = cp;
    }
    if (regional == 2 || out->width > 2)
        out->width = 2;
    if (out->len > 0 && out->points > 0 && (unsigned char)out->bytes[out->len - 1] == 0x8D &&
        out->len >= 3 && (unsigned char)out->bytes[out->len - 2] == 0x80 &&
        (unsigned char)out->bytes[out->len - 3] == 0xE2)
        out->len -= 3; /* a joiner at the end would glue what follows in the next cell */
    out->bytes[out->len] = '\0';
}

/* A control string (OSC and its like) with its end, when that comes soon; else the escape alone. */
static size_t string_length(const char *s, size_t n)
{
    for (size_t i = 2; i < n && i < 512 && s[i] != '\n'; i++) {
        if (s[i] == '\a')
            return i + 1;
        if (s[i] == '\033')
            return i + 1 < n && s[i + 1] == '\\' ? i + 2 : 1;
    }
    return 1;
}

size_t text_next(const char *s, size_t n, struct text_cluster *out)
{
    unsigned char c = (unsigned char)s[0];
    uint32_t cp;
    int width;
    out->len = 0;
    out->width = 0;
    out->points = 0;
    out->newline = c == '\n';
    out->bytes[0] = '\0';
    if (c >= 0x20 && c < 0x7F && (n == 1 || (unsigned char)s[1] < 0x80)) {
        out->bytes[0] = (char)c;
        out->bytes[1] = '\0';
        out->len = 1;
        out->width = 1;
        out->points = 1;
        return 1;
    }
    if (c == '\n' || c == '\t') {
        set_single(out, " ", 1);
        return 1;
    }
    if (c == 0x1B) { /* an escape sequence goes as a whole, so that no rest of it looks like text */
        size_t i = 1;
        if (i < n && s[i] == '[') {
            for (i++; i < n && s[i] >= 0x20 && s[i] <= 0x3F; i++)
                ;
            return i < n && s[i] >= 0x40 && s[i] <= 0x7E ? i + 1 : i;
        }
        return i < n && strchr("]PX^_", s[i]) ? string_length(s, n) : 1;
    }
    if (c < 0x20 || c == 0x7F)
        return 1;
    if (utf8_decode(s, n, &cp) == 0) {
        set_single(out, "\xEF\xBF\xBD", 1);
        return 1;
    }
    if (cp == 0x2028 || cp == 0x2029) {
        set_single(out, " ", 1);
        return 3;
    }
    size_t used = utf8_grapheme(s, n, &width);
    filter_cluster(s, used, out);
    return used;
}

int text_width(const char *s, size_t n)
{
    struct text_cluster c;
    int total = 0;
    for (size_t i = 0; i < n;) {
        i += text_next(s + i, n - i, &c);
        total += c.width;
    }
    return total;
}

size_t text_fit(const char *s, size_t n, int max_cols, int *cols)
{
    struct text_cluster c;
    size_t i = 0;
    *cols = 0;
    while (i < n) {
        size_t used = text_next(s + i, n - i, &c);
        if (*cols + c.width > max_cols)
            break;
        *cols += c.width;
        i += used;
    }
    return i;
}

size_t text_wrap(const char *s, size_t n, int max_cols, size_t *next)
{
    struct text_cluster c;
    size_t i = 0, space = 0, after_space = 0;
    int cols = 0;
    while (i < n) {
        size_t used = text_next(s + i, n - i, &c);
        if (c.newline) {
            *next = i + used;
            return i;
        }
        bool blank = c.len == 1 && c.bytes[0] == ' ';
        if (blank && cols + 1 > max_cols) {
            *next = i + used;
            return i;
        }
        if (cols + c.width > max_cols) {
            if (i == 0) { /* a wide cluster in one column: show nothing of it, but go on */
                *next = used;
                return 0;
            }
            *next = space > 0 ? after_space : i;
            return space > 0 ? space : i;
        }
        cols += c.width;
        if (blank)
            space = i, after_space = i + used;
        i += used;
    }
    *next = n;
    return n;
}

char *text_clean_dup(const char *s, size_t n)
{
    struct buf b = BUF_INIT;
    struct text_cluster c;
    for (size_t i = 0; i < n;) {
        i += text_next(s + i, n - i, &c);
        buf_append(&b, c.bytes, c.len);
    }
    buf_append(&b, "", 0);
    if (b.data == NULL)
        return x_strdup("");
    return buf_take(&b);
}
