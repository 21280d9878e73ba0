/* Targets of service: how soon visitors get their first answer, each further one, and how soon a chat ends. Nearing the
   end of the time is told once, missing it once. While business hours are on, only their time counts. */
#include "core/internal.h"

#include <stdlib.h>

#define MINUTE_MS 60000

static int64_t asked_first(const struct room *r)
{
    return r->metrics.replied_ms == 0 ? r->ts_ms : 0;
}

static int64_t asked_again(const struct room *r)
{
    return r->metrics.replied_ms != 0 && r->metrics.asked_ms > r->metrics.replied_ms ? r->metrics.asked_ms : 0;
}

static int64_t began(const struct room *r)
{
    return r->ts_ms;
}

static const struct {
    const char *name, *setting;
    int64_t (*since)(const struct room *r);    /* when the time began to run; 0: it does not run */
} targets[TARGET_COUNT] = {
    [TARGET_FIRST_REPLY] = {"first-reply", "Usher_target_first_reply", asked_first},
    [TARGET_NEXT_REPLY] = {"next-reply", "Usher_target_next_reply", asked_again},
    [TARGET_RESOLUTION] = {"resolution", "Usher_target_resolution", began},
};

static const char *const state_names[] = {"running", "warning", "breach"};

const char *target_name(enum target t)
{
    return targets[t].name;
}

const char *target_state_name(enum target_state s)
{
    return state_names[s];
}

enum target_state core_target_state(const struct room *r, enum target t)
{
    return (enum target_state)(r->targets_told >> (2 * t) & 3);
}

static void set_state(struct room *r, enum target t, enum target_state state)
{
    r->targets_told = (r->targets_told & ~(3u << (2 * t))) | (uint32_t)state << (2 * t);
}

void targets_look_up(const struct core *c, struct policy *p)
{
    int64_t percent = core_setting_int(c, "Usher_target_warning");
    for (enum target t = 0; t < TARGET_COUNT; t++) {
        int64_t ms = core_setting_int(c, targets[t].setting) * MINUTE_MS;
        p->target_ms[t] = ms > 0 ? ms : 0;
        p->warn_ms[t] = percent < 100 ? p->target_ms[t] / 100 * percent : 0;
        p->has_targets |= ms > 0;
    }
}

/* When this target reaches that state; INT64_MAX: never. */
static int64_t moment(const struct core *c, const struct room *r, enum target t, enum target_state state)
{
    const struct policy *p = core_policy(c);
    int64_t within = state == TARGET_WARNING ? p->warn_ms[t] : p->target_ms[t];
    int64_t since = within > 0 ? targets[t].since(r) : 0;
    return since > 0 ? core_business_due(c, r->department, since, within) : INT64_MAX;
}

int64_t core_target_due(const struct core *c, const struct room *r, enum target t)
{
    return r->open ? moment(c, r, t, TARGET_BREACH) : INT64_MAX;
}

/* The first moment at which there is something to tell. */
void targets_follow(struct core *c, struct room *r)
{
    int64_t first = INT64_MAX;
    for (enum target t = 0; t < TARGET_COUNT && core_policy(c)->has_targets; t++) {
        enum target_state state = core_target_state(r, t);
        for (enum target_state next = state + 1; next <= TARGET_BREACH; next++) {
            int64_t due = moment(c, r, t, next);
            first = due < first ? due : first;
        }
    }
    deadline_set(c, &r->deadlines, DEADLINE_TARGET, first);
}

static void tell(struct step *s, struct room *r, enum target t, enum target_state state)
{
    set_state(r, t, state);
    r->inquiry.updated_ms = s->now;
    room_event(s, EVENT_TARGET, r);
    s->events->items[s->events->n - 1].detail =
        x_asprintf("{\"target\":\"%s\",\"state\":\"%s\",\"due\":{\"$date\":%lld}}", targets[t].name, state_names[state],
                   (long long)moment(s->core, r, t, TARGET_BREACH));
}

void targets_due(struct step *s, void *room)
{
    struct room *r = room;
    for (enum target t = 0; t < TARGET_COUNT; t++) {
        enum target_state state = core_target_state(r, t);
        if (state < TARGET_BREACH && moment(s->core, r, t, TARGET_BREACH) <= s->now)
            tell(s, r, t, TARGET_BREACH);
        else if (state < TARGET_WARNING && moment(s->core, r, t, TARGET_WARNING) <= s->now)
            tell(s, r, t, TARGET_WARNING);
    }
    targets_follow(s->core, r);
}

/* An answer ends what ran until it; the next question is a target of its own. */
void targets_spoken(struct step *s, struct room *r)
{
    bool cleared = false;
    if (!core_policy(s->core)->has_targets && r->targets_told == 0)
        return;
    for (enum target t = 0; t < TARGET_COUNT; t++) {
        if (core_target_state(r, t) == TARGET_RUNNING || targets[t].since(r) != 0)
            continue;
        set_state(r, t, TARGET_RUNNING);
        cleared = true;
    }
    if (cleared)
        room_event(s, EVENT_ROOM_CHANGED, r);
    targets_follow(s->core, r);
}

void targets_follow_all(struct core *c)
{
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry)
        targets_follow(c, r);
}
