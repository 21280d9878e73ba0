/* Visitors who fall silent after an answer: when that is abandonment, and what happens then (behaviour 16.2, 16.3).
   The predicted moment is computed from what a chat remembers anyway, so nothing of it is stored but the moment from
   which on the visitor was spared. */
#include "core/internal.h"

#include <string.h>

#define MINUTE_MS 60000
#define ACTION "Livechat_abandoned_rooms_action"
#define TIMEOUT "Livechat_visitor_inactivity_timeout"

static bool action_is(const struct core *c, const char *name)
{
    return strcmp(core_setting_text(c, ACTION), name) == 0;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A change of one of them makes the prediction anew for all chats. */
static int64_t settings_changed_ms(const struct core *c)
{
    return later(core_setting_state(c, catalogue_find(ACTION))->ms, core_setting_state(c, catalogue_find(TIMEOUT))->ms);
}

static int64_t timeout_s(const struct core *c, const struct room *r)
{
    const struct department *d = r->department;
    int64_t general = core_setting_int(c, TIMEOUT);
    return general > 0 && d && d->inactivity_timeout_s > 0 ? d->inactivity_timeout_s : general;
}

/* It is written when the agent answers or the settings change; 0: it is not, or was taken back since. */
static int64_t written_ms(const struct core *c, const struct room *r)
{
    int64_t written = later(r->response_by_ms, settings_changed_ms(c));
    bool applies = r->open && !action_is(c, "none") && r->visitor_last_message_ms > 0 && written > r->spared_ms;
    return applies && timeout_s(c, r) > 0 ? written : 0;
}

/* Looked at every full minute: the first one after the moment itself and after it was predicted. */
void abandon_follow(struct core *c, struct room *r)
{
    int64_t written = written_ms(c, r), due = INT64_MAX;
    bool cannot_hold = r->on_hold || r->served_by == NULL;
    r->predicted_ms = written ? deadline_after(r->visitor_last_message_ms, timeout_s(c, r)) : 0;
    if (written && !r->waiting_response && !(cannot_hold && action_is(c, "on-hold")))
        due = later((r->predicted_ms + MINUTE_MS - 1) / MINUTE_MS, written / MINUTE_MS + 1) * MINUTE_MS;
    deadline_set(c, &r->deadlines, DEADLINE_ABANDONED, due);
}

void abandon_follow_all(struct core *c, const struct department *d)
{
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry) { /* settings and departments change seldom */
        if (d == NULL || r->department == d)
            abandon_follow(c, r);
    }
}

void abandon_spare(struct step *s, struct room *r)
{
    r->spared_ms = later(s->now, r->last_message ? r->last_message->ts_ms : 0);
    abandon_follow(s->core, r);
}

const char *closing_words(const char *text)
{
    return text && *text ? text : "Closed automatically by the system";
}

static void put_on_hold(struct step *s, struct room *r, const struct user *cat)
{
    AUTO_FREE char *comment = x_asprintf("The chat was automatically placed On Hold because we haven't received any reply from"
                                         " %s in %lld seconds", r->fname, (long long)core_setting_int(s->core, TIMEOUT));
    hold_place(s, r, cat, comment);
    abandon_spare(s, r);
}

void abandon_act(struct step *s, void *room)
{
    struct room *r = room;
    const struct department *d = r->department;
    struct user *cat = core_user(s->core, ROCKET_CAT);
    const char *own = d ? d->abandoned_message : NULL;
    const char *words = own && *own ? own : core_setting_text(s->core, "Livechat_abandoned_rooms_closed_custom_message");
    if (action_is(s->core, "close"))
        room_close(s, r, "user", cat, closing_words(words));
    else if (cat)
        put_on_hold(s, r, cat);
}
