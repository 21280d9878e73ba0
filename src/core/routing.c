/* Which agent gets a chat. A method is one row: its flags, and how it picks among those who can take a chat. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MAX 16   /* named in a decision */

struct method {
    struct routing_flags flags;
};

/* Flags of behaviour 15.1. The automatic methods without an own way of picking yet pick as Auto Selection does. */
static const struct method methods[] = {
    {{"Auto_Selection", true, false, false, false, true, false, true}},
    {{"Manual_Selection", false, true, true, true, false, true, false}},
    {{"External", true, false, false, false, false, false, true}},
    {{"Load_Balancing", true, false, false, false, false, false, true}},
    {{"Load_Rotation", true, false, false, false, false, false, true}},
};

const struct routing_flags *core_routing(const struct core *c)
{
    const char *name = core_setting_text(c, "Livechat_Routing_Method");
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (strcmp(methods[i].flags.method, name) == 0)
            return &methods[i].flags;
    return &methods[1].flags; /* an unknown value means Manual Selection */
}

/* The smallest count, then order, then name (behaviour 15.2). The index holds only agents who are online and not full. */
static struct user *auto_in_department(struct core *c, struct department *d, const struct user *ignore,
                                       struct department_agent **link)
{
    (void)c;
    struct department_agent *l = RB_MIN(agent_tree, &d->eligible);
    if (l && l->user == ignore)
        l = RB_NEXT(agent_tree, &d->eligible, l);
    *link = l;
    return l ? l->user : NULL;
}

static struct user *auto_anywhere(struct core *c, const struct user *ignore)
{
    struct user *u = RB_MIN(user_tree, &c->people.eligible);
    if (u && u == ignore)
        u = RB_NEXT(user_tree, &c->people.eligible, u);
    return u;
}

struct user *core_next_agent(const struct core *c, const struct department *d)
{
    struct department_agent *link;
    if (!core_routing(c)->auto_assign)
        return NULL;
    if (d)
        return auto_in_department((struct core *)c, (struct department *)d, NULL, &link);
    return auto_anywhere((struct core *)c, NULL);
}

/* Why this one: the method, how many each rule excluded, and the first of those who were left. */
static void explain(struct step *s, struct room *r, struct department *d, const struct user *chosen,
                    const struct user *ignore)
{
    struct people *p = &s->core->people;
    int all = d ? d->agent_count : p->agent_count;
    int online = d ? d->online_count : p->online_count;
    int eligible = d ? d->eligible_count : p->eligible_count;
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "method", core_routing(s->core)->method);
    jsonw_str(&w, "department", d ? d->id : NULL);
    jsonw_str(&w, "chosen", chosen ? chosen->id : NULL);
    jsonw_object(&w, "excluded");
    jsonw_int(&w, "not-online", all - online);
    jsonw_int(&w, "at-limit", online - eligible);
    jsonw_int(&w, "ignored", ignore ? 1 : 0);
    jsonw_end_object(&w);
    jsonw_array(&w, "candidates");
    int n = 0;
    if (d) {
        struct department_agent *l;
        for (l = RB_MIN(agent_tree, &d->eligible); l && n < CANDIDATES_MAX; l = RB_NEXT(agent_tree, 0, l), n++)
            jsonw_str(&w, NULL, l->user->id);
    } else {
        struct user *u;
        for (u = RB_MIN(user_tree, &p->eligible); u && n < CANDIDATES_MAX; u = RB_NEXT(user_tree, 0, u), n++)
            jsonw_str(&w, NULL, u->id);
    }
    jsonw_end_array(&w);
    jsonw_end_object(&w);
    struct event *e = step_event(s, EVENT_ROUTED);
    e->room = r;
    e->department = d;
    e->user = (struct user *)chosen;
    e->detail = buf_take(&out);
}

/* The chosen one's counter goes up at selection, even if the assignment then fails. */
struct user *routing_pick(struct step *s, struct department *d, const struct user *ignore, struct room *room)
{
    struct core *c = s->core;
    struct department_agent *link = NULL;
    struct user *u = d ? auto_in_department(c, d, ignore, &link) : auto_anywhere(c, ignore);
    explain(s, room, d, u, ignore);
    if (u == NULL)
        return NULL;
    agent_unindex(c, u);
    if (link)
        link->count++;
    else
        u->livechat_count++;
    agent_reindex_core(c, u);
    if (link) {
        struct event *e = step_event(s, EVENT_DEPARTMENT_AGENT);
        e->link = link;
        e->department = d;
        e->user = u;
    } else {
        step_event(s, EVENT_USER)->user = u;
    }
    return u;
}

/* Assign now, if somebody can take it: the preset agent when he is online, else the method's choice. */
static bool delegate(struct step *s, struct room *r)
{
    struct user *preset = r->inquiry.default_agent;
    if (preset && core_agent_is_online(s->core, preset))
        return inquiry_assign(s, r, preset) == ERR_OK;
    struct user *u = routing_pick(s, r->department, NULL, r);
    return u && inquiry_assign(s, r, u) == ERR_OK;
}

static void queue(struct step *s, struct room *r)
{
    inquiry_set_status(s->core, r, INQUIRY_QUEUED);
    r->inquiry.queued_ms = s->now;
    r->inquiry.taken_ms = 0;
    r->inquiry.updated_ms = s->now;
    room_event(s, EVENT_INQUIRY_QUEUED, r);
}

/* Behaviour 5.3. */
void routing_serve(struct step *s, struct room *r)
{
    struct core *c = s->core;
    const struct user *preset = r->inquiry.default_agent;
    bool bot = preset && (preset->roles & ROLE_BOT);
    if (!core_routing(c)->auto_assign && !bot) {
        queue(s, r);
        return;
    }
    /* A department nobody serves just now hands its chat to its fallback, one step. */
    struct department *d = r->department;
    if (d && d->online_count == 0 && d->fallback_id) {
        struct department *fallback = core_department(c, d->fallback_id);
        if (fallback) {
            room_set_department(c, r, fallback);
            room_event(s, EVENT_ROOM_CHANGED, r);
        }
    }
    if (core_setting_bool(c, "Livechat_waiting_queue") && !bot)
        queue(s, r);
    delegate(s, r);
}

/* Waits for one agent only, who is online and full: the others behind it need not wait too (behaviour 14.2). */
static bool is_reserved(const struct core *c, const struct room *r)
{
    const struct user *preset = r->inquiry.default_agent;
    return preset && core_agent_is_online(c, preset) && core_setting_bool(c, "Livechat_waiting_queue") &&
           core_agent_is_full(c, preset, r->department);
}

static struct room *first_unreserved(struct core *c, struct department *d)
{
    struct room *r = waiting_first(c, d);
    while (r && is_reserved(c, r))
        r = RB_NEXT(waiting_tree, 0, r);
    return r;
}

/* The chat that waits longest among those this agent could take. */
static struct room *next_for(struct core *c, struct user *u)
{
    struct room *best = u->counted_eligible ? first_unreserved(c, NULL) : NULL;
    struct department_agent *l;
    LIST_FOREACH(l, &u->departments, of_user) {
        struct room *r = l->counted_eligible ? first_unreserved(c, l->department) : NULL;
        if (r && (best == NULL || waiting_compare(r, best) < 0))
            best = r;
    }
    return best;
}

/* Chats nobody could take are tried again as soon as somebody can (behaviour 4, transition 5). */
void routing_retry(struct step *s)
{
    if (!core_routing(s->core)->auto_assign || !core_setting_bool(s->core, "Livechat_enabled"))
        return;
    for (size_t i = 0; i < s->newly_count; i++) {
        struct user *u = s->newly_eligible[i];
        struct room *r;
        while ((r = next_for(s->core, u)) != NULL && delegate(s, r))
            ;
    }
}

static void retry_department(struct step *s, struct department *d)
{
    struct room *r;
    while ((r = first_unreserved(s->core, d)) != NULL && delegate(s, r))
        ;
}

/* The method, or what it depends on, was changed: what waits is treated by the new rules at once. */
void routing_method_changed(struct step *s)
{
    struct core *c = s->core;
    struct department *d;
    struct room *r;
    if (!core_setting_bool(c, "Livechat_enabled"))
        return;
    if (core_routing(c)->auto_assign) {
        retry_department(s, NULL);
        TAILQ_FOREACH(d, &c->people.departments, entry)
            retry_department(s, d);
        return;
    }
    TAILQ_FOREACH(r, &c->chats.open, entry) {
        if (r->inquiry.status == INQUIRY_READY)
            queue(s, r);
    }
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

/* Also asked for once after loading, so that what waited over a restart is tried again. */
int step_tick(struct step *s)
{
    routing_method_changed(s);
    return ERR_OK;
}
