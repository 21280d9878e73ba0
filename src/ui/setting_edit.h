/* The right editor for each type of setting, and the review of what was changed. */
#ifndef UI_SETTING_EDIT_H
#define UI_SETTING_EDIT_H

#include "ui/ui_priv.h"

/* Opens the editor, or switches a switch at once. */
int setting_edit(struct ui *ui, setting_no no, struct error *err);

/* The value as people read it: "on", "90 seconds", the label of a choice. Caller frees. */
char *setting_show(setting_no no, const struct setting_value *v, const struct client_setting *known);

/* Old and new values of all changes, with Save, Discard and Cancel. */
int setting_review(struct ui *ui, struct error *err);
int setting_save(struct ui *ui, struct error *err);

#endif
