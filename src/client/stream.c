/* Subscriptions of the realtime connection, and what each event does to the model. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/record_private.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"

#define ROOM_STREAMS_LIMIT 60 /* rooms not looked at whose typing is followed */

enum { STREAM_ACTIVITY, STREAM_TYPING, STREAM_DELETED, STREAM_MESSAGES };

static void subscribed(void *arg, bool ok, const json_t *result, const json_t *error)
{
    struct client *c = arg;
    (void)result;
    if (!ok)
        log_debug("a subscription was refused: %s", js_str(error, "error") ? js_str(error, "error") : "?");
    session_settled(c, SESSION_SUBSCRIBING); /* one that comes late counts no more */
}

/* One of those that must stand before everything is read. */
static void subscribe(struct client *c, const char *stream, const char *event, ddp_done done)
{
    c->session.pending++;
    ddp_subscribe(c->ddp, stream, event, done, c);
}

static void all_messages_subscribed(void *arg, bool ok, const json_t *result, const json_t *error)
{
    struct client *c = arg;
    if (!ok) {
        c->session.per_room_messages = true;
        stream_sync_rooms(c);
    }
    subscribed(arg, ok, result, error);
}

void stream_subscribe(struct client *c)
{
    static const char *const mine[] = {"subscriptions-changed", "rooms-changed", "message", "departmentAgentData",
                                       "userData", "usher-pause"};
    for (size_t i = 0; i < COUNT_OF(mine); i++) {
        AUTO_FREE char *event = x_asprintf("%s/%s", c->model.pub.me.id, mine[i]);
        subscribe(c, "notify-user", event, subscribed);
    }
    subscribe(c, "livechat-inquiry-queue-observer", "public", subscribed);
    subscribe(c, "room-messages", "__my_messages__", all_messages_subscribed);
    subscribe(c, "notify-all", "public-settings-changed", subscribed);
    subscribe(c, "notify-logged", "private-settings-changed", subscribed);
    subscribe(c, "notify-logged", "permissions-changed", subscribed);
    subscribe(c, "notify-logged", "user-status", subscribed);
    subscribe(c, "notify-logged", "usher-records", subscribed); /* other servers are silent there */
    subscribe(c, "canned-responses", "canned-responses", subscribed);
    stream_sync_departments(c);
    stream_sync_rooms(c);
}

void stream_sync_departments(struct client *c)
{
    size_t i;
    json_t *id;
    json_array_foreach(c->model.my_departments, i, id) {
        const char *text = json_string_value(id);
        if (c->ddp == NULL || js_list_has(c->department_streams, text))
            continue;
        AUTO_FREE char *event = x_asprintf("department/%s", text);
        if (c->session.stage == SESSION_SUBSCRIBING)
            subscribe(c, "livechat-inquiry-queue-observer", event, subscribed);
        else
            ddp_subscribe(c->ddp, "livechat-inquiry-queue-observer", event, NULL, NULL);
        json_array_append(c->department_streams, id);
    }
}

static void room_subscribe(struct client *c, struct room *r, int which, const char *stream, const char *suffix)
{
    if (r->streams[which])
        return;
    AUTO_FREE char *event = x_asprintf("%s%s", r->pub.id, suffix);
    r->streams[which] = ddp_subscribe(c->ddp, stream, event, NULL, NULL);
}

void stream_leave_room(struct client *c, struct room *r)
{
    for (int i = 0; i < ROOM_STREAMS; i++) {
        if (r->streams[i] && c->ddp)
            ddp_unsubscribe(c->ddp, r->streams[i]);
        r->streams[i] = 0;
    }
}

void stream_sync_rooms(struct client *c)
{
    /* real servers allow few subscriptions at a time (versions 21): there only the chats looked at are followed */
    size_t left = c->model.pub.is_usher ? ROOM_STREAMS_LIMIT : 0;
    if (c->ddp == NULL || c->session.stage < SESSION_SUBSCRIBING || c->session.stage > SESSION_ONLINE)
        return;
    for (size_t i = 0; i < c->model.pub.room_count; i++) {
        struct room *r = (struct room *)c->model.pub.rooms[i];
        if (!r->pub.open || (!r->viewed && !r->pub.mine)) {
            stream_leave_room(c, r);
            continue;
        }
        if (c->session.per_room_messages || !r->subscribed)
            room_subscribe(c, r, STREAM_MESSAGES, "room-messages", "");
        if (!r->viewed && left == 0)
            continue;
        left -= left > 0;
        room_subscribe(c, r, STREAM_ACTIVITY, "notify-room", "/user-activity");
        if (c->session.major < 6)
            room_subscribe(c, r, STREAM_TYPING, "notify-room", "/typing");
        room_subscribe(c, r, STREAM_DELETED, "notify-room", "/deleteMessage");
    }
}

static void departments_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    (void)arg;
    if (err)
        return;
    model_apply_my_departments(&c->model, js_list(body, "departments"));
    stream_sync_departments(c);
    size_t i;
    json_t *id;
    json_array_foreach(c->model.my_departments, i, id) {
        if (model_department_name(&c->model, json_string_value(id)) == NULL) { /* made since the start */
            client_refresh_people(c);
            return;
        }
    }
}

static void on_subscription(struct client *c, const json_t *args)
{
    const json_t *json = json_array_get(args, 1);
    const char *rid = js_str(json, "rid");
    bool known = model_room(&c->model, rid) != NULL;
    AUTO_FREE char *room = x_strdup(rid);
    unsigned bits = model_apply_subscription(&c->model, json_string_value(json_array_get(args, 0)), json);
    if (!known && model_room(&c->model, room))
        load_room(c, room);
    stream_sync_rooms(c);
    client_tell(c, bits, room);
}

static void on_room(struct client *c, const json_t *args)
{
    const json_t *json = json_array_get(args, 1);
    AUTO_FREE char *rid = x_strdup(js_str(json, "_id"));
    unsigned bits = model_apply_room_event(&c->model, json_string_value(json_array_get(args, 0)), json);
    const struct inquiry *q = model_inquiry_of_room(&c->model, rid);
    struct room *r = model_room(&c->model, rid);
    if (q && r && r->pub.mine) /* under automatic routing no stream tells that it left the queue */
        bits |= model_inquiry_drop(&c->model, q->pub.id);
    stream_sync_rooms(c);
    client_tell(c, bits, rid);
}

static void on_user_event(struct client *c, const char *event, const json_t *args)
{
    const char *slash = strchr(event, '/');
    const char *kind = slash ? slash + 1 : "";
    const json_t *first = json_array_get(args, 0);
    if (strcmp(kind, "subscriptions-changed") == 0)
        on_subscription(c, args);
    else if (strcmp(kind, "rooms-changed") == 0)
        on_room(c, args);
    else if (strcmp(kind, "departmentAgentData") == 0)
        load_my_departments(c, departments_done);
    else if (strcmp(kind, "userData") == 0)
        client_tell(c, model_apply_user_diff(&c->model, js_obj(first, "diff")), NULL);
    else if (strcmp(kind, "usher-pause") == 0)
        client_tell(c, model_apply_pause(&c->model, js_str(first, "pause"), js_date(first, "until")), NULL);
    else if (strcmp(kind, "message") == 0 && js_str(first, "msg"))
        log_info("the server says: %s", js_str(first, "msg"));
}

static void on_message(struct client *c, const json_t *json)
{
    AUTO_FREE char *rid = x_strdup(js_str(json, "rid"));
    unsigned bits = model_apply_message(&c->model, json, true);
    const struct room *r = model_room(&c->model, rid);
    if (bits == 0 || r == NULL)
        return;
    if (js_has(json, "t") && !r->subscribed)
        load_room(c, rid); /* no other stream tells who serves it now */
    sender_acknowledged(c, js_str(json, "_id"));
    client_tell(c, bits, rid);
}

static void on_room_event(struct client *c, const char *event, const json_t *args)
{
    const char *slash = strrchr(event, '/');
    if (slash == NULL)
        return;
    AUTO_FREE char *rid = x_strndup(event, (size_t)(slash - event));
    const json_t *first = json_array_get(args, 0), *second = json_array_get(args, 1);
    unsigned bits = 0;
    if (strcmp(slash, "/deleteMessage") == 0) {
        bits = model_message_delete(&c->model, rid, js_str(first, "_id"));
    } else if (strcmp(slash, "/typing") == 0 || strcmp(slash, "/user-activity") == 0) {
        bool typing = json_is_true(second) || js_list_has(second, "user-typing");
        bits = model_apply_typing(&c->model, rid, json_string_value(first), typing, clock_mono_us());
        if (typing)
            client_watch_typing(c);
    }
    client_tell(c, bits, rid);
}

static void on_status(struct client *c, const json_t *first)
{
    client_tell(c, model_apply_status(&c->model, first), NULL);
}

void stream_changed(void *arg, const char *stream, const char *event, const json_t *args)
{
    struct client *c = arg;
    const json_t *first = json_array_get(args, 0);
    if (strcmp(stream, "room-messages") == 0) {
        on_message(c, first);
    } else if (strcmp(stream, "notify-room") == 0) {
        on_room_event(c, event, args);
    } else if (strcmp(stream, "notify-user") == 0) {
        on_user_event(c, event, args);
    } else if (strcmp(stream, "livechat-inquiry-queue-observer") == 0) {
        const char *rid = js_str(first, "rid");
        client_tell(c, model_apply_inquiry_event(&c->model, first), rid);
    } else if (strcmp(event, "public-settings-changed") == 0 || strcmp(event, "private-settings-changed") == 0) {
        unsigned bits = model_apply_setting(&c->model, json_array_get(args, 1));
        client_tell(c, bits | model_apply_routing(&c->model), NULL);
        settings_read_origins(c);
        records_touched(c, "appearance");
    } else if (strcmp(event, "user-status") == 0) {
        on_status(c, first);
    } else if (strcmp(event, "permissions-changed") == 0) {
        load_permissions(c);
        records_touched(c, "permissions");
    } else if (strcmp(event, "usher-records") == 0) {
        records_touched(c, json_string_value(first));
    } else if (strcmp(stream, "canned-responses") == 0) {
        client_tell(c, model_apply_canned_event(&c->model, first), NULL);
        records_touched(c, "canned-responses");
    }
}
