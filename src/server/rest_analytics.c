/* livechat/analytics/departments and agents: reports of a period (rest 11.1). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/families.h"
#include "server/report.h"
#include "server/rows.h"

#define PREFIX "livechat/analytics/"

/* What a row of a report says. */
struct report {
    const char *path;
    enum group_by by;
    measure of;
    enum { SAYS_COUNT, SAYS_TOTAL, SAYS_MEAN, SAYS_PERCENT } says;
    const char *key;
    bool with_chats;           /* and how many chats it is the total of */
};

static double say(const struct report *what, const struct sum *s)
{
    switch (what->says) {
    case SAYS_COUNT:
        return (double)s->n;
    case SAYS_TOTAL:
        return s->total;
    case SAYS_MEAN:
        return ceil(sum_mean(s));
    case SAYS_PERCENT:
        return floor(sum_mean(s));
    }
    return 0;
}

static json_t *count_groups(struct numbers *n, struct store_reader *r)
{
    (void)r;
    const struct report *what = n->what;
    struct group *groups;
    json_t *list = json_array();
    size_t count = group_all(n, what->by, what->of, &groups);
    for (size_t i = 0; i < count; i++) {
        json_t *row = json_pack("{s:s?}", "_id", groups[i].id);
        if (what->by == GROUP_AGENT)
            json_object_set_new(row, "username", json_string(groups[i].name));
        if (what->with_chats)
            json_object_set_new(row, "chats", json_integer((json_int_t)groups[i].sum.n));
        json_object_set_new(row, what->key, json_integer((json_int_t)say(what, &groups[i].sum)));
        json_array_append_new(list, row);
    }
    free(groups);
    return list;
}

static json_t *count_transfers(struct numbers *n, struct store_reader *r)
{
    json_t *list = json_array(), *rows = read_transfers(r, n->from_ms, n->to_ms), *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        const char *id = json_string_value(json_array_get(row, 0));
        if (numbers_has(n, id))
            json_array_append_new(list, json_pack("{s:s?,s:O}", "_id", id, "numberOfTransferredRooms",
                                                  json_array_get(row, 1)));
    }
    json_decref(rows);
    return list;
}

/* A page of the list: the parameters of paging are refused, so it is the first of the usual length. */
static void reply_page(struct api *a, const char *key, const json_t *list)
{
    struct paging p;
    size_t from, n;
    if (!api_paging(a, &p))
        return;
    struct jsonw *w = api_ok(a);
    paging_slice(&p, json_array_size(list), &from, &n);
    jsonw_array(w, key);
    for (size_t i = 0; i < n; i++)
        jsonw_json(w, NULL, json_array_get(list, from + i));
    jsonw_end_array(w);
    api_put_paging(a, &p, n, (int64_t)json_array_size(list));
    api_ok_end(a);
}

static void departments_done(struct api *a, void *data)
{
    reply_page(a, "departments", ((const struct numbers *)data)->out);
}

static void agents_done(struct api *a, void *data)
{
    reply_page(a, "agents", ((const struct numbers *)data)->out);
}

static const struct report reports[] = {
    {PREFIX "departments/average-service-time", GROUP_DEPARTMENT, measure_service, SAYS_MEAN,
     "averageServiceTimeInSeconds", false},
    {PREFIX "departments/average-chat-duration-time", GROUP_DEPARTMENT, measure_duration, SAYS_MEAN,
     "averageChatDurationTimeInSeconds", false},
    {PREFIX "departments/total-service-time", GROUP_DEPARTMENT, measure_service_total, SAYS_TOTAL, "serviceTimeDuration",
     true},
    {PREFIX "departments/average-waiting-time", GROUP_DEPARTMENT, measure_wait, SAYS_MEAN, "averageWaitingTimeInSeconds",
     false},
    {PREFIX "departments/total-abandoned-chats", GROUP_DEPARTMENT, measure_abandoned, SAYS_COUNT, "abandonedRooms", false},
    {PREFIX "departments/percentage-abandoned-chats", GROUP_DEPARTMENT, measure_abandoned_percent, SAYS_PERCENT,
     "percentageOfAbandonedChats", false},
    {PREFIX "agents/average-service-time", GROUP_AGENT, measure_service, SAYS_MEAN, "averageServiceTimeInSeconds", false},
    {PREFIX "agents/total-service-time", GROUP_AGENT, measure_service_total, SAYS_TOTAL, "serviceTimeDuration", true},
};

static void report(struct api *a)
{
    size_t i = 0;
    while (strcmp(reports[i].path, a->endpoint->path) != 0)
        i++;
    report_ask(a, count_groups, &reports[i], reports[i].by == GROUP_AGENT ? agents_done : departments_done);
}

static void amount_of_chats(struct api *a)
{
    static const struct report answered = {NULL, GROUP_DEPARTMENT, measure_answered, SAYS_COUNT, "rooms", false};
    static const struct report waiting = {NULL, GROUP_DEPARTMENT, measure_waiting, SAYS_COUNT, "rooms", false};
    const char *which = api_str(a, "answered");
    report_ask(a, count_groups, which && strcmp(which, "true") == 0 ? &answered : &waiting, departments_done);
}

static void transfers(struct api *a)
{
    report_ask(a, count_transfers, NULL, departments_done);
}

/* --- when agents were there --- */

static json_t *date(int64_t ms)
{
    char text[CLOCK_ISO_LEN + 1];
    clock_format_iso(ms, text);
    return json_string(text);
}

/* what: not NULL for the full report. Sessions come ordered by agent. */
static json_t *count_sessions(struct numbers *n, struct store_reader *r)
{
    struct agent_session *rows;
    size_t count = read_agent_sessions(r, n->from_ms, n->to_ms, &rows);
    json_t *list = json_array(), *row = NULL;
    const char *last = "";
    for (size_t i = 0; i < count; i++) {
        const json_t *username = json_object_get(n->agents, rows[i].user_id);
        if (username == NULL)
            continue;
        if (strcmp(last, rows[i].user_id) != 0) {
            row = json_pack("{s:s,s:i}", "username", json_string_value(username), "availableTimeInSeconds", 0);
            if (n->what)
                json_object_set_new(row, "serviceHistory", json_array());
            json_array_append_new(list, row);
            last = rows[i].user_id;
        }
        json_t *sum = json_object_get(row, "availableTimeInSeconds");
        json_integer_set(sum, json_integer_value(sum) + session_seconds(n, &rows[i]));
        if (n->what && rows[i].stopped_ms)
            json_array_append_new(json_object_get(row, "serviceHistory"),
                                  json_pack("{s:o,s:o}", "startedAt", date(rows[i].started_ms), "stoppedAt",
                                            date(rows[i].stopped_ms)));
    }
    agent_sessions_free(rows, count);
    return list;
}

static void service_history(struct api *a)
{
    report_ask(a, count_sessions, api_str(a, "fullReport") ? "full" : NULL, agents_done);
}

static const struct schema department_schema =
    SCHEMA(STRICT, NONE, REQ("start", STRING), REQ("end", STRING), OPT("departmentId", STRING));
static const struct schema amount_schema = SCHEMA(STRICT, NONE, REQ("start", STRING), REQ("end", STRING),
                                                  OPT("answered", STRING), OPT("departmentId", STRING));
static const struct schema agent_schema = SCHEMA(STRICT, NONE, REQ("start", STRING), REQ("end", STRING));
static const struct schema history_schema =
    SCHEMA(STRICT, NONE, REQ("start", STRING), REQ("end", STRING),
           {.name = "fullReport", .type = PARAM_STRING, .choices = CHOICES("true")});

#define REPORT(name, form, fn)                                                                                         \
    {.verb = VERB_GET, .path = PREFIX name, .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager"),             \
     .schema = &(form), .run = (fn)}

const struct endpoint analytics_endpoints[] = {
    REPORT("departments/amount-of-chats", amount_schema, amount_of_chats),
    REPORT("departments/average-service-time", department_schema, report),
    REPORT("departments/average-chat-duration-time", department_schema, report),
    REPORT("departments/total-service-time", department_schema, report),
    REPORT("departments/average-waiting-time", department_schema, report),
    REPORT("departments/total-transferred-chats", department_schema, transfers),
    REPORT("departments/total-abandoned-chats", department_schema, report),
    REPORT("departments/percentage-abandoned-chats", department_schema, report),
    REPORT("agents/average-service-time", agent_schema, report),
    REPORT("agents/total-service-time", agent_schema, report),
    REPORT("agents/available-for-service-history", history_schema, service_history),
    ENDPOINTS_END,
};
