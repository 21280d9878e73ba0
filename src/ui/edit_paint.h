/* Painting of text that is being typed, for every dialog that has fields. */
#ifndef UI_EDIT_PAINT_H
#define UI_EDIT_PAINT_H

#include "ui/edit.h"
#include "ui/ui_priv.h"

/* One line in r; mine: the terminal's cursor of p goes there. secret: stars. */
void edit_paint_line(struct pane *p, const struct edit *e, struct rect r, bool secret, bool mine);
/* Several lines, scrolled so that the cursor is in view. */
void edit_paint_block(struct pane *p, struct edit *e, struct rect r, bool mine);

#endif
