/* What deleting a record takes along: totals that the server counts, and the records of other kinds that name it. */
#include "client/record_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/buf.h"
#include "common/mem.h"

struct affected {
    struct client *client;
    enum record_kind_no kind;
    char *id, *name;
    struct buf text;
    int step;
    client_affected_done done;
    void *arg;
    struct affected *next;
};

static void affected_add(struct affected *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void affected_add(struct affected *a, const char *fmt, ...)
{
    va_list ap;
    char text[512];
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_printf(&a->text, "%s%s", a->text.len ? ", " : "", text);
}

static bool refers(const struct record_kind *k, enum record_kind_no kind)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].of == kind && (k->fields[i].type == RECORD_REF || k->fields[i].type == RECORD_REFS))
            return true;
    return false;
}

static bool may_see(struct client *c, int kind)
{
    const char *rights = record_kind((enum record_kind_no)kind)->may_see;
    return *rights == '\0' || client_may(c, rights);
}

/* "Fallback of Sales, Support": all records with such a field that names it. */
static void add_referring(struct affected *a, enum record_kind_no kind, const struct record_field *f, size_t field)
{
    const struct client_records *list = &a->client->records->of[kind].pub;
    struct buf names = BUF_INIT;
    size_t n = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct record_value *v = &list->items[i]->values[field];
        const char *wanted = f->flags & RECORD_BY_NAME ? a->name : a->id;
        bool hit = f->type == RECORD_REF ? strcmp(record_text(v), wanted) == 0 : record_value_has(v, wanted);
        if (!hit)
            continue;
        if (n < 3)
            buf_printf(&names, "%s%s", n ? " and " : "", record_name(kind, list->items[i]));
        n++;
    }
    if (n > 3)
        affected_add(a, "%s of %zu %s", f->label, n, record_kind(kind)->title);
    else if (n > 0)
        affected_add(a, "%s of %s%s%s", f->label, kind == a->kind ? "" : record_kind(kind)->noun,
                     kind == a->kind ? "" : " ", names.data);
    buf_free(&names);
}

static void affected_free(struct affected *a)
{
    buf_free(&a->text);
    free(a->id);
    free(a->name);
    free(a);
}

void affected_drop(struct client *c)
{
    for (struct affected *a; (a = c->records->waiting) != NULL;) {
        c->records->waiting = a->next;
        affected_free(a);
    }
}

static void affected_end(struct affected *a)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const struct record_kind *k = record_kind((enum record_kind_no)kind);
        for (size_t i = 0; i < k->field_count; i++)
            if (k->fields[i].of == a->kind && (k->fields[i].type == RECORD_REF || k->fields[i].type == RECORD_REFS))
                add_referring(a, (enum record_kind_no)kind, &k->fields[i], i);
    }
    a->done(a->arg, a->text.data ? a->text.data : "");
    affected_free(a);
}

static bool lists_are_there(const struct affected *a)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (a->client->records->of[kind].busy && refers(record_kind((enum record_kind_no)kind), a->kind))
            return false;
    return true;
}

void affected_check(struct client *c)
{
    for (struct affected **at = &c->records->waiting; *at;) { /* for lists of the kinds that may refer to it */
        struct affected *a = *at;
        if (a->client != c || !lists_are_there(a)) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        affected_end(a);
        at = &c->records->waiting;
    }
}

static void affected_next(struct affected *a);

static void affected_counted(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct affected *a = arg;
    const struct record_count *count = &record_io(a->kind)->counts[a->step++];
    int64_t n = err ? 0 : js_int(body, "total", 0);
    (void)c;
    if (n > 0)
        affected_add(a, "%lld %s", (long long)n, n == 1 ? count->one : count->many);
    affected_next(a);
}

static void affected_next(struct affected *a)
{
    const struct record_io *io = record_io(a->kind);
    if (a->step < (int)COUNT_OF(io->counts) && io->counts[a->step].path) {
        AUTO_FREE char *id = rest_escape(a->id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        call_get(a->client, affected_counted, a, io->counts[a->step].path, id);
#pragma GCC diagnostic pop
        return;
    }
    for (int kind = 0; client_is_online(a->client) && kind < RECORD_KIND_COUNT; kind++)
        if (refers(record_kind((enum record_kind_no)kind), a->kind) && may_see(a->client, kind))
            client_records(a->client, (enum record_kind_no)kind);
    a->next = a->client->records->waiting;
    a->client->records->waiting = a;
    affected_check(a->client);
}

void client_record_affected(struct client *c, enum record_kind_no kind, const char *id, client_affected_done done,
                            void *arg)
{
    const struct record *r = client_record_find(c, kind, id);
    struct affected *a = x_calloc(1, sizeof *a);
    *a = (struct affected){.client = c, .kind = kind, .id = x_strdup(id), .done = done, .arg = arg};
    a->name = x_strdup(r ? record_name(kind, r) : id);
    affected_next(a);
}
