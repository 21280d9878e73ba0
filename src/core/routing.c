/* Which agent gets a chat, and when. What the methods are: method.c. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>


struct user *core_next_agent(const struct core *c, const struct department *d)
{
    bool picks = core_routing(c)->auto_assign && !method_in_force(c)->asks;
    struct pool_place *p = picks ? fit_first_agent(c, d, NULL, NULL, NULL) : NULL;
    return p ? p->user : NULL;
}

/* The worker asks every few seconds: what is the same as the last time is not told again. */
static void tell_new(struct step *s, struct room *r, const struct decision *d)
{
    uint64_t hash = d->agent && d->step == DECISION_PICKED ? 0 : decision_hash(d);
    if (r && hash != 0 && r->why == hash)
        return;
    if (r)
        r->why = hash;
    decision_event(s, r, d);
}

static void put_limit(const struct core *c, struct decision *d)
{
    d->rule = core_agent_is_full(c, d->agent, d->department) ? RULE_NOT_FULL : RULE_CHANNEL_FREE;
    d->load = d->agent->load;
    d->limit = core_agent_limit(c, d->agent, d->department, NULL);
}

void routing_tell(struct step *s, struct room *r, struct decision *d)
{
    if (d->agent && r && inquiry_is_refused(s->core, r, d->agent, d->department))
        put_limit(s->core, d);
    tell_new(s, r, d);
}

/* Why this one: the method, how many each rule excluded, and the first of those who were left. */
static void explain(struct step *s, struct room *r, struct department *d, const struct user *chosen,
                    const struct user *ignore, const int *excluded)
{
    struct pool *pool = d ? &d->pool : &s->core->people.pool;
    const struct user *preset = r ? r->inquiry.default_agent : NULL;
    struct decision why = {.step = DECISION_PICKED, .method = core_routing(s->core)->method, .agent = chosen,
                           .bypassed = preset, .department = d, .ignored = ignore != NULL};
    for (int rule = 0; rule < RULE_COUNT; rule++)
        why.excluded[rule] = pool->excluded[rule] + excluded[rule];
    for (struct pool_place *p = RB_MIN(place_tree, &pool->candidates); p && why.candidate_count < DECISION_CANDIDATES;
         p = RB_NEXT(place_tree, 0, p))
        why.candidates[why.candidate_count++] = p->user;
    routing_tell(s, r, &why);
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
    method_in_force(c)->chosen(s, u, link);
    agent_reindex_core(c, u);
    return u;
}

/* Where chats are offered he is asked; false: he has not answered the one before yet. */
static bool hand_to(struct step *s, struct room *r, struct user *u)
{
    if (!s->core->fit.has_offers || (u->roles & ROLE_BOT))
        return inquiry_assign(s, r, u) == ERR_OK;
    if (u->offer)
        return false;
    offer_make(s, r, u);
    return true;
}

/* The preset agent when he is online, else the method's choice; where chats are offered, he is asked. Failed: nobody, or he
   has no room for it. */
enum delegation routing_delegate(struct step *s, struct room *r)
{
    struct user *u = r->inquiry.default_agent;
    if (offer_is_out(r))
        return DELEGATION_FAILED;
    bool preset = u && core_agent_is_online(s->core, u) && !offer_was_declined(r, u);
    if (!preset && ask_is_needed(s, r->department)) {
        ask_begin(s, r, NULL, routing_answered);
        return DELEGATION_ASKED;
    }
    if (!preset)
        u = routing_pick(s, r->department, NULL, r);
    if (u && !inquiry_is_refused(s->core, r, u, r->department))
        return hand_to(s, r, u) ? DELEGATED : DELEGATION_FAILED;
    if (preset) {
        struct decision why = {.step = DECISION_RESERVED, .agent = u, .department = r->department};
        routing_tell(s, r, &why);
    }
    return DELEGATION_FAILED;
}

void routing_queue(struct step *s, struct room *r)
{
    const struct routing_flags *method = core_routing(s->core);
    const struct decision why = {.step = DECISION_QUEUED, .cause = method->auto_assign ? CAUSE_QUEUE : CAUSE_MANUAL,
                                 .method = method->method, .department = r->department,
                                 .agent = r->inquiry.default_agent};
    inquiry_queue(s->core, r, s->now);
    decision_of_event(room_event(s, EVENT_INQUIRY_QUEUED, r), &why);
}

void routing_tell_fallback(struct step *s, struct room *r, const struct department *from, const struct department *to,
                           enum decision_cause cause)
{
    decision_event(s, r, &(struct decision){.step = DECISION_FALLBACK, .cause = cause, .department = to, .from = from});
}

static bool has_bot(const struct room *r)
{
    return r->inquiry.default_agent && (r->inquiry.default_agent->roles & ROLE_BOT);
}

/* Behaviour 5.3. */
void routing_serve(struct step *s, struct room *r)
{
    struct core *c = s->core;
    bool waits = !core_routing(c)->auto_assign || core_setting_bool(c, "Livechat_waiting_queue");
    /* A department nobody serves just now hands its chat to its fallback, one step. */
    struct department *d = r->department;
    if (d && d->online_count == 0 && d->fallback_id) {
        struct department *fallback = core_department(c, d->fallback_id);
        if (fallback) {
            routing_tell_fallback(s, r, d, fallback, CAUSE_NONE);
            room_move_department(s, r, fallback);
        }
    }
    if (waits && !has_bot(r))
        routing_queue(s, r);
    else
        routing_delegate(s, r);
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

void routing_again(struct step *s, struct room *r)
{
    bool is_the_workers = r->waits_as == INQUIRY_QUEUED && core_setting_bool(s->core, "Livechat_waiting_queue");
    if (r->waits_as == INQUIRY_NONE || offer_is_out(r) || is_the_workers || !core_routing(s->core)->auto_assign)
        return;
    routing_delegate(s, r);
}

/* Chats nobody could take are tried again as soon as somebody can, in the order of service (behaviour 4, transition 5). */
void routing_retry(struct step *s)
{
    if (!core_routing(s->core)->auto_assign || !core_setting_bool(s->core, "Livechat_enabled"))
        return;
    while (s->newly_count > 0) {
        struct room *first = NULL;
        size_t whose = 0;
        for (size_t i = 0; i < s->newly_count; i++) {
            struct room *r = next_for(s->core, s->newly_eligible[i]);
            if (r && (first == NULL || service_compare(r, first) < 0)) {
                first = r;
                whose = i;
            }
        }
        if (first == NULL)
            return;
        if (routing_delegate(s, first) != DELEGATED)
            s->newly_eligible[whose] = s->newly_eligible[--s->newly_count];
    }
}

/* A line of waiting chats that is gone along: of a department or of those without one, queued or not. */
struct walk {
    struct department *department;
    bool is_queue;
    bool is_stuck;             /* the method has nobody for it: only those meant for somebody are looked at */
    struct room *next;         /* NULL: at its end */
};

static void walk_on(struct core *c, struct walk *w)
{
    do
        w->next = w->is_queue ? queue_next(c, w->department, w->next) : RB_NEXT(ready_tree, 0, w->next);
    while (w->next && w->is_stuck && w->next->inquiry.default_agent == NULL);
}

/* All lines, to be freed; *n: how many. */
static struct walk *walks_new(struct core *c, size_t *n)
{
    struct department *d = NULL;
    struct walk *walks = NULL;
    *n = 0;
    do {
        walks = x_reallocarray(walks, *n + 2, sizeof(*walks));
        walks[(*n)++] = (struct walk){d, .next = ready_first(c, d)};
        walks[(*n)++] = (struct walk){d, .is_queue = true, .next = queue_next(c, d, NULL)};
        d = core_next_department(c, d);
    } while (d);
    return walks;
}

/* Every waiting chat to whoever can take it, in the order of service whatever line it stands in. */
static void hand_out(struct step *s)
{
    struct core *c = s->core;
    size_t n;
    struct walk *walks = walks_new(c, &n), *first;
    do {
        first = NULL;
        for (struct walk *w = walks; w < walks + n; w++)
            if (w->next && (first == NULL || service_compare(w->next, first->next) < 0))
                first = w;
        if (first) {
            struct room *r = first->next;
            walk_on(c, first);
            if (routing_delegate(s, r) == DELEGATION_FAILED && r->inquiry.default_agent == NULL && !c->fit.is_on) {
                first->is_stuck = true;
                if (first->next && first->next->inquiry.default_agent == NULL)
                    walk_on(c, first);
            }
        }
    } while (first);
    free(walks);
}

/* Chats that are not queued come into the queue; those for bots never do. */
static void line_up(struct step *s, struct department *d)
{
    struct walk w = {d, .next = ready_first(s->core, d)};
    for (struct room *r = w.next; r; r = w.next) {
        walk_on(s->core, &w);
        if (has_bot(r))
            routing_delegate(s, r);
        else
            routing_queue(s, r);
    }
}

/* The method, or what it depends on, was changed: what waits is treated by the new rules at once. With the waiting queue
   the worker goes on handing out one by one. */
void routing_method_changed(struct step *s)
{
    struct core *c = s->core;
    struct department *d = NULL;
    asks_end(s); /* what was asked before does not count any more */
    if (!core_setting_bool(c, "Livechat_enabled"))
        return;
    if (core_routing(c)->auto_assign && !core_setting_bool(c, "Livechat_waiting_queue")) {
        hand_out(s);
        return;
    }
    do {
        line_up(s, d);
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
