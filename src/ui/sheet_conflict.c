/* Two people in the same record: what the other one saved meanwhile is laid under what is typed here, field by field. */
#include "ui/sheet_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/form.h"

#define ASKED_MAX 6 /* fields that are asked for one by one; more are decided together */

struct conflict {
    struct sheet *sheet;
    enum record_kind_no kind; /* the sheet may be saved and gone before this is freed */
    struct record *now;
    int *field, n;
};

static void conflict_free(void *arg)
{
    struct conflict *c = arg;
    record_free(c->kind, &c->now);
    free(c->field);
    free(c);
}

/* --- agents of a department: their counts go on while the form is open --- */

static char **link_of(const struct record_value *v, const char *agent_id, struct record_link *out)
{
    for (size_t i = 0; i < v->count; i++)
        if (record_link_read(v->items[i], out) && strcmp(out->agent_id, agent_id) == 0)
            return &v->items[i];
    return NULL;
}

static void put_link(char **item, const struct record_link *l)
{
    free(*item);
    *item = record_link_write(l);
}

/* Numbers that were not touched here become those of now, in mine and in was; so only real changes are compared. */
static void rebase_links(struct record_value *mine, struct record_value *was, const struct record_value *now)
{
    for (size_t i = 0; i < now->count; i++) {
        struct record_link there, before, here;
        char **old, **item;
        if (!record_link_read(now->items[i], &there) || !(old = link_of(was, there.agent_id, &before)))
            continue;
        item = link_of(mine, there.agent_id, &here);
        if (item && here.count == before.count)
            here.count = there.count;
        if (item && here.order == before.order)
            here.order = there.order;
        if (item)
            put_link(item, &here);
        put_link(old, &there);
    }
}

/* --- comparing --- */

static void take(struct sheet *s, int i, const struct record_value *v)
{
    record_value_copy(sheet_value(s, i), v);
    if (sheet_is_typed(&s->fields[i]))
        edit_set(&s->fields[i].edit, record_text(v));
}

/* False: both changed it, and not to the same. */
static bool rebase_field(struct sheet *s, int i, const struct record_value *now)
{
    struct record_value *mine = sheet_value(s, i), *was = &s->was->values[i];
    if (s->fields[i].f->type == RECORD_LINKS)
        rebase_links(mine, was, now);
    if (record_value_equal(was, now))
        return true;
    if (!sheet_can_edit(s, i) || record_value_equal(mine, was))
        take(s, i, now);
    else if (!record_value_equal(mine, now))
        return false;
    record_value_copy(was, now);
    return true;
}

/* --- asking --- */

static int decided(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct conflict *c = arg;
    struct sheet *s = c->sheet; /* it stays under the question */
    (void)ui;
    (void)err;
    for (int i = 0; i < c->n; i++) {
        const struct record_value *now = &c->now->values[c->field[i]];
        if (form_choice(f, c->n > ASKED_MAX ? 0 : i) == 0)
            take(s, c->field[i], now);
        record_value_copy(&s->was->values[c->field[i]], now);
    }
    sheet_touched(s);
    sheet_save(s);
    return 0;
}

static char *option(struct sheet *s, int i, const char *whose, const struct record_value *v)
{
    char line[120];
    AUTO_FREE char *text = record_show(s->base.ui, s->fields[i].f, v);
    format_line(*text ? text : "(empty)", line, sizeof line);
    return x_asprintf("%s: %s", whose, line);
}

static void ask(struct sheet *s, struct conflict *c)
{
    AUTO_FREE char *text = x_asprintf("Somebody else saved this %s while it was open here, and changed what you changed, "
                                      "too. Whose counts?",
                                      s->k->noun);
    struct form *f = form_new(s->base.ui, "Changed meanwhile", text, "Save", decided, c, conflict_free);
    for (int i = 0; i < c->n && c->n <= ASKED_MAX; i++) {
        int no = c->field[i];
        AUTO_FREE char *theirs = option(s, no, "theirs", &c->now->values[no]);
        AUTO_FREE char *mine = option(s, no, "mine", sheet_value(s, no));
        form_add(f, FIELD_CHOICE, record_label(s->fields[no].f), NULL, (const char *const[]){theirs, mine, NULL});
    }
    if (c->n > ASKED_MAX) {
        AUTO_FREE char *label = x_asprintf("%d fields", c->n);
        form_add(f, FIELD_CHOICE, label, NULL, (const char *const[]){"theirs", "mine", NULL});
    }
    form_show(f);
}

bool sheet_rebase(struct sheet *s, const struct record *now)
{
    struct conflict *c = x_calloc(1, sizeof *c);
    c->sheet = s;
    c->kind = s->kind;
    c->field = x_calloc((size_t)s->n, sizeof *c->field);
    for (int i = 0; i < s->n; i++)
        if (!rebase_field(s, i, &now->values[i]))
            c->field[c->n++] = i;
    if (c->n == 0) {
        conflict_free(c);
        return true;
    }
    c->now = record_copy(s->kind, now);
    ask(s, c);
    return false;
}
