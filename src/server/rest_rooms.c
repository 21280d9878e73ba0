/* Rooms and subscriptions as every client of Rocket.Chat asks for them (rest 3.5). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/channel_form.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/room_reply.h"
#include "server/rows.h"
#include "server/shape.h"

/* --- rooms --- */

static void info_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    if (open == NULL && closed == NULL) {
        api_fail_coded(a, "error-room-not-found",
                       "The required \"roomId\" or \"roomName\" param provided does not match any channel");
    } else if (!api_may_open(a, open, closed)) {
        api_fail_typed(a, "not-allowed", "Not Allowed");
    } else {
        api_ok(a);
        put_any_room(a, "room", open, closed, false);
        api_ok_end(a);
    }
}

/* Answers for a public channel, or where it is asked for a direct room; false: there is none of that id or name. */
static bool channel_info(struct api *a, const char *key, bool direct_too)
{
    const char *rid = api_str_nonempty(a, "roomId"), *name = api_str_nonempty(a, "roomName");
    const struct channel *ch = rid ? core_channel(a->server->core, rid) : core_channel_by_name(a->server->core, name);
    if (ch == NULL || (ch->is_direct && !direct_too))
        return false;
    if (core_channel_allows(a->server->core, a->user, ch)) {
        shape_channel(api_ok(a), key, ch);
        api_ok_end(a);
    } else {
        api_fail_typed(a, "not-allowed", "Not Allowed");
    }
    return true;
}

static void rooms_info(struct api *a)
{
    const char *rid = api_str_nonempty(a, "roomId");
    if (channel_info(a, "room", true))
        return;
    if (rid == NULL && api_str_nonempty(a, "roomName") == NULL)
        api_fail_coded(a, "error-roomid-param-not-provided",
                       "The parameter \"roomId\" or \"roomName\" is required");
    else
        api_find_room(a, rid, info_found);
}

/* One chat, as later versions have it (rest 14). */
static void livechat_room(struct api *a)
{
    api_find_room(a, api_arg(a, "rid"), info_found);
}

/* The parameter updatedSince: 0 when absent. False: the failure has been sent. */
static bool since_param(struct api *a, int64_t *since)
{
    *since = 0;
    if (!api_has(a, "updatedSince") || api_date(a, "updatedSince", since))
        return true;
    api_fail_coded(a, "error-updatedSince-param-invalid", "The \"updatedSince\" query parameter must be a valid date.");
    return false;
}

static void put_nothing_removed(struct api *a)
{
    jsonw_array(&a->w, "remove");
    jsonw_end_array(&a->w);
}

static void rooms_get(struct api *a)
{
    const struct subscription *sub;
    int64_t since;
    if (!since_param(a, &since))
        return;
    jsonw_array(api_ok(a), "update");
    LIST_FOREACH(sub, &a->user->subscriptions, of_user) {
        if (sub->room->updated_ms > since)
            shape_room(&a->w, NULL, sub->room);
    }
    put_channels_of(&a->w, a->user, since);
    jsonw_end_array(&a->w);
    put_nothing_removed(a);
    api_ok_end(a);
}

/* --- subscriptions --- */

static void subscriptions_get(struct api *a)
{
    const struct subscription *sub;
    int64_t since;
    if (!since_param(a, &since))
        return;
    jsonw_array(api_ok(a), "update");
    LIST_FOREACH(sub, &a->user->subscriptions, of_user) {
        if (sub->updated_ms > since || sub->room->updated_ms > since)
            shape_subscription(&a->w, NULL, sub);
    }
    put_memberships_of(&a->w, a->user, since);
    jsonw_end_array(&a->w);
    put_nothing_removed(a);
    api_ok_end(a);
}

static void subscriptions_get_one(struct api *a)
{
    const struct room *r = core_room(a->server->core, api_str(a, "roomId"));
    const struct subscription *sub = r ? room_subscription(r, a->user) : NULL;
    const struct channel *ch = r ? NULL : core_channel(a->server->core, api_str(a, "roomId"));
    const struct member *m = ch ? channel_member(ch, a->user) : NULL;
    api_ok(a);
    if (sub)
        shape_subscription(&a->w, "subscription", sub);
    else if (m)
        shape_member(&a->w, "subscription", m);
    else
        jsonw_null(&a->w, "subscription");
    api_ok_end(a);
}

static void subscriptions_read(struct api *a)
{
    struct result result;
    if (desk_read(a->server, a->user, api_str(a, "rid"), &result) != ERR_OK)
        api_fail_details(a, "error-not-allowed", "Not allowed", "{\"method\":\"readMessages\"}");
    else
        api_ok_empty(a);
}

/* --- channels --- */

static void channel_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    if (open == NULL && closed == NULL) {
        api_fail_coded(a, "error-room-not-found",
                       "The required \"roomId\" or \"roomName\" param provided does not match any channel");
    } else if (!api_may_open(a, open, closed)) {
        api_fail_typed(a, "not-allowed", "Not Allowed"); /* the original shows it to everybody: not copied */
    } else {
        api_ok(a);
        put_any_room(a, "channel", open, closed, false);
        api_ok_end(a);
    }
}

static void channels_info(struct api *a)
{
    const char *rid = api_str_nonempty(a, "roomId");
    if (channel_info(a, "channel", false))
        return;
    if (rid == NULL && api_str_nonempty(a, "roomName") == NULL)
        api_fail_coded(a, "error-room-param-not-provided",
                       "The parameter \"roomId\" or \"roomName\" is required");
    else
        api_find_room(a, rid, channel_found);
}

static void history_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct room *r = core_room(a->server->core, l->rid);
    if (r == NULL && lookup_room(l) == NULL && core_channel(a->server->core, l->rid) == NULL) {
        api_fail_coded(a, "error-room-not-found",
                       "The required \"roomId\" or \"roomName\" param provided does not match any channel");
        return;
    }
    if (!lookup_may_open(a->server->core, a->user, r, l)) {
        api_forbidden(a);
        return;
    }
    jsonw_array(api_ok(a), "messages");
    for (size_t i = 0; i < l->message_count; i++)
        shape_message(&a->w, NULL, l->messages[i]);
    jsonw_end_array(&a->w);
    const struct subscription *sub = r ? room_subscription(r, a->user) : NULL;
    if (sub && str_eq(api_str(a, "unreads"), "true"))
        jsonw_int(&a->w, "unreadNotLoaded", sub->unread > (int)l->message_count ? sub->unread - (int)l->message_count : 0);
    api_ok_end(a);
}

static void channels_history(struct api *a)
{
    const char *name = api_str(a, "roomName");
    const struct channel *ch = name ? core_channel_by_name(a->server->core, name) : NULL;
    struct lookup *l = lookup_new(ch ? ch->id : name ? name : api_str(a, "roomId"));
    int64_t latest, oldest, edge = str_eq(api_str(a, "inclusive"), "true") ? 1 : 0;
    l->want_page = true;
    l->page.limit = api_int(a, "count", 20);
    l->page.offset = api_int(a, "offset", 0);
    if (api_date(a, "latest", &latest))
        l->page.before_ms = latest + edge;
    if (api_date(a, "oldest", &oldest))
        l->page.after_ms = oldest - edge;
    api_read(a, lookup_run, history_found, l, lookup_drop);
}

#define HISTORY_ROWS                                                                                                   \
    OPT("latest", STRING), OPT("oldest", STRING), {.name = "inclusive", .type = PARAM_STRING,                         \
                                                   .choices = CHOICES("true", "false")},                              \
        OPT("unreads", STRING), OPT("showThreadMessages", STRING)

static const struct schema history_by_id = SCHEMA(STRICT, KEYS, REQ("roomId", STRING), HISTORY_ROWS);
static const struct schema history_by_name = SCHEMA(STRICT, KEYS, REQ("roomName", STRING), HISTORY_ROWS);
static const struct schema history_schema = {
    .kind = SCHEMA_STRICT, .any_of = (const struct schema *const[]){&history_by_id, &history_by_name, NULL}};
static const struct schema since_schema = SCHEMA(STRICT, NONE, OPT("updatedSince", STRING));
static const struct schema one_schema = SCHEMA(STRICT, NONE, REQ("roomId", STRING));
static const struct schema read_schema = SCHEMA(STRICT, NONE, REQ("rid", STRING));

const struct endpoint rooms_endpoints[] = {
    {.verb = VERB_GET, .path = "rooms.info", .auth = AUTH_LOGIN, .run = rooms_info},
    {.verb = VERB_GET, .path = "livechat/room/:rid", .auth = AUTH_LOGIN, .run = livechat_room},
    {.verb = VERB_GET, .path = "rooms.get", .auth = AUTH_LOGIN, .run = rooms_get},
    {.verb = VERB_GET, .path = "subscriptions.get", .auth = AUTH_LOGIN, .schema = &since_schema,
     .run = subscriptions_get},
    {.verb = VERB_GET, .path = "subscriptions.getOne", .auth = AUTH_LOGIN, .schema = &one_schema,
     .run = subscriptions_get_one},
    {.verb = VERB_POST, .path = "subscriptions.read", .auth = AUTH_LOGIN, .schema = &read_schema,
     .run = subscriptions_read},
    {.verb = VERB_GET, .path = "channels.info", .auth = AUTH_LOGIN, .run = channels_info},
    {.verb = VERB_GET, .path = "channels.history", .auth = AUTH_LOGIN, .schema = &history_schema,
     .run = channels_history},
    ENDPOINTS_END,
};
