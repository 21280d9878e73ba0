#include "outbound/curl_loop.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/mem.h"

struct curl_functions curl_lib;

struct curl_loop {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t alarm;
};

/* What libcurl wants to know about one of its sockets. */
struct watch {
    uv_poll_t poll;
    struct curl_loop *owner;
    curl_socket_t fd;
};

#define ROW(function) {LIBRARY_TEXT(function), offsetof(struct curl_functions, p_##function)},

static bool load(void)
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

static void tell_ended(struct curl_loop *l)
{
    int left;
    for (CURLMsg *m; (m = curl_lib.p_curl_multi_info_read(l->multi, &left)) != NULL;) {
        struct curl_transfer *t = NULL;
        CURLcode code = m->data.result;
        CURL *easy = m->easy_handle;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_lib.p_curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
        curl_lib.p_curl_multi_remove_handle(l->multi, easy);
        t->done(t->arg, code);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    struct curl_loop *l = w->owner;
    int bits = status < 0 ? CURL_CSELECT_ERR : 0, running;
    bits |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    bits |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    curl_lib.p_curl_multi_socket_action(l->multi, w->fd, bits, &running);
    tell_ended(l);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)easy;
    struct curl_loop *l = arg;
    struct watch *w = known;
    if (what == CURL_POLL_REMOVE) {
        if (w)
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        curl_lib.p_curl_multi_assign(l->multi, fd, NULL);
        return 0;
    }
    if (w == NULL) {
        w = x_calloc(1, sizeof *w);
        if (uv_poll_init(l->loop, &w->poll, fd) < 0) {
            free(w);
            return -1;
        }
        w->owner = l;
        w->fd = fd;
        w->poll.data = w;
        curl_lib.p_curl_multi_assign(l->multi, fd, w);
    }
    int wanted = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&w->poll, wanted, on_poll);
}

static void on_alarm(uv_timer_t *alarm)
{
    struct curl_loop *l = alarm->data;
    int running;
    curl_lib.p_curl_multi_socket_action(l->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    tell_ended(l);
}

static int on_timer(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct curl_loop *l = arg;
    if (ms < 0)
        return uv_timer_stop(&l->alarm);
    uv_update_time(l->loop);
    return uv_timer_start(&l->alarm, on_alarm, (uint64_t)ms, 0);
}

struct curl_loop *curl_loop_new(uv_loop_t *loop)
{
    if (!load())
        return NULL;
    struct curl_loop *l = x_calloc(1, sizeof *l);
    l->loop = loop;
    l->multi = curl_lib.p_curl_multi_init();
    uv_timer_init(loop, &l->alarm);
    l->alarm.data = l;
    curl_lib.p_curl_multi_setopt(l->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_lib.p_curl_multi_setopt(l->multi, CURLMOPT_SOCKETDATA, l);
    curl_lib.p_curl_multi_setopt(l->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_lib.p_curl_multi_setopt(l->multi, CURLMOPT_TIMERDATA, l);
    return l;
}

static void on_alarm_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void curl_loop_free(struct curl_loop **lp)
{
    struct curl_loop *l = *lp;
    *lp = NULL;
    if (l == NULL)
        return;
    curl_lib.p_curl_multi_cleanup(l->multi);
    uv_close((uv_handle_t *)&l->alarm, on_alarm_closed);
}

bool curl_loop_add(struct curl_loop *l, CURL *easy, struct curl_transfer *t)
{
    curl_lib.p_curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    return curl_lib.p_curl_multi_add_handle(l->multi, easy) == CURLM_OK;
}

void curl_loop_remove(struct curl_loop *l, CURL *easy)
{
    curl_lib.p_curl_multi_remove_handle(l->multi, easy);
}
