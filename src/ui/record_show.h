/* Values of records as texts for people: cells of a list, lines of a detail, fields of a form. */
#ifndef UI_RECORD_SHOW_H
#define UI_RECORD_SHOW_H

#include "client/record.h"
#include "ui/ui_priv.h"

/* What people call the field: its label, or that of the setting it is. Never NULL. */
const char *record_label(const struct record_field *f);
const char *record_help(const struct record_field *f);   /* may be NULL */

/* The name of a referenced record; the id itself when it is not known. */
const char *record_ref_name(struct ui *ui, const struct record_field *f, const char *id);

/* The value in one line: "yes", "Sales", "Sales, Support". Caller frees. */
char *record_show(struct ui *ui, const struct record_field *f, const struct record_value *v);

/* One item of a list of choices, texts, conditions or actions. Caller frees. */
char *record_show_item(struct ui *ui, const struct record_field *f, const char *item);

/* Shows why something may not be done, in a dialog: it is too long for one line. */
void record_refuse(struct ui *ui, const char *why);

/* May I? Else why holds a sentence: which right is missing, who has it, who can give it. NULL right: nobody can. */
bool record_may(struct ui *ui, const char *right, char *why, size_t n, const char *deed);

#endif
