/* Inside of the client: its parts, and what they ask of each other. */
#ifndef CLIENT_INTERNAL_H
#define CLIENT_INTERNAL_H

#include <uv.h>

#include "client/client.h"
#include "client/ddp.h"
#include "client/model.h"
#include "client/net.h"
#include "client/outbox.h"
#include "client/rest.h"
#include "client/token.h"

enum session_stage {
    SESSION_IDLE,
    SESSION_LOGIN,       /* connecting and finding out who one is */
    SESSION_SUBSCRIBING,
    SESSION_LOADING,     /* reading everything */
    SESSION_ONLINE,
    SESSION_WAITING,     /* until the next attempt */
    SESSION_DENIED,
};

/* How one is logged in, and the way from nothing to a current model. */
struct session {
    enum session_stage stage;
    uv_timer_t timer;            /* limit of an attempt, or time to the next one */
    unsigned attempts;           /* failed ones in a row */
    bool open, authed;           /* the realtime connection stands; REST knows who I am */
    bool connected;              /* both, and the connection is logged in */
    bool departments_known;
    bool was_online;
    bool token_tried, password_tried;
    int pending;                 /* answers the present stage waits for */
    char *username, *password, *token_file, *token, *user_id;
    int major, minor;            /* version of the server, 0 unknown */
    bool per_room_messages;      /* the server refused __my_messages__ */
};

struct client {
    uv_loop_t *loop;
    struct client_callbacks callbacks;
    void *arg;
    bool local;                  /* the peer is on a unix socket */
    struct endpoint endpoint;
    struct model model;
    struct net *net;
    struct rest *rest;
    struct ddp *ddp;             /* NULL while there is no connection */
    struct session session;
    struct outbox *outbox;
    uv_timer_t sender_timer;     /* the server asked to wait before the next message */
    uv_timer_t typing_timer;     /* runs only while somebody types */
    int handles;                 /* still to be closed */
    struct records *records;     /* what administrators keep */
    json_t *department_streams;  /* ids whose queue is subscribed */
    bool origins_busy, origins_again;   /* GET /usher/v1/settings is on its way / to be repeated */
};

/* client.c */
void client_tell(struct client *c, unsigned bits, const char *rid);
bool client_is_online(const struct client *c);
void client_watch_typing(struct client *c);              /* after somebody began to type */

/* call.c: calls with refusals already turned into errors. err NULL: success; result is the body of a REST answer or
   the result of a method, borrowed. A lost connection ends the session by itself. */
typedef void (*call_done)(struct client *c, void *arg, const json_t *result, const struct error *err);
struct rung {
    const char *verb;    /* REST: "GET"…; NULL: a method */
    char *path;          /* behind /api/v1/, or all of it when it begins with a slash; owned */
    const char *method;
    json_t *body;        /* of the call, or the method's parameters; owned */
};
struct rung rung_rest(const char *verb, json_t *body, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
struct rung rung_method(const char *method, json_t *params);
/* For calls that only usher's own servers have: ERR_OK, or a sentence that says why not. */
int client_needs_usher(const struct client *c, struct error *err);
void call_send(struct client *c, struct rung rung, call_done done, void *arg);
/* The second one is tried when the server does not know the first (versions 22). */
void call_ladder(struct client *c, struct rung first, struct rung second, call_done done, void *arg);
void call_get(struct client *c, call_done done, void *arg, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* session.c, token.c */
void session_start(struct client *c);
void session_stop(struct client *c);                     /* for client_free */
void session_lost(struct client *c, const char *why);
void session_expired(struct client *c);                  /* 401: the token is no longer good */
/* One of the answers that this stage waits for is there. */
void session_settled(struct client *c, enum session_stage stage);
bool session_is_at_least(const struct client *c, int major, int minor);   /* false when unknown */
/* NULL with *why when it may not be used; NULL alone when there is none. Caller frees. */

/* load.c: reading everything. Ends in session_settled. */
void load_begin(struct client *c);
void load_people(struct client *c);
void load_canned(struct client *c, client_done done, void *arg);
void load_permissions(struct client *c);
void load_my_departments(struct client *c, call_done done);
void load_room(struct client *c, const char *rid);

/* stream.c */
void stream_subscribe(struct client *c);                 /* everything, on a new connection */
void stream_sync_rooms(struct client *c);                /* rooms came or went */
void stream_sync_departments(struct client *c);
void stream_leave_room(struct client *c, struct room *r);
void stream_changed(void *arg, const char *stream, const char *event, const json_t *args);

/* setting_origin.c: who gave the settings their values, from servers that remember it. */
void settings_read_origins(struct client *c);            /* one at a time; what is asked meanwhile is asked once more */
void settings_read_at_start(struct client *c);           /* the same as a part of loading */

/* history.c */
void history_load(struct client *c, struct room *r, bool older, client_done done, void *arg);
void history_refresh(struct client *c);                  /* after a reconnect */

/* sender.c */
void sender_restore(struct client *c);                   /* the outbox into the model */
void sender_flush(struct client *c);
void sender_acknowledged(struct client *c, const char *message_id);   /* seen on the server */
void sender_lost(struct client *c);                      /* the connection went */

#endif
