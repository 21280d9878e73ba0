/* The console: options, a core or a server, the client's model, and the face over it. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#include "cli/options.h"
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
    char *socket_path, *db_path, *log_path, *outbox_dir, *token_file, *password;
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
    execlp(program, "usher-demo", "--socket", c->socket_path, (char *)NULL);
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

static bool is_remote(const struct cli_options *o)
{
    return o->server != NULL && o->server[0] != '/';
}

/* Where this user's things lie. */
static int find_places(struct console *c, struct error *err)
{
    struct cli_options *o = &c->options;
    const char *name = o->demo ? "demo" : "core";
    AUTO_FREE char *state = path_state_dir(err);
    AUTO_FREE char *data = state ? path_data_dir(err) : NULL;
    AUTO_FREE char *run = data && !is_remote(o) ? path_runtime_dir(err) : NULL;
    if (state == NULL || data == NULL || (run == NULL && !is_remote(o)))
        return err->code;
    c->outbox_dir = x_asprintf("%s/outbox%s", state, o->demo ? "-demo" : "");
    c->log_path = x_asprintf("%s/%s.log", state, name);
    c->db_path = o->db ? x_strdup(o->db) : x_asprintf("%s/%s.db", data, name);
    if (is_remote(o)) {
        struct buf file = BUF_INIT;
        buf_puts(&file, state);
        buf_puts(&file, "/token-");
        buf_put_urlencoded(&file, o->server, strlen(o->server));
        buf_putc(&file, '-');
        buf_put_urlencoded(&file, o->username ? o->username : "", strlen(o->username ? o->username : ""));
        c->token_file = buf_take(&file);
        return ERR_OK;
    }
    c->socket_path = o->server ? x_strdup(o->server) : x_asprintf("%s/%s.sock", run, name);
    if (strlen(c->socket_path) > 107)
        return error_set(err, ERR_INVALID, "socket", "%s is too long for a socket's path (at most 107 bytes)",
                         c->socket_path);
    return ERR_OK;
}

/* First line of a command's output; caller frees. */
static char *password_from(const char *command, struct error *err)
{
    char *line = NULL;
    size_t cap = 0;
    FILE *f = popen(command, "re");
    if (f == NULL || getline(&line, &cap, f) <= 0) {
        error_set(err, ERR_IO, "password-command", "the password command gave nothing");
        free(line);
        line = NULL;
    } else {
        line[strcspn(line, "\r\n")] = '\0';
    }
    if (f)
        pclose(f);
    return line;
}

/* Asked without echo, before the screen is taken. Caller frees. */
static char *password_asked(const char *server, const char *user)
{
    struct termios old, quiet;
    char *line = NULL;
    size_t cap = 0;
    tcgetattr(STDIN_FILENO, &old);
    quiet = old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet); /* before the question: somebody may answer at once */
    fprintf(stderr, "Password of %s on %s: ", user, server);
    ssize_t n = getline(&line, &cap, stdin);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
    fputc('\n', stderr);
    if (n > 0)
        line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static int find_password(struct console *c, struct error *err)
{
    const struct cli_options *o = &c->options;
    if (!is_remote(o))
        return ERR_OK;
    if (strncmp(o->server, "http://", 7) != 0 && strncmp(o->server, "https://", 8) != 0)
        return error_set(err, ERR_INVALID, "server", "%s is neither a URL nor a server of the configuration", o->server);
    if (o->username == NULL)
        return error_set(err, ERR_INVALID, "user", "a user is needed for %s (-u NAME)", o->server);
    if (o->password_command) {
        c->password = password_from(o->password_command, err);
        return c->password ? ERR_OK : err->code;
    }
    if (access(c->token_file, R_OK) != 0)
        c->password = password_asked(o->server, o->username);
    return ERR_OK;
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
        .url = is_remote(o) ? o->server : NULL,
        .unix_path = c->socket_path,
        .label = is_remote(o) ? NULL : o->demo ? "demo" : "embedded core",
        .username = o->username,
        .password = c->password,
        .token_file = c->token_file,
        .outbox_dir = c->outbox_dir,
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
        .socket_path = c->socket_path,
        .db_path = c->db_path,
        .log_path = c->log_path,
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
    free(c->socket_path);
    free(c->db_path);
    free(c->log_path);
    free(c->outbox_dir);
    free(c->token_file);
    if (c->password)
        explicit_bzero(c->password, strlen(c->password));
    free(c->password);
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
    if (find_places(&c, &err) != ERR_OK || find_password(&c, &err) != ERR_OK || open_face(&c, &err) != ERR_OK)
        return fail(&c, &err, 1);
    connect_to_core(&c);
    uv_run(&c.loop, UV_RUN_DEFAULT);
    close_all(&c);
    return 0;
}
