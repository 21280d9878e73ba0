/* Transfers of libcurl on a libuv loop: sockets and one timer, nothing while idle. Also where the server is. */
#ifndef CLIENT_NET_H
#define CLIENT_NET_H

#include <curl/curl.h>
#include <uv.h>

/* Where the server is. Texts are owned. */
struct endpoint {
    char *base_url;    /* without a slash at the end; "http://localhost" with unix_path */
    char *unix_path;   /* or NULL */
    char *ca_file;     /* a further certificate authority, or NULL */
};

void endpoint_init(struct endpoint *e, const char *url, const char *unix_path, const char *ca_file);
void endpoint_fini(struct endpoint *e);
/* "host:port" of base_url, and the path before ours ("" or "/sub"). Caller frees both. */
void endpoint_split(const struct endpoint *e, char **authority, char **prefix);

struct net;
struct net_transfer {
    void (*done)(void *arg, CURLcode code);   /* the transfer is still added: remove it */
    void *arg;
};

struct net *net_new(uv_loop_t *loop, const struct endpoint *e);
void net_free(struct net **n);               /* every transfer was removed; the loop closes the handles */

/* A new easy handle with what all our transfers share (limits, address, user agent, TLS); path comes behind
   base_url. NULL when libcurl refuses the address. The caller cleans it up. */
CURL *net_easy(const struct endpoint *e, const char *path);
/* What went wrong, in words for people: a static text that begins in lower case. */
const char *net_reason(CURLcode code);

/* Starts and ends a transfer. t is borrowed until net_remove; the easy handle stays the caller's. */
void net_add(struct net *n, CURL *easy, struct net_transfer *t);
void net_remove(struct net *n, CURL *easy);

#endif
