/* The form of business hours says how they stand with what is typed, and what saving it would do to agents. */
#include "ui/sheet_priv.h"

#include <stdlib.h>

#include "common/mem.h"

static bool is_said(const struct sheet *s, int field)
{
    return (s->fields[field].f->flags & RECORD_FIXED) != 0;
}

static bool differs(const struct sheet *s, const struct record *from)
{
    for (int i = 0; i < s->n; i++)
        if (!is_said(s, i) && !record_value_equal(&s->record->values[i], &from->values[i]))
            return true;
    return false;
}

/* Not a change of the person. */
static void say(struct sheet *s, const char *key, const char *text)
{
    int field = record_field_find(s->k, key);
    record_value_set(&s->record->values[field], text);
    record_value_set(&s->was->values[field], text);
}

static void answered(void *arg, const struct client_hour *view)
{
    struct sheet_ticket *t = arg;
    struct sheet *s = t->sheet;
    free(t);
    if (s == NULL)
        return;
    struct ui *ui = s->base.ui;
    s->looking = NULL;
    say(s, "usher.state", view ? view->state : "");
    say(s, "usher.consequence", view && differs(s, s->was) ? view->consequence : "");
    s->base.dirty = true;
    ui_dirty_all(ui);
    sheet_hours_look(s);
    ui_schedule(ui);
}

void sheet_hours_look(struct sheet *s)
{
    if (s->kind != RECORD_HOURS || s->looking || *s->may_not || (s->looked && !differs(s, s->looked)))
        return;
    struct sheet_ticket *t = x_calloc(1, sizeof *t);
    t->sheet = s;
    s->looking = t;
    if (s->looked)
        record_free(s->kind, &s->looked);
    s->looked = record_copy(s->kind, s->record);
    client_hour_preview(s->base.ui->client, s->record->id, s->record->values, answered, t);
}

void sheet_hours_free(struct sheet *s)
{
    if (s->looking)
        s->looking->sheet = NULL;
    if (s->looked)
        record_free(s->kind, &s->looked);
}
