/* Who is online, who has room for a chat (behaviour 3), and the indexes that routing picks from. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

static int compare_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Auto Selection without department: fewest chats handed out, then username (behaviour 15.2). */
int agent_compare(struct user *a, struct user *b)
{
    int by = compare_number(a->livechat_count, b->livechat_count);
    return by ? by : strcmp(a->username, b->username);
}

int link_compare(struct department_agent *a, struct department_agent *b)
{
    int by = compare_number(a->count, b->count);
    if (by == 0)
        by = compare_number(a->order, b->order);
    return by ? by : strcmp(a->user->username, b->user->username);
}

RB_GENERATE(user_tree, user, eligible, agent_compare)
RB_GENERATE(agent_tree, department_agent, eligible, link_compare)

bool core_agent_is_online(const struct core *c, const struct user *u)
{
    if (!user_is_agent(u) || !u->available)
        return false;
    if (core_setting_bool(c, "Livechat_enabled_when_agent_idle"))
        return true;
    bool bot = (u->roles & ROLE_BOT) != 0;
    return (bot || u->status != PRESENCE_OFFLINE) && u->status_connection != PRESENCE_AWAY;
}

bool core_agent_is_full(const struct core *c, const struct user *u, const struct department *d)
{
    int64_t limit = d && d->max_chats > 0 ? d->max_chats
                    : u->max_chats > 0    ? u->max_chats
                                          : core_setting_int(c, "Livechat_maximum_chats_per_agent");
    return limit > 0 && u->load >= limit;
}

bool core_service_is_online(const struct core *c, const struct department *d)
{
    if (core_setting_bool(c, "Livechat_accept_chats_with_no_agents"))
        return true;
    bool bots = core_setting_bool(c, "Livechat_assign_new_conversation_to_bot");
    if (d == NULL)
        return (bots && c->people.bot_count > 0) || c->people.online_count > 0;
    /* The chain of fallbacks; one longer than this is a circle. */
    for (int depth = 0; d && depth < 16; depth++) {
        if ((bots && d->bot_count > 0) || d->online_count > 0)
            return true;
        d = d->fallback_id ? core_department(c, d->fallback_id) : NULL;
    }
    return false;
}

void agent_unindex(struct core *c, struct user *u)
{
    struct people *p = &c->people;
    struct department_agent *l;
    if (u->counted_eligible) {
        RB_REMOVE(user_tree, &p->eligible, u);
        p->eligible_count--;
        u->counted_eligible = false;
    }
    if (u->counted_online) {
        p->online_count--;
        u->counted_online = false;
    }
    LIST_FOREACH(l, &u->departments, of_user) {
        if (l->counted_eligible) {
            RB_REMOVE(agent_tree, &l->department->eligible, l);
            l->department->eligible_count--;
            l->counted_eligible = false;
        }
        if (l->counted_online) {
            l->department->online_count--;
            l->counted_online = false;
        }
    }
}

void agent_reindex_core(struct core *c, struct user *u)
{
    struct people *p = &c->people;
    struct department_agent *l;
    agent_unindex(c, u);
    if (!core_agent_is_online(c, u))
        return;
    u->counted_online = true;
    p->online_count++;
    if (!core_agent_is_full(c, u, NULL)) {
        u->counted_eligible = true;
        p->eligible_count++;
        RB_INSERT(user_tree, &p->eligible, u);
    }
    LIST_FOREACH(l, &u->departments, of_user) {
        if (!l->department->enabled)
            continue;
        l->counted_online = true;
        l->department->online_count++;
        if (core_agent_is_full(c, u, l->department))
            continue;
        l->counted_eligible = true;
        l->department->eligible_count++;
        RB_INSERT(agent_tree, &l->department->eligible, l);
    }
}

static bool is_eligible_somewhere(const struct user *u)
{
    struct department_agent *l;
    if (u->counted_eligible)
        return true;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (l->counted_eligible)
            return true;
    }
    return false;
}

void agent_reindex(struct step *s, struct user *u)
{
    agent_reindex_core(s->core, u);
    if (!is_eligible_somewhere(u))
        return;
    for (size_t i = 0; i < s->newly_count; i++)
        if (s->newly_eligible[i] == u)
            return;
    if (s->newly_count == s->newly_cap) {
        s->newly_cap = s->newly_cap ? s->newly_cap * 2 : 4;
        s->newly_eligible = x_reallocarray(s->newly_eligible, s->newly_cap, sizeof(*s->newly_eligible));
    }
    s->newly_eligible[s->newly_count++] = u;
}

void agent_reindex_all(struct step *s)
{
    for (struct user *u = s->core->people.by_id; u; u = u->by_id.next)
        agent_reindex_core(s->core, u);
}
