/* Random workspaces with everything of the section usher that decides who fits which chat, against a plain look at all
   agents: no chat waits while somebody who fits it is free, nobody gets or is offered one that he does not fit, nobody is
   asked twice at a time, and every load is the sum of its chats.

   fit [--seeds N] [--commands N] [--seed S] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "core/core.h"
#include "play.h"

#define AGENTS 6
#define DEPARTMENTS 2
#define VISITORS 16

struct world {
    struct core *core;
    struct id_source rnd;
    int64_t now, tier_ms, relax_ms;
    struct result result;
    struct event_list events;
    char *agents[AGENTS], *departments[DEPARTMENTS];
};

static const char *failure;
static const char *const skill_names[] = {"ant", "bee", "cow"};
static const char *const channels[] = {"widget", "email", "sms"};

static unsigned pick(struct world *w, unsigned n)
{
    return (unsigned)(id_next(&w->rnd) % n);
}

/* --- the plain look --- */

static bool names(const char *list, const char *name)
{
    const char *p = list ? strstr(list, name) : NULL;
    return p != NULL;
}

static int64_t number_for(struct world *w, const char *setting, const char *channel, int64_t otherwise)
{
    const char *p = channel ? strstr(core_setting_text(w->core, setting), channel) : NULL;
    return p ? strtoll(strchr(p, '=') + 1, NULL, 10) : otherwise;
}

static bool has_skills(struct world *w, const struct user *u, const struct room *r)
{
    bool relaxed = w->relax_ms > 0 && w->now - r->queued_ms >= w->relax_ms;
    for (size_t i = 0; i < COUNT_OF(skill_names); i++) {
        bool wanted = names(r->visitor->livechat_data, skill_names[i]) ||
                      (r->department && names(r->department->extra, skill_names[i]));
        if (wanted && !relaxed && names(core_setting_text(w->core, "Usher_skills"), skill_names[i]) &&
            !names(u->skills, skill_names[i]))
            return false;
    }
    return true;
}

static const struct department_agent *link_of(const struct user *u, const struct department *d)
{
    const struct department_agent *l;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (l->department == d)
            return l;
    }
    return NULL;
}

/* May he be handed it, his load and state aside? */
static bool suits(struct world *w, const struct user *u, const struct room *r)
{
    const struct department_agent *l = r->department ? link_of(u, r->department) : NULL;
    if (r->department && l == NULL)
        return false;
    if (l && w->tier_ms > 0 && l->order * w->tier_ms > w->now - r->queued_ms)
        return false;
    return has_skills(w, u, r);
}

static int64_t weight(struct world *w, const struct room *r)
{
    return number_for(w, "Usher_channel_weights", r->source_type, 1);
}

/* What he has to do, and of that the chats of one channel (NULL: all, by weight). */
static int64_t load(struct world *w, const struct user *u, const char *channel)
{
    const struct subscription *sub;
    int64_t sum = 0;
    LIST_FOREACH(sub, &u->subscriptions, of_user) {
        const struct room *r = sub->room;
        if (!sub->open || r->on_hold || r->is_quiet)
            continue;
        sum += channel == NULL ? weight(w, r) : strcmp(channel, r->source_type) == 0;
    }
    return sum;
}

static bool has_room(struct world *w, const struct user *u, const struct room *r)
{
    int64_t limit = core_setting_int(w->core, "Livechat_maximum_chats_per_agent"), has = load(w, u, NULL);
    int64_t most = number_for(w, "Usher_channel_limits", r->source_type, 0);
    if (limit > 0 && (has >= limit || (has > 0 && has + weight(w, r) > limit)))
        return false;
    return most == 0 || load(w, u, r->source_type) < most;
}

static bool is_free(struct world *w, const struct user *u, const struct room *r)
{
    bool declined = r->inquiry.declined && strstr(r->inquiry.declined, u->id) != NULL;
    return core_agent_is_online(w->core, u) && u->offer == NULL && u->pause == PAUSE_NONE && !declined && suits(w, u, r) &&
           has_room(w, u, r);
}

/* While something is still due at this moment, it may come yet. What was queued for an offer, when all rules are off again,
   is handed out by the worker. */
static void check_waiting(struct world *w, const struct room *r)
{
    if (core_next_deadline(w->core) <= w->now || (r->class == NULL && r->inquiry.status == INQUIRY_QUEUED))
        return;
    if (r->served_by || r->inquiry.offered_id || core_setting_bool(w->core, "Livechat_waiting_queue"))
        return;
    for (int a = 0; a < AGENTS; a++)
        if (is_free(w, core_user(w->core, w->agents[a]), r))
            failure = "a chat waits although somebody who fits it is free";
}

static void check(struct world *w, enum command_type type)
{
    for (size_t i = 0; i < w->events.n; i++) {
        const struct event *e = &w->events.items[i];
        bool by_hand = type == COMMAND_INQUIRY_TAKE && e->type == EVENT_INQUIRY_TAKEN;
        if ((e->type == EVENT_INQUIRY_OFFERED || (e->type == EVENT_INQUIRY_TAKEN && !by_hand)) && e->room->open &&
            type != COMMAND_DEPARTMENT_AGENTS && !suits(w, e->user, e->room))
            failure = "somebody got a chat that he does not fit";
    }
    for (int a = 0; a < AGENTS; a++) {
        const struct user *u = core_user(w->core, w->agents[a]);
        if (u->load != load(w, u, NULL))
            failure = "a load is wrong";
        if (u->offer && (u->offer->inquiry.offered_id == NULL || strcmp(u->offer->inquiry.offered_id, u->id) != 0))
            failure = "somebody is asked for a chat that is not offered to him";
    }
    for (const struct room *r = NULL; (r = core_next_room(w->core, r)) != NULL;) {
        const struct user *u = core_user(w->core, r->inquiry.offered_id);
        if (u && (u->offer != r || r->inquiry.status != INQUIRY_QUEUED))
            failure = "a chat is offered to somebody who is not asked, or not queued";
        check_waiting(w, r);
    }
}

/* --- what happens --- */

static int step(struct world *w, struct command *cmd)
{
    cmd->now_ms = w->now;
    cmd->entropy = id_next(&w->rnd);
    int rc = core_step(w->core, cmd, &w->result, &w->events);
    if (failure == NULL && w->agents[AGENTS - 1])
        check(w, cmd->type);
    return rc;
}

static void set(struct world *w, const char *id, const char *text)
{
    struct setting_change ch = {.no = catalogue_find(id)};
    if (setting_value_from_text(ch.no, text, &ch.value, NULL) != 0)
        abort();
    struct command cmd = {.type = COMMAND_SETTINGS};
    cmd.settings.items = &ch;
    cmd.settings.n = 1;
    if (strcmp(id, "Usher_tier_wait") == 0)
        w->tier_ms = ch.value.i * 1000;
    if (strcmp(id, "Usher_skills_relax_after") == 0)
        w->relax_ms = ch.value.i * 1000;
    step(w, &cmd);
    setting_value_free(&ch.value);
}

static char *some_skills(struct world *w)
{
    unsigned mask = pick(w, 8);
    return x_asprintf("%s,%s,%s", mask & 1 ? "ant" : "", mask & 2 ? "bee" : "", mask & 4 ? "cow" : "");
}

static void do_setting(struct world *w)
{
    static const char *const choices[][2] = {
        {"Usher_skills", "ant, bee, cow"}, {"Usher_skills", "bee"}, {"Usher_skills", ""},
        {"Usher_skills_relax_after", "60"}, {"Usher_skills_relax_after", "0"},
        {"Usher_tier_wait", "40"}, {"Usher_tier_wait", "0"},
        {"Usher_channel_weights", "widget=2"}, {"Usher_channel_weights", "email=3, sms=2"}, {"Usher_channel_weights", ""},
        {"Usher_channel_limits", "email=1, sms=2"}, {"Usher_channel_limits", ""},
        {"Usher_idle_chat_minutes", "2"}, {"Usher_idle_chat_minutes", "0"},
        {"Usher_offer_chats", "true"}, {"Usher_offer_chats", "false"}, {"Usher_offer_timeout", "20"},
        {"Usher_offer_max_passes", "2"}, {"Usher_offer_pause", "100"},
        {"Usher_wrap_up_time", "45"}, {"Usher_wrap_up_time", "0"},
        {"Livechat_maximum_chats_per_agent", "3"}, {"Livechat_maximum_chats_per_agent", "0"},
        {"Livechat_waiting_queue", "true"}, {"Livechat_waiting_queue", "false"}, {"Livechat_waiting_queue", "false"},
        {"Livechat_Routing_Method", "Auto_Selection"}, {"Livechat_Routing_Method", "Longest_Idle"},
    };
    unsigned i = pick(w, COUNT_OF(choices));
    set(w, choices[i][0], choices[i][1]);
}

static void do_agent(struct world *w)
{
    AUTO_FREE char *skills = some_skills(w);
    const char *id = w->agents[pick(w, AGENTS)];
    struct department_agent_change ch = {.user_id = id, .order = pick(w, 3), .has_order = true};
    struct command cmd = {.type = COMMAND_USER_SERVICE};
    switch (pick(w, 4)) {
    case 0:
        cmd = (struct command){.type = COMMAND_USER_SAVE};
        cmd.user_save.id = id;
        cmd.user_save.skills = skills;
        break;
    case 1:
        cmd = (struct command){.type = COMMAND_DEPARTMENT_AGENTS};
        cmd.department.id = w->departments[pick(w, DEPARTMENTS)];
        cmd.department.upsert = &ch;
        cmd.department.upsert_count = 1;
        break;
    case 2:
        cmd = (struct command){.type = COMMAND_USER_RESUME};
        cmd.user.id = id;
        break;
    default:
        cmd.user.id = id;
        cmd.user.available = pick(w, 3) != 0;
    }
    step(w, &cmd);
}

static void do_visitor(struct world *w)
{
    AUTO_FREE char *token = x_asprintf("v%u", pick(w, VISITORS)), *skills = some_skills(w);
    AUTO_FREE char *data = x_asprintf("{\"skills\":\"%s\"}", skills);
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.record = core_visitor_by_token(w->core, token);
    cmd.visitor_save.token = token;
    cmd.visitor_save.livechat_data = pick(w, 2) ? data : "{}";
    if (cmd.visitor_save.record == NULL)
        cmd.visitor_save.department = pick(w, 3) ? w->departments[pick(w, DEPARTMENTS)] : NULL;
    step(w, &cmd);
    struct command start = {.type = COMMAND_ROOM_START};
    start.room_start.record = core_visitor_by_token(w->core, token);
    start.room_start.source_type = channels[pick(w, COUNT_OF(channels))];
    step(w, &start);
}

static struct room *some_room(struct world *w)
{
    struct room *r = NULL;
    size_t n = core_room_count(w->core);
    for (size_t skip = n ? pick(w, (unsigned)n) + 1 : 0; skip > 0; skip--)
        r = core_next_room(w->core, r);
    return r;
}

static void do_room(struct world *w)
{
    struct room *r = some_room(w);
    if (r == NULL)
        return;
    const struct user *asked = core_user(w->core, r->inquiry.offered_id), *has = r->served_by;
    AUTO_FREE char *rid = x_strdup(r->id), *token = x_strdup(r->visitor->token);
    struct command cmd = {.type = COMMAND_ROOM_CLOSE};
    cmd.room.rid = rid;
    cmd.room.token = token;
    if (asked && pick(w, 2)) {
        cmd.type = pick(w, 2) ? COMMAND_OFFER_DECLINE : COMMAND_INQUIRY_TAKE;
        cmd.room.token = NULL;
        cmd.room.user_id = asked->id;
    } else if (pick(w, 3) == 0 || (has == NULL && pick(w, 3))) {
        cmd = (struct command){.type = COMMAND_MESSAGE_SEND};
        cmd.message.rid = rid;
        cmd.message.token = token;
        cmd.message.text = "hello";
    }
    step(w, &cmd);
}

static void do_time(struct world *w)
{
    int64_t until = w->now + pick(w, 15000), due;
    for (int i = 0; (due = core_next_deadline(w->core)) <= until && failure == NULL; i++) {
        struct command cmd = {.type = COMMAND_TICK};
        w->now = due > w->now ? due : w->now;
        step(w, &cmd);
        if (i > 10000)
            failure = "a deadline is never done with";
    }
    w->now = until;
}

static void setup(struct world *w)
{
    for (int i = 0; i < DEPARTMENTS; i++) {
        AUTO_FREE char *name = x_asprintf("d%d", i), *skills = some_skills(w);
        AUTO_FREE char *extra = x_asprintf("{\"usherSkills\":\"%s\"}", skills);
        struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
        cmd.department_save.name = name;
        cmd.department_save.enabled = true;
        cmd.department_save.extra = pick(w, 2) ? extra : NULL;
        step(w, &cmd);
        w->departments[i] = x_strdup(w->result.department->id);
    }
    for (int i = 0; i < AGENTS; i++) {
        uint32_t roles = ROLE_USER | ROLE_AGENT;
        AUTO_FREE char *name = x_asprintf("agent%d", i);
        struct command cmd = {.type = COMMAND_USER_SAVE};
        cmd.user_save.username = name;
        cmd.user_save.roles = &roles;
        step(w, &cmd);
        w->agents[i] = x_strdup(w->result.user->id);
    }
    set(w, "Livechat_accept_chats_with_no_agents", "true");
}

static void run(uint64_t seed, int commands, int *failed_at)
{
    struct world w = {.core = core_new(), .rnd = {seed}, .now = 1700000000000};
    failure = NULL;
    setup(&w);
    for (*failed_at = 0; *failed_at < commands && failure == NULL; ++*failed_at) {
        do_time(&w);
        unsigned what = failure ? 16 : pick(&w, 16);
        if (what < 2)
            do_setting(&w);
        else if (what < 5)
            do_agent(&w);
        else if (what < 9)
            do_visitor(&w);
        else if (what < 16)
            do_room(&w);
    }
    play_free(w.agents, AGENTS);
    play_free(w.departments, DEPARTMENTS);
    event_list_free(&w.events);
    core_free(&w.core);
}

int main(int argc, char **argv)
{
    struct play p = {.from = 1, .seeds = 300, .commands = 600};
    int failed_at;
    play_options(&p, argc, argv);
    for (uint64_t seed = p.from; seed < p.from + p.seeds; seed++) {
        run(seed, p.commands, &failed_at);
        if (failure) {
            printf("seed %" PRIu64 ", command %d: %s\nagain: fit --seed %" PRIu64 "\n", seed, failed_at, failure, seed);
            return 1;
        }
    }
    printf("%" PRIu64 " seeds of %d commands: nobody who fits was passed over\n", p.seeds, p.commands);
    return 0;
}
