/* Settings files: YAML with places, turned into what the server takes. Values of settings are checked here already, by
   the table that the server uses too; everything else it says itself. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "cli/settings_priv.h"
#include "common/mem.h"
#include "common/utf8.h"

#define FILE_MAX (1024 * 1024)

static void add_fault(struct settings_file *f, int line, int column, const char *words)
{
    json_array_append_new(f->faults, json_pack("{s:s,s:i,s:i,s:s}", "file", f->name, "line", line, "column", column,
                                               "error", words));
}

static void fault_at(struct settings_file *f, const struct ynode *n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void fault_at(struct settings_file *f, const struct ynode *n, const char *fmt, ...)
{
    char words[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    add_fault(f, n->line, n->column, utf8_valid(words, strlen(words)) ? words : "this is not valid");
}

/* The text of a scalar, "!env NAME" looked up. NULL: a fault now. Caller frees. */
static char *scalar_text(struct settings_file *f, const struct ynode *n)
{
    if (n->tag == NULL)
        return x_strdup(n->text);
    if (strcmp(n->tag, "!env") != 0) {
        fault_at(f, n, "the tag %.60s is not known; there is !env NAME", n->tag);
        return NULL;
    }
    const char *value = getenv(n->text);
    if (value == NULL)
        fault_at(f, n, "the environment has no %.100s", n->text);
    else if (!utf8_valid(value, strlen(value)))
        fault_at(f, n, "%.100s of the environment is not UTF-8", n->text);
    else
        return x_strdup(value);
    return NULL;
}

/* --- settings --- */

static void read_setting(struct settings_file *f, const char *id, const struct ynode *key, const struct ynode *n,
                         json_t *into)
{
    setting_no no = catalogue_find(id);
    struct setting_value v;
    struct error e;
    if (no < 0 || catalogue_row(no)->is_hidden || catalogue_row(no)->type == SETTING_ACTION) {
        fault_at(f, key, "there is no setting %.100s", id);
        return;
    }
    if (n->kind == YNODE_NULL) {
        json_object_set_new(into, id, json_pack("{s:b}", "reset", 1));
        return;
    }
    if (n->kind != YNODE_SCALAR) {
        fault_at(f, n, "%s takes one value", id);
        return;
    }
    AUTO_FREE char *text = scalar_text(f, n);
    if (text == NULL)
        return;
    if (setting_value_from_text(no, text, &v, &e) != ERR_OK) {
        fault_at(f, n, "%s", e.text);
        return;
    }
    json_object_set_new(into, id, setting_value_to_json(&v));
    setting_value_free(&v);
}

static json_t *read_settings(struct settings_file *f, const struct ynode *map)
{
    json_t *out = json_object();
    if (map->kind != YNODE_MAP && map->kind != YNODE_NULL)
        fault_at(f, map, "ids with their values are expected");
    for (size_t i = 0; map->kind == YNODE_MAP && i < map->n; i++) {
        struct ynode key = {.line = map->key_lines[i], .column = map->key_columns[i]};
        read_setting(f, map->keys[i], &key, map->items[i], out);
    }
    return out;
}

/* --- records --- */

static json_t *read_any(struct settings_file *f, const struct ynode *n);

static json_t *read_scalar(struct settings_file *f, const struct ynode *n)
{
    bool b;
    long long i;
    if (n->tag == NULL && ynode_bool(n, &b))
        return json_boolean(b);
    if (n->tag == NULL && ynode_int(n, &i))
        return json_integer(i);
    AUTO_FREE char *text = scalar_text(f, n);
    json_t *v = json_string(text ? text : "");
    if (v == NULL)
        fault_at(f, n, "this is not UTF-8");
    return v;
}

static json_t *read_list(struct settings_file *f, const struct ynode *n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n->n; i++)
        json_array_append_new(list, read_any(f, n->items[i]));
    return list;
}

static json_t *read_map(struct settings_file *f, const struct ynode *n)
{
    json_t *map = json_object();
    for (size_t i = 0; i < n->n; i++)
        json_object_set_new(map, n->keys[i], read_any(f, n->items[i]));
    return map;
}

static json_t *read_any(struct settings_file *f, const struct ynode *n)
{
    if (n->kind == YNODE_SCALAR)
        return read_scalar(f, n);
    if (n->tag)
        fault_at(f, n, "a tag is not expected here");
    if (n->kind == YNODE_LIST)
        return read_list(f, n);
    return n->kind == YNODE_MAP ? read_map(f, n) : json_null();
}

static void read_document(struct settings_file *f)
{
    const struct ynode *root = f->root;
    if (root->kind != YNODE_MAP)
        fault_at(f, root, "settings: and the like are expected here");
    for (size_t i = 0; root->kind == YNODE_MAP && i < root->n; i++) {
        bool settings = strcmp(root->keys[i], "settings") == 0;
        json_t *part = settings ? read_settings(f, root->items[i]) : read_any(f, root->items[i]);
        if (json_is_null(part)) { /* "departments:" with nothing behind it */
            json_decref(part);
            part = json_array();
        }
        json_object_set_new(f->document, root->keys[i], part);
    }
}

/* --- files --- */

static bool read_all(FILE *in, struct buf *out)
{
    char piece[8192];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, in)) > 0 && out->len <= FILE_MAX)
        buf_append(out, piece, n);
    return !ferror(in);
}

bool settings_file_load(struct settings_file *f, const char *name)
{
    bool is_stdin = strcmp(name, "-") == 0;
    struct error e = {0};
    *f = (struct settings_file){.name = x_strdup(is_stdin ? "(standard input)" : name), .faults = json_array(),
                                .document = json_object()};
    if (is_stdin) {
        struct buf text = BUF_INIT;
        if (read_all(stdin, &text))
            f->root = yaml_load_text(f->name, text.data ? text.data : "", text.len, &e);
        else
            error_set(&e, ERR_IO, NULL, "standard input cannot be read: %s", strerror(errno));
        buf_free(&text);
    } else {
        f->root = yaml_load_file(name, &e);
    }
    if (f->root == NULL) {
        task_fail("%s", e.text);
        return false;
    }
    read_document(f);
    return true;
}

void settings_file_free(struct settings_file *f)
{
    ynode_free(&f->root);
    json_decref(f->document);
    json_decref(f->faults);
    free(f->name);
}

/* Where a path such as "departments/2/email" is; as far as the file has it. */
static void find_place(const struct ynode *n, const char *path, int *line, int *column)
{
    AUTO_FREE char *copy = x_strdup(path);
    char *rest = copy, *part;
    *line = n->line;
    *column = n->column;
    while ((part = strsep(&rest, "/")) != NULL && *part) {
        size_t i = 0;
        if (n->kind == YNODE_LIST)
            i = strtoul(part, NULL, 10);
        else
            while (n->kind == YNODE_MAP && i < n->n && strcmp(n->keys[i], part) != 0)
                i++;
        if ((n->kind != YNODE_LIST && n->kind != YNODE_MAP) || i >= n->n)
            return;
        bool is_key = n->kind == YNODE_MAP && (rest == NULL || *rest == '\0');
        *line = is_key ? n->key_lines[i] : n->items[i]->line;
        *column = is_key ? n->key_columns[i] : n->items[i]->column;
        n = n->items[i];
    }
}

void settings_file_add_faults(struct settings_file *f, const json_t *faults)
{
    for (size_t i = 0; i < json_array_size(faults); i++) {
        const json_t *one = json_array_get(faults, i);
        const char *path = json_string_value(json_object_get(one, "path"));
        const char *words = json_string_value(json_object_get(one, "error"));
        int line, column;
        find_place(f->root, path ? path : "", &line, &column);
        add_fault(f, line, column, words ? words : "refused by the server");
    }
}

int settings_file_tell(const struct settings_file *f, bool json)
{
    if (json) {
        json_t *all = json_pack("{s:b,s:O}", "success", 0, "faults", f->faults);
        task_print_json(all);
        json_decref(all);
        return EXIT_ERROR;
    }
    for (size_t i = 0; i < json_array_size(f->faults); i++) {
        const json_t *one = json_array_get(f->faults, i);
        fprintf(stderr, "%s:%d:%d: %s\n", f->name, (int)json_integer_value(json_object_get(one, "line")),
                (int)json_integer_value(json_object_get(one, "column")),
                json_string_value(json_object_get(one, "error")));
    }
    return EXIT_ERROR;
}
