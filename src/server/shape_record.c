/* Administrative records as clients get them (rest 2). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/zone.h"
#include "server/hour_form.h"
#include "server/record_form.h"

static void put_fields(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms)
{
    (void)c;
    (void)now_ms;
    for (const struct record_field *f = record_kinds[r->kind].fields; f->name; f++) {
        const json_t *v = json_object_get(r->doc, f->name);
        if (v)
            jsonw_json(w, f->name, v);
    }
}

/* With its passwords (rest 12). */
static void put_inbox(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms)
{
    put_fields(w, c, r, now_ms);
    jsonw_date(w, "_createdAt", r->created_ms);
}

static void put_tag(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms)
{
    put_fields(w, c, r, now_ms);
    jsonw_int(w, "numDepartments", (int64_t)json_array_size(record_list(r, "departments")));
}

static void put_unit(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms)
{
    static const char *const others[] = {"enabled", "description", "email", "showOnOfflineForm"};
    (void)c;
    (void)now_ms;
    jsonw_str(w, "name", record_text(r, "name"));
    jsonw_str(w, "visibility", record_text(r, "visibility"));
    jsonw_str(w, "type", "u");
    jsonw_int(w, "numMonitors", (int64_t)json_array_size(record_list(r, "monitors")));
    jsonw_int(w, "numDepartments", (int64_t)json_array_size(record_list(r, "departments")));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (json_object_get(r->doc, others[i]))
            jsonw_json(w, others[i], json_object_get(r->doc, others[i]));
}

/* --- business hours: each time as typed, in UTC and in the zone of this machine (behaviour 10.1) --- */

#define DAY_MIN 1440
#define WEEK_MIN (7 * DAY_MIN)

static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

static int day_of(const char *name)
{
    for (int i = 0; i < 7; i++)
        if (str_eq(days[i], name))
            return i;
    return 0;
}

/* A minute of the week, which may lie before its beginning or behind its end. */
static void put_minute(struct jsonw *w, const char *key, int minute)
{
    char text[24];
    minute = ((minute % WEEK_MIN) + WEEK_MIN) % WEEK_MIN;
    snprintf(text, sizeof text, "%02d:%02d", minute % DAY_MIN / 60, minute % 60);
    jsonw_object(w, key);
    jsonw_str(w, "dayOfWeek", days[minute / DAY_MIN]);
    jsonw_str(w, "time", text);
    jsonw_end_object(w);
}

/* here_min, cron_min: how far the hour's zone and this machine's are ahead of UTC. */
static void put_moment(struct jsonw *w, const char *key, int minute, const char *typed, int here_min, int cron_min)
{
    jsonw_object(w, key);
    jsonw_str(w, "time", typed);
    put_minute(w, "utc", minute - here_min);
    put_minute(w, "cron", minute - here_min + cron_min);
    jsonw_end_object(w);
}

static void put_row(struct jsonw *w, const json_t *row, int here_min, int cron_min)
{
    const char *day = json_string_value(json_object_get(row, "day"));
    const char *start = json_string_value(json_object_get(row, "start"));
    const char *finish = json_string_value(json_object_get(row, "finish"));
    int at = day_of(day) * DAY_MIN, from = record_minutes_of(start), to = record_minutes_of(finish);
    jsonw_object(w, NULL);
    jsonw_str(w, "day", day);
    put_moment(w, "start", at + from, start, here_min, cron_min);
    put_moment(w, "finish", at + to + (to < from ? DAY_MIN : 0), finish, here_min, cron_min);
    jsonw_bool(w, "open", json_is_true(json_object_get(row, "open")));
    jsonw_str(w, "code", "");
    if (json_object_get(row, "more"))
        jsonw_json(w, "more", json_object_get(row, "more"));
    jsonw_end_object(w);
}

static void put_departments(struct jsonw *w, const struct core *c, const json_t *ids)
{
    jsonw_array(w, "departments");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const struct department *d = core_department(c, json_string_value(json_array_get(ids, i)));
        if (d == NULL)
            continue;
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", d->id);
        jsonw_str(w, "name", d->name);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void put_hour(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms)
{
    const char *zone = record_text(r, "timezoneName"), *type = record_text(r, "type");
    const json_t *rows = record_list(r, "workHours");
    int here_min = zone_offset_min(zone, now_ms), cron_min = zone_offset_min(zone_of_system(), now_ms);
    char utc[32];
    snprintf(utc, sizeof utc, "%c%02d:%02d", here_min < 0 ? '-' : '+', abs(here_min) / 60, abs(here_min) % 60);
    jsonw_str(w, "name", record_name(r));
    jsonw_bool(w, "active", record_bool(r, "active"));
    jsonw_str(w, "type", type);
    jsonw_object(w, "timezone");
    jsonw_str(w, "name", zone);
    jsonw_str(w, "utc", utc);
    jsonw_end_object(w);
    jsonw_date(w, "ts", r->updated_ms);
    jsonw_array(w, "workHours");
    for (size_t i = 0; i < json_array_size(rows); i++)
        put_row(w, json_array_get(rows, i), here_min, cron_min);
    jsonw_end_array(w);
    if (record_list(r, "exceptions"))
        jsonw_json(w, "exceptions", record_list(r, "exceptions"));
    AUTO_FREE char *state = hour_state(c, r->doc, now_ms);
    jsonw_object(w, "usher");
    jsonw_str(w, "state", state);
    jsonw_end_object(w);
    if (strcmp(type, "custom") == 0)
        put_departments(w, c, record_list(r, "departments"));
}

/* --- the table --- */

static void (*const shapes[RECORD_KIND_COUNT])(struct jsonw *w, const struct core *c, const struct record *r,
                                               int64_t now_ms) = {
    [RECORD_CUSTOM_FIELD] = put_fields, [RECORD_TRIGGER] = put_fields, [RECORD_TAG] = put_tag,
    [RECORD_PRIORITY] = put_fields,     [RECORD_UNIT] = put_unit,      [RECORD_BUSINESS_HOUR] = put_hour,
    [RECORD_EMAIL_INBOX] = put_inbox,
};

void shape_record_fields(struct jsonw *w, const struct core *c, const struct record *r, int64_t now_ms)
{
    jsonw_str(w, "_id", r->id);
    shapes[r->kind](w, c, r, now_ms);
    jsonw_date(w, "_updatedAt", r->updated_ms);
}

void shape_record(struct jsonw *w, const char *key, const struct core *c, const struct record *r, int64_t now_ms)
{
    jsonw_object(w, key);
    shape_record_fields(w, c, r, now_ms);
    jsonw_end_object(w);
}

/* --- for the widget --- */

static void put_options(struct jsonw *w, const char *options)
{
    jsonw_array(w, "options");
    for (const char *p = options; p && *p;) {
        p += strspn(p, " ,");
        size_t n = strcspn(p, ","), bare = n;
        while (bare > 0 && p[bare - 1] == ' ')
            bare--;
        if (bare > 0)
            jsonw_strn(w, NULL, p, bare);
        p += n;
    }
    jsonw_end_array(w);
}

static void put_public_field(struct jsonw *w, const struct record *r)
{
    const char *type = record_text(r, "type");
    jsonw_object(w, NULL);
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "label", record_text(r, "label"));
    jsonw_str(w, "regexp", record_text(r, "regexp"));
    jsonw_bool(w, "required", record_bool(r, "required"));
    jsonw_str(w, "type", type ? type : "input");
    jsonw_str(w, "defaultValue", record_text(r, "defaultValue"));
    put_options(w, record_text(r, "options"));
    jsonw_end_object(w);
}

void shape_config_records(struct jsonw *w, const struct core *c)
{
    jsonw_array(w, "triggers");
    for (const struct record *r = NULL; (r = core_next_record(c, RECORD_TRIGGER, r)) != NULL;) {
        if (!record_bool(r, "enabled"))
            continue;
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", r->id);
        jsonw_json(w, "actions", record_list(r, "actions"));
        jsonw_json(w, "conditions", record_list(r, "conditions"));
        jsonw_bool(w, "runOnce", record_bool(r, "runOnce"));
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
    jsonw_array(w, "customFields");
    for (const struct record *r = NULL; (r = core_next_record(c, RECORD_CUSTOM_FIELD, r)) != NULL;)
        if (str_eq(record_text(r, "scope"), "visitor") && str_eq(record_text(r, "visibility"), "visible") &&
            record_bool(r, "public"))
            put_public_field(w, r);
    jsonw_end_array(w);
}
