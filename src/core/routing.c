/* Which agent gets a chat, and when. What the methods are: method.c. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MAX 16   /* named in a decision */

struct user *core_next_agent(const struct core *c, const struct department *d)
{
    bool picks = core_routing(c)->auto_assign && !method_in_force(c)->asks;
    struct pool_place *p = picks ? fit_first_agent(c, d, NULL, NULL, NULL) : NULL;
    return p ? p->user : NULL;
}

/* Nobody, for the same reasons as the last time: the worker asks every few seconds, one event is enough. */
static bool is_known(struct room *r, const struct user *chosen, const struct buf *why)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < why->len; i++)
        hash = (hash ^ (unsigned char)why->data[i]) * 16777619u;
    if (r == NULL)
        return false;
    bool known = chosen == NULL && r->why == hash;
    r->why = chosen ? 0 : hash;
    return known;
}

void routing_decided(struct step *s, struct room *r, struct department *d, const struct user *chosen, struct buf *why)
{
    if (is_known(r, chosen, why)) {
        buf_free(why);
        return;
    }
    struct event *e = step_event(s, EVENT_ROUTED);
    e->room = r;
    e->department = d;
    e->user = (struct user *)chosen;
    e->detail = buf_take(why);
}

/* Why this one: the method, how many each rule excluded, and the first of those who were left. */
static void explain(struct step *s, struct room *r, struct department *d, const struct user *chosen,
                    const struct user *ignore, const int *excluded)
{
    struct pool *pool = d ? &d->pool : &s->core->people.pool;
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "method", core_routing(s->core)->method);
    jsonw_str(&w, "department", d ? d->id : NULL);
    jsonw_str(&w, "chosen", chosen ? chosen->id : NULL);
    if (chosen && r && inquiry_is_refused(s->core, r, chosen, d))
        jsonw_str(&w, "refused", agent_rule_name(RULE_NOT_FULL));
    jsonw_object(&w, "excluded");
    for (enum agent_rule rule = RULE_NONE + 1; rule < RULE_COUNT; rule++)
        if (pool->excluded[rule] + excluded[rule] > 0)
            jsonw_int(&w, agent_rule_name(rule), pool->excluded[rule] + excluded[rule]);
    jsonw_int(&w, "ignored", ignore ? 1 : 0);
    jsonw_end_object(&w);
    jsonw_array(&w, "candidates");
    int n = 0;
    for (struct pool_place *p = RB_MIN(place_tree, &pool->candidates); p && n < CANDIDATES_MAX; n++) {
        jsonw_str(&w, NULL, p->user->id);
        p = RB_NEXT(place_tree, 0, p);
    }
    jsonw_end_array(&w);
    jsonw_end_object(&w);
    routing_decided(s, r, d, chosen, &out);
}

/* The chosen one's turn is used at selection, even if the assignment then fails. */
struct user *routing_pick(struct step *s, struct department *d, const struct user *ignore, struct room *room)
{
    struct core *c = s->core;
    if (method_in_force(c)->asks)
        return ask_pick(s, d, ignore, room);
    int excluded[RULE_COUNT] = {0};
    struct pool_place *p = fit_first_agent(c, d, room, ignore, excluded);
    explain(s, room, d, p ? p->user : NULL, ignore, excluded);
    if (p == NULL)
        return NULL;
    struct user *u = p->user;
    struct department_agent *link = p->link;
    agent_unindex(c, u);
    method_in_force(c)->chosen(s, u, link);
    agent_reindex_core(c, u);
    return u;
}

/* The preset agent when he is online, else the method's choice; where chats are offered, he is asked. Failed: nobody, or he
   has no room for it. */
enum delegation routing_delegate(struct step *s, struct room *r, struct user *ignore)
{
    struct user *u = r->inquiry.default_agent;
    bool is_preset = u && core_agent_is_online(s->core, u) && !offer_was_declined(r, u);
    if (offer_is_out(r))
        return DELEGATION_FAILED;
    if (!is_preset && ask_is_needed(s, r->department)) {
        ask_begin(s, r, ignore, routing_answered);
        return DELEGATION_ASKED;
    }
    if (!is_preset)
        u = routing_pick(s, r->department, ignore, r);
    if (u == NULL || inquiry_is_refused(s->core, r, u, r->department))
        return DELEGATION_FAILED;
    if (!s->core->fit.has_offers || (u->roles & ROLE_BOT))
        return inquiry_assign(s, r, u) == ERR_OK ? DELEGATED : DELEGATION_FAILED;
    if (u->offer)
        return DELEGATION_FAILED; /* a preset agent who has not answered yet */
    offer_make(s, r, u);
    return DELEGATED;
}

static void queue(struct step *s, struct room *r)
{
    inquiry_queue(s->core, r, s->now);
    room_event(s, EVENT_INQUIRY_QUEUED, r);
}

static bool has_bot(const struct room *r)
{
    return r->inquiry.default_agent && (r->inquiry.default_agent->roles & ROLE_BOT);
}

/* Behaviour 5.3. */
void routing_serve(struct step *s, struct room *r)
{
    struct core *c = s->core;
    if (!core_routing(c)->auto_assign && !has_bot(r)) {
        queue(s, r);
        return;
    }
    /* A department nobody serves just now hands its chat to its fallback, one step. */
    struct department *d = r->department;
    if (d && d->online_count == 0 && d->fallback_id) {
        struct department *fallback = core_department(c, d->fallback_id);
        if (fallback)
            room_move_department(s, r, fallback);
    }
    if (core_setting_bool(c, "Livechat_waiting_queue") && !has_bot(r))
        queue(s, r);
    else
        routing_delegate(s, r, NULL);
}

/* Waits for one agent only, who is online and full: the others behind it need not wait too (behaviour 14.2). Whom the
   visitor had last is not waited for. */
bool routing_is_reserved(const struct core *c, const struct room *r)
{
    const struct user *preset = r->inquiry.default_agent;
    return preset && core_agent_is_online(c, preset) && inquiry_is_refused(c, r, preset, r->department) &&
           !core_setting_bool(c, "Livechat_last_chatted_agent_routing");
}

static struct room *first_ready(struct core *c, struct department *d, const struct pool_place *p)
{
    if (c->fit.is_on)
        return fit_first_chat(c, d, p);
    struct room *r = ready_first(c, d);
    while (r && routing_is_reserved(c, r))
        r = RB_NEXT(ready_tree, 0, r);
    return r;
}

/* The first chat among those this agent could take. */
static struct room *next_for(struct core *c, struct user *u)
{
    struct room *best = u->place.is_in ? first_ready(c, NULL, &u->place) : NULL;
    struct department_agent *l;
    LIST_FOREACH(l, &u->departments, of_user) {
        struct room *r = l->place.is_in ? first_ready(c, l->department, &l->place) : NULL;
        if (r && (best == NULL || service_compare(r, best) < 0))
            best = r;
    }
    return best;
}

void routing_next(struct step *s, struct user *u)
{
    struct room *r;
    while ((r = next_for(s->core, u)) != NULL && routing_delegate(s, r, NULL) == DELEGATED)
        ;
}

void routing_again(struct step *s, struct room *r)
{
    bool is_the_workers = r->waits_as == INQUIRY_QUEUED && core_setting_bool(s->core, "Livechat_waiting_queue");
    if (r->waits_as == INQUIRY_NONE || offer_is_out(r) || is_the_workers || !core_routing(s->core)->auto_assign)
        return;
    routing_delegate(s, r, NULL);
}

/* Chats nobody could take are tried again as soon as somebody can, in the order of service (behaviour 4, transition 5). */
void routing_retry(struct step *s)
{
    if (!core_routing(s->core)->auto_assign || !core_setting_bool(s->core, "Livechat_enabled"))
        return;
    for (size_t i = 0; i < s->newly_count; i++)
        routing_next(s, s->newly_eligible[i]);
}

/* Chats that are not queued: into the queue where there is one, else to whoever can take them. */
static void treat_ready(struct step *s, struct department *d, bool to_queue)
{
    struct room *next;
    for (struct room *r = ready_first(s->core, d); r; r = next) {
        next = RB_NEXT(ready_tree, 0, r);
        if (to_queue && !has_bot(r))
            queue(s, r);
        else if (routing_delegate(s, r, NULL) == DELEGATION_FAILED && r->inquiry.default_agent == NULL &&
                 !s->core->fit.is_on)
            return; /* nobody is there for the others either */
    }
}

static void treat_queued(struct step *s, struct department *d)
{
    struct room *next;
    for (struct room *r = queue_next(s->core, d, NULL); r; r = next) {
        next = queue_next(s->core, d, r);
        if (routing_delegate(s, r, NULL) == DELEGATION_FAILED && r->inquiry.default_agent == NULL &&
            !s->core->fit.is_on)
            return;
    }
}

/* The method, or what it depends on, was changed: what waits is treated by the new rules at once. With the waiting queue
   the worker goes on handing out one by one. */
void routing_method_changed(struct step *s)
{
    struct core *c = s->core;
    struct department *d = NULL;
    bool automatic = core_routing(c)->auto_assign, lines_up = core_setting_bool(c, "Livechat_waiting_queue");
    asks_end(s); /* what was asked before does not count any more */
    if (!core_setting_bool(c, "Livechat_enabled"))
        return;
    do {
        if (automatic && !lines_up)
            treat_queued(s, d);
        treat_ready(s, d, !automatic || lines_up);
        d = core_next_department(c, d);
    } while (d);
}

/* For triggers: whom the method would give a chat of that department. His turn counts as used. */
int step_agent_next(struct step *s)
{
    if (core_routing(s->core)->auto_assign)
        s->result->user = routing_pick(s, core_department(s->core, s->cmd->department.id), NULL, NULL);
    if (s->result->user == NULL)
        return step_fail(s, ERR_NOT_FOUND, "agent-not-found", "No agent is free");
    return ERR_OK;
}
