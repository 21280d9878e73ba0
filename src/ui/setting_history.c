/* The changes of settings that the server remembers: who, when, from where, old and new; and taking them back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/match.h"
#include "ui/prompt.h"
#include "ui/setting_edit.h"

#define PAGE 50

struct entry {
    int64_t seq, at_ms, undoes;
    setting_no no;
    char *setting, *by, *from, *origin, *comment, *before, *after;
    bool secret;
};

struct history {
    struct ui *ui;
    struct report *report; /* NULL: closed */
    int waiting;
    setting_no only; /* -1: all settings */
    setting_no offered; /* the one under the cursor when all were shown */
    struct entry *entries;
    int n;
    struct match filter;
    int *shown, shown_count; /* numbers of the entries that the filter lets through */
    bool complete;
    char *fault;
};

static void clear(struct history *h)
{
    for (int i = 0; i < h->n; i++) {
        struct entry *e = &h->entries[i];
        char *texts[] = {e->setting, e->by, e->from, e->origin, e->comment, e->before, e->after};
        for (size_t k = 0; k < COUNT_OF(texts); k++)
            free(texts[k]);
    }
    h->n = 0;
    h->complete = false;
}

static void release(struct history *h)
{
    if (h->report || h->waiting > 0)
        return;
    clear(h);
    free(h->entries);
    free(h->shown);
    match_clear(&h->filter);
    free(h->fault);
    free(h);
}

/* --- what is shown --- */

/* What a filter looks at: everything, or one of by, setting, section, old, new, from. */
static const char *entry_field(void *arg, int i, const char *field, int64_t *number)
{
    static char *text;
    const struct history *h = arg;
    const struct entry *e = &h->entries[i];
    const struct setting_row *r = e->no >= 0 ? catalogue_row(e->no) : NULL;
    const struct {
        const char *name, *text;
    } fields[] = {{"by", e->by ? e->by : "the server"}, {"setting", e->setting},
                  {"setting", r ? r->label : NULL},     {"section", r ? r->section : NULL},
                  {"old", e->secret ? NULL : e->before}, {"new", e->secret ? NULL : e->after},
                  {"from", e->from},                    {"from", e->origin},
                  {"comment", e->comment}};
    struct buf b = BUF_INIT;
    bool found = false;
    (void)number;
    for (size_t k = 0; k < COUNT_OF(fields); k++) {
        if (field && strcmp(field, fields[k].name) != 0)
            continue;
        found = true;
        if (fields[k].text)
            buf_printf(&b, "%s ", fields[k].text);
    }
    str_set(&text, b.data ? b.data : "");
    buf_free(&b);
    return found ? text : NULL;
}

static void put_entry(struct history *h, int i, int item)
{
    const struct entry *e = &h->entries[i];
    char when[32];
    format_moment(e->at_ms, when, sizeof when);
    report_addf(h->report, item, ROLE_STRONG, 0, " %s  %s  %s%s", when, e->by ? e->by : "the server",
               e->no >= 0 ? catalogue_row(e->no)->label : e->setting, e->undoes ? "  (undo)" : "");
    if (e->from || e->origin)
        report_addf(h->report, item, ROLE_DIM_TEXT, 3, "%s%s%s", e->origin ? e->origin : "",
                   e->origin && e->from ? " from " : e->from ? "from " : "", e->from ? e->from : "");
    if (e->comment)
        report_addf(h->report, item, ROLE_DIM_TEXT, 3, "“%s”", e->comment);
    if (e->secret) {
        report_add(h->report, item, ROLE_DIM_TEXT, 3, "a secret: what it was and is, is not kept");
        return;
    }
    AUTO_FREE char *before = setting_show_text(e->no, e->before);
    AUTO_FREE char *after = setting_show_text(e->no, e->after);
    setting_diff(h->report, item, 3, before, after);
}

static void fill(struct history *h)
{
    char title[240];
    bool filtered = !match_is_empty(&h->filter);
    snprintf(title, sizeof title, "History%s%s%s%s", h->only >= 0 ? " of " : " of all settings",
             h->only >= 0 ? catalogue_row(h->only)->label : "", filtered ? " · " : "", filtered ? h->filter.pattern : "");
    report_title(h->report, title);
    report_clear(h->report);
    h->shown = x_reallocarray(h->shown, (size_t)h->n + 1, sizeof *h->shown);
    h->shown_count = 0;
    for (int i = 0; i < h->n; i++)
        if (match_row(&h->filter, entry_field, h, i)) {
            put_entry(h, i, h->shown_count);
            h->shown[h->shown_count++] = i;
        }
    if (h->fault)
        report_add(h->report, -1, ROLE_ERROR, 0, h->fault);
    else if (h->waiting > 0)
        report_add(h->report, -1, ROLE_DIM_TEXT, 0, "Asking the server…");
    else if (h->n > 0 && h->shown_count == 0 && h->complete)
        report_add(h->report, -1, ROLE_DIM_TEXT, 0, "No change has these words. Esc shows all.");
    else if (h->n == 0)
        report_add(h->report, -1, ROLE_DIM_TEXT, 0,
                  h->only >= 0 ? "It was never changed; h shows the history of all settings."
                               : "No setting was changed yet. Enter on a setting changes it, F6 saves.");
    else if (!h->complete)
        report_add(h->report, -1, ROLE_DIM_TEXT, 0, "There are older changes: End reads on.");
}

/* --- reading --- */

static void on_rows(void *arg, const struct client_setting_log *rows, size_t n, const struct error *err)
{
    struct history *h = arg;
    h->waiting--;
    if (h->report && !h->ui->quitting) {
        str_set(&h->fault, err ? err->text : NULL);
        h->complete = n < PAGE;
        h->entries = x_reallocarray(h->entries, (size_t)h->n + n + 1, sizeof *h->entries);
        for (size_t i = 0; i < n; i++) {
            const struct client_setting_log *r = &rows[i];
            h->entries[h->n++] = (struct entry){.seq = r->seq,
                                                .at_ms = r->at_ms,
                                                .undoes = r->undoes,
                                                .no = r->no,
                                                .setting = x_strdup(r->setting),
                                                .by = x_strdup(r->by),
                                                .from = x_strdup(r->from),
                                                .origin = x_strdup(r->origin),
                                                .comment = x_strdup(r->comment),
                                                .before = x_strdup(r->before),
                                                .after = x_strdup(r->after),
                                                .secret = r->secret};
        }
        fill(h);
        ui_schedule(h->ui);
    }
    release(h);
}

static void read_more(struct history *h)
{
    if (h->waiting > 0 || h->complete)
        return;
    h->waiting++;
    fill(h);
    client_read_setting_log(h->ui->client, h->only >= 0 ? catalogue_row(h->only)->id : NULL,
                            h->n > 0 ? h->entries[h->n - 1].seq : 0, PAGE, on_rows, h);
}

static void read_again(struct history *h)
{
    clear(h);
    read_more(h);
}

/* --- taking back --- */

struct undoing {
    struct ui *ui;
    int64_t seq;
    bool force;
    char *label;
};

static void undoing_free(void *arg)
{
    struct undoing *u = arg;
    free(u->label);
    free(u);
}

static void ask_undo(struct ui *ui, int64_t seq, const char *label, bool force, const char *text);

static void on_undone(void *arg, const struct client_settings_answer *a, const struct error *err)
{
    struct undoing *u = arg;
    struct ui *ui = u->ui;
    if (!ui->quitting) {
        if (err && (a->conflict || err->code == ERR_CONFLICT) && !u->force)
            ask_undo(ui, u->seq, u->label, true, "It was changed again since then. Go back to the older value all the same?");
        else if (err)
            ui_say(ui, true, "Not undone: %s", err->text);
        else
            ui_say(ui, false, "%s has its former value again", u->label);
        ui_dirty_all(ui);
        ui_schedule(ui);
    }
    undoing_free(u);
}

static int undo(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct undoing *u = arg;
    (void)f;
    (void)err;
    struct undoing *again = x_calloc(1, sizeof *again);
    *again = (struct undoing){ui, u->seq, u->force, x_strdup(u->label)};
    client_undo_setting(ui->client, u->seq, u->force, on_undone, again);
    return 0;
}

static void ask_undo(struct ui *ui, int64_t seq, const char *label, bool force, const char *text)
{
    struct undoing *u = x_calloc(1, sizeof *u);
    *u = (struct undoing){ui, seq, force, x_strdup(label)};
    form_show(form_new(ui, label, text, "Undo", undo, u, undoing_free));
}

static void undo_entry(struct history *h, const struct entry *e, struct error *err)
{
    char text[400];
    if (e->secret) {
        error_set(err, ERR_STATE, NULL, "What a secret was is not kept: it has to be typed again");
        return;
    }
    AUTO_FREE char *before = setting_show_text(e->no, e->before);
    snprintf(text, sizeof text, "Give it its former value again? It is saved at once.\n%.300s",
             *before ? before : "(empty)");
    ask_undo(h->ui, e->seq, e->no >= 0 ? catalogue_row(e->no)->label : e->setting, false, text);
}

/* --- the dialog --- */

static void toggle_only(struct history *h, const struct entry *e)
{
    if (h->only >= 0)
        h->only = -1;
    else
        h->only = e ? e->no : h->offered;
    read_again(h);
}

static void set_filter(void *arg, const char *pattern)
{
    struct history *h = arg;
    match_set(&h->filter, pattern);
    fill(h);
    ui_dirty_all(h->ui);
}

static enum pane_answer command(struct report *s, void *arg, enum command_id id, struct error *err)
{
    struct history *h = arg;
    struct ui *ui = h->ui;
    int item = report_item(s);
    const struct entry *e = item >= 0 && item < h->shown_count ? &h->entries[h->shown[item]] : NULL;
    setting_no no = e ? e->no : -1;
    switch (id) {
    case CMD_HISTORY_UNDO:
        if (e)
            undo_entry(h, e, err);
        return PANE_DONE;
    case CMD_HISTORY_GOTO:
        report_close(s);
        if (no >= 0)
            pane_settings_goto(ui, no);
        return PANE_DONE;
    case CMD_SETTING_HISTORY:
        toggle_only(h, e);
        return PANE_DONE;
    case CMD_FILTER:
        prompt_filter(ui, h->filter.pattern, set_filter, h);
        return PANE_DONE;
    case CMD_CANCEL:
    case CMD_FILTER_CLEAR:
        if (match_is_empty(&h->filter))
            return PANE_IGNORED; /* the report closes */
        set_filter(h, "");
        return PANE_DONE;
    case CMD_BOTTOM:
        read_more(h);
        return PANE_IGNORED; /* the report goes there */
    default:
        return PANE_IGNORED;
    }
}

static void moved(struct report *s, void *arg)
{
    (void)s;
    read_again(arg);
}

static void closed(void *arg)
{
    struct history *h = arg;
    h->report = NULL;
    release(h);
}

int setting_history(struct ui *ui, setting_no no, struct error *err)
{
    static const unsigned contexts[] = {CTX_HISTORY, CTX_LIST, 0};
    static const struct report_key foot[] = {{CMD_HISTORY_GOTO, "Go to it"},
                                            {CMD_HISTORY_UNDO, "Undo"},
                                            {CMD_SETTING_HISTORY, "This setting or all"},
                                            {CMD_FILTER, "Filter"},
                                            {CMD_CANCEL, "Close"},
                                            {CMD_CANCEL, NULL}};
    static const struct report_ops ops = {
        .name = "history", .contexts = contexts, .foot = foot, .command = command, .changed = moved, .free = closed};
    if (!ui->model->keeps_setting_history)
        return error_set(err, ERR_STATE, NULL, "This server does not remember changes of settings");
    struct history *h = x_calloc(1, sizeof *h);
    h->ui = ui;
    h->only = h->offered = no;
    h->report = report_new(ui, "", &ops, h);
    read_more(h);
    report_show(h->report);
    return 0;
}
