/* Colours and attributes, told once as RGB and sent as whatever the terminal can do. */
#ifndef TERM_STYLE_H
#define TERM_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

enum term_depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_TRUE };

enum term_attr { ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_ITALIC = 4, ATTR_UNDERLINE = 8, ATTR_REVERSE = 16 };

#define COLOR_DEFAULT (-1)  /* the terminal's own */
#define COLOR_NEAREST (-2)  /* of the sixteen: the nearest to the RGB value */

struct term_style {
    int32_t fg, bg;         /* 0xRRGGBB or COLOR_DEFAULT */
    int fg16, bg16;         /* 0 to 15, COLOR_DEFAULT or COLOR_NEAREST: with 16 and 8 colours */
    unsigned attrs;         /* enum term_attr, with colours */
    unsigned mono;          /* enum term_attr, without colours */
};

/* A style as the terminal gets it. */
struct sgr {
    unsigned attrs;
    int32_t fg, bg;         /* COLOR_DEFAULT, RGB (DEPTH_TRUE) or a palette index */
};

struct sgr style_resolve(const struct term_style *s, enum term_depth depth);

/* Appends the shortest sequence that leads from one to the other. */
void style_change(struct buf *out, const struct sgr *from, const struct sgr *to, enum term_depth depth);

int color_nearest_256(int32_t rgb);
int color_nearest_16(int32_t rgb);
int32_t color_of_16(int index);   /* RGB of xterm's sixteen */

#endif
