/* A tree of sections and settings, flattened to the rows a list can show. */
#ifndef UI_TREE_H
#define UI_TREE_H

#include "ui/list.h"
#include "ui/settings_draft.h"

struct tree_row {
    int section;
    setting_no no;          /* -1: the section itself */
};

struct tree {
    struct list list;       /* over rows */
    struct tree_row *rows;
    int n;
    bool *open;             /* per section */
    int *total, *changed;   /* per section: settings, changed ones */
    const char *const *sections;
    size_t section_count;
    struct match filter;
    char id[160];
};

void tree_init(struct tree *t);
void tree_fini(struct tree *t);
void tree_rebuild(struct tree *t, const struct settings_draft *d);
void tree_filter(struct tree *t, const struct settings_draft *d, const char *pattern);
const struct tree_row *tree_current(const struct tree *t);      /* or NULL */
bool tree_command(struct tree *t, const struct settings_draft *d, enum command_id id);
void tree_reveal(struct tree *t, const struct settings_draft *d, setting_no no);

#endif
