#include "ui/chat_view.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/ui_priv.h"

#define HISTORY_MAX 200

struct chat_views {
    struct chat_view **list;
    size_t n;
    char *current;
    char *history[HISTORY_MAX];
    size_t history_count;
};

struct chat_views *chat_views_new(void)
{
    return x_calloc(1, sizeof(struct chat_views));
}

static void view_free(struct chat_view *v)
{
    edit_fini(&v->draft);
    log_fini(&v->log);
    free(v->rid);
    free(v);
}

void chat_views_free(struct chat_views **vp)
{
    struct chat_views *v = *vp;
    *vp = NULL;
    if (v == NULL)
        return;
    for (size_t i = 0; i < v->n; i++)
        view_free(v->list[i]);
    for (size_t i = 0; i < v->history_count; i++)
        free(v->history[i]);
    free(v->list);
    free(v->current);
    free(v);
}

const char *chat_views_current(const struct chat_views *v)
{
    return v->current;
}

const struct chat_view *chat_view_find(const struct chat_views *v, const char *rid)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->list[i]->rid, rid) == 0)
            return v->list[i];
    return NULL;
}

struct chat_view *chat_view_get(struct chat_views *v, const char *rid)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->list[i]->rid, rid) == 0)
            return v->list[i];
    struct chat_view *view = x_calloc(1, sizeof *view);
    view->rid = x_strdup(rid);
    edit_init(&view->draft, true);
    log_init(&view->log);
    v->list = x_reallocarray(v->list, v->n + 1, sizeof *v->list);
    v->list[v->n++] = view;
    return view;
}

struct chat_view *chat_view_current(struct chat_views *v)
{
    return v->current ? chat_view_get(v, v->current) : NULL;
}

size_t chat_views_drafts(const struct chat_views *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += v->list[i]->draft.text.len > 0;
    return n;
}

void chat_views_forget(struct chat_views *v, const char *rid)
{
    bool current = str_eq(v->current, rid);
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->list[i]->rid, rid) == 0) {
            struct chat_view *gone = v->list[i];
            v->list[i] = v->list[--v->n];
            if (gone->draft.text.len > 0) /* the chat is gone, what was written is not */
                chat_history_add(v, edit_text(&gone->draft));
            view_free(gone);
            break;
        }
    if (current) /* last: rid may be this very string */
        str_set(&v->current, NULL);
}

struct client_room *chat_room(struct ui *ui)
{
    const char *rid = chat_views_current(ui->chats);
    return rid ? client_room_find(ui->client, rid) : NULL;
}

bool chat_is_writable(const struct client_room *room)
{
    return room->open && (room->mine || (room->channel && !room->archived));
}

void chat_seen(struct ui *ui)
{
    struct client_room *room = chat_room(ui);
    struct chat_view *v = chat_view_current(ui->chats);
    bool shown = ui->panes[PANE_CHAT]->visible && v && v->log.follow;
    if (room && room->unread > 0 && room->mine && shown)
        client_read(ui->client, room->id);
}

void chat_show(struct ui *ui, const char *rid)
{
    bool same = str_eq(ui->chats->current, rid);
    AUTO_FREE char *id = x_strdup(rid);
    str_set(&ui->chats->current, id);
    struct chat_view *v = chat_view_get(ui->chats, id);
    const struct client_room *room = client_room_find(ui->client, id);
    if (!same)
        v->log.marker_ms = room && room->unread > 0 ? room->last_read_ms : 0;
    ui->layout_dirty = true;
    ui_dirty(ui, PANE_CHATS);
    ui_dirty(ui, PANE_CHAT);
    ui_dirty(ui, PANE_COMPOSER);
    client_open(ui->client, id, ui_done, ui);
}

void chat_history_add(struct chat_views *v, const char *text)
{
    if (v->history_count > 0 && strcmp(v->history[v->history_count - 1], text) == 0)
        return;
    if (v->history_count == HISTORY_MAX) {
        free(v->history[0]);
        memmove(v->history, v->history + 1, (HISTORY_MAX - 1) * sizeof *v->history);
        v->history_count--;
    }
    v->history[v->history_count++] = x_strdup(text);
}

const char *chat_history(const struct chat_views *v, size_t at)
{
    return at < v->history_count ? v->history[v->history_count - 1 - at] : NULL;
}
