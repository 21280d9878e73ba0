#include "server/tell.h"

#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "server/channel_form.h"
#include "server/ddp.h"
#include "server/queue.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/stream.h"

#define EVENT_NAME_MAX 160

/* --- to one user --- */

static bool begin_for_user(struct server *s, struct broadcast *b, const struct user *u, const char *what)
{
    char event[EVENT_NAME_MAX];
    snprintf(event, sizeof event, "%s/%s", u->id, what);
    return broadcast_begin(s, b, STREAM_NOTIFY_USER, event);
}

static void tell_room_to(struct server *s, const struct user *u, const struct room *r, const char *how)
{
    struct broadcast b;
    if (!begin_for_user(s, &b, u, "rooms-changed"))
        return;
    jsonw_str(&b.w, NULL, how);
    if (strcmp(how, "removed") == 0) {
        jsonw_object(&b.w, NULL);
        jsonw_str(&b.w, "_id", r->id);
        jsonw_end_object(&b.w);
    } else {
        shape_room(&b.w, NULL, r);
    }
    broadcast_end(s, &b);
}

static void tell_room(struct server *s, const struct room *r)
{
    struct subscription *sub;
    struct broadcast b;
    LIST_FOREACH(sub, &r->subscriptions, of_room)
        tell_room_to(s, sub->user, r, "updated");
    if (broadcast_begin(s, &b, STREAM_ROOM_DATA, r->id)) {
        shape_room(&b.w, NULL, r);
        broadcast_end(s, &b);
    }
}

static bool is_new_subscription(const struct event *ev)
{
    return ev->type == EVENT_SUBSCRIPTION && ev->subscription->ts_ms == ev->ts_ms;
}

static void tell_subscription(struct server *s, const struct event *ev)
{
    struct broadcast b;
    bool is_new = is_new_subscription(ev);
    const char *how = is_new ? "inserted" : "updated";
    if (begin_for_user(s, &b, ev->user, "subscriptions-changed")) {
        jsonw_str(&b.w, NULL, how);
        shape_subscription(&b.w, NULL, ev->subscription);
        broadcast_end(s, &b);
    }
    if (is_new)
        tell_room_to(s, ev->user, ev->room, how);
}

static void on_subscription(struct server *s, const struct event *ev)
{
    if (!is_new_subscription(ev)) /* tell_events had those first */
        tell_subscription(s, ev);
}

static void on_subscription_removed(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (begin_for_user(s, &b, ev->user, "subscriptions-changed")) {
        jsonw_str(&b.w, NULL, "removed");
        jsonw_object(&b.w, NULL);
        jsonw_str(&b.w, "_id", ev->subscription->id);
        jsonw_str(&b.w, "rid", ev->room->id);
        shape_user_ref(&b.w, "u", ev->user->id, ev->user->username, NULL);
        jsonw_end_object(&b.w);
        broadcast_end(s, &b);
    }
    tell_room_to(s, ev->user, ev->room, ev->room->open ? "removed" : "updated");
}

/* --- messages --- */

static bool has_subscription(const struct ddp_conn *conn, void *arg)
{
    const struct room *r = arg;
    struct subscription *sub;
    LIST_FOREACH(sub, &r->subscriptions, of_room)
        if (str_eq(sub->user->id, conn->user_id))
            return true;
    return false;
}

static bool is_member(const struct ddp_conn *conn, void *arg)
{
    const struct channel *ch = arg;
    struct member *m;
    LIST_FOREACH(m, &ch->members, of_channel)
        if (str_eq(m->user->id, conn->user_id))
            return true;
    return false;
}

static void tell_my_messages(struct server *s, const struct event *ev)
{
    struct broadcast b;
    struct channel *ch = ev->room ? NULL : core_channel(s->core, ev->message->rid);
    if ((ev->room == NULL && ch == NULL) || !broadcast_begin(s, &b, STREAM_ROOM_MESSAGES, "__my_messages__"))
        return;
    shape_message(&b.w, NULL, ev->message);
    jsonw_object(&b.w, NULL);
    jsonw_bool(&b.w, "roomParticipant", true);
    jsonw_str(&b.w, "roomType", ev->room ? "l" : channel_type(ch));
    if (ev->room || !ch->is_direct)
        jsonw_str(&b.w, "roomName", ev->room ? ev->room->fname : ch->name);
    jsonw_end_object(&b.w);
    if (ev->room)
        broadcast_end_for(s, &b, has_subscription, ev->room);
    else
        broadcast_end_for(s, &b, is_member, ch);
}

static void tell_inquiry_to_all(struct server *s, const char *type, bool is_new, const struct room *r);

static void on_message(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (ev->message->hidden)
        return;
    if (broadcast_begin(s, &b, STREAM_ROOM_MESSAGES, ev->message->rid)) {
        shape_message(&b.w, NULL, ev->message);
        broadcast_end(s, &b);
    }
    tell_my_messages(s, ev);
    if (ev->room)
        tell_room(s, ev->room);
    if (ev->room && ev->type == EVENT_MESSAGE)
        tell_notification(s, ev->room, ev->message);
    if (ev->room && (ev->room->inquiry.status == INQUIRY_QUEUED || ev->room->inquiry.status == INQUIRY_READY))
        tell_inquiry_to_all(s, "changed", false, ev->room); /* the queue shows what was said last */
}

static void on_message_removed(struct server *s, const struct event *ev)
{
    struct broadcast b;
    char event[EVENT_NAME_MAX];
    snprintf(event, sizeof event, "%s/deleteMessage", ev->message->rid);
    if (!broadcast_begin(s, &b, STREAM_NOTIFY_ROOM, event))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "_id", ev->message->id);
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

static void tell_activity(struct server *s, const char *rid, const char *username, bool typing, const char *extra,
                          uint64_t except)
{
    struct broadcast b;
    char event[EVENT_NAME_MAX];
    snprintf(event, sizeof event, "%s/user-activity", rid);
    if (!broadcast_begin(s, &b, STREAM_NOTIFY_ROOM, event))
        return;
    jsonw_str(&b.w, NULL, username);
    jsonw_array(&b.w, NULL);
    if (typing)
        jsonw_str(&b.w, NULL, "user-typing");
    jsonw_end_array(&b.w);
    jsonw_raw(&b.w, NULL, extra ? extra : "{}", extra ? strlen(extra) : 2);
    b.except = except;
    broadcast_end(s, &b);
}

void tell_typing(struct server *s, const char *rid, const char *username, bool typing, const char *extra,
                 uint64_t except)
{
    struct broadcast b;
    char event[EVENT_NAME_MAX];
    tell_activity(s, rid, username, typing, extra, except);
    snprintf(event, sizeof event, "%s/typing", rid);
    if (!broadcast_begin(s, &b, STREAM_NOTIFY_ROOM, event))
        return;
    jsonw_str(&b.w, NULL, username);
    jsonw_bool(&b.w, NULL, typing);
    b.except = except;
    broadcast_end(s, &b);
}

/* --- queue --- */

static void tell_inquiry_at(struct server *s, const char *event, const char *type, const struct room *r)
{
    struct broadcast b;
    if (!broadcast_begin(s, &b, STREAM_INQUIRY_QUEUE, event))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "type", type);
    if (strcmp(type, "removed") == 0)
        jsonw_str(&b.w, "_id", r->inquiry.id);
    else
        shape_inquiry_fields(&b.w, r);
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

static void tell_inquiry_to_all(struct server *s, const char *type, bool is_new, const struct room *r)
{
    char event[EVENT_NAME_MAX];
    if (r->department_id) {
        snprintf(event, sizeof event, "department/%s", r->department_id);
        tell_inquiry_at(s, event, type, r);
    }
    if (r->department_id == NULL || !is_new)
        tell_inquiry_at(s, "public", type, r);
    tell_inquiry_at(s, r->inquiry.id, type, r);
}

static void tell_inquiry(struct server *s, const struct event *ev)
{
    struct room *r = ev->room;
    r->told_place = 0; /* who comes into the queue hears of his place, also if it is the same as before */
    bool is_new = ev->type == EVENT_INQUIRY_READY && r->ts_ms == ev->ts_ms;
    const char *type = ev->type == EVENT_INQUIRY_REMOVED ? "removed" : is_new ? "added" : "changed";
    tell_inquiry_to_all(s, type, is_new, r);
    queue_changed(s);
}

/* --- visitors --- */

void tell_agent(struct server *s, const struct room *r)
{
    struct broadcast b;
    if (!broadcast_begin(s, &b, STREAM_LIVECHAT_ROOM, r->id))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "type", "agentData");
    shape_agent_info(&b.w, "data", s->core, r->served_by);
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

static void on_agent_changed(struct server *s, const struct event *ev)
{
    tell_agent(s, ev->room);
    tell_room(s, ev->room);
}

static void on_visitor(struct server *s, const struct event *ev)
{
    struct room *r;
    struct broadcast b;
    LIST_FOREACH(r, &ev->visitor->rooms, of_visitor) {
        if (!broadcast_begin(s, &b, STREAM_LIVECHAT_ROOM, r->id))
            continue;
        jsonw_object(&b.w, NULL);
        jsonw_str(&b.w, "type", "visitorData");
        shape_visitor(&b.w, "visitor", ev->visitor);
        jsonw_end_object(&b.w);
        broadcast_end(s, &b);
    }
}

/* --- users --- */

static void tell_status_to_visitors(struct server *s, const struct user *u)
{
    struct subscription *sub;
    struct broadcast b;
    if (!setting_bool(s->core, "Livechat_show_agent_info", true))
        return;
    LIST_FOREACH(sub, &u->subscriptions, of_user) {
        if (sub->room->served_by != u || !broadcast_begin(s, &b, STREAM_LIVECHAT_ROOM, sub->room->id))
            continue;
        jsonw_object(&b.w, NULL);
        jsonw_str(&b.w, "type", "agentStatus");
        jsonw_str(&b.w, "status", presence_name(u->status));
        jsonw_end_object(&b.w);
        broadcast_end(s, &b);
    }
}

static void on_presence(struct server *s, const struct event *ev)
{
    static const int numbers[] = {
        [PRESENCE_OFFLINE] = 0, [PRESENCE_ONLINE] = 1, [PRESENCE_AWAY] = 2, [PRESENCE_BUSY] = 3};
    struct broadcast b;
    const struct user *u = ev->user;
    if (setting_bool(s->core, "Troubleshoot_Disable_Presence_Broadcast", false))
        return;
    if (broadcast_begin(s, &b, STREAM_NOTIFY_LOGGED, "user-status")) {
        jsonw_array(&b.w, NULL);
        jsonw_str(&b.w, NULL, u->id);
        jsonw_str(&b.w, NULL, u->username);
        jsonw_int(&b.w, NULL, numbers[u->status]);
        jsonw_str(&b.w, NULL, u->status_text ? u->status_text : "");
        jsonw_str(&b.w, NULL, u->name ? u->name : "");
        shape_roles(&b.w, NULL, u->roles);
        jsonw_end_array(&b.w);
        broadcast_end(s, &b);
    }
    tell_status_to_visitors(s, u);
}

/* A console shows whether its own agent is available, whoever changed that. */
static void on_service(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (!begin_for_user(s, &b, ev->user, "userData"))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "type", "updated");
    jsonw_str(&b.w, "id", ev->user->id);
    jsonw_object(&b.w, "diff");
    jsonw_str(&b.w, "statusLivechat", ev->user->available ? "available" : "not-available");
    jsonw_end_object(&b.w);
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

static void on_user(struct server *s, const struct event *ev)
{
    ddp_recheck_user(s, ev->user->id);
}

static void on_link(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (ev->user == NULL || ev->department == NULL || !begin_for_user(s, &b, ev->user, "departmentAgentData"))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "action", ev->type == EVENT_DEPARTMENT_AGENT ? "addAgent" : "removeAgent");
    jsonw_str(&b.w, "agentId", ev->user->id);
    jsonw_str(&b.w, "departmentId", ev->department->id);
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

/* --- administration --- */

static void on_setting(struct server *s, const struct event *ev)
{
    const struct setting_row *row = catalogue_row(ev->setting);
    struct broadcast b;
    if (row->is_hidden)
        return;
    bool is_public = row->is_public;
    if (!broadcast_begin(s, &b, is_public ? STREAM_NOTIFY_ALL : STREAM_NOTIFY_LOGGED,
                         is_public ? "public-settings-changed" : "private-settings-changed"))
        return;
    jsonw_str(&b.w, NULL, "updated");
    (is_public ? shape_setting_public : shape_setting_brief)(&b.w, NULL, s->core, ev->setting);
    broadcast_end(s, &b);
}

static void on_right(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (broadcast_begin(s, &b, STREAM_NOTIFY_LOGGED, "permissions-changed")) {
        jsonw_str(&b.w, NULL, "updated");
        shape_permission(&b.w, NULL, s->core, ev->right);
        broadcast_end(s, &b);
    }
    stream_recheck(s, NULL);
}

struct canned_reader {
    struct server *server;
    const struct canned *canned;
};

static bool sees_canned(const struct ddp_conn *conn, void *arg)
{
    const struct canned_reader *reader = arg;
    const struct user *u = conn->user_id ? core_user(reader->server->core, conn->user_id) : NULL;
    return u && core_sees_canned(reader->server->core, u, reader->canned);
}

static void on_canned(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (!broadcast_begin(s, &b, STREAM_CANNED, "canned-responses"))
        return;
    struct buf text = BUF_INIT;
    if (ev->type == EVENT_CANNED_REMOVED) {
        jsonw_object(&b.w, NULL);
        jsonw_str(&b.w, "type", "removed");
        jsonw_str(&b.w, "_id", ev->canned->id);
        jsonw_end_object(&b.w);
        broadcast_end(s, &b);
        return;
    }
    struct jsonw w = jsonw_on(&text, JSONW_EJSON);
    shape_canned(&w, NULL, ev->canned);
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "type", "changed");
    buf_putc(&b.text, ',');
    buf_append(&b.text, text.data + 1, text.len - 2); /* the record's own keys */
    jsonw_end_object(&b.w);
    buf_free(&text);
    struct canned_reader reader = {s, ev->canned};
    broadcast_end_for(s, &b, sees_canned, &reader);
}

/* --- the table --- */

/* What changes of the inquiry alone (its priority) is told with the room. */
static void on_room(struct server *s, const struct event *ev)
{
    const struct room *r = ev->room;
    tell_room(s, r);
    if (r->inquiry.status != INQUIRY_QUEUED)
        return;
    if (r->inquiry.updated_ms == ev->ts_ms)
        tell_inquiry_to_all(s, "changed", false, r);
    queue_changed(s); /* its priority or department may be another now, and so its place */
}

static void on_taken(struct server *s, const struct event *ev)
{
    tell_inquiry(s, ev);
    if (ev->room->open)
        stream_recheck(s, ev->room->id);
}

/* The agent who is asked, and everybody else who sees the queue. */
static void on_offer(struct server *s, const struct event *ev)
{
    tell_inquiry_to_all(s, "changed", false, ev->room);
}

static void on_pause(struct server *s, const struct event *ev)
{
    struct broadcast b;
    if (!begin_for_user(s, &b, ev->user, "usher-pause"))
        return;
    jsonw_raw(&b.w, NULL, ev->detail, strlen(ev->detail));
    broadcast_end(s, &b);
}

static void (*const tellers[EVENT_COUNT])(struct server *s, const struct event *ev) = {
    [EVENT_SETTING] = on_setting,
    [EVENT_RIGHT] = on_right,
    [EVENT_USER] = on_user,
    [EVENT_USER_PRESENCE] = on_presence,
    [EVENT_USER_REMOVED] = on_user,
    [EVENT_USER_PAUSE] = on_pause,
    [EVENT_USER_SERVICE] = on_service,
    [EVENT_DEPARTMENT_AGENT] = on_link,
    [EVENT_DEPARTMENT_AGENT_REMOVED] = on_link,
    [EVENT_VISITOR] = on_visitor,
    [EVENT_ROOM_CHANGED] = on_room,
    [EVENT_INQUIRY_READY] = tell_inquiry,
    [EVENT_INQUIRY_QUEUED] = tell_inquiry,
    [EVENT_INQUIRY_TAKEN] = on_taken,
    [EVENT_INQUIRY_REMOVED] = tell_inquiry,
    [EVENT_INQUIRY_OFFERED] = on_offer,
    [EVENT_INQUIRY_DECLINED] = on_offer,
    [EVENT_TARGET] = on_room,
    [EVENT_AGENT_CHANGED] = on_agent_changed,
    [EVENT_SUBSCRIPTION] = on_subscription,
    [EVENT_SUBSCRIPTION_REMOVED] = on_subscription_removed,
    [EVENT_MESSAGE] = on_message,
    [EVENT_MESSAGE_CHANGED] = on_message,
    [EVENT_MESSAGE_REMOVED] = on_message_removed,
    [EVENT_CHANNEL] = tell_channel,
    [EVENT_CHANNEL_MEMBER] = tell_member,
    [EVENT_CHANNEL_MEMBER_REMOVED] = tell_member,
    [EVENT_CANNED] = on_canned,
    [EVENT_CANNED_REMOVED] = on_canned,
};

/* Which lists of an administrator's console an event changes, so that it reads them again: an event of our own on the
   stream that everybody logged in may hear; it names kinds and nothing else. Visitors come and go too often for it. */
static const char *const lists[EVENT_COUNT][4] = {
    [EVENT_RIGHT] = {"permissions"},
    [EVENT_USER] = {"users", "agents", "managers", "monitors"},
    [EVENT_USER_REMOVED] = {"users", "agents", "managers", "monitors"},
    [EVENT_USER_SERVICE] = {"agents"},
    [EVENT_USER_PAUSE] = {"agents"},
    [EVENT_HOUR] = {"business-hours"},
    [EVENT_DEPARTMENT] = {"departments"},
    [EVENT_DEPARTMENT_REMOVED] = {"departments", "business-hours", "tags", "units"},
    [EVENT_DEPARTMENT_AGENT] = {"departments"},
    [EVENT_DEPARTMENT_AGENT_REMOVED] = {"departments"},
    [EVENT_VISITOR_REMOVED] = {"contacts"},
    [EVENT_CANNED] = {"canned-responses"},
    [EVENT_CANNED_REMOVED] = {"canned-responses"},
};

/* E-mail inboxes are in no list of the console. */
static const char *const list_of_kind[RECORD_KIND_COUNT] = {
    [RECORD_CUSTOM_FIELD] = "custom-fields", [RECORD_TRIGGER] = "triggers", [RECORD_TAG] = "tags",
    [RECORD_PRIORITY] = "priorities",        [RECORD_UNIT] = "units",       [RECORD_BUSINESS_HOUR] = "business-hours",
};

#define LISTS_MAX 32

struct told {
    const char *names[LISTS_MAX];
    size_t n;
};

/* Once a batch is enough. */
static void tell_list(struct server *s, struct told *told, const char *name)
{
    struct broadcast b;
    for (size_t i = 0; i < told->n; i++)
        if (strcmp(told->names[i], name) == 0)
            return;
    if (told->n == LISTS_MAX)
        return;
    told->names[told->n++] = name;
    if (!broadcast_begin(s, &b, STREAM_NOTIFY_LOGGED, "usher-records"))
        return;
    jsonw_str(&b.w, NULL, name);
    broadcast_end(s, &b);
}

static void tell_lists(struct server *s, const struct event_list *events)
{
    struct told told = {.n = 0};
    for (size_t i = 0; i < events->n; i++) {
        const struct event *ev = &events->items[i];
        const char *const *names = lists[ev->type];
        for (size_t k = 0; k < COUNT_OF(lists[0]) && names[k]; k++)
            tell_list(s, &told, names[k]);
        if ((ev->type == EVENT_RECORD || ev->type == EVENT_RECORD_REMOVED) && list_of_kind[ev->record->kind])
            tell_list(s, &told, list_of_kind[ev->record->kind]);
    }
}

void tell_events(struct server *s, const struct event_list *events)
{
    if (ddp_count(s) == 0)
        return;
    /* A client hears that a room came to him before he hears that it changed. */
    for (size_t i = 0; i < events->n; i++)
        if (is_new_subscription(&events->items[i]))
            tell_subscription(s, &events->items[i]);
    for (size_t i = 0; i < events->n; i++) {
        const struct event *ev = &events->items[i];
        if (tellers[ev->type])
            tellers[ev->type](s, ev);
    }
    tell_lists(s, events);
}
