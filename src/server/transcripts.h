/* Transcripts by mail as people ask for them, whichever way they ask (behaviour 19.1). */
#ifndef SERVER_TRANSCRIPTS_H
#define SERVER_TRANSCRIPTS_H

#include "server/server.h"

/* When the chat ends. Errors by name: error-not-allowed, error-invalid-room, error-transcript-already-requested,
   error-invalid-email. */
int transcript_request(struct server *s, const struct user *by, const char *rid, const char *email, const char *subject,
                       struct result *result);
/* error-not-allowed, error-invalid-room, error-transcript-not-requested. */
int transcript_discard(struct server *s, const struct user *by, const char *rid, struct result *result);
/* Now, of the visitor's chat rid, open or closed; by NULL: he asks himself. */
int transcript_send(struct server *s, const struct user *by, const struct visitor *v, const char *rid, const char *email,
                    const char *subject, struct result *result);

#endif
