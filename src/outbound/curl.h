/* libcurl, loaded by the first mail or request. */
#ifndef OUTBOUND_CURL_H
#define OUTBOUND_CURL_H

#include <stdbool.h>

#define CURL_DISABLE_TYPECHECK         /* its macros would stand in the way of the pointers below */
#include <curl/curl.h>

#include "common/library.h"

#define CURL_FUNCTIONS(f)                                                                                              \
    f(curl_global_init) f(curl_easy_init) f(curl_easy_cleanup) f(curl_easy_setopt) f(curl_easy_getinfo)                \
    f(curl_easy_perform) f(curl_easy_strerror) f(curl_slist_append) f(curl_slist_free_all) f(curl_multi_init)          \
    f(curl_multi_cleanup) f(curl_multi_setopt) f(curl_multi_add_handle) f(curl_multi_remove_handle)                    \
    f(curl_multi_assign) f(curl_multi_socket_action) f(curl_multi_info_read) f(curl_url) f(curl_url_cleanup)           \
    f(curl_url_set) f(curl_url_get) f(curl_free)

extern struct curl_functions {
    CURL_FUNCTIONS(LIBRARY_MEMBER)
} curl_lib;

/* On the loop's thread, before the first use. False: it cannot be loaded (said in the log, once). */
bool curl_load(void);

#endif
