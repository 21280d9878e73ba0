/* A key as one value with a name people can write: "a", "C-x", "M-1", "S-Tab", "F5", "PageUp". */
#ifndef TERM_KEY_H
#define TERM_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_code {
    KEY_NONE = 0,
    KEY_SPACE = ' ',
    KEY_SPECIAL = 0x110000, /* everything below is a Unicode code point */
    KEY_ENTER,
    KEY_TAB,
    KEY_BACKSPACE,
    KEY_ESCAPE,
    KEY_UP,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_INSERT,
    KEY_DELETE,
    KEY_F0, /* KEY_F0 + n is the function key n, to 24 */
    KEY_LAST = KEY_F0 + 25,
};

enum key_mods { KEY_SHIFT = 1, KEY_ALT = 2, KEY_CTRL = 4 };

struct key {
    uint32_t code;
    unsigned mods;
};

#define KEY_NAME_MAX 24

/* The name; at most KEY_NAME_MAX bytes with the NUL. */
void key_format(struct key k, char out[KEY_NAME_MAX]);

/* Reads one name (n bytes). False when it is none. */
bool key_parse(const char *name, size_t n, struct key *out);

bool key_equal(struct key a, struct key b);

/* True for keys that stand for a character to be typed. */
bool key_is_text(struct key k);

#endif
