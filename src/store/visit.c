/* Pages seen before a chat: rows of their own, because there is no room yet that they could be messages of. */
#include "store/internal.h"

#include <stdlib.h>

#define TOTAL_MAX 1000000
#define CAP_EVERY 4096             /* counting that many rows takes some milliseconds: only now and then */

static void put_int(struct batch *b, enum op op, int64_t v)
{
    batch_begin(b, op);
    batch_int(b, v);
    batch_end(b);
}

uint64_t store_put_visit(struct store *s, const char *token, const struct visited_page *page, int64_t expires_ms)
{
    struct batch *b = &s->pending;
    uint64_t seq = ++s->last;
    b->last = seq;
    batch_begin(b, OP_VISIT);
    batch_int(b, (int64_t)seq);
    batch_text(b, token);
    batch_text(b, page->text);
    batch_text(b, page->extra);
    batch_int(b, page->ts_ms);
    batch_int(b, expires_ms);
    batch_end(b);
    batch_begin(b, OP_VISITS_TRIM);
    batch_text(b, token);
    batch_int(b, VISITS_MAX);
    batch_end(b);
    put_int(b, OP_VISITS_EXPIRE, page->ts_ms);
    if (s->visits++ % CAP_EVERY == 0)
        put_int(b, OP_VISITS_CAP, TOTAL_MAX);
    return seq;
}

static void put_token(struct store *s, enum op op, const char *token)
{
    s->pending.last = ++s->last;
    batch_begin(&s->pending, op);
    batch_text(&s->pending, token);
    batch_end(&s->pending);
}

void store_drop_visits(struct store *s, const char *token)
{
    put_token(s, OP_VISITS_DROP, token);
}

void store_keep_visits(struct store *s, const char *token)
{
    put_token(s, OP_VISITS_KEEP, token);
}

uint64_t store_move_visits(struct store *s, const char *from, const char *to)
{
    struct batch *b = &s->pending;
    uint64_t seq = b->last = ++s->last;
    batch_begin(b, OP_VISITS_MOVE);
    batch_text(b, from);
    batch_text(b, to);
    batch_end(b);
    batch_begin(b, OP_VISITS_TRIM);
    batch_text(b, to);
    batch_int(b, VISITS_MAX);
    batch_end(b);
    return seq;
}

void store_expire_visits(struct store *s, int64_t now_ms)
{
    sqlite3_stmt *st = reader_statement(s->reader, "SELECT 1 FROM visit WHERE expires_ms <= ? LIMIT 1");
    sqlite3_bind_int64(st, 1, now_ms);
    bool due = sqlite3_step(st) == SQLITE_ROW;
    sqlite3_reset(st);
    if (!due)
        return;
    s->pending.last = ++s->last;
    put_int(&s->pending, OP_VISITS_EXPIRE, now_ms);
}

size_t read_visits(struct store_reader *r, const char *token, int64_t now_ms, struct store_visit out[VISITS_MAX])
{
    static const char sql[] = "SELECT seq,text,extra,ts_ms FROM (SELECT * FROM visit WHERE token=?1 AND"
                              " (expires_ms IS NULL OR expires_ms > ?2) ORDER BY seq DESC LIMIT ?3) ORDER BY seq";
    sqlite3_stmt *st = reader_statement(r, sql);
    sqlite3_bind_text(st, 1, token, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, now_ms);
    sqlite3_bind_int(st, 3, VISITS_MAX);
    size_t n = 0;
    while (n < VISITS_MAX && sqlite3_step(st) == SQLITE_ROW) {
        out[n].seq = sqlite3_column_int64(st, 0);
        out[n].page = (struct visited_page){column_text(st, 1), column_text(st, 2), sqlite3_column_int64(st, 3)};
        n++;
    }
    sqlite3_reset(st);
    return n;
}

void store_visit_free(struct store_visit *v)
{
    free(v->page.text);
    free(v->page.extra);
    *v = (struct store_visit){0};
}
