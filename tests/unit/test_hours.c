/* Calendars of business hours (behaviour 10.4, 10.7): whole years, quarter of an hour by quarter of an hour, against a slow
   computation that asks ICU for each moment and the C library for the weekday; then single moments, time that counts, and
   what somebody decided by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/zone.h"
#include "core/hours.h"

#define MIN 60000ll
#define HOUR (60 * MIN)
#define DAY (24 * HOUR)
#define QUARTER (15 * MIN)

static int64_t at(const char *iso)
{
    int64_t ms;
    assert_true(clock_parse(iso, &ms));
    return ms;
}

static struct hours *hours_of(const char *doc, const char *zone)
{
    json_t *json = json_loads(doc, 0, NULL);
    assert_non_null(json);
    assert_non_null(zone_table_of(zone));
    struct hours *h = hours_new(json, zone_table_of(zone));
    json_decref(json);
    return h;
}

/* --- the slow computation --- */

/* One interval of a day, in minutes; as an administrator wrote it. */
struct interval {
    int from, to;
};

struct plan {
    const char *date;                  /* NULL: every week on `weekday` */
    int weekday;                       /* 0: Sunday */
    struct interval intervals[3];      /* ends with {0, 0} */
};

static const struct plan office[] = {
    {NULL, 1, {{480, 720}, {765, 1020}}},       /* Monday 08:00-12:00, 12:45-17:00 */
    {NULL, 2, {{480, 1200}}},
    {NULL, 3, {{1320, 360}}},                   /* Wednesday 22:00 to Thursday 06:00 */
    {NULL, 5, {{0, 1439}}},                     /* Friday, all day */
    {NULL, 6, {{0, 135}, {1380, 1439}}},        /* Saturday until 02:15, and again from 23:00 */
    {NULL, 0, {{0, 150}, {165, 225}, {1425, 120}}},   /* Sunday around the hours that clocks skip and repeat */
    {"2026-12-25", 0, {{0}}},
    {"2026-12-24", 0, {{540, 780}}},
    {"2026-01-01", 0, {{1200, 240}}},
};

static const char office_doc[] =
    "{\"active\":true,\"workHours\":["
    "{\"day\":\"Sunday\",\"start\":\"00:00\",\"finish\":\"02:30\",\"open\":true,\"more\":["
    "{\"start\":\"02:45\",\"finish\":\"03:45\"},{\"start\":\"23:45\",\"finish\":\"02:00\"}]},"
    "{\"day\":\"Monday\",\"start\":\"08:00\",\"finish\":\"12:00\",\"open\":true,\"more\":["
    "{\"start\":\"12:45\",\"finish\":\"17:00\"}]},"
    "{\"day\":\"Tuesday\",\"start\":\"08:00\",\"finish\":\"20:00\",\"open\":true},"
    "{\"day\":\"Wednesday\",\"start\":\"22:00\",\"finish\":\"06:00\",\"open\":true},"
    "{\"day\":\"Thursday\",\"start\":\"08:00\",\"finish\":\"20:00\",\"open\":false},"
    "{\"day\":\"Friday\",\"start\":\"00:00\",\"finish\":\"23:59\",\"open\":true},"
    "{\"day\":\"Saturday\",\"start\":\"00:00\",\"finish\":\"02:15\",\"open\":true,\"more\":["
    "{\"start\":\"23:00\",\"finish\":\"23:59\"}]}],"
    "\"exceptions\":[{\"date\":\"2026-12-25\",\"hours\":[]},"
    "{\"date\":\"2026-12-24\",\"hours\":[{\"start\":\"09:00\",\"finish\":\"13:00\"}]},"
    "{\"date\":\"2026-01-01\",\"hours\":[{\"start\":\"20:00\",\"finish\":\"04:00\"}]}]}";

static const struct plan *plan_of_day(time_t local_day)
{
    struct tm tm;
    char date[16];
    const struct plan *found = NULL;
    time_t noon = local_day * 86400 + 43200;
    gmtime_r(&noon, &tm);
    strftime(date, sizeof date, "%Y-%m-%d", &tm);
    for (size_t i = 0; i < COUNT_OF(office); i++)
        if (office[i].date ? strcmp(office[i].date, date) == 0 : office[i].weekday == tm.tm_wday)
            found = &office[i]; /* dates stand behind the week */
    return found;
}

/* Does an interval of the day that began `days_ago` days before hold that minute of today? */
static bool slow_covers(time_t today, int days_ago, int minute)
{
    const struct plan *plan = plan_of_day(today - days_ago);
    for (int i = 0; plan && i < 3; i++) {
        struct interval v = plan->intervals[i];
        if (v.from == 0 && v.to == 0)
            continue;
        if (v.to == 1439)
            v.to = 1440;
        if (days_ago == 0 && minute >= v.from && (v.to <= v.from || minute < v.to))
            return true;
        if (days_ago == 1 && v.to <= v.from && minute < v.to)
            return true;
    }
    return false;
}

static bool slow_open(const char *zone, int64_t ms)
{
    int64_t local_min = ms / MIN + zone_offset_min(zone, ms);
    time_t day = (time_t)(local_min / 1440);
    int minute = (int)(local_min % 1440);
    return slow_covers(day, 0, minute) || slow_covers(day, 1, minute);
}

/* --- years --- */

static void compare_year(const char *zone, const char *from, int64_t days)
{
    struct hours *h = hours_of(office_doc, zone);
    int64_t start = at(from), end = start + days * DAY, open_ms = 0, changes = 0;
    bool was = slow_open(zone, start);
    int64_t next = hours_next_change(h, start);
    for (int64_t t = start; t < end; t += QUARTER) {
        bool open = slow_open(zone, t);
        if (open != hours_is_open(h, t)) {
            char iso[CLOCK_ISO_LEN + 1];
            clock_format_iso(t, iso);
            fail_msg("%s, %s: %s by the slow computation", zone, iso, open ? "open" : "closed");
        }
        if (open != was) {
            assert_int_equal(next, t);
            assert_true(hours_is_open(h, t - 1) != open);
            next = hours_next_change(h, t);
            assert_true(next > t);
            changes++;
        }
        was = open;
        open_ms += open ? QUARTER : 0;
    }
    assert_true(next >= end);
    assert_true(changes > 700);
    assert_int_equal(hours_open_time(h, start, end), open_ms);
    int64_t due = hours_after_open_time(h, start, open_ms / 2);
    assert_int_equal(hours_open_time(h, start, due), open_ms / 2);
    assert_true(hours_is_open(h, due - 1));
    hours_free(&h);
}

static void years_are_as_the_slow_computation_says(void **state)
{
    static const char *const zones[] = {
        "UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Santiago",
        "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "Asia/Gaza",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(zones); i++)
        compare_year(zones[i], "2026-01-01T00:00:00Z", 366);
    compare_year("Pacific/Apia", "2011-06-01T00:00:00Z", 366);     /* a day that never was */
    compare_year("Asia/Pyongyang", "2015-03-01T00:00:00Z", 366);   /* half an hour back, for good */
    compare_year("Europe/Berlin", "2099-01-01T00:00:00Z", 366);    /* by the rules of today */
}

/* --- single moments --- */

#define WEEK(sunday)                                                                                                   \
    "{\"active\":true,\"workHours\":[" sunday ",{\"open\":false},{\"open\":false},{\"open\":false},"                   \
    "{\"open\":false},{\"open\":false},{\"open\":false}]}"
#define SUNDAY(from, to) "{\"start\":\"" from "\",\"finish\":\"" to "\",\"open\":true}"

/* The first changes after a moment are these, to the millisecond. */
static void changes_are(const char *doc, const char *zone, const char *after, const char *const *expected)
{
    struct hours *h = hours_of(doc, zone);
    int64_t ms = at(after);
    for (; *expected; expected++) {
        char iso[CLOCK_ISO_LEN + 1];
        ms = hours_next_change(h, ms);
        clock_format_iso(ms, iso);
        iso[16] = '\0';
        assert_string_equal(iso, *expected);
    }
    hours_free(&h);
}

#define CHANGES(doc, zone, after, ...) changes_are(doc, zone, after, (const char *const[]){__VA_ARGS__, NULL})

static void clocks_that_change(void **state)
{
    (void)state;
    /* Berlin skips 02:00-03:00 on 2026-03-29, and has it twice on 2026-10-25. */
    CHANGES(WEEK(SUNDAY("02:30", "10:00")), "Europe/Berlin", "2026-03-28T00:00Z", "2026-03-29T01:00", "2026-03-29T08:00");
    CHANGES(WEEK(SUNDAY("01:00", "02:30")), "Europe/Berlin", "2026-03-28T00:00Z", "2026-03-29T00:00", "2026-03-29T01:00");
    CHANGES(WEEK(SUNDAY("02:15", "02:45")), "Europe/Berlin", "2026-03-28T00:00Z", "2026-04-05T00:15");
    CHANGES(WEEK(SUNDAY("02:15", "02:45")), "Europe/Berlin", "2026-10-24T00:00Z", "2026-10-25T00:15", "2026-10-25T00:45",
            "2026-10-25T01:15", "2026-10-25T01:45", "2026-11-01T01:15");
    CHANGES(WEEK(SUNDAY("01:00", "04:00")), "Europe/Berlin", "2026-10-24T00:00Z", "2026-10-24T23:00", "2026-10-25T03:00");
    CHANGES(WEEK(SUNDAY("08:00", "20:00")), "Europe/Berlin", "2026-03-22T20:00Z", "2026-03-29T06:00", "2026-03-29T18:00");
    CHANGES(WEEK(SUNDAY("08:00", "20:00")), "Europe/Berlin", "2026-03-20T20:00Z", "2026-03-22T07:00", "2026-03-22T19:00");
    /* Lord Howe moves by half an hour: from 02:00 back to 01:30 on 2026-04-05, from 02:00 to 02:30 on 2026-10-04. */
    CHANGES(WEEK(SUNDAY("01:00", "01:45")), "Australia/Lord_Howe", "2026-04-04T00:00Z", "2026-04-04T14:00",
            "2026-04-04T14:45", "2026-04-04T15:00", "2026-04-04T15:15");
    CHANGES(WEEK(SUNDAY("02:15", "03:00")), "Australia/Lord_Howe", "2026-10-03T00:00Z", "2026-10-03T15:30",
            "2026-10-03T16:00");
    CHANGES(WEEK(SUNDAY("09:00", "17:00")), "Asia/Kathmandu", "2026-06-05T00:00Z", "2026-06-07T03:15", "2026-06-07T11:15");
}

static void ends_and_midnights(void **state)
{
    struct hours *h = hours_of(WEEK(SUNDAY("08:00", "20:00")), "UTC");
    (void)state;
    assert_false(hours_is_open(h, at("2026-11-22T07:59:59.999Z")));
    assert_true(hours_is_open(h, at("2026-11-22T08:00:00Z")));
    assert_true(hours_is_open(h, at("2026-11-22T19:59:59.999Z")));
    assert_false(hours_is_open(h, at("2026-11-22T20:00:00Z")));
    hours_free(&h);
    /* 23:59 is the end of the day; the week has no seam. */
    CHANGES(WEEK(SUNDAY("08:00", "23:59")), "UTC", "2026-11-21T00:00Z", "2026-11-22T08:00", "2026-11-23T00:00");
    CHANGES(WEEK(SUNDAY("22:00", "06:00")), "UTC", "2026-11-21T00:00Z", "2026-11-22T22:00", "2026-11-23T06:00",
            "2026-11-29T22:00");
    h = hours_of("{\"active\":true,\"workHours\":[" SUNDAY("00:00", "23:59") "," SUNDAY("00:00", "23:59") ","
                 SUNDAY("00:00", "23:59") "," SUNDAY("00:00", "23:59") "," SUNDAY("00:00", "23:59") ","
                 SUNDAY("00:00", "23:59") "," SUNDAY("00:00", "23:59") "]}", "Europe/Berlin");
    assert_true(hours_is_open(h, at("2026-11-22T22:59:30Z")));
    assert_int_equal(hours_next_change(h, at("2026-11-22T12:00Z")), INT64_MAX);
    assert_int_equal(hours_after_open_time(h, 1000, 5 * HOUR), 1000 + 5 * HOUR);
    hours_free(&h);
}

static void holidays(void **state)
{
    (void)state;
#define HOLIDAYS                                                                                                       \
    "{\"active\":true,\"workHours\":[" SUNDAY("08:00", "20:00") ",{\"open\":false},{\"open\":false},{\"open\":false},"  \
    "{\"open\":false},{\"open\":false}," SUNDAY("22:00", "02:00") "],\"exceptions\":["                                 \
    "{\"date\":\"2026-12-20\",\"hours\":[]},"                                                                          \
    "{\"date\":\"2026-12-30\",\"hours\":[{\"start\":\"10:00\",\"finish\":\"11:00\"},"                                  \
    "{\"start\":\"23:00\",\"finish\":\"01:00\"}]},{\"date\":\"2027-06-01\",\"hours\":[{\"start\":\"10:00\","           \
    "\"finish\":\"11:00\"}]}]}"
    /* Closed on the 20th, but the night that began on the 19th goes on; the 30th, a Wednesday, is open. */
    CHANGES(HOLIDAYS, "UTC", "2026-12-19T12:00Z", "2026-12-19T22:00", "2026-12-20T02:00", "2026-12-26T22:00",
            "2026-12-27T02:00", "2026-12-27T08:00", "2026-12-27T20:00", "2026-12-30T10:00", "2026-12-30T11:00",
            "2026-12-30T23:00", "2026-12-31T01:00", "2027-01-02T22:00");
    /* A date far away counts too when the week is closed. */
    CHANGES("{\"active\":true,\"workHours\":[],\"exceptions\":[{\"date\":\"2035-06-01\",\"hours\":[{\"start\":\"10:00\","
            "\"finish\":\"11:00\"}]}]}", "UTC", "2026-12-19T12:00Z", "2035-06-01T10:00", "2035-06-01T11:00");
}

static void by_hand(void **state)
{
    int64_t noon = at("2026-11-23T12:00Z"), sunday = at("2026-11-29T08:00Z"); /* a Monday, and the next opening */
    AUTO_FREE char *until = x_asprintf(
        "{\"active\":true,\"override\":{\"open\":true,\"from\":%lld,\"until\":%lld},\"workHours\":[" SUNDAY("08:00", "20:00")
        "]}", (long long)noon, (long long)sunday);
    struct hours *h = hours_of(until, "UTC");
    (void)state;
    assert_false(hours_is_open(h, noon - 1));
    assert_true(hours_is_open(h, noon));
    assert_int_equal(hours_next_change(h, noon - DAY / 2 + 1), noon); /* Monday 00:00 */
    assert_int_equal(hours_override_until(h, noon), sunday);
    assert_int_equal(hours_override_until(h, sunday), 0);
    assert_int_equal(hours_next_change(h, noon), at("2026-11-29T20:00Z")); /* the calendar opens when the hand lets go */
    assert_int_equal(hours_next_scheduled(h, noon), sunday);
    hours_free(&h);
    AUTO_FREE char *closed = x_asprintf(
        "{\"active\":true,\"override\":{\"open\":false,\"from\":%lld},\"workHours\":[" SUNDAY("08:00", "20:00") "]}",
        (long long)noon);
    h = hours_of(closed, "UTC");
    assert_false(hours_is_open(h, at("2026-11-29T09:00Z")));
    assert_int_equal(hours_next_change(h, noon), INT64_MAX);
    assert_int_equal(hours_override_until(h, noon), INT64_MAX);
    assert_int_equal(hours_after_open_time(h, noon, 1), INT64_MAX);
    hours_free(&h);
    h = hours_of(WEEK(SUNDAY("08:00", "20:00")), "UTC");
    assert_int_equal(hours_after_open_time(h, noon, INT64_MAX / 2), INT64_MAX);
    hours_free(&h);
    h = hours_of("{\"active\":false,\"override\":{\"open\":true,\"from\":0},\"workHours\":[]}", "UTC");
    assert_false(hours_is_open(h, noon));
    assert_int_equal(hours_next_change(h, noon), INT64_MAX);
    hours_free(&h);
}

static void dates(void **state)
{
    static const char *const bad[] = {"", "2026-2-1", "2026-02-30", "2026-13-01", "1999-12-31", "2026-12-24x", "24.12.2026"};
    int32_t day = -1;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(hours_date(bad[i], &day));
    assert_true(hours_date("2000-02-29", &day));
    assert_int_equal(day, 11016);
    assert_true(hours_date("2099-12-31", &day));
}

static void zone_tables(void **state)
{
    int64_t until;
    const struct zone_table *berlin = zone_table_of("Europe/Berlin");
    (void)state;
    assert_null(zone_table_of("Europe/Atlantis"));
    assert_ptr_equal(zone_table_of("Europe/Berlin"), berlin);
    assert_int_equal(zone_table_ahead(berlin, at("2026-03-29T00:59:59.999Z"), &until), HOUR);
    assert_int_equal(until, at("2026-03-29T01:00Z"));
    assert_int_equal(zone_table_ahead(berlin, until, NULL), 2 * HOUR);
    assert_int_equal(zone_table_ahead(berlin, 0, NULL), HOUR);
    assert_int_equal(zone_table_ahead(zone_table_of("UTC"), 0, &until), 0);
    assert_int_equal(until, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(years_are_as_the_slow_computation_says),
        cmocka_unit_test(clocks_that_change),
        cmocka_unit_test(ends_and_midnights),
        cmocka_unit_test(holidays),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(dates),
        cmocka_unit_test(zone_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
