/* What each kind of record consists of, and its own rules. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/regexp.h"
#include "core/internal.h"

#define CHOICES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define TEXT(n, limit) {.name = (n), .type = FIELD_TEXT, .max = (limit)}
#define NAME(n, limit) {.name = (n), .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = (limit)}
#define SWITCH(n, when_absent) {.name = (n), .type = FIELD_BOOL, .standard = (when_absent)}
#define DEPARTMENTS {.name = "departments", .type = FIELD_TEXTS, .flags = FIELD_DEPARTMENTS, .max = 5000, .standard = "[]"}

/* --- custom fields (20.2) --- */

static const struct record_field custom_field_fields[] = {
    NAME("label", 200),
    {.name = "scope", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 20, .choices = CHOICES("visitor", "room")},
    {.name = "visibility", .type = FIELD_TEXT, .max = 20, .choices = CHOICES("visible", "hidden"),
     .standard = "\"visible\""},
    {.name = "regexp", .type = FIELD_TEXT, .max = REGEXP_PATTERN_MAX, .standard = "\"\""},
    SWITCH("searchable", "false"),
    SWITCH("required", NULL),
    {.name = "type", .type = FIELD_TEXT, .max = 20, .choices = CHOICES("input", "select")},
    TEXT("defaultValue", 1000),
    TEXT("options", 10000),
    SWITCH("public", NULL),
    {.name = NULL},
};

static int check_custom_field(struct step *s, json_t *doc, const struct record *self, const char *new_id)
{
    const char *regexp = json_string_value(json_object_get(doc, "regexp"));
    const char *options = json_string_value(json_object_get(doc, "options"));
    struct error e;
    if (self == NULL && (new_id == NULL || *new_id == '\0'))
        return step_fail(s, ERR_INVALID, "error-invalid-custom-field-name",
                         "Invalid custom field name. Use only letters, numbers, hyphens and underscores.");
    for (const char *p = self ? self->id : new_id; *p; p++)
        if (!isascii((unsigned char)*p) || !(isalnum((unsigned char)*p) || *p == '-' || *p == '_'))
            return step_fail(s, ERR_INVALID, "error-invalid-custom-field-name",
                             "Invalid custom field name. Use only letters, numbers, hyphens and underscores.");
    if (*regexp && regexp_check(regexp, &e) != ERR_OK)
        return step_fail(s, ERR_INVALID, "error-invalid-custom-field", "%.250s", e.text);
    if (str_eq(json_string_value(json_object_get(doc, "type")), "select") && (options == NULL || *options == '\0'))
        return step_fail(s, ERR_INVALID, "error-invalid-custom-field", "A select field needs options");
    return ERR_OK;
}

/* Options stand in one text, separated by commas; blanks around them do not count. */
static bool is_option(const char *options, const char *value)
{
    size_t len = strlen(value);
    for (const char *p = options; p && *p;) {
        p += strspn(p, " ,");
        size_t n = strcspn(p, ","), bare = n;
        while (bare > 0 && p[bare - 1] == ' ')
            bare--;
        if (bare == len && bare > 0 && strncmp(p, value, len) == 0)
            return true;
        p += n;
    }
    return false;
}

int core_custom_field_check(const struct core *c, const char *scope, const char *name, const char *value,
                            struct error *err)
{
    const struct record *r = core_record(c, RECORD_CUSTOM_FIELD, name);
    if (r == NULL || !str_eq(record_text(r, "scope"), scope))
        return error_named(err, ERR_NOT_FOUND, "invalid-custom-field", "There is no custom field \"%.60s\" for a %s", name,
                           scope);
    const char *regexp = record_text(r, "regexp");
    bool good = true;
    if (*value == '\0')
        good = !record_bool(r, "required");
    else if (str_eq(record_text(r, "type"), "select"))
        good = is_option(record_text(r, "options"), value);
    if (good && *value && regexp && *regexp)
        good = regexp_search(regexp, value, false, NULL) > 0;
    return good ? ERR_OK : error_set(err, ERR_INVALID, name, "Invalid value for %.100s field", name);
}

/* --- triggers (20.3) --- */

static const struct record_field trigger_conditions[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 60,
     .choices = CHOICES("page-url", "time-on-site", "chat-opened-by-visitor")},
    {.name = "value", .type = FIELD_SCALAR, .max = 2000},
    {.name = NULL},
};
static const struct record_field trigger_params[] = {
    {.name = "sender", .type = FIELD_TEXT, .max = 20, .choices = CHOICES("queue", "custom"), .standard = "\"queue\""},
    TEXT("msg", 5000),
    TEXT("name", 200),
    {.name = NULL},
};
static const struct record_field trigger_actions[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 60, .choices = CHOICES("send-message")},
    {.name = "params", .type = FIELD_OBJECT, .fields = trigger_params, .standard = "{\"sender\":\"queue\"}"},
    {.name = NULL},
};
static const struct record_field trigger_fields[] = {
    NAME("name", 200),
    {.name = "description", .type = FIELD_TEXT, .max = 2000, .standard = "\"\""},
    SWITCH("enabled", "false"),
    SWITCH("runOnce", "false"),
    {.name = "conditions", .type = FIELD_LIST, .max = 50, .fields = trigger_conditions, .standard = "[]"},
    {.name = "actions", .type = FIELD_LIST, .max = 50, .fields = trigger_actions, .standard = "[]"},
    {.name = NULL},
};

/* Seconds on the page: a number that is not negative, as number or text; an empty one counts as 0. */
static bool is_seconds(const json_t *v)
{
    const char *s = json_string_value(v);
    char *end;
    if (s == NULL)
        return json_is_number(v) && json_number_value(v) >= 0;
    return strtod(s, &end) >= 0 && *end == '\0';
}

static int check_trigger(struct step *s, json_t *doc, const struct record *self, const char *new_id)
{
    const json_t *list = json_object_get(doc, "conditions");
    (void)self;
    (void)new_id;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *condition = json_array_get(list, i);
        if (str_eq(json_string_value(json_object_get(condition, "name")), "time-on-site") &&
            !is_seconds(json_object_get(condition, "value")))
            return step_fail(s, ERR_INVALID, "error-input-is-not-a-valid-field",
                             "trigger, field conditions: time-on-site needs a number of seconds");
    }
    return ERR_OK;
}

/* --- tags (20.4), priorities (20.5) --- */

static const struct record_field tag_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_UNIQUE, .min = 1, .max = 200},
    TEXT("description", 2000),
    DEPARTMENTS,
    {.name = NULL},
};

static const struct record_field priority_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_UNIQUE, .min = 1, .max = 200},
    TEXT("description", 2000),
    TEXT("color", 30),
    {.name = "dueTimeInMinutes", .type = FIELD_NUMBER, .flags = FIELD_REQUIRED | FIELD_UNIQUE, .min = 1, .max = 5256000},
    {.name = NULL},
};

/* --- units (20.6) --- */

static const struct record_field unit_monitors[] = {
    TEXT("_id", RECORD_ID_MAX),
    NAME("monitorId", RECORD_ID_MAX),
    TEXT("username", 200),
    {.name = NULL},
};
static const struct record_field unit_fields[] = {
    NAME("name", 200),
    {.name = "visibility", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 20, .choices = CHOICES("public", "private")},
    SWITCH("enabled", NULL),
    TEXT("description", 2000),
    TEXT("email", 200),
    SWITCH("showOnOfflineForm", NULL),
    {.name = "monitors", .type = FIELD_LIST, .max = 1000, .fields = unit_monitors, .standard = "[]"},
    DEPARTMENTS,
    {.name = NULL},
};

/* Keeps the id of a link that is there already. */
static char *link_id(struct step *s, const struct record *self, const char *user_id)
{
    const json_t *links = self ? record_list(self, "monitors") : NULL;
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *link = json_array_get(links, i);
        const char *id = json_string_value(json_object_get(link, "_id"));
        if (id && str_eq(json_string_value(json_object_get(link, "monitorId")), user_id))
            return x_strdup(id);
    }
    return step_id(s);
}

static int check_unit(struct step *s, json_t *doc, const struct record *self, const char *new_id)
{
    json_t *links = json_object_get(doc, "monitors");
    (void)new_id;
    for (size_t i = 0; i < json_array_size(links); i++) {
        json_t *link = json_array_get(links, i);
        const char *id = json_string_value(json_object_get(link, "monitorId"));
        const struct user *u = core_user(s->core, id);
        if (u == NULL) /* files of another server know him by his name */
            u = core_user_by_name(s->core, json_string_value(json_object_get(link, "username")));
        if (u == NULL)
            return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user: %.60s", id);
        for (size_t k = 0; k < i; k++)
            if (str_eq(json_string_value(json_object_get(json_array_get(links, k), "monitorId")), u->id))
                return step_fail(s, ERR_INVALID, "error-invalid-user", "%.60s is named twice", u->username);
        if (json_object_get(link, "_id") == NULL) {
            AUTO_FREE char *made = link_id(s, self, u->id);
            json_object_set_new(link, "_id", json_string(made));
        }
        json_object_set_new(link, "monitorId", json_string(u->id));
        json_object_set_new(link, "username", json_string(u->username));
    }
    return ERR_OK;
}

/* --- business hours (10.1) --- */

static const char *const week[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", NULL};

static const struct record_field intervals[] = {
    NAME("start", 5),
    NAME("finish", 5),
    {.name = NULL},
};
static const struct record_field work_hours[] = {
    {.name = "day", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 20, .choices = week},
    NAME("start", 5),
    NAME("finish", 5),
    SWITCH("open", "false"),
    {.name = "more", .type = FIELD_LIST, .max = HOURS_MORE_MAX, .fields = intervals},
    {.name = NULL},
};
static const struct record_field exceptions[] = {
    NAME("date", 10),
    TEXT("name", 100),
    {.name = "hours", .type = FIELD_LIST, .max = HOURS_MORE_MAX, .fields = intervals, .standard = "[]"},
    {.name = NULL},
};
static const struct record_field business_hour_fields[] = {
    {.name = "name", .type = FIELD_TEXT, .flags = FIELD_UNIQUE, .max = 200, .standard = "\"\""},
    SWITCH("active", "true"),
    {.name = "type", .type = FIELD_TEXT, .flags = FIELD_REQUIRED, .max = 20, .choices = CHOICES("default", "custom")},
    NAME("timezoneName", 100),
    {.name = "workHours", .type = FIELD_LIST, .flags = FIELD_REQUIRED, .min = 1, .max = 7, .fields = work_hours},
    {.name = "exceptions", .type = FIELD_LIST, .max = 1000, .fields = exceptions},
    DEPARTMENTS,
    {.name = "override", .type = FIELD_OBJECT, .flags = FIELD_LIVE},
    {.name = "state", .type = FIELD_OBJECT, .flags = FIELD_LIVE},
    {.name = NULL},
};

int record_minutes_of(const char *hh_mm)
{
    static const char form[] = "dd:dd";
    for (int i = 0; i < 6; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)hh_mm[i]) : hh_mm[i] != form[i])
            return -1;
    int hours = (hh_mm[0] - '0') * 10 + hh_mm[1] - '0', minutes = (hh_mm[3] - '0') * 10 + hh_mm[4] - '0';
    return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

/* One that ends before it begins ends on the next day (10.4, intended); one that ends as it begins is a mistake. */
static int check_interval(struct step *s, const char *day, const json_t *o, bool is_open)
{
    const char *start = json_string_value(json_object_get(o, "start"));
    const char *finish = json_string_value(json_object_get(o, "finish"));
    if (record_minutes_of(start) < 0 || record_minutes_of(finish) < 0)
        return step_fail(s, ERR_INVALID, "error-invalid-business-hour-time", "%s: \"%.5s\" is no time from 00:00 to 23:59",
                         day, record_minutes_of(start) < 0 ? start : finish);
    if (is_open && strcmp(start, finish) == 0)
        return step_fail(s, ERR_INVALID, "error-business-hour-finish-time-equals-start-time",
                         "%s: the finish is the same as the start, %s", day, start);
    return ERR_OK;
}

static int check_intervals(struct step *s, const char *day, const json_t *list)
{
    int rc = ERR_OK;
    for (size_t i = 0; i < json_array_size(list) && rc == ERR_OK; i++)
        rc = check_interval(s, day, json_array_get(list, i), true);
    return rc;
}

static int check_row(struct step *s, const json_t *row)
{
    const char *day = json_string_value(json_object_get(row, "day"));
    int rc = check_interval(s, day, row, json_is_true(json_object_get(row, "open")));
    return rc == ERR_OK ? check_intervals(s, day, json_object_get(row, "more")) : rc;
}

static int check_exceptions(struct step *s, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *o = json_array_get(list, i);
        const char *date = json_string_value(json_object_get(o, "date"));
        int32_t day;
        if (!hours_date(date, &day))
            return step_fail(s, ERR_INVALID, "error-invalid-business-hour-date",
                             "\"%.10s\" is no date such as 2026-12-24", date);
        for (size_t k = 0; k < i; k++)
            if (str_eq(json_string_value(json_object_get(json_array_get(list, k), "date")), date))
                return step_fail(s, ERR_INVALID, "error-invalid-business-hour-date", "%s is there twice", date);
        int rc = check_intervals(s, date, json_object_get(o, "hours"));
        if (rc != ERR_OK)
            return rc;
    }
    return ERR_OK;
}

static const json_t *row_of(const json_t *rows, const char *day)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (str_eq(json_string_value(json_object_get(json_array_get(rows, i), "day")), day))
            return json_array_get(rows, i);
    return NULL;
}

/* Seven rows in the order of the week; days that were not given are closed. */
static int arrange_week(struct step *s, json_t *doc)
{
    const json_t *given = json_object_get(doc, "workHours");
    int rc = ERR_OK;
    json_t *rows = json_array();
    for (int i = 0; week[i] && rc == ERR_OK; i++) {
        const json_t *row = row_of(given, week[i]);
        if (row) {
            rc = check_row(s, row);
            json_array_append(rows, (json_t *)row);
        } else {
            json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b}", "day", week[i], "start", "08:00", "finish", "20:00",
                                                  "open", 0));
        }
    }
    for (size_t i = 0; i < json_array_size(given) && rc == ERR_OK; i++) {
        const char *day = json_string_value(json_object_get(json_array_get(given, i), "day"));
        if (row_of(given, day) != json_array_get(given, i))
            rc = step_fail(s, ERR_INVALID, "error-invalid-business-hour-day", "%s is there twice", day);
    }
    json_object_set_new(doc, "workHours", rows);
    return rc;
}

static int check_business_hour(struct step *s, json_t *doc, const struct record *self, const char *new_id)
{
    const char *type = json_string_value(json_object_get(doc, "type"));
    const char *name = json_string_value(json_object_get(doc, "name"));
    bool is_custom = strcmp(type, "custom") == 0;
    (void)new_id;
    if (self && !str_eq(record_text(self, "type"), type))
        return step_fail(s, ERR_INVALID, "error-invalid-business-hour-type", "The type of a business hour cannot change");
    for (const struct record *r = NULL; !self && !is_custom && (r = core_next_record(s->core, RECORD_BUSINESS_HOUR, r));)
        if (str_eq(record_text(r, "type"), "default"))
            return step_fail(s, ERR_CONFLICT, "error-invalid-business-hour-type", "There is a default business hour already");
    if (is_custom && name[strspn(name, " ")] == '\0')
        return step_fail(s, ERR_INVALID, "error-the-field-is-required", "The field name is required");
    if (!is_custom && json_array_size(json_object_get(doc, "departments")))
        return step_fail(s, ERR_INVALID, "error-invalid-business-hour-type",
                         "The default business hour is for all who have none of their own, not for departments");
    int rc = check_exceptions(s, json_object_get(doc, "exceptions"));
    return rc == ERR_OK ? arrange_week(s, doc) : rc;
}

static int check_remove_hour(struct step *s, const struct record *r)
{
    if (str_eq(record_text(r, "type"), "default"))
        return step_fail(s, ERR_DENIED, "error-not-allowed", "The default business hour cannot be removed");
    return ERR_OK;
}

/* --- e-mail inboxes (rest 12) --- */

#define PORT {.name = "port", .type = FIELD_NUMBER, .flags = FIELD_REQUIRED, .min = 1, .max = 65535}
#define LOGIN TEXT("username", 500), TEXT("password", 1000), SWITCH("secure", "false")

static const struct record_field smtp_fields[] = {NAME("server", 255), PORT, LOGIN, {.name = NULL}};
static const struct record_field imap_fields[] = {
    NAME("server", 255),
    PORT,
    LOGIN,
    {.name = "maxRetries", .type = FIELD_NUMBER, .flags = FIELD_REQUIRED, .min = 0, .max = 1000},
    {.name = NULL},
};
static const struct record_field email_inbox_fields[] = {
    SWITCH("active", "false"),
    NAME("name", 200),
    {.name = "email", .type = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_UNIQUE, .min = 1, .max = 320},
    TEXT("description", 2000),
    TEXT("senderInfo", 200),
    {.name = "department", .type = FIELD_TEXT, .flags = FIELD_DEPARTMENTS, .max = RECORD_ID_MAX},
    {.name = "smtp", .type = FIELD_OBJECT, .flags = FIELD_REQUIRED, .fields = smtp_fields},
    {.name = "imap", .type = FIELD_OBJECT, .flags = FIELD_REQUIRED, .fields = imap_fields},
    {.name = "_createdBy", .type = FIELD_OBJECT, .flags = FIELD_LIVE},
    {.name = NULL},
};

/* Who made it stands in it as he was then. */
static int check_email_inbox(struct step *s, json_t *doc, const struct record *self, const char *new_id)
{
    const struct user *by = core_user(s->core, s->cmd->actor_id);
    (void)new_id;
    if (self == NULL && by)
        json_object_set_new(doc, "_createdBy", json_pack("{s:s,s:s}", "_id", by->id, "username", by->username));
    return ERR_OK;
}

/* --- departments that belong to one of a kind --- */

/* The field of a department that says to which record of that kind it belongs, or NULL. */
static char **slot_of(struct department *d, enum record_kind kind)
{
    return kind == RECORD_UNIT ? &d->unit_id : kind == RECORD_BUSINESS_HOUR ? &d->business_hour_id : NULL;
}

static const char *owner_of(const struct core *c, enum record_kind kind, const char *department_id)
{
    for (const struct record *r = NULL; (r = core_next_record(c, kind, r)) != NULL;)
        if (record_lists(r, "departments", department_id))
            return r->id;
    return NULL;
}

static void bind_all(struct core *c, struct step *s, enum record_kind kind)
{
    struct department *d;
    TAILQ_FOREACH(d, &c->people.departments, entry) {
        char **slot = slot_of(d, kind);
        const char *owner = slot ? owner_of(c, kind, d->id) : NULL;
        if (slot == NULL || str_eq(*slot, owner))
            continue;
        str_set(slot, owner);
        if (s)
            step_event(s, EVENT_DEPARTMENT)->department = d;
    }
}

void departments_bind(struct core *c, enum record_kind kind)
{
    bind_all(c, NULL, kind);
}

/* A department is in one record of the kind at most: the last save has it. */
static void take_departments(struct step *s, enum record_kind kind, const struct record *mine)
{
    for (struct record *r = NULL; mine && (r = core_next_record(s->core, kind, r)) != NULL;) {
        const json_t *list = record_list(mine, "departments");
        for (size_t i = 0; r != mine && i < json_array_size(list); i++)
            record_drop_item(s, r, "departments", record_item_is, json_string_value(json_array_get(list, i)));
    }
    bind_all(s->core, s, kind);
}

static void unit_changed(struct step *s, const struct record *r)
{
    take_departments(s, RECORD_UNIT, r);
}

static void hour_changed(struct step *s, const struct record *r)
{
    take_departments(s, RECORD_BUSINESS_HOUR, r);
    opening_record_changed(s, s->result->record, r == NULL);
}

bool record_unit_has_monitor(const struct record *unit, const char *user_id)
{
    const json_t *links = record_list(unit, "monitors");
    for (size_t i = 0; i < json_array_size(links); i++)
        if (str_eq(json_string_value(json_object_get(json_array_get(links, i), "monitorId")), user_id))
            return true;
    return false;
}

bool core_unit_restricts(const struct core *c, const struct user *u)
{
    return (u->roles & ROLE_MONITOR) && !(u->roles & (ROLE_ADMIN | ROLE_MANAGER)) && core_record_count(c, RECORD_UNIT) > 0;
}

bool core_unit_allows(const struct core *c, const struct user *u, const struct department *d)
{
    if (!core_unit_restricts(c, u))
        return true;
    const struct record *unit = d ? core_record(c, RECORD_UNIT, d->unit_id) : NULL;
    return unit && record_unit_has_monitor(unit, u->id);
}

/* --- the table --- */

const struct record_kind_row record_kinds[RECORD_KIND_COUNT] = {
    [RECORD_CUSTOM_FIELD] = {.name = "custom-field", .label = "custom field", .by = "label",
                             .fields = custom_field_fields,
                             .unknown = {"error-invalid-custom-field", "Custom Field Not found"},
                             .unknown_remove = {"error-invalid-custom-field", "Custom field not found"},
                             .duplicate = "error-custom-field-name-already-exists", .check = check_custom_field},
    [RECORD_TRIGGER] = {.name = "trigger", .label = "trigger", .by = "name", .fields = trigger_fields,
                        .unknown = {"error-trigger-not-found", "Trigger not found"},
                        .unknown_remove = {"error-trigger-not-found", "Trigger not found"},
                        .duplicate = "error-duplicate-trigger", .check = check_trigger},
    [RECORD_TAG] = {.name = "tag", .label = "tag", .by = "name", .fields = tag_fields,
                    .unknown = {"tag-not-found", "Tag not found"}, .unknown_remove = {"tag-not-found", "Tag not found"},
                    .duplicate = "error-duplicate-tag"},
    [RECORD_PRIORITY] = {.name = "priority", .label = "priority", .by = "name", .fields = priority_fields,
                         .unknown = {"error-invalid-priority", "Invalid priority"},
                         .unknown_remove = {"error-invalid-priority", "Invalid priority"},
                         .duplicate = "error-duplicate-priority", .changed = priority_changed},
    [RECORD_UNIT] = {.name = "unit", .label = "unit", .by = "name", .fields = unit_fields,
                     .unknown = {"error-unit-not-found", "Unit not found"},
                     .unknown_remove = {"unit-not-found", "Unit not found"}, .duplicate = "error-duplicate-unit",
                     .check = check_unit, .changed = unit_changed},
    [RECORD_BUSINESS_HOUR] = {.name = "business-hour", .label = "business hour", .by = "name",
                              .fields = business_hour_fields,
                              .unknown = {"error-business-hour-not-found", "Business hour not found"},
                              .unknown_remove = {"error-business-hour-not-found", "Business hour not found"},
                              .duplicate = "error-business-hour-name-already-in-use", .check = check_business_hour,
                              .check_remove = check_remove_hour, .changed = hour_changed},
    [RECORD_EMAIL_INBOX] = {.name = "email-inbox", .label = "mail inbox", .by = "name", .fields = email_inbox_fields,
                            .unknown = {"error-invalid-email-inbox", "Invalid e-mail inbox"},
                            .unknown_remove = {"error-invalid-email-inbox", "Invalid e-mail inbox"},
                            .duplicate = "error-duplicate-email-inbox", .has_secrets = true, .check = check_email_inbox},
};

bool record_kind_find(const char *name, enum record_kind *out)
{
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (str_eq(record_kinds[kind].name, name)) {
            *out = (enum record_kind)kind;
            return true;
        }
    }
    return false;
}
