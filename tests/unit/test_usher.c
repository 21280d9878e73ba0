/* Routing beyond the guide: the settings of the section usher. */
#include "core_fixture.h"

#include "common/buf.h"

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

/* --- skills --- */

static void skill(struct fixture *f, const char *user_id, const char *skills)
{
    struct command cmd = {.type = COMMAND_USER_SAVE};
    cmd.user_save.id = user_id;
    cmd.user_save.skills = skills;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static void say_of_visitor(struct fixture *f, const char *token, const char *data)
{
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.record = core_visitor_by_token(f->core, token);
    cmd.visitor_save.token = token;
    cmd.visitor_save.livechat_data = data;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static struct room *chat_needing(struct fixture *f, const char *token, const char *department_id, const char *data)
{
    fx_visitor(f, token, department_id);
    say_of_visitor(f, token, data);
    assert_int_equal(fx_start(f, token), 0);
    return f->result.room;
}

static void skills_come_from_department_and_visitor(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana"), *bob = agent(f, "bob");
    struct department_agent_change both[] = {{.user_id = ana}, {.user_id = bob}};
    fx_set(f, "Usher_skills", "german, billing, tax");
    skill(f, bob, "Billing, german, juggling");
    const char *sales = department(f, "sales", NULL, "{\"usherSkills\":\"billing\"}", both, 2);
    assert_string_equal(server_of(chat(f, "t1", sales)), "bob");
    assert_string_equal(server_of(chat_needing(f, "t2", sales, "{\"skills\":\"german\"}")), "bob");
    assert_string_equal(server_of(chat(f, "t3", NULL)), "ana");
    assert_string_equal(server_of(chat_needing(f, "t4", NULL, "{\"skills\":\"german\"}")), "bob");
    assert_string_equal(server_of(chat_needing(f, "t5", NULL, "{\"skills\":\"juggling\"}")), "ana"); /* none of the setting */
    struct room *tax = chat_needing(f, "t6", NULL, "{\"skills\":\"tax\"}");
    assert_string_equal(server_of(tax), "nobody");
    struct room *german = chat_needing(f, "t7", NULL, "{\"skills\":\"german\"}");
    assert_string_equal(server_of(german), "bob");  /* whoever fits nobody does not hold up the others */
    skill(f, ana, "tax");
    assert_string_equal(server_of(tax), "ana");
}

static void what_is_wrong_with_whom_is_counted(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana");
    agent(f, "bob");
    fx_set(f, "Usher_skills", "tax");
    struct room *r = chat_needing(f, "t1", NULL, "{\"skills\":\"tax\"}");
    bool told = false;
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.items[i].type == EVENT_ROUTED && f->events.items[i].room == r)
            told = f->events.items[i].decision->excluded[RULE_SKILLED] == 2;
    assert_true(told);
}

static void skills_relax_with_time(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana");
    fx_set(f, "Usher_skills", "tax");
    fx_set(f, "Usher_skills_relax_after", "60");
    struct room *r = chat_needing(f, "t1", NULL, "{\"skills\":\"tax\"}");
    wait(f, 50000);
    assert_string_equal(server_of(r), "nobody");
    wait(f, 10000);
    assert_string_equal(server_of(r), "ana");
}

static void skills_can_change_while_a_chat_waits(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana");
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Usher_skills", "tax, german");
    struct room *tax = chat_needing(f, "t1", NULL, "{\"skills\":\"tax\"}"), *plain = chat(f, "t2", NULL);
    wait(f, 20000);
    assert_string_equal(server_of(tax), "nobody");
    assert_string_equal(server_of(plain), "ana");
    say_of_visitor(f, "t1", "{}");
    wait(f, 20000);
    assert_string_equal(server_of(tax), "ana");
    struct room *german = chat_needing(f, "t3", NULL, "{\"skills\":\"german\"}");
    wait(f, 20000);
    assert_string_equal(server_of(german), "nobody");
    fx_set(f, "Usher_skills", "");
    wait(f, 20000);
    assert_string_equal(server_of(german), "ana");
}

/* --- tiers --- */

static void tiers_widen_with_the_time(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana"), *bob = agent(f, "bob"), *cis = agent(f, "cis");
    struct department_agent_change all[] = {{.user_id = ana}, {.user_id = bob, .order = 1, .has_order = true},
                                            {.user_id = cis, .order = 2, .has_order = true}};
    fx_set(f, "Usher_tier_wait", "60");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    const char *sales = department(f, "sales", NULL, NULL, all, 3);
    assert_string_equal(server_of(chat(f, "t1", sales)), "ana");
    struct room *second = chat(f, "t2", sales), *third = chat(f, "t3", sales);
    assert_string_equal(server_of(second), "nobody");
    wait(f, 50000);
    assert_string_equal(server_of(second), "nobody");
    wait(f, 12000);
    assert_string_equal(server_of(second), "bob");
    assert_string_equal(server_of(third), "nobody");
    wait(f, 60000);
    assert_string_equal(server_of(third), "cis");
}

/* --- channels --- */

static struct room *chat_by(struct fixture *f, const char *token, const char *channel)
{
    struct command cmd = {.type = COMMAND_ROOM_START};
    fx_visitor(f, token, NULL);
    cmd.room_start.record = core_visitor_by_token(f->core, token);
    cmd.room_start.source_type = channel;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.room;
}

static void channels_weigh(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Livechat_maximum_chats_per_agent", "3");
    fx_set(f, "Usher_channel_weights", "widget=2, sms=5");
    struct room *first = chat_by(f, "t1", "widget"), *second = chat_by(f, "t2", "widget"), *mail = chat_by(f, "t3", "email");
    assert_string_equal(server_of(first), "ana");
    assert_string_equal(server_of(second), "nobody");   /* four would be too much */
    assert_string_equal(server_of(mail), "ana");
    assert_int_equal(core_user(f->core, ana)->load, 3);
    close_by(f, mail, ana);
    assert_string_equal(server_of(second), "nobody");
    close_by(f, first, ana);
    assert_string_equal(server_of(second), "ana");
    close_by(f, second, ana);
    assert_string_equal(server_of(chat_by(f, "t4", "sms")), "ana");     /* too heavy, but she has nothing else */
    fx_set(f, "Usher_channel_weights", "");
    assert_int_equal(core_user(f->core, ana)->load, 1);
}

static void channels_have_limits(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Usher_channel_limits", "email=1");
    struct room *first = chat_by(f, "t1", "email"), *second = chat_by(f, "t2", "email");
    assert_string_equal(server_of(first), "ana");
    assert_string_equal(server_of(second), "nobody");
    assert_string_equal(server_of(chat_by(f, "t3", "widget")), "ana");
    close_by(f, first, ana);
    assert_string_equal(server_of(second), "ana");
}

static void quiet_chats_count_no_longer(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Livechat_maximum_chats_per_agent", "1");
    fx_set(f, "Usher_idle_chat_minutes", "10");
    struct room *first = chat(f, "t1", NULL), *second = chat(f, "t2", NULL);
    assert_string_equal(server_of(second), "nobody");
    wait(f, 5 * MINUTE);
    assert_int_equal(fx_say(f, first, NULL, "hello?"), 0);
    wait(f, 9 * MINUTE);
    assert_string_equal(server_of(second), "nobody");
    wait(f, 2 * MINUTE);
    assert_string_equal(server_of(second), "ana");
    assert_int_equal(core_user(f->core, ana)->load, 1);
    assert_int_equal(fx_say(f, first, NULL, "hello?"), 0);
    assert_int_equal(core_user(f->core, ana)->load, 2);
}

/* --- offers --- */

static const char *offered_to(struct fixture *f, const struct room *r)
{
    const struct user *u = core_user(f->core, r->inquiry.offered_id);
    return u ? u->username : "nobody";
}

static int decline(struct fixture *f, const struct room *r, const char *user_id)
{
    struct command cmd = {.type = COMMAND_OFFER_DECLINE, .actor_id = user_id};
    cmd.room.rid = r->id;
    cmd.room.user_id = user_id;
    return fx_step(f, &cmd);
}

static void an_offer_is_accepted_by_taking(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana"), *bob = agent(f, "bob");
    fx_set(f, "Usher_offer_chats", "true");
    struct room *r = chat(f, "t1", NULL);
    assert_string_equal(server_of(r), "nobody");
    assert_int_equal(r->inquiry.status, INQUIRY_QUEUED);
    assert_string_equal(offered_to(f, r), "ana");
    assert_string_equal(offered_to(f, chat(f, "t2", NULL)), "bob");
    struct room *third = chat(f, "t3", NULL);
    assert_string_equal(offered_to(f, third), "nobody");                /* both are being asked */
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, bob), ERR_CONFLICT);
    assert_string_equal(f->result.error.name, "error-inquiry-offered");
    assert_int_equal(fx_room(f, COMMAND_INQUIRY_TAKE, r, ana), 0);
    assert_string_equal(server_of(r), "ana");
    assert_string_equal(offered_to(f, r), "nobody");
    assert_string_equal(offered_to(f, third), "ana");
}

static void a_declined_offer_goes_to_the_next_one(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana"), *bob = agent(f, "bob");
    fx_set(f, "Usher_offer_chats", "true");
    struct room *r = chat(f, "t1", NULL);
    assert_int_equal(decline(f, r, bob), ERR_STATE);
    assert_int_equal(decline(f, r, ana), 0);
    assert_string_equal(offered_to(f, r), "bob");
    connection(f, bob, PRESENCE_OFFLINE);                               /* idle agents get chats by the setting */
    assert_string_equal(offered_to(f, r), "bob");
    struct command cmd = {.type = COMMAND_USER_SERVICE};
    cmd.user.id = bob;
    assert_int_equal(fx_step(f, &cmd), 0);                              /* not available: the offer is void */
    assert_string_equal(offered_to(f, r), "nobody");
    wait(f, 31000);                                                     /* everybody was asked: anew */
    assert_string_equal(offered_to(f, r), "ana");
}

static void who_lets_offers_pass_gets_a_pause(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Usher_offer_chats", "true");
    fx_set(f, "Usher_offer_timeout", "20");
    fx_set(f, "Usher_offer_max_passes", "2");
    fx_set(f, "Usher_offer_pause", "600");
    struct room *r = chat(f, "t1", NULL);
    wait(f, 21000);
    assert_string_equal(offered_to(f, r), "nobody");
    wait(f, 20000);
    assert_string_equal(offered_to(f, r), "ana");                       /* asked once more */
    wait(f, 20000);
    assert_int_equal(core_user(f->core, ana)->pause, PAUSE_PASSED);
    wait(f, 5 * MINUTE);
    assert_string_equal(offered_to(f, r), "nobody");
    wait(f, 5 * MINUTE);
    assert_int_equal(core_user(f->core, ana)->pause, PAUSE_NONE);
    assert_string_equal(offered_to(f, r), "ana");
}

static void offers_go_on_with_the_waiting_queue(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    agent(f, "bob");
    fx_set(f, "Livechat_waiting_queue", "true");
    fx_set(f, "Usher_offer_chats", "true");
    struct room *r = chat(f, "t1", NULL), *next = chat(f, "t2", NULL);
    wait(f, 6000);
    assert_string_equal(offered_to(f, r), "ana");
    assert_int_equal(core_queue_place(f->core, r), 1);
    wait(f, 5000);
    assert_string_equal(offered_to(f, next), "bob");
    assert_int_equal(decline(f, r, ana), 0);
    assert_string_equal(offered_to(f, r), "nobody");                    /* bob is being asked about the other one */
    assert_int_equal(core_queue_place(f->core, r), 1);
    AUTO_FREE char *bob = x_strdup(next->inquiry.offered_id);
    assert_int_equal(decline(f, next, bob), 0);
    assert_string_equal(offered_to(f, next), "ana");
    wait(f, 10000);
    assert_string_equal(offered_to(f, r), "bob");
}

/* --- wrap-up --- */

static void wrap_up_keeps_new_chats_away(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Usher_wrap_up_time", "120");
    close_by(f, chat(f, "t1", NULL), ana);
    struct room *r = chat(f, "t2", NULL);
    assert_string_equal(server_of(r), "nobody");
    wait(f, 100000);
    assert_string_equal(server_of(r), "nobody");
    wait(f, 20000);
    assert_string_equal(server_of(r), "ana");
    close_by(f, r, ana);
    r = chat(f, "t3", NULL);
    struct command cmd = {.type = COMMAND_USER_RESUME};
    cmd.user.id = ana;
    assert_int_equal(fx_step(f, &cmd), 0);                              /* she is done earlier */
    assert_string_equal(server_of(r), "ana");
}

/* --- dispositions --- */

static int close_with(struct fixture *f, const struct room *r, const char *user_id, const char *code)
{
    struct command cmd = {.type = COMMAND_ROOM_CLOSE, .actor_id = user_id};
    cmd.room.rid = r->id;
    cmd.room.user_id = user_id;
    cmd.room.comment = "done";
    cmd.room.client_action = true;
    cmd.room.disposition = code;
    return fx_step(f, &cmd);
}

static void a_disposition_is_one_of_the_codes(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    struct room *r = chat(f, "t1", NULL);
    assert_int_equal(close_with(f, r, ana, "sold"), ERR_INVALID);
    fx_set(f, "Usher_disposition_codes", "solved, sold");
    fx_set(f, "Usher_disposition_required", "true");
    assert_int_equal(close_with(f, r, ana, NULL), ERR_INVALID);
    assert_string_equal(f->result.error.name, "error-disposition-required");
    assert_int_equal(close_with(f, r, ana, "Sold"), ERR_INVALID);
    assert_string_equal(f->result.error.name, "error-invalid-disposition");
    assert_int_equal(close_with(f, r, ana, "sold"), 0);
    assert_string_equal(r->disposition, "sold");
}

/* --- targets --- */

/* The states told meanwhile, such as "first-reply warning;". */
static char *told_until(struct fixture *f, int64_t ms)
{
    struct buf out = BUF_INIT;
    while (core_next_deadline(f->core) <= ms) {
        struct command cmd = {.type = COMMAND_TICK};
        f->now = core_next_deadline(f->core) - 1000;
        assert_int_equal(fx_step(f, &cmd), 0);
        for (size_t i = 0; i < f->events.n; i++) {
            if (f->events.items[i].type != EVENT_TARGET)
                continue;
            json_t *detail = json_loads(f->events.items[i].detail, 0, NULL);
            buf_printf(&out, "%s %s;", json_string_value(json_object_get(detail, "target")),
                       json_string_value(json_object_get(detail, "state")));
            json_decref(detail);
        }
    }
    f->now = ms;
    return out.data ? buf_take(&out) : x_strdup("");
}

static void assert_told(struct fixture *f, int64_t after_ms, const char *wanted)
{
    AUTO_FREE char *told = told_until(f, f->now + after_ms);
    assert_string_equal(told, wanted);
}

static void targets_warn_and_are_missed_once(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Usher_target_first_reply", "10");
    fx_set(f, "Usher_target_next_reply", "5");
    struct room *r = chat(f, "t1", NULL);
    assert_int_equal(fx_say(f, r, NULL, "hello"), 0);
    assert_told(f, 7 * MINUTE, "");
    assert_told(f, 1 * MINUTE, "first-reply warning;");
    assert_told(f, 2 * MINUTE, "first-reply breach;");
    assert_told(f, 60 * MINUTE, "");
    assert_int_equal(core_target_state(r, TARGET_FIRST_REPLY), TARGET_BREACH);
    assert_int_equal(fx_say(f, r, ana, "hi"), 0);
    assert_int_equal(core_target_state(r, TARGET_FIRST_REPLY), TARGET_RUNNING);
    assert_told(f, 60 * MINUTE, "");                    /* nobody has asked anything */
    assert_int_equal(fx_say(f, r, NULL, "and?"), 0);
    assert_told(f, 4 * MINUTE, "next-reply warning;");
    assert_int_equal(fx_say(f, r, ana, "so"), 0);
    assert_told(f, 60 * MINUTE, "");
    assert_int_equal(fx_say(f, r, NULL, "and now?"), 0);
    assert_told(f, 6 * MINUTE, "next-reply warning;next-reply breach;");
}

static void the_target_of_resolution_ends_with_the_chat(void **state)
{
    struct fixture *f = *state;
    const char *ana = agent(f, "ana");
    fx_set(f, "Usher_target_resolution", "60");
    fx_set(f, "Usher_target_warning", "100");
    struct room *r = chat(f, "t1", NULL), *other = chat(f, "t2", NULL);
    assert_told(f, 59 * MINUTE, "");
    close_by(f, other, ana);
    assert_told(f, 10 * MINUTE, "resolution breach;");
    assert_int_equal(core_target_state(r, TARGET_RESOLUTION), TARGET_BREACH);
    assert_told(f, 600 * MINUTE, "");
}

/* Twelve hours a day count: the calendar is the default one, from 08:00 to 20:00 in UTC. */
static void only_business_time_counts_for_targets(void **state)
{
    struct fixture *f = *state;
    agent(f, "ana");
    struct command cmd = {.type = COMMAND_RECORD_SAVE};
    json_t *week = json_array();
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    for (size_t i = 0; i < COUNT_OF(days); i++)
        json_array_append_new(week, json_pack("{s:s,s:s,s:s,s:b}", "day", days[i], "start", "08:00", "finish", "20:00",
                                              "open", 1));
    json_t *values = json_pack("{s:s,s:s,s:b,s:s,s:o}", "name", "", "type", "default", "active", 1, "timezoneName", "UTC",
                               "workHours", week);
    cmd.record_save.kind = RECORD_BUSINESS_HOUR;
    cmd.record_save.values = values;
    assert_int_equal(fx_step(f, &cmd), 0);
    json_decref(values);
    fx_set(f, "Livechat_enable_business_hours", "true");
    fx_set(f, "Livechat_accept_chats_with_no_agents", "true");
    fx_set(f, "Usher_target_resolution", "60");
    fx_set(f, "Usher_target_warning", "0");
    int64_t day = f->now / 86400000 * 86400000;
    tick_until(f, day + 2 * 86400000 + (19 * 60 + 30) * (int64_t)MINUTE);  /* half an hour before it closes */
    chat(f, "t1", NULL);
    assert_told(f, (12 * 60 + 55) * (int64_t)MINUTE, "");                   /* 08:25 */
    assert_told(f, 10 * MINUTE, "resolution breach;");
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
        T(skills_come_from_department_and_visitor),
        T(what_is_wrong_with_whom_is_counted),
        T(skills_relax_with_time),
        T(skills_can_change_while_a_chat_waits),
        T(tiers_widen_with_the_time),
        T(channels_weigh),
        T(channels_have_limits),
        T(quiet_chats_count_no_longer),
        T(an_offer_is_accepted_by_taking),
        T(a_declined_offer_goes_to_the_next_one),
        T(who_lets_offers_pass_gets_a_pause),
        T(offers_go_on_with_the_waiting_queue),
        T(wrap_up_keeps_new_chats_away),
        T(a_disposition_is_one_of_the_codes),
        T(targets_warn_and_are_missed_once),
        T(the_target_of_resolution_ends_with_the_chat),
        T(only_business_time_counts_for_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
