#include "ui/setting_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/amount.h"
#include "catalogue/color.h"
#include "common/mem.h"
#include "common/regexp.h"
#include "ui/choice.h"
#include "ui/form.h"

/* What an editor is open for. */
struct editing {
    struct ui *ui;
    setting_no no;
};

void settings_refresh(struct ui *ui)
{
    struct pane *p = ui->panes[PANE_SETTINGS];
    p->ops->changed(p, CLIENT_CHANGED_SETTINGS, NULL);
    p->dirty = true;
}

char *setting_show(setting_no no, const struct setting_value *v, const struct client_setting *known)
{
    const struct setting_row *r = catalogue_row(no);
    switch (r->type) {
    case SETTING_BOOL:
        return x_strdup(v->b ? "on" : "off");
    case SETTING_INT: {
        char words[64];
        amount_format(v->i, r->unit, words, sizeof words);
        return x_asprintf("%lld%s%s%s%s%s", (long long)v->i, r->unit ? " " : "", r->unit ? r->unit : "",
                          *words ? " (" : "", words, *words ? ")" : "");
    }
    case SETTING_SELECT:
        for (const struct setting_choice *c = r->choices; c && c->key; c++)
            if (str_eq(c->key, v->s))
                return x_strdup(c->label);
        return x_strdup(v->s);
    case SETTING_SECRET:
        return x_strdup(v->s && *v->s ? "••••••" : known && known->secret_set ? "set" : "not set");
    case SETTING_ACTION:
        return x_strdup("");
    default: {
        const char *end = strchr(v->s, '\n');
        return end ? x_asprintf("%.*s …", (int)(end - v->s), v->s) : x_strdup(v->s);
    }
    }
}

char *setting_show_text(setting_no no, const char *text)
{
    struct setting_value v;
    if (text == NULL)
        return x_strdup("default");
    if (no < 0 || setting_value_from_text(no, text, &v, NULL) != 0)
        return x_strdup(text);
    bool whole = v.type == SETTING_MULTILINE || v.type == SETTING_TEXT;
    char *shown = whole ? x_strdup(v.s) : setting_show(no, &v, NULL);
    setting_value_free(&v);
    return shown;
}

const char *setting_type_name(setting_no no)
{
    static const char *const names[] = {
        [SETTING_BOOL] = "switch",      [SETTING_INT] = "number",
        [SETTING_TEXT] = "text",        [SETTING_MULTILINE] = "text of several lines",
        [SETTING_COLOR] = "colour",     [SETTING_SELECT] = "choice",
        [SETTING_SECRET] = "secret, write-only", [SETTING_ACTION] = "action"};
    return names[catalogue_row(no)->type];
}

/* --- what an editor says while one types --- */

/* "me@x.example" "(11) 91234-5678": what the expression finds in the sample. */
static enum role note_regex(const struct form *f, bool ignore_case, char *out, size_t n)
{
    struct regexp_hit hits[6];
    const char *sample = form_value(f, 1);
    int found = regexp_find_all(form_value(f, 0), sample, ignore_case, hits, COUNT_OF(hits), NULL);
    if (*sample == '\0' || *form_value(f, 0) == '\0') {
        snprintf(out, n, "Type a sample line to try it on.");
        return ROLE_DIM_TEXT;
    }
    if (found <= 0) {
        snprintf(out, n, found < 0 ? "This takes too long on the sample." : "Finds nothing in the sample.");
        return ROLE_WAIT_LONG;
    }
    size_t used = (size_t)snprintf(out, n, "Finds");
    for (int i = 0; i < found && used < n; i++)
        used += (size_t)snprintf(out + used, n - used, "%s %.*s", i ? "," : "", (int)hits[i].len, sample + hits[i].start);
    return ROLE_NOTICE;
}

static void note_color(const char *text, char *out, size_t n)
{
    uint32_t rgb;
    if (color_rgb(text, &rgb))
        snprintf(out, n, "#%06X: red %u, green %u, blue %u", rgb, rgb >> 16, rgb >> 8 & 255, rgb & 255);
}

static void note_number(const struct setting_row *r, const struct setting_value *v, char *out, size_t n)
{
    char words[64];
    amount_format(v->i, r->unit, words, sizeof words);
    snprintf(out, n, "%lld%s%s%s%s", (long long)v->i, r->unit ? " " : "", r->unit ? r->unit : "", *words ? " = " : "",
             words);
}

/* Lists are told as what they hold, so that a comma too much or too little is seen. */
static void note_list(const char *text, char *out, size_t n)
{
    int items = *text ? 1 : 0;
    for (const char *p = text; *p; p++)
        items += *p == ',';
    if (items > 1)
        snprintf(out, n, "%d entries", items);
}

static bool is_list(enum setting_format f)
{
    return f == SETTING_FORMAT_EMAIL_LIST || f == SETTING_FORMAT_DOMAIN_LIST || f == SETTING_FORMAT_ORIGIN_LIST ||
           f == SETTING_FORMAT_ICE_LIST || f == SETTING_FORMAT_MEDIA_TYPES;
}

static enum role note_good(const struct form *f, setting_no no, const struct setting_value *v, char *out, size_t n)
{
    const struct setting_row *r = catalogue_row(no);
    if (r->format == SETTING_FORMAT_REGEX)
        return note_regex(f, str_eq(r->id, "Livechat_lead_email_regex"), out, n);
    if (r->type == SETTING_INT)
        note_number(r, v, out, n);
    else if (r->type == SETTING_COLOR)
        note_color(v->s, out, n);
    else if (r->type == SETTING_SECRET && *v->s == '\0')
        snprintf(out, n, "Left empty, the secret stays as it is.");
    else if (is_list(r->format))
        note_list(v->s, out, n);
    return ROLE_NOTICE;
}

/* The fault without the name of the setting, which stands above: "Expects a whole number". */
static void fault_words(const struct setting_row *r, const char *text, char *out, size_t n)
{
    size_t label = strlen(r->label);
    if (strncmp(text, r->label, label) == 0)
        text += label + strspn(text + label, ": ");
    snprintf(out, n, "%s", text);
    if (out[0] >= 'a' && out[0] <= 'z')
        out[0] = (char)(out[0] - 32);
}

static enum role note(struct ui *ui, const struct form *f, void *arg, char *out, size_t n)
{
    const struct editing *e = arg;
    struct setting_value v;
    struct error err = {0};
    if (settings_draft_has_moved(ui->settings)) {
        const struct client_setting *known = settings_draft_known(ui->settings, e->no);
        AUTO_FREE char *theirs = setting_show(e->no, settings_draft_stored(ui->settings, e->no), known);
        snprintf(out, n, "%s changed it meanwhile%s%s. You will be asked whose value counts.",
                 known && known->by ? known->by : "Somebody", catalogue_row(e->no)->is_secret ? "" : " to ",
                 catalogue_row(e->no)->is_secret ? "" : *theirs ? theirs : "nothing");
        return ROLE_CHANGED;
    }
    if (setting_value_from_text(e->no, form_value(f, 0), &v, &err) != 0) {
        fault_words(catalogue_row(e->no), err.text, out, n);
        return ROLE_ERROR;
    }
    enum role role = note_good(f, e->no, &v, out, n);
    setting_value_free(&v);
    return role;
}

/* --- opening and accepting --- */

static int accept_text(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    const struct editing *e = arg;
    setting_no no = e->no;
    struct setting_value v;
    if (catalogue_row(no)->type == SETTING_SECRET && *form_value(f, 0) == '\0') {
        ui_say(ui, false, "%s stays as it is; setting-default clears it", catalogue_row(no)->label);
        return 0;
    }
    int rc = setting_value_from_text(no, form_value(f, 0), &v, err);
    if (rc != 0)
        return rc;
    settings_draft_set(ui->settings, no, &v);
    setting_value_free(&v);
    settings_draft_unwatch(ui->settings);
    settings_refresh(ui);
    return 0;
}

static void choose(struct ui *ui, int index, void *arg)
{
    const struct editing *e = arg;
    struct setting_value v;
    struct error err = {0};
    if (setting_value_from_text(e->no, catalogue_row(e->no)->choices[index].key, &v, &err) != 0) {
        ui_say(ui, true, "%s", err.text);
        return;
    }
    settings_draft_set(ui->settings, e->no, &v);
    setting_value_free(&v);
    settings_draft_unwatch(ui->settings);
    settings_refresh(ui);
}

static struct editing *editing_new(struct ui *ui, setting_no no)
{
    struct editing *e = x_calloc(1, sizeof *e);
    *e = (struct editing){ui, no};
    settings_draft_watch(ui->settings, no);
    return e;
}

static void editing_free(void *arg)
{
    struct editing *e = arg;
    if (!e->ui->quitting)
        settings_draft_unwatch(e->ui->settings);
    free(e);
}

static void edit_choice(struct ui *ui, setting_no no)
{
    const struct setting_row *r = catalogue_row(no);
    const struct setting_value *v = settings_draft_value(ui->settings, no);
    struct choice *c = choice_new(ui, r->label, "Choose", choose, editing_new(ui, no), editing_free);
    int now = 0, i = 0;
    for (; r->choices[i].key; i++) {
        if (str_eq(r->choices[i].key, v->s))
            now = i;
        choice_add(c, r->choices[i].label, r->choices[i].key, ROLE_TEXT);
    }
    choice_select(c, now);
    choice_show(c);
}

/* "0 to 65535 seconds; 90, 1m30s and 2h are all good". */
static void hint_number(const struct setting_row *r, char *out, size_t n)
{
    bool limited = r->min || r->max, low = r->min > INT32_MIN, high = r->max < INT32_MAX;
    size_t used = 0;
    char probe[64];
    out[0] = '\0';
    if (limited && low && high)
        used = (size_t)snprintf(out, n, "%lld to %lld", (long long)r->min, (long long)r->max);
    else if (limited && low)
        used = (size_t)snprintf(out, n, "at least %lld", (long long)r->min);
    if (r->unit)
        used += (size_t)snprintf(out + used, n - used, "%s%s", used ? " " : "in ", r->unit);
    amount_format(86400000 + 1, r->unit, probe, sizeof probe);
    if (*probe && used < n)
        snprintf(out + used, n - used, str_eq(r->unit, "bytes") ? "; 100MB is good as well" : "; 90, 1m30s, 2h are all good");
}

static void hint_for(const struct ui *ui, setting_no no, char *out, size_t n)
{
    const struct setting_row *r = catalogue_row(no);
    const struct client_setting *known = settings_draft_known(ui->settings, no);
    if (r->type == SETTING_INT)
        hint_number(r, out, n);
    else if (r->type == SETTING_COLOR)
        snprintf(out, n, "a CSS colour: #1d74f5, #fff, navy");
    else if (r->type == SETTING_SECRET)
        snprintf(out, n, "%s; it can be written, never read back", known && known->secret_set ? "set" : "not set");
    else if (r->type == SETTING_MULTILINE)
        snprintf(out, n, "Alt-Enter begins a new line, Ctrl-O opens your editor");
    else
        snprintf(out, n, "%s", setting_format_words(r->format));
}

void setting_edit_value(struct ui *ui, setting_no no)
{
    const struct setting_row *r = catalogue_row(no);
    enum form_field_kind kind = r->type == SETTING_MULTILINE ? FIELD_MULTILINE
                                : r->type == SETTING_COLOR   ? FIELD_COLOR
                                : r->type == SETTING_SECRET  ? FIELD_SECRET
                                                             : FIELD_TEXT;
    if (r->type == SETTING_SELECT) {
        edit_choice(ui, no);
        return;
    }
    AUTO_FREE char *text = setting_value_to_text(settings_draft_value(ui->settings, no));
    char hint[160] = "";
    hint_for(ui, no, hint, sizeof hint);
    struct form *f = form_new(ui, r->label, r->help, "Set", accept_text, editing_new(ui, no), editing_free);
    bool regex = r->format == SETTING_FORMAT_REGEX;
    int field = form_add(f, kind, regex ? "Expression" : "", r->type == SETTING_SECRET ? "" : text, NULL);
    if (*hint && !regex)
        form_hint(f, field, hint);
    if (regex)
        form_add(f, FIELD_TEXT, "Sample", "Write to me@example.org or call (11) 91234-5678", NULL);
    form_live(f, 2, note);
    form_show(f);
}

int setting_edit(struct ui *ui, setting_no no, struct error *err)
{
    const struct setting_row *r = catalogue_row(no);
    char why[200];
    if (!settings_draft_applies(ui->settings, no, why, sizeof why))
        return error_set(err, ERR_STATE, NULL, "%s does not apply now: %s", r->label, why);
    if (r->type == SETTING_ACTION)
        return setting_new_key(ui, no, err);
    if (settings_draft_is_conflict(ui->settings, no)) {
        setting_conflict(ui, no);
    } else if (r->type == SETTING_BOOL) {
        struct setting_value v = *settings_draft_value(ui->settings, no);
        v.b = !v.b;
        settings_draft_set(ui->settings, no, &v);
        settings_refresh(ui);
    } else {
        setting_edit_value(ui, no);
    }
    return 0;
}
