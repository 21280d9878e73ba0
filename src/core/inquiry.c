/* Taking, returning and forwarding: who serves a chat (behaviour 4, 16, 18). */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

/* The check before an assignment (behaviour 3.4): only with the waiting queue, and not for bots. */
bool inquiry_is_refused(const struct core *c, const struct room *r, const struct user *u, const struct department *d)
{
    return !(u->roles & ROLE_BOT) && core_setting_bool(c, "Livechat_waiting_queue") && core_agent_is_full(c, u, d) &&
           room_subscription(r, u) == NULL;
}

/* Every path into "taken" (behaviour 4). Fails without a trace when the agent has no room for it. */
int inquiry_assign(struct step *s, struct room *r, struct user *u)
{
    struct core *c = s->core;
    if (inquiry_is_refused(c, r, u, r->department))
        return step_fail(s, ERR_STATE, "error-max-number-simultaneous-chats-reached", "%s", "");
    inquiry_set_status(c, r, INQUIRY_TAKEN);
    r->inquiry.taken_ms = r->inquiry.updated_ms = s->now;
    r->inquiry.default_agent = NULL;
    room_subscribe(s, r, u);
    r->served_by = u;
    r->served_ms = s->now;
    agent_reindex(s, u);
    message_by_user(s, r, "command", "connected", u, NULL);
    room_event(s, EVENT_INQUIRY_TAKEN, r);
    room_event(s, EVENT_AGENT_CHANGED, r);
    prefer_remember(s, r);
    return ERR_OK;
}

int step_inquiry_take(struct step *s)
{
    struct core *c = s->core;
    struct room *r = step_find_room(s);
    struct user *u = core_user(c, s->cmd->room.user_id);
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "The user is invalid");
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-not-found", "Inquiry not found");
    if (r->inquiry.status == INQUIRY_TAKEN)
        return step_fail(s, ERR_CONFLICT, "error-inquiry-taken", "Inquiry already taken");
    if (!core_agent_is_online(c, u))
        return step_fail(s, ERR_STATE, "error-agent-status-service-offline",
                         "Agent status is offline or Omnichannel service is not active");
    return inquiry_assign(s, r, u);
}

/* Everybody leaves; the visitor is told. */
void inquiry_release(struct step *s, struct room *r)
{
    struct subscription *sub, *next;
    LIST_FOREACH_SAFE(sub, &r->subscriptions, of_room, next) {
        struct user *u = sub->user;
        room_unsubscribe(s, sub);
        message_by_user(s, r, "ul", u->username, u, NULL);
    }
    r->served_by = NULL;
    r->served_ms = 0;
}

/* The transfer message (behaviour 18.3). */
static void transfer_message(struct step *s, struct room *r, const char *scope, const struct department *from,
                             const struct department *to, const struct user *to_user)
{
    const struct command *cmd = s->cmd;
    const struct user *by = core_user(s->core, cmd->actor_id);
    const struct visitor *v = r->visitor;
    const char *type = by == NULL ? "visitor" : by == r->served_by ? "agent" : "user";
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_object(&w, "transferData");
    jsonw_object(&w, "transferredBy");
    jsonw_str(&w, "_id", by ? by->id : v->id);
    jsonw_str(&w, "username", by ? by->username : v->username);
    jsonw_str(&w, "name", by ? by->name : v->name);
    jsonw_str(&w, "type", type);
    jsonw_end_object(&w);
    jsonw_date(&w, "ts", s->now);
    jsonw_str(&w, "scope", scope);
    jsonw_str(&w, "comment", cmd->room.comment);
    jsonw_str(&w, "previousDepartment", from ? from->id : NULL);
    if (to) {
        jsonw_object(&w, "nextDepartment");
        jsonw_str(&w, "_id", to->id);
        jsonw_str(&w, "name", to->name);
        jsonw_end_object(&w);
    }
    if (to_user) {
        jsonw_object(&w, "transferredTo");
        jsonw_str(&w, "_id", to_user->id);
        jsonw_str(&w, "username", to_user->username);
        jsonw_str(&w, "name", to_user->name);
        jsonw_end_object(&w);
    }
    jsonw_end_object(&w);
    jsonw_end_object(&w);
    message_system(s, r, "livechat_transfer_history", "", by ? by->id : v->id, by ? by->username : v->username,
                   by ? by->name : v->name, buf_take(&out));
}

/* Back to waiting, in its department, with the rules of a new chat. */
static void requeue(struct step *s, struct room *r)
{
    struct core *c = s->core;
    inquiry_release(s, r);
    r->queued_ms = s->now;
    r->inquiry.default_agent = NULL;
    inquiry_set_status(c, r, INQUIRY_READY);
    r->inquiry.updated_ms = s->now;
    room_event(s, EVENT_AGENT_CHANGED, r);
    room_event(s, EVENT_INQUIRY_READY, r);
}

int step_room_return(struct step *s)
{
    struct core *c = s->core;
    struct room *r = step_find_room(s);
    if (r == NULL)
        return step_fail(s, ERR_STATE, "room-closed", "Room closed");
    if (r->on_hold)
        return step_fail(s, ERR_STATE, "error-room-onHold", "Room On Hold");
    if (r->served_by == NULL || r->inquiry.status == INQUIRY_NONE)
        return ERR_OK;
    struct department *d = s->cmd->room.department_id ? core_department(c, s->cmd->room.department_id) : NULL;
    if (s->cmd->room.department_id && d == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-returning-inquiry", "Error returning inquiry to queue");
    transfer_message(s, r, "queue", r->department, d, NULL);
    if (d && d != r->department)
        room_set_department(c, r, d);
    struct user *last = r->served_by;
    requeue(s, r);
    s->result->changed = true;
    if (!core_routing(c)->auto_assign || core_setting_bool(c, "Livechat_waiting_queue")) {
        routing_serve(s, r);
        return ERR_OK;
    }
    /* Automatic methods: to anybody but the one who gave it back; else it waits for the next who can. */
    routing_delegate(s, r, last);
    for (size_t i = 0; i < s->newly_count; i++)
        if (s->newly_eligible[i] == last)
            s->newly_eligible[i--] = s->newly_eligible[--s->newly_count];
    return ERR_OK;
}

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

static int forward_to_agent(struct step *s, struct room *r, struct user *u)
{
    struct core *c = s->core;
    if (!core_agent_is_online(c, u))
        return step_fail(s, ERR_STATE, "error-user-is-offline", "User is offline");
    if (r->served_by == u)
        return step_fail(s, ERR_STATE, "error-selected-agent-room-agent-are-same",
                         "The selected agent and the room agent are the same");
    if (core_setting_bool(c, "Livechat_waiting_queue") && core_agent_is_full(c, u, NULL))
        return step_fail(s, ERR_STATE, "error-max-number-simultaneous-chats-reached", "%s", "");
    transfer_message(s, r, "agent", NULL, NULL, u);
    int rc = inquiry_assign(s, r, u);
    if (rc != ERR_OK)
        return rc;
    leave_all_but(s, r, u);
    message_by_user(s, r, "uj", u->username, u, NULL);
    return ERR_OK;
}

static bool may_forward_to(const struct department *from, const struct department *to)
{
    return from == NULL || from->allowed_forward == NULL || strstr(from->allowed_forward, to->id) != NULL;
}

static struct user *pick_or_fallback(struct step *s, struct room *r, struct department **to)
{
    for (int depth = 0; *to && depth < 16; depth++) {
        struct user *u = routing_pick(s, *to, r->served_by, r);
        if (u)
            return u;
        *to = (*to)->fallback_id ? core_department(s->core, (*to)->fallback_id) : NULL;
    }
    return NULL;
}

static int forward_to_department(struct step *s, struct room *r, struct department *to, struct user *wished)
{
    struct core *c = s->core;
    struct department *from = r->department;
    if (!may_forward_to(from, to))
        return step_fail(s, ERR_DENIED, "error-forwarding-department-target-not-allowed",
                         "The forwarding to the target department is not allowed.");
    if (from == to)
        return step_fail(s, ERR_STATE, "error-forwarding-chat-same-department",
                         "The selected department and the current room department are the same");
    if (wished && !core_agent_is_online(c, wished))
        return step_fail(s, ERR_STATE, "error-user-is-offline", "User is offline");
    if (wished && !department_agent_find(to, wished))
        return step_fail(s, ERR_INVALID, "error-user-not-belong-to-department",
                         "The selected user does not belong to this department");
    if (!core_routing(c)->auto_assign) {
        transfer_message(s, r, "department", from, to, NULL);
        room_move_department(s, r, to);
        requeue(s, r);
        routing_serve(s, r);
        return ERR_OK;
    }
    struct user *u = wished ? wished : pick_or_fallback(s, r, &to);
    if (u == NULL)
        return step_fail(s, ERR_UNAVAILABLE, NULL, "No agents online in the department");
    if (inquiry_is_refused(c, r, u, to)) { /* found, but at the limit: the chat waits there (18.2, transition 9) */
        transfer_message(s, r, "department", from, to, NULL);
        room_move_department(s, r, to);
        requeue(s, r);
        routing_serve(s, r);
        return ERR_OK;
    }
    transfer_message(s, r, "department", from, to, u);
    room_move_department(s, r, to);
    leave_all_but(s, r, u);
    inquiry_assign(s, r, u);
    message_by_user(s, r, "uj", u->username, u, NULL);
    return ERR_OK;
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
        return forward_to_agent(s, r, u);
    return step_fail(s, ERR_INVALID, NULL, "Neither an agent nor a department was named");
}
