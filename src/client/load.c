/* Reading everything by REST: after every connect, and parts of it when the server says that they changed. */
#include "client/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/log.h"
#include "common/mem.h"

#define PAGE 100

/* One list to read. With pages the path takes count and offset. */
struct list {
    const char *path, *key, *otherwise;   /* otherwise: the path on servers without the first one */
    bool paged, must;                     /* must: without it there is no picture */
    unsigned (*apply)(struct model *m, const json_t *list);
};

static const struct list lists[] = {
    {"subscriptions.get", "update", NULL, false, true, model_apply_subscriptions},
    {"rooms.get", "update", NULL, false, true, model_apply_rooms},
    {"livechat/inquiries.queuedForUser", "inquiries", "livechat/inquiries.queued", true, true, model_apply_queue},
    {"settings", "settings", NULL, true, false, model_apply_settings},
    {"livechat/department", "departments", NULL, true, false, model_apply_departments},
    {"livechat/users/agent", "users", NULL, true, false, model_apply_agents},
    {"canned-responses.get", "responses", NULL, false, false, model_apply_canned},
    {"permissions.listAll", "update", NULL, false, false, model_apply_permissions},
};
enum { LIST_DEPARTMENTS = 4, LIST_AGENTS = 5, LIST_CANNED = 6, LIST_PERMISSIONS = 7 };

struct read {
    const struct list *list;
    char *path;
    json_t *rows;       /* pages so far */
    bool at_start;      /* one of those that online waits for */
    client_done done;
    void *arg;
};

static void next_page(struct client *c, struct read *read);

static void read_finish(struct client *c, struct read *read, const struct error *err)
{
    bool at_start = read->at_start && c->session.stage == SESSION_LOADING;
    if (err == NULL) {
        unsigned bits = read->list->apply(&c->model, read->rows);
        if (!at_start)
            client_tell(c, bits, NULL);
    }
    if (read->done)
        read->done(read->arg, err);
    free(read->path);
    json_decref(read->rows);
    bool was_start = read->at_start, must = read->list->must;
    free(read);
    if (!was_start)
        return;
    if (err && err->code == ERR_UNAVAILABLE && must)
        session_lost(c, err->text);
    else
        session_settled(c, SESSION_LOADING);
}

static void page_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct read *read = arg;
    const json_t *rows = err ? NULL : js_list(body, read->list->key);
    if (rows)
        json_array_extend(read->rows, (json_t *)rows);
    int64_t total = js_int(body, "total", 0);
    if (err == NULL && read->list->paged && json_array_size(rows) && (int64_t)json_array_size(read->rows) < total)
        next_page(c, read);
    else
        read_finish(c, read, err);
}

static void next_page(struct client *c, struct read *read)
{
    size_t offset = json_array_size(read->rows);
    char query[64] = "";
    if (read->list->paged)
        snprintf(query, sizeof(query), "%ccount=%d&offset=%zu", strchr(read->path, '?') ? '&' : '?',
                 offset ? PAGE : 0, offset);
    struct rung first = rung_rest("GET", NULL, "%s%s", read->path, query), second = {0};
    if (read->list->otherwise && offset == 0)
        second = rung_rest("GET", NULL, "%s%s", read->list->otherwise, query);
    call_ladder(c, first, second, page_done, read);
}

static void read_list(struct client *c, const struct list *list, char *path, bool at_start, client_done done, void *arg)
{
    struct read *read = x_calloc(1, sizeof(*read));
    *read = (struct read){
        .list = list, .path = path, .rows = json_array(), .at_start = at_start, .done = done, .arg = arg};
    if (at_start)
        c->session.pending++;
    next_page(c, read);
}

static void info_done(void *arg, const struct rest_answer *a)
{
    struct client *c = arg;
    if (a->cancelled)
        return;
    c->model.pub.is_usher = a->status == 200 && a->body;
    const char *page = c->model.pub.is_usher ? js_str(a->body, "visitorPage") : NULL;
    if (page || c->local || c->model.pub.is_usher) {
        str_set(&c->model.pub.visitor_page, page);
    } else {
        free(c->model.pub.visitor_page);
        c->model.pub.visitor_page = x_asprintf("%s/livechat", c->endpoint.base_url);
    }
    session_settled(c, SESSION_LOADING);
}

void load_begin(struct client *c)
{
    static const struct list rooms = {"livechat/rooms", "rooms", NULL, true, false, model_apply_rooms};
    c->session.pending = 2; /* this function, and usher's own information */
    model_sweep_begin(&c->model);
    rest_send(c->rest, "GET", "/usher/v1/info", NULL, info_done, c);
    settings_read_at_start(c);
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        read_list(c, &lists[i], x_strdup(lists[i].path), true, NULL, NULL);
    AUTO_FREE char *id = rest_escape(c->model.pub.me.id);
    read_list(c, &rooms, x_asprintf("livechat/rooms?agents%%5B%%5D=%s&open=true", id), true, NULL, NULL);
    session_settled(c, SESSION_LOADING);
}

void load_people(struct client *c)
{
    read_list(c, &lists[LIST_DEPARTMENTS], x_strdup(lists[LIST_DEPARTMENTS].path), false, NULL, NULL);
    read_list(c, &lists[LIST_AGENTS], x_strdup(lists[LIST_AGENTS].path), false, NULL, NULL);
}

void load_canned(struct client *c, client_done done, void *arg)
{
    read_list(c, &lists[LIST_CANNED], x_strdup(lists[LIST_CANNED].path), false, done, arg);
}

void client_read_load(struct client *c, client_done done, void *arg)
{
    static const struct list load = {"livechat/queue?includeOfflineAgents=true", "queue", NULL, true, false,
                                     model_apply_load};
    read_list(c, &load, x_strdup(load.path), false, done, arg);
}

void load_permissions(struct client *c)
{
    read_list(c, &lists[LIST_PERMISSIONS], x_strdup(lists[LIST_PERMISSIONS].path), false, NULL, NULL);
}

void load_my_departments(struct client *c, call_done done)
{
    AUTO_FREE char *id = rest_escape(c->model.pub.me.id);
    call_get(c, done, NULL, "livechat/agents/%s/departments?enabledDepartmentsOnly=true", id);
}

static void room_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    char *rid = arg;
    struct room *r = model_room(&c->model, rid);
    if (r)
        r->info_busy = false;
    unsigned bits = r && err == NULL ? model_apply_room(&c->model, js_obj(body, "room")) : 0;
    if (r && err)
        bits |= model_room_release(&c->model, r);
    if (bits) {
        stream_sync_rooms(c);
        client_tell(c, bits, rid);
    }
    free(rid);
}

void load_room(struct client *c, const char *rid)
{
    struct room *r = model_room(&c->model, rid);
    if (r == NULL || r->info_busy || c->session.stage < SESSION_LOADING || c->session.stage > SESSION_ONLINE)
        return;
    r->info_busy = true;
    AUTO_FREE char *escaped = rest_escape(rid);
    call_get(c, room_done, x_strdup(rid), "rooms.info?roomId=%s", escaped);
}
