/* Streams (rest 15.7): topics, who subscribes to them, who may. A topic is one event of one stream, such as the
   messages of one room; it exists while somebody subscribes to it or a broadcast for it is held. */
#ifndef SERVER_STREAM_H
#define SERVER_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/jsonw.h"
#include "server/server.h"

enum stream {
    STREAM_ROOM_MESSAGES,
    STREAM_NOTIFY_ROOM,
    STREAM_NOTIFY_USER,
    STREAM_NOTIFY_LOGGED,
    STREAM_NOTIFY_ALL,
    STREAM_LIVECHAT_ROOM,
    STREAM_INQUIRY_QUEUE,
    STREAM_CANNED,
    STREAM_ROOM_DATA,
    STREAM_ROLES,
    STREAM_COUNT
};

struct streams;
struct topic;
struct ddp_conn;
struct ws_frame;

/* One subscription of one connection. */
struct sub {
    char *id;                      /* the client's */
    char *token;                   /* visitor token it was allowed by, or NULL */
    struct topic *topic;
    struct ddp_conn *conn;
    LIST_ENTRY(sub) of_topic, of_conn;
};
LIST_HEAD(sub_list, sub);

struct streams *streams_new(void);
void streams_free(struct server *s);

/* "room-messages", without "stream-"; false when there is no such stream. */
bool stream_find(const char *name, enum stream *out);
const char *stream_name(enum stream stream);

/* May this connection read that event now (rights of rest 15.7)? token: visitor token or NULL. */
bool stream_allows(struct server *s, const struct ddp_conn *conn, enum stream stream, const char *event,
                   const char *token);

struct sub *stream_subscribe(struct server *s, struct ddp_conn *conn, enum stream stream, const char *event,
                             const char *id, const char *token);
void stream_unsubscribe(struct server *s, struct sub **sub);
/* Tells the client nosub and unsubscribes. */
void stream_end(struct server *s, struct sub *sub);
/* Ends subscriptions that are no longer allowed (rights or service of a room changed). rid NULL: all. */
void stream_recheck(struct server *s, const char *rid);

/* NULL when nobody subscribes: then nothing needs to be encoded. */
struct topic *topic_find(const struct server *s, enum stream stream, const char *event);
struct topic *topic_ref(struct topic *t);
void topic_unref(struct server *s, struct topic **t);
enum stream topic_stream(const struct topic *t);
const char *topic_event(const struct topic *t);
struct sub_list *topic_subs(struct topic *t);
/* To each connection once. Called when the number is committed. */
void topic_send(struct server *s, struct topic *t, struct ws_frame *frame, uint64_t except);

/* A broadcast: frame is opened up to "args":[ ; write the arguments to w, then end it. The frame is held. */
struct broadcast {
    struct topic *topic;
    struct buf text;
    struct jsonw w;
    uint64_t except;
};
/* False when nobody subscribes: write nothing. */
bool broadcast_begin(struct server *s, struct broadcast *b, enum stream stream, const char *event);
void broadcast_end(struct server *s, struct broadcast *b);
/* As broadcast_end, but only to those connections that want accepts. */
void broadcast_end_for(struct server *s, struct broadcast *b, bool (*want)(const struct ddp_conn *conn, void *arg),
                       void *arg);

#endif
