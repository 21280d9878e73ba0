/* The changes before they are saved: what is, what will be. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/list.h"
#include "ui/setting_edit.h"
#include "ui/settings_draft.h"

struct review {
    struct pane base;
    setting_no *no;
    int n;
    struct list list;
};

static const char *id_of(void *arg, int i)
{
    return catalogue_row(((struct review *)arg)->no[i])->id;
}

static void paint_change(struct review *rv, setting_no no, struct rect r, bool current)
{
    struct ui *ui = rv->base.ui;
    const struct client_setting *known = settings_draft_known(ui->settings, no);
    AUTO_FREE char *old = setting_show(no, settings_draft_stored(ui->settings, no), known);
    AUTO_FREE char *new = setting_show(no, settings_draft_value(ui->settings, no), known);
    char why[160];
    bool applies = settings_draft_applies(ui->settings, no, why, sizeof why);
    enum role_place at = current ? ON_SELECTED : ON_PLAIN;
    term_fill(ui->term, r.x, r.y, r.w, 1, style_of(ROLE_TEXT, at), ' ');
    draw_clip(ui, r.x + 1, r.y, style_of(ROLE_STRONG, at), catalogue_row(no)->label, r.w - 2);
    draw_text(ui, r.x + 3, r.y + 1, plain(ROLE_OLD_VALUE), "- ", 2);
    draw_clip(ui, r.x + 5, r.y + 1, plain(ROLE_OLD_VALUE), *old ? old : "(empty)", r.w - 6);
    draw_text(ui, r.x + 3, r.y + 2, plain(ROLE_NEW_VALUE), "+ ", 2);
    int used = draw_clip(ui, r.x + 5, r.y + 2, plain(ROLE_NEW_VALUE), *new ? new : "(empty)", r.w - 6);
    if (!applies)
        draw_textf(ui, r.x + 7 + used, r.y + 2, plain(ROLE_DISABLED), r.w - used - 8, "(%s)", why);
}

static void paint(struct pane *base)
{
    struct review *rv = (struct review *)base;
    struct ui *ui = base->ui;
    char title[64];
    int cols = term_cols(ui->term);
    snprintf(title, sizeof title, "%d changed setting%s", rv->n, rv->n == 1 ? "" : "s");
    struct rect r = popup_frame(base, cols >= 100 ? 84 : cols - 4, rv->n * 4 + 4, title);
    int each = 4, fit = (r.h - 2) / each;
    if (fit < 1)
        fit = 1;
    list_scroll_into(&rv->list, fit);
    for (int i = 0; i < fit && rv->list.top + i < rv->n; i++)
        paint_change(rv, rv->no[rv->list.top + i], (struct rect){r.x, r.y + i * each, r.w, 3}, rv->list.top + i == rv->list.cursor);
    int y = r.y + r.h - 1, x = r.x;
    static const char *const keys[][2] = {{"Enter", "Save all"}, {"D", "Discard all"}, {"Esc", "Back"}};
    draw_hline(ui, r.x, y - 1, r.w, plain(ROLE_BORDER));
    for (int i = 0; i < 3; i++) {
        x += draw_text(ui, x, y, plain(ROLE_BAR_KEY), keys[i][0], 8) + 1;
        x += draw_text(ui, x, y, plain(ROLE_BAR_LABEL), keys[i][1], 14) + 3;
    }
    if (rv->n > fit) {
        char note[32];
        snprintf(note, sizeof note, "%d of %d", rv->list.cursor + 1, rv->n);
        draw_right(ui, r.x, y, plain(ROLE_DIM_TEXT), note, r.w);
    }
}

static void refresh(struct ui *ui)
{
    struct pane *p = ui->panes[PANE_SETTINGS];
    p->ops->changed(p, CLIENT_CHANGED_SETTINGS, NULL);
    ui_dirty_all(ui);
}

static void on_saved(void *arg, const struct error *err)
{
    struct ui *ui = arg;
    if (ui->quitting)
        return;
    if (err) {
        ui_say(ui, true, "Not saved: %s", err->text);
    } else {
        settings_draft_clear(ui->settings);
        ui_say(ui, false, "The settings are saved");
    }
    refresh(ui);
}

int setting_save(struct ui *ui, struct error *err)
{
    size_t n = settings_draft_count(ui->settings);
    if (n == 0)
        return error_set(err, ERR_STATE, NULL, "No setting was changed");
    ui_say(ui, false, "Saving %zu setting%s…", n, n == 1 ? "" : "s");
    settings_draft_save(ui->settings, on_saved, ui);
    return 0;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a, struct error *err)
{
    struct review *rv = (struct review *)base;
    struct ui *ui = base->ui;
    (void)a;
    base->dirty = true;
    switch (id) {
    case CMD_ACCEPT:
    case CMD_SETTINGS_SAVE:
        popup_pop(ui, base);
        setting_save(ui, err);
        return PANE_DONE;
    case CMD_SETTINGS_DISCARD:
        settings_draft_clear(ui->settings);
        popup_pop(ui, base);
        ui_say(ui, false, "All changes of settings were forgotten");
        refresh(ui);
        return PANE_DONE;
    case CMD_CANCEL: popup_pop(ui, base); return PANE_DONE;
    default: return list_command(&rv->list, id) ? PANE_DONE : PANE_IGNORED;
    }
}

static void review_free(struct pane *base)
{
    struct review *rv = (struct review *)base;
    list_fini(&rv->list);
    free(rv->no);
    free(rv);
}

int setting_review(struct ui *ui, struct error *err)
{
    static const unsigned contexts[] = {CTX_REVIEW, CTX_LIST, 0};
    static const struct pane_ops ops = {.name = "review", .contexts = contexts, .paint = paint, .command = command,
                                        .free = review_free};
    if (settings_draft_count(ui->settings) == 0)
        return error_set(err, ERR_STATE, NULL, "No setting was changed");
    struct review *rv = x_calloc(1, sizeof *rv);
    rv->base.ops = &ops;
    rv->base.ui = ui;
    rv->no = x_calloc(catalogue_count(), sizeof *rv->no);
    for (size_t i = 0; i < catalogue_count(); i++)
        if (settings_draft_is_changed(ui->settings, (setting_no)i))
            rv->no[rv->n++] = (setting_no)i;
    rv->list.arg = rv;
    rv->list.id = id_of;
    list_rebuild(&rv->list, rv->n);
    popup_push(ui, &rv->base);
    return 0;
}
