/* Reading on a connection of one's own: one indexed look-up each. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"

int reader_open(const char *path, struct store_reader **out, struct error *err)
{
    struct store_reader *r = x_calloc(1, sizeof(*r));
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &r->db, flags, NULL) != SQLITE_OK) {
        error_set(err, ERR_IO, "db", "%s cannot be read: %s", path, sqlite3_errmsg(r->db));
        store_reader_free(&r);
        return ERR_IO;
    }
    sqlite3_exec(r->db, "PRAGMA query_only=ON; PRAGMA cache_size=-8000; PRAGMA busy_timeout=2000;", NULL, NULL, NULL);
    *out = r;
    return ERR_OK;
}

void store_reader_free(struct store_reader **rp)
{
    struct store_reader *r = *rp;
    *rp = NULL;
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n; i++)
        sqlite3_finalize(r->cache[i]);
    sqlite3_close(r->db);
    free(r->cache);
    free(r->keys);
    free(r);
}

sqlite3_stmt *reader_statement(struct store_reader *r, const char *sql)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->keys[i] == sql) {
            sqlite3_reset(r->cache[i]);
            sqlite3_clear_bindings(r->cache[i]);
            return r->cache[i];
        }
    }
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
        log_error("store: %s", sqlite3_errmsg(r->db));
    r->cache = x_reallocarray(r->cache, r->n + 1, sizeof(*r->cache));
    r->keys = x_reallocarray(r->keys, r->n + 1, sizeof(*r->keys));
    r->cache[r->n] = st;
    r->keys[r->n++] = sql;
    return st;
}

/* A statement with one text bound. */
static sqlite3_stmt *with_text(struct store_reader *r, const char *sql, const char *text)
{
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, text, -1, SQLITE_STATIC);
    return st;
}

char *read_password(struct store_reader *r, const char *user_id)
{
    sqlite3_stmt *st = with_text(r, "SELECT bcrypt FROM credential WHERE user_id=?", user_id);
    char *hash = sqlite3_step(st) == SQLITE_ROW ? column_text(st, 0) : NULL;
    sqlite3_reset(st);
    return hash;
}

bool read_token(struct store_reader *r, const char *hash, int64_t now_ms, char **user_id, int64_t *expires_ms)
{
    sqlite3_stmt *st = with_text(r, "SELECT user_id,expires_ms FROM token WHERE hash=?", hash);
    bool found = sqlite3_step(st) == SQLITE_ROW && sqlite3_column_int64(st, 1) > now_ms;
    if (found) {
        *user_id = column_text(st, 0);
        *expires_ms = sqlite3_column_int64(st, 1);
    }
    sqlite3_reset(st);
    return found;
}

/* Statements over all columns of a table are made once; their address is the key of the cache. */
static const char *visitor_sql(int which)
{
    static const char *const rests[] = {"WHERE v.id=?", "WHERE v.token=? LIMIT 1",
                                        "WHERE v.phone=? ORDER BY v.rowid LIMIT 1",
                                        "WHERE v.email=? ORDER BY v.rowid LIMIT 1"};
    static char *made[COUNT_OF(rests)];
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    if (made[which] == NULL)
        made[which] = table_select_sql(&table_visitor, "v", rests[which]);
    pthread_mutex_unlock(&lock);
    return made[which];
}

static struct visitor *read_visitor_where(struct store_reader *r, int which, const char *key)
{
    struct visitor *v = NULL;
    sqlite3_stmt *st = with_text(r, visitor_sql(which), key);
    if (sqlite3_step(st) == SQLITE_ROW) {
        v = visitor_new();
        table_read(&table_visitor, st, 0, v);
    }
    sqlite3_reset(st);
    return v;
}

struct visitor *read_visitor(struct store_reader *r, const char *id)
{
    return read_visitor_where(r, 0, id);
}

struct visitor *read_visitor_by_token(struct store_reader *r, const char *token)
{
    return read_visitor_where(r, 1, token);
}

struct visitor *read_visitor_by_phone(struct store_reader *r, const char *phone)
{
    return read_visitor_where(r, 2, phone);
}

struct visitor *read_visitor_by_email(struct store_reader *r, const char *email)
{
    return read_visitor_where(r, 3, email);
}

static void read_file_row(sqlite3_stmt *st, struct store_file *f)
{
    f->id = column_text(st, 0);
    f->rid = column_text(st, 1);
    f->name = column_text(st, 2);
    f->type = column_text(st, 3);
    f->user_id = column_text(st, 4);
    f->size = sqlite3_column_int64(st, 5);
    f->ts_ms = sqlite3_column_int64(st, 6);
}

bool read_file(struct store_reader *r, const char *id, struct store_file *out)
{
    sqlite3_stmt *st = with_text(r, "SELECT id,rid,name,type,user_id,size,ts_ms FROM file WHERE id=?", id);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found)
        read_file_row(st, out);
    sqlite3_reset(st);
    return found;
}

size_t read_files_of_visitor(struct store_reader *r, const char *visitor_id, struct store_file **out)
{
    sqlite3_stmt *st = with_text(r, "SELECT id,rid,name,type,user_id,size,ts_ms FROM file WHERE rid IN"
                                    " (SELECT id FROM room WHERE visitor_id=?) ORDER BY ts_ms,id", visitor_id);
    size_t n = 0;
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        *out = x_reallocarray(*out, n + 1, sizeof(**out));
        read_file_row(st, &(*out)[n++]);
    }
    sqlite3_reset(st);
    return n;
}

size_t read_events(struct store_reader *r, const char *subject, uint64_t before_seq, size_t limit,
                   struct event_row **out)
{
    static const char all[] = "SELECT seq,ts_ms,type,subject,actor,detail FROM event WHERE seq<?2"
                              " ORDER BY seq DESC LIMIT ?3";
    static const char one[] = "SELECT seq,ts_ms,type,subject,actor,detail FROM event WHERE subject=?1 AND seq<?2"
                              " ORDER BY seq DESC LIMIT ?3";
    sqlite3_stmt *st = reader_statement(r, subject ? one : all);
    if (subject)
        sqlite3_bind_text(st, 1, subject, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, before_seq ? (sqlite3_int64)before_seq : INT64_MAX);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)limit);
    size_t n = 0;
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        *out = x_reallocarray(*out, n + 1, sizeof(**out));
        struct event_row *e = &(*out)[n++];
        e->seq = (uint64_t)sqlite3_column_int64(st, 0);
        e->ts_ms = sqlite3_column_int64(st, 1);
        e->type = column_text(st, 2);
        e->subject = column_text(st, 3);
        e->actor = column_text(st, 4);
        e->detail = column_text(st, 5);
    }
    sqlite3_reset(st);
    return n;
}

void event_rows_free(struct event_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(rows[i].type);
        free(rows[i].subject);
        free(rows[i].actor);
        free(rows[i].detail);
    }
    free(rows);
}
