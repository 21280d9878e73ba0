/* Forwarding to another agent or department, with every way out when nobody is there (behaviour 18). */
#include "core/internal.h"

#include <string.h>

/* --- what is said about it (18.3) --- */

static void put_department(struct jsonw *w, const char *key, const struct department *d)
{
    if (d == NULL)
        return;
    jsonw_object(w, key);
    jsonw_str(w, "_id", d->id);
    jsonw_str(w, "name", d->name);
    jsonw_end_object(w);
}

static void put_user(struct jsonw *w, const char *key, const struct user *u)
{
    if (u == NULL)
        return;
    jsonw_object(w, key);
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "username", u->username);
    jsonw_str(w, "name", u->name);
    jsonw_end_object(w);
}

static void put_author(struct jsonw *w, const struct room *r, const struct user *by)
{
    const struct visitor *v = r->visitor;
    jsonw_object(w, "transferredBy");
    jsonw_str(w, "_id", by ? by->id : v->id);
    jsonw_str(w, "username", by ? by->username : v->username);
    jsonw_str(w, "name", by ? by->name : v->name);
    jsonw_str(w, "type", by == NULL ? "visitor" : by == r->served_by ? "agent" : "user");
    jsonw_end_object(w);
}

/* missed: the department that was meant, when its fallback got the chat. */
static void tell(struct step *s, struct room *r, const char *type, const struct transfer *t,
                 const struct department *missed)
{
    const struct visitor *v = r->visitor;
    const struct user *by = t->by;
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_object(&w, "transferData");
    put_author(&w, r, by);
    jsonw_date(&w, "ts", s->now);
    jsonw_str(&w, "scope", t->scope);
    jsonw_str(&w, "comment", t->comment);
    jsonw_str(&w, "previousDepartment", t->from ? t->from->id : NULL);
    put_department(&w, "nextDepartment", t->to);
    put_user(&w, "transferredTo", t->to_user);
    if (missed) {
        jsonw_str(&w, "prevDepartment", missed->name);
        put_department(&w, "department", t->to);
    }
    jsonw_end_object(&w);
    jsonw_end_object(&w);
    message_system(s, r, type, "", by ? by->id : v->id, by ? by->username : v->username, by ? by->name : v->name,
                   buf_take(&out));
}

void transfer_tell(struct step *s, struct room *r, const struct transfer *t)
{
    tell(s, r, "livechat_transfer_history", t, NULL);
}

/* --- to an agent (18.1) --- */

static void leave_all_but(struct step *s, struct room *r, const struct user *stays)
{
    struct subscription *sub, *next;
    LIST_FOREACH_SAFE(sub, &r->subscriptions, of_room, next) {
        struct user *u = sub->user;
        if (u == stays)
            continue;
        room_unsubscribe(s, sub);
        message_by_user(s, r, "ul", u->username, u, NULL);
    }
}

static void hand_over(struct step *s, struct room *r, struct user *u)
{
    inquiry_give(s, r, u);
    leave_all_but(s, r, u);
    message_by_user(s, r, "uj", u->username, u, NULL);
    abandon_spare(s, r);
}

static void forwarded(struct step *s, struct room *r, const char *scope, struct user *from_user, struct department *from)
{
    struct event *e = step_event(s, EVENT_ROOM_FORWARDED);
    e->room = r;
    e->visitor = r->visitor;
    e->user = from_user;
    e->department = from;
    e->detail = x_asprintf("{\"scope\":\"%s\"}", scope);
}

/* The department of the chat is left out of the limit: he need not serve in it. */
int forward_to_agent(struct step *s, struct room *r, struct user *u, const struct user *by, const char *comment)
{
    if (!core_agent_is_online(s->core, u))
        return step_fail(s, ERR_STATE, "error-user-is-offline", "User is offline");
    if (r->served_by == u)
        return step_fail(s, ERR_STATE, "error-selected-agent-room-agent-are-same",
                         "The selected agent and the room agent are the same");
    if (inquiry_is_refused(s->core, r, u, NULL))
        return step_fail(s, ERR_STATE, "error-max-number-simultaneous-chats-reached", "%s", "");
    struct user *before = r->served_by;
    transfer_tell(s, r, &(struct transfer){"agent", by, comment, .to_user = u});
    hand_over(s, r, u);
    forwarded(s, r, "agent", before, NULL);
    return ERR_OK;
}

/* --- to a department (18.2) --- */

/* Is this id in the list? NULL: any is. */
static bool is_listed(const char *list, const char *id)
{
    size_t n = strlen(id);
    for (const char *p = list; p; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, id, n) == 0 && (p[n] == ',' || p[n] == '\0'))
            return true;
    }
    return list == NULL;
}

static bool may_forward_to(const struct department *from, const struct department *to)
{
    return from == NULL || is_listed(from->allowed_forward, to->id);
}

/* Where it ends up: with an agent, in the queue there, or (an unserved chat) waiting as before. */
struct destination {
    struct department *department;
    struct user *agent;
    bool is_queued;
};

/* Everybody there who is online, the chat's own agent aside, has as many chats as he may have. */
static bool is_full(const struct core *c, const struct room *r, const struct department *d)
{
    struct department_agent *own = r->served_by ? department_agent_find(d, r->served_by) : NULL;
    int full = d->pool.excluded[RULE_NOT_FULL] - (own && own->place.excluded_by == RULE_NOT_FULL);
    return full > 0 && core_setting_bool(c, "Livechat_waiting_queue");
}

/* The method's choice in that department. When it is who has the chat already nothing is gained, and his turn not used.
   Where somebody could take chats, but this one does not fit him (fit.h), it waits there. */
static bool find_in(struct step *s, struct room *r, struct department *d, struct user *wished, struct destination *out)
{
    struct core *c = s->core;
    bool picks = core_routing(c)->auto_assign && !core_routing_asks(c);
    struct pool_place *first = picks ? fit_first_agent(c, d, r, NULL, NULL) : NULL;
    struct user *u = wished ? wished : first ? first->user : ask_named(s, d);
    *out = (struct destination){.department = d};
    if (u && u != r->served_by) {
        out->agent = wished ? wished : routing_pick(s, d, NULL, r);
        out->is_queued = inquiry_is_refused(c, r, out->agent, d);
        return true;
    }
    out->is_queued = u == NULL && (is_full(c, r, d) || (c->fit.is_on && !RB_EMPTY(&d->pool.candidates)));
    return out->is_queued || r->served_by == NULL;
}

/* Along the fallbacks, each tried under the rules of a forward of its own. No longer than there are departments. */
static bool find(struct step *s, struct room *r, struct department *to, struct user *wished, struct destination *out)
{
    struct core *c = s->core;
    unsigned left = HASH_CNT(by_id, c->people.departments_by_id);
    for (struct department *d = to; d && left > 0; left--) {
        if (d == r->department || !may_forward_to(r->department, d))
            return false;
        if (find_in(s, r, d, d == to ? wished : NULL, out))
            return true;
        d = core_department(c, d->fallback_id);
    }
    return false;
}

static int check_department(struct step *s, const struct room *r, const struct department *to, const struct user *wished)
{
    if (!may_forward_to(r->department, to))
        return step_fail(s, ERR_DENIED, "error-forwarding-department-target-not-allowed",
                         "The forwarding to the target department is not allowed.");
    if (r->department == to)
        return step_fail(s, ERR_STATE, "error-forwarding-chat-same-department",
                         "The selected department and the current room department are the same");
    if (wished && !core_agent_is_online(s->core, wished))
        return step_fail(s, ERR_STATE, "error-user-is-offline", "User is offline");
    if (wished && !department_agent_find(to, wished))
        return step_fail(s, ERR_INVALID, "error-user-not-belong-to-department",
                         "The selected user does not belong to this department");
    return ERR_OK;
}

static void move(struct step *s, struct room *r, struct department *to, const struct destination *there)
{
    struct department *before = r->department;
    const struct user *by = core_user(s->core, s->cmd->actor_id);
    struct transfer t = {"department", by, s->cmd->room.comment, .from = r->department, .to = there->department,
                         .to_user = there->is_queued ? NULL : there->agent};
    if (there->department != to)
        tell(s, r, "livechat_transfer_history_fallback", &t, to);
    transfer_tell(s, r, &t);
    r->inquiry.updated_ms = s->now;
    room_move_department(s, r, there->department);
    if (there->is_queued) {
        inquiry_requeue(s, r);
        routing_queue(s, r);
    } else if (there->agent) {
        hand_over(s, r, there->agent);
    }
    forwarded(s, r, "department", NULL, before);
}

static int forward_to_department(struct step *s, struct room *r, struct department *to, struct user *wished)
{
    struct destination there = {.department = to, .is_queued = true};
    int rc = check_department(s, r, to, wished);
    if (rc != ERR_OK)
        return rc;
    if (core_routing(s->core)->auto_assign && !find(s, r, to, wished, &there))
        return step_fail(s, ERR_UNAVAILABLE, NULL, "No agents online in the department");
    move(s, r, to, &there);
    return ERR_OK;
}

/* The limit of an agent is told to people only; others hear that it did not work. */
static int forward_by_wish(struct step *s, struct room *r, struct user *u)
{
    const struct command *cmd = s->cmd;
    int rc = forward_to_agent(s, r, u, core_user(s->core, cmd->actor_id), cmd->room.comment);
    if (!cmd->room.client_action && str_eq(s->result->error.name, "error-max-number-simultaneous-chats-reached"))
        s->result->error.name = NULL;
    return rc;
}

int step_room_forward(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct room *r = step_find_room(s);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (cmd->room.token && !str_eq(r->visitor->token, cmd->room.token))
        return step_fail(s, ERR_NOT_FOUND, "invalid-room", "Invalid room");
    if (cmd->room.token && !core_setting_bool(s->core, "Livechat_allow_switching_departments"))
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Visitors may not switch departments"); /* 9.6 */
    if (r->on_hold)
        return step_fail(s, ERR_STATE, "error-room-onHold", "Room On Hold");
    struct department *to = core_department(s->core, cmd->room.department_id);
    struct user *u = core_user(s->core, cmd->room.user_id);
    if (cmd->room.department_id && to == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-transferring-inquiry", "Error transferring inquiry");
    if (cmd->room.user_id && u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-user-is-offline", "User is offline");
    if (to)
        return forward_to_department(s, r, to, u);
    if (u)
        return forward_by_wish(s, r, u);
    return step_fail(s, ERR_INVALID, NULL, "Neither an agent nor a department was named");
}
