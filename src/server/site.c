#include "server/site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "common/mem.h"
#include "common/paths.h"
#include "server/mime.h"
#include "server/params.h"
#include "server/site_private.h"

#define FILES_MAX 2000
#define PAGE_MAX 1048576

/* The names that may be asked for: nothing else of the file system can be. */
struct site_file {
    char *name, *path;
    UT_hash_handle hh;
};

struct site {
    struct site_file *files;
    char *page;                    /* the widget's index.html, or NULL */
};

static void add_folder(struct site *site, const char *folder, const char *prefix, int depth)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.' || HASH_COUNT(site->files) >= FILES_MAX)
            continue;
        char *path = x_asprintf("%s/%s", folder, entry->d_name);
        char *name = x_asprintf("%s%s%s", prefix, *prefix ? "/" : "", entry->d_name);
        struct stat st;
        if (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
            struct site_file *f = x_calloc(1, sizeof *f);
            f->name = name;
            f->path = path;
            HASH_ADD_KEYPTR(hh, site->files, f->name, strlen(f->name), f);
            continue;
        }
        if (S_ISDIR(st.st_mode) && depth < 4)
            add_folder(site, path, name, depth + 1);
        free(path);
        free(name);
    }
    if (dir)
        closedir(dir);
}

static const struct site_file *find_file(const struct site *site, const char *name)
{
    struct site_file *f;
    HASH_FIND_STR(site->files, name, f);
    return f;
}

static char *read_page(const char *path)
{
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return NULL;
    char *text = x_malloc(PAGE_MAX + 1);
    size_t n = fread(text, 1, PAGE_MAX, in);
    text[n] = '\0';
    fclose(in);
    return text;
}

struct site *site_new(const char *widget, struct error *e)
{
    struct site *site = x_calloc(1, sizeof *site);
    if (widget == NULL)
        return site;
    /* The package as unpacked, or its build folder. */
    AUTO_FREE char *inner = path_join(widget, "build");
    add_folder(site, access(inner, X_OK) == 0 ? inner : widget, "", 0);
    const struct site_file *index = find_file(site, "index.html");
    site->page = index ? read_page(index->path) : NULL;
    if (site->page == NULL) {
        error_set(e, ERR_NOT_FOUND, "widget", "%s holds no index.html of the Livechat widget", widget);
        site_free(&site);
    }
    return site;
}

void site_free(struct site **site)
{
    struct site_file *f, *next;
    if (*site == NULL)
        return;
    HASH_ITER(hh, (*site)->files, f, next) {
        HASH_DEL((*site)->files, f);
        free(f->name);
        free(f->path);
        free(f);
    }
    free((*site)->page);
    free(*site);
    *site = NULL;
}

bool site_has_widget(const struct site *site)
{
    return site->page != NULL;
}

const char *site_widget_page(const struct site *site)
{
    return site->page;
}

/* --- answers --- */

void site_reply(struct server *s, const struct http_request *req, int status, const char *type, const char *headers,
                const char *body, size_t n)
{
    struct buf all = BUF_INIT;
    buf_printf(&all, "X-Content-Type-Options: nosniff\r\nX-XSS-Protection: 1\r\nX-Instance-ID: %s\r\n", s->instance_id);
    if (headers)
        buf_puts(&all, headers);
    struct http_reply reply = {
        .status = status, .content_type = type, .headers = all.data, .body = body, .body_len = n};
    http_reply(s->http, req->handle, &reply);
    buf_free(&all);
}

void site_reply_text(struct server *s, const struct http_request *req, int status, const char *text)
{
    site_reply(s, req, status, "text/plain; charset=utf-8", NULL, text, strlen(text));
}

static void serve_widget_file(struct server *s, const struct http_request *req, const char *name)
{
    const struct site_file *f = find_file(s->site, name);
    int fd = f ? open(f->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0)
            close(fd);
        site_reply_text(s, req, 404, "Not found\n");
        return;
    }
    char tag[64], headers[200];
    snprintf(tag, sizeof tag, "\"%llx-%llx\"", (unsigned long long)st.st_mtime, (unsigned long long)st.st_size);
    snprintf(headers, sizeof headers, "X-Content-Type-Options: nosniff\r\nCache-Control: public, max-age=3600\r\nETag: %s\r\n",
             tag);
    const char *known = http_request_header(req, "if-none-match");
    if (known && strcmp(known, tag) == 0) {
        close(fd);
        site_reply(s, req, 304, NULL, headers, NULL, 0);
        return;
    }
    http_reply_file(s->http, req->handle, 200, mime_of(name), headers, fd, (uint64_t)st.st_size);
}

static bool is_read(const struct http_request *req)
{
    return strcmp(req->method, "GET") == 0 || strcmp(req->method, "HEAD") == 0;
}

void site_serve(struct server *s, const struct http_request *req)
{
    if (!is_read(req)) {
        site_reply(s, req, 405, "text/plain; charset=utf-8", "Allow: GET, HEAD\r\n", "Only GET here\n", 14);
        return;
    }
    AUTO_FREE char *path = percent_decode(req->target, strlen(req->target), false);
    if (path == NULL || strstr(path, "..")) {
        site_reply_text(s, req, 404, "Not found\n");
    } else if (strcmp(path, "/") == 0) {
        site_start_page(s, req);
    } else if (strcmp(path, "/livechat") == 0) {
        site_widget(s, req);
    } else if (strncmp(path, "/livechat/", 10) == 0) {
        serve_widget_file(s, req, path + 10);
    } else if (strncmp(path, "/avatar/", 8) == 0) {
        site_avatar(s, req, path + 8);
    } else if (strncmp(path, "/file-upload/", 13) == 0) {
        site_upload(s, req, path + 13);
    } else {
        site_reply_text(s, req, 404, "Not found\n");
    }
}
