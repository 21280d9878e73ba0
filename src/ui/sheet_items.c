/* What a form of a record offers to choose from, and the lists in it. */
#include "ui/sheet_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/zones.h"
#include "ui/choice.h"
#include "ui/form.h"

/* What was offered: the choice gives back a number. The sheet stays below it. */
struct offer {
    struct sheet *sheet;
    int field;
    char **ids;      /* "" : nothing, NULL: something to be typed */
    size_t n;
};

static void offer_free(void *arg)
{
    struct offer *o = arg;
    for (size_t i = 0; i < o->n; i++)
        free(o->ids[i]);
    free(o->ids);
    free(o);
}

static void offer_add(struct offer *o, struct choice *c, const char *id, const char *name, const char *detail)
{
    o->ids = x_reallocarray(o->ids, o->n + 1, sizeof *o->ids);
    o->ids[o->n++] = x_strdup(id);
    choice_add(c, name, detail, id && *id ? ROLE_TEXT : ROLE_DIM_TEXT);
}

static void put(struct sheet *s, int field, const char *id)
{
    struct sheet_field *d = &s->fields[field];
    struct record_value *v = sheet_value(s, field);
    if (d->f->type == RECORD_LINKS) {
        const struct record *agent = client_record_find(s->base.ui->client, d->f->of, id);
        struct record_link link = {0};
        snprintf(link.agent_id, sizeof link.agent_id, "%s", id);
        snprintf(link.username, sizeof link.username, "%s", agent ? record_name(d->f->of, agent) : "?");
        AUTO_FREE char *item = record_link_write(&link);
        record_value_add(v, item);
        d->item = v->count - 1;
    } else if (record_type_is_list(d->f->type)) {
        record_value_add(v, id);
        d->item = v->count - 1;
    } else {
        record_value_set(v, id);
        edit_set(&d->edit, id);
    }
    sheet_touched(s);
}

/* --- typed ones --- */

struct typed {
    struct sheet *sheet;
    int field;
    size_t item; /* count: a new one */
};

/* A holiday as it is kept; NULL: it is none. */
static char *tidy_holiday(const char *text, const struct record_value *v, size_t item, struct error *err)
{
    struct record_holiday h, other;
    struct error none;
    if (record_holiday_read(text, &h, err) != 0)
        return NULL;
    for (size_t i = 0; i < v->count; i++)
        if (i != item && record_holiday_read(v->items[i], &other, &none) == 0 && strcmp(other.date, h.date) == 0) {
            error_set(err, ERR_CONFLICT, NULL, "%s is in the list already", h.date);
            return NULL;
        }
    return record_holiday_write(&h);
}

static int typed_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct typed *t = arg;
    struct record_value *v = sheet_value(t->sheet, t->field);
    bool is_holiday = t->sheet->fields[t->field].f->type == RECORD_HOLIDAYS;
    AUTO_FREE char *tidy = is_holiday ? tidy_holiday(form_value(f, 0), v, t->item, err) : NULL;
    const char *text = tidy ? tidy : form_value(f, 0);
    (void)ui;
    if (is_holiday && tidy == NULL)
        return ERR_INVALID;
    if (text[strspn(text, " ")] == '\0')
        return error_set(err, ERR_INVALID, NULL, "Some text is needed");
    if (t->item < v->count) {
        free(v->items[t->item]);
        v->items[t->item] = x_strdup(text);
        sheet_touched(t->sheet);
    } else if (record_value_has(v, text)) {
        return error_set(err, ERR_CONFLICT, NULL, "It is in the list already");
    } else {
        put(t->sheet, t->field, text);
    }
    return 0;
}

static void ask_text(struct sheet *s, size_t item)
{
    const struct record_value *v = sheet_value(s, s->at);
    const struct record_field *f = s->fields[s->at].f;
    struct typed *t = x_calloc(1, sizeof *t);
    *t = (struct typed){s, s->at, item};
    struct form *form = form_new(s->base.ui, record_label(f), record_help(f) ? record_help(f) : "", "OK", typed_accepted,
                                 t, free);
    form_add(form, FIELD_TEXT, "", item < v->count ? v->items[item] : "", NULL);
    form_show(form);
}

/* --- choosing --- */

static void chosen(struct ui *ui, int index, void *arg)
{
    struct offer *o = arg;
    (void)ui;
    if (o->ids[index] == NULL)
        ask_text(o->sheet, sheet_value(o->sheet, o->field)->count);
    else
        put(o->sheet, o->field, o->ids[index]);
}

static bool is_there(const struct record_field *f, const struct record_value *v, const char *id)
{
    for (size_t i = 0; f->type == RECORD_LINKS && i < v->count; i++) {
        struct record_link l;
        if (record_link_read(v->items[i], &l) && strcmp(l.agent_id, id) == 0)
            return true;
    }
    return record_type_is_list(f->type) && record_value_has(v, id);
}

static const char *detail_of(enum record_kind_no kind, const struct record *r)
{
    static const char *const keys[] = {"name", "description", "label"};
    const struct record_kind *k = record_kind(kind);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        int field = record_field_find(k, keys[i]);
        if (field >= 0 && field != k->name_field)
            return record_text(&r->values[field]);
    }
    return "";
}

static void offer_records(struct sheet *s, struct offer *o, struct choice *c)
{
    const struct record_field *f = s->fields[s->at].f;
    const struct record_value *v = sheet_value(s, s->at);
    const struct client_records *list = client_records(s->base.ui->client, f->of);
    if (f->type == RECORD_REF && !(f->flags & RECORD_REQUIRED))
        offer_add(o, c, "", "none", "");
    for (size_t i = 0; i < list->count; i++) {
        const struct record *r = list->items[i];
        const char *name = record_name(f->of, r), *id = f->flags & RECORD_BY_NAME ? name : r->id;
        if (!is_there(f, v, id) && !(f->of == s->kind && s->record->id && strcmp(r->id, s->record->id) == 0))
            offer_add(o, c, id, name, detail_of(f->of, r));
    }
    if (record_type_is_list(f->type) && (f->flags & RECORD_FREE))
        offer_add(o, c, NULL, "another …", "typed by you");
}

void sheet_choose(struct sheet *s)
{
    const struct record_field *f = s->fields[s->at].f;
    struct ui *ui = s->base.ui;
    char why[320];
    size_t n = 0;
    if (f->type != RECORD_ZONE && !record_may(ui, record_kind(f->of)->may_see, why, sizeof why, "choose from them")) {
        record_refuse(ui, why);
        return;
    }
    s->choosing = f->type != RECORD_ZONE && client_records(ui->client, f->of)->state == RECORDS_LOADING;
    if (s->choosing) {
        ui_say(ui, false, "Reading %s …", record_kind(f->of)->title);
        return;
    }
    struct offer *o = x_calloc(1, sizeof *o);
    *o = (struct offer){.sheet = s, .field = s->at};
    struct choice *c = choice_new(ui, record_label(f), "Choose", chosen, o, offer_free);
    if (f->type == RECORD_ZONE) {
        const char *const *names = zones_names(&n);
        for (size_t i = 0; i < n; i++)
            offer_add(o, c, names[i], names[i], NULL);
    } else {
        offer_records(s, o, c);
    }
    const char *now = sheet_is_typed(&s->fields[s->at]) ? edit_text(&s->fields[s->at].edit)
                                                       : record_text(sheet_value(s, s->at));
    for (size_t i = 0; i < o->n; i++)
        if (o->ids[i] && strcmp(o->ids[i], now) == 0)
            choice_select(c, (int)i);
    choice_show(c);
}

/* --- lists --- */

static int link_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct typed *t = arg;
    struct record_value *v = sheet_value(t->sheet, t->field);
    struct record_link l;
    (void)ui;
    static const char *const names[] = {"Order", "Count"};
    int64_t *const numbers[] = {&l.order, &l.count};
    if (t->item >= v->count || !record_link_read(v->items[t->item], &l))
        return 0;
    for (int i = 0; i < 2; i++) {
        char *end;
        const char *text = form_value(f, i);
        *numbers[i] = strtoll(text, &end, 10);
        if (end == text || *end || *numbers[i] < 0 || *numbers[i] > 1000000000)
            return error_set(err, ERR_INVALID, NULL, "%s is a whole number, 0 or more", names[i]);
    }
    free(v->items[t->item]);
    v->items[t->item] = record_link_write(&l);
    sheet_touched(t->sheet);
    return 0;
}

static void ask_link(struct sheet *s, const char *item)
{
    struct record_link l;
    char order[24], count[24];
    if (!record_link_read(item, &l))
        return;
    struct typed *t = x_calloc(1, sizeof *t);
    *t = (struct typed){s, s->at, s->fields[s->at].item};
    snprintf(order, sizeof order, "%lld", (long long)l.order);
    snprintf(count, sizeof count, "%lld", (long long)l.count);
    struct form *f = form_new(s->base.ui, l.username,
                              "Of agents with as many chats, the one with the smaller order is chosen first.", "OK",
                              link_accepted, t, free);
    form_add(f, FIELD_TEXT, "Order", order, NULL);
    form_add(f, FIELD_TEXT, "Count", count, NULL);
    form_show(f);
}

/* --- conditions and actions of triggers --- */

static bool is_action(const struct sheet *s, int field)
{
    return s->fields[field].f->type == RECORD_ACTIONS;
}

static bool is_line(const struct sheet_field *d)
{
    return d->f->type == RECORD_TEXTS || d->f->type == RECORD_HOLIDAYS;
}

static bool is_step(const struct sheet_field *d)
{
    return d->f->type == RECORD_ACTIONS || d->f->type == RECORD_CONDITIONS;
}

static int check_step(bool action, const struct record_step *step, struct error *err)
{
    size_t n = strlen(step->text);
    if (action && step->text[strspn(step->text, " \n")] == '\0')
        return error_set(err, ERR_INVALID, NULL, "Some words are needed");
    if (action && strcmp(step->choice, "custom") == 0 && *step->name == '\0')
        return error_set(err, ERR_INVALID, NULL, "The sender's name is needed");
    if (!action && strcmp(step->choice, "time-on-site") == 0 && (n == 0 || strspn(step->text, "0123456789") != n))
        return error_set(err, ERR_INVALID, NULL, "Seconds are a whole number");
    return ERR_OK;
}

static int step_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct typed *t = arg;
    struct record_value *v = sheet_value(t->sheet, t->field);
    bool action = is_action(t->sheet, t->field);
    const struct record_field *field = t->sheet->fields[t->field].f;
    struct record_step step = {.choice = (char *)field->choices[form_choice(f, 0)].value,
                               .text = (char *)form_value(f, 1),
                               .name = (char *)(action ? form_value(f, 2) : "")};
    const char *was = t->item < v->count ? v->items[t->item] : NULL;
    (void)ui;
    int rc = check_step(action, &step, err);
    if (rc != ERR_OK)
        return rc;
    char *item = record_step_write(action, was, &step);
    if (was) {
        free(v->items[t->item]);
        v->items[t->item] = item;
        sheet_touched(t->sheet);
    } else {
        put(t->sheet, t->field, item);
        free(item);
    }
    return 0;
}

static void ask_step(struct sheet *s, size_t at)
{
    const struct record_value *v = sheet_value(s, s->at);
    const struct record_field *field = s->fields[s->at].f;
    bool action = is_action(s, s->at);
    const char *labels[8] = {NULL};
    struct record_step step;
    int chosen = 0;
    record_step_read(action, at < v->count ? v->items[at] : NULL, &step);
    for (size_t i = 0; field->choices[i].value && i + 1 < COUNT_OF(labels); i++) {
        labels[i] = field->choices[i].label;
        if (strcmp(field->choices[i].value, step.choice) == 0)
            chosen = (int)i;
    }
    struct typed *t = x_calloc(1, sizeof *t);
    *t = (struct typed){s, s->at, at};
    struct form *f = form_new(s->base.ui, action ? "Greeting" : "Condition", "", "OK", step_accepted, t, free);
    form_add(f, FIELD_CHOICE, action ? "Sender" : "When", labels[chosen], labels);
    form_select(f, 0, chosen);
    form_add(f, action ? FIELD_MULTILINE : FIELD_TEXT, action ? "Message" : "Value", step.text, NULL);
    if (action)
        form_add(f, FIELD_TEXT, "Sender's name", step.name, NULL);
    form_hint(f, 1, action ? "" : "a pattern for the address, or a number of seconds");
    form_show(f);
    record_step_fini(&step);
}

static void change_order(struct sheet *s, struct record_value *v, size_t at, int by)
{
    struct record_link l;
    if (at >= v->count || !record_link_read(v->items[at], &l) || l.order + by < 0)
        return;
    l.order += by;
    free(v->items[at]);
    v->items[at] = record_link_write(&l);
    sheet_touched(s);
}

bool sheet_items_command(struct sheet *s, enum command_id id)
{
    struct sheet_field *d = sheet_at(s);
    struct record_value *v = sheet_value(s, s->at);
    size_t last = v->count ? v->count - 1 : 0;
    if (d->item > last)
        d->item = last;
    switch (id) {
    case CMD_LINE_UP:
    case CMD_LINE_DOWN:
        if (id == CMD_LINE_UP ? d->item == 0 : d->item >= last)
            return false;
        d->item = id == CMD_LINE_UP ? d->item - 1 : d->item + 1;
        return true;
    case CMD_ITEM_ADD:
        is_step(d) ? ask_step(s, v->count) : is_line(d) ? ask_text(s, v->count) : sheet_choose(s);
        return true;
    case CMD_ITEM_REMOVE:
        record_value_remove(v, d->item);
        sheet_touched(s);
        return true;
    case CMD_ITEM_CHANGE:
        if (v->count && d->f->type == RECORD_LINKS)
            ask_link(s, v->items[d->item]);
        else if (v->count && is_line(d))
            ask_text(s, d->item);
        else if (v->count && is_step(d))
            ask_step(s, d->item);
        return true;
    case CMD_ITEM_LATER:
    case CMD_ITEM_SOONER:
        if (d->f->type == RECORD_LINKS)
            change_order(s, v, d->item, id == CMD_ITEM_LATER ? 1 : -1);
        return true;
    default:
        return false;
    }
}

/* --- times --- */

static int times_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct typed *t = arg;
    (void)ui;
    int rc = week_set_times(&t->sheet->week, sheet_value(t->sheet, t->field), form_value(f, 0), err);
    if (rc == 0)
        sheet_touched(t->sheet);
    return rc;
}

void sheet_week_times(struct sheet *s)
{
    AUTO_FREE char *now = week_times(&s->week, sheet_value(s, s->at));
    struct typed *t = x_calloc(1, sizeof *t);
    *t = (struct typed){s, s->at, 0};
    struct form *f = form_new(s->base.ui, week_day_name(&s->week),
                              "From-to, such as 08:30-17:00 or 08:00-12:00, 13:00-17:00; or closed. An end before the start is on the next day.",
                              "OK", times_accepted, t, free);
    form_add(f, FIELD_TEXT, "", now, NULL);
    form_show(f);
}
