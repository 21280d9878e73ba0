#include "server/params.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/jsonflat.h"
#include "common/mem.h"
#include "common/utf8.h"

#define PAIRS_MAX 500

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *percent_decode(const char *s, size_t n, bool plus)
{
    char *out = x_malloc(n + 1);
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            int high = i + 2 < n ? hex_digit(s[i + 1]) : -1;
            int low = i + 2 < n ? hex_digit(s[i + 2]) : -1;
            if (high < 0 || low < 0) {
                free(out);
                return NULL;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0') {
            free(out);
            return NULL;
        }
        out[len++] = c;
    }
    out[len] = '\0';
    return out;
}

/* Texts that are no UTF-8 would be refused by jansson: they become U+FFFD byte for byte. */
static json_t *text_value(const char *s)
{
    json_t *v = json_string(s);
    if (v)
        return v;
    size_t n = strlen(s), len = 0;
    char *clean = x_malloc(n * 3 + 1);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t step = utf8_decode(s + i, n - i, &cp);
        if (step) {
            memcpy(clean + len, s + i, step);
            len += step;
            i += step;
        } else {
            memcpy(clean + len, "\xEF\xBF\xBD", 3);
            len += 3;
            i++;
        }
    }
    v = json_stringn(clean, len);
    free(clean);
    return v ? v : json_string("");
}

/* Cuts "[]" or "[0]" off the name; true when there was one. */
static bool cut_list_mark(char *name)
{
    char *open = strrchr(name, '[');
    size_t n = strlen(name);
    if (open == NULL || open == name || n == 0 || name[n - 1] != ']')
        return false;
    for (char *p = open + 1; *p != ']'; p++)
        if (!isdigit((unsigned char)*p))
            return false;
    *open = '\0';
    return true;
}

static void put_pair(json_t *object, char *name, const char *value, bool lists)
{
    bool list = lists && cut_list_mark(name);
    json_t *old = json_object_get(object, name);
    if (old == NULL && !list) {
        json_object_set_new(object, name, text_value(value));
        return;
    }
    if (!json_is_array(old)) {
        json_t *array = json_array();
        if (old)
            json_array_append(array, old);
        json_object_set_new(object, name, array);
        old = array;
    }
    json_array_append_new(old, text_value(value));
}

static json_t *parse_pairs(const char *text, size_t n, bool lists)
{
    json_t *object = json_object();
    if (text == NULL)
        return object;
    const char *end = text + n;
    int pairs = 0;
    for (const char *p = text; p && p < end && pairs < PAIRS_MAX;) {
        const char *amp = memchr(p, '&', (size_t)(end - p));
        const char *stop = amp ? amp : end;
        const char *eq = memchr(p, '=', (size_t)(stop - p));
        char *name = percent_decode(p, (size_t)((eq ? eq : stop) - p), true);
        char *value = eq ? percent_decode(eq + 1, (size_t)(stop - eq - 1), true) : x_strdup("");
        if (name && value && *name && utf8_valid(name, strlen(name))) {
            put_pair(object, name, value, lists);
            pairs++;
        }
        free(name);
        free(value);
        p = amp ? amp + 1 : NULL;
    }
    return object;
}

json_t *params_from_query(const char *text, size_t n)
{
    return parse_pairs(text, n, true);
}

json_t *params_from_form(const char *text, size_t n)
{
    return parse_pairs(text, n, false);
}

/* Levels are counted before the parser recurses. */
static bool too_deep(const char *s, size_t n)
{
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

json_t *params_from_json(const char *text, size_t n, bool any, struct error *e)
{
    json_t *flat = jsonflat_load(text, n);
    if (flat)
        return flat;
    if (too_deep(text, n)) {
        error_set(e, ERR_INVALID, NULL, "JSON nested deeper than %d levels", JSON_DEPTH_MAX);
        return NULL;
    }
    json_error_t fault;
    json_t *v = json_loadb(text, n, any ? JSON_DECODE_ANY : 0, &fault);
    if (v == NULL)
        error_set(e, ERR_INVALID, NULL, "Bad JSON: %s at line %d, column %d", fault.text, fault.line, fault.column);
    return v;
}
