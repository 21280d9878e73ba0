/* Realtime connections: the DDP protocol over WebSocket (widget 3), logins on them, presence. */
#ifndef SERVER_DDP_H
#define SERVER_DDP_H

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "server/http.h"
#include "server/server.h"
#include "server/stream.h"

struct ddp;

struct ddp_conn {
    uint64_t conn;
    char session[18];
    bool connected;                /* connect was answered */
    int64_t since_ms;
    char *user_id;                 /* logged in, or NULL */
    char *token_hash;              /* of the login; NULL with a login: the local user */
    char *visitor_token;           /* given by setUpConnection or a subscription, or NULL */
    bool away;                     /* UserPresence:away */
    char address[64];
    struct sub_list subs;
    unsigned sub_count;
    uint64_t seen;                 /* number of the last broadcast it got */
    UT_hash_handle hh;
};

struct ddp *ddp_new(void);
void ddp_free(struct server *s);

/* Answers the upgrade of req. address: the client's. */
void ddp_accept(struct server *s, const struct http_request *req, const char *address);
void ddp_message(struct server *s, void *user, const char *data, size_t n);
void ddp_closed(struct server *s, void *user);

struct ddp_conn *ddp_find(const struct server *s, uint64_t conn);
struct ddp_conn *ddp_next(const struct server *s, const struct ddp_conn *c);   /* NULL: the first */
size_t ddp_count(const struct server *s);

/* The connection is that user's from now on: users document, presence. hash may be NULL. */
void ddp_set_user(struct server *s, struct ddp_conn *c, const char *user_id, const char *hash);
void ddp_clear_user(struct server *s, struct ddp_conn *c);
void ddp_set_visitor(struct server *s, struct ddp_conn *c, const char *token);
/* Logs out the connections of that login; hash NULL: of all his logins. */
void ddp_drop_login(struct server *s, const char *user_id, const char *hash);
/* His roles changed or he is gone: subscriptions that are no longer allowed end. */
void ddp_recheck_user(struct server *s, const char *user_id);
/* Steps the user's connection status from what his connections say. */
void ddp_presence(struct server *s, const char *user_id);
/* The core was loaded again: presence is told anew. */
void ddp_after_reload(struct server *s);
bool ddp_visitor_is_here(const struct server *s, const char *token);
/* Steps the status of the visitor's open rooms. */
void ddp_visitor_status(struct server *s, const char *token, enum presence status);
void ddp_visitor_returns(struct server *s, struct ddp_conn *c, const char *token);
/* A visitor listens to his room now: tell him his place in the queue (widget 7). */
void ddp_visitor_joined(struct server *s, const char *rid);

/* text is a complete DDP message; waits for the commit like any reply. */
void ddp_send(struct server *s, uint64_t conn, const char *text, size_t n);

#endif
