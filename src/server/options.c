#include "config.h"

#include "server/options.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/paths.h"
#include "common/yaml.h"

enum kind { KIND_TEXT, KIND_FLAG, KIND_LEVEL };

/* One option: a key of the configuration file, USHER_<KEY> of the environment, and mostly --<key> of the command line. */
struct row {
    const char *key;
    enum kind kind;
    size_t offset;
    bool only_file;                /* secrets and the like: not on the command line, where others can see them */
    const char *argument, *help;
};

#define AT(field) offsetof(struct options, field)

/* Only ever on the command line: no file and no variable left behind may move a server's clock. */
#define TEST_CLOCK "test_clock"

static const struct row rows[] = {
    {"listen", KIND_TEXT, AT(listen), false, "ADDR:PORT", "TCP address to listen on, \"none\" for none (127.0.0.1:3000)"},
    {"socket", KIND_TEXT, AT(socket), false, "PATH", "unix socket for the local administrator"},
    {"db", KIND_TEXT, AT(db), false, "FILE", "the store (/var/lib/usher/core.db)"},
    {"widget", KIND_TEXT, AT(widget), false, "DIR", "build of the Livechat widget, served under /livechat"},
    {"config", KIND_TEXT, AT(config), false, "FILE", "configuration file (" SYSCONFDIR "/usher/usherd.yaml when there is one)"},
    {"insecure_listen", KIND_FLAG, AT(insecure_listen), false, NULL, "allow addresses beyond loopback without TLS"},
    {"tls_cert", KIND_TEXT, AT(tls_cert), false, "FILE", "certificate chain (PEM)"},
    {"tls_key", KIND_TEXT, AT(tls_key), false, "FILE", "private key (PEM)"},
    {"site_url", KIND_TEXT, AT(site_url), false, "URL", "how clients reach this server, when a proxy stands in front"},
    {"local_user", KIND_TEXT, AT(local_user), false, "NAME", "who peers on the socket are (the first administrator)"},
    {"trusted_proxies", KIND_TEXT, AT(trusted_proxies), false, "LIST", "addresses whose X-Forwarded-For is believed"},
    {"dns_servers", KIND_TEXT, AT(dns_servers), false, "LIST", "name servers to ask about mail addresses (the system's)"},
    {"ca_file", KIND_TEXT, AT(ca_file), false, "FILE", "further certificate authority of mail and web servers (PEM)"},
    {"outbound_deny_private", KIND_FLAG, AT(outbound_deny_private), false, NULL,
     "webhooks and the like go to no loopback or private address"},
    {"embedded", KIND_FLAG, AT(embedded), false, NULL, "socket only; ends when the last console has left"},
    {"demo", KIND_FLAG, AT(demo), false, NULL, "listen on loopback too when embedded, for the demo's visitors"},
    {"test_clock", KIND_FLAG, AT(test_clock), false, NULL, "let POST /usher/v1/clock on the socket move the time"},
    {"log_level", KIND_LEVEL, AT(log_level), false, "LEVEL", "debug, info, warn or error (info)"},
    {"rate_limits", KIND_FLAG, AT(rate_limits), true, NULL, "limit calls per minute (on)"},
    {"admin_username", KIND_TEXT, AT(admin_username), true, NULL, "administrator made at the first start (admin)"},
    {"admin_password", KIND_TEXT, AT(admin_password), true, NULL, "his password (generated and printed once)"},
    {"admin_email", KIND_TEXT, AT(admin_email), true, NULL, "his e-mail address"},
    {"admin_id", KIND_TEXT, AT(admin_id), true, NULL, "his user id"},
};

static bool parse_flag(const char *text, bool *out)
{
    static const char *const on[] = {"on", "true", "yes", "1"}, *const off[] = {"off", "false", "no", "0"};
    for (size_t i = 0; i < COUNT_OF(on); i++) {
        if (strcasecmp(text, on[i]) == 0 || strcasecmp(text, off[i]) == 0) {
            *out = strcasecmp(text, on[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool parse_level(const char *text, enum log_level *out)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* where stands in front of the complaint: "usherd.yaml:3:9", "USHER_LISTEN", "--listen". */
static int assign(struct options *o, const struct row *row, const char *text, const char *where, struct error *e)
{
    void *field = (char *)o + row->offset;
    if (row->kind == KIND_TEXT) {
        str_set(field, text);
        if (strcmp(row->key, "listen") == 0)
            o->listen_given = true;
        return 0;
    }
    bool good = row->kind == KIND_FLAG ? parse_flag(text, field) : parse_level(text, field);
    if (good)
        return 0;
    return error_set(e, ERR_INVALID, row->key, "%s: \"%s\" is no %s", where, text,
                     row->kind == KIND_FLAG ? "switch: write on or off" : "log level: write debug, info, warn or error");
}

static const struct row *find_row(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *a = rows[i].key, *b = key;
        while (*a && (*a == *b || (*a == '_' && (*b == '-' || *b == '.'))))
            a++, b++;
        if (*a == '\0' && *b == '\0')
            return &rows[i];
    }
    return NULL;
}

/* --- the sources, weakest first --- */

static void set_defaults(struct options *o)
{
    *o = (struct options){.rate_limits = true, .log_level = LOG_INFO};
    o->listen = x_strdup("127.0.0.1:3000");
}

static int check_secrets(const struct options *o, const char *path, struct error *e)
{
    struct stat st;
    if (o->admin_password && stat(path, &st) == 0 && (st.st_mode & 077))
        return error_set(e, ERR_DENIED, NULL, "%s holds a password and others can read it: chmod 600 %s", path, path);
    return 0;
}

static int read_config(struct options *o, const char *path, struct error *e)
{
    struct ynode *root = yaml_load_file(path, e);
    int rc = root ? 0 : -1;
    for (size_t i = 0; rc == 0 && root->kind == YNODE_MAP && i < root->n; i++) {
        const struct row *row = find_row(root->keys[i]);
        const struct ynode *item = root->items[i];
        AUTO_FREE char *where = x_asprintf("%s:%d:%d", path, row ? item->line : root->key_lines[i],
                                           row ? item->column : root->key_columns[i]);
        if (row == NULL || strcmp(row->key, TEST_CLOCK) == 0)
            rc = error_set(e, ERR_INVALID, NULL, "%s: there is no option \"%s\"", where, root->keys[i]);
        else if (item->kind != YNODE_SCALAR)
            rc = error_set(e, ERR_INVALID, NULL, "%s: \"%s\" takes one value", where, root->keys[i]);
        else
            rc = assign(o, row, item->text, where, e);
    }
    if (rc == 0 && root->kind != YNODE_MAP && root->kind != YNODE_NULL)
        rc = error_set(e, ERR_INVALID, NULL, "%s:%d:%d: expected \"key: value\" lines", path, root->line, root->column);
    ynode_free(&root);
    return rc < 0 ? rc : check_secrets(o, path, e);
}

static char *env_name(const struct row *row)
{
    char *name = x_asprintf("USHER_%s", row->key);
    for (char *p = name; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return name;
}

static int read_environment(struct options *o, struct error *e)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO_FREE char *name = env_name(&rows[i]);
        const char *text = strcmp(rows[i].key, TEST_CLOCK) == 0 ? NULL : getenv(name);
        int rc = text ? assign(o, &rows[i], text, name, e) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

static void print_help(void)
{
    puts("usage: usherd [options]\n       usherd user add|passwd|role NAME [...]\n\nRouting core and server of usher.\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (rows[i].only_file)
            continue;
        char left[48];
        snprintf(left, sizeof left, "--%s%s%s", rows[i].key, rows[i].argument ? " " : "",
                 rows[i].argument ? rows[i].argument : "");
        for (char *p = left + 2; *p && *p != ' '; p++)
            if (*p == '_')
                *p = '-';
        printf("  %-26s %s\n", left, rows[i].help);
    }
    puts("  --help, --version\n\nAll but --test-clock are also keys of the configuration file, and USHER_<KEY> in the environment.\n"
         "Only there:");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].only_file)
            printf("  %-26s %s\n", rows[i].key, rows[i].help);
}

struct arguments {
    const struct row *row[COUNT_OF(rows)];
    const char *text[COUNT_OF(rows)];
    size_t n;
};

static enum options_outcome parse_arguments(struct arguments *out, int argc, char **argv, struct error *e)
{
    struct option longs[COUNT_OF(rows) + 3];
    char names[COUNT_OF(rows)][24];
    memset(longs, 0, sizeof longs);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(names[i], sizeof names[i], "%s%s", rows[i].only_file ? "\001" : "", rows[i].key);
        for (char *p = names[i]; *p; p++)
            if (*p == '_')
                *p = '-';
        longs[i] = (struct option){names[i], rows[i].kind == KIND_FLAG ? no_argument : required_argument, NULL, (int)i + 256};
    }
    longs[COUNT_OF(rows)] = (struct option){"help", no_argument, NULL, 'h'};
    longs[COUNT_OF(rows) + 1] = (struct option){"version", no_argument, NULL, 'v'};
    int c;
    opterr = 0;
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        if (c == 'h' || c == 'v') {
            if (c == 'h')
                print_help();
            else
                puts("usherd " PACKAGE_VERSION);
            return OPTIONS_EXIT;
        }
        if (c < 256 || out->n == COUNT_OF(rows)) {
            error_set(e, ERR_INVALID, NULL, "there is no option %s, or it lacks its value: usherd --help", argv[optind - 1]);
            return OPTIONS_BAD;
        }
        out->row[out->n] = &rows[c - 256];
        out->text[out->n++] = optarg ? optarg : "on";
    }
    if (optind < argc) {
        error_set(e, ERR_INVALID, NULL, "\"%s\" is not understood: usherd --help", argv[optind]);
        return OPTIONS_BAD;
    }
    return OPTIONS_RUN;
}

static int apply_arguments(struct options *o, const struct arguments *a, struct error *e)
{
    for (size_t i = 0; i < a->n; i++) {
        AUTO_FREE char *where = x_asprintf("--%s", a->row[i]->key);
        int rc = assign(o, a->row[i], a->text[i], where, e);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* --- what does not fit together --- */

bool options_is_loopback(const char *listen)
{
    const char *colon = strrchr(listen, ':');
    AUTO_FREE char *host = x_strndup(listen, colon ? (size_t)(colon - listen) : strlen(listen));
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0 || strcmp(host, "localhost") == 0;
}

static int fill_paths(struct options *o, struct error *e)
{
    if (o->embedded && o->db == NULL) {
        AUTO_FREE char *dir = path_data_dir(e);
        if (dir == NULL)
            return -1;
        o->db = path_join(dir, "core.db");
    }
    if (o->embedded && o->socket == NULL) {
        AUTO_FREE char *dir = path_runtime_dir(e);
        if (dir == NULL)
            return -1;
        o->socket = path_join(dir, "core.sock");
    }
    const char *run = getenv("RUNTIME_DIRECTORY"); /* systemd's, one folder */
    if (o->socket == NULL && run && run[0] == '/' && strchr(run, ':') == NULL)
        o->socket = path_join(run, "usherd.sock");
    if (o->db == NULL)
        o->db = x_strdup("/var/lib/usher/core.db");
    return 0;
}

static int check(struct options *o, struct error *e)
{
    if (o->embedded && !o->listen_given && !o->demo)
        str_set(&o->listen, "none");
    if (strcmp(o->listen, "none") == 0)
        str_set(&o->listen, "");
    if ((o->tls_cert == NULL) != (o->tls_key == NULL))
        return error_set(e, ERR_INVALID, NULL, "tls_cert and tls_key go together");
    if (*o->listen && !options_is_loopback(o->listen) && o->tls_cert == NULL && !o->insecure_listen)
        return error_set(e, ERR_INVALID, "listen",
                         "%s is reachable from outside: give --tls-cert and --tls-key, or --insecure-listen behind a proxy",
                         o->listen);
    if (fill_paths(o, e) < 0)
        return -1;
    if (*o->listen == '\0' && o->socket == NULL)
        return error_set(e, ERR_INVALID, NULL, "nothing to listen on: give --listen or --socket");
    return ERR_OK;
}

static char *default_config(void)
{
    const char *path = SYSCONFDIR "/usher/usherd.yaml";
    return access(path, F_OK) == 0 ? x_strdup(path) : NULL;
}

enum options_outcome options_read(struct options *o, int argc, char **argv, struct error *e)
{
    struct arguments arguments = {.n = 0};
    set_defaults(o);
    enum options_outcome outcome = parse_arguments(&arguments, argc, argv, e);
    if (outcome != OPTIONS_RUN)
        return outcome;
    struct options early = {0};    /* where is the file? */
    struct error ignored;
    read_environment(&early, &ignored);
    apply_arguments(&early, &arguments, &ignored);
    char *path = early.config ? x_strdup(early.config) : early.embedded ? NULL : default_config();
    options_free(&early);
    int rc = path ? read_config(o, path, e) : 0;
    free(path);
    if (rc < 0 || read_environment(o, e) < 0 || apply_arguments(o, &arguments, e) < 0 || check(o, e) < 0)
        return OPTIONS_BAD;
    return OPTIONS_RUN;
}

void options_free(struct options *o)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == KIND_TEXT)
            str_set((char **)(void *)((char *)o + rows[i].offset), NULL);
}
