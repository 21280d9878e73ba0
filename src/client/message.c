/* Messages of a room: order, duplicates, memory. Those still waiting on disk stand behind all others. */
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/model.h"
#include "common/entity.h"
#include "common/mem.h"

void *list_append(void *items, size_t *n, void *item)
{
    void **a = items;
    if ((*n & (*n - 1)) == 0) /* at a power of two it may be full; never smaller than the next one in between */
        a = x_reallocarray(a, *n ? *n * 2 : 1, sizeof(*a));
    a[(*n)++] = item;
    return a;
}

void list_remove(void *items, size_t *n, size_t at)
{
    void **a = items;
    memmove(a + at, a + at + 1, (*n - at - 1) * sizeof(*a));
    (*n)--;
}

void message_free(struct client_message *msg)
{
    if (msg == NULL)
        return;
    free(msg->id);
    free(msg->rid);
    free(msg->user_id);
    free(msg->username);
    free(msg->name);
    free(msg->text);
    free(msg->type);
    free(msg->notice);
    free(msg->attachment);
    free(msg->failure);
    free(msg);
}

bool message_is_pending(const struct client_message *msg)
{
    return msg->delivery == DELIVERY_OUTBOX || msg->delivery == DELIVERY_SENDING || msg->delivery == DELIVERY_FAILED;
}

static size_t index_of(const struct room *r, const char *id)
{
    for (size_t i = r->pub.message_count; id && i > 0; i--) { /* mostly near the end */
        if (strcmp(r->pub.messages[i - 1]->id, id) == 0)
            return i - 1;
    }
    return SIZE_MAX;
}

struct client_message *model_message(const struct room *r, const char *id)
{
    size_t i = index_of(r, id);
    return i == SIZE_MAX ? NULL : r->pub.messages[i];
}

struct client_message *model_message_find(const struct model *m, const char *id, struct room **room)
{
    for (size_t i = 0; i < m->pub.room_count; i++) {
        struct room *r = (struct room *)m->pub.rooms[i];
        struct client_message *msg = model_message(r, id);
        if (msg) {
            *room = r;
            return msg;
        }
    }
    return NULL;
}

static bool stands_before(const struct client_message *a, const struct client_message *b)
{
    bool pa = message_is_pending(a), pb = message_is_pending(b);
    return pa != pb ? pb : a->ts_ms < b->ts_ms;
}

/* Puts the last element where it belongs; equals keep their order of arrival. */
static void settle_last(struct client_room *r)
{
    struct client_message *msg = r->messages[r->message_count - 1];
    size_t at = r->message_count - 1;
    while (at > 0 && stands_before(msg, r->messages[at - 1])) {
        r->messages[at] = r->messages[at - 1];
        at--;
    }
    r->messages[at] = msg;
}

static void insert(struct room *r, struct client_message *msg)
{
    r->pub.messages = list_append(r->pub.messages, &r->pub.message_count, msg);
    settle_last(&r->pub);
}

static void drop_at(struct room *r, size_t i)
{
    message_free(r->pub.messages[i]);
    list_remove(r->pub.messages, &r->pub.message_count, i);
}

void room_forget_messages(struct room *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->pub.message_count; i++) {
        struct client_message *msg = r->pub.messages[i];
        if (message_is_pending(msg))
            r->pub.messages[kept++] = msg;
        else
            message_free(msg);
    }
    r->pub.message_count = kept;
    r->pub.history_complete = false;
    r->loaded = false;
}

static void trim(struct room *r)
{
    while (r->pub.message_count > ROOM_MESSAGE_LIMIT && !message_is_pending(r->pub.messages[0])) {
        drop_at(r, 0);
        r->pub.history_complete = false;
    }
}

static void set_attachment(struct client_message *msg, const json_t *json)
{
    const json_t *first = json_array_get(js_list(json, "attachments"), 0);
    const char *title = js_str(first, "title");
    if (title == NULL || *title == '\0')
        title = js_str(js_obj(json, "file"), "name");
    if (title == NULL && json_is_object(first))
        title = js_str(first, "text") ? js_str(first, "text") : "attachment";
    str_set(&msg->attachment, title);
}

static void fill(const struct model *m, const struct room *r, struct client_message *msg, const json_t *json)
{
    const json_t *u = js_obj(json, "u");
    const char *alias = js_str(json, "alias"), *name = js_str(u, "name");
    const char *text = js_str(json, "msg");
    str_set(&msg->user_id, js_str(u, "_id"));
    str_set(&msg->username, js_str(u, "username") ? js_str(u, "username") : "");
    str_set(&msg->name, alias && *alias ? alias : name);
    str_set(&msg->type, js_str(json, "t"));
    str_set(&msg->text, text ? text : "");
    msg->from_visitor = js_has(json, "token") || (r->pub.visitor_id && str_eq(msg->user_id, r->pub.visitor_id));
    msg->own = m->pub.me.id && str_eq(msg->user_id, m->pub.me.id);
    if (msg->from_visitor)
        text_unescape(msg->text);
    msg->edited = js_has(json, "editedAt");
    msg->ts_ms = js_date(json, "ts");
    msg->hidden = false;
    free(msg->notice);
    msg->notice = notice_make(json, &msg->hidden);
    set_attachment(msg, json);
}

/* Inserts or renews one message. *fresh: it was not known. */
static struct client_message *upsert(struct model *m, struct room *r, const json_t *json, bool *fresh)
{
    const char *id = js_str(json, "_id");
    if (id == NULL)
        return NULL;
    size_t at = index_of(r, id);
    struct client_message *msg;
    *fresh = at == SIZE_MAX;
    if (*fresh) {
        msg = x_calloc(1, sizeof(*msg));
        msg->id = x_strdup(id);
        msg->rid = x_strdup(r->pub.id);
    } else {
        msg = r->pub.messages[at];
        list_remove(r->pub.messages, &r->pub.message_count, at);
    }
    fill(m, r, msg, json);
    msg->delivery = msg->own && msg->type == NULL ? DELIVERY_SENT : DELIVERY_NONE;
    str_set(&msg->failure, NULL);
    insert(r, msg);
    return msg;
}

static void note_last(struct room *r, const struct client_message *msg)
{
    if (msg->hidden || msg->type || msg->ts_ms < r->pub.last_ms)
        return;
    r->pub.last_ms = msg->ts_ms;
    str_set(&r->pub.last_text, *msg->text || msg->attachment == NULL ? msg->text : msg->attachment);
}

static int64_t last_ms_before(const struct room *r, const struct client_message *msg)
{
    int64_t ms = msg->ts_ms - 1;
    for (size_t i = 0; i < r->pub.message_count; i++) {
        if (r->pub.messages[i] == msg)
            return i ? r->pub.messages[i - 1]->ts_ms : ms;
    }
    return ms;
}

/* What a new message means for the list: unread, waiting, typing. */
static unsigned note_live(struct room *r, const struct client_message *msg)
{
    if (msg->from_visitor && msg->type == NULL) {
        str_set(&r->pub.typing, NULL);
        r->pub.waiting_response = true;
        if (r->pub.unread++ == 0)
            r->pub.last_read_ms = last_ms_before(r, msg);
        r->alert = true;
        return r->pub.mine ? CLIENT_NEW_MESSAGE : 0;
    }
    if (msg->type == NULL)
        r->pub.waiting_response = false;
    if (str_eq(msg->type, "livechat-close")) { /* who only looks on hears of the end by this alone */
        r->pub.open = r->pub.mine = false;
        r->pub.closed_ms = msg->ts_ms;
    }
    return 0;
}

unsigned model_apply_message(struct model *m, const json_t *json, bool live)
{
    struct room *r = model_room(m, js_str(json, "rid"));
    bool fresh;
    if (r == NULL)
        return 0;
    struct client_message *msg = upsert(m, r, json, &fresh);
    if (msg == NULL)
        return 0;
    unsigned bits = CLIENT_CHANGED_MESSAGES | CLIENT_CHANGED_ROOMS;
    note_last(r, msg);
    if (live && fresh)
        bits |= note_live(r, msg);
    trim(r);
    return bits;
}

unsigned model_apply_history(struct model *m, struct room *r, const json_t *list, size_t limit, int64_t end_ms)
{
    size_t i, n = json_array_size(list), known = 0, had = 0;
    json_t *json;
    for (i = 0; i < r->pub.message_count; i++)
        had += !message_is_pending(r->pub.messages[i]);
    json_array_foreach(list, i, json)
        known += model_message(r, js_str(json, "_id")) != NULL;
    if (end_ms == 0 && had && known == 0 && n >= limit)
        room_forget_messages(r); /* a hole between the old ones and this page: read them again when asked for */
    json_array_foreach(list, i, json) {
        bool fresh;
        struct client_message *msg = upsert(m, r, json, &fresh);
        if (msg)
            note_last(r, msg);
    }
    r->loaded = true;
    if (n < limit)
        r->pub.history_complete = true;
    return CLIENT_CHANGED_MESSAGES | CLIENT_CHANGED_ROOMS;
}

unsigned model_message_delete(struct model *m, const char *rid, const char *id)
{
    struct room *r = model_room(m, rid);
    size_t at = r ? index_of(r, id) : SIZE_MAX;
    if (at == SIZE_MAX)
        return 0;
    drop_at(r, at);
    return CLIENT_CHANGED_MESSAGES;
}

struct client_message *model_message_compose(struct model *m, struct room *r, const char *id, const char *text,
                                             int64_t ts_ms)
{
    struct client_message *msg = x_calloc(1, sizeof(*msg));
    msg->id = x_strdup(id);
    msg->rid = x_strdup(r->pub.id);
    msg->user_id = x_strdup(m->pub.me.id);
    msg->username = x_strdup(m->pub.me.username ? m->pub.me.username : "");
    msg->name = x_strdup(m->pub.me.name);
    msg->text = x_strdup(text);
    msg->ts_ms = ts_ms;
    msg->own = true;
    msg->delivery = DELIVERY_OUTBOX;
    insert(r, msg);
    return msg;
}
