#include "core/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

static struct why_agent look_at(const struct core *c, const struct pool_place *p, const struct user *u,
                                const struct department *d)
{
    struct why_agent a = {.user = u, .rule = p->excluded_by, .load = u->load};
    a.limit = core_agent_limit(c, u, d, &a.limit_of);
    return a;
}

static struct pool *pool_of(const struct core *c, const struct department *d)
{
    return (struct pool *)(d ? &d->pool : &c->people.pool);
}

static size_t put_candidates(const struct core *c, const struct department *d, struct why_agent *out)
{
    size_t n = 0;
    struct pool_place *p;
    RB_FOREACH(p, place_tree, &pool_of(c, d)->candidates) {
        out[n] = look_at(c, p, p->user, d);
        out[n].place = n + 1;
        n++;
    }
    return n;
}

static int by_username(const void *a, const void *b)
{
    return strcmp(((const struct why_agent *)a)->user->username, ((const struct why_agent *)b)->user->username);
}

size_t core_why_agents(const struct core *c, const struct department *d, struct why_agent **out)
{
    const struct department_agent *l;
    size_t all = 0;
    if (d == NULL)
        all = core_user_count(c);
    else
        LIST_FOREACH(l, &d->agents, of_department) all++;
    struct why_agent *list = *out = x_calloc(all + 1, sizeof(*list));
    size_t candidates = put_candidates(c, d, list), n = candidates;
    if (d) {
        LIST_FOREACH(l, &d->agents, of_department) {
            if (!l->place.is_in)
                list[n++] = look_at(c, &l->place, l->user, d);
        }
    } else {
        for (const struct user *u = NULL; (u = core_next_user(c, u)) != NULL;)
            if (user_is_agent(u) && !u->place.is_in)
                list[n++] = look_at(c, &u->place, u, NULL);
    }
    qsort(list + candidates, n - candidates, sizeof(*list), by_username);
    return n;
}

/* --- one agent --- */

static void say(struct why_report *w, const char *rule, bool stops, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void say(struct why_report *w, const char *rule, bool stops, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    w->lines = x_reallocarray(w->lines, w->line_count + 1, sizeof(*w->lines));
    w->lines[w->line_count++] = (struct why_line){rule, stops, x_strdup(text)};
}

static void say_account(const struct core *c, const struct user *u, struct why_report *w)
{
    if (!core_setting_bool(c, "Livechat_enabled"))
        say(w, "disabled", true, "Omnichannel is switched off (Livechat_enabled)");
    if (!u->active)
        say(w, "inactive", true, "his account is deactivated");
    if ((u->roles & ROLE_AGENT) == 0)
        say(w, "no-agent", true, "he is no agent: he lacks the role livechat-agent");
    if (!core_routing(c)->auto_assign)
        say(w, "manual", true, "with %s nobody is given chats: agents take them from the queue",
            core_routing(c)->method);
}

static void say_service(const struct user *u, struct why_report *w)
{
    if (u->available)
        say(w, "available", false, "he is available");
    else if (u->system_modified)
        say(w, "not-available", true, "he is not available since he logged out");
    else
        say(w, "not-available", true, "he is not available: his service status is off");
}

/* Presence counts as the rules of the method in force say: some do not look at the setting about idle agents. */
static void say_presence(const struct core *c, const struct user *u, struct why_report *w)
{
    const char *shown = presence_name(u->status), *connection = presence_name(u->status_connection);
    bool idle_counts = core_setting_bool(c, "Livechat_enabled_when_agent_idle");
    const struct method *m = method_in_force(c);
    bool stops = m->rules[0] == RULE_PRESENT ? u->status == PRESENCE_OFFLINE && (u->roles & ROLE_BOT) == 0
                                             : u->available && user_is_agent(u) && !core_agent_is_online(c, u);
    if (!stops && u->status != PRESENCE_OFFLINE)
        say(w, "presence", false, "his status is %s", shown);
    else if (!stops)
        say(w, "presence", false, "his status is offline, which does not matter (Livechat_enabled_when_agent_idle)");
    else if (u->status == PRESENCE_OFFLINE)
        say(w, "offline", true, "his status is offline%s",
            m->rules[0] == RULE_PRESENT ? "" : ", and Livechat_enabled_when_agent_idle is off");
    else
        say(w, "idle", true, "his connection is %s, and Livechat_enabled_when_agent_idle is %s", connection,
            idle_counts ? "on" : "off");
}

/* Rules that hold for every chat, whatever the method. */
static void say_pause(const struct user *u, struct why_report *w)
{
    if (u->offer)
        say(w, core_rule_name(RULE_NO_OFFER), true, "he is asked about a chat and has not answered yet");
    if (u->pause == PAUSE_WRAP_UP)
        say(w, core_rule_name(RULE_NOT_WRAPPING_UP), true, "he still finishes the work of his last chat (wrap-up)");
    if (u->pause == PAUSE_PASSED)
        say(w, core_rule_name(RULE_NOT_PAUSED), true, "he is paused, because he let too many offers pass");
}

static void say_limit(const struct core *c, const struct user *u, struct why_report *w)
{
    static const char *const whose[] = {"", "of the department", "of his own", "of the workspace"};
    enum limit_of of;
    int64_t limit = core_agent_limit(c, u, NULL, &of);
    if (limit == 0)
        say(w, "limit", false, "he has %lld chat%s, and no limit", (long long)u->load, u->load == 1 ? "" : "s");
    else
        say(w, u->load >= limit ? core_rule_name(RULE_NOT_FULL) : "limit", false,
            "he has %lld of %lld chats (the limit %s; departments may have their own)", (long long)u->load,
            (long long)limit, whose[of]);
}

static void look_at_queue(const struct core *c, const struct user *u, const struct department *d,
                          const struct pool_place *place, struct why_queue *q)
{
    struct pool *pool = pool_of(c, d);
    struct pool_place *p;
    q->department = d;
    q->self = look_at(c, place, u, d);
    RB_FOREACH(p, place_tree, &pool->candidates) {
        if (p == place)
            q->self.place = q->candidates + 1;
        if (q->self.place == 0 && q->candidates < WHY_AHEAD)
            q->ahead[q->candidates] = p->user;
        q->candidates++;
    }
    if (q->self.place == 0)
        memset(q->ahead, 0, sizeof(q->ahead));
    for (const struct room *r = NULL; (r = core_next_queued(c, d, r)) != NULL;)
        q->queued++;
    struct room *r;
    RB_FOREACH(r, ready_tree, d ? (struct ready_tree *)&d->ready : (struct ready_tree *)&c->chats.ready)
        q->ready++;
}

/* Is there a line with chats that he would be asked for? */
static void say_queues(const struct core *c, struct why_report *w)
{
    size_t his = 0, all = c->chats.queued_count;
    for (size_t i = 0; i < w->queue_count; i++)
        his += w->queues[i].queued;
    if (all == 0)
        say(w, "nothing-waits", false, "no chat is queued at the moment");
    else if (his == 0)
        say(w, "not-his", true, "%zu chat%s queued, none of them for his departments", all, all == 1 ? " is" : "s are");
}

void core_why_agent(const struct core *c, const struct user *u, struct why_report *w)
{
    const struct department_agent *l;
    *w = (struct why_report){0};
    say_account(c, u, w);
    say_service(u, w);
    say_presence(c, u, w);
    say_pause(u, w);
    say_limit(c, u, w);
    LIST_FOREACH(l, &u->departments, of_user) {
        if (!l->department->enabled)
            say(w, "department-disabled", false, "the department %.100s is disabled", l->department->name);
        w->queue_count++;
    }
    if (w->queue_count == 0)
        say(w, "no-department", false, "he is in no department: only chats without one reach him");
    w->queues = x_calloc(w->queue_count + 1, sizeof(*w->queues));
    size_t n = 0;
    LIST_FOREACH(l, &u->departments, of_user)
        look_at_queue(c, u, l->department, &l->place, &w->queues[n++]);
    look_at_queue(c, u, NULL, &u->place, &w->queues[n++]);
    w->queue_count = n;
    say_queues(c, w);
}

void why_report_free(struct why_report *w)
{
    for (size_t i = 0; i < w->line_count; i++)
        free(w->lines[i].text);
    free(w->lines);
    free(w->queues);
    *w = (struct why_report){0};
}
