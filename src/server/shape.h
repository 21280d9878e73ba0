/* The JSON forms of every object (rest 2). Each function writes one object under key (NULL inside lists and at the top)
   with the dates of the writer: ISO for REST, EJSON for realtime. Functions ending in _fields write the keys only. */
#ifndef SERVER_SHAPE_H
#define SERVER_SHAPE_H

#include <stdbool.h>

#include "common/jsonw.h"
#include "core/core.h"
#include "store/store.h"

/* --- people (shape_user.c) */
/* site: "http://host" for avatarUrl. */
void shape_me_fields(struct jsonw *w, const struct core *c, const struct user *u, const char *site);
void shape_me(struct jsonw *w, const char *key, const struct core *c, const struct user *u, const char *site);
void shape_user_ref(struct jsonw *w, const char *key, const char *id, const char *username, const char *name);
/* users.create, users.info, users.list: full adds e-mails, roles, createdAt, lastLogin, statusConnection. */
void shape_user_fields(struct jsonw *w, const struct user *u, bool full);
void shape_user(struct jsonw *w, const char *key, const struct user *u, bool full);
void shape_agent_row(struct jsonw *w, const char *key, const struct user *u);
/* What visitors get; exactly {hiddenInfo:true} when agents are not shown. u NULL writes null. */
void shape_agent_info(struct jsonw *w, const char *key, const struct core *c, const struct user *u);
void shape_roles(struct jsonw *w, const char *key, uint32_t roles);
void shape_emails(struct jsonw *w, const char *key, const char *email, bool verified);

/* --- visitors (shape_visitor.c) */
void shape_visitor_fields(struct jsonw *w, const struct visitor *v);
void shape_visitor(struct jsonw *w, const char *key, const struct visitor *v);
void shape_guest(struct jsonw *w, const char *key, const struct visitor *v);

/* --- rooms (shape_room.c) */
void shape_room_fields(struct jsonw *w, const struct room *r);
void shape_room(struct jsonw *w, const char *key, const struct room *r);
void shape_stored_room_fields(struct jsonw *w, const struct stored_room *sr);
void shape_stored_room(struct jsonw *w, const char *key, const struct stored_room *sr);
/* Parts of a room: "servedBy", and "v", its visitor (NULL writes nothing; last_message_ms 0: without it). */
void shape_served_by(struct jsonw *w, const char *id, const char *username, int64_t ts_ms);
void shape_room_visitor(struct jsonw *w, const struct room *r, const struct visitor *v, int64_t last_message_ms);
void shape_inquiry_fields(struct jsonw *w, const struct room *r);
void shape_inquiry(struct jsonw *w, const char *key, const struct room *r);
void shape_subscription(struct jsonw *w, const char *key, const struct subscription *sub);
/* spot, estimatedWaitTimeSeconds?, message: position of a queued chat (behaviour 14.4). spot 0: not in the queue. */
void shape_queue_info(struct jsonw *w, const char *key, const struct core *c, const struct room *r, int spot,
                      int64_t wait_s);

/* --- messages (shape_message.c) */
void shape_message_fields(struct jsonw *w, const struct message *m);
void shape_message(struct jsonw *w, const char *key, const struct message *m);

/* --- departments (shape_department.c) */
void shape_department(struct jsonw *w, const char *key, const struct department *d);
void shape_department_brief(struct jsonw *w, const char *key, const struct department *d); /* config: 4 keys */
void shape_department_agent(struct jsonw *w, const char *key, const struct department_agent *l);

/* --- administration (shape_admin.c) */
void shape_setting_value(struct jsonw *w, const char *key, const struct setting_value *v);
void shape_setting_brief(struct jsonw *w, const char *key, const struct core *c, setting_no no); /* _id, value */
/* The same for clients that obey it: the value in force. */
void shape_setting_public(struct jsonw *w, const char *key, const struct core *c, setting_no no);
void shape_setting(struct jsonw *w, const char *key, const struct core *c, setting_no no);       /* full */
struct consequence;
void shape_consequences(struct jsonw *w, const struct consequence *all, size_t n); /* the list "consequences" */
void shape_permission(struct jsonw *w, const char *key, const struct core *c, int right);
void shape_role(struct jsonw *w, const char *key, const struct role_row *role);
void shape_canned(struct jsonw *w, const char *key, const struct canned *k);

/* Spreads a JSON object text (extra keys of messages and departments) into the open object; NULL: nothing. */
void shape_spread(struct jsonw *w, const char *json);

#endif
