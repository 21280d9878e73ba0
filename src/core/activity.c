/* When agents are there for chats (behaviour 21.4): a session runs while an agent is present and his service available. Each
   begin and end is an event. What runs over midnight (UTC) is cut there: one session, one day. */
#include "core/internal.h"

#define DAY_MS 86400000
#define LAST_SECOND_MS (DAY_MS - 1000)

static int64_t day_of(int64_t ms)
{
    return ms - ms % DAY_MS;
}

static void tell(struct step *s, struct user *u, int64_t stopped_ms)
{
    struct event *e = step_event(s, EVENT_AGENT_ACTIVITY);
    e->user = u;
    e->started_ms = u->active_since_ms;
    e->stopped_ms = stopped_ms;
    e->detail = stopped_ms ? x_asprintf("{\"started\":%lld,\"stopped\":%lld}", (long long)u->active_since_ms,
                                        (long long)stopped_ms)
                           : x_asprintf("{\"started\":%lld}", (long long)u->active_since_ms);
}

static void begin(struct step *s, struct user *u, int64_t since_ms)
{
    u->active_since_ms = since_ms;
    tell(s, u, 0);
    deadline_set(s->core, &u->deadlines, DEADLINE_DAY_ENDS, day_of(since_ms) + DAY_MS);
}

static void end(struct step *s, struct user *u, int64_t at_ms)
{
    tell(s, u, at_ms > u->active_since_ms ? at_ms : u->active_since_ms);
    u->active_since_ms = 0;
    deadline_set(s->core, &u->deadlines, DEADLINE_DAY_ENDS, INT64_MAX);
}

void activity_follow(struct step *s, struct user *u)
{
    bool runs = user_is_agent(u) && u->available && u->status != PRESENCE_OFFLINE &&
                !core_setting_bool(s->core, "Troubleshoot_Disable_Livechat_Activity_Monitor");
    if (runs && u->active_since_ms == 0)
        begin(s, u, s->now);
    else if (!runs && u->active_since_ms)
        end(s, u, s->now);
}

void activity_follow_all(struct step *s)
{
    for (struct user *u = s->core->people.by_id; u; u = u->by_id.next)
        activity_follow(s, u);
}

/* Also for each of the days that a late tick finds gone by. */
void activity_cut(struct step *s, void *user)
{
    struct user *u = user;
    int64_t day_ms = day_of(u->active_since_ms);
    if (u->active_since_ms == 0)
        return;
    end(s, u, day_ms + LAST_SECOND_MS);
    begin(s, u, day_ms + DAY_MS);
}
