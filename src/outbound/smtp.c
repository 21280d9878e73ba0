#include "outbound/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "outbound/mime.h"

#define CONNECT_LIMIT_MS 30000L
#define STALL_LIMIT_S 60L              /* without a single byte */
#define WHOLE_LIMIT_MS 600000L

struct smtp_delivery {
    struct curl_loop *loop;
    struct smtp_server server;
    struct buf message;
    size_t sent;
    char *from;
    struct curl_slist *to;
    CURL *easy;
    struct curl_transfer transfer;
    char reason[CURL_ERROR_SIZE];
    smtp_done done;
    void *arg;
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

static void on_done(void *arg, CURLcode code)
{
    struct smtp_delivery *d = arg;
    long answer = 0;
    char why[CURL_ERROR_SIZE];
    curl_lib.p_curl_easy_getinfo(d->easy, CURLINFO_RESPONSE_CODE, &answer);
    snprintf(why, sizeof why, "%s", *d->reason ? d->reason : curl_lib.p_curl_easy_strerror(code));
    enum smtp_outcome outcome = judge(d, code, answer);
    smtp_done done = d->done;
    void *done_arg = d->arg;
    delivery_free(d);
    done(done_arg, outcome, (int)answer, why);
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
    curl_lib.p_curl_easy_setopt(d->easy, CURLOPT_FORBID_REUSE, 1L); /* no idle connections at somebody's mail server */
}

struct smtp_delivery *smtp_start(struct curl_loop *l, struct smtp_server *server, const char *from, const char *to,
                                 struct buf *message, smtp_done done, void *arg, struct error *err)
{
    struct smtp_delivery *d = x_calloc(1, sizeof *d);
    d->loop = l;
    d->server = *server;
    d->message = *message;
    *server = (struct smtp_server){0};
    *message = BUF_INIT;
    d->from = x_strdup(from);
    d->done = done;
    d->arg = arg;
    d->transfer = (struct curl_transfer){.done = on_done, .arg = d};
    d->easy = curl_lib.p_curl_easy_init();
    bool good = d->easy && mime_each_address(to, add_recipient, d, err) > 0 && set_address(d, err) == ERR_OK;
    if (good) {
        set_security(d);
        set_mail(d);
        good = curl_loop_add(l, d->easy, &d->transfer);
        if (!good)
            error_set(err, ERR_IO, NULL, "libcurl does not take the transfer");
    }
    if (good)
        return d;
    delivery_free(d);
    return NULL;
}

void smtp_cancel(struct smtp_delivery **d)
{
    if (*d == NULL)
        return;
    curl_loop_remove((*d)->loop, (*d)->easy);
    delivery_free(*d);
    *d = NULL;
}
