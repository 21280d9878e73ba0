/* Business hours: the texts of days and holidays, and what is sent of them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/record_private.h"
#include "common/buf.h"
#include "common/mem.h"

static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};

#define DAY 1440

/* --- texts --- */

static bool read_minutes(const char *text, int *out)
{
    int h, m, n = 0;
    if (sscanf(text, "%2d:%2d%n", &h, &m, &n) != 2 || n != 5 || h < 0 || h > 24 || m < 0 || m > 59 ||
        (h == 24 && m > 0))
        return false;
    *out = h * 60 + m;
    return true;
}

/* "8:30-17:00", hours with one digit or two. Returns what is behind it, or NULL. */
static const char *read_span(const char *text, struct record_span *out)
{
    int h[2], m[2], n = 0;
    if (sscanf(text, "%2d:%2d - %2d:%2d%n", &h[0], &m[0], &h[1], &m[1], &n) != 4 || n == 0)
        return NULL;
    for (int i = 0; i < 2; i++)
        if (h[i] < 0 || m[i] < 0 || m[i] > 59 || h[i] * 60 + m[i] > DAY)
            return NULL;
    *out = (struct record_span){h[0] * 60 + m[0], h[1] * 60 + m[1]};
    return out->start == out->finish || out->start == DAY ? NULL : text + n;
}

const char *record_spans_read(const char *text, struct record_span *out, int *n)
{
    *n = 0;
    for (const char *next; *n < RECORD_SPANS_MAX && (next = read_span(text, &out[*n])) != NULL; text = next) {
        ++*n;
        next += strspn(next, " ,");
    }
    return text;
}

char *record_spans_show(const struct record_span *spans, int n)
{
    struct buf b = BUF_INIT;
    for (int i = 0; i < n; i++)
        buf_printf(&b, "%s%02d:%02d-%02d:%02d", i ? ", " : "", spans[i].start / 60, spans[i].start % 60,
                   spans[i].finish / 60, spans[i].finish % 60);
    return b.data ? buf_take(&b) : x_strdup("closed");
}

bool record_day_read(const char *item, struct record_day *out)
{
    char from[8], to[8], state[8];
    int used = 0;
    *out = (struct record_day){.n = 1};
    if (sscanf(item, "%7s %7s %7s%n", from, to, state, &used) != 3 || !read_minutes(from, &out->spans[0].start) ||
        !read_minutes(to, &out->spans[0].finish))
        return false;
    out->open = strcmp(state, "open") == 0;
    item += used;
    for (; out->n < RECORD_SPANS_MAX && sscanf(item, "%7s %7s%n", from, to, &used) == 2; item += used) {
        struct record_span *s = &out->spans[out->n++];
        if (!read_minutes(from, &s->start) || !read_minutes(to, &s->finish))
            return false;
    }
    return out->open || strcmp(state, "closed") == 0;
}

char *record_day_write(const struct record_day *d)
{
    struct buf b = BUF_INIT;
    for (int i = 0; i < d->n; i++)
        buf_printf(&b, i == 0 ? "%02d:%02d %02d:%02d" : " %02d:%02d %02d:%02d", d->spans[i].start / 60,
                   d->spans[i].start % 60, d->spans[i].finish / 60, d->spans[i].finish % 60);
    AUTO_FREE char *rest = x_strdup(b.data + 11);
    b.len = 11;
    buf_printf(&b, " %s%s", d->open ? "open" : "closed", rest);
    return buf_take(&b);
}

int record_holiday_read(const char *item, struct record_holiday *out, struct error *err)
{
    int year, month, day, used = 0;
    *out = (struct record_holiday){.n = 0};
    item += strspn(item, " ");
    if (sscanf(item, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 || year < 2000 || year > 2099 ||
        month < 1 || month > 12 || day < 1 || day > 31)
        return error_set(err, ERR_INVALID, "exceptions", "A date comes first, such as 2026-12-24");
    snprintf(out->date, sizeof out->date, "%.10s", item);
    item += used + strspn(item + used, " ");
    bool is_closed = strncmp(item, "closed", 6) == 0 && (item[6] == '\0' || item[6] == ' ');
    if (is_closed)
        item += 6;
    else
        item = record_spans_read(item, out->spans, &out->n);
    out->name = item + strspn(item, " ");
    if (isdigit((unsigned char)*out->name))
        return error_set(err, ERR_INVALID, "exceptions", "Times are two of them, such as 09:00-13:00, or closed");
    return 0;
}

char *record_holiday_write(const struct record_holiday *h)
{
    AUTO_FREE char *times = record_spans_show(h->spans, h->n);
    return x_asprintf("%s %s%s%s", h->date, times, *h->name ? " " : "", h->name);
}

/* --- JSON --- */

static const char *time_of(const json_t *row, const char *key)
{
    const json_t *t = json_object_get(row, key);
    const char *text = json_is_string(t) ? json_string_value(t) : js_str(t, "time");
    return text ? text : "00:00";
}

static void add_span(const json_t *o, struct record_span *spans, int *n)
{
    struct record_span s;
    if (*n < RECORD_SPANS_MAX && read_minutes(time_of(o, "start"), &s.start) &&
        read_minutes(time_of(o, "finish"), &s.finish))
        spans[(*n)++] = s;
}

static void add_day(const json_t *row, struct record_value *v)
{
    struct record_day day = {.open = js_bool(row, "open")};
    const json_t *more = js_list(row, "more");
    if (row)
        add_span(row, day.spans, &day.n);
    for (size_t i = 0; day.n > 0 && i < json_array_size(more); i++)
        add_span(json_array_get(more, i), day.spans, &day.n);
    AUTO_FREE char *text = day.n > 0 ? record_day_write(&day) : x_strdup("08:00 20:00 closed");
    record_value_add(v, text);
}

void record_days_decode(const json_t *json, struct record_value *v)
{
    for (size_t d = 0; d < COUNT_OF(day_names); d++) {
        const json_t *found = NULL;
        for (size_t i = 0; i < json_array_size(json); i++)
            if (str_eq(js_str(json_array_get(json, i), "day"), day_names[d]))
                found = json_array_get(json, i);
        add_day(found, v);
    }
}

/* There is no 24:00 on the wire: 23:59 is the end of the day (behaviour 10.4). */
static json_t *span_json(const struct record_span *s)
{
    char from[16], to[16];
    int finish = s->finish == DAY ? DAY - 1 : s->finish;
    snprintf(from, sizeof from, "%02d:%02d", s->start / 60, s->start % 60);
    snprintf(to, sizeof to, "%02d:%02d", finish / 60, finish % 60);
    return json_pack("{s:s,s:s}", "start", from, "finish", to);
}

static json_t *spans_json(const struct record_span *spans, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, span_json(&spans[i]));
    return list;
}

json_t *record_days_encode(const struct record_value *v)
{
    json_t *list = json_array();
    for (size_t d = 0; d < v->count && d < COUNT_OF(day_names); d++) {
        struct record_day day;
        if (!record_day_read(v->items[d], &day))
            continue;
        json_t *row = span_json(&day.spans[0]);
        json_object_set_new(row, "day", json_string(day_names[d]));
        json_object_set_new(row, "open", json_boolean(day.open));
        json_object_set_new(row, "more", spans_json(day.spans + 1, day.n - 1)); /* none is said too, else they stay */
        json_array_append_new(list, row);
    }
    return list;
}

void record_holidays_decode(const json_t *json, struct record_value *v)
{
    for (size_t i = 0; i < json_array_size(json); i++) {
        const json_t *o = json_array_get(json, i), *hours = js_list(o, "hours");
        struct record_holiday h = {.name = js_str(o, "name") ? js_str(o, "name") : ""};
        snprintf(h.date, sizeof h.date, "%.10s", js_str(o, "date") ? js_str(o, "date") : "?");
        for (size_t k = 0; k < json_array_size(hours); k++)
            add_span(json_array_get(hours, k), h.spans, &h.n);
        AUTO_FREE char *text = record_holiday_write(&h);
        record_value_add(v, text);
    }
}

json_t *record_holidays_encode(const struct record_value *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->count; i++) {
        struct record_holiday h;
        struct error err;
        if (record_holiday_read(v->items[i], &h, &err) == 0)
            json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "date", h.date, "name", h.name, "hours",
                                                  spans_json(h.spans, h.n)));
    }
    return list;
}

static const struct record_value *value_of(const struct record_value *values, const char *key)
{
    return &values[record_field_find(record_kind(RECORD_HOURS), key)];
}

json_t *record_hours_form(const char *id, const char *type, const struct record_value *values, bool extended)
{
    struct buf ids = BUF_INIT;
    const struct record_value *departments = value_of(values, "departments");
    const struct record_value *holidays = value_of(values, "exceptions");
    for (size_t i = 0; i < departments->count; i++)
        buf_printf(&ids, "%s%s", i ? "," : "", departments->items[i]);
    json_t *data = json_pack("{s:s,s:b,s:s,s:s,s:o,s:s}", "name", record_text(value_of(values, "name")), "active",
                             strcmp(record_text(value_of(values, "active")), "true") == 0, "type", type, "timezoneName",
                             record_text(value_of(values, "timezone.name")), "workHours",
                             record_days_encode(value_of(values, "workHours")), "departmentsToApplyBusinessHour",
                             ids.data ? ids.data : "");
    buf_free(&ids);
    json_t *rows = json_object_get(data, "workHours");
    for (size_t i = 0; !extended && i < json_array_size(rows); i++)
        json_object_del(json_array_get(rows, i), "more");
    if (extended)
        json_object_set_new(data, "exceptions", record_holidays_encode(holidays));
    if (id)
        json_object_set_new(data, "_id", json_string(id));
    return data;
}

bool record_hours_are_plain(const struct record_value *values)
{
    const struct record_value *week = value_of(values, "workHours");
    struct record_day day;
    for (size_t i = 0; i < week->count; i++)
        if (record_day_read(week->items[i], &day) && day.n > 1)
            return false;
    return value_of(values, "exceptions")->count == 0;
}
