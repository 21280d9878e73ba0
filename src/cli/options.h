/* What usher was asked to do: command line over environment over configuration file over defaults. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "common/error.h"

struct cli_options {
    /* Texts are owned. */
    char *server;              /* URL, name of a server of the configuration, or path of a socket; NULL: embedded */
    char *username, *password_command, *ca_file;
    char *config_file, *theme, *keymap, *layout;
    char *db, *listen, *widget_dir;   /* of the embedded core */
    bool demo, no_mouse, no_bell, no_color;
    bool help, version;
    /* Of the subcommands only. */
    bool json, all, changed, dry_run, force;
    char *against, *section, *comment, *count, *before, *agent;
    char **operands;           /* what is no option; borrowed from argv */
    int operand_count;
    char *warning;             /* the configuration file has a fault: a sentence with file:line:column, or NULL */
};

/* Fills o. ERR_INVALID with a sentence for a bad command line; faults of the file only set o->warning. */
int cli_options_parse(struct cli_options *o, int argc, char **argv, struct error *err);
/* The same for a subcommand (argv[0] is its name): with its options and operands. argv is put in order. */
int cli_options_parse_command(struct cli_options *o, int argc, char **argv, struct error *err);
void cli_options_free(struct cli_options *o);
void cli_options_usage(void);   /* to standard output */
void cli_options_usage_command(void);

#endif
