/* Canned responses saved and removed, whichever way it was asked for: the rights of their scopes, then one step of the
   core (rest 11.3, behaviour 7.3). */
#ifndef SERVER_CANNED_FORM_H
#define SERVER_CANNED_FORM_H

#include <jansson.h>

#include "core/core.h"
#include "server/server.h"

/* data: {shortcut, text, scope, tags?, departmentId?}; id NULL: a new one. -> result->canned */
int canned_form_save(struct server *s, const struct user *by, const char *id, const json_t *data,
                     struct result *result);
int canned_form_remove(struct server *s, const struct user *by, const char *id, struct result *result);

#endif
