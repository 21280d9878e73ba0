/* What is no API: the widget's page and files, a small start page, avatars, uploaded files. */
#ifndef SERVER_SITE_H
#define SERVER_SITE_H

#include <stdbool.h>

#include "server/server.h"

struct site;

/* Reads the names of the widget's files once. widget may be NULL. NULL with e when the folder cannot be read. */
struct site *site_new(const char *widget, struct error *e);
void site_free(struct site **site);
bool site_has_widget(const struct site *site);   /* is there a page for visitors? */
void site_serve(struct server *s, const struct http_request *req);

#endif
