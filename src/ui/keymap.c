#include "ui/keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/yaml.h"
#include "ui/command.h"

struct binding {
    unsigned context;
    struct key keys[KEYMAP_SEQUENCE_MAX];
    size_t n;
    char *command;
};

struct keymap {
    char name[32];
    struct binding *list;
    size_t count, cap;
};

static bool keys_equal(const struct binding *b, unsigned context, const struct key *keys, size_t n)
{
    if (b->context != context || b->n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!key_equal(b->keys[i], keys[i]))
            return false;
    return true;
}

/* An empty command frees the key. */
static void bind(struct keymap *m, unsigned context, const struct key *keys, size_t n, const char *command)
{
    for (size_t i = 0; i < m->count; i++)
        if (keys_equal(&m->list[i], context, keys, n)) {
            str_set(&m->list[i].command, command);
            return;
        }
    if (m->count == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 128;
        m->list = x_reallocarray(m->list, m->cap, sizeof *m->list);
    }
    struct binding *b = &m->list[m->count++];
    memset(b, 0, sizeof *b);
    b->context = context;
    b->n = n;
    memcpy(b->keys, keys, n * sizeof *keys);
    b->command = x_strdup(command);
}

size_t keymap_parse_keys(const char *text, size_t n, struct key keys[KEYMAP_SEQUENCE_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < n;) {
        size_t len = 0;
        while (i + len < n && text[i + len] != ' ')
            len++;
        if (count == KEYMAP_SEQUENCE_MAX || !key_parse(text + i, len, &keys[count]))
            return 0;
        count++;
        i += len;
        while (i < n && text[i] == ' ')
            i++;
    }
    return count;
}

static void bind_row(struct keymap *m, const struct command_row *row)
{
    struct key keys[KEYMAP_SEQUENCE_MAX];
    for (const char *p = row->keys; *p;) {
        const char *end = strstr(p, ", ");
        size_t len = end ? (size_t)(end - p) : strlen(p), n = keymap_parse_keys(p, len, keys);
        for (unsigned bit = 1; n > 0 && bit <= row->contexts; bit <<= 1)
            if (row->contexts & bit)
                bind(m, bit, keys, n, row->name);
        p += len + (end ? 2 : 0);
    }
}

struct keymap *keymap_new(void)
{
    struct keymap *m = x_calloc(1, sizeof *m);
    snprintf(m->name, sizeof m->name, "plain");
    for (int i = 0; i < COMMAND_COUNT; i++)
        bind_row(m, command_row((enum command_id)i));
    return m;
}

void keymap_free(struct keymap **mp)
{
    struct keymap *m = *mp;
    *mp = NULL;
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->count; i++)
        free(m->list[i].command);
    free(m->list);
    free(m);
}

const char *keymap_name(const struct keymap *m)
{
    return m->name;
}

static int complain(struct error *err, const char *file, int line, int column, const char *what, const char *which)
{
    return error_set(err, ERR_INVALID, NULL, "%s:%d:%d: %s%s%s", file, line, column, what, *which ? " " : "", which);
}

/* Reads one context; with m NULL it only checks. */
static int read_context(struct keymap *m, const char *file, unsigned context, const struct ynode *map,
                        struct error *err)
{
    struct key keys[KEYMAP_SEQUENCE_MAX];
    if (map->kind != YNODE_MAP)
        return complain(err, file, map->line, map->column, "a map from keys to commands is wanted", "");
    for (size_t i = 0; i < map->n; i++) {
        const struct ynode *v = map->items[i];
        size_t n = keymap_parse_keys(map->keys[i], strlen(map->keys[i]), keys);
        const char *line = v->kind == YNODE_SCALAR ? v->text : "";
        struct command_args args;
        enum command_id id;
        struct error why;
        if (n == 0)
            return complain(err, file, map->key_lines[i], map->key_columns[i], "there is no key", map->keys[i]);
        if (v->kind != YNODE_SCALAR && v->kind != YNODE_NULL)
            return complain(err, file, v->line, v->column, "a command is wanted", "");
        if (*line) {
            if (command_parse(line, &id, &args, &why) != 0)
                return complain(err, file, v->line, v->column, why.text, "");
            command_args_free(&args);
        }
        if (m)
            bind(m, context, keys, n, line);
    }
    return 0;
}

static int read_tree(struct keymap *m, const char *file, const struct ynode *root, struct error *err)
{
    if (root->kind != YNODE_MAP)
        return complain(err, file, root->line, root->column, "a keymap is a map of contexts", "");
    for (size_t i = 0; i < root->n; i++) {
        const struct ynode *v = root->items[i];
        unsigned context = context_find(root->keys[i]);
        if (strcmp(root->keys[i], "name") == 0 && v->kind == YNODE_SCALAR) {
            if (m)
                snprintf(m->name, sizeof m->name, "%.31s", v->text);
            continue;
        }
        if (context == 0)
            return complain(err, file, root->key_lines[i], root->key_columns[i], "there is no context", root->keys[i]);
        int rc = read_context(m, file, context, v, err);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int finish(struct keymap *m, const char *file, struct ynode *root, struct error *err)
{
    if (root == NULL)
        return ERR_INVALID;
    int rc = read_tree(NULL, file, root, err);
    if (rc == 0)
        rc = read_tree(m, file, root, err);
    ynode_free(&root);
    return rc;
}

int keymap_load(struct keymap *m, const char *path, struct error *err)
{
    return finish(m, path, yaml_load_file(path, err), err);
}

int keymap_parse(struct keymap *m, const char *name, const char *text, size_t n, struct error *err)
{
    return finish(m, name, yaml_load_text(name, text, n, err), err);
}

enum keymap_answer keymap_find(const struct keymap *m, const unsigned *contexts, size_t context_count,
                               const struct key *keys, size_t n, const char **command)
{
    for (size_t c = 0; c < context_count; c++) {
        bool prefix = false;
        for (size_t i = 0; i < m->count; i++) {
            const struct binding *b = &m->list[i];
            size_t k = 0;
            if (b->context != contexts[c] || b->n < n || b->command[0] == '\0')
                continue;
            while (k < n && key_equal(b->keys[k], keys[k]))
                k++;
            if (k == n && b->n == n) {
                *command = b->command;
                return KEYMAP_FOUND;
            }
            prefix |= k == n;
        }
        if (prefix)
            return KEYMAP_PREFIX;
    }
    return KEYMAP_NONE;
}

static void format_keys(const struct binding *b, char *out, size_t n)
{
    char one[KEY_NAME_MAX];
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < b->n && at < n; i++) {
        key_format(b->keys[i], one);
        at += (size_t)snprintf(out + at, n - at, "%s%s", i ? " " : "", one);
    }
}

void keymap_each(const struct keymap *m, void (*each)(void *arg, unsigned context, const char *keys, const char *command),
                 void *arg)
{
    char keys[KEY_NAME_MAX * KEYMAP_SEQUENCE_MAX];
    for (size_t i = 0; i < m->count; i++) {
        if (m->list[i].command[0] == '\0')
            continue;
        format_keys(&m->list[i], keys, sizeof keys);
        each(arg, m->list[i].context, keys, m->list[i].command);
    }
}

bool keymap_key_of(const struct keymap *m, const unsigned *contexts, size_t context_count, const char *command, char *out, size_t n)
{
    const struct binding *best = NULL;
    for (size_t c = 0; c < context_count; c++)
        for (size_t i = 0; i < m->count; i++) {
            const struct binding *b = &m->list[i];
            if (b->context != contexts[c] || strcmp(b->command, command) != 0)
                continue;
            bool function_key = b->n == 1 && b->keys[0].code > KEY_F0 && b->keys[0].code < KEY_LAST;
            if (best == NULL || (function_key && best->keys[0].code < KEY_F0) || b->n < best->n)
                best = b;
        }
    if (best)
        format_keys(best, out, n);
    return best != NULL;
}
