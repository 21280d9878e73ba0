#include "ui/setting_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/choice.h"
#include "ui/form.h"
#include "ui/settings_draft.h"

static void changed(struct ui *ui)
{
    struct pane *p = ui->panes[PANE_SETTINGS];
    p->ops->changed(p, CLIENT_CHANGED_SETTINGS, NULL);
    p->dirty = true;
}

char *setting_show(setting_no no, const struct setting_value *v, const struct client_setting *known)
{
    const struct setting_row *r = catalogue_row(no);
    switch (r->type) {
    case SETTING_BOOL: return x_strdup(v->b ? "on" : "off");
    case SETTING_INT: return x_asprintf("%lld%s%s", (long long)v->i, r->unit ? " " : "", r->unit ? r->unit : "");
    case SETTING_SELECT:
        for (const struct setting_choice *c = r->choices; c && c->key; c++)
            if (str_eq(c->key, v->s))
                return x_strdup(c->label);
        return x_strdup(v->s);
    case SETTING_SECRET:
        return x_strdup(v->s && *v->s ? "••••••" : known && known->secret_set ? "set" : "not set");
    case SETTING_ACTION: return x_strdup("");
    default: {
        const char *end = strchr(v->s, '\n');
        return end ? x_asprintf("%.*s …", (int)(end - v->s), v->s) : x_strdup(v->s);
    }
    }
}

static int accept_text(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    setting_no no = (setting_no)(intptr_t)arg;
    struct setting_value v;
    int rc = setting_value_from_text(no, form_value(f, 0), &v, err);
    if (rc != 0)
        return rc;
    settings_draft_set(ui->settings, no, &v);
    setting_value_free(&v);
    changed(ui);
    return 0;
}

static void choose(struct ui *ui, int index, void *arg)
{
    setting_no no = (setting_no)(intptr_t)arg;
    struct setting_value v;
    struct error err = {0};
    if (setting_value_from_text(no, catalogue_row(no)->choices[index].key, &v, &err) != 0) {
        ui_say(ui, true, "%s", err.text);
        return;
    }
    settings_draft_set(ui->settings, no, &v);
    setting_value_free(&v);
    changed(ui);
}

static void edit_choice(struct ui *ui, setting_no no)
{
    const struct setting_row *r = catalogue_row(no);
    const struct setting_value *v = settings_draft_value(ui->settings, no);
    struct choice *c = choice_new(ui, r->label, "Choose", choose, (void *)(intptr_t)no, NULL);
    int now = 0, i = 0;
    for (; r->choices[i].key; i++) {
        if (str_eq(r->choices[i].key, v->s))
            now = i;
        choice_add(c, r->choices[i].label, r->choices[i].key, ROLE_TEXT);
    }
    choice_select(c, now);
    choice_show(c);
}

static void edit_text_like(struct ui *ui, setting_no no)
{
    const struct setting_row *r = catalogue_row(no);
    enum form_field_kind kind = r->type == SETTING_MULTILINE ? FIELD_MULTILINE : r->type == SETTING_COLOR ? FIELD_COLOR
                                : r->type == SETTING_SECRET  ? FIELD_SECRET : FIELD_TEXT;
    AUTO_FREE char *text = setting_value_to_text(settings_draft_value(ui->settings, no));
    char hint[160] = "";
    if (r->type == SETTING_INT && (r->min || r->max))
        snprintf(hint, sizeof hint, "%lld to %lld%s%s", (long long)r->min, (long long)r->max, r->unit ? " " : "", r->unit ? r->unit : "");
    else if (r->type == SETTING_INT && r->unit)
        snprintf(hint, sizeof hint, "in %s", r->unit);
    else if (r->type == SETTING_COLOR)
        snprintf(hint, sizeof hint, "a CSS colour such as #1d74f5");
    else if (r->type == SETTING_SECRET)
        snprintf(hint, sizeof hint, "can be written, never read back");
    else if (r->type == SETTING_MULTILINE)
        snprintf(hint, sizeof hint, "Alt-Enter begins a new line");
    struct form *f = form_new(ui, r->label, r->help, "Set", accept_text, (void *)(intptr_t)no, NULL);
    int field = form_add(f, kind, "", r->type == SETTING_SECRET ? "" : text, NULL);
    if (*hint)
        form_hint(f, field, hint);
    form_show(f);
}

int setting_edit(struct ui *ui, setting_no no, struct error *err)
{
    const struct setting_row *r = catalogue_row(no);
    char why[200];
    if (r->type == SETTING_ACTION)
        return error_set(err, ERR_STATE, NULL, "%s is an action of the web administration, not a value", r->label);
    if (!settings_draft_applies(ui->settings, no, why, sizeof why))
        return error_set(err, ERR_STATE, NULL, "%s does not apply now: %s", r->label, why);
    if (r->type == SETTING_BOOL) {
        struct setting_value v = *settings_draft_value(ui->settings, no);
        v.b = !v.b;
        settings_draft_set(ui->settings, no, &v);
        changed(ui);
    } else if (r->type == SETTING_SELECT) {
        edit_choice(ui, no);
    } else {
        edit_text_like(ui, no);
    }
    return 0;
}
