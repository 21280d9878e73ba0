/* What the core does by itself when the time has come: the worker that hands out queued chats (behaviour 14.2), and the
   end of those that have waited too long (14.6). */
#include "core/internal.h"

#include <string.h>

#define STANDARD_DELAY_S 5
#define SECONDS_MAX 100000000000   /* some thousand years: keeps moments within 64 bits */

static int64_t delay_ms(const struct core *c)
{
    int64_t s = core_setting_int(c, "Omnichannel_queue_delay_timeout");
    return (s < 1 ? STANDARD_DELAY_S : s > SECONDS_MAX ? SECONDS_MAX : s) * 1000;
}

static bool has_work(const struct core *c)
{
    return c->chats.queued_count > 0 && core_routing(c)->auto_assign && core_setting_bool(c, "Livechat_enabled");
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
        *w = (struct worker){.is_on = true, .last_ms = s->now, .all_next = true, .is_started = w->is_started};
    w->is_on = wanted;
}

static int64_t round_due(const struct core *c)
{
    return c->worker.is_on ? c->worker.last_ms + delay_ms(c) : INT64_MAX;
}

/* When the chat that came into the queue first has waited too long. */
static int64_t wait_due(const struct core *c)
{
    int64_t minutes = core_setting_int(c, "Livechat_max_queue_wait_time");
    const struct room *r = minutes > 0 ? queue_oldest(c) : NULL;
    return r ? r->inquiry.queued_ms + (minutes > SECONDS_MAX / 60 ? SECONDS_MAX / 60 : minutes) * 60000 : INT64_MAX;
}

int64_t core_next_deadline(const struct core *c)
{
    int64_t round = round_due(c), wait = wait_due(c);
    if (!c->worker.is_started)
        return 0;
    return round < wait ? round : wait;
}

/* The queues take turns: first all chats, then each department that has one waiting, in the order of creation. */
static struct room *next_chat(struct core *c)
{
    struct worker *w = &c->worker;
    struct department *d = w->all_next ? NULL : busy_after(c, w->after_no);
    struct room *r = NULL;
    w->all_next = false;
    w->after_no = d ? d->created_no : 0;
    do
        r = d ? queue_next(c, d, r) : queue_next_of_all(c, r);
    while (r && (r->asked_no || routing_is_reserved(c, r)));
    return r;
}

static void round_now(struct step *s)
{
    struct core *c = s->core;
    c->worker.last_ms = s->now;
    struct room *r = next_chat(c);
    struct user *preset = r ? r->inquiry.default_agent : NULL;
    if (preset && core_agent_is_online(c, preset) && inquiry_is_refused(c, r, preset, r->department)) {
        r->inquiry.default_agent = NULL; /* the next round asks the method */
        room_event(s, EVENT_ROOM_CHANGED, r);
    } else if (r) {
        routing_delegate(s, r, NULL);
    }
}

static void close_oldest(struct step *s)
{
    struct room *r = queue_oldest(s->core);
    room_close(s, r, "user", core_user(s->core, ROCKET_CAT),
               "Closed automatically by the system (queue maximum time exceeded)");
}

/* One thing a tick, the earliest first: whoever ticks asks for the next deadline again. */
int step_tick(struct step *s)
{
    struct core *c = s->core;
    int64_t round = round_due(c), wait = wait_due(c);
    if (!c->worker.is_started) { /* after loading: what waited over a restart is tried again */
        c->worker.is_started = true;
        routing_method_changed(s);
    } else if (wait <= s->now && wait <= round) {
        close_oldest(s);
    } else if (round <= s->now) {
        round_now(s);
    }
    return ERR_OK;
}
