/* The changes before they are saved: what is, what will be, what the core says will come of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/form.h"
#include "ui/setting_edit.h"

/* One review; also what is kept while the server is asked. Freed when it is neither open nor waited for. */
struct review {
    struct ui *ui;
    struct report *report; /* NULL: closed */
    int waiting;         /* answers still to come */
    setting_no *no;
    int n;
    struct client_setting_remark *remarks; /* consequences, then faults */
    size_t consequences, faults;
    bool asked; /* the consequences are known */
};

static void forget_remarks(struct review *rv)
{
    for (size_t i = 0; i < rv->consequences + rv->faults; i++)
        free(rv->remarks[i].text);
    free(rv->remarks);
    rv->remarks = NULL;
    rv->consequences = rv->faults = 0;
}

static void release(struct review *rv)
{
    if (rv->report || rv->waiting > 0)
        return;
    forget_remarks(rv);
    free(rv->no);
    free(rv);
}

static void keep_remarks(struct review *rv, const struct client_settings_answer *a)
{
    forget_remarks(rv);
    rv->consequences = a->consequence_count;
    rv->faults = a->fault_count;
    rv->remarks = x_calloc(rv->consequences + rv->faults + 1, sizeof *rv->remarks);
    for (size_t i = 0; i < rv->consequences + rv->faults; i++) {
        const struct client_setting_remark *r =
            i < rv->consequences ? &a->consequences[i] : &a->faults[i - rv->consequences];
        rv->remarks[i] = (struct client_setting_remark){r->no, x_strdup(r->text)};
    }
}

/* --- what is shown --- */

static void put_values(struct review *rv, int item, setting_no no)
{
    const struct settings_draft *d = rv->ui->settings;
    const struct client_setting *known = settings_draft_known(d, no);
    const struct setting_value *old = settings_draft_stored(d, no), *new = settings_draft_value(d, no);
    if (new->type == SETTING_TEXT || new->type == SETTING_MULTILINE) {
        setting_diff(rv->report, item, 3, old->s, new->s);
        return;
    }
    AUTO_FREE char *a = setting_show(no, old, known);
    AUTO_FREE char *b = setting_show(no, new, known);
    setting_diff(rv->report, item, 3, a, settings_draft_is_reset(d, no) && new->type == SETTING_SECRET ? "not set" : b);
}

static void put_remarks(struct review *rv, int item, setting_no no)
{
    for (size_t i = 0; i < rv->consequences + rv->faults; i++)
        if (rv->remarks[i].no == no)
            report_addf(rv->report, item, i < rv->consequences ? ROLE_WAIT_LONG : ROLE_ERROR, 3, "%s %s",
                       i < rv->consequences ? "→" : "✗", rv->remarks[i].text);
}

static void put_change(struct review *rv, int item)
{
    setting_no no = rv->no[item];
    const struct setting_row *r = catalogue_row(no);
    char why[200];
    report_addf(rv->report, item, ROLE_STRONG, 0, " %s · %s%s", r->section, r->label,
               settings_draft_is_reset(rv->ui->settings, no) ? " (reset)" : "");
    put_values(rv, item, no);
    if (settings_draft_is_conflict(rv->ui->settings, no))
        report_add(rv->report, item, ROLE_ERROR, 3, "✗ somebody else changed it meanwhile: decide whose value counts");
    if (!settings_draft_applies(rv->ui->settings, no, why, sizeof why))
        report_addf(rv->report, item, ROLE_DISABLED, 3, "(has no effect now: %s)", why);
    put_remarks(rv, item, no);
}

static void fill(struct review *rv)
{
    char title[64];
    rv->n = 0;
    for (size_t i = 0; i < catalogue_count(); i++)
        if (settings_draft_is_changed(rv->ui->settings, (setting_no)i))
            rv->no[rv->n++] = (setting_no)i;
    snprintf(title, sizeof title, "%d changed setting%s", rv->n, rv->n == 1 ? "" : "s");
    report_title(rv->report, title);
    report_clear(rv->report);
    for (int i = 0; i < rv->n; i++)
        put_change(rv, i);
    put_remarks(rv, -1, -1);
    if (!rv->asked && rv->ui->model->keeps_setting_history)
        report_add(rv->report, -1, ROLE_DIM_TEXT, 0, "Asking the server what comes of it…");
}

/* --- asking and saving --- */

static void on_tried(void *arg, const struct client_settings_answer *a, const struct error *err)
{
    struct review *rv = arg;
    rv->waiting--;
    if (rv->report && !rv->ui->quitting) {
        rv->asked = true;
        keep_remarks(rv, a);
        fill(rv);
        if (err && a->fault_count == 0 && !a->conflict)
            report_addf(rv->report, -1, ROLE_ERROR, 0, "The server would refuse: %s", err->text);
        ui_schedule(rv->ui);
    }
    release(rv);
}

static void ask(struct review *rv)
{
    size_t n;
    if (!rv->ui->model->keeps_setting_history)
        return;
    struct client_setting_change *list = settings_draft_changes(rv->ui->settings, &n);
    rv->waiting++;
    client_try_settings(rv->ui->client, list, n, on_tried, rv);
    free(list);
}

static void on_saved(void *arg, const struct client_settings_answer *a, const struct error *err)
{
    struct review *rv = arg;
    struct ui *ui = rv->ui;
    rv->waiting--;
    if (!ui->quitting) {
        if (err && a->conflict)
            ui_say(ui, true, "Not saved: somebody else changed a setting meanwhile; c shows both values");
        else if (err && a->fault_count > 0)
            ui_say(ui, true, "Not saved, nothing was changed: %s", a->faults[0].text);
        else if (err)
            ui_say(ui, true, "Not saved: %s", err->text);
        else if (rv->n > 0)
            settings_draft_clear(ui->settings), ui_say(ui, false, "The settings are saved");
        settings_refresh(ui);
        ui_dirty_all(ui);
        ui_schedule(ui);
    }
    release(rv);
}

static void save(struct review *rv)
{
    struct ui *ui = rv->ui;
    size_t n;
    setting_no conflict = settings_draft_conflict(ui->settings);
    if (conflict >= 0) {
        report_close(rv->report);
        setting_conflict(ui, conflict);
        return;
    }
    struct client_setting_change *list = settings_draft_changes(ui->settings, &n);
    ui_say(ui, false, "Saving %zu setting%s…", n, n == 1 ? "" : "s");
    rv->waiting++;
    report_close(rv->report);
    client_save_settings(ui->client, list, n, on_saved, rv);
    free(list);
}

static int discard_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct report *review = arg; /* it stays under the question */
    (void)f;
    (void)err;
    settings_draft_clear(ui->settings);
    if (review)
        report_close(review);
    ui_say(ui, false, "All changes of settings were forgotten");
    settings_refresh(ui);
    ui_dirty_all(ui);
    return 0;
}

void settings_discard(struct ui *ui, struct report *review, struct error *err)
{
    size_t n = settings_draft_count(ui->settings);
    if (n == 0) {
        error_set(err, ERR_STATE, NULL, "No setting was changed");
        return;
    }
    AUTO_FREE char *text = x_asprintf("Forget the change%s of %zu setting%s? Nothing of it was saved.", n == 1 ? "" : "s", n,
                                      n == 1 ? "" : "s");
    struct form *f = form_new(ui, "Discard", text, "Discard", discard_accepted, review, NULL);
    form_danger(f);
    form_show(f);
}

static enum pane_answer command(struct report *s, void *arg, enum command_id id, struct error *err)
{
    struct review *rv = arg;
    struct ui *ui = rv->ui;
    switch (id) {
    case CMD_ACCEPT:
    case CMD_SETTINGS_SAVE:
        save(rv);
        return PANE_DONE;
    case CMD_SETTING_REVERT:
        if (report_item(s) < 0)
            return PANE_DONE;
        settings_draft_revert(ui->settings, rv->no[report_item(s)]);
        settings_refresh(ui);
        if (settings_draft_count(ui->settings) == 0) {
            report_close(s);
            return PANE_DONE;
        }
        rv->asked = false;
        fill(rv);
        ask(rv);
        return PANE_DONE;
    case CMD_SETTINGS_DISCARD:
        settings_discard(ui, s, err);
        return PANE_DONE;
    default:
        return PANE_IGNORED;
    }
}

static void moved(struct report *s, void *arg)
{
    (void)s;
    fill(arg);
}

static void closed(void *arg)
{
    struct review *rv = arg;
    rv->report = NULL;
    release(rv);
}

int setting_review(struct ui *ui, struct error *err)
{
    static const unsigned contexts[] = {CTX_REVIEW, CTX_LIST, 0};
    static const struct report_key foot[] = {{CMD_ACCEPT, "Save Changes"},
                                            {CMD_SETTING_REVERT, "Take this one back"},
                                            {CMD_SETTINGS_DISCARD, "Discard all"},
                                            {CMD_CANCEL, "Back"},
                                            {CMD_CANCEL, NULL}};
    static const struct report_ops ops = {
        .name = "review", .contexts = contexts, .foot = foot, .command = command, .changed = moved, .free = closed};
    if (settings_draft_count(ui->settings) == 0)
        return error_set(err, ERR_STATE, NULL, "No setting was changed");
    struct review *rv = x_calloc(1, sizeof *rv);
    rv->ui = ui;
    rv->no = x_calloc(catalogue_count(), sizeof *rv->no);
    rv->report = report_new(ui, "", &ops, rv);
    fill(rv);
    report_show(rv->report);
    ask(rv);
    return 0;
}
