/* /file-upload/<id>/<name>: uploaded files, for those who may see the chat (rest 13.4). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "server/file_link.h"
#include "server/mime.h"
#include "server/params.h"
#include "server/session.h"
#include "server/setting.h"
#include "server/site_private.h"
#include "server/upload.h"
#include "store/store.h"

static char *cookie(const struct http_request *req, const char *name)
{
    const char *all = http_request_header(req, "cookie");
    size_t n = strlen(name);
    for (const char *p = all; p && *p;) {
        p += strspn(p, "; ");
        size_t len = strcspn(p, ";");
        if (len > n && strncmp(p, name, n) == 0 && p[n] == '=')
            return percent_decode(p + n + 1, len - n - 1, false);
        p += len;
    }
    return NULL;
}

/* From the query, else from the cookies. Caller frees. */
static char *value(const struct http_request *req, const json_t *query, const char *name)
{
    const char *text = json_string_value(json_object_get(query, name));
    return text ? x_strdup(text) : cookie(req, name);
}

static bool visitor_may(struct server *s, const struct http_request *req, const json_t *query, const char *rid)
{
    AUTO_FREE char *type = value(req, query, "rc_room_type");
    AUTO_FREE char *room = value(req, query, "rc_rid");
    AUTO_FREE char *token = value(req, query, "rc_token");
    const struct room *r = core_room(s->core, rid);
    return r && token && str_eq(type, "l") && str_eq(room, rid) && str_eq(r->visitor->token, token);
}

struct user *site_user(struct server *s, const struct http_request *req, const json_t *query)
{
    char hash[TOKEN_HASH_LEN + 1];
    AUTO_FREE char *id = value(req, query, "rc_uid");
    AUTO_FREE char *token = value(req, query, "rc_token");
    const char *header_id = http_request_header(req, "x-user-id"), *header_token = http_request_header(req, "x-auth-token");
    if (header_id && header_token)
        return session_find(s, header_id, header_token, hash, NULL);
    if (id && token)
        return session_find(s, id, token, hash, NULL);
    return session_local_user(s, req->peer);
}

static bool user_may(struct server *s, const struct http_request *req, const json_t *query, const char *rid)
{
    struct user *u = site_user(s, req, query);
    if (u == NULL)
        return false;
    const struct room *r = core_room(s->core, rid);
    if (r)
        return core_may_open(s->core, u, r);
    struct stored_room sr;
    if (!read_room(store_loop_reader(s->store), rid, &sr))
        return false;
    bool may = core_may_open_closed(s->core, u, sr.served_by_id, sr.room->department_id);
    stored_room_free(&sr);
    return may;
}

static void send_file(struct server *s, const struct http_request *req, const json_t *query, const struct store_file *f)
{
    AUTO_FREE char *path = upload_path(s, f->id);
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        site_reply(s, req, 404, NULL, NULL, NULL, 0);
        return;
    }
    bool inline_ = mime_is_harmless(f->type) && json_object_get(query, "download") == NULL;
    struct buf headers = BUF_INIT;
    buf_printf(&headers,
               "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; sandbox\r\nCache-Control:"
               " private, max-age=31536000\r\nContent-Disposition: %s; filename*=UTF-8''",
               inline_ ? "inline" : "attachment");
    buf_put_urlencoded(&headers, f->name, strlen(f->name));
    buf_puts(&headers, "\r\n");
    bool plain = f->type[strcspn(f->type, "\r\n\t")] == '\0';
    http_reply_file(s->http, req->handle, 200, plain ? f->type : "application/octet-stream", headers.data, fd,
                    (uint64_t)st.st_size);
    buf_free(&headers);
}

void site_upload(struct server *s, const struct http_request *req, const char *path)
{
    AUTO_FREE char *id = x_strndup(path, strcspn(path, "/"));
    struct store_file f;
    if (!read_file(store_loop_reader(s->store), id, &f)) {
        site_reply(s, req, 404, NULL, NULL, NULL, 0);
        return;
    }
    json_t *query = params_from_query(req->query, req->query ? strlen(req->query) : 0);
    const char *signature = json_string_value(json_object_get(query, "token"));
    if (!setting_bool(s->core, "FileUpload_ProtectFiles", true) || file_link_is_valid(s, f.id, signature) || visitor_may(s, req, query, f.rid) ||
        user_may(s, req, query, f.rid))
        send_file(s, req, query, &f);
    else
        site_reply(s, req, 403, NULL, NULL, NULL, 0);
    json_decref(query);
    store_file_free(&f);
}
