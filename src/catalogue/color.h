/* CSS colours, as far as settings may have them. */
#ifndef CATALOGUE_COLOR_H
#define CATALOGUE_COLOR_H

#include <stdbool.h>
#include <stdint.h>

/* True for #rgb, #rgba, #rrggbb, #rrggbbaa, the names of CSS (any case), and rgb(), rgba(), hsl(), hsla()
   with plain numbers inside. Nothing else: the text goes into other people's style sheets. */
bool color_is_css(const char *text);

/* What the colour looks like, as 0xRRGGBB without its transparency; false when it has no fixed one (transparent,
   the functions) or is no colour. */
bool color_rgb(const char *text, uint32_t *rgb);

#endif
