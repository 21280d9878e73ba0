/* Pauses: an agent who is there gets no chats for a while, because he finishes the work of his last one (wrap-up) or let
   too many offers pass. He may end it himself, also by taking a chat from the queue. */
#include "core/internal.h"

const char *pause_name(enum pause p)
{
    static const char *const names[] = {"none", "wrap-up", "offers"};
    return names[p];
}

static void tell(struct step *s, struct user *u)
{
    struct event *e = step_event(s, EVENT_USER_PAUSE);
    e->user = u;
    e->detail = u->pause == PAUSE_NONE ? x_strdup("{\"pause\":\"none\"}")
                                       : x_asprintf("{\"pause\":\"%s\",\"until\":{\"$date\":%lld}}", pause_name(u->pause),
                                                    (long long)u->pause_until_ms);
    u->updated_ms = s->now;
}

static void set(struct step *s, struct user *u, enum pause why, int64_t until_ms)
{
    u->pause = why;
    u->pause_until_ms = until_ms;
    deadline_set(s->core, &u->deadlines, DEADLINE_PAUSE, why == PAUSE_NONE ? INT64_MAX : until_ms);
    tell(s, u);
    agent_reindex(s, u);
}

/* The longer one counts. */
void pause_begin(struct step *s, struct user *u, enum pause why, int64_t seconds)
{
    int64_t until_ms = s->now + seconds * 1000;
    if (seconds > 0 && user_is_agent(u) && until_ms > u->pause_until_ms)
        set(s, u, why, until_ms);
}

void pause_end(struct step *s, struct user *u)
{
    if (u->pause != PAUSE_NONE)
        set(s, u, PAUSE_NONE, 0);
}

void pause_due(struct step *s, void *user)
{
    pause_end(s, user);
}

void pauses_load(struct core *c)
{
    for (struct user *u = c->people.by_id; u; u = u->by_id.next)
        if (u->pause != PAUSE_NONE)
            deadline_set(c, &u->deadlines, DEADLINE_PAUSE, u->pause_until_ms);
}

int step_user_resume(struct step *s)
{
    struct user *u = core_user(s->core, s->cmd->user.id);
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    s->result->user = u;
    s->result->changed = u->pause != PAUSE_NONE;
    pause_end(s, u);
    return ERR_OK;
}
