/* Who is online, who has room for a chat (behaviour 3), and the indexes that routing picks from. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

int place_compare(struct pool_place *a, struct pool_place *b)
{
    for (int i = 0; i < 2; i++)
        if (a->key[i] != b->key[i])
            return a->key[i] < b->key[i] ? -1 : 1;
    return strcmp(a->user->username, b->user->username);
}

RB_GENERATE(place_tree, pool_place, entry, place_compare)

void pool_init(struct pool *p)
{
    RB_INIT(&p->candidates);
    RB_INIT(&p->bots);
}

bool core_agent_is_online(const struct core *c, const struct user *u)
{
    if (!user_is_agent(u) || !u->available)
        return false;
    if (core_setting_bool(c, "Livechat_enabled_when_agent_idle"))
        return true;
    bool bot = (u->roles & ROLE_BOT) != 0;
    return (bot || u->status != PRESENCE_OFFLINE) && u->status_connection != PRESENCE_AWAY;
}

int64_t agent_limit(const struct core *c, const struct user *u, const struct department *d)
{
    return d && d->max_chats > 0 ? d->max_chats
           : u->max_chats > 0    ? u->max_chats
                                 : core_setting_int(c, "Livechat_maximum_chats_per_agent");
}

bool core_agent_is_full(const struct core *c, const struct user *u, const struct department *d)
{
    int64_t limit = agent_limit(c, u, d);
    return limit > 0 && u->load >= limit;
}

/* Visitors see the offline form while its queue is full. */
static bool is_shut(const struct core *c, const struct department *d)
{
    return strcmp(core_setting_text(c, "Usher_queue_full_action"), "offline") == 0 && queue_is_full(c, d);
}

bool core_service_is_online(const struct core *c, const struct department *d)
{
    if (is_shut(c, d))
        return false;
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

/* --- places in the pools --- */

static void place_remove(struct place_tree *tree, struct pool_place *p)
{
    if (p->is_in)
        RB_REMOVE(place_tree, tree, p);
    p->is_in = false;
}

static void place_insert(struct place_tree *tree, struct pool_place *p, struct user *u, struct department_agent *link)
{
    p->user = u;
    p->link = link;
    p->is_in = true;
    RB_INSERT(place_tree, tree, p);
}

static void leave_pool(struct pool *pool, struct pool_place *place, struct pool_place *bot)
{
    fit_place_leave(pool, place);
    place_remove(&pool->candidates, place);
    place_remove(&pool->bots, bot);
    if (place->excluded_by != RULE_NONE)
        pool->excluded[place->excluded_by]--;
    place->excluded_by = RULE_NONE;
}

static void enter_pool(struct core *c, struct pool *pool, struct user *u, struct department_agent *link)
{
    const struct method *m = method_in_force(c);
    struct pool_place *place = link ? &link->place : &u->place, *bot = link ? &link->bot_place : &u->bot_place;
    place->excluded_by = method_excludes(m, c, u, link ? link->department : NULL);
    if (place->excluded_by == RULE_NONE) {
        m->key(u, link, place->key);
        place_insert(&pool->candidates, place, u, link);
        fit_place_enter(c, pool, place);
    } else {
        pool->excluded[place->excluded_by]++;
    }
    if (u->roles & ROLE_BOT) {
        bot->key[0] = link ? link->count : u->livechat_count;
        bot->key[1] = link ? link->order : 0;
        place_insert(&pool->bots, bot, u, link);
    }
}

void agent_unindex(struct core *c, struct user *u)
{
    struct people *p = &c->people;
    struct department_agent *l;
    leave_pool(&p->pool, &u->place, &u->bot_place);
    p->eligible_count -= u->counted_eligible;
    p->online_count -= u->counted_online;
    u->counted_eligible = u->counted_online = false;
    LIST_FOREACH(l, &u->departments, of_user) {
        leave_pool(&l->department->pool, &l->place, &l->bot_place);
        l->department->eligible_count -= l->counted_eligible;
        l->department->online_count -= l->counted_online;
        l->counted_eligible = l->counted_online = false;
    }
}

void agent_reindex_core(struct core *c, struct user *u)
{
    struct people *p = &c->people;
    struct department_agent *l;
    agent_unindex(c, u);
    if (!user_is_agent(u))
        return;
    enter_pool(c, &p->pool, u, NULL);
    u->counted_online = core_agent_is_online(c, u);
    u->counted_eligible = u->counted_online && !core_agent_is_full(c, u, NULL);
    p->online_count += u->counted_online;
    p->eligible_count += u->counted_eligible;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (!l->department->enabled)
            continue;
        enter_pool(c, &l->department->pool, u, l);
        l->counted_online = u->counted_online;
        l->counted_eligible = u->counted_online && !core_agent_is_full(c, u, l->department);
        l->department->online_count += l->counted_online;
        l->department->eligible_count += l->counted_eligible;
    }
}

static bool is_candidate_somewhere(const struct user *u)
{
    struct department_agent *l;
    if (u->place.is_in)
        return true;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (l->place.is_in)
            return true;
    }
    return false;
}

void agent_reindex(struct step *s, struct user *u)
{
    offer_leave(s, u);
    agent_reindex_core(s->core, u);
    leave_watch(s, u);
    if (!is_candidate_somewhere(u))
        return;
    s->core->people.freed_no++;
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
