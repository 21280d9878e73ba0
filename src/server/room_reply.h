/* Chats in replies: one by id, open (from the core) or closed (from the store), found in one or two phases. */
#ifndef SERVER_ROOM_REPLY_H
#define SERVER_ROOM_REPLY_H

#include "server/api.h"
#include "server/lookup.h"

/* An open chat is known at once; a closed one is read. done gets either, or neither when there is no such chat. */
typedef void (*room_found)(struct api *a, const struct room *open, const struct stored_room *closed);
void api_find_room(struct api *a, const char *rid, room_found done);

/* One chat as an object with department {_id, name} when asked. */
void put_any_room(struct api *a, const char *key, const struct room *open, const struct stored_room *closed,
                  bool with_department);

#endif
