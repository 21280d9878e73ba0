/* Messages over the realtime API (rest 15.3). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/shape.h"
#include "server/stream.h"

#define PAGE_DEFAULT 20
#define PAGE_MAX 1000

/* --- sendMessage --- */

/* A notice that only the sender sees: why his message was not sent. */
static void notice(struct call *c, const char *rid, const char *text)
{
    struct broadcast b;
    AUTO_FREE char *event = x_asprintf("%s/message", c->user_id);
    if (!broadcast_begin(c->server, &b, STREAM_NOTIFY_USER, event))
        return;
    AUTO_FREE char *id = x_asprintf("notice-%lld", (long long)server_now(c->server));
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "_id", id);
    jsonw_str(&b.w, "rid", rid);
    jsonw_date(&b.w, "ts", server_now(c->server));
    jsonw_str(&b.w, "msg", text);
    shape_user_ref(&b.w, "u", "rocket.cat", "rocket.cat", NULL);
    jsonw_bool(&b.w, "private", true);
    jsonw_end_object(&b.w);
    broadcast_end(c->server, &b);
}

static void send_message(struct call *c)
{
    json_t *message = call_obj(c, 0);
    struct result result;
    if (c->user == NULL) {
        call_error(c, "error-invalid-user", "Invalid user");
        return;
    }
    if (message == NULL) {
        call_error_match(c, "Expected object, got undefined", "");
        return;
    }
    const char *id = call_obj_str(message, "_id");
    struct message *known = id && *id ? server_message_dup(c->server, id) : NULL;
    if (known) {
        message_free(&known);
        call_end(c);
        return;
    }
    if (id && *id == '\0')
        json_object_del(message, "_id");
    if (desk_send(c->server, c->user, message, &result) == ERR_OK) {
        shape_message(call_result(c), NULL, result.message);
        call_end(c);
    } else if (str_eq(result.error.name, "error-not-allowed")) {
        call_error(c, "error-not-allowed", "Not allowed");
    } else {
        notice(c, call_obj_str(message, "rid"), result.error.text[0] ? result.error.text : result.error.name);
        call_end(c);
    }
}

/* --- updateMessage, deleteMessage --- */

static bool is_reachable(const struct call *c, const struct lookup *l)
{
    const struct core *core = c->server->core;
    return l->message && lookup_may_open(core, c->user, core_room(core, l->message->rid), l);
}

static void update_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    const char *text = call_obj_str(call_obj(c, 0), "msg");
    struct result result;
    if (!is_reachable(c, l))
        call_error(c, "error-action-not-allowed", "Message editing not allowed");
    else if (desk_edit(c->server, c->user, l->message, text ? text : "", &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_end(c);
}

static void delete_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    struct result result;
    if (!is_reachable(c, l))
        call_error(c, "error-action-not-allowed", "Not allowed");
    else if (desk_delete(c->server, c->user, l->message, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_end(c);
}

static void with_message(struct call *c, call_done_fn done)
{
    const char *id = call_obj_str(call_obj(c, 0), "_id");
    if (id == NULL) {
        call_error_match(c, "Missing key '_id'", "_id");
        return;
    }
    struct lookup *l = lookup_new(NULL);
    l->message_id = x_strdup(id);
    call_read(c, lookup_run, done, l, lookup_drop);
}

static void update_message(struct call *c)
{
    with_message(c, update_found);
}

static void delete_message(struct call *c)
{
    with_message(c, delete_found);
}

/* --- history --- */

static void put_list(struct jsonw *w, const char *key, struct message *const *list, size_t n)
{
    jsonw_array(w, key);
    for (size_t i = 0; i < n; i++)
        shape_message(w, NULL, list[i]);
    jsonw_end_array(w);
}

static void call_false(struct call *c)
{
    jsonw_bool(call_result(c), NULL, false);
    call_end(c);
}

static int64_t limit_param(const struct call *c, size_t n, int64_t standard)
{
    const json_t *v = call_param(c, n);
    int64_t limit = json_is_number(v) ? (int64_t)json_number_value(v) : standard;
    return limit > 0 && limit < PAGE_MAX ? limit : limit > 0 ? PAGE_MAX : standard;
}

/* False: a room or access is missing (answered). */
static bool check_access(struct call *c, const struct lookup *l)
{
    const struct core *core = c->server->core;
    if (lookup_may_open(core, c->user, core_room(core, l->rid), l))
        return true;
    call_false(c);
    return false;
}

static void history_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    const struct room *r = core_room(c->server->core, l->rid);
    const struct subscription *sub = r && c->user ? room_subscription(r, c->user) : NULL;
    int64_t seen = 0, unread = sub ? sub->unread : 0;
    size_t first = l->message_count;
    if (!check_access(c, l))
        return;
    if (call_date(call_param(c, 3), &seen)) {
        for (size_t i = 0; i < l->message_count && l->messages[i]->ts_ms > seen; i++)
            first = i;
    }
    jsonw_object(call_result(c), NULL);
    put_list(&c->w, "messages", l->messages, l->message_count);
    if (first < l->message_count)
        shape_message(&c->w, "firstUnread", l->messages[first]);
    jsonw_int(&c->w, "unreadNotLoaded", unread > (int64_t)l->message_count ? unread - (int64_t)l->message_count : 0);
    jsonw_end_object(&c->w);
    call_end(c);
}

static void load_history(struct call *c)
{
    const char *rid = call_str(c, 0);
    if (rid == NULL) {
        call_error_match(c, "Expected string, got undefined", "");
        return;
    }
    struct lookup *l = lookup_new(rid);
    l->want_page = true;
    l->page.limit = limit_param(c, 2, PAGE_DEFAULT);
    call_date(call_param(c, 1), &l->page.before_ms);
    call_read(c, lookup_run, history_found, l, lookup_drop);
}

static void missed_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    if (!check_access(c, l))
        return;
    put_list(call_result(c), NULL, l->messages, l->message_count);
    call_end(c);
}

static void next_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    size_t limit = (size_t)limit_param(c, 2, PAGE_DEFAULT);
    if (!check_access(c, l))
        return;
    /* The oldest of those after the date: they stand at the end of the newest-first list. */
    size_t n = l->message_count < limit ? l->message_count : limit;
    jsonw_object(call_result(c), NULL);
    put_list(&c->w, "messages", l->messages + (l->message_count - n), n);
    jsonw_end_object(&c->w);
    call_end(c);
}

static void load_after(struct call *c, call_done_fn done)
{
    const char *rid = call_str(c, 0);
    int64_t after;
    if (rid == NULL || !call_date(call_param(c, 1), &after)) {
        call_error_match(c, rid ? "Expected date" : "Expected string, got undefined", "");
        return;
    }
    struct lookup *l = lookup_new(rid);
    l->want_page = true;
    l->page.after_ms = after;
    call_read(c, lookup_run, done, l, lookup_drop);
}

static void load_missed(struct call *c)
{
    load_after(c, missed_found);
}

static void load_next(struct call *c)
{
    load_after(c, next_found);
}

/* The message, and half a page before and behind it. */
struct surrounding {
    struct lookup *lookup;
    struct message **before, **after;
    size_t before_count, after_count;
    int64_t limit, before_total, after_total;
};

static void surrounding_run(struct store_reader *r, void *data)
{
    struct surrounding *s = data;
    lookup_run(r, s->lookup);
    const struct message *m = s->lookup->message;
    if (m == NULL)
        return;
    struct message_query q = {.rid = m->rid, .before_ms = m->ts_ms, .limit = s->limit / 2};
    s->before_count = read_messages(r, &q, &s->before, &s->before_total);
    q = (struct message_query){.rid = m->rid, .after_ms = m->ts_ms};
    int64_t half = s->limit / 2;
    s->after_count = read_messages(r, &q, &s->after, &s->after_total);
    /* Newest first: only the nearest ones are wanted. */
    while ((int64_t)s->after_count > half) {
        size_t drop = s->after_count - (size_t)half;
        for (size_t i = 0; i < drop; i++)
            message_free(&s->after[i]);
        memmove(s->after, s->after + drop, (size_t)half * sizeof *s->after);
        s->after_count = (size_t)half;
    }
}

static void free_messages(struct message **list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        message_free(&list[i]);
    free(list);
}

static void surrounding_drop(void *data)
{
    struct surrounding *s = data;
    free_messages(s->before, s->before_count);
    free_messages(s->after, s->after_count);
    lookup_drop(s->lookup);
    free(s);
}

static void surrounding_found(struct call *c, void *data)
{
    const struct surrounding *s = data;
    struct lookup *l = s->lookup;
    if (!is_reachable(c, l)) {
        call_false(c);
        return;
    }
    jsonw_object(call_result(c), NULL);
    jsonw_array(&c->w, "messages");
    for (size_t i = s->after_count; i-- > 0;)
        shape_message(&c->w, NULL, s->after[i]);
    shape_message(&c->w, NULL, l->message);
    for (size_t i = 0; i < s->before_count; i++)
        shape_message(&c->w, NULL, s->before[i]);
    jsonw_end_array(&c->w);
    jsonw_bool(&c->w, "moreBefore", s->before_total > (int64_t)s->before_count);
    jsonw_bool(&c->w, "moreAfter", s->after_total > (int64_t)s->after_count);
    jsonw_end_object(&c->w);
    call_end(c);
}

static void load_surrounding(struct call *c)
{
    const char *id = call_obj_str(call_obj(c, 0), "_id");
    if (id == NULL) {
        call_false(c);
        return;
    }
    struct surrounding *s = x_calloc(1, sizeof *s);
    s->lookup = lookup_new(NULL);
    s->lookup->message_id = x_strdup(id);
    s->limit = limit_param(c, 1, 50);
    call_read(c, surrounding_run, surrounding_found, s, surrounding_drop);
}

/* --- the first message of a chat --- */

static void first_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    const struct core *core = c->server->core;
    const struct room *r = core_room(core, l->rid);
    if (r == NULL && lookup_room(l) == NULL)
        call_error(c, "error-invalid-room", "Invalid room");
    else if (!lookup_may_open(core, c->user, r, l))
        call_error(c, "error-not-allowed", "Not allowed");
    else {
        if (l->message_count)
            shape_message(call_result(c), NULL, l->messages[l->message_count - 1]);
        call_end(c);
    }
}

static void first_message(struct call *c)
{
    const char *rid = call_obj_str(call_obj(c, 0), "rid");
    if (!call_may(c, "view-l-room")) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    if (rid == NULL) {
        call_error_match(c, "Missing key 'rid'", "rid");
        return;
    }
    struct lookup *l = lookup_new(rid);
    l->want_page = true;
    call_read(c, lookup_run, first_found, l, lookup_drop);
}

const struct method message_methods[] = {
    {.name = "sendMessage", .run = send_message},
    {.name = "updateMessage", .login = true, .run = update_message},
    {.name = "deleteMessage", .login = true, .run = delete_message},
    {.name = "loadHistory", .run = load_history},
    {.name = "loadMissedMessages", .run = load_missed},
    {.name = "loadNextMessages", .run = load_next},
    {.name = "loadSurroundingMessages", .run = load_surrounding},
    {.name = "livechat:getFirstRoomMessage", .login = true, .run = first_message},
    METHODS_END,
};
