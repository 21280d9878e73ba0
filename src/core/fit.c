#include "core/fit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/internal.h"

static int agent_class_compare(struct agent_class *a, struct agent_class *b)
{
    if (a->tier != b->tier)
        return a->tier < b->tier ? -1 : 1;
    if (a->skills != b->skills)
        return a->skills < b->skills ? -1 : 1;
    return (a->full > b->full) - (a->full < b->full);
}

static int chat_class_compare(struct chat_class *a, struct chat_class *b)
{
    if (a->skills != b->skills)
        return a->skills < b->skills ? -1 : 1;
    if (a->reach != b->reach)
        return a->reach < b->reach ? -1 : 1;
    return (a->channel > b->channel) - (a->channel < b->channel);
}

RB_PROTOTYPE(agent_class_tree, agent_class, entry, agent_class_compare)
RB_GENERATE(agent_class_tree, agent_class, entry, agent_class_compare)
RB_PROTOTYPE(class_place_tree, pool_place, of_class, place_compare)
RB_GENERATE(class_place_tree, pool_place, of_class, place_compare)
RB_PROTOTYPE(chat_class_tree, chat_class, entry, chat_class_compare)
RB_GENERATE(chat_class_tree, chat_class, entry, chat_class_compare)
RB_PROTOTYPE(class_room_tree, room, of_class, service_compare)
RB_GENERATE(class_room_tree, room, of_class, service_compare)

/* --- what agents have --- */

uint64_t fit_skills(const struct core *c, const char *names)
{
    uint64_t mask = 0;
    AUTO_FREE char *copy = x_strdup(names);
    char *rest = copy, *name;
    while (rest && c->fit.skill_count > 0 && (name = strsep(&rest, ",")) != NULL) {
        name = text_trim(name);
        for (int i = 0; i < c->fit.skill_count; i++)
            if (strcasecmp(c->fit.skills[i], name) == 0)
                mask |= UINT64_C(1) << i;
    }
    return mask;
}

void fit_user(struct core *c, struct user *u)
{
    u->skill_mask = fit_skills(c, u->skills);
}

int fit_channel(const struct core *c, const struct room *r)
{
    for (int i = 0; i < c->fit.channel_count; i++)
        if (r->source_type && strcasecmp(c->fit.channels[i].name, r->source_type) == 0)
            return i;
    return -1;
}

int64_t fit_weight(const struct core *c, const struct room *r)
{
    int channel = fit_channel(c, r);
    return channel < 0 ? 1 : c->fit.channels[channel].weight;
}

/* Whoever has nothing to do may take anything, however heavy. */
static bool channel_is_full(const struct core *c, const struct user *u, const struct department *d, int channel)
{
    const struct channel_rule *rule = &c->fit.channels[channel];
    int64_t limit = core_agent_limit(c, u, d, NULL);
    return (rule->most > 0 && u->load_of[channel] >= rule->most) ||
           (limit > 0 && u->load > 0 && u->load + rule->weight > limit);
}

bool fit_channel_is_full(const struct core *c, const struct user *u, const struct department *d, const struct room *r)
{
    int channel = fit_channel(c, r);
    return channel >= 0 && channel_is_full(c, u, d, channel);
}

static uint32_t full_channels(const struct core *c, const struct user *u, const struct department *d)
{
    uint32_t full = 0;
    for (int i = 0; i < c->fit.channel_count; i++)
        if (channel_is_full(c, u, d, i))
            full |= UINT32_C(1) << i;
    return full;
}

static int64_t tier_of(const struct core *c, const struct department_agent *link)
{
    if (c->fit.tier_ms == 0 || link == NULL || link->order < 0)
        return 0;
    return link->order > TIER_MAX ? TIER_MAX : link->order;
}

void fit_place_enter(const struct core *c, struct pool *pool, struct pool_place *p)
{
    const struct department *d = p->link ? p->link->department : NULL;
    if (!c->fit.is_on)
        return;
    struct agent_class key = {.tier = tier_of(c, p->link), .skills = p->user->skill_mask,
                              .full = full_channels(c, p->user, d)};
    struct agent_class *class = RB_FIND(agent_class_tree, &pool->classes, &key);
    if (class == NULL) {
        class = x_calloc(1, sizeof(*class));
        *class = key;
        RB_INSERT(agent_class_tree, &pool->classes, class);
    }
    RB_INSERT(class_place_tree, &class->places, p);
    class->count++;
    p->class = class;
}

void fit_place_leave(struct pool *pool, struct pool_place *p)
{
    struct agent_class *class = p->class;
    p->class = NULL;
    if (class == NULL)
        return;
    RB_REMOVE(class_place_tree, &class->places, p);
    if (--class->count > 0)
        return;
    RB_REMOVE(agent_class_tree, &pool->classes, class);
    free(class);
}

/* --- what chats need --- */

/* The field of a JSON object text that names skills; caller frees. */
static char *named_in(const char *data, const char *field)
{
    json_t *object = data && *field ? json_loads(data, 0, NULL) : NULL;
    char *names = x_strdup(json_string_value(json_object_get(object, field)));
    json_decref(object);
    return names;
}

static uint64_t skills_wanted(const struct core *c, const struct room *r, const struct department *d)
{
    const char *field = core_setting_text(c, "Usher_skills_field");
    if (c->fit.skill_count == 0 || r->skills_relaxed)
        return 0;
    AUTO_FREE char *of_room = named_in(r->livechat_data, field);
    AUTO_FREE char *of_visitor = named_in(r->visitor->livechat_data, field);
    return fit_skills(c, of_room) | fit_skills(c, of_visitor) | fit_skills(c, d ? d->skills : NULL);
}

static struct chat_class needs_of(const struct core *c, const struct room *r, const struct department *d)
{
    return (struct chat_class){
        .skills = skills_wanted(c, r, d), .reach = c->fit.tier_ms > 0 ? r->reach : 0, .channel = fit_channel(c, r)};
}

static struct chat_class_tree *classes_of(struct core *c, struct department *d)
{
    return d ? &d->chat_classes : &c->chats.classes;
}

/* The highest tier that is worth waiting for. */
static int64_t top_tier(const struct core *c, const struct department *d)
{
    const struct department_agent *link;
    int64_t top = 0;
    if (d) {
        LIST_FOREACH(link, &d->agents, of_department)
            top = tier_of(c, link) > top ? tier_of(c, link) : top;
    }
    return top;
}

static void set_deadlines(struct core *c, struct room *r, const struct chat_class *needs)
{
    bool relaxes = c->fit.relax_ms > 0 && needs->skills != 0;
    bool widens = c->fit.tier_ms > 0 && r->department && r->reach < r->department->top_tier;
    deadline_set(c, &r->deadlines, DEADLINE_RELAX, relaxes ? r->queued_ms + c->fit.relax_ms : INT64_MAX);
    deadline_set(c, &r->deadlines, DEADLINE_WIDEN,
                 widens ? r->queued_ms + (r->reach + 1) * c->fit.tier_ms : INT64_MAX);
}

void fit_chat_enter(struct core *c, struct room *r)
{
    struct chat_class_tree *classes = classes_of(c, r->department);
    if (!c->fit.is_on || offer_is_out(r))
        return;
    struct chat_class key = needs_of(c, r, r->department);
    struct chat_class *class = RB_FIND(chat_class_tree, classes, &key);
    if (class == NULL) {
        class = x_calloc(1, sizeof(*class));
        *class = key;
        RB_INSERT(chat_class_tree, classes, class);
    }
    RB_INSERT(class_room_tree, &class->chats, r);
    r->class = class;
    set_deadlines(c, r, &key);
}

void fit_chat_leave(struct core *c, struct room *r)
{
    struct chat_class *class = r->class;
    r->class = NULL;
    if (class == NULL)
        return;
    RB_REMOVE(class_room_tree, &class->chats, r);
    deadline_set(c, &r->deadlines, DEADLINE_RELAX, INT64_MAX);
    deadline_set(c, &r->deadlines, DEADLINE_WIDEN, INT64_MAX);
    if (!RB_EMPTY(&class->chats))
        return;
    RB_REMOVE(chat_class_tree, classes_of(c, r->department), class);
    free(class);
}

void fit_room_changed(struct step *s, struct room *r)
{
    if (r->class == NULL)
        return;
    fit_chat_leave(s->core, r);
    fit_chat_enter(s->core, r);
    routing_again(s, r);
}

void fit_relax(struct step *s, void *room)
{
    struct room *r = room;
    r->skills_relaxed = true;
    fit_room_changed(s, r);
}

void fit_widen(struct step *s, void *room)
{
    struct room *r = room;
    r->reach++;
    fit_room_changed(s, r);
}

/* --- who fits --- */

static enum agent_rule class_excludes(const struct agent_class *a, const struct chat_class *needs)
{
    if ((needs->skills & a->skills) != needs->skills)
        return RULE_SKILLED;
    if (a->tier > needs->reach)
        return RULE_OF_TIER;
    if (needs->channel >= 0 && (a->full & (UINT32_C(1) << needs->channel)))
        return RULE_CHANNEL_FREE;
    return RULE_NONE;
}

static void count(int excluded[RULE_COUNT], enum agent_rule rule, int n)
{
    if (excluded)
        excluded[rule] += n;
}

/* Only those who have declined this very chat are walked past. */
static struct pool_place *first_of(struct agent_class *class, const struct room *r, const struct user *ignore,
                                   int excluded[RULE_COUNT])
{
    struct pool_place *p;
    RB_FOREACH(p, class_place_tree, &class->places) {
        if (p->user == ignore)
            continue;
        if (!offer_was_declined(r, p->user))
            return p;
        count(excluded, RULE_NOT_DECLINED, 1);
    }
    return NULL;
}

struct pool_place *fit_first_agent(const struct core *c, const struct department *d, const struct room *r,
                                   const struct user *ignore, int excluded[RULE_COUNT])
{
    struct pool *pool = d ? &((struct department *)d)->pool : &((struct core *)c)->people.pool;
    struct pool_place *best = NULL;
    struct agent_class *class;
    if (!c->fit.is_on || r == NULL) {
        best = RB_MIN(place_tree, &pool->candidates);
        return best && best->user == ignore ? RB_NEXT(place_tree, 0, best) : best;
    }
    /* A chat that waits there has been looked at when it came. */
    const struct chat_class needs = r->class && r->department == d ? *r->class : needs_of(c, r, d);
    RB_FOREACH(class, agent_class_tree, &pool->classes) {
        enum agent_rule rule = class_excludes(class, &needs);
        struct pool_place *p = rule == RULE_NONE ? first_of(class, r, ignore, excluded) : NULL;
        if (rule != RULE_NONE)
            count(excluded, rule, class->count);
        if (p && (best == NULL || place_compare(p, best) < 0))
            best = p;
    }
    return best;
}

struct room *fit_first_chat(struct core *c, struct department *d, const struct pool_place *p)
{
    bool lines_up = core_setting_bool(c, "Livechat_waiting_queue");
    struct room *best = NULL, *r;
    struct chat_class *needs;
    RB_FOREACH(needs, chat_class_tree, classes_of(c, d)) {
        if (class_excludes(p->class, needs) != RULE_NONE)
            continue;
        RB_FOREACH(r, class_room_tree, &needs->chats) {
            if (lines_up && r->waits_as == INQUIRY_QUEUED)
                continue; /* the worker's */
            if (!offer_was_declined(r, p->user) && !r->asked_no && !routing_is_reserved(c, r))
                break;
        }
        if (r && (best == NULL || service_compare(r, best) < 0))
            best = r;
    }
    return best;
}

/* nobody_fits: a chat of the same class, which nobody has declined, found nobody. */
static bool somebody_can(struct core *c, struct room *r, bool *nobody_fits)
{
    const struct user *preset = r->inquiry.default_agent;
    if (r->waits_as != INQUIRY_QUEUED || r->asked_no || routing_is_reserved(c, r))
        return false;
    if (core_routing_asks(c) || (preset && core_agent_is_online(c, preset)))
        return true;
    if (!*nobody_fits && fit_first_agent(c, r->department, r, NULL, NULL))
        return true;
    *nobody_fits |= r->inquiry.declined == NULL;
    return false;
}

static struct room *next_queued_of(struct core *c, struct department *d, struct room *best)
{
    struct chat_class *needs;
    struct room *r;
    RB_FOREACH(needs, chat_class_tree, classes_of(c, d)) {
        bool nobody_fits = false;
        RB_FOREACH(r, class_room_tree, &needs->chats) {
            if (somebody_can(c, r, &nobody_fits))
                break;
        }
        if (r && (best == NULL || service_compare(r, best) < 0))
            best = r;
    }
    return best;
}

struct room *fit_next_queued(struct core *c, struct department *d)
{
    if (d)
        return next_queued_of(c, d, NULL);
    struct room *best = next_queued_of(c, NULL, NULL);
    for (d = busy_after(c, 0); d; d = busy_after(c, d->created_no))
        best = next_queued_of(c, d, best);
    return best;
}

/* --- the settings --- */

void fit_fini(struct core *c)
{
    texts_free(&c->fit.skills, &c->fit.skill_count);
    for (int i = 0; i < c->fit.channel_count; i++)
        free(c->fit.channels[i].name);
    c->fit.channel_count = 0;
}

static struct channel_rule *channel_rule(struct fit *fit, const char *name)
{
    for (int i = 0; i < fit->channel_count; i++)
        if (strcasecmp(fit->channels[i].name, name) == 0)
            return &fit->channels[i];
    if (fit->channel_count == CHANNELS_MAX)
        return NULL;
    struct channel_rule *rule = &fit->channels[fit->channel_count++];
    *rule = (struct channel_rule){.name = x_strdup(name), .weight = 1};
    return rule;
}

/* "widget=2, email=1" */
static void read_channels(struct core *c, const char *setting, bool is_limit)
{
    AUTO_FREE char *copy = x_strdup(core_setting_text(c, setting));
    char *rest = copy, *item;
    while ((item = strsep(&rest, ",")) != NULL) {
        char *value = strchr(item, '=');
        if (value == NULL)
            continue;
        *value++ = '\0';
        struct channel_rule *rule = channel_rule(&c->fit, text_trim(item));
        if (rule && is_limit)
            rule->most = strtoll(value, NULL, 10);
        else if (rule)
            rule->weight = strtoll(value, NULL, 10);
    }
}

static void read_skills(struct core *c)
{
    AUTO_FREE char *copy = x_strdup(core_setting_text(c, "Usher_skills"));
    const char *names[SKILLS_MAX];
    char *rest = copy, *name;
    int n = 0;
    while (n < SKILLS_MAX && (name = strsep(&rest, ",")) != NULL)
        if (*(name = text_trim(name)) != '\0')
            names[n++] = name;
    c->fit.skills = texts_dup(names, n);
    c->fit.skill_count = n;
}

static void read_settings(struct core *c)
{
    fit_fini(c);
    read_skills(c);
    read_channels(c, "Usher_channel_weights", false);
    read_channels(c, "Usher_channel_limits", true);
    c->fit.tier_ms = core_setting_int(c, "Usher_tier_wait") * 1000;
    c->fit.relax_ms = core_setting_int(c, "Usher_skills_relax_after") * 1000;
    c->fit.has_offers = core_setting_bool(c, "Usher_offer_chats");
    c->fit.is_on = c->fit.skill_count > 0 || c->fit.channel_count > 0 || c->fit.tier_ms > 0 || c->fit.has_offers;
}

void fit_department_changed(struct step *s, struct department *d)
{
    struct room *r;
    if (!s->core->fit.is_on)
        return;
    d->top_tier = top_tier(s->core, d);
    TAILQ_FOREACH(r, &s->core->chats.open, entry) { /* departments change seldom */
        if (r->department == d)
            fit_room_changed(s, r);
    }
}

/* How far the chat has waited its way through the tiers by now. When it is loaded (now 0), its deadlines make up for it. */
static void set_reach(struct core *c, struct room *r, int64_t now)
{
    int64_t waited = now > r->queued_ms ? now - r->queued_ms : 0;
    int64_t reach = c->fit.tier_ms > 0 ? waited / c->fit.tier_ms : 0;
    r->reach = reach > TIER_MAX ? TIER_MAX : reach;
    r->skills_relaxed = c->fit.relax_ms > 0 && waited >= c->fit.relax_ms;
}

void fit_follow(struct core *c, int64_t now)
{
    struct room *r;
    struct subscription *sub;
    struct department *d;
    TAILQ_FOREACH(r, &c->chats.open, entry) {
        waiting_remove(c, r);
        LIST_FOREACH(sub, &r->subscriptions, of_room)
            subscription_uncount(c, sub);
    }
    for (struct user *u = c->people.by_id; u; u = u->by_id.next)
        agent_unindex(c, u);
    read_settings(c);
    for (struct user *u = c->people.by_id; u; u = u->by_id.next)
        fit_user(c, u);
    TAILQ_FOREACH(d, &c->people.departments, entry)
        d->top_tier = top_tier(c, d);
    TAILQ_FOREACH(r, &c->chats.open, entry) {
        set_reach(c, r, now);
        waiting_update(c, r);
        LIST_FOREACH(sub, &r->subscriptions, of_room)
            subscription_recount(c, sub);
    }
    for (struct user *u = c->people.by_id; u; u = u->by_id.next)
        agent_reindex_core(c, u);
}
