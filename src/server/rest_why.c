/* /usher/v1/rooms/:rid/why and /usher/v1/agents/:username/why: the reason for every decision. What happened to a chat is
   read from the store; what stands against an agent, and the full list of candidates, is looked up as it is now. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "core/why.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/rows.h"
#include "server/turn.h"
#include "server/why_say.h"
#include "store/store.h"

#define STEPS_MAX 500

/* --- a chat --- */

struct life {
    struct lookup *lookup;
    uint64_t before;
    struct life_row *rows;     /* newest first */
    size_t n;
};

static void life_run(struct store_reader *r, void *data)
{
    struct life *life = data;
    lookup_run(r, life->lookup);
    life->n = read_life(r, life->lookup->rid, life->before, STEPS_MAX, &life->rows);
}

static void life_drop(void *data)
{
    struct life *life = data;
    life_rows_free(life->rows, life->n);
    lookup_drop(life->lookup);
    free(life);
}

/* A new chat is opened and ready in one step: one line is enough. */
static bool is_first_ready(const struct life *life, size_t i)
{
    return strcmp(life->rows[i].type, "inquiry-ready") == 0 && i + 1 < life->n &&
           strcmp(life->rows[i + 1].type, "room-opened") == 0;
}

static void put_step(struct api *a, const struct life_row *row)
{
    struct jsonw *w = &a->w;
    struct buf text = BUF_INIT;
    json_t *detail = row->detail ? json_loads(row->detail, 0, NULL) : NULL;
    why_say(&text, a->server->core, row, detail);
    if (text.len > 0) {
        const struct user *actor = row->text ? NULL : core_user(a->server->core, row->by);
        jsonw_object(w, NULL);
        jsonw_int(w, "seq", (int64_t)row->seq);
        jsonw_date(w, "ts", row->ts_ms);
        jsonw_str(w, "type", row->type);
        jsonw_str(w, "by", actor ? actor->username : row->by);
        jsonw_strn(w, "text", text.data, text.len);
        if (row->detail)
            jsonw_raw(w, "detail", row->detail, strlen(row->detail));
        jsonw_end_object(w);
    }
    json_decref(detail);
    buf_free(&text);
}

static void put_department(struct jsonw *w, const struct department *d)
{
    if (d == NULL) {
        jsonw_null(w, "department");
        return;
    }
    jsonw_object(w, "department");
    jsonw_str(w, "_id", d->id);
    jsonw_str(w, "name", d->name);
    jsonw_end_object(w);
}

static void put_agent_fields(struct jsonw *w, const struct why_agent *one)
{
    if (one->place > 0)
        jsonw_int(w, "place", (int64_t)one->place);
    if (one->rule != RULE_NONE)
        jsonw_str(w, "excludedBy", core_rule_name(one->rule));
    jsonw_int(w, "load", one->load);
    if (one->limit > 0)
        jsonw_int(w, "limit", one->limit);
}

/* Himself, or anybody of the units of who may see the agents. */
static bool may_ask(const struct api *a, const struct user *u)
{
    const struct core *c = a->server->core;
    const struct department_agent *l;
    if (u == a->user)
        return true;
    if (!api_may(a, "view-livechat-manager"))
        return false;
    if (!core_unit_restricts(c, a->user))
        return true;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (core_unit_allows(c, a->user, l->department))
            return true;
    }
    return false;
}

/* Those he may ask of: how much the others have to do is not for every agent to know. */
static void put_agents(struct api *a, const struct why_agent *list, size_t n)
{
    struct jsonw *w = &a->w;
    jsonw_array(w, "agents");
    for (size_t i = 0; i < n; i++) {
        if (!may_ask(a, list[i].user))
            continue;
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", list[i].user->id);
        jsonw_str(w, "username", list[i].user->username);
        put_agent_fields(w, &list[i]);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

/* "place 2 in the queue; 3 agents could take it; 1 agent at the limit". */
static void say_now(struct buf *out, const struct core *c, const struct room *r, const struct why_agent *list, size_t n)
{
    size_t place = core_queue_place(c, r), candidates = 0;
    json_t *excluded = json_object();
    for (size_t i = 0; i < n; i++) {
        const char *rule = core_rule_name(list[i].rule);
        candidates += list[i].place > 0;
        if (list[i].rule != RULE_NONE)
            json_object_set_new(excluded, rule, json_integer(json_integer_value(json_object_get(excluded, rule)) + 1));
    }
    if (place > 0)
        buf_printf(out, "waits at place %zu of the queue; ", place);
    else
        buf_puts(out, "waits for the next agent who can take it; ");
    buf_printf(out, "%zu agent%s could take it now", candidates, candidates == 1 ? "" : "s");
    if (json_object_size(excluded) > 0)
        buf_puts(out, "; left out: ");
    why_say_excluded(out, excluded);
    if (r->inquiry.default_agent)
        buf_printf(out, "; kept for %s first", r->inquiry.default_agent->username);
    json_decref(excluded);
}

/* An open chat as routing sees it at this moment. */
static void put_now(struct api *a, const struct room *r, bool all)
{
    const struct core *c = a->server->core;
    struct jsonw *w = &a->w;
    struct why_agent *list = NULL;
    bool waits = r->inquiry.status == INQUIRY_READY || r->inquiry.status == INQUIRY_QUEUED;
    size_t n = waits || all ? core_why_agents(c, r->department, &list) : 0;
    struct buf text = BUF_INIT;
    jsonw_object(w, "now");
    jsonw_date(w, "ts", server_now(a->server));
    jsonw_str(w, "status", inquiry_status_name(r->inquiry.status));
    put_department(w, r->department);
    jsonw_str(w, "servedBy", r->served_by ? r->served_by->username : NULL);
    if (waits) {
        if (core_queue_place(c, r) > 0)
            jsonw_int(w, "place", (int64_t)core_queue_place(c, r));
        say_now(&text, c, r, list, n);
        jsonw_strn(w, "text", text.data, text.len);
    }
    if (all)
        put_agents(a, list, n);
    jsonw_end_object(w);
    buf_free(&text);
    free(list);
}

/* all=1 or all=true. */
static bool wants_all(const struct api *a)
{
    const char *all = api_str_nonempty(a, "all");
    return all && strcmp(all, "0") != 0 && strcmp(all, "false") != 0;
}

static void life_done(struct api *a, void *data)
{
    const struct life *life = data;
    const struct core *c = a->server->core;
    const struct room *open = core_room(c, life->lookup->rid);
    const struct stored_room *stored = lookup_room(life->lookup);
    if (open == NULL && stored == NULL) {
        api_not_found(a, "room-not-found");
        return;
    }
    const struct department *d = open ? open->department : core_department(c, stored->room->department_id);
    if (!lookup_may_open(c, a->user, open, life->lookup) || !core_unit_allows(c, a->user, d)) {
        api_forbidden(a);
        return;
    }
    jsonw_str(api_ok(a), "rid", life->lookup->rid);
    jsonw_bool(&a->w, "open", open != NULL);
    jsonw_array(&a->w, "steps");
    for (size_t i = life->n; i-- > 0;)
        if (!is_first_ready(life, i))
            put_step(a, &life->rows[i]);
    jsonw_end_array(&a->w);
    if (life->n == STEPS_MAX) /* there is more: ask with before */
        jsonw_int(&a->w, "before", (int64_t)life->rows[life->n - 1].seq);
    if (open)
        put_now(a, open, wants_all(a));
    api_ok_end(a);
}

static void room_why(struct api *a)
{
    struct life *life = x_calloc(1, sizeof *life);
    int64_t before = api_int(a, "before", 0);
    life->lookup = lookup_new(api_arg(a, "rid"));
    life->before = before > 0 ? (uint64_t)before : 0;
    api_read(a, life_run, life_done, life, life_drop);
}

/* --- an agent --- */

static void say_queue(struct buf *out, const struct why_queue *q)
{
    size_t waiting = q->queued + q->ready;
    buf_printf(out, "%zu chat%s; ", waiting, waiting == 1 ? " waits" : "s wait");
    if (q->self.place > 0) {
        buf_printf(out, "he is number %zu of %zu candidates", q->self.place, q->candidates);
        for (size_t i = 0; i < WHY_AHEAD && q->ahead[i]; i++)
            buf_printf(out, "%s%s", i ? ", " : "; before him: ", q->ahead[i]->username);
        if (q->self.place > WHY_AHEAD + 1)
            buf_printf(out, " and %zu more", q->self.place - 1 - WHY_AHEAD);
    } else if (q->department && !q->department->enabled) {
        buf_puts(out, "the department is disabled");
    } else if (q->self.rule == RULE_NOT_FULL) {
        buf_printf(out, "he is at the limit (%lld of %lld)", (long long)q->self.load, (long long)q->self.limit);
    } else if (q->self.rule == RULE_NONE) {
        buf_puts(out, "he is no candidate");
    } else {
        json_t *one = json_pack("{s:i}", core_rule_name(q->self.rule), 1);
        buf_puts(out, "he is left out: ");
        why_say_excluded(out, one);
        json_decref(one);
    }
}

static void put_queue(struct api *a, const struct why_queue *q)
{
    struct jsonw *w = &a->w;
    struct buf text = BUF_INIT;
    say_queue(&text, q);
    jsonw_object(w, NULL);
    put_department(w, q->department);
    jsonw_int(w, "queued", (int64_t)q->queued);
    jsonw_int(w, "ready", (int64_t)q->ready);
    jsonw_int(w, "candidates", (int64_t)q->candidates);
    put_agent_fields(w, &q->self);
    jsonw_array(w, "ahead");
    for (size_t i = 0; i < WHY_AHEAD && q->ahead[i]; i++)
        jsonw_str(w, NULL, q->ahead[i]->username);
    jsonw_end_array(w);
    jsonw_strn(w, "text", text.data, text.len);
    jsonw_end_object(w);
    buf_free(&text);
}

static void agent_why(struct api *a)
{
    const struct core *c = a->server->core;
    const struct user *u = core_user_by_name(c, api_arg(a, "username"));
    struct why_report report;
    /* Who may not see the agents does not learn which there are. */
    if (u ? !may_ask(a, u) : !api_may(a, "view-livechat-manager")) {
        api_no_permission(a);
        return;
    }
    if (u == NULL) {
        api_not_found(a, "user-not-found");
        return;
    }
    core_why_agent(c, u, &report);
    jsonw_str(api_ok(a), "username", u->username);
    jsonw_date(&a->w, "ts", server_now(a->server));
    jsonw_str(&a->w, "method", core_routing(c)->method);
    jsonw_array(&a->w, "rules");
    for (size_t i = 0; i < report.line_count; i++) {
        jsonw_object(&a->w, NULL);
        jsonw_str(&a->w, "rule", report.lines[i].rule);
        jsonw_bool(&a->w, "stops", report.lines[i].stops);
        jsonw_str(&a->w, "text", report.lines[i].text);
        jsonw_end_object(&a->w);
    }
    jsonw_end_array(&a->w);
    jsonw_array(&a->w, "queues");
    for (size_t i = 0; i < report.queue_count; i++)
        put_queue(a, &report.queues[i]);
    jsonw_end_array(&a->w);
    api_ok_end(a);
    why_report_free(&report);
}

static const struct schema why_schema = SCHEMA(STRICT, NONE, OPT("all", STRING), OPT("before", NUMBER));

const struct endpoint why_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/rooms/:rid/why", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-l-room"), .schema = &why_schema, .run = room_why},
    {.verb = VERB_GET, .path = "/usher/v1/agents/:username/why", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-l-room"), .run = agent_why},
    ENDPOINTS_END,
};
