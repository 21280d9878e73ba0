/* The log played back: the state that its events leave, compared with the digests that were noted on the way, with a core
   made of that state, and with the tables. Marks carry a second number, over all that stands in the log since the mark
   before: so a line that was changed later is found, whether it counts for routing or not. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "store/internal.h"

#define MARK_EVERY 10000     /* events */
#define MARK_SIZE_MAX 20000  /* records: where there are more, a mark would hold up the loop and waits for the end */

/* --- writing --- */

void log_row(struct store *s, int64_t ts_ms, const char *type, const char *subject, const char *actor, const char *detail,
             const char *state)
{
    struct batch *b = &s->pending;
    b->last = ++s->last;
    batch_begin(b, OP_EVENT);
    batch_int(b, (int64_t)s->last);
    batch_int(b, ts_ms);
    batch_text(b, type);
    batch_text(b, subject);
    batch_text(b, actor);
    batch_text(b, detail);
    batch_text(b, state);
    batch_end(b);
    s->chain = log_chain(s->chain, ts_ms, type, subject, actor, detail, state);
    s->unmarked++;
}

uint64_t log_chain(uint64_t chain, int64_t ts_ms, const char *type, const char *subject, const char *actor,
                   const char *detail, const char *state)
{
    const char *const texts[] = {type, subject, actor, detail, state};
    chain ^= (uint64_t)ts_ms;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        chain = state_hash(chain + (texts[i] != NULL), texts[i]);
    return chain;
}

static void put_mark(struct store *s, const struct core *c, int64_t ts_ms)
{
    char detail[96];
    snprintf(detail, sizeof detail, "{\"digest\":\"%016" PRIx64 "\",\"chain\":\"%016" PRIx64 "\"}", store_digest(c),
             s->chain);
    log_row(s, ts_ms, "digest", NULL, NULL, detail, NULL);
    s->chain = 0;
    s->unmarked = 0;
}

static void put_baseline(void *arg, const char *text)
{
    log_row(arg, 0, "baseline", NULL, NULL, NULL, text);
}

static bool has_begun(struct store *s)
{
    sqlite3_stmt *st = reader_statement(s->reader, "SELECT 1 FROM meta WHERE key='log_start'");
    bool found = sqlite3_step(st) == SQLITE_ROW;
    sqlite3_reset(st);
    return found;
}

void store_log_start(struct store *s, const struct core *c, int64_t now_ms)
{
    s->is_logging = true;
    batch_begin(&s->pending, OP_ACTIVITY_END); /* who was there when the last process ended */
    batch_end(&s->pending);
    if (!has_begun(s)) {
        state_each(c, put_baseline, s);
        batch_begin(&s->pending, OP_META);
        batch_text(&s->pending, "log_start");
        batch_int(&s->pending, (int64_t)s->last + 1);
        batch_end(&s->pending);
    }
    log_row(s, now_ms, "started", NULL, NULL, NULL, NULL);
    s->chain = 0;
    s->unmarked = 0;
}

void store_log_stop(struct store *s, const struct core *c, int64_t now_ms)
{
    if (s->is_logging) /* else it was not even loaded */
        put_mark(s, c, now_ms);
}

void log_mark_if_due(struct store *s, const struct core *c, int64_t ts_ms)
{
    if (s->is_logging && s->unmarked >= MARK_EVERY && core_user_count(c) + 3 * core_room_count(c) <= MARK_SIZE_MAX)
        put_mark(s, c, ts_ms);
}

/* --- reading --- */

/* The latest of one record. */
struct entry {
    char *key;                 /* kind and id */
    char *text;
    UT_hash_handle hh;
};

struct replay {
    struct replay_report *report;
    struct entry *entries;
    uint64_t sum, chain;
    uint64_t from;             /* number of the last mark or start */
    bool is_begun;
};

static void drop(struct replay *r, struct entry *e)
{
    r->sum -= state_hash(STATE_SEED, e->text);
    HASH_DEL(r->entries, e);
    free(e->key);
    free(e->text);
    free(e);
}

static void put(struct replay *r, const char *key, char *text_take)
{
    struct entry *e;
    HASH_FIND_STR(r->entries, key, e);
    if (e) {
        r->sum -= state_hash(STATE_SEED, e->text);
        free(e->text);
    } else {
        e = x_calloc(1, sizeof *e);
        e->key = x_strdup(key);
        HASH_ADD_KEYPTR(hh, r->entries, e->key, strlen(e->key), e);
    }
    e->text = text_take;
    r->sum += state_hash(STATE_SEED, e->text);
}

static char *key_of(const json_t *row)
{
    const char *kind = json_string_value(json_array_get(row, 0)), *id = json_string_value(json_array_get(row, 1));
    return kind && id ? x_asprintf("%s %s", kind, id) : NULL;
}

/* The first thing that is wrong is told; there may be more behind it. */
static void fault(struct replay *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void fault(struct replay *r, const char *fmt, ...)
{
    va_list ap;
    if (r->report->fault[0])
        return;
    va_start(ap, fmt);
    vsnprintf(r->report->fault, sizeof r->report->fault, fmt, ap);
    va_end(ap);
}

static void apply(struct replay *r, uint64_t seq, const char *state)
{
    json_t *row = json_loads(state, 0, NULL);
    AUTO_FREE char *key = key_of(row);
    struct entry *old = NULL;
    if (key == NULL)
        fault(r, "line %" PRIu64 " of the log cannot be read", seq);
    else
        HASH_FIND_STR(r->entries, key, old);
    if (key && json_array_size(row) > 2)
        put(r, key, x_strdup(state));
    else if (old)
        drop(r, old);
    json_decref(row);
}

/* What a start does by itself. */
static void all_offline(struct replay *r)
{
    struct entry *e, *next;
    HASH_ITER(hh, r->entries, e, next) {
        json_t *row = strncmp(e->key, "user ", 5) == 0 ? json_loads(e->text, 0, NULL) : NULL;
        if (row) {
            state_offline(row);
            put(r, e->key, json_dumps(row, JSON_COMPACT));
        }
        json_decref(row);
    }
}

static void check_mark(struct replay *r, uint64_t seq, const char *detail)
{
    uint64_t digest = 0, chain = 0;
    if (detail == NULL || sscanf(detail, "{\"digest\":\"%16" SCNx64 "\",\"chain\":\"%16" SCNx64 "\"}", &digest, &chain) != 2)
        fault(r, "the mark at line %" PRIu64 " cannot be read", seq);
    else if (digest != r->sum)
        fault(r, "between the lines %" PRIu64 " and %" PRIu64 " the log leads to another state than there was", r->from, seq);
    else if (chain != r->chain)
        fault(r, "a line between %" PRIu64 " and %" PRIu64 " is not as it was written", r->from, seq);
    r->report->marks++;
}

static void play_row(struct replay *r, sqlite3_stmt *st)
{
    const char *text[7] = {NULL};
    uint64_t seq = (uint64_t)sqlite3_column_int64(st, 0);
    for (int i = 2; i < 7; i++)
        text[i] = (const char *)sqlite3_column_text(st, i);
    bool starts = strcmp(text[2], "started") == 0, marks = strcmp(text[2], "digest") == 0;
    if (starts)
        all_offline(r);
    if (marks)
        check_mark(r, seq, text[5]);
    if (starts || marks) {
        r->from = seq;
        r->chain = 0;
        r->is_begun = true;
        return;
    }
    r->chain = log_chain(r->chain, sqlite3_column_int64(st, 1), text[2], text[3], text[4], text[5], text[6]);
    r->report->events++;
    if (text[6])
        apply(r, seq, text[6]);
}

static void play(struct replay *r, struct store *s)
{
    sqlite3_stmt *st = reader_statement(s->reader, "SELECT seq,ts_ms,type,subject,actor,detail,state FROM event ORDER BY seq");
    while (sqlite3_step(st) == SQLITE_ROW)
        play_row(r, st);
    sqlite3_reset(st);
}

/* A core of its own from what the log leaves. */
static struct core *build(const struct replay *r)
{
    struct core *c = core_new();
    for (size_t kind = 0; kind < state_kinds(); kind++)
        for (const struct entry *e = r->entries; e; e = e->hh.next) {
            json_t *row = json_loads(e->text, 0, NULL);
            if (state_kind(json_string_value(json_array_get(row, 0))) == (int)kind)
                state_load(c, row);
            json_decref(row);
        }
    core_load_done(c, 1, 1);
    return c;
}

struct comparison {
    struct replay *replay;
    size_t seen;
};

static void compare(void *arg, const char *text)
{
    struct comparison *cmp = arg;
    json_t *row = json_loads(text, 0, NULL);
    AUTO_FREE char *key = key_of(row);
    struct entry *e = NULL;
    if (key)
        HASH_FIND_STR(cmp->replay->entries, key, e);
    if (e == NULL || strcmp(e->text, text) != 0)
        fault(cmp->replay, "%s: the tables say %s, the log %s", key ? key : "?", text, e ? e->text : "nothing");
    cmp->seen++;
    json_decref(row);
}

static void compare_with_tables(struct replay *r, const struct core *tables)
{
    struct comparison cmp = {r, 0};
    r->report->tables = store_digest(tables);
    state_each(tables, compare, &cmp);
    if (cmp.seen != HASH_COUNT(r->entries))
        fault(r, "the log knows %u records, the tables %zu", HASH_COUNT(r->entries), cmp.seen);
}

void store_replay(struct store *s, const struct core *tables, struct replay_report *report)
{
    struct replay r = {.report = report};
    struct entry *e, *next;
    *report = (struct replay_report){0};
    play(&r, s);
    if (!r.is_begun)
        fault(&r, "the log has no beginning: it was written by an older usher, which begins it at its next start");
    all_offline(&r);
    report->log = r.sum;
    struct core *c = build(&r);
    if (store_digest(c) != r.sum)
        fault(&r, "a core made from the log is not what the log says");
    core_free(&c);
    compare_with_tables(&r, tables);
    HASH_ITER(hh, r.entries, e, next)
        drop(&r, e);
}
