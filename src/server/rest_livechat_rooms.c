/* Chats for agents and managers (rest 5, 14). */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/params.h"
#include "server/room_reply.h"
#include "server/rows.h"
#include "server/shape.h"
#include "server/transcripts.h"

#define LIST_MAX 20

/* --- livechat/rooms --- */

struct rooms_read {
    struct room_query query;
    const char *agents[LIST_MAX], *tags[LIST_MAX];
    json_t *params, *data;         /* own the texts of the query */
    struct stored_room *rooms;
    size_t n;
    int64_t total;
};

static void rooms_run(struct store_reader *r, void *data)
{
    struct rooms_read *rr = data;
    rr->n = read_rooms(r, &rr->query, &rr->rooms, &rr->total);
}

static void rooms_drop(void *data)
{
    struct rooms_read *rr = data;
    for (size_t i = 0; i < rr->n; i++)
        stored_room_free(&rr->rooms[i]);
    free(rr->rooms);
    json_decref(rr->params);
    json_decref(rr->data);
    free(rr);
}

static void rooms_done(struct api *a, void *data)
{
    const struct rooms_read *rr = data;
    struct paging p;
    if (!api_paging(a, &p))
        return;
    jsonw_array(api_ok(a), "rooms");
    for (size_t i = 0; i < rr->n; i++) /* the store is a little behind the core */
        put_any_room(a, NULL, core_room(a->server->core, rr->rooms[i].room->id), &rr->rooms[i], true);
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, rr->n, rr->total);
    api_ok_end(a);
}

/* One bound of a period. False: the failure has been sent. */
static bool read_bound(struct api *a, const json_t *period, const char *name, const char *bound, int64_t *ms)
{
    const json_t *v = json_object_get(period, bound);
    if (v == NULL || json_is_null(v) || (json_is_string(v) && clock_parse(json_string_value(v), ms)))
        return true;
    AUTO_FREE char *text = x_asprintf("The \"%s.%s\" query parameter must be a valid date.", name, bound);
    api_fail_plain(a, text);
    return false;
}

static bool read_period(struct api *a, const char *name, int64_t *from, int64_t *to)
{
    json_t *period;
    if (!api_json_text(a, name, &period))
        return false;
    bool good = period == NULL || (read_bound(a, period, name, "start", from) && read_bound(a, period, name, "end", to));
    json_decref(period);
    return good;
}

static bool may_list(const struct api *a)
{
    const json_t *agents = api_list(a, "agents");
    if (api_may(a, "view-livechat-rooms"))
        return true;
    return api_may(a, "view-l-room") && json_array_size(agents) == 1 &&
           str_eq(json_string_value(json_array_get(agents, 0)), a->user->id);
}

static bool read_custom_fields(struct api *a, json_t **out)
{
    const char *text = api_str_nonempty(a, "customFields");
    struct error e;
    *out = text ? params_from_json(text, strlen(text), true, &e) : NULL;
    if (text == NULL || json_is_object(*out))
        return true;
    json_decref(*out);
    *out = NULL;
    api_fail_plain(a, "The \"customFields\" query parameter must be a valid JSON.");
    return false;
}

/* "true" as text or value. */
static bool is_yes(const struct api *a, const char *name)
{
    const json_t *v = json_object_get(a->params, name);
    const char *s = json_string_value(v);
    return json_is_true(v) || (s && (strcmp(s, "true") == 0 || strcmp(s, "t") == 0 || strcmp(s, "1") == 0));
}

/* Sort keys the store knows; they outlive the request's paging. */
static const char *known_sort(const struct paging *p)
{
    static const char *const keys[] = {"ts", "closedAt", "fname", "msgs", "lm"};
    for (size_t i = 0; p->sort_count && i < COUNT_OF(keys); i++)
        if (strcmp(keys[i], p->sort[0].key) == 0)
            return keys[i];
    return NULL;
}

static void fill_query(struct api *a, struct rooms_read *rr, const struct paging *p)
{
    struct room_query *q = &rr->query;
    const char *department = api_str_nonempty(a, "departmentId");
    bool has_open = json_is_boolean(json_object_get(a->params, "open")) || api_str_nonempty(a, "open");
    rr->params = json_incref(a->params);
    q->department_id = department && strcmp(department, "undefined") != 0 ? department : NULL;
    q->name_like = api_str_nonempty(a, "roomName");
    q->served_by = rr->agents;
    q->served_by_count = (size_t)json_texts(api_list(a, "agents"), rr->agents, LIST_MAX);
    q->tags = rr->tags;
    q->tag_count = (size_t)json_texts(api_list(a, "tags"), rr->tags, LIST_MAX);
    const char *open = api_str(a, "open");
    q->open = has_open ? json_is_true(json_object_get(a->params, "open")) || str_eq(open, "true") : -1;
    q->on_hold = is_yes(a, "onhold") ? 1 : has_open ? 0 : -1;
    q->data = rr->data;
    q->sort = known_sort(p);
    q->ascending = p->sort_count && p->sort[0].ascending;
    q->offset = p->offset;
    q->limit = p->count;
}

static void rooms_list(struct api *a)
{
    struct paging p;
    struct rooms_read *rr = x_calloc(1, sizeof *rr);
    struct room_query *q = &rr->query;
    bool good = read_period(a, "createdAt", &q->created_from_ms, &q->created_to_ms) &&
                read_period(a, "closedAt", &q->closed_from_ms, &q->closed_to_ms);
    if (good && !may_list(a)) {
        api_forbidden(a);
        good = false;
    }
    if (!good || !read_custom_fields(a, &rr->data) || !api_paging(a, &p)) {
        rooms_drop(rr);
        return;
    }
    fill_query(a, rr, &p);
    api_read(a, rooms_run, rooms_done, rr, rooms_drop);
}

/* --- join, forward, saveInfo, visitor --- */

static void join_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    struct result result;
    if (open == NULL) {
        api_fail_plain(a, closed ? "error-not-allowed" : "error-invalid-room");
        return;
    }
    if (desk_join(a->server, a->user, open->id, &result) == ERR_OK)
        api_ok_empty(a);
    else if (str_eq(result.error.name, "error-max-number-simultaneous-chats-reached"))
        api_fail_core(a, &result.error);
    else
        api_fail_core_plain(a, &result.error);
}

static void room_join(struct api *a)
{
    api_find_room(a, api_str(a, "roomId"), join_found);
}

static bool is_coded_forward_error(const char *name)
{
    return str_eq(name, "error-forwarding-department-target-not-allowed") ||
           str_eq(name, "error-max-number-simultaneous-chats-reached");
}

static void forward_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    struct result result;
    if (open == NULL) {
        api_fail_plain(a, closed ? "This_conversation_is_already_closed" : "error-invalid-room");
        return;
    }
    struct forwarding f = {.rid = open->id, .user_id = api_str(a, "userId"), .department_id = api_str(a, "departmentId"),
                           .comment = api_str(a, "comment"), .client_action = api_bool(a, "clientAction", false),
                           .answers = a->answers};
    if (api_str_nonempty(a, "userId") == NULL && ask_before(a, f.department_id, open))
        return;
    int rc = desk_forward(a->server, a->user, &f, &result);
    if (rc == ERR_OK)
        api_ok_empty(a);
    else if (result.error.name == NULL)
        api_fail_empty(a);
    else if (is_coded_forward_error(result.error.name))
        api_fail_core(a, &result.error);
    else
        api_fail_core_plain(a, &result.error);
}

static void room_forward(struct api *a)
{
    api_find_room(a, api_str(a, "roomId"), forward_found);
}

static void hold_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    struct result result;
    if (open == NULL && closed == NULL)
        api_fail_plain(a, "Invalid room Id");
    else if (desk_hold(a->server, a->user, api_str(a, "roomId"), &result) != ERR_OK)
        api_fail_plain(a, result.error.text);
    else
        api_ok_empty(a);
}

static void room_hold(struct api *a)
{
    const char *rid = api_str(a, "roomId");
    if (rid == NULL || rid[strspn(rid, " \t\n")] == '\0')
        api_fail_plain(a, "Invalid room Id");
    else
        api_find_room(a, rid, hold_found);
}

static void info_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    struct result result;
    int rc = desk_save_info(a->server, a->user, open, closed, api_obj(a, "guestData"), api_obj(a, "roomData"), &result);
    if (rc == ERR_OK)
        api_ok_empty(a);
    else if (rc == ERR_DENIED)
        api_forbidden(a);
    else if (str_eq(result.error.name, "error-invalid-room"))
        api_fail_core_plain(a, &result.error);
    else
        api_fail_core(a, &result.error);
}

static void room_save_info(struct api *a)
{
    api_find_room(a, json_string_value(json_object_get(api_obj(a, "roomData"), "_id")), info_found);
}

static void visitor_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct core *c = a->server->core;
    const struct visitor *v = core_visitor(c, l->visitor_id);
    const struct room *r = core_room(c, l->rid);
    struct result result;
    if (v == NULL && (v = l->visitor) == NULL) {
        api_fail_plain(a, "visitor-not-found");
        return;
    }
    if (r == NULL) {
        api_fail_plain(a, "invalid-room");
        return;
    }
    if (!core_may_open(c, a->user, r)) {
        api_fail_plain(a, "error-not-allowed");
        return;
    }
    if (!str_eq(r->visitor->id, api_str(a, "oldVisitorId"))) {
        api_fail_plain(a, "invalid-room-visitor");
        return;
    }
    struct command cmd = server_command(COMMAND_ROOM_VISITOR, a->user);
    cmd.room_visitor.rid = r->id;
    cmd.room_visitor.record = v;
    if (server_step(a->server, &cmd, &result) != ERR_OK) {
        api_fail_core_plain(a, &result.error);
        return;
    }
    shape_room(api_ok(a), "room", result.room);
    api_ok_end(a);
}

static void room_visitor(struct api *a)
{
    if (!api_may(a, "change-livechat-room-visitor")) {
        api_fail_plain(a, "error-not-authorized");
        return;
    }
    struct lookup *l = lookup_new(api_str(a, "rid"));
    l->visitor_id = x_strdup(api_str(a, "newVisitorId"));
    api_read(a, lookup_run, visitor_found, l, lookup_drop);
}

/* What the agent wants about the transcript takes the place of what was wanted before. */
static int wish_transcript(struct api *a, const char *rid, struct result *result)
{
    const json_t *wish = api_obj(a, "transcriptEmail"), *request = json_object_get(wish, "requestData");
    const struct room *r = core_room(a->server->core, rid);
    if (wish == NULL)
        return ERR_OK;
    int rc = r->transcript.email ? transcript_discard(a->server, a->user, rid, result) : ERR_OK;
    if (rc != ERR_OK || !json_is_true(json_object_get(wish, "sendToVisitor")))
        return rc;
    return transcript_request(a->server, a->user, rid, json_string_value(json_object_get(request, "email")),
                              json_string_value(json_object_get(request, "subject")), result);
}

static void close_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    struct result result;
    const char *rid = api_str(a, "rid");
    if (open == NULL && closed == NULL)
        api_fail_coded(a, "error-invalid-room", "Invalid room");
    else if (open == NULL)
        api_fail_coded(a, "error-room-already-closed", "Room is already closed");
    else if (wish_transcript(a, rid, &result) != ERR_OK ||
             desk_close(a->server, a->user, rid, api_str(a, "comment"), api_list(a, "tags"),
                        api_str(a, "disposition"), true, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static void room_close_by_user(struct api *a)
{
    api_find_room(a, api_str(a, "rid"), close_found);
}

/* --- what was said --- */

static void read_page(struct api *a, const char *rid, const char *type, api_done_fn done)
{
    struct paging p;
    if (!api_paging(a, &p))
        return;
    struct lookup *l = lookup_new(rid);
    l->want_page = true;
    l->page.with_hidden = true;
    l->page.type = type;
    l->page.plain_only = type == NULL;
    l->page.limit = p.count;
    l->page.offset = p.offset;
    api_read(a, lookup_run, done, l, lookup_drop);
}

/* The transfers come newest first by pages; the answer is oldest first: the whole list is read and sliced. */
static void history_done(struct api *a, void *data)
{
    const struct lookup *l = data;
    struct paging p;
    size_t from, n;
    if (core_room(a->server->core, l->rid) == NULL && lookup_room(l) == NULL) {
        api_fail_plain(a, "invalid-room");
        return;
    }
    if (!api_paging(a, &p))
        return;
    paging_slice(&p, l->message_count, &from, &n);
    jsonw_array(api_ok(a), "history");
    for (size_t i = from; i < from + n; i++) {
        const struct message *m = l->messages[l->message_count - 1 - i];
        json_t *extra = m->extra ? json_loads(m->extra, 0, NULL) : NULL;
        json_t *transfer = json_object_get(extra, "transferData");
        if (transfer)
            jsonw_json(&a->w, NULL, transfer);
        json_decref(extra);
    }
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, n, (int64_t)l->message_count);
    api_ok_end(a);
}

static void transfer_history(struct api *a)
{
    struct lookup *l = lookup_new(api_arg(a, "rid"));
    l->want_page = true;
    l->page.with_hidden = true;
    l->page.type = message_type("livechat_transfer_history");
    api_read(a, lookup_run, history_done, l, lookup_drop);
}

static void messages_done(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct room *r = core_room(a->server->core, l->rid);
    struct paging p;
    if (r == NULL && lookup_room(l) == NULL) {
        api_fail_plain(a, "invalid-room");
        return;
    }
    if (!lookup_may_open(a->server->core, a->user, r, l)) {
        api_fail_plain(a, "not-allowed");
        return;
    }
    if (!api_paging(a, &p))
        return;
    jsonw_array(api_ok(a), "messages");
    for (size_t i = 0; i < l->message_count; i++)
        shape_message(&a->w, NULL, l->messages[i]);
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, (size_t)p.count, l->total); /* the page size asked for, as in the original */
    api_ok_end(a);
}

static void room_messages(struct api *a)
{
    read_page(a, api_arg(a, "rid"), NULL, messages_done);
}

/* --- the table --- */

#define OPEN_ROW(n) {.name = (n), .type = PARAM_ANY}

static const struct schema list_schema =
    SCHEMA(STRICT, KEYS, OPT_LIST("agents", STRING), OPT("departmentId", STRING), OPEN_ROW("open"), OPEN_ROW("onhold"),
           OPT("roomName", STRING), OPT_LIST("tags", STRING), OPT("createdAt", STRING), OPT("closedAt", STRING),
           OPT("customFields", STRING), OPT("fields", STRING));
static const struct schema join_schema = SCHEMA(STRICT, NONE, REQ("roomId", STRING));
static const struct schema forward_schema =
    SCHEMA(STRICT, NONE, REQ("roomId", STRING), OPT_OR_NULL("userId", STRING), OPT_OR_NULL("departmentId", STRING),
           OPT_OR_NULL("comment", STRING), OPT_OR_NULL("clientAction", BOOL));
static const struct schema hold_schema = SCHEMA(LOOSE, NONE, OPEN_ROW("roomId"));
static const struct schema guest_data = SCHEMA(STRICT, NONE, REQ("_id", STRING), OPT("name", STRING),
                                               OPT("email", STRING), OPT("phone", STRING),
                                               {.name = "livechatData", .type = PARAM_OBJECT, .flags = PARAM_TEXTS});
static const struct schema room_data = SCHEMA(STRICT, NONE, REQ("_id", STRING), OPT("topic", STRING),
                                              OPT_LIST("tags", STRING), OPT("livechatData", OBJECT),
                                              OPT("priorityId", STRING));
static const struct schema info_schema =
    SCHEMA(STRICT, NONE, REQ_OBJECT("guestData", &guest_data), REQ_OBJECT("roomData", &room_data));
static const struct schema visitor_schema =
    SCHEMA(STRICT, NONE, REQ("rid", STRING), REQ("oldVisitorId", STRING), REQ("newVisitorId", STRING));
static const struct schema close_schema = SCHEMA(STRICT, NONE, REQ("rid", STRING), OPT("comment", STRING),
                                                 OPT_LIST("tags", STRING), OPT("generateTranscriptPdf", BOOL),
                                                 OPT("transcriptEmail", OBJECT), OPT("disposition", STRING));
static const struct schema page_schema = SCHEMA_BARE(STRICT, KEYS);

const struct endpoint livechat_rooms_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/rooms", .auth = AUTH_LOGIN, .schema = &list_schema, .run = rooms_list},
    {.verb = VERB_GET, .path = "livechat/room.join", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &join_schema, .run = room_join},
    {.verb = VERB_POST, .path = "livechat/room.forward", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-l-room", "transfer-livechat-guest"), .schema = &forward_schema, .run = room_forward},
    {.verb = VERB_POST, .path = "livechat/room.onHold", .auth = AUTH_LOGIN, .all_of = RIGHTS("on-hold-livechat-room"),
     .schema = &hold_schema, .run = room_hold},
    {.verb = VERB_POST, .path = "livechat/room.saveInfo", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &info_schema, .run = room_save_info},
    {.verb = VERB_PUT, .path = "livechat/room.visitor", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &visitor_schema, .run = room_visitor},
    {.verb = VERB_POST, .path = "livechat/room.closeByUser", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("close-livechat-room"), .schema = &close_schema, .run = room_close_by_user},
    {.verb = VERB_GET, .path = "livechat/transfer.history/:rid", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-livechat-rooms"), .run = transfer_history},
    {.verb = VERB_GET, .path = "livechat/:rid/messages", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &page_schema, .run = room_messages},
    ENDPOINTS_END,
};
