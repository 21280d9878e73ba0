/* /avatar/<name>: a letter on a coloured square, for every name there is (rest 13.5). */
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "server/params.h"
#include "server/setting.h"
#include "server/site_private.h"

static const char *const colors[] = {"#f44336", "#e91e63", "#9c27b0", "#673ab7", "#3f51b5", "#2196f3",
                                     "#03a9f4", "#00838f", "#00796b", "#2e7d32", "#558b2f", "#9e9d24",
                                     "#e65100", "#bf360c", "#795548", "#546e7a"};

static const char *color_of(const char *name)
{
    unsigned sum = 0;
    for (const char *p = name; *p; p++)
        sum = sum * 31 + (unsigned char)*p;
    return colors[sum % COUNT_OF(colors)];
}

/* The first character, safe inside XML. */
static void first_letter(const char *name, char out[8])
{
    uint32_t cp;
    size_t n = utf8_decode(name, strlen(name), &cp);
    if (n == 0 || cp < 0x21 || strchr("<>&\"'", (int)cp > 0x7f ? ' ' : (int)cp)) {
        strcpy(out, "?");
        return;
    }
    memcpy(out, name, n);
    out[n] = '\0';
    if (cp >= 'a' && cp <= 'z')
        out[0] = (char)(out[0] - 'a' + 'A');
}

static bool may_see(struct server *s, const struct http_request *req)
{
    if (!setting_bool(s->core, "Accounts_AvatarBlockUnauthenticatedAccess", false))
        return true;
    json_t *query = params_from_query(req->query, req->query ? strlen(req->query) : 0);
    bool known = site_user(s, req, query) != NULL;
    json_decref(query);
    return known;
}

void site_avatar(struct server *s, const struct http_request *req, const char *name)
{
    if (strncmp(name, "room/", 5) == 0)
        name += 5;
    if (*name == '@')
        name++;
    if (*name == '\0') {
        site_reply_text(s, req, 404, "Not found\n");
        return;
    }
    if (!may_see(s, req)) {
        site_reply_text(s, req, 403, "Forbidden\n");
        return;
    }
    char headers[300], letter[8], svg[600];
    snprintf(headers, sizeof headers,
             "Cache-Control: public, max-age=%lld\r\nContent-Disposition: inline\r\nLast-Modified: Thu, 01 Jan 2015 00:00:00"
             " GMT\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n",
             (long long)setting_int(s->core, "Accounts_AvatarCacheTime", 3600));
    const char *since = http_request_header(req, "if-modified-since");
    if (since && strcmp(since, "Thu, 01 Jan 2015 00:00:00 GMT") == 0) {
        site_reply(s, req, 304, NULL, headers, NULL, 0);
        return;
    }
    first_letter(name, letter);
    int n = snprintf(svg, sizeof svg,
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200"
                     " 200\"><rect width=\"100%%\" height=\"100%%\" fill=\"%s\"/><text x=\"50%%\" y=\"50%%\""
                     " dy=\"0.36em\" text-anchor=\"middle\" fill=\"#ffffff\" font-family=\"sans-serif\""
                     " font-size=\"125\">%s</text></svg>",
                     color_of(name), letter);
    site_reply(s, req, 200, "image/svg+xml", headers, svg, (size_t)n);
}
