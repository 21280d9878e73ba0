#include "ui/ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "ui/admin.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/settings_draft.h"
#include "ui/ui_priv.h"

#define FRAME_MS 16 /* frames for events from outside are at least this far apart */

int64_t ui_now(const struct ui *ui)
{
    return ui->now_ms();
}

void ui_dirty(struct ui *ui, enum pane_no no)
{
    ui->panes[no]->dirty = true;
}

void ui_dirty_all(struct ui *ui)
{
    ui->all_dirty = true;
}

struct pane *ui_target(struct ui *ui)
{
    if (ui->prompt)
        return ui->prompt;
    if (ui->popup_count > 0)
        return ui->popups[ui->popup_count - 1];
    return ui->panes[ui->focus];
}

bool ui_owns_focus(const struct ui *ui, const struct pane *p)
{
    return ui->popup_count == 0 && ui->panes[ui->focus] == p;
}

size_t ui_contexts(struct ui *ui, const struct pane *p, unsigned out[8])
{
    size_t n = 0;
    for (const unsigned *c = p->ops->contexts; *c; c++)
        out[n++] = *c;
    if (p != ui->prompt && (ui->popup_count == 0 || p != ui->popups[ui->popup_count - 1]))
        out[n++] = CTX_GLOBAL;
    out[n++] = CTX_ANY;
    return n;
}

static void on_frame(uv_timer_t *t)
{
    struct ui *ui = t->data;
    ui->last_frame_ms = (int64_t)uv_now(ui->loop);
    ui_paint(ui);
}

void ui_schedule(struct ui *ui)
{
    if (!ui->started || uv_is_active((uv_handle_t *)&ui->frame))
        return;
    int64_t since = (int64_t)uv_now(ui->loop) - ui->last_frame_ms;
    uv_timer_start(&ui->frame, on_frame, since >= FRAME_MS ? 0 : (uint64_t)(FRAME_MS - since), 0);
}

static void forget_oldest(struct ui *ui)
{
    free(ui->said[0].text);
    memmove(ui->said, ui->said + 1, (SAID_MAX - 1) * sizeof *ui->said);
    ui->said_count--;
    ui->said_at -= ui->said_at >= 0;
    ui->said_next -= ui->said_next >= 0;
}

/* An answer is shown at once; a notice waits behind it, and gives way to it. */
static void __attribute__((format(printf, 4, 0)))
say(struct ui *ui, bool is_error, bool is_notice, const char *fmt, va_list ap)
{
    char text[512];
    vsnprintf(text, sizeof text, fmt, ap);
    if (ui->said_count == SAID_MAX)
        forget_oldest(ui);
    int n = ui->said_count++;
    ui->said[n] = (struct said){x_strdup(text), is_error, is_notice};
    bool shown = ui->said_at >= 0;
    if (shown && is_notice && !ui->said[ui->said_at].is_notice) {
        ui->said_next = n;
    } else {
        if (shown && !is_notice && ui->said[ui->said_at].is_notice)
            ui->said_next = ui->said_at;
        ui->said_at = n;
    }
    ui_schedule(ui);
}

void ui_say(struct ui *ui, bool is_error, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(ui, is_error, false, fmt, ap);
    va_end(ap);
}

void ui_notify(struct ui *ui, bool is_error, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(ui, is_error, true, fmt, ap);
    va_end(ap);
}

void ui_said_leave(struct ui *ui)
{
    ui->said_at = -1;
}

void ui_said_next(struct ui *ui)
{
    if (ui->said_at >= 0)
        return;
    ui->said_at = ui->said_next;
    ui->said_next = -1;
}

void ui_done(void *arg, const struct error *err)
{
    if (err)
        ui_say(arg, true, "%s", err->text);
}

void ui_quit(struct ui *ui)
{
    if (ui->quitting)
        return;
    ui->quitting = true;
    if (ui->callbacks.quit)
        ui->callbacks.quit(ui->arg);
}

static void say_lines(struct ui *ui, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        ui_say(ui, true, "%.*s", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void load_looks(struct ui *ui, const struct ui_options *o)
{
    struct error err;
    theme_builtin(&ui->theme);
    ui->keymap = keymap_new();
    if (o->theme && ui_load_theme(ui, o->theme, &err) != 0)
        ui_say(ui, true, "%s; using the built-in theme", err.text);
    if (o->keymap && ui_load_keymap(ui, o->keymap, &err) != 0)
        ui_say(ui, true, "%s; using the plain keys", err.text);
}

static void make_panes(struct ui *ui)
{
    static struct pane *(*const make[PANE_COUNT])(struct ui *) = {
        [PANE_QUEUE] = pane_queue_new,       [PANE_CHATS] = pane_chats_new,
        [PANE_CHAT] = pane_chat_new,         [PANE_COMPOSER] = pane_composer_new,
        [PANE_SETTINGS] = pane_settings_new, [PANE_CANNED] = pane_canned_new,
        [PANE_ADMIN] = pane_admin_new,
    };
    for (int i = 0; i < PANE_COUNT; i++) {
        ui->panes[i] = make[i](ui);
        ui->panes[i]->cursor_x = -1;
    }
    ui->view = VIEW_CHATS;
    ui->view_focus[VIEW_QUEUE] = PANE_QUEUE;
    ui->view_focus[VIEW_CHATS] = PANE_CHATS;
    ui->view_focus[VIEW_SETTINGS] = PANE_SETTINGS;
    ui->view_focus[VIEW_CANNED] = PANE_CANNED;
    ui->view_focus[VIEW_ADMIN] = PANE_ADMIN;
    ui->focus = PANE_CHATS;
}

struct ui *ui_new(uv_loop_t *loop, struct client *client, const struct ui_options *o,
                  const struct ui_callbacks *callbacks, void *arg)
{
    struct ui *ui = x_calloc(1, sizeof *ui);
    ui->loop = loop;
    ui->client = client;
    ui->model = client_model(client);
    ui->callbacks = *callbacks;
    ui->arg = arg;
    ui->now_ms = o->now_ms ? o->now_ms : clock_now_ms;
    ui->no_bell = o->no_bell;
    ui->said_at = ui->said_next = -1;
    ui->layout = o->layout;
    ui->user_dir = x_strdup(o->user_dir);
    ui->data_dir = x_strdup(o->data_dir);
    ui->last_frame_ms = -FRAME_MS;
    uv_timer_init(loop, &ui->frame);
    uv_timer_init(loop, &ui->tick);
    uv_timer_init(loop, &ui->alarm);
    ui->frame.data = ui->tick.data = ui->alarm.data = ui;
    ui->open_handles = 3;
    struct term_options to = {o->in_fd, o->out_fd, o->mouse, o->no_color};
    ui->term = term_new(loop, &to, ui_event, ui);
    say_lines(ui, term_warnings(ui->term));
    ui->chats = chat_views_new();
    ui->settings = settings_draft_new(client);
    load_looks(ui, o);
    make_panes(ui);
    return ui;
}

int ui_start(struct ui *ui, struct error *err)
{
    int rc = term_start(ui->term, err);
    if (rc != 0)
        return rc;
    ui->started = true;
    theme_apply(&ui->theme, ui->term);
    ui->layout_dirty = true;
    ui_changed(ui, ~0u & ~(unsigned)(CLIENT_NEW_MESSAGE | CLIENT_NEW_INQUIRY | CLIENT_NEW_CHAT), NULL);
    ui_focus(ui, ui->model->room_count == 0 ? PANE_QUEUE : PANE_CHATS);
    ui_paint(ui);
    return 0;
}

static void announce(struct ui *ui, unsigned bits, const char *rid)
{
    const struct client_room *r = rid ? client_room_find(ui->client, rid) : NULL;
    char name[64];
    format_line(r && r->visitor_name ? r->visitor_name : "a visitor", name, sizeof name);
    if (rid && str_eq(rid, ui->taking)) {
        bits &= ~(unsigned)CLIENT_NEW_CHAT;
        str_set(&ui->taking, r && r->mine ? NULL : rid);
    }
    if (bits & CLIENT_NEW_CHAT)
        ui_notify(ui, false, "New chat: %s", name);
    if (!ui->no_bell && ui->started && (bits & (CLIENT_NEW_CHAT | CLIENT_NEW_MESSAGE | CLIENT_NEW_INQUIRY)))
        if (!(bits ==
                  (CLIENT_NEW_MESSAGE | (bits & CLIENT_CHANGED_MESSAGES) | (bits & CLIENT_CHANGED_ROOMS)) &&
              rid && str_eq(rid, chat_views_current(ui->chats))))
            term_bell(ui->term);
}

void ui_changed(struct ui *ui, unsigned bits, const char *rid)
{
    for (int i = 0; i < PANE_COUNT; i++)
        if (ui->panes[i]->ops->changed)
            ui->panes[i]->ops->changed(ui->panes[i], bits, rid);
    for (int i = 0; i < ui->popup_count; i++)
        if (ui->popups[i]->ops->changed)
            ui->popups[i]->ops->changed(ui->popups[i], bits, rid);
    if (bits & (CLIENT_CHANGED_QUEUE | CLIENT_CHANGED_ROOMS))
        ui->layout_dirty = true;
    announce(ui, bits, rid);
    alarm_check(ui);
    bool online = ui->model->state == CLIENT_ONLINE;
    if (ui->was_online && !online)
        ui->said_at = ui->said_next = -1; /* nothing said before may hide that the server is away */
    ui->was_online = online;
    ui_schedule(ui);
}

static void on_closed(uv_handle_t *h)
{
    struct ui *ui = h->data;
    if (--ui->open_handles == 0)
        free(ui);
}

void ui_free(struct ui **uip)
{
    struct ui *ui = *uip;
    *uip = NULL;
    if (ui == NULL)
        return;
    if (ui->prompt)
        ui->prompt->ops->free(ui->prompt);
    for (int i = 0; i < ui->popup_count; i++)
        ui->popups[i]->ops->free(ui->popups[i]);
    for (int i = 0; i < PANE_COUNT; i++)
        ui->panes[i]->ops->free(ui->panes[i]);
    term_free(&ui->term);
    keymap_free(&ui->keymap);
    chat_views_free(&ui->chats);
    settings_draft_free(&ui->settings);
    for (int i = 0; i < ui->said_count; i++)
        free(ui->said[i].text);
    free(ui->taking);
    free(ui->theme_ref);
    free(ui->keymap_ref);
    free(ui->user_dir);
    free(ui->data_dir);
    uv_close((uv_handle_t *)&ui->frame, on_closed);
    uv_close((uv_handle_t *)&ui->tick, on_closed);
    uv_close((uv_handle_t *)&ui->alarm, on_closed);
}

int ui_run(struct ui *ui, const char *line, struct error *err)
{
    struct command_args args;
    enum command_id id;
    int rc = command_parse(line, &id, &args, err);
    if (rc != 0)
        return rc;
    rc = ui_run_id(ui, id, &args, err);
    command_args_free(&args);
    return rc;
}
