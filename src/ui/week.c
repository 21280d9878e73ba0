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
    struct record_day d = {480, 1200, false};
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
static struct record_day painted(const struct week *w)
{
    struct record_day d = {w->anchor < w->minute ? w->anchor : w->minute,
                           (w->anchor > w->minute ? w->anchor : w->minute) + STEP, true};
    return d;
}

/* Is any of the cell's minutes within the hours that belong to this day's line? The rest of a day that ends after
   midnight stands in the next line. */
static bool covers(const struct record_value *v, int day, int from, int to)
{
    struct record_day d = day_of(v, day), before = day_of(v, (day + 6) % 7);
    bool overnight = d.finish < d.start;
    if (d.open && from < (overnight ? DAY : d.finish) && to > d.start)
        return true;
    return before.open && before.finish < before.start && from < before.finish;
}

static void paint_hours(struct ui *ui, struct rect r, int cells, int label_w)
{
    for (int hour = 0; hour < 24; hour += cells == 48 ? 3 : 4)
        draw_textf(ui, r.x + label_w + hour * cells / 24, r.y, plain(ROLE_DIM_TEXT), 2, "%d", hour);
}

void week_paint(struct pane *p, const struct week *w, const struct record_value *v, struct rect r, bool mine)
{
    struct ui *ui = p->ui;
    int label_w = 4, cells = r.w >= label_w + 48 + 13 ? 48 : 24, minutes = DAY / cells;
    paint_hours(ui, r, cells, label_w);
    for (int day = 0; day < 7 && day + 1 < r.h; day++) {
        int y = r.y + 1 + day;
        struct record_day d = day_of(v, day);
        bool here = mine && day == w->day, painting = here && w->anchor >= 0;
        struct record_day now = painting ? painted(w) : d;
        draw_textf(ui, r.x, y, plain(here ? ROLE_STRONG : ROLE_DIM_TEXT), 3, "%.2s", names[day]);
        for (int c = 0; c < cells; c++) {
            int from = c * minutes, to = from + minutes;
            bool on = painting ? from < now.finish && to > now.start : covers(v, day, from, to);
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
        if (now.open)
            draw_textf(ui, x, y, plain(here ? ROLE_STRONG : ROLE_VALUE), 12, "%02d:%02d-%02d:%02d", now.start / 60,
                       now.start % 60, now.finish / 60, now.finish % 60);
        else
            draw_text(ui, x, y, plain(ROLE_DIM_TEXT), "closed", 12);
    }
}

char *week_times(const struct week *w, const struct record_value *v)
{
    struct record_day d = day_of(v, w->day);
    if (!d.open)
        return x_strdup("closed");
    return x_asprintf("%02d:%02d-%02d:%02d", d.start / 60, d.start % 60, d.finish / 60, d.finish % 60);
}

int week_set_times(const struct week *w, struct record_value *v, const char *text, struct error *err)
{
    struct record_day d = day_of(v, w->day);
    char item[40], from[8], to[8];
    if (strcmp(text, "closed") == 0 || *text == '\0') {
        d.open = false;
    } else if (sscanf(text, " %5[0-9:] - %5[0-9:]", from, to) == 2) {
        snprintf(item, sizeof item, "%s%s %s%s open", strlen(from) == 4 ? "0" : "", from, strlen(to) == 4 ? "0" : "",
                 to);
        if (!record_day_read(item, &d) || d.start == d.finish)
            return error_set(err, ERR_INVALID, NULL, "Times are from 00:00 to 24:00, such as 08:30-17:00");
    } else {
        return error_set(err, ERR_INVALID, NULL, "Times are two of them, such as 08:30-17:00, or closed");
    }
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
    d = painted(w);
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
