/* The model and how JSON of the server changes it. No I/O: everything here is fed and returns what changed as bits
   of enum client_change. */
#ifndef CLIENT_MODEL_H
#define CLIENT_MODEL_H

#include <jansson.h>

#include "client/client.h"

#define ROOM_STREAMS 4
#define ROOM_MESSAGE_LIMIT 2000 /* kept per room; older ones can be loaded again */

/* A room with what the client keeps beside what it shows. pub comes first: the pointers of the model are these. */
struct room {
    struct client_room pub;
    bool subscribed;         /* the server has a subscription of mine */
    bool viewed;             /* client_open was called, client_leave not */
    bool loaded;             /* a page of history was read: messages reach up to now */
    bool alert;              /* the server counts something here as unread */
    bool seen;               /* mark of a sweep */
    bool read_busy, read_again;   /* subscriptions.read is on its way / to be repeated */
    bool info_busy;               /* rooms.info is on its way */
    char *served_by_id;
    int64_t typing_until_us;
    uint32_t streams[ROOM_STREAMS];   /* numbers of the subscriptions, 0: none */
};

struct inquiry {
    struct client_inquiry pub;
    int64_t due_ms;          /* where the server lets chats age; else 0 */
    int64_t order, estimated_wait, estimated_at_ms, ts_ms;
    char *reserved_id;
    bool seen;
};

struct model {
    struct client_model pub;
    json_t *my_departments;  /* list of ids */
    json_t *permissions;     /* object: id -> true, what I may do; NULL: unknown */
    json_t *right_roles;     /* object: id -> list of the roles that have it; NULL: unknown */
    json_t *my_roles;        /* list */
    bool filled;             /* was complete once: from now on new things are news */
    bool sees_whole_queue;   /* the queue is the manager's list */
};

void model_init(struct model *m, const char *server);
void model_fini(struct model *m);

/* me, rights, people, settings, canned responses: apply_config.c */
unsigned model_apply_me(struct model *m, const json_t *me);
unsigned model_apply_user_diff(struct model *m, const json_t *diff);       /* stream <uid>/userData */
unsigned model_apply_pause(struct model *m, const char *why, int64_t until_ms);  /* "none", NULL: no pause */
unsigned model_apply_permissions(struct model *m, const json_t *list);
bool model_may(const struct model *m, const char *permission, bool otherwise);
unsigned model_apply_settings(struct model *m, const json_t *rows);
unsigned model_apply_setting(struct model *m, const json_t *row);
unsigned model_apply_origins(struct model *m, const json_t *body);         /* of GET /usher/v1/settings */
unsigned model_apply_routing(struct model *m);                             /* after settings */
unsigned model_apply_canned(struct model *m, const json_t *list);
unsigned model_apply_canned_event(struct model *m, const json_t *event);
unsigned model_apply_departments(struct model *m, const json_t *list);
unsigned model_apply_agents(struct model *m, const json_t *list);
unsigned model_apply_status(struct model *m, const json_t *fields);        /* [uid, username, 0..3, …] */
unsigned model_apply_my_departments(struct model *m, const json_t *list);
const char *model_department_name(const struct model *m, const char *id);  /* NULL: unknown */

/* the queue: apply_queue.c */
unsigned model_apply_queue(struct model *m, const json_t *list);
/* queue_load.c */
unsigned model_apply_load(struct model *m, const json_t *list);
void model_load_clear(struct model *m);
unsigned model_apply_inquiry_event(struct model *m, const json_t *event);
struct inquiry *model_inquiry_of_room(const struct model *m, const char *rid);
struct inquiry *model_inquiry(const struct model *m, const char *id);
unsigned model_inquiry_drop(struct model *m, const char *id);
enum client_target model_worst_target(const json_t *targets);              /* of an inquiry or room; NULL: none */

/* rooms and subscriptions: apply_room.c */
struct room *model_room(const struct model *m, const char *rid);
struct room *model_room_make(struct model *m, const char *rid);
void model_room_drop(struct model *m, struct room *r);
unsigned model_apply_room(struct model *m, const json_t *room);            /* a room known or one of mine */
unsigned model_apply_room_event(struct model *m, const char *action, const json_t *room);
unsigned model_apply_subscription(struct model *m, const char *action, const json_t *subscription);
/* A full read: all subscriptions, then all rooms of mine, then what was not named goes. */
void model_sweep_begin(struct model *m);
unsigned model_apply_subscriptions(struct model *m, const json_t *list);
unsigned model_apply_rooms(struct model *m, const json_t *list);
unsigned model_sweep_end(struct model *m);
unsigned model_room_read(struct model *m, struct room *r);
unsigned model_room_view(struct model *m, struct room *r, bool viewed);
unsigned model_room_release(struct model *m, struct room *r);  /* drops it when nothing keeps it */
unsigned model_apply_typing(struct model *m, const char *rid, const char *username, bool typing, int64_t now_us);
unsigned model_expire_typing(struct model *m, int64_t now_us, int64_t *next_us);

/* messages: message.c */
unsigned model_apply_message(struct model *m, const json_t *message, bool live);
/* A page of history, newest first; limit is what was asked. end_ms 0: the newest page. */
unsigned model_apply_history(struct model *m, struct room *r, const json_t *list, size_t limit, int64_t end_ms);
unsigned model_message_delete(struct model *m, const char *rid, const char *id);
struct client_message *model_message(const struct room *r, const char *id);
struct client_message *model_message_find(const struct model *m, const char *id, struct room **room);
/* A message of mine that waits on disk. */
struct client_message *model_message_compose(struct model *m, struct room *r, const char *id, const char *text,
                                             int64_t ts_ms);
void message_free(struct client_message *msg);
bool message_is_pending(const struct client_message *msg);   /* not yet with the server */
void room_forget_messages(struct room *r);                   /* all but pending ones */

/* The sentence for a system message, or NULL when it is none or a machine's (hidden then set): notice.c */
char *notice_make(const json_t *message, bool *hidden);

/* Lists of pointers */
void *list_append(void *items, size_t *n, void *item);   /* the new array */
void list_remove(void *items, size_t *n, size_t at);

#endif
