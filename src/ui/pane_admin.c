/* The administration: kinds of records at the left, the records of one at the right; one at a time where it is
   narrow. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "ui/admin.h"
#include "ui/draw.h"
#include "ui/list.h"
#include "ui/matrix.h"
#include "ui/preview.h"
#include "ui/prompt.h"
#include "ui/record_show.h"
#include "ui/sheet.h"

#define MENU_COLS 20
#define TWO_FROM 60    /* columns from which menu and list stand side by side */
#define DETAIL_FROM 104

struct pane_admin {
    struct pane base;
    struct list menu, list;
    enum record_kind_no kind;
    bool in_menu;
    int sort;            /* field, -1: the server's order */
    struct matrix matrix;
};

static const unsigned contexts[] = {CTX_ADMIN, CTX_LIST, 0}, matrix_contexts[] = {CTX_MATRIX, CTX_LIST, 0};
static const struct pane_ops *ops_of(bool matrix);

static const struct record_kind *kind_of(const struct pane_admin *p)
{
    return record_kind(p->kind);
}

static bool may_see(struct ui *ui, enum record_kind_no kind, char *why, size_t n)
{
    AUTO_FREE char *deed = x_asprintf("see %s", record_kind(kind)->title);
    deed[4] = (char)tolower((unsigned char)deed[4]);
    return record_may(ui, record_kind(kind)->may_see, why, n, deed);
}

/* The records, when they may be seen and are there; else an empty list. */
static const struct client_records *records(const struct pane_admin *p)
{
    static const struct client_records none = {.state = RECORDS_READY};
    char why[8];
    return may_see(p->base.ui, p->kind, why, sizeof why) ? client_records(p->base.ui->client, p->kind) : &none;
}

static const struct record *row(const struct pane_admin *p, int i)
{
    return records(p)->items[i];
}

/* --- the lists --- */

static const char *menu_id(void *arg, int i)
{
    (void)arg;
    return record_kind((enum record_kind_no)i)->id;
}

static const char *row_id(void *arg, int i)
{
    return row(arg, i)->id;
}

static bool names_field(const struct record_field *f, const char *name)
{
    return strcasecmp(f->key, name) == 0 || strcasecmp(record_label(f), name) == 0;
}

/* Texts for the filter: all of them, or of the field whose label or key begins the word. */
static const char *row_field(void *arg, int i, const char *name, int64_t *number)
{
    static struct buf all = BUF_INIT;
    const struct pane_admin *p = arg;
    const struct record_kind *k = kind_of(p);
    bool found = false;
    buf_clear(&all);
    for (size_t n = 0; n < k->field_count; n++) {
        if (name && !names_field(&k->fields[n], name))
            continue;
        AUTO_FREE char *text = record_show(p->base.ui, &k->fields[n], &row(p, i)->values[n]);
        buf_printf(&all, "%s ", text);
        *number = strtoll(text, NULL, 10);
        found = true;
    }
    return found ? all.data : NULL;
}

static int compare(void *arg, int a, int b)
{
    const struct pane_admin *p = arg;
    const struct record_field *f = &kind_of(p)->fields[p->sort];
    AUTO_FREE char *x = record_show(p->base.ui, f, &row(p, a)->values[p->sort]);
    AUTO_FREE char *y = record_show(p->base.ui, f, &row(p, b)->values[p->sort]);
    if (f->type == RECORD_NUMBER) {
        long long m = atoll(x), n = atoll(y);
        return (m > n) - (m < n);
    }
    return strcasecmp(x, y);
}

static void rebuild(struct pane_admin *p)
{
    p->list.compare = p->sort >= 0 ? compare : NULL;
    list_rebuild(&p->list, (int)records(p)->count);
}

static void use_keys(struct pane_admin *p)
{
    p->base.ops = ops_of(p->kind == RECORD_RIGHTS && !p->in_menu);
    p->base.dirty = true;
}

static void show_kind(struct pane_admin *p, enum record_kind_no kind)
{
    if (kind != p->kind) {
        str_set(&p->list.selected, NULL);
        match_clear(&p->list.filter);
        p->list.cursor = p->list.top = 0;
        p->sort = -1;
        p->kind = kind;
    }
    rebuild(p);
    use_keys(p);
}

/* --- painting --- */

static void paint_menu(struct pane_admin *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    bool mine = p->in_menu && ui_owns_focus(ui, &p->base);
    list_scroll_into(&p->menu, r.h);
    for (int i = 0; i < r.h && p->menu.top + i < p->menu.count; i++) {
        int n = p->menu.rows[p->menu.top + i], y = r.y + i;
        char why[8];
        bool seen = may_see(ui, (enum record_kind_no)n, why, sizeof why);
        enum role_place at = n != (int)p->kind ? ON_PLAIN : mine ? ON_SELECTED : ON_SELECTED_BLUR;
        term_fill(ui->term, r.x, y, r.w, 1, style_of(ROLE_TEXT, at), ' ');
        draw_clip(ui, r.x + 1, y, style_of(seen ? ROLE_TEXT : ROLE_DISABLED, at), record_kind((enum record_kind_no)n)->title,
                  r.w - 2);
    }
}

struct columns {
    int field[12], width[12], n;
};

/* As many columns as have room; the one that takes the rest gets 12 cells at least. */
static void fit(const struct record_kind *k, int w, struct columns *c)
{
    int used = 1, rest = -1;
    c->n = 0;
    for (size_t i = 0; i < k->field_count && c->n < (int)COUNT_OF(c->field); i++) {
        int want = k->fields[i].column;
        if (want == 0)
            continue;
        int least = (want < 0 ? 12 : want) + 1;
        if (c->n > 0 && used + least > w)
            continue;
        if (want < 0)
            rest = c->n;
        c->field[c->n] = (int)i;
        c->width[c->n++] = least - 1;
        used += least;
    }
    if (c->n && w > used)
        c->width[rest < 0 ? 0 : rest] += w - used;
}

static void paint_head(struct pane_admin *p, const struct columns *c, struct rect r)
{
    struct ui *ui = p->base.ui;
    const struct record_kind *k = kind_of(p);
    term_fill(ui->term, r.x, r.y, r.w, 1, plain(ROLE_HEADER), ' ');
    for (int i = 0, x = r.x + 1; i < c->n; x += c->width[i++] + 1) {
        char label[64];
        snprintf(label, sizeof label, "%s%s", record_label(&k->fields[c->field[i]]), c->field[i] == p->sort ? " ↓" : "");
        if (k->fields[c->field[i]].type == RECORD_NUMBER)
            draw_right(ui, x, r.y, plain(ROLE_HEADER), label, c->width[i]);
        else
            draw_clip(ui, x, r.y, plain(ROLE_HEADER), label, c->width[i]);
    }
}

static void paint_row(struct pane_admin *p, const struct columns *c, int n, struct rect r, enum role_place at)
{
    struct ui *ui = p->base.ui;
    const struct record_kind *k = kind_of(p);
    const struct record *rec = row(p, n);
    for (int i = 0, x = r.x + 1; i < c->n; x += c->width[i++] + 1) {
        const struct record_field *f = &k->fields[c->field[i]];
        AUTO_FREE char *shown = c->field[i] == k->name_field ? x_strdup(record_name(p->kind, rec))
                                                             : record_show(ui, f, &rec->values[c->field[i]]);
        char text[400];
        format_line(shown, text, sizeof text);
        bool off = f->type == RECORD_BOOL && strcmp(text, "no") == 0;
        enum role role = c->field[i] == k->name_field ? ROLE_STRONG : off ? ROLE_DIM_TEXT : ROLE_TEXT;
        if (f->type == RECORD_NUMBER)
            draw_right(ui, x, r.y, style_of(role, at), text, c->width[i]);
        else
            draw_clip(ui, x, r.y, style_of(role, at), text, c->width[i]);
    }
}

static bool may_make(struct ui *ui, const struct record_kind *k, char *why, size_t n)
{
    AUTO_FREE char *deed = x_asprintf("make a %s", k->noun);
    return record_may(ui, k->may_save, why, n, deed);
}

/* What stands where no record does: why, and what to press. */
static void paint_empty(struct pane_admin *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    const struct record_kind *k = kind_of(p);
    const struct client_records *list = records(p);
    char why[320], text[600];
    if (!may_see(ui, p->kind, why, sizeof why))
        snprintf(text, sizeof text, "%s", why);
    else if (list->state == RECORDS_FAILED)
        snprintf(text, sizeof text, "%s could not be read: %s. r tries again.", k->title, list->fault.text);
    else if (list->state != RECORDS_READY)
        snprintf(text, sizeof text, ui->model->state == CLIENT_ONLINE ? "Reading …" : "The server is away.");
    else if (list->count > 0)
        snprintf(text, sizeof text, "No %s has these words. Esc shows all.", k->noun);
    else if (k->no_new)
        snprintf(text, sizeof text, "There is no %s. %s", k->noun, k->help);
    else if (!may_make(ui, k, why, sizeof why))
        snprintf(text, sizeof text, "There is no %s yet. %s\n\n%s", k->noun, k->help, why);
    else
        snprintf(text, sizeof text, "There is no %s yet. %s\n\nc makes the first one.", k->noun, k->help);
    draw_wrapped(ui, (struct rect){r.x + 1, r.y, r.w - 2, r.h}, plain(ROLE_DIM_TEXT), text);
}

static void paint_list(struct pane_admin *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    bool mine = !p->in_menu && ui_owns_focus(ui, &p->base), matrix = p->kind == RECORD_RIGHTS;
    struct columns c;
    fit(kind_of(p), r.w, &c);
    if (p->list.count == 0) {
        paint_empty(p, r);
        return;
    }
    if (matrix)
        matrix_paint_head(ui, &p->matrix, r);
    else
        paint_head(p, &c, r);
    r.y++, r.h--;
    list_scroll_into(&p->list, r.h);
    for (int i = 0; i < r.h && p->list.top + i < p->list.count; i++) {
        int n = p->list.top + i;
        bool here = n == p->list.cursor;
        enum role_place at = !here ? ON_PLAIN : mine ? ON_SELECTED : ON_SELECTED_BLUR;
        struct rect line = {r.x, r.y + i, r.w, 1};
        term_fill(ui->term, line.x, line.y, line.w, 1, style_of(ROLE_TEXT, at), ' ');
        if (matrix)
            matrix_paint_row(ui, &p->matrix, row(p, p->list.rows[n]), line, at, here && mine);
        else
            paint_row(p, &c, p->list.rows[n], line, at);
    }
}

static void paint_detail(struct pane_admin *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    const struct record_kind *k = kind_of(p);
    int i = list_current(&p->list), y = r.y;
    if (i < 0)
        return;
    const struct record *rec = row(p, i);
    draw_clip(ui, r.x, y++, plain(ROLE_STRONG), record_name(p->kind, rec), r.w);
    for (size_t n = 0; n < k->field_count && y < r.y + r.h; n++) {
        const struct record_field *f = &k->fields[n];
        AUTO_FREE char *text = record_show(ui, f, &rec->values[n]);
        bool aside = (f->flags & RECORD_ASIDE) && rec->values[n].count == 0 && f->type != RECORD_HOURS_OF_WEEK;
        if ((int)n == k->name_field || aside || *text == '\0' || f->type == RECORD_SECRET)
            continue;
        draw_clip(ui, r.x, y, plain(ROLE_DIM_TEXT), record_label(f), 16);
        y += draw_wrapped(ui, (struct rect){r.x + 17, y, r.w - 17, r.y + r.h - y}, plain(ROLE_VALUE), text);
    }
    const char *keys = p->kind == RECORD_CHANNELS ? "o opens it, J joins, d archives"
                       : p->kind == RECORD_HOURS  ? "O opens now, X closes, B: calendar"
                                                  : NULL;
    if (keys && y + 1 < r.y + r.h)
        draw_clip(ui, r.x, y + 1, plain(ROLE_DIM_TEXT), keys, r.w);
}

static void paint_appearance(struct pane_admin *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    int i = list_current(&p->list);
    if (i < 0) {
        paint_empty(p, r);
        return;
    }
    draw_clip(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT), "So it looks to visitors. Enter changes it.", r.w - 2);
    preview_paint(ui, p->kind, row(p, i), (struct rect){r.x + 1, r.y + 2, r.w - 2, r.h - 2});
}

static void paint_screen(struct pane_admin *p, struct rect r)
{
    if (p->kind == RECORD_APPEARANCE) {
        paint_appearance(p, r);
    } else if (r.w >= DETAIL_FROM - MENU_COLS && p->kind != RECORD_RIGHTS && p->list.count > 0) {
        int w = r.w * 3 / 5;
        paint_list(p, (struct rect){r.x, r.y, w, r.h});
        draw_vline(p->base.ui, r.x + w, r.y, r.h, plain(ROLE_BORDER));
        paint_detail(p, (struct rect){r.x + w + 2, r.y, r.w - w - 3, r.h});
    } else {
        paint_list(p, r);
    }
}

static void paint_title(struct pane_admin *p, bool menu_only)
{
    const struct client_records *list = records(p);
    const char *filter = p->list.filter.pattern;
    bool filtered = !menu_only && !match_is_empty(&p->list.filter);
    char title[200], note[48] = "";
    snprintf(title, sizeof title, "Administration%s%s%s%s", menu_only ? "" : " · ", menu_only ? "" : kind_of(p)->title,
             filtered ? " · " : "", filtered ? filter : "");
    if (p->kind == RECORD_RIGHTS && p->matrix.n)
        snprintf(note, sizeof note, "%zu changed, S saves", p->matrix.n);
    else if (filtered)
        snprintf(note, sizeof note, "%d of %zu", p->list.count, list->count);
    else if (!menu_only && list->state == RECORDS_READY)
        snprintf(note, sizeof note, "%zu", list->count);
    draw_title(&p->base, title, note);
}

static void paint(struct pane *base)
{
    struct pane_admin *p = (struct pane_admin *)base;
    struct ui *ui = base->ui;
    struct rect r = base->r;
    bool two = r.w >= TWO_FROM;
    rebuild(p);
    draw_clear(ui, r, 0);
    paint_title(p, !two && p->in_menu);
    r.y++, r.h--;
    if (!two) {
        if (p->in_menu)
            paint_menu(p, r);
        else
            paint_screen(p, r);
        return;
    }
    paint_menu(p, (struct rect){r.x, r.y, MENU_COLS, r.h});
    draw_vline(ui, r.x + MENU_COLS, r.y, r.h, plain(ROLE_BORDER));
    paint_screen(p, (struct rect){r.x + MENU_COLS + 1, r.y, r.w - MENU_COLS - 1, r.h});
}

/* --- commands --- */

static void set_filter(void *arg, const char *pattern)
{
    struct pane_admin *p = arg;
    match_set(&p->list.filter, pattern);
    rebuild(p);
    p->base.dirty = true;
}

static void next_sort(struct pane_admin *p, const char *name, struct error *err)
{
    const struct record_kind *k = kind_of(p);
    int n = (int)k->field_count, at = p->sort;
    if (name) {
        for (at = 0; at < n && !(k->fields[at].column && names_field(&k->fields[at], name)); at++)
            ;
        if (at == n) {
            error_set(err, ERR_NOT_FOUND, NULL, "There is no column %.60s", name);
            return;
        }
    } else {
        do
            at++;
        while (at < n && k->fields[at].column == 0);
    }
    p->sort = at < n ? at : -1;
    rebuild(p);
}

static bool menu_command(struct pane_admin *p, enum command_id id)
{
    if (id == CMD_RECORD_EDIT || id == CMD_ADMIN_LIST || id == CMD_FOCUS_NEXT || id == CMD_FOCUS_PREV) {
        p->in_menu = false;
        use_keys(p);
        return true;
    }
    if (!list_command(&p->menu, id))
        return false;
    show_kind(p, (enum record_kind_no)list_current(&p->menu));
    return true;
}

static void to_menu(struct pane_admin *p)
{
    p->in_menu = true;
    list_select(&p->menu, kind_of(p)->id);
    use_keys(p);
}

static bool matrix_command(struct pane_admin *p, enum command_id id, struct error *err)
{
    struct ui *ui = p->base.ui;
    int i = list_current(&p->list);
    char why[320];
    switch (id) {
    case CMD_RIGHT_TOGGLE:
        if (!record_may(ui, kind_of(p)->may_save, why, sizeof why, "change rights"))
            record_refuse(ui, why);
        else if (i >= 0)
            matrix_toggle(ui, &p->matrix, row(p, i), err);
        return true;
    case CMD_RIGHT_NEXT:
        matrix_move(ui, &p->matrix, 1);
        return true;
    case CMD_RIGHT_PREV:
        if (!matrix_move(ui, &p->matrix, -1))
            to_menu(p);
        return true;
    case CMD_RIGHTS_SAVE:
        matrix_save(ui, &p->matrix, err);
        return true;
    case CMD_RIGHTS_DISCARD:
        matrix_discard(ui, &p->matrix, err);
        return true;
    default:
        return false;
    }
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane_admin *p = (struct pane_admin *)base;
    base->dirty = true;
    rebuild(p);
    if (p->in_menu && a->n == 0 && menu_command(p, id))
        return PANE_DONE;
    if (!p->in_menu && list_command(&p->list, id))
        return PANE_DONE;
    if (p->kind == RECORD_RIGHTS && matrix_command(p, id, err))
        return PANE_DONE;
    switch (id) {
    case CMD_FILTER:
        if (a->n > 0)
            set_filter(p, a->rest);
        else
            prompt_filter(base->ui, p->list.filter.pattern, set_filter, p);
        return PANE_DONE;
    case CMD_FILTER_CLEAR:
        if (match_is_empty(&p->list.filter))
            to_menu(p);
        set_filter(p, "");
        return PANE_DONE;
    case CMD_SORT:
        next_sort(p, a->n > 0 ? a->rest : NULL, err);
        return PANE_DONE;
    case CMD_ADMIN_MENU:
    case CMD_FOCUS_PREV:
    case CMD_FOCUS_NEXT:
        to_menu(p);
        return PANE_DONE;
    case CMD_RECORDS_RELOAD:
        client_records_reload(base->ui->client, p->kind);
        return PANE_DONE;
    default:
        break;
    }
    if (id == CMD_RECORD_NEW && a->n > 0) {
        int kind = record_kind_find(a->arg[0]);
        if (kind == RECORD_KIND_COUNT) {
            error_set(err, ERR_NOT_FOUND, NULL, "There is no screen %.60s", a->arg[0]);
            return PANE_DONE;
        }
        return admin_action(base->ui, id, (enum record_kind_no)kind, NULL, err) ? PANE_DONE : PANE_IGNORED;
    }
    int i = list_current(&p->list);
    const struct record *r = a->n > 0 ? client_record_find(base->ui->client, p->kind, a->rest) : i < 0 ? NULL : row(p, i);
    return admin_action(base->ui, id, p->kind, r, err) ? PANE_DONE : PANE_IGNORED;
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct pane_admin *p = (struct pane_admin *)base;
    bool two = base->r.w >= TWO_FROM, menu = two ? ev->x < MENU_COLS : p->in_menu;
    if (!menu) {
        if (list_mouse(&p->list, ev, 2))
            p->in_menu = false;
    } else if (list_mouse(&p->menu, ev, 1)) {
        p->in_menu = two;
        show_kind(p, (enum record_kind_no)list_current(&p->menu));
    }
    use_keys(p);
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    (void)rid;
    if (bits & (CLIENT_CHANGED_RECORDS | CLIENT_CHANGED_STATE)) {
        rebuild((struct pane_admin *)base);
        base->dirty = true;
    }
}

static void pane_free(struct pane *base)
{
    struct pane_admin *p = (struct pane_admin *)base;
    list_fini(&p->menu);
    list_fini(&p->list);
    matrix_fini(&p->matrix);
    free(p);
}

static const struct pane_ops *ops_of(bool matrix)
{
    static const struct pane_ops lists = {.name = "administration",
                                          .contexts = contexts,
                                          .paint = paint,
                                          .mouse = mouse,
                                          .command = command,
                                          .changed = changed,
                                          .free = pane_free};
    static struct pane_ops rights;
    rights = lists;
    rights.contexts = matrix_contexts;
    return matrix ? &rights : &lists;
}

enum record_kind_no pane_admin_kind(struct ui *ui)
{
    return ((struct pane_admin *)ui_pane(ui, PANE_ADMIN))->kind;
}

const struct record *pane_admin_current(struct ui *ui)
{
    struct pane_admin *p = (struct pane_admin *)ui_pane(ui, PANE_ADMIN);
    int i = list_current(&p->list);
    return i < 0 ? NULL : row(p, i);
}

void pane_admin_show(struct ui *ui, enum record_kind_no kind)
{
    struct pane_admin *p = (struct pane_admin *)ui_pane(ui, PANE_ADMIN);
    p->in_menu = false;
    list_select(&p->menu, record_kind(kind)->id);
    show_kind(p, kind);
}

struct pane *pane_admin_new(struct ui *ui)
{
    struct pane_admin *p = x_calloc(1, sizeof *p);
    p->base.ops = ops_of(false);
    p->base.ui = ui;
    p->sort = -1;
    p->in_menu = true;
    p->menu.arg = p->list.arg = p;
    p->menu.id = menu_id;
    p->list.id = row_id;
    p->list.field = row_field;
    list_rebuild(&p->menu, RECORD_KIND_COUNT);
    return &p->base;
}
