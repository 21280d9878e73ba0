/* Requests to other systems, by libcurl on the server's loop: for external routing, webhooks and whatever else the
   settings name an address for. libcurl is loaded by the first one.

   Nothing here waits: a receiver that hangs, drips or never ends costs one connection until its time is over. Only http
   and https, no proxy of the environment, no cookies. Which addresses may be connected to is checked where the
   connection is opened (reach.h), so that neither a name nor a redirect leads around it. */
#ifndef OUTBOUND_HTTP_H
#define OUTBOUND_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "common/error.h"

struct http_client;            /* all requests of one loop */
struct http_fetch;             /* one request under way, redirects included */

/* Both borrowed for the life of the client. ca_file: a further certificate authority, or NULL. */
struct http_policy {
    const char *ca_file;
    bool deny_private;         /* refuse loopback and private addresses too */
};

struct http_line {
    const char *name, *value;
    bool is_secret;            /* goes only to the place of the first URL: not where a redirect leads elsewhere */
};

/* What is asked. Everything is copied. */
struct http_question {
    const char *method;        /* "GET", "POST" … */
    const char *url;
    const struct http_line *lines;     /* of the header; values with line ends are refused */
    size_t line_count;
    const char *body;          /* or NULL */
    size_t body_len;
    long time_ms;              /* for all of it */
    size_t answer_max;         /* bytes of the body */
    int redirects;             /* followed at most; the method and the body stay but for 303, which becomes a GET */
};

/* What came back. Good during http_done. */
struct http_answer {
    int status;                /* 0: no answer */
    const char *body;          /* never NULL, with a NUL behind it; "" without an answer */
    size_t body_len;
    const char *why;           /* without an answer: words for people, no secrets; else "" */
};

typedef void (*http_done)(void *arg, const struct http_answer *answer);

struct http_client *http_client_new(uv_loop_t *loop, const struct http_policy *policy);
/* Ends what is under way, done is not called any more. The loop must run once more before http_client_free. */
void http_client_stop(struct http_client *c);
void http_client_free(struct http_client **c);

/* done comes later, once, never before this returns, unless cancelled. NULL, with err, when it cannot even begin: no
   URL of http or https, or libcurl cannot be loaded. */
struct http_fetch *http_fetch_start(struct http_client *c, const struct http_question *q, http_done done, void *arg,
                                    struct error *err);
/* Nothing is told any more; *f is NULL afterwards. */
void http_fetch_cancel(struct http_fetch **f);

/* "https://host:port" of a URL, for logs: what comes behind may be a secret. Caller frees; "?" when it is none. */
char *http_place(const char *url);

#endif
