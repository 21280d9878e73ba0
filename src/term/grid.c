#include "term/grid.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/mem.h"
#include "common/utf8.h"

#define GLYPH_POOL 0x80000000u
#define POOL_MAX 8192 /* clusters; then only their first code point is shown */

struct pooled {
    char bytes[TEXT_CLUSTER_MAX + 1];
    uint32_t index;
    UT_hash_handle hh;
};

struct grid_pool {
    struct pooled *by_bytes;
    struct pooled *list[POOL_MAX];
    uint32_t count;
};

static const struct cell blank = {' ', 0, 1, 0};

void grid_init(struct grid *g, bool utf8, bool bce, enum term_depth depth)
{
    memset(g, 0, sizeof *g);
    g->utf8 = utf8;
    g->bce = bce;
    g->depth = depth;
    g->pool = x_calloc(1, sizeof *g->pool);
    g->cursor_x = g->at_x = -1;
    g->shown = true;
    for (size_t i = 0; i < GRID_STYLES; i++)
        g->styles[i].fg = g->styles[i].bg = COLOR_DEFAULT;
}

static void pool_clear(struct grid_pool *p)
{
    HASH_CLEAR(hh, p->by_bytes);
    for (uint32_t i = 0; i < p->count; i++)
        free(p->list[i]);
    p->count = 0;
}

void grid_fini(struct grid *g)
{
    if (g->pool)
        pool_clear(g->pool);
    free(g->pool);
    free(g->back);
    free(g->front);
    free(g->dirty);
    free(g->link);
    memset(g, 0, sizeof *g);
}

static void blank_cells(struct cell *c, int n)
{
    for (int i = 0; i < n; i++)
        c[i] = blank;
}

void grid_forget(struct grid *g)
{
    g->front_unknown = true;
    g->at_x = -1;
    for (int y = 0; y < g->rows; y++)
        g->dirty[y] = true;
}

void grid_resize(struct grid *g, int cols, int rows)
{
    g->cols = cols;
    g->rows = rows;
    size_t n = (size_t)cols * (size_t)rows;
    g->back = x_reallocarray(g->back, n, sizeof *g->back);
    g->front = x_reallocarray(g->front, n, sizeof *g->front);
    g->dirty = x_reallocarray(g->dirty, (size_t)rows, sizeof *g->dirty);
    blank_cells(g->back, (int)n);
    blank_cells(g->front, (int)n);
    pool_clear(g->pool);
    g->cursor_x = -1;
    g->scroll_h = 0;
    grid_forget(g);
}

void grid_style(struct grid *g, unsigned no, const struct term_style *s)
{
    if (no < GRID_STYLES)
        g->styles[no] = style_resolve(s, g->depth);
}

static bool is_rtl(uint32_t cp)
{
    return (cp >= 0x590 && cp <= 0x8FF) || (cp >= 0xFB1D && cp <= 0xFDFF) || (cp >= 0xFE70 && cp <= 0xFEFE) ||
           (cp >= 0x10800 && cp <= 0x10FFF) || (cp >= 0x1E800 && cp <= 0x1EFFF);
}

static uint32_t pool_find(struct grid_pool *p, const struct text_cluster *c)
{
    struct pooled *e;
    HASH_FIND(hh, p->by_bytes, c->bytes, c->len, e);
    if (e == NULL) {
        if (p->count == POOL_MAX) {
            uint32_t cp = '?';
            utf8_decode(c->bytes, c->len, &cp);
            return cp;
        }
        e = x_calloc(1, sizeof *e);
        memcpy(e->bytes, c->bytes, c->len);
        e->index = p->count;
        p->list[p->count++] = e;
        HASH_ADD_KEYPTR(hh, p->by_bytes, e->bytes, c->len, e);
    }
    return GLYPH_POOL + e->index;
}

/* Our own signs where the terminal speaks no UTF-8. */
static char ascii_of(uint32_t cp)
{
    static const struct {
        uint32_t cp;
        char c;
    } map[] = {{0x2502, '|'},  {0x2500, '-'}, {0x250C, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
               {0x251C, '+'},  {0x2524, '+'}, {0x252C, '+'}, {0x2534, '+'}, {0x253C, '+'}, {0x2026, '.'},
               {0x2022, '*'},  {0x25CF, '*'}, {0x25CB, 'o'}, {0x2713, 'v'}, {0x2717, 'x'}, {0x25B8, '>'},
               {0x25BE, 'v'},  {0x2191, '^'}, {0x2193, 'v'}, {0x2192, '>'}, {0x2190, '<'}, {0x2019, '\''},
               {0x2018, '\''}, {0x201C, '"'}, {0x201D, '"'}, {0x2013, '-'}, {0x2014, '-'}, {0xA0, ' '},
               {0xB7, '.'},    {0x2588, '#'}, {0x258C, '|'}, {0x256D, '+'}, {0x256E, '+'}, {0x256F, '+'},
               {0x2570, '+'}};
    for (size_t i = 0; i < COUNT_OF(map); i++)
        if (map[i].cp == cp)
            return map[i].c;
    return '?';
}

/* Overwriting half of a wide cluster blanks its other half. */
static void mend(struct grid *g, int x, int y)
{
    struct cell *row = g->back + (size_t)y * (size_t)g->cols;
    if (x > 0 && x < g->cols && row[x].width == 0) {
        row[x - 1].glyph = ' ';
        row[x - 1].width = 1;
        row[x - 1].risky = 0;
        row[x].glyph = ' ';
        row[x].width = 1;
    }
}

/* What is no printable ASCII is percent-encoded: nothing in an address may end the sequence it stands in. */
void grid_link(struct grid *g, unsigned style, const char *uri)
{
    struct buf clean = BUF_INIT;
    for (const unsigned char *p = (const unsigned char *)uri; p && *p; p++)
        buf_printf(&clean, *p > ' ' && *p < 0x7f ? "%c" : "%%%02X", *p);
    free(g->link);
    g->link = uri ? buf_take(&clean) : NULL;
    g->link_style = (uint16_t)style;
    buf_free(&clean);
}

int grid_put(struct grid *g, int x, int y, unsigned style, const char *text, size_t n, int max_cols)
{
    struct text_cluster c;
    int used = 0;
    if (y < 0 || y >= g->rows || x < 0 || x >= g->cols)
        return 0;
    if (max_cols > g->cols - x)
        max_cols = g->cols - x;
    struct cell *row = g->back + (size_t)y * (size_t)g->cols;
    g->dirty[y] = true;
    mend(g, x, y);
    for (size_t i = 0; i < n;) {
        i += text_next(text + i, n - i, &c);
        if (c.width == 0)
            continue;
        if (used + c.width > max_cols)
            break;
        struct cell *k = row + x + used;
        mend(g, x + used + c.width, y);
        uint32_t cp = (unsigned char)c.bytes[0];
        if (c.len > 1)
            utf8_decode(c.bytes, c.len, &cp);
        *k = (struct cell){cp, (uint16_t)style, (uint8_t)c.width, 0};
        if (!g->utf8 && cp >= 0x80) {
            k->glyph = (uint32_t)ascii_of(cp);
            if (c.width == 2)
                k->width = 1, k[1] = (struct cell){' ', (uint16_t)style, 1, 0};
        } else {
            if (c.points > 1)
                k->glyph = pool_find(g->pool, &c);
            k->risky = c.points > 1 || cp >= 0x1F000 || is_rtl(cp) ||
                       (cp >= 0x2600 && cp < 0x2800 && cp != 0x2713 && cp != 0x2717);
            if (c.width == 2)
                k[1] = (struct cell){0, (uint16_t)style, 0, 0};
        }
        used += c.width;
    }
    return used;
}

void grid_fill(struct grid *g, int x, int y, int w, int h, unsigned style, char c)
{
    for (int j = y < 0 ? 0 : y; j < y + h && j < g->rows; j++) {
        struct cell *row = g->back + (size_t)j * (size_t)g->cols;
        int from = x < 0 ? 0 : x, to = x + w > g->cols ? g->cols : x + w;
        if (from >= to)
            continue;
        mend(g, from, j);
        mend(g, to, j);
        for (int i = from; i < to; i++)
            row[i] = (struct cell){(uint32_t)(unsigned char)c, (uint16_t)style, 1, 0};
        g->dirty[j] = true;
    }
}

void grid_restyle(struct grid *g, int x, int y, int w, unsigned style)
{
    if (y < 0 || y >= g->rows)
        return;
    for (int i = x < 0 ? 0 : x; i < x + w && i < g->cols; i++)
        g->back[(size_t)y * (size_t)g->cols + (size_t)i].style = (uint16_t)style;
    g->dirty[y] = true;
}

static bool same(const struct cell *a, const struct cell *b)
{
    return a->glyph == b->glyph && a->style == b->style && a->width == b->width;
}

static void move_to(struct grid *g, struct buf *out, int x, int y)
{
    if (g->at_x == x && g->at_y == y)
        return;
    if (g->at_x >= 0 && g->at_y == y && x == g->at_x - 1)
        buf_putc(out, '\b');
    else if (g->at_x >= 0 && g->at_y == y && x > g->at_x)
        buf_printf(out, x - g->at_x == 1 ? "\033[C" : "\033[%dC", x - g->at_x);
    else if (g->at_x >= 0 && g->at_y == y && x == 0)
        buf_putc(out, '\r');
    else if (x == 0)
        buf_printf(out, "\033[%dH", y + 1);
    else
        buf_printf(out, "\033[%d;%dH", y + 1, x + 1);
    g->at_x = x;
    g->at_y = y;
}

/* The id makes one link of the rows that an address is wrapped into. */
static void set_pen(struct grid *g, struct buf *out, uint16_t style)
{
    if (g->linked && style != g->link_style) {
        buf_puts(out, "\033]8;;\033\\");
        g->linked = false;
    }
    if (g->pen != style)
        style_change(out, &g->styles[g->pen], &g->styles[style], g->depth);
    if (g->link && !g->linked && style == g->link_style) {
        buf_printf(out, "\033]8;id=usher;%s\033\\", g->link);
        g->linked = true;
    }
    g->pen = style;
}

static void emit_cell(struct grid *g, struct buf *out, const struct cell *c, int x)
{
    char enc[4];
    set_pen(g, out, c->style);
    if (c->glyph < 0x80)
        buf_putc(out, (char)c->glyph);
    else if (c->glyph >= GLYPH_POOL)
        buf_puts(out, g->pool->list[c->glyph - GLYPH_POOL]->bytes);
    else
        buf_append(out, enc, utf8_encode(c->glyph, enc));
    g->at_x = x + c->width;
    if (g->at_x >= g->cols || c->risky)
        g->at_x = -1;
}

/* Where the blank tail of a row begins, when "erase to the end of the line" can make it. */
static int tail_start(const struct grid *g, const struct cell *row)
{
    int x = g->cols;
    uint16_t style = row[g->cols - 1].style;
    const struct sgr *s = &g->styles[style];
    if ((s->attrs & (ATTR_UNDERLINE | ATTR_REVERSE)) || (s->bg != COLOR_DEFAULT && !g->bce))
        return x;
    while (x > 0 && row[x - 1].glyph == ' ' && row[x - 1].style == style)
        x--;
    return x;
}

/* Does a cell change that the terminal may have drawn wider or elsewhere than we think? */
static bool risky_change(const struct cell *b, const struct cell *f, int n)
{
    for (int i = 0; i < n; i++)
        if (f[i].risky && !same(&b[i], &f[i]))
            return true;
    return false;
}

/* Steps over up to four equal cells by writing them again, when that is shorter than a jump. */
static void approach(struct grid *g, struct buf *out, const struct cell *b, int x, int y)
{
    int gap = x - g->at_x;
    bool plain = g->at_x >= 0 && g->at_y == y && gap > 0 && gap <= 4;
    for (int i = g->at_x; plain && i < x; i++)
        plain = b[i].style == g->pen && b[i].glyph < 0x80 && b[i].width == 1;
    if (!plain) {
        move_to(g, out, x, y);
        return;
    }
    for (int i = g->at_x; i < x; i++)
        buf_putc(out, (char)b[i].glyph);
    g->at_x = x;
}

static bool flush_row(struct grid *g, struct buf *out, int y)
{
    struct cell *b = g->back + (size_t)y * (size_t)g->cols, *f = g->front + (size_t)y * (size_t)g->cols;
    size_t bytes = (size_t)g->cols * sizeof *b;
    int x = 0, cleared_from = g->cols;
    bool differs = false;
    for (int i = 0; i < g->cols && !differs; i++)
        differs = !same(&b[i], &f[i]);
    if (!differs)
        return false;
    if (risky_change(b, f, g->cols)) { /* start the row anew */
        set_pen(g, out, 0);
        move_to(g, out, 0, y);
        buf_puts(out, "\033[K");
        blank_cells(f, g->cols);
    }
    int tail = tail_start(g, b), changed = 0;
    for (int i = tail; i < g->cols; i++)
        changed += !same(&b[i], &f[i]);
    if (changed > 3)
        cleared_from = tail;
    while (x < cleared_from) {
        if (same(&b[x], &f[x]) || b[x].width == 0) {
            bool half = b[x].width == 0 && !same(&b[x], &f[x]) && x > 0 && same(&b[x - 1], &f[x - 1]);
            if (half) { /* the left half stands, the right one was overwritten */
                move_to(g, out, x - 1, y);
                emit_cell(g, out, &b[x - 1], x - 1);
            }
            x++;
            continue;
        }
        approach(g, out, b, x, y);
        emit_cell(g, out, &b[x], x);
        x += b[x].width;
    }
    if (cleared_from < g->cols) {
        move_to(g, out, cleared_from, y);
        set_pen(g, out, b[cleared_from].style);
        buf_puts(out, "\033[K");
    }
    memcpy(f, b, bytes);
    return true;
}

/* About how many bytes a row costs that shows f (NULL: nothing) and shall show b. */
static int row_cost(const struct grid *g, const struct cell *b, const struct cell *f)
{
    int cost = 0, pen = 0, last = -10;
    for (int x = 0; x < g->cols; x++) {
        if (f ? same(&b[x], &f[x]) : same(&b[x], &blank))
            continue;
        cost += 1 + (b[x].style != pen ? 8 : 0) + (x > last + 4 ? 5 : 0);
        pen = b[x].style;
        last = x;
    }
    return cost;
}

/* Scrolling rows top to the end of the part by shift (> 0: up) saves so many bytes; top is the best place to
   start. What stands beside the part and would move along is counted. */
static int scroll_gain(const struct grid *g, int shift, int *top)
{
    int end = g->scroll_y + g->scroll_h, best = 0, gain = -30;
    for (int y = end - 1; y >= g->scroll_y; y--) {
        const struct cell *b = g->back + (size_t)y * (size_t)g->cols,
                          *f = g->front + (size_t)y * (size_t)g->cols;
        bool there = y + shift < end;
        int moved = row_cost(g, b, there ? f + (size_t)shift * (size_t)g->cols : NULL);
        gain += row_cost(g, b, f) - moved;
        if (gain > best)
            best = gain, *top = y;
    }
    return best;
}

/* Rows of the hinted part that would be right after scrolling by shift. */
static int count_rows(const struct grid *g, int shift)
{
    int rows = 0;
    for (int y = g->scroll_y; y < g->scroll_y + g->scroll_h; y++) {
        int from = y + shift;
        if (from < g->scroll_y || from >= g->scroll_y + g->scroll_h)
            continue;
        const struct cell *b = g->back + (size_t)y * (size_t)g->cols + g->scroll_x,
                          *f = g->front + (size_t)from * (size_t)g->cols + g->scroll_x;
        int x = 0;
        while (x < g->scroll_w && same(&b[x], &f[x]))
            x++;
        rows += x == g->scroll_w;
    }
    return rows;
}

/* Scrolling down is tried for the whole part only: it is what reading older messages does. */
static int scroll_down_gain(const struct grid *g, int shift, int *top)
{
    int gain = -30;
    *top = g->scroll_y;
    for (int y = g->scroll_y; y < g->scroll_y + g->scroll_h; y++) {
        const struct cell *b = g->back + (size_t)y * (size_t)g->cols,
                          *f = g->front + (size_t)y * (size_t)g->cols;
        gain += row_cost(g, b, f) -
                row_cost(g, b, y - shift >= *top ? f - (size_t)shift * (size_t)g->cols : NULL);
    }
    return gain;
}

/* Scrolls whole rows of the terminal when that leaves less to repaint, side panes included. */
static void try_scroll(struct grid *g, struct buf *out)
{
    int best = 0, most = count_rows(g, 0), top = 0, h = g->scroll_h;
    for (int n = 1; n <= h / 2; n++)
        for (int sign = -1; sign <= 1; sign += 2) {
            int rows = count_rows(g, n * sign);
            if (rows > most)
                most = rows, best = n * sign;
        }
    if (best == 0 || (best > 0 ? scroll_gain(g, best, &top) : scroll_down_gain(g, -best, &top)) <= 0)
        return;
    h -= top - g->scroll_y;
    if ((best > 0 ? best : -best) >= h)
        return;
    set_pen(g, out, 0);
    buf_printf(out, "\033[%d;%dr\033[%dH", top + 1, top + h, best > 0 ? top + h : top + 1);
    for (int i = 0; i < (best > 0 ? best : -best); i++)
        buf_puts(out, best > 0 ? "\n" : "\033M");
    buf_puts(out, "\033[r");
    g->at_x = -1;
    size_t row = (size_t)g->cols * sizeof *g->front;
    struct cell *first = g->front + (size_t)top * (size_t)g->cols;
    int keep = h - (best > 0 ? best : -best);
    size_t off = (size_t)(h - keep) * (size_t)g->cols;
    if (best > 0) {
        memmove(first, first + off, (size_t)keep * row);
        blank_cells(first + (size_t)keep * (size_t)g->cols, (h - keep) * g->cols);
    } else {
        memmove(first + off, first, (size_t)keep * row);
        blank_cells(first, (h - keep) * g->cols);
    }
    for (int y = top; y < top + h; y++)
        g->dirty[y] = true;
}

bool grid_flush(struct grid *g, struct buf *out)
{
    size_t before = out->len;
    if (g->front_unknown) {
        buf_puts(out, "\033[m\033[H\033[2J");
        g->pen = 0;
        g->at_x = g->at_y = 0;
        blank_cells(g->front, g->cols * g->rows);
        g->front_unknown = false;
    } else if (g->scroll_h > 2) {
        try_scroll(g, out);
    }
    g->scroll_h = 0;
    for (int y = 0; y < g->rows; y++)
        if (g->dirty[y]) {
            flush_row(g, out, y);
            g->dirty[y] = false;
        }
    bool want = g->cursor_x >= 0;
    if (g->linked)
        set_pen(g, out, 0);
    if (g->shown && !want) {
        buf_puts(out, "\033[?25l");
        g->shown = false;
    }
    if (want) {
        set_pen(g, out, 0);
        move_to(g, out, g->cursor_x, g->cursor_y);
        if (!g->shown)
            buf_puts(out, "\033[?25h");
        g->shown = true;
    }
    return out->len != before;
}

void grid_dump(const struct grid *g, struct buf *out)
{
    char enc[4];
    for (int y = 0; y < g->rows; y++) {
        size_t end = out->len;
        for (int x = 0; x < g->cols; x++) {
            const struct cell *c = g->back + (size_t)y * (size_t)g->cols + x;
            if (c->width == 0)
                continue;
            if (c->glyph >= GLYPH_POOL)
                buf_puts(out, g->pool->list[c->glyph - GLYPH_POOL]->bytes);
            else
                buf_append(out, enc, utf8_encode(c->glyph, enc));
            if (c->glyph != ' ')
                end = out->len;
        }
        out->len = end;
        buf_putc(out, '\n');
    }
}
