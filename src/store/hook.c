/* Events for the webhook: those that are still to be told, and for a while those that were. */
#include "store/internal.h"

#include <stdlib.h>

#define COLUMNS "number,type,rid,visitor_id,address,message_id,extra,body,created_ms,due_ms,done_ms,tries,status,why,state"

uint64_t store_put_hook(struct store *s, const struct store_hook *h)
{
    struct batch *b = &s->pending;
    b->last = ++s->last;
    const char *const texts[] = {h->type, h->rid, h->visitor_id, h->address, h->message_id, h->extra, h->body};
    batch_begin(b, OP_HOOK);
    batch_int(b, (int64_t)b->last);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        batch_text(b, texts[i]);
    batch_int(b, h->created_ms);
    batch_int(b, h->due_ms);
    batch_end(b);
    return b->last;
}

void store_hook_body(struct store *s, uint64_t number, const char *body)
{
    struct batch *b = &s->pending;
    b->last = ++s->last;
    batch_begin(b, OP_HOOK_BODY);
    batch_int(b, (int64_t)number);
    batch_text(b, body);
    batch_end(b);
}

void store_hook_tried(struct store *s, const struct store_hook *h)
{
    struct batch *b = &s->pending;
    b->last = ++s->last;
    batch_begin(b, OP_HOOK_TRIED);
    batch_int(b, (int64_t)h->number);
    batch_int(b, h->due_ms);
    batch_int(b, h->done_ms);
    batch_int(b, h->tries);
    batch_int(b, h->status);
    batch_text(b, h->why);
    batch_int(b, h->state);
    batch_end(b);
}

void store_trim_hooks(struct store *s, int64_t before_ms)
{
    s->pending.last = ++s->last;
    batch_begin(&s->pending, OP_HOOKS_TRIM);
    batch_int(&s->pending, before_ms);
    batch_end(&s->pending);
    s->pending.scrub = true; /* words of visitors were in them */
}

void store_put_crm(struct store *s, const char *rid, const char *visitor_id, const char *data)
{
    s->pending.last = ++s->last;
    batch_begin(&s->pending, OP_CRM);
    batch_text(&s->pending, rid);
    batch_text(&s->pending, visitor_id);
    batch_text(&s->pending, data);
    batch_end(&s->pending);
}

static void read_row(sqlite3_stmt *st, struct store_hook *h)
{
    *h = (struct store_hook){.number = (uint64_t)sqlite3_column_int64(st, 0),
                             .type = column_text(st, 1),
                             .rid = column_text(st, 2),
                             .visitor_id = column_text(st, 3),
                             .address = column_text(st, 4),
                             .message_id = column_text(st, 5),
                             .extra = column_text(st, 6),
                             .body = column_text(st, 7),
                             .created_ms = sqlite3_column_int64(st, 8),
                             .due_ms = sqlite3_column_int64(st, 9),
                             .done_ms = sqlite3_column_int64(st, 10),
                             .tries = sqlite3_column_int(st, 11),
                             .status = sqlite3_column_int(st, 12),
                             .why = column_text(st, 13),
                             .state = (enum hook_state)sqlite3_column_int(st, 14)};
}

void store_hook_free(struct store_hook *h)
{
    char *const texts[] = {h->type, h->rid, h->visitor_id, h->address, h->message_id, h->extra, h->body, h->why};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(texts[i]);
    *h = (struct store_hook){0};
}

bool read_hook(struct store_reader *r, uint64_t number, struct store_hook *out)
{
    static const char sql[] = "SELECT " COLUMNS " FROM hook WHERE number=?";
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_int64(st, 1, (sqlite3_int64)number);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    *out = (struct store_hook){0};
    if (found)
        read_row(st, out);
    sqlite3_reset(st);
    return found;
}

static size_t read_all(sqlite3_stmt *st, struct store_hook **out)
{
    size_t n = 0;
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        *out = x_reallocarray(*out, n + 1, sizeof(**out));
        read_row(st, &(*out)[n++]);
    }
    sqlite3_reset(st);
    return n;
}

size_t read_waiting_hooks(struct store_reader *r, struct store_hook **out)
{
    static const char sql[] = "SELECT number,type,rid,visitor_id,address,message_id,NULL,NULL,created_ms,due_ms,done_ms,"
                              "tries,status,NULL,state FROM hook WHERE state=0 ORDER BY number";
    return read_all(reader_statement(r, sql), out);
}

size_t read_hooks(struct store_reader *r, const char *rid, uint64_t before, size_t limit, struct store_hook **out)
{
    static const char sql[] = "SELECT " COLUMNS " FROM hook WHERE (?1 IS NULL OR rid=?1) AND (?2=0 OR number<?2)"
                              " ORDER BY number DESC LIMIT ?3";
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, rid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, (sqlite3_int64)before);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)limit);
    return read_all(st, out);
}

size_t read_hooks_of_visitor(struct store_reader *r, const char *visitor_id, const char *email, struct store_hook **out)
{
    static const char sql[] = "SELECT " COLUMNS " FROM hook WHERE visitor_id=?1 OR (?2 IS NOT NULL AND address=?2)"
                              " ORDER BY number";
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, visitor_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, email, -1, SQLITE_STATIC);
    return read_all(st, out);
}

char *read_crm(struct store_reader *r, const char *rid)
{
    static const char sql[] = "SELECT data FROM crm WHERE rid=?";
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, rid, -1, SQLITE_STATIC);
    char *data = sqlite3_step(st) == SQLITE_ROW ? column_text(st, 0) : NULL;
    sqlite3_reset(st);
    return data;
}
