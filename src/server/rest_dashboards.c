/* livechat/analytics/dashboards: the real-time monitoring page (rest 10, behaviour 21.3). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/report.h"
#include "server/rows.h"

#define PREFIX "livechat/analytics/dashboards/"

/* --- totals --- */

static json_t *integer(double v)
{
    return json_integer((json_int_t)v);
}

/* Where a chat stands. Served and unserved ones on hold count as on hold only. */
enum standing { STANDS_OPEN, STANDS_QUEUED, STANDS_ON_HOLD, STANDS_CLOSED, STANDING_COUNT };

static enum standing standing_of(const struct chat_numbers *chat)
{
    return !chat->open ? STANDS_CLOSED : chat->on_hold ? STANDS_ON_HOLD : chat->agent_id ? STANDS_OPEN : STANDS_QUEUED;
}

static void count_standings(const struct numbers *n, int64_t out[STANDING_COUNT])
{
    memset(out, 0, STANDING_COUNT * sizeof(*out));
    for (size_t i = 0; i < n->n; i++)
        out[standing_of(&n->rows[i])]++;
}

static int64_t count_visitors(const struct numbers *n, struct store_reader *r)
{
    json_t *rows = read_visitor_numbers(r, n->from_ms, n->to_ms), *row;
    int64_t all = 0;
    size_t i;
    json_array_foreach(rows, i, row)
        if (numbers_has(n, json_string_value(json_array_get(row, 0))))
            all += json_integer_value(json_array_get(row, 1));
    json_decref(rows);
    return all;
}

static json_t *conversation_totals(struct numbers *n, struct store_reader *r)
{
    json_t *list = json_array();
    int64_t stand[STANDING_COUNT];
    count_standings(n, stand);
    totals_add(list, "Total_conversations", json_integer((json_int_t)n->n));
    totals_add(list, "Open_conversations", json_integer(stand[STANDS_OPEN] + stand[STANDS_QUEUED]));
    totals_add(list, "On_Hold_conversations", json_integer(stand[STANDS_ON_HOLD]));
    totals_add(list, "Total_messages", integer(sum_all(n, measure_messages).total));
    totals_add(list, "Total_visitors", json_integer(count_visitors(n, r)));
    return json_pack("{s:o}", "totalizers", list);
}

static json_t *productivity_totals(struct numbers *n, struct store_reader *r)
{
    (void)r;
    json_t *list = json_array();
    totals_add_productivity(list, n);
    totals_add(list, "Avg_of_waiting_time", json_hms(mean_of_departments(n, measure_wait, ceil)));
    return json_pack("{s:o}", "totalizers", list);
}

static json_t *chats_totals(struct numbers *n, struct store_reader *r)
{
    (void)r;
    json_t *list = json_array();
    double percent = round(mean_of_departments(n, measure_abandoned_percent, floor) * 100) / 100;
    totals_add(list, "Total_abandoned_chats", json_integer(sum_all(n, measure_abandoned).n));
    totals_add(list, "Avg_of_abandoned_chats", json_sprintf("%g%%", percent));
    totals_add(list, "Avg_of_chat_duration_time", json_hms(mean_of_departments(n, measure_duration, ceil)));
    return json_pack("{s:o}", "totalizers", list);
}

/* Of the agents who were there at all. */
static double mean_available(const struct numbers *n, struct store_reader *r)
{
    struct agent_session *rows;
    size_t count = read_agent_sessions(r, n->from_ms, n->to_ms, &rows);
    const char *last = "";
    int64_t seconds = 0, agents = 0;
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(n->agents, rows[i].user_id) == NULL)
            continue;
        seconds += session_seconds(n, &rows[i]);
        agents += strcmp(last, rows[i].user_id) != 0;
        last = rows[i].user_id;
    }
    double mean = agents ? (double)(seconds / agents) : 0;
    agent_sessions_free(rows, count);
    return mean;
}

static json_t *agents_totals(struct numbers *n, struct store_reader *r)
{
    json_t *list = json_array();
    totals_add(list, "Busiest_time", busiest_time(n));
    totals_add(list, "Avg_of_available_service_time", json_hms(mean_available(n, r)));
    totals_add(list, "Avg_of_service_time", json_hms(mean_of_departments(n, measure_service, ceil)));
    return json_pack("{s:o}", "totalizers", list);
}

/* --- charts --- */

static json_t *chats_chart(struct numbers *n, struct store_reader *r)
{
    (void)r;
    int64_t stand[STANDING_COUNT];
    count_standings(n, stand);
    return json_pack("{s:I,s:I,s:I,s:I}", "open", (json_int_t)stand[STANDS_OPEN], "closed",
                     (json_int_t)stand[STANDS_CLOSED], "queued", (json_int_t)stand[STANDS_QUEUED], "onhold",
                     (json_int_t)stand[STANDS_ON_HOLD]);
}

static void count_one(json_t *all, const char *key, const char *const *names, const char *name)
{
    json_t *entry = json_object_get(all, key);
    if (entry == NULL) {
        entry = json_object();
        for (size_t i = 0; names[i]; i++)
            json_object_set_new(entry, names[i], json_integer(0));
        json_object_set_new(all, key, entry);
    }
    json_object_set_new(entry, name, json_integer(json_integer_value(json_object_get(entry, name)) + 1));
}

static json_t *agents_chart(struct numbers *n, struct store_reader *r)
{
    (void)r;
    static const char *const names[] = {"open", "closed", "onhold", NULL};
    static const char *const of[STANDING_COUNT] = {"open", NULL, "onhold", "closed"};
    json_t *all = json_object();
    for (size_t i = 0; i < n->n; i++) {
        const struct chat_numbers *chat = &n->rows[i];
        const char *name = of[standing_of(chat)];
        if (chat->agent && name && (chat->open || !isnan(measure_closed(n, chat))))
            count_one(all, chat->agent, names, name);
    }
    return all;
}

static json_t *departments_chart(struct numbers *n, struct store_reader *r)
{
    (void)r;
    static const char *const names[] = {"open", "closed", NULL};
    json_t *all = json_object();
    for (size_t i = 0; i < n->n; i++) {
        const struct chat_numbers *chat = &n->rows[i];
        const char *name = chat->department_id
                               ? json_string_value(json_object_get(n->departments, chat->department_id)) : NULL;
        if (name)
            count_one(all, name, names, chat->open ? "open" : "closed");
    }
    return all;
}

static json_t *timing(const struct numbers *n, measure mean_of, measure longest_of)
{
    struct sum mean = sum_all(n, mean_of), longest = sum_all(n, longest_of);
    return json_pack("{s:o,s:o}", "avg", integer(sum_mean(&mean)), "longest", integer(longest.most));
}

static json_t *timings_chart(struct numbers *n, struct store_reader *r)
{
    (void)r;
    return json_pack("{s:o,s:o,s:o}", "response", timing(n, measure_response, measure_first_response), "reaction",
                     timing(n, measure_reaction, measure_reaction), "chatDuration",
                     timing(n, measure_duration, measure_duration));
}

/* --- the endpoints --- */

static const struct {
    const char *path;
    numbers_count count;
} boards[] = {
    {PREFIX "conversation-totalizers", conversation_totals},
    {PREFIX "productivity-totalizers", productivity_totals},
    {PREFIX "chats-totalizers", chats_totals},
    {PREFIX "agents-productivity-totalizers", agents_totals},
    {PREFIX "charts/chats", chats_chart},
    {PREFIX "charts/chats-per-agent", agents_chart},
    {PREFIX "charts/chats-per-department", departments_chart},
    {PREFIX "charts/timings", timings_chart},
};

static void board_done(struct api *a, void *data)
{
    const struct numbers *n = data;
    struct jsonw *w = api_ok(a);
    const char *key;
    json_t *v;
    json_object_foreach(n->out, key, v) {
        jsonw_key(w, key);
        jsonw_json(w, NULL, v);
    }
    api_ok_end(a);
}

static void board(struct api *a)
{
    size_t i = 0;
    while (strcmp(boards[i].path, a->endpoint->path) != 0)
        i++;
    report_ask(a, boards[i].count, NULL, board_done);
}

/* How the agents stand now. */
static void agents_status(struct api *a)
{
    struct numbers *n = numbers_new(a->server, a->user, report_department(a), 0, -1);
    int64_t offline = 0, there[4] = {0};
    const char *id;
    json_t *name;
    json_object_foreach(n->agents, id, name) {
        const struct user *u = core_user(a->server->core, id);
        if (u->available)
            there[u->status]++;
        else
            offline++;
    }
    numbers_drop(n);
    struct jsonw *w = api_ok(a);
    jsonw_int(w, "offline", offline + there[PRESENCE_OFFLINE]);
    jsonw_int(w, "away", there[PRESENCE_AWAY]);
    jsonw_int(w, "busy", there[PRESENCE_BUSY]);
    jsonw_int(w, "available", there[PRESENCE_ONLINE]);
    api_ok_end(a);
}

static const struct schema period_schema =
    SCHEMA(STRICT, NONE, REQ("start", STRING), REQ("end", STRING), OPT("departmentId", STRING));
static const struct schema status_schema = SCHEMA(LOOSE, NONE, OPT("departmentId", STRING));

#define BOARD(name)                                                                                                    \
    {.verb = VERB_GET, .path = PREFIX name, .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager"),             \
     .schema = &period_schema, .run = board}

const struct endpoint dashboards_endpoints[] = {
    BOARD("conversation-totalizers"),
    BOARD("productivity-totalizers"),
    BOARD("chats-totalizers"),
    BOARD("agents-productivity-totalizers"),
    BOARD("charts/chats"),
    BOARD("charts/chats-per-agent"),
    BOARD("charts/chats-per-department"),
    BOARD("charts/timings"),
    {.verb = VERB_GET, .path = PREFIX "charts/agents-status", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-livechat-manager"), .schema = &status_schema, .run = agents_status},
    ENDPOINTS_END,
};
