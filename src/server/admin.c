#include "server/admin.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/id.h"
#include "common/mem.h"
#include "server/boot.h"
#include "server/order.h"
#include "server/session.h"
#include "store/store.h"

static const char usage[] =
    "usage: usherd user add NAME [ROLE...] [--email ADDRESS] [options]\n"
    "       usherd user passwd NAME [options]        the new password is read from standard input\n"
    "       usherd user role NAME ROLE... [options]  replaces his roles\n"
    "       usherd visitor export ID [options]       all that is held on a visitor, as JSON; ID: his id or e-mail address\n"
    "       usherd visitor erase ID [options]        he goes with all chats, messages and files, for good\n"
    "options: --socket PATH --db FILE --config FILE as for the daemon\n";

/* --- the running daemon --- */

#define SERVICE_SOCKET "/run/usher/usherd.sock"   /* of the systemd unit */

static int connect_to(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (path == NULL || strlen(path) >= sizeof at.sun_path)
        return -1;
    memcpy(at.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* One request; the answer (new reference) or NULL with e. */
static json_t *ask(int fd, const char *verb, const char *path, const char *body, struct error *e)
{
    struct buf text = BUF_INIT;
    char piece[4096];
    ssize_t n;
    buf_printf(&text,
               "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
               "Connection: close\r\n\r\n%s",
               verb, path, strlen(body), body);
    bool sent = write(fd, text.data, text.len) == (ssize_t)text.len;
    buf_clear(&text);
    while (sent && (n = read(fd, piece, sizeof piece)) > 0)
        buf_append(&text, piece, (size_t)n);
    close(fd);
    const char *answer = text.data ? strstr(text.data, "\r\n\r\n") : NULL;
    json_t *reply = answer ? json_loads(answer + 4, 0, NULL) : NULL;
    const char *error = json_string_value(json_object_get(reply, "error"));
    if (!json_is_true(json_object_get(reply, "success"))) {
        error_set(e, ERR_STATE, NULL, "%s", error ? error : "the daemon did not answer");
        json_decref(reply);
        reply = NULL;
    }
    buf_free(&text);
    return reply;
}

static int ask_daemon(int fd, const json_t *order, struct error *e)
{
    AUTO_FREE char *body = json_dumps(order, JSON_COMPACT);
    json_t *reply = ask(fd, "POST", "/usher/v1/user", body, e);
    int rc = reply ? 0 : -1;
    json_decref(reply);
    return rc;
}

/* --- the store itself --- */

static int on_store(struct server *s, void *arg, struct error *e)
{
    const json_t *order = arg;
    const char *password = json_string_value(json_object_get(order, "password"));
    AUTO_FREE char *user_id = NULL;
    char hash[128];
    if (order_carry_out(s, order, &user_id, e) < 0)
        return -1;
    if (password == NULL)
        return 0;
    if (!password_hash(password, hash, sizeof hash))
        return error_set(e, ERR_UNAVAILABLE, NULL, "the system's crypt does not know bcrypt");
    store_put_password(s->store, user_id, hash);
    store_drop_tokens_of(s->store, user_id);
    return 0;
}

/* --- the command line --- */

static char *read_line(void)
{
    char line[512];
    if (isatty(STDIN_FILENO)) {
        const char *typed = getpass("New password: ");
        return typed ? x_strdup(typed) : NULL;
    }
    if (fgets(line, sizeof line, stdin) == NULL)
        return NULL;
    line[strcspn(line, "\r\n")] = '\0';
    return *line ? x_strdup(line) : NULL;
}

/* Takes --email and the plain words out of argv; the options of the daemon stay. Returns what is left. */
static int take_words(int argc, char **argv, json_t *order, json_t *roles)
{
    int left = 1;
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--email") == 0 && i + 1 < argc) {
            json_object_set_new(order, "email", json_string(argv[++i]));
        } else if (strncmp(argv[i], "--", 2) == 0) {
            argv[left++] = argv[i];
            if (strchr(argv[i], '=') == NULL && i + 1 < argc)
                argv[left++] = argv[++i];
        } else {
            json_array_append_new(roles, json_string(argv[i]));
        }
    }
    return left;
}

static int carry_out(const struct options *o, json_t *order, struct error *e)
{
    int fd = connect_to(o->socket ? o->socket : SERVICE_SOCKET);
    return fd >= 0 ? ask_daemon(fd, order, e) : boot_offline(o, on_store, order, e);
}

int admin_main(int argc, char **argv)
{
    if (argc < 3) {
        fputs(usage, stderr);
        return 1;
    }
    const char *action = argv[1];
    struct options options = {0};
    struct error e = {0};
    char generated[40];
    json_t *order = json_pack("{s:s,s:s,s:[]}", "action", action, "username", argv[2], "roles");
    int left = take_words(argc, argv, order, json_object_get(order, "roles"));
    argv[left] = NULL;
    AUTO_FREE char *password = strcmp(action, "passwd") == 0 ? read_line() : NULL;
    if (strcmp(action, "add") == 0) {
        id_secret(15, generated);
        str_set(&password, generated);
    }
    if (password)
        json_object_set_new(order, "password", json_string(password));
    int rc = 0;
    if (strcmp(action, "passwd") == 0 && password == NULL)
        rc = error_set(&e, ERR_INVALID, NULL, "no password on standard input");
    else if (options_read(&options, left, argv, &e) != OPTIONS_RUN)
        rc = -1;
    else
        rc = carry_out(&options, order, &e);
    json_decref(order);
    options_free(&options);
    if (rc < 0)
        fprintf(stderr, "usherd: %s\n", e.text);
    else if (strcmp(action, "add") == 0)
        printf("The new user has the password %s\n", generated);
    return rc < 0;
}

/* --- visitors: only through the running daemon, which knows what is going on with them --- */

/* The id to an e-mail address. Caller frees; NULL with e. */
static char *visitor_id(const char *socket, const char *id, struct error *e)
{
    struct buf path = BUF_INIT;
    if (strchr(id, '@') == NULL)
        return x_strdup(id);
    buf_puts(&path, "/api/v1/omnichannel/contact.search?email=");
    buf_put_urlencoded(&path, id, strlen(id));
    int fd = connect_to(socket);
    json_t *reply = fd < 0 ? NULL : ask(fd, "GET", path.data, "", e);
    const char *found = json_string_value(json_object_get(json_object_get(reply, "contact"), "_id"));
    char *copy = x_strdup(found);
    if (reply && found == NULL)
        error_set(e, ERR_NOT_FOUND, NULL, "nobody has the address %s", id);
    json_decref(reply);
    buf_free(&path);
    return copy;
}

static int run_visitor(const char *socket, bool erase, const char *who, struct error *e)
{
    struct buf path = BUF_INIT;
    int fd = connect_to(socket);
    if (fd < 0)
        return error_set(e, ERR_UNAVAILABLE, NULL, "no usherd answers on %s", socket);
    close(fd);
    AUTO_FREE char *id = visitor_id(socket, who, e);
    if (id == NULL)
        return -1;
    buf_puts(&path, "/usher/v1/visitors/");
    buf_put_urlencoded(&path, id, strlen(id));
    buf_puts(&path, erase ? "" : "/export");
    fd = connect_to(socket);
    json_t *reply = fd < 0 ? NULL : ask(fd, erase ? "DELETE" : "GET", path.data, "", e);
    int rc = reply ? 0 : -1;
    if (reply && !erase) {
        json_object_del(reply, "success");
        rc = json_dumpf(reply, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER) == 0 && putchar('\n') != EOF &&
                     fflush(stdout) == 0
                 ? 0
                 : error_set(e, ERR_IO, NULL, "standard output cannot be written");
    }
    json_decref(reply);
    buf_free(&path);
    return rc;
}

int admin_visitor_main(int argc, char **argv)
{
    bool erase = argc > 2 && strcmp(argv[1], "erase") == 0;
    struct options options = {0};
    struct error e = {0};
    if (argc < 3 || (!erase && strcmp(argv[1], "export") != 0)) {
        fputs(usage, stderr);
        return 1;
    }
    char *who = argv[2];
    argv[2] = argv[0];
    int rc = options_read(&options, argc - 2, argv + 2, &e) == OPTIONS_RUN ? 0 : -1;
    if (rc == 0)
        rc = run_visitor(options.socket ? options.socket : SERVICE_SOCKET, erase, who, &e);
    if (rc < 0)
        fprintf(stderr, "usherd: %s\n", e.text[0] ? e.text : "the daemon did not answer");
    options_free(&options);
    return rc < 0;
}
