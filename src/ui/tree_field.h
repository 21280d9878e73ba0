/* The texts of settings and buttons that a filter of the tree looks at. */
#ifndef UI_TREE_FIELD_H
#define UI_TREE_FIELD_H

#include <stdint.h>

/* A match_field over setting numbers; arg is the struct settings_draft. Good until the next call. */
const char *tree_field_text(void *arg, int no, const char *name, int64_t *number);

/* A match_field over one button; arg is the struct setting_button. Good until the next call. */
const char *tree_button_text(void *arg, int i, const char *name, int64_t *number);

#endif
