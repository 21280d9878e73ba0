/* Public channels as clients see them (rest 2, 3.5): shapes, and where they mix with the chats of visitors. */
#ifndef SERVER_CHANNEL_FORM_H
#define SERVER_CHANNEL_FORM_H

#include "common/jsonw.h"
#include "core/core.h"
#include "server/server.h"

const char *channel_type(const struct channel *ch);                             /* "c", or "d" of a direct room */
void shape_channel(struct jsonw *w, const char *key, const struct channel *ch);
void shape_direct(struct jsonw *w, const char *key, const struct channel *ch);  /* as who asked for one is told */
void shape_member(struct jsonw *w, const char *key, const struct member *m);   /* the subscription to a channel */

/* The channels that user is in, as room objects or as subscriptions, changed after since_ms, into the open list. */
void put_channels_of(struct jsonw *w, const struct user *u, int64_t since_ms);
void put_memberships_of(struct jsonw *w, const struct user *u, int64_t since_ms);

/* What members are told of channels (rest 15.7). */
void tell_channel(struct server *s, const struct event *ev);
void tell_member(struct server *s, const struct event *ev);

/* GENERAL exists from the first start (rest 1.11). 0, or -1 with e. */
int channel_first_start(struct server *s, struct error *e);

#endif
