/* Where the message is written; one draft per chat, kept while others are shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/canned_popup.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/form.h"

#define LINES_MAX 2048
#define PASTE_ASK_LINES 5

struct pane_composer {
    struct pane base;
    size_t history_at; /* 0: the draft itself */
    char *kept;        /* the draft while the history is shown */
};

static void paint_text(struct pane *p, struct chat_view *v, struct rect r)
{
    static struct edit_line lines[LINES_MAX];
    struct ui *ui = p->ui;
    struct edit *e = &v->draft;
    e->cols = r.w;
    size_t n = edit_lines(e, r.w, lines, LINES_MAX), at = edit_cursor_line(e, lines, n), h = (size_t)r.h;
    if (at < e->top)
        e->top = at;
    if (at >= e->top + h)
        e->top = at - h + 1;
    if (e->top + h > n)
        e->top = n > h ? n - h : 0;
    draw_clear(ui, r, 0);
    for (size_t i = 0; i < h && e->top + i < n; i++) {
        const struct edit_line *l = &lines[e->top + i];
        term_put(ui->term, r.x, r.y + (int)i, 0, edit_text(e) + l->start, l->len, r.w);
    }
    size_t in = e->cursor - lines[at].start;
    if (in > lines[at].len)
        in = lines[at].len;
    p->cursor_x = r.x + text_width(edit_text(e) + lines[at].start, in);
    p->cursor_y = r.y + (int)(at - e->top);
    if (p->cursor_x >= r.x + r.w)
        p->cursor_x = r.x + r.w - 1;
}

static void paint(struct pane *p)
{
    struct ui *ui = p->ui;
    struct chat_view *v = chat_view_current(ui->chats);
    struct client_room *room = chat_room(ui);
    char title[128], note[80] = "";
    if (v == NULL || room == NULL) {
        draw_clear(ui, p->r, 0);
        return;
    }
    if (room->channel)
        snprintf(title, sizeof title, "Message to %.80s%s", room->visitor_name, room->read_only ? " (read only)" : "");
    else
        snprintf(title, sizeof title, "Message");
    if (room->typing)
        snprintf(note, sizeof note, "%.40s is typing…", room->typing);
    else if (v->draft.text.len > 1000)
        snprintf(note, sizeof note, "%zu bytes", v->draft.text.len);
    draw_title(p, title, note);
    struct rect r = {p->r.x + 1, p->r.y + 1, p->r.w - 2, p->r.h - 1};
    if (chat_is_writable(room)) {
        paint_text(p, v, r);
        return;
    }
    draw_clear(ui, r, 0);
    draw_wrapped(ui, r, plain(ROLE_DIM_TEXT),
                 room->channel   ? "This channel is archived: nobody writes in it. M-w leaves it."
                 : room->preview ? "You are reading a chat that waits in the queue: M-1 and t take it."
                 : room->open  ? "This is the chat of another agent."
                               : "This chat has ended. M-w closes the view.");
}

static void tell_typing(struct ui *ui, struct chat_view *v)
{
    const struct client_room *room = chat_room(ui);
    bool typing = v->draft.text.len > 0 && room && (room->mine || room->channel);
    if (typing != v->typing)
        client_typing(ui->client, v->rid, typing);
    v->typing = typing;
}

static struct chat_view *writable(struct ui *ui)
{
    struct client_room *room = chat_room(ui);
    return room && chat_is_writable(room) ? chat_view_current(ui->chats) : NULL;
}

static void key(struct pane *p, struct key k)
{
    struct chat_view *v = writable(p->ui);
    if (v == NULL)
        return;
    edit_type(&v->draft, k.code);
    tell_typing(p->ui, v);
    p->dirty = true;
    if (k.code == '!')
        canned_popup_offer(p->ui);
}

static void insert(struct ui *ui, const char *text, size_t n)
{
    struct chat_view *v = writable(ui);
    if (v == NULL) {
        ui_say(ui, true, "There is no chat of yours to write in");
        return;
    }
    bool had = v->draft.text.len > 0;
    edit_insert(&v->draft, text, n);
    tell_typing(ui, v);
    ui_dirty(ui, PANE_COMPOSER);
    if (!had)
        ui_dirty(ui, PANE_CHATS);
}

static int paste_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    (void)f;
    (void)err;
    insert(ui, arg, strlen(arg));
    return 0;
}

static void paste(struct pane *p, const char *text, size_t n)
{
    size_t lines = 1;
    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n' || (text[i] == '\r' && (i + 1 == n || text[i + 1] != '\n'));
    if (lines < PASTE_ASK_LINES) {
        insert(p->ui, text, n);
        return;
    }
    AUTO_FREE char *ask = x_asprintf("Put %zu lines (%zu bytes) into the message?", lines, n);
    struct form *f = form_new(p->ui, "Paste", ask, "Paste", paste_accepted, x_strndup(text, n), free);
    form_show(f);
}

static void history(struct pane_composer *p, struct chat_view *v, int by)
{
    const char *text;
    if (by < 0 && p->history_at == 0)
        return;
    size_t at = by > 0 ? p->history_at + 1 : p->history_at - 1;
    if (at > 0 && (text = chat_history(p->base.ui->chats, at - 1)) == NULL)
        return;
    if (p->history_at == 0)
        str_set(&p->kept, edit_text(&v->draft));
    p->history_at = at;
    edit_set(&v->draft, at == 0 ? p->kept : chat_history(p->base.ui->chats, at - 1));
}

static int send_draft(struct pane_composer *p, struct error *err)
{
    struct ui *ui = p->base.ui;
    struct chat_view *v = writable(ui);
    if (v == NULL)
        return error_set(err, ERR_STATE, NULL, "There is no chat of yours to write in");
    const char *text = edit_text(&v->draft);
    if (text[strspn(text, " \n")] == '\0')
        return 0;
    AUTO_FREE char *copy = x_strdup(text);
    int rc = client_send(ui->client, v->rid, copy, err);
    if (rc != 0)
        return rc;
    chat_history_add(ui->chats, copy);
    v = chat_view_current(ui->chats);
    edit_fini(&v->draft);
    edit_init(&v->draft, true);
    v->log.follow = true;
    v->log.marker_ms = 0;
    p->history_at = 0;
    tell_typing(ui, v);
    ui_dirty(ui, PANE_CHAT);
    ui_dirty(ui, PANE_CHATS);
    return 0;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane_composer *p = (struct pane_composer *)base;
    struct ui *ui = base->ui;
    struct chat_view *v = chat_view_current(ui->chats);
    base->dirty = true;
    if (v == NULL)
        return PANE_IGNORED;
    switch (id) {
    case CMD_SEND:
        send_draft(p, err);
        return PANE_DONE;
    case CMD_LEAVE:
        ui_focus(ui, PANE_CHAT);
        return PANE_DONE;
    case CMD_PAGE_UP:
    case CMD_PAGE_DOWN:
        return ui->panes[PANE_CHAT]->ops->command(ui->panes[PANE_CHAT], id, a, err);
    case CMD_EDIT_EXTERNAL: {
        AUTO_FREE char *text = ui_edit_external(ui, edit_text(&v->draft), err);
        if (text)
            edit_set(&v->draft, text);
        return PANE_DONE;
    }
    default:
        break;
    }
    if (writable(ui) == NULL)
        return PANE_IGNORED;
    if (edit_command(&v->draft, id)) {
        bool was = v->typing;
        tell_typing(ui, v);
        if (was != v->typing)
            ui_dirty(ui, PANE_CHATS);
        return PANE_DONE;
    }
    if (id == CMD_HISTORY_PREV || id == CMD_HISTORY_NEXT) {
        history(p, v, id == CMD_HISTORY_PREV ? 1 : -1);
        return PANE_DONE;
    }
    return PANE_IGNORED;
}

static void changed(struct pane *p, unsigned bits, const char *rid)
{
    if ((bits & CLIENT_CHANGED_ROOMS) && (rid == NULL || str_eq(rid, chat_views_current(p->ui->chats))))
        p->dirty = true;
}

static void shown(struct pane *base, bool focused)
{
    struct pane_composer *p = (struct pane_composer *)base;
    if (focused)
        p->history_at = 0;
}

static void pane_free(struct pane *base)
{
    free(((struct pane_composer *)base)->kept);
    free(base);
}

struct pane *pane_composer_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_COMPOSER, CTX_EDIT, 0};
    static const struct pane_ops ops = {.name = "composer",
                                        .contexts = contexts,
                                        .is_input = true,
                                        .paint = paint,
                                        .key = key,
                                        .paste = paste,
                                        .command = command,
                                        .changed = changed,
                                        .shown = shown,
                                        .free = pane_free};
    struct pane_composer *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    return &p->base;
}
