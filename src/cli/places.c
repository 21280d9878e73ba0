#include "cli/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/paths.h"

bool cli_is_remote(const struct cli_options *o)
{
    return o->server != NULL && o->server[0] != '/';
}

int cli_places_find(struct cli_places *p, const struct cli_options *o, struct error *err)
{
    const char *name = o->demo ? "demo" : "core";
    AUTO_FREE char *state = path_state_dir(err);
    AUTO_FREE char *data = state ? path_data_dir(err) : NULL;
    AUTO_FREE char *run = data && !cli_is_remote(o) ? path_runtime_dir(err) : NULL;
    if (state == NULL || data == NULL || (run == NULL && !cli_is_remote(o)))
        return err->code;
    p->outbox_dir = x_asprintf("%s/outbox%s", state, o->demo ? "-demo" : "");
    p->log_path = x_asprintf("%s/%s.log", state, name);
    p->db_path = o->db ? x_strdup(o->db) : x_asprintf("%s/%s.db", data, name);
    if (cli_is_remote(o)) {
        struct buf file = BUF_INIT;
        buf_puts(&file, state);
        buf_puts(&file, "/token-");
        buf_put_urlencoded(&file, o->server, strlen(o->server));
        buf_putc(&file, '-');
        buf_put_urlencoded(&file, o->username ? o->username : "", strlen(o->username ? o->username : ""));
        p->token_file = buf_take(&file);
        return ERR_OK;
    }
    p->socket_path = o->server ? x_strdup(o->server) : x_asprintf("%s/%s.sock", run, name);
    if (strlen(p->socket_path) > 107)
        return error_set(err, ERR_INVALID, "socket", "%s is too long for a socket's path (at most 107 bytes)",
                         p->socket_path);
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

int cli_places_password(struct cli_places *p, const struct cli_options *o, bool ask, struct error *err)
{
    if (!cli_is_remote(o))
        return ERR_OK;
    if (strncmp(o->server, "http://", 7) != 0 && strncmp(o->server, "https://", 8) != 0)
        return error_set(err, ERR_INVALID, "server", "%s is neither a URL nor a server of the configuration", o->server);
    if (o->username == NULL)
        return error_set(err, ERR_INVALID, "user", "a user is needed for %s (-u NAME)", o->server);
    if (o->password_command) {
        p->password = password_from(o->password_command, err);
        return p->password ? ERR_OK : err->code;
    }
    if (access(p->token_file, R_OK) != 0 && !ask)
        return error_set(err, ERR_DENIED, NULL,
                         "no login for %s is stored: start the console once, or name a --password-command", o->server);
    if (access(p->token_file, R_OK) != 0)
        p->password = password_asked(o->server, o->username);
    return ERR_OK;
}

void cli_places_fini(struct cli_places *p)
{
    if (p->password)
        explicit_bzero(p->password, strlen(p->password));
    free(p->socket_path);
    free(p->db_path);
    free(p->log_path);
    free(p->outbox_dir);
    free(p->token_file);
    free(p->password);
    *p = (struct cli_places){0};
}
