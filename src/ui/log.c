#include "ui/log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "ui/draw.h"

#define ROWS_MAX 600 /* lines of one message; the rest is cut with a note by wrapping no further */
#define SCREEN_MAX 512
#define GROUP_MS (5 * 60 * 1000)

void log_init(struct log *l)
{
    memset(l, 0, sizeof *l);
    l->follow = true;
}

void log_fini(struct log *l)
{
    free(l->bottom_id);
    free(l->hit_id);
    match_clear(&l->search);
}

static int name_cols(int w)
{
    return w >= 90 ? 16 : w >= 64 ? 13 : w >= 50 ? 10 : 0;
}

static int text_cols(int w)
{
    int name = name_cols(w);
    return name ? w - name - 11 : w - 3;
}

static const char *body(const struct client_message *m, bool *notice)
{
    *notice = m->type != NULL && m->notice != NULL;
    return *notice ? m->notice : m->text ? m->text : "";
}

static const struct client_message *shown_before(const struct client_room *room, size_t i)
{
    while (i-- > 0)
        if (!room->messages[i]->hidden)
            return room->messages[i];
    return NULL;
}

static bool same_author(const struct client_message *a, const struct client_message *b)
{
    return a && str_eq(a->user_id, b->user_id) && str_eq(a->username, b->username) &&
           (a->type == NULL) == (b->type == NULL) && b->ts_ms - a->ts_ms < GROUP_MS;
}

static size_t text_rows(const char *text, int cols, struct log_row row, struct log_row *out, size_t n,
                        size_t max)
{
    size_t len = strlen(text), at = 0, next;
    while (at < len && n < max) {
        row.start = at;
        row.len = text_wrap(text + at, len - at, cols > 4 ? cols : 4, &next);
        out[n++] = row;
        row.first = false;
        at += next;
    }
    return n;
}

/* The lines of message i, from above to below. */
static size_t message_rows(const struct log *l, const struct client_room *room, size_t i, int w,
                           struct log_row *out)
{
    const struct client_message *m = room->messages[i], *before;
    size_t n = 0;
    bool notice;
    if (m->hidden)
        return 0;
    before = shown_before(room, i);
    struct log_row row = {.message = i, .first = true};
    if (before == NULL || day_number(before->ts_ms) != day_number(m->ts_ms)) {
        row.kind = LOG_DAY;
        out[n++] = row;
    }
    if (l->marker_ms > 0 && m->ts_ms > l->marker_ms && !m->own &&
        (before == NULL || before->ts_ms <= l->marker_ms)) {
        row.kind = LOG_MARKER;
        out[n++] = row;
    }
    const char *text = body(m, &notice);
    row.named = !notice && (n > 0 || !same_author(before, m));
    if (row.named && name_cols(w) == 0) {
        row.kind = LOG_NAME;
        out[n++] = row;
    }
    row.kind = notice ? LOG_NOTICE : LOG_TEXT;
    size_t had = n;
    n = text_rows(text, notice ? w - 8 : text_cols(w), row, out, n, ROWS_MAX - 4);
    if (n > had)
        row.first = false;
    row.start = row.len = 0;
    if (m->attachment && !notice) {
        row.kind = LOG_ATTACHMENT;
        out[n++] = row;
        row.first = false;
    }
    if (n == had) /* an empty message still is one */
        out[n++] = row;
    if (m->delivery == DELIVERY_FAILED) {
        row.kind = LOG_FAILURE;
        row.first = false;
        out[n++] = row;
    }
    return n;
}

/* Finds the anchor again after the messages changed. */
static void settle(struct log *l, const struct client_room *room)
{
    if (room->message_count == 0)
        return;
    size_t last = room->message_count - 1;
    if (l->follow || l->bottom_id == NULL) {
        l->bottom = last;
        l->below = 0;
        l->follow = true;
        return;
    }
    if (l->bottom > last || !str_eq(room->messages[l->bottom]->id, l->bottom_id)) {
        for (size_t i = room->message_count; i-- > 0;)
            if (str_eq(room->messages[i]->id, l->bottom_id)) {
                l->bottom = i;
                return;
            }
        if (l->bottom > last)
            l->bottom = last;
        str_set(&l->bottom_id, room->messages[l->bottom]->id);
    }
}

static void anchor(struct log *l, const struct client_room *room, size_t i, int below)
{
    l->bottom = i;
    l->below = below;
    str_set(&l->bottom_id, room->messages[i]->id);
    l->follow = i + 1 == room->message_count && below == 0;
}

/* Fills rows (height of them at most) from the anchor upwards; returns how many, the lowest last. */
static size_t collect(const struct log *l, const struct client_room *room, int w, int h,
                      struct log_row *screen, bool *top)
{
    static struct log_row one[ROWS_MAX];
    size_t n = 0, i = l->bottom;
    int skip = l->below;
    *top = false;
    for (;;) {
        size_t k = message_rows(l, room, i, w, one);
        while (k > 0 && n < (size_t)h) {
            k--;
            if (skip > 0)
                skip--;
            else
                screen[n++] = one[k];
        }
        if (n == (size_t)h) {
            *top = i == 0 && k == 0;
            break;
        }
        if (i-- == 0) {
            *top = true;
            break;
        }
    }
    for (size_t a = 0, b = n; a + 1 < b; a++) {
        struct log_row t = screen[a];
        screen[a] = screen[--b];
        screen[b] = t;
    }
    return n;
}

void log_scroll(struct log *l, const struct client_room *room, int lines)
{
    static struct log_row one[ROWS_MAX];
    if (room->message_count == 0)
        return;
    settle(l, room);
    size_t i = l->bottom;
    int below = l->below;
    if (lines < 0) {
        if (l->at_top && lines < 0)
            return;
        below -= lines;
        for (int k; below >= (k = (int)message_rows(l, room, i, l->width, one)); i--) {
            if (i == 0) {
                below = k - 1;
                break;
            }
            below -= k;
        }
    } else {
        below -= lines;
        while (below < 0) {
            if (i + 1 == room->message_count) {
                below = 0;
                break;
            }
            i++;
            below += (int)message_rows(l, room, i, l->width, one);
        }
    }
    anchor(l, room, i, below);
    /* Never further up than a full screen from the top. */
    static struct log_row screen[SCREEN_MAX];
    bool top;
    int h = l->height < SCREEN_MAX ? l->height : SCREEN_MAX;
    size_t n = collect(l, room, l->width, h, screen, &top);
    l->at_top = top;
    if (n < (size_t)h && !l->follow && lines < 0)
        log_scroll(l, room, h - (int)n);
}

bool log_command(struct log *l, const struct client_room *room, enum command_id id)
{
    int page = l->height > 2 ? l->height - 2 : 1;
    switch (id) {
    case CMD_UP:
        log_scroll(l, room, -1);
        return true;
    case CMD_DOWN:
        log_scroll(l, room, 1);
        return true;
    case CMD_PAGE_UP:
        log_scroll(l, room, -page);
        return true;
    case CMD_PAGE_DOWN:
        log_scroll(l, room, page);
        return true;
    case CMD_BOTTOM:
        l->follow = true;
        return true;
    case CMD_TOP:
        if (room->message_count > 0) {
            anchor(l, room, 0, 0);
            l->follow = false;
            l->at_top = false;
            log_scroll(l, room, l->height - 1);
        }
        return true;
    default:
        return false;
    }
}

static bool message_hits(const struct log *l, const struct client_message *m)
{
    size_t pos, len;
    bool notice;
    const char *text = body(m, &notice);
    if (m->hidden || l->search.n == 0)
        return false;
    for (int i = 0; i < l->search.n; i++)
        if (match_find(text, strlen(text), 0, l->search.term[i].word, &pos, &len) ==
            l->search.term[i].negated)
            return false;
    return true;
}

bool log_search(struct log *l, const struct client_room *room, int by)
{
    size_t n = room->message_count, i;
    if (n == 0)
        return false;
    settle(l, room);
    i = l->bottom + 1;
    for (size_t k = n; l->hit_id && k-- > 0;)
        if (str_eq(room->messages[k]->id, l->hit_id)) {
            i = k;
            break;
        }
    while (by < 0 ? i-- > 0 : ++i < n) {
        if (!message_hits(l, room->messages[i]))
            continue;
        str_set(&l->hit_id, room->messages[i]->id);
        anchor(l, room, i, 0);
        l->at_top = false;
        log_scroll(l, room, l->height / 3);
        return true;
    }
    return false;
}

const struct client_message *log_bottom(const struct log *l, const struct client_room *room)
{
    return room->message_count == 0
               ? NULL
               : room->messages[l->bottom < room->message_count ? l->bottom : room->message_count - 1];
}

static void paint_rule(struct ui *ui, int x, int y, int w, enum role role, const char *text)
{
    int cols = text_width(text, strlen(text)), left = (w - cols - 2) / 2;
    draw_hline(ui, x, y, w, plain(ROLE_BORDER));
    if (left > 0)
        draw_textf(ui, x + left, y, plain(role), cols + 2, " %s ", text);
}

static void paint_mark(struct ui *ui, const struct client_message *m, int x, int y)
{
    switch (m->delivery) {
    case DELIVERY_NONE:
        break;
    case DELIVERY_OUTBOX:
        draw_text(ui, x, y, plain(ROLE_WAITING), "↑", 1);
        break;
    case DELIVERY_SENDING:
        draw_text(ui, x, y, plain(ROLE_WAITING), "·", 1);
        break;
    case DELIVERY_SENT:
        draw_text(ui, x, y, plain(ROLE_SENT), "✓", 1);
        break;
    case DELIVERY_FAILED:
        draw_text(ui, x, y, plain(ROLE_FAILED), "✗", 1);
        break;
    }
}

static const char *author(const struct client_message *m, enum role *role)
{
    *role = m->own ? ROLE_OWN : m->from_visitor ? ROLE_VISITOR : ROLE_AGENT;
    return m->own ? "you" : m->name && *m->name ? m->name : m->username ? m->username : "?";
}

static bool is_name_char(char c)
{
    return c != '\0' && (isalnum((unsigned char)c) || strchr("-_.", c));
}

/* "@name" of the one who reads, and those words that mean everybody. */
static void mark_mentions(struct ui *ui, const char *text, const struct log_row *row, int x, int y)
{
    const char *const names[] = {ui->model->me.username, "all", "here"};
    for (size_t i = 0; i < row->len; i++) {
        const char *at = text + row->start + i;
        if (*at != '@' || (row->start + i > 0 && is_name_char(at[-1])))
            continue;
        size_t n = 1, most = row->len - i;
        while (n < most && is_name_char(at[n]))
            n++;
        while (n > 1 && at[n - 1] == '.') /* the end of the sentence */
            n--;
        for (size_t k = 0; k < COUNT_OF(names); k++)
            if (names[k] && strlen(names[k]) == n - 1 && strncasecmp(at + 1, names[k], n - 1) == 0)
                term_restyle(ui->term, x + text_width(text + row->start, i), y, text_width(at, n), plain(ROLE_UNREAD));
    }
}

static void paint_text(struct log *l, struct ui *ui, const char *text, const struct log_row *row, int x,
                       int y, int w, enum role role)
{
    term_put(ui->term, x, y, plain(role), text + row->start, row->len, w);
    if (role == ROLE_TEXT)
        mark_mentions(ui, text, row, x, y);
    for (int i = 0; i < l->search.n; i++) {
        size_t pos, len, at = 0;
        while (!l->search.term[i].negated &&
               match_find(text + row->start, row->len, at, l->search.term[i].word, &pos, &len)) {
            term_restyle(ui->term, x + text_width(text + row->start, pos), y,
                         text_width(text + row->start + pos, len), plain(ROLE_HIT));
            at = pos + len;
        }
    }
}

static void paint_row(struct log *l, struct ui *ui, const struct client_room *room, const struct log_row *row,
                      int x, int y, int w)
{
    const struct client_message *m = room->messages[row->message];
    int name = name_cols(w), tx = name ? x + name + 10 : x + 2;
    char text[48];
    enum role role;
    bool notice;
    const char *who = author(m, &role), *what = body(m, &notice);
    format_clock(m->ts_ms, text);
    if (row->first && name && row->kind != LOG_DAY && row->kind != LOG_MARKER)
        draw_text(ui, x + 1, y, plain(ROLE_DIM_TEXT), text, 5);
    if (row->first && (row->kind == LOG_TEXT || row->kind == LOG_ATTACHMENT)) {
        paint_mark(ui, m, name ? x + 7 : x, y);
        if (name && row->named)
            draw_clip(ui, x + 9, y, plain(role), who, name);
    }
    switch (row->kind) {
    case LOG_DAY:
        format_day(m->ts_ms, text);
        paint_rule(ui, x, y, w, ROLE_DIM_TEXT, text);
        break;
    case LOG_MARKER:
        paint_rule(ui, x, y, w, ROLE_LAST_READ, "new");
        break;
    case LOG_NAME: {
        int used = draw_clip(ui, x, y, plain(role), who, w - 8);
        draw_text(ui, x + used + 1, y, plain(ROLE_DIM_TEXT), text, 5);
        break;
    }
    case LOG_TEXT:
        paint_text(l, ui, what, row, tx, y, x + w - tx, ROLE_TEXT);
        break;
    case LOG_NOTICE:
        paint_text(l, ui, what, row, name ? x + 9 : x + 2, y, w - 9, ROLE_SYSTEM);
        break;
    case LOG_ATTACHMENT:
        draw_textf(ui, tx, y, plain(ROLE_DIM_TEXT), x + w - tx, "[%s]", m->attachment);
        break;
    case LOG_FAILURE:
        draw_textf(ui, tx, y, plain(ROLE_FAILED), x + w - tx, "not sent: %s (r sends again, d drops)",
                   m->failure ? m->failure : "refused");
        break;
    }
}

void log_paint(struct log *l, struct ui *ui, const struct client_room *room, struct rect r)
{
    static struct log_row screen[SCREEN_MAX];
    draw_clear(ui, r, 0);
    l->width = r.w;
    l->height = r.h;
    if (room->message_count == 0) {
        draw_text(ui, r.x + 2, r.y, plain(ROLE_DIM_TEXT),
                  room->history_loading ? "Loading the messages…" : "No messages yet.", r.w - 2);
        l->at_top = true;
        return;
    }
    settle(l, room);
    size_t n = collect(l, room, r.w, r.h < SCREEN_MAX ? r.h : SCREEN_MAX, screen, &l->at_top);
    int y = r.y;
    if (l->at_top && room->history_loading && n < (size_t)r.h)
        draw_text(ui, r.x + 2, y++, plain(ROLE_DIM_TEXT), "Loading older messages…", r.w - 2);
    for (size_t i = 0; i < n && y < r.y + r.h; i++, y++)
        paint_row(l, ui, room, &screen[i], r.x, y, r.w);
    term_hint_scroll(ui->term, r.x, r.y, r.w, r.h);
}
