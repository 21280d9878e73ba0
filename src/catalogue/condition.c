#include "catalogue/condition.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define DEPENDENTS_NAMED 12 /* more are counted only */

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

static bool depends_on(const struct setting_row *row, const char *id)
{
    for (const struct setting_condition *c = row->when; c != NULL && c->id != NULL; c++)
        if (strcmp(c->id, id) == 0)
            return true;
    return false;
}

size_t setting_dependents(setting_no no, setting_no *out, size_t max)
{
    const char *id = catalogue_row(no)->id;
    size_t n = 0;
    for (size_t i = 0; i < catalogue_count(); i++) {
        if (!depends_on(catalogue_row((setting_no)i), id))
            continue;
        if (n < max)
            out[n] = (setting_no)i;
        n++;
    }
    return n;
}

static void describe_sections(struct buf *out, const setting_no *list, size_t n)
{
    size_t count;
    const char *const *sections = catalogue_sections(&count);
    const char *before = "";
    buf_printf(out, "%zu settings (", n);
    for (size_t s = 0; s < count; s++) {
        size_t in = 0;
        for (size_t i = 0; i < n; i++)
            in += str_eq(catalogue_row(list[i])->section, sections[s]);
        if (in > 0)
            buf_printf(out, "%s%s %zu", before, sections[s], in);
        before = in > 0 ? ", " : before;
    }
    buf_puts(out, ")");
}

void setting_dependents_describe(struct buf *out, setting_no no, bool by_id)
{
    setting_no list[512];
    size_t n = setting_dependents(no, list, COUNT_OF(list));
    if (n > COUNT_OF(list))
        n = COUNT_OF(list);
    if (n > DEPENDENTS_NAMED) {
        describe_sections(out, list, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s%s", i ? ", " : "", by_id ? catalogue_row(list[i])->id : catalogue_row(list[i])->label);
}
