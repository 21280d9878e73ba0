#include "ui/record_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "common/buf.h"
#include "common/mem.h"
#include "ui/form.h"

static const struct setting_row *setting_of(const struct record_field *f)
{
    setting_no no = f->label ? -1 : catalogue_find(f->key);
    return no < 0 ? NULL : catalogue_row(no);
}

const char *record_label(const struct record_field *f)
{
    const struct setting_row *row = setting_of(f);
    return f->label ? f->label : row ? row->label : f->key;
}

const char *record_help(const struct record_field *f)
{
    const struct setting_row *row = setting_of(f);
    return f->help ? f->help : row ? row->help : NULL;
}

const char *record_ref_name(struct ui *ui, const struct record_field *f, const char *id)
{
    char why[4];
    if ((f->flags & RECORD_BY_NAME) || !record_may(ui, record_kind(f->of)->may_see, why, sizeof why, ""))
        return id;
    const struct record *r = client_record_find(ui->client, f->of, id);
    return r ? record_name(f->of, r) : id;
}

static char *show_links(const struct record_value *v)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < v->count; i++) {
        struct record_link l;
        if (record_link_read(v->items[i], &l))
            buf_printf(&b, "%s%s", b.len ? ", " : "", l.username);
    }
    return b.len ? buf_take(&b) : x_strdup("");
}

static char *show_week(const struct record_value *v)
{
    static const char *const days[] = {"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"};
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < v->count && i < COUNT_OF(days); i++) {
        struct record_day d;
        if (!record_day_read(v->items[i], &d) || !d.open)
            continue;
        AUTO_FREE char *times = record_spans_show(d.spans, d.n);
        buf_printf(&b, "%s%s %s", b.len ? ", " : "", days[i], times);
    }
    return b.len ? buf_take(&b) : x_strdup("never open");
}

static const char *choice_label(const struct record_field *f, const char *value)
{
    for (const struct record_choice *c = f->choices; c->value; c++)
        if (strcmp(c->value, value) == 0)
            return c->label;
    return value;
}

static char *show_step(const struct record_field *f, const char *item)
{
    struct record_step step;
    bool action = f->type == RECORD_ACTIONS;
    record_step_read(action, item, &step);
    char *text = action ? x_asprintf("%s: %s", strcmp(step.choice, "custom") == 0 ? step.name : choice_label(f, step.choice),
                                     step.text)
                        : x_asprintf("%s %s", choice_label(f, step.choice), step.text);
    record_step_fini(&step);
    return text;
}

char *record_show_item(struct ui *ui, const struct record_field *f, const char *item)
{
    if (f->type == RECORD_CONDITIONS || f->type == RECORD_ACTIONS)
        return show_step(f, item);
    return x_strdup(f->type == RECORD_REFS ? record_ref_name(ui, f, item) : item);
}

static char *show_items(struct ui *ui, const struct record_field *f, const struct record_value *v)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < v->count; i++) {
        AUTO_FREE char *text = record_show_item(ui, f, v->items[i]);
        buf_printf(&b, "%s%s", i ? f->type == RECORD_ACTIONS ? "; " : f->type == RECORD_CONDITIONS ? ", or " : ", " : "", text);
    }
    return b.len ? buf_take(&b) : x_strdup("");
}

char *record_show(struct ui *ui, const struct record_field *f, const struct record_value *v)
{
    const char *text = record_text(v);
    switch (f->type) {
    case RECORD_BOOL:
        return x_strdup(strcmp(text, "true") == 0 ? "yes" : "no");
    case RECORD_CHOICE:
        return x_strdup(choice_label(f, text));
    case RECORD_REF:
        return x_strdup(*text ? record_ref_name(ui, f, text) : "");
    case RECORD_LINKS:
        return show_links(v);
    case RECORD_HOURS_OF_WEEK:
        return show_week(v);
    case RECORD_REFS:
    case RECORD_TEXTS:
    case RECORD_HOLIDAYS:
    case RECORD_CONDITIONS:
    case RECORD_ACTIONS:
        return show_items(ui, f, v);
    case RECORD_SECRET:
        return x_strdup("");
    default:
        return x_strdup(text);
    }
}

/* Of "a|b" the first is named. */
bool record_may(struct ui *ui, const char *right, char *why, size_t n, const char *deed)
{
    if (right && (*right == '\0' || client_may(ui->client, right)))
        return true;
    if (right == NULL) {
        snprintf(why, n, "Nobody can %s here.", deed);
        return false;
    }
    AUTO_FREE char *first = x_strndup(right, strcspn(right, "|"));
    AUTO_FREE char *holders = client_right_roles(ui->client, first);
    AUTO_FREE char *givers = client_right_roles(ui->client, "access-permissions");
    snprintf(why, n, "You may not %s: the right %s is missing. It belongs to the roles: %s. Who can grant it: %s.", deed,
             first, *holders ? holders : "none", *givers ? givers : "admin");
    return false;
}

void record_refuse(struct ui *ui, const char *why)
{
    form_show(form_new(ui, "Not allowed", why, "Close", NULL, NULL, NULL));
}
