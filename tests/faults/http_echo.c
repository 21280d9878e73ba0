/* A server on top of the web server alone, for its tests and measurements. It makes states reachable: requests that
   stay unanswered until released, streams that pause, sockets that are flooded. Options are --name value. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "server/http.h"

#define HELD_MAX 256

static struct http_server *server;
static uv_loop_t loop;
static uv_signal_t on_term;
static uv_timer_t resume_timer;
static struct http_handle held[HELD_MAX], paused;
static char held_name[HELD_MAX][32];
static size_t held_count;
static unsigned long aborts, ws_closed, ws_messages;
static int ws_code;
static const char *file_path;
static uint64_t last_ws;

struct upload {
    size_t bytes;
    const char *mode;
};

static void reply_json(struct http_handle h, int status, const char *json)
{
    struct http_reply r = {.status = status, .content_type = "application/json", .body = json, .body_len = strlen(json)};
    http_reply(server, h, &r);
}

static void stop(void)
{
    uv_close((uv_handle_t *)&on_term, NULL);
    uv_close((uv_handle_t *)&resume_timer, NULL);
    http_server_free(&server);
}

static void on_drained(void *arg)
{
    (void)arg;
    puts("drained");
    fflush(stdout);
    stop();
}

static void on_signal(uv_signal_t *h, int number)
{
    (void)h;
    (void)number;
    http_server_drain(server, 5000, on_drained, NULL);
}

static void reply_stats(struct http_handle h)
{
    struct http_stats st;
    char text[512];
    http_server_stats(server, &st);
    snprintf(text, sizeof(text),
             "{\"connections\":%llu,\"websockets\":%llu,\"requests\":%llu,\"overflows\":%llu,\"parse_errors\":%llu,"
             "\"held\":%zu,\"aborts\":%lu,\"ws_closed\":%lu,\"ws_code\":%d,\"ws_messages\":%lu}",
             (unsigned long long)st.connections, (unsigned long long)st.websockets, (unsigned long long)st.requests,
             (unsigned long long)st.overflows, (unsigned long long)st.parse_errors, held_count, aborts, ws_closed,
             ws_code, ws_messages);
    reply_json(h, 200, text);
}

static void hold(const struct http_request *req)
{
    if (held_count == HELD_MAX) {
        reply_json(req->handle, 503, "{}");
        return;
    }
    snprintf(held_name[held_count], sizeof(held_name[0]), "%s", req->query ? req->query : "");
    held[held_count++] = req->handle;
}

static void release(const char *name)
{
    for (size_t i = 0; i < held_count;) {
        if (strcmp(held_name[i], name) != 0) {
            i++;
            continue;
        }
        reply_json(held[i], 200, "{\"released\":true}");
        held[i] = held[--held_count];
        memcpy(held_name[i], held_name[held_count], sizeof(held_name[0]));
    }
}

static void echo(const struct http_request *req)
{
    struct buf headers = BUF_INIT;
    buf_printf(&headers, "X-Method: %s\r\nX-Peer: %s %ld\r\n", req->method, req->peer->address,
               req->peer->is_unix ? (long)req->peer->uid : -1L);
    struct http_reply r = {.status = 200, .content_type = "application/octet-stream", .headers = headers.data,
                           .body = req->body, .body_len = req->body_len};
    http_reply(server, req->handle, &r);
    buf_free(&headers);
}

static void send_file(const struct http_request *req)
{
    struct stat st;
    int fd = file_path ? open(file_path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &st) < 0) {
        reply_json(req->handle, 404, "{}");
        return;
    }
    /* ?long promises more than there is */
    uint64_t more = req->query && strcmp(req->query, "long") == 0 ? 1000 : 0;
    http_reply_file(server, req->handle, 200, "application/x-test", "X-Kind: file\r\n", fd, (uint64_t)st.st_size + more);
}

static void big(const struct http_request *req)
{
    size_t n = req->query ? strtoul(req->query, NULL, 10) : 0;
    char *body = x_malloc(n);
    memset(body, 'b', n);
    struct http_reply r = {.status = 200, .content_type = "text/plain", .body = body, .body_len = n};
    http_reply(server, req->handle, &r);
    free(body);
}

static void finish_upload(const struct http_request *req)
{
    struct upload *up = req->stream;
    char text[64];
    snprintf(text, sizeof(text), "{\"bytes\":%zu}", up ? up->bytes : 0);
    free(up);
    reply_json(req->handle, 200, text);
}

static void on_request(void *arg, const struct http_request *req)
{
    (void)arg;
    if (strcmp(req->target, "/json") == 0)
        reply_json(req->handle, 200, "{\"success\":true,\"version\":\"0.1.0\",\"status\":\"ok\"}");
    else if (strcmp(req->target, "/echo") == 0)
        echo(req);
    else if (strcmp(req->target, "/hold") == 0)
        hold(req);
    else if (strcmp(req->target, "/release") == 0) {
        release(req->query ? req->query : "");
        reply_json(req->handle, 200, "{}");
    } else if (strcmp(req->target, "/stats") == 0)
        reply_stats(req->handle);
    else if (strcmp(req->target, "/stream") == 0)
        finish_upload(req);
    else if (strcmp(req->target, "/file") == 0)
        send_file(req);
    else if (strcmp(req->target, "/big") == 0)
        big(req);
    else if (strcmp(req->target, "/ws") == 0)
        http_upgrade(server, req, 100000, &ws_closed);
    else if (strcmp(req->target, "/wsclose") == 0) {
        http_ws_close(server, last_ws, 4001, "asked");
        reply_json(req->handle, 200, "{}");
    } else
        reply_json(req->handle, 404, "{\"success\":false}");
}

static enum http_body_plan on_headers(void *arg, const struct http_request *req, size_t *body_max, void **stream)
{
    (void)arg;
    if (strcmp(req->target, "/refuse") == 0) {
        reply_json(req->handle, 403, "{\"success\":false}");
        return HTTP_BODY_REFUSE;
    }
    if (strcmp(req->target, "/small") == 0)
        *body_max = 10;
    if (strcmp(req->target, "/stream") != 0)
        return HTTP_BODY_BUFFER;
    struct upload *up = x_calloc(1, sizeof(*up));
    const char *q = req->query ? req->query : "";
    up->mode = strcmp(q, "pause") == 0 ? "pause" : strcmp(q, "refuse") == 0 ? "refuse" : "";
    *stream = up;
    return HTTP_BODY_STREAM;
}

static void on_resume(uv_timer_t *h)
{
    (void)h;
    http_stream_resume(server, paused);
}

static int on_stream_data(void *arg, struct http_handle handle, void *stream, const char *data, size_t n)
{
    struct upload *up = stream;
    (void)arg;
    (void)data;
    up->bytes += n;
    if (strcmp(up->mode, "refuse") == 0) {
        free(up);
        reply_json(handle, 507, "{\"success\":false}");
        return ERR_IO;
    }
    if (strcmp(up->mode, "pause") != 0)
        return 0;
    paused = handle;
    uv_timer_start(&resume_timer, on_resume, 0, 0);
    return HTTP_STREAM_PAUSE;
}

static void on_stream_abort(void *arg, void *stream)
{
    (void)arg;
    free(stream);
    aborts++;
}

static void flood(uint64_t conn)
{
    char *text = x_malloc(65536);
    memset(text, 'f', 65536);
    struct ws_frame *f = ws_frame_new(text, 65536);
    for (int i = 0; i < 1000 && http_ws_send(server, conn, f); i++)
        ;
    ws_frame_unref(&f);
    free(text);
}

static void on_ws_message(void *arg, uint64_t conn, void *user, const char *data, size_t n)
{
    (void)arg;
    (void)user;
    ws_messages++;
    last_ws = conn;
    if (n == 5 && memcmp(data, "flood", 5) == 0) {
        flood(conn);
        return;
    }
    struct ws_frame *f = ws_frame_new(data, n);
    http_ws_send(server, conn, f);
    ws_frame_unref(&f);
}

static void on_ws_close(void *arg, uint64_t conn, void *user, int code)
{
    (void)arg;
    (void)conn;
    ++*(unsigned long *)user;
    ws_code = code;
}

static void error_body(void *arg, int status, const char *text, struct buf *out)
{
    (void)arg;
    buf_printf(out, "{\"success\":false,\"status\":%d,\"error\":\"%s\"}", status, text);
}

static void fail(const struct error *err)
{
    fprintf(stderr, "http_echo: %s\n", err->text);
    exit(1);
}

int main(int argc, char **argv)
{
    static const struct http_callbacks callbacks = {
        .on_request = on_request, .on_headers = on_headers, .on_stream_data = on_stream_data,
        .on_stream_abort = on_stream_abort, .on_ws_message = on_ws_message, .on_ws_close = on_ws_close,
        .error_body = error_body};
    struct http_options o = http_options_default();
    const char *tcp = NULL, *path = NULL;
    struct error err;
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        unsigned number = (unsigned)strtoul(value, NULL, 10);
        if (strcmp(name, "--tcp") == 0)
            tcp = value;
        else if (strcmp(name, "--unix") == 0)
            path = value;
        else if (strcmp(name, "--file") == 0)
            file_path = value;
        else if (strcmp(name, "--cert") == 0)
            o.tls_cert = value;
        else if (strcmp(name, "--key") == 0)
            o.tls_key = value;
        else if (strcmp(name, "--header-timeout") == 0)
            o.header_timeout_ms = number;
        else if (strcmp(name, "--body-timeout") == 0)
            o.body_timeout_ms = number;
        else if (strcmp(name, "--idle-timeout") == 0)
            o.idle_timeout_ms = number;
        else if (strcmp(name, "--max-connections") == 0)
            o.max_connections = number;
    }
    char bound[80] = "none";
    signal(SIGPIPE, SIG_IGN);
    uv_loop_init(&loop);
    server = http_server_new(&loop, &o, &callbacks, NULL, &err);
    if (server == NULL || (tcp && http_server_listen_tcp(server, tcp, bound, &err) < 0) ||
        (path && http_server_listen_unix(server, path, &err) < 0))
        fail(&err);
    uv_signal_init(&loop, &on_term);
    uv_signal_start(&on_term, on_signal, SIGTERM);
    uv_timer_init(&loop, &resume_timer);
    printf("listening %s\n", bound);
    fflush(stdout);
    uv_run(&loop, UV_RUN_DEFAULT);
    return uv_loop_close(&loop) == 0 ? 0 : 3;
}
