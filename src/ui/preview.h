/* What a record will look like to visitors: the widget's appearance, a canned response with its placeholders filled. */
#ifndef UI_PREVIEW_H
#define UI_PREVIEW_H

#include "client/record.h"
#include "ui/ui_priv.h"

bool preview_of(enum record_kind_no kind);   /* is there one? */
void preview_paint(struct ui *ui, enum record_kind_no kind, const struct record *record, struct rect r);

#endif
