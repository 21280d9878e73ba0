/* Chats on hold: placed there by an agent or because their visitor is silent, resumed by either side, closed when nobody
   does (behaviour 16.5 to 16.7). They do not count as load. */
#include "core/internal.h"

#include <stdlib.h>

/* The agent's load changes: others may get him. */
static void set_on_hold(struct step *s, struct room *r, bool on_hold)
{
    struct subscription *sub;
    r->on_hold = on_hold;
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        subscription_recount(s->core, sub);
        agent_reindex(s, sub->user);
        room_tell_subscription(s, sub);
    }
}

static void tell(struct step *s, struct room *r, const char *type, const struct user *by, const char *comment)
{
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "comment", comment);
    jsonw_end_object(&w);
    message_by_user(s, r, type, "", by, buf_take(&out));
}

/* The end of it is settled now: later changes of the settings concern later chats (16.7). */
static void schedule_close(struct step *s, struct room *r)
{
    int64_t seconds = core_setting_int(s->core, "Livechat_auto_close_on_hold_chats_timeout");
    r->hold_close_ms = seconds > 0 ? deadline_after(s->now, seconds) : 0;
    str_set(&r->hold_close_text, core_setting_text(s->core, "Livechat_auto_close_on_hold_chats_custom_message"));
    hold_follow(s->core, r);
}

void hold_follow(struct core *c, struct room *r)
{
    bool runs = r->open && r->on_hold && r->hold_close_ms > 0;
    deadline_set(c, &r->deadlines, DEADLINE_HOLD_CLOSE, runs ? r->hold_close_ms : INT64_MAX);
}

void hold_place(struct step *s, struct room *r, const struct user *by, const char *comment)
{
    set_on_hold(s, r, true);
    schedule_close(s, r);
    abandon_follow(s->core, r);
    tell(s, r, "omnichannel_placed_chat_on_hold", by, comment);
    room_event(s, EVENT_ROOM_CHANGED, r);
}

static void release(struct step *s, struct room *r)
{
    r->hold_close_ms = 0;
    str_set(&r->hold_close_text, NULL);
    set_on_hold(s, r, false);
    hold_follow(s->core, r);
    abandon_spare(s, r);
}

void hold_close(struct step *s, void *room)
{
    struct room *r = room;
    room_close(s, r, "user", core_user(s->core, ROCKET_CAT), closing_words(r->hold_close_text));
}

static int check_place(struct step *s, const struct room *r, const struct user *u)
{
    if (r->visitor_last_message_ms > 0 && r->waiting_response)
        return step_fail(s, ERR_STATE, "error-contact-sent-last-message-so-cannot-place-on-hold",
                         "You cannot place chat on-hold, when the Contact has sent the last message");
    if (r->on_hold)
        return step_fail(s, ERR_STATE, "error-room-is-already-on-hold", "Room is already On-Hold");
    if (r->served_by == NULL)
        return step_fail(s, ERR_STATE, "error-unserved-rooms-cannot-be-placed-onhold",
                         "Unserved rooms cannot be placed on hold");
    if (!room_subscription(r, u) && !core_may(s->core, u, "on-hold-others-livechat-room"))
        return step_fail(s, ERR_DENIED, "error-not-authorized", "Not authorized");
    if (!core_setting_bool(s->core, "Livechat_allow_manual_on_hold"))
        return step_fail(s, ERR_STATE, "error-not-allowed", "Placing chats on hold by hand is not allowed here");
    return ERR_OK;
}

int step_room_hold(struct step *s)
{
    struct room *r = step_find_room(s);
    const struct user *u = core_user(s->core, s->cmd->room.user_id);
    if (r == NULL)
        return step_fail(s, ERR_STATE, "error-room-already-closed", "Room cannot be placed on hold after being closed");
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    int rc = check_place(s, r, u);
    if (rc != ERR_OK)
        return rc;
    AUTO_FREE char *comment = x_asprintf("The chat was manually placed On Hold by %s%s", u->name ? "" : "@",
                                         u->name ? u->name : u->username);
    hold_place(s, r, u, comment);
    return ERR_OK;
}

/* His chats on hold are not among his load: this one needs a place like any other. */
static bool has_room_for(const struct core *c, const struct room *r, const struct user *u)
{
    return (u->roles & ROLE_BOT) || !core_setting_bool(c, "Livechat_waiting_queue") ||
           !core_agent_is_full(c, u, r->department);
}

void hold_resume_by_visitor(struct step *s, struct room *r)
{
    struct user *u = r->served_by;
    AUTO_FREE char *comment = x_asprintf("The chat was automatically resumed from On Hold upon receiving a new message from"
                                         " %s", r->fname);
    bool may = u && core_agent_is_online(s->core, u) && has_room_for(s->core, r, u);
    const struct user *cat = core_user(s->core, ROCKET_CAT);
    release(s, r);
    if (may) {
        inquiry_give(s, r, u);
    } else {
        inquiry_requeue(s, r); /* transition 13 */
        routing_serve(s, r);
    }
    if (cat)
        tell(s, r, "omnichannel_on_hold_chat_resumed", cat, comment);
    room_event(s, EVENT_ROOM_CHANGED, r);
}

int step_room_resume(struct step *s)
{
    struct core *c = s->core;
    struct room *r = step_find_room(s);
    const struct user *by = core_user(c, s->cmd->room.user_id);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (by == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    if (!r->on_hold)
        return step_fail(s, ERR_STATE, "room-closed", "Room is not OnHold");
    struct user *u = r->served_by;
    if (u == NULL || !core_agent_is_online(c, u))
        return step_fail(s, ERR_STATE, "error-agent-status-service-offline",
                         "Agent status is offline or Omnichannel service is not active");
    if (!has_room_for(c, r, u))
        return step_fail(s, ERR_STATE, "error-max-number-simultaneous-chats-reached", "%s", "");
    AUTO_FREE char *comment = x_asprintf("The chat was manually resumed from On Hold by %s", by->name ? by->name : by->username);
    release(s, r);
    inquiry_give(s, r, u);
    if (!r->waiting_response)
        unanswered_forget(c, r); /* he answered before he put it on hold */
    tell(s, r, "omnichannel_on_hold_chat_resumed", by, comment);
    room_event(s, EVENT_ROOM_CHANGED, r);
    return ERR_OK;
}
