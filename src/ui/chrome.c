/* The frame of the screen: the views above, the status line and the function bar below. */
#include <stdio.h>
#include <string.h>

#include "ui/chat_view.h"
#include "ui/draw.h"

static const char *const view_names[VIEW_COUNT] = {"Queue", "Chats", "Settings", "Canned", "Admin"};
static const int view_keys[VIEW_COUNT] = {1, 2, 3, 4, 9}; /* with Alt */

static int unread(const struct ui *ui)
{
    int n = 0;
    for (size_t i = 0; i < ui->model->room_count; i++)
        n += ui->model->rooms[i]->unread;
    return n;
}

static int tab_count(const struct ui *ui, int view)
{
    return view == VIEW_QUEUE ? (int)ui->model->queue_count : view == VIEW_CHATS ? unread(ui) : 0;
}

/* Draws the views, or, with x given, says which one is there. */
static int tabs(struct ui *ui, int wanted_x)
{
    int w = term_cols(ui->term), x = 0;
    for (int v = 0; v < VIEW_COUNT; v++) {
        char text[48], count[16] = "";
        bool active = ui->view == (enum view)v, labelled = active || w >= 56;
        int n = tab_count(ui, v), start = x;
        if (n > 0)
            snprintf(count, sizeof count, " %d", n);
        snprintf(text, sizeof text, " %d%s%s", view_keys[v], labelled ? " " : "", labelled ? view_names[v] : "");
        if (wanted_x < 0) {
            x += draw_text(ui, x, 0, plain(active ? ROLE_TAB_ACTIVE : ROLE_TAB), text, w - x);
            x += draw_text(ui, x, 0, plain(active ? ROLE_TAB_ACTIVE : ROLE_TAB_COUNT), count, w - x);
            x += draw_text(ui, x, 0, plain(active ? ROLE_TAB_ACTIVE : ROLE_TAB), " ", w - x);
        } else {
            x += (int)strlen(text) + (int)strlen(count) + 1;
            if (wanted_x >= start && wanted_x < x)
                return v;
        }
    }
    return wanted_x < 0 ? x : -1;
}

static void paint_who(struct ui *ui, int used)
{
    const struct client_me *me = &ui->model->me;
    int w = term_cols(ui->term), room = w - used - 1;
    if (offer_paint(ui, room) > 0)
        return;
    const char *name = me->name && *me->name ? me->name : me->username ? me->username : "";
    const char *state = me->available ? "available" : "unavailable";
    bool known = ui->model->state != CLIENT_STARTING && ui->model->state != CLIENT_CONNECTING && me->username;
    int state_w = (int)strlen(state) + 2, name_w = text_width(name, strlen(name));
    if (!known || room < state_w)
        return;
    int x = w - 1 - state_w;
    draw_textf(ui, x, 0, plain(me->available ? ROLE_STATUS_GOOD : ROLE_STATUS_WARN), state_w, "%s %s",
               me->available ? "●" : "○", state);
    if (name_w + 2 < room - state_w)
        draw_text(ui, x - name_w - 2, 0, plain(ROLE_TAB), name, name_w);
}

static void paint_tabs(struct ui *ui)
{
    term_fill(ui->term, 0, 0, term_cols(ui->term), 1, plain(ROLE_TAB), ' ');
    paint_who(ui, tabs(ui, -1));
}

static int paint_state(struct ui *ui, int x, int y, int w)
{
    const struct client_model *m = ui->model;
    enum role role = m->state == CLIENT_ONLINE   ? ROLE_STATUS_GOOD
                     : m->state == CLIENT_DENIED ? ROLE_STATUS_BAD
                     : m->state == CLIENT_AWAY   ? ROLE_STATUS_BAD
                                                 : ROLE_STATUS_WARN;
    int from = x;
    x += draw_text(ui, x, y, plain(role), m->state == CLIENT_ONLINE ? "● " : "○ ", w);
    x += draw_clip(ui, x, y, plain(ROLE_STATUS), m->server ? m->server : "no server", w / 2);
    if (m->state == CLIENT_STARTING || m->state == CLIENT_CONNECTING) {
        x += draw_text(ui, x, y, plain(role), "  connecting…", w);
    } else if (m->state == CLIENT_AWAY) {
        int64_t left = (m->retry_at_ms - ui_now(ui) + 999) / 1000;
        x += draw_textf(ui, x, y, plain(role), w, left > 0 ? "  away, next try in %lld s" : "  away, trying",
                        (long long)left);
    } else if (m->state == CLIENT_DENIED) {
        x += draw_text(ui, x, y, plain(role), "  refused", w);
    } else if (m->latency_ms >= 0 && w >= 60) {
        x += draw_textf(ui, x, y, plain(ROLE_STATUS), w, "  %d ms", m->latency_ms);
        if (m->visitor_page && w - x > (int)strlen(m->visitor_page) + 40) /* the numbers at the right go first */
            x += draw_textf(ui, x, y, plain(ROLE_STATUS), w - x, "  visitors: %s", m->visitor_page);
    }
    if (m->notice && m->state != CLIENT_ONLINE)
        x += draw_textf(ui, x, y, plain(ROLE_STATUS), w - (x - from) - 1, "  %s", m->notice);
    return x;
}

/* From the right: the numbers that matter, as long as there is room. */
static void paint_counts(struct ui *ui, int y, int used, int w)
{
    const struct client_model *m = ui->model;
    const struct {
        const char *name;
        int n;
        enum role role;
    } items[] = {{"queue", (int)m->queue_count, ROLE_STATUS},
                 {"unread", unread(ui), ROLE_STATUS_WARN},
                 {"drafts", (int)ui_drafts(ui), ROLE_STATUS},
                 {"outbox", m->outbox_count, ROLE_STATUS_WARN}};
    int x = w - 1;
    for (int i = (int)(sizeof items / sizeof items[0]) - 1; i >= 0; i--) {
        char text[32];
        if (items[i].n == 0)
            continue;
        snprintf(text, sizeof text, "%s %d", items[i].name, items[i].n);
        int n = (int)strlen(text);
        if (x - n < used + 2)
            return;
        x -= n;
        draw_text(ui, x, y, plain(items[i].role), text, n);
        x -= 2;
    }
}

static void paint_status(struct ui *ui, int y)
{
    int w = term_cols(ui->term);
    term_fill(ui->term, 0, y, w, 1, plain(ROLE_STATUS), ' ');
    if (ui->pending_count > 0) {
        char name[KEY_NAME_MAX];
        int x = 1;
        for (size_t i = 0; i < ui->pending_count; i++) {
            key_format(ui->pending[i], name);
            x += draw_textf(ui, x, y, plain(ROLE_STATUS_WARN), w - x, "%s ", name);
        }
        draw_text(ui, x, y, plain(ROLE_STATUS), "…", 1);
        return;
    }
    if (ui->said_at >= 0) {
        const struct said *said = &ui->said[ui->said_at];
        draw_clip(ui, 1, y, plain(said->is_error ? ROLE_STATUS_BAD : ROLE_STATUS_GOOD), said->text, w - 2);
        return;
    }
    paint_counts(ui, y, paint_state(ui, 1, y, w - 2), w);
}

/* Which commands the bar shows for whoever has the keys: those with a label, in the order of the table. */
static int bar(struct ui *ui, int y, int wanted_x)
{
    struct pane *p = ui_target(ui);
    unsigned contexts[8];
    size_t n = ui_contexts(ui, p, contexts);
    int w = term_cols(ui->term), x = 1;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < COMMAND_COUNT; i++) {
            const struct command_row *r = command_row((enum command_id)i);
            char key[64];
            unsigned mine = 0;
            for (size_t c = 0; c < n; c++)
                mine |= contexts[c] & r->contexts;
            bool general = (mine & (CTX_GLOBAL | CTX_ANY)) != 0;
            if (r->bar == NULL || mine == 0 || general != (pass == 1) ||
                !keymap_key_of(ui->keymap, contexts, n, r->name, key, sizeof key))
                continue;
            int need = (int)strlen(key) + 1 + (int)strlen(r->bar);
            if (x + need > w)
                continue;
            if (wanted_x >= 0 && wanted_x >= x && wanted_x < x + need)
                return i;
            if (wanted_x < 0) {
                draw_text(ui, x, y, plain(ROLE_BAR_KEY), key, w - x);
                draw_text(ui, x + (int)strlen(key) + 1, y, plain(ROLE_BAR_LABEL), r->bar, w - x);
            }
            x += need + 2;
        }
    return -1;
}

void chrome_paint(struct ui *ui)
{
    int rows = term_rows(ui->term);
    paint_tabs(ui);
    paint_status(ui, rows - 2);
    if (ui->prompt)
        return;
    draw_clear(ui, (struct rect){0, rows - 1, term_cols(ui->term), 1}, 0);
    if (ui->popup_count == 0) /* dialogs say their keys themselves */
        bar(ui, rows - 1, -1);
}

void chrome_mouse(struct ui *ui, const struct term_event *ev)
{
    int hit;
    if (ev->mouse != MOUSE_PRESS || ev->button != 1)
        return;
    if (ev->y == 0 && (hit = tabs(ui, ev->x)) >= 0)
        ui_show(ui, (enum view)hit);
    else if (ev->y == term_rows(ui->term) - 1 && (hit = bar(ui, ev->y, ev->x)) >= 0) {
        struct error err = {0};
        if (ui_run(ui, command_row((enum command_id)hit)->name, &err) != 0)
            ui_say(ui, true, "%s", err.text);
    }
}
