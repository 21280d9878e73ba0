/* A tree of sections, settings and buttons, flattened to the rows a list can show. */
#ifndef UI_TREE_H
#define UI_TREE_H

#include "ui/list.h"
#include "ui/setting_button.h"
#include "ui/settings_draft.h"

struct tree_row {
    int section;
    setting_no no;                       /* -1: a button, or the section itself */
    const struct setting_button *button; /* or NULL */
};

struct tree {
    struct list list; /* over rows */
    struct tree_row *rows;
    int n, hits;          /* rows; of them settings and buttons */
    bool *open;           /* per section */
    int *total, *changed; /* per section: what it has in view, changed ones */
    const char *const *sections;
    size_t section_count;
    struct match filter;
    char id[160];
};

void tree_init(struct tree *t);
void tree_fini(struct tree *t);
void tree_rebuild(struct tree *t, const struct settings_draft *d);
/* Words, and the fields of tree_fields. */
void tree_filter(struct tree *t, const struct settings_draft *d, const char *pattern);
const struct tree_row *tree_current(const struct tree *t); /* or NULL */
bool tree_command(struct tree *t, const struct settings_draft *d, enum command_id id);
/* Opens its section and goes there; a filter that hides it is dropped. */
void tree_reveal(struct tree *t, const struct settings_draft *d, setting_no no);
/* The fields a filter may name, each with what it is: pairs, ended by NULL. */
const char *const (*tree_fields(void))[2];

#endif
