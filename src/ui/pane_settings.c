/* The settings: the whole catalogue as a tree, with what the row under the cursor means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/prompt.h"
#include "ui/setting_edit.h"
#include "ui/tree.h"

#define DETAIL_STYLE 1001

struct pane_settings {
    struct pane base;
    struct tree tree;
};

static struct settings_draft *draft(const struct pane_settings *p)
{
    return p->base.ui->settings;
}

static void paint_section(struct pane_settings *p, const struct tree_row *t, int x, int y, int w, enum role_place at)
{
    struct ui *ui = p->base.ui;
    bool open = p->tree.open[t->section] || !match_is_empty(&p->tree.filter);
    char note[32];
    int x0 = x + draw_text(ui, x + 1, y, style_of(ROLE_DIM_TEXT, at), open ? "▾ " : "▸ ", 2) + 1;
    draw_clip(ui, x0, y, style_of(ROLE_SECTION, at), p->tree.sections[t->section], w - 12);
    if (p->tree.changed[t->section] > 0)
        snprintf(note, sizeof note, "%d changed", p->tree.changed[t->section]);
    else
        snprintf(note, sizeof note, "%d", p->tree.total[t->section]);
    draw_right(ui, x, y, style_of(p->tree.changed[t->section] ? ROLE_CHANGED : ROLE_DIM_TEXT, at), note, w - 1);
}

static void paint_setting(struct pane_settings *p, setting_no no, int x, int y, int w, enum role_place at)
{
    struct ui *ui = p->base.ui;
    const struct setting_row *r = catalogue_row(no);
    char why[200];
    bool applies = settings_draft_applies(draft(p), no, why, sizeof why), changed = settings_draft_is_changed(draft(p), no);
    AUTO_FREE char *value = setting_show(no, settings_draft_value(draft(p), no), settings_draft_known(draft(p), no));
    int value_w = w / 3 < 12 ? 12 : w / 3, label_w = w - value_w - 6;
    draw_text(ui, x + 1, y, style_of(ROLE_CHANGED, at), changed ? "*" : " ", 1);
    draw_clip(ui, x + 3, y, style_of(applies ? ROLE_TEXT : ROLE_DISABLED, at), r->label, label_w);
    draw_clip(ui, x + 3 + label_w + 2, y, style_of(!applies ? ROLE_DISABLED : changed ? ROLE_CHANGED : ROLE_VALUE, at),
              *value ? value : "–", value_w);
}

static void paint_tree(struct pane_settings *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    bool mine = ui_owns_focus(ui, &p->base);
    list_scroll_into(&p->tree.list, r.h);
    if (p->tree.list.count == 0)
        draw_text(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT), "No setting has these words.", r.w - 1);
    for (int i = 0; i < r.h && p->tree.list.top + i < p->tree.list.count; i++) {
        int n = p->tree.list.top + i;
        const struct tree_row *t = &p->tree.rows[p->tree.list.rows[n]];
        enum role_place at = n != p->tree.list.cursor ? ON_PLAIN : mine ? ON_SELECTED : ON_SELECTED_BLUR;
        term_fill(ui->term, r.x, r.y + i, r.w, 1, style_of(ROLE_TEXT, at), ' ');
        if (t->no < 0)
            paint_section(p, t, r.x, r.y + i, r.w, at);
        else
            paint_setting(p, t->no, r.x, r.y + i, r.w, at);
    }
}

static int detail_line(struct ui *ui, struct rect r, int y, const char *name, enum role role, const char *text)
{
    if (y >= r.y + r.h || text == NULL)
        return y;
    draw_text(ui, r.x, y, plain(ROLE_DIM_TEXT), name, 9);
    return y + draw_wrapped(ui, (struct rect){r.x + 10, y, r.w - 10, r.y + r.h - y}, plain(role), *text ? text : "–");
}

static const char *type_name(const struct setting_row *r)
{
    static const char *const names[] = {"switch", "number", "text", "text, several lines", "colour", "choice",
                                        "secret, write-only", "action"};
    return names[r->type];
}

static void paint_swatch(struct ui *ui, struct rect r, int y, const struct setting_value *v)
{
    struct term_style s = {COLOR_DEFAULT, COLOR_DEFAULT, COLOR_DEFAULT, COLOR_NEAREST, 0, 0};
    if (v->s == NULL || v->s[0] != '#' || strlen(v->s) != 7 || y >= r.y + r.h)
        return;
    s.bg = (int32_t)strtol(v->s + 1, NULL, 16);
    term_style(ui->term, DETAIL_STYLE, &s);
    term_fill(ui->term, r.x + 18, y, 4, 1, DETAIL_STYLE, ' ');
}

static void paint_detail(struct pane_settings *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    const struct tree_row *t = tree_current(&p->tree);
    char text[160], why[200];
    if (t == NULL || r.h < 1)
        return;
    if (t->no < 0) {
        draw_textf(ui, r.x, r.y, plain(ROLE_DIM_TEXT), r.w, "%d settings. Enter opens the section, / searches all.",
                   p->tree.total[t->section]);
        return;
    }
    const struct setting_row *row = catalogue_row(t->no);
    const struct client_setting *known = settings_draft_known(draft(p), t->no);
    const struct setting_value *value = settings_draft_value(draft(p), t->no);
    AUTO_FREE char *now = setting_show(t->no, settings_draft_stored(draft(p), t->no), known);
    AUTO_FREE char *next = setting_show(t->no, value, known);
    bool changed = settings_draft_is_changed(draft(p), t->no);
    int y = r.y + draw_wrapped(ui, (struct rect){r.x, r.y, r.w, 2}, plain(ROLE_STRONG), row->label);
    if (!settings_draft_applies(draft(p), t->no, why, sizeof why))
        y += draw_wrapped(ui, (struct rect){r.x, y, r.w, r.y + r.h - y}, plain(ROLE_CHANGED), why);
    y += draw_wrapped(ui, (struct rect){r.x, y, r.w, r.y + r.h - y}, 0, row->help);
    y += r.h > 8;
    if (row->type == SETTING_COLOR)
        paint_swatch(ui, r, y, value);
    y = detail_line(ui, r, y, "now", ROLE_VALUE, now);
    if (changed)
        y = detail_line(ui, r, y, "becomes", ROLE_CHANGED, next);
    if (row->type != SETTING_SECRET && row->type != SETTING_ACTION) {
        struct setting_value d;
        setting_value_default(t->no, &d);
        AUTO_FREE char *dt = setting_show(t->no, &d, NULL);
        y = detail_line(ui, r, y, "default", ROLE_DIM_TEXT, dt);
        setting_value_free(&d);
    }
    snprintf(text, sizeof text, "%s", type_name(row));
    if (row->type == SETTING_INT && (row->min || row->max))
        snprintf(text, sizeof text, "number, %lld to %lld%s%s", (long long)row->min, (long long)row->max, row->unit ? " " : "",
                 row->unit ? row->unit : "");
    y = detail_line(ui, r, y, "type", ROLE_DIM_TEXT, text);
    y = detail_line(ui, r, y, "id", ROLE_DIM_TEXT, row->id);
    if (known == NULL && ui->model->state == CLIENT_ONLINE)
        detail_line(ui, r, y, "note", ROLE_CHANGED, "this server does not tell this setting");
}

static void paint(struct pane *base)
{
    struct pane_settings *p = (struct pane_settings *)base;
    struct ui *ui = base->ui;
    struct rect r = base->r;
    char title[160], note[64];
    bool filtered = !match_is_empty(&p->tree.filter);
    size_t changed = settings_draft_count(draft(p));
    snprintf(title, sizeof title, "Settings%s%s", filtered ? " · " : "", filtered ? p->tree.filter.pattern : "");
    if (changed > 0)
        snprintf(note, sizeof note, "%zu changed, not saved", changed);
    else
        snprintf(note, sizeof note, "%s", ui->model->may_edit_settings ? "" : "read only");
    draw_clear(ui, r, 0);
    draw_title(base, title, note);
    r.y++, r.h--;
    if (r.w >= 76) {
        int w = r.w * 3 / 5;
        paint_tree(p, (struct rect){r.x, r.y, w, r.h});
        draw_vline(ui, r.x + w, r.y, r.h, plain(ROLE_BORDER));
        paint_detail(p, (struct rect){r.x + w + 2, r.y, r.w - w - 3, r.h});
    } else if (r.h >= 9) {
        int h = r.h >= 14 ? 6 : 4;
        paint_tree(p, (struct rect){r.x, r.y, r.w, r.h - h - 1});
        draw_hline(ui, r.x, r.y + r.h - h - 1, r.w, plain(ROLE_BORDER));
        paint_detail(p, (struct rect){r.x + 1, r.y + r.h - h, r.w - 2, h});
    } else {
        paint_tree(p, r);
    }
}

static void set_filter(void *arg, const char *pattern)
{
    struct pane_settings *p = arg;
    tree_filter(&p->tree, draft(p), pattern);
    p->base.dirty = true;
}

/* setting ID VALUE of the command line. */
static int set_named(struct pane_settings *p, const struct command_args *a, struct error *err)
{
    setting_no no = catalogue_find(a->arg[0]);
    struct setting_value v;
    if (no < 0)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no setting %.80s", a->arg[0]);
    if (a->n == 1)
        return setting_edit(p->base.ui, no, err);
    const char *text = a->n == 2 ? a->arg[1] : a->rest + strlen(a->arg[0]);
    int rc = setting_value_from_text(no, text + strspn(text, " "), &v, err);
    if (rc != 0)
        return rc;
    settings_draft_set(draft(p), no, &v);
    setting_value_free(&v);
    tree_reveal(&p->tree, draft(p), no);
    ui_say(p->base.ui, false, "%s is changed; settings-save saves it", a->arg[0]);
    return 0;
}

static int set_default(struct pane_settings *p, setting_no no)
{
    struct setting_value v;
    setting_value_default(no, &v);
    settings_draft_set(draft(p), no, &v);
    setting_value_free(&v);
    tree_rebuild(&p->tree, draft(p));
    return 0;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a, struct error *err)
{
    struct pane_settings *p = (struct pane_settings *)base;
    const struct tree_row *t = tree_current(&p->tree);
    setting_no no = t ? t->no : -1;
    base->dirty = true;
    if (tree_command(&p->tree, draft(p), id))
        return PANE_DONE;
    switch (id) {
    case CMD_EDIT_SETTING:
    case CMD_TOGGLE:
        if (no < 0)
            return PANE_DONE;
        if (base->ui->model->may_edit_settings)
            setting_edit(base->ui, no, err);
        else
            error_set(err, ERR_DENIED, NULL, "You may not change settings on this server");
        return PANE_DONE;
    case CMD_SETTING: set_named(p, a, err); return PANE_DONE;
    case CMD_SETTING_REVERT:
    case CMD_SETTING_DEFAULT:
        if (no >= 0 && id == CMD_SETTING_DEFAULT)
            set_default(p, no);
        else if (no >= 0)
            settings_draft_revert(draft(p), no);
        tree_rebuild(&p->tree, draft(p));
        return PANE_DONE;
    case CMD_SETTINGS_REVIEW: setting_review(base->ui, err); return PANE_DONE;
    case CMD_SETTINGS_SAVE: setting_review(base->ui, err); return PANE_DONE;
    case CMD_SETTINGS_DISCARD:
        settings_draft_clear(draft(p));
        tree_rebuild(&p->tree, draft(p));
        ui_say(base->ui, false, "All changes of settings were forgotten");
        return PANE_DONE;
    case CMD_FILTER:
        if (a->n > 0)
            set_filter(p, a->rest);
        else
            prompt_filter(base->ui, p->tree.filter.pattern, set_filter, p);
        return PANE_DONE;
    case CMD_FILTER_CLEAR: set_filter(p, ""); return PANE_DONE;
    default: return PANE_IGNORED;
    }
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct pane_settings *p = (struct pane_settings *)base;
    int before = p->tree.list.cursor;
    struct error err = {0};
    if (list_mouse(&p->tree.list, ev, 1) && (before == p->tree.list.cursor || tree_current(&p->tree)->no < 0) &&
        command(base, CMD_EDIT_SETTING, NULL, &err) == PANE_DONE && err.code != 0)
        ui_say(base->ui, true, "%s", err.text);
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct pane_settings *p = (struct pane_settings *)base;
    (void)rid;
    if (bits & (CLIENT_CHANGED_SETTINGS | CLIENT_CHANGED_STATE)) {
        tree_rebuild(&p->tree, draft(p));
        base->dirty = true;
    }
}

static void pane_free(struct pane *base)
{
    tree_fini(&((struct pane_settings *)base)->tree);
    free(base);
}

struct pane *pane_settings_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_SETTINGS, CTX_LIST, 0};
    static const struct pane_ops ops = {.name = "settings", .contexts = contexts, .paint = paint, .mouse = mouse,
                                        .command = command, .changed = changed, .free = pane_free};
    struct pane_settings *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    tree_init(&p->tree);
    return &p->base;
}
