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

void ask_begin(struct step *s, struct room *r, struct user *ignore)
{
    struct core *c = s->core;
    if (r->asked_no)
        return;
    r->asked_no = ++c->chats.ask_no;
    r->asked_at = c->people.freed_no;
    TAILQ_INSERT_TAIL(&c->chats.asked, r, asked);
    waiting_update(c, r);
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
    waiting_update(c, r);
}

void asks_end(struct core *c)
{
    while (!TAILQ_EMPTY(&c->chats.asked))
        ask_end(c, TAILQ_FIRST(&c->chats.asked));
}

/* Whom the service has named, when he is online; what was said, as the decision. */
struct user *ask_pick(struct step *s, struct department *d, const struct user *ignore, struct room *room)
{
    const struct service_answer *a = answer_for(s, d);
    struct user *named = a ? core_user_by_name(s->core, a->username) : NULL;
    struct user *u = named && named != ignore && core_agent_is_online(s->core, named) ? named : NULL;
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "method", core_routing(s->core)->method);
    jsonw_str(&w, "department", d ? d->id : NULL);
    jsonw_str(&w, "chosen", u ? u->id : NULL);
    if (u && room && inquiry_is_refused(s->core, room, u, d))
        jsonw_str(&w, "refused", agent_rule_name(RULE_NOT_FULL));
    jsonw_str(&w, "service", u ? "named" : a && a->is_reached ? "named-nobody" : "not-reached");
    jsonw_int(&w, "tries", a ? a->tries : 0);
    jsonw_end_object(&w);
    routing_decided(s, room, d, u, &out);
    return u;
}

/* A chat that was closed or taken meanwhile, or asked for anew, needs no answer any more. Who became free while the service
   was thinking may have been too late for it: then it is asked once more. */
int step_routing_answer(struct step *s)
{
    struct core *c = s->core;
    struct room *r = core_room(c, s->cmd->answer.rid);
    if (r == NULL || r->asked_no == 0 || r->asked_no != s->cmd->answer.ask_no)
        return ERR_OK;
    bool again = r->inquiry.status == INQUIRY_READY && r->asked_at != c->people.freed_no;
    ask_end(c, r);
    if (routing_delegate(s, r, NULL) == DELEGATION_FAILED && again)
        ask_begin(s, r, NULL);
    return ERR_OK;
}
