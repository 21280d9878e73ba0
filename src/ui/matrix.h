/* Which roles have which rights: a line a right, a column a role. Changes are gathered and saved together. */
#ifndef UI_MATRIX_H
#define UI_MATRIX_H

#include "client/record.h"
#include "ui/ui_priv.h"

struct matrix_change {
    char *right;
    struct record_value was, roles;   /* was: when it was changed first */
};

struct matrix {
    struct matrix_change *changes;
    size_t n;
    int column, first;   /* under the cursor; first one shown */
    bool sending;        /* and nothing is changed meanwhile */
};

void matrix_fini(struct matrix *m);   /* forgets the changes */
int matrix_name_cols(int w);          /* cells for the name of the right in a line of w */
void matrix_paint_head(struct ui *ui, struct matrix *m, struct rect r);
void matrix_paint_row(struct ui *ui, const struct matrix *m, const struct record *right, struct rect r,
                      enum role_place at, bool cursor);
int matrix_toggle(struct ui *ui, struct matrix *m, const struct record *right, struct error *err);
/* False: the cursor is at the first role already. */
bool matrix_move(struct ui *ui, struct matrix *m, int by);
/* Asks whether the changes are to be forgotten. */
void matrix_discard(struct ui *ui, struct matrix *m, struct error *err);
/* Asks, naming every change; on yes they are saved and forgotten when the server has them. What somebody else changed of
   the same rights meanwhile is asked for first. */
void matrix_save(struct ui *ui, struct matrix *m, struct error *err);

#endif
