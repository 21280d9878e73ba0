/* Forwarding: behaviour 18, transitions 8 to 10 of behaviour 4; tags required on closing: 5.5. */
#include "core_fixture.h"

static int forward_as(struct fixture *f, const struct room *r, const char *by, const char *user, const char *department,
                      bool person)
{
    AUTO_FREE char *rid = x_strdup(r->id);
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = by};
    cmd.room.rid = rid;
    cmd.room.user_id = user;
    cmd.room.department_id = department;
    cmd.room.comment = "please";
    cmd.room.client_action = person;
    return fx_step(f, &cmd);
}

static int forward(struct fixture *f, const struct room *r, const char *by, const char *user, const char *department)
{
    return forward_as(f, r, by, user, department, true);
}

static int64_t turns(const struct fixture *f, const char *department, const char *user_id)
{
    const struct department_agent *l;
    LIST_FOREACH(l, &core_user(f->core, user_id)->departments, of_user) {
        if (strcmp(l->department->id, department) == 0)
            return l->count;
    }
    return -1;
}

/* A department with this fallback and these targets (comma separated), or NULL. */
static const char *department(struct fixture *f, const char *name, const char *agent, const char *fallback,
                              const char *allowed)
{
    struct department_agent_change ch = {.user_id = agent};
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.name = name;
    cmd.department_save.enabled = true;
    cmd.department_save.fallback_id = fallback;
    cmd.department_save.allowed_forward = allowed;
    cmd.department_save.agents = &ch;
    cmd.department_save.agent_count = agent != NULL;
    cmd.department_save.has_agents = true;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.department->id;
}

static void to_an_agent_18_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0), *zoe = fx_online(f, "zoe", 0);
    const char *sales = department(f, "sales", ana, NULL, NULL);
    struct room *r = fx_chat(f, "t1", sales);
    fx_assert_served(r, "ana");
    fx_assert_refused(f, forward(f, r, ana, ana, NULL), "error-selected-agent-room-agent-are-same");
    fx_service(f, zoe, false);
    fx_assert_refused(f, forward(f, r, ana, zoe, NULL), "error-user-is-offline");
    fx_assert_refused(f, forward(f, r, ana, NULL, NULL), NULL);
    assert_int_equal(forward(f, r, ana, bob, NULL), 0);
    fx_assert_served(r, "bob");
    assert_string_equal(r->department->id, sales); /* the chat keeps its department */
    assert_null(room_subscription(r, core_user(f->core, ana)));
    assert_int_equal(fx_messages(f, "ul"), 1);
    assert_string_equal(fx_message(f, "uj")->username, "bob");
    const struct message *m = fx_message(f, "livechat_transfer_history");
    assert_non_null(strstr(m->extra, "\"type\":\"agent\""));
    assert_non_null(strstr(m->extra, "\"comment\":\"please\""));
    assert_non_null(strstr(m->extra, "\"transferredTo\":{\"_id\""));
}

/* Only the limits of the agent and of the workspace count, not the department's. */
static void the_limit_of_an_agent_18_1(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct room *a = fx_chat(f, "t1", NULL), *b = fx_chat(f, "t2", NULL);
    fx_deadline(f);
    fx_deadline(f);
    fx_assert_served(a, "ana");
    fx_assert_served(b, "bob");
    fx_assert_refused(f, forward(f, a, ana, bob, NULL), "error-max-number-simultaneous-chats-reached");
    fx_assert_refused(f, forward_as(f, a, ana, bob, NULL, false), NULL); /* a plain no for programs */
    fx_assert_served(a, "ana");
    fx_set(f, "Livechat_waiting_queue", "false"); /* without the queue limits do not hold here */
    assert_int_equal(forward(f, a, ana, bob, NULL), 0);
}

static void what_is_refused_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *help = department(f, "help", bob, NULL, NULL), *other = department(f, "other", bob, NULL, NULL);
    AUTO_FREE char *list = x_asprintf("nonsense,%s", help);
    const char *sales = department(f, "sales", ana, NULL, list);
    struct room *r = fx_chat(f, "t1", sales);
    fx_assert_refused(f, forward(f, r, ana, NULL, other), "error-forwarding-department-target-not-allowed");
    fx_assert_refused(f, forward(f, r, ana, NULL, "unknown"), "error-transferring-inquiry");
    fx_assert_refused(f, forward(f, r, ana, ana, help), "error-user-not-belong-to-department");
    fx_service(f, bob, false);
    fx_assert_refused(f, forward(f, r, ana, bob, help), "error-user-is-offline");
    fx_assert_refused(f, forward(f, r, ana, NULL, help), NULL); /* nobody there: nothing changes */
    fx_assert_served(r, "ana");
    assert_string_equal(r->department->id, sales);
    fx_service(f, bob, true);
    assert_int_equal(forward(f, r, ana, NULL, help), 0);
    fx_assert_refused(f, forward(f, r, bob, NULL, help), "error-forwarding-chat-same-department");
}

/* Half an id is not an id. */
static void the_list_of_targets_is_exact_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *help = department(f, "help", bob, NULL, NULL);
    AUTO_FREE char *list = x_asprintf("x%s,%sx", help, help);
    const char *sales = department(f, "sales", ana, NULL, list);
    struct room *r = fx_chat(f, "t1", sales);
    fx_assert_refused(f, forward(f, r, ana, NULL, help), "error-forwarding-department-target-not-allowed");
}

static void to_a_department_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0), *zoe = fx_online(f, "zoe", 0);
    const char *sales = department(f, "sales", ana, NULL, NULL), *help = fx_department(f, "help", bob, zoe);
    struct room *r = fx_chat(f, "t1", sales);
    assert_int_equal(forward(f, r, ana, zoe, help), 0);
    fx_assert_served(r, "zoe"); /* the wish, not whose turn it is */
    assert_string_equal(r->visitor->department_id, help);
    const struct message *m = fx_message(f, "livechat_transfer_history");
    assert_non_null(strstr(m->extra, "\"scope\":\"department\""));
    assert_non_null(strstr(m->extra, "\"nextDepartment\":{\"_id\""));
    assert_int_equal(fx_messages(f, "livechat_transfer_history_fallback"), 0);
    assert_int_equal(forward(f, r, zoe, NULL, sales), 0);
    fx_assert_served(r, "ana");
    assert_int_equal(forward(f, r, ana, NULL, help), 0);
    fx_assert_served(r, "bob"); /* wishes do not count as turns */
}

/* With the next one being who has it, nothing would be gained. */
static void the_same_agent_is_no_gain_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = department(f, "sales", ana, NULL, NULL);
    const char *third = department(f, "third", bob, NULL, NULL);
    const char *help = department(f, "help", ana, NULL, NULL), *more = department(f, "more", ana, third, NULL);
    struct room *r = fx_chat(f, "t1", sales);
    int64_t count = turns(f, help, ana);
    fx_assert_refused(f, forward(f, r, ana, NULL, help), NULL);
    assert_true(turns(f, help, ana) == count); /* refused: nothing happened */
    assert_int_equal(forward(f, r, ana, NULL, more), 0);
    fx_assert_served(r, "bob");
}

static void along_the_fallbacks_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *last = department(f, "last", bob, NULL, NULL), *middle = department(f, "middle", NULL, last, NULL);
    const char *first = department(f, "first", NULL, middle, NULL), *sales = department(f, "sales", ana, NULL, NULL);
    struct room *r = fx_chat(f, "t1", sales);
    assert_int_equal(forward(f, r, ana, NULL, first), 0);
    fx_assert_served(r, "bob");
    assert_string_equal(r->department->id, last);
    const struct message *m = fx_message(f, "livechat_transfer_history_fallback");
    assert_non_null(strstr(m->extra, "\"prevDepartment\":\"first\""));
    assert_non_null(strstr(m->extra, "\"name\":\"last\""));
    assert_int_equal(fx_messages(f, "livechat_transfer_history"), 1);
}

/* They are refused when they are saved, however long; one that is there all the same ends. */
static void fallbacks_in_a_circle_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    const char *sales = department(f, "sales", ana, NULL, NULL), *chain[70];
    chain[0] = department(f, "d0", NULL, NULL, NULL);
    for (int i = 1; i < 70; i++)
        chain[i] = department(f, "d", NULL, chain[i - 1], NULL);
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.id = chain[0];
    cmd.department_save.fallback_id = chain[69];
    fx_assert_refused(f, fx_step(f, &cmd), "error-fallback-department-circular");
    struct room *r = fx_chat(f, "t1", sales);
    str_set(&core_department(f->core, chain[0])->fallback_id, chain[69]);
    fx_assert_refused(f, forward(f, r, ana, NULL, chain[5]), NULL);
    assert_false(core_service_is_online(f->core, core_department(f->core, chain[5])));
}

static void an_unserved_chat_changes_its_department_18_2(void **state)
{
    struct fixture *f = *state;
    const char *boss = fx_user(f, "boss", ROLE_USER | ROLE_MANAGER);
    const char *sales = department(f, "sales", NULL, NULL, NULL), *help = department(f, "help", NULL, NULL, NULL);
    fx_set(f, "Livechat_accept_chats_with_no_agents", "true");
    struct room *r = fx_chat(f, "t1", sales);
    assert_int_equal(r->inquiry.status, INQUIRY_READY);
    assert_int_equal(forward(f, r, boss, NULL, help), 0);
    assert_string_equal(r->department->id, help);
    assert_int_equal(r->inquiry.status, INQUIRY_READY);
    const char *ana = fx_online(f, "ana", 0);
    struct department_agent_change ch = {.user_id = ana};
    struct command cmd = {.type = COMMAND_DEPARTMENT_AGENTS};
    cmd.department.id = help;
    cmd.department.upsert = &ch;
    cmd.department.upsert_count = 1;
    assert_int_equal(fx_step(f, &cmd), 0);
    fx_assert_served(r, "ana"); /* it waits there like any other */
}

static void a_full_department_queues_it_4_9(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = department(f, "sales", ana, NULL, NULL), *help = department(f, "help", bob, NULL, NULL);
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    struct room *a = fx_chat(f, "t1", sales), *b = fx_chat(f, "t2", help);
    fx_deadline(f);
    fx_deadline(f);
    fx_assert_served(a, "ana");
    fx_assert_served(b, "bob");
    assert_int_equal(forward(f, a, ana, NULL, help), 0); /* Auto Selection leaves full agents out */
    assert_int_equal(a->inquiry.status, INQUIRY_QUEUED);
    assert_string_equal(a->department->id, help);
    assert_null(a->served_by);
    assert_int_equal(core_user(f->core, ana)->load, 0);
    fx_assert_refused(f, forward(f, b, bob, NULL, help), "error-forwarding-chat-same-department");
    assert_int_equal(forward(f, b, bob, ana, sales), 0); /* a wish is fulfilled when he has a place */
    fx_assert_served(b, "ana");
}

static void manual_routing_queues_it_18_2(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0), *bob = fx_online(f, "bob", 0);
    const char *sales = department(f, "sales", ana, NULL, NULL), *help = department(f, "help", bob, NULL, NULL);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    struct room *r = fx_chat(f, "t1", sales);
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, ana), 0);
    assert_int_equal(forward(f, r, ana, NULL, help), 0);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_string_equal(r->department->id, help);
    assert_string_equal(r->visitor->department_id, help);
    assert_null(room_subscription(r, core_user(f->core, ana)));
}

static int close_with(struct fixture *f, const struct room *r, const char *by, const char *tag, bool client_action)
{
    struct command cmd = {.type = COMMAND_ROOM_CLOSE, .actor_id = by};
    cmd.room.rid = r->id;
    cmd.room.user_id = by;
    cmd.room.comment = "done";
    cmd.room.tags = &tag;
    cmd.room.tag_count = tag != NULL;
    cmd.room.client_action = client_action;
    return fx_step(f, &cmd);
}

static void tags_on_closing_5_5(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_online(f, "ana", 0);
    struct department_agent_change ch = {.user_id = ana};
    const char *const closing[] = {"billing"};
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.name = "sales";
    cmd.department_save.enabled = true;
    cmd.department_save.request_tag_before_closing = true;
    fx_assert_refused(f, fx_step(f, &cmd), "error-validating-department-chat-closing-tags");
    cmd.department_save.closing_tags = closing;
    cmd.department_save.closing_tag_count = 1;
    cmd.department_save.agents = &ch;
    cmd.department_save.agent_count = cmd.department_save.has_agents = 1;
    assert_int_equal(fx_step(f, &cmd), 0);
    const char *sales = f->result.department->id;
    struct room *r = fx_chat(f, "t1", sales);
    fx_assert_refused(f, close_with(f, r, ana, NULL, true), "error-tags-must-be-assigned-before-closing-chat");
    assert_int_equal(close_with(f, r, ana, "angry", true), 0);
    assert_int_equal(r->tag_count, 2); /* his and the department's */
    r = fx_chat(f, "t2", sales);
    assert_int_equal(close_with(f, r, ana, NULL, false), 0); /* programs need none */
    assert_int_equal(r->tag_count, 1);
    fx_set(f, "Livechat_agent_leave_action", "close");
    r = fx_chat(f, "t3", sales);
    fx_service(f, ana, false);
    fx_deadline(f);
    assert_false(r->open); /* nor does the system, and the department's tags are there all the same */
    assert_string_equal(r->tags[0], "billing");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_open, fx_close)
    const struct CMUnitTest tests[] = {
        T(to_an_agent_18_1),
        T(the_limit_of_an_agent_18_1),
        T(what_is_refused_18_2),
        T(the_list_of_targets_is_exact_18_2),
        T(to_a_department_18_2),
        T(the_same_agent_is_no_gain_18_2),
        T(along_the_fallbacks_18_2),
        T(fallbacks_in_a_circle_18_2),
        T(an_unserved_chat_changes_its_department_18_2),
        T(a_full_department_queues_it_4_9),
        T(manual_routing_queues_it_18_2),
        T(tags_on_closing_5_5),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
