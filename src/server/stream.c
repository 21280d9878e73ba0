#include "server/stream.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/mem.h"
#include "server/ddp.h"
#include "server/hold.h"
#include "server/http.h"
#include "server/setting.h"
#include "store/store.h"

static const char *const names[STREAM_COUNT] = {
    [STREAM_ROOM_MESSAGES] = "room-messages",
    [STREAM_NOTIFY_ROOM] = "notify-room",
    [STREAM_NOTIFY_USER] = "notify-user",
    [STREAM_NOTIFY_LOGGED] = "notify-logged",
    [STREAM_NOTIFY_ALL] = "notify-all",
    [STREAM_LIVECHAT_ROOM] = "livechat-room",
    [STREAM_INQUIRY_QUEUE] = "livechat-inquiry-queue-observer",
    [STREAM_CANNED] = "canned-responses",
    [STREAM_ROOM_DATA] = "room-data",
    [STREAM_ROLES] = "roles",
};

struct topic {
    enum stream stream;
    unsigned refs;                 /* subscriptions and held broadcasts */
    struct sub_list subs;
    UT_hash_handle hh;
    size_t key_len;
    char key[];                    /* one byte of stream, then the event */
};

struct streams {
    struct topic *topics;
    uint64_t broadcasts;           /* number of the last one */
};

struct streams *streams_new(void)
{
    return x_calloc(1, sizeof(struct streams));
}

void streams_free(struct server *s)
{
    struct topic *t, *next;
    if (s->streams == NULL)
        return;
    HASH_ITER(hh, s->streams->topics, t, next) {
        HASH_DEL(s->streams->topics, t);
        free(t);
    }
    free(s->streams);
    s->streams = NULL;
}

bool stream_find(const char *name, enum stream *out)
{
    for (int i = 0; i < STREAM_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *out = (enum stream)i;
            return true;
        }
    }
    return false;
}

const char *stream_name(enum stream stream)
{
    return names[stream];
}

/* --- topics --- */

static struct topic *lookup(const struct server *s, enum stream stream, const char *event, bool make)
{
    size_t len = strlen(event) + 1;
    char small[160];
    char *key = len < sizeof small ? small : x_malloc(len + 1);
    key[0] = (char)stream;
    memcpy(key + 1, event, len);
    struct topic *t;
    HASH_FIND(hh, s->streams->topics, key, len, t);
    if (t == NULL && make) {
        t = x_calloc(1, sizeof *t + len + 1);
        t->stream = stream;
        t->key_len = len;
        memcpy(t->key, key, len + 1);
        HASH_ADD_KEYPTR(hh, s->streams->topics, t->key, len, t);
    }
    if (key != small)
        free(key);
    return t;
}

struct topic *topic_find(const struct server *s, enum stream stream, const char *event)
{
    struct topic *t = lookup(s, stream, event, false);
    return t && !LIST_EMPTY(&t->subs) ? t : NULL;
}

struct topic *topic_ref(struct topic *t)
{
    t->refs++;
    return t;
}

void topic_unref(struct server *s, struct topic **t)
{
    struct topic *gone = *t;
    *t = NULL;
    if (--gone->refs > 0)
        return;
    HASH_DEL(s->streams->topics, gone);
    free(gone);
}

enum stream topic_stream(const struct topic *t)
{
    return t->stream;
}

const char *topic_event(const struct topic *t)
{
    return t->key + 1;
}

struct sub_list *topic_subs(struct topic *t)
{
    return &t->subs;
}

void topic_send(struct server *s, struct topic *t, struct ws_frame *frame, uint64_t except)
{
    uint64_t number = ++s->streams->broadcasts;
    struct sub *sub, *next;
    for (sub = LIST_FIRST(&t->subs); sub; sub = next) {
        next = LIST_NEXT(sub, of_topic);
        if (sub->conn->seen == number || sub->conn->conn == except)
            continue;
        sub->conn->seen = number;
        http_ws_send(s->http, sub->conn->conn, frame);
    }
}

/* --- who may read --- */

static const struct user *reader(const struct server *s, const struct ddp_conn *conn)
{
    const struct user *u = conn->user_id ? core_user(s->core, conn->user_id) : NULL;
    return u && u->active ? u : NULL;
}

/* Closed rooms: one indexed look-up in the store. */
static bool allows_closed(struct server *s, const struct user *u, const char *rid, const char *token)
{
    struct stored_room sr;
    if (!read_room(store_loop_reader(s->store), rid, &sr))
        return false;
    bool allowed = (token && sr.visitor && str_eq(sr.visitor->token, token)) ||
                   (u && core_may_open_closed(s->core, u, sr.served_by_id, sr.room->department_id));
    stored_room_free(&sr);
    return allowed;
}

static bool allows_room(struct server *s, const struct user *u, const char *rid, const char *token)
{
    const struct room *r = core_room(s->core, rid);
    const struct channel *ch = r ? NULL : core_channel(s->core, rid);
    if (ch)
        return core_channel_allows(s->core, u, ch);
    if (r == NULL)
        return allows_closed(s, u, rid, token);
    return (token && str_eq(r->visitor->token, token)) || (u && core_may_open(s->core, u, r));
}

static bool allows_room_event(struct server *s, const struct user *u, const char *event, const char *token)
{
    const char *slash = strchr(event, '/');
    if (slash == NULL)
        return false;
    if (strcmp(slash, "/webrtc") == 0)
        return true;
    AUTO_FREE char *rid = x_strndup(event, (size_t)(slash - event));
    return allows_room(s, u, rid, token);
}

static bool allows_own(const struct user *u, const char *event)
{
    size_t n = u ? strlen(u->id) : 0;
    return u && strncmp(event, u->id, n) == 0 && event[n] == '/';
}

bool stream_allows(struct server *s, const struct ddp_conn *conn, enum stream stream, const char *event,
                   const char *token)
{
    const struct user *u = reader(s, conn);
    switch (stream) {
    case STREAM_ROOM_MESSAGES:
        if (strcmp(event, "__my_messages__") == 0)
            return u != NULL;
        return allows_room(s, u, event, token);
    case STREAM_ROOM_DATA:
        return allows_room(s, u, event, NULL);
    case STREAM_NOTIFY_ROOM:
        return allows_room_event(s, u, event, token);
    case STREAM_NOTIFY_USER:
        return allows_own(u, event);
    case STREAM_NOTIFY_LOGGED:
        if (u && strcmp(event, "private-settings-changed") == 0)
            return core_may(s->core, u, "view-privileged-setting");
        return u != NULL;
    case STREAM_ROLES:
        return u != NULL;
    case STREAM_NOTIFY_ALL:
        return true;
    case STREAM_LIVECHAT_ROOM:
        return token && allows_room(s, NULL, event, token);
    case STREAM_INQUIRY_QUEUE:
        return u && core_may(s->core, u, "view-l-room");
    case STREAM_CANNED:
        return u && core_may(s->core, u, "view-canned-responses") &&
               setting_bool(s->core, "Canned_Responses_Enable", true);
    case STREAM_COUNT:
        break;
    }
    return false;
}

/* --- subscriptions --- */

struct sub *stream_subscribe(struct server *s, struct ddp_conn *conn, enum stream stream, const char *event,
                             const char *id, const char *token)
{
    struct sub *sub = x_calloc(1, sizeof *sub);
    sub->id = x_strdup(id);
    sub->token = x_strdup(token);
    sub->conn = conn;
    sub->topic = topic_ref(lookup(s, stream, event, true));
    LIST_INSERT_HEAD(&sub->topic->subs, sub, of_topic);
    LIST_INSERT_HEAD(&conn->subs, sub, of_conn);
    conn->sub_count++;
    return sub;
}

void stream_unsubscribe(struct server *s, struct sub **sub)
{
    struct sub *gone = *sub;
    *sub = NULL;
    LIST_REMOVE(gone, of_topic);
    LIST_REMOVE(gone, of_conn);
    gone->conn->sub_count--;
    topic_unref(s, &gone->topic);
    free(gone->id);
    free(gone->token);
    free(gone);
}

void stream_end(struct server *s, struct sub *sub)
{
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", "nosub");
    jsonw_str(&w, "id", sub->id);
    jsonw_end_object(&w);
    ddp_send(s, sub->conn->conn, text.data, text.len);
    buf_free(&text);
    stream_unsubscribe(s, &sub);
}

static void recheck_topic(struct server *s, struct topic *t)
{
    struct sub *sub, *next;
    topic_ref(t);
    for (sub = LIST_FIRST(&t->subs); sub; sub = next) {
        next = LIST_NEXT(sub, of_topic);
        if (!stream_allows(s, sub->conn, t->stream, t->key + 1, sub->token))
            stream_end(s, sub);
    }
    topic_unref(s, &t);
}

void stream_recheck(struct server *s, const char *rid)
{
    if (rid == NULL) {
        struct topic *t, *next;
        HASH_ITER(hh, s->streams->topics, t, next)
            recheck_topic(s, t);
        return;
    }
    static const char *const events[] = {"typing", "user-activity", "deleteMessage"};
    struct topic *t = topic_find(s, STREAM_ROOM_MESSAGES, rid);
    if (t)
        recheck_topic(s, t);
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        AUTO_FREE char *event = x_asprintf("%s/%s", rid, events[i]);
        t = topic_find(s, STREAM_NOTIFY_ROOM, event);
        if (t)
            recheck_topic(s, t);
    }
}

/* --- broadcasts --- */

bool broadcast_begin(struct server *s, struct broadcast *b, enum stream stream, const char *event)
{
    *b = (struct broadcast){.topic = topic_find(s, stream, event)};
    if (b->topic == NULL)
        return false;
    b->w = jsonw_on(&b->text, JSONW_EJSON);
    jsonw_object(&b->w, NULL);
    jsonw_str(&b->w, "msg", "changed");
    buf_puts(&b->text, ",\"collection\":\"stream-");
    buf_puts(&b->text, names[stream]);
    buf_putc(&b->text, '"');
    jsonw_str(&b->w, "id", "id");
    jsonw_object(&b->w, "fields");
    jsonw_str(&b->w, "eventName", event);
    jsonw_array(&b->w, "args");
    return true;
}

static struct ws_frame *finish(struct broadcast *b)
{
    jsonw_end_array(&b->w);
    jsonw_end_object(&b->w);
    jsonw_end_object(&b->w);
    struct ws_frame *frame = ws_frame_new(b->text.data, b->text.len);
    buf_free(&b->text);
    return frame;
}

void broadcast_end(struct server *s, struct broadcast *b)
{
    hold_topic(s, b->topic, finish(b), b->except);
}

void broadcast_end_for(struct server *s, struct broadcast *b, bool (*want)(const struct ddp_conn *conn, void *arg),
                       void *arg)
{
    struct ws_frame *frame = finish(b);
    uint64_t number = ++s->streams->broadcasts;
    struct sub *sub, *next;
    for (sub = LIST_FIRST(&b->topic->subs); sub; sub = next) {
        next = LIST_NEXT(sub, of_topic);
        if (sub->conn->seen == number || sub->conn->conn == b->except || !want(sub->conn, arg))
            continue;
        sub->conn->seen = number;
        hold_frame(s, sub->conn->conn, ws_frame_ref(frame));
    }
    ws_frame_unref(&frame);
}
