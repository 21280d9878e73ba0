#include "client/rest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "client/js.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"

#define BODY_LIMIT (64u << 20)
#define TIME_LIMIT_MS 30000L
#define RATE_WAIT_MS 10000 /* when the server does not say how long */

struct call {
    TAILQ_ENTRY(call) next;
    struct rest *rest;
    struct net_transfer transfer;
    CURL *easy;
    char *sent;              /* request body */
    struct curl_slist *headers;
    struct buf body;
    rest_done done;
    void *arg;
    int64_t started_us;
    int64_t reset_ms;        /* X-RateLimit-Reset */
};
TAILQ_HEAD(call_list, call);

struct rest {
    struct net *net;
    const struct endpoint *endpoint;
    char *token_header, *user_header;
    struct call_list calls;
};

struct rest *rest_new(struct net *net, const struct endpoint *e)
{
    struct rest *r = x_calloc(1, sizeof(*r));
    r->net = net;
    r->endpoint = e;
    TAILQ_INIT(&r->calls);
    return r;
}

void rest_identify(struct rest *r, const char *user_id, const char *token)
{
    if (r->token_header)
        explicit_bzero(r->token_header, strlen(r->token_header));
    free(r->token_header);
    free(r->user_header);
    r->token_header = token ? x_asprintf("X-Auth-Token: %s", token) : NULL;
    r->user_header = user_id ? x_asprintf("X-User-Id: %s", user_id) : NULL;
}

static void call_free(struct call *c)
{
    TAILQ_REMOVE(&c->rest->calls, c, next);
    net_remove(c->rest->net, c->easy);
    curl_easy_cleanup(c->easy);
    curl_slist_free_all(c->headers);
    if (c->sent)
        explicit_bzero(c->sent, strlen(c->sent)); /* it may be a password */
    free(c->sent);
    buf_free(&c->body);
    free(c);
}

void rest_cancel_all(struct rest *r)
{
    struct call_list old = TAILQ_HEAD_INITIALIZER(old);
    TAILQ_CONCAT(&old, &r->calls, next);
    struct call *c;
    while ((c = TAILQ_FIRST(&old))) {
        TAILQ_REMOVE(&old, c, next);
        TAILQ_INSERT_TAIL(&r->calls, c, next);
        struct rest_answer a = {.cancelled = true, .failure = "the connection was given up"};
        rest_done done = c->done;
        void *arg = c->arg;
        call_free(c);
        done(arg, &a);
    }
}

void rest_free(struct rest **r)
{
    if (*r == NULL)
        return;
    rest_cancel_all(*r);
    rest_identify(*r, NULL, NULL);
    free(*r);
    *r = NULL;
}

static size_t body_came(char *p, size_t size, size_t n, void *arg)
{
    struct call *c = arg;
    if (c->body.len + size * n > BODY_LIMIT)
        return 0;
    buf_append(&c->body, p, size * n);
    return size * n;
}

static size_t header_came(char *p, size_t size, size_t n, void *arg)
{
    static const char name[] = "x-ratelimit-reset:";
    struct call *c = arg;
    size_t len = size * n;
    if (len > sizeof(name) && len < 64 && strncasecmp(p, name, sizeof(name) - 1) == 0) {
        AUTO_FREE char *value = x_strndup(p + sizeof(name) - 1, len - (sizeof(name) - 1));
        c->reset_ms = strtoll(value, NULL, 10);
    }
    return len;
}

static int64_t rate_wait(const struct call *c)
{
    int64_t wait = c->reset_ms ? c->reset_ms - clock_now_ms() : RATE_WAIT_MS;
    return wait < 250 ? 250 : wait > 120000 ? 120000 : wait;
}

static void call_done(void *arg, CURLcode code)
{
    struct call *c = arg;
    long status = 0;
    AUTO_JSON json_t *body = NULL;
    struct rest_answer a = {.elapsed_ms = (int)((clock_mono_us() - c->started_us) / 1000)};
    if (code == CURLE_OK) {
        curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
        body = c->body.len ? js_parse(c->body.data, c->body.len) : NULL;
        a.status = (int)status;
        a.body = json_is_object(body) ? body : NULL;
        a.wait_ms = status == 429 ? rate_wait(c) : 0;
    } else {
        a.failure = net_reason(code);
    }
    rest_done done = c->done;
    void *done_arg = c->arg;
    call_free(c);
    done(done_arg, &a);
}

static void add_header(struct call *c, const char *header)
{
    if (header)
        c->headers = curl_slist_append(c->headers, header);
}

static void set_verb(struct call *c, const char *verb, json_t *body)
{
    if (strcmp(verb, "GET") == 0)
        return;
    c->sent = body ? json_dumps(body, JSON_COMPACT) : NULL;
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->sent ? c->sent : "");
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE, (long)(c->sent ? strlen(c->sent) : 0));
    if (strcmp(verb, "POST") != 0)
        curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, verb);
    add_header(c, "Content-Type: application/json");
    add_header(c, "Expect:");
}

void rest_send(struct rest *r, const char *verb, const char *path, json_t *body, rest_done done, void *arg)
{
    struct call *c = x_calloc(1, sizeof(*c));
    c->rest = r;
    c->done = done;
    c->arg = arg;
    c->started_us = clock_mono_us();
    c->transfer = (struct net_transfer){.done = call_done, .arg = c};
    c->easy = net_easy(r->endpoint, path);
    if (c->easy == NULL) { /* out of memory inside libcurl */
        log_error("libcurl gives no handle");
        abort();
    }
    set_verb(c, verb, body);
    json_decref(body);
    add_header(c, r->token_header);
    add_header(c, r->user_header);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
    curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, TIME_LIMIT_MS);
    curl_easy_setopt(c->easy, CURLOPT_ACCEPT_ENCODING, r->endpoint->unix_path ? NULL : "");
    curl_easy_setopt(c->easy, CURLOPT_PIPEWAIT, strncmp(r->endpoint->base_url, "https", 5) == 0 ? 1L : 0L);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, body_came);
    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, header_came);
    curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
    TAILQ_INSERT_TAIL(&r->calls, c, next);
    net_add(r->net, c->easy, &c->transfer);
}

char *rest_escape(const char *text)
{
    struct buf b = BUF_INIT;
    buf_put_urlencoded(&b, text, strlen(text));
    return buf_take(&b);
}

bool rest_is_missing(const struct rest_answer *a)
{
    return a->status == 404 || a->status == 405 || (a->status >= 200 && a->status < 300 && a->body == NULL);
}
