/* Registering a visitor (behaviour 5.1): shared by POST livechat/visitor, livechat/messages and livechat:registerGuest. */
#ifndef SERVER_REGISTER_H
#define SERVER_REGISTER_H

#include <jansson.h>
#include <stdbool.h>

#include "core/core.h"
#include "server/server.h"

struct store_reader;

/* What the client said; owned copies. */
struct guest_form {
    char *token, *name, *email, *phone, *department, *username;
    json_t *custom_fields;         /* list of {key, value, overwrite}, or NULL */
    char *user_agent, *ip, *host;
    struct visitor *found;         /* by token, phone or e-mail */
    bool by_phone;                 /* keeps the token it has */
};

/* name NULL: absent. Reads members of a JSON object. */
void guest_form_read(struct guest_form *g, const json_t *o);
/* On the pool: looks for the visitor. */
void guest_form_search(struct store_reader *r, void *guest_form);
/* The memory knows the token: no look-up is needed. */
bool guest_form_is_known(const struct server *s, const struct guest_form *g);
int guest_form_save(struct server *s, const struct guest_form *g, struct result *result);
void guest_form_free(void *guest_form);

/* Steps a COMMAND_VISITOR_SAVE that may replace the visitor's token (behaviour 5.1, rule 3): the pages he saw under the old
   one go along. As server_step. */
int register_step(struct server *s, struct command *cmd, struct result *result);

#endif
