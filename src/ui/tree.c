#include "ui/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/tree_field.h"

static const char *id_of(void *arg, int i)
{
    struct tree *t = arg;
    const struct tree_row *r = &t->rows[i];
    if (r->button)
        snprintf(t->id, sizeof t->id, "button %s", r->button->id);
    else if (r->no < 0)
        snprintf(t->id, sizeof t->id, "section %s", t->sections[r->section]);
    else
        snprintf(t->id, sizeof t->id, "%s", catalogue_row(r->no)->id);
    return t->id;
}

void tree_init(struct tree *t)
{
    memset(t, 0, sizeof *t);
    t->sections = catalogue_sections(&t->section_count);
    t->open = x_calloc(t->section_count, sizeof *t->open);
    t->total = x_calloc(t->section_count, sizeof *t->total);
    t->changed = x_calloc(t->section_count, sizeof *t->changed);
    size_t buttons;
    setting_buttons(&buttons);
    t->rows = x_calloc(catalogue_count() + t->section_count + buttons, sizeof *t->rows);
    t->list.arg = t;
    t->list.id = id_of;
    t->open[0] = true;
}

void tree_fini(struct tree *t)
{
    list_fini(&t->list);
    match_clear(&t->filter);
    free(t->rows);
    free(t->open);
    free(t->total);
    free(t->changed);
}

static void add(struct tree *t, int section, setting_no no, const struct setting_button *button, bool shown)
{
    t->total[section]++;
    t->hits++;
    if (shown)
        t->rows[t->n++] = (struct tree_row){section, no, button};
}

static void add_settings(struct tree *t, const struct settings_draft *d, int s, bool filtered)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct setting_row *r = catalogue_row((setting_no)i);
        if (r->is_hidden || strcmp(r->section, t->sections[s]) != 0)
            continue;
        t->changed[s] += settings_draft_is_changed(d, (setting_no)i);
        if (!filtered || match_row(&t->filter, tree_field_text, (void *)d, (int)i))
            add(t, s, (setting_no)i, NULL, filtered || t->open[s]);
    }
}

static void add_buttons(struct tree *t, int s, bool filtered)
{
    size_t n;
    const struct setting_button *buttons = setting_buttons(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(buttons[i].section, t->sections[s]) == 0 &&
            (!filtered || match_row(&t->filter, tree_button_text, (void *)&buttons[i], 0)))
            add(t, s, -1, &buttons[i], filtered || t->open[s]);
}

void tree_rebuild(struct tree *t, const struct settings_draft *d)
{
    bool filtered = !match_is_empty(&t->filter);
    t->n = t->hits = 0;
    for (size_t s = 0; s < t->section_count; s++) {
        int head = t->n++;
        t->rows[head] = (struct tree_row){(int)s, -1, NULL};
        t->total[s] = t->changed[s] = 0;
        add_settings(t, d, (int)s, filtered);
        add_buttons(t, (int)s, filtered);
        if (t->total[s] == 0)
            t->n = head;
    }
    list_rebuild(&t->list, t->n);
}

void tree_filter(struct tree *t, const struct settings_draft *d, const char *pattern)
{
    bool same = str_eq(t->filter.pattern, pattern);
    match_set(&t->filter, pattern);
    tree_rebuild(t, d);
    if (!match_is_empty(&t->filter) && !same) /* what is typed finds the first that has it */
        list_move(&t->list, 0);
    const struct tree_row *r = tree_current(t);
    if (!match_is_empty(&t->filter) && r && r->no < 0 && r->button == NULL) /* a hit, not its heading */
        list_move(&t->list, t->list.cursor + 1);
}

const struct tree_row *tree_current(const struct tree *t)
{
    int i = list_current(&t->list);
    return i < 0 ? NULL : &t->rows[i];
}

static void set_open(struct tree *t, const struct settings_draft *d, int section, bool open)
{
    AUTO_FREE char *id = x_asprintf("section %s", t->sections[section]);
    t->open[section] = open;
    if (!open)
        list_select(&t->list, id);
    tree_rebuild(t, d);
}

static void toggle_all(struct tree *t, const struct settings_draft *d)
{
    bool all = true;
    for (size_t s = 0; s < t->section_count; s++)
        all &= t->open[s];
    for (size_t s = 0; s < t->section_count; s++)
        t->open[s] = !all;
    tree_rebuild(t, d);
}

bool tree_command(struct tree *t, const struct settings_draft *d, enum command_id id)
{
    const struct tree_row *r = tree_current(t);
    if (list_command(&t->list, id))
        return true;
    if (r == NULL)
        return false;
    switch (id) {
    case CMD_EXPAND:
        set_open(t, d, r->section, true);
        return true;
    case CMD_COLLAPSE:
        set_open(t, d, r->section, false);
        return true;
    case CMD_EXPAND_ALL:
        toggle_all(t, d);
        return true;
    case CMD_EDIT_SETTING:
    case CMD_TOGGLE:
        if (r->no >= 0 || r->button)
            return false;
        set_open(t, d, r->section, !t->open[r->section]);
        return true;
    default:
        return false;
    }
}

void tree_reveal(struct tree *t, const struct settings_draft *d, setting_no no)
{
    for (size_t s = 0; s < t->section_count; s++)
        if (strcmp(t->sections[s], catalogue_row(no)->section) == 0)
            t->open[s] = true;
    tree_rebuild(t, d);
    if (list_select(&t->list, catalogue_row(no)->id))
        return;
    match_clear(&t->filter);
    tree_rebuild(t, d);
    list_select(&t->list, catalogue_row(no)->id);
}
