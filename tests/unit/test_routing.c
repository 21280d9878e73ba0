/* Routing methods: behaviour 15. */
#include "core_fixture.h"

static void connection(struct fixture *f, const char *user_id, enum presence status)
{
    struct command cmd = {.type = COMMAND_USER_CONNECTION};
    cmd.user.id = user_id;
    cmd.user.status = status;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static void service(struct fixture *f, const char *user_id, bool available)
{
    struct command cmd = {.type = COMMAND_USER_SERVICE};
    cmd.user.id = user_id;
    cmd.user.available = available;
    assert_int_equal(fx_step(f, &cmd), 0);
}

/* An agent who is there. */
static const char *agent(struct fixture *f, const char *name, uint32_t more)
{
    const char *id = fx_user(f, name, ROLE_USER | ROLE_AGENT | more);
    connection(f, id, PRESENCE_ONLINE);
    return id;
}

static struct room *chat(struct fixture *f, const char *token, const char *department)
{
    fx_visitor(f, token, department);
    assert_int_equal(fx_start(f, token), 0);
    return f->result.room;
}

static void assert_served(const struct room *r, const char *username)
{
    if (username == NULL) {
        assert_null(r->served_by);
        return;
    }
    assert_non_null(r->served_by);
    assert_string_equal(r->served_by->username, username);
}

static void balancing_takes_the_smallest_load_15_6(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "Load_Balancing");
    struct room *first = chat(f, "t1", NULL);
    assert_served(first, "ana");               /* never routed, both: by name */
    struct room *second = chat(f, "t2", NULL);
    assert_served(second, "bob");
    assert_served(chat(f, "t3", NULL), "ana"); /* one each: who was chosen longest ago */
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, first, ana), 0);
    assert_served(chat(f, "t4", NULL), "bob"); /* one each again */
    assert_served(chat(f, "t5", NULL), "ana"); /* one to two */
}

static void balancing_counts_the_chats_of_the_department_15_6(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0), *bob = agent(f, "bob", 0);
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", ana, bob);
    fx_set(f, "Livechat_Routing_Method", "Load_Balancing");
    assert_served(chat(f, "t1", sales), "ana");
    assert_served(chat(f, "t2", sales), "ana");
    assert_served(chat(f, "t3", help), "bob"); /* nothing in help, both: he was never chosen */
    assert_served(chat(f, "t4", help), "ana"); /* two chats, but none in help */
    assert_served(chat(f, "t5", NULL), "bob"); /* without department all chats count */
}

static void rotation_ignores_the_load_15_6(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana", 0);
    const char *bob = agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "Load_Rotation");
    assert_served(chat(f, "t1", NULL), "ana");
    struct room *second = chat(f, "t2", NULL);
    assert_served(second, "bob");
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, second, bob), 0);
    assert_served(chat(f, "t3", NULL), "ana");
    assert_served(chat(f, "t4", NULL), "bob");
}

static void a_chat_taken_by_hand_is_no_turn_15_6(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, chat(f, "t1", NULL), ana), 0);
    fx_set(f, "Livechat_Routing_Method", "Load_Rotation");
    assert_served(chat(f, "t2", NULL), "ana");
}

static void their_candidates_are_present_whatever_the_idle_setting_says_15_6(void **state)
{
    static const char *const methods[] = {"Load_Balancing", "Load_Rotation"};
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    agent(f, "bob", 0);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        AUTO_FREE char *away = x_asprintf("away %zu", i), *gone = x_asprintf("gone %zu", i);
        fx_set(f, "Livechat_Routing_Method", methods[i]);
        fx_set(f, "Livechat_enabled_when_agent_idle", "true");
        connection(f, ana, PRESENCE_OFFLINE);
        assert_served(chat(f, gone, NULL), "bob");
        fx_set(f, "Livechat_enabled_when_agent_idle", "false");
        connection(f, ana, PRESENCE_AWAY);
        assert_served(chat(f, away, NULL), "ana");
    }
}

static void full_agents_are_chosen_but_refused_15_6(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "Load_Rotation");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    assert_served(chat(f, "t1", NULL), "ana");
    assert_served(chat(f, "t2", NULL), "bob");
    assert_served(chat(f, "t3", NULL), "ana"); /* without the waiting queue limits do not stop an assignment */
}

static void a_change_of_method_orders_anew_15_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0), *bob = agent(f, "bob", 0);
    const char *d = fx_department(f, "sales", ana, bob);
    assert_served(chat(f, "t1", d), "ana");
    assert_served(chat(f, "t2", d), "bob");
    assert_served(chat(f, "t3", d), "ana");
    fx_set(f, "Livechat_Routing_Method", "Load_Balancing");
    assert_served(chat(f, "t4", d), "bob");
    service(f, bob, false);
    assert_served(chat(f, "t5", d), "ana");
}

static void hidden_chats_are_no_load_3_4(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct room *r = chat(f, "t1", NULL);
    assert_served(r, "ana");
    assert_true(core_agent_is_full(f->core, core_user(f->core, ana), NULL));
    assert_int_equal(fx_room(f, COMMAND_ROOM_SHOW, r, ana), 0);
    assert_false(core_agent_is_full(f->core, core_user(f->core, ana), NULL));
}

/* --- External Service --- */

/* The number of the question that the last step asks for the chat; who is not wanted. */
static uint64_t asked(const struct fixture *f, const struct room *r, const char *not_wanted)
{
    for (size_t i = 0; i < f->events.n; i++) {
        const struct event *e = &f->events.items[i];
        if (e->type != EVENT_ROUTING_ASKED || e->room != r)
            continue;
        assert_ptr_equal(e->user, core_user(f->core, not_wanted));
        return r->asked_no;
    }
    return 0;
}

static void answer(struct fixture *f, const struct room *r, uint64_t no, const char *username)
{
    struct service_answer a = {.department_id = r->department ? r->department->id : NULL, .username = username,
                               .tries = 1, .is_reached = true};
    AUTO_FREE char *rid = x_strdup(r->id);
    struct command cmd = {.type = COMMAND_ROUTING_ANSWER, .service = &a, .service_count = 1};
    cmd.answer.rid = rid;
    cmd.answer.ask_no = no;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static void external_waits_for_the_answer_15_5(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "External");
    struct room *r = chat(f, "t1", NULL);
    uint64_t no = asked(f, r, NULL);
    assert_int_not_equal(no, 0);
    assert_served(r, NULL);
    assert_null(core_next_agent(f->core, NULL));
    answer(f, r, no + 7, "bob"); /* another question's */
    assert_served(r, NULL);
    answer(f, r, no, "bob");
    assert_served(r, "bob");
    answer(f, r, no, "ana"); /* late */
    assert_served(r, "bob");
}

static void external_takes_who_is_online_only_15_5(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_user(f, "eve", ROLE_USER);
    fx_set(f, "Livechat_Routing_Method", "External");
    const char *const nobody[] = {NULL, "ana", "eve", "unknown"};
    service(f, ana, false);
    for (size_t i = 0; i < COUNT_OF(nobody); i++) {
        AUTO_FREE char *token = x_asprintf("t%zu", i);
        struct room *r = chat(f, token, NULL);
        answer(f, r, asked(f, r, NULL), nobody[i]);
        assert_served(r, NULL);
        assert_int_equal(r->asked_no, 0);
    }
}

static void external_asks_when_somebody_becomes_free_15_5(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    fx_set(f, "Livechat_Routing_Method", "External");
    struct room *first = chat(f, "t1", NULL), *second = chat(f, "t2", NULL);
    uint64_t second_no = second->asked_no;
    answer(f, first, first->asked_no, NULL);
    assert_int_equal(first->asked_no, 0);
    service(f, ana, false);
    service(f, ana, true);
    assert_int_not_equal(asked(f, first, NULL), 0);
    answer(f, second, second_no, NULL); /* she came while the service was thinking: once more */
    assert_int_not_equal(asked(f, second, NULL), 0);
    answer(f, first, first->asked_no, "ana");
    assert_served(first, "ana");
}

static void external_forgets_questions_15_5(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    fx_set(f, "Livechat_Routing_Method", "External");
    struct room *taken = chat(f, "t1", NULL), *other = chat(f, "t2", NULL);
    uint64_t before = taken->asked_no, other_before = other->asked_no;
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, taken, ana), 0);
    assert_int_equal(taken->asked_no, 0);
    answer(f, taken, before, "ana");
    fx_set(f, "Livechat_External_Queue_URL", "http://other.example");
    assert_int_not_equal(other->asked_no, other_before); /* asked anew */
    answer(f, other, other_before, "ana");
    assert_served(other, NULL);
    fx_set(f, "Livechat_Routing_Method", "Auto_Selection");
    assert_int_equal(other->asked_no, 0);
    assert_served(other, "ana");
}

static void external_is_asked_by_the_worker_15_5(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana", 0);
    fx_set(f, "Livechat_Routing_Method", "External");
    fx_set(f, "Livechat_waiting_queue", "true");
    struct room *first = chat(f, "t1", NULL), *second = chat(f, "t2", NULL);
    struct command tick = {.type = COMMAND_TICK};
    assert_int_equal(first->asked_no, 0);
    f->now = core_next_deadline(f->core) - 1000;
    assert_int_equal(fx_step(f, &tick), 0);
    assert_int_not_equal(asked(f, first, NULL), 0);
    assert_int_equal(core_queue_place(f->core, first), 1);
    f->now = core_next_deadline(f->core) - 1000;
    assert_int_equal(fx_step(f, &tick), 0);
    assert_int_not_equal(asked(f, second, NULL), 0); /* it does not wait for the answer to the first */
    answer(f, first, first->asked_no, NULL);
    assert_int_equal(core_queue_place(f->core, first), 1);
    answer(f, second, second->asked_no, "ana");
    assert_served(second, "ana");
}

/* The chat is asked for while its agent has it; he keeps it until somebody is named. */
static void external_is_asked_for_unanswered_chats_16_8(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "External");
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "10");
    struct room *r = chat(f, "t1", NULL);
    answer(f, r, r->asked_no, "ana");
    struct command tick = {.type = COMMAND_TICK};
    f->now += 11000;
    assert_int_equal(fx_step(f, &tick), 0);
    assert_int_not_equal(asked(f, r, ana), 0);
    assert_served(r, "ana");
    answer(f, r, r->asked_no, "bob");
    assert_served(r, "bob");
}

static void external_is_asked_for_chats_of_who_left_16_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0);
    agent(f, "bob", 0);
    fx_set(f, "Livechat_Routing_Method", "External");
    fx_set(f, "Livechat_agent_leave_action", "forward");
    fx_set(f, "Livechat_agent_leave_action_timeout", "10");
    struct room *r = chat(f, "t1", NULL);
    answer(f, r, r->asked_no, "ana");
    connection(f, ana, PRESENCE_OFFLINE);
    struct command tick = {.type = COMMAND_TICK};
    f->now += 11000;
    assert_int_equal(fx_step(f, &tick), 0);
    assert_int_not_equal(asked(f, r, ana), 0);
    fx_set(f, "Livechat_External_Queue_URL", "http://other.example"); /* asked anew, for the same reason */
    assert_int_not_equal(asked(f, r, ana), 0);
    answer(f, r, r->asked_no, "bob");
    assert_served(r, "bob");
}

static void external_forwards_with_an_answer_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana", 0), *bob = agent(f, "bob", 0);
    const char *sales = fx_department(f, "sales", bob, NULL);
    fx_set(f, "Livechat_Routing_Method", "External");
    struct room *r = chat(f, "t1", NULL);
    answer(f, r, r->asked_no, "ana");
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = r->id;
    cmd.room.department_id = sales;
    assert_int_equal(fx_step(f, &cmd), ERR_UNAVAILABLE); /* nobody was asked */
    struct service_answer a = {.department_id = sales, .username = "bob", .tries = 1, .is_reached = true};
    cmd.service = &a;
    cmd.service_count = 1;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_served(r, "bob");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_open, fx_close)
    const struct CMUnitTest tests[] = {
        T(balancing_takes_the_smallest_load_15_6),
        T(balancing_counts_the_chats_of_the_department_15_6),
        T(rotation_ignores_the_load_15_6),
        T(a_chat_taken_by_hand_is_no_turn_15_6),
        T(their_candidates_are_present_whatever_the_idle_setting_says_15_6),
        T(full_agents_are_chosen_but_refused_15_6),
        T(a_change_of_method_orders_anew_15_1),
        T(hidden_chats_are_no_load_3_4),
        T(external_waits_for_the_answer_15_5),
        T(external_takes_who_is_online_only_15_5),
        T(external_asks_when_somebody_becomes_free_15_5),
        T(external_forgets_questions_15_5),
        T(external_is_asked_by_the_worker_15_5),
        T(external_is_asked_for_unanswered_chats_16_8),
        T(external_is_asked_for_chats_of_who_left_16_1),
        T(external_forwards_with_an_answer_18_2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
