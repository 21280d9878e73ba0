/* Values of custom fields in the records of visitors and chats (behaviour 5.1, 20.2, 20.7), and of users' own fields,
   which the setting Accounts_CustomFields describes (rest 3.2). */
#ifndef SERVER_CUSTOM_H
#define SERVER_CUSTOM_H

#include <jansson.h>

#include "server/server.h"

enum custom_scope { CUSTOM_VISITOR, CUSTOM_ROOM };
enum custom_verdict {
    CUSTOM_GOOD,
    CUSTOM_UNKNOWN,    /* no such field: let out without a word */
    CUSTOM_BAD,        /* the value does not fit the field */
};

/* The one place that knows which fields there are: the records of administrators, and no value over 5000 bytes. */
enum custom_verdict custom_check(const struct core *c, enum custom_scope scope, const char *key, const char *value);

/* What an agent filled in, {key: text}, put into the object text old (or NULL): trimmed, an empty text removes.
   *out is what there is then, or NULL for nothing; caller frees. A value that does not fit is an error that names its
   field, and nothing is put. */
int custom_fill(const struct core *c, enum custom_scope scope, const char *old, const json_t *values, char **out,
                struct error *e);
/* What a visitor registers with, [{key, value, overwrite}]: as it is, unless it is there and overwrite is false. Unknown
   fields, and values that do not fit, are left out. */
char *custom_register(const struct core *c, const char *old, const json_t *list);

/* What a visitor sets one field to, of himself or, when its scope is the room, of his open chat; an empty value removes.
   record: the visitor found in store or core. *stored: false when there is no open chat for it; a value that stays
   because overwrite is false counts as stored. Errors in result: ERR_NOT_FOUND "invalid-custom-field", ERR_INVALID
   "Invalid value for <key> field" without a name (behaviour 20.2, rest 4.1). */
int custom_set(struct server *s, const struct visitor *record, const char *key, const char *value, bool overwrite,
               bool *stored, struct result *result);

/* A user's own fields, as Accounts_CustomFields wants them: *out is the object text of those it describes, old values
   staying where data says nothing. Without that setting (or with data NULL) *out is NULL: nothing changes. */
int custom_user(const struct core *c, const char *old, const json_t *data, char **out, struct error *e);
/* Those fields that may be sent to visitors and other systems (sendToIntegrations); NULL: none. New reference. */
json_t *custom_user_public(const struct core *c, const char *fields);

#endif
