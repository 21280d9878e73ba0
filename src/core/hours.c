#include "core/hours.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "core/internal.h"

#define MINUTE_MS 60000
#define DAY_MIN 1440
#define DAY_MS (DAY_MIN * (int64_t)MINUTE_MS)
#define AHEAD_DAYS 16          /* whatever a week brings has come twice by then */
#define FAR_MS (20 * 366 * DAY_MS)     /* nobody waits longer */

/* Minutes from the midnight with which its day begins. */
struct span {
    int from, to;
};

struct day_plan {
    int n;
    struct span spans[1 + HOURS_MORE_MAX];
};

/* One date on which another plan holds. */
struct exception {
    int32_t day;
    struct day_plan plan;
};

struct hours {
    bool active;
    struct day_plan week[7];           /* Sunday first */
    struct exception *exceptions;      /* by day */
    size_t exception_count;
    bool forced_open;                  /* by hand, in [forced_from, forced_until) */
    int64_t forced_from_ms, forced_until_ms;
    const struct zone_table *zone;
};

/* --- made from a record --- */

bool hours_date(const char *text, int32_t *day)
{
    static const char form[] = "20dd-dd-dd";
    char again[CLOCK_ISO_LEN + 1];
    int64_t ms;
    for (size_t i = 0; i < sizeof form; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    if (!clock_parse(text, &ms))
        return false;
    clock_format_iso(ms, again); /* the 30th of February is another day then */
    *day = (int32_t)(ms / DAY_MS);
    return strncmp(again, text, 10) == 0;
}

static void add_span(struct day_plan *plan, const json_t *o)
{
    const char *start = json_string_value(json_object_get(o, "start"));
    const char *finish = json_string_value(json_object_get(o, "finish"));
    int from = start ? record_minutes_of(start) : -1, to = finish ? record_minutes_of(finish) : -1;
    if (from < 0 || to < 0 || plan->n == 1 + HOURS_MORE_MAX)
        return;
    if (to == DAY_MIN - 1)
        to = DAY_MIN;
    plan->spans[plan->n++] = (struct span){from, to > from ? to : to + DAY_MIN};
}

static void add_spans(struct day_plan *plan, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        add_span(plan, json_array_get(list, i));
}

static void read_week(struct hours *h, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows) && i < 7; i++) {
        const json_t *row = json_array_get(rows, i); /* in the order of the week: record_kinds.c */
        if (!json_is_true(json_object_get(row, "open")))
            continue;
        add_span(&h->week[i], row);
        add_spans(&h->week[i], json_object_get(row, "more"));
    }
}

static int compare_exceptions(const void *a, const void *b)
{
    const struct exception *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

static void read_exceptions(struct hours *h, const json_t *list)
{
    size_t n = json_array_size(list);
    h->exceptions = n ? x_calloc(n, sizeof(*h->exceptions)) : NULL;
    for (size_t i = 0; i < n; i++) {
        const json_t *o = json_array_get(list, i);
        const char *date = json_string_value(json_object_get(o, "date"));
        struct exception *e = &h->exceptions[h->exception_count];
        if (date == NULL || !hours_date(date, &e->day))
            continue;
        add_spans(&e->plan, json_object_get(o, "hours"));
        h->exception_count++;
    }
    if (n)
        qsort(h->exceptions, h->exception_count, sizeof(*h->exceptions), compare_exceptions);
}

static void read_override(struct hours *h, const json_t *o)
{
    const json_t *until = json_object_get(o, "until");
    if (o == NULL)
        return;
    h->forced_open = json_is_true(json_object_get(o, "open"));
    h->forced_from_ms = (int64_t)json_integer_value(json_object_get(o, "from"));
    h->forced_until_ms = until ? (int64_t)json_integer_value(until) : INT64_MAX;
}

struct hours *hours_new(const json_t *doc, const struct zone_table *zone)
{
    static const struct zone_step none = {0, 0};
    static const struct zone_table utc = {&none, 1};
    struct hours *h = x_calloc(1, sizeof(*h));
    h->zone = zone ? zone : &utc;
    h->active = json_is_true(json_object_get(doc, "active"));
    read_week(h, json_object_get(doc, "workHours"));
    read_exceptions(h, json_object_get(doc, "exceptions"));
    read_override(h, json_object_get(doc, "override"));
    return h;
}

void hours_free(struct hours **h)
{
    if (*h)
        free((*h)->exceptions);
    free(*h);
    *h = NULL;
}

bool hours_is_active(const struct hours *h)
{
    return h->active;
}

/* --- the clock on the wall: local times are ms since 1970 as that clock shows them --- */

static int64_t day_of(int64_t local)
{
    return local / DAY_MS - (local % DAY_MS < 0);
}

static const struct day_plan *plan_of(const struct hours *h, int64_t day)
{
    size_t low = 0, high = h->exception_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->exceptions[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < h->exception_count && h->exceptions[low].day == day)
        return &h->exceptions[low].plan;
    return &h->week[((day + 4) % 7 + 7) % 7]; /* 1970 began on a Thursday */
}

static bool plan_covers(const struct day_plan *plan, int64_t in_day_ms)
{
    for (int i = 0; i < plan->n; i++)
        if (plan->spans[i].from * (int64_t)MINUTE_MS <= in_day_ms && in_day_ms < plan->spans[i].to * (int64_t)MINUTE_MS)
            return true;
    return false;
}

static bool is_open_locally(const struct hours *h, int64_t local)
{
    int64_t day = day_of(local), in_day = local - day * DAY_MS;
    return plan_covers(plan_of(h, day), in_day) || plan_covers(plan_of(h, day - 1), in_day + DAY_MS);
}

/* The first time after `after` at which a span begins or ends, in ms of the plan's day; else limit. */
static int64_t first_edge(const struct day_plan *plan, int64_t after, int64_t limit)
{
    for (int i = 0; i < plan->n; i++) {
        const int64_t edges[] = {plan->spans[i].from * (int64_t)MINUTE_MS, plan->spans[i].to * (int64_t)MINUTE_MS};
        for (int k = 0; k < 2; k++)
            if (edges[k] > after && edges[k] < limit)
                limit = edges[k];
    }
    return limit;
}

/* Up to there nothing begins or ends: midnight at the latest. */
static int64_t next_edge(const struct hours *h, int64_t local)
{
    int64_t day = day_of(local), in_day = local - day * DAY_MS;
    int64_t edge = first_edge(plan_of(h, day), in_day, DAY_MS);
    edge = first_edge(plan_of(h, day - 1), in_day + DAY_MS, edge + DAY_MS) - DAY_MS;
    return day * DAY_MS + edge;
}

/* --- moments --- */

static bool is_scheduled(const struct hours *h, int64_t ms)
{
    return is_open_locally(h, ms + zone_table_ahead(h->zone, ms, NULL));
}

static bool is_forced(const struct hours *h, int64_t ms)
{
    return ms >= h->forced_from_ms && ms < h->forced_until_ms;
}

int64_t hours_override_until(const struct hours *h, int64_t ms)
{
    return h->active && is_forced(h, ms) ? h->forced_until_ms : 0;
}

bool hours_is_open(const struct hours *h, int64_t ms)
{
    return h->active && (is_forced(h, ms) ? h->forced_open : is_scheduled(h, ms));
}

int64_t hours_next_scheduled(const struct hours *h, int64_t ms)
{
    bool open = is_scheduled(h, ms);
    int64_t last = h->exception_count ? (h->exceptions[h->exception_count - 1].day + 1) * DAY_MS : ms;
    int64_t limit = (last > ms ? last : ms) + AHEAD_DAYS * DAY_MS;
    while (h->active && ms < limit) {
        int64_t until, ahead = zone_table_ahead(h->zone, ms, &until);
        int64_t edge = next_edge(h, ms + ahead) - ahead;
        ms = edge < until ? edge : until;
        if (is_scheduled(h, ms) != open)
            return ms;
    }
    return INT64_MAX;
}

int64_t hours_next_change(const struct hours *h, int64_t ms)
{
    bool open = hours_is_open(h, ms);
    while (h->active && ms != INT64_MAX) {
        int64_t next = is_forced(h, ms) ? h->forced_until_ms : hours_next_scheduled(h, ms);
        if (ms < h->forced_from_ms && h->forced_from_ms < next)
            next = h->forced_from_ms;
        ms = next;
        if (ms != INT64_MAX && hours_is_open(h, ms) != open)
            return ms;
    }
    return INT64_MAX;
}

/* --- time that counts --- */

int64_t hours_open_time(const struct hours *h, int64_t from_ms, int64_t to_ms)
{
    int64_t open = 0;
    while (from_ms < to_ms) {
        int64_t next = hours_next_change(h, from_ms);
        int64_t end = next < to_ms ? next : to_ms;
        if (hours_is_open(h, from_ms))
            open += end - from_ms;
        from_ms = end;
    }
    return open;
}

int64_t hours_after_open_time(const struct hours *h, int64_t from_ms, int64_t open_ms)
{
    for (int64_t end = from_ms + FAR_MS; from_ms < end;) {
        int64_t next = hours_next_change(h, from_ms);
        if (hours_is_open(h, from_ms)) {
            if (next == INT64_MAX || next - from_ms >= open_ms)
                return from_ms + open_ms;
            open_ms -= next - from_ms;
        }
        from_ms = next;
    }
    return INT64_MAX;
}
