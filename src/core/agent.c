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
    if (core_policy(c)->idle_counts)
        return true;
    bool bot = (u->roles & ROLE_BOT) != 0;
    return (bot || u->status != PRESENCE_OFFLINE) && u->status_connection != PRESENCE_AWAY;
}

int64_t core_agent_limit(const struct core *c, const struct user *u, const struct department *d, enum limit_of *of)
{
    bool by_department = d && d->max_chats > 0, by_agent = !by_department && u->max_chats > 0;
    int64_t limit = by_department ? d->max_chats
                    : by_agent    ? u->max_chats
                                  : core_policy(c)->agent_limit;
    if (of)
        *of = limit <= 0 ? LIMIT_OF_NOBODY : by_department ? LIMIT_OF_DEPARTMENT : by_agent ? LIMIT_OF_AGENT : LIMIT_OF_ALL;
    return limit > 0 ? limit : 0;
}

bool core_agent_is_full(const struct core *c, const struct user *u, const struct department *d)
{
    int64_t limit = core_agent_limit(c, u, d, NULL);
    return limit > 0 && u->load >= limit;
}

/* Visitors see the offline form while its queue is full. */
static bool is_shut(const struct core *c, const struct department *d)
{
    return queue_is_full(c, d) && strcmp(core_setting_text(c, "Usher_queue_full_action"), "offline") == 0;
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
    for (int depth = 0; d && depth < FALLBACKS_MAX; depth++) {
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

static void leave_pool(struct pool *pool, struct pool_place *place, struct pool_place *bot)
{
    fit_place_leave(pool, place);
    place_remove(&pool->candidates, place);
    place_remove(&pool->bots, bot);
    if (place->excluded_by != RULE_NONE)
        pool->excluded[place->excluded_by]--;
    place->excluded_by = RULE_NONE;
}

/* In or out, and where: a tree is only touched when something of that has changed. */
static void place_move(struct place_tree *tree, struct pool_place *p, bool in, const int64_t key[2])
{
    if (p->is_in && (!in || p->key[0] != key[0] || p->key[1] != key[1]))
        place_remove(tree, p);
    if (!in || p->is_in)
        return;
    memcpy(p->key, key, sizeof(p->key));
    p->is_in = true;
    RB_INSERT(place_tree, tree, p);
}

static void refresh_pool(const struct core *c, const struct method *m, struct pool *pool, const struct standing *a,
                         struct user *u, struct department_agent *link)
{
    struct pool_place *place = link ? &link->place : &u->place, *bot = link ? &link->bot_place : &u->bot_place;
    enum agent_rule rule = method_excludes(m, a);
    int64_t key[2];
    place->user = bot->user = u;
    place->link = bot->link = link;
    if (place->excluded_by != rule) {
        pool->excluded[place->excluded_by] -= place->excluded_by != RULE_NONE;
        pool->excluded[rule] += rule != RULE_NONE;
        place->excluded_by = rule;
    }
    m->key(u, link, key);
    fit_place_leave(pool, place);
    place_move(&pool->candidates, place, rule == RULE_NONE, key);
    if (place->is_in)
        fit_place_enter(c, pool, place);
    key[0] = link ? link->count : u->livechat_count;
    key[1] = link ? link->order : 0;
    place_move(&pool->bots, bot, (u->roles & ROLE_BOT) != 0, key);
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

static void count_agent(bool *counted, int *sum, bool wanted)
{
    *sum += (int)wanted - (int)*counted;
    *counted = wanted;
}

void agent_reindex_core(struct core *c, struct user *u)
{
    struct people *p = &c->people;
    struct department_agent *l;
    if (!user_is_agent(u)) {
        agent_unindex(c, u);
        return;
    }
    const struct method *m = method_in_force(c);
    struct standing a = {.user = u, .is_online = core_agent_is_online(c, u), .is_full = core_agent_is_full(c, u, NULL)};
    refresh_pool(c, m, &p->pool, &a, u, NULL);
    count_agent(&u->counted_online, &p->online_count, a.is_online);
    count_agent(&u->counted_eligible, &p->eligible_count, a.is_online && !a.is_full);
    LIST_FOREACH(l, &u->departments, of_user) {
        struct department *d = l->department;
        a.is_full = core_agent_is_full(c, u, d);
        if (d->enabled)
            refresh_pool(c, m, &d->pool, &a, u, l);
        else
            leave_pool(&d->pool, &l->place, &l->bot_place);
        count_agent(&l->counted_online, &d->online_count, d->enabled && a.is_online);
        count_agent(&l->counted_eligible, &d->eligible_count, d->enabled && a.is_online && !a.is_full);
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
    activity_follow(s, u);
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
