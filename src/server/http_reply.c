/* Replies: head, body, files. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/mem.h"
#include "server/http_private.h"

#define FILE_PIECE 65536

static const struct {
    int status;
    const char *text;
} status_lines[] = {
    {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
    {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
    {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
    {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {408, "Request Timeout"}, {409, "Conflict"}, {410, "Gone"},
    {411, "Length Required"}, {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"},
    {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"}, {417, "Expectation Failed"},
    {422, "Unprocessable Content"}, {426, "Upgrade Required"}, {428, "Precondition Required"},
    {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"},
    {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"}, {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"}, {507, "Insufficient Storage"},
};

static const char *status_text(int status)
{
    for (size_t i = 0; i < COUNT_OF(status_lines); i++)
        if (status_lines[i].status == status)
            return status_lines[i].text;
    return "Status";
}

static char *put(char *to, const char *s, size_t n)
{
    memcpy(to, s, n);
    return to + n;
}
#define PUT(to, literal) put(to, literal, sizeof(literal) - 1)

static char *put_number(char *to, uint64_t v)
{
    char digits[20];
    size_t n = sizeof(digits);
    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    return put(to, digits + n, sizeof(digits) - n);
}

/* Decides whether the connection stays, and for an early reply what becomes of the rest of the body. */
static bool must_close(struct conn *c, bool asked)
{
    if (asked || !c->keep_alive || c->s->is_draining)
        return true;
    if (!c->early)
        return false;
    const struct http1 *p = &c->req->parser;
    return p->is_chunked || p->expect_continue || p->left > DROP_MAX;
}

void reply_write(struct conn *c, const struct http_reply *reply, uint64_t length)
{
    struct http_server *s = c->s;
    const char *text = status_text(reply->status);
    size_t text_len = strlen(text), date_len;
    size_t type_len = reply->content_type ? strlen(reply->content_type) : 0;
    size_t headers_len = reply->headers ? strlen(reply->headers) : 0;
    const char *date = server_date(s, &date_len);
    c->pending = false;
    c->early = c->in_body;
    c->paused = false;
    if (c->req)
        c->req->is_streaming = false;
    bool closes = must_close(c, reply->close);
    char *head = out_claim(s, &c->out, text_len + type_len + headers_len + date_len + 160);
    char *to = PUT(head, "HTTP/1.1 ");
    to = put_number(to, (uint64_t)reply->status);
    *to++ = ' ';
    to = put(to, text, text_len);
    to = PUT(to, "\r\n");
    to = put(to, date, date_len);
    if (type_len) {
        to = PUT(to, "Content-Type: ");
        to = put(to, reply->content_type, type_len);
        to = PUT(to, "\r\n");
    }
    if (reply->status >= 200 && reply->status != 204 && reply->status != 304) {
        to = PUT(to, "Content-Length: ");
        to = put_number(to, type_len ? length : 0);
        to = PUT(to, "\r\n");
    }
    if (closes)
        to = PUT(to, "Connection: close\r\n");
    else if (c->is_http10)
        to = PUT(to, "Connection: keep-alive\r\n");
    to = put(to, reply->headers ? reply->headers : "", headers_len);
    to = PUT(to, "\r\n");
    out_commit(&c->out, (size_t)(to - head));
    if (type_len && reply->body && reply->body_len && !c->is_head && reply->status != 204 && reply->status != 304)
        out_append(s, &c->out, reply->body, reply->body_len);
    c->close_after = closes;
    conn_mark(c);
}

void reply_error(struct conn *c, int status, const char *text)
{
    struct http_server *s = c->s;
    struct buf body = BUF_INIT;
    if (s->cb.error_body)
        s->cb.error_body(s->arg, status, text, &body);
    struct http_reply reply = {.status = status, .content_type = "application/json", .close = true};
    if (body.len == 0) {
        reply.content_type = "text/plain";
        buf_puts(&body, text);
    }
    reply.body = body.data;
    reply.body_len = body.len;
    reply_write(c, &reply, body.len);
    buf_free(&body);
}

static struct conn *find_pending(const struct http_server *s, struct http_handle h)
{
    struct conn *c = server_find(s, h.conn);
    return c && c->phase == CONN_HTTP && c->pending && c->serial == h.serial ? c : NULL;
}

void http_reply(struct http_server *s, struct http_handle h, const struct http_reply *reply)
{
    struct conn *c = find_pending(s, h);
    if (c)
        reply_write(c, reply, reply->body_len);
}

/* A file on its way out: a piece is read on the pool while the one before is being sent. */
struct file_job {
    uv_fs_t req;
    struct http_server *s;
    uint64_t conn;
    int fd;
    bool is_busy, close;
    uint64_t at, left;
    char data[FILE_PIECE];
};

static void job_free(struct file_job *job)
{
    close(job->fd);
    free(job);
}

void file_drop(struct conn *c)
{
    if (c->file && !c->file->is_busy)
        job_free(c->file);
    c->file = NULL; /* a busy one frees itself when it finds the connection gone */
}

static void on_file_read(uv_fs_t *req)
{
    struct file_job *job = req->data;
    struct http_server *s = job->s;
    struct conn *c = server_find(s, job->conn);
    ssize_t n = req->result;
    uv_fs_req_cleanup(req);
    job->is_busy = false;
    if (c == NULL) {
        job_free(job);
    } else if (n <= 0) {
        conn_kill(c, WS_CODE_ABNORMAL); /* shorter than promised: only the end of the connection can tell */
    } else {
        out_append(s, &c->out, job->data, (size_t)n);
        job->at += (uint64_t)n;
        job->left -= (uint64_t)n;
        if (job->left == 0) {
            c->close_after = job->close;
            file_drop(c);
        }
        conn_mark(c);
    }
    server_handle_closed(s);
}

void file_next(struct conn *c)
{
    struct file_job *job = c->file;
    if (job == NULL || job->is_busy || c->phase == CONN_CLOSED || c->out.bytes > FILE_HIGH)
        return;
    uv_buf_t buf = uv_buf_init(job->data, job->left < FILE_PIECE ? (unsigned)job->left : FILE_PIECE);
    job->req.data = job;
    if (uv_fs_read(c->s->loop, &job->req, job->fd, &buf, 1, (int64_t)job->at, on_file_read) < 0) {
        conn_kill(c, WS_CODE_ABNORMAL);
        return;
    }
    job->is_busy = true;
    c->s->handles++;
}

void http_reply_file(struct http_server *s, struct http_handle h, int status, const char *content_type,
                     const char *headers, int fd, uint64_t length)
{
    struct conn *c = find_pending(s, h);
    if (c == NULL) {
        close(fd);
        return;
    }
    const struct http_reply reply = {
        .status = status, .content_type = content_type ? content_type : "application/octet-stream", .headers = headers};
    reply_write(c, &reply, length);
    if (c->is_head || length == 0) {
        close(fd);
        return;
    }
    struct file_job *job = x_malloc(sizeof(*job));
    job->s = s;
    job->conn = c->id;
    job->fd = fd;
    job->is_busy = false;
    job->close = c->close_after;
    job->at = 0;
    job->left = length;
    c->close_after = false; /* only behind the last piece */
    c->file = job;
}
