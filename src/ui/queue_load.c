#include "ui/queue_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"

#define FRESH_MS 10000

static const struct client_load *row(const struct queue_load *l, int i)
{
    return &l->ui->model->load[i];
}

static const char *department_of(const struct client_load *r)
{
    return r->department ? r->department : "no department";
}

static const char *field(void *arg, int i, const char *name, int64_t *number)
{
    static char all[512];
    const struct client_load *r = row(arg, i);
    if (name == NULL) {
        snprintf(all, sizeof all, "%s %s %s", r->username, department_of(r), r->status);
        return all;
    }
    if (strcmp(name, "chats") == 0) {
        *number = r->chats;
        return "";
    }
    if (strcmp(name, "department") == 0)
        return department_of(r);
    if (strcmp(name, "agent") == 0)
        return r->username;
    return NULL;
}

static const char *id_of(void *arg, int i)
{
    return row(arg, i)->id;
}

void queue_load_init(struct queue_load *l, struct ui *ui)
{
    l->ui = ui;
    l->list.arg = l;
    l->list.field = field;
    l->list.id = id_of;
}

void queue_load_fini(struct queue_load *l)
{
    list_fini(&l->list);
}

bool queue_load_is_allowed(const struct ui *ui, struct error *e)
{
    const struct client_model *m = ui->model;
    setting_no no = catalogue_find("Livechat_show_queue_list_link");
    if (m->me.is_manager || m->me.is_admin)
        return true;
    if (!m->may_see_load)
        error_set(e, ERR_DENIED, NULL, "You may not see the queue list");
    else if (!m->settings[no].known || !m->settings[no].value.b)
        error_set(e, ERR_DENIED, NULL, "The queue list is for managers only here");
    else if (!m->me.available)
        error_set(e, ERR_STATE, NULL, "The queue list is for agents who are available");
    else
        return true;
    return false;
}

static void on_read(void *arg, const struct error *err)
{
    struct queue_load *l = arg;
    l->is_reading = false;
    ui_done(l->ui, err);
    list_rebuild(&l->list, (int)l->ui->model->load_count);
    ui_dirty(l->ui, PANE_QUEUE);
    ui_schedule(l->ui);
    if (l->is_stale && err == NULL)
        queue_load_read(l);
}

void queue_load_read(struct queue_load *l)
{
    l->is_stale = l->is_reading;
    l->read_ms = ui_now(l->ui);
    if (l->is_reading || l->ui->model->state != CLIENT_ONLINE)
        return;
    l->is_reading = true;
    client_read_load(l->ui->client, on_read, l);
}

static void paint_row(struct ui *ui, const struct client_load *r, int x, int y, int w, enum role_place at)
{
    int name = w >= 60 ? 20 : (w - 8) / 2, rest;
    term_fill(ui->term, x, y, w, 1, style_of(ROLE_TEXT, at), ' ');
    draw_textf(ui, x + 1, y, style_of(ROLE_TEXT, at), 5, "%4d", r->chats);
    draw_clip(ui, x + 7, y, style_of(ROLE_AGENT, at), r->username, name);
    rest = w - 8 - name - (w >= 60 ? 10 : 0);
    draw_clip(ui, x + 8 + name, y, style_of(r->department ? ROLE_TEXT : ROLE_DIM_TEXT, at), department_of(r), rest);
    if (w >= 60)
        draw_clip(ui, x + w - 9, y, style_of(ROLE_DIM_TEXT, at), r->status, 8);
}

void queue_load_paint(struct queue_load *l, struct pane *base, struct rect r)
{
    struct ui *ui = l->ui;
    char note[32];
    if (l->list.total != (int)ui->model->load_count)
        list_rebuild(&l->list, (int)ui->model->load_count);
    if (ui_now(ui) - l->read_ms >= FRESH_MS)
        queue_load_read(l);
    snprintf(note, sizeof note, "%d", l->list.count);
    draw_title(base, "Load", note);
    r.y++, r.h--;
    if (l->list.count == 0 && r.h > 0)
        draw_clip(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT),
                  l->is_reading ? "Reading…" : ui->model->load_count ? "No agent has these words." : "Nobody has a chat.",
                  r.w - 1);
    list_scroll_into(&l->list, r.h);
    for (int i = 0; i < r.h && l->list.top + i < l->list.count; i++) {
        int n = l->list.top + i;
        enum role_place at = n != l->list.cursor           ? ON_PLAIN
                             : ui_owns_focus(ui, base)     ? ON_SELECTED
                                                           : ON_SELECTED_BLUR;
        paint_row(ui, row(l, l->list.rows[n]), r.x, r.y + i, r.w, at);
    }
}
