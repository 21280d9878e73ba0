/* Taking and returning: who serves a chat (behaviour 4). */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

/* The check before an assignment (behaviour 3.4): only with the waiting queue, and not for bots. */
bool inquiry_is_refused(const struct core *c, const struct room *r, const struct user *u, const struct department *d)
{
    return !(u->roles & ROLE_BOT) && core_policy(c)->has_queue &&
           (core_agent_is_full(c, u, d) || fit_channel_is_full(c, u, d, r)) && room_subscription(r, u) == NULL;
}

/* What the step was for: other chats may be assigned in it too, because somebody became free. */
static enum decision_cause taken_by(const struct step *s, const struct room *r)
{
    if (s->result->room != r)
        return CAUSE_ROUTING;
    switch (s->cmd->type) {
    case COMMAND_INQUIRY_TAKE:
        return CAUSE_HAND;
    case COMMAND_ROOM_FORWARD:
        return CAUSE_FORWARD;
    case COMMAND_ROOM_RESUME:
    case COMMAND_MESSAGE_SEND:
        return CAUSE_RESUME;
    default:
        return CAUSE_ROUTING;
    }
}

/* Every path into "taken" (behaviour 4). Fails without a trace when the agent has no room for it. */
int inquiry_assign(struct step *s, struct room *r, struct user *u)
{
    if (inquiry_is_refused(s->core, r, u, r->department))
        return step_fail(s, ERR_STATE, "error-max-number-simultaneous-chats-reached", "%s", "");
    inquiry_give(s, r, u);
    return ERR_OK;
}

void inquiry_give(struct step *s, struct room *r, struct user *u)
{
    offer_accepted(s, r, u);
    inquiry_set_status(s->core, r, INQUIRY_TAKEN);
    r->inquiry.taken_ms = r->inquiry.updated_ms = s->now;
    r->inquiry.default_agent = NULL;
    room_subscribe(s, r, u);
    r->served_by = u;
    r->served_ms = s->now;
    r->reach = 0;
    r->skills_relaxed = false;
    quiet_watch(s->core, r);
    agent_rests_from_now(s, u);
    agent_reindex(s, u);
    message_by_user(s, r, "command", "connected", u, NULL);
    const struct decision why = {.step = DECISION_TAKEN, .cause = taken_by(s, r), .agent = u};
    decision_of_event(room_event(s, EVENT_INQUIRY_TAKEN, r), &why);
    room_event(s, EVENT_AGENT_CHANGED, r);
    prefer_remember(s, r);
    abandon_follow(s->core, r);
    unanswered_watch(s, r);
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
    if (offer_is_for_other(r, u))
        return step_fail(s, ERR_CONFLICT, "error-inquiry-offered", "The chat is just being offered to somebody else");
    int rc = inquiry_assign(s, r, u);
    if (rc == ERR_OK)
        pause_end(s, u);
    return rc;
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

void inquiry_requeue(struct step *s, struct room *r)
{
    struct core *c = s->core;
    if (offer_is_out(r))
        offer_end(s, r);
    inquiry_release(s, r);
    abandon_spare(s, r);
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
    transfer_tell(s, r, &(struct transfer){"queue", core_user(c, s->cmd->actor_id), s->cmd->room.comment,
                                           .from = r->department, .to = d});
    if (d && d != r->department)
        room_set_department(c, r, d);
    inquiry_requeue(s, r);
    routing_queue(s, r);
    s->result->changed = true;
    return ERR_OK;
}
