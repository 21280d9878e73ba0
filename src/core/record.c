/* Records of all kinds: indexes, saving, removing. */
#include "core/record.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define RECORDS_MAX 5000       /* of one kind */

int record_compare(struct record *a, struct record *b)
{
    int way = strcmp(record_name(a), record_name(b));
    return way ? way : strcmp(a->id, b->id);
}

RB_GENERATE(record_tree, record, by_name, record_compare)

/* --- one record --- */

const char *record_name(const struct record *r)
{
    const char *name = record_text(r, record_kinds[r->kind].by);
    return name ? name : "";
}

const char *record_text(const struct record *r, const char *field)
{
    return json_string_value(json_object_get(r->doc, field));
}

int64_t record_int(const struct record *r, const char *field, int64_t fallback)
{
    const json_t *v = json_object_get(r->doc, field);
    return json_is_integer(v) ? (int64_t)json_integer_value(v) : fallback;
}

bool record_bool(const struct record *r, const char *field)
{
    return json_is_true(json_object_get(r->doc, field));
}

const json_t *record_list(const struct record *r, const char *field)
{
    const json_t *v = json_object_get(r->doc, field);
    return json_is_array(v) ? v : NULL;
}

bool record_lists(const struct record *r, const char *field, const char *text)
{
    const json_t *list = record_list(r, field);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_string_value(json_array_get(list, i)), text))
            return true;
    return false;
}

struct record *record_new(enum record_kind kind, char *id_take, json_t *doc_take)
{
    struct record *r = x_calloc(1, sizeof(*r));
    r->kind = kind;
    r->id = id_take;
    r->doc = doc_take;
    return r;
}

static void record_free(struct record *r)
{
    json_decref(r->doc);
    free(r->id);
    free(r);
}

static void bury_record(void *r)
{
    record_free(r);
}

static void bury_doc(void *doc)
{
    json_decref(doc);
}

/* --- indexes --- */

static void record_index(struct core *c, struct record *r)
{
    struct record_set *set = &c->records[r->kind];
    HASH_ADD_KEYPTR(by_id, set->by_id, r->id, strlen(r->id), r);
    RB_INSERT(record_tree, &set->by_name, r);
}

static void record_unindex(struct core *c, struct record *r)
{
    struct record_set *set = &c->records[r->kind];
    RB_REMOVE(record_tree, &set->by_name, r);
    HASH_DELETE(by_id, set->by_id, r);
}

void records_fini(struct core *c)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        struct record *r, *next;
        HASH_ITER(by_id, c->records[kind].by_id, r, next) {
            record_unindex(c, r);
            record_free(r);
        }
    }
}

void core_load_record(struct core *c, struct record *r_take)
{
    record_index(c, r_take);
}

struct record *core_record(const struct core *c, enum record_kind kind, const char *id)
{
    struct record *r = NULL;
    if (id)
        HASH_FIND(by_id, c->records[kind].by_id, id, strlen(id), r);
    return r;
}

struct record *core_next_record(const struct core *c, enum record_kind kind, const struct record *r)
{
    struct record_tree *names = (struct record_tree *)&c->records[kind].by_name;
    return r ? RB_NEXT(record_tree, names, (struct record *)r) : RB_MIN(record_tree, names);
}

struct record *core_record_by_name(const struct core *c, enum record_kind kind, const char *name)
{
    if (name == NULL)
        return NULL;
    json_t *doc = json_pack("{s:s}", record_kinds[kind].by, name);
    struct record probe = {.kind = kind, .id = (char *)"", .doc = doc};
    struct record *r = RB_NFIND(record_tree, (struct record_tree *)&c->records[kind].by_name, &probe);
    json_decref(doc);
    return r && strcmp(record_name(r), name) == 0 ? r : NULL;
}

size_t core_record_count(const struct core *c, enum record_kind kind)
{
    return HASH_CNT(by_id, c->records[kind].by_id);
}

/* --- commands --- */

static void record_event(struct step *s, enum event_type type, struct record *r)
{
    struct event *e = step_event(s, type);
    e->record = r;
    e->detail = x_asprintf("{\"kind\":\"%s\"}", record_kinds[r->kind].name);
}

void record_replace(struct step *s, struct record *r, json_t *doc_take)
{
    struct record_tree *names = &s->core->records[r->kind].by_name;
    RB_REMOVE(record_tree, names, r);
    step_bury(s, r->doc, bury_doc);
    r->doc = doc_take;
    RB_INSERT(record_tree, names, r);
    r->updated_ms = s->now;
    record_event(s, EVENT_RECORD, r);
}

void record_put_live(struct step *s, struct record *r, const char *field, json_t *value_take)
{
    json_t *doc = json_copy(r->doc);
    if (value_take)
        json_object_set_new(doc, field, value_take);
    else
        json_object_del(doc, field);
    step_bury(s, r->doc, bury_doc);
    r->doc = doc;
}

static void keep_live(json_t *doc, const struct record *r)
{
    for (const struct record_field *f = record_kinds[r->kind].fields; f->name; f++) {
        json_t *v = f->flags & FIELD_LIVE ? json_object_get(r->doc, f->name) : NULL;
        if (v)
            json_object_set(doc, f->name, v);
    }
}

static int check_unique(struct step *s, const struct record_kind_row *kind, const json_t *doc, const struct record *self)
{
    enum record_kind no = s->cmd->record_save.kind;
    for (const struct record_field *f = kind->fields; f->name; f++) {
        const json_t *v = json_object_get(doc, f->name);
        if (!(f->flags & FIELD_UNIQUE) || v == NULL || (json_is_string(v) && *json_string_value(v) == '\0'))
            continue;
        for (const struct record *r = NULL; (r = core_next_record(s->core, no, r)) != NULL;)
            if (r != self && json_equal(json_object_get(r->doc, f->name), (json_t *)v))
                return step_fail(s, ERR_CONFLICT, kind->duplicate, "There is already a %s with this %s", kind->label,
                                 f->name);
    }
    return ERR_OK;
}

static int check_id(struct step *s, const struct record_kind_row *kind)
{
    enum record_kind no = s->cmd->record_save.kind;
    const char *id = s->cmd->record_save.new_id;
    if (core_record_count(s->core, no) >= RECORDS_MAX)
        return step_fail(s, ERR_TOO_LARGE, "error-too-many-records", "There can be no more than %d of: %s", RECORDS_MAX,
                         kind->label);
    if (id && strlen(id) > RECORD_ID_MAX)
        return step_fail(s, ERR_INVALID, "error-input-is-not-a-valid-field", "The id of a %s has at most %d characters",
                         kind->label, RECORD_ID_MAX);
    if (id && core_record(s->core, no, id))
        return step_fail(s, ERR_CONFLICT, kind->duplicate, "There is already a %s with this id", kind->label);
    return ERR_OK;
}

int record_check(struct step *s, json_t **doc)
{
    const struct command *cmd = s->cmd;
    enum record_kind no = cmd->record_save.kind;
    const struct record_kind_row *kind = &record_kinds[no];
    const struct record *r = core_record(s->core, no, cmd->record_save.id);
    *doc = NULL;
    if (cmd->record_save.id && r == NULL)
        return step_fail(s, ERR_NOT_FOUND, kind->unknown.name, "%s", kind->unknown.text);
    int rc = r ? ERR_OK : check_id(s, kind);
    if (rc == ERR_OK)
        rc = record_document(s, kind, cmd->record_save.values, doc);
    if (rc == ERR_OK && r)
        keep_live(*doc, r);
    if (rc == ERR_OK && kind->check)
        rc = kind->check(s, *doc, r, cmd->record_save.new_id);
    if (rc == ERR_OK)
        rc = check_unique(s, kind, *doc, r);
    if (rc != ERR_OK) {
        json_decref(*doc);
        *doc = NULL;
    }
    return rc;
}

int step_record_save(struct step *s)
{
    const struct command *cmd = s->cmd;
    enum record_kind no = cmd->record_save.kind;
    const struct record_kind_row *kind = &record_kinds[no];
    struct record *r = core_record(s->core, no, cmd->record_save.id);
    json_t *doc;
    int rc = record_check(s, &doc);
    if (rc != ERR_OK)
        return rc;
    if (r) {
        record_replace(s, r, doc);
    } else {
        const char *wish = cmd->record_save.new_id;
        r = record_new(no, wish && *wish ? x_strdup(wish) : step_id(s), doc);
        r->created_ms = r->updated_ms = s->now;
        record_index(s->core, r);
        record_event(s, EVENT_RECORD, r);
        s->result->created = true;
    }
    s->result->record = r;
    if (kind->changed)
        kind->changed(s, r);
    return ERR_OK;
}

int step_record_remove(struct step *s)
{
    enum record_kind no = s->cmd->record_save.kind;
    const struct record_kind_row *kind = &record_kinds[no];
    struct record *r = core_record(s->core, no, s->cmd->record_save.id);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, kind->unknown_remove.name, "%s", kind->unknown_remove.text);
    int rc = kind->check_remove ? kind->check_remove(s, r) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    record_unindex(s->core, r);
    s->result->record = r;
    record_event(s, EVENT_RECORD_REMOVED, r);
    step_bury(s, r, bury_record);
    if (kind->changed)
        kind->changed(s, NULL);
    return ERR_OK;
}

/* --- what other things leave behind --- */

void record_drop_item(struct step *s, struct record *r, const char *field, record_item_test is_gone, const void *arg)
{
    const json_t *list = record_list(r, field);
    json_t *left = json_array();
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!is_gone(json_array_get(list, i), arg))
            json_array_append(left, json_array_get(list, i));
    if (json_array_size(left) < json_array_size(list)) {
        json_t *doc = json_copy(r->doc);
        json_object_set(doc, field, left);
        record_replace(s, r, doc);
    }
    json_decref(left);
}

/* The records of a kind may change places in their order while they are gone through only if their names changed, and
   these functions leave names alone. */
static void drop_everywhere(struct step *s, enum record_kind kind, const char *field, record_item_test is_gone,
                            const void *arg)
{
    for (struct record *r = NULL; (r = core_next_record(s->core, kind, r)) != NULL;)
        record_drop_item(s, r, field, is_gone, arg);
}

bool record_item_is(const json_t *item, const void *id)
{
    return str_eq(json_string_value(item), id);
}

static bool is_monitor(const json_t *item, const void *id)
{
    return str_eq(json_string_value(json_object_get(item, "monitorId")), id);
}

/* A field that is this text and no list. */
static void drop_text_everywhere(struct step *s, enum record_kind kind, const char *field, const char *text)
{
    for (struct record *r = NULL; (r = core_next_record(s->core, kind, r)) != NULL;) {
        if (!str_eq(record_text(r, field), text))
            continue;
        json_t *doc = json_copy(r->doc);
        json_object_del(doc, field);
        record_replace(s, r, doc);
    }
}

void records_forget_department(struct step *s, const struct department *d)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        for (const struct record_field *f = record_kinds[kind].fields; f->name; f++) {
            if ((f->flags & FIELD_DEPARTMENTS) && f->type == FIELD_TEXT)
                drop_text_everywhere(s, (enum record_kind)kind, f->name, d->id);
            else if (f->flags & FIELD_DEPARTMENTS)
                drop_everywhere(s, (enum record_kind)kind, f->name, record_item_is, d->id);
        }
    }
}

void records_forget_monitor(struct step *s, const struct user *u)
{
    drop_everywhere(s, RECORD_UNIT, "monitors", is_monitor, u->id);
}
