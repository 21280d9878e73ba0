#include "catalogue/color.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"

/* The named colours of CSS, sorted. */
/* clang-format off */
static const char *const names[] = {
    "aliceblue", "antiquewhite", "aqua", "aquamarine", "azure", "beige", "bisque", "black",
    "blanchedalmond",
    "blue", "blueviolet", "brown", "burlywood", "cadetblue", "chartreuse", "chocolate", "coral",
    "cornflowerblue", "cornsilk", "crimson", "cyan", "darkblue", "darkcyan", "darkgoldenrod", "darkgray",
    "darkgreen", "darkgrey", "darkkhaki", "darkmagenta", "darkolivegreen", "darkorange", "darkorchid",
    "darkred",
    "darksalmon", "darkseagreen", "darkslateblue", "darkslategray", "darkslategrey", "darkturquoise",
    "darkviolet", "deeppink", "deepskyblue", "dimgray", "dimgrey", "dodgerblue", "firebrick", "floralwhite",
    "forestgreen", "fuchsia", "gainsboro", "ghostwhite", "gold", "goldenrod", "gray", "green",
    "greenyellow",
    "grey", "honeydew", "hotpink", "indianred", "indigo", "ivory", "khaki", "lavender", "lavenderblush",
    "lawngreen", "lemonchiffon", "lightblue", "lightcoral", "lightcyan", "lightgoldenrodyellow",
    "lightgray",
    "lightgreen", "lightgrey", "lightpink", "lightsalmon", "lightseagreen", "lightskyblue",
    "lightslategray",
    "lightslategrey", "lightsteelblue", "lightyellow", "lime", "limegreen", "linen", "magenta", "maroon",
    "mediumaquamarine", "mediumblue", "mediumorchid", "mediumpurple", "mediumseagreen", "mediumslateblue",
    "mediumspringgreen", "mediumturquoise", "mediumvioletred", "midnightblue", "mintcream", "mistyrose",
    "moccasin", "navajowhite", "navy", "oldlace", "olive", "olivedrab", "orange", "orangered", "orchid",
    "palegoldenrod", "palegreen", "paleturquoise", "palevioletred", "papayawhip", "peachpuff", "peru",
    "pink",
    "plum", "powderblue", "purple", "rebeccapurple", "red", "rosybrown", "royalblue", "saddlebrown",
    "salmon",
    "sandybrown", "seagreen", "seashell", "sienna", "silver", "skyblue", "slateblue", "slategray",
    "slategrey",
    "snow", "springgreen", "steelblue", "tan", "teal", "thistle", "tomato", "transparent", "turquoise",
    "violet",
    "wheat", "white", "whitesmoke", "yellow", "yellowgreen",
};
/* clang-format on */

static int compare_name(const void *key, const void *name)
{
    return strcasecmp(key, *(const char *const *)name);
}

static bool is_hex(const char *digits)
{
    size_t n = strspn(digits, "0123456789abcdefABCDEF");
    return digits[n] == '\0' && (n == 3 || n == 4 || n == 6 || n == 8);
}

static bool is_function(const char *text)
{
    static const char *const functions[] = {"rgb(", "rgba(", "hsl(", "hsla("};
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        size_t head = strlen(functions[i]);
        if (strncasecmp(text, functions[i], head) != 0)
            continue;
        size_t inside = strspn(text + head, "0123456789.,%/ -");
        size_t before_digit = strcspn(text + head, "0123456789");
        return before_digit < inside && strcmp(text + head + inside, ")") == 0;
    }
    return false;
}

bool color_is_css(const char *text)
{
    if (text[0] == '#')
        return is_hex(text + 1);
    return bsearch(text, names, COUNT_OF(names), sizeof(names[0]), compare_name) != NULL || is_function(text);
}
