#include "ui/draw.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int draw_text(struct ui *ui, int x, int y, unsigned style, const char *text, int w)
{
    return w > 0 && text ? term_put(ui->term, x, y, style, text, strlen(text), w) : 0;
}

int draw_textf(struct ui *ui, int x, int y, unsigned style, int w, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return draw_text(ui, x, y, style, text, w);
}

int draw_clip(struct ui *ui, int x, int y, unsigned style, const char *text, int w)
{
    int cols;
    if (w <= 0 || text == NULL)
        return 0;
    size_t n = strlen(text), fit = text_fit(text, n, w, &cols);
    if (fit == n)
        return term_put(ui->term, x, y, style, text, n, w);
    fit = text_fit(text, n, w - 1, &cols);
    int used = term_put(ui->term, x, y, style, text, fit, w - 1);
    return used + draw_text(ui, x + used, y, style, "…", 1);
}

void draw_right(struct ui *ui, int x, int y, unsigned style, const char *text, int w)
{
    int cols = text_width(text, strlen(text));
    draw_clip(ui, cols < w ? x + w - cols : x, y, style, text, w);
}

void draw_clear(struct ui *ui, struct rect r, unsigned style)
{
    term_fill(ui->term, r.x, r.y, r.w, r.h, style, ' ');
}

void draw_hline(struct ui *ui, int x, int y, int w, unsigned style)
{
    for (int i = 0; i < w; i++)
        draw_text(ui, x + i, y, style, "─", 1);
}

void draw_vline(struct ui *ui, int x, int y, int h, unsigned style)
{
    for (int i = 0; i < h; i++)
        draw_text(ui, x, y + i, style, "│", 1);
}

void draw_box(struct ui *ui, struct rect r, unsigned style)
{
    draw_hline(ui, r.x + 1, r.y, r.w - 2, style);
    draw_hline(ui, r.x + 1, r.y + r.h - 1, r.w - 2, style);
    draw_vline(ui, r.x, r.y + 1, r.h - 2, style);
    draw_vline(ui, r.x + r.w - 1, r.y + 1, r.h - 2, style);
    draw_text(ui, r.x, r.y, style, "┌", 1);
    draw_text(ui, r.x + r.w - 1, r.y, style, "┐", 1);
    draw_text(ui, r.x, r.y + r.h - 1, style, "└", 1);
    draw_text(ui, r.x + r.w - 1, r.y + r.h - 1, style, "┘", 1);
}

void draw_title(struct pane *p, const char *title, const char *note)
{
    struct ui *ui = p->ui;
    struct rect r = p->r;
    bool mine = ui_owns_focus(ui, p);
    int note_w = note && *note ? text_width(note, strlen(note)) + 2 : 0;
    draw_hline(ui, r.x, r.y, r.w, plain(ROLE_BORDER));
    int room = r.w - 4 - (note_w < r.w / 2 ? note_w : 0);
    draw_text(ui, r.x, r.y, plain(mine ? ROLE_TITLE_FOCUS : ROLE_BORDER), mine ? "▸ " : "─ ", 2);
    int used = draw_clip(ui, r.x + 2, r.y, plain(mine ? ROLE_TITLE_FOCUS : ROLE_TITLE), title, room);
    draw_text(ui, r.x + 2 + used, r.y, plain(ROLE_BORDER), " ", r.w - 2 - used);
    if (note_w > 0 && note_w < r.w / 2 + 2) {
        draw_text(ui, r.x + r.w - note_w - 1, r.y, plain(ROLE_BORDER), " ", 1);
        draw_text(ui, r.x + r.w - note_w, r.y, plain(ROLE_DIM_TEXT), note, note_w - 2);
        draw_text(ui, r.x + r.w - 2, r.y, plain(ROLE_BORDER), " ", 1);
    }
}

int draw_wrapped(struct ui *ui, struct rect r, unsigned style, const char *text)
{
    size_t n = strlen(text), at = 0, next;
    int line = 0;
    while (at < n && line < r.h && r.w > 0) {
        size_t len = text_wrap(text + at, n - at, r.w, &next);
        term_put(ui->term, r.x, r.y + line, style, text + at, len, r.w);
        at += next;
        line++;
    }
    return line;
}

void format_wait(int64_t ms, char out[16])
{
    int64_t s = ms < 0 ? 0 : ms / 1000;
    if (s >= 100 * 3600)
        snprintf(out, 16, "%lldd", (long long)(s / 86400));
    else if (s >= 3600)
        snprintf(out, 16, "%lld:%02lldh", (long long)(s / 3600), (long long)(s / 60 % 60));
    else
        snprintf(out, 16, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

static struct tm local(int64_t ms)
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm = {0};
    localtime_r(&t, &tm);
    return tm;
}

void format_clock(int64_t ms, char out[8])
{
    struct tm tm = local(ms);
    strftime(out, 8, "%H:%M", &tm);
}

void format_day(int64_t ms, char out[48])
{
    struct tm tm = local(ms);
    strftime(out, 48, "%A %-d %B %Y", &tm);
}

long day_number(int64_t ms)
{
    struct tm tm = local(ms);
    return (tm.tm_year + 1900L) * 366 + tm.tm_yday;
}

void format_line(const char *text, char *out, size_t n)
{
    snprintf(out, n, "%s", text ? text : "");
    for (char *p = out; *p; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
}
