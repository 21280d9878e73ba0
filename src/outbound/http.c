#include "outbound/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/mem.h"
#include "outbound/curl.h"
#include "outbound/reach.h"

#define URL_MAX 8192
#define HEADER_MAX (64u << 10)         /* of an answer, all lines together */
#define IDLE_CONNECTIONS 16L

struct http_client {
    uv_loop_t *loop;
    const struct http_policy *policy;
    CURLM *multi;                      /* NULL before the first request */
    uv_timer_t timer;
    LIST_HEAD(, http_fetch) fetches;
};

struct line {
    char *text;                        /* "Name: value" */
    bool is_secret;
};

struct http_fetch {
    LIST_ENTRY(http_fetch) entry;
    struct http_client *client;
    CURL *easy;
    struct curl_slist *header;
    struct line *lines;
    size_t line_count;
    char *method, *url, *home;         /* home: the place of the first URL */
    struct buf body, answer;
    size_t answer_max, header_len;
    int redirects;
    uint64_t until_ns;
    char refused[REACH_TEXT];          /* the address that may not be connected to, or "" */
    char reason[CURL_ERROR_SIZE];
    http_done done;
    void *arg;
};

/* One socket of libcurl's. */
struct watch {
    uv_poll_t poll;
    struct http_client *client;
    curl_socket_t fd;
};

/* --- addresses --- */

/* The scheme and place of a URL. False: no address of http or https. */
static bool split(const char *text, char **place)
{
    CURLU *u = curl_lib.p_curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL;
    bool good = u && strlen(text) <= URL_MAX && curl_lib.p_curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK &&
                curl_lib.p_curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0) &&
                curl_lib.p_curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_lib.p_curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
    *place = good ? x_asprintf("%s://%s:%s", scheme, host, port) : NULL;
    curl_lib.p_curl_free(scheme);
    curl_lib.p_curl_free(host);
    curl_lib.p_curl_free(port);
    if (u)
        curl_lib.p_curl_url_cleanup(u);
    return good;
}

char *http_place(const char *url)
{
    char *place = NULL;
    if (!curl_load() || !split(url, &place))
        return x_strdup("?");
    return place;
}

/* --- the loop --- */

static void finish(struct http_client *c);

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    struct http_client *c = w->client;
    int running, flags = status < 0 ? CURL_CSELECT_ERR : 0;
    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    curl_lib.p_curl_multi_socket_action(c->multi, w->fd, flags, &running);
    finish(c);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *client, void *watch)
{
    struct http_client *c = client;
    struct watch *w = watch;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            uv_poll_stop(&w->poll);
            uv_close((uv_handle_t *)&w->poll, on_closed);
            curl_lib.p_curl_multi_assign(c->multi, fd, NULL);
        }
        return 0;
    }
    if (w == NULL) {
        w = x_calloc(1, sizeof *w);
        w->client = c;
        w->fd = fd;
        w->poll.data = w;
        if (uv_poll_init_socket(c->loop, &w->poll, fd) < 0) {
            free(w);
            return -1;
        }
        curl_lib.p_curl_multi_assign(c->multi, fd, w);
    }
    uv_poll_start(&w->poll, (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0), on_poll);
    return 0;
}

static void on_timer(uv_timer_t *timer)
{
    struct http_client *c = timer->data;
    int running;
    curl_lib.p_curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish(c);
}

static int on_timer_wanted(CURLM *multi, long ms, void *client)
{
    struct http_client *c = client;
    (void)multi;
    if (ms < 0)
        return uv_timer_stop(&c->timer);
    uv_update_time(c->loop);
    return uv_timer_start(&c->timer, on_timer, (uint64_t)ms, 0);
}

/* --- one request --- */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_fetch *f = arg;
    char text[REACH_TEXT];
    (void)purpose;
    if (!reach_is_allowed(&address->addr, f->client->policy->deny_private, text)) {
        snprintf(f->refused, sizeof f->refused, "%s", text);
        return CURL_SOCKET_BAD;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct http_fetch *f = arg;
    if (size * n > f->answer_max - f->answer.len)
        return 0;
    buf_append(&f->answer, data, size * n);
    return size * n;
}

static size_t on_header(char *data, size_t size, size_t n, void *arg)
{
    struct http_fetch *f = arg;
    (void)data;
    f->header_len += size * n;
    return f->header_len > HEADER_MAX ? 0 : size * n;
}

static void fetch_free(struct http_fetch *f)
{
    LIST_REMOVE(f, entry);
    curl_lib.p_curl_easy_cleanup(f->easy);
    curl_lib.p_curl_slist_free_all(f->header);
    for (size_t i = 0; i < f->line_count; i++) {
        explicit_bzero(f->lines[i].text, strlen(f->lines[i].text));
        free(f->lines[i].text);
    }
    free(f->lines);
    free(f->method);
    free(f->url);
    free(f->home);
    buf_free(&f->body);
    buf_free(&f->answer);
    free(f);
}

/* A secret stays at home. An empty line takes away what libcurl would add by itself. */
static void set_header(struct http_fetch *f)
{
    AUTO_FREE char *place = NULL;
    bool is_home = split(f->url, &place) && strcmp(place, f->home) == 0;
    curl_lib.p_curl_slist_free_all(f->header);
    f->header = curl_lib.p_curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < f->line_count; i++)
        if (is_home || !f->lines[i].is_secret)
            f->header = curl_lib.p_curl_slist_append(f->header, f->lines[i].text);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->header);
}

/* What is the same for every step of it. */
static void set_fetch(struct http_fetch *f)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_QUICK_EXIT, 1L); /* else it waits for a look-up it has given up */
#endif
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_PRIVATE, f);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->reason);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_PROXY, "");
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_OPENSOCKETDATA, f);
    if (f->client->policy->ca_file) /* the system's directory of authorities stays */
        curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_CAINFO, f->client->policy->ca_file);
}

static void set_method(struct http_fetch *f)
{
    if (f->body.data) {
        curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, f->body.data);
        curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)f->body.len);
        curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, f->method);
    } else {
        curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L);
        curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_CUSTOMREQUEST, strcmp(f->method, "GET") == 0 ? NULL : f->method);
    }
}

/* The next step: the first, or where a redirect leads to. */
static bool go(struct http_fetch *f)
{
    uint64_t now = uv_hrtime();
    long left = f->until_ns > now ? (long)((f->until_ns - now) / 1000000) : 0;
    buf_clear(&f->answer);
    f->header_len = 0;
    set_header(f);
    set_method(f);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_URL, f->url);
    curl_lib.p_curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, left > 0 ? left : 1L);
    return curl_lib.p_curl_multi_add_handle(f->client->multi, f->easy) == CURLM_OK;
}

/* Is it a redirect that may be followed? Then f is on its way again. */
static bool redirected(struct http_fetch *f, long status)
{
    const char *next = NULL;
    AUTO_FREE char *place = NULL;
    if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)
        return false;
    curl_lib.p_curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &next);
    if (next == NULL || f->redirects <= 0 || !split(next, &place))
        return false;
    f->redirects--;
    str_set(&f->url, next);
    if (status == 303) {
        str_set(&f->method, "GET");
        buf_free(&f->body);
    }
    return go(f);
}

static const char *words_for(const struct http_fetch *f, CURLcode code, char *out, size_t n)
{
    if (*f->refused && code != CURLE_OPERATION_TIMEDOUT)
        snprintf(out, n, "the address %s may not be connected to", f->refused);
    else if (code == CURLE_WRITE_ERROR)
        snprintf(out, n, "the answer is too long");
    else
        snprintf(out, n, "%s", *f->reason ? f->reason : curl_lib.p_curl_easy_strerror(code));
    return out;
}

static void end(struct http_fetch *f, CURLcode code)
{
    long status = 0;
    char why[CURL_ERROR_SIZE];
    struct http_client *c = f->client;
    curl_lib.p_curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_lib.p_curl_multi_remove_handle(c->multi, f->easy);
    if (code == CURLE_OK && redirected(f, status))
        return;
    bool good = code == CURLE_OK;
    struct http_answer answer = {.status = good ? (int)status : 0,
                                 .body = good && f->answer.data ? f->answer.data : "",
                                 .body_len = good ? f->answer.len : 0,
                                 .why = good ? "" : words_for(f, code, why, sizeof why)};
    f->done(f->arg, &answer);
    fetch_free(f);
}

static void finish(struct http_client *c)
{
    CURLMsg *m;
    int left;
    while (c->multi && (m = curl_lib.p_curl_multi_info_read(c->multi, &left)) != NULL) {
        struct http_fetch *f = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result; /* m goes with its handle */
        curl_lib.p_curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&f);
        end(f, code);
    }
}

/* --- the door --- */

static bool open_multi(struct http_client *c)
{
    if (c->multi)
        return true;
    c->multi = curl_load() ? curl_lib.p_curl_multi_init() : NULL;
    if (c->multi == NULL)
        return false;
    curl_lib.p_curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_lib.p_curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
    curl_lib.p_curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_lib.p_curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
    curl_lib.p_curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, IDLE_CONNECTIONS);
    return true;
}

static bool lines_are_fine(const struct http_question *q)
{
    for (size_t i = 0; i < q->line_count; i++)
        if (strpbrk(q->lines[i].value, "\r\n"))
            return false;
    return true;
}

static struct http_fetch *fetch_new(struct http_client *c, const struct http_question *q, char *home_take)
{
    struct http_fetch *f = x_calloc(1, sizeof *f);
    f->client = c;
    f->home = home_take;
    f->method = x_strdup(q->method);
    f->url = x_strdup(q->url);
    f->line_count = q->line_count;
    f->lines = x_calloc(q->line_count + 1, sizeof *f->lines);
    for (size_t i = 0; i < q->line_count; i++) /* libcurl wants ';' where a value is empty */
        f->lines[i] = (struct line){x_asprintf(*q->lines[i].value ? "%s: %s" : "%s;%s", q->lines[i].name,
                                               q->lines[i].value), q->lines[i].is_secret};
    if (q->body)
        buf_append(&f->body, q->body, q->body_len);
    f->answer_max = q->answer_max;
    f->redirects = q->redirects;
    f->until_ns = uv_hrtime() + (uint64_t)q->time_ms * 1000000u;
    LIST_INSERT_HEAD(&c->fetches, f, entry);
    return f;
}

struct http_fetch *http_fetch_start(struct http_client *c, const struct http_question *q, http_done done, void *arg,
                                    struct error *err)
{
    char *home = NULL;
    if (!open_multi(c)) {
        error_set(err, ERR_IO, NULL, "libcurl cannot be loaded");
        return NULL;
    }
    if (!split(q->url, &home)) {
        error_set(err, ERR_INVALID, NULL, "this is no address of http or https");
        return NULL;
    }
    if (!lines_are_fine(q)) {
        free(home);
        error_set(err, ERR_INVALID, NULL, "a line of the header would hold a line end");
        return NULL;
    }
    struct http_fetch *f = fetch_new(c, q, home);
    f->done = done;
    f->arg = arg;
    f->easy = curl_lib.p_curl_easy_init();
    if (f->easy) {
        set_fetch(f);
        if (go(f))
            return f;
    }
    error_set(err, ERR_IO, NULL, "libcurl: no request can be made");
    fetch_free(f);
    return NULL;
}

void http_fetch_cancel(struct http_fetch **fp)
{
    struct http_fetch *f = *fp;
    *fp = NULL;
    if (f == NULL)
        return;
    curl_lib.p_curl_multi_remove_handle(f->client->multi, f->easy);
    fetch_free(f);
}

struct http_client *http_client_new(uv_loop_t *loop, const struct http_policy *policy)
{
    struct http_client *c = x_calloc(1, sizeof *c);
    c->loop = loop;
    c->policy = policy;
    LIST_INIT(&c->fetches);
    uv_timer_init(loop, &c->timer);
    c->timer.data = c;
    return c;
}

void http_client_stop(struct http_client *c)
{
    while (!LIST_EMPTY(&c->fetches)) {
        struct http_fetch *f = LIST_FIRST(&c->fetches);
        http_fetch_cancel(&f);
    }
    if (c->multi)
        curl_lib.p_curl_multi_cleanup(c->multi);
    c->multi = NULL;
    uv_close((uv_handle_t *)&c->timer, NULL);
}

void http_client_free(struct http_client **c)
{
    free(*c);
    *c = NULL;
}
