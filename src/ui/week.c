#include "ui/week.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"

#define DAY 1440
#define STEP 30

static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

/* Items begin with Sunday, people's weeks with Monday. */
static size_t item_of(int day)
{
    return (size_t)((day + 1) % 7);
}

const char *week_day_name(const struct week *w)
{
    return names[w->day];
}

static struct record_day day_of(const struct record_value *v, int day)
{
    struct record_day d = {.n = 1, .spans = {{480, 1200}}};
    if (item_of(day) < v->count)
        record_day_read(v->items[item_of(day)], &d);
    return d;
}

static void set_day(struct record_value *v, int day, const struct record_day *d)
{
    size_t i = item_of(day);
    if (i >= v->count)
        return;
    free(v->items[i]);
    v->items[i] = record_day_write(d);
}

/* The half-hours from the anchor to the cursor, both included. */
static struct record_span painted(const struct week *w)
{
    struct record_span p = {w->anchor < w->minute ? w->anchor : w->minute,
                            (w->anchor > w->minute ? w->anchor : w->minute) + STEP};
    return p;
}

/* Is any of these minutes open that belong to this day's line? The rest of a day that ends after midnight stands in the
   next line. */
static bool covers(const struct record_day *day, const struct record_day *before, int from, int to)
{
    for (int i = 0; day->open && i < day->n; i++) {
        bool overnight = day->spans[i].finish < day->spans[i].start;
        if (from < (overnight ? DAY : day->spans[i].finish) && to > day->spans[i].start)
            return true;
    }
    for (int i = 0; before->open && i < before->n; i++)
        if (before->spans[i].finish < before->spans[i].start && from < before->spans[i].finish)
            return true;
    return false;
}

static struct record_day day_before(const struct record_value *v, int day)
{
    return day_of(v, (day + 6) % 7);
}

/* --- painting: on closed time opens, begun on open time closes --- */

static int compare_spans(const void *a, const void *b)
{
    return ((const struct record_span *)a)->start - ((const struct record_span *)b)->start;
}

/* What is left of a day when that is cut out of it; ends after midnight are above DAY here. */
static int cut(const struct record_day *d, struct record_span hole, struct record_span *out)
{
    int n = 0;
    for (int i = 0; d->open && i < d->n; i++) {
        struct record_span s = d->spans[i];
        s.finish += s.finish <= s.start ? DAY : 0;
        if (s.start < hole.start)
            out[n++] = (struct record_span){s.start, s.finish < hole.start ? s.finish : hole.start};
        if (s.finish > hole.finish && hole.finish < DAY) /* nothing of a day begins after it */
            out[n++] = (struct record_span){s.start > hole.finish ? s.start : hole.finish, s.finish};
    }
    return n;
}

/* The day with that opened or closed; one that would have too many intervals stays as it is. */
static struct record_day with_painted(const struct record_day *d, struct record_span p, bool opens)
{
    struct record_span all[2 * RECORD_SPANS_MAX + 1];
    struct record_day made = *d;
    int n = cut(d, p, all), k = 0;
    if (opens)
        all[n++] = p;
    qsort(all, (size_t)n, sizeof *all, compare_spans);
    for (int i = 1; i < n; i++) {
        if (all[i].start > all[k].finish)
            all[++k] = all[i];
        else if (all[i].finish > all[k].finish)
            all[k].finish = all[i].finish;
    }
    if (n > 0 && k + 1 > RECORD_SPANS_MAX)
        return *d;
    made.open = n > 0;
    for (int i = 0; n > 0 && i <= k; i++) {
        all[i].finish -= all[i].finish > DAY ? DAY : 0;
        made.spans[i] = all[i];
        made.n = i + 1;
    }
    return made;
}

/* The day under the cursor as it is, or as it will be when painting ends here. */
static struct record_day day_shown(const struct week *w, const struct record_value *v, int day)
{
    struct record_day d = day_of(v, day);
    if (w->anchor < 0 || day != w->day)
        return d;
    struct record_day nothing = {0};
    return with_painted(&d, painted(w), !covers(&d, &nothing, w->anchor, w->anchor + STEP));
}

/* Then the times need the room of the wide grid. */
static bool has_breaks(const struct record_value *v)
{
    for (int day = 0; day < 7; day++)
        if (day_of(v, day).n > 1)
            return true;
    return false;
}

static void paint_hours(struct ui *ui, struct rect r, int cells, int label_w)
{
    for (int hour = 0; hour < 24; hour += cells == 48 ? 3 : 4)
        draw_textf(ui, r.x + label_w + hour * cells / 24, r.y, plain(ROLE_DIM_TEXT), 2, "%d", hour);
}

void week_paint(struct pane *p, const struct week *w, const struct record_value *v, struct rect r, bool mine)
{
    struct ui *ui = p->ui;
    int label_w = 4, cells = r.w >= label_w + 48 + 13 && !has_breaks(v) ? 48 : 24, minutes = DAY / cells;
    paint_hours(ui, r, cells, label_w);
    for (int day = 0; day < 7 && day + 1 < r.h; day++) {
        int y = r.y + 1 + day;
        struct record_day now = mine ? day_shown(w, v, day) : day_of(v, day), before = day_before(v, day);
        bool here = mine && day == w->day;
        draw_textf(ui, r.x, y, plain(here ? ROLE_STRONG : ROLE_DIM_TEXT), 3, "%.2s", names[day]);
        for (int c = 0; c < cells; c++) {
            int from = c * minutes, to = from + minutes;
            bool on = covers(&now, &before, from, to);
            bool cursor = here && w->minute >= from && w->minute < to;
            term_put(ui->term, r.x + label_w + c, y,
                     cursor ? plain(ROLE_BUTTON_FOCUS) : plain(on ? ROLE_NEW_VALUE : ROLE_DIM_TEXT), on ? "█" : "·",
                     strlen(on ? "█" : "·"), 1);
            if (cursor) {
                p->cursor_x = r.x + label_w + c;
                p->cursor_y = y;
            }
        }
        if (r.w < label_w + cells + 12)
            continue;
        int x = r.x + label_w + cells + 1;
        AUTO_FREE char *times = record_spans_show(now.spans, now.open ? now.n : 0);
        draw_clip(ui, x, y, plain(!now.open ? ROLE_DIM_TEXT : here ? ROLE_STRONG : ROLE_VALUE), times, r.x + r.w - x);
    }
}

char *week_times(const struct week *w, const struct record_value *v)
{
    struct record_day d = day_of(v, w->day);
    return record_spans_show(d.spans, d.open ? d.n : 0);
}

int week_set_times(const struct week *w, struct record_value *v, const char *text, struct error *err)
{
    struct record_day d = day_of(v, w->day), typed = {.open = true};
    const char *rest = record_spans_read(text, typed.spans, &typed.n);
    if (strcmp(text, "closed") == 0 || *text == '\0')
        d.open = false;
    else if (*rest == '\0' && typed.n > 0)
        d = typed;
    else
        return error_set(err, ERR_INVALID, NULL,
                         "Times from 00:00 to 24:00, such as 08:30-17:00 or 08:00-12:00, 13:00-17:00; or closed");
    set_day(v, w->day, &d);
    return 0;
}

static void paint(struct week *w, struct record_value *v)
{
    struct record_day d = day_of(v, w->day);
    if (w->anchor < 0) {
        w->anchor = w->minute;
        return;
    }
    d = day_shown(w, v, w->day);
    set_day(v, w->day, &d);
    w->anchor = -1;
}

static bool move_day(struct week *w, int by)
{
    if (w->day + by < 0 || w->day + by > 6)
        return false;
    w->anchor = -1;
    w->day += by;
    return true;
}

bool week_command(struct week *w, struct record_value *v, enum command_id id)
{
    struct record_day d = day_of(v, w->day);
    switch (id) {
    case CMD_WEEK_EARLIER:
        w->minute = w->minute >= STEP ? w->minute - STEP : 0;
        return true;
    case CMD_WEEK_LATER:
        w->minute = w->minute < DAY - STEP ? w->minute + STEP : DAY - STEP;
        return true;
    case CMD_LINE_DOWN:
        return move_day(w, 1);
    case CMD_LINE_UP:
        return move_day(w, -1);
    case CMD_WEEK_PAINT:
        paint(w, v);
        return true;
    case CMD_WEEK_TOGGLE:
        w->anchor = -1;
        d.open = !d.open;
        set_day(v, w->day, &d);
        return true;
    case CMD_WEEK_COPY:
        if (w->day < 6) {
            set_day(v, w->day + 1, &d);
            move_day(w, 1);
        }
        return true;
    default:
        return false;
    }
}
