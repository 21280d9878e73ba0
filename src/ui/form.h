/* A dialog of fields with a button to do it and one to leave: from a plain question to a canned response. */
#ifndef UI_FORM_H
#define UI_FORM_H

#include "ui/ui_priv.h"

struct form;

enum form_field_kind { FIELD_TEXT, FIELD_MULTILINE, FIELD_SECRET, FIELD_COLOR, FIELD_CHOICE };

/* Called when accepted. Non-zero: the form stays and shows err. */
typedef int (*form_done)(struct ui *ui, struct form *f, void *arg, struct error *err);

/* text may be "" ; free_arg may be NULL. done NULL: only a notice, with one button to leave it. */
struct form *form_new(struct ui *ui, const char *title, const char *text, const char *button, form_done done,
                      void *arg, void (*free_arg)(void *));
/* Adds a field and returns its number. choices (FIELD_CHOICE) ends with NULL and is copied. */
int form_add(struct form *f, enum form_field_kind kind, const char *label, const char *value,
             const char *const *choices);
/* What the form says under its fields while it is filled in: rows lines are kept for it. note is called at every
   painting, writes to out ("" for nothing) and answers the role to show it in. */
typedef enum role (*form_note)(struct ui *ui, const struct form *f, void *arg, char *out, size_t n);
void form_live(struct form *f, int rows, form_note note);
void form_hint(struct form *f, int field, const char *hint);
void form_select(struct form *f, int field, int choice);
/* A question whose yes takes something away for good (delete, erase, replace, forget what was typed) begins on Cancel, so
   that Enter by habit does no harm; y does it. All others begin on their button. Before form_show. */
void form_danger(struct form *f);
void form_show(struct form *f);
const char *form_value(const struct form *f, int field); /* text; the label of a choice */
int form_choice(const struct form *f, int field);        /* number of the choice */

#endif
