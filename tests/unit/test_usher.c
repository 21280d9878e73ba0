/* Routing beyond the guide: the settings of the section usher. */
#include "core_fixture.h"

#define MINUTE 60000

static void connection(struct fixture *f, const char *user_id, enum presence status)
{
    struct command cmd = {.type = COMMAND_USER_CONNECTION};
    cmd.user.id = user_id;
    cmd.user.status = status;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static const char *agent(struct fixture *f, const char *name)
{
    const char *id = fx_agent(f, name);
    connection(f, id, PRESENCE_ONLINE);
    return id;
}

static int try_chat(struct fixture *f, const char *token, const char *department)
{
    fx_visitor(f, token, department);
    return fx_start(f, token);
}

static struct room *chat(struct fixture *f, const char *token, const char *department)
{
    assert_int_equal(try_chat(f, token, department), 0);
    return f->result.room;
}

static const char *server_of(const struct room *r)
{
    return r->served_by ? r->served_by->username : "nobody";
}

static void close_by(struct fixture *f, const struct room *r, const char *user_id)
{
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, r, user_id), 0);
}

static void tick_until(struct fixture *f, int64_t ms)
{
    while (core_next_deadline(f->core) <= ms) {
        struct command cmd = {.type = COMMAND_TICK};
        int64_t due = core_next_deadline(f->core);
        f->now = (due > f->now ? due : f->now) - 1000; /* fx_step adds a second */
        assert_int_equal(fx_step(f, &cmd), 0);
    }
    f->now = ms;
}

static void wait(struct fixture *f, int64_t ms)
{
    tick_until(f, f->now + ms);
}

static char *priority(struct fixture *f, const char *name, int minutes)
{
    struct command cmd = {.type = COMMAND_RECORD_SAVE};
    json_t *values = json_pack("{s:s,s:i}", "name", name, "dueTimeInMinutes", minutes);
    cmd.record_save.kind = RECORD_PRIORITY;
    cmd.record_save.values = values;
    assert_int_equal(fx_step(f, &cmd), 0);
    json_decref(values);
    return f->result.record->id;
}

static void prioritise(struct fixture *f, const struct room *r, const char *priority_id)
{
    struct command cmd = {.type = COMMAND_ROOM_INFO};
    cmd.room.rid = r->id;
    cmd.room.priority_id = priority_id;
    cmd.room.has_priority = true;
    assert_int_equal(fx_step(f, &cmd), 0);
}

/* Department fields beyond the guide are keys saved with it. */
static const char *department(struct fixture *f, const char *name, const char *fallback, const char *extra,
                              const struct department_agent_change *agents, size_t n)
{
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.name = name;
    cmd.department_save.enabled = true;
    cmd.department_save.fallback_id = fallback;
    cmd.department_save.extra = extra;
    cmd.department_save.agents = agents;
    cmd.department_save.agent_count = n;
    cmd.department_save.has_agents = true;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.department->id;
}

/* --- Longest Idle --- */

static void longest_idle_takes_who_rested_longest(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana"), *bob = agent(f, "bob");
    agent(f, "cis");
    fx_set(f, "Livechat_Routing_Method", "Longest_Idle");
    struct room *a = chat(f, "t1", NULL), *b = chat(f, "t2", NULL), *c = chat(f, "t3", NULL);
    assert_string_equal(server_of(a), "ana");
    assert_string_equal(server_of(b), "bob");
    assert_string_equal(server_of(c), "cis");
    close_by(f, b, bob);
    close_by(f, a, ana);
    assert_string_equal(server_of(chat(f, "t4", NULL)), "bob");     /* he is done for longer than ana */
    assert_string_equal(server_of(chat(f, "t5", NULL)), "ana");
    assert_string_equal(server_of(chat(f, "t6", NULL)), "cis");     /* all have one: hers came first */
}

static void longest_idle_counts_chats_that_were_forwarded(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    agent(f, "bob");
    fx_set(f, "Livechat_Routing_Method", "Longest_Idle");
    struct room *bobs = chat(f, "t1", NULL);
    assert_string_equal(server_of(bobs), "ana");
    close_by(f, bobs, ana);
    bobs = chat(f, "t2", NULL);
    assert_string_equal(server_of(bobs), "bob");
    struct room *forwarded = chat(f, "t3", NULL);
    assert_string_equal(server_of(forwarded), "ana");
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = forwarded->id;
    cmd.room.user_id = bobs->served_by->id;
    assert_int_equal(fx_step(f, &cmd), 0);                          /* his second; hers has left her just now */
    close_by(f, bobs, cmd.room.user_id);
    close_by(f, forwarded, cmd.room.user_id);
    assert_string_equal(server_of(chat(f, "t4", NULL)), "ana");
}

/* --- ageing --- */

static void without_ageing_a_priority_always_wins(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    AUTO_FREE char *urgent = x_strdup(priority(f, "urgent", 30));
    struct room *old = chat(f, "t1", NULL);
    wait(f, 600 * MINUTE);
    struct room *late = chat(f, "t2", NULL);
    prioritise(f, late, urgent);
    assert_ptr_equal(core_next_queued(f->core, NULL, NULL), late);
    fx_set(f, "Usher_queue_ageing", "60");
    assert_ptr_equal(core_next_queued(f->core, NULL, NULL), old);
    fx_set(f, "Usher_queue_ageing", "0");
    assert_ptr_equal(core_next_queued(f->core, NULL, NULL), late);
}

static void ageing_serves_whoever_is_due_first(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_set(f, "Usher_queue_ageing", "60");
    AUTO_FREE char *urgent = x_strdup(priority(f, "urgent", 30));
    struct room *old = chat(f, "t1", NULL);
    wait(f, 20 * MINUTE);
    struct room *near = chat(f, "t2", NULL);                        /* due 10 minutes before the old one */
    prioritise(f, near, urgent);
    wait(f, 20 * MINUTE);
    struct room *late = chat(f, "t3", NULL);                        /* due 10 minutes after it */
    prioritise(f, late, urgent);
    assert_int_equal(core_queue_place(f->core, near), 1);
    assert_int_equal(core_queue_place(f->core, old), 2);
    assert_int_equal(core_queue_place(f->core, late), 3);
}

/* --- weights of queues --- */

static int served(struct room *const *rooms, int n)
{
    int served = 0;
    for (int i = 0; i < n; i++)
        served += rooms[i]->served_by != NULL;
    return served;
}

static void weighed_queues_have_turns_in_a_row(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    struct department_agent_change her = {.user_id = ana};
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Usher_queue_weights", "true");
    fx_set(f, "Omnichannel_queue_delay_timeout", "60");
    const char *plain = department(f, "plain", NULL, NULL, &her, 1);
    const char *heavy = department(f, "heavy", NULL, "{\"usherQueueWeight\":3}", &her, 1);
    struct room *light[6], *rush[6];
    for (int i = 0; i < 6; i++) {
        AUTO_FREE char *a = x_asprintf("a%d", i), *b = x_asprintf("b%d", i);
        light[i] = chat(f, a, plain);
        rush[i] = chat(f, b, heavy);
    }
    wait(f, 5 * MINUTE);                                            /* five rounds: all, plain, heavy three times */
    assert_int_equal(served(light, 6), 2);
    assert_int_equal(served(rush, 6), 3);
}

/* --- the longest queue --- */

static void a_full_queue_refuses(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_set(f, "Usher_max_queue_length", "2");
    struct room *first = chat(f, "t1", NULL);
    chat(f, "t2", NULL);
    assert_int_equal(try_chat(f, "t3", NULL), ERR_UNAVAILABLE);
    assert_string_equal(f->result.error.name, "no-agent-online");
    assert_true(core_service_is_online(f->core, NULL));
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, first, ana), 0);
    chat(f, "t3", NULL);
    fx_set(f, "Usher_queue_full_action", "offline");
    assert_false(core_service_is_online(f->core, NULL));
}

static void a_full_queue_hands_on_to_a_fallback(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    struct department_agent_change her = {.user_id = ana};
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_set(f, "Usher_max_queue_length", "1");
    fx_set(f, "Usher_queue_full_action", "fallback");
    const char *last = department(f, "last", NULL, NULL, &her, 1);
    const char *next = department(f, "next", last, NULL, NULL, 0);  /* nobody is there */
    const char *first = department(f, "first", next, NULL, &her, 1);
    assert_string_equal(chat(f, "t1", first)->department_id, first);
    assert_string_equal(chat(f, "t2", first)->department_id, last);
    assert_int_equal(try_chat(f, "t3", first), ERR_UNAVAILABLE);
}

/* --- the last agent --- */

static void the_last_agent_is_forgotten_after_some_hours(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    agent(f, "bob");
    fx_set(f, "Livechat_last_chatted_agent_routing", "true");
    fx_set(f, "Usher_last_agent_hours", "2");
    struct room *r = chat(f, "t1", NULL);
    assert_string_equal(server_of(r), "ana");
    close_by(f, r, ana);
    wait(f, 60 * MINUTE);
    r = chat(f, "t1", NULL);
    assert_string_equal(server_of(r), "ana");
    close_by(f, r, ana);
    wait(f, 121 * MINUTE);
    assert_string_equal(server_of(chat(f, "t1", NULL)), "bob");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_open, fx_close)
    const struct CMUnitTest tests[] = {
        T(longest_idle_takes_who_rested_longest),
        T(longest_idle_counts_chats_that_were_forwarded),
        T(without_ageing_a_priority_always_wins),
        T(ageing_serves_whoever_is_due_first),
        T(weighed_queues_have_turns_in_a_row),
        T(a_full_queue_refuses),
        T(a_full_queue_hands_on_to_a_fallback),
        T(the_last_agent_is_forgotten_after_some_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
