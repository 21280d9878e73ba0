/* JSON of a server into the model: shapes as recorded from a live one, names invented. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/model.h"
#include "client/refusal.h"
#include "common/entity.h"
#include "common/mem.h"

static struct model m;

static json_t *parse(const char *text)
{
    json_t *json = js_parse(text, strlen(text));
    assert_non_null(json);
    return json;
}

/* Feeds one text to one function of the model. */
#define APPLY(call, text)                                                                                              \
    ({                                                                                                                 \
        json_t *json_ = parse(text);                                                                                   \
        const json_t *json = json_;                                                                                    \
        unsigned bits_ = call;                                                                                         \
        json_decref(json_);                                                                                            \
        bits_;                                                                                                         \
    })

#define SUBSCRIPTION                                                                                                   \
    "{\"_id\":\"s1\",\"rid\":\"r1\",\"t\":\"l\",\"fname\":\"Vee\",\"open\":true,\"alert\":true,\"unread\":1,"              \
    "\"ls\":\"2026-11-22T09:25:28.000Z\",\"v\":{\"_id\":\"v1\",\"username\":\"guest-2\"}}"
#define ROOM(more)                                                                                                     \
    "{\"_id\":\"r1\",\"t\":\"l\",\"fname\":\"Vee\",\"ts\":\"2026-11-22T09:25:28.345Z\",\"open\":true,"                     \
    "\"waitingResponse\":true,\"departmentId\":\"d1\",\"v\":{\"_id\":\"v1\",\"username\":\"guest-2\","                     \
    "\"status\":\"online\"},\"servedBy\":{\"_id\":\"u1\",\"username\":\"ann\"},\"source\":{\"type\":\"widget\"}" more "}"
#define MESSAGE(id, ms, more)                                                                                          \
    "{\"_id\":\"" id "\",\"rid\":\"r1\",\"ts\":{\"$date\":" ms "},\"u\":{\"_id\":\"v1\",\"username\":\"guest-2\"}" more "}"
#define VISITOR ",\"token\":\"t\",\"alias\":\"Vee\""

static int setup(void **state)
{
    (void)state;
    model_init(&m, "test");
    APPLY(model_apply_me(&m, json), "{\"_id\":\"u1\",\"username\":\"ann\",\"name\":\"Ann\","
                                    "\"roles\":[\"livechat-agent\"],\"statusLivechat\":\"available\"}");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    model_fini(&m);
    return 0;
}

static struct room *one_room(void)
{
    APPLY(model_apply_subscription(&m, "inserted", json), SUBSCRIPTION);
    APPLY(model_apply_room(&m, json), ROOM());
    assert_int_equal(m.pub.room_count, 1);
    return (struct room *)m.pub.rooms[0];
}

static void knows_who_i_am_and_what_i_may(void **state)
{
    (void)state;
    assert_true(m.pub.me.available && m.pub.me.is_agent && !m.pub.me.is_admin);
    assert_true(m.pub.may_see_queue && m.pub.may_save_canned);
    APPLY(model_apply_permissions(&m, json), "[{\"_id\":\"edit-privileged-setting\",\"roles\":[\"livechat-agent\"]},"
                                             "{\"_id\":\"view-l-room\",\"roles\":[\"admin\"]}]");
    assert_true(m.pub.may_edit_settings);
    assert_false(m.pub.may_see_queue);
    APPLY(model_apply_user_diff(&m, json), "{\"statusLivechat\":\"not-available\"}");
    assert_false(m.pub.me.available);
}

static void a_room_of_mine(void **state)
{
    (void)state;
    m.filled = true;
    APPLY(model_apply_subscription(&m, "inserted", json), SUBSCRIPTION);
    unsigned bits = APPLY(model_apply_room(&m, json), ROOM());
    assert_true(bits & CLIENT_NEW_CHAT);
    const struct client_room *r = m.pub.rooms[0];
    assert_true(r->mine && r->open && r->waiting_response && !r->preview);
    assert_string_equal(r->visitor_name, "Vee");
    assert_string_equal(r->source, "widget");
    assert_int_equal(r->unread, 1);
    bits = APPLY(model_apply_room_event(&m, "updated", json), ROOM(",\"onHold\":true"));
    assert_false(bits & CLIENT_NEW_CHAT);
    assert_true(r->on_hold);
    APPLY(model_apply_departments(&m, json), "[{\"_id\":\"d1\",\"name\":\"Sales\",\"enabled\":true,\"numAgents\":2}]");
    assert_string_equal(r->department, "Sales");
    APPLY(model_apply_subscription(&m, "removed", json), "{\"_id\":\"s1\",\"rid\":\"r1\"}");
    assert_int_equal(m.pub.room_count, 0);
}

static void a_full_read_drops_what_is_gone(void **state)
{
    (void)state;
    one_room();
    model_sweep_begin(&m);
    APPLY(model_apply_subscriptions(&m, json), "[" SUBSCRIPTION "]");
    APPLY(model_apply_rooms(&m, json), "[" ROOM() "]");
    model_sweep_end(&m);
    assert_int_equal(m.pub.room_count, 1);
    model_room_view(&m, (struct room *)m.pub.rooms[0], true);
    model_sweep_begin(&m);
    model_sweep_end(&m);
    assert_int_equal(m.pub.room_count, 1); /* still looked at */
    assert_false(m.pub.rooms[0]->mine);
    model_room_view(&m, (struct room *)m.pub.rooms[0], false);
    assert_int_equal(m.pub.room_count, 0);
}

static void messages_stand_in_order_once(void **state)
{
    (void)state;
    struct room *r = one_room();
    model_room_read(&m, r);
    unsigned bits = APPLY(model_apply_message(&m, json, true), MESSAGE("a", "2000", VISITOR ",\"msg\":\"a &amp;lt; b\""));
    assert_true(bits & CLIENT_NEW_MESSAGE);
    bits = APPLY(model_apply_message(&m, json, true), MESSAGE("a", "2000", VISITOR ",\"msg\":\"again\""));
    assert_false(bits & CLIENT_NEW_MESSAGE);
    APPLY(model_apply_history(&m, r, json, 50, 0),
          "[" MESSAGE("a", "2000", VISITOR ",\"msg\":\"a &amp;lt; b\"") "," MESSAGE("z", "1000", ",\"t\":\"command\",\"msg\":\"connected\"") "]");
    assert_int_equal(r->pub.message_count, 2);
    assert_string_equal(r->pub.messages[0]->id, "z");
    assert_true(r->pub.messages[0]->hidden);
    assert_string_equal(r->pub.messages[1]->text, "a &lt; b"); /* decoded once */
    assert_true(r->pub.messages[1]->from_visitor);
    assert_string_equal(r->pub.messages[1]->name, "Vee");
    assert_true(r->pub.history_complete);
    assert_int_equal(r->pub.unread, 1);
    assert_true(r->pub.last_read_ms > 0);
    model_room_read(&m, r);
    assert_int_equal(r->pub.unread, 0);
    assert_int_equal(r->pub.last_read_ms, 0);
}

static void mine_wait_behind_and_settle(void **state)
{
    (void)state;
    struct room *r = one_room();
    struct client_message *msg = model_message_compose(&m, r, "mine", "hello", 10);
    APPLY(model_apply_message(&m, json, true), MESSAGE("later", "5000", VISITOR ",\"msg\":\"x\""));
    assert_string_equal(r->pub.messages[1]->id, "mine");
    assert_int_equal(msg->delivery, DELIVERY_OUTBOX);
    APPLY(model_apply_message(&m, json, true), "{\"_id\":\"mine\",\"rid\":\"r1\",\"msg\":\"hello\",\"ts\":{\"$date\":4000},"
                                               "\"u\":{\"_id\":\"u1\",\"username\":\"ann\"}}");
    assert_int_equal(r->pub.message_count, 2);
    assert_string_equal(r->pub.messages[0]->id, "mine");
    assert_int_equal(r->pub.messages[0]->delivery, DELIVERY_SENT);
    assert_false(r->pub.waiting_response && r->pub.messages[0]->from_visitor);
}

static void a_hole_in_history_is_not_hidden(void **state)
{
    (void)state;
    struct room *r = one_room();
    APPLY(model_apply_message(&m, json, true), MESSAGE("old", "1000", VISITOR ",\"msg\":\"x\""));
    model_message_compose(&m, r, "mine", "waits", 10);
    APPLY(model_apply_history(&m, r, json, 2, 0),
          "[" MESSAGE("n2", "9001", VISITOR) "," MESSAGE("n1", "9000", VISITOR) "]");
    assert_null(model_message(r, "old"));
    assert_non_null(model_message(r, "mine"));
    assert_int_equal(r->pub.message_count, 3);
    assert_false(r->pub.history_complete);
    APPLY(model_apply_history(&m, r, json, 2, 9001), "[" MESSAGE("old", "1000", VISITOR) "]");
    assert_string_equal(r->pub.messages[0]->id, "old");
    assert_true(r->pub.history_complete);
}

static void memory_has_a_limit(void **state)
{
    (void)state;
    struct room *r = one_room();
    r->pub.history_complete = true;
    for (int i = 0; i < ROOM_MESSAGE_LIMIT + 10; i++) {
        AUTO_FREE char *text = x_asprintf("{\"_id\":\"m%d\",\"rid\":\"r1\",\"msg\":\"x\",\"ts\":{\"$date\":%d}}", i, 1000 + i);
        APPLY(model_apply_message(&m, json, true), text);
    }
    assert_int_equal(r->pub.message_count, ROOM_MESSAGE_LIMIT);
    assert_string_equal(r->pub.messages[0]->id, "m10");
    assert_false(r->pub.history_complete);
}

static void system_messages_are_sentences(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"t\":\"livechat-started\"}", "Chat started"},
        {"{\"t\":\"uj\",\"u\":{\"username\":\"ann\"}}", "ann joined the chat"},
        {"{\"t\":\"livechat-close\",\"msg\":\"bye\"}", "Conversation closed: bye"},
        {"{\"t\":\"livechat-close\",\"msg\":\"\"}", "Conversation closed"},
        {"{\"t\":\"livechat_navigation_history\",\"msg\":\"Shop - http://x\"}", "New navigation: Shop - http://x"},
        {"{\"t\":\"livechat_transfer_history\",\"transferData\":{\"scope\":\"agent\",\"comment\":\"please\","
         "\"transferredBy\":{\"name\":\"Ann\"},\"transferredTo\":{\"username\":\"bob\"}}}",
         "Ann transferred the chat to bob: please"},
        {"{\"t\":\"livechat_transfer_history\",\"transferData\":{\"scope\":\"department\","
         "\"transferredBy\":{\"name\":\"Ann\"},\"nextDepartment\":{\"name\":\"Sales\"}}}",
         "Ann transferred the chat to the department Sales"},
        {"{\"t\":\"livechat_transfer_history\",\"transferData\":{\"scope\":\"queue\",\"transferredBy\":{\"name\":\"Ann\"}}}",
         "Ann returned the chat to the queue"},
        {"{\"t\":\"omnichannel_placed_chat_on_hold\",\"comment\":\"why\"}", "Chat on hold: why"},
        {"{\"t\":\"something-new\",\"msg\":\"x\"}", "something-new: x"},
        {"{\"t\":\"livechat_transfer_history_fallback\",\"transferData\":{\"prevDepartment\":\"Sales\","
         "\"department\":{\"name\":\"Help\"}}}",
         "Nobody of Sales is online: the chat went to Help instead"},
        {"{\"t\":\"livechat_transfer_history\"}", "somebody transferred the chat to somebody"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_JSON json_t *json = parse(cases[i][0]);
        bool hidden = false;
        AUTO_FREE char *notice = notice_make(json, &hidden);
        assert_string_equal(notice, cases[i][1]);
        assert_false(hidden);
    }
}

static void entities_are_decoded_once(void **state)
{
    (void)state;
    char text[] = "&amp;amp; &lt;b&gt; &quot;&#x27;&#x60; &nbsp; & &#39; &amp";
    text_unescape(text);
    assert_string_equal(text, "&amp; <b> \"'` &nbsp; & &#39; &amp");
}

#define INQUIRY(id, more) "{\"_id\":\"" id "\",\"rid\":\"r" id "\",\"name\":\"V\",\"status\":\"queued\"" more "}"

static void the_queue_has_an_order(void **state)
{
    (void)state;
    APPLY(model_apply_queue(&m, json),
          "[" INQUIRY("1", ",\"ts\":\"2026-11-22T09:00:02.000Z\",\"queueOrder\":1") ","
              INQUIRY("2", ",\"ts\":\"2026-11-22T09:00:01.000Z\",\"queueOrder\":1,\"message\":\"a &lt; b\"") ","
              INQUIRY("3", ",\"ts\":\"2026-11-22T09:00:03.000Z\",\"queueOrder\":0") "]");
    assert_int_equal(m.pub.queue_count, 3);
    assert_string_equal(m.pub.queue[0]->id, "3");
    assert_string_equal(m.pub.queue[1]->id, "2");
    assert_string_equal(m.pub.queue[1]->last_text, "a < b");
    assert_int_equal(m.pub.queue[2]->position, 3);
    m.filled = true;
    unsigned bits = APPLY(model_apply_inquiry_event(&m, json), INQUIRY("4", ",\"type\":\"added\",\"ts\":{\"$date\":1}"));
    assert_true(bits & CLIENT_NEW_INQUIRY);
    bits = APPLY(model_apply_inquiry_event(&m, json), INQUIRY("4", ",\"type\":\"changed\",\"ts\":{\"$date\":1}"));
    assert_false(bits & CLIENT_NEW_INQUIRY);
    assert_int_equal(APPLY(model_apply_inquiry_event(&m, json), INQUIRY("5", ",\"type\":\"added\",\"department\":\"other\"")), 0);
    APPLY(model_apply_inquiry_event(&m, json), "{\"type\":\"changed\",\"_id\":\"4\",\"status\":\"taken\"}");
    APPLY(model_apply_inquiry_event(&m, json), "{\"type\":\"removed\",\"_id\":\"3\"}");
    assert_int_equal(m.pub.queue_count, 2);
    assert_int_equal(m.pub.queue[0]->position, 1);
}

static void departments_of_mine_count(void **state)
{
    (void)state;
    APPLY(model_apply_my_departments(&m, json), "[{\"departmentId\":\"d1\",\"departmentEnabled\":true},"
                                                "{\"departmentId\":\"d2\",\"departmentEnabled\":false}]");
    assert_int_not_equal(APPLY(model_apply_inquiry_event(&m, json), INQUIRY("1", ",\"type\":\"added\",\"department\":\"d1\"")), 0);
    assert_int_equal(APPLY(model_apply_inquiry_event(&m, json), INQUIRY("2", ",\"type\":\"added\",\"department\":\"d2\"")), 0);
    assert_int_not_equal(APPLY(model_apply_inquiry_event(&m, json),
                               INQUIRY("3", ",\"type\":\"added\",\"department\":\"d2\",\"defaultAgent\":{\"agentId\":\"u1\",\"username\":\"ann\"}")), 0);
    assert_string_equal(m.pub.queue[1]->reserved_for, "ann");
}

static void settings_follow_the_catalogue(void **state)
{
    (void)state;
    setting_no no = catalogue_find("Livechat_Routing_Method");
    assert_true(no >= 0);
    unsigned bits = APPLY(model_apply_settings(&m, json), "[{\"_id\":\"Livechat_Routing_Method\",\"value\":\"Manual_Selection\"},"
                                                          "{\"_id\":\"Unknown_Thing\",\"value\":1},"
                                                          "{\"_id\":\"Livechat_enabled\",\"value\":{\"not\":\"so\"}}]");
    assert_true(bits & CLIENT_CHANGED_SETTINGS);
    assert_string_equal(m.pub.routing_method, "Manual_Selection");
    assert_true(m.pub.settings[no].known);
    assert_false(m.pub.settings[catalogue_find("Livechat_enabled")].known);
    for (size_t i = 0; i < catalogue_count(); i++) {
        if (!catalogue_row((setting_no)i)->is_secret)
            continue;
        AUTO_FREE char *row = x_asprintf("{\"_id\":\"%s\",\"value\":\"hush\"}", catalogue_row((setting_no)i)->id);
        APPLY(model_apply_setting(&m, json), row);
        assert_true(m.pub.settings[i].secret_set);
        assert_string_not_equal(m.pub.settings[i].value.s, "hush");
    }
}

static void canned_responses_by_shortcut(void **state)
{
    (void)state;
    APPLY(model_apply_canned(&m, json), "[{\"_id\":\"2\",\"shortcut\":\"b\",\"text\":\"B\",\"scope\":\"global\",\"tags\":[\"t\"]},"
                                        "{\"_id\":\"1\",\"shortcut\":\"c\",\"text\":\"C\"}]");
    APPLY(model_apply_canned_event(&m, json), "{\"type\":\"changed\",\"_id\":\"1\",\"shortcut\":\"a\",\"text\":\"A\"}");
    assert_int_equal(m.pub.canned_count, 2);
    assert_string_equal(m.pub.canned[0]->text, "A");
    assert_int_equal(m.pub.canned[1]->tag_count, 1);
    APPLY(model_apply_canned_event(&m, json), "{\"type\":\"changed\",\"_id\":\"9\",\"shortcut\":\"x\",\"userId\":\"other\"}");
    APPLY(model_apply_canned_event(&m, json), "{\"type\":\"removed\",\"_id\":\"2\"}");
    assert_int_equal(m.pub.canned_count, 1);
}

static void typing_ends(void **state)
{
    (void)state;
    struct room *r = one_room();
    int64_t next;
    assert_int_equal(model_apply_typing(&m, "r1", "ann", true, 0), 0);
    assert_int_not_equal(model_apply_typing(&m, "r1", "guest-2", true, 0), 0);
    assert_string_equal(r->pub.typing, "Vee");
    assert_int_equal(model_expire_typing(&m, 14999999, &next), 0);
    assert_int_equal(next, 15000000);
    assert_int_not_equal(model_expire_typing(&m, next, &next), 0);
    assert_null(r->pub.typing);
    assert_int_equal(next, 0);
}

static void hostile_shapes_do_no_harm(void **state)
{
    (void)state;
    static const char *const shapes[] = {"{}", "[]", "{\"_id\":1}", "{\"_id\":\"r1\",\"t\":\"l\",\"v\":[],\"servedBy\":\"x\",\"open\":1}",
                                         "{\"rid\":\"r1\",\"t\":\"l\",\"unread\":\"many\",\"open\":true}",
                                         "{\"_id\":\"m\",\"rid\":\"r1\",\"u\":7,\"ts\":\"never\",\"attachments\":[null,{}],\"msg\":[]}",
                                         "{\"type\":\"added\",\"_id\":\"q\",\"status\":\"queued\"}", "[{\"_id\":null},3,\"x\",[[]]]"};
    one_room();
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        APPLY(model_apply_me(&m, json), shapes[i]);
        APPLY(model_apply_room(&m, json), shapes[i]);
        APPLY(model_apply_room_event(&m, NULL, json), shapes[i]);
        APPLY(model_apply_subscription(&m, NULL, json), shapes[i]);
        APPLY(model_apply_message(&m, json, true), shapes[i]);
        APPLY(model_apply_inquiry_event(&m, json), shapes[i]);
        APPLY(model_apply_queue(&m, json), shapes[i]);
        APPLY(model_apply_settings(&m, json), shapes[i]);
        APPLY(model_apply_origins(&m, json), shapes[i]);
        APPLY(model_apply_canned(&m, json), shapes[i]);
        APPLY(model_apply_canned_event(&m, json), shapes[i]);
        APPLY(model_apply_agents(&m, json), shapes[i]);
        APPLY(model_apply_departments(&m, json), shapes[i]);
        APPLY(model_apply_status(&m, json), shapes[i]);
        APPLY(model_apply_permissions(&m, json), shapes[i]);
    }
}

static void settings_know_where_values_come_from(void **state)
{
    (void)state;
    const struct client_setting *title = &m.pub.settings[catalogue_find("Livechat_title")];
    const struct client_setting *token = &m.pub.settings[catalogue_find("Livechat_secret_token")];
    assert_int_equal(title->source, SETTING_SOURCE_UNKNOWN);
    APPLY(model_apply_origins(&m, json),
          "{\"revision\":7,\"settings\":[{\"_id\":\"Livechat_title\",\"value\":\"Desk\",\"source\":\"user\","
          "\"by\":{\"_id\":\"u\",\"username\":\"ada\"},\"at\":\"2026-11-22T10:00:00.000Z\",\"revision\":7},"
          "{\"_id\":\"Livechat_secret_token\",\"value\":\"\",\"isSet\":true,\"source\":\"file\",\"by\":null,"
          "\"at\":null,\"revision\":3},{\"_id\":\"nothing\",\"value\":1,\"source\":\"elsewhere\"}]}");
    assert_true(m.pub.keeps_setting_history);
    assert_int_equal(m.pub.settings_revision, 7);
    assert_string_equal(title->value.s, "Desk");
    assert_int_equal(title->source, SETTING_SOURCE_USER);
    assert_string_equal(title->by, "ada");
    assert_int_equal(title->at_ms, 1795341600000LL);
    assert_int_equal(token->source, SETTING_SOURCE_FILE);
    assert_true(token->secret_set && token->by == NULL && token->at_ms == 0);
    APPLY(model_apply_origins(&m, json),
          "{\"revision\":8,\"settings\":[{\"_id\":\"Livechat_title\",\"value\":\"Rocket.Chat\",\"source\":\"default\","
          "\"by\":null,\"at\":null,\"revision\":8}]}");
    assert_int_equal(title->source, SETTING_SOURCE_DEFAULT);
    assert_true(title->by == NULL && title->revision == 8);
}

static void refusals_are_sentences(void **state)
{
    (void)state;
    struct error err = {0};
    AUTO_JSON json_t *taken = parse("{\"success\":false,\"error\":\"Inquiry already taken [error-inquiry-taken]\",\"errorType\":\"error-inquiry-taken\"}");
    AUTO_JSON json_t *plain = parse("{\"success\":false,\"error\":\"error-room-onHold\"}");
    AUTO_JSON json_t *login = parse("{\"status\":\"error\",\"error\":\"totp-required\",\"message\":\"TOTP Required\"}");
    AUTO_JSON json_t *method = parse("{\"error\":404,\"reason\":\"Method 'x' not found\"}");
    AUTO_JSON json_t *good = parse("{\"success\":true}");
    assert_int_equal(refusal_from_rest(&(struct rest_answer){.status = 400, .body = taken}, &err), ERR_CONFLICT);
    assert_string_equal(err.name, "error-inquiry-taken");
    assert_int_equal(refusal_from_rest(&(struct rest_answer){.status = 400, .body = plain}, &err), ERR_STATE);
    assert_string_equal(err.text, "This chat is on hold: resume it first");
    assert_int_equal(refusal_from_rest(&(struct rest_answer){.status = 401, .body = login}, &err), ERR_DENIED);
    assert_true(refusal_is_second_factor(&err));
    refusal_from_method(method, &err);
    assert_true(refusal_is_missing(&err));
    refusal_from_rest(&(struct rest_answer){.status = 200}, &err); /* a page of HTML */
    assert_true(refusal_is_missing(&err));
    assert_int_equal(refusal_from_rest(&(struct rest_answer){.status = 503, .body = plain}, &err), ERR_UNAVAILABLE);
    assert_int_equal(refusal_from_rest(&(struct rest_answer){.status = 200, .body = good}, &err), ERR_OK);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(knows_who_i_am_and_what_i_may),   T(a_room_of_mine),
        T(a_full_read_drops_what_is_gone),  T(messages_stand_in_order_once),
        T(mine_wait_behind_and_settle),     T(a_hole_in_history_is_not_hidden),
        T(memory_has_a_limit),              T(system_messages_are_sentences),
        T(entities_are_decoded_once),       T(the_queue_has_an_order),
        T(departments_of_mine_count),       T(settings_follow_the_catalogue),
        T(settings_know_where_values_come_from),
        T(canned_responses_by_shortcut),    T(typing_ends),
        T(hostile_shapes_do_no_harm),       T(refusals_are_sentences),
    };
    return cmocka_run_group_tests_name("client model", tests, NULL, NULL);
}
