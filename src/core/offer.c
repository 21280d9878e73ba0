/* Offers: automatic routing asks the agent it has chosen, who accepts by taking the chat, declines, or lets the time
   pass; then the next one is asked. Meanwhile the chat stays in its place in the queue. */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

static int64_t patience_ms(const struct core *c)
{
    return core_setting_int(c, "Usher_offer_timeout") * 1000;
}

bool offer_is_out(const struct room *r)
{
    return r->inquiry.offered_id != NULL;
}

bool offer_was_declined(const struct room *r, const struct user *u)
{
    const char *p = r->inquiry.declined;
    size_t n = strlen(u->id);
    while (p && (p = strstr(p, u->id)) != NULL) {
        if (p[-1] == ',' && p[n] == ',')
            return true;
        p++;
    }
    return false;
}

static void note_declined(struct room *r, const struct user *u)
{
    char *all = x_asprintf("%s%s,", r->inquiry.declined ? r->inquiry.declined : ",", u->id);
    free(r->inquiry.declined);
    r->inquiry.declined = all;
}

static void offer_event(struct step *s, enum event_type type, struct room *r, struct user *u,
                        enum decision_step step, enum decision_cause cause)
{
    const struct decision why = {.step = step, .cause = cause, .agent = u, .department = r->department};
    struct event *e = room_event(s, type, r);
    e->user = u;
    decision_of_event(e, &why);
}

void offer_make(struct step *s, struct room *r, struct user *u)
{
    struct core *c = s->core;
    if (r->waits_as != INQUIRY_QUEUED) {
        const struct decision why = {.step = DECISION_QUEUED, .cause = CAUSE_OFFER, .department = r->department};
        inquiry_queue(c, r, s->now);
        decision_of_event(room_event(s, EVENT_INQUIRY_QUEUED, r), &why);
    }
    fit_chat_leave(c, r);
    str_set(&r->inquiry.offered_id, u->id);
    r->inquiry.offer_until_ms = s->now + patience_ms(c);
    r->inquiry.updated_ms = s->now;
    u->offer = r;
    deadline_set(c, &r->deadlines, DEADLINE_OFFER, r->inquiry.offer_until_ms);
    agent_reindex_core(c, u);
    offer_event(s, EVENT_INQUIRY_OFFERED, r, u, DECISION_OFFERED, CAUSE_NONE);
}

void offer_end(struct step *s, struct room *r)
{
    struct user *u = core_user(s->core, r->inquiry.offered_id);
    deadline_set(s->core, &r->deadlines, DEADLINE_OFFER, INT64_MAX);
    str_set(&r->inquiry.offered_id, NULL);
    r->inquiry.offer_until_ms = 0;
    if (u == NULL || u->offer != r)
        return;
    u->offer = NULL;
    agent_reindex(s, u);
}

static void set_passes(struct step *s, struct user *u, int passes)
{
    if (u->passes == passes)
        return;
    u->passes = passes;
    step_event(s, EVENT_USER_TURN)->user = u;
}

/* Whoever lets too many offers pass gets no more for a while. */
static void count_pass(struct step *s, struct user *u)
{
    int64_t most = core_setting_int(s->core, "Usher_offer_max_passes");
    bool too_many = most > 0 && u->passes + 1 >= most;
    set_passes(s, u, too_many ? 0 : u->passes + 1);
    if (too_many)
        pause_begin(s, u, PAUSE_PASSED, core_setting_int(s->core, "Usher_offer_pause"));
}

static void pass(struct step *s, struct room *r, enum decision_cause answer)
{
    struct user *u = core_user(s->core, r->inquiry.offered_id);
    if (u) {
        note_declined(r, u);
        if (r->inquiry.default_agent == u)
            r->inquiry.default_agent = NULL;
    }
    offer_end(s, r);
    r->inquiry.updated_ms = s->now;
    fit_chat_enter(s->core, r);
    offer_event(s, EVENT_INQUIRY_DECLINED, r, u, DECISION_DECLINED, answer);
    if (u && answer == CAUSE_NO_ANSWER)
        count_pass(s, u);
    if (core_routing(s->core)->auto_assign) /* also with the waiting queue, whose worker had it in hand already */
        routing_delegate(s, r);
    if (!offer_is_out(r) && r->inquiry.status == INQUIRY_QUEUED) /* nobody else: ask them again later */
        deadline_set(s->core, &r->deadlines, DEADLINE_OFFER, s->now + patience_ms(s->core));
}

void offer_due(struct step *s, void *room)
{
    struct room *r = room;
    if (offer_is_out(r)) {
        pass(s, r, CAUSE_NO_ANSWER);
        return;
    }
    str_set(&r->inquiry.declined, NULL);
    room_event(s, EVENT_ROOM_CHANGED, r);
    routing_again(s, r);
}

void offer_leave(struct step *s, struct user *u)
{
    if (u->offer && !core_agent_is_online(s->core, u))
        pass(s, u->offer, CAUSE_GONE);
}

bool offer_is_for_other(const struct room *r, const struct user *u)
{
    return offer_is_out(r) && !str_eq(r->inquiry.offered_id, u->id);
}

void offer_accepted(struct step *s, struct room *r, struct user *u)
{
    if (str_eq(r->inquiry.offered_id, u->id))
        set_passes(s, u, 0);
    if (offer_is_out(r))
        offer_end(s, r);
    deadline_set(s->core, &r->deadlines, DEADLINE_OFFER, INT64_MAX);
    str_set(&r->inquiry.declined, NULL);
}

void offers_load(struct core *c)
{
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry) {
        struct user *u = core_user(c, r->inquiry.offered_id);
        if (u) {
            u->offer = r;
            deadline_set(c, &r->deadlines, DEADLINE_OFFER, r->inquiry.offer_until_ms);
        } else if (r->inquiry.offered_id || r->inquiry.declined) {
            str_set(&r->inquiry.offered_id, NULL);
            deadline_set(c, &r->deadlines, DEADLINE_OFFER, r->updated_ms + patience_ms(c));
        }
    }
}

int step_offer_decline(struct step *s)
{
    struct room *r = step_find_room(s);
    const struct user *u = core_user(s->core, s->cmd->room.user_id);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-not-found", "Inquiry not found");
    if (u == NULL || u->offer != r)
        return step_fail(s, ERR_STATE, "error-not-offered", "The chat is not offered to you any more");
    pass(s, r, CAUSE_DECLINED);
    return ERR_OK;
}
