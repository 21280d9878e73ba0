/* What people write through other systems than the widget: it goes into the chat of that person and channel. */
#ifndef SERVER_INCOMING_H
#define SERVER_INCOMING_H

#include <jansson.h>

#include "server/server.h"

/* Borrowed; NULL where not said otherwise: unknown. */
struct incoming {
    const char *token;             /* of the visitor; NULL: he is who has this phone, or a new one */
    const char *name, *phone, *username;
    const char *department;        /* id or name; it must be there */
    json_t *custom_fields;         /* as in livechat/visitor: [{key, value, overwrite}] */
    const char *source_type;       /* never NULL: with id and alias it says which of his chats is meant */
    const char *source_id, *source_alias;
    const char *message_id;        /* the sender's own: what comes twice is taken once */
    const char *text;              /* never NULL */
    const char *extra;             /* of the message: JSON object text */
};

/* Makes or continues the chat -> result->room. An error: department, visitor or chat. */
int incoming_open(struct server *s, const struct incoming *in, struct result *result);
/* Afterwards: posts the message -> result->message. An error: nothing is posted. */
int incoming_post(struct server *s, const struct incoming *in, struct result *result);

/* Of a message id from outside: is it one we can use, and there already? */
bool incoming_is_known(struct server *s, const char *message_id);
/* NULL for one that is too long or has other characters than ids have. */
const char *incoming_message_id(const char *id);

#endif
