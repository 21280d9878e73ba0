/* The lists of records: read when first asked for, and again when something of theirs changed. Reading one, saving,
   deleting, and what a deletion takes along. */
#include "client/record_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/refusal.h"
#include "common/buf.h"
#include "common/mem.h"

#define PAGE 100
#define LIST_MAX 5000 /* records of a kind that are kept; more are found by narrowing on the server */

/* Who waits for a record that comes with a list. */
struct reread {
    struct reread *next;
    enum record_kind_no kind;
    char *id;
    client_record_done done;
    void *arg;
};

static void rereads_drop(struct client *c);
static void rereads_check(struct client *c, enum record_kind_no kind, const struct error *err);

/* --- lists --- */

void records_init(struct client *c)
{
    c->records = x_calloc(1, sizeof *c->records);
}

static void drop_items(struct records_of *of, enum record_kind_no kind)
{
    for (size_t i = 0; i < of->pub.count; i++)
        record_free(kind, &of->pub.items[i]);
    free(of->pub.items);
    json_decref(of->raw);
    of->pub.items = NULL;
    of->pub.count = 0;
    of->raw = NULL;
}

void records_fini(struct client *c)
{
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        drop_items(&c->records->of[i], (enum record_kind_no)i);
        json_decref(c->records->of[i].pages);
    }
    affected_drop(c);
    rereads_drop(c);
    free(c->records);
    c->records = NULL;
}

const json_t *records_raw(struct client *c, enum record_kind_no kind, const char *id)
{
    const struct records_of *of = &c->records->of[kind];
    for (size_t i = 0; id && i < of->pub.count; i++)
        if (strcmp(of->pub.items[i]->id, id) == 0)
            return json_array_get(of->raw, i);
    return NULL;
}

/* The settings of the page become one record. */
static json_t *as_one(json_t *rows)
{
    json_t *one = json_pack("{s:s}", "_id", "appearance"), *row;
    size_t i;
    json_array_foreach(rows, i, row) {
        const char *id = js_str(row, "_id");
        if (id && json_object_get(row, "value"))
            json_object_set(one, id, json_object_get(row, "value"));
    }
    json_t *list = json_pack("[o]", one);
    json_decref(rows);
    return list;
}

static void replace(struct records_of *of, enum record_kind_no kind, json_t *rows)
{
    size_t i;
    json_t *row;
    drop_items(of, kind);
    of->raw = json_array();
    of->pub.items = x_calloc(json_array_size(rows) + 1, sizeof *of->pub.items);
    json_array_foreach(rows, i, row) {
        struct record *r = record_json_read(kind, row);
        if (r == NULL)
            continue;
        of->pub.items[of->pub.count++] = r;
        json_array_append(of->raw, row);
    }
}

static void read_page(struct client *c, enum record_kind_no kind);

struct page {
    enum record_kind_no kind;
    unsigned round;
};

static void list_done(struct client *c, enum record_kind_no kind, const struct error *err)
{
    struct records_of *of = &c->records->of[kind];
    json_t *rows = of->pages;
    of->pages = NULL;
    of->busy = false;
    if (err) {
        of->pub.fault = *err;
        if (of->pub.state != RECORDS_READY)
            of->pub.state = RECORDS_FAILED;
    } else {
        rows = kind == RECORD_APPEARANCE ? as_one(rows) : rows;
        replace(of, kind, rows);
        of->pub.state = RECORDS_READY;
    }
    json_decref(rows);
    if (of->again)
        client_records_reload(c, kind);
    client_tell(c, CLIENT_CHANGED_RECORDS, record_kind(kind)->id);
    affected_check(c);
    rereads_check(c, kind, err);
}

static void page_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct page page = *(struct page *)arg;
    const struct record_io *io = record_io(page.kind);
    struct records_of *of = &c->records->of[page.kind];
    free(arg);
    if (of->round != page.round || of->pages == NULL)
        return;
    const json_t *rows = err ? NULL : js_list(body, io->list_key), *one = NULL;
    if (err == NULL && rows == NULL && io->read_key)
        one = js_obj(body, io->read_key);
    if (rows)
        json_array_extend(of->pages, (json_t *)rows);
    if (one)
        json_array_append(of->pages, (json_t *)one);
    size_t have = json_array_size(of->pages);
    if (err == NULL && !io->whole && json_array_size(rows) && (int64_t)have < js_int(body, "total", 0) &&
        have < LIST_MAX)
        read_page(c, page.kind);
    else
        list_done(c, page.kind, err);
}

static void read_page(struct client *c, enum record_kind_no kind)
{
    const struct record_io *io = record_io(kind);
    struct records_of *of = &c->records->of[kind];
    char query[64] = "";
    if (!io->whole)
        snprintf(query, sizeof query, "%ccount=%d&offset=%zu", strchr(io->list, '?') ? '&' : '?', PAGE,
                 json_array_size(of->pages));
    struct page *page = x_calloc(1, sizeof *page);
    *page = (struct page){kind, of->round};
    struct rung second = {0};
    if (io->otherwise)
        second = rung_rest("GET", NULL, "%s", io->otherwise);
    call_ladder(c, rung_rest("GET", NULL, "%s%s", io->list, query), second, page_done, page);
}

void client_records_reload(struct client *c, enum record_kind_no kind)
{
    struct records_of *of = &c->records->of[kind];
    of->wanted = true;
    if (!client_is_online(c))
        return;
    if (of->busy) {
        of->again = true;
        return;
    }
    of->again = false;
    of->busy = true;
    of->round++;
    json_decref(of->pages);
    of->pages = json_array();
    if (of->pub.state != RECORDS_READY)
        of->pub.state = RECORDS_LOADING;
    read_page(c, kind);
}

const struct client_records *client_records(struct client *c, enum record_kind_no kind)
{
    struct records_of *of = &c->records->of[kind];
    if (!of->wanted || (of->pub.state == RECORDS_UNKNOWN && !of->busy))
        client_records_reload(c, kind);
    return &of->pub;
}

struct record *client_record_find(struct client *c, enum record_kind_no kind, const char *id)
{
    const struct client_records *list = client_records(c, kind);
    for (size_t i = 0; id && i < list->count; i++)
        if (strcmp(list->items[i]->id, id) == 0)
            return list->items[i];
    for (size_t i = 0; id && i < list->count; i++)
        if (strcmp(record_name(kind, list->items[i]), id) == 0)
            return list->items[i];
    return NULL;
}

void records_refresh(struct client *c)
{
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        struct records_of *of = &c->records->of[i];
        of->busy = of->again = false;
        of->round++; /* answers that the lost connection owes come no more */
        if (of->wanted)
            client_records_reload(c, (enum record_kind_no)i);
    }
}

void records_touched(struct client *c, const char *kind_id)
{
    int kind = kind_id ? record_kind_find(kind_id) : RECORD_KIND_COUNT;
    if (kind < RECORD_KIND_COUNT && c->records->of[kind].wanted)
        client_records_reload(c, (enum record_kind_no)kind);
}

/* --- one --- */

struct reading {
    enum record_kind_no kind;
    struct record *record;
    int aside;
    client_record_done done;
    void *arg;
};

static void reading_end(struct reading *r, const struct error *err)
{
    r->done(r->arg, err ? NULL : r->record, err);
    record_free(r->kind, &r->record);
    free(r);
}

static void read_aside(struct client *c, struct reading *r);

static void aside_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct reading *r = arg;
    const struct record_aside *aside = &record_io(r->kind)->asides[r->aside];
    if (err && err->code == ERR_UNAVAILABLE) {
        reading_end(r, err);
        return;
    }
    const struct record_kind *k = record_kind(r->kind);
    int field = record_field_find(k, aside->field);
    const json_t *rows = js_list(body, aside->list_key);
    if (err == NULL && rows && aside->item_key) {
        size_t i;
        json_t *row;
        record_value_fini(&r->record->values[field]);
        json_array_foreach((json_t *)rows, i, row) {
            if (js_str(row, aside->item_key))
                record_value_add(&r->record->values[field], js_str(row, aside->item_key));
        }
    } else if (err == NULL) {
        record_json_decode(&k->fields[field], rows, &r->record->values[field]);
    }
    r->aside++;
    read_aside(c, r);
}

static void read_aside(struct client *c, struct reading *r)
{
    const struct record_aside *asides = record_io(r->kind)->asides;
    if (r->aside == (int)COUNT_OF(record_io(r->kind)->asides) || asides[r->aside].path == NULL) {
        reading_end(r, NULL);
        return;
    }
    AUTO_FREE char *id = rest_escape(r->record->id);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    call_get(c, aside_done, r, asides[r->aside].path, id);
#pragma GCC diagnostic pop
}

static void one_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct reading *r = arg;
    const struct record_io *io = record_io(r->kind);
    struct record *full = err ? NULL : record_json_read(r->kind, io->read_key ? js_obj(body, io->read_key) : body);
    struct error gone = {0};
    if (err == NULL && full == NULL) {
        error_set(&gone, ERR_NOT_FOUND, NULL, "This %s is no longer there", record_kind(r->kind)->noun);
        err = &gone;
    }
    if (err) {
        reading_end(r, err);
        return;
    }
    record_free(r->kind, &r->record);
    r->record = full;
    read_aside(c, r);
}

void client_record_read(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg)
{
    struct error err = {0};
    const struct record *known = client_record_find(c, kind, id);
    const struct record_io *io = record_io(kind);
    if (!client_is_online(c) || known == NULL) {
        if (client_is_online(c))
            error_set(&err, ERR_NOT_FOUND, NULL, "This %s is no longer there", record_kind(kind)->noun);
        else
            error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        done(arg, NULL, &err);
        return;
    }
    struct reading *r = x_calloc(1, sizeof *r);
    *r = (struct reading){.kind = kind, .record = record_copy(kind, known), .done = done, .arg = arg};
    if (io->read == NULL) {
        read_aside(c, r);
        return;
    }
    AUTO_FREE char *escaped = rest_escape(known->id);
    int type = record_field_find(record_kind(kind), "type");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    call_get(c, one_done, r, io->read, escaped, type >= 0 ? record_text(&known->values[type]) : "");
#pragma GCC diagnostic pop
}

static struct reread *reread_take(struct client *c, enum record_kind_no kind)
{
    for (struct reread **at = &c->records->rereads; *at; at = &(*at)->next)
        if ((*at)->kind == kind) {
            struct reread *found = *at;
            *at = found->next;
            return found;
        }
    return NULL;
}

static void rereads_drop(struct client *c)
{
    for (struct reread *w; (w = c->records->rereads) != NULL;) {
        c->records->rereads = w->next;
        free(w->id);
        free(w);
    }
}

/* A list came that was asked for after they began to wait; one still busy was begun before. */
static void rereads_check(struct client *c, enum record_kind_no kind, const struct error *err)
{
    for (struct reread *w; !c->records->of[kind].busy && (w = reread_take(c, kind)) != NULL;) {
        if (err)
            w->done(w->arg, NULL, err);
        else
            client_record_read(c, kind, w->id, w->done, w->arg);
        free(w->id);
        free(w);
    }
}

void client_record_reread(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg)
{
    if (record_io(kind)->read || !client_is_online(c)) {
        client_record_read(c, kind, id, done, arg);
        return;
    }
    struct reread *w = x_calloc(1, sizeof *w);
    *w = (struct reread){c->records->rereads, kind, x_strdup(id), done, arg};
    c->records->rereads = w;
    client_records_reload(c, kind);
}

/* --- saving --- */

static void saving_next(struct saving *s, const json_t *result);

static void saving_end(struct saving *s, const struct error *err)
{
    struct error told = {0};
    if (err) {
        told = *err;
        record_fault(s->kind, &told);
        if (s->step > 0 && told.code) {
            struct error part = told;
            error_set(&told, part.code, part.field, "A part of it was saved, then: %s", part.text);
        }
    }
    client_records_reload(s->client, s->kind);
    if (s->done)
        s->done(s->arg, err ? &told : NULL);
    record_free(s->kind, &s->record);
    json_decref(s->before);
    free(s);
}

static void saving_answered(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct saving *s = arg;
    struct error refused = {0};
    (void)c;
    if (err == NULL && json_is_false(result)) {
        error_set(&refused, ERR_STATE, NULL, "The server did not do it");
        err = &refused;
    }
    if (err) {
        saving_end(s, err);
        return;
    }
    s->step++;
    saving_next(s, result);
}

static void saving_next(struct saving *s, const json_t *result)
{
    struct rung rung = {0};
    if (record_io(s->kind)->save(s, result, &rung))
        call_send(s->client, rung, saving_answered, s);
    else
        saving_end(s, NULL);
}

static bool online_or_say(struct client *c, client_done done, void *arg)
{
    struct error err = {0};
    if (client_is_online(c))
        return true;
    error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
    if (done)
        done(arg, &err);
    return false;
}

void client_record_save(struct client *c, enum record_kind_no kind, const char *id, const struct record_value *values,
                        client_done done, void *arg)
{
    if (!online_or_say(c, done, arg))
        return;
    struct saving *s = x_calloc(1, sizeof *s);
    *s = (struct saving){.client = c, .kind = kind, .done = done, .arg = arg};
    s->record = record_new(kind, id);
    for (size_t i = 0; i < record_kind(kind)->field_count; i++)
        record_value_copy(&s->record->values[i], &values[i]);
    s->before = json_incref((json_t *)records_raw(c, kind, id));
    saving_next(s, NULL);
}

/* --- deleting --- */

struct asked {
    enum record_kind_no kind;
    struct record *record;   /* of a deletion that reads first */
    client_done done;
    void *arg;
};

static void asked_answered(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct asked *a = arg;
    (void)result;
    client_records_reload(c, a->kind);
    if (a->done)
        a->done(a->arg, err);
    free(a);
}

static void ask(struct client *c, struct rung rung, enum record_kind_no kind, client_done done, void *arg)
{
    struct asked *a = x_calloc(1, sizeof *a);
    *a = (struct asked){.kind = kind, .done = done, .arg = arg};
    call_send(c, rung, asked_answered, a);
}

static void removal_read(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct asked *a = arg;
    const struct record_io *io = record_io(a->kind);
    if (err) {
        if (a->done)
            a->done(a->arg, err);
    } else {
        ask(c, io->remove(c, a->record, js_obj(body, io->read_key)), a->kind, a->done, a->arg);
    }
    record_free(a->kind, &a->record);
    free(a);
}

static void read_then_remove(struct client *c, const struct record *r, struct asked *a)
{
    AUTO_FREE char *escaped = rest_escape(r->id);
    a->record = record_copy(a->kind, r);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    call_get(c, removal_read, a, record_io(a->kind)->read, escaped);
#pragma GCC diagnostic pop
}

void client_record_delete(struct client *c, enum record_kind_no kind, const char *id, client_done done, void *arg)
{
    struct error err = {0};
    const struct record *r = client_record_find(c, kind, id);
    if (!online_or_say(c, done, arg))
        return;
    if (r == NULL || record_io(kind)->remove == NULL) {
        error_set(&err, ERR_NOT_FOUND, NULL, "This %s is no longer there", record_kind(kind)->noun);
        if (done)
            done(arg, &err);
        return;
    }
    if (!record_io(kind)->reads_before_remove) {
        ask(c, record_io(kind)->remove(c, r, records_raw(c, kind, r->id)), kind, done, arg);
        return;
    }
    struct asked *a = x_calloc(1, sizeof *a);
    *a = (struct asked){.kind = kind, .done = done, .arg = arg};
    read_then_remove(c, r, a);
}

void client_channel_join(struct client *c, const char *rid, client_done done, void *arg)
{
    if (online_or_say(c, done, arg))
        ask(c, rung_rest("POST", json_pack("{s:s}", "roomId", rid), "channels.join"), RECORD_CHANNELS, done, arg);
}

void client_save_rights(struct client *c, const struct client_right_change *changes, size_t n, client_done done,
                        void *arg)
{
    json_t *rows = json_array();
    if (!online_or_say(c, done, arg)) {
        json_decref(rows);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        json_t *roles = json_array();
        for (size_t k = 0; k < changes[i].roles->count; k++)
            json_array_append_new(roles, json_string(changes[i].roles->items[k]));
        json_array_append_new(rows, json_pack("{s:s,s:o}", "_id", changes[i].right, "roles", roles));
    }
    ask(c, rung_rest("POST", json_pack("{s:o}", "permissions", rows), "permissions.update"), RECORD_RIGHTS, done, arg);
}
