/* Two people at the same rights: what the other one saved meanwhile is laid under what was changed here, right by right. */
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "ui/form.h"
#include "ui/matrix_priv.h"

#define ASKED_MAX 5 /* rights that are asked for one by one; more are decided together */

enum whose { BOTH, THEIRS, MINE };

static size_t missing_in(const struct record_value *v, const struct record_value *other)
{
    size_t n = 0;
    for (size_t i = 0; i < v->count; i++)
        n += !record_value_has(other, v->items[i]);
    return n;
}

bool matrix_same(const struct record_value *a, const struct record_value *b)
{
    return missing_in(a, b) == 0 && missing_in(b, a) == 0;
}

void matrix_describe(const struct record_value *was, const struct record_value *now, struct buf *out)
{
    for (size_t i = 0; i < now->count; i++)
        if (!record_value_has(was, now->items[i]))
            buf_printf(out, " +%s", now->items[i]);
    for (size_t i = 0; i < was->count; i++)
        if (!record_value_has(now, was->items[i]))
            buf_printf(out, " -%s", was->items[i]);
}

/* What was given and taken away here, on top of what the server has now. */
static void merge(struct matrix_change *c, const struct record_value *now)
{
    struct record_value out = {0};
    for (size_t i = 0; i < now->count; i++)
        if (record_value_has(&c->roles, now->items[i]) || !record_value_has(&c->was, now->items[i]))
            record_value_add(&out, now->items[i]);
    for (size_t i = 0; i < c->roles.count; i++)
        if (!record_value_has(&c->was, c->roles.items[i]) && !record_value_has(&out, c->roles.items[i]))
            record_value_add(&out, c->roles.items[i]);
    record_value_fini(&c->roles);
    c->roles = out;
}

static const struct record_value *on_server(struct ui *ui, const struct matrix_change *c)
{
    const struct record *right = client_record_find(ui->client, RECORD_RIGHTS, c->right);
    return right ? matrix_stored(right) : NULL;
}

/* Both changed it, and not to the same. */
static bool is_disputed(struct ui *ui, const struct matrix_change *c)
{
    const struct record_value *now = on_server(ui, c);
    return now && !matrix_same(now, &c->was) && !matrix_same(now, &c->roles);
}

struct conflict {
    struct matrix *m;
    char **rights; /* that are asked for */
    int n;
};

static void conflict_free(void *arg)
{
    struct conflict *c = arg;
    for (int i = 0; i < c->n; i++)
        free(c->rights[i]);
    free(c->rights);
    free(c);
}

static void decide(struct ui *ui, struct matrix *m, const char *right, int whose)
{
    struct matrix_change *change = matrix_change_of(m, right);
    const struct record_value *now = change ? on_server(ui, change) : NULL;
    if (now == NULL)
        return;
    if (whose == BOTH)
        merge(change, now);
    else if (whose == THEIRS)
        record_value_copy(&change->roles, now);
    record_value_copy(&change->was, now);
    if (matrix_same(&change->roles, &change->was))
        matrix_forget(m, change);
}

static int decided(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct conflict *c = arg;
    (void)err;
    for (int i = 0; i < c->n; i++)
        decide(ui, c->m, c->rights[i], form_choice(f, c->n > ASKED_MAX ? 0 : i));
    ui_dirty_all(ui);
    matrix_send(ui, c->m);
    return 0;
}

static char *option(const char *whose, const struct record_value *was, const struct record_value *now)
{
    struct buf b = BUF_INIT;
    buf_printf(&b, "%s:", whose);
    matrix_describe(was, now, &b);
    return buf_take(&b);
}

static void ask(struct ui *ui, struct conflict *c)
{
    struct form *f = form_new(ui, "Changed meanwhile", "Somebody else changed the same rights meanwhile. What counts?", "Save",
                              decided, c, conflict_free);
    for (int i = 0; i < c->n && c->n <= ASKED_MAX; i++) {
        const struct matrix_change *change = matrix_change_of(c->m, c->rights[i]);
        AUTO_FREE char *theirs = option("theirs", &change->was, on_server(ui, change));
        AUTO_FREE char *mine = option("mine", &change->was, &change->roles);
        form_add(f, FIELD_CHOICE, c->rights[i], NULL, (const char *const[]){"both changes", theirs, mine, NULL});
    }
    if (c->n > ASKED_MAX) {
        AUTO_FREE char *label = x_asprintf("%d rights", c->n);
        form_add(f, FIELD_CHOICE, label, NULL, (const char *const[]){"both changes", "theirs", "mine", NULL});
    }
    form_show(f);
}

bool matrix_settled(struct ui *ui, struct matrix *m)
{
    struct conflict *c = x_calloc(1, sizeof *c);
    c->m = m;
    c->rights = x_calloc(m->n + 1, sizeof *c->rights);
    for (size_t i = 0; i < m->n; i++)
        if (is_disputed(ui, &m->changes[i]))
            c->rights[c->n++] = x_strdup(m->changes[i].right);
    if (c->n == 0) {
        conflict_free(c);
        return true;
    }
    ask(ui, c);
    return false;
}
