/* Start-up: only what is live comes into memory. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"

static char **texts_from_json(sqlite3_stmt *st, int i, int *n)
{
    *n = 0;
    if (sqlite3_column_type(st, i) == SQLITE_NULL)
        return NULL;
    json_t *list = json_loads((const char *)sqlite3_column_text(st, i), 0, NULL);
    *n = (int)json_array_size(list);
    char **items = *n ? x_calloc((size_t)*n, sizeof(*items)) : NULL;
    for (int k = 0; k < *n; k++)
        items[k] = x_strdup(json_string_value(json_array_get(list, (size_t)k)));
    json_decref(list);
    return items;
}

static sqlite3_stmt *prepare(struct store *s, const char *sql)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(s->reader->db, sql, -1, &st, NULL) != SQLITE_OK)
        log_error("%s: %s", s->path, sqlite3_errmsg(s->reader->db));
    return st;
}

static sqlite3_stmt *prepare_table(struct store *s, const struct table *t, const char *rest)
{
    AUTO_FREE char *sql = table_select_sql(t, "t", rest);
    return prepare(s, sql);
}

static void load_settings(struct store *s, struct core *c)
{
    sqlite3_stmt *st = prepare(s, "SELECT id,value,user_id,ts_ms FROM setting");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct setting_value v;
        setting_no no = catalogue_find((const char *)sqlite3_column_text(st, 0));
        json_t *json = json_loads((const char *)sqlite3_column_text(st, 1), JSON_DECODE_ANY, NULL);
        if (no >= 0 && json && setting_value_from_json(no, json, &v, NULL) == ERR_OK) {
            core_load_setting(c, no, &v, (const char *)sqlite3_column_text(st, 2), sqlite3_column_int64(st, 3));
            setting_value_free(&v);
        } else {
            log_warn("setting %s in the store is not valid and keeps its default", sqlite3_column_text(st, 0));
        }
        json_decref(json);
    }
    sqlite3_finalize(st);
    st = prepare(s, "SELECT id,roles FROM permission");
    while (sqlite3_step(st) == SQLITE_ROW) {
        int right = right_find((const char *)sqlite3_column_text(st, 0));
        if (right >= 0)
            core_load_right(c, right, (uint32_t)sqlite3_column_int64(st, 1));
    }
    sqlite3_finalize(st);
}

static size_t load_people(struct store *s, struct core *c)
{
    size_t n = 0;
    sqlite3_stmt *st = prepare_table(s, &table_user, "ORDER BY t.rowid");
    for (; sqlite3_step(st) == SQLITE_ROW; n++) {
        struct user *u = user_new();
        table_read(&table_user, st, 0, u);
        u->status = u->status_connection = PRESENCE_OFFLINE; /* whoever was connected is not any more */
        core_load_user(c, u);
    }
    sqlite3_finalize(st);
    st = prepare_table(s, &table_department, "ORDER BY t.rowid");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct department *d = department_new();
        table_read(&table_department, st, 0, d);
        d->closing_tags = texts_from_json(st, table_department.count, &d->closing_tag_count);
        core_load_department(c, d);
    }
    sqlite3_finalize(st);
    st = prepare(s, "SELECT department_id,user_id,id,count,ord FROM department_agent");
    while (sqlite3_step(st) == SQLITE_ROW)
        core_load_link(c, (const char *)sqlite3_column_text(st, 0), (const char *)sqlite3_column_text(st, 1),
                       column_text(st, 2), sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4));
    sqlite3_finalize(st);
    st = prepare_table(s, &table_canned, "ORDER BY t.rowid");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct canned *k = canned_new();
        table_read(&table_canned, st, 0, k);
        k->tags = texts_from_json(st, table_canned.count, &k->tag_count);
        core_load_canned(c, k);
    }
    sqlite3_finalize(st);
    return n;
}

static void load_room(struct core *c, sqlite3_stmt *st)
{
    int more = table_room.count;
    struct room *r = room_new();
    table_read(&table_room, st, 0, r);
    r->tags = texts_from_json(st, more + 4, &r->tag_count);
    int message = more + table_room.more_count;
    if (sqlite3_column_type(st, message) != SQLITE_NULL) {
        r->last_message = message_new();
        table_read(&table_message, st, message, r->last_message);
    }
    core_load_room(c, r, (const char *)sqlite3_column_text(st, more), (const char *)sqlite3_column_text(st, more + 1),
                   (const char *)sqlite3_column_text(st, more + 3));
}

/* The columns of both tables in one statement: the room, then its last message. */
static char *open_rooms_sql(void)
{
    AUTO_FREE char *room = table_select_sql(&table_room, "t", "");
    AUTO_FREE char *message = table_select_sql(&table_message, "m", "");
    *strstr(room, " FROM ") = '\0';
    *strstr(message, " FROM ") = '\0';
    return x_asprintf("%s,%s FROM room t LEFT JOIN message m ON m.id = t.last_message_id WHERE t.open = 1"
                      " ORDER BY t.rowid",
                      room, message + strlen("SELECT "));
}

static void load_chats(struct store *s, struct core *c)
{
    sqlite3_stmt *st =
        prepare_table(s, &table_visitor, "WHERE t.id IN (SELECT visitor_id FROM room WHERE open = 1)");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct visitor *v = visitor_new();
        table_read(&table_visitor, st, 0, v);
        core_load_visitor(c, v);
    }
    sqlite3_finalize(st);
    AUTO_FREE char *sql = open_rooms_sql();
    st = prepare(s, sql);
    while (sqlite3_step(st) == SQLITE_ROW)
        load_room(c, st);
    sqlite3_finalize(st);
    st = prepare_table(s, &table_subscription, "");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct subscription *sub = x_calloc(1, sizeof(*sub));
        table_read(&table_subscription, st, 0, sub);
        core_load_subscription(c, (const char *)sqlite3_column_text(st, table_subscription.count),
                               (const char *)sqlite3_column_text(st, table_subscription.count + 1), sub);
    }
    sqlite3_finalize(st);
}

/* The newest messages, which the rows of their rooms may not know of yet. */
static void load_newest(struct store *s, struct core *c)
{
    sqlite3_stmt *st = prepare_table(s, &table_message, "WHERE t.seq > coalesce((SELECT value FROM meta WHERE"
                                                        " key='indexed'),0) ORDER BY t.seq");
    for (; sqlite3_step(st) == SQLITE_ROW; s->unindexed++) {
        struct message *m = message_new();
        table_read(&table_message, st, 0, m);
        checkpoint_touch(s, m->rid);
        core_load_message(c, m, (uint64_t)sqlite3_column_int64(st, table_message.count));
    }
    sqlite3_finalize(st);
}

static uint64_t load_counter(struct store *s, const char *key)
{
    sqlite3_stmt *st = prepare(s, "SELECT value FROM meta WHERE key=?");
    sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
    uint64_t v = sqlite3_step(st) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(st, 0) : 1;
    sqlite3_finalize(st);
    return v;
}

int store_load(struct store *s, struct core *c, bool *fresh, struct error *err)
{
    /* The pages are read once, in great number: mapped they need not be copied. Not for longer: what is mapped counts as
       memory of ours. */
    (void)err;
    sqlite3_exec(s->reader->db, "PRAGMA mmap_size=4294967296", NULL, NULL, NULL);
    load_settings(s, c);
    *fresh = load_people(s, c) == 0;
    load_chats(s, c);
    load_newest(s, c);
    core_load_done(c, load_counter(s, "guest_count"), load_counter(s, "room_count"));
    sqlite3_exec(s->reader->db, "PRAGMA mmap_size=0", NULL, NULL, NULL);
    return ERR_OK;
}
