#include "ui/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"

struct line {
    int item, indent;
    enum role role;
    char *text;
};

/* A line of the screen: a part of a line. */
struct row {
    int line;
    size_t start, len;
};

struct report {
    struct pane base;
    struct pane_ops pane_ops;
    const struct report_ops *ops;
    void *arg;
    char *title;
    struct line *lines;
    int n, items, item;
    struct row *rows; /* of the last painting */
    int row_count, top, height;
    bool follow; /* the chosen group must be in view */
};

struct ui *report_ui(const struct report *s)
{
    return s->base.ui;
}

void report_title(struct report *s, const char *title)
{
    str_set(&s->title, title);
}

void report_clear(struct report *s)
{
    for (int i = 0; i < s->n; i++)
        free(s->lines[i].text);
    s->n = s->items = 0;
    s->base.dirty = true;
}

void report_add(struct report *s, int item, enum role role, int indent, const char *text)
{
    do {
        size_t n = strcspn(text, "\n");
        s->lines = x_reallocarray(s->lines, (size_t)s->n + 1, sizeof *s->lines);
        s->lines[s->n++] = (struct line){item, indent, role, x_strndup(text, n)};
        text += n + (text[n] == '\n');
    } while (*text);
    if (item >= s->items)
        s->items = item + 1;
    if (s->item >= s->items)
        s->item = s->items > 0 ? s->items - 1 : 0;
}

void report_addf(struct report *s, int item, enum role role, int indent, const char *fmt, ...)
{
    char *text;
    va_list ap;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    report_add(s, item, role, indent, text);
    free(text);
}

int report_item(const struct report *s)
{
    return s->items > 0 ? s->item : -1;
}

static void wrap(struct report *s, int w)
{
    s->row_count = 0;
    for (int i = 0; i < s->n; i++) {
        const struct line *l = &s->lines[i];
        size_t n = strlen(l->text), at = 0, next = 0;
        do {
            size_t len = n ? text_wrap(l->text + at, n - at, w - l->indent > 8 ? w - l->indent : 8, &next) : 0;
            s->rows = x_reallocarray(s->rows, (size_t)s->row_count + 1, sizeof *s->rows);
            s->rows[s->row_count++] = (struct row){i, at, len};
            at += next;
        } while (at < n);
    }
}

static void scroll(struct report *s)
{
    int first = -1, last = -1;
    for (int i = 0; i < s->row_count; i++)
        if (s->lines[s->rows[i].line].item == s->item) {
            first = first < 0 ? i : first;
            last = i;
        }
    if (s->follow && first >= 0) {
        if (last >= s->top + s->height)
            s->top = last - s->height + 1;
        if (first < s->top)
            s->top = first;
    }
    if (s->top > s->row_count - s->height)
        s->top = s->row_count - s->height;
    if (s->top < 0)
        s->top = 0;
    s->follow = false;
}

static void paint_row(struct report *s, const struct row *row, int x, int y, int w)
{
    struct ui *ui = s->base.ui;
    const struct line *l = &s->lines[row->line];
    bool head = row->start == 0 && (row->line == 0 || s->lines[row->line - 1].item != l->item);
    bool chosen = head && s->items > 1 && l->item == s->item;
    if (chosen)
        term_fill(ui->term, x, y, w, 1, style_of(ROLE_TEXT, ON_SELECTED), ' ');
    term_put(ui->term, x + l->indent, y, style_of(l->role, chosen ? ON_SELECTED : ON_PLAIN), l->text + row->start,
             row->len, w - l->indent);
}

static void paint_foot(struct report *s, int x, int y, int w)
{
    struct ui *ui = s->base.ui;
    char note[32], key[64];
    int from = x;
    size_t n = 0;
    while (s->ops->contexts[n])
        n++;
    snprintf(note, sizeof note, "%d of %d", s->item + 1, s->items);
    int room = w - (s->items > 1 ? (int)strlen(note) + 2 : 0);
    for (const struct report_key *k = s->ops->foot; k->label; k++) {
        if (!keymap_key_of(ui->keymap, s->ops->contexts, n, command_row(k->id)->name, key, sizeof key))
            continue;
        int need = (int)strlen(key) + 1 + (int)strlen(k->label);
        if (x - from + need > room)
            break;
        x += draw_text(ui, x, y, plain(ROLE_BAR_KEY), key, 12) + 1;
        x += draw_text(ui, x, y, plain(ROLE_BAR_LABEL), k->label, 30) + 3;
    }
    if (s->items > 1)
        draw_right(ui, from, y, plain(ROLE_DIM_TEXT), note, w);
}

static void paint(struct pane *base)
{
    struct report *s = (struct report *)base;
    struct ui *ui = base->ui;
    int cols = term_cols(ui->term), w = cols >= 110 ? 100 : cols >= 90 ? 84 : cols - 2;
    wrap(s, w - 4);
    struct rect r = popup_frame(base, w, s->row_count + 4, s->title);
    s->height = r.h - 2;
    scroll(s);
    for (int i = 0; i < s->height && s->top + i < s->row_count; i++)
        paint_row(s, &s->rows[s->top + i], r.x, r.y + i, r.w);
    draw_hline(ui, r.x, r.y + r.h - 2, r.w, plain(ROLE_BORDER));
    if (s->top + s->height < s->row_count)
        draw_text(ui, r.x + r.w - 8, r.y + r.h - 2, plain(ROLE_DIM_TEXT), " more ↓ ", 8);
    paint_foot(s, r.x, r.y + r.h - 1, r.w);
}

/* To the next group while one page holds it, else by lines. */
static bool move(struct report *s, enum command_id id)
{
    int page = s->height > 2 ? s->height - 1 : 1, to = s->item;
    bool many = s->items > 1;
    switch (id) {
    case CMD_UP:
        many ? to-- : s->top--;
        break;
    case CMD_DOWN:
        many ? to++ : s->top++;
        break;
    case CMD_PAGE_UP:
        s->top -= page;
        return true;
    case CMD_PAGE_DOWN:
        s->top += page;
        return true;
    case CMD_TOP:
        to = s->top = 0;
        break;
    case CMD_BOTTOM:
        to = s->items - 1;
        s->top = s->row_count;
        break;
    default:
        return false;
    }
    if (many && to >= 0 && to < s->items) {
        s->item = to;
        s->follow = true;
    }
    return true;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct report *s = (struct report *)base;
    (void)a;
    base->dirty = true;
    if (s->ops->command && s->ops->command(s, s->arg, id, err) == PANE_DONE)
        return PANE_DONE;
    if (id == CMD_CANCEL || (id == CMD_ACCEPT && s->ops->command == NULL)) {
        report_close(s);
        return PANE_DONE;
    }
    return move(s, id) ? PANE_DONE : PANE_IGNORED;
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct report *s = (struct report *)base;
    int row = s->top + ev->y - 1;
    base->dirty = true;
    if (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN)
        s->top += ev->mouse == MOUSE_WHEEL_UP ? -3 : 3;
    else if (ev->mouse == MOUSE_PRESS && row >= 0 && row < s->row_count && s->lines[s->rows[row].line].item >= 0)
        s->item = s->lines[s->rows[row].line].item;
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct report *s = (struct report *)base;
    (void)rid;
    if ((bits & CLIENT_CHANGED_SETTINGS) && s->ops->changed) {
        base->dirty = true;
        s->ops->changed(s, s->arg);
    }
}

static void report_free(struct pane *base)
{
    struct report *s = (struct report *)base;
    report_clear(s);
    if (s->ops->free)
        s->ops->free(s->arg);
    free(s->lines);
    free(s->rows);
    free(s->title);
    free(s);
}

struct report *report_new(struct ui *ui, const char *title, const struct report_ops *ops, void *arg)
{
    struct report *s = x_calloc(1, sizeof *s);
    s->pane_ops = (struct pane_ops){.name = ops->name,
                                    .contexts = ops->contexts,
                                    .paint = paint,
                                    .mouse = mouse,
                                    .command = command,
                                    .changed = changed,
                                    .free = report_free};
    s->base.ops = &s->pane_ops;
    s->base.ui = ui;
    s->ops = ops;
    s->arg = arg;
    s->title = x_strdup(title);
    s->follow = true;
    return s;
}

void report_show(struct report *s)
{
    popup_push(s->base.ui, &s->base);
}

void report_close(struct report *s)
{
    popup_pop(s->base.ui, &s->base);
}
