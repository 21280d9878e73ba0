/* My chats: who, how many unread, what was said last. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/list.h"
#include "ui/prompt.h"

enum chats_sort { CHATS_ARRIVAL, CHATS_UNREAD, CHATS_NAME, CHATS_SORTS };
static const char *const sort_names[] = {"arrival", "unread", "name"};

struct pane_chats {
    struct pane base;
    struct list list;
    enum chats_sort sort;
};

static const struct client_room *row(const struct pane_chats *p, int i)
{
    return p->base.ui->model->rooms[i];
}

static const char *field(void *arg, int i, const char *name, int64_t *number)
{
    static char all[1024];
    const struct client_room *r = row(arg, i);
    if (name == NULL) {
        snprintf(all, sizeof all, "%s %s %s %s", r->visitor_name ? r->visitor_name : "",
                 r->department ? r->department : "", r->topic ? r->topic : "",
                 r->last_text ? r->last_text : "");
        return all;
    }
    *number = r->unread;
    if (strcmp(name, "unread") == 0)
        return "";
    return strcmp(name, "department") == 0 ? (r->department ? r->department : "") : NULL;
}

static int compare(void *arg, int a, int b)
{
    const struct pane_chats *p = arg;
    const struct client_room *x = row(p, a), *y = row(p, b);
    if (p->sort == CHATS_NAME)
        return strcasecmp(x->visitor_name ? x->visitor_name : "", y->visitor_name ? y->visitor_name : "");
    return (y->unread > 0) - (x->unread > 0);
}

static const char *id_of(void *arg, int i)
{
    return row(arg, i)->id;
}

static void rebuild(struct pane_chats *p)
{
    list_rebuild(&p->list, (int)p->base.ui->model->room_count);
    p->base.dirty = true;
}

static void paint_row(struct pane_chats *p, const struct client_room *r, int number, int y,
                      enum role_place at)
{
    struct ui *ui = p->base.ui;
    int x = p->base.r.x, w = p->base.r.w;
    const struct chat_view *v = chat_view_find(ui->chats, r->id);
    bool draft = v && v->draft.text.len > 0, open = str_eq(chat_views_current(ui->chats), r->id);
    char count[16] = "";
    if (r->unread > 0)
        snprintf(count, sizeof count, r->unread > 99 ? "99+" : "%d", r->unread);
    const char *note = r->unread > 0             ? count
                       : !r->open && !r->preview ? "ended"
                       : r->typing               ? "…"
                       : draft                   ? "✎"
                       : r->preview              ? "look"
                       : r->on_hold              ? "hold"
                       : r->waiting_response     ? "•"
                                                 : "";
    if (draft && r->unread == 0)
        note = "draft";
    int note_w = *note ? text_width(note, strlen(note)) + 1 : 0;
    enum role who = r->unread > 0 ? ROLE_UNREAD : r->open || r->preview ? ROLE_VISITOR : ROLE_DISABLED;
    term_fill(ui->term, x, y, w, 1, style_of(ROLE_TEXT, at), ' ');
    draw_text(ui, x, y, style_of(ROLE_TITLE_FOCUS, at), open ? "▌" : " ", 1);
    draw_textf(ui, x + 1, y, style_of(ROLE_DIM_TEXT, at), 2, "%d", number);
    if (r->target != TARGET_KEPT)
        draw_text(ui, x + 3, y, style_of(r->target == TARGET_MISSED ? ROLE_WAIT_TOO_LONG : ROLE_WAIT_LONG, at), "!", 1);
    int used = draw_clip(ui, x + 4, y, style_of(who, at), r->visitor_name ? r->visitor_name : "(no name)",
                         w - 5 - note_w);
    int left = w - 4 - used - note_w - 3;
    char last[200];
    format_line(r->last_text, last, sizeof last);
    if (left > 6)
        draw_clip(ui, x + 4 + used + 2, y, style_of(ROLE_DIM_TEXT, at), last, left);
    if (*note)
        draw_right(ui, x + w - note_w, y, style_of(r->unread > 0 || draft ? ROLE_UNREAD : ROLE_DIM_TEXT, at),
                   note, note_w - 1);
}

static void paint(struct pane *base)
{
    struct pane_chats *p = (struct pane_chats *)base;
    if (p->list.total != (int)base->ui->model->room_count)
        rebuild(p);
    struct ui *ui = base->ui;
    struct rect r = base->r;
    char title[160], note[48];
    bool filtered = !match_is_empty(&p->list.filter), mine = ui_owns_focus(ui, base);
    snprintf(title, sizeof title, "Chats%s%s", filtered ? " · " : "", filtered ? p->list.filter.pattern : "");
    if (filtered)
        snprintf(note, sizeof note, "%d of %zu", p->list.count, ui->model->room_count);
    else if (p->sort != CHATS_ARRIVAL)
        snprintf(note, sizeof note, "by %s", sort_names[p->sort]);
    else
        snprintf(note, sizeof note, "%zu", ui->model->room_count);
    draw_clear(ui, r, 0);
    draw_title(base, title, note);
    r.y++, r.h--;
    if (p->list.count == 0)
        draw_clip(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT),
                  ui->model->room_count ? "No chat has these words." : "You have no chats.", r.w - 1);
    list_scroll_into(&p->list, r.h);
    for (int i = 0; i < r.h && p->list.top + i < p->list.count; i++) {
        int n = p->list.top + i;
        enum role_place at = n != p->list.cursor ? ON_PLAIN : mine ? ON_SELECTED : ON_PLAIN;
        paint_row(p, row(p, p->list.rows[n]), p->list.rows[n] + 1, r.y + i, at);
    }
}

static void set_filter(void *arg, const char *pattern)
{
    struct pane_chats *p = arg;
    list_filter(&p->list, pattern, (int)p->base.ui->model->room_count);
    p->base.dirty = true;
}

static int set_sort(struct pane_chats *p, const char *name, struct error *err)
{
    int k = (p->sort + 1) % CHATS_SORTS;
    if (name)
        for (k = 0; k < CHATS_SORTS && strcmp(sort_names[k], name) != 0; k++)
            ;
    if (k == CHATS_SORTS)
        return error_set(err, ERR_INVALID, NULL, "The chats sort by arrival, unread or name");
    p->sort = (enum chats_sort)k;
    p->list.compare = k == CHATS_ARRIVAL ? NULL : compare;
    rebuild(p);
    return 0;
}

/* The chat under the cursor is shown at once beside the list, as in every mail reader. */
static void follow_cursor(struct pane_chats *p)
{
    int i = list_current(&p->list);
    if (i >= 0 && !p->base.ui->narrow && !str_eq(chat_views_current(p->base.ui->chats), row(p, i)->id))
        chat_show(p->base.ui, row(p, i)->id);
}

static void open_current(struct pane_chats *p)
{
    int i = list_current(&p->list);
    if (i < 0)
        return;
    chat_show(p->base.ui, row(p, i)->id);
    ui_focus(p->base.ui, row(p, i)->mine && row(p, i)->open ? PANE_COMPOSER : PANE_CHAT);
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane_chats *p = (struct pane_chats *)base;
    if (p->list.total != (int)base->ui->model->room_count) /* a change is about to be told */
        rebuild(p);
    base->dirty = true;
    if (list_command(&p->list, id)) {
        follow_cursor(p);
        return PANE_DONE;
    }
    switch (id) {
    case CMD_OPEN:
        open_current(p);
        return PANE_DONE;
    case CMD_FILTER:
        if (a->n > 0)
            set_filter(p, a->rest);
        else
            prompt_filter(base->ui, p->list.filter.pattern, set_filter, p);
        return PANE_DONE;
    case CMD_FILTER_CLEAR:
        set_filter(p, "");
        return PANE_DONE;
    case CMD_SORT:
        set_sort(p, a->n > 0 ? a->arg[0] : NULL, err);
        return PANE_DONE;
    default:
        return PANE_IGNORED;
    }
}

static void mouse(struct pane *base, const struct term_event *ev)
{
    struct pane_chats *p = (struct pane_chats *)base;
    if (list_mouse(&p->list, ev, 1))
        open_current(p);
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct pane_chats *p = (struct pane_chats *)base;
    (void)rid;
    if ((bits & (CLIENT_CHANGED_ROOMS | CLIENT_CHANGED_STATE | CLIENT_NEW_CHAT)) == 0)
        return;
    rebuild(p);
    const char *shown = chat_views_current(base->ui->chats);
    if (shown && client_room_find(base->ui->client, shown) == NULL) {
        chat_views_forget(base->ui->chats, shown);
        base->ui->all_dirty = base->ui->layout_dirty = true;
    }
}

static void shown(struct pane *base, bool focused)
{
    struct pane_chats *p = (struct pane_chats *)base;
    const char *rid = chat_views_current(base->ui->chats);
    if (focused && rid)
        list_select(&p->list, rid);
    else if (focused)
        follow_cursor(p);
}

static void pane_free(struct pane *base)
{
    list_fini(&((struct pane_chats *)base)->list);
    free(base);
}

struct pane *pane_chats_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_CHATS, CTX_LIST, 0};
    static const struct pane_ops ops = {.name = "chats",
                                        .contexts = contexts,
                                        .paint = paint,
                                        .mouse = mouse,
                                        .command = command,
                                        .changed = changed,
                                        .shown = shown,
                                        .free = pane_free};
    struct pane_chats *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    p->list.arg = p;
    p->list.field = field;
    p->list.id = id_of;
    return &p->base;
}
