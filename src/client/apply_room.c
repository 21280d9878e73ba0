/* Rooms and subscriptions of mine. */
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/model.h"
#include "common/clock.h"
#include "common/entity.h"
#include "common/mem.h"

#define TYPING_US (15 * 1000000)

struct room *model_room(const struct model *m, const char *rid)
{
    for (size_t i = 0; rid && i < m->pub.room_count; i++) {
        if (strcmp(m->pub.rooms[i]->id, rid) == 0)
            return (struct room *)m->pub.rooms[i];
    }
    return NULL;
}

struct room *model_room_make(struct model *m, const char *rid)
{
    struct room *r = model_room(m, rid);
    if (r)
        return r;
    r = x_calloc(1, sizeof(*r));
    r->pub.id = x_strdup(rid);
    r->pub.visible_since_ms = clock_now_ms();
    m->pub.rooms = list_append(m->pub.rooms, &m->pub.room_count, r);
    return r;
}

static void room_free(struct room *r)
{
    char **texts[] = {&r->pub.id,          &r->pub.visitor_name, &r->pub.visitor_username, &r->pub.visitor_id,
                      &r->pub.department_id, &r->pub.department, &r->pub.source,           &r->pub.topic,
                      &r->pub.served_by,   &r->pub.visitor_status, &r->pub.last_text,      &r->pub.typing,
                      &r->served_by_id};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(*texts[i]);
    for (size_t i = 0; i < r->pub.message_count; i++)
        message_free(r->pub.messages[i]);
    free(r->pub.messages);
    free(r);
}

void model_room_drop(struct model *m, struct room *r)
{
    for (size_t i = 0; i < m->pub.room_count; i++) {
        if (m->pub.rooms[i] == &r->pub) {
            list_remove(m->pub.rooms, &m->pub.room_count, i);
            room_free(r);
            return;
        }
    }
}

static bool has_pending(const struct room *r)
{
    return r->pub.message_count && message_is_pending(r->pub.messages[r->pub.message_count - 1]);
}

/* Rooms stay while they are mine, looked at, or have messages that were not sent. */
unsigned model_room_release(struct model *m, struct room *r)
{
    if (r->subscribed || r->viewed || r->pub.mine || has_pending(r))
        return 0;
    model_room_drop(m, r);
    return CLIENT_CHANGED_ROOMS;
}

static unsigned judge(struct model *m, struct room *r)
{
    bool was = r->pub.mine;
    r->pub.mine = r->pub.open && m->pub.me.id && str_eq(r->served_by_id, m->pub.me.id);
    r->pub.preview = !r->pub.mine && r->viewed;
    if (r->pub.mine && !was)
        r->pub.visible_since_ms = clock_now_ms();
    return r->pub.mine && !was && m->filled ? CLIENT_NEW_CHAT : 0;
}

static void apply_visitor(struct room *r, const json_t *v, const char *name)
{
    if (v) {
        str_set(&r->pub.visitor_id, js_str(v, "_id"));
        str_set(&r->pub.visitor_username, js_str(v, "username"));
        str_set(&r->pub.visitor_status, js_str(v, "status"));
    }
    if (name && *name)
        str_set(&r->pub.visitor_name, name);
    else if (r->pub.visitor_name == NULL)
        str_set(&r->pub.visitor_name, js_str(v, "name") ? js_str(v, "name") : js_str(v, "username"));
}

static void apply_department(const struct model *m, struct room *r, const json_t *json)
{
    const char *id = js_str(json, "departmentId");
    const char *name = js_str(js_obj(json, "department"), "name");
    str_set(&r->pub.department_id, id);
    str_set(&r->pub.department, name ? name : model_department_name(m, id));
}

static void apply_last(struct room *r, const json_t *json)
{
    const json_t *last = js_obj(json, "lastMessage");
    const char *text = js_str(last, "msg");
    int64_t ms = js_date(last, "ts") ? js_date(last, "ts") : js_date(json, "lm");
    if (ms > r->pub.last_ms)
        r->pub.last_ms = ms;
    if (text == NULL || js_has(last, "t") || js_date(last, "ts") < r->pub.last_ms)
        return;
    str_set(&r->pub.last_text, text);
    if (js_has(last, "token"))
        text_unescape(r->pub.last_text);
}

static void apply_source(struct room *r, const json_t *source)
{
    const char *text = js_str(source, "alias");
    if (text == NULL || *text == '\0')
        text = js_str(source, "label");
    if (text == NULL || *text == '\0' || !str_eq(js_str(source, "type"), "app"))
        text = js_str(source, "type");
    if (text)
        str_set(&r->pub.source, text);
}

/* A channel that is looked at. */
static unsigned apply_channel(struct model *m, struct room *r, const json_t *json)
{
    const char *name = js_str(json, "fname") ? js_str(json, "fname") : js_str(json, "name");
    free(r->pub.visitor_name);
    r->pub.visitor_name = x_asprintf("#%s", name ? name : "?");
    str_set(&r->pub.topic, js_str(json, "topic"));
    r->pub.channel = r->pub.open = true;
    r->pub.archived = js_bool(json, "archived");
    r->pub.read_only = js_bool(json, "ro");
    apply_last(r, json);
    return CLIENT_CHANGED_ROOMS | judge(m, r);
}

unsigned model_apply_room(struct model *m, const json_t *json)
{
    const char *rid = js_str(json, "_id"), *type = js_str(json, "t");
    struct room *r = model_room(m, rid);
    if (r && r->viewed && str_eq(type, "c"))
        return apply_channel(m, r, json);
    if (rid == NULL || (type && strcmp(type, "l") != 0))
        return 0;
    const json_t *served = js_obj(json, "servedBy");
    if (r == NULL) {
        if (!js_bool(json, "open") || m->pub.me.id == NULL || !str_eq(js_str(served, "_id"), m->pub.me.id))
            return 0;
        r = model_room_make(m, rid);
    }
    r->seen = true;
    apply_visitor(r, js_obj(json, "v"), js_str(json, "fname"));
    apply_department(m, r, json);
    apply_source(r, js_obj(json, "source"));
    apply_last(r, json);
    str_set(&r->pub.topic, js_str(json, "topic"));
    str_set(&r->pub.served_by, js_str(served, "username"));
    str_set(&r->served_by_id, js_str(served, "_id"));
    r->pub.open = js_bool(json, "open");
    r->pub.on_hold = js_bool(json, "onHold");
    r->pub.waiting_response = js_bool(json, "waitingResponse");
    r->pub.target = model_worst_target(js_obj(json, "targets"));
    if (js_date(json, "ts"))
        r->pub.opened_ms = js_date(json, "ts");
    r->pub.closed_ms = js_date(json, "closedAt");
    return CLIENT_CHANGED_ROOMS | judge(m, r);
}

unsigned model_apply_room_event(struct model *m, const char *action, const json_t *json)
{
    if (!str_eq(action, "removed"))
        return model_apply_room(m, json);
    struct room *r = model_room(m, js_str(json, "_id"));
    if (r == NULL)
        return 0;
    r->pub.open = r->pub.mine = r->subscribed = false;
    model_room_release(m, r);
    return CLIENT_CHANGED_ROOMS;
}

static void apply_unread(struct room *r, const json_t *json)
{
    int64_t unread = js_int(json, "unread", 0);
    r->alert = js_bool(json, "alert") || unread > 0;
    r->pub.never_read = r->alert && js_date(json, "ls") == 0;
    if (!r->alert) {
        r->pub.unread = 0;
        r->pub.last_read_ms = 0;
        return;
    }
    if (unread < 1)
        unread = 1;
    if (r->pub.unread == 0)
        r->pub.last_read_ms = js_date(json, "ls");
    if (unread > r->pub.unread)
        r->pub.unread = (int)(unread > 9999 ? 9999 : unread);
}

/* By subscription id when the record has no room: "removed" may carry little more. */
static unsigned unsubscribe(struct model *m, const json_t *json)
{
    struct room *r = model_room(m, js_str(json, "rid"));
    if (r == NULL)
        return 0;
    r->subscribed = r->pub.mine = r->pub.never_read = false;
    r->pub.unread = 0;
    r->pub.last_read_ms = 0;
    r->pub.preview = r->viewed;
    model_room_release(m, r);
    return CLIENT_CHANGED_ROOMS;
}

unsigned model_apply_subscription(struct model *m, const char *action, const json_t *json)
{
    const char *rid = js_str(json, "rid"), *type = js_str(json, "t");
    if (str_eq(action, "removed"))
        return unsubscribe(m, json);
    if (rid == NULL || !str_eq(type, "l") || json_is_false(json_object_get(json, "open")))
        return 0;
    struct room *r = model_room(m, rid);
    if (r == NULL) {
        r = model_room_make(m, rid);
        r->pub.open = true;
    }
    r->subscribed = r->seen = true;
    apply_visitor(r, js_obj(json, "v"), js_str(json, "fname"));
    if (r->pub.opened_ms == 0)
        r->pub.opened_ms = js_date(json, "ts");
    apply_unread(r, json);
    return CLIENT_CHANGED_ROOMS;
}

void model_sweep_begin(struct model *m)
{
    for (size_t i = 0; i < m->pub.room_count; i++) {
        struct room *r = (struct room *)m->pub.rooms[i];
        r->seen = r->subscribed = false;
    }
}

unsigned model_apply_subscriptions(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    unsigned bits = 0;
    json_array_foreach(list, i, json)
        bits |= model_apply_subscription(m, "updated", json);
    return bits;
}

unsigned model_apply_rooms(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    unsigned bits = 0;
    for (i = json_array_size(list); i-- > 0;) { /* newest first on the wire: ours stand in order of arrival */
        json = json_array_get(list, i);
        bits |= model_apply_room(m, json);
    }
    return bits;
}

unsigned model_sweep_end(struct model *m)
{
    for (size_t i = m->pub.room_count; i-- > 0;) {
        struct room *r = (struct room *)m->pub.rooms[i];
        if (r->seen)
            continue;
        r->pub.mine = r->subscribed = false;
        if (!r->viewed)
            r->pub.open = false;
        model_room_release(m, r);
    }
    return CLIENT_CHANGED_ROOMS;
}

unsigned model_room_read(struct model *m, struct room *r)
{
    (void)m;
    unsigned bits = r->pub.unread || r->pub.last_read_ms ? CLIENT_CHANGED_ROOMS : 0;
    r->pub.unread = 0;
    r->pub.last_read_ms = 0;
    r->alert = r->pub.never_read = false;
    return bits;
}

unsigned model_room_view(struct model *m, struct room *r, bool viewed)
{
    r->viewed = viewed;
    r->pub.preview = viewed && !r->pub.mine;
    model_room_release(m, r);
    return CLIENT_CHANGED_ROOMS;
}

unsigned model_apply_typing(struct model *m, const char *rid, const char *username, bool typing, int64_t now_us)
{
    struct room *r = model_room(m, rid);
    if (r == NULL || username == NULL || str_eq(username, m->pub.me.username) || str_eq(username, m->pub.me.name))
        return 0;
    bool visitor = str_eq(username, r->pub.visitor_username) && r->pub.visitor_name;
    const char *name = typing ? (visitor ? r->pub.visitor_name : username) : NULL;
    r->typing_until_us = typing ? now_us + TYPING_US : 0;
    if (str_eq(r->pub.typing, name))
        return 0;
    str_set(&r->pub.typing, name);
    return CLIENT_CHANGED_ROOMS;
}

unsigned model_expire_typing(struct model *m, int64_t now_us, int64_t *next_us)
{
    unsigned bits = 0;
    *next_us = 0;
    for (size_t i = 0; i < m->pub.room_count; i++) {
        struct room *r = (struct room *)m->pub.rooms[i];
        if (r->pub.typing && r->typing_until_us <= now_us) {
            str_set(&r->pub.typing, NULL);
            bits |= CLIENT_CHANGED_ROOMS;
        } else if (r->pub.typing && (*next_us == 0 || r->typing_until_us < *next_us)) {
            *next_us = r->typing_until_us;
        }
    }
    return bits;
}
