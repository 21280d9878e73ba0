#include "outbound/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/mem.h"
#include "outbound/curl.h"
#include "outbound/mime.h"

#define CONNECT_LIMIT_MS 30000L
#define ANSWER_LIMIT_S 120L            /* of the server, to each command */
#define STALL_LIMIT_S 60L              /* of the text, without a single byte */
#define WHOLE_LIMIT_MS 600000L

struct smtp_delivery {
    LIST_ENTRY(smtp_delivery) entry;       /* of the office, until its thread has ended */
    struct smtp_office *office;
    uv_thread_t thread;
    uv_mutex_t lock;
    int fd;                                /* under lock: the connection, or -1 */
    bool is_cancelled;                     /* under lock */
    bool is_over;                          /* under the lock of the office */
    struct smtp_server server;
    struct buf message;
    size_t sent;
    char *from;
    struct curl_slist *to;
    CURL *easy;
    CURLcode result;
    char reason[CURL_ERROR_SIZE];
    smtp_done done;
    void *arg;
};

/* Threads that outlive the loop find the office still there: it is freed by whoever is last. */
struct smtp_office {
    uv_async_t news;
    uv_mutex_t lock;
    LIST_HEAD(, smtp_delivery) deliveries;
    int count;
    bool is_abandoned, is_closed;          /* under lock */
};

void smtp_server_free(struct smtp_server *s)
{
    if (s->password)
        explicit_bzero(s->password, strlen(s->password));
    free(s->protocol);
    free(s->host);
    free(s->username);
    free(s->password);
    free(s->ca_file);
    *s = (struct smtp_server){0};
}

static void delivery_free(struct smtp_delivery *d)
{
    if (d->easy)
        curl_lib.p_curl_easy_cleanup(d->easy);
    curl_lib.p_curl_slist_free_all(d->to);
    smtp_server_free(&d->server);
    buf_free(&d->message);
    free(d->from);
    uv_mutex_destroy(&d->lock);
    free(d);
}

static size_t read_message(char *out, size_t size, size_t n, void *arg)
{
    struct smtp_delivery *d = arg;
    size_t left = d->message.len - d->sent, part = size * n < left ? size * n : left;
    memcpy(out, d->message.data + d->sent, part);
    d->sent += part;
    return part;
}

/* A server that says 5xx to the sender, the recipient or the mail itself will say so again; one that does not let us in
   may have got a wrong password, and somebody will mend that. */
static enum smtp_outcome judge(const struct smtp_delivery *d, CURLcode code, long answer)
{
    if (code == CURLE_OK)
        return SMTP_SENT;
    if (code == CURLE_LOGIN_DENIED || answer < 500 || answer > 599 || answer == 530 || answer == 535)
        return SMTP_LATER;
    return code == CURLE_SEND_ERROR || d->sent > 0 ? SMTP_NEVER : SMTP_LATER;
}

static void add_recipient(void *arg, const char *address)
{
    struct smtp_delivery *d = arg;
    AUTO_FREE char *path = x_asprintf("<%s>", address);
    d->to = curl_lib.p_curl_slist_append(d->to, path);
}

/* It becomes part of an address: nothing that means something there. */
static bool is_host(const char *host)
{
    return *host && host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]")] == '\0';
}

static int set_address(struct smtp_delivery *d, struct error *err)
{
    const struct smtp_server *s = &d->server;
    const char *scheme = strcmp(s->protocol, "smtps") == 0 ? "smtps" : "smtp";
    if (!is_host(s->host))
        return error_set(err, ERR_INVALID, NULL, "SMTP_Host is no name of a host");
    bool bare_v6 = strchr(s->host, ':') && s->host[0] != '[';
    AUTO_FREE char *host = x_asprintf(bare_v6 ? "[%s]" : "%s", s->host);
    AUTO_FREE char *url = s->port ? x_asprintf("%s://%s:%d", scheme, host, s->port) : x_asprintf("%s://%s", scheme, host);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_PROTOCOLS, CURLPROTO_SMTP | CURLPROTO_SMTPS);
#endif
    return ERR_OK;
}

static void set_security(struct smtp_delivery *d)
{
    const struct smtp_server *s = &d->server;
    bool login = s->username && *s->username;
    /* A password never travels in the open, unless encryption was forbidden. */
    long how = s->no_starttls ? CURLUSESSL_NONE : login ? CURLUSESSL_ALL : CURLUSESSL_TRY;
    if (strcmp(s->protocol, "smtps") == 0)
        how = CURLUSESSL_ALL;
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_USE_SSL, how);
    if (s->ca_file) /* the system's directory of authorities stays */
        curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_CAINFO, s->ca_file);
    if (login) {
        curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_USERNAME, s->username);
        curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_PASSWORD, s->password ? s->password : "");
    }
}

/* --- on the thread of a delivery --- */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct smtp_delivery *d = arg;
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    uv_mutex_lock(&d->lock);
    d->fd = fd;
    uv_mutex_unlock(&d->lock);
    return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int close_socket(void *arg, curl_socket_t fd)
{
    struct smtp_delivery *d = arg;
    uv_mutex_lock(&d->lock);
    if (d->fd == fd)
        d->fd = -1;
    uv_mutex_unlock(&d->lock);
    return close(fd);
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t e)
{
    struct smtp_delivery *d = arg;
    (void)a, (void)b, (void)c, (void)e;
    uv_mutex_lock(&d->lock);
    bool stop = d->is_cancelled;
    uv_mutex_unlock(&d->lock);
    return stop;
}

static void office_free(struct smtp_office *o)
{
    uv_mutex_destroy(&o->lock);
    free(o);
}

static void run(void *arg)
{
    struct smtp_delivery *d = arg;
    struct smtp_office *o = d->office;
    d->result = curl_lib.p_curl_easy_perform(d->easy);
    uv_mutex_lock(&o->lock);
    d->is_over = true;
    if (o->is_abandoned)
        o->count--;
    else
        uv_async_send(&o->news);
    bool last = o->is_closed && o->count == 0;
    uv_mutex_unlock(&o->lock);
    if (last)
        office_free(o);
}

/* --- on the loop --- */

static void tell(struct smtp_delivery *d)
{
    long answer = 0;
    char why[CURL_ERROR_SIZE];
    curl_lib.p_curl_easy_getinfo(d->easy, CURLINFO_RESPONSE_CODE, &answer);
    snprintf(why, sizeof why, "%s", *d->reason ? d->reason : curl_lib.p_curl_easy_strerror(d->result));
    enum smtp_outcome outcome = judge(d, d->result, answer);
    smtp_done done = d->done;
    void *arg = d->arg;
    delivery_free(d);
    if (done)
        done(arg, outcome, (int)answer, why);
}

static struct smtp_delivery *take_one_over(struct smtp_office *o)
{
    struct smtp_delivery *d;
    uv_mutex_lock(&o->lock);
    LIST_FOREACH(d, &o->deliveries, entry)
        if (d->is_over)
            break;
    uv_mutex_unlock(&o->lock);
    return d;
}

static void on_news(uv_async_t *news)
{
    struct smtp_office *o = news->data;
    struct smtp_delivery *d;
    while ((d = take_one_over(o)) != NULL) {
        LIST_REMOVE(d, entry);
        o->count--;
        uv_thread_join(&d->thread);
        tell(d);
    }
}

static void set_mail(struct smtp_delivery *d)
{
    AUTO_FREE char *from = x_asprintf("<%s>", d->from);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_MAIL_FROM, from);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_MAIL_RCPT, d->to);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_UPLOAD, 1L);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_READFUNCTION, read_message);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_READDATA, d);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)d->message.len);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_ERRORBUFFER, d->reason);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_NOSIGNAL, 1L);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_PROXY, "");
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_LIMIT_MS);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_LOW_SPEED_TIME, STALL_LIMIT_S);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_TIMEOUT_MS, WHOLE_LIMIT_MS);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, ANSWER_LIMIT_S);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_OPENSOCKETDATA, d);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_CLOSESOCKETDATA, d);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_NOPROGRESS, 0L);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_XFERINFODATA, d);
}

static struct smtp_delivery *delivery_new(struct smtp_office *o, struct smtp_server *server, const char *from,
                                          struct buf *message, smtp_done done, void *arg)
{
    struct smtp_delivery *d = x_calloc(1, sizeof *d);
    d->office = o;
    d->server = *server;
    d->message = *message;
    *server = (struct smtp_server){0};
    *message = BUF_INIT;
    d->from = x_strdup(from);
    d->done = done;
    d->arg = arg;
    d->fd = -1;
    uv_mutex_init(&d->lock);
    d->easy = curl_lib.p_curl_easy_init();
    return d;
}

struct smtp_delivery *smtp_start(struct smtp_office *o, struct smtp_server *server, const char *from, const char *to,
                                 struct buf *message, smtp_done done, void *arg, struct error *err)
{
    if (!curl_load()) {
        error_set(err, ERR_IO, NULL, "libcurl cannot be loaded");
        return NULL;
    }
    struct smtp_delivery *d = delivery_new(o, server, from, message, done, arg);
    if (d->easy && mime_each_address(to, add_recipient, d, err) > 0 && set_address(d, err) == ERR_OK) {
        set_security(d);
        set_mail(d);
        if (uv_thread_create(&d->thread, run, d) == 0) {
            LIST_INSERT_HEAD(&o->deliveries, d, entry);
            o->count++;
            return d;
        }
        error_set(err, ERR_IO, NULL, "no thread can be started");
    }
    delivery_free(d);
    return NULL;
}

void smtp_cancel(struct smtp_delivery **dp)
{
    struct smtp_delivery *d = *dp;
    *dp = NULL;
    if (d == NULL)
        return;
    d->done = NULL;
    uv_mutex_lock(&d->lock);
    d->is_cancelled = true;
    if (d->fd >= 0)
        shutdown(d->fd, SHUT_RDWR);
    uv_mutex_unlock(&d->lock);
}

struct smtp_office *smtp_office_new(uv_loop_t *loop)
{
    struct smtp_office *o = x_calloc(1, sizeof *o);
    uv_mutex_init(&o->lock);
    uv_async_init(loop, &o->news, on_news);
    uv_unref((uv_handle_t *)&o->news);
    o->news.data = o;
    return o;
}

int smtp_office_count(const struct smtp_office *o)
{
    return o->count;
}

static void on_closed(uv_handle_t *handle)
{
    struct smtp_office *o = handle->data;
    uv_mutex_lock(&o->lock);
    o->is_closed = true;
    bool last = o->count == 0;
    uv_mutex_unlock(&o->lock);
    if (last)
        office_free(o);
}

void smtp_office_free(struct smtp_office **op)
{
    struct smtp_office *o = *op;
    *op = NULL;
    if (o == NULL)
        return;
    on_news(&o->news);
    uv_mutex_lock(&o->lock);
    o->is_abandoned = true;
    uv_mutex_unlock(&o->lock);
    uv_close((uv_handle_t *)&o->news, on_closed);
}
