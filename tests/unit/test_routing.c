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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
