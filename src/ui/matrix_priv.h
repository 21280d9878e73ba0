/* Inside of the matrix of rights. */
#ifndef UI_MATRIX_PRIV_H
#define UI_MATRIX_PRIV_H

#include "common/buf.h"
#include "ui/matrix.h"

const struct record_value *matrix_stored(const struct record *right);
struct matrix_change *matrix_change_of(const struct matrix *m, const char *right);   /* NULL: it is not changed */
void matrix_forget(struct matrix *m, struct matrix_change *c);
/* Saves what is changed, when nobody else changed the same meanwhile. */
void matrix_send(struct ui *ui, struct matrix *m);

/* matrix_conflict.c */
bool matrix_same(const struct record_value *a, const struct record_value *b);        /* whatever their order */
/* " +admin -user" */
void matrix_describe(const struct record_value *was, const struct record_value *now, struct buf *out);
/* Holds the changes against what the server has now. False: rights that somebody else changed otherwise are left, and the
   person is asked what counts; then it is sent again. */
bool matrix_settled(struct ui *ui, struct matrix *m);

#endif
