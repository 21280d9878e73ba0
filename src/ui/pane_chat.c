/* The messages of the chat that is shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/prompt.h"

static void paint_welcome(struct pane *p)
{
    struct ui *ui = p->ui;
    struct rect r = {p->r.x + 2, p->r.y + 2, p->r.w - 3, p->r.h - 2};
    const struct client_model *m = ui->model;
    const char *state = m->state == CLIENT_ONLINE ? "No chat is open."
                        : m->notice               ? m->notice
                                                  : "Connecting…";
    int line = draw_wrapped(ui, r, 0, state) + 1;
    r.y += line, r.h -= line;
    if (m->state == CLIENT_ONLINE && m->visitor_page && r.h > 3) {
        draw_text(ui, r.x, r.y, plain(ROLE_DIM_TEXT), "Visitors write to you at", r.w);
        draw_clip(ui, r.x, r.y + 1, plain(ROLE_STRONG), m->visitor_page, r.w);
        r.y += 3, r.h -= 3;
    }
    static const char *const tips[][2] = {{"Tab", "the next pane"},
                                          {"M-t", "take the next visitor"},
                                          {"M-3", "the settings"},
                                          {"?", "all keys"}};
    for (int i = 0; i < 4 && i < r.h; i++) {
        draw_text(ui, r.x, r.y + i, plain(ROLE_BAR_KEY), tips[i][0], 4);
        draw_text(ui, r.x + 5, r.y + i, plain(ROLE_DIM_TEXT), tips[i][1], r.w - 5);
    }
}

static void paint(struct pane *p)
{
    struct ui *ui = p->ui;
    struct client_room *room = chat_room(ui);
    struct chat_view *v = chat_view_current(ui->chats);
    char title[256], note[64] = "";
    if (room == NULL) {
        draw_clear(ui, p->r, 0);
        draw_title(p, "Chat", NULL);
        paint_welcome(p);
        return;
    }
    snprintf(title, sizeof title, "%s%s%s%s%s", room->visitor_name ? room->visitor_name : "(no name)",
             room->department ? " · " : "", room->department ? room->department : "",
             room->topic && *room->topic ? " · " : "", room->topic ? room->topic : "");
    if (!v->log.follow)
        snprintf(note, sizeof note, "%zu newer", room->message_count - 1 - v->log.bottom);
    else if (room->channel)
        snprintf(note, sizeof note, "channel");
    else if (room->preview)
        snprintf(note, sizeof note, "preview");
    else if (!room->open)
        snprintf(note, sizeof note, "ended");
    else if (room->on_hold)
        snprintf(note, sizeof note, "on hold");
    else if (room->source || room->visitor_status)
        snprintf(note, sizeof note, "%.20s%s%.12s", room->source ? room->source : "",
                 room->source && room->visitor_status ? " · " : "",
                 room->visitor_status ? room->visitor_status : "");
    draw_title(p, title, note);
    log_paint(&v->log, ui, room, (struct rect){p->r.x, p->r.y + 1, p->r.w, p->r.h - 1});
    if (v->log.at_top && !room->history_complete && !room->history_loading)
        client_load_older(ui->client, room->id);
    chat_seen(ui);
}

static void on_search(void *arg, const char *text)
{
    struct ui *ui = arg;
    struct chat_view *v = chat_view_current(ui->chats);
    struct client_room *room = chat_room(ui);
    if (v == NULL || room == NULL)
        return;
    match_set(&v->log.search, text);
    str_set(&v->log.hit_id, NULL);
    ui_dirty(ui, PANE_CHAT);
    if (*text && !log_search(&v->log, room, -1))
        ui_say(ui, true, "Nothing found in the messages loaded: %s", text);
}

/* Sends again or drops every refused message of the chat. */
static void each_failed(struct ui *ui, const struct client_room *room, bool resend)
{
    for (size_t i = room->message_count; i-- > 0;)
        if (i < room->message_count && room->messages[i]->delivery == DELIVERY_FAILED) {
            if (resend)
                client_resend(ui->client, room->messages[i]->id);
            else
                client_discard(ui->client, room->messages[i]->id);
        }
}

static int discard_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    struct client_room *room = client_room_find(ui->client, arg);
    (void)f;
    (void)err;
    if (room)
        each_failed(ui, room, false);
    return 0;
}

static void ask_discard(struct ui *ui, const struct client_room *room, struct error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < room->message_count; i++)
        n += room->messages[i]->delivery == DELIVERY_FAILED;
    if (n == 0) {
        error_set(err, ERR_STATE, NULL, "No message was refused");
        return;
    }
    AUTO_FREE char *text = x_asprintf("Drop %zu refused message%s for good?", n, n == 1 ? "" : "s");
    struct form *f = form_new(ui, "Discard", text, "Drop", discard_accepted, x_strdup(room->id), free);
    form_danger(f);
    form_show(f);
}

static enum pane_answer command(struct pane *p, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct ui *ui = p->ui;
    struct client_room *room = chat_room(ui);
    struct chat_view *v = chat_view_current(ui->chats);
    const struct client_message *m;
    if (room == NULL || v == NULL)
        return PANE_IGNORED;
    p->dirty = true;
    if (log_command(&v->log, room, id))
        return PANE_DONE;
    switch (id) {
    case CMD_COMPOSE:
        ui_focus(ui, PANE_COMPOSER);
        return PANE_DONE;
    case CMD_SEARCH:
        if (a->n > 0)
            on_search(ui, a->rest);
        else
            prompt_search(ui, on_search, ui);
        return PANE_DONE;
    case CMD_SEARCH_NEXT:
    case CMD_SEARCH_PREV:
        if (match_is_empty(&v->log.search))
            error_set(err, ERR_STATE, NULL, "Search first with /");
        else if (!log_search(&v->log, room, id == CMD_SEARCH_NEXT ? -1 : 1))
            error_set(err, ERR_NOT_FOUND, NULL, id == CMD_SEARCH_NEXT ? "No older hit" : "No newer hit");
        return PANE_DONE;
    case CMD_RESEND:
        each_failed(ui, room, true);
        return PANE_DONE;
    case CMD_DISCARD:
        ask_discard(ui, room, err);
        return PANE_DONE;
    case CMD_COPY:
        m = log_bottom(&v->log, room);
        if (m && m->text) {
            term_copy(ui->term, m->text, strlen(m->text));
            ui_say(ui, false, "Copied the message to the clipboard of the terminal");
        }
        return PANE_DONE;
    default:
        return PANE_IGNORED;
    }
}

static void mouse(struct pane *p, const struct term_event *ev)
{
    struct client_room *room = chat_room(p->ui);
    struct chat_view *v = chat_view_current(p->ui->chats);
    if (room && v && (ev->mouse == MOUSE_WHEEL_UP || ev->mouse == MOUSE_WHEEL_DOWN))
        log_scroll(&v->log, room, ev->mouse == MOUSE_WHEEL_UP ? -3 : 3);
}

static void changed(struct pane *p, unsigned bits, const char *rid)
{
    const char *shown = chat_views_current(p->ui->chats);
    if ((bits & CLIENT_CHANGED_MESSAGES) && (rid == NULL || str_eq(rid, shown))) {
        p->dirty = true;
        chat_seen(p->ui); /* before the count of unread ones is painted */
    }
    if (bits & CLIENT_CHANGED_ROOMS && (rid == NULL || str_eq(rid, shown)))
        p->dirty = true;
    if ((bits & CLIENT_CHANGED_STATE) && shown == NULL)
        p->dirty = true;
}

static void pane_free(struct pane *p)
{
    free(p);
}

struct pane *pane_chat_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_CHAT, 0};
    static const struct pane_ops ops = {.name = "chat",
                                        .contexts = contexts,
                                        .paint = paint,
                                        .mouse = mouse,
                                        .command = command,
                                        .changed = changed,
                                        .free = pane_free};
    struct pane *p = x_calloc(1, sizeof *p);
    p->ops = &ops;
    p->ui = ui;
    return p;
}
