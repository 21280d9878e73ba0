#include "term/key.h"

#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"

static const struct {
    uint32_t code;
    const char *name;
} names[] = {
    {KEY_ENTER, "Enter"},      {KEY_TAB, "Tab"},          {KEY_BACKSPACE, "Backspace"}, {KEY_ESCAPE, "Esc"},
    {KEY_UP, "Up"},            {KEY_DOWN, "Down"},        {KEY_LEFT, "Left"},           {KEY_RIGHT, "Right"},
    {KEY_HOME, "Home"},        {KEY_END, "End"},          {KEY_PAGE_UP, "PageUp"},      {KEY_PAGE_DOWN, "PageDown"},
    {KEY_INSERT, "Insert"},    {KEY_DELETE, "Delete"},    {KEY_SPACE, "Space"},         {',', "Comma"},
};

static const char *special_name(uint32_t code)
{
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i].code == code)
            return names[i].name;
    return NULL;
}

void key_format(struct key k, char out[KEY_NAME_MAX])
{
    char base[12] = "?";
    const char *name = special_name(k.code);
    if (name)
        snprintf(base, sizeof base, "%s", name);
    else if (k.code > KEY_F0 && k.code < KEY_LAST)
        snprintf(base, sizeof base, "F%u", (unsigned)(k.code - KEY_F0));
    else if (k.code < KEY_SPECIAL)
        base[utf8_encode(k.code, base)] = '\0';
    snprintf(out, KEY_NAME_MAX, "%s%s%s%s", k.mods & KEY_CTRL ? "C-" : "", k.mods & KEY_ALT ? "M-" : "",
             k.mods & KEY_SHIFT ? "S-" : "", base);
}

bool key_parse(const char *name, size_t n, struct key *out)
{
    out->code = KEY_NONE;
    out->mods = 0;
    while (n > 2 && name[1] == '-') {
        if (name[0] == 'C')
            out->mods |= KEY_CTRL;
        else if (name[0] == 'M')
            out->mods |= KEY_ALT;
        else if (name[0] == 'S')
            out->mods |= KEY_SHIFT;
        else
            return false;
        name += 2;
        n -= 2;
    }
    uint32_t cp;
    if (n > 0 && utf8_decode(name, n, &cp) == n) {
        if (cp <= 0x20 || (cp >= 0x7F && cp < 0xA0) || (out->mods & KEY_SHIFT))
            return false;
        out->code = cp;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strlen(names[i].name) == n && strncasecmp(names[i].name, name, n) == 0) {
            out->code = names[i].code;
            return true;
        }
    unsigned f = 0;
    if (n < 2 || n > 3 || (name[0] != 'F' && name[0] != 'f'))
        return false;
    for (size_t i = 1; i < n; i++) {
        if (name[i] < '0' || name[i] > '9')
            return false;
        f = f * 10 + (unsigned)(name[i] - '0');
    }
    if (f < 1 || f > 24)
        return false;
    out->code = KEY_F0 + f;
    return true;
}

bool key_equal(struct key a, struct key b)
{
    return a.code == b.code && a.mods == b.mods;
}

bool key_is_text(struct key k)
{
    return k.code >= 0x20 && k.code < KEY_SPECIAL && (k.mods & (KEY_ALT | KEY_CTRL)) == 0;
}
