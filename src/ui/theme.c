#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/yaml.h"

static const struct {
    const char *name, *help;
    struct term_style style;
} rows[ROLE_COUNT] = {
#define X(id, name, help, fg, bg, fg16, bg16, attrs, mono) {name, help, {fg, bg, fg16, bg16, attrs, mono}},
    ROLES(X)
#undef X
};

static const char *const color_names[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
                                          "bright-black", "bright-red", "bright-green", "bright-yellow",
                                          "bright-blue", "bright-magenta", "bright-cyan", "bright-white"};

static const struct {
    const char *name;
    unsigned attr;
} attr_names[] = {{"bold", ATTR_BOLD}, {"dim", ATTR_DIM}, {"italic", ATTR_ITALIC}, {"underline", ATTR_UNDERLINE},
                  {"reverse", ATTR_REVERSE}};

const char *role_name(enum role r)
{
    return rows[r].name;
}

const char *role_help(enum role r)
{
    return rows[r].help;
}

void theme_builtin(struct theme *t)
{
    memset(t, 0, sizeof *t);
    snprintf(t->name, sizeof t->name, "dark");
    for (int i = 0; i < ROLE_COUNT; i++)
        t->roles[i] = rows[i].style;
}

static int complain(struct error *err, const char *file, int line, int column, const char *what, const char *which)
{
    return error_set(err, ERR_INVALID, NULL, "%s:%d:%d: %s%s%s", file, line, column, what, *which ? " " : "", which);
}

static int index_of_color(const char *text)
{
    for (int i = 0; i < 16; i++)
        if (strcmp(color_names[i], text) == 0)
            return i;
    return -1;
}

static bool parse_rgb(const char *text, int32_t *rgb)
{
    char *end;
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
        return false;
    *rgb = (int32_t)strtol(text + 1, &end, 16);
    return true;
}

static int parse_color(const char *file, const struct ynode *n, bool sixteen, int32_t *rgb, int *low,
                       struct error *err)
{
    const char *text = n->kind == YNODE_SCALAR ? n->text : "";
    int index = index_of_color(text);
    if (strcmp(text, "default") == 0) {
        *low = COLOR_DEFAULT;
        if (!sixteen)
            *rgb = COLOR_DEFAULT;
    } else if (index >= 0) {
        *low = index;
        if (!sixteen)
            *rgb = color_of_16(index);
    } else if (!sixteen && parse_rgb(text, rgb)) {
        *low = COLOR_NEAREST;
    } else {
        return complain(err, file, n->line, n->column,
                        sixteen ? "a colour of the sixteen such as \"bright-red\" or default is wanted, not"
                                : "a colour such as \"#88c0d0\", \"bright-red\" or default is wanted, not",
                        text);
    }
    return 0;
}

static int parse_attrs(const char *file, const struct ynode *n, unsigned *attrs, struct error *err)
{
    *attrs = 0;
    if (n->kind != YNODE_LIST)
        return complain(err, file, n->line, n->column, "a list such as [bold, underline] is wanted", "");
    for (size_t i = 0; i < n->n; i++) {
        const struct ynode *a = n->items[i];
        size_t k = 0;
        while (k < COUNT_OF(attr_names) && !(a->text && strcmp(a->text, attr_names[k].name) == 0))
            k++;
        if (k == COUNT_OF(attr_names))
            return complain(err, file, a->line, a->column, "there is no attribute", a->text ? a->text : "");
        *attrs |= attr_names[k].attr;
    }
    return 0;
}

static int parse_style(const char *file, const struct ynode *map, struct term_style *s, struct error *err)
{
    static const char *const order[] = {"fg", "bg", "fg16", "bg16", "attrs", "mono"};
    if (map->kind != YNODE_MAP)
        return complain(err, file, map->line, map->column, "a map such as {fg: \"#88c0d0\", attrs: [bold]} is wanted",
                        "");
    for (size_t i = 0; i < map->n; i++) {
        size_t k = 0;
        while (k < COUNT_OF(order) && strcmp(order[k], map->keys[i]) != 0)
            k++;
        if (k == COUNT_OF(order))
            return complain(err, file, map->key_lines[i], map->key_columns[i], "a style has no", map->keys[i]);
    }
    if (ynode_get(map, "fg") || ynode_get(map, "bg"))
        *s = (struct term_style){COLOR_DEFAULT, COLOR_DEFAULT, COLOR_DEFAULT, COLOR_DEFAULT, 0, s->mono};
    for (size_t k = 0; k < COUNT_OF(order); k++) {
        const struct ynode *v = ynode_get(map, order[k]);
        int rc = 0;
        if (v && k < 4)
            rc = parse_color(file, v, k >= 2, k & 1 ? &s->bg : &s->fg, k & 1 ? &s->bg16 : &s->fg16, err);
        else if (v)
            rc = parse_attrs(file, v, k == 4 ? &s->attrs : &s->mono, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int parse_roles(const char *file, const struct ynode *map, struct theme *t, struct error *err)
{
    if (map->kind != YNODE_MAP)
        return complain(err, file, map->line, map->column, "roles must be a map", "");
    for (size_t i = 0; i < map->n; i++) {
        int r = 0;
        while (r < ROLE_COUNT && strcmp(rows[r].name, map->keys[i]) != 0)
            r++;
        if (r == ROLE_COUNT)
            return complain(err, file, map->key_lines[i], map->key_columns[i], "there is no role", map->keys[i]);
        int rc = parse_style(file, map->items[i], &t->roles[r], err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int parse_tree(struct theme *t, const char *file, const struct ynode *root, struct error *err)
{
    if (root->kind != YNODE_MAP)
        return complain(err, file, root->line, root->column, "a theme is a map with name and roles", "");
    for (size_t i = 0; i < root->n; i++) {
        const struct ynode *v = root->items[i];
        if (strcmp(root->keys[i], "roles") == 0) {
            int rc = parse_roles(file, v, t, err);
            if (rc != 0)
                return rc;
        } else if (strcmp(root->keys[i], "name") == 0 && v->kind == YNODE_SCALAR) {
            snprintf(t->name, sizeof t->name, "%.31s", v->text);
        } else {
            return complain(err, file, root->key_lines[i], root->key_columns[i], "a theme has name and roles, not",
                            root->keys[i]);
        }
    }
    return 0;
}

static int finish(struct theme *t, const char *file, struct ynode *root, struct error *err)
{
    struct theme fresh;
    theme_builtin(t);
    theme_builtin(&fresh);
    if (root == NULL)
        return ERR_INVALID;
    int rc = parse_tree(&fresh, file, root, err);
    if (rc == 0)
        *t = fresh;
    ynode_free(&root);
    return rc;
}

int theme_load(struct theme *t, const char *path, struct error *err)
{
    return finish(t, path, yaml_load_file(path, err), err);
}

int theme_parse(struct theme *t, const char *name, const char *text, size_t n, struct error *err)
{
    return finish(t, name, yaml_load_text(name, text, n, err), err);
}

unsigned style_of(enum role r, enum role_place place)
{
    return r == ROLE_TEXT && place == ON_PLAIN ? 0 : 1 + (unsigned)r * 3 + (unsigned)place;
}

/* A role on a selected row: its own foreground, the row's background; and where there are too few colours for that,
   the row's style alone. */
static struct term_style on_row(const struct term_style *s, const struct term_style *row, bool plain_text)
{
    struct term_style r = *row;
    r.attrs |= s->attrs & ~(unsigned)(ATTR_DIM | ATTR_UNDERLINE);
    r.mono |= s->mono & ATTR_BOLD;
    if (!plain_text && s->fg != COLOR_DEFAULT && s->bg == COLOR_DEFAULT)
        r.fg = s->fg;
    return r;
}

void theme_apply(const struct theme *t, struct term *term)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        const struct term_style *s = &t->roles[i];
        bool plain = i == ROLE_TEXT || i == ROLE_DIM_TEXT || i == ROLE_DISABLED || i == ROLE_VALUE;
        struct term_style sel = on_row(s, &t->roles[ROLE_SELECTED], plain),
                          blur = on_row(s, &t->roles[ROLE_SELECTED_BLUR], i == ROLE_TEXT);
        term_style(term, style_of((enum role)i, ON_PLAIN), s);
        term_style(term, style_of((enum role)i, ON_SELECTED), &sel);
        term_style(term, style_of((enum role)i, ON_SELECTED_BLUR), &blur);
    }
}

static void write_color(struct buf *out, const char *key, int32_t rgb, int low, bool sixteen)
{
    if (sixteen) {
        if (low == COLOR_NEAREST)
            return;
        buf_printf(out, ", %s: %s", key, low == COLOR_DEFAULT ? "default" : color_names[low]);
    } else if (rgb == COLOR_DEFAULT) {
        buf_printf(out, "%s: default", key);
    } else {
        buf_printf(out, "%s: \"#%06x\"", key, (unsigned)rgb);
    }
}

static void write_attrs(struct buf *out, const char *key, unsigned attrs)
{
    bool first = true;
    buf_printf(out, ", %s: [", key);
    for (size_t i = 0; i < COUNT_OF(attr_names); i++)
        if (attrs & attr_names[i].attr) {
            buf_printf(out, "%s%s", first ? "" : ", ", attr_names[i].name);
            first = false;
        }
    buf_puts(out, "]");
}

void theme_write(const struct theme *t, struct buf *out)
{
    buf_printf(out, "# usher theme. Colours: \"#rrggbb\", one of the sixteen by name, or default (the terminal's own).\n"
                    "# fg16 and bg16 hold where there are only 16 or 8 colours, mono where there is none.\n"
                    "name: %s\nroles:\n", t->name);
    for (int i = 0; i < ROLE_COUNT; i++) {
        const struct term_style *s = &t->roles[i];
        buf_printf(out, "  # %s\n  %s: {", rows[i].help, rows[i].name);
        write_color(out, "fg", s->fg, s->fg16, false);
        buf_puts(out, ", ");
        write_color(out, "bg", s->bg, s->bg16, false);
        write_color(out, "fg16", s->fg, s->fg16, true);
        write_color(out, "bg16", s->bg, s->bg16, true);
        write_attrs(out, "attrs", s->attrs);
        write_attrs(out, "mono", s->mono);
        buf_puts(out, "}\n");
    }
}
