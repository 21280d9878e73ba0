#include "client/net.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/mem.h"

#define USER_AGENT "usher" /* constant: servers remember a second factor by it (versions 2.1) */
#define CONNECT_LIMIT_MS 10000L

struct net {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
};

struct net_socket {
    uv_poll_t poll;
    struct net *net;
    curl_socket_t fd;
};

void endpoint_init(struct endpoint *e, const char *url, const char *unix_path, const char *ca_file)
{
    e->base_url = x_strdup(unix_path || url == NULL ? "http://localhost" : url);
    size_t n = strlen(e->base_url);
    while (n && e->base_url[n - 1] == '/')
        e->base_url[--n] = '\0';
    e->unix_path = x_strdup(unix_path);
    e->ca_file = x_strdup(ca_file);
}

void endpoint_fini(struct endpoint *e)
{
    free(e->base_url);
    free(e->unix_path);
    free(e->ca_file);
}

void endpoint_split(const struct endpoint *e, char **authority, char **prefix)
{
    const char *p = strstr(e->base_url, "://");
    p = p ? p + 3 : e->base_url;
    size_t n = strcspn(p, "/?#");
    const char *at = memchr(p, '@', n);
    const char *host = at ? at + 1 : p;
    *authority = x_strndup(host, (size_t)(p + n - host));
    *prefix = x_strndup(p + n, strcspn(p + n, "?#"));
}

static void socket_closed(uv_handle_t *h)
{
    free(h->data);
}

static void finish_transfers(struct net *n)
{
    int left;
    CURLMsg *msg;
    while ((msg = curl_multi_info_read(n->multi, &left))) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        struct net_transfer *t = NULL;
        CURLcode code = msg->data.result;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
        t->done(t->arg, code);
    }
}

static void socket_ready(uv_poll_t *poll, int status, int events)
{
    struct net *n = ((struct net_socket *)poll->data)->net;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0, running;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(n->multi, ((struct net_socket *)poll->data)->fd, flags, &running);
    finish_transfers(n);
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)easy;
    struct net *n = arg;
    struct net_socket *s = known;
    if (what == CURL_POLL_REMOVE) {
        if (s) {
            curl_multi_assign(n->multi, fd, NULL);
            uv_poll_stop(&s->poll);
            uv_close((uv_handle_t *)&s->poll, socket_closed);
        }
        return 0;
    }
    if (s == NULL) {
        s = x_calloc(1, sizeof(*s));
        s->net = n;
        s->fd = fd;
        if (uv_poll_init(n->loop, &s->poll, fd)) {
            free(s);
            return -1;
        }
        s->poll.data = s;
        curl_multi_assign(n->multi, fd, s);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&s->poll, events, socket_ready);
    return 0;
}

static void timer_fired(uv_timer_t *timer)
{
    struct net *n = timer->data;
    int running;
    curl_multi_socket_action(n->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_transfers(n);
}

static int timer_wanted(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct net *n = arg;
    if (ms < 0) {
        uv_timer_stop(&n->timer);
    } else {
        uv_update_time(n->loop);
        uv_timer_start(&n->timer, timer_fired, (uint64_t)ms, 0);
    }
    return 0;
}

struct net *net_new(uv_loop_t *loop, const struct endpoint *e)
{
    /* A unix socket peer never speaks TLS: leave its library asleep, that saves milliseconds of the start. */
    curl_global_init(e->unix_path ? CURL_GLOBAL_NOTHING : CURL_GLOBAL_DEFAULT);
    struct net *n = x_calloc(1, sizeof(*n));
    n->loop = loop;
    n->multi = curl_multi_init();
    uv_timer_init(loop, &n->timer);
    n->timer.data = n;
    curl_multi_setopt(n->multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
    curl_multi_setopt(n->multi, CURLMOPT_SOCKETDATA, n);
    curl_multi_setopt(n->multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
    curl_multi_setopt(n->multi, CURLMOPT_TIMERDATA, n);
    curl_multi_setopt(n->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 8L);
    return n;
}

static void net_closed(uv_handle_t *h)
{
    free(h->data);
}

void net_free(struct net **n)
{
    if (*n == NULL)
        return;
    curl_multi_cleanup((*n)->multi);
    uv_timer_stop(&(*n)->timer);
    uv_close((uv_handle_t *)&(*n)->timer, net_closed);
    curl_global_cleanup();
    *n = NULL;
}

CURL *net_easy(const struct endpoint *e, const char *path)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        return NULL;
    AUTO_FREE char *url = x_asprintf("%s%s", e->base_url, path);
    if (curl_easy_setopt(easy, CURLOPT_URL, url)) {
        curl_easy_cleanup(easy);
        return NULL;
    }
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* tokens never travel to another host */
    curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_LIMIT_MS);
    if (e->unix_path)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, e->unix_path);
    if (e->ca_file) /* the system's directory of authorities stays */
        curl_easy_setopt(easy, CURLOPT_CAINFO, e->ca_file);
    return easy;
}

const char *net_reason(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        return "nobody answers there";
    case CURLE_COULDNT_RESOLVE_HOST:
        return "there is no host of that name";
    case CURLE_PEER_FAILED_VERIFICATION:
        return "the certificate of the server is not trusted";
    case CURLE_SSL_CONNECT_ERROR:
        return "the server does not speak TLS there";
    case CURLE_OPERATION_TIMEDOUT:
        return "the server did not answer in time";
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return "the address of the server is not valid";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return "the connection broke";
    case CURLE_WRITE_ERROR:
        return "the answer was too large";
    default:
        return curl_easy_strerror(code);
    }
}

void net_add(struct net *n, CURL *easy, struct net_transfer *t)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    CURLMcode code = curl_multi_add_handle(n->multi, easy);
    if (code)
        log_error("libcurl: %s", curl_multi_strerror(code));
}

void net_remove(struct net *n, CURL *easy)
{
    curl_multi_remove_handle(n->multi, easy);
}
