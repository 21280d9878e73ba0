#include "catalogue/condition.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* The word people see for a choice, else the value itself. */
static const char *value_label(const struct setting_row *row, const char *value)
{
    for (const struct setting_choice *c = row->choices; c != NULL && c->key != NULL; c++)
        if (strcmp(c->key, value) == 0)
            return c->label;
    return value;
}

void condition_describe(struct buf *out, const struct setting_condition *c, bool by_id)
{
    const struct setting_row *row = catalogue_row(catalogue_find(c->id));
    buf_printf(out, "%s to be ", by_id ? row->id : row->label);
    if (row->type == SETTING_BOOL) {
        bool wanted = str_eq(c->value, "true") == (c->op == SETTING_EQ);
        buf_puts(out, wanted ? "on" : "off");
        return;
    }
    if (c->op != SETTING_EQ)
        buf_puts(out, c->op == SETTING_NE ? "other than " : "at least ");
    buf_puts(out, value_label(row, c->value));
}

static bool is_equal(const struct setting_value *v, const char *text)
{
    if (v->type == SETTING_BOOL)
        return v->b == str_eq(text, "true");
    if (v->type == SETTING_INT)
        return v->i == strtoll(text, NULL, 10);
    return str_eq(v->s, text);
}

static bool holds(const struct setting_condition *c, const struct setting_value *v)
{
    if (c->op == SETTING_GTE)
        return v->type == SETTING_INT && v->i >= strtoll(c->value, NULL, 10);
    return is_equal(v, c->value) == (c->op == SETTING_EQ);
}

bool setting_applies(setting_no no, const struct setting_value *(*get)(void *arg, setting_no no), void *arg,
                     char *why, size_t n)
{
    struct buf words = BUF_INIT;
    for (const struct setting_condition *c = catalogue_row(no)->when; c != NULL && c->id != NULL; c++) {
        const struct setting_value *v = get(arg, catalogue_find(c->id));
        assert(v != NULL);
        if (holds(c, v))
            continue;
        buf_puts(&words, words.len == 0 ? "needs " : " and ");
        condition_describe(&words, c, false);
    }
    bool applies = words.len == 0;
    if (n > 0)
        snprintf(why, n, "%s", applies ? "" : words.data);
    buf_free(&words);
    return applies;
}
