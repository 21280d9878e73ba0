/* One frame: layout when it changed, the panes that are dirty, one flush. And the clock that ticks only while
   something on the screen counts. */
#include "ui/chat_view.h"
#include "ui/draw.h"

#define MIN_COLS 40
#define MIN_ROWS 10

static void paint_too_small(struct ui *ui)
{
    struct rect all = {0, 0, term_cols(ui->term), term_rows(ui->term)};
    draw_clear(ui, all, 0);
    draw_wrapped(ui, all, 0, "usher needs at least 40 columns and 10 rows.");
    term_cursor(ui->term, -1, 0);
    term_flush(ui->term);
    ui->all_dirty = true;
}

static void paint_panes(struct ui *ui)
{
    bool under = false;
    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *p = ui->panes[i];
        if (!p->visible || !(p->dirty || ui->all_dirty))
            continue;
        p->cursor_x = -1;
        p->ops->paint(p);
        p->dirty = false;
        under = true;
    }
    for (int i = 0; ui->all_dirty && i < 3; i++)
        draw_vline(ui, ui->divider[i].x, ui->divider[i].y, ui->divider[i].h, plain(ROLE_BORDER));
    for (int i = 0; i < ui->popup_count; i++)
        if (under || ui->popups[i]->dirty || ui->all_dirty) {
            ui->popups[i]->cursor_x = -1;
            ui->popups[i]->ops->paint(ui->popups[i]);
            ui->popups[i]->dirty = false;
            under = true;
        }
}

void ui_paint(struct ui *ui)
{
    if (!ui->started || ui->quitting)
        return;
    int cols = term_cols(ui->term), rows = term_rows(ui->term);
    if (cols < MIN_COLS || rows < MIN_ROWS) {
        paint_too_small(ui);
        return;
    }
    for (int i = 0; ui->layout_dirty && i < 3; i++)
        ui_relayout(ui);
    if (ui->all_dirty)
        draw_clear(ui, (struct rect){0, 0, cols, rows}, 0);
    paint_panes(ui);
    chrome_paint(ui);
    if (ui->prompt) {
        ui->prompt->r = (struct rect){0, rows - 1, cols, 1};
        ui->prompt->ops->paint(ui->prompt);
    }
    ui->all_dirty = false;
    struct pane *t = ui_target(ui);
    term_cursor(ui->term, t->cursor_x, t->cursor_y);
    term_flush(ui->term);
    ui_watch_time(ui);
}

static void on_tick(uv_timer_t *t)
{
    struct ui *ui = t->data;
    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *p = ui->panes[i];
        if (p->visible && p->ops->ticks && p->ops->ticks(p))
            p->dirty = true;
    }
    ui_paint(ui);
}

void ui_watch_time(struct ui *ui)
{
    bool ticks = (ui->model->state == CLIENT_AWAY && ui->model->retry_at_ms > ui_now(ui)) || offer_ticks(ui);
    for (int i = 0; i < PANE_COUNT && !ticks; i++) {
        struct pane *p = ui->panes[i];
        ticks = p->visible && p->ops->ticks && p->ops->ticks(p);
    }
    if (!ticks)
        uv_timer_stop(&ui->tick);
    else if (!uv_is_active((uv_handle_t *)&ui->tick))
        uv_timer_start(&ui->tick, on_tick, (uint64_t)(1000 - ui_now(ui) % 1000), 0);
}
