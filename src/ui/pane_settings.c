/* The settings: the whole catalogue as a tree, with what the row under the cursor means. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/condition.h"
#include "common/mem.h"
#include "ui/choice.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/prompt.h"
#include "ui/setting_edit.h"
#include "ui/tree.h"

#define TRAIL_MAX 32

/* Where a jump began. */
struct step {
    setting_no no;
    char *filter;
};

struct pane_settings {
    struct pane base;
    struct tree tree;
    struct step trail[TRAIL_MAX];
    int trail_n;
};

static struct settings_draft *draft(const struct pane_settings *p)
{
    return p->base.ui->settings;
}

/* --- the tree --- */

static void paint_section(struct pane_settings *p, const struct tree_row *t, int x, int y, int w,
                          enum role_place at)
{
    struct ui *ui = p->base.ui;
    bool open = p->tree.open[t->section] || !match_is_empty(&p->tree.filter);
    int changed = p->tree.changed[t->section];
    char note[48];
    int x0 = x + draw_text(ui, x + 1, y, style_of(ROLE_DIM_TEXT, at), open ? "▾ " : "▸ ", 2) + 1;
    draw_clip(ui, x0, y, style_of(ROLE_SECTION, at), p->tree.sections[t->section], w - 20);
    if (changed > 0)
        snprintf(note, sizeof note, "%d not saved  %3d", changed, p->tree.total[t->section]);
    else
        snprintf(note, sizeof note, "%d", p->tree.total[t->section]);
    draw_right(ui, x, y, style_of(changed ? ROLE_CHANGED : ROLE_DIM_TEXT, at), note, w - 1);
}

static int value_cols(int w)
{
    return w / 3 < 12 ? 12 : w / 3;
}

/* "!" in conflict, "*" not saved, "·" other than the default. */
static void paint_mark(struct pane_settings *p, setting_no no, int x, int y, enum role_place at)
{
    const struct settings_draft *d = draft(p);
    bool conflict = settings_draft_is_conflict(d, no), changed = settings_draft_is_changed(d, no);
    draw_text(p->base.ui, x, y,
              style_of(conflict  ? ROLE_ERROR
                       : changed ? ROLE_CHANGED
                                 : ROLE_DIM_TEXT,
                       at),
              conflict                         ? "!"
              : changed                        ? "*"
              : settings_draft_differs(d, no) ? "·"
                                               : " ",
              1);
}

static void paint_setting(struct pane_settings *p, setting_no no, int x, int y, int w, enum role_place at)
{
    struct ui *ui = p->base.ui;
    const struct setting_row *r = catalogue_row(no);
    char why[200];
    bool applies = settings_draft_applies(draft(p), no, why, sizeof why),
         changed = settings_draft_is_changed(draft(p), no);
    bool cleared = r->type == SETTING_SECRET && settings_draft_is_reset(draft(p), no);
    AUTO_FREE char *value =
        setting_show(no, settings_draft_value(draft(p), no), settings_draft_known(draft(p), no));
    int value_w = value_cols(w), label_w = w - value_w - 6;
    paint_mark(p, no, x + 1, y, at);
    draw_clip(ui, x + 3, y, style_of(applies ? ROLE_TEXT : ROLE_DISABLED, at), r->label, label_w);
    if (r->type == SETTING_ACTION) {
        draw_clip(ui, x + 3 + label_w + 2, y, style_of(applies ? ROLE_BUTTON : ROLE_DISABLED, at), "[ run ]", value_w);
        return;
    }
    draw_clip(ui, x + 3 + label_w + 2, y,
              style_of(!applies  ? ROLE_DISABLED
                       : changed ? ROLE_CHANGED
                                 : ROLE_VALUE,
                       at),
              cleared  ? "cleared"
              : *value ? value
                       : "–",
              value_w);
}

static void paint_button(struct pane_settings *p, const struct setting_button *b, int x, int y, int w,
                         enum role_place at)
{
    struct ui *ui = p->base.ui;
    char why[200];
    bool applies = setting_button_applies(ui, b, why, sizeof why);
    int value_w = value_cols(w), label_w = w - value_w - 6;
    draw_clip(ui, x + 3, y, style_of(applies ? ROLE_TEXT : ROLE_DISABLED, at), b->label, label_w);
    draw_clip(ui, x + 3 + label_w + 2, y, style_of(applies ? ROLE_BUTTON : ROLE_DISABLED, at), "[ run ]", value_w);
}

static void paint_tree(struct pane_settings *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    bool mine = ui_owns_focus(ui, &p->base);
    list_scroll_into(&p->tree.list, r.h);
    if (p->tree.list.count == 0) {
        draw_text(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT), "No setting has these words.", r.w - 1);
        draw_wrapped(ui, (struct rect){r.x + 1, r.y + 2, r.w - 2, r.h - 2}, plain(ROLE_DIM_TEXT),
                     "Esc shows all again. A search may name fields: changed: by:ada value:off "
                     "section:\"live chat\" help:visitor needs:Livechat_waiting_queue");
    }
    for (int i = 0; i < r.h && p->tree.list.top + i < p->tree.list.count; i++) {
        int n = p->tree.list.top + i;
        const struct tree_row *t = &p->tree.rows[p->tree.list.rows[n]];
        enum role_place at = n != p->tree.list.cursor ? ON_PLAIN : mine ? ON_SELECTED : ON_SELECTED_BLUR;
        term_fill(ui->term, r.x, r.y + i, r.w, 1, style_of(ROLE_TEXT, at), ' ');
        if (t->button)
            paint_button(p, t->button, r.x, r.y + i, r.w, at);
        else if (t->no < 0)
            paint_section(p, t, r.x, r.y + i, r.w, at);
        else
            paint_setting(p, t->no, r.x, r.y + i, r.w, at);
    }
}

static void paint_detail(struct pane_settings *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    const struct tree_row *t = tree_current(&p->tree);
    if (t == NULL || r.h < 1)
        return;
    if (t->button) {
        setting_button_paint(ui, t->button, r);
    } else if (t->no >= 0) {
        setting_detail_paint(ui, t->no, r);
    } else {
        int y = draw_wrapped(ui, r, plain(ROLE_STRONG), p->tree.sections[t->section]);
        draw_textf(ui, r.x, r.y + y, plain(ROLE_DIM_TEXT), r.w, "%d settings", p->tree.total[t->section]);
        draw_wrapped(ui, (struct rect){r.x, r.y + y + 2, r.w, r.h - y - 2}, plain(ROLE_DIM_TEXT),
                     "Enter opens the section, / searches all of them, + opens all. X gives the section its "
                     "defaults, H shows who changed what.");
    }
}

static void paint_note(struct pane_settings *p, char *note, size_t n)
{
    size_t unsaved = settings_draft_count(draft(p));
    size_t used = 0;
    note[0] = '\0';
    if (!match_is_empty(&p->tree.filter))
        used = (size_t)snprintf(note, n, "%d found%s", p->tree.hits, unsaved ? ", " : "");
    if (settings_draft_conflict(draft(p)) >= 0)
        snprintf(note + used, n - used, "changed elsewhere too: c");
    else if (unsaved > 0)
        snprintf(note + used, n - used, "%zu changed, not saved", unsaved);
    else if (used == 0 && !p->base.ui->model->may_edit_settings)
        snprintf(note, n, "read only");
}

static void paint(struct pane *base)
{
    struct pane_settings *p = (struct pane_settings *)base;
    struct ui *ui = base->ui;
    struct rect r = base->r;
    char title[160], note[80];
    bool filtered = !match_is_empty(&p->tree.filter);
    snprintf(title, sizeof title, "Settings%s%s", filtered ? " · " : "",
             filtered ? p->tree.filter.pattern : "");
    paint_note(p, note, sizeof note);
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

/* --- jumping --- */

static void jump(struct pane_settings *p, setting_no from, setting_no to)
{
    if (p->trail_n == TRAIL_MAX) {
        free(p->trail[0].filter);
        memmove(p->trail, p->trail + 1, (TRAIL_MAX - 1) * sizeof p->trail[0]);
        p->trail_n--;
    }
    const char *filter = p->tree.filter.pattern;
    p->trail[p->trail_n++] = (struct step){from, x_strdup(filter ? filter : "")};
    tree_reveal(&p->tree, draft(p), to);
    p->base.dirty = true;
}

static void jump_back(struct pane_settings *p, struct error *err)
{
    if (p->trail_n == 0) {
        error_set(err, ERR_STATE, NULL, "There is nowhere to go back to");
        return;
    }
    struct step *s = &p->trail[--p->trail_n];
    tree_filter(&p->tree, draft(p), s->filter);
    tree_reveal(&p->tree, draft(p), s->no);
    free(s->filter);
}

struct jump {
    setting_no from;
    setting_no to[];
};

static void jump_chosen(struct ui *ui, int index, void *arg)
{
    const struct jump *j = arg;
    jump((struct pane_settings *)ui->panes[PANE_SETTINGS], j->from, j->to[index]);
}

/* With one setting to go to goes there, with several asks. */
static void offer_jump(struct pane_settings *p, setting_no from, const setting_no *to, size_t n, const char *title)
{
    if (n == 1) {
        jump(p, from, to[0]);
        return;
    }
    struct jump *j = x_calloc(1, sizeof *j + n * sizeof *to);
    j->from = from;
    memcpy(j->to, to, n * sizeof *to);
    struct choice *c = choice_new(p->base.ui, title, "Go to", jump_chosen, j, free);
    for (size_t i = 0; i < n; i++)
        choice_add(c, catalogue_row(to[i])->label, catalogue_row(to[i])->section, ROLE_TEXT);
    choice_show(c);
}

static void jump_needs(struct pane_settings *p, setting_no no, struct error *err)
{
    setting_no to[16];
    size_t n = 0;
    for (const struct setting_condition *c = catalogue_row(no)->when; c && c->id && n < COUNT_OF(to); c++)
        to[n++] = catalogue_find(c->id);
    if (n == 0)
        error_set(err, ERR_STATE, NULL, "%s depends on no other setting", catalogue_row(no)->label);
    else
        offer_jump(p, no, to, n, "What it depends on");
}

static void jump_needed_by(struct pane_settings *p, setting_no no, struct error *err)
{
    size_t n = setting_dependents(no, NULL, 0);
    setting_no *to = x_calloc(n + 1, sizeof *to);
    setting_dependents(no, to, n);
    if (n == 0)
        error_set(err, ERR_STATE, NULL, "No setting depends on %s", catalogue_row(no)->label);
    else
        offer_jump(p, no, to, n, "What depends on it");
    free(to);
}

void pane_settings_goto(struct ui *ui, setting_no no)
{
    struct pane_settings *p = (struct pane_settings *)ui->panes[PANE_SETTINGS];
    const struct tree_row *t = tree_current(&p->tree);
    ui_show(ui, VIEW_SETTINGS);
    jump(p, t && t->no >= 0 ? t->no : no, no);
}

/* --- changing --- */

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

static bool is_resettable(const struct settings_draft *d, setting_no no, const char *section)
{
    const struct setting_row *r = catalogue_row(no);
    return !r->is_hidden && (section == NULL || str_eq(r->section, section)) && settings_draft_differs(d, no);
}

static int reset_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const char *section = arg;
    (void)f;
    (void)err;
    for (size_t i = 0; i < catalogue_count(); i++)
        if (is_resettable(ui->settings, (setting_no)i, section))
            settings_draft_reset(ui->settings, (setting_no)i);
    settings_refresh(ui);
    ui_say(ui, false, "Nothing is saved yet: R shows the changes, F6 saves them");
    return 0;
}

static const char *find_section(const struct pane_settings *p, const char *name)
{
    for (size_t i = 0; i < p->tree.section_count; i++)
        if (strcasecmp(p->tree.sections[i], name) == 0)
            return p->tree.sections[i];
    return NULL;
}

static int reset_many(struct pane_settings *p, const struct tree_row *t, const struct command_args *a,
                      struct error *err)
{
    bool all = a && a->n > 0 && strcmp(a->rest, "all") == 0;
    const char *section = all             ? NULL
                          : a && a->n > 0 ? find_section(p, a->rest)
                          : t             ? p->tree.sections[t->section]
                                          : NULL;
    int n = 0;
    char text[200];
    if (!all && section == NULL)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no section %.80s", a && a->n > 0 ? a->rest : "");
    for (size_t i = 0; i < catalogue_count(); i++)
        n += is_resettable(draft(p), (setting_no)i, section);
    if (n == 0)
        return error_set(err, ERR_STATE, NULL, "%s has its defaults already", all ? "Every setting" : section);
    snprintf(text, sizeof text, "Give %d setting%s%s%s the default%s? Nothing is saved before you have reviewed it.", n,
             n == 1 ? "" : "s", all ? " of this server" : " of ", all ? "" : section, n == 1 ? "" : "s");
    form_show(form_new(p->base.ui, all ? "Reset all settings" : "Reset a section", text, "Reset", reset_accepted,
                       (void *)section, NULL));
    return 0;
}

static int decide(struct pane_settings *p, setting_no no, const struct command_args *a, struct error *err)
{
    if (no < 0 || !settings_draft_is_conflict(draft(p), no))
        no = settings_draft_conflict(draft(p));
    if (no < 0)
        return error_set(err, ERR_STATE, NULL, "Nobody else changed what you have changed");
    if (a && a->n > 0 && !str_eq(a->arg[0], "mine") && !str_eq(a->arg[0], "theirs"))
        return error_set(err, ERR_INVALID, NULL, "setting-decide takes mine or theirs");
    if (a && a->n > 0) {
        settings_draft_decide(draft(p), no, str_eq(a->arg[0], "mine"));
        settings_refresh(p->base.ui);
    } else {
        setting_conflict(p->base.ui, no);
    }
    return 0;
}

static void change(struct pane_settings *p, const struct tree_row *t, struct error *err)
{
    if (!p->base.ui->model->may_edit_settings)
        error_set(err, ERR_DENIED, NULL, "You may not change settings on this server: the right is "
                                         "edit-privileged-setting, an administrator can give it");
    else if (t->button)
        setting_button_press(p->base.ui, t->button, err);
    else if (t->no >= 0)
        setting_edit(p->base.ui, t->no, err);
}

/* What concerns the one setting under the cursor. */
static enum pane_answer on_setting(struct pane_settings *p, setting_no no, enum command_id id, struct error *err)
{
    switch (id) {
    case CMD_SETTING_REVERT:
        settings_draft_revert(draft(p), no);
        tree_rebuild(&p->tree, draft(p));
        return PANE_DONE;
    case CMD_SETTING_DEFAULT:
        settings_draft_reset(draft(p), no);
        tree_rebuild(&p->tree, draft(p));
        return PANE_DONE;
    case CMD_SETTING_INFO:
        setting_info(p->base.ui, no);
        return PANE_DONE;
    case CMD_SETTING_NEEDS:
        jump_needs(p, no, err);
        return PANE_DONE;
    case CMD_SETTING_NEEDED_BY:
        jump_needed_by(p, no, err);
        return PANE_DONE;
    case CMD_SETTING_HISTORY:
        setting_history(p->base.ui, no, err);
        return PANE_DONE;
    default:
        return PANE_IGNORED;
    }
}

static int show_history(struct pane_settings *p, const struct command_args *a, struct error *err)
{
    setting_no no = a && a->n > 0 ? catalogue_find(a->arg[0]) : -1;
    if (a && a->n > 0 && no < 0)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no setting %.80s", a->arg[0]);
    return setting_history(p->base.ui, no, err);
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane_settings *p = (struct pane_settings *)base;
    const struct tree_row *t = tree_current(&p->tree);
    setting_no no = t ? t->no : -1;
    base->dirty = true;
    if (tree_command(&p->tree, draft(p), id))
        return PANE_DONE;
    if (no >= 0 && on_setting(p, no, id, err) == PANE_DONE)
        return PANE_DONE;
    switch (id) {
    case CMD_EDIT_SETTING:
    case CMD_TOGGLE:
        if (t)
            change(p, t, err);
        return PANE_DONE;
    case CMD_SETTING:
        set_named(p, a, err);
        return PANE_DONE;
    case CMD_SETTING_REVERT:
    case CMD_SETTING_DEFAULT:
    case CMD_SETTING_NEEDS:
    case CMD_SETTING_NEEDED_BY:
    case CMD_SETTING_INFO:
        return PANE_DONE; /* no setting is under the cursor */
    case CMD_SETTING_BACK:
        jump_back(p, err);
        return PANE_DONE;
    case CMD_SETTING_DECIDE:
        decide(p, no, a, err);
        return PANE_DONE;
    case CMD_SETTINGS_RESET:
        reset_many(p, t, a, err);
        return PANE_DONE;
    case CMD_SETTING_HISTORY: /* on a section: of all */
    case CMD_SETTINGS_HISTORY:
        show_history(p, a, err);
        return PANE_DONE;
    case CMD_SETTINGS_REVIEW:
    case CMD_SETTINGS_SAVE:
        setting_review(base->ui, err);
        return PANE_DONE;
    case CMD_SETTINGS_DISCARD:
        settings_discard(base->ui, NULL, err);
        return PANE_DONE;
    case CMD_FILTER:
        if (a && a->n > 0)
            set_filter(p, a->rest);
        else
            prompt_filter(base->ui, p->tree.filter.pattern, set_filter, p);
        return PANE_DONE;
    case CMD_FILTER_CLEAR:
        set_filter(p, "");
        return PANE_DONE;
    default:
        return PANE_IGNORED;
    }
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct pane_settings *p = (struct pane_settings *)base;
    int before = p->tree.list.cursor;
    struct error err = {0};
    if (list_mouse(&p->tree.list, ev, 1) &&
        (before == p->tree.list.cursor ||
         (tree_current(&p->tree)->no < 0 && tree_current(&p->tree)->button == NULL)) &&
        command(base, CMD_EDIT_SETTING, NULL, &err) == PANE_DONE && err.code != 0)
        ui_say(base->ui, true, "%s", err.text);
}

/* The second of two administrators hears of the first while still editing. */
static void tell_conflict(struct pane_settings *p)
{
    setting_no no = settings_draft_sync(draft(p));
    const struct client_setting *known = no < 0 ? NULL : settings_draft_known(draft(p), no);
    if (no >= 0)
        ui_say(p->base.ui, true, "%s changed %s while you were at it: c in the settings shows both values",
               known && known->by ? known->by : "Somebody else", catalogue_row(no)->label);
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct pane_settings *p = (struct pane_settings *)base;
    (void)rid;
    if (bits & (CLIENT_CHANGED_SETTINGS | CLIENT_CHANGED_STATE)) {
        tell_conflict(p);
        tree_rebuild(&p->tree, draft(p));
        base->dirty = true;
    }
}

static void pane_free(struct pane *base)
{
    struct pane_settings *p = (struct pane_settings *)base;
    tree_fini(&p->tree);
    for (int i = 0; i < p->trail_n; i++)
        free(p->trail[i].filter);
    free(p);
}

struct pane *pane_settings_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_SETTINGS, CTX_LIST, 0};
    static const struct pane_ops ops = {.name = "settings",
                                        .contexts = contexts,
                                        .paint = paint,
                                        .mouse = mouse,
                                        .command = command,
                                        .changed = changed,
                                        .free = pane_free};
    struct pane_settings *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    tree_init(&p->tree);
    return &p->base;
}
