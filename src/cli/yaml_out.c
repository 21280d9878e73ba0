#include "cli/yaml_out.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "common/utf8.h"

/* Words and forms that YAML, of whatever version, takes for something else than text. */
static bool is_other_type(const char *s)
{
    static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasecmp(s, words[i]) == 0)
            return true;
    return false;
}

/* Begins with a letter and holds nothing that means something to YAML. */
static bool is_plain(const char *s)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char more[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _./-+,";
    size_t n = strlen(s);
    return n > 0 && n < 200 && strchr(letters, s[0]) && s[strspn(s, more)] == '\0' && s[n - 1] != ' ' &&
           !is_other_type(s);
}

/* Characters that may stand in a file as they are: no control, no direction, nothing that is no character. */
static bool is_ordinary(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF))
        return false;
    return !(c >= 0x200B && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069) && c != 0xAD;
}

static void put_escape(struct buf *out, uint32_t c)
{
    if (c == '\n')
        buf_puts(out, "\\n");
    else if (c == '\t')
        buf_puts(out, "\\t");
    else if (c == '\r')
        buf_puts(out, "\\r");
    else if (c < 0x100)
        buf_printf(out, "\\x%02X", c);
    else
        buf_printf(out, c < 0x10000 ? "\\u%04X" : "\\U%08X", c);
}

static void put_quoted(struct buf *out, const char *s)
{
    size_t left = strlen(s);
    buf_putc(out, '"');
    while (left > 0) {
        uint32_t c;
        size_t n = utf8_decode(s, left, &c);
        if (n == 0) { /* no text of ours is like this */
            c = 0xFFFD;
            n = 1;
            buf_puts(out, "\\uFFFD");
        } else if (c == '"' || c == '\\') {
            buf_putc(out, '\\');
            buf_putc(out, (char)c);
        } else if (is_ordinary(c)) {
            buf_append(out, s, n);
        } else {
            put_escape(out, c);
        }
        s += n;
        left -= n;
    }
    buf_putc(out, '"');
}

/* Several lines of ordinary characters, none with blanks at an end that nobody sees. */
static bool is_block(const char *s)
{
    size_t left = strlen(s);
    if (strchr(s, '\n') == NULL || s[0] == ' ' || s[0] == '\n' || left == 0)
        return false;
    if (s[left - 1] == '\n' && (left < 2 || s[left - 2] == '\n'))
        return false;
    for (size_t n; left > 0; s += n, left -= n) {
        uint32_t c;
        n = utf8_decode(s, left, &c);
        if (n == 0 || (c != '\n' && !is_ordinary(c)) || (c == ' ' && (left == 1 || s[1] == '\n')))
            return false;
    }
    return true;
}

static void put_indent(struct buf *out, int indent)
{
    for (int i = 0; i < indent; i++)
        buf_putc(out, ' ');
}

static void put_block(struct buf *out, const char *s, int indent)
{
    size_t n = strlen(s);
    bool ends = s[n - 1] == '\n';
    buf_puts(out, ends ? "|" : "|-");
    for (const char *line = s; *line;) {
        size_t len = strcspn(line, "\n");
        buf_putc(out, '\n');
        if (len > 0)
            put_indent(out, indent);
        buf_append(out, line, len);
        line += len + (line[len] == '\n');
    }
}

void yaml_put_text(struct buf *out, const char *text, int indent)
{
    if (is_plain(text))
        buf_puts(out, text);
    else if (is_block(text))
        put_block(out, text, indent);
    else
        put_quoted(out, text);
}

void yaml_put_line(struct buf *out, const char *text)
{
    if (is_plain(text))
        buf_puts(out, text);
    else
        put_quoted(out, text);
}

static void put_scalar(struct buf *out, const json_t *v, int indent)
{
    if (json_is_string(v))
        yaml_put_text(out, json_string_value(v), indent);
    else if (json_is_integer(v))
        buf_put_i64(out, json_integer_value(v));
    else if (json_is_boolean(v))
        buf_puts(out, json_is_true(v) ? "true" : "false");
    else if (json_is_real(v))
        buf_printf(out, "%.15g", json_real_value(v));
    else
        buf_puts(out, "~");
}

static void put_map(struct buf *out, const json_t *v, int indent, bool first_is_placed)
{
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)v, key, item) {
        if (!first_is_placed)
            put_indent(out, indent);
        first_is_placed = false;
        yaml_put_line(out, key);
        buf_putc(out, ':');
        yaml_put_json(out, item, indent + 2);
    }
}

void yaml_put_json(struct buf *out, const json_t *v, int indent)
{
    if (json_is_object(v) && json_object_size(v) > 0) {
        buf_putc(out, '\n');
        put_map(out, v, indent, false);
    } else if (json_is_array(v) && json_array_size(v) > 0) {
        buf_putc(out, '\n');
        for (size_t i = 0; i < json_array_size(v); i++) {
            const json_t *item = json_array_get(v, i);
            put_indent(out, indent);
            buf_puts(out, "-");
            if (json_is_object(item) && json_object_size(item) > 0) {
                buf_putc(out, ' ');
                put_map(out, item, indent + 2, true);
            } else {
                yaml_put_json(out, item, indent + 2);
            }
        }
    } else {
        buf_putc(out, ' ');
        if (json_is_object(v))
            buf_puts(out, "{}");
        else if (json_is_array(v))
            buf_puts(out, "[]");
        else
            put_scalar(out, v, indent);
        buf_putc(out, '\n');
    }
}

void yaml_put_comment(struct buf *out, const char *text, int indent, int width)
{
    int column = width;
    for (const char *word = text; *word;) {
        size_t n = strcspn(word, " \n");
        int cells = utf8_width(word, n);
        if (column + 1 + cells > width) {
            if (word != text)
                buf_putc(out, '\n');
            put_indent(out, indent);
            buf_putc(out, '#');
            column = indent + 1;
        }
        buf_putc(out, ' ');
        buf_append(out, word, n);
        column += 1 + cells;
        word += n;
        word += strspn(word, " \n");
    }
    buf_putc(out, '\n');
}
