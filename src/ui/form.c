#include "ui/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/color.h"
#include "common/mem.h"
#include "ui/draw.h"
#include "ui/edit.h"
#include "ui/edit_paint.h"

#define FIELDS_MAX 8
#define MULTILINE_ROWS 6
#define SWATCH_STYLE 1000 /* a style of its own for the colour that is shown */

struct field {
    enum form_field_kind kind;
    char *label, *hint;
    struct edit edit;
    char **choices;
    int choice, choice_count;
    int y, h; /* on the screen */
};

struct form {
    struct pane base;
    char *title, *text, *button;
    form_done done;
    void *arg;
    void (*free_arg)(void *);
    struct field fields[FIELDS_MAX];
    int n, at; /* at: field, or n for the button, n + 1 for Cancel */
    char *fault;
    form_note note;
    int note_rows;
    int label_w;
    struct rect buttons[2];
};

static void paint(struct pane *base);
static void key(struct pane *base, struct key k);
static void paste(struct pane *base, const char *text, size_t n);
static void mouse(struct pane *base, const struct term_event *ev);
static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err);
static void changed(struct pane *base, unsigned bits, const char *rid);
static void form_free(struct pane *base);

static const unsigned contexts[] = {CTX_DIALOG, CTX_EDIT, 0}, choice_contexts[] = {CTX_CHOICE, CTX_DIALOG, 0};
#define OPS(name_, contexts_, input)                                                                          \
    static const struct pane_ops name_ = {.name = "form",                                                     \
                                          .contexts = contexts_,                                              \
                                          .is_input = input,                                                  \
                                          .paint = paint,                                                     \
                                          .key = key,                                                         \
                                          .paste = paste,                                                     \
                                          .mouse = mouse,                                                     \
                                          .command = command,                                                 \
                                          .changed = changed,                                                 \
                                          .free = form_free}
OPS(ops, contexts, true);
OPS(choice_ops, choice_contexts, false);

struct form *form_new(struct ui *ui, const char *title, const char *text, const char *button, form_done done,
                      void *arg, void (*free_arg)(void *))
{
    struct form *f = x_calloc(1, sizeof *f);
    f->base.ops = &ops;
    f->base.ui = ui;
    f->title = x_strdup(title);
    f->text = x_strdup(text);
    f->button = x_strdup(button);
    f->done = done;
    f->arg = arg;
    f->free_arg = free_arg;
    return f;
}

int form_add(struct form *f, enum form_field_kind kind, const char *label, const char *value,
             const char *const *choices)
{
    struct field *d = &f->fields[f->n];
    d->kind = kind;
    d->label = x_strdup(label);
    edit_init(&d->edit, kind == FIELD_MULTILINE);
    if (value)
        edit_insert(&d->edit, value, strlen(value));
    for (const char *const *c = choices; c && *c; c++) {
        d->choices = x_reallocarray(d->choices, (size_t)d->choice_count + 1, sizeof *d->choices);
        d->choices[d->choice_count++] = x_strdup(*c);
    }
    int w = text_width(label, strlen(label));
    if (w > f->label_w)
        f->label_w = w;
    return f->n++;
}

void form_hint(struct form *f, int field, const char *hint)
{
    str_set(&f->fields[field].hint, hint);
}

void form_live(struct form *f, int rows, form_note note)
{
    f->note = note;
    f->note_rows = rows;
}

void form_select(struct form *f, int field, int choice)
{
    if (choice >= 0 && choice < f->fields[field].choice_count)
        f->fields[field].choice = choice;
}

void form_danger(struct form *f)
{
    f->at = f->n + 1;
}

static struct field *field_at(struct form *f)
{
    return f->at < f->n ? &f->fields[f->at] : NULL;
}

/* What the keys mean depends on the field that has them. */
static void focus(struct form *f, int at)
{
    f->at = at;
    const struct field *d = field_at(f);
    f->base.ops = d && d->kind == FIELD_CHOICE ? &choice_ops : &ops;
}

void form_show(struct form *f)
{
    focus(f, f->at);
    popup_push(f->base.ui, &f->base);
}

const char *form_value(const struct form *f, int field)
{
    const struct field *d = &f->fields[field];
    return d->kind == FIELD_CHOICE ? d->choices[d->choice] : edit_text(&d->edit);
}

int form_choice(const struct form *f, int field)
{
    return f->fields[field].choice;
}

static void form_free(struct pane *base)
{
    struct form *f = (struct form *)base;
    for (int i = 0; i < f->n; i++) {
        struct field *d = &f->fields[i];
        free(d->label);
        free(d->hint);
        edit_fini(&d->edit);
        for (int k = 0; k < d->choice_count; k++)
            free(d->choices[k]);
        free(d->choices);
    }
    if (f->free_arg)
        f->free_arg(f->arg);
    free(f->title);
    free(f->text);
    free(f->button);
    free(f->fault);
    free(f);
}

static int count_lines(const char *text, int w)
{
    size_t n = strlen(text), at = 0, next;
    int lines = 0;
    while (at < n && w > 0) {
        text_wrap(text + at, n - at, w, &next);
        at += next;
        lines++;
    }
    return lines;
}

static void paint_swatch(struct form *f, const struct field *d, int x, int y)
{
    struct term_style s = {COLOR_DEFAULT, COLOR_DEFAULT, COLOR_DEFAULT, COLOR_NEAREST, 0, 0};
    uint32_t rgb;
    if (!color_rgb(edit_text(&d->edit), &rgb))
        return;
    s.bg = (int32_t)rgb;
    term_style(f->base.ui->term, SWATCH_STYLE, &s);
    term_fill(f->base.ui->term, x, y, 4, 1, SWATCH_STYLE, ' ');
}

static void paint_choice(struct form *f, struct field *d, int x, int y, int w, bool mine)
{
    struct ui *ui = f->base.ui;
    unsigned s = plain(mine ? ROLE_BUTTON_FOCUS : ROLE_FIELD);
    term_fill(ui->term, x, y, w, 1, s, ' ');
    draw_text(ui, x, y, s, mine ? "← " : "  ", 2);
    int used = draw_clip(ui, x + 2, y, s, d->choices[d->choice], w - 4);
    if (mine)
        draw_text(ui, x + 2 + used, y, s, " →", 2);
}

static int paint_field(struct form *f, int i, struct rect r, int y)
{
    struct ui *ui = f->base.ui;
    struct field *d = &f->fields[i];
    bool mine = f->at == i, beside = f->label_w > 0 && f->label_w <= r.w / 3;
    int x = r.x, w = r.w;
    d->y = y;
    if (f->label_w > 0) {
        draw_clip(ui, x, y, plain(mine ? ROLE_STRONG : ROLE_DIM_TEXT), d->label, r.w);
        if (beside)
            x += f->label_w + 2, w -= f->label_w + 2;
        else
            y++;
    }
    d->h = d->kind == FIELD_MULTILINE ? MULTILINE_ROWS : 1;
    if (y + d->h > r.y + r.h)
        d->h = r.y + r.h - y;
    if (d->h < 1)
        return y;
    if (d->kind == FIELD_MULTILINE)
        edit_paint_block(&f->base, &d->edit, (struct rect){x, y, w, d->h}, mine);
    else if (d->kind == FIELD_CHOICE)
        paint_choice(f, d, x, y, w, mine);
    else
        edit_paint_line(&f->base, &d->edit, (struct rect){x, y, d->kind == FIELD_COLOR ? w - 6 : w, 1},
                        d->kind == FIELD_SECRET, mine);
    if (d->kind == FIELD_COLOR)
        paint_swatch(f, d, x + w - 4, y);
    y += d->h;
    if (d->hint && y < r.y + r.h)
        y += draw_wrapped(ui, (struct rect){x, y, w, r.y + r.h - y}, plain(ROLE_DIM_TEXT), d->hint);
    return y;
}

static void paint_buttons(struct form *f, struct rect r)
{
    struct ui *ui = f->base.ui;
    const char *labels[2] = {f->button, "Cancel"};
    int x = r.x + r.w, y = r.y + r.h - 1;
    for (int i = f->done ? 1 : 0; i >= 0; i--) {
        int w = text_width(labels[i], strlen(labels[i])) + 4;
        x -= w;
        f->buttons[i] = (struct rect){x - f->base.r.x, y - f->base.r.y, w, 1};
        bool mine = f->at == f->n + i || (i == 0 && f->at < f->n);
        draw_textf(ui, x, y, plain(mine && f->at >= f->n ? ROLE_BUTTON_FOCUS : ROLE_BUTTON), w, "[ %s ]",
                   labels[i]);
        x -= 2;
    }
    if (f->fault)
        draw_clip(ui, r.x, y, plain(ROLE_ERROR), f->fault, x - r.x);
}

static void paint_note(struct form *f, struct rect r)
{
    char text[600] = "";
    enum role role = f->note(f->base.ui, f, f->arg, text, sizeof text);
    if (r.h > f->note_rows)
        r.h = f->note_rows;
    draw_wrapped(f->base.ui, r, plain(role), text);
}

/* Rows that the fields from i on take, with their hints, blank lines between them. */
static int fields_height(const struct form *f, int i, int inner)
{
    bool beside = f->label_w > 0 && f->label_w <= inner / 3;
    int fw = beside ? inner - f->label_w - 2 : inner, h = 0;
    for (; i < f->n; i++) {
        const struct field *d = &f->fields[i];
        h += (d->kind == FIELD_MULTILINE ? MULTILINE_ROWS : 1) + (f->label_w > 0 && !beside) +
             (d->hint ? count_lines(d->hint, fw) : 0) + (i + 1 < f->n);
    }
    return h;
}

/* Words above the fields, then the fields; where there is not room for all, first the words are cut, then the fields
   above the one with the cursor scroll away. Answers the line below. */
static int paint_body(struct form *f, struct rect r)
{
    int first = 0, last = f->at < f->n ? f->at : f->n - 1, y = r.y;
    int room = r.h - fields_height(f, 0, r.w) - (f->note ? f->note_rows + 1 : 0);
    if (f->n == 0 || room > 0)
        y += draw_wrapped(f->base.ui, (struct rect){r.x, y, r.w, f->n == 0 ? r.h : room - (room > 1)}, 0, f->text);
    if (y > r.y && (f->n == 0 || y - r.y < room))
        y++;
    while (first < last && fields_height(f, first, r.w) - fields_height(f, last + 1, r.w) > r.h - (y - r.y))
        first++;
    for (int i = 0; i < f->n; i++)
        f->fields[i].h = 0;
    for (int i = first; i < f->n && y < r.y + r.h; i++)
        y = paint_field(f, i, r, y) + 1;
    return y;
}

static void paint(struct pane *base)
{
    struct form *f = (struct form *)base;
    struct ui *ui = base->ui;
    int cols = term_cols(ui->term), w = cols >= 100 ? 74 : cols >= 70 ? 62 : cols - 4, inner = w - 4;
    int text_h = count_lines(f->text, inner), fault_h = 0;
    int h = 2 + text_h + (text_h ? 1 : 0) + 2 + fields_height(f, 0, inner);
    if (f->fault && text_width(f->fault, strlen(f->fault)) > inner - 26)
        fault_h = count_lines(f->fault, inner);
    h += fault_h - (f->n == 0) + (f->note ? f->note_rows + 1 : 0);
    struct rect r = popup_frame(base, w, h, f->title);
    base->cursor_x = -1;
    int y = paint_body(f, (struct rect){r.x, r.y, r.w, r.h - 1 - fault_h});
    if (f->note)
        paint_note(f, (struct rect){r.x, y, r.w, r.y + r.h - 1 - fault_h - y});
    if (fault_h) {
        draw_wrapped(ui, (struct rect){r.x, r.y + r.h - 1 - fault_h, r.w, fault_h}, plain(ROLE_ERROR),
                     f->fault);
        char *kept = f->fault;
        f->fault = NULL;
        paint_buttons(f, r);
        f->fault = kept;
    } else {
        paint_buttons(f, r);
    }
}

static void cancel(struct form *f)
{
    popup_pop(f->base.ui, &f->base);
}

static void run_accept(struct form *f)
{
    struct error err = {0};
    if (f->done && f->done(f->base.ui, f, f->arg, &err) != 0) {
        str_set(&f->fault, err.text);
        f->base.dirty = true;
        ui_dirty_all(f->base.ui);
        return;
    }
    popup_pop(f->base.ui, &f->base);
}

static void turn_choice(struct field *d, int by)
{
    d->choice = (d->choice + d->choice_count + by) % d->choice_count;
}

static void key(struct pane *base, struct key k)
{
    struct form *f = (struct form *)base;
    struct field *d = field_at(f);
    base->dirty = true;
    if (f->note)
        str_set(&f->fault, NULL);
    if (f->n == 0 && (k.code == 'y' || k.code == 'Y'))
        run_accept(f);
    else if (f->n == 0 && (k.code == 'n' || k.code == 'N'))
        cancel(f);
    else if (d && d->kind != FIELD_CHOICE)
        edit_type(&d->edit, k.code);
    else if (d == NULL && k.code == ' ')
        f->at == f->n ? run_accept(f) : cancel(f);
}

static void paste(struct pane *base, const char *text, size_t n)
{
    struct field *d = field_at((struct form *)base);
    base->dirty = true;
    if (d && d->kind != FIELD_CHOICE)
        edit_insert(&d->edit, text, n);
}

static void edit_outside(struct form *f, struct field *d)
{
    struct error err = {0};
    AUTO_FREE char *text = ui_edit_external(f->base.ui, edit_text(&d->edit), &err);
    if (text)
        edit_set(&d->edit, text);
    else
        str_set(&f->fault, err.text);
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct form *f = (struct form *)base;
    struct field *d = field_at(f);
    (void)a;
    (void)err;
    base->dirty = true;
    if (f->done == NULL && id != CMD_ACCEPT && id != CMD_CANCEL)
        return PANE_IGNORED;
    if (f->note)
        str_set(&f->fault, NULL); /* the note says what is wrong now */
    if (d && d->kind == FIELD_MULTILINE && id == CMD_EDIT_EXTERNAL) {
        edit_outside(f, d);
        return PANE_DONE;
    }
    if (d && d->kind == FIELD_CHOICE && (id == CMD_CHOICE_NEXT || id == CMD_CHOICE_PREV)) {
        turn_choice(d, id == CMD_CHOICE_NEXT ? 1 : -1);
        return PANE_DONE;
    }
    if (d == NULL && (id == CMD_FORWARD_CHAR || id == CMD_BACKWARD_CHAR)) {
        focus(f, f->at == f->n ? f->n + 1 : f->n);
        return PANE_DONE;
    }
    switch (id) {
    case CMD_ACCEPT:
        if (f->at == f->n + 1)
            cancel(f);
        else
            run_accept(f);
        return PANE_DONE;
    case CMD_CANCEL:
        cancel(f);
        return PANE_DONE;
    case CMD_NEXT_FIELD:
        if (d && d->kind == FIELD_MULTILINE && edit_command(&d->edit, CMD_DOWN))
            return PANE_DONE;
        focus(f, (f->at + 1) % (f->n + 2));
        return PANE_DONE;
    case CMD_PREV_FIELD:
        if (d && d->kind == FIELD_MULTILINE && edit_command(&d->edit, CMD_UP))
            return PANE_DONE;
        focus(f, (f->at + f->n + 1) % (f->n + 2));
        return PANE_DONE;
    default:
        if (d && d->kind != FIELD_CHOICE && edit_command(&d->edit, id))
            return PANE_DONE;
        return PANE_IGNORED;
    }
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    (void)bits;
    (void)rid;
    base->dirty |= ((struct form *)base)->note != NULL;
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct form *f = (struct form *)base;
    base->dirty = true;
    if (ev->mouse != MOUSE_PRESS || ev->button != 1)
        return;
    for (int i = 0; i < 2; i++)
        if (ev->y == f->buttons[i].y && ev->x >= f->buttons[i].x &&
            ev->x < f->buttons[i].x + f->buttons[i].w) {
            i == 0 ? run_accept(f) : cancel(f);
            return;
        }
    for (int i = 0; i < f->n; i++)
        if (ev->y + base->r.y >= f->fields[i].y && ev->y + base->r.y < f->fields[i].y + f->fields[i].h)
            focus(f, i);
}
