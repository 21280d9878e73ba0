#include "server/hour_form.h"

#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/record_form.h"
#include "server/rows.h"

static const struct schema work_hour_rows = SCHEMA(MATCH_LOOSE, NONE, REQ("day", STRING), REQ("start", ANY),
                                                   REQ("finish", ANY), OPT("open", BOOL));
const struct schema business_hour_schema =
    SCHEMA(MATCH_LOOSE, NONE, OPT("_id", STRING), OPT("name", STRING), OPT("active", BOOL), REQ("type", STRING),
           OPT("timezoneName", STRING), REQ_OBJECTS("workHours", &work_hour_rows),
           OPT("departmentsToApplyBusinessHour", STRING));

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

/* A time is a text, or an object as business hours are read. */
static json_t *time_of(const json_t *row, const char *key)
{
    const json_t *v = json_object_get(row, key);
    const char *text = json_is_object(v) ? text_of(v, "time") : json_string_value(v);
    return json_string(text ? text : "");
}

static const json_t *row_of_day(const json_t *rows, const char *day)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (str_eq(text_of(json_array_get(rows, i), "day"), day))
            return json_array_get(rows, i);
    return NULL;
}

static json_t *read_row(const json_t *row, const struct record *stored)
{
    json_t *made = json_pack("{s:O,s:o,s:o,s:b}", "day", json_object_get(row, "day"), "start", time_of(row, "start"),
                             "finish", time_of(row, "finish"), "open", json_is_true(json_object_get(row, "open")));
    const json_t *before = stored ? row_of_day(record_list(stored, "workHours"), text_of(row, "day")) : NULL;
    json_t *more = json_object_get(row, "more");
    if (more == NULL)
        more = json_object_get(before, "more");
    if (more && !(json_is_array(more) && json_array_size(more) == 0))
        json_object_set(made, "more", more);
    return made;
}

json_t *split_ids(const char *text)
{
    json_t *ids = json_array();
    for (const char *p = text; p && *p;) {
        p += strspn(p, ", ");
        size_t n = strcspn(p, ", ");
        if (n > 0)
            json_array_append_new(ids, json_stringn(p, n));
        p += n;
    }
    return ids;
}

json_t *hour_form_values(const struct core *c, const json_t *data)
{
    const struct record *stored = core_record(c, RECORD_BUSINESS_HOUR, text_of(data, "_id"));
    const json_t *given = json_object_get(data, "workHours");
    json_t *values = record_known(RECORD_BUSINESS_HOUR, data), *rows = json_array();
    for (size_t i = 0; i < json_array_size(given); i++)
        json_array_append_new(rows, read_row(json_array_get(given, i), stored));
    json_object_set_new(values, "workHours", rows);
    json_object_del(values, "departments");
    if (json_is_string(json_object_get(data, "departmentsToApplyBusinessHour")))
        json_object_set_new(values, "departments", split_ids(text_of(data, "departmentsToApplyBusinessHour")));
    return values;
}

json_t *hour_form_draft(const struct core *c, const json_t *data)
{
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    const struct record *stored = core_record(c, RECORD_BUSINESS_HOUR, text_of(data, "_id"));
    json_t *doc = stored ? json_copy(stored->doc) : json_pack("{s:b}", "active", 1);
    json_t *values = hour_form_values(c, data), *week = json_array();
    json_object_del(values, "override");
    json_object_update(doc, values);
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        const json_t *row = row_of_day(json_object_get(values, "workHours"), days[i]);
        json_array_append_new(week, row ? json_incref((json_t *)row) : json_object());
    }
    json_object_set_new(doc, "workHours", week);
    json_decref(values);
    return doc;
}

/* --- in words --- */

#define DAY_MS 86400000

/* Days since 1970; before it they are negative: people may ask about any moment. */
static int64_t day_of(int64_t local_ms)
{
    return local_ms / DAY_MS - (local_ms % DAY_MS < 0);
}

/* "20:00", "Fri 20:00", "2026-12-24 20:00": as short as it is plain from now. Both as the hour's clock shows them. */
static void put_when(char out[24], int64_t now_local, int64_t at_local)
{
    static const char *const names[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970 began on a Thursday */
    char iso[CLOCK_ISO_LEN + 1];
    int64_t day = day_of(at_local), days = day - day_of(now_local);
    clock_format_iso(at_local, iso);
    if (days == 0)
        snprintf(out, 24, "%.5s", iso + 11);
    else if (days < 7)
        snprintf(out, 24, "%s %.5s", names[(day % 7 + 7) % 7], iso + 11);
    else
        snprintf(out, 24, "%.10s %.5s", iso, iso + 11);
}

bool hour_in_use(const struct core *c, const json_t *doc)
{
    return core_setting_bool(c, "Livechat_enable_business_hours") &&
           (str_eq(text_of(doc, "type"), "default") ||
            strcmp(core_setting_text(c, "Livechat_business_hour_type"), "Multiple") == 0);
}

char *hour_state(const struct core *c, const json_t *doc, int64_t now_ms)
{
    struct hour_view v;
    char when[24];
    core_hour_view(c, doc, now_ms, &v);
    const char *state = v.open ? "open" : "closed";
    if (!json_is_true(json_object_get(doc, "active")))
        return x_strdup("inactive");
    if (v.override_until_ms == INT64_MAX)
        return x_asprintf("%s by hand", state);
    if (v.override_until_ms > 0) {
        put_when(when, now_ms + v.ahead_ms, v.override_until_ms + v.ahead_ms);
        return x_asprintf("%s by hand until %s", state, when);
    }
    if (v.change_ms == INT64_MAX)
        return x_strdup(v.open ? "always open" : "never open");
    put_when(when, now_ms + v.ahead_ms, v.change_ms + v.change_ahead_ms);
    return x_asprintf(v.open ? "open until %s" : "closed, opens %s", when);
}
