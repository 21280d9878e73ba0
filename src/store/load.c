/* Start-up: only what is live comes into memory. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"

#define MAPPED "PRAGMA mmap_size=4294967296"

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
    sqlite3_stmt *st = prepare(s, "SELECT id,value,user_id,ts_ms,source,revision FROM setting");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct setting_state state = {
            .source = (enum setting_source)sqlite3_column_int(st, 4),
            .user_id = (const char *)sqlite3_column_text(st, 2),
            .ms = sqlite3_column_int64(st, 3),
            .revision = (uint64_t)sqlite3_column_int64(st, 5),
        };
        struct setting_value v;
        setting_no no = catalogue_find((const char *)sqlite3_column_text(st, 0));
        json_t *json = json_loads((const char *)sqlite3_column_text(st, 1), JSON_DECODE_ANY, NULL);
        if (no >= 0 && state.source == SETTING_SOURCE_DEFAULT) {
            core_load_setting(c, no, NULL, &state);
        } else if (no >= 0 && json && setting_value_from_store(no, json, &v, NULL) == ERR_OK) {
            core_load_setting(c, no, &v, &state);
            setting_value_free(&v);
        } else {
            log_warn("setting %s in the store is not valid and keeps its default", sqlite3_column_text(st, 0));
        }
        json_decref(json);
    }
    sqlite3_finalize(st);
    st = prepare(s, "SELECT coalesce(max(number),0) FROM setting_change");
    if (sqlite3_step(st) == SQLITE_ROW)
        core_load_settings_revision(c, (uint64_t)sqlite3_column_int64(st, 0));
    sqlite3_finalize(st);
    st = prepare(s, "SELECT id,roles FROM permission");
    while (sqlite3_step(st) == SQLITE_ROW) {
        int right = right_find((const char *)sqlite3_column_text(st, 0));
        if (right >= 0)
            core_load_right(c, right, (uint32_t)sqlite3_column_int64(st, 1));
    }
    sqlite3_finalize(st);
}

static void load_records(struct store *s, struct core *c)
{
    sqlite3_stmt *st = prepare(s, "SELECT kind,id,doc,created_ms,updated_ms FROM record ORDER BY kind,id");
    while (sqlite3_step(st) == SQLITE_ROW) {
        enum record_kind kind;
        json_t *doc = json_loads((const char *)sqlite3_column_text(st, 2), 0, NULL);
        if (!json_is_object(doc) || !record_kind_find((const char *)sqlite3_column_text(st, 0), &kind)) {
            log_warn("the %s %s in the store cannot be read and is left out", sqlite3_column_text(st, 0),
                     sqlite3_column_text(st, 1));
            json_decref(doc);
            continue;
        }
        struct record *r = record_new(kind, column_text(st, 1), doc);
        r->created_ms = sqlite3_column_int64(st, 3);
        r->updated_ms = sqlite3_column_int64(st, 4);
        core_load_record(c, r);
    }
    sqlite3_finalize(st);
}

static void load_channels(struct store *s, struct core *c)
{
    sqlite3_stmt *st = prepare_table(s, &table_channel, "ORDER BY t.rowid");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct channel *ch = channel_new();
        table_read(&table_channel, st, 0, ch);
        core_load_channel(c, ch);
    }
    sqlite3_finalize(st);
    st = prepare_table(s, &table_member, "ORDER BY t.rowid");
    while (sqlite3_step(st) == SQLITE_ROW) {
        int more = table_member.count;
        struct member *m = x_calloc(1, sizeof(*m));
        table_read(&table_member, st, 0, m);
        core_load_member(c, (const char *)sqlite3_column_text(st, more), (const char *)sqlite3_column_text(st, more + 1), m);
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
        core_load_user(c, u);
    }
    sqlite3_finalize(st);
    st = prepare_table(s, &table_department, "ORDER BY t.rowid");
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct department *d = department_new();
        table_read(&table_department, st, 0, d);
        d->closing_tags = column_texts(st, table_department.count, &d->closing_tag_count);
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
        k->tags = column_texts(st, table_canned.count, &k->tag_count);
        core_load_canned(c, k);
    }
    sqlite3_finalize(st);
    return n;
}

/* A room as read, with the names of those it belongs to. */
struct draft {
    struct room *room;
    char *visitor_id, *served_by_id, *default_agent_id;
};

static void read_draft(sqlite3_stmt *st, struct draft *d)
{
    int more = table_room.count;
    struct room *r = d->room = room_new();
    table_read(&table_room, st, 0, r);
    r->tags = column_texts(st, more + 4, &r->tag_count);
    int message = more + table_room.more_count;
    if (sqlite3_column_type(st, message) != SQLITE_NULL) {
        r->last_message = message_new();
        table_read(&table_message, st, message, r->last_message);
    }
    d->visitor_id = column_text(st, more);
    d->served_by_id = column_text(st, more + 1);
    d->default_agent_id = column_text(st, more + 3);
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

/* The visitors and subscriptions of open chats, read by a thread of its own while the loader reads people and settings
   and decodes rooms: at the size of a hundred thousand chats this is half of the work. */
struct preload {
    struct store_reader *reader;
    struct visitor **visitors;
    size_t visitor_count, visitor_cap;
    struct seat {
        char *rid, *user_id;
        struct subscription *sub;
    } *seats;
    size_t seat_count, seat_cap;
    pthread_t thread;
};

static sqlite3_stmt *preload_table(struct preload *p, const struct table *t, const char *rest)
{
    AUTO_FREE char *sql = table_select_sql(t, "t", rest);
    sqlite3_stmt *st = NULL;
    sqlite3_prepare_v2(p->reader->db, sql, -1, &st, NULL);
    return st;
}

static void *preload_run(void *arg)
{
    struct preload *p = arg;
    sqlite3_stmt *st = preload_table(p, &table_visitor, "WHERE t.id IN (SELECT visitor_id FROM room WHERE open = 1)");
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        if (p->visitor_count == p->visitor_cap) {
            p->visitor_cap = p->visitor_cap ? p->visitor_cap * 2 : 256;
            p->visitors = x_reallocarray(p->visitors, p->visitor_cap, sizeof(*p->visitors));
        }
        struct visitor *v = visitor_new();
        table_read(&table_visitor, st, 0, v);
        p->visitors[p->visitor_count++] = v;
    }
    sqlite3_finalize(st);
    st = preload_table(p, &table_subscription, "");
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        if (p->seat_count == p->seat_cap) {
            p->seat_cap = p->seat_cap ? p->seat_cap * 2 : 256;
            p->seats = x_reallocarray(p->seats, p->seat_cap, sizeof(*p->seats));
        }
        struct seat *seat = &p->seats[p->seat_count++];
        seat->sub = x_calloc(1, sizeof(*seat->sub));
        table_read(&table_subscription, st, 0, seat->sub);
        seat->rid = column_text(st, table_subscription.count);
        seat->user_id = column_text(st, table_subscription.count + 1);
    }
    sqlite3_finalize(st);
    return NULL;
}

static int preload_start(struct preload *p, struct store *s, struct error *err)
{
    *p = (struct preload){.reader = store_reader_new(s, err)};
    if (p->reader == NULL)
        return ERR_IO;
    sqlite3_exec(p->reader->db, MAPPED, NULL, NULL, NULL);
    if (pthread_create(&p->thread, NULL, preload_run, p) != 0)
        return error_set(err, ERR_IO, NULL, "the loader's thread cannot be started");
    return ERR_OK;
}

static size_t read_drafts(struct store *s, struct draft **out)
{
    size_t n = 0, cap = 0;
    AUTO_FREE char *sql = open_rooms_sql();
    sqlite3_stmt *st = prepare(s, sql);
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (n == cap) {
            cap = cap ? cap * 2 : 256;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        read_draft(st, &(*out)[n++]);
    }
    sqlite3_finalize(st);
    return n;
}

static void load_chats(struct store *s, struct core *c, struct preload *p)
{
    struct draft *drafts;
    size_t n = read_drafts(s, &drafts);
    pthread_join(p->thread, NULL);
    store_reader_free(&p->reader);
    for (size_t i = 0; i < p->visitor_count; i++)
        core_load_visitor(c, p->visitors[i]);
    for (size_t i = 0; i < n; i++) {
        struct draft *d = &drafts[i];
        core_load_room(c, d->room, d->visitor_id, d->served_by_id, d->default_agent_id);
        free(d->visitor_id);
        free(d->served_by_id);
        free(d->default_agent_id);
    }
    free(drafts);
    for (size_t i = 0; i < p->seat_count; i++) {
        core_load_subscription(c, p->seats[i].rid, p->seats[i].user_id, p->seats[i].sub);
        free(p->seats[i].rid);
        free(p->seats[i].user_id);
    }
    free(p->visitors);
    free(p->seats);
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
    struct preload chats;
    if (preload_start(&chats, s, err) != ERR_OK)
        return ERR_IO;
    sqlite3_exec(s->reader->db, MAPPED, NULL, NULL, NULL);
    load_settings(s, c);
    *fresh = load_people(s, c) == 0;
    load_records(s, c);
    load_channels(s, c);
    load_chats(s, c, &chats);
    load_newest(s, c);
    core_load_done(c, load_counter(s, "guest_count"), load_counter(s, "room_count"));
    sqlite3_exec(s->reader->db, "PRAGMA mmap_size=0", NULL, NULL, NULL);
    return ERR_OK;
}
