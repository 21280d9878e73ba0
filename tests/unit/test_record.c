/* Administrative records: the check against the table, order, what departments and monitors have to do with them, values
   of custom fields; regular expressions and time zones beneath them. */
#include "core_fixture.h"

#include <stdio.h>

#include "common/regexp.h"
#include "common/zone.h"

static int setup(void **state)
{
    struct fixture *f = x_calloc(1, sizeof *f);
    f->core = core_new();
    f->now = 1700000000000;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    event_list_free(&f->events);
    core_free(&f->core);
    free(f);
    return 0;
}

/* values: JSON text. */
static int save(struct fixture *f, enum record_kind kind, const char *id, const char *new_id, const char *values)
{
    json_t *v = json_loads(values, 0, NULL);
    assert_non_null(v);
    struct command cmd = {.type = COMMAND_RECORD_SAVE};
    cmd.record_save.kind = kind;
    cmd.record_save.id = id;
    cmd.record_save.new_id = new_id;
    cmd.record_save.values = v;
    int rc = fx_step(f, &cmd);
    json_decref(v);
    if (rc != 0)
        assert_int_equal(f->events.n, 0);
    return rc;
}

static char *made(struct fixture *f, enum record_kind kind, const char *values)
{
    assert_int_equal(save(f, kind, NULL, NULL, values), 0);
    return x_strdup(f->result.record->id);
}

static void refused(struct fixture *f, enum record_kind kind, const char *values, const char *name, const char *word)
{
    assert_true(save(f, kind, NULL, NULL, values) < 0);
    assert_string_equal(f->result.error.name, name);
    assert_non_null(strstr(f->result.error.text, word));
    assert_int_equal(core_record_count(f->core, kind), 0);
}

static int drop(struct fixture *f, enum record_kind kind, const char *id)
{
    struct command cmd = {.type = COMMAND_RECORD_REMOVE};
    cmd.record_save.kind = kind;
    cmd.record_save.id = id;
    return fx_step(f, &cmd);
}

#define BAD "error-input-is-not-a-valid-field"

static void values_are_checked_by_the_table(void **state)
{
    struct fixture *f = *state;
    refused(f, RECORD_TAG, "{}", "error-the-field-is-required", "name");
    refused(f, RECORD_TAG, "{\"name\":\"  \"}", BAD, "empty");
    refused(f, RECORD_TAG, "{\"name\":7}", BAD, "text");
    refused(f, RECORD_TAG, "{\"name\":\"a\",\"size\":1}", BAD, "\"size\"");
    refused(f, RECORD_TAG, "{\"name\":\"a\",\"departments\":\"x\"}", BAD, "list");
    refused(f, RECORD_TAG, "{\"name\":\"a\",\"departments\":[\"x\"]}", "error-department-not-found", "x");
    refused(f, RECORD_PRIORITY, "{\"name\":\"a\",\"dueTimeInMinutes\":\"2x\"}", BAD, "whole number");
    refused(f, RECORD_PRIORITY, "{\"name\":\"a\",\"dueTimeInMinutes\":2.5}", BAD, "whole number");
    refused(f, RECORD_PRIORITY, "{\"name\":\"a\",\"dueTimeInMinutes\":0}", BAD, "1 to");
    refused(f, RECORD_UNIT, "{\"name\":\"a\",\"visibility\":\"dim\"}", BAD, "public, private");
    refused(f, RECORD_UNIT, "{\"name\":\"a\",\"visibility\":\"public\",\"enabled\":\"yes\"}", BAD, "true or false");
    refused(f, RECORD_TRIGGER, "{\"name\":\"a\",\"actions\":[{\"name\":\"send-message\",\"params\":{\"to\":1}}]}", BAD,
            "\"to\"");
    AUTO_FREE char *long_name = x_malloc(400);
    memset(long_name, 'x', 399);
    long_name[399] = '\0';
    AUTO_FREE char *values = x_asprintf("{\"name\":\"%s\"}", long_name);
    refused(f, RECORD_TAG, values, BAD, "characters");
}

static void what_is_absent_gets_its_standard(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *id = made(f, RECORD_TRIGGER, "{\"name\":\"t\",\"description\":null}");
    const struct record *r = core_record(f->core, RECORD_TRIGGER, id);
    assert_string_equal(record_text(r, "description"), "");
    assert_false(record_bool(r, "enabled"));
    assert_int_equal(json_array_size(record_list(r, "conditions")), 0);
    AUTO_FREE char *p = made(f, RECORD_PRIORITY, "{\"name\":\"p\",\"dueTimeInMinutes\":\"30\"}");
    r = core_record(f->core, RECORD_PRIORITY, p);
    assert_int_equal(record_int(r, "dueTimeInMinutes", 0), 30);
    assert_null(record_text(r, "description"));
}

static void names_order_and_are_unique(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *b = made(f, RECORD_TAG, "{\"name\":\"b\"}");
    AUTO_FREE char *a = made(f, RECORD_TAG, "{\"name\":\"a\"}");
    assert_int_equal(save(f, RECORD_TAG, NULL, NULL, "{\"name\":\"c\"}"), 0);
    assert_int_equal(save(f, RECORD_TAG, NULL, NULL, "{\"name\":\"b\"}"), ERR_CONFLICT);
    assert_int_equal(save(f, RECORD_TAG, a, NULL, "{\"name\":\"b\"}"), ERR_CONFLICT);
    assert_int_equal(save(f, RECORD_TAG, a, NULL, "{\"name\":\"d\"}"), 0);
    assert_null(core_record_by_name(f->core, RECORD_TAG, "a"));
    assert_string_equal(core_record_by_name(f->core, RECORD_TAG, "d")->id, a);
    char order[8] = "";
    for (const struct record *r = NULL; (r = core_next_record(f->core, RECORD_TAG, r)) != NULL;)
        strcat(order, record_name(r));
    assert_string_equal(order, "bcd");
    assert_int_equal(drop(f, RECORD_TAG, b), 0);
    assert_int_equal(f->events.items[0].type, EVENT_RECORD_REMOVED);
    assert_string_equal(f->events.items[0].record->id, b);
    assert_int_equal(drop(f, RECORD_TAG, b), ERR_NOT_FOUND);
    assert_string_equal(f->result.error.name, "tag-not-found");
    assert_int_equal(core_record_count(f->core, RECORD_TAG), 2);
}

static void a_department_is_in_one_unit(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *agent = x_strdup(fx_agent(f, "ana"));
    AUTO_FREE char *sales = x_strdup(fx_department(f, "sales", agent, NULL));
    AUTO_FREE char *help = x_strdup(fx_department(f, "help", agent, NULL));
    AUTO_FREE char *both = x_asprintf("{\"name\":\"u\",\"visibility\":\"public\",\"departments\":[\"%s\",\"%s\"]}", sales, help);
    AUTO_FREE char *one = x_asprintf("{\"name\":\"v\",\"visibility\":\"public\",\"departments\":[\"%s\"]}", sales);
    AUTO_FREE char *u = made(f, RECORD_UNIT, both);
    assert_string_equal(core_department(f->core, sales)->unit_id, u);
    AUTO_FREE char *v = made(f, RECORD_UNIT, one);
    assert_string_equal(core_department(f->core, sales)->unit_id, v);
    assert_string_equal(core_department(f->core, help)->unit_id, u);
    assert_false(record_lists(core_record(f->core, RECORD_UNIT, u), "departments", sales));
    struct command cmd = {.type = COMMAND_DEPARTMENT_REMOVE};
    cmd.department.id = sales;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_int_equal(json_array_size(record_list(core_record(f->core, RECORD_UNIT, v), "departments")), 0);
    assert_int_equal(drop(f, RECORD_UNIT, u), 0);
    assert_null(core_department(f->core, help)->unit_id);
}

static void units_restrict_monitors(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *agent = x_strdup(fx_agent(f, "ana"));
    AUTO_FREE char *mona = x_strdup(fx_user(f, "mona", ROLE_USER | ROLE_MONITOR));
    AUTO_FREE char *boss = x_strdup(fx_user(f, "boss", ROLE_USER | ROLE_MONITOR | ROLE_MANAGER));
    AUTO_FREE char *sales = x_strdup(fx_department(f, "sales", agent, NULL));
    AUTO_FREE char *help = x_strdup(fx_department(f, "help", agent, NULL));
    assert_true(core_unit_allows(f->core, core_user(f->core, mona), core_department(f->core, help)));
    AUTO_FREE char *values = x_asprintf("{\"name\":\"u\",\"visibility\":\"public\",\"departments\":[\"%s\"],"
                                        "\"monitors\":[{\"monitorId\":\"elsewhere\",\"username\":\"mona\"}]}", sales);
    AUTO_FREE char *unit = made(f, RECORD_UNIT, values);
    assert_true(record_unit_has_monitor(core_record(f->core, RECORD_UNIT, unit), mona));
    assert_true(core_unit_allows(f->core, core_user(f->core, mona), core_department(f->core, sales)));
    assert_false(core_unit_allows(f->core, core_user(f->core, mona), core_department(f->core, help)));
    assert_false(core_unit_allows(f->core, core_user(f->core, mona), NULL));
    assert_true(core_unit_allows(f->core, core_user(f->core, boss), core_department(f->core, help)));
    struct command cmd = {.type = COMMAND_USER_ROLES};
    cmd.user.id = mona;
    cmd.user.roles = ROLE_USER;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_false(record_unit_has_monitor(core_record(f->core, RECORD_UNIT, unit), mona));
}

static void values_of_custom_fields(void **state)
{
    struct fixture *f = *state;
    struct error e;
    assert_int_equal(save(f, RECORD_CUSTOM_FIELD, NULL, "a b", "{\"label\":\"l\",\"scope\":\"room\"}"), ERR_INVALID);
    assert_string_equal(f->result.error.name, "error-invalid-custom-field-name");
    assert_int_equal(save(f, RECORD_CUSTOM_FIELD, NULL, "no", "{\"label\":\"l\",\"scope\":\"visitor\",\"regexp\":\"^\\\\d{3}$\"}"), 0);
    assert_int_equal(core_custom_field_check(f->core, "visitor", "no", "123", &e), ERR_OK);
    assert_int_equal(core_custom_field_check(f->core, "visitor", "no", "", &e), ERR_OK);
    assert_int_equal(core_custom_field_check(f->core, "visitor", "no", "1234", &e), ERR_INVALID);
    assert_string_equal(e.text, "Invalid value for no field");
    assert_int_equal(core_custom_field_check(f->core, "room", "no", "123", &e), ERR_NOT_FOUND);
    assert_string_equal(e.name, "invalid-custom-field");
    assert_int_equal(core_custom_field_check(f->core, "visitor", "else", "1", &e), ERR_NOT_FOUND);
    assert_int_equal(save(f, RECORD_CUSTOM_FIELD, NULL, "color", "{\"label\":\"l\",\"scope\":\"room\",\"type\":\"select\","
                          "\"options\":\"red, dark blue ,green\",\"required\":true}"), 0);
    assert_int_equal(core_custom_field_check(f->core, "room", "color", "dark blue", &e), ERR_OK);
    assert_int_equal(core_custom_field_check(f->core, "room", "color", "blue", &e), ERR_INVALID);
    assert_int_equal(core_custom_field_check(f->core, "room", "color", "", &e), ERR_INVALID);
}

static void searches_are_bounded(void **state)
{
    struct error e;
    (void)state;
    assert_int_equal(regexp_search("b+", "abbbc", false, &e), 1);
    assert_int_equal(regexp_search("^b+$", "abbbc", false, &e), 0);
    assert_int_equal(regexp_search("B", "abc", true, &e), 1);
    assert_int_equal(regexp_search("\\u00e9$", "caf\xC3\xA9", false, &e), 1);
    assert_int_equal(regexp_search("(", "x", false, &e), ERR_INVALID);
    assert_non_null(strstr(e.text, "character"));
    AUTO_FREE char *many = x_malloc(40001);
    memset(many, 'a', 40000);
    many[40000] = '\0';
    assert_int_equal(regexp_search("^(a+)+$", many, false, &e) >= 0, true);
    many[39999] = '!';
    assert_int_equal(regexp_search("^(a+)+$", many, false, &e), ERR_TOO_LARGE);
    assert_non_null(strstr(e.text, "too much"));
    assert_int_equal(regexp_check(many, &e), ERR_INVALID);
}

static void zones_have_offsets(void **state)
{
    (void)state;
    assert_true(zone_is_known("Europe/Berlin"));
    assert_true(zone_is_known("UTC"));
    assert_false(zone_is_known("Europe/Nowhere"));
    assert_false(zone_is_known(""));
    assert_false(zone_is_known("Europe/../Berlin"));
    assert_int_equal(zone_offset_min("Europe/Berlin", 1705320000000), 60);   /* January 2024 */
    assert_int_equal(zone_offset_min("Europe/Berlin", 1721044800000), 120);  /* July 2024 */
    assert_int_equal(zone_offset_min("Asia/Kolkata", 1721044800000), 330);
    assert_int_equal(zone_offset_min("America/St_Johns", 1705320000000), -210);
    assert_true(zone_is_known(zone_of_system()));
}

static void business_hours_have_seven_days(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *id = made(f, RECORD_BUSINESS_HOUR, "{\"type\":\"default\",\"timezoneName\":\"UTC\",\"workHours\":"
                              "[{\"day\":\"Friday\",\"start\":\"09:00\",\"finish\":\"17:00\",\"open\":true}]}");
    const json_t *rows = record_list(core_record(f->core, RECORD_BUSINESS_HOUR, id), "workHours");
    assert_int_equal(json_array_size(rows), 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(json_is_true(json_object_get(json_array_get(rows, i), "open")), i == 5);
    assert_int_equal(save(f, RECORD_BUSINESS_HOUR, NULL, NULL, "{\"type\":\"default\",\"timezoneName\":\"UTC\",\"workHours\":"
                          "[{\"day\":\"Friday\",\"start\":\"09:00\",\"finish\":\"17:00\"}]}"), ERR_CONFLICT);
    assert_int_equal(drop(f, RECORD_BUSINESS_HOUR, id), ERR_DENIED);
    assert_int_equal(record_minutes_of("23:59"), 1439);
    assert_int_equal(record_minutes_of("24:00"), -1);
    assert_int_equal(record_minutes_of("9:00"), -1);
    assert_int_equal(record_minutes_of(""), -1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(values_are_checked_by_the_table),
        T(what_is_absent_gets_its_standard),
        T(names_order_and_are_unique),
        T(a_department_is_in_one_unit),
        T(units_restrict_monitors),
        T(values_of_custom_fields),
        T(searches_are_bounded),
        T(zones_have_offsets),
        T(business_hours_have_seven_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
