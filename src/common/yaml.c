#include "common/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "common/buf.h"
#include "common/mem.h"

#define MAX_BYTES (1024 * 1024)
#define MAX_DEPTH 32
#define MAX_KEYS 10000 /* they are compared with each other */

struct loader {
    const char *name;
    yaml_parser_t parser;
    struct error *err;
};

void ynode_free(struct ynode **node)
{
    struct ynode *n = *node;
    *node = NULL;
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->n; i++) {
        ynode_free(&n->items[i]);
        if (n->keys)
            free(n->keys[i]);
    }
    free(n->keys);
    free(n->key_lines);
    free(n->key_columns);
    free(n->items);
    free(n->text);
    free(n->tag);
    free(n);
}

static int complain(struct loader *l, yaml_mark_t at, const char *what)
{
    return error_set(l->err, ERR_INVALID, NULL, "%s:%zu:%zu: %s", l->name, at.line + 1, at.column + 1, what);
}

static int next_event(struct loader *l, yaml_event_t *ev)
{
    if (yaml_parser_parse(&l->parser, ev))
        return ERR_OK;
    return complain(l, l->parser.problem_mark, l->parser.problem ? l->parser.problem : "not YAML");
}

static struct ynode *load_node(struct loader *l, yaml_event_t *ev, int depth);

/* A tag of the file's own; those of YAML itself say nothing new. Borrowed from the event. */
static const char *tag_of(const yaml_event_t *ev)
{
    const yaml_char_t *tag = ev->type == YAML_SCALAR_EVENT           ? ev->data.scalar.tag
                             : ev->type == YAML_SEQUENCE_START_EVENT ? ev->data.sequence_start.tag
                             : ev->type == YAML_MAPPING_START_EVENT  ? ev->data.mapping_start.tag
                                                                     : NULL;
    return tag && strncmp((const char *)tag, "tag:yaml.org,", 13) != 0 ? (const char *)tag : NULL;
}

static bool has_anchor(const yaml_event_t *ev)
{
    return (ev->type == YAML_SCALAR_EVENT && ev->data.scalar.anchor) ||
           (ev->type == YAML_SEQUENCE_START_EVENT && ev->data.sequence_start.anchor) ||
           (ev->type == YAML_MAPPING_START_EVENT && ev->data.mapping_start.anchor);
}

static void push(struct ynode *n, char *key, yaml_mark_t at, struct ynode *child)
{
    n->items = x_reallocarray(n->items, n->n + 1, sizeof(*n->items));
    n->items[n->n] = child;
    if (key) {
        n->keys = x_reallocarray(n->keys, n->n + 1, sizeof(*n->keys));
        n->key_lines = x_reallocarray(n->key_lines, n->n + 1, sizeof(int));
        n->key_columns = x_reallocarray(n->key_columns, n->n + 1, sizeof(int));
        n->keys[n->n] = key;
        n->key_lines[n->n] = (int)at.line + 1;
        n->key_columns[n->n] = (int)at.column + 1;
    }
    n->n++;
}

static int load_list(struct loader *l, struct ynode *n, int depth)
{
    yaml_event_t ev;
    for (;;) {
        if (next_event(l, &ev) != ERR_OK)
            return ERR_INVALID;
        if (ev.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&ev);
            return ERR_OK;
        }
        struct ynode *child = load_node(l, &ev, depth + 1);
        if (child == NULL)
            return ERR_INVALID;
        push(n, NULL, (yaml_mark_t){0}, child);
    }
}

static int load_map(struct loader *l, struct ynode *n, int depth)
{
    yaml_event_t ev;
    for (;;) {
        if (next_event(l, &ev) != ERR_OK)
            return ERR_INVALID;
        if (ev.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&ev);
            return ERR_OK;
        }
        yaml_mark_t at = ev.start_mark;
        bool good = ev.type == YAML_SCALAR_EVENT && !has_anchor(&ev) && tag_of(&ev) == NULL &&
                    memchr(ev.data.scalar.value, '\0', ev.data.scalar.length) == NULL;
        char *key = good ? x_strdup((char *)ev.data.scalar.value) : NULL;
        yaml_event_delete(&ev);
        if (key == NULL)
            return complain(l, at, "a key must be a plain text");
        if (n->n >= MAX_KEYS) {
            free(key);
            return complain(l, at, "too many keys");
        }
        if (ynode_get(n, key)) {
            free(key);
            return complain(l, at, "this key stands here twice");
        }
        if (next_event(l, &ev) != ERR_OK) {
            free(key);
            return ERR_INVALID;
        }
        struct ynode *child = load_node(l, &ev, depth + 1);
        if (child == NULL) {
            free(key);
            return ERR_INVALID;
        }
        push(n, key, at, child);
    }
}

/* Consumes ev. */
static struct ynode *load_node(struct loader *l, yaml_event_t *ev, int depth)
{
    struct ynode *n = x_calloc(1, sizeof(*n));
    yaml_mark_t at = ev->start_mark;
    int rc = ERR_OK;
    n->line = (int)at.line + 1;
    n->column = (int)at.column + 1;
    n->tag = x_strdup(tag_of(ev));
    if (depth > MAX_DEPTH) {
        rc = complain(l, at, "too deeply nested");
    } else if (has_anchor(ev)) {
        rc = complain(l, at, "anchors and aliases are not used here");
    } else if (ev->type == YAML_SCALAR_EVENT && memchr(ev->data.scalar.value, '\0', ev->data.scalar.length)) {
        rc = complain(l, at, "a NUL character is not text");
    } else if (ev->type == YAML_SCALAR_EVENT) {
        n->kind = YNODE_SCALAR;
        n->text = x_strndup((char *)ev->data.scalar.value, ev->data.scalar.length);
        n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (n->plain && n->tag == NULL && (n->text[0] == '\0' || !strcmp(n->text, "~") || !strcmp(n->text, "null")))
            n->kind = YNODE_NULL;
        if (n->kind == YNODE_NULL) {
            free(n->text);
            n->text = NULL;
        }
    } else if (ev->type == YAML_SEQUENCE_START_EVENT) {
        n->kind = YNODE_LIST;
        rc = load_list(l, n, depth);
    } else if (ev->type == YAML_MAPPING_START_EVENT) {
        n->kind = YNODE_MAP;
        rc = load_map(l, n, depth);
    } else {
        rc = complain(l, at, "anchors and aliases are not used here");
    }
    yaml_event_delete(ev);
    if (rc != ERR_OK)
        ynode_free(&n);
    return n;
}

/* Only one document: what follows would not be looked at. */
static bool ends_here(struct loader *l)
{
    for (;;) {
        yaml_event_t ev;
        if (next_event(l, &ev) != ERR_OK)
            return false;
        yaml_event_type_t type = ev.type;
        yaml_mark_t at = ev.start_mark;
        yaml_event_delete(&ev);
        if (type == YAML_STREAM_END_EVENT)
            return true;
        if (type != YAML_DOCUMENT_END_EVENT) {
            complain(l, at, "a second document begins here");
            return false;
        }
    }
}

struct ynode *yaml_load_text(const char *name, const char *text, size_t n, struct error *err)
{
    struct loader l = {.name = name, .err = err};
    struct ynode *root = NULL;
    yaml_event_t ev;
    if (n > MAX_BYTES) {
        error_set(err, ERR_TOO_LARGE, NULL, "%s: larger than 1 MB", name);
        return NULL;
    }
    if (!yaml_parser_initialize(&l.parser))
        abort();
    yaml_parser_set_input_string(&l.parser, (const unsigned char *)text, n);
    for (;;) {
        if (next_event(&l, &ev) != ERR_OK)
            break;
        if (ev.type == YAML_STREAM_START_EVENT || ev.type == YAML_DOCUMENT_START_EVENT) {
            yaml_event_delete(&ev);
            continue;
        }
        if (ev.type == YAML_STREAM_END_EVENT) { /* an empty file is an empty map */
            yaml_event_delete(&ev);
            root = x_calloc(1, sizeof(*root));
            root->kind = YNODE_MAP;
            root->line = root->column = 1;
            break;
        }
        root = load_node(&l, &ev, 0);
        if (root && !ends_here(&l))
            ynode_free(&root);
        break;
    }
    yaml_parser_delete(&l.parser);
    return root;
}

struct ynode *yaml_load_file(const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    if (f == NULL) {
        error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, NULL, "%s: %s", path, strerror(errno));
        return NULL;
    }
    struct buf text = BUF_INIT;
    char chunk[8192];
    size_t got;
    while ((got = fread(chunk, 1, sizeof(chunk), f)) > 0 && text.len <= MAX_BYTES)
        buf_append(&text, chunk, got);
    bool failed = ferror(f) != 0;
    fclose(f);
    struct ynode *root = NULL;
    if (failed)
        error_set(err, ERR_IO, NULL, "%s: cannot be read", path);
    else
        root = yaml_load_text(path, text.data ? text.data : "", text.len, err);
    buf_free(&text);
    return root;
}

const struct ynode *ynode_get(const struct ynode *node, const char *key)
{
    if (node == NULL || node->kind != YNODE_MAP)
        return NULL;
    for (size_t i = 0; i < node->n; i++)
        if (strcmp(node->keys[i], key) == 0)
            return node->items[i];
    return NULL;
}

bool ynode_bool(const struct ynode *node, bool *out)
{
    if (node == NULL || node->kind != YNODE_SCALAR || !node->plain)
        return false;
    if (!strcmp(node->text, "true") || !strcmp(node->text, "false")) {
        *out = node->text[0] == 't';
        return true;
    }
    return false;
}

bool ynode_int(const struct ynode *node, long long *out)
{
    if (node == NULL || node->kind != YNODE_SCALAR || !node->plain)
        return false;
    char *end;
    errno = 0;
    *out = strtoll(node->text, &end, 10);
    return errno == 0 && *end == '\0' && end != node->text;
}
