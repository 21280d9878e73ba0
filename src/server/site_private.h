/* The pages behind site.c. */
#ifndef SERVER_SITE_PRIVATE_H
#define SERVER_SITE_PRIVATE_H

#include <stdbool.h>

#include <jansson.h>

#include "core/core.h"
#include "server/http.h"
#include "server/site.h"

const char *site_widget_page(const struct site *site);
void site_reply(struct server *s, const struct http_request *req, int status, const char *type, const char *headers,
                const char *body, size_t n);
void site_reply_text(struct server *s, const struct http_request *req, int status, const char *text);

/* file.c: who is logged in, by headers, by rc_uid and rc_token in the query (as params_from_query) or in cookies; NULL:
   nobody. */
struct user *site_user(struct server *s, const struct http_request *req, const json_t *query);

void site_widget(struct server *s, const struct http_request *req);        /* page.c: /livechat */
void site_start_page(struct server *s, const struct http_request *req);    /* page.c: / */
void site_avatar(struct server *s, const struct http_request *req, const char *name);   /* avatar.c */
void site_upload(struct server *s, const struct http_request *req, const char *path);   /* file.c: "<id>/<name>" */

#endif
