/* libcurl's transfers on the server's loop: sockets and one timer, nothing while idle. libcurl is loaded by the first
   curl_loop_new. */
#ifndef OUTBOUND_CURL_LOOP_H
#define OUTBOUND_CURL_LOOP_H

#ifndef CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_TYPECHECK     /* its macros would stand in the way of the pointers below */
#endif
#include <curl/curl.h>
#include <uv.h>

#include "outbound/library.h"

#define CURL_FUNCTIONS(f)                                                                                              \
    f(curl_global_init) f(curl_easy_init) f(curl_easy_cleanup) f(curl_easy_setopt) f(curl_easy_getinfo)                \
    f(curl_easy_strerror) f(curl_slist_append) f(curl_slist_free_all) f(curl_multi_init) f(curl_multi_cleanup)         \
    f(curl_multi_setopt) f(curl_multi_assign) f(curl_multi_socket_action) f(curl_multi_add_handle)                     \
    f(curl_multi_remove_handle) f(curl_multi_info_read)

/* The functions of libcurl, by their names with "p_" in front; valid after a curl_loop_new that succeeded. */
struct curl_functions {
    CURL_FUNCTIONS(LIBRARY_MEMBER)
};
extern struct curl_functions curl_lib;

struct curl_loop;
struct curl_transfer {
    void (*done)(void *arg, CURLcode code);    /* the handle is already taken out of the loop */
    void *arg;
};

/* NULL when libcurl cannot be loaded; the log says why. */
struct curl_loop *curl_loop_new(uv_loop_t *loop);
/* Every transfer has ended or was removed; the uv loop must run once more. */
void curl_loop_free(struct curl_loop **l);

/* t is borrowed until done or curl_loop_remove; the easy handle stays the caller's. */
bool curl_loop_add(struct curl_loop *l, CURL *easy, struct curl_transfer *t);
void curl_loop_remove(struct curl_loop *l, CURL *easy);

#endif
