#include "server/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/mem.h"
#include "common/zone.h"

#define HOUR_MS 3600000
#define DAY_HOURS 24

/* --- the question --- */

static bool counts_department(const struct core *c, const struct user *u, const char *wanted, const struct department *d)
{
    return (wanted == NULL || (d && strcmp(d->id, wanted) == 0)) && core_unit_allows(c, u, d);
}

static bool is_of(const struct numbers *n, const struct user *u)
{
    const struct department_agent *l;
    if (!n->bounded)
        return true;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (json_object_get(n->departments, l->department->id))
            return true;
    }
    return false;
}

static void take_snapshot(struct numbers *n, const struct core *c)
{
    const struct room *r = NULL;
    n->live_rows = x_calloc(core_room_count(c) + 1, sizeof(*n->live_rows));
    while ((r = core_next_room(c, r)) != NULL) {
        if (r->ts_ms < n->from_ms || r->ts_ms > n->to_ms)
            continue;
        json_object_set_new(n->live, r->id, json_integer((json_int_t)n->live_n));
        n->live_rows[n->live_n++] = (struct chat_numbers){
            .department_id = x_strdup(r->department_id),
            .agent_id = r->served_by ? x_strdup(r->served_by->id) : NULL,
            .agent = r->served_by ? x_strdup(r->served_by->username) : NULL,
            .ts_ms = r->ts_ms,
            .served_ms = r->served_ms,
            .response_by_ms = r->response_by_ms,
            .open = true,
            .on_hold = r->on_hold,
            .waiting_response = r->waiting_response,
            .metrics = r->metrics,
        };
    }
}

struct numbers *numbers_new(const struct server *s, const struct user *u, const char *department_id, int64_t from_ms,
                            int64_t to_ms)
{
    const struct core *c = s->core;
    struct numbers *n = x_calloc(1, sizeof(*n));
    *n = (struct numbers){
        .from_ms = from_ms,
        .to_ms = to_ms,
        .now_ms = server_now(s),
        .timeout_s = core_setting_int(c, "Livechat_visitor_inactivity_timeout"),
        .zone = numbers_zone(c),
        .bounded = department_id || core_unit_restricts(c, u),
        .with_none = counts_department(c, u, department_id, NULL),
        .departments = json_object(),
        .agents = json_object(),
        .live = json_object(),
    };
    for (const struct department *d = NULL; (d = core_next_department(c, d)) != NULL;)
        if (counts_department(c, u, department_id, d))
            json_object_set_new(n->departments, d->id, json_string(d->name));
    for (const struct user *one = NULL; (one = core_next_user(c, one)) != NULL;)
        if (user_is_agent(one) && is_of(n, one))
            json_object_set_new(n->agents, one->id, json_string(one->username));
    take_snapshot(n, c);
    return n;
}

bool numbers_has(const struct numbers *n, const char *department_id)
{
    if (!n->bounded)
        return true;
    return department_id ? json_object_get(n->departments, department_id) != NULL : n->with_none;
}

/* The store may be behind with the figures of an open chat: then those of memory count. */
static void freshen(struct numbers *n, struct chat_numbers *row)
{
    const json_t *at = row->open ? json_object_get(n->live, row->id) : NULL;
    if (at == NULL)
        return;
    struct chat_numbers *live = &n->live_rows[json_integer_value(at)];
    chat_numbers_fini(row);
    *row = *live;
    live->department_id = live->agent_id = live->agent = NULL;
}

void numbers_run(struct store_reader *r, void *numbers)
{
    struct numbers *n = numbers;
    struct chat_numbers *rows;
    size_t all = read_chat_numbers(r, n->from_ms, n->to_ms, &rows);
    for (size_t i = 0; i < all; i++) {
        freshen(n, &rows[i]);
        if (numbers_has(n, rows[i].department_id))
            rows[n->n++] = rows[i];
        else
            chat_numbers_fini(&rows[i]);
    }
    n->rows = rows;
    n->out = n->count(n, r);
}

void numbers_drop(void *numbers)
{
    struct numbers *n = numbers;
    chat_numbers_free(n->rows, n->n);
    chat_numbers_free(n->live_rows, n->live_n);
    json_decref(n->live);
    json_decref(n->departments);
    json_decref(n->agents);
    json_decref(n->out);
    free(n);
}

/* --- time --- */

/* Accounts have no zone of their own here, the interface says UTC for them. */
const struct zone_table *numbers_zone(const struct core *c)
{
    const char *whose = core_setting_text(c, "Default_Timezone_For_Reporting");
    const char *name = core_setting_text(c, "Default_Custom_Timezone");
    if (strcmp(whose, "user") == 0)
        return NULL;
    return zone_table_of(strcmp(whose, "custom") == 0 && *name ? name : zone_of_system());
}

int64_t zone_local(const struct zone_table *zone, int64_t ms)
{
    return zone ? ms + zone_table_ahead(zone, ms, NULL) : ms;
}

int64_t zone_moment(const struct zone_table *zone, int64_t local_ms)
{
    if (zone == NULL)
        return local_ms;
    int64_t guess = local_ms - zone_table_ahead(zone, local_ms, NULL);
    return local_ms - zone_table_ahead(zone, guess, NULL);
}

/* --- one chat --- */

static bool ended_in_time(const struct numbers *n, const struct chat_numbers *chat)
{
    return !chat->open && chat->closed_ms <= n->to_ms;
}

static bool is_abandoned(const struct numbers *n, const struct chat_numbers *chat)
{
    return !chat->open && chat->metrics.silence_s >= 0 && chat->metrics.silence_s >= n->timeout_s;
}

double measure_chat(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n, (void)chat;
    return 1;
}

double measure_closed(const struct numbers *n, const struct chat_numbers *chat)
{
    return ended_in_time(n, chat) ? 1 : NAN;
}

double measure_answered(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return chat->waiting_response ? NAN : 1;
}

double measure_waiting(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return chat->waiting_response ? 1 : NAN;
}

double measure_duration(const struct numbers *n, const struct chat_numbers *chat)
{
    return ended_in_time(n, chat) ? (double)chat->metrics.chat_duration_s : NAN;
}

/* Whoever took over and has said nothing yet has no service to measure. */
double measure_service(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    bool spoke = chat->agent_id && chat->served_ms > 0 && chat->response_by_ms >= chat->served_ms;
    return spoke ? (double)(chat->response_by_ms - chat->served_ms) / 1000 : NAN;
}

double measure_service_total(const struct numbers *n, const struct chat_numbers *chat)
{
    return ended_in_time(n, chat) ? (double)chat->metrics.service_duration_s : NAN;
}

double measure_wait(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return chat->waiting_response ? NAN : (double)chat->metrics.response_first_s;
}

double measure_response(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    const struct room_metrics *m = &chat->metrics;
    return m->response_total > 0 ? (double)m->response_tt / (double)m->response_total : NAN;
}

double measure_first_response(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return chat->metrics.replied_ms ? (double)chat->metrics.response_first_s : NAN;
}

double measure_reaction(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return chat->metrics.replied_ms ? (double)chat->metrics.reaction_first_s : NAN;
}

double measure_abandoned(const struct numbers *n, const struct chat_numbers *chat)
{
    return ended_in_time(n, chat) && is_abandoned(n, chat) ? 1 : NAN;
}

double measure_abandoned_percent(const struct numbers *n, const struct chat_numbers *chat)
{
    return is_abandoned(n, chat) ? 100 : 0;
}

/* A chat in which nobody said anything counts as one message (behaviour 21.3). */
double measure_messages(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return chat->metrics.said > 0 ? (double)chat->metrics.said : 1;
}

double measure_agent_messages(const struct numbers *n, const struct chat_numbers *chat)
{
    (void)n;
    return (double)chat->metrics.agent_said;
}

/* --- many --- */

void sum_add(struct sum *s, double value)
{
    if (isnan(value))
        return;
    s->least = s->n == 0 || value < s->least ? value : s->least;
    s->most = s->n == 0 || value > s->most ? value : s->most;
    s->total += value;
    s->n++;
}

double sum_mean(const struct sum *s)
{
    return s->n > 0 ? s->total / (double)s->n : 0;
}

struct sum sum_all(const struct numbers *n, measure of)
{
    struct sum s = {0};
    for (size_t i = 0; i < n->n; i++)
        sum_add(&s, of(n, &n->rows[i]));
    return s;
}

struct named_group {
    struct group group;
    UT_hash_handle hh;
};

size_t group_all(const struct numbers *n, enum group_by by, measure of, struct group **out)
{
    struct named_group *all = NULL, *one, *next;
    size_t count = 0;
    for (size_t i = 0; i < n->n; i++) {
        const struct chat_numbers *chat = &n->rows[i];
        const char *id = by == GROUP_AGENT ? chat->agent_id : chat->department_id;
        const char *key = id ? id : "";
        double value = of(n, chat);
        if (isnan(value) || (by == GROUP_AGENT && id == NULL))
            continue;
        HASH_FIND_STR(all, key, one);
        if (one == NULL) {
            one = x_calloc(1, sizeof(*one));
            one->group = (struct group){.id = id, .name = by == GROUP_AGENT ? chat->agent : NULL};
            HASH_ADD_KEYPTR(hh, all, key, strlen(key), one);
        }
        sum_add(&one->group.sum, value);
    }
    *out = x_calloc(HASH_COUNT(all) + 1, sizeof(**out));
    HASH_ITER(hh, all, one, next) {
        (*out)[count++] = one->group;
        HASH_DEL(all, one);
        free(one);
    }
    return count;
}

double mean_of_departments(const struct numbers *n, measure of, double (*round)(double))
{
    struct group *groups;
    struct sum means = {0};
    size_t count = group_all(n, GROUP_DEPARTMENT, of, &groups);
    for (size_t i = 0; i < count; i++)
        sum_add(&means, round(sum_mean(&groups[i].sum)));
    free(groups);
    return sum_mean(&means);
}

int64_t session_seconds(const struct numbers *n, const struct agent_session *one)
{
    int64_t now_ms = n->now_ms < n->to_ms ? n->now_ms : n->to_ms;
    int64_t end_ms = one->stopped_ms ? one->stopped_ms : now_ms;
    return end_ms > one->started_ms ? (end_ms - one->started_ms) / 1000 : 0;
}

/* --- words --- */

json_t *json_hms(double seconds)
{
    char text[40];
    long long s = llround(seconds);
    snprintf(text, sizeof text, "%02lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    return json_string(text);
}

void totals_add(json_t *list, const char *title, json_t *value_take)
{
    json_array_append_new(list, json_pack("{s:s,s:o}", "title", title, "value", value_take));
}

static void add_mean(json_t *list, const char *title, const struct numbers *n, measure of)
{
    struct sum s = sum_all(n, of);
    totals_add(list, title, json_hms(sum_mean(&s)));
}

void totals_add_productivity(json_t *list, const struct numbers *n)
{
    add_mean(list, "Avg_response_time", n, measure_response);
    add_mean(list, "Avg_first_response_time", n, measure_first_response);
    add_mean(list, "Avg_reaction_time", n, measure_reaction);
}

void hour_name(int hour, char out[8])
{
    hour %= DAY_HOURS;
    snprintf(out, 8, "%d%s", hour % 12 ? hour % 12 : 12, hour < 12 ? "AM" : "PM");
}

static int weekday_of(int64_t local_ms)
{
    return (int)((local_ms / HOUR_MS / DAY_HOURS + 4) % 7); /* 1 January 1970 was a Thursday */
}

/* The first of those with most; -1: all are 0. */
static int first_of_most(const double *counts, const int *order, int n)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (counts[order[i]] > (best < 0 ? 0 : counts[best]))
            best = order[i];
    return best;
}

/* 0: Sunday. Of equal ones the first that comes in the period. */
static int busiest_weekday(const struct numbers *n)
{
    double counts[7] = {0};
    int order[7], first = weekday_of(zone_local(n->zone, n->n ? n->rows[0].ts_ms : n->from_ms));
    for (int i = 0; i < 7; i++)
        order[i] = (first + i) % 7;
    for (size_t i = 0; i < n->n; i++)
        counts[weekday_of(zone_local(n->zone, n->rows[i].ts_ms))] += measure_messages(n, &n->rows[i]);
    return first_of_most(counts, order, 7);
}

json_t *busiest_day(const struct numbers *n)
{
    static const char *const names[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    int day = busiest_weekday(n);
    return json_string(day < 0 ? "-" : names[day]);
}

json_t *busiest_time(const struct numbers *n)
{
    double counts[DAY_HOURS] = {0};
    int order[DAY_HOURS], day = busiest_weekday(n);
    char from[8], to[8];
    for (int i = 0; i < DAY_HOURS; i++)
        order[i] = i;
    for (size_t i = 0; i < n->n; i++) {
        int64_t local = zone_local(n->zone, n->rows[i].ts_ms);
        if (weekday_of(local) == day)
            counts[local / HOUR_MS % DAY_HOURS] += measure_messages(n, &n->rows[i]);
    }
    int hour = first_of_most(counts, order, DAY_HOURS);
    if (hour < 0)
        return json_string("-");
    hour_name(hour, from);
    hour_name(hour + 1, to);
    return json_sprintf("%s- %s", from, to);
}
