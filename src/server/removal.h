/* Erasing a visitor, whoever asks for it (behaviour 13): he, his chats, what was said and seen in them, his files. */
#ifndef SERVER_REMOVAL_H
#define SERVER_REMOVAL_H

#include "server/api.h"

/* Erases the visitor with that token, or with that id when token is NULL, and answers {visitor:{_id, ts}}; the files go
   once the removal is committed. Refusals: invalid-token, visitor-has-open-rooms (unless header data may be stored). */
void removal_run(struct api *a, const char *token, const char *id);

#endif
