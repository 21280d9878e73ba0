#include "client/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/paths.h"

#define LOG_MAX (1024 * 1024)
#define LOOK_MS 100
#define GIVE_UP_MS 10000

struct embedded {
    uv_poll_t news;            /* the datagram socket on which usherd says READY=1 */
    uv_timer_t patience;
    int handles;               /* open ones; the record goes with the last */
    int waited_ms;
    int notify_fd;
    char *notify_path, *socket_path, *log_path;
    void (*ready)(void *arg, const struct error *err);
    void *arg;
};

static bool set_address(struct sockaddr_un *un, const char *path)
{
    *un = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(un->sun_path))
        return false;
    memcpy(un->sun_path, path, strlen(path) + 1);
    return true;
}

/* Does somebody answer there already? */
static bool answers(const char *path)
{
    struct sockaddr_un un;
    if (!set_address(&un, path))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static int open_notify(struct embedded *e)
{
    struct sockaddr_un un;
    if (!set_address(&un, e->notify_path))
        return -1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(e->notify_path);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&un, sizeof(un)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int open_log(const char *path)
{
    struct stat st;
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    if (stat(path, &st) == 0 && st.st_size > LOG_MAX)
        flags |= O_TRUNC;
    return open(path, flags, 0600);
}

static void exec_daemon(const struct embedded *e, const struct embedded_options *o, const char *program)
{
    const char *argv[16];
    int n = 0, log = open_log(o->log_path), null = open("/dev/null", O_RDWR | O_CLOEXEC);
    argv[n++] = "usherd";
    argv[n++] = "--embedded";
    argv[n++] = "--socket";
    argv[n++] = o->socket_path;
    argv[n++] = "--db";
    argv[n++] = o->db_path;
    if (o->demo)
        argv[n++] = "--demo";
    if (o->listen) {
        argv[n++] = "--listen";
        argv[n++] = o->listen;
    }
    if (o->widget_dir) {
        argv[n++] = "--widget";
        argv[n++] = o->widget_dir;
    }
    argv[n] = NULL;
    setsid();
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(log >= 0 ? log : null, STDERR_FILENO);
    setenv("NOTIFY_SOCKET", e->notify_path, 1);
    if (chdir("/") != 0)
        _exit(126);
    execvp(program, (char *const *)argv);
    dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
    _exit(127);
}

/* Twice removed, so that it is nobody's child and outlives the console. */
static bool spawn(const struct embedded *e, const struct embedded_options *o)
{
    AUTO_FREE char *program = path_sibling("usherd");
    pid_t child = fork();
    if (child < 0)
        return false;
    if (child == 0) {
        if (fork() == 0)
            exec_daemon(e, o, program);
        _exit(0);
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return true;
}

static void on_closed(uv_handle_t *h)
{
    struct embedded *e = h->data;
    if (--e->handles > 0)
        return;
    if (e->notify_fd >= 0)
        close(e->notify_fd);
    if (e->notify_path)
        unlink(e->notify_path);
    free(e->notify_path);
    free(e->socket_path);
    free(e->log_path);
    free(e);
}

static void finish(struct embedded *e, const struct error *err)
{
    uv_timer_stop(&e->patience);
    if (e->notify_fd >= 0)
        uv_poll_stop(&e->news);
    if (e->ready)
        e->ready(e->arg, err);
    e->ready = NULL;
}

static void on_news(uv_poll_t *h, int status, int events)
{
    struct embedded *e = h->data;
    char text[256];
    (void)status;
    (void)events;
    ssize_t n = recv(e->notify_fd, text, sizeof(text) - 1, 0);
    if (n <= 0)
        return;
    text[n] = '\0';
    if (strstr(text, "READY=1"))
        finish(e, NULL);
}

/* Joined at once, or nothing was heard yet: perhaps another console's core was faster. */
static void on_patience(uv_timer_t *t)
{
    struct embedded *e = t->data;
    struct error err;
    if (answers(e->socket_path)) {
        finish(e, NULL);
        return;
    }
    e->waited_ms += LOOK_MS;
    if (e->waited_ms < GIVE_UP_MS)
        return;
    error_set(&err, ERR_UNAVAILABLE, NULL, "the embedded core did not start; its words are in %s", e->log_path);
    finish(e, &err);
}

struct embedded *embedded_start(uv_loop_t *loop, const struct embedded_options *o,
                                void (*ready)(void *arg, const struct error *err), void *arg)
{
    struct embedded *e = x_calloc(1, sizeof(*e));
    bool running = answers(o->socket_path);
    e->notify_fd = -1;
    e->socket_path = x_strdup(o->socket_path);
    e->log_path = x_strdup(o->log_path);
    e->ready = ready;
    e->arg = arg;
    uv_timer_init(loop, &e->patience);
    e->patience.data = e;
    e->handles = 1;
    if (!running) {
        e->notify_path = x_asprintf("%s.%d", o->socket_path, (int)getpid());
        e->notify_fd = open_notify(e);
    }
    if (e->notify_fd >= 0) {
        uv_poll_init(loop, &e->news, e->notify_fd);
        e->news.data = e;
        e->handles = 2;
        uv_poll_start(&e->news, UV_READABLE, on_news);
        spawn(e, o);
    }
    uv_timer_start(&e->patience, on_patience, running ? 0 : LOOK_MS, LOOK_MS);
    return e;
}

void embedded_free(struct embedded **ep)
{
    struct embedded *e = *ep;
    *ep = NULL;
    if (e == NULL)
        return;
    e->ready = NULL;
    if (e->notify_fd >= 0)
        uv_close((uv_handle_t *)&e->news, on_closed);
    uv_close((uv_handle_t *)&e->patience, on_closed);
}
