/* The analytics page over the realtime API (rest 15.5, behaviour 21.5): totals, charts, tables of agents. Days and hours
   are those of the zone of reports. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/families.h"
#include "server/numbers.h"

#define HOUR_MS 3600000
#define DAY_MS (24 * HOUR_MS)
#define DAYS_MAX 3700              /* of a chart: ten years */

/* What charts and tables show. */
static const struct figure {
    const char *name;
    measure of;
    enum { SHOWS_TOTAL, SHOWS_MEAN, SHOWS_LEAST } shows;
    bool is_time;
} figures[] = {
    {"Total_conversations", measure_chat, SHOWS_TOTAL, false},
    {"Avg_chat_duration", measure_duration, SHOWS_MEAN, true},
    {"Total_messages", measure_agent_messages, SHOWS_TOTAL, false},
    {"Avg_first_response_time", measure_first_response, SHOWS_MEAN, true},
    {"Best_first_response_time", measure_first_response, SHOWS_LEAST, true},
    {"Avg_response_time", measure_response, SHOWS_MEAN, true},
    {"Avg_reaction_time", measure_reaction, SHOWS_MEAN, true},
};

static const struct figure *figure_find(const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(figures); i++)
        if (strcmp(figures[i].name, name) == 0)
            return &figures[i];
    return NULL;
}

static double figure_value(const struct figure *f, const struct sum *s)
{
    return f->shows == SHOWS_TOTAL ? s->total : f->shows == SHOWS_MEAN ? sum_mean(s) : s->least;
}

/* --- totals --- */

static int64_t days_of(const struct numbers *n)
{
    return (zone_local(n->zone, n->to_ms) + 1 - zone_local(n->zone, n->from_ms)) / DAY_MS;
}

static json_t *count_conversations(struct numbers *n, struct store_reader *r)
{
    (void)r;
    json_t *list = json_array();
    json_int_t open = 0, on_hold = 0;
    for (size_t i = 0; i < n->n; i++) {
        open += n->rows[i].open && !n->rows[i].on_hold;
        on_hold += n->rows[i].on_hold;
    }
    totals_add(list, "Total_conversations", json_integer((json_int_t)n->n));
    totals_add(list, "Open_conversations", json_integer(open));
    totals_add(list, "On_Hold_conversations", json_integer(on_hold));
    totals_add(list, "Total_messages", json_integer((json_int_t)sum_all(n, measure_messages).total));
    totals_add(list, "Busiest_day", busiest_day(n));
    totals_add(list, "Conversations_per_day", json_sprintf("%.2f", (double)n->n / (double)days_of(n)));
    totals_add(list, "Busiest_time", busiest_time(n));
    return list;
}

static json_t *count_productivity(struct numbers *n, struct store_reader *r)
{
    (void)r;
    json_t *list = json_array();
    totals_add_productivity(list, n);
    return list;
}

/* --- chart --- */

/* The point of a chat: its hour of the day, or its day of the period. */
static size_t point_of(const struct numbers *n, const struct chat_numbers *chat, int64_t step_ms)
{
    return (size_t)((zone_local(n->zone, chat->ts_ms) - zone_local(n->zone, n->from_ms)) / step_ms);
}

static json_t *point_label(const struct numbers *n, size_t i, bool hourly)
{
    char from[8], to[8], day[CLOCK_ISO_LEN + 1];
    if (hourly) {
        hour_name((int)i, from);
        hour_name((int)i + 1, to);
        return json_sprintf("%s-%s", from, to);
    }
    clock_format_iso(zone_local(n->zone, n->from_ms) + (int64_t)i * DAY_MS, day);
    return json_sprintf("%d/%d", atoi(day + 5), atoi(day + 8));
}

static json_t *count_chart(struct numbers *n, struct store_reader *r)
{
    (void)r;
    const struct figure *f = n->what;
    bool hourly = days_of(n) == 1;
    size_t points = hourly ? 24 : (size_t)days_of(n);
    struct sum *sums = x_calloc(points, sizeof(*sums));
    json_t *labels = json_array(), *values = json_array();
    for (size_t i = 0; i < n->n; i++) {
        size_t at = point_of(n, &n->rows[i], hourly ? HOUR_MS : DAY_MS);
        if (at < points)
            sum_add(&sums[at], f->of(n, &n->rows[i]));
    }
    for (size_t i = 0; i < points; i++) {
        double v = round(figure_value(f, &sums[i]) * 100) / 100;
        json_array_append_new(labels, point_label(n, i, hourly));
        json_array_append_new(values, v == floor(v) ? json_integer((json_int_t)v) : json_real(v));
    }
    free(sums);
    return json_pack("{s:s,s:o,s:o}", "chartLabel", f->name, "dataLabels", labels, "dataPoints", values);
}

/* --- table of agents --- */

static int by_least(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    return (x->sum.total > y->sum.total) - (x->sum.total < y->sum.total);
}

static int by_most(const void *a, const void *b)
{
    return by_least(b, a);
}

static json_t *agent_value(const struct figure *f, double value, double total)
{
    if (f->of == measure_chat)
        return json_sprintf("%.2f%%", value / total * 100);
    return f->is_time ? json_hms(value) : json_integer((json_int_t)value);
}

/* Conversations, duration and messages: the most first; times: the least. */
static json_t *count_agents(struct numbers *n, struct store_reader *r)
{
    (void)r;
    const struct figure *f = n->what;
    struct group *groups;
    size_t count = group_all(n, GROUP_AGENT, f->of, &groups);
    bool most_first = !f->is_time || f->of == measure_duration;
    double total = 0;
    json_t *data = json_array();
    for (size_t i = 0; i < count; i++)
        total += groups[i].sum.total = figure_value(f, &groups[i].sum);
    qsort(groups, count, sizeof(*groups), most_first ? by_most : by_least);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(data, json_pack("{s:s,s:o}", "name", groups[i].name, "value",
                                              agent_value(f, groups[i].sum.total, total)));
    free(groups);
    const char *head = f->of == measure_chat ? "%_of_conversations" : f->name;
    return json_pack("{s:[{s:s},{s:s}],s:o}", "head", "name", "Agent", "name", head, "data", data);
}

/* --- the methods --- */

static void answer(struct call *c, void *data)
{
    const struct numbers *n = data;
    jsonw_json(call_result(c), NULL, n->out);
    call_end(c);
}

/* "YYYY-MM-DD", a day of the zone of reports; what follows it is not looked at. */
static bool read_day(const json_t *range, const char *key, int64_t *local_ms)
{
    const char *text = json_string_value(json_object_get(range, key));
    char day[11];
    snprintf(day, sizeof day, "%s", text ? text : "");
    return strlen(day) == 10 && clock_parse(day, local_ms);
}

/* Answers nothing when the options are none. */
static void ask(struct call *c, numbers_count count, const void *what)
{
    const json_t *options = call_obj(c, 0), *range = json_object_get(options, "daterange");
    const char *department = call_obj_str(options, "departmentId");
    const struct zone_table *zone = numbers_zone(c->server->core);
    int64_t from, to;
    if (!count || !read_day(range, "from", &from) || !read_day(range, "to", &to) || to < from ||
        (to - from) / DAY_MS >= DAYS_MAX) {
        call_end(c);
        return;
    }
    if (department && (*department == '\0' || strcmp(department, "undefined") == 0))
        department = NULL;
    struct numbers *n = numbers_new(c->server, c->user, department, zone_moment(zone, from),
                                    zone_moment(zone, to + DAY_MS) - 1);
    n->count = count;
    n->what = what;
    call_read(c, numbers_run, answer, n, numbers_drop);
}

static const char *wanted(const struct call *c, const char *options)
{
    return call_obj_str(json_object_get(call_obj(c, 0), options), "name");
}

static void overview(struct call *c)
{
    const char *name = wanted(c, "analyticsOptions");
    if (!call_needs(c, "view-livechat-manager"))
        return;
    ask(c, name == NULL                            ? NULL
           : strcmp(name, "Conversations") == 0 ? count_conversations
           : strcmp(name, "Productivity") == 0  ? count_productivity
                                                : NULL,
        NULL);
}

static void chart(struct call *c)
{
    const struct figure *f = figure_find(wanted(c, "chartOptions"));
    if (call_needs(c, "view-livechat-manager"))
        ask(c, f ? count_chart : NULL, f);
}

static void agents(struct call *c)
{
    const struct figure *f = figure_find(wanted(c, "chartOptions"));
    if (call_needs(c, "view-livechat-manager"))
        ask(c, f ? count_agents : NULL, f);
}

const struct method analytics_methods[] = {
    {"livechat:getAnalyticsOverviewData", true, overview},
    {"livechat:getAnalyticsChartData", true, chart},
    {"livechat:getAgentOverviewData", true, agents},
    METHODS_END,
};
