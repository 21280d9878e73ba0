/* The form of a record: all fields of its kind, each with the editor of its type, one under the other and scrolled;
   faults stand at their field. */
#ifndef UI_SHEET_H
#define UI_SHEET_H

#include "client/record.h"
#include "ui/ui_priv.h"

/* Opens it over the panes. record is copied; id NULL: a new one. may_not: why it can only be looked at, or "". */
void sheet_open(struct ui *ui, enum record_kind_no kind, const struct record *record, const char *may_not);

#endif
