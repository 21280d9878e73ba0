/* YAML files as a tree of nodes that know where they stand, so that a complaint can say file:line:column. */
#ifndef COMMON_YAML_H
#define COMMON_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

enum ynode_kind { YNODE_NULL, YNODE_SCALAR, YNODE_LIST, YNODE_MAP };

struct ynode {
    enum ynode_kind kind;
    int line, column;        /* from 1 */
    char *text;              /* scalars: the text; else NULL */
    bool plain;              /* scalar without quotes */
    char *tag;               /* "!env" and the like, or NULL */
    char **keys;             /* maps: n keys in file order */
    int *key_lines, *key_columns;
    struct ynode **items;    /* lists and maps: n children */
    size_t n;
};

/* Reads a file or a text (name stands in messages). NULL on failure with a sentence "name:line:column: what" in
   err. Anchors are refused, duplicate keys and further documents too; at most 1 MB, 32 levels and 10,000 keys in a map. Caller frees with ynode_free. */
struct ynode *yaml_load_file(const char *path, struct error *err);
struct ynode *yaml_load_text(const char *name, const char *text, size_t n, struct error *err);
void ynode_free(struct ynode **node);

/* NULL when node is no map or has no such key. */
const struct ynode *ynode_get(const struct ynode *node, const char *key);

/* YAML 1.2 booleans and whole numbers of a plain scalar. False when it is none. */
bool ynode_bool(const struct ynode *node, bool *out);
bool ynode_int(const struct ynode *node, long long *out);

#endif
