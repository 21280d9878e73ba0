/* The queue: who waits, since when, for what. As a table when it has the screen; beside the chats as name and
 * time, with the rest in a second line where all of them have room. Its second view is queue_load.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/draw.h"
#include "ui/list.h"
#include "ui/prompt.h"
#include "ui/queue_load.h"
#include "ui/ui_priv.h"

#define TABLE_COLS 56 /* narrower: name and time only */

enum queue_sort { SORT_POSITION, SORT_WAIT, SORT_VISITOR, SORT_DEPARTMENT, SORT_COUNT };
static const char *const sort_names[] = {"position", "wait", "visitor", "department"};

struct pane_queue {
    struct pane base;
    struct list list;
    enum queue_sort sort;
    int row_lines; /* of the last painting */
    struct queue_load load;
    bool shows_load;
};

static const struct client_inquiry *row(const struct pane_queue *p, int i)
{
    return p->base.ui->model->queue[i];
}

size_t pane_queue_shown(const struct ui *ui)
{
    const struct client_model *m = ui->model;
    setting_no no = catalogue_find("Livechat_guest_pool_max_number_incoming_livechats_displayed");
    const struct client_setting *max = &m->settings[no];
    const struct client_setting *method = &m->settings[catalogue_find("Livechat_Routing_Method")];
    bool counts = max->known && max->value.i > 0 && method->known && str_eq(method->value.s, "Manual_Selection");
    return counts && (int64_t)m->queue_count > max->value.i ? (size_t)max->value.i : m->queue_count;
}

static const char *text(const char *s)
{
    return s ? s : "";
}

static const char *field(void *arg, int i, const char *name, int64_t *number)
{
    static char all[1024];
    const struct pane_queue *p = arg;
    const struct client_inquiry *q = row(p, i);
    if (name == NULL) {
        snprintf(all, sizeof all, "%s %s %s %s %s", text(q->visitor_name), text(q->visitor_username),
                 text(q->department), text(q->source), text(q->last_text));
        return all;
    }
    if (strcmp(name, "wait") == 0) {
        *number = (ui_now(p->base.ui) - q->queued_ms) / 1000;
        return "";
    }
    if (strcmp(name, "department") == 0 || strcmp(name, "queue") == 0)
        return text(q->department);
    if (strcmp(name, "source") == 0)
        return text(q->source);
    if (strcmp(name, "visitor") == 0)
        return text(q->visitor_name);
    return NULL;
}

static int compare(void *arg, int a, int b)
{
    const struct pane_queue *p = arg;
    const struct client_inquiry *x = row(p, a), *y = row(p, b);
    switch (p->sort) {
    case SORT_WAIT:
        return (x->queued_ms > y->queued_ms) - (x->queued_ms < y->queued_ms);
    case SORT_VISITOR:
        return strcasecmp(text(x->visitor_name), text(y->visitor_name));
    case SORT_DEPARTMENT:
        return strcasecmp(text(x->department), text(y->department));
    default:
        return 0;
    }
}

static const char *id_of(void *arg, int i)
{
    return row(arg, i)->id;
}

static void rebuild(struct pane_queue *p)
{
    list_rebuild(&p->list, (int)pane_queue_shown(p->base.ui));
    p->base.dirty = true;
}

const struct client_inquiry *pane_queue_current(struct ui *ui)
{
    struct pane_queue *p = (struct pane_queue *)ui->panes[PANE_QUEUE];
    if (p->list.total != (int)pane_queue_shown(ui))
        rebuild(p);
    int i = list_current(&p->list);
    return i < 0 ? NULL : row(p, i);
}

static enum role wait_role(int64_t ms)
{
    return ms < 2 * 60000 ? ROLE_WAIT : ms < 5 * 60000 ? ROLE_WAIT_LONG : ROLE_WAIT_TOO_LONG;
}

struct columns {
    int visitor, department, source, message; /* widths; 0: not shown */
};

static struct columns columns_for(int w)
{
    struct columns c = {0};
    if (w < TABLE_COLS) {
        c.visitor = w - 13;
        return c;
    }
    c.visitor = w >= 100 ? 22 : 16;
    c.department = w >= 100 ? 18 : 12;
    c.source = w >= 76 ? 10 : 0;
    c.message = w - 13 - c.visitor - c.department - 2 - (c.source ? c.source + 2 : 0) - 2;
    return c;
}

/* Lines of one row in a pane h lines high: two when it is too narrow for columns and everybody fits. */
static int lines_per_row(const struct pane_queue *p, int w, int h)
{
    return w < TABLE_COLS && 2 * p->list.count <= h ? 2 : 1;
}

/* "!" beside the wait of a chat whose visitor waits longer than the targets allow, or nearly so. */
static void paint_target(struct ui *ui, enum client_target t, int x, int y, enum role_place at)
{
    if (t != TARGET_KEPT)
        draw_text(ui, x, y, style_of(t == TARGET_MISSED ? ROLE_WAIT_TOO_LONG : ROLE_WAIT_LONG, at), "!", 1);
}

/* In front of the words of the chat; answers how wide it is. */
static int paint_offered(struct ui *ui, const struct client_inquiry *q, int x, int y, int w, enum role_place at)
{
    char words[48] = "being offered";
    if (!q->is_offered)
        return 0;
    if (q->offer_until_ms > 0)
        offer_words(ui, q, words, sizeof words);
    return draw_clip(ui, x, y, style_of(q->offer_until_ms > 0 ? ROLE_UNREAD : ROLE_DIM_TEXT, at), words, w) + 1;
}

/* What the narrow row has no column for: department, source, last message. */
static void paint_second(struct pane_queue *p, const struct client_inquiry *q, int x, int y, int w,
                         enum role_place at)
{
    struct ui *ui = p->base.ui;
    int end = x + w;
    char message[256];
    format_line(q->last_text, message, sizeof message);
    term_fill(ui->term, x, y, w, 1, style_of(ROLE_TEXT, at), ' ');
    x += 4;
    if (q->reserved_for && !str_eq(q->reserved_for, ui->model->me.username)) {
        x += draw_text(ui, x, y, style_of(ROLE_WAIT_LONG, at), "for ", end - x);
        x += draw_clip(ui, x, y, style_of(ROLE_WAIT_LONG, at), q->reserved_for, end - x) + 1;
    }
    x += paint_offered(ui, q, x, y, end - x, at);
    const char *department = text(q->department), *source = text(q->source);
    x += draw_clip(ui, x, y, style_of(ROLE_DIM_TEXT, at), department, end - x);
    if (*department && *source)
        x += draw_text(ui, x, y, style_of(ROLE_DIM_TEXT, at), "·", end - x);
    x += draw_clip(ui, x, y, style_of(ROLE_DIM_TEXT, at), source, end - x) + 1;
    draw_clip(ui, x, y, style_of(ROLE_TEXT, at), message, end - x);
}

static void paint_row(struct pane_queue *p, const struct client_inquiry *q, int x, int y, int w,
                      enum role_place at)
{
    struct ui *ui = p->base.ui;
    struct columns c = columns_for(w);
    int64_t waited = ui_now(ui) - q->queued_ms;
    char wait[16], message[256];
    format_wait(waited, wait);
    format_line(q->last_text, message, sizeof message);
    term_fill(ui->term, x, y, w, 1, style_of(ROLE_TEXT, at), ' ');
    draw_textf(ui, x + 1, y, style_of(ROLE_DIM_TEXT, at), 3, "%2d", q->position);
    draw_clip(ui, x + 4, y, style_of(ROLE_VISITOR, at), text(q->visitor_name), c.visitor);
    x += 4 + c.visitor + 1;
    draw_right(ui, x, y, style_of(wait_role(waited), at), wait, 6);
    paint_target(ui, q->target, x + 6, y, at);
    x += 8;
    if (c.department == 0)
        return;
    draw_clip(ui, x, y, style_of(ROLE_TEXT, at), text(q->department), c.department);
    x += c.department + 2;
    if (c.source) {
        draw_clip(ui, x, y, style_of(ROLE_DIM_TEXT, at), text(q->source), c.source);
        x += c.source + 2;
    }
    if (q->reserved_for && !str_eq(q->reserved_for, ui->model->me.username))
        x += draw_textf(ui, x, y, style_of(ROLE_WAIT_LONG, at), c.message, "for %s ", q->reserved_for);
    x += paint_offered(ui, q, x, y, c.message, at);
    draw_clip(ui, x, y, style_of(ROLE_TEXT, at), message, p->base.r.x + p->base.r.w - x);
}

static void paint_header(struct pane_queue *p, int x, int y, int w)
{
    struct ui *ui = p->base.ui;
    struct columns c = columns_for(w);
    unsigned s = plain(ROLE_HEADER);
    term_fill(ui->term, x, y, w, 1, s, ' ');
    draw_text(ui, x + 1, y, s, " #", 3);
    draw_text(ui, x + 4, y, s, "Visitor", c.visitor);
    x += 4 + c.visitor + 1;
    draw_text(ui, x, y, s, "  Wait", 6);
    x += 8;
    draw_text(ui, x, y, s, "Department", c.department);
    x += c.department + 2;
    if (c.source) {
        draw_text(ui, x, y, s, "Source", c.source);
        x += c.source + 2;
    }
    draw_text(ui, x, y, s, "Last message", c.message);
}

static void paint_empty(struct pane_queue *p, struct rect r)
{
    struct ui *ui = p->base.ui;
    const struct client_model *m = ui->model;
    const char *say = m->state != CLIENT_ONLINE ? "Not connected yet."
                      : m->queue_count > 0      ? "No chat in the queue has these words."
                                                : "Nobody is waiting.";
    if (r.h > 0)
        draw_clip(ui, r.x + 1, r.y, plain(ROLE_DIM_TEXT), say, r.w - 1);
    if (r.h > 2 && r.w >= 50 && m->queue_count == 0 && m->visitor_page)
        draw_textf(ui, r.x + 1, r.y + 2, plain(ROLE_DIM_TEXT), r.w - 1, "Visitors write to you at %s",
                   m->visitor_page);
}

static void paint_title(struct pane_queue *p, bool filtered)
{
    struct ui *ui = p->base.ui;
    char title[160], note[48];
    snprintf(title, sizeof title, "Queue%s%s", filtered ? " · " : "", filtered ? p->list.filter.pattern : "");
    if (filtered)
        snprintf(note, sizeof note, "%d of %zu", p->list.count, ui->model->queue_count);
    else if (p->sort != SORT_POSITION)
        snprintf(note, sizeof note, "by %s", sort_names[p->sort]);
    else
        snprintf(note, sizeof note, "%zu", ui->model->queue_count);
    draw_title(&p->base, title, note);
}

/* What the maximum of the settings leaves out has the last line. */
static void paint_more(struct pane_queue *p, struct rect *r)
{
    struct ui *ui = p->base.ui;
    size_t more = ui->model->queue_count - pane_queue_shown(ui);
    if (more == 0 || r->h < 2)
        return;
    r->h--;
    draw_textf(ui, r->x + 1, r->y + r->h, plain(ROLE_DIM_TEXT), r->w - 1, "and %zu more", more);
}

static void paint(struct pane *base)
{
    struct pane_queue *p = (struct pane_queue *)base;
    struct ui *ui = base->ui;
    struct rect r = base->r;
    bool mine = ui_owns_focus(ui, base);
    draw_clear(ui, r, 0);
    if (p->shows_load) {
        queue_load_paint(&p->load, base, r);
        return;
    }
    if (p->list.total != (int)pane_queue_shown(ui))
        rebuild(p);
    paint_title(p, !match_is_empty(&p->list.filter));
    r.y++, r.h--;
    paint_more(p, &r);
    if (p->list.count == 0) {
        paint_empty(p, r);
        return;
    }
    if (r.w >= TABLE_COLS && r.h > 2) {
        paint_header(p, r.x, r.y, r.w);
        r.y++, r.h--;
    }
    p->row_lines = lines_per_row(p, r.w, r.h);
    list_scroll_into(&p->list, r.h / p->row_lines);
    for (int i = 0; i < r.h / p->row_lines && p->list.top + i < p->list.count; i++) {
        int n = p->list.top + i;
        enum role_place at = n != p->list.cursor ? ON_PLAIN : mine ? ON_SELECTED : ON_SELECTED_BLUR;
        if (!mine && ui->view != VIEW_QUEUE)
            at = ON_PLAIN;
        const struct client_inquiry *q = row(p, p->list.rows[n]);
        paint_row(p, q, r.x, r.y + i * p->row_lines, r.w, at);
        if (p->row_lines == 2)
            paint_second(p, q, r.x, r.y + i * 2 + 1, r.w, at);
    }
}

static struct list *shown_list(struct pane_queue *p)
{
    return p->shows_load ? &p->load.list : &p->list;
}

static void set_filter(void *arg, const char *pattern)
{
    struct pane_queue *p = arg;
    const struct ui *ui = p->base.ui;
    list_filter(shown_list(p), pattern, (int)(p->shows_load ? ui->model->load_count : pane_queue_shown(ui)));
    p->base.dirty = true;
}

static int set_sort(struct pane_queue *p, const char *name, struct error *err)
{
    int k = (p->sort + 1) % SORT_COUNT;
    if (name)
        for (k = 0; k < SORT_COUNT && strcmp(sort_names[k], name) != 0; k++)
            ;
    if (k == SORT_COUNT)
        return error_set(err, ERR_INVALID, NULL, "The queue sorts by position, wait, visitor or department");
    p->sort = (enum queue_sort)k;
    p->list.compare = k == SORT_POSITION ? NULL : compare;
    rebuild(p);
    return 0;
}

static void show_load(struct pane_queue *p, struct error *err)
{
    if (!p->shows_load && !queue_load_is_allowed(p->base.ui, err))
        return;
    p->shows_load = !p->shows_load;
    if (p->shows_load)
        queue_load_read(&p->load);
}

/* Commands about one chat, where none is shown. */
static enum pane_answer load_command(enum command_id id, const struct command_args *a, struct error *err)
{
    if (id != CMD_PREVIEW && id != CMD_SORT && (id != CMD_TAKE || a->n > 0))
        return PANE_IGNORED;
    error_set(err, ERR_STATE, NULL, "This is the load of the agents: queue-load shows who waits");
    return PANE_DONE;
}

static enum pane_answer command(struct pane *base, enum command_id id, const struct command_args *a,
                                struct error *err)
{
    struct pane_queue *p = (struct pane_queue *)base;
    if (p->list.total != (int)pane_queue_shown(base->ui)) /* a change is about to be told */
        rebuild(p);
    struct ui *ui = base->ui;
    const struct client_inquiry *q = pane_queue_current(ui);
    base->dirty = true;
    if (list_command(shown_list(p), id) || (p->shows_load && load_command(id, a, err) == PANE_DONE))
        return PANE_DONE;
    switch (id) {
    case CMD_QUEUE_LOAD:
        show_load(p, err);
        return PANE_DONE;
    case CMD_PREVIEW:
        if (q == NULL) {
            error_set(err, ERR_STATE, NULL, "Nobody is waiting");
            return PANE_DONE;
        }
        chat_show(ui, q->rid);
        ui_focus(ui, PANE_CHAT);
        return PANE_DONE;
    case CMD_FILTER:
        if (a->n > 0)
            set_filter(p, a->rest);
        else
            prompt_filter(ui, shown_list(p)->filter.pattern, set_filter, p);
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
    struct pane_queue *p = (struct pane_queue *)base;
    int before = p->list.cursor, first = base->r.w >= TABLE_COLS && base->r.h > 3 ? 2 : 1;
    struct term_event at = *ev;
    if (p->shows_load) {
        list_mouse(&p->load.list, ev, 1);
        return;
    }
    if (p->row_lines == 2 && at.y > first)
        at.y = first + (at.y - first) / 2;
    if (list_mouse(&p->list, &at, first) && before == p->list.cursor && base->focused)
        ui_run(base->ui, "preview", NULL);
    base->focused = true;
}

static void changed(struct pane *base, unsigned bits, const char *rid)
{
    struct pane_queue *p = (struct pane_queue *)base;
    (void)rid;
    if (bits & (CLIENT_CHANGED_QUEUE | CLIENT_CHANGED_STATE | CLIENT_CHANGED_SETTINGS))
        rebuild(p);
    if (p->shows_load && !queue_load_is_allowed(base->ui, NULL))
        p->shows_load = false;
    else if (p->shows_load && (bits & (CLIENT_CHANGED_QUEUE | CLIENT_CHANGED_ROOMS | CLIENT_CHANGED_STATE)))
        queue_load_read(&p->load);
}

static bool ticks(const struct pane *base)
{
    const struct pane_queue *p = (const struct pane_queue *)base;
    return p->shows_load || p->list.count > 0;
}

static void shown(struct pane *base, bool focused)
{
    base->focused = false;
    (void)focused;
}

static void pane_free(struct pane *base)
{
    list_fini(&((struct pane_queue *)base)->list);
    queue_load_fini(&((struct pane_queue *)base)->load);
    free(base);
}

struct pane *pane_queue_new(struct ui *ui)
{
    static const unsigned contexts[] = {CTX_QUEUE, CTX_LIST, 0};
    static const struct pane_ops ops = {.name = "queue",
                                        .contexts = contexts,
                                        .paint = paint,
                                        .mouse = mouse,
                                        .command = command,
                                        .changed = changed,
                                        .ticks = ticks,
                                        .shown = shown,
                                        .free = pane_free};
    struct pane_queue *p = x_calloc(1, sizeof *p);
    p->base.ops = &ops;
    p->base.ui = ui;
    p->row_lines = 1;
    p->list.arg = p;
    p->list.field = field;
    p->list.id = id_of;
    queue_load_init(&p->load, ui);
    return &p->base;
}
