/* Values at rest: defaults, copies, comparison, and the ways out to JSON and text. The ways in are in
 * parse.c. */
#include "catalogue/catalogue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "common/mem.h"

static bool has_text(enum setting_type type)
{
    return type != SETTING_BOOL && type != SETTING_INT && type != SETTING_ACTION;
}

void setting_value_default(setting_no no, struct setting_value *out)
{
    const struct setting_row *row = catalogue_row(no);
    *out = (struct setting_value){.type = row->type};
    if (row->type == SETTING_BOOL)
        out->b = str_eq(row->default_text, "true");
    else if (row->type == SETTING_INT)
        out->i = strtoll(row->default_text, NULL, 10);
    else if (has_text(row->type))
        out->s = x_strdup(row->default_text);
}

void setting_value_free(struct setting_value *v)
{
    free(v->s);
    v->s = NULL;
}

void setting_value_copy(struct setting_value *dst, const struct setting_value *src)
{
    *dst = *src;
    dst->s = x_strdup(src->s);
}

bool setting_value_equal(const struct setting_value *a, const struct setting_value *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == SETTING_BOOL)
        return a->b == b->b;
    if (a->type == SETTING_INT)
        return a->i == b->i;
    return str_eq(a->s, b->s);
}

json_t *setting_value_to_json(const struct setting_value *v)
{
    if (v->type == SETTING_ACTION)
        return json_null();
    if (v->type == SETTING_BOOL)
        return json_boolean(v->b);
    json_t *json = v->type == SETTING_INT ? json_integer(v->i) : json_string(v->s);
    assert(json != NULL); /* the ways in let only valid UTF-8 pass */
    return json;
}

char *setting_value_to_text(const struct setting_value *v)
{
    if (v->type == SETTING_BOOL)
        return x_strdup(v->b ? "true" : "false");
    if (v->type == SETTING_INT)
        return x_asprintf("%" PRId64, v->i);
    return x_strdup(v->s ? v->s : "");
}
