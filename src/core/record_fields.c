/* The values of a record against the table of its kind: a new document with exactly the known fields, or a sentence that
   names what is wrong. */
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define INVALID "error-input-is-not-a-valid-field"

/* One value being checked: where it stands, for the sentence. */
struct place {
    struct step *s;
    const struct record_kind_row *kind;
    const char *field;             /* of the record itself */
};

static int refuse(const struct place *at, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int refuse(const struct place *at, const char *fmt, ...)
{
    char words[200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof(words), fmt, ap);
    va_end(ap);
    step_fail(at->s, ERR_INVALID, INVALID, "%s, field %.60s: %s", at->kind->label, at->field, words);
    snprintf(at->s->result->error.field, sizeof(at->s->result->error.field), "%s", at->field);
    return ERR_INVALID;
}

static int64_t count_chars(const char *s)
{
    int64_t n = 0;
    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

static bool is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

static bool is_choice(const char *const *choices, const char *s)
{
    for (; *choices; choices++)
        if (strcmp(*choices, s) == 0)
            return true;
    return false;
}

static int check_choice(const struct place *at, const struct record_field *f, const char *s)
{
    struct buf names = BUF_INIT;
    if (f->choices == NULL || is_choice(f->choices, s))
        return ERR_OK;
    for (const char *const *c = f->choices; *c; c++)
        buf_printf(&names, "%s%s", names.len ? ", " : "", *c);
    refuse(at, "\"%.40s\" is none of %.120s", s, names.data);
    buf_free(&names);
    return ERR_INVALID;
}

static int copy_text(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    const char *s = json_string_value(v);
    if (s == NULL)
        return refuse(at, "a text is expected for %s", f->name);
    if ((f->flags & FIELD_REQUIRED) && is_blank(s))
        return refuse(at, "%s must not be empty", f->name);
    int64_t n = count_chars(s);
    if (n < f->min || n > f->max)
        return refuse(at, "%s has %lld characters, %lld to %lld are possible", f->name, (long long)n, (long long)f->min,
                      (long long)f->max);
    if ((f->flags & FIELD_DEPARTMENTS) && !step_department_exists(at->s, s))
        return step_fail(at->s, ERR_NOT_FOUND, "error-department-not-found", "Department not found: %.60s", s);
    *out = json_string(s);
    return check_choice(at, f, s);
}

static int copy_bool(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    if (!json_is_boolean(v))
        return refuse(at, "true or false is expected for %s", f->name);
    *out = json_boolean(json_is_true(v));
    return ERR_OK;
}

static bool whole_number(const json_t *v, int64_t *n)
{
    const char *s = json_string_value(v);
    char *end;
    if (json_is_integer(v))
        *n = (int64_t)json_integer_value(v);
    else if (json_is_real(v) && json_real_value(v) >= -1e15 && json_real_value(v) <= 1e15)
        *n = (int64_t)json_real_value(v);
    else if (s && *s && strlen(s) < 18)
        *n = strtoll(s, &end, 10);
    else
        return false;
    return s ? *end == '\0' : json_is_integer(v) || (double)*n >= json_real_value(v);
}

static int copy_number(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    int64_t n;
    if (!whole_number(v, &n))
        return refuse(at, "a whole number is expected for %s", f->name);
    if (n < f->min || n > f->max)
        return refuse(at, "%s is %lld, %lld to %lld are possible", f->name, (long long)n, (long long)f->min,
                      (long long)f->max);
    *out = json_integer(n);
    return ERR_OK;
}

static int copy_scalar(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    const char *s = json_string_value(v);
    if (!s && !json_is_number(v) && !json_is_boolean(v))
        return refuse(at, "a text or number is expected for %s", f->name);
    if (s && count_chars(s) > f->max)
        return refuse(at, "%s is longer than %lld characters", f->name, (long long)f->max);
    *out = json_copy((json_t *)v);
    return ERR_OK;
}

static int copy_texts(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    if (!json_is_array(v) || (int64_t)json_array_size(v) > f->max)
        return refuse(at, "a list of at most %lld texts is expected", (long long)f->max);
    *out = json_array();
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *s = json_string_value(json_array_get(v, i));
        bool again = false;
        if (s == NULL || count_chars(s) > RECORD_TEXT_MAX)
            return refuse(at, "item %zu is no text of at most %d characters", i + 1, RECORD_TEXT_MAX);
        if ((f->flags & FIELD_DEPARTMENTS) && !step_department_exists(at->s, s))
            return step_fail(at->s, ERR_NOT_FOUND, "error-department-not-found", "Department not found: %.60s", s);
        for (size_t k = 0; k < json_array_size(*out) && !again; k++)
            again = str_eq(json_string_value(json_array_get(*out, k)), s);
        if (!again)
            json_array_append_new(*out, json_string(s));
    }
    return ERR_OK;
}

static int copy_fields(const struct place *at, const struct record_field *fields, const json_t *v, json_t **out);

static int copy_list(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    int rc = ERR_OK;
    if (!json_is_array(v) || (int64_t)json_array_size(v) > f->max || (int64_t)json_array_size(v) < f->min)
        return refuse(at, "a list of %lld to %lld entries is expected", (long long)f->min, (long long)f->max);
    *out = json_array();
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(v); i++) {
        json_t *item = NULL;
        rc = copy_fields(at, f->fields, json_array_get(v, i), &item);
        if (item)
            json_array_append_new(*out, item);
    }
    return rc;
}

static int copy_value(const struct place *at, const struct record_field *f, const json_t *v, json_t **out)
{
    switch (f->type) {
    case FIELD_TEXT:
        return copy_text(at, f, v, out);
    case FIELD_BOOL:
        return copy_bool(at, f, v, out);
    case FIELD_NUMBER:
        return copy_number(at, f, v, out);
    case FIELD_SCALAR:
        return copy_scalar(at, f, v, out);
    case FIELD_TEXTS:
        return copy_texts(at, f, v, out);
    case FIELD_OBJECT:
        return copy_fields(at, f->fields, v, out);
    case FIELD_LIST:
        return copy_list(at, f, v, out);
    }
    return ERR_INVALID;
}

static bool is_field(const struct record_field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return true;
    return false;
}

static int check_keys(const struct place *at, const struct record_field *fields, const json_t *values)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)values, key, v) {
        if (!is_field(fields, key))
            return refuse(at, "there is no field \"%.60s\"", key);
    }
    return ERR_OK;
}

static int copy_fields(const struct place *outer, const struct record_field *fields, const json_t *values, json_t **out)
{
    if (!json_is_object(values))
        return refuse(outer, "an object is expected");
    int rc = check_keys(outer, fields, values);
    *out = json_object();
    for (const struct record_field *f = fields; rc == ERR_OK && f->name; f++) {
        struct place at = {outer->s, outer->kind, fields == outer->kind->fields ? f->name : outer->field};
        const json_t *v = json_object_get(values, f->name);
        json_t *copy = NULL;
        if (f->flags & FIELD_LIVE)
            continue;
        if (v && !json_is_null(v))
            rc = copy_value(&at, f, v, &copy);
        else if (f->flags & FIELD_REQUIRED)
            rc = step_fail(at.s, ERR_INVALID, "error-the-field-is-required", "The field %s is required", f->name);
        else if (f->standard)
            copy = json_loads(f->standard, JSON_DECODE_ANY, NULL);
        if (copy)
            json_object_set_new(*out, f->name, copy);
    }
    return rc;
}

int record_document(struct step *s, const struct record_kind_row *kind, const json_t *values, json_t **doc)
{
    struct place at = {s, kind, "?"};
    return copy_fields(&at, kind->fields, values, doc);
}
