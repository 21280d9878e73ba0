/* Values of records: texts, lists, the days of a week, the agents of a department. No I/O. */
#include "client/record.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/regexp.h"

bool record_type_is_list(enum record_type t)
{
    return t == RECORD_REFS || t == RECORD_TEXTS || t == RECORD_HOURS_OF_WEEK || t == RECORD_HOLIDAYS ||
           t == RECORD_LINKS || t == RECORD_CONDITIONS ||
           t == RECORD_ACTIONS;
}

const char *record_text(const struct record_value *v)
{
    return v->text ? v->text : "";
}

void record_value_set(struct record_value *v, const char *text)
{
    str_set(&v->text, text);
}

void record_value_add(struct record_value *v, const char *item)
{
    v->items = x_reallocarray(v->items, v->count + 1, sizeof *v->items);
    v->items[v->count++] = x_strdup(item);
}

void record_value_remove(struct record_value *v, size_t at)
{
    if (at >= v->count)
        return;
    free(v->items[at]);
    memmove(&v->items[at], &v->items[at + 1], (v->count - at - 1) * sizeof *v->items);
    v->count--;
}

bool record_value_has(const struct record_value *v, const char *item)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->items[i], item) == 0)
            return true;
    return false;
}

void record_value_fini(struct record_value *v)
{
    free(v->text);
    for (size_t i = 0; i < v->count; i++)
        free(v->items[i]);
    free(v->items);
    *v = (struct record_value){0};
}

void record_value_copy(struct record_value *to, const struct record_value *from)
{
    struct record_value copy = {.text = x_strdup(from->text)};
    for (size_t i = 0; i < from->count; i++)
        record_value_add(&copy, from->items[i]);
    record_value_fini(to);
    *to = copy;
}

bool record_value_equal(const struct record_value *a, const struct record_value *b)
{
    if (strcmp(record_text(a), record_text(b)) != 0 || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

struct record *record_new(enum record_kind_no kind, const char *id)
{
    const struct record_kind *k = record_kind(kind);
    struct record *r = x_calloc(1, sizeof *r);
    r->id = x_strdup(id);
    r->values = x_calloc(k->field_count, sizeof *r->values);
    for (size_t i = 0; i < k->field_count; i++) {
        const struct record_field *f = &k->fields[i];
        const char *initial = f->initial                 ? f->initial
                              : f->type == RECORD_BOOL   ? "false"
                              : f->type == RECORD_CHOICE ? f->choices[0].value
                                                         : NULL;
        record_value_set(&r->values[i], initial);
        for (int d = 0; f->type == RECORD_HOURS_OF_WEEK && d < 7; d++)
            record_value_add(&r->values[i], d == 0 || d == 6 ? "08:00 20:00 closed" : "08:00 20:00 open");
    }
    return r;
}

struct record *record_copy(enum record_kind_no kind, const struct record *r)
{
    struct record *copy = record_new(kind, r->id);
    for (size_t i = 0; i < record_kind(kind)->field_count; i++)
        record_value_copy(&copy->values[i], &r->values[i]);
    return copy;
}

void record_free(enum record_kind_no kind, struct record **r)
{
    if (*r == NULL)
        return;
    for (size_t i = 0; i < record_kind(kind)->field_count; i++)
        record_value_fini(&(*r)->values[i]);
    free((*r)->values);
    free((*r)->id);
    free(*r);
    *r = NULL;
}

const char *record_name(enum record_kind_no kind, const struct record *r)
{
    const char *name = record_text(&r->values[record_kind(kind)->name_field]);
    if (*name)
        return name;
    return kind == RECORD_HOURS ? "Default" : r->id ? r->id : "";
}

/* --- checks --- */

static const char *label_of(const struct record_field *f)
{
    setting_no no = f->label ? -1 : catalogue_find(f->key);
    return f->label ? f->label : no >= 0 ? catalogue_row(no)->label : f->key;
}

static bool looks_like_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && strchr(at + 1, '@') == NULL && at[1] && at[1] != '.' && strchr(at, '.') &&
           text[strlen(text) - 1] != '.' && text[strcspn(text, " \t,;<>")] == '\0';
}

static bool is_colour(const char *text)
{
    size_t n = strlen(text);
    if (*text != '#')
        return n > 0 && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
    return (n == 4 || n == 7) && strspn(text + 1, "0123456789abcdefABCDEF") == n - 1;
}

static int check_number(const struct record_field *f, const char *text, struct error *err)
{
    char *end;
    long long n = strtoll(text, &end, 10);
    if (end == text || *end)
        return error_set(err, ERR_INVALID, f->key, "%s is a whole number", label_of(f));
    if ((f->min || f->max) && (n < f->min || n > f->max))
        return error_set(err, ERR_INVALID, f->key, "%s is a number from %lld to %lld", label_of(f), (long long)f->min,
                         (long long)f->max);
    return 0;
}

static int check_text(const struct record_field *f, const char *text, struct error *err)
{
    if ((f->flags & RECORD_EMAIL) && !looks_like_email(text))
        return error_set(err, ERR_INVALID, f->key, "%s is no address such as sales@example.com", label_of(f));
    if ((f->flags & RECORD_WORD) && text[strcspn(text, " \t\n")])
        return error_set(err, ERR_INVALID, f->key, "%s must be one word", label_of(f));
    if ((f->flags & RECORD_NAME) &&
        strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != strlen(text))
        return error_set(err, ERR_INVALID, f->key, "%s may have letters, digits, - and _ only", label_of(f));
    if (f->type == RECORD_NUMBER)
        return check_number(f, text, err);
    struct error fault = {0};
    if (f->type == RECORD_REGEX && regexp_check(text, &fault) != 0)
        return error_set(err, ERR_INVALID, f->key, "%s: %s", label_of(f), fault.text);
    if (f->type == RECORD_COLOR && !is_colour(text))
        return error_set(err, ERR_INVALID, f->key, "Needed is a colour such as #1d74f5 or red");
    return 0;
}

int record_value_check(const struct record_field *f, const struct record_value *v, struct error *err)
{
    const char *text = record_text(v);
    struct record_day day;
    if (f->flags & RECORD_FIXED)
        return 0;
    if (f->type == RECORD_HOURS_OF_WEEK) {
        bool good = v->count == 7;
        for (size_t i = 0; good && i < v->count; i++)
            good = record_day_read(v->items[i], &day);
        return good ? 0 : error_set(err, ERR_INVALID, f->key, "A week has seven days with times such as 08:00");
    }
    bool empty = record_type_is_list(f->type) ? v->count == 0 : text[strspn(text, " \t\n")] == '\0';
    if (empty && (f->flags & RECORD_REQUIRED))
        return error_set(err, ERR_INVALID, f->key, "%s is needed", label_of(f));
    return empty || record_type_is_list(f->type) ? 0 : check_text(f, text, err);
}

/* --- links --- */

bool record_link_read(const char *item, struct record_link *out)
{
    long long count = 0, order = 0;
    *out = (struct record_link){0};
    if (sscanf(item, "%63s %127s %lld %lld", out->agent_id, out->username, &count, &order) < 2)
        return false;
    out->count = count;
    out->order = order;
    return true;
}

char *record_link_write(const struct record_link *l)
{
    return x_asprintf("%s %s %lld %lld", l->agent_id, l->username, (long long)l->count, (long long)l->order);
}
