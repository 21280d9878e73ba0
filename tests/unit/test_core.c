/* The routing core: behaviour 3, 4, 5, 15.2, 15.4, 18 with an injected clock. */
#include "core_fixture.h"

static void manual_queues_and_take_assigns(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana"), *bob = fx_agent(f, "bob");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    assert_true(f->result.created);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_true(fx_happened(f, EVENT_INQUIRY_QUEUED));
    assert_int_equal(core_queue_length(f->core), 1);
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, ana), 0);
    assert_int_equal(r->inquiry.status, INQUIRY_TAKEN);
    assert_string_equal(r->served_by->id, ana);
    assert_int_equal(core_queue_length(f->core), 0);
    assert_int_equal(core_user(f->core, ana)->load, 1);
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, bob), ERR_CONFLICT);
    assert_string_equal(f->result.error.name, "error-inquiry-taken");
    assert_int_equal(f->events.n, 0);
}

static void starting_twice_gives_the_same_room(void **state)
{
    struct fixture *f = *state;
    fx_agent(f, "ana");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    const struct room *r = f->result.room;
    assert_int_equal(fx_start(f, "t1"), 0);
    assert_ptr_equal(f->result.room, r);
    assert_false(f->result.created);
}

static void nobody_online_is_refused_and_nothing_created(void **state)
{
    struct fixture *f = *state;
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), ERR_UNAVAILABLE);
    assert_string_equal(f->result.error.name, "no-agent-online");
    assert_int_equal(core_room_count(f->core), 0);
    fx_set(f, "Livechat_enabled", "false");
    fx_agent(f, "ana");
    assert_int_equal(fx_start(f, "t1"), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-omnichannel-is-disabled");
}

static void auto_selection_is_round_robin_by_count_order_name(void **state)
{
    struct fixture *f = *state;
    const char *expected[] = {"ana", "bob", "ana", "bob"};
    const char *a = fx_agent(f, "ana"), *b = fx_agent(f, "bob");
    fx_agent(f, "zoe");
    const char *d = fx_department(f, "sales", b, a);
    for (int i = 0; i < 4; i++) {
        AUTO_FREE char *token = x_asprintf("t%d", i);
        fx_visitor(f, token, d);
        assert_int_equal(fx_start(f, token), 0);
        assert_string_equal(f->result.room->served_by->username, expected[i]);
        assert_true(fx_happened(f, EVENT_ROUTED));
    }
    struct department_agent_change ch = {.user_id = b, .count = 0, .has_count = true};
    struct command cmd = {.type = COMMAND_DEPARTMENT_AGENTS};
    cmd.department.id = d;
    cmd.department.upsert = &ch;
    cmd.department.upsert_count = 1;
    assert_int_equal(fx_step(f, &cmd), 0);
    fx_visitor(f, "t9", d);
    assert_int_equal(fx_start(f, "t9"), 0);
    assert_string_equal(f->result.room->served_by->username, "bob");
}

static void asking_for_the_next_agent_uses_his_turn(void **state)
{
    struct fixture *f = *state;
    struct command cmd = {.type = COMMAND_AGENT_NEXT};
    assert_int_equal(fx_step(f, &cmd), ERR_NOT_FOUND);
    fx_agent(f, "ana");
    fx_agent(f, "bob");
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_string_equal(f->result.user->username, "ana");
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_string_equal(f->result.user->username, "bob");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    assert_int_equal(fx_step(f, &cmd), ERR_NOT_FOUND);
}

static void full_agents_are_left_out_and_waiting_chats_follow(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    fx_visitor(f, "t1", NULL);
    fx_visitor(f, "t2", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *first = f->result.room;
    assert_non_null(first->served_by);
    assert_int_equal(fx_start(f, "t2"), 0);
    struct room *second = f->result.room;
    assert_null(second->served_by);
    assert_int_equal(second->inquiry.status, INQUIRY_READY);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, first, ana), 0);
    assert_non_null(second->served_by); /* behaviour 4, transition 5: tried again as soon as somebody is free */
    assert_string_equal(second->served_by->id, ana);
}

/* The id of a new priority, or of one that is changed; good until the next step. */
static const char *priority(struct fixture *f, const char *id, const char *name, int minutes)
{
    json_t *values = json_pack("{s:s, s:i}", "name", name, "dueTimeInMinutes", minutes);
    struct command cmd = {.type = COMMAND_RECORD_SAVE};
    cmd.record_save.kind = RECORD_PRIORITY;
    cmd.record_save.id = id;
    cmd.record_save.values = values;
    assert_int_equal(fx_step(f, &cmd), 0);
    json_decref(values);
    return f->result.record->id;
}

static struct room *start_with(struct fixture *f, const char *token, const char *wanted)
{
    fx_visitor(f, token, NULL);
    struct command cmd = {.type = COMMAND_ROOM_START};
    cmd.room_start.record = core_visitor_by_token(f->core, token);
    cmd.room_start.priority = wanted;
    return fx_step(f, &cmd) == 0 ? f->result.room : NULL;
}

/* Who is served next decides; each close frees ana for one chat (behaviour 14.2, 20.5). */
static void priorities_come_first(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    const char *slow = priority(f, NULL, "slow", 90), *fast = priority(f, NULL, "fast", 10);
    struct room *busy = start_with(f, "t1", NULL), *plain = start_with(f, "t2", NULL);
    struct room *late = start_with(f, "t3", slow), *soon = start_with(f, "t4", "fast");
    assert_null(start_with(f, "t5", "none of them"));
    assert_string_equal(f->result.error.name, "error-invalid-priority");
    assert_int_equal(soon->inquiry.order, 0);
    assert_int_equal(soon->inquiry.wait_min, 10);
    assert_int_equal(soon->inquiry.service_at_ms, soon->ts_ms + 600000);
    priority(f, slow, "slow", 5); /* their chats change places */
    assert_int_equal(late->inquiry.wait_min, 5);
    struct command drop = {.type = COMMAND_RECORD_REMOVE};
    drop.record_save.kind = RECORD_PRIORITY;
    drop.record_save.id = fast;
    assert_int_equal(fx_step(f, &drop), 0);
    assert_null(soon->priority_id);
    assert_int_equal(soon->inquiry.order, 1);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, busy, ana), 0);
    assert_non_null(late->served_by);
    assert_null(plain->served_by);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, late, ana), 0);
    assert_non_null(plain->served_by); /* before the one that has no priority any more: it is older */
    assert_null(soon->served_by);
}

static void priority_of_a_waiting_chat_moves_it(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    const char *fast = priority(f, NULL, "fast", 10);
    struct room *busy = start_with(f, "t1", NULL), *older = start_with(f, "t2", NULL), *newer = start_with(f, "t3", NULL);
    struct command cmd = {.type = COMMAND_ROOM_INFO, .actor_id = ana};
    cmd.room.rid = newer->id;
    cmd.room.has_priority = true;
    cmd.room.priority_id = "fast"; /* its name: an id is wanted here */
    assert_int_equal(fx_step(f, &cmd), ERR_NOT_FOUND);
    cmd.room.priority_id = fast;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(fx_happened(f, EVENT_MESSAGE));
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_false(fx_happened(f, EVENT_MESSAGE)); /* the same again changes nothing */
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, busy, ana), 0);
    assert_non_null(newer->served_by);
    assert_null(older->served_by);
}

static void idle_rule_follows_the_setting(void **state)
{
    struct fixture *f = *state;
    struct user *ana = core_user(f->core, fx_agent(f, "ana"));
    assert_true(core_agent_is_online(f->core, ana));
    fx_set(f, "Livechat_enabled_when_agent_idle", "false");
    assert_false(core_agent_is_online(f->core, ana));
    struct command cmd = {.type = COMMAND_USER_CONNECTION};
    cmd.user.id = ana->id;
    cmd.user.status = PRESENCE_ONLINE;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(core_agent_is_online(f->core, ana));
    cmd.user.status = PRESENCE_AWAY;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_false(core_agent_is_online(f->core, ana));
    assert_false(core_service_is_online(f->core, NULL));
}

static void closing_removes_everything(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    AUTO_FREE char *rid = x_strdup(r->id);
    struct command cmd = {.type = COMMAND_ROOM_CLOSE, .actor_id = ana};
    cmd.room.rid = rid;
    cmd.room.user_id = ana;
    cmd.room.client_action = true;
    assert_int_equal(fx_step(f, &cmd), ERR_INVALID); /* a comment is asked for by default */
    cmd.room.comment = "thanks";
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_null(core_room(f->core, rid));
    assert_int_equal(core_user(f->core, ana)->load, 0);
    assert_false(r->open);
    assert_string_equal(r->closer, "user");
    assert_int_equal(fx_step(f, &cmd), ERR_STATE);
    assert_string_equal(f->result.error.name, "room-closed");
}

static void visitors_close_only_their_own(void **state)
{
    struct fixture *f = *state;
    fx_agent(f, "ana");
    fx_visitor(f, "t1", NULL);
    fx_visitor(f, "t2", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct command cmd = {.type = COMMAND_ROOM_CLOSE};
    cmd.room.rid = f->result.room->id;
    cmd.room.token = "t2";
    assert_int_equal(fx_step(f, &cmd), ERR_NOT_FOUND);
    cmd.room.token = "t1";
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_int_equal(core_room_count(f->core), 0);
}

static void returning_queues_again_and_tells_the_visitor(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, ana), 0);
    assert_int_equal(fx_room(f, COMMAND_ROOM_RETURN, r, ana), 0);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_null(r->served_by);
    assert_true(LIST_EMPTY(&r->subscriptions));
    assert_true(fx_happened(f, EVENT_AGENT_CHANGED));
    assert_int_equal(core_user(f->core, ana)->load, 0);
}

/* Behaviour 4 and 14.2: under an automatic method too, and without the waiting queue; the worker hands it out. */
static void what_is_returned_waits_for_the_worker(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    assert_string_equal(r->served_by->username, "ana");
    assert_int_equal(fx_room(f, COMMAND_ROOM_RETURN, r, ana), 0);
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_int_equal(core_next_deadline(f->core), f->now + 5000);
    struct command tick = {.type = COMMAND_TICK};
    f->now += 4000;
    assert_int_equal(fx_step(f, &tick), 0);
    assert_string_equal(r->served_by->username, "ana");
}

static void forwarding_follows_the_rules(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana"), *bob = fx_agent(f, "bob");
    const char *sales = fx_department(f, "sales", ana, NULL), *help = fx_department(f, "help", bob, NULL);
    fx_visitor(f, "t1", sales);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    assert_string_equal(r->served_by->id, ana);
    struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = ana};
    cmd.room.rid = r->id;
    cmd.room.user_id = ana;
    assert_int_equal(fx_step(f, &cmd), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-selected-agent-room-agent-are-same");
    cmd.room.user_id = NULL;
    cmd.room.department_id = sales;
    assert_int_equal(fx_step(f, &cmd), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-forwarding-chat-same-department");
    cmd.room.department_id = help;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_string_equal(r->served_by->id, bob);
    assert_string_equal(r->department_id, help);
    assert_string_equal(r->visitor->department_id, help);
    assert_null(room_subscription(r, core_user(f->core, ana)));
}

static void a_manual_agent_sees_his_departments_and_the_public(void **state)
{
    struct fixture *f = *state;
    struct user *ana = core_user(f->core, fx_agent(f, "ana")), *bob = core_user(f->core, fx_agent(f, "bob"));
    const char *d = fx_department(f, "sales", ana->id, NULL);
    fx_set(f, "Livechat_Routing_Method", "Manual_Selection");
    fx_visitor(f, "t1", d);
    assert_int_equal(fx_start(f, "t1"), 0);
    assert_true(core_sees_inquiry(f->core, ana, f->result.room));
    assert_false(core_sees_inquiry(f->core, bob, f->result.room));
    assert_true(core_may_open(f->core, ana, f->result.room));
    assert_false(core_may_open(f->core, bob, f->result.room));
    fx_visitor(f, "t2", NULL);
    assert_int_equal(fx_start(f, "t2"), 0);
    assert_true(core_sees_inquiry(f->core, bob, f->result.room));
}

static void messages_move_the_room(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    int64_t before = r->msgs;
    assert_int_equal(fx_say(f, r, NULL, "help me"), 0);
    assert_true(r->waiting_response);
    assert_string_equal(f->result.message->alias, "Vera");
    assert_string_equal(r->inquiry.first_text, "help me");
    struct subscription *sub = room_subscription(r, core_user(f->core, ana));
    assert_int_equal(sub->unread, 2);
    assert_int_equal(fx_say(f, r, ana, "hello {{contact.name}} of {{contact.email}}, I am {{agent.name}} {{x}}"), 0);
    assert_string_equal(f->result.message->text, "hello Vera of vera@example.org, I am ana {{x}}");
    assert_false(r->waiting_response);
    assert_string_equal(r->response_by_username, "ana");
    assert_int_equal(r->msgs, before + 2);
    assert_int_equal(r->metrics.response_total, 1);
    assert_int_equal(r->metrics.response_first_s, 1);
    assert_int_equal(fx_room(f, COMMAND_ROOM_READ, r, ana), 0);
    assert_int_equal(sub->unread, 0);
    int64_t last = r->last_message->ts_ms;
    f->now = last - 1000; /* in the same millisecond: later, and found by who asks what came after the one before */
    assert_int_equal(fx_say(f, r, ana, "and more"), 0);
    assert_true(r->last_message->ts_ms == last + 1 && r->last_message->updated_ms == last + 1);
}

static void the_character_limit_counts_utf16(void **state)
{
    struct fixture *f = *state;
    fx_agent(f, "ana");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct room *r = f->result.room;
    fx_set(f, "Livechat_enable_message_character_limit", "true");
    fx_set(f, "Livechat_message_character_limit", "5");
    assert_int_equal(fx_say(f, r, NULL, "12345"), 0);
    assert_int_equal(fx_say(f, r, NULL, "123456"), ERR_TOO_LARGE);
    assert_string_equal(f->result.error.name, "message-length-exceeds-character-limit");
    assert_int_equal(fx_say(f, r, NULL, "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80"), ERR_TOO_LARGE);
    fx_set(f, "Livechat_message_character_limit", "0");
    assert_int_equal(fx_say(f, r, NULL, "123456"), 0);
}

static void visitors_are_merged_and_checked(void **state)
{
    struct fixture *f = *state;
    struct visitor *v = fx_visitor(f, "t1", NULL);
    assert_string_equal(v->email, "vera@example.org");
    assert_string_equal(v->username, "guest-2");
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.record = v;
    cmd.visitor_save.token = "t2";
    cmd.visitor_save.name = "Vera B";
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_ptr_equal(f->result.visitor, v);
    assert_null(core_visitor_by_token(f->core, "t1"));
    assert_ptr_equal(core_visitor_by_token(f->core, "t2"), v);
    cmd.visitor_save.email = "nonsense";
    assert_int_equal(fx_step(f, &cmd), ERR_INVALID);
    assert_string_equal(f->result.error.name, "error-invalid-email");
    cmd.visitor_save.email = NULL;
    cmd.visitor_save.department = "nowhere";
    assert_int_equal(fx_step(f, &cmd), ERR_NOT_FOUND);
    assert_string_equal(f->result.error.name, "error-invalid-department");
}

static void a_fallback_circle_is_refused(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *a = x_strdup(fx_department(f, "a", NULL, NULL));
    AUTO_FREE char *b = x_strdup(fx_department(f, "b", NULL, NULL));
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.id = a;
    cmd.department_save.fallback_id = b;
    cmd.department_save.enabled = true;
    assert_int_equal(fx_step(f, &cmd), 0);
    cmd.department_save.id = b;
    cmd.department_save.fallback_id = a;
    assert_int_equal(fx_step(f, &cmd), ERR_INVALID);
    assert_string_equal(f->result.error.name, "error-fallback-department-circular");
}

static void losing_the_role_empties_departments(void **state)
{
    struct fixture *f = *state;
    struct user *ana = core_user(f->core, fx_agent(f, "ana"));
    struct department *d = core_department(f->core, fx_department(f, "sales", ana->id, NULL));
    assert_int_equal(d->online_count, 1);
    struct command cmd = {.type = COMMAND_USER_ROLES};
    cmd.user.id = ana->id;
    cmd.user.roles = ROLE_USER;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_int_equal(d->online_count, 0);
    assert_int_equal(d->agent_count, 0);
    assert_false(ana->available);
}

static void rights_take_effect_at_once(void **state)
{
    struct fixture *f = *state;
    struct user *ana = core_user(f->core, fx_agent(f, "ana"));
    assert_true(core_may(f->core, ana, "view-l-room"));
    assert_false(core_may(f->core, ana, "transfer-livechat-guest"));
    struct right_change ch = {right_find("transfer-livechat-guest"), ROLE_AGENT};
    struct command cmd = {.type = COMMAND_RIGHTS};
    cmd.rights.items = &ch;
    cmd.rights.n = 1;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(core_may(f->core, ana, "transfer-livechat-guest"));
}

static void rows_of_rights_are_sorted(void **state)
{
    (void)state;
    for (size_t i = 1; i < right_count; i++)
        assert_true(strcmp(right_rows[i - 1].id, right_rows[i].id) < 0);
}

static void canned_responses_have_scopes(void **state)
{
    struct fixture *f = *state;
    struct user *ana = core_user(f->core, fx_agent(f, "ana")), *bob = core_user(f->core, fx_agent(f, "bob"));
    struct command cmd = {.type = COMMAND_CANNED_SAVE, .actor_id = ana->id};
    cmd.canned.shortcut = "hi";
    cmd.canned.text = "Hello!";
    cmd.canned.scope = CANNED_USER;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(core_sees_canned(f->core, ana, f->result.canned));
    assert_false(core_sees_canned(f->core, bob, f->result.canned));
    assert_int_equal(fx_step(f, &cmd), ERR_CONFLICT);
    assert_string_equal(f->result.error.name, "error-invalid-shortcut");
    cmd.canned.shortcut = "all";
    cmd.canned.scope = CANNED_GLOBAL;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(core_sees_canned(f->core, bob, f->result.canned));
}

static void erasing_a_visitor_needs_closed_chats(void **state)
{
    struct fixture *f = *state;
    fx_agent(f, "ana");
    struct visitor *v = fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    struct command cmd = {.type = COMMAND_VISITOR_REMOVE};
    cmd.visitor.record = v;
    assert_int_equal(fx_step(f, &cmd), ERR_STATE);
    assert_string_equal(f->result.error.name, "visitor-has-open-rooms");
    fx_set(f, "Livechat_Allow_collect_and_store_HTTP_header_informations", "true");
    cmd.visitor.record = core_visitor_by_token(f->core, "t1");
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_null(core_visitor_by_token(f->core, "t1"));
    assert_int_equal(core_room_count(f->core), 0);
}

static struct visitor *managed(struct fixture *f, const struct visitor *record, const char *token, const char *manager)
{
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.record = record;
    cmd.visitor_save.token = token;
    cmd.visitor_save.contact_manager = manager;
    cmd.visitor_save.has_contact_manager = manager != NULL;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.visitor;
}

static void who_is_no_agent_is_no_contact_manager(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana"), *bob = fx_agent(f, "bob");
    struct visitor *a = managed(f, NULL, "a", "ana"), *b = managed(f, NULL, "b", "bob");
    struct visitor *c = managed(f, NULL, "c", "ana");
    managed(f, c, "c", "bob");
    struct visitor *stale = visitor_dup(a);
    struct command cmd = {.type = COMMAND_USER_ROLES};
    cmd.user.id = ana;
    cmd.user.roles = ROLE_USER;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_true(fx_happened(f, EVENT_MANAGER_REMOVED));
    assert_null(a->contact_manager);
    assert_string_equal(b->contact_manager, "bob");
    assert_string_equal(c->contact_manager, "bob");
    /* Read from the store before, used after: the role counts as it is now. */
    str_set(&stale->id, "read-before");
    str_set(&stale->token, "d");
    assert_null(managed(f, stale, "d", NULL)->contact_manager);
    visitor_free(&stale);
    cmd = (struct command){.type = COMMAND_USER_REMOVE};
    cmd.user.id = bob;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_null(b->contact_manager);
    assert_null(c->contact_manager);
}

static int transcript(struct fixture *f, enum command_type type, const char *rid, const char *user_id, const char *email)
{
    struct command cmd = {.type = type, .actor_id = user_id};
    cmd.transcript.rid = rid;
    cmd.transcript.email = email;
    cmd.transcript.record = core_room(f->core, rid) ? core_room(f->core, rid)->visitor : NULL;
    return fx_step(f, &cmd);
}

static const struct event *event_of(const struct fixture *f, enum event_type type)
{
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.items[i].type == type)
            return &f->events.items[i];
    return NULL;
}

static const struct message *message_of(const struct fixture *f, const char *type)
{
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.items[i].type == EVENT_MESSAGE && f->events.items[i].message->type == message_type(type))
            return f->events.items[i].message;
    return NULL;
}

static void wished_transcripts_are_due_at_the_end(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    fx_set(f, "SMTP_Host", "mail.test");
    fx_set(f, "From_Email", "Desk <desk@shop.test>");
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    AUTO_FREE char *rid = x_strdup(f->result.room->id);
    assert_int_equal(transcript(f, COMMAND_TRANSCRIPT_DISCARD, rid, ana, NULL), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-transcript-not-requested");
    assert_int_equal(transcript(f, COMMAND_TRANSCRIPT_REQUEST, rid, ana, "a@b\r\nc"), ERR_INVALID);
    assert_int_equal(transcript(f, COMMAND_TRANSCRIPT_REQUEST, rid, ana, "vera@example.org"), 0);
    assert_int_equal(transcript(f, COMMAND_TRANSCRIPT_REQUEST, rid, ana, "vera@example.org"), ERR_CONFLICT);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, core_room(f->core, rid), ana), 0);
    const struct event *due = event_of(f, EVENT_TRANSCRIPT);
    assert_non_null(due);
    assert_true(due->transcript->is_possible);
    assert_string_equal(due->transcript->email, "vera@example.org");
    assert_string_equal(due->transcript->user_id, ana);
    assert_string_equal(due->transcript->rid, rid);
    assert_null(strstr(due->detail, "vera"));
    assert_string_equal(message_of(f, "livechat-close")->extra, "{\"transcriptRequested\":true}");
    assert_non_null(message_of(f, "livechat_transcript_history"));
}

static void without_mail_no_transcript_is_promised(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    fx_visitor(f, "t1", NULL);
    assert_int_equal(fx_start(f, "t1"), 0);
    AUTO_FREE char *rid = x_strdup(f->result.room->id);
    assert_int_equal(transcript(f, COMMAND_TRANSCRIPT_SEND, rid, NULL, "vera@example.org"), ERR_UNAVAILABLE);
    assert_int_equal(f->events.n, 0);
    assert_int_equal(transcript(f, COMMAND_TRANSCRIPT_REQUEST, rid, ana, "vera@example.org"), 0);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, core_room(f->core, rid), ana), 0);
    assert_false(event_of(f, EVENT_TRANSCRIPT)->transcript->is_possible);
    assert_null(message_of(f, "livechat_transcript_history"));
}

static int fx_user_step(struct fixture *f, enum command_type type, const char *id, bool available)
{
    struct command cmd = {.type = type};
    cmd.user.id = id;
    cmd.user.available = available;
    return fx_step(f, &cmd);
}

/* Behaviour 3.2: the same status is no change, so it does not take away the mark of a logout. */
static void the_same_service_status_changes_nothing(void **state)
{
    struct fixture *f = *state;
    const char *ana = fx_agent(f, "ana");
    assert_int_equal(fx_user_step(f, COMMAND_USER_LOGOUT, ana, false), 0);
    assert_int_equal(fx_user_step(f, COMMAND_USER_SERVICE, ana, false), 0);
    assert_int_equal(f->events.n, 0);
    assert_int_equal(fx_user_step(f, COMMAND_USER_LOGIN, ana, false), 0);
    assert_true(core_user(f->core, ana)->available);
    assert_int_equal(fx_user_step(f, COMMAND_USER_SERVICE, ana, false), 0);
    assert_int_equal(fx_user_step(f, COMMAND_USER_LOGIN, ana, false), 0);
    assert_false(core_user(f->core, ana)->available);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_open, fx_close)
    const struct CMUnitTest tests[] = {
        T(who_is_no_agent_is_no_contact_manager),
        T(manual_queues_and_take_assigns),
        T(starting_twice_gives_the_same_room),
        T(nobody_online_is_refused_and_nothing_created),
        T(auto_selection_is_round_robin_by_count_order_name),
        T(asking_for_the_next_agent_uses_his_turn),
        T(full_agents_are_left_out_and_waiting_chats_follow),
        T(priorities_come_first),
        T(priority_of_a_waiting_chat_moves_it),
        T(idle_rule_follows_the_setting),
        T(closing_removes_everything),
        T(visitors_close_only_their_own),
        T(returning_queues_again_and_tells_the_visitor),
        T(what_is_returned_waits_for_the_worker),
        T(forwarding_follows_the_rules),
        T(a_manual_agent_sees_his_departments_and_the_public),
        T(messages_move_the_room),
        T(the_character_limit_counts_utf16),
        T(visitors_are_merged_and_checked),
        T(a_fallback_circle_is_refused),
        T(losing_the_role_empties_departments),
        T(rights_take_effect_at_once),
        T(rows_of_rights_are_sorted),
        T(canned_responses_have_scopes),
        T(erasing_a_visitor_needs_closed_chats),
        T(wished_transcripts_are_due_at_the_end),
        T(without_mail_no_transcript_is_promised),
        T(the_same_service_status_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
