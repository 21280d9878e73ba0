/* Sessions: agents who go offline, silent visitors, chats on hold, unanswered chats: behaviour 4 (11 to 14), 16. */
#include "core_fixture.h"

#define MINUTE 60000

static int setup(void **state)
{
    fx_open(state);
    fx_system(*state);
    return 0;
}

static void connection(struct fixture *f, const char *user_id, enum presence status)
{
    struct command cmd = {.type = COMMAND_USER_CONNECTION};
    cmd.user.id = user_id;
    cmd.user.status = status;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static int act(struct fixture *f, enum command_type type, const struct room *r, const char *user_id)
{
    AUTO_FREE char *rid = x_strdup(r->id);
    struct command cmd = {.type = type, .actor_id = user_id};
    cmd.room.rid = rid;
    cmd.room.user_id = user_id;
    return fx_step(f, &cmd);
}

static void hold(struct fixture *f, const struct room *r, const char *user_id)
{
    fx_set(f, "Livechat_allow_manual_on_hold", "true");
    assert_int_equal(act(f, COMMAND_ROOM_HOLD, r, user_id), 0);
}

static bool nothing_is_due(const struct fixture *f)
{
    return core_next_deadline(f->core) == INT64_MAX;
}

/* --- agents who go offline --- */

static void agent_back_in_time_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    struct room *r = fx_chat(f, "t1", NULL);
    fx_set(f, "Livechat_agent_leave_action", "close");
    fx_set(f, "Livechat_agent_leave_action_timeout", "5");
    assert_true(nothing_is_due(f));
    connection(f, ana, PRESENCE_OFFLINE); /* she was there before the action was switched on, and is watched */
    assert_true(core_next_deadline(f->core) == f->now + 5000);
    fx_set(f, "Livechat_agent_leave_action_timeout", "500");
    assert_true(core_next_deadline(f->core) == f->now + 4000); /* the timeout of then */
    connection(f, ana, PRESENCE_ONLINE);
    assert_true(nothing_is_due(f));
    assert_true(r->open);
    connection(f, ana, PRESENCE_AWAY);
    assert_true(nothing_is_due(f));
}

static void agent_gone_close_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_agent_leave_action", "close");
    fx_set(f, "Livechat_agent_leave_comment", "bye");
    struct room *r = fx_chat(f, "t1", NULL), *on_hold = fx_chat(f, "t2", NULL);
    hold(f, on_hold, ana);
    fx_service(f, ana, false); /* not available is the same as offline */
    assert_true(core_next_deadline(f->core) == f->now + 60000);
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "0");
    assert_int_equal(fx_deadline(f), 59000);
    assert_string_equal(fx_message(f, "livechat-close")->text, "bye");
    assert_int_equal(fx_messages(f, "livechat-close"), 2); /* also the one on hold */
    assert_string_equal(r->closed_by_username, "ana");
    assert_string_equal(r->closer, "user");
    assert_int_equal(core_room_count(f->core), 0);
}

static void agent_gone_forward_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = fx_department(f, "sales", ana, bob);
    fx_set(f, "Livechat_agent_leave_action", "forward");
    fx_service(f, bob, false);
    struct room *a = fx_chat(f, "t1", sales), *b = fx_chat(f, "t2", NULL), *held = fx_chat(f, "t3", NULL);
    hold(f, held, ana);
    fx_service(f, bob, true);
    connection(f, ana, PRESENCE_OFFLINE);
    fx_deadline(f);
    fx_assert_served(a, "bob");
    fx_assert_served(b, "bob");
    fx_assert_served(held, "ana"); /* on hold: not transferred */
    const struct message *m = fx_message(f, "livechat_transfer_history");
    assert_non_null(strstr(m->extra, "\"type\":\"agent\""));
    assert_non_null(strstr(m->extra, "\"scope\":\"agent\""));
    assert_null(room_subscription(a, core_user(f->core, ana)));
}

/* Nobody else is there: where there is a queue, back into it; else the chat stays. */
static void agent_gone_nobody_else_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_agent_leave_action", "forward");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_service(f, ana, false);
    fx_deadline(f);
    fx_assert_served(r, "ana");
    fx_service(f, ana, true);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_service(f, ana, false);
    fx_deadline(f);
    assert_null(r->served_by);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_non_null(strstr(fx_message(f, "livechat_transfer_history")->extra, "\"scope\":\"queue\""));
    assert_true(nothing_is_due(f));
}

static void agent_gone_none_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_chat(f, "t1", NULL);
    connection(f, ana, PRESENCE_OFFLINE);
    assert_true(nothing_is_due(f));
    connection(f, ana, PRESENCE_ONLINE);
    fx_set(f, "Livechat_agent_leave_action", "close");
    connection(f, ana, PRESENCE_OFFLINE);
    fx_set(f, "Livechat_agent_leave_action", "none"); /* switched off: nobody is waited for any more */
    assert_true(nothing_is_due(f));
    fx_set(f, "Livechat_agent_leave_action", "close");
    assert_true(nothing_is_due(f)); /* she left before */
}

static void losing_the_role_is_leaving_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_agent_leave_action", "close");
    struct room *r = fx_chat(f, "t1", NULL);
    struct command cmd = {.type = COMMAND_USER_ROLES};
    cmd.user.id = ana;
    cmd.user.roles = ROLE_USER;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_int_equal(fx_deadline(f), 60000);
    assert_false(r->open);
}

/* --- silent visitors --- */

/* Full minutes only, none of them before the moment. */
static int64_t next_look(int64_t from)
{
    return (from + MINUTE - 1) / MINUTE * MINUTE;
}

static void silent_visitor_is_closed_16_3(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_visitor_inactivity_timeout", "60");
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, ana, "hello?"); /* the visitor has not written: nothing is predicted */
    assert_true(nothing_is_due(f));
    fx_say(f, r, NULL, "hi");
    assert_true(nothing_is_due(f)); /* he waits for an answer */
    int64_t asked = f->now;
    fx_say(f, r, ana, "yes?");
    assert_true(r->predicted_ms == asked + 60000);
    assert_true(core_next_deadline(f->core) == next_look(asked + 60000));
    fx_say(f, r, NULL, "well");
    assert_true(nothing_is_due(f));
    asked = f->now;
    fx_say(f, r, ana, "yes?");
    f->now = next_look(asked + 60000) - 1; /* a moment before: not yet */
    assert_true(core_next_deadline(f->core) > f->now);
    fx_deadline(f);
    assert_false(r->open);
    assert_string_equal(fx_message(f, "livechat-close")->text, "Closed automatically by the system");
    assert_string_equal(r->closed_by_username, "rocket.cat");
}

static void the_department_decides_first_16_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    struct department_agent_change agent = {.user_id = ana};
    cmd.department_save.name = "sales";
    cmd.department_save.enabled = true;
    cmd.department_save.agents = &agent;
    cmd.department_save.agent_count = cmd.department_save.has_agents = 1;
    cmd.department_save.abandoned_message = "gone?";
    cmd.department_save.inactivity_timeout_s = 600;
    assert_int_equal(fx_step(f, &cmd), 0);
    const char *sales = f->result.department->id;
    fx_set(f, "Livechat_abandoned_rooms_closed_custom_message", "general words");
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    struct room *in = fx_chat(f, "t1", sales), *out = fx_chat(f, "t2", NULL);
    fx_say(f, in, NULL, "hi");
    fx_say(f, in, ana, "yes?");
    fx_say(f, out, NULL, "hi");
    fx_say(f, out, ana, "yes?");
    assert_true(in->predicted_ms == in->visitor_last_message_ms + 600000);
    assert_true(out->predicted_ms == out->visitor_last_message_ms + 3600000);
    cmd.department_save.id = sales;
    cmd.department_save.has_agents = false;
    cmd.department_save.inactivity_timeout_s = 1200;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(in->predicted_ms == in->visitor_last_message_ms + 1200000);
    fx_deadline(f);
    assert_string_equal(fx_message(f, "livechat-close")->text, "gone?");
    fx_deadline(f);
    assert_string_equal(fx_message(f, "livechat-close")->text, "general words");
    struct room *last = fx_chat(f, "t3", sales);
    fx_say(f, last, NULL, "hi");
    fx_say(f, last, ana, "yes?");
    fx_set(f, "Livechat_visitor_inactivity_timeout", "0"); /* off, also for departments with a value of their own */
    assert_true(nothing_is_due(f));
}

/* A late answer can put the moment into the past: then the next look does it. */
static void late_answer_16_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_visitor_inactivity_timeout", "60");
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, NULL, "hi");
    f->now += 10 * MINUTE;
    fx_say(f, r, ana, "sorry, I was away");
    assert_true(core_next_deadline(f->core) == f->now / MINUTE * MINUTE + MINUTE);
    fx_deadline(f);
    assert_false(r->open);
}

static void prediction_is_taken_back_16_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    fx_set(f, "Livechat_visitor_inactivity_timeout", "120");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_assert_served(r, "ana");
    fx_say(f, r, NULL, "hi");
    fx_say(f, r, ana, "yes?");
    assert_false(nothing_is_due(f));
    AUTO_FREE char *rid = x_strdup(r->id);
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = rid;
    cmd.room.user_id = bob;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(nothing_is_due(f));
    fx_say(f, r, bob, "now it is me");
    assert_false(nothing_is_due(f));
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    assert_int_equal(fx_room(f, COMMAND_ROOM_RETURN, r, bob), 0);
    assert_true(r->predicted_ms == 0);
    fx_set(f, "Livechat_visitor_inactivity_timeout", "180"); /* a change predicts anew for all */
    assert_true(r->predicted_ms == r->visitor_last_message_ms + 180000);
    fx_set(f, "Livechat_abandoned_rooms_action", "none");
    assert_true(nothing_is_due(f));
}

static void silent_visitor_is_put_on_hold_16_3(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_abandoned_rooms_action", "on-hold");
    fx_set(f, "Livechat_visitor_inactivity_timeout", "90");
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "0");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, NULL, "hi");
    fx_say(f, r, ana, "yes?");
    fx_deadline(f);
    assert_true(r->on_hold && r->open);
    assert_non_null(strstr(fx_message(f, "omnichannel_placed_chat_on_hold")->extra,
                           "automatically placed On Hold because we haven't received any reply from Vera in 90 seconds"));
    assert_true(nothing_is_due(f));
    assert_int_equal(core_user(f->core, ana)->load, 0);
}

static void held_by_hand_is_closed_too_16_3(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "0");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, NULL, "hi");
    fx_say(f, r, ana, "yes?");
    hold(f, r, ana);
    fx_set(f, "Livechat_abandoned_rooms_action", "on-hold"); /* that is what it is already */
    assert_true(nothing_is_due(f));
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    fx_deadline(f);
    assert_false(r->open);
}

/* --- on hold --- */

static void placing_on_hold_16_5(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *eve = fx_online(f, "eve", 0);
    struct room *r = fx_chat(f, "t1", NULL);
    fx_assert_served(r, "ana");
    fx_say(f, r, NULL, "hi");
    fx_assert_refused(f, act(f, COMMAND_ROOM_HOLD, r, ana), "error-contact-sent-last-message-so-cannot-place-on-hold");
    fx_say(f, r, ana, "a moment");
    fx_assert_refused(f, act(f, COMMAND_ROOM_HOLD, r, ana), "error-not-allowed"); /* the setting is off */
    fx_set(f, "Livechat_allow_manual_on_hold", "true");
    fx_assert_refused(f, act(f, COMMAND_ROOM_HOLD, r, eve), "error-not-authorized"); /* not hers */
    assert_int_equal(act(f, COMMAND_ROOM_HOLD, r, ana), 0);
    assert_true(r->on_hold);
    assert_int_equal(r->inquiry.status, INQUIRY_TAKEN);
    assert_non_null(strstr(fx_message(f, "omnichannel_placed_chat_on_hold")->extra,
                           "The chat was manually placed On Hold by ana"));
    fx_assert_refused(f, act(f, COMMAND_ROOM_HOLD, r, ana), "error-room-is-already-on-hold");
    fx_assert_refused(f, act(f, COMMAND_ROOM_RETURN, r, ana), "error-room-onHold");
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = r->id;
    cmd.room.user_id = eve;
    fx_assert_refused(f, fx_step(f, &cmd), "error-room-onHold");
    assert_int_equal(act(f, COMMAND_ROOM_CLOSE, r, ana), 0); /* closing works */
}

static void on_hold_frees_capacity_3_4(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "0");
    struct room *a = fx_chat(f, "t1", NULL), *b = fx_chat(f, "t2", NULL);
    fx_deadline(f);
    fx_deadline(f);
    fx_assert_served(a, "ana");
    assert_null(b->served_by);
    fx_say(f, a, ana, "a moment");
    hold(f, a, ana);
    fx_deadline(f);
    fx_assert_served(b, "ana");
    /* She has no place for it now: the error is hers, it stays on hold (transition 14). */
    fx_assert_refused(f, act(f, COMMAND_ROOM_RESUME, a, ana), "error-max-number-simultaneous-chats-reached");
    assert_true(a->on_hold);
    assert_int_equal(fx_say(f, a, NULL, "I am back"), 0); /* the visitor need not care: 13 */
    assert_false(a->on_hold);
    assert_null(a->served_by);
    assert_int_equal(a->inquiry.status, INQUIRY_QUEUED);
    assert_null(room_subscription(a, core_user(f->core, ana)));
    assert_int_equal(fx_messages(f, "omnichannel_on_hold_chat_resumed"), 1);
}

static void resume_by_visitor_16_6(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, NULL, "hi");
    fx_say(f, r, ana, "a moment");
    hold(f, r, ana);
    assert_true(core_next_deadline(f->core) == f->now + 3600000);
    assert_int_equal(core_user(f->core, ana)->load, 0);
    fx_say(f, r, ana, "still busy"); /* an agent's words do not resume it */
    assert_true(r->on_hold);
    fx_say(f, r, NULL, "are you there?");
    assert_false(r->on_hold);
    fx_assert_served(r, "ana");
    assert_true(fx_happened(f, EVENT_INQUIRY_TAKEN));
    assert_int_equal(core_user(f->core, ana)->load, 1);
    const struct message *m = fx_message(f, "omnichannel_on_hold_chat_resumed");
    assert_string_equal(m->username, "rocket.cat");
    assert_non_null(strstr(m->extra, "automatically resumed from On Hold upon receiving a new message from Vera"));
    assert_true(nothing_is_due(f));
}

static void resume_when_the_agent_is_gone_4_13(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    fx_service(f, bob, false);
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, ana, "a moment");
    hold(f, r, ana);
    fx_service(f, ana, false);
    fx_service(f, bob, true);
    fx_assert_refused(f, act(f, COMMAND_ROOM_RESUME, r, ana), "error-agent-status-service-offline"); /* 14 */
    assert_true(r->on_hold);
    fx_say(f, r, NULL, "hello?");
    fx_assert_served(r, "bob"); /* 13, then the queue step: bob is free */
}

static void resume_by_agent_16_6(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    struct room *r = fx_chat(f, "t1", NULL);
    fx_assert_refused(f, act(f, COMMAND_ROOM_RESUME, r, ana), "room-closed"); /* is not on hold */
    fx_say(f, r, ana, "a moment");
    hold(f, r, ana);
    assert_int_equal(act(f, COMMAND_ROOM_RESUME, r, ana), 0);
    assert_false(r->on_hold);
    const struct message *m = fx_message(f, "omnichannel_on_hold_chat_resumed");
    assert_string_equal(m->username, "ana");
    assert_non_null(strstr(m->extra, "manually resumed from On Hold by ana"));
    assert_true(nothing_is_due(f));
}

static void on_hold_too_long_16_7(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "10");
    fx_set(f, "Livechat_auto_close_on_hold_chats_custom_message", "too long");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_say(f, r, ana, "a moment");
    hold(f, r, ana);
    int64_t due = f->now + 10000;
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "99"); /* not for this one any more */
    fx_set(f, "Livechat_auto_close_on_hold_chats_custom_message", "later words");
    assert_true(core_next_deadline(f->core) == due);
    fx_deadline(f);
    assert_false(r->open);
    assert_string_equal(r->closed_by_username, "rocket.cat");
    assert_string_equal(fx_message(f, "livechat-close")->text, "too long");
    assert_true(nothing_is_due(f));
}

/* --- unanswered chats --- */

static void unanswered_moves_once_16_8(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "10");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_assert_served(r, "ana");
    assert_int_equal(fx_deadline(f), 10000);
    fx_assert_served(r, "bob");
    const struct message *m = fx_message(f, "livechat_transfer_history");
    assert_string_equal(m->username, "rocket.cat");
    assert_non_null(strstr(m->extra, "\"type\":\"user\""));
    assert_true(r->transferred_ms == f->now);
    assert_true(nothing_is_due(f)); /* once only */
    (void)ana, (void)bob;
}

static void answered_stays_16_8(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "10");
    struct room *r = fx_chat(f, "t1", NULL);
    int64_t due = core_next_deadline(f->core);
    fx_say(f, r, NULL, "hi");
    assert_true(core_next_deadline(f->core) == due);
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = r->id;
    cmd.room.user_id = bob;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(core_next_deadline(f->core) == due); /* by hand: it runs on */
    fx_say(f, r, bob, "hello");
    assert_true(nothing_is_due(f));
    fx_assert_served(r, "bob");
}

static void nobody_else_stays_16_8(void **state)
{
    struct fixture *f = *state;
    fx_online(f, "ana", 0);
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "10");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_deadline(f);
    fx_assert_served(r, "ana");
    assert_true(r->transferred_ms == 0 && r->transfer_due_ms == 0);
    assert_true(nothing_is_due(f));
}

static void unanswered_goes_to_the_queue_16_8(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "10");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    struct room *r = fx_chat(f, "t1", NULL);
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, ana), 0);
    fx_deadline(f);
    assert_null(r->served_by);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_string_equal(fx_message(f, "livechat_transfer_history")->username, "ana");
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, ana), 0);
    assert_true(nothing_is_due(f));
}

static void on_hold_is_not_transferred_16_8(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_online(f, "bob", 0);
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "10");
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "0");
    struct room *r = fx_chat(f, "t1", NULL);
    hold(f, r, ana); /* before anybody has written */
    fx_deadline(f);
    fx_assert_served(r, "ana");
    assert_true(r->on_hold);
}

/* --- all together: late ones come in the order they were due --- */

static void late_deadlines_in_their_order_16(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_agent_leave_action", "close");
    fx_set(f, "Livechat_agent_leave_action_timeout", "50");
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "20");
    struct room *a = fx_chat(f, "t1", NULL), *b = fx_chat(f, "t2", NULL), *c = fx_chat(f, "t3", NULL);
    fx_say(f, a, ana, "a moment");
    fx_say(f, b, ana, "a moment");
    fx_set(f, "Livechat_allow_manual_on_hold", "true");
    assert_int_equal(act(f, COMMAND_ROOM_HOLD, b, ana), 0);
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "5");
    assert_int_equal(act(f, COMMAND_ROOM_HOLD, a, ana), 0);
    fx_service(f, ana, false);
    const char *const order[] = {a->id, b->id, c->id};
    f->now += 1000000;
    struct command cmd = {.type = COMMAND_TICK};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fx_step(f, &cmd), 0);
        const struct message *m = fx_message(f, "livechat-close");
        assert_non_null(m);
        assert_string_equal(m->rid, order[i]);
    }
    assert_true(nothing_is_due(f));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, fx_close)
    const struct CMUnitTest tests[] = {
        T(agent_back_in_time_16_1),
        T(agent_gone_close_16_1),
        T(agent_gone_forward_16_1),
        T(agent_gone_nobody_else_16_1),
        T(agent_gone_none_16_1),
        T(losing_the_role_is_leaving_16_1),
        T(silent_visitor_is_closed_16_3),
        T(the_department_decides_first_16_2),
        T(late_answer_16_2),
        T(prediction_is_taken_back_16_2),
        T(silent_visitor_is_put_on_hold_16_3),
        T(held_by_hand_is_closed_too_16_3),
        T(placing_on_hold_16_5),
        T(on_hold_frees_capacity_3_4),
        T(resume_by_visitor_16_6),
        T(resume_when_the_agent_is_gone_4_13),
        T(resume_by_agent_16_6),
        T(on_hold_too_long_16_7),
        T(unanswered_moves_once_16_8),
        T(answered_stays_16_8),
        T(nobody_else_stays_16_8),
        T(unanswered_goes_to_the_queue_16_8),
        T(on_hold_is_not_transferred_16_8),
        T(late_deadlines_in_their_order_16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
