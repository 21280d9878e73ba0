#include "outbound/curl.h"

#include <stddef.h>

#include "common/mem.h"

struct curl_functions curl_lib;

#define ROW(function) {LIBRARY_TEXT(function), offsetof(struct curl_functions, p_##function)},

bool curl_load(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl.4.dylib", NULL};
    static const struct library_row rows[] = {CURL_FUNCTIONS(ROW)};
    static int loaded; /* 1: yes, -1: it cannot be */
    if (loaded == 0) {
        loaded = library_load(names, rows, COUNT_OF(rows), &curl_lib) ? 1 : -1;
        if (loaded > 0)
            curl_lib.p_curl_global_init(CURL_GLOBAL_DEFAULT);
    }
    return loaded > 0;
}
