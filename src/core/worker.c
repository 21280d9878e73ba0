/* What the core does by itself when the time has come: the worker that hands out queued chats (behaviour 14.2), and the
   end of those that have waited too long (14.6). */
#include "core/internal.h"

#define STANDARD_DELAY_S 5

static bool has_work(const struct core *c)
{
    return c->chats.queued_count > 0 && core_routing(c)->auto_assign && core_setting_bool(c, "Livechat_enabled");
}

static int64_t round_due(const struct core *c)
{
    int64_t delay_s = core_setting_int(c, "Omnichannel_queue_delay_timeout");
    return c->worker.is_on ? deadline_after(c->worker.last_ms, delay_s < 1 ? STANDARD_DELAY_S : delay_s) : INT64_MAX;
}

/* When the chat that came into the queue first has waited too long. */
static int64_t wait_due(const struct core *c)
{
    int64_t minutes = core_setting_int(c, "Livechat_max_queue_wait_time");
    const struct room *r = minutes > 0 ? queue_oldest(c) : NULL;
    return r ? deadline_after(r->inquiry.queued_ms, minutes > INT64_MAX / 60 ? minutes : minutes * 60) : INT64_MAX;
}

void worker_restart(struct core *c)
{
    c->worker.is_on = false;
}

/* It pauses while nobody waits; the first chat of an empty queue waits one delay. */
void worker_follow(struct step *s)
{
    struct worker *w = &s->core->worker;
    bool wanted = has_work(s->core);
    if (wanted && !w->is_on)
        *w = (struct worker){.is_on = true, .last_ms = s->now, .all_next = true};
    w->is_on = wanted;
    deadline_set(s->core, &s->core->deadlines, DEADLINE_QUEUE_ROUND, round_due(s->core));
    deadline_set(s->core, &s->core->deadlines, DEADLINE_QUEUE_WAIT, wait_due(s->core));
}

/* Whose turn it is: first all chats (NULL), then each department that has one waiting, in the order of creation, where
   queues are weighed as often in a row as its weight says. */
static struct department *next_queue(struct core *c)
{
    struct worker *w = &c->worker;
    bool weighed = core_setting_bool(c, "Usher_queue_weights");
    struct department *same = weighed && w->after_no > 0 ? busy_after(c, w->after_no - 1) : NULL;
    if (same && same->created_no == w->after_no && w->turns < same->queue_weight) {
        w->turns++;
        return same;
    }
    struct department *d = w->all_next ? NULL : busy_after(c, w->after_no);
    w->all_next = false;
    w->after_no = d ? d->created_no : 0;
    w->turns = 1;
    return d;
}

static struct room *next_chat(struct core *c)
{
    struct department *d = next_queue(c);
    struct room *r = NULL;
    if (c->fit.is_on)
        return fit_next_queued(c, d);
    do
        r = d ? queue_next(c, d, r) : queue_next_of_all(c, r);
    while (r && (r->asked_no || routing_is_reserved(c, r)));
    return r;
}

void worker_round(struct step *s, void *core)
{
    struct core *c = core;
    c->worker.last_ms = s->now;
    struct room *r = next_chat(c);
    struct user *preset = r ? r->inquiry.default_agent : NULL;
    if (preset && core_agent_is_online(c, preset) && inquiry_is_refused(c, r, preset, r->department)) {
        decision_event(s, r, &(struct decision){.step = DECISION_RELEASED, .agent = preset, .department = r->department});
        r->inquiry.default_agent = NULL; /* the next round asks the method */
        room_event(s, EVENT_ROOM_CHANGED, r);
    } else if (r) {
        routing_delegate(s, r);
    }
}

void worker_close_oldest(struct step *s, void *core)
{
    struct room *r = queue_oldest(core);
    room_close(s, r, "user", core_user(core, ROCKET_CAT),
               "Closed automatically by the system (queue maximum time exceeded)");
}

/* After loading: what waited over a restart is tried again. */
void worker_start(struct step *s, void *core)
{
    (void)core;
    leave_start(s);
    routing_method_changed(s);
}
