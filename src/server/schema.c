#include "server/schema.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"

static const struct param paging_params[] = {
    {.name = "count", .type = PARAM_NUMBER},
    {.name = "offset", .type = PARAM_NUMBER},
    {.name = "sort", .type = PARAM_STRING},
    {.name = "query", .type = PARAM_STRING},
    {.name = "fields", .type = PARAM_STRING},
};

static size_t paging_count(enum schema_paging paging)
{
    static const size_t counts[] = {[PAGING_NONE] = 0, [PAGING_KEYS] = 3, [PAGING_QUERY] = 4, [PAGING_FIELDS] = 5};
    return counts[paging];
}

static const struct param *find_param(const struct schema *schema, const char *name)
{
    for (const struct param *p = schema->params; p && p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    for (size_t i = 0; i < paging_count(schema->paging); i++)
        if (strcmp(paging_params[i].name, name) == 0)
            return &paging_params[i];
    return NULL;
}

static int fail(struct error *e, const char *text)
{
    return error_named(e, ERR_INVALID, "invalid-params", "%s", text);
}

/* --- with conversions (rest 1.5) --- */

static json_t *number_value(double d)
{
    return d == floor(d) && fabs(d) < 9007199254740992.0 ? json_integer((json_int_t)d) : json_real(d);
}

static json_t *to_string(const json_t *v)
{
    char text[40];
    if (json_is_boolean(v))
        return json_string(json_is_true(v) ? "true" : "false");
    if (json_is_null(v))
        return json_string("");
    if (json_is_integer(v))
        snprintf(text, sizeof text, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        snprintf(text, sizeof text, "%.15g", json_real_value(v));
    else
        return NULL;
    return json_string(text);
}

static json_t *to_number(const json_t *v)
{
    if (json_is_boolean(v) || json_is_null(v))
        return json_integer(json_is_true(v));
    if (!json_is_string(v) || json_string_length(v) == 0)
        return NULL;
    char *end;
    double d = strtod(json_string_value(v), &end);
    return *end == '\0' && isfinite(d) ? number_value(d) : NULL;
}

static json_t *to_bool(const json_t *v)
{
    const char *s = json_string_value(v);
    if ((s && strcmp(s, "true") == 0) || (json_is_number(v) && json_number_value(v) == 1))
        return json_true();
    if ((s && strcmp(s, "false") == 0) || (json_is_number(v) && json_number_value(v) == 0) || json_is_null(v))
        return json_false();
    return NULL;
}

static bool has_type(const json_t *v, enum param_type type)
{
    switch (type) {
    case PARAM_STRING:
        return json_is_string(v);
    case PARAM_NUMBER:
        return json_is_number(v);
    case PARAM_BOOL:
        return json_is_boolean(v);
    case PARAM_OBJECT:
        return json_is_object(v);
    case PARAM_ARRAY:
        return json_is_array(v);
    case PARAM_ANY:
        return true;
    }
    return false;
}

static const char *type_text(enum param_type type)
{
    static const char *const texts[] = {
        [PARAM_STRING] = "must be string", [PARAM_NUMBER] = "must be number", [PARAM_BOOL] = "must be boolean",
        [PARAM_OBJECT] = "must be object", [PARAM_ARRAY] = "must be array",   [PARAM_ANY] = "must be a value",
    };
    return texts[type];
}

/* A new reference to what v becomes as that type, or NULL. */
static json_t *coerce(json_t *v, enum param_type type, bool nullable)
{
    if (has_type(v, type) || (nullable && json_is_null(v)))
        return json_incref(v);
    json_t *made = NULL;
    if (type == PARAM_STRING)
        made = to_string(v);
    else if (type == PARAM_NUMBER)
        made = to_number(v);
    else if (type == PARAM_BOOL)
        made = to_bool(v);
    if (made == NULL && nullable && json_is_string(v) && json_string_length(v) == 0)
        made = json_null();
    return made;
}

static int check_items(const struct param *p, json_t *list, struct error *e)
{
    if ((int)json_array_size(list) < p->min_items) {
        char text[64];
        snprintf(text, sizeof text, "must NOT have fewer than %d items", p->min_items);
        return fail(e, text);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        if (p->object) {
            int rc = schema_check(p->object, item, e);
            if (rc < 0)
                return rc;
            continue;
        }
        json_t *made = coerce(item, p->items, false);
        if (made == NULL)
            return fail(e, type_text(p->items));
        json_array_set_new(list, i, made);
    }
    return 0;
}

static int check_values(json_t *object, struct error *e)
{
    const char *key;
    json_t *v;
    void *next;
    json_object_foreach_safe(object, next, key, v) {
        json_t *made = coerce(v, PARAM_STRING, false);
        if (made == NULL)
            return fail(e, type_text(PARAM_STRING));
        json_object_set_new(object, key, made);
    }
    return 0;
}

static int check_text(const struct param *p, const json_t *v, struct error *e)
{
    const char *s = json_string_value(v);
    if (p->choices) {
        const char *const *c = p->choices;
        while (*c && strcmp(*c, s) != 0)
            c++;
        if (*c == NULL)
            return fail(e, "must be equal to one of the allowed values");
    }
    if (p->min_len && (int)utf8_utf16_len(s, json_string_length(v)) < p->min_len) {
        char text[64];
        snprintf(text, sizeof text, "must NOT have fewer than %d characters", p->min_len);
        return fail(e, text);
    }
    return 0;
}

static int check_member(const struct param *p, json_t *object, struct error *e)
{
    json_t *v = json_object_get(object, p->name);
    if (v == NULL)
        return 0;
    json_t *made = coerce(v, p->type, p->flags & PARAM_NULLABLE);
    if (made == NULL)
        return fail(e, type_text(p->type));
    json_object_set_new(object, p->name, made);
    if (json_is_null(made) && (p->flags & PARAM_NULLABLE))
        return 0;
    if (p->type == PARAM_OBJECT && p->object)
        return schema_check(p->object, made, e);
    if (p->type == PARAM_OBJECT && (p->flags & PARAM_TEXTS))
        return check_values(made, e);
    if (p->type == PARAM_ARRAY)
        return check_items(p, made, e);
    return p->type == PARAM_STRING ? check_text(p, made, e) : 0;
}

static int check_any_of(const struct schema *schema, json_t *value, struct error *e)
{
    struct buf text = BUF_INIT;
    for (const struct schema *const *form = schema->any_of; *form; form++) {
        struct error one;
        if (schema_check(*form, value, &one) == 0) {
            buf_free(&text);
            return 0;
        }
        buf_puts(&text, one.text);
        buf_puts(&text, "\n ");
    }
    buf_puts(&text, "must match a schema in anyOf");
    int rc = fail(e, text.data);
    buf_free(&text);
    return rc;
}

static int check_ajv(const struct schema *schema, json_t *value, struct error *e)
{
    if (!json_is_object(value))
        return fail(e, "must be object");
    for (const struct param *p = schema->params; p && p->name; p++) {
        if ((p->flags & PARAM_REQUIRED) && json_object_get(value, p->name) == NULL) {
            char text[120];
            snprintf(text, sizeof text, "must have required property '%s'", p->name);
            return fail(e, text);
        }
    }
    const char *key;
    json_t *member;
    if (schema->kind == SCHEMA_STRICT)
        json_object_foreach(value, key, member)
            if (find_param(schema, key) == NULL)
                return fail(e, "must NOT have additional properties");
    for (const struct param *p = schema->params; p && p->name; p++) {
        int rc = check_member(p, value, e);
        if (rc < 0)
            return rc;
    }
    for (size_t i = 0; i < paging_count(schema->paging); i++) {
        int rc = check_member(&paging_params[i], value, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* --- patterns (rest 1.6) --- */

static const char *js_type(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    case JSON_NULL:
        return "null";
    default:
        return "object";
    }
}

static int match_fail(struct error *e, const char *what, const char *path)
{
    if (path && *path)
        return error_set(e, ERR_INVALID, path, "Match error: %s in field %s", what, path);
    return error_set(e, ERR_INVALID, NULL, "Match error: %s", what);
}

static int check_match(const struct schema *schema, json_t *value, const char *path, struct error *e);

static int match_type(const struct param *p, const json_t *v, const char *path, struct error *e)
{
    static const char *const names[] = {[PARAM_STRING] = "string", [PARAM_NUMBER] = "number", [PARAM_BOOL] = "boolean",
                                        [PARAM_OBJECT] = "object", [PARAM_ARRAY] = "array",   [PARAM_ANY] = "value"};
    if (has_type(v, p->type))
        return 0;
    if (!(p->flags & PARAM_REQUIRED))
        return match_fail(e, "Failed Match.OneOf, Match.Maybe or Match.Optional validation", path);
    char what[80];
    if (p->type == PARAM_OBJECT && json_is_array(v))
        snprintf(what, sizeof what, "Expected plain object");
    else
        snprintf(what, sizeof what, "Expected %s, got %s", names[p->type], js_type(v));
    return match_fail(e, what, path);
}

static int match_member(const struct param *p, json_t *v, const char *path, struct error *e)
{
    if (!(p->flags & PARAM_REQUIRED) && json_is_null(v))
        return 0;
    int rc = match_type(p, v, path, e);
    if (rc == 0 && p->object && p->type == PARAM_OBJECT)
        return check_match(p->object, v, path, e);
    for (size_t i = 0; rc == 0 && p->type == PARAM_ARRAY && i < json_array_size(v); i++) {
        char item[160];
        snprintf(item, sizeof item, "%s[%zu]", path, i);
        json_t *one = json_array_get(v, i);
        const struct param type = {.name = "", .type = p->object ? PARAM_OBJECT : p->items, .flags = PARAM_REQUIRED,
                                   .object = p->object};
        rc = match_member(&type, one, item, e);
    }
    return rc;
}

static int check_match(const struct schema *schema, json_t *value, const char *path, struct error *e)
{
    if (!json_is_object(value)) {
        char what[48];
        snprintf(what, sizeof what, "Expected object, got %s", js_type(value));
        return match_fail(e, json_is_array(value) ? "Expected plain object" : what, path);
    }
    const char *key;
    json_t *member;
    json_object_foreach(value, key, member) {
        char sub[160];
        snprintf(sub, sizeof sub, "%s%s%s", path, *path ? "." : "", key);
        const struct param *p = find_param(schema, key);
        if (p == NULL && schema->kind == SCHEMA_MATCH)
            return match_fail(e, "Unknown key", sub);
        int rc = p ? match_member(p, member, sub, e) : 0;
        if (rc < 0)
            return rc;
    }
    for (const struct param *p = schema->params; p && p->name; p++) {
        if ((p->flags & PARAM_REQUIRED) && json_object_get(value, p->name) == NULL) {
            char what[120];
            snprintf(what, sizeof what, "Missing key '%s'", p->name);
            return match_fail(e, what, path);
        }
    }
    return 0;
}

int schema_check(const struct schema *schema, json_t *value, struct error *e)
{
    if (schema->any_of)
        return check_any_of(schema, value, e);
    if (schema->kind == SCHEMA_MATCH || schema->kind == SCHEMA_MATCH_LOOSE)
        return check_match(schema, value, "", e);
    return check_ajv(schema, value, e);
}
