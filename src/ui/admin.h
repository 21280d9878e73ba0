/* What one does with a record, wherever it is listed: show, change, make, delete, read, join. */
#ifndef UI_ADMIN_H
#define UI_ADMIN_H

#include "client/record.h"
#include "ui/ui_priv.h"

/* record NULL: there is none under the cursor. False: the command is none of these. err is filled when it cannot be
   done: with the right that is missing and who can grant it. */
bool admin_action(struct ui *ui, enum command_id id, enum record_kind_no kind, const struct record *record,
                  struct error *err);

/* pane_admin.c */
enum record_kind_no pane_admin_kind(struct ui *ui);
const struct record *pane_admin_current(struct ui *ui);    /* under the cursor, or NULL */
void pane_admin_show(struct ui *ui, enum record_kind_no kind);
struct pane *pane_admin_new(struct ui *ui);

#endif
