/* Who stands behind a visitor's call: the visitor of the token, and his room. Memory first; what is not there is read
   on the pool, off the loop. */
#ifndef SERVER_PARTY_H
#define SERVER_PARTY_H

#include "server/api.h"
#include "store/store.h"

struct party {
    const struct visitor *visitor;     /* of the token */
    struct room *room;                 /* when it is open */
    const struct stored_room *stored;  /* when it is closed, else NULL */
};

enum party_errors {
    PARTY_PLAIN,       /* plain invalid-token, invalid-room */
    PARTY_CODED,       /* coded invalid-token "", invalid-room "" */
    PARTY_TRANSCRIPT,  /* coded error-invalid-token "Invalid token", error-invalid-room "Invalid room" */
    PARTY_QUIET,       /* an unknown token is no error: visitor is NULL */
};

typedef void (*party_fn)(struct api *a, const struct party *p);

/* rid NULL: only the visitor. Calls then when token and room fit together, else fails. */
void party_find(struct api *a, const char *token, const char *rid, enum party_errors errors, party_fn then);

#endif
