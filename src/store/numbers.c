/* What reports count: one row a chat, and when agents were there. Everything is bound; nothing is written. */
#include "store/internal.h"

#include <stdlib.h>

static sqlite3_stmt *of_period(struct store_reader *r, const char *sql, int64_t from_ms, int64_t to_ms)
{
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_int64(st, 1, from_ms);
    sqlite3_bind_int64(st, 2, to_ms);
    return st;
}

static struct chat_numbers chat_row(sqlite3_stmt *st)
{
    struct chat_numbers one = {
        .open = sqlite3_column_int(st, 0),
        .on_hold = sqlite3_column_int(st, 1),
        .waiting_response = sqlite3_column_int(st, 2),
        .department_id = column_text(st, 4),
        .agent_id = column_text(st, 5),
        .agent = column_text(st, 6),
    };
    int64_t *const numbers[] = {
        &one.ts_ms, &one.closed_ms, &one.served_ms, &one.response_by_ms, &one.metrics.replied_ms,
        &one.metrics.response_total, &one.metrics.response_tt, &one.metrics.response_first_s,
        &one.metrics.reaction_first_s, &one.metrics.chat_duration_s, &one.metrics.service_duration_s,
        &one.metrics.silence_s, &one.metrics.said, &one.metrics.agent_said,
    };
    if (one.open)
        one.id = column_text(st, 3);
    for (int i = 0; i < (int)COUNT_OF(numbers); i++)
        *numbers[i] = sqlite3_column_int64(st, 7 + i);
    return one;
}

size_t read_chat_numbers(struct store_reader *r, int64_t from_ms, int64_t to_ms, struct chat_numbers **out)
{
    static const char sql[] =
        "SELECT open,on_hold,waiting_response,id,department_id,served_by_id,served_by_username,ts_ms,closed_ms,served_ms,"
        "response_by_ms,replied_ms,response_total,response_tt,response_first_s,reaction_first_s,chat_duration_s,"
        "service_duration_s,silence_s,said,agent_said FROM room WHERE ts_ms BETWEEN ?1 AND ?2 ORDER BY ts_ms, rowid";
    sqlite3_stmt *st = of_period(r, sql, from_ms, to_ms);
    size_t n = 0, cap = 0;
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (n == cap) {
            cap = cap ? cap * 2 : 64;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        (*out)[n++] = chat_row(st);
    }
    sqlite3_reset(st);
    return n;
}

void chat_numbers_fini(struct chat_numbers *one)
{
    free(one->id);
    free(one->department_id);
    free(one->agent_id);
    free(one->agent);
}

void chat_numbers_free(struct chat_numbers *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        chat_numbers_fini(&rows[i]);
    free(rows);
}

static json_t *by_department(sqlite3_stmt *st)
{
    json_t *list = json_array();
    while (sqlite3_step(st) == SQLITE_ROW) {
        AUTO_FREE char *id = column_text(st, 0);
        json_array_append_new(list, json_pack("[s?I]", id, (json_int_t)sqlite3_column_int64(st, 1)));
    }
    sqlite3_reset(st);
    return list;
}

json_t *read_transfers(struct store_reader *r, int64_t from_ms, int64_t to_ms)
{
    static const char sql[] = "SELECT r.department_id,count(*) FROM message m JOIN room r ON r.id=m.rid"
                              " WHERE m.type='livechat_transfer_history' AND m.ts_ms BETWEEN ?1 AND ?2 GROUP BY 1";
    return by_department(of_period(r, sql, from_ms, to_ms));
}

json_t *read_visitor_numbers(struct store_reader *r, int64_t from_ms, int64_t to_ms)
{
    static const char sql[] = "SELECT department_id,count(*) FROM visitor WHERE updated_ms BETWEEN ?1 AND ?2 GROUP BY 1";
    return by_department(of_period(r, sql, from_ms, to_ms));
}

size_t read_agent_sessions(struct store_reader *r, int64_t from_ms, int64_t to_ms, struct agent_session **out)
{
    static const char sql[] = "SELECT user_id,started_ms,stopped_ms FROM agent_activity WHERE started_ms<=?2 AND"
                              " (stopped_ms>=?1 OR stopped_ms IS NULL) ORDER BY user_id,started_ms";
    sqlite3_stmt *st = of_period(r, sql, from_ms, to_ms);
    size_t n = 0, cap = 0;
    *out = NULL;
    for (; sqlite3_step(st) == SQLITE_ROW; n++) {
        if (n == cap) {
            cap = cap ? cap * 2 : 64;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        int64_t started = sqlite3_column_int64(st, 1), stopped = sqlite3_column_int64(st, 2);
        (*out)[n] = (struct agent_session){
            .user_id = column_text(st, 0),
            .started_ms = started < from_ms ? from_ms : started,
            .stopped_ms = stopped > to_ms ? to_ms : stopped,
        };
    }
    sqlite3_reset(st);
    return n;
}

void agent_sessions_free(struct agent_session *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(rows[i].user_id);
    free(rows);
}
