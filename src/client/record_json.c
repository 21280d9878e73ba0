/* Records from the server's objects and back. */
#include "client/record_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/buf.h"
#include "common/mem.h"

/* One step of a path: the name before the point, and what is behind it. */
static const char *step(const char *path, char *name, size_t n)
{
    size_t len = strcspn(path, ".");
    snprintf(name, n, "%.*s", (int)len, path);
    return path[len] ? path + len + 1 : NULL;
}

const json_t *record_json_at(const json_t *o, const char *path)
{
    char name[80];
    while (o && path) {
        path = step(path, name, sizeof name);
        o = json_is_array(o) && isdigit((unsigned char)*name) ? json_array_get(o, (size_t)atoi(name))
                                                              : json_object_get(o, name);
    }
    return json_is_null(o) ? NULL : o;
}

void record_json_set(json_t *o, const char *path, json_t *value)
{
    char name[80];
    const char *rest = step(path, name, sizeof name);
    bool index = json_is_array(o);
    size_t i = (size_t)atoi(name);
    if (rest) {
        json_t *in = index ? json_array_get(o, i) : json_object_get(o, name);
        if (!json_is_object(in) && !json_is_array(in)) {
            in = isdigit((unsigned char)*rest) ? json_array() : json_object();
            if (index)
                json_array_append_new(o, in);
            else
                json_object_set_new(o, name, in);
        }
        record_json_set(in, rest, value);
    } else if (index) {
        i < json_array_size(o) ? json_array_set_new(o, i, value) : json_array_append_new(o, value);
    } else {
        json_object_set_new(o, name, value);
    }
}

/* --- from the server --- */

static void add_texts(const json_t *json, struct record_value *v)
{
    size_t i;
    json_t *item;
    const char *key;
    if (json_is_array(json)) {
        json_array_foreach(json, i, item) {
            const char *text = json_is_string(item) ? json_string_value(item) : js_str(item, "_id");
            if (text)
                record_value_add(v, text);
        }
    } else if (json_is_object(json)) {
        json_object_foreach((json_t *)json, key, item) {
            AUTO_FREE char *text = x_asprintf("%s=%s", key, json_is_string(item) ? json_string_value(item) : "");
            record_value_add(v, text);
        }
    } else if (json_is_string(json)) {
        AUTO_FREE char *copy = x_strdup(json_string_value(json));
        for (char *save, *w = strtok_r(copy, ", ", &save); w; w = strtok_r(NULL, ", ", &save))
            record_value_add(v, w);
    }
}

static void add_links(const json_t *json, struct record_value *v)
{
    size_t i;
    json_t *row;
    json_array_foreach(json, i, row) {
        struct record_link link = {.count = js_int(row, "count", 0), .order = js_int(row, "order", 0)};
        snprintf(link.agent_id, sizeof link.agent_id, "%s", js_str(row, "agentId") ? js_str(row, "agentId") : "");
        snprintf(link.username, sizeof link.username, "%s", js_str(row, "username") ? js_str(row, "username") : "?");
        AUTO_FREE char *text = record_link_write(&link);
        if (*link.agent_id)
            record_value_add(v, text);
    }
}

static void add_objects(const json_t *json, struct record_value *v)
{
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)json, i, row) {
        AUTO_FREE char *text = json_dumps(row, JSON_COMPACT | JSON_SORT_KEYS);
        if (text)
            record_value_add(v, text);
    }
}

static char *scalar(const json_t *json)
{
    if (json_is_boolean(json))
        return x_strdup(json_is_true(json) ? "true" : "false");
    if (json_is_integer(json))
        return x_asprintf("%lld", (long long)json_integer_value(json));
    if (json_is_real(json))
        return x_asprintf("%.0f", json_real_value(json));
    return x_strdup(json_string_value(json));
}

void record_json_decode(const struct record_field *f, const json_t *json, struct record_value *v)
{
    if (json == NULL)
        return;
    record_value_fini(v);
    if (f->type == RECORD_HOURS_OF_WEEK) {
        record_days_decode(json, v);
    } else if (f->type == RECORD_HOLIDAYS) {
        record_holidays_decode(json, v);
    } else if (f->type == RECORD_LINKS) {
        add_links(json, v);
    } else if (f->type == RECORD_CONDITIONS || f->type == RECORD_ACTIONS) {
        add_objects(json, v);
    } else if (record_type_is_list(f->type)) {
        add_texts(json, v);
    } else {
        AUTO_FREE char *text = scalar(json);
        record_value_set(v, text);
    }
}

struct record *record_json_read(enum record_kind_no kind, const json_t *object)
{
    const struct record_kind *k = record_kind(kind);
    const char *id = js_str(object, "_id");
    if (id == NULL)
        return NULL;
    struct record *r = record_new(kind, id);
    for (size_t i = 0; i < k->field_count; i++) {
        const struct record_field *f = &k->fields[i];
        if (f->type != RECORD_HOURS_OF_WEEK && f->type != RECORD_BOOL && f->type != RECORD_CHOICE)
            record_value_fini(&r->values[i]); /* initial values are for new ones */
        else if (f->type == RECORD_BOOL)
            record_value_set(&r->values[i], "false");
        record_json_decode(f, record_json_at(object, f->key), &r->values[i]);
    }
    return r;
}

/* --- to the server --- */

static json_t *texts(const struct record_value *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->count; i++)
        json_array_append_new(list, json_string(v->items[i]));
    return list;
}

static json_t *commas(const struct record_value *v)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < v->count; i++)
        buf_printf(&b, "%s%s", i ? "," : "", v->items[i]);
    json_t *text = json_string(b.data ? b.data : "");
    buf_free(&b);
    return text;
}

static json_t *links(const struct record_value *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->count; i++) {
        struct record_link l;
        if (record_link_read(v->items[i], &l))
            json_array_append_new(list, json_pack("{s:s,s:s,s:I,s:I}", "agentId", l.agent_id, "username", l.username,
                                                  "count", (json_int_t)l.count, "order", (json_int_t)l.order));
    }
    return list;
}

static json_t *objects(const struct record_value *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->count; i++)
        json_array_append_new(list, js_parse(v->items[i], strlen(v->items[i])));
    return list;
}

json_t *record_json_encode(const struct record_field *f, const struct record_value *v)
{
    switch (f->type) {
    case RECORD_BOOL:
        return json_boolean(strcmp(record_text(v), "true") == 0);
    case RECORD_NUMBER:
        return json_integer(strtoll(record_text(v), NULL, 10));
    case RECORD_REFS:
    case RECORD_TEXTS:
        return f->flags & RECORD_COMMAS ? commas(v) : texts(v);
    case RECORD_HOURS_OF_WEEK:
        return record_days_encode(v);
    case RECORD_HOLIDAYS:
        return record_holidays_encode(v);
    case RECORD_LINKS:
        return links(v);
    case RECORD_CONDITIONS:
    case RECORD_ACTIONS:
        return objects(v);
    default:
        return json_string(record_text(v));
    }
}

json_t *record_json_write(enum record_kind_no kind, const struct record *r)
{
    const struct record_kind *k = record_kind(kind);
    json_t *object = json_object();
    for (size_t i = 0; i < k->field_count; i++)
        if (!(k->fields[i].flags & (RECORD_FIXED | RECORD_ASIDE)))
            record_json_set(object, k->fields[i].key, record_json_encode(&k->fields[i], &r->values[i]));
    return object;
}
