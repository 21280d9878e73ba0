#include "ui/sheet_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/preview.h"

static void key(struct pane *base, struct key k);
static void paste(struct pane *base, const char *text, size_t n);
static void mouse(struct pane *base, const struct term_event *ev);
static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err);
static void changed(struct pane *base, unsigned bits, const char *rid);
static void sheet_free(struct pane *base);

#define OPS(name_, contexts_, input)                                                                          \
    static const struct pane_ops name_ = {.name = "record",                                                   \
                                          .contexts = contexts_,                                              \
                                          .is_input = input,                                                  \
                                          .paint = sheet_paint,                                               \
                                          .key = key,                                                         \
                                          .paste = paste,                                                     \
                                          .mouse = mouse,                                                     \
                                          .command = command,                                                 \
                                          .changed = changed,                                                 \
                                          .free = sheet_free}

/* What the keys mean depends on the field that has them. */
static const unsigned typing[] = {CTX_DIALOG, CTX_EDIT, 0}, items[] = {CTX_ITEMS, CTX_DIALOG, 0},
                      week[] = {CTX_WEEK, CTX_DIALOG, 0}, choice[] = {CTX_CHOICE, CTX_DIALOG, 0},
                      block[] = {CTX_BLOCK, CTX_DIALOG, CTX_EDIT, 0};
OPS(typing_ops, typing, true);
OPS(items_ops, items, false);
OPS(week_ops, week, false);
OPS(choice_ops, choice, false);
OPS(block_ops, block, true);

struct sheet_field *sheet_at(struct sheet *s)
{
    return s->at < s->n ? &s->fields[s->at] : NULL;
}

struct record_value *sheet_value(struct sheet *s, int field)
{
    return &s->record->values[field];
}

bool sheet_can_edit(const struct sheet *s, int field)
{
    unsigned flags = s->fields[field].f->flags;
    if (*s->may_not || (flags & (RECORD_FIXED | RECORD_LIST_ONLY)))
        return false;
    return !(flags & RECORD_ONCE) || s->record->id == NULL;
}

bool sheet_is_typed(const struct sheet_field *d)
{
    switch (d->f->type) {
    case RECORD_REF:
        return (d->f->flags & RECORD_FREE) != 0;
    case RECORD_BOOL:
    case RECORD_CHOICE:
        return false;
    default:
        return !record_type_is_list(d->f->type);
    }
}

bool sheet_is_items(const struct sheet_field *d)
{
    return record_type_is_list(d->f->type) && d->f->type != RECORD_HOURS_OF_WEEK;
}

bool sheet_has_choices(const struct sheet_field *d)
{
    return d->f->type == RECORD_REF || d->f->type == RECORD_ZONE;
}

void sheet_sync(struct sheet *s)
{
    for (int i = 0; i < s->n; i++)
        if (sheet_is_typed(&s->fields[i]) && sheet_can_edit(s, i))
            record_value_set(sheet_value(s, i), edit_text(&s->fields[i].edit));
}

void sheet_touched(struct sheet *s)
{
    s->fault = (struct error){0};
    s->base.dirty = true;
    ui_dirty_all(s->base.ui);
    if (s->kind == RECORD_HOURS) {
        sheet_sync(s);
        sheet_hours_look(s);
    }
}

static bool is_turned(const struct sheet_field *d)
{
    return d && (d->f->type == RECORD_BOOL || d->f->type == RECORD_CHOICE);
}

/* Hours that are being painted count when one goes on or saves; Esc takes them back. */
static void end_painting(struct sheet *s)
{
    if (s->week.anchor >= 0)
        week_command(&s->week, sheet_value(s, s->at), CMD_WEEK_PAINT);
}

void sheet_focus(struct sheet *s, int at)
{
    end_painting(s);
    s->at = at;
    s->choosing = false;
    const struct sheet_field *d = sheet_at(s);
    s->base.ops = d == NULL                               ? &typing_ops
                  : sheet_is_items(d)                     ? &items_ops
                  : d->f->type == RECORD_HOURS_OF_WEEK    ? &week_ops
                  : is_turned(d)                          ? &choice_ops
                  : d->f->type == RECORD_MULTILINE        ? &block_ops
                                                          : &typing_ops;
    s->base.dirty = true;
}

static void step(struct sheet *s, int by)
{
    int places = s->n + 2, at = s->at;
    for (int i = 0; i < places; i++) {
        at = (at + places + by) % places;
        if (at >= s->n ? at == s->n + 1 || !*s->may_not : sheet_can_edit(s, at))
            break;
    }
    sheet_focus(s, at);
}

static bool is_changed(struct sheet *s)
{
    sheet_sync(s);
    for (int i = 0; i < s->n; i++)
        if (!record_value_equal(sheet_value(s, i), &s->was->values[i]))
            return true;
    return false;
}

static int discard_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct sheet_ticket *t = arg;
    (void)f;
    (void)err;
    if (t->sheet)
        popup_pop(ui, &t->sheet->base);
    return 0;
}

static void cancel(struct sheet *s)
{
    if (*s->may_not || !is_changed(s)) {
        popup_pop(s->base.ui, &s->base);
        return;
    }
    struct sheet_ticket *t = x_calloc(1, sizeof *t);
    t->sheet = s; /* it stays under the question */
    struct form *f = form_new(s->base.ui, "Discard", "Forget what was changed in this form?", "Discard", discard_accepted,
                              t, free);
    form_danger(f);
    form_show(f);
}

/* --- saving --- */

void sheet_fail(struct sheet *s, const struct error *err)
{
    s->fault = *err;
    int field = record_field_find(s->k, err->field);
    if (field >= 0)
        sheet_focus(s, field);
    s->base.dirty = true;
    ui_dirty_all(s->base.ui);
    ui_schedule(s->base.ui);
}

static void saved(void *arg, const struct error *err)
{
    struct sheet_ticket *t = arg;
    struct sheet *s = t->sheet;
    free(t);
    if (s == NULL)
        return;
    struct ui *ui = s->base.ui;
    s->saving = NULL;
    if (err) {
        sheet_fail(s, err);
        return;
    }
    ui_say(ui, false, "Saved: %s %s", s->k->noun, record_name(s->kind, s->record));
    popup_pop(ui, &s->base);
    ui_schedule(ui);
}

static int check(struct sheet *s, struct error *err)
{
    for (int i = 0; i < s->n; i++) {
        int rc = sheet_can_edit(s, i) ? record_value_check(s->fields[i].f, sheet_value(s, i), err) : 0;
        if (rc != 0)
            return rc;
    }
    if (s->kind == RECORD_CANNED && strcmp(record_text(sheet_value(s, 1)), "department") == 0 &&
        *record_text(sheet_value(s, 2)) == '\0')
        return error_set(err, ERR_INVALID, "departmentId", "Department is needed with this scope");
    if (s->kind == RECORD_HOURS && !s->base.ui->model->keeps_setting_history && !record_hours_are_plain(s->record->values))
        return error_set(err, ERR_STATE, "workHours", "This server keeps one interval a day and no holidays");
    return 0;
}

/* What is on the server now: somebody else may have changed it since the form was opened. */
static void compared(void *arg, const struct record *now, const struct error *err)
{
    struct sheet_ticket *t = arg;
    struct sheet *s = t->sheet;
    if (s == NULL) {
        free(t);
        return;
    }
    if (err == NULL && sheet_rebase(s, now)) {
        client_record_save(s->base.ui->client, s->kind, s->record->id, s->record->values, saved, t);
        return;
    }
    s->saving = NULL;
    free(t);
    if (err)
        sheet_fail(s, err);
    ui_schedule(s->base.ui);
}

void sheet_save(struct sheet *s)
{
    struct error err = {0};
    if (s->saving || *s->may_not)
        return;
    end_painting(s);
    sheet_sync(s);
    if (check(s, &err) != 0) {
        sheet_fail(s, &err);
        return;
    }
    struct sheet_ticket *t = x_calloc(1, sizeof *t);
    t->sheet = s;
    s->saving = t;
    sheet_touched(s);
    if (s->record->id)
        client_record_reread(s->base.ui->client, s->kind, s->record->id, compared, t);
    else
        client_record_save(s->base.ui->client, s->kind, NULL, s->record->values, saved, t);
}

/* --- keys --- */

static void turn(struct sheet *s, int by)
{
    struct sheet_field *d = sheet_at(s);
    struct record_value *v = sheet_value(s, s->at);
    if (d->f->type == RECORD_BOOL) {
        record_value_set(v, strcmp(record_text(v), "true") == 0 ? "false" : "true");
    } else {
        int n = 0, now = 0;
        for (; d->f->choices[n].value; n++)
            if (strcmp(d->f->choices[n].value, record_text(v)) == 0)
                now = n;
        record_value_set(v, d->f->choices[(now + n + by) % n].value);
    }
    sheet_touched(s);
}

static void key(struct pane *base, struct key k)
{
    struct sheet *s = (struct sheet *)base;
    struct sheet_field *d = sheet_at(s);
    if (d == NULL) {
        if (k.code == ' ')
            s->at == s->n ? sheet_save(s) : cancel(s);
    } else if (!sheet_can_edit(s, s->at)) {
        return;
    } else if (sheet_is_typed(d)) {
        edit_type(&d->edit, k.code);
        sheet_touched(s);
    } else if (sheet_has_choices(d) && k.code == ' ') {
        sheet_choose(s);
    }
}

static void paste(struct pane *base, const char *text, size_t n)
{
    struct sheet *s = (struct sheet *)base;
    struct sheet_field *d = sheet_at(s);
    if (d && sheet_is_typed(d) && sheet_can_edit(s, s->at)) {
        edit_insert(&d->edit, text, n);
        sheet_touched(s);
    }
}

static void run_accept(struct sheet *s)
{
    struct sheet_field *d = sheet_at(s);
    if (s->at == s->n + 1)
        cancel(s);
    else if (d && sheet_has_choices(d) && sheet_can_edit(s, s->at))
        sheet_choose(s);
    else
        sheet_save(s);
}

/* A reference that cannot be typed is taken away by the keys that delete. */
static bool clear_reference(struct sheet *s, struct sheet_field *d, enum command_id id)
{
    if (d->f->type != RECORD_REF || (id != CMD_DELETE_BACK && id != CMD_DELETE_CHAR && id != CMD_KILL_BACK))
        return false;
    record_value_set(sheet_value(s, s->at), "");
    sheet_touched(s);
    return true;
}

static bool field_command(struct sheet *s, enum command_id id)
{
    struct sheet_field *d = sheet_at(s);
    if (d == NULL) {
        if (id == CMD_FORWARD_CHAR || id == CMD_BACKWARD_CHAR)
            sheet_focus(s, s->at == s->n || *s->may_not ? s->n + 1 : s->n);
        return id == CMD_FORWARD_CHAR || id == CMD_BACKWARD_CHAR;
    }
    if (!sheet_can_edit(s, s->at))
        return false;
    if (is_turned(d) && (id == CMD_CHOICE_NEXT || id == CMD_CHOICE_PREV)) {
        turn(s, id == CMD_CHOICE_NEXT ? 1 : -1);
        return true;
    }
    if (d->f->type == RECORD_HOURS_OF_WEEK) {
        bool done = week_command(&s->week, sheet_value(s, s->at), id);
        if (!done && id == CMD_WEEK_TIMES) {
            sheet_week_times(s);
            done = true;
        }
        if (done)
            sheet_touched(s);
        return done;
    }
    if (sheet_is_items(d))
        return sheet_items_command(s, id);
    if (!sheet_is_typed(d))
        return clear_reference(s, d, id);
    if (!edit_command(&d->edit, id))
        return false;
    sheet_touched(s);
    return true;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct sheet *s = (struct sheet *)base;
    struct sheet_field *d = sheet_at(s);
    (void)a;
    (void)err;
    base->dirty = true;
    if (s->preview && id == CMD_CANCEL)
        id = CMD_FORM_PREVIEW;
    if (s->week.anchor >= 0 && id == CMD_CANCEL) {
        s->week.anchor = -1;
        return PANE_DONE;
    }
    if (d && d->f->type == RECORD_MULTILINE && (id == CMD_LINE_DOWN || id == CMD_LINE_UP) &&
        edit_command(&d->edit, id == CMD_LINE_DOWN ? CMD_DOWN : CMD_UP))
        return PANE_DONE;
    switch (id) {
    case CMD_FORM_SAVE:
        sheet_save(s);
        return PANE_DONE;
    case CMD_FORM_PREVIEW:
        if (preview_of(s->kind) && !s->beside)
            s->preview = !s->preview;
        ui_dirty_all(base->ui);
        return PANE_DONE;
    case CMD_ACCEPT:
        run_accept(s);
        return PANE_DONE;
    case CMD_CANCEL:
        cancel(s);
        return PANE_DONE;
    case CMD_NEXT_FIELD:
        step(s, 1);
        return PANE_DONE;
    case CMD_PREV_FIELD:
        step(s, -1);
        return PANE_DONE;
    default:
        break;
    }
    if (field_command(s, id))
        return PANE_DONE;
    if (id == CMD_LINE_DOWN || id == CMD_LINE_UP) {
        step(s, id == CMD_LINE_DOWN ? 1 : -1);
        return PANE_DONE;
    }
    return PANE_IGNORED;
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct sheet *s = (struct sheet *)base;
    if (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN)
        step(s, ev->mouse == MOUSE_WHEEL_UP ? -1 : 1);
    if (ev->mouse != MOUSE_PRESS || ev->button != 1)
        return;
    for (int i = 0; i < 2; i++)
        if (ev->y == s->buttons[i].y && ev->x >= s->buttons[i].x && ev->x < s->buttons[i].x + s->buttons[i].w) {
            i == 0 ? sheet_save(s) : cancel(s);
            return;
        }
    int line = ev->y + base->r.y - s->inner.y + s->top;
    for (int i = 0; i < s->n; i++)
        if (line >= s->fields[i].y && line < s->fields[i].y + s->fields[i].h && sheet_can_edit(s, i)) {
            sheet_focus(s, i);
            return;
        }
}

/* Records that are referred to have come: their names, or what there is to choose from. */
static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct sheet *s = (struct sheet *)base;
    (void)rid;
    if (!(bits & CLIENT_CHANGED_RECORDS))
        return;
    base->dirty = true;
    if (s->choosing && s->at < s->n && ui_target(base->ui) == base)
        sheet_choose(s);
}

/* Begins to read what the fields refer to, so that it is there when one gets to them. */
static void read_ahead(struct sheet *s)
{
    char why[8];
    for (int i = 0; i < s->n; i++) {
        const struct record_field *f = s->fields[i].f;
        bool refers = f->type == RECORD_REF || f->type == RECORD_REFS || f->type == RECORD_LINKS;
        if (refers && record_may(s->base.ui, record_kind(f->of)->may_see, why, sizeof why, ""))
            client_records(s->base.ui->client, f->of);
    }
}

static void sheet_free(struct pane *base)
{
    struct sheet *s = (struct sheet *)base;
    if (s->saving)
        s->saving->sheet = NULL;
    sheet_hours_free(s);
    for (int i = 0; i < s->n; i++)
        edit_fini(&s->fields[i].edit);
    free(s->fields);
    record_free(s->kind, &s->record);
    record_free(s->kind, &s->was);
    free(s->may_not);
    free(s);
}

void sheet_open(struct ui *ui, enum record_kind_no kind, const struct record *record, const char *may_not)
{
    struct sheet *s = x_calloc(1, sizeof *s);
    s->base.ops = &typing_ops;
    s->base.ui = ui;
    s->kind = kind;
    s->k = record_kind(kind);
    s->record = record_copy(kind, record);
    s->was = record_copy(kind, record);
    s->may_not = x_strdup(may_not);
    s->week = (struct week){.minute = 540, .anchor = -1};
    s->n = (int)s->k->field_count;
    s->fields = x_calloc(s->k->field_count, sizeof *s->fields);
    for (int i = 0; i < s->n; i++) {
        struct sheet_field *d = &s->fields[i];
        const char *text = record_text(sheet_value(s, i));
        d->f = &s->k->fields[i];
        edit_init(&d->edit, d->f->type == RECORD_MULTILINE);
        edit_insert(&d->edit, text, strlen(text));
        if (d->f->type != RECORD_MULTILINE) /* the cursor at the end; a long text is read from its beginning */
            continue;
        d->edit.cursor = 0;
    }
    s->at = s->n + 1;
    step(s, 1);
    if (*may_not)
        sheet_focus(s, s->n + 1);
    popup_push(ui, &s->base);
    read_ahead(s);
    sheet_hours_look(s);
}
