/* Pages of messages and lists of rooms. The texts of these statements are put together from fixed parts; every value
   that came from outside is bound. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"

/* Values bound in the order of their question marks. */
struct binds {
    struct buf where;
    struct bind {
        const char *text;
        int64_t number;
    } items[64];
    int n;
};

static void clause(struct binds *b, const char *sql)
{
    buf_puts(&b->where, b->where.len ? " AND " : " WHERE ");
    buf_puts(&b->where, sql);
}

static void add_text(struct binds *b, const char *text)
{
    if (b->n < (int)COUNT_OF(b->items))
        b->items[b->n++] = (struct bind){text, 0};
}

static void add_number(struct binds *b, int64_t v)
{
    if (b->n < (int)COUNT_OF(b->items))
        b->items[b->n++] = (struct bind){NULL, v};
}

static void where_text(struct binds *b, const char *sql, const char *text)
{
    if (text == NULL)
        return;
    clause(b, sql);
    add_text(b, text);
}

static void where_number(struct binds *b, const char *sql, int64_t v)
{
    if (v == 0)
        return;
    clause(b, sql);
    add_number(b, v);
}

static void where_in(struct binds *b, const char *front, const char *back, const char *const *items, size_t n)
{
    if (n == 0)
        return;
    if (n > 20)
        n = 20;
    struct buf sql = BUF_INIT;
    buf_puts(&sql, front);
    for (size_t i = 0; i < n; i++) {
        buf_puts(&sql, i ? ",?" : "?");
        add_text(b, items[i]);
    }
    buf_puts(&sql, back);
    clause(b, sql.data);
    buf_free(&sql);
}

static sqlite3_stmt *prepare(struct store_reader *r, const char *sql, const struct binds *b)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(r->db, sql, -1, &st, NULL) != SQLITE_OK) {
        log_error("store: %s", sqlite3_errmsg(r->db));
        return NULL;
    }
    for (int i = 0; i < b->n; i++) {
        if (b->items[i].text)
            sqlite3_bind_text(st, i + 1, b->items[i].text, -1, SQLITE_STATIC);
        else
            sqlite3_bind_int64(st, i + 1, b->items[i].number);
    }
    return st;
}

static int64_t count_rows(struct store_reader *r, const char *table, const struct binds *b)
{
    AUTO_FREE char *sql = x_asprintf("SELECT count(*) FROM %s t%s", table, b->where.data ? b->where.data : "");
    sqlite3_stmt *st = prepare(r, sql, b);
    int64_t n = st && sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return n;
}

static char *page_sql(struct binds *b, const char *order, int64_t limit, int64_t offset)
{
    add_number(b, limit > 0 ? limit : -1);
    add_number(b, offset > 0 ? offset : 0);
    return x_asprintf("%s %s LIMIT ? OFFSET ?", b->where.data ? b->where.data : "", order);
}

/* --- messages --- */

static struct message *message_row(sqlite3_stmt *st)
{
    struct message *m = message_new();
    table_read(&table_message, st, 0, m);
    return m;
}

struct message *read_message(struct store_reader *r, const char *id)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char *sql;
    pthread_mutex_lock(&lock);
    if (sql == NULL)
        sql = table_select_sql(&table_message, "t", "WHERE t.id=?");
    pthread_mutex_unlock(&lock);
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
    struct message *m = sqlite3_step(st) == SQLITE_ROW ? message_row(st) : NULL;
    sqlite3_reset(st);
    return m;
}

static void message_where(struct binds *b, const struct message_query *q)
{
    where_text(b, "t.room_id=?", q->rid);
    where_number(b, "t.ts_ms<?", q->before_ms);
    where_number(b, "t.ts_ms>?", q->after_ms);
    where_number(b, "t.updated_ms>?", q->changed_after_ms);
    where_text(b, "t.type=?", q->type);
    where_text(b, "instr(lower(t.text),lower(?))>0", q->text_like);
    if (!q->with_hidden)
        clause(b, "coalesce(t.hidden,0)=0");
    if (q->plain_only)
        clause(b, "(t.type IS NULL OR t.type='livechat-close')");
}

size_t read_messages(struct store_reader *r, const struct message_query *q, struct message ***out, int64_t *total)
{
    struct binds b = {.n = 0};
    size_t n = 0, cap = 0;
    *out = NULL;
    message_where(&b, q);
    if (total)
        *total = count_rows(r, "room_message", &b);
    AUTO_FREE char *rest = page_sql(&b, "ORDER BY t.seq DESC", q->limit, q->offset);
    AUTO_FREE char *sql = table_select_sql(&table_room_message, "t", rest);
    sqlite3_stmt *st = prepare(r, sql, &b);
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        if (n == cap) {
            cap = cap ? cap * 2 : 32;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        (*out)[n++] = message_row(st);
    }
    sqlite3_finalize(st);
    buf_free(&b.where);
    return n;
}

/* --- rooms --- */

static void free_room(struct room *r)
{
    for (int i = 0; i < table_room.count; i++) {
        if (table_room.columns[i].kind == COLUMN_TEXT)
            free(*(char **)(void *)((char *)r + table_room.columns[i].offset));
    }
    for (int i = 0; i < r->tag_count; i++)
        free(r->tags[i]);
    free(r->tags);
    message_free(&r->last_message);
    free(r);
}

void stored_room_free(struct stored_room *sr)
{
    if (sr->room)
        free_room(sr->room);
    visitor_free(&sr->visitor);
    free(sr->served_by_id);
    free(sr->served_by_username);
    *sr = (struct stored_room){0};
}

static void room_row(struct store_reader *r, sqlite3_stmt *st, struct stored_room *out)
{
    int more = table_room.count;
    *out = (struct stored_room){.room = room_new()};
    table_read(&table_room, st, 0, out->room);
    out->room->tags = column_texts(st, more + 4, &out->room->tag_count);
    out->served_by_id = column_text(st, more + 1);
    out->served_by_username = column_text(st, more + 2);
    AUTO_FREE char *visitor_id = column_text(st, more);
    AUTO_FREE char *message_id = column_text(st, more + 5);
    out->visitor = visitor_id ? read_visitor(r, visitor_id) : NULL;
    out->room->last_message = message_id ? read_message(r, message_id) : NULL;
}

bool read_room(struct store_reader *r, const char *id, struct stored_room *out)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char *sql;
    pthread_mutex_lock(&lock);
    if (sql == NULL)
        sql = table_select_sql(&table_room, "t", "WHERE t.id=?");
    pthread_mutex_unlock(&lock);
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found)
        room_row(r, st, out);
    sqlite3_reset(st);
    return found;
}

/* Ids or usernames: the list is bound twice. */
static void where_served_by(struct binds *b, const char *const *agents, size_t n)
{
    struct buf sql = BUF_INIT;
    if (n == 0)
        return;
    buf_puts(&sql, "(t.served_by_id IN (");
    for (int twice = 0; twice < 2; twice++) {
        for (size_t i = 0; i < n && i < 10; i++) {
            buf_puts(&sql, i ? ",?" : "?");
            add_text(b, agents[i]);
        }
        buf_puts(&sql, twice ? "))" : ") OR t.served_by_username IN (");
    }
    clause(b, sql.data);
    buf_free(&sql);
}

static void where_data(struct binds *b, const json_t *data)
{
    const char *key;
    json_t *v;
    int n = 0;
    json_object_foreach((json_t *)data, key, v) {
        if (!json_is_string(v) || ++n > 10)
            continue;
        clause(b, "EXISTS (SELECT 1 FROM json_each(coalesce(t.livechat_data,'{}')) j WHERE j.key=? AND"
                  " instr(lower(j.value),lower(?))>0)");
        add_text(b, key);
        add_text(b, json_string_value(v));
    }
}

static void room_where(struct binds *b, const struct room_query *q)
{
    where_text(b, "t.visitor_id=?", q->visitor_id);
    where_text(b, "t.department_id=?", q->department_id);
    where_text(b, "instr(lower(t.fname),lower(?))>0", q->name_like);
    if (q->open >= 0)
        clause(b, q->open ? "t.open=1" : "t.open=0");
    if (q->on_hold >= 0)
        clause(b, q->on_hold ? "t.on_hold=1" : "t.on_hold=0");
    where_number(b, "t.ts_ms>=?", q->created_from_ms);
    where_number(b, "t.ts_ms<=?", q->created_to_ms);
    where_number(b, "t.closed_ms>=?", q->closed_from_ms);
    where_number(b, "t.closed_ms<=?", q->closed_to_ms);
    where_served_by(b, q->served_by, q->served_by_count);
    where_data(b, q->data);
    if (q->served)
        clause(b, q->served > 0 ? "t.served_by_id IS NOT NULL" : "t.served_by_id IS NULL");
    where_text(b, "EXISTS (SELECT 1 FROM message m WHERE m.rid=t.id AND m.type IS NULL AND"
                  " instr(lower(m.text),lower(?))>0)", q->text_like);
    where_in(b, "EXISTS (SELECT 1 FROM json_each(coalesce(t.tags,'[]')) j WHERE j.value IN (", "))", q->tags,
             q->tag_count);
}

static const char *room_order(const struct room_query *q)
{
    static const struct {
        const char *key, *up, *down;
    } orders[] = {
        {"ts", "ORDER BY t.ts_ms, t.rowid", "ORDER BY t.ts_ms DESC, t.rowid DESC"},
        {"closedAt", "ORDER BY t.closed_ms, t.rowid", "ORDER BY t.closed_ms DESC, t.rowid DESC"},
        {"fname", "ORDER BY t.fname COLLATE NOCASE, t.rowid", "ORDER BY t.fname COLLATE NOCASE DESC, t.rowid DESC"},
        {"msgs", "ORDER BY t.msgs, t.rowid", "ORDER BY t.msgs DESC, t.rowid DESC"},
        {"lm", "ORDER BY t.lm_ms, t.rowid", "ORDER BY t.lm_ms DESC, t.rowid DESC"},
    };
    for (size_t i = 0; q->sort && i < COUNT_OF(orders); i++)
        if (strcmp(orders[i].key, q->sort) == 0)
            return q->ascending ? orders[i].up : orders[i].down;
    return orders[0].down;
}

size_t read_rooms(struct store_reader *r, const struct room_query *q, struct stored_room **out, int64_t *total)
{
    struct binds b = {.n = 0};
    size_t n = 0, cap = 0;
    *out = NULL;
    room_where(&b, q);
    if (total)
        *total = count_rows(r, "room", &b);
    AUTO_FREE char *rest = page_sql(&b, room_order(q), q->limit, q->offset);
    AUTO_FREE char *sql = table_select_sql(&table_room, "t", rest);
    sqlite3_stmt *st = prepare(r, sql, &b);
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        room_row(r, st, &(*out)[n++]);
    }
    sqlite3_finalize(st);
    buf_free(&b.where);
    return n;
}

/* --- visitors --- */

static void visitor_where(struct binds *b, const struct visitor_query *q)
{
    if (q->term == NULL || *q->term == '\0')
        return;
    if (q->prefix) {
        where_text(b, "lower(substr(t.name,1,length(?)))=lower(?)", q->term);
        add_text(b, q->term);
        return;
    }
    where_text(b, "(t.email=lower(?) OR t.phone=? OR instr(lower(t.name),lower(?))>0 OR instr(lower(t.username),"
                  "lower(?))>0)", q->term);
    for (int more = 0; more < 3; more++)
        add_text(b, q->term);
}

size_t read_visitors(struct store_reader *r, const struct visitor_query *q, struct visitor ***out, int64_t *total)
{
    struct binds b = {.n = 0};
    size_t n = 0, cap = 0;
    const char *order = q->by_name ? q->ascending ? "ORDER BY t.name COLLATE NOCASE, t.rowid"
                                                  : "ORDER BY t.name COLLATE NOCASE DESC, t.rowid DESC"
                        : q->ascending ? "ORDER BY t.ts_ms, t.rowid"
                                       : "ORDER BY t.ts_ms DESC, t.rowid DESC";
    *out = NULL;
    visitor_where(&b, q);
    if (total)
        *total = count_rows(r, "visitor", &b);
    AUTO_FREE char *rest = page_sql(&b, order, q->limit, q->offset);
    AUTO_FREE char *sql = table_select_sql(&table_visitor, "t", rest);
    sqlite3_stmt *st = prepare(r, sql, &b);
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        (*out)[n] = visitor_new();
        table_read(&table_visitor, st, 0, (*out)[n++]);
    }
    sqlite3_finalize(st);
    buf_free(&b.where);
    return n;
}
