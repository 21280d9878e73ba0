/* Canned responses: reading, inserting, writing them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/list.h"
#include "ui/prompt.h"

struct pane_canned {
    struct pane base;
    struct list list;
};

static const struct client_canned *row(const struct pane_canned *p, int i)
{
    return p->base.ui->model->canned[i];
}

static const char *field(void *arg, int i, const char *name, int64_t *number)
{
    static char all[2048];
    const struct client_canned *c = row(arg, i);
    size_t n = 0;
    (void)number;
    if (name)
        return strcmp(name, "scope") == 0 ? c->scope : NULL;
    n = (size_t)snprintf(all, sizeof all, "%s %s", c->shortcut, c->text);
    for (size_t k = 0; k < c->tag_count && n < sizeof all; k++)
        n += (size_t)snprintf(all + n, sizeof all - n, " %s", c->tags[k]);
    return all;
}

static const char *id_of(void *arg, int i)
{
    return row(arg, i)->id;
}

static const char *scope_name(const char *scope)
{
    return str_eq(scope, "global") ? "everybody" : str_eq(scope, "department") ? "department" : "me";
}

static const char *department_name(const struct ui *ui, const char *id)
{
    for (size_t i = 0; id && i < ui->model->department_count; i++)
        if (str_eq(ui->model->departments[i]->id, id))
            return ui->model->departments[i]->name;
    return NULL;
}

static void paint_list(struct pane_canned *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    bool mine = ui_owns_focus(ui, &p->base);
    int name_w = r.w >= 60 ? 18 : r.w / 3;
    if (p->list.count == 0)
        draw_clip(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT),
                  ui->model->canned_count ? "No response has these words."
                                          : "There are no canned responses. c writes one.",
                  r.w - 1);
    list_scroll_into(&p->list, r.h);
    for (int i = 0; i < r.h && p->list.top + i < p->list.count; i++) {
        int n = p->list.top + i, y = r.y + i;
        const struct client_canned *c = row(p, p->list.rows[n]);
        enum role_place at = n != p->list.cursor ? ON_PLAIN : mine ? ON_SELECTED : ON_SELECTED_BLUR;
        char text[300];
        format_line(c->text, text, sizeof text);
        term_fill(ui->term, r.x, y, r.w, 1, style_of(ROLE_TEXT, at), ' ');
        draw_clip(ui, r.x + 1, y, style_of(ROLE_STRONG, at), c->shortcut, name_w);
        draw_clip(ui, r.x + name_w + 3, y, style_of(ROLE_DIM_TEXT, at), text, r.w - name_w - 4);
    }
}

static void paint_detail(struct pane_canned *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    int i = list_current(&p->list);
    if (i < 0 || r.h < 2)
        return;
    const struct client_canned *c = row(p, i);
    const char *department = department_name(ui, c->department_id);
    int y = r.y;
    draw_clip(ui, r.x, y++, plain(ROLE_STRONG), c->shortcut, r.w);
    draw_textf(ui, r.x, y++, plain(ROLE_DIM_TEXT), r.w, "for %s%s%s%s%s", scope_name(c->scope),
               department ? " " : "", department ? department : "", c->created_by ? ", by " : "",
               c->created_by ? c->created_by : "");
    y += r.h > 5;
    draw_wrapped(ui, (struct rect){r.x, y, r.w, r.y + r.h - y}, 0, c->text);
}

static void paint(struct pane *base)
{
    struct pane_canned *p = (struct pane_canned *)base;
    if (p->list.total != (int)base->ui->model->canned_count)
        list_rebuild(&p->list, (int)p->base.ui->model->canned_count);
    struct ui *ui = base->ui;
    struct rect r = base->r;
    char title[160], note[48];
    bool filtered = !match_is_empty(&p->list.filter);
    snprintf(title, sizeof title, "Canned responses%s%s", filtered ? " · " : "",
             filtered ? p->list.filter.pattern : "");
    if (filtered)
        snprintf(note, sizeof note, "%d of %zu", p->list.count, ui->model->canned_count);
    else
        snprintf(note, sizeof note, "%zu", ui->model->canned_count);
    draw_clear(ui, r, 0);
    draw_title(base, title, note);
    r.y++, r.h--;
    if (r.w >= 76) {
        int w = r.w / 2;
        paint_list(p, (struct rect){r.x, r.y, w, r.h});
        draw_vline(ui, r.x + w, r.y, r.h, plain(ROLE_BORDER));
        paint_detail(p, (struct rect){r.x + w + 2, r.y, r.w - w - 3, r.h});
    } else if (r.h >= 10) {
        paint_list(p, (struct rect){r.x, r.y, r.w, r.h - 6});
        draw_hline(ui, r.x, r.y + r.h - 6, r.w, plain(ROLE_BORDER));
        paint_detail(p, (struct rect){r.x + 1, r.y + r.h - 5, r.w - 2, 5});
    } else {
        paint_list(p, r);
    }
}

/* Fields of the form: shortcut, text, for whom, department. arg: the id, or NULL for a new one. */
static int save(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    static const char *const scopes[] = {"user", "department", "global"};
    const char *shortcut = form_value(f, 0), *text = form_value(f, 1), *department = NULL;
    int scope = form_choice(f, 2), d = form_choice(f, 3);
    if (*shortcut == '\0' || strchr(shortcut, ' '))
        return error_set(err, ERR_INVALID, NULL, "A shortcut of one word is needed");
    if (text[strspn(text, " \n")] == '\0')
        return error_set(err, ERR_INVALID, NULL, "A text is needed");
    if (scope == 1) {
        if (d == 0 || (size_t)d > ui->model->department_count)
            return error_set(err, ERR_INVALID, NULL, "A department is needed");
        department = ui->model->departments[d - 1]->id;
    }
    client_save_canned(ui->client, arg, shortcut, text, scopes[scope], department, ui_done, ui);
    return 0;
}

static void open_form(struct ui *ui, const struct client_canned *c)
{
    static const char *const scopes[] = {"me", "department", "everybody", NULL};
    const struct client_model *m = ui->model;
    const char **names = x_calloc(m->department_count + 2, sizeof *names);
    int now = 0;
    names[0] = "none";
    for (size_t i = 0; i < m->department_count; i++) {
        names[i + 1] = m->departments[i]->name;
        if (c && str_eq(c->department_id, m->departments[i]->id))
            now = (int)i + 1;
    }
    struct form *f = form_new(ui, c ? "Change canned response" : "New canned response", "", "Save", save,
                              x_strdup(c ? c->id : NULL), free);
    form_add(f, FIELD_TEXT, "Shortcut", c ? c->shortcut : "", NULL);
    form_add(f, FIELD_MULTILINE, "Text", c ? c->text : "", NULL);
    form_add(f, FIELD_CHOICE, "For", NULL, scopes);
    form_add(f, FIELD_CHOICE, "Department", NULL, names);
    if (c)
        form_select(f, 2, str_eq(c->scope, "global") ? 2 : str_eq(c->scope, "department") ? 1 : 0);
    form_select(f, 3, now);
    form_show(f);
    free(names);
}

static int delete_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    (void)f;
    (void)err;
    client_delete_canned(ui->client, arg, ui_done, ui);
    return 0;
}

static void set_filter(void *arg, const char *pattern)
{
    struct pane_canned *p = arg;
    list_filter(&p->list, pattern, (int)p->base.ui->model->canned_count);
    p->base.dirty = true;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane_canned *p = (struct pane_canned *)base;
    if (p->list.total != (int)base->ui->model->canned_count) /* a change is about to be told */
        list_rebuild(&p->list, (int)p->base.ui->model->canned_count);
    struct ui *ui = base->ui;
    int i = list_current(&p->list);
    base->dirty = true;
    if (list_command(&p->list, id))
        return PANE_DONE;
    switch (id) {
    case CMD_CANNED_NEW:
        open_form(ui, NULL);
        return PANE_DONE;
    case CMD_FILTER:
        if (a->n > 0)
            set_filter(p, a->rest);
        else
            prompt_filter(ui, p->list.filter.pattern, set_filter, p);
        return PANE_DONE;
    case CMD_FILTER_CLEAR:
        set_filter(p, "");
        return PANE_DONE;
    case CMD_CANNED_INSERT:
    case CMD_CANNED_EDIT:
    case CMD_CANNED_DELETE:
        break;
    default:
        return PANE_IGNORED;
    }
    if (i < 0) {
        error_set(err, ERR_STATE, NULL, "There is no response under the cursor");
    } else if (id == CMD_CANNED_EDIT) {
        open_form(ui, row(p, i));
    } else if (id == CMD_CANNED_DELETE) {
        AUTO_FREE char *text = x_asprintf("Delete the canned response %s?", row(p, i)->shortcut);
        struct form *f = form_new(ui, "Delete", text, "Delete", delete_accepted, x_strdup(row(p, i)->id), free);
        form_danger(f);
        form_show(f);
    } else {
        struct command_args named = {.n = 1, .arg = {row(p, i)->shortcut}, .rest = row(p, i)->shortcut};
        action_chat(ui, CMD_CANNED, &named, err);
    }
    return PANE_DONE;
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    list_mouse(&((struct pane_canned *)base)->list, ev, 1);
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct pane_canned *p = (struct pane_canned *)base;
    (void)rid;
    if (bits & (CLIENT_CHANGED_CANNED | CLIENT_CHANGED_PEOPLE)) {
        list_rebuild(&p->list, (int)base->ui->model->canned_count);
        base->dirty = true;
    }
}

static void pane_free(struct pane *base)
{
    list_fini(&((struct pane_canned *)base)->list);
    free(base);
}

struct pane *pane_canned_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_CANNED, CTX_LIST, 0};
    static const struct pane_ops ops = {.name = "canned responses",
                                        .contexts = contexts,
                                        .paint = paint,
                                        .mouse = mouse,
                                        .command = command,
                                        .changed = changed,
                                        .free = pane_free};
    struct pane_canned *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    p->list.arg = p;
    p->list.field = field;
    p->list.id = id_of;
    return &p->base;
}
