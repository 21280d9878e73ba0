#include "term/style.h"

static const int32_t sixteen[16] = {0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
                                    0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF};

int32_t color_of_16(int index)
{
    return sixteen[index & 15];
}

static int distance(int32_t a, int32_t b)
{
    int r = ((a >> 16) & 255) - ((b >> 16) & 255), g = ((a >> 8) & 255) - ((b >> 8) & 255),
        bl = (a & 255) - (b & 255);
    return r * r * 3 + g * g * 4 + bl * bl * 2;
}

int color_nearest_16(int32_t rgb)
{
    int best = 0;
    for (int i = 1; i < 16; i++)
        if (distance(rgb, sixteen[i]) < distance(rgb, sixteen[best]))
            best = i;
    return best;
}

int color_nearest_256(int32_t rgb)
{
    static const int levels[6] = {0, 95, 135, 175, 215, 255};
    int part[3], grey, best;
    for (int i = 0; i < 3; i++) {
        int v = (rgb >> (16 - 8 * i)) & 255, k = 0;
        for (int l = 1; l < 6; l++)
            if ((v - levels[l]) * (v - levels[l]) < (v - levels[k]) * (v - levels[k]))
                k = l;
        part[i] = k;
    }
    best = 16 + 36 * part[0] + 6 * part[1] + part[2];
    int32_t cube = levels[part[0]] << 16 | levels[part[1]] << 8 | levels[part[2]];
    int mean = (((rgb >> 16) & 255) + ((rgb >> 8) & 255) + (rgb & 255)) / 3;
    grey = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 8 + 5) / 10;
    int level = 8 + 10 * grey;
    if (distance(rgb, level << 16 | level << 8 | level) < distance(rgb, cube))
        best = 232 + grey;
    return best;
}

static int32_t resolve_color(int32_t rgb, int low, enum term_depth depth)
{
    if (depth == DEPTH_TRUE)
        return rgb;
    if (depth == DEPTH_256)
        return rgb == COLOR_DEFAULT ? COLOR_DEFAULT : color_nearest_256(rgb);
    int c = low == COLOR_NEAREST ? (rgb == COLOR_DEFAULT ? COLOR_DEFAULT : color_nearest_16(rgb)) : low;
    return depth == DEPTH_8 && c >= 8 ? c - 8 : c;
}

struct sgr style_resolve(const struct term_style *s, enum term_depth depth)
{
    struct sgr r = {s->attrs, COLOR_DEFAULT, COLOR_DEFAULT};
    if (depth == DEPTH_MONO) {
        r.attrs = s->mono;
        return r;
    }
    r.fg = resolve_color(s->fg, s->fg16, depth);
    r.bg = resolve_color(s->bg, s->bg16, depth);
    if (depth == DEPTH_8 && r.fg != COLOR_DEFAULT && r.fg == r.bg) { /* grey on black and the like */
        r.fg = r.bg == 7 ? 0 : 7;
    }
    return r;
}

static void put_color(struct buf *out, int32_t c, int base, enum term_depth depth)
{
    if (c == COLOR_DEFAULT)
        buf_printf(out, "%d;", base + 9);
    else if (depth == DEPTH_TRUE)
        buf_printf(out, "%d;2;%d;%d;%d;", base + 8, (int)(c >> 16) & 255, (int)(c >> 8) & 255, (int)c & 255);
    else if (depth == DEPTH_256 && c >= 16)
        buf_printf(out, "%d;5;%d;", base + 8, (int)c);
    else
        buf_printf(out, "%d;", c < 8 ? base + (int)c : base + 52 + (int)c);
}

void style_change(struct buf *out, const struct sgr *from, const struct sgr *to, enum term_depth depth)
{
    static const struct {
        unsigned attr;
        const char *code;
    } on[] = {{ATTR_BOLD, "1;"}, {ATTR_DIM, "2;"}, {ATTR_ITALIC, "3;"}, {ATTR_UNDERLINE, "4;"}, {ATTR_REVERSE, "7;"}};
    struct sgr have = *from;
    bool lost = (from->attrs & ~to->attrs) != 0;
    if (!lost && from->attrs == to->attrs && from->fg == to->fg && from->bg == to->bg)
        return;
    buf_puts(out, "\033[");
    size_t start = out->len;
    if (lost || (to->attrs == 0 && to->fg == COLOR_DEFAULT && to->bg == COLOR_DEFAULT)) {
        have = (struct sgr){0, COLOR_DEFAULT, COLOR_DEFAULT};
        buf_puts(out, "0;");
        if (to->attrs == 0 && to->fg == COLOR_DEFAULT && to->bg == COLOR_DEFAULT)
            out->len = start + 1; /* drops both characters: ESC [ m */
    }
    for (unsigned i = 0; i < sizeof on / sizeof on[0]; i++)
        if ((to->attrs & ~have.attrs) & on[i].attr)
            buf_puts(out, on[i].code);
    if (to->fg != have.fg)
        put_color(out, to->fg, 30, depth);
    if (to->bg != have.bg)
        put_color(out, to->bg, 40, depth);
    out->data[out->len - 1] = 'm'; /* in the place of the last semicolon */
}
