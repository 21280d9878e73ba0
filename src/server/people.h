/* Making, changing and removing users and their roles, whichever way it was asked for: rights that depend on the data,
   then one step of the core (rest 3.2, 3.3). Passwords are set by the caller (session.h). */
#ifndef SERVER_PEOPLE_H
#define SERVER_PEOPLE_H

#include <jansson.h>

#include "core/core.h"
#include "server/server.h"

/* data: keys of users.create. The right create-user is the caller's to check. -> result->user */
int people_create(struct server *s, const struct user *by, const json_t *data, struct result *result);
/* Self registration; the first account besides the bot becomes administrator. */
int people_register(struct server *s, const json_t *data, struct result *result);
/* data: keys of users.update. Deactivating ends the user's sessions. */
int people_update(struct server *s, const struct user *by, const char *user_id, const json_t *data,
                  struct result *result);
int people_delete(struct server *s, const struct user *by, const char *user_id, struct result *result);

/* Roles besides those he has (add) or without them. Rights are the caller's to check. */
int people_change_roles(struct server *s, const struct user *by, const char *user_id, uint32_t roles, bool add,
                        struct result *result);

/* A list of role names as bits. False: one of them is unknown. */
bool people_roles(const json_t *list, uint32_t *roles);

/* Accounts_RegistrationForm; secret: what he knows, or NULL. ERR_DENIED, with the code of the interface. */
int people_may_register(const struct core *c, const char *secret, struct error *err);
bool people_may_hide(const struct core *c);        /* Accounts_AllowInvisibleStatusOption */
bool people_may_set_text(const struct core *c);    /* Accounts_AllowUserStatusMessageChange */

#endif
