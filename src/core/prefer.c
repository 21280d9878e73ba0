/* Agents who come before the routing method: contact managers, those a visitor had last, bots (behaviour 15.3, 15.8,
   15.9). */
#include "core/internal.h"

#define HOUR_MS INT64_C(3600000)

static void consider(const struct core *c, struct user *u, enum preset_kind kind, struct preference *p)
{
    if (u == NULL || p->agent)
        return;
    if (!core_agent_is_online(c, u)) {
        p->absent[kind] = u;
        return;
    }
    p->agent = u;
    p->kind = kind;
}

/* Is it so long ago that he had that agent that it does not count any more? */
static bool is_forgotten(const struct core *c, int64_t had_ms, int64_t now)
{
    int64_t hours = core_setting_int(c, "Usher_last_agent_hours");
    return hours > 0 && now - had_ms > hours * HOUR_MS;
}

void prefer_agent(struct step *s, const struct visitor *v, struct preference *p)
{
    struct core *c = s->core;
    const struct command *cmd = s->cmd;
    if (v->contact_manager && core_setting_bool(c, "Omnichannel_contact_manager_routing"))
        consider(c, core_user_by_name(c, v->contact_manager), PRESET_MANAGER, p);
    if (p->agent || !core_setting_bool(c, "Livechat_last_chatted_agent_routing"))
        return;
    if (!is_forgotten(c, v->last_agent_ms, s->now))
        consider(c, core_user(c, v->last_agent_id), PRESET_LAST, p);
    if (!is_forgotten(c, cmd->room_start.last_agent_ms, s->now))
        consider(c, core_user(c, cmd->room_start.last_agent_id), PRESET_LAST, p);
}

static void tell(struct step *s, struct room *r, enum decision_step step, enum preset_kind kind, const struct user *u)
{
    decision_event(s, r, &(struct decision){.step = step, .preset = kind, .agent = u, .department = r->department,
                                            .rule = step == DECISION_BYPASSED ? RULE_ONLINE : RULE_NONE});
}

void prefer_tell(struct step *s, struct room *r, const struct preference *p)
{
    for (enum preset_kind kind = PRESET_NONE + 1; kind < PRESET_COUNT; kind++)
        if (p->absent[kind] && p->absent[kind] != p->agent)
            tell(s, r, DECISION_BYPASSED, kind, p->absent[kind]);
    if (p->agent)
        tell(s, r, DECISION_PRESET, p->kind, p->agent);
}

/* His counter goes up at selection. A bot who is not available cannot be assigned: then the chat goes the usual way. */
void prefer_bot(struct step *s, struct room *r)
{
    struct core *c = s->core;
    struct pool *pool = r->department ? &r->department->pool : &c->people.pool;
    struct pool_place *p = RB_MIN(place_tree, &pool->bots);
    if (r->inquiry.default_agent || p == NULL || !core_setting_bool(c, "Livechat_assign_new_conversation_to_bot"))
        return;
    struct user *bot = p->user;
    struct department_agent *link = p->link;
    turn_counts(s, bot, link);
    agent_reindex_core(c, bot);
    if (core_agent_is_online(c, bot))
        r->inquiry.default_agent = bot;
    tell(s, r, r->inquiry.default_agent ? DECISION_PRESET : DECISION_BYPASSED, PRESET_BOT, bot);
}

void prefer_remember(struct step *s, struct room *r)
{
    struct visitor *v = r->visitor;
    if (!core_routing(s->core)->auto_assign || !core_setting_bool(s->core, "Livechat_last_chatted_agent_routing"))
        return;
    str_set(&v->last_agent_id, r->served_by->id);
    str_set(&v->last_agent_username, r->served_by->username);
    v->last_agent_ms = s->now;
    step_event(s, EVENT_VISITOR)->visitor = v;
}
