/* The mails that are still to be sent. */
#include "store/internal.h"

#include <stdlib.h>

void store_put_mail(struct store *s, const struct store_mail *m)
{
    log_line_about(s, "mail-queued", m->rid ? m->rid : m->id, m->created_ms, NULL);
    batch_begin(&s->pending, OP_MAIL);
    batch_record(&s->pending, &table_mail, m);
    batch_end(&s->pending);
}

void store_retry_mail(struct store *s, const char *id, int64_t due_ms, int tries)
{
    struct batch *b = &s->pending;
    b->last = ++s->last;
    batch_begin(b, OP_MAIL_RETRY);
    batch_text(b, id);
    batch_int(b, due_ms);
    batch_int(b, tries);
    batch_end(b);
}

void store_hurry_mails(struct store *s, int64_t now_ms)
{
    s->pending.last = ++s->last;
    batch_begin(&s->pending, OP_MAIL_HURRY);
    batch_int(&s->pending, now_ms);
    batch_end(&s->pending);
}

void store_drop_mail(struct store *s, const struct store_mail *m, const char *type, int64_t now_ms, const char *detail)
{
    log_line_about(s, type, m->rid ? m->rid : m->id, now_ms, detail);
    batch_begin(&s->pending, OP_MAIL_DROP);
    batch_text(&s->pending, m->id);
    batch_end(&s->pending);
}

void store_mail_free(struct store_mail *m)
{
    free(m->id);
    free(m->visitor_id);
    free(m->rid);
    free(m->user_id);
    free(m->address);
    free(m->name);
    free(m->subject);
    free(m->text);
    free(m->host);
    free(m->department_id);
    *m = (struct store_mail){0};
}

size_t read_mails(struct store_reader *r, size_t limit, struct store_mail **out)
{
    static const char sql[] = "SELECT id,kind,visitor_id,rid,user_id,address,name,subject,text,host,department_id,"
                              "created_ms,due_ms,tries FROM mail ORDER BY due_ms, id LIMIT ?";
    sqlite3_stmt *st = reader_statement(r, sql);
    size_t n = 0;
    sqlite3_bind_int64(st, 1, (sqlite3_int64)limit);
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        *out = x_reallocarray(*out, n + 1, sizeof(**out));
        (*out)[n] = (struct store_mail){0};
        table_read(&table_mail, st, 0, &(*out)[n++]);
    }
    sqlite3_reset(st);
    return n;
}
