/* The widget's page with its Content-Security-Policy, and the start page that shows the widget (widget 1 and 5). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/id.h"
#include "common/mem.h"
#include "server/options.h"
#include "server/setting.h"
#include "server/site_private.h"

#define UNNAMED "Rocket.Chat" /* the default of Site_Name */

char *server_site_url(const struct server *s, const char *host, bool tls)
{
    if (s->options->site_url)
        return x_strdup(s->options->site_url);
    const char *set = setting_text(s->core, "Site_Url", "");
    size_t n = strlen(set);
    while (n > 0 && set[n - 1] == '/')
        n--;
    if (n > 0)
        return x_strndup(set, n);
    for (const char *p = host; p && *p; p++)
        if (strchr("\"'<>\\ ", *p))
            host = NULL;
    return x_asprintf("%s://%s", tls ? "https" : "http", host && *host ? host : "localhost");
}

/* "https://a.example:8080/x" gives scheme "https" and "a.example:8080". */
static bool split_url(const char *url, char **scheme, char **host)
{
    const char *mark = strstr(url, "://");
    if (mark == NULL)
        return false;
    *scheme = x_strndup(url, (size_t)(mark - url));
    *host = x_strndup(mark + 3, strcspn(mark + 3, "/?#"));
    return true;
}

static bool is_listed(const char *list, const char *host)
{
    size_t n = strlen(host);
    for (const char *p = list; *p;) {
        p += strspn(p, ", ");
        size_t len = strcspn(p, ", ");
        if (len == n && strncasecmp(p, host, n) == 0)
            return true;
        p += len;
    }
    return false;
}

/* Who may frame the page (behaviour 9.12). False: not this one. */
static bool put_ancestors(struct server *s, const struct http_request *req, struct buf *policy)
{
    const char *list = setting_text(s->core, "Livechat_AllowedDomainsList", "");
    const char *referer = http_request_header(req, "referer");
    AUTO_FREE char *scheme = NULL, *host = NULL;
    if (list[strspn(list, ", ")] == '\0' || referer == NULL || !split_url(referer, &scheme, &host))
        return true;
    if (!is_listed(list, host) || strpbrk(host, ";'\" ")) {
        buf_puts(policy, "frame-ancestors 'none'");
        return false;
    }
    buf_printf(policy, "; frame-ancestors %s://%s", scheme, host);
    return true;
}

static void put_policy(struct buf *policy, const char *nonce, const char *site)
{
    const char *rest = strstr(site, "://");
    buf_printf(policy,
               "default-src 'self'; script-src 'self' 'nonce-%s'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
               " https:; media-src 'self' https:; font-src 'self' data:; connect-src 'self' %s%s; object-src 'none';"
               " base-uri 'self'",
               nonce, strncmp(site, "https", 5) == 0 ? "wss" : "ws", rest);
}

void site_widget(struct server *s, const struct http_request *req)
{
    const char *page = site_widget_page(s->site);
    if (page == NULL) {
        site_reply_text(s, req, 404, "This server was started without the Livechat widget (option --widget)\n");
        return;
    }
    char nonce[40];
    id_secret(18, nonce);
    AUTO_FREE char *site = server_site_url(s, http_request_header(req, "host"), req->peer->is_tls);
    struct buf headers = BUF_INIT, policy = BUF_INIT, body = BUF_INIT;
    buf_puts(&headers, "Cache-Control: no-store\r\nContent-Security-Policy: ");
    if (!put_ancestors(s, req, &policy)) {
        buf_printf(&headers, "%s\r\n", policy.data);
        site_reply(s, req, 403, "text/plain; charset=utf-8", headers.data, "Not allowed here\n", 17);
    } else {
        put_policy(&headers, nonce, site);
        buf_printf(&headers, "%s\r\n", policy.len ? policy.data : "");
        const char *tag = strcasestr(page, "<body");
        const char *end = tag ? strchr(tag, '>') : NULL;
        size_t head = end ? (size_t)(end + 1 - page) : 0;
        buf_append(&body, page, head);
        buf_printf(&body, "<script nonce=\"%s\"> SERVER_URL = '%s'; </script>", nonce, site);
        buf_puts(&body, page + head);
        site_reply(s, req, 200, "text/html; charset=utf-8", headers.data, body.data, body.len);
    }
    buf_free(&headers);
    buf_free(&policy);
    buf_free(&body);
}

static void put_html(struct buf *out, const char *s)
{
    for (; *s; s++) {
        if (strchr("&<>\"'", *s))
            buf_printf(out, "&#%d;", *s);
        else
            buf_putc(out, *s);
    }
}

/* Site_Name, unless nobody gave the workspace one. */
static void put_site_name(struct buf *out, const struct core *c)
{
    const char *name = setting_text(c, "Site_Name", "");
    put_html(out, *name == '\0' || strcmp(name, UNNAMED) == 0 ? "usher" : name);
}

void site_start_page(struct server *s, const struct http_request *req)
{
    static const char top[] =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\""
        " content=\"width=device-width\">\n<title>",
                      style[] =
        "</title>\n<style>body{font-family:sans-serif;max-width:40em;"
        "margin:4em auto;padding:0 1em;color:#222;line-height:1.5}</style>\n</head>\n<body>\n<h1>",
                      words[] = "</h1>\n<p>This server answers chats.</p>\n";
    char nonce[40];
    id_secret(18, nonce);
    AUTO_FREE char *site = server_site_url(s, http_request_header(req, "host"), req->peer->is_tls);
    struct buf body = BUF_INIT, headers = BUF_INIT;
    buf_puts(&body, top);
    put_site_name(&body, s->core);
    buf_puts(&body, style);
    put_site_name(&body, s->core);
    buf_puts(&body, words);
    if (site_has_widget(s->site))
        buf_printf(&body,
                   "<p>The button at the edge of this page opens one: a visitor sees the same on your own pages.</p>\n"
                   "<script nonce=\"%s\">(function(w,d,s,u){w.RocketChat=function(c){w.RocketChat._.push(c)};"
                   "w.RocketChat._=[];w.RocketChat.url=u;var h=d.getElementsByTagName(s)[0],j=d.createElement(s);"
                   "j.async=true;j.src=u+'/rocketchat-livechat.min.js?_=1';h.parentNode.insertBefore(j,h);})(window,"
                   "document,'script','%s/livechat');</script>\n",
                   nonce, site);
    buf_puts(&body, "</body>\n</html>\n");
    buf_printf(&headers,
               "Cache-Control: no-store\r\nContent-Security-Policy: default-src 'none'; script-src 'self' 'nonce-%s';"
               " style-src 'self' 'unsafe-inline'; frame-src 'self'; img-src 'self' data:; connect-src 'self'\r\n",
               nonce);
    site_reply(s, req, 200, "text/html; charset=utf-8", headers.data, body.data, body.len);
    buf_free(&body);
    buf_free(&headers);
}
