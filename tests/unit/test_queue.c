/* The waiting queue, its worker, and agents who come before the routing method: behaviour 4, 14, 15.3, 15.8, 15.9. */
#include "core_fixture.h"

static void the_worker_serves_one_chat_a_delay_14_2(void **state)
{
    struct fixture *f = *state;
    fx_online(f, "ana", 0);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Omnichannel_queue_delay_timeout", "7");
    assert_true(core_next_deadline(f->core) == INT64_MAX);
    struct room *a = fx_chat(f, "t1", NULL);
    assert_int_equal(a->inquiry.status, INQUIRY_QUEUED); /* although ana is free (14.1) */
    assert_int_equal(fx_deadline(f), 7000);
    fx_assert_served(a, "ana");
    assert_true(core_next_deadline(f->core) == INT64_MAX); /* it pauses while nobody waits */
    struct room *b = fx_chat(f, "t2", NULL), *c = fx_chat(f, "t3", NULL);
    fx_deadline(f);
    fx_assert_served(b, "ana");
    assert_null(c->served_by);
    fx_set(f, "Omnichannel_queue_delay_timeout", "0"); /* below 1: 5 */
    assert_int_equal(fx_deadline(f), 4000);
    fx_assert_served(c, "ana");
}

static void queues_take_turns_14_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", ana, NULL);
    fx_set(f, "Livechat_waiting_queue", "true");
    struct room *s1 = fx_chat(f, "t1", sales), *s2 = fx_chat(f, "t2", sales), *s3 = fx_chat(f, "t3", sales);
    struct room *h1 = fx_chat(f, "t4", help);
    fx_deadline(f); /* all: the first of all */
    fx_assert_served(s1, "ana");
    fx_deadline(f); /* sales */
    fx_assert_served(s2, "ana");
    assert_null(s3->served_by);
    fx_deadline(f); /* help */
    fx_assert_served(h1, "ana");
    fx_deadline(f); /* all again */
    fx_assert_served(s3, "ana");
}

static void limits_hold_chats_back_in_their_order_3_4(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    const char *sales = fx_department(f, "sales", ana, NULL);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct room *a = fx_chat(f, "t1", NULL), *b = fx_chat(f, "t2", NULL);
    fx_deadline(f);
    fx_assert_served(a, "ana");
    fx_deadline(f);
    assert_null(b->served_by);
    assert_true(fx_happened(f, EVENT_ROUTED));
    fx_deadline(f);
    assert_int_equal(f->events.n, 0); /* the same reason is told once */
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, b, ana), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-max-number-simultaneous-chats-reached");
    struct user *u = core_user(f->core, ana);
    int64_t own = 2;
    struct command cmd = {.type = COMMAND_USER_SAVE};
    cmd.user_save.id = ana;
    cmd.user_save.max_chats = &own;
    assert_int_equal(fx_step(f, &cmd), 0); /* his own limit comes before that of the workspace */
    fx_deadline(f);
    fx_assert_served(b, "ana");
    assert_true(core_agent_is_full(f->core, u, NULL));
    core_department(f->core, sales)->max_chats = 3; /* and that of the department before both */
    assert_false(core_agent_is_full(f->core, u, core_department(f->core, sales)));
}

static void waiting_chats_are_tried_again_in_their_order_4(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_accept_chats_with_no_agents", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    fx_service(f, ana, false);
    struct room *a = fx_chat(f, "t1", NULL), *b = fx_chat(f, "t2", NULL);
    assert_int_equal(a->inquiry.status, INQUIRY_READY); /* 15.7 */
    fx_service(f, ana, true);
    fx_assert_served(a, "ana");
    assert_null(b->served_by);
    fx_set(f, "Livechat_maximum_chats_per_agent", "2");
    fx_assert_served(b, "ana");
}

/* Two become free at once: what waits longer goes first, whose ever it could be. */
static void chats_of_several_who_are_free_keep_their_order_4(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", ana, bob);
    struct department_agent_change often = {.user_id = bob, .count = 5, .has_count = true};
    struct command link = {.type = COMMAND_DEPARTMENT_AGENTS};
    link.department.id = help;
    link.department.upsert = &often;
    link.department.upsert_count = 1;
    assert_int_equal(fx_step(f, &link), 0);
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct room *both = fx_chat(f, "t1", sales);
    assert_int_equal(fx_room(f, COMMAND_ROOM_JOIN, both, bob), 0);
    struct room *a = fx_chat(f, "t2", sales), *b = fx_chat(f, "t3", help);
    assert_null(a->served_by);
    assert_null(b->served_by);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, both, ana), 0);
    fx_assert_served(a, "ana");
    fx_assert_served(b, "bob");
}

static void a_change_of_rules_treats_what_waits_15_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    struct room *a = fx_chat(f, "t1", NULL);
    fx_set(f, "Livechat_Routing_Method", "Load_Rotation");
    fx_assert_served(a, "ana");
    fx_service(f, ana, false);
    fx_set(f, "Livechat_accept_chats_with_no_agents", "true");
    struct room *b = fx_chat(f, "t2", NULL);
    assert_int_equal(b->inquiry.status, INQUIRY_READY);
    fx_set(f, "Livechat_waiting_queue", "true");
    assert_int_equal(b->inquiry.status, INQUIRY_QUEUED);
    fx_set(f, "Livechat_enabled", "false");
    assert_true(core_next_deadline(f->core) == INT64_MAX);
}

static void places_follow_the_order_of_service_14_4(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    const char *sales = fx_department(f, "sales", ana, NULL);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    struct room *a = fx_chat(f, "t1", sales), *b = fx_chat(f, "t2", NULL), *c = fx_chat(f, "t3", sales);
    assert_int_equal(core_queue_place(f->core, a), 1);
    assert_int_equal(core_queue_place(f->core, b), 2); /* without department: among all */
    assert_int_equal(core_queue_place(f->core, c), 2);
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, a, ana), 0);
    assert_int_equal(core_queue_place(f->core, a), 0);
    assert_int_equal(core_queue_place(f->core, b), 1);
    assert_int_equal(core_queue_place(f->core, c), 1);
}

static void who_waits_too_long_is_closed_14_6(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    struct room *a = fx_chat(f, "t1", NULL);
    assert_true(core_next_deadline(f->core) == INT64_MAX);
    fx_set(f, "Livechat_max_queue_wait_time", "2"); /* counts for those who wait already */
    assert_true(core_next_deadline(f->core) == a->inquiry.queued_ms + 120000);
    struct room *b = fx_chat(f, "t2", NULL);
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, a, ana), 0);
    assert_true(core_next_deadline(f->core) == b->inquiry.queued_ms + 120000);
    fx_deadline(f);
    assert_false(b->open);
    assert_int_equal(b->inquiry.status, INQUIRY_NONE);
    assert_true(a->open);
    assert_true(core_next_deadline(f->core) == INT64_MAX);
}

static void bots_come_first_and_have_no_limit_15_3(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *zed = fx_online(f, "zed", ROLE_BOT);
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", ana, zed);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    fx_set(f, "Livechat_assign_new_conversation_to_bot", "true");
    fx_assert_served(fx_chat(f, "t1", NULL), "zed"); /* at once, without the queue */
    fx_assert_served(fx_chat(f, "t2", help), "zed");
    assert_int_equal(fx_chat(f, "t3", sales)->inquiry.status, INQUIRY_QUEUED); /* no bot there */
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_assert_served(fx_chat(f, "t4", NULL), "zed");
    fx_service(f, zed, false);
    assert_int_equal(fx_chat(f, "t5", NULL)->inquiry.status, INQUIRY_QUEUED); /* who is not available is not assigned */
    fx_set(f, "Livechat_assign_new_conversation_to_bot", "false");
    fx_service(f, zed, true);
    assert_int_equal(fx_chat(f, "t6", NULL)->inquiry.status, INQUIRY_QUEUED);
}

static void set_manager(struct fixture *f, const char *token, const char *username)
{
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.record = core_visitor_by_token(f->core, token);
    cmd.visitor_save.token = token;
    cmd.visitor_save.contact_manager = username;
    cmd.visitor_save.has_contact_manager = true;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static void the_contact_manager_goes_before_15_8(void **state)
{
    struct fixture *f = *state;
    fx_online(f, "ana", 0);
    const char *zoe = fx_online(f, "zoe", 0);
    fx_visitor(f, "t1", NULL);
    set_manager(f, "t1", "zoe");
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    fx_assert_served(r, "zoe");
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, r, zoe), 0);
    fx_service(f, zoe, false);
    assert_int_equal(fx_start(f, "t1"), 0);
    fx_assert_served(f->result.room, "ana");
}

static void a_manager_at_his_limit_is_waited_for_14_2(void **state)
{
    struct fixture *f = *state;
    fx_online(f, "ana", 0);
    const char *zoe = fx_online(f, "zoe", 0);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    fx_visitor(f, "t1", NULL);
    fx_visitor(f, "t2", NULL);
    set_manager(f, "t1", "zoe");
    set_manager(f, "t2", "zoe");
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *first = f->result.room;
    fx_deadline(f);
    fx_assert_served(first, "zoe");
    assert_int_equal(fx_start(f, "t2"), 0);
    struct room *second = f->result.room, *other = fx_chat(f, "t3", NULL);
    fx_deadline(f);
    fx_assert_served(other, "ana"); /* others do not wait with it */
    assert_null(second->served_by);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, first, zoe), 0);
    fx_deadline(f);
    fx_assert_served(second, "zoe");
}

static void the_last_agent_is_preferred_until_he_is_full_15_9(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    fx_online(f, "bob", 0);
    fx_set(f, "Livechat_last_chatted_agent_routing", "true");
    struct room *r = fx_chat(f, "t1", NULL);
    fx_assert_served(r, "ana");
    assert_string_equal(r->visitor->last_agent_username, "ana");
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, r, ana), 0);
    assert_int_equal(fx_start(f, "t1"), 0);
    fx_assert_served(f->result.room, "ana"); /* although it is bob's turn */
    struct room *again = f->result.room;
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, again, ana), 0);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct command cmd = {.type = COMMAND_ROOM_START}; /* ana gets another one by wish */
    cmd.room_start.record = fx_visitor(f, "t2", NULL);
    cmd.room_start.agent_id = ana;
    assert_int_equal(fx_step(f, &cmd), 0);
    fx_deadline(f);
    assert_int_equal(fx_start(f, "t1"), 0);
    r = f->result.room;
    assert_string_equal(r->inquiry.default_agent->username, "ana");
    fx_deadline(f); /* full: she is dropped */
    assert_null(r->inquiry.default_agent);
    assert_null(r->served_by);
    fx_deadline(f);
    fx_assert_served(r, "bob");
}

static void a_department_without_agents_hands_over_to_its_fallback_5_3(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    const char *help = fx_department(f, "help", ana, NULL);
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.name = "sales";
    cmd.department_save.enabled = true;
    cmd.department_save.fallback_id = help;
    assert_int_equal(fx_step(f, &cmd), 0);
    AUTO_FREE char *sales = x_strdup(f->result.department->id);
    struct room *r = fx_chat(f, "t1", sales);
    assert_string_equal(r->department->id, help);
    assert_string_equal(r->visitor->department_id, help);
    fx_assert_served(r, "ana");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    r = fx_chat(f, "t2", sales);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_string_equal(r->department->id, help);
}

static void forwarding_to_a_full_department_waits_there_4_9(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", bob, NULL);
    fx_set(f, "Livechat_Routing_Method", "Load_Balancing");
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct room *a = fx_chat(f, "t1", sales), *b = fx_chat(f, "t2", help);
    for (int i = 0; i < 2; i++)
        fx_deadline(f);
    fx_assert_served(a, "ana");
    fx_assert_served(b, "bob");
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = a->id;
    cmd.room.department_id = help;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_int_equal(a->inquiry.status, INQUIRY_QUEUED);
    assert_null(a->served_by);
    assert_string_equal(a->department->id, help);
}

/* The method's choice there is who has the chat: nothing changes, though somebody else there is full. */
static void forwarding_to_oneself_changes_nothing_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", bob, NULL);
    int64_t one = 1;
    struct command limit = {.type = COMMAND_USER_SAVE};
    limit.user_save.id = bob;
    limit.user_save.max_chats = &one;
    assert_int_equal(fx_step(f, &limit), 0);
    fx_chat(f, "t1", help);
    struct department_agent_change both = {.user_id = ana};
    struct command link = {.type = COMMAND_DEPARTMENT_AGENTS};
    link.department.id = help;
    link.department.upsert = &both;
    link.department.upsert_count = 1;
    struct room *r = fx_chat(f, "t2", sales);
    fx_set(f, "Livechat_waiting_queue", "true");
    assert_int_equal(fx_step(f, &link), 0);
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = r->id;
    cmd.room.department_id = help;
    assert_int_not_equal(fx_step(f, &cmd), 0);
    fx_assert_served(r, "ana");
    assert_string_equal(r->department->id, sales);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_open, fx_close)
    const struct CMUnitTest tests[] = {
        T(the_worker_serves_one_chat_a_delay_14_2),
        T(queues_take_turns_14_2),
        T(limits_hold_chats_back_in_their_order_3_4),
        T(waiting_chats_are_tried_again_in_their_order_4),
        T(chats_of_several_who_are_free_keep_their_order_4),
        T(a_change_of_rules_treats_what_waits_15_1),
        T(places_follow_the_order_of_service_14_4),
        T(who_waits_too_long_is_closed_14_6),
        T(bots_come_first_and_have_no_limit_15_3),
        T(the_contact_manager_goes_before_15_8),
        T(a_manager_at_his_limit_is_waited_for_14_2),
        T(the_last_agent_is_preferred_until_he_is_full_15_9),
        T(a_department_without_agents_hands_over_to_its_fallback_5_3),
        T(forwarding_to_a_full_department_waits_there_4_9),
        T(forwarding_to_oneself_changes_nothing_18_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
