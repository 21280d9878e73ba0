#include "ui/choice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/edit.h"
#include "ui/list.h"

struct line {
    char *name, *detail;
    char id[12];
    enum role role;
};

struct choice {
    struct pane base;
    char *title, *button;
    choice_done done;
    void *arg;
    void (*free_arg)(void *);
    struct line *lines;
    int n, name_w;
    struct list list;
    struct edit edit;
    bool wide;
};

static const char *field(void *arg, int i, const char *name, int64_t *number)
{
    static char all[1024];
    const struct choice *c = arg;
    (void)number;
    if (name)
        return NULL;
    snprintf(all, sizeof all, "%s %s", c->lines[i].name, c->lines[i].detail ? c->lines[i].detail : "");
    return all;
}

static const char *id_of(void *arg, int i)
{
    return ((struct choice *)arg)->lines[i].id;
}

static void paint(struct pane *base)
{
    struct choice *c = (struct choice *)base;
    struct ui *ui = base->ui;
    int cols = term_cols(ui->term), rows = term_rows(ui->term),
        w = cols >= 120   ? 96
            : cols >= 100 ? 88
                          : cols - 2;
    struct rect r = popup_frame(base, w, c->n + 6 < rows - 4 ? c->n + 6 : rows - 4, c->title);
    int x = r.x + draw_text(ui, r.x, r.y, plain(ROLE_PROMPT), "/ ", 2);
    term_put(ui->term, x, r.y, 0, edit_text(&c->edit), c->edit.text.len, r.w - 2);
    base->cursor_x = x + text_width(edit_text(&c->edit), c->edit.cursor);
    base->cursor_y = r.y;
    draw_hline(ui, r.x, r.y + 1, r.w, plain(ROLE_BORDER));
    int h = r.h - 4, name_w = c->name_w < r.w / 2 ? c->name_w : r.w / 2;
    list_scroll_into(&c->list, h);
    for (int i = 0; i < h && c->list.top + i < c->list.count; i++) {
        int n = c->list.top + i, y = r.y + 2 + i;
        const struct line *l = &c->lines[c->list.rows[n]];
        enum role_place at = n == c->list.cursor ? ON_SELECTED : ON_PLAIN;
        char detail[400];
        format_line(l->detail, detail, sizeof detail);
        term_fill(ui->term, r.x, y, r.w, 1, style_of(ROLE_TEXT, at), ' ');
        draw_clip(ui, r.x + 1, y, style_of(l->role, at), l->name, l->detail ? name_w : r.w - 2);
        draw_clip(ui, r.x + name_w + 3, y, style_of(*detail ? ROLE_DIM_TEXT : ROLE_TEXT, at), detail,
                  r.w - name_w - 4);
    }
    if (c->list.count == 0)
        draw_text(ui, r.x + 1, r.y + 2, plain(ROLE_DIM_TEXT), "Nothing has these words.", r.w - 1);
    draw_hline(ui, r.x, r.y + r.h - 2, r.w, plain(ROLE_BORDER));
    char note[32];
    snprintf(note, sizeof note, "%d of %d", c->list.count, c->n);
    x = r.x;
    if (c->done) {
        x += draw_text(ui, x, r.y + r.h - 1, plain(ROLE_BAR_KEY), "Enter ", 6);
        x += draw_text(ui, x, r.y + r.h - 1, plain(ROLE_BAR_LABEL), c->button, 24) + 2;
    }
    x += draw_text(ui, x, r.y + r.h - 1, plain(ROLE_BAR_KEY), "Esc ", 4);
    draw_text(ui, x, r.y + r.h - 1, plain(ROLE_BAR_LABEL), c->done ? "Cancel" : "Close", 8);
    draw_right(ui, r.x, r.y + r.h - 1, plain(ROLE_DIM_TEXT), note, r.w);
}

static void refilter(struct choice *c)
{
    list_filter(&c->list, edit_text(&c->edit), c->n);
    c->base.dirty = true;
}

static void key(struct pane *base, struct key k)
{
    struct choice *c = (struct choice *)base;
    edit_type(&c->edit, k.code);
    refilter(c);
}

static void paste(struct pane *base, const char *text, size_t n)
{
    struct choice *c = (struct choice *)base;
    edit_insert(&c->edit, text, n);
    refilter(c);
}

static void choice_free(struct pane *base)
{
    struct choice *c = (struct choice *)base;
    for (int i = 0; i < c->n; i++) {
        free(c->lines[i].name);
        free(c->lines[i].detail);
    }
    if (c->free_arg)
        c->free_arg(c->arg);
    free(c->lines);
    list_fini(&c->list);
    edit_fini(&c->edit);
    free(c->title);
    free(c->button);
    free(c);
}

/* The dialog goes first, so that what it starts may open the next one. */
static void finish(struct choice *c)
{
    struct ui *ui = c->base.ui;
    int index = list_current(&c->list);
    choice_done done = c->done;
    void *arg = c->arg;
    void (*free_arg)(void *) = c->free_arg;
    c->free_arg = NULL;
    popup_pop(ui, &c->base);
    if (done && index >= 0)
        done(ui, index, arg);
    if (free_arg)
        free_arg(arg);
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct choice *c = (struct choice *)base;
    (void)a;
    (void)err;
    base->dirty = true;
    switch (id) {
    case CMD_ACCEPT:
        finish(c);
        return PANE_DONE;
    case CMD_CANCEL:
        popup_pop(base->ui, base);
        return PANE_DONE;
    case CMD_NEXT_FIELD:
        list_command(&c->list, CMD_DOWN);
        return PANE_DONE;
    case CMD_PREV_FIELD:
        list_command(&c->list, CMD_UP);
        return PANE_DONE;
    default:
        break;
    }
    if (list_command(&c->list, id))
        return PANE_DONE;
    if (!edit_command(&c->edit, id))
        return PANE_IGNORED;
    refilter(c);
    return PANE_DONE;
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct choice *c = (struct choice *)base;
    base->dirty = true;
    if (list_mouse(&c->list, ev, 3))
        finish(c);
}

struct choice *choice_new(struct ui *ui, const char *title, const char *button, choice_done done, void *arg,
                          void (*free_arg)(void *))
{
    static const unsigned contexts[] = {CTX_DIALOG, CTX_LIST, CTX_EDIT, 0};
    static const struct pane_ops ops = {.name = "choice",
                                        .contexts = contexts,
                                        .is_input = true,
                                        .paint = paint,
                                        .key = key,
                                        .paste = paste,
                                        .mouse = mouse,
                                        .command = command,
                                        .free = choice_free};
    struct choice *c = x_calloc(1, sizeof *c);
    c->base.ops = &ops;
    c->base.ui = ui;
    c->title = x_strdup(title);
    c->button = x_strdup(button);
    c->done = done;
    c->arg = arg;
    c->free_arg = free_arg;
    c->list.arg = c;
    c->list.field = field;
    c->list.id = id_of;
    edit_init(&c->edit, false);
    return c;
}

int choice_add(struct choice *c, const char *name, const char *detail, enum role role)
{
    c->lines = x_reallocarray(c->lines, (size_t)c->n + 1, sizeof *c->lines);
    struct line *l = &c->lines[c->n];
    l->name = x_strdup(name ? name : "");
    l->detail = x_strdup(detail);
    l->role = role;
    snprintf(l->id, sizeof l->id, "%d", c->n);
    int w = text_width(l->name, strlen(l->name));
    if (w > c->name_w)
        c->name_w = w;
    return c->n++;
}

void choice_select(struct choice *c, int index)
{
    list_rebuild(&c->list, c->n);
    list_move(&c->list, index);
}

void choice_filter(struct choice *c, const char *pattern)
{
    edit_set(&c->edit, pattern);
}

void choice_show(struct choice *c)
{
    list_filter(&c->list, edit_text(&c->edit), c->n);
    popup_push(c->base.ui, &c->base);
}
