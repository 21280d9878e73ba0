/* The routing method External Service (behaviour 15.5). The core cannot ask anybody: it says by an event that a chat is to be
   asked for, and the answer comes as a command. Meanwhile the chat keeps its place in the queue; where there is no queue it
   stands aside, so that it is asked for once and the others go on. Commands that need the answer before they begin
   (forwarding to a department, the next agent of a trigger) bring it along. */
#include "core/internal.h"

static const struct service_answer *answer_for(const struct step *s, const struct department *d)
{
    for (size_t i = 0; i < s->cmd->service_count && !s->service_is_used; i++)
        if (str_eq(s->cmd->service[i].department_id, d ? d->id : NULL))
            return &s->cmd->service[i];
    return NULL;
}

bool core_routing_asks(const struct core *c)
{
    return method_in_force(c)->asks;
}

bool ask_is_needed(const struct step *s, const struct department *d)
{
    return method_in_force(s->core)->asks && answer_for(s, d) == NULL;
}

void ask_begin(struct step *s, struct room *r, struct user *ignore, void (*then)(struct step *s, struct room *r))
{
    struct core *c = s->core;
    if (r->asked_no)
        return;
    r->asked_no = ++c->chats.ask_no;
    r->asked_at = c->people.freed_no;
    r->on_answer = then;
    TAILQ_INSERT_TAIL(&c->chats.asked, r, asked);
    waiting_asked(c, r);
    struct event *e = step_event(s, EVENT_ROUTING_ASKED);
    e->room = r;
    e->department = r->department;
    e->user = ignore;
}

void ask_end(struct core *c, struct room *r)
{
    if (r->asked_no == 0)
        return;
    r->asked_no = 0;
    TAILQ_REMOVE(&c->chats.asked, r, asked);
    waiting_asked(c, r);
}

/* Chats that wait are looked at by whoever calls this; those that somebody has are tried by the rules of now. */
void asks_end(struct step *s)
{
    struct room_list *all = &s->core->chats.asked, served = TAILQ_HEAD_INITIALIZER(served);
    struct room *r;
    while ((r = TAILQ_FIRST(all)) != NULL) {
        ask_end(s->core, r);
        if (r->on_answer != routing_answered)
            TAILQ_INSERT_TAIL(&served, r, asked);
    }
    while ((r = TAILQ_FIRST(&served)) != NULL) {
        TAILQ_REMOVE(&served, r, asked);
        r->on_answer(s, r);
    }
}

struct user *ask_named(const struct step *s, const struct department *d)
{
    const struct service_answer *a = answer_for(s, d);
    struct user *u = a ? core_user_by_name(s->core, a->username) : NULL;
    return u && core_agent_is_online(s->core, u) ? u : NULL;
}

/* Whom the service has named, when he is online; what was said, as the decision. */
struct user *ask_pick(struct step *s, struct department *d, const struct user *ignore, struct room *room)
{
    const struct service_answer *a = answer_for(s, d);
    struct user *u = ask_named(s, d);
    if (u && (u == ignore || (room && offer_was_declined(room, u))))
        u = NULL;
    struct decision why = {.step = DECISION_PICKED, .method = core_routing(s->core)->method, .agent = u, .department = d,
                           .ignored = ignore != NULL, .tries = a ? a->tries : 0,
                           .service = u ? "named" : a && a->is_reached ? "named-nobody" : "not-reached"};
    routing_tell(s, room, &why);
    return u;
}

/* Who became free while the service was thinking may have been too late for a chat that waits: then it is asked for once
   more. */
void routing_answered(struct step *s, struct room *r)
{
    bool again = r->inquiry.status == INQUIRY_READY && r->asked_at != s->core->people.freed_no;
    if (routing_delegate(s, r) == DELEGATION_FAILED && again && !offer_is_out(r))
        ask_begin(s, r, NULL, routing_answered);
}

/* A chat that was closed or taken meanwhile, or asked for anew, needs no answer any more. */
int step_routing_answer(struct step *s)
{
    struct room *r = core_room(s->core, s->cmd->answer.rid);
    if (r == NULL || r->asked_no == 0 || r->asked_no != s->cmd->answer.ask_no)
        return ERR_OK;
    ask_end(s->core, r);
    r->on_answer(s, r);
    return ERR_OK;
}
