/* The routing methods. One row each: its flags, the rules that a candidate must pass, the key by which candidates are
   ordered (then by username), and what being chosen changes. A new method is a new row. */
#include "core/internal.h"

#include <string.h>

/* Chats handed out so far, then the order given by the administrator (behaviour 15.2). */
static void key_counters(const struct user *u, const struct department_agent *link, int64_t key[2])
{
    key[0] = link ? link->count : u->livechat_count;
    key[1] = link ? link->order : 0;
}

/* Open chats that are not on hold, in a department those of it only; then who waits longest (15.6). */
static void key_load(const struct user *u, const struct department_agent *link, int64_t key[2])
{
    key[0] = link ? link->load : u->load;
    key[1] = u->last_routing_ms;
}

/* Who was chosen longest ago, or never (15.6). */
static void key_turn(const struct user *u, const struct department_agent *link, int64_t key[2])
{
    (void)link;
    key[0] = u->last_routing_ms;
    key[1] = 0;
}

/* Who has no open chat comes first; then whose last chat came or ended longest ago, or who never had one. */
static void key_idle(const struct user *u, const struct department_agent *link, int64_t key[2])
{
    (void)link;
    key[0] = u->load > 0;
    key[1] = u->idle_since_ms;
}

void turn_counts(struct step *s, struct user *u, struct department_agent *link)
{
    if (link == NULL) {
        u->livechat_count++;
        step_event(s, EVENT_USER_TURN)->user = u;
        return;
    }
    link->count++;
    struct event *e = step_event(s, EVENT_DEPARTMENT_AGENT);
    e->link = link;
    e->department = link->department;
    e->user = u;
}

static void chosen_now(struct step *s, struct user *u, struct department_agent *link)
{
    (void)link;
    u->last_routing_ms = s->now;
    step_event(s, EVENT_USER_TURN)->user = u;
}

static void chosen_idle(struct step *s, struct user *u, struct department_agent *link)
{
    (void)link;
    u->idle_since_ms = s->now;
    step_event(s, EVENT_USER_TURN)->user = u;
}

/* Flags of behaviour 15.1. Manual never picks and External asks: their rows say who counts as free. */
static const struct method methods[] = {
    {{"Auto_Selection", true, false, false, false, true, false, true},
     {RULE_ONLINE, RULE_NOT_FULL}, key_counters, turn_counts, false},
    {{"Manual_Selection", false, true, true, true, false, true, false},
     {RULE_ONLINE, RULE_NOT_FULL}, key_counters, turn_counts, false},
    {{"External", true, false, false, false, false, false, true},
     {RULE_ONLINE, RULE_NOT_FULL}, key_counters, NULL, true},
    {{"Load_Balancing", true, false, false, false, false, false, true}, {RULE_PRESENT}, key_load, chosen_now, false},
    {{"Load_Rotation", true, false, false, false, false, false, true}, {RULE_PRESENT}, key_turn, chosen_now, false},
    {{"Longest_Idle", true, false, false, false, true, false, true}, {RULE_ONLINE, RULE_NOT_FULL}, key_idle, chosen_idle, false},
};

static const struct method *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (strcmp(methods[i].flags.method, name) == 0)
            return &methods[i];
    return &methods[1]; /* an unknown value means Manual Selection */
}

void policy_look_up(struct core *c)
{
    c->policy = (struct policy){
        .generation = c->settings.generation,
        .method = find(core_setting_text(c, "Livechat_Routing_Method")),
        .idle_counts = core_setting_bool(c, "Livechat_enabled_when_agent_idle"),
        .has_queue = core_setting_bool(c, "Livechat_waiting_queue"),
        .agent_limit = core_setting_int(c, "Livechat_maximum_chats_per_agent"),
        .most_waiting = core_setting_int(c, "Usher_max_queue_length"),
        .ageing_min = core_setting_int(c, "Usher_queue_ageing"),
        .quiet_ms = core_setting_int(c, "Usher_idle_chat_minutes") * 60000,
    };
    targets_look_up(c, &c->policy);
}

const struct method *method_in_force(const struct core *c)
{
    return core_policy(c)->method;
}

const struct routing_flags *core_routing(const struct core *c)
{
    return &method_in_force(c)->flags;
}

void agent_rests_from_now(struct step *s, struct user *u)
{
    if (method_in_force(s->core)->key != key_idle || u->idle_since_ms == s->now)
        return;
    chosen_idle(s, u, NULL);
    agent_reindex(s, u);
}

/* --- the rules --- */

static bool is_present(const struct standing *a)
{
    return user_is_agent(a->user) && a->user->available && a->user->status != PRESENCE_OFFLINE;
}

static bool is_online(const struct standing *a)
{
    return a->is_online;
}

static bool is_not_full(const struct standing *a)
{
    return !a->is_full;
}

static bool has_no_offer(const struct standing *a)
{
    return a->user->offer == NULL;
}

static bool is_not_wrapping_up(const struct standing *a)
{
    return a->user->pause != PAUSE_WRAP_UP;
}

static bool is_not_paused(const struct standing *a)
{
    return a->user->pause != PAUSE_PASSED;
}

/* Those without a function are about a chat: fit.c. */
static const struct {
    const char *name;
    bool (*holds)(const struct standing *a);
} rules[RULE_COUNT] = {
    [RULE_ONLINE] = {"not-online", is_online},
    [RULE_PRESENT] = {"not-present", is_present},
    [RULE_NOT_FULL] = {"at-limit", is_not_full},
    [RULE_NO_OFFER] = {"has-an-offer", has_no_offer},
    [RULE_NOT_WRAPPING_UP] = {"wrapping-up", is_not_wrapping_up},
    [RULE_NOT_PAUSED] = {"paused", is_not_paused},
    [RULE_SKILLED] = {"lacks-skills", NULL},
    [RULE_OF_TIER] = {"of-a-later-tier", NULL},
    [RULE_CHANNEL_FREE] = {"channel-full", NULL},
    [RULE_NOT_DECLINED] = {"declined", NULL},
};

const char *core_rule_name(enum agent_rule rule)
{
    return rules[rule].name;
}

enum agent_rule method_excludes(const struct method *m, const struct standing *a)
{
    static const enum agent_rule always[] = {RULE_NO_OFFER, RULE_NOT_WRAPPING_UP, RULE_NOT_PAUSED};
    for (size_t i = 0; i < COUNT_OF(m->rules) && m->rules[i] != RULE_NONE; i++)
        if (!rules[m->rules[i]].holds(a))
            return m->rules[i];
    for (size_t i = 0; i < COUNT_OF(always); i++)
        if (!rules[always[i]].holds(a))
            return always[i];
    return RULE_NONE;
}
