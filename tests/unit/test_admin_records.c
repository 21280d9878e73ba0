/* Administrator's records of the client: values, their checks, and their way from and to the server's objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/record_private.h"
#include "common/mem.h"

static const struct record_field *field(enum record_kind_no kind, const char *key)
{
    return &record_kind(kind)->fields[record_field_find(record_kind(kind), key)];
}

static int check_as(enum record_kind_no kind, const char *key, const char *text, struct error *err)
{
    struct record_value v = {.text = (char *)(uintptr_t)text};
    *err = (struct error){0};
    return record_value_check(field(kind, key), &v, err);
}

static void test_tables(void **state)
{
    (void)state;
    for (int i = 0; i < RECORD_KIND_COUNT; i++) {
        const struct record_kind *k = record_kind((enum record_kind_no)i);
        assert_int_equal(record_kind_find(k->id), i);
        assert_true(k->field_count > 0 && k->may_see && k->help);
        for (size_t n = 0; n < k->field_count; n++) {
            assert_int_equal(record_field_find(k, k->fields[n].key), n);
            assert_true(k->fields[n].type != RECORD_CHOICE || k->fields[n].choices);
        }
        assert_true(record_io((enum record_kind_no)i)->list != NULL);
        assert_true(k->may_delete == NULL || record_io((enum record_kind_no)i)->remove != NULL);
        assert_true(k->may_save == NULL || record_io((enum record_kind_no)i)->save != NULL);
    }
    assert_int_equal(record_kind_find("no such"), RECORD_KIND_COUNT);
}

static void test_checks(void **state)
{
    static const struct {
        enum record_kind_no kind;
        const char *key, *text;
        int rc;
    } rows[] = {
        {RECORD_DEPARTMENTS, "name", "", ERR_INVALID},
        {RECORD_DEPARTMENTS, "name", "  ", ERR_INVALID},
        {RECORD_DEPARTMENTS, "name", "Sales", 0},
        {RECORD_DEPARTMENTS, "email", "sales", ERR_INVALID},
        {RECORD_DEPARTMENTS, "email", "a b@example.com", ERR_INVALID},
        {RECORD_DEPARTMENTS, "email", "@example.com", ERR_INVALID},
        {RECORD_DEPARTMENTS, "email", "sales@example.com", 0},
        {RECORD_DEPARTMENTS, "maxNumberSimultaneousChat", "", 0},
        {RECORD_DEPARTMENTS, "maxNumberSimultaneousChat", "3.5", ERR_INVALID},
        {RECORD_DEPARTMENTS, "maxNumberSimultaneousChat", "-1", ERR_INVALID},
        {RECORD_DEPARTMENTS, "maxNumberSimultaneousChat", "100000", 0},
        {RECORD_PRIORITIES, "dueTimeInMinutes", "0", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "_id", "two words", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "_id", "a_b-C9", 0},
        {RECORD_CUSTOM_FIELDS, "regexp", "^[(]$", 0},
        {RECORD_CUSTOM_FIELDS, "regexp", "(a", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "regexp", "a)", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "regexp", "[a", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "regexp", "a\\", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "regexp", "*a", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "regexp", "a{3,1}", ERR_INVALID},
        {RECORD_CUSTOM_FIELDS, "regexp", "[z-a]", ERR_INVALID},
        {RECORD_CANNED, "shortcut", "two words", ERR_INVALID},
        {RECORD_APPEARANCE, "Livechat_title_color", "#12345", ERR_INVALID},
        {RECORD_APPEARANCE, "Livechat_title_color", "#1d74f5", 0},
        {RECORD_APPEARANCE, "Livechat_title_color", "red", 0},
        {RECORD_AGENTS, "name", "", 0}, /* fixed */
    };
    struct error err;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(check_as(rows[i].kind, rows[i].key, rows[i].text, &err), rows[i].rc);
        if (rows[i].rc)
            assert_string_equal(err.field, rows[i].key);
    }
}

static void test_days(void **state)
{
    static const char *const bad[] = {"", "8:00 20:00 open", "08:00 24:01 open", "08:60 10:00 open", "08:00 10:00 shut",
                                      "08:00 10:00"};
    struct record_day d;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(record_day_read(bad[i], &d));
    assert_true(record_day_read("22:15 02:45 open", &d));
    assert_int_equal(d.n, 1);
    assert_int_equal(d.spans[0].start, 22 * 60 + 15);
    assert_int_equal(d.spans[0].finish, 2 * 60 + 45);
    char *again = record_day_write(&d);
    assert_string_equal(again, "22:15 02:45 open");
    free(again);
    assert_true(record_day_read("08:00 12:00 open 13:00 17:00 18:00 24:00", &d));
    assert_int_equal(d.n, 3);
    again = record_day_write(&d);
    assert_string_equal(again, "08:00 12:00 open 13:00 17:00 18:00 24:00");
    free(again);
}

static void test_holidays(void **state)
{
    static const char *const bad[] = {"", "Christmas", "2026-12", "2026-13-01", "2026-12-24 9", "2026-12-24 09:00",
                                      "2026-12-24 09:00-09:00", "2026-12-24 25:00-26:00", "1926-12-24 closed"};
    static const char *const good[][2] = {{"2026-12-25", "2026-12-25 closed"},
                                          {" 2026-12-25  closed  Christmas Day", "2026-12-25 closed Christmas Day"},
                                          {"2026-12-24 9:00-13:00,14:00 - 16:30 Eve", "2026-12-24 09:00-13:00, 14:00-16:30 Eve"},
                                          {"2026-12-31 22:00-02:00", "2026-12-31 22:00-02:00"},
                                          {"2026-12-27 Boxing", "2026-12-27 closed Boxing"}};
    struct record_holiday h;
    struct error err;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_int_equal(record_holiday_read(bad[i], &h, &err), ERR_INVALID);
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_int_equal(record_holiday_read(good[i][0], &h, &err), 0);
        char *text = record_holiday_write(&h);
        assert_string_equal(text, good[i][1]);
        free(text);
    }
}

/* An hour there and back: several intervals, the end of the day, holidays. */
static void test_hours_travel(void **state)
{
    static const char text[] =
        "{\"_id\":\"h\",\"workHours\":[{\"day\":\"Monday\",\"start\":{\"time\":\"08:00\"},\"finish\":{\"time\":\"12:00\"},"
        "\"open\":true,\"more\":[{\"start\":\"13:00\",\"finish\":\"23:59\"}]}],\"exceptions\":[{\"date\":\"2026-12-24\","
        "\"name\":\"Eve\",\"hours\":[{\"start\":\"09:00\",\"finish\":\"13:00\"}]},{\"date\":\"2026-12-25\",\"hours\":[]}]}";
    const struct record_kind *k = record_kind(RECORD_HOURS);
    json_t *json = json_loads(text, 0, NULL);
    struct record *r = record_json_read(RECORD_HOURS, json);
    struct record_value *week = &r->values[record_field_find(k, "workHours")];
    (void)state;
    assert_string_equal(week->items[1], "08:00 12:00 open 13:00 23:59");
    assert_string_equal(r->values[record_field_find(k, "exceptions")].items[0], "2026-12-24 09:00-13:00 Eve");
    assert_false(record_hours_are_plain(r->values));
    free(week->items[1]);
    week->items[1] = strdup("08:00 12:00 open 13:00 24:00");
    json_t *form = record_hours_form("h", "custom", r->values, true), *plain = record_hours_form(NULL, "custom", r->values, false);
    json_t *monday = json_array_get(json_object_get(form, "workHours"), 1);
    json_t *more = json_array_get(json_object_get(monday, "more"), 0);
    assert_string_equal(json_string_value(json_object_get(more, "finish")), "23:59");
    assert_int_equal(json_array_size(json_object_get(form, "exceptions")), 2);
    assert_null(json_object_get(plain, "exceptions"));
    assert_null(json_object_get(json_array_get(json_object_get(plain, "workHours"), 1), "more"));
    json_decref(form);
    json_decref(plain);
    record_free(RECORD_HOURS, &r);
    json_decref(json);
}

static void test_links(void **state)
{
    struct record_link l;
    (void)state;
    assert_false(record_link_read("only-an-id", &l));
    assert_true(record_link_read("u1 anna 12 3", &l));
    assert_int_equal(l.count, 12);
    assert_int_equal(l.order, 3);
    char *again = record_link_write(&l);
    assert_string_equal(again, "u1 anna 12 3");
    free(again);
}

/* What the server sends may lack everything, or be of other types. */
static void test_hostile_objects(void **state)
{
    static const char *const texts[] = {
        "{\"_id\":\"x\"}",
        "{\"_id\":\"x\",\"conditions\":{},\"actions\":[1,2]}",
        "{\"_id\":\"x\",\"conditions\":[[]],\"actions\":\"a\",\"name\":{\"a\":1}}",
        "{\"_id\":\"x\",\"workHours\":[{\"day\":7},{\"day\":\"Monday\",\"start\":null,\"finish\":\"99:99\",\"open\":1}]}",
        "{\"_id\":\"x\",\"agents\":[{},{\"agentId\":\"u\"},7],\"roles\":[1,{\"_id\":2}]}",
    };
    (void)state;
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        json_t *none = json_pack("{s:i}", "_id", 5);
        assert_null(record_json_read((enum record_kind_no)kind, none));
        json_decref(none);
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
            json_t *json = json_loads(texts[i], 0, NULL);
            struct record *r = record_json_read((enum record_kind_no)kind, json);
            assert_non_null(r);
            json_t *back = record_json_write((enum record_kind_no)kind, r);
            assert_true(json_is_object(back));
            json_decref(back);
            record_free((enum record_kind_no)kind, &r);
            json_decref(json);
        }
    }
}

static void test_there_and_back(void **state)
{
    (void)state;
    json_t *json = json_loads("{\"_id\":\"h\",\"name\":\"Late\",\"active\":true,\"timezone\":{\"name\":\"Europe/Berlin\"},"
                              "\"workHours\":[{\"day\":\"Monday\",\"start\":{\"time\":\"12:00\"},\"finish\":{\"time\":"
                              "\"20:30\"},\"open\":true}],\"departments\":[{\"_id\":\"d1\",\"name\":\"x\"}]}",
                              0, NULL);
    struct record *r = record_json_read(RECORD_HOURS, json);
    const struct record_kind *k = record_kind(RECORD_HOURS);
    const struct record_value *week = &r->values[record_field_find(k, "workHours")];
    assert_int_equal(week->count, 7);
    assert_string_equal(week->items[1], "12:00 20:30 open");
    assert_string_equal(week->items[0], "08:00 20:00 closed");
    assert_true(record_value_has(&r->values[record_field_find(k, "departments")], "d1"));
    json_t *days = record_json_encode(field(RECORD_HOURS, "workHours"), week);
    assert_int_equal(json_array_size(days), 7);
    assert_string_equal(json_string_value(record_json_at(days, "1.start")), "12:00");
    assert_true(json_is_true(record_json_at(days, "1.open")));
    json_decref(days);
    record_free(RECORD_HOURS, &r);
    json_decref(json);
}

static void test_paths(void **state)
{
    (void)state;
    json_t *o = json_object();
    record_json_set(o, "actions.0.params.msg", json_string("hi"));
    record_json_set(o, "actions.0.params.sender", json_string("queue"));
    record_json_set(o, "name", json_string("n"));
    assert_string_equal(json_string_value(record_json_at(o, "actions.0.params.msg")), "hi");
    assert_string_equal(json_string_value(record_json_at(o, "actions.0.params.sender")), "queue");
    assert_null(record_json_at(o, "actions.1.params.msg"));
    assert_null(record_json_at(o, "name.of"));
    json_decref(o);
}

/* What a form does not know of a condition or an action stays as the server had it. */
static void test_steps(void **state)
{
    struct record_step step;
    (void)state;
    const char *item = "{\"name\":\"time-on-site\",\"since\":\"load\",\"value\":30}";
    record_step_read(false, item, &step);
    assert_string_equal(step.choice, "time-on-site");
    assert_string_equal(step.text, "30");
    AUTO_FREE char *same = record_step_write(false, item, &step);
    assert_string_equal(same, item);
    str_set(&step.text, "45");
    AUTO_FREE char *other = record_step_write(false, item, &step);
    assert_string_equal(other, "{\"name\":\"time-on-site\",\"since\":\"load\",\"value\":\"45\"}");
    record_step_fini(&step);
    record_step_read(true, "not even JSON", &step);
    assert_string_equal(step.text, "");
    str_set(&step.choice, "custom");
    str_set(&step.name, "Ada");
    str_set(&step.text, "Hi");
    AUTO_FREE char *fresh = record_step_write(true, NULL, &step);
    assert_string_equal(fresh, "{\"name\":\"send-message\",\"params\":{\"msg\":\"Hi\",\"name\":\"Ada\",\"sender\":\"custom\"}}");
    record_step_fini(&step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),  cmocka_unit_test(test_checks),          cmocka_unit_test(test_days),
        cmocka_unit_test(test_holidays), cmocka_unit_test(test_hours_travel),
        cmocka_unit_test(test_links),   cmocka_unit_test(test_hostile_objects), cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_paths),  cmocka_unit_test(test_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
