/* What agents do with chats, whichever way it was asked for (REST or realtime): the rights that depend on the chat, then
   one step of the core. Each returns what server_step returns; result->error says why not. Pointers to users and rooms
   are stale after a step that went well. */
#ifndef SERVER_DESK_H
#define SERVER_DESK_H

#include <jansson.h>

#include "core/core.h"
#include "server/ask.h"
#include "server/lookup.h"
#include "server/server.h"

struct stored_room;

/* Takes the chat for that user; by asks. */
int desk_take(struct server *s, const struct user *by, const char *inquiry_id, const char *user_id,
              struct result *result);
/* tags: list of texts or NULL; disposition: a code or NULL. The right close-livechat-room is checked here. */
int desk_close(struct server *s, const struct user *by, const char *rid, const char *comment, const json_t *tags,
               const char *disposition, bool client_action, struct result *result);
int desk_return(struct server *s, const struct user *by, const char *rid, const char *department_id,
                struct result *result);
struct forwarding {
    const char *rid, *user_id, *department_id, *comment;
    bool client_action;
    const struct answers *answers;     /* of the routing service: ask.h */
};
/* ERR_INVALID or ERR_UNAVAILABLE without a name: a failure without words (rest 5.2). */
int desk_forward(struct server *s, const struct user *by, const struct forwarding *f, struct result *result);
/* On hold, or not any more (behaviour 16.5, 16.6). The right on-hold-livechat-room is the caller's business. */
int desk_hold(struct server *s, const struct user *by, const char *rid, struct result *result);
int desk_resume(struct server *s, const struct user *by, const char *rid, struct result *result);
int desk_join(struct server *s, const struct user *by, const char *rid, struct result *result);
int desk_read(struct server *s, const struct user *by, const char *rid, struct result *result);

/* A message as in chat.sendMessage: rid, msg, _id (known to be unused), tmid, alias, avatar, emoji, attachments … */
int desk_send(struct server *s, const struct user *by, const json_t *message, struct result *result);
int desk_edit(struct server *s, const struct user *by, const struct message *stored, const char *text,
              struct result *result);
int desk_delete(struct server *s, const struct user *by, const struct message *stored, struct result *result);

/* Topic, tags, custom fields and priority of a chat, open (of the core) or closed (of the store), and name, e-mail,
   phone and custom fields of its visitor (rest 5.2 saveInfo). guest counts when it is the room's visitor. ERR_DENIED:
   somebody else serves the chat. */
int desk_save_info(struct server *s, const struct user *by, const struct room *open, const struct stored_room *closed,
                   const json_t *guest, const json_t *room, struct result *result);

/* A user's service status; status NULL toggles. result->changed. */
int desk_service(struct server *s, const struct user *by, const char *agent_id, const char *status,
                 struct result *result);

/* Texts of a JSON list, borrowed; at most max. Returns how many. */
int json_texts(const json_t *list, const char **out, int max);

/* Whom the routing method would give a chat of that department (id, name or NULL) to; uses up his turn (behaviour 20.3).
   NULL: nobody, or a method that assigns nobody. */
const struct user *desk_next_agent(struct server *s, const char *department, const struct answers *answers);

#endif
