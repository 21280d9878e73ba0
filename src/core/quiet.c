/* Quiet chats: where nobody has spoken for some minutes a chat is no load of its agent, until somebody speaks again.
   Messages of a chat that is not quiet cost nothing: its deadline looks at the last one when it comes. */
#include "core/internal.h"

static int64_t patience_ms(const struct core *c)
{
    return core_policy(c)->quiet_ms;
}

static void set(struct step *s, struct room *r, bool quiet)
{
    struct subscription *sub;
    r->is_quiet = quiet;
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        agent_unindex(s->core, sub->user);
        subscription_recount(s->core, sub);
        agent_reindex(s, sub->user);
    }
}

void quiet_watch(struct core *c, struct room *r)
{
    bool wanted = patience_ms(c) > 0 && r->served_by && !r->is_quiet;
    deadline_set(c, &r->deadlines, DEADLINE_QUIET, wanted ? r->lm_ms + patience_ms(c) : INT64_MAX);
}

void quiet_due(struct step *s, void *room)
{
    struct room *r = room;
    if (r->served_by && r->lm_ms + patience_ms(s->core) <= s->now)
        set(s, r, true);
    else
        quiet_watch(s->core, r);
}

void quiet_spoken(struct step *s, struct room *r)
{
    if (!r->is_quiet)
        return;
    set(s, r, false);
    quiet_watch(s->core, r);
}

void quiet_follow(struct step *s)
{
    struct room *r;
    TAILQ_FOREACH(r, &s->core->chats.open, entry) {
        if (r->is_quiet)
            set(s, r, false);
        quiet_watch(s->core, r);
    }
}
