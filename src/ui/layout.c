/* Where the panes stand: side by side from 60 columns on, one at a time below. */
#include <string.h>

#include "ui/chat_view.h"
#include "ui/ui_priv.h"

#define WIDE_COLS 60
#define CHROME_ROWS 3 /* tabs above, status and function bar below */

static void place(struct ui *ui, enum pane_no no, int x, int y, int w, int h)
{
    struct pane *p = ui->panes[no];
    p->r = (struct rect){x, y, w, h};
    p->visible = w > 0 && h > 0;
}

static int composer_rows(int h)
{
    return h >= 26 ? 5 : h >= 14 ? 4 : 3;
}

static void place_chat(struct ui *ui, int x, int y, int w, int h)
{
    int c = chat_views_current(ui->chats) ? composer_rows(h) : 0;
    if (c > 0 && c + 4 > h)
        c = 2;
    place(ui, PANE_CHAT, x, y, w, h - c);
    place(ui, PANE_COMPOSER, x, y + h - c, w, c);
}

/* Left: chats over the queue; right: the chat. */
static void place_split(struct ui *ui, int y, int w, int h)
{
    int left = w >= 140 ? 40 : w >= 100 ? 32 : w >= 76 ? 26 : 22;
    int waiting = (int)pane_queue_shown(ui);
    int chats = 1 + (int)ui->model->room_count, queue = 1 + waiting + (waiting < (int)ui->model->queue_count);
    if (chats < 4)
        chats = 4;
    if (queue < 3)
        queue = 3;
    if (chats + queue + waiting <= h) /* a second line for everybody who waits */
        queue += waiting;
    if (chats + queue > h) {
        int half = h / 2;
        if (queue <= half)
            chats = h - queue;
        else if (chats <= half)
            queue = h - chats;
        else
            chats = half;
    }
    if (h < 8)
        chats = h;
    place(ui, PANE_CHATS, 0, y, left, chats);
    if (h - chats > 1)
        place(ui, PANE_QUEUE, 0, y + chats, left, h - chats);
    ui->divider[0] = (struct rect){left, y, 1, h};
    place_chat(ui, left + 1, y, w - left - 1, h);
}

static void place_narrow(struct ui *ui, int y, int w, int h)
{
    if (ui->view == VIEW_CHATS && (ui->focus == PANE_CHAT || ui->focus == PANE_COMPOSER))
        place_chat(ui, 0, y, w, h);
    else
        place(ui, ui->focus, 0, y, w, h);
}

void ui_relayout(struct ui *ui)
{
    int w = term_cols(ui->term), h = term_rows(ui->term) - CHROME_ROWS;
    ui->layout_dirty = false;
    ui->narrow = ui->layout == UI_LAYOUT_NARROW || (ui->layout == UI_LAYOUT_AUTO && w < WIDE_COLS) || w < 44;
    memset(ui->divider, 0, sizeof ui->divider);
    struct rect before[PANE_COUNT];
    bool visible[PANE_COUNT];
    for (int i = 0; i < PANE_COUNT; i++) {
        before[i] = ui->panes[i]->r;
        visible[i] = ui->panes[i]->visible;
        ui->panes[i]->visible = false;
    }
    if (ui->narrow)
        place_narrow(ui, 1, w, h);
    else if (ui->view == VIEW_CHATS)
        place_split(ui, 1, w, h);
    else
        place(ui,
              ui->view == VIEW_QUEUE      ? PANE_QUEUE
              : ui->view == VIEW_SETTINGS ? PANE_SETTINGS
              : ui->view == VIEW_ADMIN    ? PANE_ADMIN
                                          : PANE_CANNED,
              0, 1, w, h);
    for (int i = 0; i < PANE_COUNT; i++)
        if (visible[i] != ui->panes[i]->visible ||
            (visible[i] && memcmp(&before[i], &ui->panes[i]->r, sizeof before[i])))
            ui->all_dirty = true;
    if (!ui->panes[ui->focus]->visible && ui->focus == PANE_COMPOSER)
        ui->focus = PANE_CHATS, ui->layout_dirty = true;
}

static enum view view_of(const struct ui *ui, enum pane_no no)
{
    switch (no) {
    case PANE_SETTINGS:
        return VIEW_SETTINGS;
    case PANE_CANNED:
        return VIEW_CANNED;
    case PANE_ADMIN:
        return VIEW_ADMIN;
    case PANE_QUEUE:
        return ui->view == VIEW_CHATS && !ui->narrow ? VIEW_CHATS : VIEW_QUEUE;
    default:
        return VIEW_CHATS;
    }
}

void ui_focus(struct ui *ui, enum pane_no no)
{
    struct pane *old = ui->panes[ui->focus];
    ui->view = view_of(ui, no);
    ui->view_focus[ui->view] = no;
    if (old != ui->panes[no] && old->ops->shown)
        old->ops->shown(old, false);
    ui->focus = no;
    old->dirty = ui->panes[no]->dirty = true;
    ui->layout_dirty = true;
    if (ui->panes[no]->ops->shown)
        ui->panes[no]->ops->shown(ui->panes[no], true);
}

void ui_show(struct ui *ui, enum view v)
{
    enum pane_no no = ui->view_focus[v];
    if (ui->view == v && v == VIEW_CHATS)
        no = PANE_CHATS;
    if (no == PANE_COMPOSER && chat_views_current(ui->chats) == NULL)
        no = PANE_CHATS;
    if (ui->view != v)
        ui->all_dirty = true;
    ui->view = v;
    ui_focus(ui, no);
    ui->view = v;
}

/* Tab goes round the panes of the view; in the narrow layout round all of the chat's. */
void ui_focus_step(struct ui *ui, int by)
{
    static const enum pane_no order[] = {PANE_CHATS, PANE_QUEUE, PANE_CHAT, PANE_COMPOSER};
    int n = (int)(sizeof order / sizeof order[0]), at = 0;
    if (ui->view != VIEW_CHATS && !(ui->narrow && ui->view == VIEW_QUEUE)) {
        ui_show(ui, (enum view)((ui->view + VIEW_COUNT + by) % VIEW_COUNT));
        return;
    }
    while (at < n && order[at] != ui->focus)
        at++;
    for (int i = 0; i < n; i++) {
        at = (at + n + by) % n;
        bool there = ui->narrow ? order[at] < PANE_CHAT || chat_views_current(ui->chats)
                                : ui->panes[order[at]]->visible;
        if (there) {
            ui_focus(ui, order[at]);
            return;
        }
    }
}
