#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/paths.h"
#include "common/yaml.h"

enum kind { KIND_TEXT, KIND_FLAG };

/* One row an option: its names everywhere, where it goes, and its help. */
struct row {
    const char *name;          /* --name; the key of the file; USHER_NAME */
    char letter;
    enum kind kind;
    size_t offset;
    bool in_file;
    const char *argument, *help;
};

#define TEXT(field) KIND_TEXT, offsetof(struct cli_options, field)
#define FLAG(field) KIND_FLAG, offsetof(struct cli_options, field)

static const struct row rows[] = {
    {"server", 's', TEXT(server), true, "URL", "server to work on (http, https, or the path of a socket); without it, the embedded core"},
    {"user", 'u', TEXT(username), true, "NAME", "name to log in with"},
    {"password-command", 0, TEXT(password_command), true, "CMD", "command whose first line of output is the password"},
    {"ca-file", 0, TEXT(ca_file), true, "FILE", "further certificate authority (PEM)"},
    {"config", 'c', TEXT(config_file), false, "FILE", "configuration file instead of usher.yaml"},
    {"theme", 't', TEXT(theme), true, "NAME", "theme: dark, light, high-contrast, monochrome, sixteen, or a file"},
    {"keys", 'k', TEXT(keymap), true, "NAME", "keys: plain, vi, or a file"},
    {"layout", 0, TEXT(layout), true, "WHAT", "wide, narrow or auto"},
    {"demo", 0, FLAG(demo), false, NULL, "a workspace of its own with departments, agents and lively visitors"},
    {"db", 0, TEXT(db), true, "FILE", "store of the embedded core"},
    {"listen", 0, TEXT(listen), true, "ADDR:PORT", "the embedded core also listens there (loopback)"},
    {"widget", 0, TEXT(widget_dir), true, "DIR", "the unpacked Livechat widget for the page of visitors"},
    {"no-mouse", 0, FLAG(no_mouse), true, NULL, "leave the mouse to the terminal"},
    {"no-bell", 0, FLAG(no_bell), true, NULL, "never ring the bell"},
    {"no-color", 0, FLAG(no_color), true, NULL, "no colours (also NO_COLOR)"},
    {"help", 'h', FLAG(help), false, NULL, "this list"},
    {"version", 'V', FLAG(version), false, NULL, "the version"},
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
        if (r && r->kind == KIND_TEXT && r->in_file && entry->items[i]->kind == YNODE_SCALAR)
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
        if (r == NULL || !r->in_file)
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
        if (!rows[i].in_file)
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

static int apply_arguments(struct cli_options *o, int argc, char **argv, struct error *err)
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
        if (r == NULL)
            return error_set(err, ERR_INVALID, NULL, "%s is not an option, or lacks its value; see usher --help",
                             argv[optind > 0 ? optind - 1 : 0]);
        set_row(o, r, optarg);
    }
    if (optind < argc)
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

int cli_options_parse(struct cli_options *o, int argc, char **argv, struct error *err)
{
    struct cli_options first = {0};
    *o = (struct cli_options){0};
    int rc = apply_arguments(&first, argc, argv, err);
    if (rc == ERR_OK) {
        const char *named = first.config_file ? first.config_file : getenv("USHER_CONFIG");
        read_file(o, named);
        apply_environment(o);
        rc = apply_arguments(o, argc, argv, err);
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

void cli_options_free(struct cli_options *o)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == KIND_TEXT)
            free(*(char **)field_of(o, &rows[i]));
    free(o->warning);
    *o = (struct cli_options){0};
}

void cli_options_usage(void)
{
    puts("usage: usher [options]\n\nA terminal console for omnichannel live chat.\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char left[48];
        snprintf(left, sizeof(left), "%c%c%s --%s%s%s", rows[i].letter ? '-' : ' ',
                 rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ", rows[i].name,
                 rows[i].argument ? " " : "", rows[i].argument ? rows[i].argument : "");
        printf("  %-28s %s\n", left, rows[i].help);
    }
}
