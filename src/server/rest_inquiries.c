/* Inquiries and the queue (rest 6). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/list.h"
#include "server/rows.h"
#include "server/shape.h"

static struct list_key inquiry_key(const void *item, const char *key)
{
    const struct room *r = item;
    if (strcmp(key, "name") == 0)
        return (struct list_key){r->fname, 0};
    if (strcmp(key, "queueOrder") == 0)
        return (struct list_key){NULL, r->inquiry.order};
    if (strcmp(key, "estimatedWaitingTimeQueue") == 0)
        return (struct list_key){NULL, r->inquiry.wait_min};
    if (strcmp(key, "estimatedServiceTimeAt") == 0)
        return (struct list_key){NULL, r->inquiry.service_at_ms};
    return (struct list_key){NULL, r->inquiry.ts_ms};
}

static void put_brief(struct api *a, const void *item)
{
    const struct room *r = item;
    jsonw_object(&a->w, NULL);
    jsonw_str(&a->w, "_id", r->inquiry.id);
    jsonw_str(&a->w, "rid", r->id);
    jsonw_str(&a->w, "name", r->fname);
    jsonw_date(&a->w, "ts", r->inquiry.ts_ms);
    jsonw_str(&a->w, "status", inquiry_status_name(r->inquiry.status));
    jsonw_str(&a->w, "department", r->department_id);
    jsonw_end_object(&a->w);
}

static void put_inquiry(struct api *a, const void *item)
{
    shape_inquiry(&a->w, NULL, item);
}

static void inquiries_list(struct api *a)
{
    const struct core *c = a->server->core;
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    const struct department *d = core_department_by_name(c, api_str_nonempty(a, "department"));
    for (const struct room *r = NULL; (r = core_next_room(c, r)) != NULL;)
        if (r->inquiry.status == INQUIRY_QUEUED && (d == NULL || r->department == d))
            list_add(&l, r);
    list_sort(&l, &p, "ts", false, inquiry_key);
    list_reply(a, "inquiries", &l, &p, put_brief);
}

/* His enabled departments decide what he may ask for. */
static bool has_departments(const struct user *u)
{
    const struct department_agent *link;
    LIST_FOREACH(link, &u->departments, of_user)
        if (link->department->enabled)
            return true;
    return false;
}

static bool serves_in(const struct user *u, const char *department_id)
{
    const struct department_agent *link;
    LIST_FOREACH(link, &u->departments, of_user)
        if (link->department->enabled && str_eq(link->department->id, department_id))
            return true;
    return false;
}

static void inquiries_queued(struct api *a)
{
    const struct core *c = a->server->core;
    const char *asked = api_str_nonempty(a, "department");
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    if (asked && has_departments(a->user) && !serves_in(a->user, asked)) {
        api_fail_plain(a, "error-not-authorized");
        return;
    }
    for (const struct room *r = NULL; (r = core_next_room(c, r)) != NULL;) {
        if (!core_sees_inquiry(c, a->user, r))
            continue;
        bool his = r->department == NULL || r->inquiry.default_agent == a->user;
        if (asked == NULL || his || str_eq(r->department->id, asked))
            list_add(&l, r);
    }
    list_sort(&l, &p, "ts", false, inquiry_key);
    list_reply(a, "inquiries", &l, &p, put_inquiry);
}

static void inquiries_get_one(struct api *a)
{
    const struct room *r = core_room(a->server->core, api_str(a, "roomId"));
    api_ok(a);
    if (r && r->inquiry.status != INQUIRY_NONE)
        shape_inquiry(&a->w, "inquiry", r);
    else
        jsonw_null(&a->w, "inquiry");
    api_ok_end(a);
}

static void inquiries_take(struct api *a)
{
    struct result result;
    if (desk_take(a->server, a->user, api_str(a, "inquiryId"), api_str_nonempty(a, "userId"), &result) == ERR_OK) {
        shape_room(api_ok(a), "inquiry", result.room);
        api_ok_end(a);
        return;
    }
    const struct error *e = &result.error;
    if (e->name == NULL)
        api_fail_plain(a, e->text);
    else
        api_fail_details(a, e->name, *e->text ? e->text : NULL, "{\"method\":\"livechat:takeInquiry\"}");
}

/* --- livechat/queue: one row per serving agent and department --- */

struct queue_row {
    const struct user *user;
    const struct department *department;
    int64_t chats;
};

static void count_chat(struct queue_row **rows, size_t *n, const struct room *r)
{
    for (size_t i = 0; i < *n; i++) {
        if ((*rows)[i].user == r->served_by && (*rows)[i].department == r->department) {
            (*rows)[i].chats++;
            return;
        }
    }
    *rows = x_reallocarray(*rows, *n + 1, sizeof **rows);
    (*rows)[(*n)++] = (struct queue_row){r->served_by, r->department, 1};
}

static struct list_key queue_key(const void *item, const char *key)
{
    const struct queue_row *row = item;
    if (strcmp(key, "user.username") == 0 || strcmp(key, "username") == 0)
        return (struct list_key){row->user->username, 0};
    if (strcmp(key, "department.name") == 0)
        return (struct list_key){row->department ? row->department->name : "", 0};
    return (struct list_key){NULL, row->chats};
}

static void put_queue_row(struct api *a, const void *item)
{
    const struct queue_row *row = item;
    struct jsonw *w = &a->w;
    jsonw_object(w, NULL);
    jsonw_int(w, "chats", row->chats);
    jsonw_object(w, "user");
    jsonw_str(w, "_id", row->user->id);
    jsonw_str(w, "username", row->user->username);
    jsonw_str(w, "status", presence_name(row->user->status));
    jsonw_end_object(w);
    jsonw_object(w, "department");
    if (row->department) {
        jsonw_str(w, "_id", row->department->id);
        jsonw_str(w, "name", row->department->name);
    } else {
        jsonw_null(w, "_id");
        jsonw_null(w, "name");
    }
    jsonw_end_object(w);
    jsonw_end_object(w);
}

static bool is_shown(const struct api *a, const struct room *r)
{
    const char *agent = api_str_nonempty(a, "agentId"), *department = api_str_nonempty(a, "departmentId");
    const struct user *u = r->served_by;
    bool offline_too = str_eq(api_str(a, "includeOfflineAgents"), "true");
    if (u == NULL || (agent && strcmp(u->id, agent) != 0) || (department && !str_eq(r->department_id, department)))
        return false;
    return offline_too || (u->status != PRESENCE_OFFLINE && u->available);
}

static void queue_list(struct api *a)
{
    const struct core *c = a->server->core;
    struct paging p;
    struct list l = LIST_NEW;
    struct queue_row *rows = NULL;
    size_t n = 0;
    if (!api_paging(a, &p))
        return;
    for (const struct room *r = NULL; (r = core_next_room(c, r)) != NULL;)
        if (is_shown(a, r))
            count_chat(&rows, &n, r);
    for (size_t i = 0; i < n; i++)
        list_add(&l, &rows[i]);
    list_sort(&l, &p, "chats", false, queue_key);
    list_reply(a, "queue", &l, &p, put_queue_row);
    free(rows);
}

/* By the id or the name of the priority. */
static void inquiry_prioritize(struct api *a)
{
    const char *rid = api_str_nonempty(a, "roomId"), *wish = api_str_nonempty(a, "priority");
    const struct core *c = a->server->core;
    const struct room *r = core_room(c, rid);
    const struct record *p = wish ? core_record(c, RECORD_PRIORITY, wish) : NULL;
    struct result result;
    if (p == NULL && wish)
        p = core_record_by_name(c, RECORD_PRIORITY, wish);
    if (rid == NULL) {
        api_fail_plain(a, "The 'roomId' param is required");
        return;
    }
    if (r == NULL || r->inquiry.status != INQUIRY_QUEUED || p == NULL) {
        api_fail_plain(a, r && r->inquiry.status == INQUIRY_QUEUED ? "error-invalid-priority" : "error-invalid-inquiry");
        return;
    }
    struct command cmd = server_command(COMMAND_ROOM_INFO, a->user);
    cmd.room.rid = rid;
    cmd.room.priority_id = p->id;
    cmd.room.has_priority = true;
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_core_plain(a, &result.error);
    else
        api_ok_empty(a);
}

static const struct schema list_schema = SCHEMA(STRICT, KEYS, OPT("department", STRING));
static const struct schema one_schema = SCHEMA(STRICT, NONE, REQ("roomId", STRING));
static const struct schema take_schema = SCHEMA(STRICT, NONE, REQ("inquiryId", STRING), OPT("userId", STRING));
static const struct schema queue_schema =
    SCHEMA(STRICT, KEYS, OPT("agentId", STRING), OPT("departmentId", STRING), OPT("includeOfflineAgents", STRING));

const struct endpoint inquiries_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/inquiries.list", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager"),
     .schema = &list_schema, .run = inquiries_list},
    {.verb = VERB_GET, .path = "livechat/inquiries.queued", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &list_schema, .run = inquiries_queued},
    {.verb = VERB_GET, .path = "livechat/inquiries.queuedForUser", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-l-room"), .schema = &list_schema, .run = inquiries_queued},
    {.verb = VERB_GET, .path = "livechat/inquiries.getOne", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &one_schema, .run = inquiries_get_one},
    {.verb = VERB_POST, .path = "livechat/inquiries.take", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &take_schema, .run = inquiries_take},
    {.verb = VERB_PUT, .path = "livechat/inquiry.prioritize", .auth = AUTH_LOGIN,
     .any_of = RIGHTS("manage-livechat-priorities", "view-l-room"), .run = inquiry_prioritize},
    {.verb = VERB_GET, .path = "livechat/queue", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &queue_schema, .run = queue_list},
    ENDPOINTS_END,
};
