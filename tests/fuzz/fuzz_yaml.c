/* Files of settings and configuration: what is read has places within the text and keys that are found again; what is
   refused is refused with a sentence. */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#include "common/mem.h"
#include "common/yaml.h"

#define DEPTH_MAX 40

/* What every reader of a tree relies on. */
static void look_at(const struct ynode *node, int depth)
{
    bool on;
    long long number;
    if (depth > DEPTH_MAX || node->line < 1 || node->column < 1)
        abort();
    if ((node->kind == YNODE_SCALAR) != (node->text != NULL) || (node->kind != YNODE_MAP && node->keys != NULL && node->n > 0))
        abort();
    if (node->kind != YNODE_SCALAR && (ynode_bool(node, &on) || ynode_int(node, &number)))
        abort();
    if (node->kind == YNODE_SCALAR && ynode_bool(node, &on) && ynode_int(node, &number))
        abort();
    if (node->kind != YNODE_MAP && node->kind != YNODE_LIST && node->n != 0)
        abort();
    for (size_t i = 0; i < node->n; i++) {
        if (node->kind == YNODE_MAP &&
            (ynode_get(node, node->keys[i]) != node->items[i] || node->key_lines[i] < 1 || node->key_columns[i] < 1))
            abort();
        look_at(node->items[i], depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct error e = {0};
    struct ynode *root = yaml_load_text("file", (const char *)data, n, &e);
    if (root == NULL && (e.code == ERR_OK || strncmp(e.text, "file", 4) != 0))
        abort();
    if (root)
        look_at(root, 0);
    ynode_free(&root);
    return 0;
}

#ifndef FUZZING
int main(int argc, char **argv)
{
    static const struct token tokens[] = {
        TOKEN("settings:\n"), TOKEN("  Livechat_title: Shop\n"), TOKEN("  Livechat_enabled: off\n"),
        TOKEN("departments:\n"), TOKEN("  - name: A\n"), TOKEN("    agents: [a, b]\n"), TOKEN("- "), TOKEN("? "),
        TOKEN(": "), TOKEN("{a: 1, b: [2]}"), TOKEN("{"), TOKEN("}"), TOKEN("["), TOKEN("]"), TOKEN(","),
        TOKEN("!env NAME"), TOKEN("!!binary x"), TOKEN("&a "), TOKEN("*a"), TOKEN("<<: *a\n"), TOKEN("\n---\n"),
        TOKEN("\n...\n"), TOKEN("%YAML 1.2\n"), TOKEN("|\n  text\n"), TOKEN(">-\n  text\n"), TOKEN("\"\\x41\\u00e4\""),
        TOKEN("'it''s'"), TOKEN("# words\n"), TOKEN("\n"), TOKEN("\t"), TOKEN("  "), TOKEN("~"), TOKEN("0x1f"),
        TOKEN("-17"), TOKEN("\xc3\xa4\xe2\x82\xac"), TOKEN("\xef\xbb\xbf"), TOKEN("\xff\xfe")};
    return replay(argc, argv, tokens, COUNT_OF(tokens));
}
#endif
