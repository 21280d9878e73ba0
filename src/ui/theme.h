/* Themes: what every role looks like. Built in: dark; the others are YAML files. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "common/buf.h"
#include "common/error.h"
#include "term/style.h"
#include "term/term.h"
#include "ui/role_table.h"

/* A role on an ordinary row, on the row under the cursor, and on that row in a pane without the keys. */
enum role_place { ON_PLAIN, ON_SELECTED, ON_SELECTED_BLUR };

struct theme {
    char name[32];
    struct term_style roles[ROLE_COUNT];
};

const char *role_name(enum role r);
const char *role_help(enum role r);

/* Fills t with the theme dark, as the table of roles has it. */
void theme_builtin(struct theme *t);

/* Reads a YAML file over the built-in theme. On failure t is the built-in theme and err says file:line:column. */
int theme_load(struct theme *t, const char *path, struct error *err);
int theme_parse(struct theme *t, const char *name, const char *text, size_t n, struct error *err);

/* Tells the terminal; afterwards style_of gives the numbers for term_put. */
void theme_apply(const struct theme *t, struct term *term);
unsigned style_of(enum role r, enum role_place place);

/* The theme as a YAML file. */
void theme_write(const struct theme *t, struct buf *out);

#endif
