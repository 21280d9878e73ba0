/* Which keys run which command line, per context. Built from the command table, changed by YAML files. */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "term/key.h"

#define KEYMAP_SEQUENCE_MAX 4

struct keymap;

enum keymap_answer { KEYMAP_NONE, KEYMAP_PREFIX, KEYMAP_FOUND };

struct keymap *keymap_new(void);                       /* the plain keys */
void keymap_free(struct keymap **m);

/* Lays a file over the keymap. All or nothing: on failure nothing changed and err says file:line:column. */
int keymap_load(struct keymap *m, const char *path, struct error *err);
int keymap_parse(struct keymap *m, const char *name, const char *text, size_t n, struct error *err);
const char *keymap_name(const struct keymap *m);

/* Looks a sequence up in the contexts, the first in the order any context of the list says. */
enum keymap_answer keymap_find(const struct keymap *m, const unsigned *contexts, size_t context_count,
                               const struct key *keys, size_t n, const char **command);

/* Calls each for every binding; keys is the text of the sequence. */
void keymap_each(const struct keymap *m, void (*each)(void *arg, unsigned context, const char *keys, const char *command),
                 void *arg);

/* The first key bound to the command (name and arguments) in one of the contexts; false when there is none. */
bool keymap_key_of(const struct keymap *m, const unsigned *contexts, size_t context_count, const char *command, char *out, size_t n);

/* Reads "C-x C-s" into keys. Returns the number of keys, 0 when it is no sequence. */
size_t keymap_parse_keys(const char *text, size_t n, struct key keys[KEYMAP_SEQUENCE_MAX]);

#endif
