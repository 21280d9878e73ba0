/* Departments as clients send them: known keys become fields, further ones are kept beside them (rest 8.1). Serves REST
   and realtime. */
#ifndef SERVER_DEPARTMENT_FORM_H
#define SERVER_DEPARTMENT_FORM_H

#include <jansson.h>

#include "core/core.h"
#include "server/server.h"

/* Is every further key a text, an integer or a boolean? Else *bad names the first that is not. */
bool department_form_good(const json_t *data, const char **bad);

/* id NULL: a new one. Keys that are absent stay as they are. agents: the whole list [{agentId, count?, order?}], or NULL:
   left alone. -> result->department */
int department_form_save(struct server *s, const struct user *by, const char *id, const json_t *data,
                         const json_t *agents, struct result *result);

/* The agents of that list besides those who are there, and those of remove (both may be NULL) without. */
int department_form_agents(struct server *s, const struct user *by, const char *id, const json_t *upsert,
                           const json_t *remove, struct result *result);
/* The agents are exactly those of the list. */
int department_form_replace(struct server *s, const struct user *by, const char *id, const json_t *agents,
                            struct result *result);

#endif
