/* What a filter of the settings can ask for: the texts of a row, by the names of its fields. */
#include "ui/tree_field.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "ui/setting_edit.h"
#include "ui/tree.h"

static struct buf text; /* of the last field asked for */

static const char *fill(char *owned)
{
    buf_clear(&text);
    buf_puts(&text, owned);
    free(owned);
    return text.data ? text.data : "";
}

static const char *label(const struct settings_draft *d, setting_no no)
{
    (void)d;
    return catalogue_row(no)->label;
}

static const char *id(const struct settings_draft *d, setting_no no)
{
    (void)d;
    return catalogue_row(no)->id;
}

static const char *help(const struct settings_draft *d, setting_no no)
{
    (void)d;
    return catalogue_row(no)->help;
}

static const char *section(const struct settings_draft *d, setting_no no)
{
    (void)d;
    return catalogue_row(no)->section;
}

static const char *type(const struct settings_draft *d, setting_no no)
{
    (void)d;
    return setting_type_name(no);
}

/* As people see it and as it is stored: "Auto Selection Auto_Selection". */
static const char *value(const struct settings_draft *d, setting_no no)
{
    const struct setting_value *v = settings_draft_value(d, no);
    AUTO_FREE char *shown = setting_show(no, v, settings_draft_known(d, no));
    if (v->type == SETTING_SECRET || v->type == SETTING_ACTION)
        return fill(x_strdup(shown));
    AUTO_FREE char *stored = setting_value_to_text(v);
    return fill(*stored ? x_asprintf("%s %s", shown, stored) : x_strdup(""));
}

static const char *changed(const struct settings_draft *d, setting_no no)
{
    return settings_draft_differs(d, no) || settings_draft_is_changed(d, no) ? "yes" : "";
}

static const char *unsaved(const struct settings_draft *d, setting_no no)
{
    return settings_draft_is_changed(d, no) ? "yes" : "";
}

static const char *conflict(const struct settings_draft *d, setting_no no)
{
    return settings_draft_is_conflict(d, no) ? "yes" : "";
}

static const char *by(const struct settings_draft *d, setting_no no)
{
    const struct client_setting *s = settings_draft_known(d, no);
    return s && s->by ? s->by : "";
}

static const char *source(const struct settings_draft *d, setting_no no)
{
    static const char *const names[] = {[SETTING_SOURCE_UNKNOWN] = "",
                                        [SETTING_SOURCE_DEFAULT] = "default",
                                        [SETTING_SOURCE_FILE] = "file",
                                        [SETTING_SOURCE_USER] = "user"};
    const struct client_setting *s = settings_draft_known(d, no);
    return s ? names[s->source] : "";
}

static const char *needs(const struct settings_draft *d, setting_no no)
{
    (void)d;
    buf_clear(&text);
    for (const struct setting_condition *c = catalogue_row(no)->when; c && c->id; c++)
        buf_printf(&text, "%s %s ", c->id, catalogue_row(catalogue_find(c->id))->label);
    return text.data ? text.data : "";
}

static const char *public(const struct settings_draft *d, setting_no no)
{
    (void)d;
    return catalogue_row(no)->is_public ? "yes" : "";
}

static const struct {
    const char *name, *help;
    const char *(*get)(const struct settings_draft *d, setting_no no);
} fields[] = {
    {"label", "its name, as in label:title", label},
    {"id", "its id", id},
    {"help", "the words that explain it", help},
    {"value", "its value, as in value:off", value},
    {"section", "its section, as in section:\"live chat\"", section},
    {"type", "switch, number, text, colour, choice, secret, action", type},
    {"changed", "changed: shows what differs from the default, or is about to", changed},
    {"unsaved", "unsaved: shows what was changed here and is not saved", unsaved},
    {"conflict", "conflict: shows what somebody else changed meanwhile", conflict},
    {"by", "who changed it last, as in by:ada", by},
    {"source", "default, file or user", source},
    {"needs", "what it depends on, as in needs:Livechat_waiting_queue", needs},
    {"public", "public: shows what can be read without logging in", public},
};

const char *const (*tree_fields(void))[2]
{
    static const char *list[COUNT_OF(fields) + 1][2];
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        list[i][0] = fields[i].name;
        list[i][1] = fields[i].help;
    }
    return (const char *const(*)[2])list;
}

/* Everything that words are looked for in, value last. */
static const char *all(const struct settings_draft *d, setting_no no)
{
    const struct setting_row *r = catalogue_row(no);
    AUTO_FREE char *now = x_strdup(value(d, no));
    return fill(x_asprintf("%s %s %s %s %s", r->label, r->id, r->section, r->help, now));
}

const char *tree_field_text(void *arg, int no, const char *name, int64_t *number)
{
    (void)number;
    if (name == NULL)
        return all(arg, no);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].get(arg, no);
    return NULL;
}

const char *tree_button_text(void *arg, int i, const char *name, int64_t *number)
{
    const struct setting_button *b = arg;
    (void)i;
    (void)number;
    if (name == NULL)
        return fill(x_asprintf("%s %s %s action", b->label, b->section, b->help));
    if (strcmp(name, "section") == 0)
        return b->section;
    if (strcmp(name, "type") == 0)
        return "action";
    if (strcmp(name, "label") == 0)
        return b->label;
    return strcmp(name, "help") == 0 ? b->help : "";
}
