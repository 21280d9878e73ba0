#include "ui/edit_paint.h"

#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"

#define LINES_MAX 2048

void edit_paint_line(struct pane *p, const struct edit *e, struct rect r, bool secret, bool mine)
{
    struct ui *ui = p->ui;
    const char *text = edit_text(e);
    size_t from = 0, cursor = e->cursor;
    AUTO_FREE char *stars = NULL;
    struct text_cluster c;
    if (secret) {
        size_t n = (size_t)text_width(text, e->text.len);
        cursor = (size_t)text_width(text, cursor);
        stars = x_malloc(n + 1);
        memset(stars, '*', n);
        stars[n] = '\0';
        text = stars;
    }
    size_t len = strlen(text);
    while (text_width(text + from, cursor - from) > r.w - 1)
        from += text_next(text + from, len - from, &c);
    term_fill(ui->term, r.x, r.y, r.w, 1, plain(ROLE_FIELD), ' ');
    term_put(ui->term, r.x, r.y, plain(ROLE_FIELD), text + from, len - from, r.w);
    if (mine) {
        p->cursor_x = r.x + text_width(text + from, cursor - from);
        p->cursor_y = r.y;
    }
}

void edit_paint_block(struct pane *p, struct edit *e, struct rect r, bool mine)
{
    static struct edit_line lines[LINES_MAX];
    struct ui *ui = p->ui;
    e->cols = r.w;
    size_t n = edit_lines(e, r.w, lines, LINES_MAX), at = edit_cursor_line(e, lines, n);
    if (at < e->top)
        e->top = at;
    if (at >= e->top + (size_t)r.h)
        e->top = at - (size_t)r.h + 1;
    term_fill(ui->term, r.x, r.y, r.w, r.h, plain(ROLE_FIELD), ' ');
    for (size_t i = 0; i < (size_t)r.h && e->top + i < n; i++)
        term_put(ui->term, r.x, r.y + (int)i, plain(ROLE_FIELD), edit_text(e) + lines[e->top + i].start,
                 lines[e->top + i].len, r.w);
    if (mine) {
        size_t in = e->cursor - lines[at].start;
        p->cursor_x = r.x + text_width(edit_text(e) + lines[at].start, in > lines[at].len ? lines[at].len : in);
        p->cursor_y = r.y + (int)(at - e->top);
    }
}
