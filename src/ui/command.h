/* The commands as data: finding, splitting, completing. What they do stands in action_*.c and in the panes. */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/error.h"
#include "ui/command_table.h"

struct command_row {
    const char *name, *args, *help;
    enum command_right right;
    const char *keys;          /* defaults, as in the table */
    unsigned contexts;         /* enum command_context */
    const char *bar;           /* label in the function bar, or NULL */
};

#define COMMAND_ARGS_MAX 8

/* A command line taken apart. */
struct command_args {
    int n;
    char *arg[COMMAND_ARGS_MAX];
    char *rest;                /* everything behind the name, never NULL */
};

const struct command_row *command_row(enum command_id id);
int command_find(const char *name, size_t n);     /* COMMAND_COUNT when there is none */

/* Splits "name arg 'an arg'". ERR_NOT_FOUND with a sentence (and the nearest name) when there is no such command. */
int command_parse(const char *line, enum command_id *id, struct command_args *args, struct error *err);
void command_args_free(struct command_args *a);

/* Names of contexts as keymap files use them. */
const char *context_name(unsigned bit);
unsigned context_find(const char *name);
const char *context_help(unsigned bit);
const char *right_name(enum command_right r);

/* The manual's section of all commands, in mdoc-free man(7), and the default keymap as a YAML file. */
void command_write_man(struct buf *out);
void command_write_keys(struct buf *out);

#endif
