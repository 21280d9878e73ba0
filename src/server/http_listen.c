/* Listeners: TCP and unix socket, and what comes in through them. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/mem.h"
#include "server/http_private.h"

#define BACKLOG 1024

static void on_listener_closed(uv_handle_t *h)
{
    struct listener *l = h->data;
    struct http_server *s = l->s;
    free(l);
    server_handle_closed(s);
}

void listener_close(struct listener *l)
{
    LIST_REMOVE(l, link);
    uv_close(&l->uv.handle, on_listener_closed);
}

static void on_refused_closed(uv_handle_t *h)
{
    struct conn *c = h->data;
    struct http_server *s = c->s;
    free(c);
    server_handle_closed(s);
}

static void refuse(struct conn *c, bool tell)
{
    static char busy[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    uv_buf_t buf = uv_buf_init(busy, sizeof(busy) - 1);
    if (tell && c->s->tls == NULL)
        uv_try_write(&c->uv.stream, &buf, 1);
    uv_close(&c->uv.handle, on_refused_closed);
}

static bool read_tcp_peer(struct conn *c)
{
    struct sockaddr_storage from;
    int n = sizeof(from);
    if (uv_tcp_getpeername(&c->uv.tcp, (struct sockaddr *)&from, &n) < 0)
        return false;
    uv_tcp_nodelay(&c->uv.tcp, 1);
    c->peer.uid = (uid_t)-1;
    if (from.ss_family == AF_INET)
        return uv_ip4_name((struct sockaddr_in *)&from, c->peer.address, sizeof(c->peer.address)) == 0;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&from;
    if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        return inet_ntop(AF_INET, six->sin6_addr.s6_addr + 12, c->peer.address, sizeof(c->peer.address)) != NULL;
    return uv_ip6_name(six, c->peer.address, sizeof(c->peer.address)) == 0;
}

static bool read_unix_peer(struct conn *c)
{
    struct ucred cred;
    socklen_t n = sizeof(cred);
    uv_os_fd_t fd;
    if (uv_fileno(&c->uv.handle, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
        return false;
    memcpy(c->peer.address, "unix", 5);
    c->peer.uid = cred.uid;
    return true;
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *l = stream->data;
    struct http_server *s = l->s;
    if (status < 0)
        return;
    struct conn *c = x_calloc(1, sizeof(*c));
    c->s = s;
    c->wait = WAIT_NONE;
    c->peer.is_unix = l->is_unix;
    if (l->is_unix)
        uv_pipe_init(s->loop, &c->uv.pipe, 0);
    else
        uv_tcp_init(s->loop, &c->uv.tcp);
    c->uv.handle.data = c;
    s->handles++;
    if (uv_accept(stream, &c->uv.stream) < 0 || !(l->is_unix ? read_unix_peer(c) : read_tcp_peer(c)) ||
        s->generation + 1 >= UINT64_C(1) << 44) {
        refuse(c, false);
        return;
    }
    if (!l->is_unix && s->tcp_open >= s->options.max_connections) {
        refuse(c, true);
        return;
    }
    server_add(s, c);
    s->conn_handles++;
    if (s->tls && !l->is_unix) {
        c->tls = tls_new(s->tls);
        c->peer.is_tls = true;
    }
    conn_start(c);
}

static struct listener *listener_new(struct http_server *s, bool is_unix)
{
    struct listener *l = x_calloc(1, sizeof(*l));
    l->s = s;
    l->is_unix = is_unix;
    if (is_unix)
        uv_pipe_init(s->loop, &l->uv.pipe, 0);
    else
        uv_tcp_init(s->loop, &l->uv.tcp);
    l->uv.handle.data = l;
    s->handles++;
    LIST_INSERT_HEAD(&s->listeners, l, link);
    return l;
}

/* "host:port" or "[host]:port", numeric. */
static bool read_address(const char *address, struct sockaddr_storage *out)
{
    char host[64];
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon == address || (size_t)(colon - address) >= sizeof(host))
        return false;
    size_t digits = strspn(colon + 1, "0123456789");
    if (digits == 0 || digits > 5 || colon[1 + digits] != '\0' || atoi(colon + 1) > 65535)
        return false;
    int port = atoi(colon + 1);
    size_t n = (size_t)(colon - address);
    memcpy(host, address, n);
    host[n] = '\0';
    if (host[0] != '[')
        return uv_ip4_addr(host, port, (struct sockaddr_in *)out) == 0;
    if (host[n - 1] != ']')
        return false;
    host[n - 1] = '\0';
    return uv_ip6_addr(host + 1, port, (struct sockaddr_in6 *)out) == 0;
}

static void write_bound(const struct listener *l, char bound[80])
{
    struct sockaddr_storage at;
    char host[64] = "";
    int n = sizeof(at);
    if (uv_tcp_getsockname(&l->uv.tcp, (struct sockaddr *)&at, &n) < 0)
        return;
    if (at.ss_family == AF_INET) {
        uv_ip4_name((struct sockaddr_in *)&at, host, sizeof(host));
        snprintf(bound, 80, "%s:%u", host, ntohs(((struct sockaddr_in *)&at)->sin_port));
    } else {
        uv_ip6_name((struct sockaddr_in6 *)&at, host, sizeof(host));
        snprintf(bound, 80, "[%s]:%u", host, ntohs(((struct sockaddr_in6 *)&at)->sin6_port));
    }
}

int http_server_listen_tcp(struct http_server *s, const char *address, char bound[80], struct error *err)
{
    struct sockaddr_storage at;
    memset(&at, 0, sizeof(at));
    if (!read_address(address, &at))
        return error_set(err, ERR_INVALID, "listen", "%.100s is not a numeric address and port", address);
    struct listener *l = listener_new(s, false);
    int r = uv_tcp_bind(&l->uv.tcp, (struct sockaddr *)&at, 0);
    if (r == 0)
        r = uv_listen(&l->uv.stream, BACKLOG, on_connection);
    if (r < 0) {
        listener_close(l);
        return error_set(err, r == UV_EADDRINUSE ? ERR_CONFLICT : ERR_IO, "listen", "cannot listen on %.100s: %s",
                         address, uv_strerror(r));
    }
    if (bound)
        write_bound(l, bound);
    return 0;
}

/* Removes a socket that nobody listens on. */
static int clear_path(const struct sockaddr_un *at, struct error *err)
{
    struct stat st;
    if (lstat(at->sun_path, &st) < 0)
        return errno == ENOENT ? 0 : error_set(err, ERR_IO, "listen", "%s: %s", at->sun_path, strerror(errno));
    if (!S_ISSOCK(st.st_mode))
        return error_set(err, ERR_CONFLICT, "listen", "%s exists and is no socket", at->sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return error_set(err, ERR_IO, "listen", "cannot make a socket: %s", strerror(errno));
    bool is_dead = connect(fd, (const struct sockaddr *)at, sizeof(*at)) < 0 && errno == ECONNREFUSED;
    close(fd);
    if (!is_dead)
        return error_set(err, ERR_CONFLICT, "listen", "another process listens on %s", at->sun_path);
    if (unlink(at->sun_path) < 0 && errno != ENOENT)
        return error_set(err, ERR_IO, "listen", "cannot remove the dead socket %s: %s", at->sun_path, strerror(errno));
    return 0;
}

int http_server_listen_unix(struct http_server *s, const char *path, struct error *err)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (path[0] == '\0' || strlen(path) >= sizeof(at.sun_path))
        return error_set(err, ERR_INVALID, "listen", "the path of a socket has 1 to 107 bytes, this one %zu",
                         strlen(path));
    memcpy(at.sun_path, path, strlen(path));
    int r = clear_path(&at, err);
    if (r < 0)
        return r;
    struct listener *l = listener_new(s, true);
    r = uv_pipe_bind(&l->uv.pipe, path);
    if (r == 0 && chmod(path, 0600) < 0) /* nobody can connect before the listen below */
        r = -errno;
    if (r == 0)
        r = uv_listen(&l->uv.stream, BACKLOG, on_connection);
    if (r < 0) {
        listener_close(l);
        return error_set(err, ERR_IO, "listen", "cannot listen on %s: %s", path, uv_strerror(r));
    }
    return 0;
}
