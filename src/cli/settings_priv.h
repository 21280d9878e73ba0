/* What the subcommands of usher settings, usher visitor and usher why share. */
#ifndef CLI_SETTINGS_PRIV_H
#define CLI_SETTINGS_PRIV_H

#include <jansson.h>

#include "cli/link.h"
#include "cli/options.h"
#include "common/buf.h"
#include "common/yaml.h"

enum { EXIT_FINE, EXIT_ERROR, EXIT_CHANGES };

/* One subcommand under way. */
struct task {
    struct cli_options options;
    struct link *link;             /* opened before run */
    char **operands;               /* behind the subcommand's name */
    int count;
};

/* --- settings.c */
/* "usher: …" on standard error; gives EXIT_ERROR. */
int task_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Calls, and complains by itself; with faults the first is told, and where. Returns an exit code; *out as link_call. */
int task_call(const struct task *t, const char *verb, const char *path, json_t *body, json_t **out);
/* The same for what was called already: rc and e of link_call. */
int task_told(int rc, const json_t *answer, const struct error *e);
void task_print_json(const json_t *v);                     /* indented, one line break */
/* What a server says to people: escaped, so that it cannot move the cursor, but without the quotes of yaml_put_line. */
void task_put_sentence(struct buf *out, const char *text);
void task_print_consequences(const json_t *answer);        /* to standard error */

/* --- settings_file.c */
struct settings_file {
    char *name;
    struct ynode *root;
    json_t *document;              /* as POST /usher/v1/workspace/apply takes it */
    json_t *faults;                /* [{file, line, column, error}] */
};
/* Reads a file, or standard input for "-". Faults in it are gathered and not told yet. False: it could not be read. */
bool settings_file_load(struct settings_file *f, const char *name);
void settings_file_free(struct settings_file *f);
/* Adds the server's faults, each at its place in the file. */
void settings_file_add_faults(struct settings_file *f, const json_t *faults);
/* Tells all: "file:line:column: words" on standard error, or as JSON. EXIT_ERROR. */
int settings_file_tell(const struct settings_file *f, bool json);

/* --- settings_plain.c: servers with Rocket.Chat's interface only */
/* As GET /usher/v1/settings and /usher/v1/workspace say it, of settings only. New references; NULL: told. */
json_t *plain_settings(struct link *link);
json_t *plain_workspace(struct link *link);
/* Sends changes [{_id, value | reset}] one after the other (with --dry-run none), up to the first refusal, and warns that
   it is so. *changed: the ids of those that were (new reference). Returns an exit code; what failed is told. */
int plain_send(struct task *t, const json_t *changes, json_t **changed);
/* The settings of a document, as POST /usher/v1/workspace/apply: *answer is set, but with EXIT_ERROR before anything is
   sent. */
int plain_apply(struct task *t, const json_t *document, const json_t *workspace, bool dry, json_t **answer);

/* --- the subcommands */
int settings_export(struct task *t);
int settings_plan(struct task *t);
int settings_apply(struct task *t);

/* The settings and records of a server: GET /usher/v1/workspace. NULL: told. New reference. */
json_t *settings_workspace(const struct task *t, struct link *link);

#endif
