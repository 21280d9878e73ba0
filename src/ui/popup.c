/* The pile of dialogs over the panes. */
#include <stdlib.h>
#include <string.h>

#include "ui/draw.h"

void popup_push(struct ui *ui, struct pane *p)
{
    if (ui->popup_count == POPUP_MAX) {
        p->ops->free(p);
        return;
    }
    p->ui = ui;
    p->dirty = true;
    p->cursor_x = -1;
    ui->popups[ui->popup_count++] = p;
    ui->panes[ui->focus]->dirty = true; /* its title loses the mark of the keys */
}

void popup_pop(struct ui *ui, struct pane *p)
{
    int i = 0;
    while (i < ui->popup_count && ui->popups[i] != p)
        i++;
    if (i == ui->popup_count)
        return;
    memmove(&ui->popups[i], &ui->popups[i + 1], (size_t)(ui->popup_count - i - 1) * sizeof *ui->popups);
    ui->popup_count--;
    p->ops->free(p);
    ui_dirty_all(ui);
}

struct rect popup_frame(struct pane *p, int w, int h, const char *title)
{
    struct ui *ui = p->ui;
    int cols = term_cols(ui->term), rows = term_rows(ui->term) - 2;
    if (w > cols - 2)
        w = cols - 2;
    if (h > rows - 1)
        h = rows - 1;
    p->r = (struct rect){(cols - w) / 2, 1 + (rows - 1 - h) / 2, w, h};
    draw_clear(ui, p->r, plain(ROLE_POPUP));
    draw_box(ui, p->r, plain(ROLE_POPUP_BORDER));
    draw_text(ui, p->r.x + 2, p->r.y, plain(ROLE_POPUP_BORDER), " ", 1);
    int used = draw_clip(ui, p->r.x + 3, p->r.y, plain(ROLE_POPUP_TITLE), title, w - 7);
    draw_text(ui, p->r.x + 3 + used, p->r.y, plain(ROLE_POPUP_BORDER), " ", 1);
    return (struct rect){p->r.x + 2, p->r.y + 1, w - 4, h - 2};
}
