#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/paths.h"
#include "common/yaml.h"

enum kind { KIND_TEXT, KIND_FLAG };

/* Whether an option has a key of the file and a variable too, or is one of the subcommands only. */
enum where { OPTION_ONLY, FILE_TOO, COMMAND_ONLY };

/* One row an option: its names everywhere, where it goes, and its help. */
struct row {
    const char *name;          /* --name; the key of the file; USHER_NAME */
    char letter;
    enum kind kind;
    size_t offset;
    enum where where;
    const char *argument, *help;
};

#define TEXT(field) KIND_TEXT, offsetof(struct cli_options, field)
#define FLAG(field) KIND_FLAG, offsetof(struct cli_options, field)

static const struct row rows[] = {
    {"server", 's', TEXT(server), FILE_TOO, "URL", "server to work on (http, https, or the path of a socket); without it, the embedded core"},
    {"user", 'u', TEXT(username), FILE_TOO, "NAME", "name to log in with"},
    {"password-command", 0, TEXT(password_command), FILE_TOO, "CMD", "command whose first line of output is the password"},
    {"ca-file", 0, TEXT(ca_file), FILE_TOO, "FILE", "further certificate authority (PEM)"},
    {"config", 'c', TEXT(config_file), OPTION_ONLY, "FILE", "configuration file instead of usher.yaml"},
    {"theme", 't', TEXT(theme), FILE_TOO, "NAME", "theme: dark, light, high-contrast, monochrome, sixteen, or a file"},
    {"keys", 'k', TEXT(keymap), FILE_TOO, "NAME", "keys: plain, vi, or a file"},
    {"layout", 0, TEXT(layout), FILE_TOO, "WHAT", "wide, narrow or auto"},
    {"demo", 0, FLAG(demo), OPTION_ONLY, NULL, "a workspace of its own with departments, agents and lively visitors"},
    {"db", 0, TEXT(db), FILE_TOO, "FILE", "store of the embedded core"},
    {"listen", 0, TEXT(listen), FILE_TOO, "ADDR:PORT", "the embedded core also listens there (loopback)"},
    {"widget", 0, TEXT(widget_dir), FILE_TOO, "DIR", "the unpacked Livechat widget for the page of visitors"},
    {"no-mouse", 0, FLAG(no_mouse), FILE_TOO, NULL, "leave the mouse to the terminal"},
    {"no-bell", 0, FLAG(no_bell), FILE_TOO, NULL, "never ring the bell"},
    {"no-color", 0, FLAG(no_color), FILE_TOO, NULL, "no colours (also NO_COLOR)"},
    {"json", 'j', FLAG(json), COMMAND_ONLY, NULL, "answer in JSON"},
    {"all", 'a', FLAG(all), COMMAND_ONLY, NULL, "export: defaults too; reset: everything; why: every agent"},
    {"changed", 0, FLAG(changed), COMMAND_ONLY, NULL, "list: only what is not the default"},
    {"section", 0, TEXT(section), COMMAND_ONLY, "NAME", "list, reset: only settings of this section"},
    {"dry-run", 'n', FLAG(dry_run), COMMAND_ONLY, NULL, "change nothing, only say what would be"},
    {"comment", 'm', TEXT(comment), COMMAND_ONLY, "TEXT", "words for the history"},
    {"against", 0, TEXT(against), COMMAND_ONLY, "URL", "plan: compare with this server instead of a file"},
    {"count", 0, TEXT(count), COMMAND_ONLY, "N", "log: at most so many changes"},
    {"before", 0, TEXT(before), COMMAND_ONLY, "SEQ", "log: only changes before this one"},
    {"agent", 0, TEXT(agent), COMMAND_ONLY, "NAME", "why: what stands between this agent and his next chat"},
    {"force", 0, FLAG(force), COMMAND_ONLY, NULL, "undo: even if it was changed again since"},
    {"help", 'h', FLAG(help), OPTION_ONLY, NULL, "this list"},
    {"version", 'V', FLAG(version), OPTION_ONLY, NULL, "the version"},
};

static void *field_of(struct cli_options *o, const struct row *r)
{
    return (char *)o + r->offset;
}

static void set_row(struct cli_options *o, const struct row *r, const char *value)
{
    if (r->kind == KIND_TEXT)
        str_set(field_of(o, r), value);
    else
        *(bool *)field_of(o, r) = true;
}

static const struct row *find_row(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static void warn_at(struct cli_options *o, const char *file, int line, int column, const char *what, const char *key)
{
    if (o->warning == NULL)
        o->warning = x_asprintf("%s:%d:%d: %s %s", file, line, column, what, key);
}

/* servers: {name: {server:, user:, password-command:, ca-file:}} — the one that was asked for is unfolded. */
static void use_server(struct cli_options *o, const struct ynode *servers, const char *file)
{
    const struct ynode *entry = o->server ? ynode_get(servers, o->server) : NULL;
    if (entry == NULL || entry->kind != YNODE_MAP)
        return;
    for (size_t i = 0; i < entry->n; i++) {
        const struct row *r = find_row(strcmp(entry->keys[i], "url") == 0 ? "server" : entry->keys[i]);
        if (r && r->kind == KIND_TEXT && r->where == FILE_TOO && entry->items[i]->kind == YNODE_SCALAR)
            set_row(o, r, entry->items[i]->text);
        else
            warn_at(o, file, entry->key_lines[i], entry->key_columns[i], "no such key of a server:", entry->keys[i]);
    }
}

static void apply_file(struct cli_options *o, const struct ynode *root, const char *file)
{
    for (size_t i = 0; root->kind == YNODE_MAP && i < root->n; i++) {
        const struct row *r = find_row(root->keys[i]);
        const struct ynode *value = root->items[i];
        bool on;
        if (strcmp(root->keys[i], "servers") == 0)
            continue;
        if (r == NULL || r->where != FILE_TOO)
            warn_at(o, file, root->key_lines[i], root->key_columns[i], "no such key:", root->keys[i]);
        else if (r->kind == KIND_TEXT && value->kind == YNODE_SCALAR)
            set_row(o, r, value->text);
        else if (r->kind == KIND_FLAG && ynode_bool(value, &on))
            *(bool *)field_of(o, r) = on;
        else
            warn_at(o, file, value->line, value->column, "not a value for", root->keys[i]);
    }
}

static bool is_off(const char *text)
{
    static const char *const words[] = {"0", "off", "no", "false"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

static void apply_environment(struct cli_options *o)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char name[64] = "USHER_";
        size_t n = strlen(name);
        if (rows[i].where != FILE_TOO)
            continue;
        for (const char *p = rows[i].name; *p && n < sizeof(name) - 1; p++)
            name[n++] = *p == '-' ? '_' : (char)(*p - ('a' - 'A'));
        name[n] = '\0';
        const char *value = getenv(name);
        bool off = value && rows[i].kind == KIND_FLAG && is_off(value);
        if (value && *value && !off)
            set_row(o, &rows[i], value);
    }
    const char *no_color = getenv("NO_COLOR");
    if (no_color && *no_color)
        o->no_color = true;
}

static int apply_arguments(struct cli_options *o, int argc, char **argv, bool command, struct error *err)
{
    struct option longs[COUNT_OF(rows) + 1];
    char shorts[2 * COUNT_OF(rows) + 2] = ":";
    size_t n = 1;
    memset(longs, 0, sizeof(longs));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        longs[i] = (struct option){rows[i].name, rows[i].kind == KIND_TEXT, NULL, 256 + (int)i};
        if (rows[i].letter)
            shorts[n++] = rows[i].letter;
        if (rows[i].letter && rows[i].kind == KIND_TEXT)
            shorts[n++] = ':';
    }
    optind = 0;
    opterr = 0;
    for (int got; (got = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        const struct row *r = got >= 256 ? &rows[got - 256] : NULL;
        for (size_t i = 0; r == NULL && i < COUNT_OF(rows); i++)
            if (rows[i].letter && rows[i].letter == got)
                r = &rows[i];
        if (r == NULL || (r->where == COMMAND_ONLY && !command))
            return error_set(err, ERR_INVALID, NULL, "%s is not an option, or lacks its value; see usher --help",
                             argv[optind > 0 ? optind - 1 : 0]);
        set_row(o, r, optarg);
    }
    o->operands = argv + optind;
    o->operand_count = argc - optind;
    if (optind < argc && !command)
        return error_set(err, ERR_INVALID, NULL, "%s is not understood; see usher --help", argv[optind]);
    return ERR_OK;
}

static void read_file(struct cli_options *o, const char *wanted)
{
    struct error err = {0};
    AUTO_FREE char *dir = wanted ? NULL : path_config_dir(NULL);
    AUTO_FREE char *file = wanted ? x_strdup(wanted) : dir ? path_join(dir, "usher.yaml") : NULL;
    struct ynode *root = file ? yaml_load_file(file, &err) : NULL;
    if (root == NULL) {
        if (err.code && (err.code != ERR_NOT_FOUND || wanted))
            str_set(&o->warning, err.text);
        return;
    }
    apply_file(o, root, file);
    ynode_free(&root);
}

static int parse(struct cli_options *o, int argc, char **argv, bool command, struct error *err)
{
    struct cli_options first = {0};
    *o = (struct cli_options){0};
    int rc = apply_arguments(&first, argc, argv, command, err);
    if (rc == ERR_OK) {
        const char *named = first.config_file ? first.config_file : getenv("USHER_CONFIG");
        read_file(o, named);
        apply_environment(o);
        rc = apply_arguments(o, argc, argv, command, err);
        /* A server named in the file: what stands there, under what the command line says. */
        AUTO_FREE char *dir = named ? NULL : path_config_dir(NULL);
        AUTO_FREE char *file = named ? x_strdup(named) : dir ? path_join(dir, "usher.yaml") : NULL;
        struct ynode *root = file ? yaml_load_file(file, NULL) : NULL;
        use_server(o, ynode_get(root, "servers"), file);
        ynode_free(&root);
        str_set(&o->username, first.username ? first.username : o->username);
    }
    cli_options_free(&first);
    return rc;
}

int cli_options_parse(struct cli_options *o, int argc, char **argv, struct error *err)
{
    return parse(o, argc, argv, false, err);
}

int cli_options_parse_command(struct cli_options *o, int argc, char **argv, struct error *err)
{
    return parse(o, argc, argv, true, err);
}

void cli_options_free(struct cli_options *o)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == KIND_TEXT)
            free(*(char **)field_of(o, &rows[i]));
    free(o->warning);
    *o = (struct cli_options){0};
}

static void print_options(bool of_command)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if ((rows[i].where == COMMAND_ONLY) != of_command)
            continue;
        char left[48];
        snprintf(left, sizeof(left), "%c%c%s --%s%s%s", rows[i].letter ? '-' : ' ',
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].argument ? " " : "", rows[i].argument ? rows[i].argument : "");
        printf("  %-28s %s\n", left, rows[i].help);
    }
}

void cli_options_usage(void)
{
    puts("usage: usher [options]\n       usher settings list|get|set|reset|export|plan|apply|log|undo [options]\n"
         "       usher why ROOM | --agent NAME [options]\n\n"
         "A terminal console for omnichannel live chat.\n");
    print_options(false);
}

void cli_options_usage_command(void)
{
    print_options(true);
    puts("\nand of usher itself: --server --user --password-command --ca-file --config --db");
}
