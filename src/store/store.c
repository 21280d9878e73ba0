/* The door: opening, appending, and the news of the writer. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/internal.h"

/* One process at a time. The lock is on a descriptor of its own: SQLite's locks are of another kind. */
static int take_lock(struct store *s, struct error *err)
{
    s->lock_fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock_fd < 0)
        return error_set(err, ERR_IO, "db", "%s cannot be opened: %s", s->path, strerror(errno));
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_OK;
    if (errno == EWOULDBLOCK)
        return error_set(err, ERR_CONFLICT, "db", "%s is in use by another usherd", s->path);
    return error_set(err, ERR_IO, "db", "%s cannot be locked: %s", s->path, strerror(errno));
}

static uint64_t newest_number(struct store_reader *r)
{
    sqlite3_stmt *st = reader_statement(r, "SELECT max(coalesce((SELECT max(seq) FROM event),0),"
                                           "coalesce((SELECT max(seq) FROM message),0),"
                                           "coalesce((SELECT max(seq) FROM visit),0))");
    uint64_t n = sqlite3_step(st) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(st, 0) : 0;
    sqlite3_reset(st);
    return n;
}

int store_open(const char *path, store_wake wake, void *arg, struct store **out, struct error *err)
{
    struct store *s = x_calloc(1, sizeof(*s));
    *out = NULL;
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* it would take a lock to count each allocation; refused when set already */
    s->path = x_strdup(path);
    int rc = take_lock(s, err);
    if (rc != ERR_OK) {
        if (s->lock_fd >= 0)
            close(s->lock_fd);
        free(s->path);
        free(s);
        return rc;
    }
    rc = writer_start(&s->writer, path, wake, arg, err);
    if (rc == ERR_OK)
        rc = reader_open(path, &s->reader, err);
    if (rc != ERR_OK) {
        store_close(&s);
        return rc;
    }
    s->last = s->committed = s->writer.committed = newest_number(s->reader);
    *out = s;
    return ERR_OK;
}

void store_close(struct store **sp)
{
    struct store *s = *sp;
    *sp = NULL;
    if (s == NULL)
        return;
    if (s->writer.started) {
        writer_wait(&s->writer);
        store_flush(s);
        writer_wait(&s->writer);
    }
    store_reader_free(&s->reader);
    writer_stop(&s->writer);
    buf_free(&s->pending.ops);
    checkpoint_clear(s);
    close(s->lock_fd);
    free(s->path);
    free(s);
}

struct store_reader *store_loop_reader(struct store *s)
{
    return s->reader;
}

struct store_reader *store_reader_new(struct store *s, struct error *err)
{
    struct store_reader *r = NULL;
    reader_open(s->path, &r, err);
    return r;
}

void store_append(struct store *s, const struct core *c, const struct event_list *events)
{
    for (size_t i = 0; i < events->n; i++)
        project_event(s, c, events, i);
    project_rooms(s, events);
    checkpoint_if_due(s, c);
    log_mark_if_due(s, c, events->n ? events->items[0].ts_ms : 0);
    s->pending.last = s->last;
}

uint64_t store_last(const struct store *s)
{
    return s->last;
}

uint64_t store_committed(const struct store *s)
{
    return s->committed;
}

bool store_is_dirty(const struct store *s)
{
    return s->last != s->committed;
}

void store_flush(struct store *s)
{
    if (s->pending.ops.len > 0)
        writer_give(&s->writer, &s->pending);
}

int store_sync(struct store *s, struct error *err)
{
    int rc = ERR_OK;
    while (rc >= ERR_OK && store_is_dirty(s)) {
        store_flush(s);
        writer_wait(&s->writer);
        rc = store_poll(s, err);
    }
    return rc;
}

int store_poll(struct store *s, struct error *err)
{
    struct writer *w = &s->writer;
    pthread_mutex_lock(&w->lock);
    int rc = w->rc;
    bool first = rc != SQLITE_OK && s->committed != w->committed; /* what came through before the failure */
    s->committed = w->committed;
    if (!first)
        w->rc = SQLITE_OK;
    pthread_mutex_unlock(&w->lock);
    if (first)
        return 1;
    if (rc != SQLITE_OK) {
        /* What was gathered meanwhile rests on what was lost. */
        buf_clear(&s->pending.ops);
        s->pending.scrub = false;
        checkpoint_clear(s);
        s->last = s->committed;
        return error_set(err, ERR_IO, "db", "%s: %s", s->path, w->failure);
    }
    store_flush(s);
    return ERR_OK;
}

static void numbered(struct store *s)
{
    s->pending.last = ++s->last;
}

/* Credentials and mail have no event of the core; the log still says that something happened, and to whom. */
void log_line_about(struct store *s, const char *type, const char *subject, int64_t ts_ms, const char *detail)
{
    log_row(s, ts_ms, type, subject, NULL, detail, NULL);
}

void store_put_password(struct store *s, const char *user_id, const char *bcrypt)
{
    log_line_about(s, "password", user_id, 0, NULL);
    batch_begin(&s->pending, OP_PASSWORD);
    batch_text(&s->pending, user_id);
    batch_text(&s->pending, bcrypt);
    batch_end(&s->pending);
}

void store_put_token(struct store *s, const char *hash, const char *user_id, int64_t created_ms, int64_t expires_ms)
{
    log_line_about(s, "login", user_id, 0, NULL);
    batch_begin(&s->pending, OP_TOKEN);
    batch_text(&s->pending, hash);
    batch_text(&s->pending, user_id);
    batch_int(&s->pending, created_ms);
    batch_int(&s->pending, expires_ms);
    batch_end(&s->pending);
}

static void put_one(struct store *s, enum op op, const char *key)
{
    numbered(s);
    batch_begin(&s->pending, op);
    batch_text(&s->pending, key);
    batch_end(&s->pending);
}

void store_drop_token(struct store *s, const char *hash)
{
    put_one(s, OP_TOKEN_DROP, hash);
}

void store_drop_tokens_of(struct store *s, const char *user_id)
{
    log_line_about(s, "logout-everywhere", user_id, 0, NULL);
    put_one(s, OP_TOKENS_DROP, user_id);
}

void store_put_file(struct store *s, const struct store_file *f)
{
    struct batch *b = &s->pending;
    numbered(s);
    batch_begin(b, OP_FILE);
    batch_text(b, f->id);
    batch_text(b, f->rid);
    batch_text(b, f->name);
    batch_text(b, f->type);
    batch_text(b, f->user_id);
    batch_int(b, f->size);
    batch_int(b, f->ts_ms);
    batch_end(b);
}

void store_file_free(struct store_file *f)
{
    free(f->id);
    free(f->rid);
    free(f->name);
    free(f->type);
    free(f->user_id);
    *f = (struct store_file){0};
}
