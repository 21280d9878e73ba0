#include "common/jsonw.h"

#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"

struct jsonw jsonw_on(struct buf *out, enum jsonw_dates dates)
{
    return (struct jsonw){.out = out, .dates = dates, .comma = false};
}

/* Eight at a time, by the usual tricks with words. */
size_t json_plain_run(const char *s, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, s + i, 8);
        uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
        /* A byte that is below 0x20, or zero after the XOR, borrows into its top bit; those from 0x80 have it. */
        if (((w - ones * 0x20) | (quote - ones) | (slash - ones) | w) & tops)
            break;
    }
    while (i < n && (unsigned char)s[i] >= 0x20 && (unsigned char)s[i] < 0x80 && s[i] != '"' && s[i] != '\\')
        i++;
    return i;
}

void json_escape(struct buf *out, const char *s, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    buf_putc(out, '"');
    size_t from = 0;
    for (size_t i = json_plain_run(s, n); i < n; i += json_plain_run(s + i, n - i)) {
        unsigned char c = (unsigned char)s[i];
        size_t step = 1;
        if (c >= 0x80) {
            uint32_t cp;
            step = utf8_decode(s + i, n - i, &cp);
            if (step) {
                i += step;
                continue;
            }
            step = 1;
        }
        buf_append(out, s + from, i - from);
        if (c >= 0x80) {
            buf_puts(out, "\xEF\xBF\xBD");
        } else if (c == '"' || c == '\\') {
            buf_putc(out, '\\');
            buf_putc(out, (char)c);
        } else if (c == '\n') {
            buf_puts(out, "\\n");
        } else if (c == '\t') {
            buf_puts(out, "\\t");
        } else if (c == '\r') {
            buf_puts(out, "\\r");
        } else {
            char u[7] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15], 0};
            buf_append(out, u, 6);
        }
        i += step;
        from = i;
    }
    buf_append(out, s + from, n - from);
    buf_putc(out, '"');
}

static void lead(struct jsonw *w, const char *key)
{
    size_t n = key ? strlen(key) : 0;
    buf_reserve(w->out, n + 4);
    char *to = w->out->data + w->out->len;
    if (w->comma)
        *to++ = ',';
    w->comma = true;
    if (key) {
        *to++ = '"';
        to = mempcpy(to, key, n);
        *to++ = '"';
        *to++ = ':';
    }
    *to = '\0';
    w->out->len = (size_t)(to - w->out->data);
}

void jsonw_key(struct jsonw *w, const char *key)
{
    lead(w, NULL);
    json_escape(w->out, key, strlen(key));
    buf_putc(w->out, ':');
    w->comma = false;
}

void jsonw_object(struct jsonw *w, const char *key)
{
    lead(w, key);
    buf_putc(w->out, '{');
    w->comma = false;
}

void jsonw_end_object(struct jsonw *w)
{
    buf_putc(w->out, '}');
    w->comma = true;
}

void jsonw_array(struct jsonw *w, const char *key)
{
    lead(w, key);
    buf_putc(w->out, '[');
    w->comma = false;
}

void jsonw_end_array(struct jsonw *w)
{
    buf_putc(w->out, ']');
    w->comma = true;
}

void jsonw_strn(struct jsonw *w, const char *key, const char *s, size_t n)
{
    lead(w, key);
    json_escape(w->out, s, n);
}

void jsonw_str(struct jsonw *w, const char *key, const char *s)
{
    if (s)
        jsonw_strn(w, key, s, strlen(s));
}

void jsonw_int(struct jsonw *w, const char *key, int64_t v)
{
    lead(w, key);
    buf_put_i64(w->out, v);
}

void jsonw_real(struct jsonw *w, const char *key, double v)
{
    lead(w, key);
    if (isfinite(v))
        buf_printf(w->out, "%.15g", v);
    else
        buf_puts(w->out, "null");
}

void jsonw_bool(struct jsonw *w, const char *key, bool v)
{
    lead(w, key);
    buf_puts(w->out, v ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
    lead(w, key);
    buf_puts(w->out, "null");
}

void jsonw_date(struct jsonw *w, const char *key, int64_t ms)
{
    if (ms == 0)
        return;
    lead(w, key);
    if (w->dates == JSONW_EJSON) {
        buf_puts(w->out, "{\"$date\":");
        buf_put_i64(w->out, ms);
        buf_putc(w->out, '}');
        return;
    }
    char iso[CLOCK_ISO_LEN + 1];
    clock_format_iso(ms, iso);
    buf_putc(w->out, '"');
    buf_append(w->out, iso, CLOCK_ISO_LEN);
    buf_putc(w->out, '"');
}

void jsonw_raw(struct jsonw *w, const char *key, const char *json, size_t n)
{
    if (json == NULL)
        return;
    lead(w, key);
    buf_append(w->out, json, n);
}

static bool is_ejson_date(const json_t *v, int64_t *ms)
{
    json_t *date = json_object_get(v, "$date");
    if (json_object_size(v) != 1 || !json_is_number(date))
        return false;
    *ms = (int64_t)json_number_value(date);
    return true;
}

void jsonw_json(struct jsonw *w, const char *key, const json_t *v)
{
    int64_t ms;
    const char *k;
    json_t *child;
    size_t i;
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        if (is_ejson_date(v, &ms)) {
            jsonw_date(w, key, ms ? ms : 1);
            return;
        }
        jsonw_object(w, key);
        json_object_foreach((json_t *)v, k, child) {
            jsonw_key(w, k);
            jsonw_json(w, NULL, child);
        }
        jsonw_end_object(w);
        return;
    case JSON_ARRAY:
        jsonw_array(w, key);
        json_array_foreach(v, i, child)
            jsonw_json(w, NULL, child);
        jsonw_end_array(w);
        return;
    case JSON_STRING:
        jsonw_strn(w, key, json_string_value(v), json_string_length(v));
        return;
    case JSON_INTEGER:
        jsonw_int(w, key, json_integer_value(v));
        return;
    case JSON_REAL:
        jsonw_real(w, key, json_real_value(v));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        jsonw_bool(w, key, json_is_true(v));
        return;
    case JSON_NULL:
        jsonw_null(w, key);
        return;
    }
}
