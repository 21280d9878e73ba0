/* Chats whose agent says nothing go to another one, once (behaviour 16.8). */
#include "core/internal.h"

#define ANSWER_MS 60000        /* a routing service has answered by then, or it is asked again */

void unanswered_follow(struct core *c, struct room *r)
{
    deadline_set(c, &r->deadlines, DEADLINE_UNANSWERED, r->open && r->transfer_due_ms > 0 ? r->transfer_due_ms : INT64_MAX);
}

void unanswered_watch(struct step *s, struct room *r)
{
    int64_t seconds = core_setting_int(s->core, "Livechat_auto_transfer_chat_timeout");
    if (seconds <= 0 || r->transferred_ms > 0 || r->transfer_due_ms > 0)
        return;
    r->transfer_due_ms = deadline_after(s->now, seconds);
    unanswered_follow(s->core, r);
}

void unanswered_forget(struct core *c, struct room *r)
{
    r->transfer_due_ms = 0;
    unanswered_follow(c, r);
}

/* Manual routing: back to the queue. Else to whom the method chooses, the present agent aside; with nobody it stays. */
static void transfer(struct step *s, struct room *r)
{
    struct core *c = s->core;
    struct user *from = r->served_by;
    r->transferred_ms = s->now; /* before the next agent gets it: his time is not measured again */
    if (!core_routing(c)->auto_assign) {
        transfer_tell(s, r, &(struct transfer){"queue", from, NULL, .from = r->department});
        inquiry_requeue(s, r);
        routing_queue(s, r);
        return;
    }
    struct user *to = routing_pick(s, r->department, from, r);
    if (to == NULL || forward_to_agent(s, r, to, core_user(c, ROCKET_CAT), NULL) != ERR_OK)
        r->transferred_ms = 0;
}

static void act(struct step *s, struct room *r)
{
    if (r->transfer_due_ms == 0)
        return; /* he said something while a service was asked */
    if (r->served_by && !r->on_hold && ask_is_needed(s, r->department)) {
        r->transfer_due_ms = s->now + ANSWER_MS;
        unanswered_follow(s->core, r);
        ask_begin(s, r, r->served_by, act);
        return;
    }
    unanswered_forget(s->core, r);
    if (r->served_by && !r->on_hold)
        transfer(s, r);
    room_event(s, EVENT_ROOM_CHANGED, r);
}

void unanswered_act(struct step *s, void *room)
{
    act(s, room);
}
