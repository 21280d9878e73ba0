#include "server/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/id.h"
#include "common/log.h"
#include "common/mem.h"
#include "server/mime.h"
#include "server/options.h"
#include "server/params.h"
#include "server/session.h"
#include "server/setting.h"
#include "server/upload_private.h"
#include "server/work.h"

#define PENDING_MAX 131072         /* bytes in memory before reading stops; as many again may be on their way to disk */
#define FIELD_MAX 20000

char *upload_path(const struct server *s, const char *file_id)
{
    const char *slash = strrchr(s->options->db, '/');
    return x_asprintf("%.*s/files/%s", slash ? (int)(slash - s->options->db) : 1, slash ? s->options->db : ".", file_id);
}

/* --- the file --- */

static void make_folder(const char *path)
{
    AUTO_FREE char *folder = x_strndup(path, (size_t)(strrchr(path, '/') - path));
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        log_error("%s: %s", folder, strerror(errno));
}

static void write_piece(struct store_reader *r, void *data)
{
    (void)r;
    struct upload *u = data;
    const char *p = u->writing.data;
    size_t left = u->writing.len;
    while (left > 0 && u->error == 0) {
        ssize_t n = write(u->fd, p, left);
        if (n < 0 && errno != EINTR)
            u->error = errno;
        if (n > 0) {
            p += n;
            left -= (size_t)n;
        }
    }
    if (u->last_piece && u->error == 0 && fsync(u->fd) != 0)
        u->error = errno;
}

static void free_upload(struct upload *u)
{
    if (u->fd >= 0)
        close(u->fd);
    if (!u->keep && u->path)
        unlink(u->path);
    multipart_fini(&u->parser);
    buf_free(&u->pending);
    buf_free(&u->writing);
    buf_free(&u->field);
    free(u->path);
    free(u->rid);
    free(u->token);
    free(u->name);
    free(u->type);
    free(u->description);
    free(u->msg);
    free(u->field_name);
    free(u);
}

static void piece_written(struct server *s, void *data);

/* Gives what has gathered to the pool; the last time with fsync. */
static void pump(struct server *s, struct upload *u)
{
    if (u->in_flight)
        return;
    bool finished = u->api != NULL;
    if (u->is_aborted || (finished && u->last_piece)) {
        struct api *a = u->is_aborted ? NULL : u->api;
        if (a)
            upload_complete(a, u);
        free_upload(u);
        return;
    }
    if (u->pending.len == 0 && !finished)
        return;
    buf_clear(&u->writing);
    struct buf swap = u->writing;
    u->writing = u->pending;
    u->pending = swap;
    u->last_piece = finished;
    u->in_flight = true;
    work_plain(s, write_piece, piece_written, u);
}

static void piece_written(struct server *s, void *data)
{
    struct upload *u = data;
    u->in_flight = false;
    if (u->is_paused && u->pending.len < PENDING_MAX) {
        u->is_paused = false;
        http_stream_resume(s->http, u->handle);
    }
    pump(s, u);
}

void upload_finish(struct api *a)
{
    struct upload *u = a->stream;
    a->stream = NULL;
    u->api = a;
    pump(a->server, u);
}

/* --- parts --- */

static int on_part(void *arg, const char *name, const char *filename, const char *type)
{
    struct upload *u = arg;
    u->in_file = filename != NULL;
    str_set(&u->field_name, name);
    buf_clear(&u->field);
    if (!u->in_file)
        return 0;
    if (++u->files > 1)
        return 0;
    u->wrong_field = strcmp(name, "file") != 0;
    const char *slash = strrchr(filename, '/');
    str_set(&u->name, slash ? slash + 1 : *filename ? filename : "file");
    str_set(&u->type, type && *type ? type : mime_of(u->name));
    u->path = upload_path(u->server, u->id);
    make_folder(u->path);
    u->fd = open(u->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (u->fd < 0)
        u->error = errno;
    return 0;
}

static int on_data(void *arg, const char *data, size_t n)
{
    struct upload *u = arg;
    if (!u->in_file) {
        if (u->field.len + n <= FIELD_MAX)
            buf_append(&u->field, data, n);
        return 0;
    }
    if (u->files > 1 || u->wrong_field || u->is_too_large || u->error)
        return 0;
    u->size += (int64_t)n;
    if (u->max_size >= 0 && u->size > u->max_size) {
        u->is_too_large = true;
        buf_clear(&u->pending);
        return 0;
    }
    buf_append(&u->pending, data, n);
    return 0;
}

static int on_part_end(void *arg)
{
    struct upload *u = arg;
    const char *text = u->field.len ? u->field.data : "";
    if (!u->in_file && strcmp(u->field_name, "description") == 0)
        str_set(&u->description, text);
    else if (!u->in_file && strcmp(u->field_name, "msg") == 0)
        str_set(&u->msg, text);
    return 0;
}

static const struct multipart_callbacks callbacks = {on_part, on_data, on_part_end};

/* --- the web server's side --- */

static enum http_body_plan refuse(struct server *s, const struct http_request *req, int status, const char *body)
{
    struct http_reply reply = {.status = status,
                               .content_type = "application/json",
                               .headers = "Cache-Control: no-store\r\n",
                               .body = body,
                               .body_len = strlen(body)};
    http_reply(s->http, req->handle, &reply);
    return HTTP_BODY_REFUSE;
}

static bool user_may(struct server *s, const struct http_request *req, const struct room *r)
{
    char hash[TOKEN_HASH_LEN + 1];
    const char *id = http_request_header(req, "x-user-id"), *token = http_request_header(req, "x-auth-token");
    const struct user *u = id && token ? session_find(s, id, token, hash, NULL) : session_local_user(s, req->peer);
    return u && core_may_open(s->core, u, r);
}

static bool may_upload(struct server *s, const struct http_request *req, const char *rid, const char *token, bool visitor)
{
    const struct room *r = core_room(s->core, rid);
    if (r == NULL)
        return false;
    return visitor ? token && str_eq(r->visitor->token, token) : user_may(s, req, r);
}

enum http_body_plan upload_plan(struct server *s, const struct http_request *req, void **stream)
{
    static const char visitor_path[] = "/api/v1/livechat/upload/", user_path[] = "/api/v1/rooms.upload/";
    const char *type = http_request_header(req, "content-type");
    bool visitor = strncmp(req->target, visitor_path, sizeof visitor_path - 1) == 0;
    if (!visitor && strncmp(req->target, user_path, sizeof user_path - 1) != 0)
        return HTTP_BODY_BUFFER;
    const char *rest = req->target + (visitor ? sizeof visitor_path : sizeof user_path) - 1;
    AUTO_FREE char *rid = percent_decode(rest, strcspn(rest, "/"), false);
    const char *token = http_request_header(req, "x-visitor-token");
    if (rid == NULL || !may_upload(s, req, rid, token, visitor))
        return refuse(s, req, 403, "{\"success\":false,\"error\":\"unauthorized\"}");
    if (!setting_bool(s->core, "FileUpload_Enabled", true) ||
        (visitor && !setting_bool(s->core, "Livechat_fileupload_enabled", true)))
        return refuse(s, req, 400,
                      "{\"success\":false,\"error\":\"[error-file-upload-disabled]\",\"errorType\":"
                      "\"error-file-upload-disabled\"}");
    struct upload *u = x_calloc(1, sizeof *u);
    u->server = s;
    u->handle = req->handle;
    u->fd = -1;
    if (type == NULL || !multipart_init(&u->parser, type, &callbacks, u)) {
        free_upload(u);
        return HTTP_BODY_BUFFER;
    }
    u->rid = rid;
    rid = NULL;
    u->token = visitor ? x_strdup(token) : NULL;
    u->max_size = setting_int(s->core, "FileUpload_MaxFileSize", 104857600);
    struct id_source source = {id_entropy()};
    id_make(&source, u->id);
    *stream = u;
    return HTTP_BODY_STREAM;
}

int upload_data(struct server *s, struct http_handle handle, void *stream, const char *data, size_t n)
{
    (void)handle;
    struct upload *u = stream;
    if (multipart_feed(&u->parser, data, n) < 0)
        u->is_malformed = true;
    pump(s, u);
    if (u->pending.len < PENDING_MAX)
        return 0;
    u->is_paused = true;
    return HTTP_STREAM_PAUSE;
}

void upload_abort(struct server *s, void *stream)
{
    struct upload *u = stream;
    u->is_aborted = true;
    pump(s, u);
}
