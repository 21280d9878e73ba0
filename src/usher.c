/* The console: options, a core or a server, the client's model, and the face over it. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "cli/options.h"
#include "cli/places.h"
#include "cli/settings.h"
#include "cli/visitor.h"
#include "cli/why.h"
#include "client/client.h"
#include "client/embedded.h"
#include "common/mem.h"
#include "common/paths.h"
#include "config.h"
#include "ui/ui.h"

struct console {
    uv_loop_t loop;
    struct cli_options options;
    struct embedded *embedded;
    struct client *client;
    struct ui *ui;
    pid_t demo;
    struct cli_places places;
};

static void on_changed(void *arg, unsigned bits, const char *rid)
{
    struct console *c = arg;
    if (c->ui)
        ui_changed(c->ui, bits, rid);
}

static void on_quit(void *arg)
{
    struct console *c = arg;
    uv_stop(&c->loop);
}

/* The simulated visitors are a program of their own that uses the public interface like anybody. */
static void start_demo(struct console *c)
{
    AUTO_FREE char *program = path_sibling("usher-demo");
    c->demo = fork();
    if (c->demo != 0)
        return;
    if (freopen("/dev/null", "r", stdin) == NULL || freopen("/dev/null", "w", stdout) == NULL ||
        freopen("/dev/null", "w", stderr) == NULL)
        _exit(126);
    execlp(program, "usher-demo", "--socket", c->places.socket_path, (char *)NULL);
    _exit(127);
}

static void on_core_ready(void *arg, const struct error *err)
{
    struct console *c = arg;
    if (err) {
        ui_say(c->ui, true, "%s", err->text);
        return;
    }
    client_start(c->client);
    if (c->options.demo)
        start_demo(c);
}

static enum ui_layout layout_of(const char *name)
{
    if (name && strcmp(name, "wide") == 0)
        return UI_LAYOUT_WIDE;
    return name && strcmp(name, "narrow") == 0 ? UI_LAYOUT_NARROW : UI_LAYOUT_AUTO;
}

/* From the build tree the themes lie beside the sources. */
static const char *data_dir(void)
{
    const char *wanted = getenv("USHER_DATADIR");
    return wanted && *wanted ? wanted : PKGDATADIR "/themes";
}

static int open_face(struct console *c, struct error *err)
{
    const struct cli_options *o = &c->options;
    static const struct client_callbacks client_callbacks = {on_changed};
    static const struct ui_callbacks ui_callbacks = {on_quit};
    struct client_options client = {
        .url = cli_is_remote(o) ? o->server : NULL,
        .unix_path = c->places.socket_path,
        .label = cli_is_remote(o) ? NULL : o->demo ? "demo" : "embedded core",
        .username = o->username,
        .password = c->places.password,
        .token_file = c->places.token_file,
        .outbox_dir = c->places.outbox_dir,
        .ca_file = o->ca_file,
    };
    AUTO_FREE char *user_dir = path_config_dir(NULL);
    struct ui_options ui = {
        .in_fd = STDIN_FILENO,
        .out_fd = STDOUT_FILENO,
        .theme = o->theme,
        .keymap = o->keymap,
        .user_dir = user_dir,
        .data_dir = data_dir(),
        .layout = layout_of(o->layout),
        .mouse = !o->no_mouse,
        .no_color = o->no_color,
        .no_bell = o->no_bell,
    };
    c->client = client_new(&c->loop, &client, &client_callbacks, c);
    c->ui = ui_new(&c->loop, c->client, &ui, &ui_callbacks, c);
    int rc = ui_start(c->ui, err);
    if (rc == ERR_OK && o->warning)
        ui_say(c->ui, true, "%s", o->warning);
    return rc;
}

static void connect_to_core(struct console *c)
{
    const struct cli_options *o = &c->options;
    struct embedded_options core = {
        .socket_path = c->places.socket_path,
        .db_path = c->places.db_path,
        .log_path = c->places.log_path,
        .listen = o->listen,
        .widget_dir = o->widget_dir,
        .demo = o->demo,
    };
    if (o->server) {
        client_start(c->client);
        return;
    }
    c->embedded = embedded_start(&c->loop, &core, on_core_ready, c);
}

static void close_all(struct console *c)
{
    struct ui *face = c->ui;
    c->ui = NULL; /* what the client still says on its way out is for nobody */
    client_free(&c->client);
    ui_free(&face);
    embedded_free(&c->embedded);
    uv_run(&c->loop, UV_RUN_DEFAULT);
    uv_loop_close(&c->loop);
    if (c->demo > 0)
        kill(c->demo, SIGTERM);
    cli_places_fini(&c->places);
    cli_options_free(&c->options);
}

static int fail(struct console *c, const struct error *err, int code)
{
    close_all(c);
    fprintf(stderr, "usher: %s\n", err->text);
    return code;
}

int main(int argc, char **argv)
{
    struct console c = {0};
    struct error err = {0};
    setlocale(LC_ALL, "");
    signal(SIGPIPE, SIG_IGN);
    if (argc > 1 && strcmp(argv[1], "settings") == 0)
        return cli_settings_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "visitor") == 0)
        return cli_visitor_main(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "why") == 0)
        return cli_why_main(argc - 1, argv + 1);
    uv_loop_init(&c.loop);
    if (cli_options_parse(&c.options, argc, argv, &err) != ERR_OK)
        return fail(&c, &err, 2);
    if (c.options.help || c.options.version) {
        if (c.options.help)
            cli_options_usage();
        else
            puts("usher " PACKAGE_VERSION);
        close_all(&c);
        return 0;
    }
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        error_set(&err, ERR_INVALID, NULL, "the console needs a terminal on standard input and output");
        return fail(&c, &err, 2);
    }
    if (cli_places_find(&c.places, &c.options, &err) != ERR_OK ||
        cli_places_password(&c.places, &c.options, true, &err) != ERR_OK || open_face(&c, &err) != ERR_OK)
        return fail(&c, &err, 1);
    connect_to_core(&c);
    uv_run(&c.loop, UV_RUN_DEFAULT);
    close_all(&c);
    return 0;
}
