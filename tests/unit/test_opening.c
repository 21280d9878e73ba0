/* Agents opened and closed by business hours (behaviour 10.2, 10.5 to 10.7, 3.2), deadlines that are late, what is decided
   by hand, and time that counts for chats. */
#include "core_fixture.h"

#include "common/clock.h"
#include "common/zone.h"

#define HOUR 3600000ll
#define DAY (24 * HOUR)

static int64_t at(const char *iso)
{
    int64_t ms;
    assert_true(clock_parse(iso, &ms));
    return ms;
}

#define DAY_ROW(name, from, to, open)                                                                                  \
    "{\"day\":\"" name "\",\"start\":\"" from "\",\"finish\":\"" to "\",\"open\":" open "}"
#define EVERY_DAY(from, to)                                                                                            \
    "[" DAY_ROW("Sunday", from, to, "true") "," DAY_ROW("Monday", from, to, "true") ","                                \
    DAY_ROW("Tuesday", from, to, "true") "," DAY_ROW("Wednesday", from, to, "true") ","                                \
    DAY_ROW("Thursday", from, to, "true") "," DAY_ROW("Friday", from, to, "true") ","                                  \
    DAY_ROW("Saturday", from, to, "true") "]"

static int save(struct fixture *f, const char *id, const char *new_id, const char *type, const char *more,
                const char *week)
{
    AUTO_FREE char *text = x_asprintf("{\"name\":\"%s\",\"type\":\"%s\",\"timezoneName\":\"Europe/Berlin\"%s,"
                                      "\"workHours\":%s}", strcmp(type, "custom") ? "" : id ? id : new_id, type, more, week);
    struct command cmd = {.type = COMMAND_RECORD_SAVE};
    json_t *values = json_loads(text, 0, NULL);
    assert_non_null(values);
    cmd.record_save.kind = RECORD_BUSINESS_HOUR;
    cmd.record_save.id = id;
    cmd.record_save.new_id = new_id;
    cmd.record_save.values = values;
    int rc = fx_step(f, &cmd);
    json_decref(values);
    return rc;
}

static void save_default(struct fixture *f, const char *week)
{
    bool is_there = core_record(f->core, RECORD_BUSINESS_HOUR, "std") != NULL;
    assert_int_equal(save(f, is_there ? "std" : NULL, is_there ? NULL : "std", "default", "", week), 0);
}

static void save_custom(struct fixture *f, const char *id, const char *department, const char *week)
{
    bool is_there = core_record(f->core, RECORD_BUSINESS_HOUR, id) != NULL;
    AUTO_FREE char *more = department ? x_asprintf(",\"departments\":[\"%s\"]", department) : x_strdup("");
    assert_int_equal(save(f, is_there ? id : NULL, is_there ? NULL : id, "custom", more, week), 0);
}

/* The default one is open from 08:00 to 20:00 in Berlin; it is a Monday in winter, 12:00 there. */
static int open_world(void **state)
{
    fx_open(state);
    struct fixture *f = *state;
    core_set_zones(f->core, zone_table_of);
    f->now = at("2026-11-23T11:00Z");
    save_default(f, EVERY_DAY("08:00", "20:00"));
    return 0;
}

static void tick(struct fixture *f)
{
    struct command cmd = {.type = COMMAND_TICK, .now_ms = f->now, .entropy = ++f->entropy * 7919};
    assert_int_equal(core_step(f->core, &cmd, &f->result, &f->events), 0);
}

/* The clock is at that moment, and everything that was due has happened; when it was due or all of it late. */
static void go_to(struct fixture *f, const char *iso, bool late)
{
    int64_t until = at(iso), due;
    while ((due = core_next_deadline(f->core)) <= until) {
        f->now = late ? until : due > f->now ? due : f->now;
        tick(f);
    }
    f->now = until;
}

static bool is_available(struct fixture *f, const char *id)
{
    return core_user(f->core, id)->available;
}

static int set_service(struct fixture *f, const char *id, bool available, bool by_other)
{
    struct command cmd = {.type = COMMAND_USER_SERVICE};
    cmd.user.id = id;
    cmd.user.available = available;
    cmd.user.by_other = by_other;
    return fx_step(f, &cmd);
}

static void log_in_or_out(struct fixture *f, enum command_type type, const char *id)
{
    struct command cmd = {.type = type};
    cmd.user.id = id;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static void link(struct fixture *f, const char *department, const char *agent, bool add)
{
    struct department_agent_change change = {.user_id = agent};
    struct command cmd = {.type = COMMAND_DEPARTMENT_AGENTS};
    cmd.department.id = department;
    cmd.department.upsert = &change;
    cmd.department.upsert_count = add;
    cmd.department.remove = &agent;
    cmd.department.remove_count = !add;
    assert_int_equal(fx_step(f, &cmd), 0);
}

static int count(const struct fixture *f, enum event_type type)
{
    int n = 0;
    for (size_t i = 0; i < f->events.n; i++)
        n += f->events.items[i].type == type;
    return n;
}

/* --- single (10.5, 10.6) --- */

static void off_leaves_agents_alone(void **state)
{
    struct fixture *f = *state;
    char *ann = fx_agent(f, "ann");
    go_to(f, "2026-11-23T23:00Z", false);
    assert_true(is_available(f, ann));
    assert_int_equal(core_next_deadline(f->core), INT64_MAX);
    assert_int_equal(set_service(f, ann, false, false), 0);
    assert_int_equal(set_service(f, ann, true, false), 0);
}

static void single_opens_and_closes_everybody(void **state)
{
    struct fixture *f = *state;
    char *ann = fx_agent(f, "ann"), *ben = fx_agent(f, "ben");
    set_service(f, ben, false, false);
    fx_set(f, "Livechat_enable_business_hours", "true");
    assert_true(is_available(f, ann) && is_available(f, ben)); /* the start state asks nobody */
    assert_int_equal(core_user(f->core, ann)->open_hour_count, 1);
    assert_int_equal(core_next_deadline(f->core), at("2026-11-23T19:00Z"));
    set_service(f, ann, false, false);
    go_to(f, "2026-11-23T18:59Z", false);
    assert_true(is_available(f, ben) && !is_available(f, ann));
    f->now = at("2026-11-23T19:00Z");
    tick(f);
    assert_true(!is_available(f, ben) && !is_available(f, ann));
    assert_int_equal(count(f, EVENT_USER_SERVICE), 1);
    assert_int_equal(count(f, EVENT_HOUR), 1);
    assert_int_equal(core_user(f->core, ann)->open_hour_count, 0);
    /* Nobody makes himself available, a manager does it for others; not-available is always possible. */
    assert_int_equal(set_service(f, ben, true, false), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-business-hours-are-closed");
    assert_int_equal(set_service(f, ann, true, true), 0);
    assert_true(is_available(f, ann));
    assert_int_equal(set_service(f, ann, true, false), 0); /* the same status is nothing */
    assert_int_equal(set_service(f, ann, false, false), 0);
    go_to(f, "2026-11-24T07:00Z", false);
    assert_true(is_available(f, ann) && is_available(f, ben));
    /* Off: as they are. */
    go_to(f, "2026-11-24T20:00Z", false);
    fx_set(f, "Livechat_enable_business_hours", "false");
    assert_false(is_available(f, ann));
    assert_int_equal(core_next_deadline(f->core), INT64_MAX);
    assert_int_equal(set_service(f, ann, true, false), 0);
}

static void enabling_while_closed_closes(void **state)
{
    struct fixture *f = *state;
    char *ann = fx_agent(f, "ann");
    f->now = at("2026-11-23T22:00Z");
    fx_set(f, "Livechat_enable_business_hours", "true");
    assert_false(is_available(f, ann));
    /* Who becomes an agent meanwhile is closed too; who is activated again likewise. */
    char *ben = fx_agent(f, "ben");
    assert_false(is_available(f, ben));
    /* Saving the hour is the start state again. */
    save_default(f, EVERY_DAY("22:00", "06:00"));
    assert_true(is_available(f, ann) && is_available(f, ben));
    set_service(f, ben, false, false);
    save_default(f, EVERY_DAY("22:00", "06:30"));
    assert_true(is_available(f, ben));
    assert_int_equal(core_next_deadline(f->core), at("2026-11-24T05:30Z"));
    bool active = false;
    struct command cmd = {.type = COMMAND_USER_SAVE};
    cmd.user_save.id = ben;
    cmd.user_save.active = &active;
    assert_int_equal(fx_step(f, &cmd), 0);
    go_to(f, "2026-11-24T08:00Z", false);
    active = true;
    assert_int_equal(fx_step(f, &cmd), 0);
    assert_false(is_available(f, ben));
    /* A custom hour means nothing here. */
    char *sales = fx_department(f, "sales", ann, NULL);
    save_custom(f, "late", sales, EVERY_DAY("08:00", "23:00"));
    assert_false(is_available(f, ann));
}

static void logins(void **state)
{
    struct fixture *f = *state;
    char *ann = fx_agent(f, "ann");
    set_service(f, ann, false, false);
    log_in_or_out(f, COMMAND_USER_LOGIN, ann);
    assert_false(is_available(f, ann)); /* he had done it himself */
    fx_set(f, "Livechat_enable_business_hours", "true");
    set_service(f, ann, false, false);
    log_in_or_out(f, COMMAND_USER_LOGIN, ann);
    assert_true(is_available(f, ann));
    log_in_or_out(f, COMMAND_USER_LOGOUT, ann);
    assert_false(is_available(f, ann));
    go_to(f, "2026-11-23T21:00Z", false);
    log_in_or_out(f, COMMAND_USER_LOGIN, ann);
    assert_false(is_available(f, ann));
}

/* --- multiple --- */

struct departments {
    char *sales, *care;
    char *ann, *ben, *cem, *dan; /* sales; sales and care; care; none */
};

static struct departments two_departments(struct fixture *f)
{
    struct departments d;
    d.ann = fx_agent(f, "ann");
    d.ben = fx_agent(f, "ben");
    d.cem = fx_agent(f, "cem");
    d.dan = fx_agent(f, "dan");
    d.sales = fx_department(f, "sales", d.ann, d.ben);
    d.care = fx_department(f, "care", d.ben, d.cem);
    fx_set(f, "Livechat_business_hour_type", "Multiple");
    fx_set(f, "Livechat_enable_business_hours", "true");
    return d;
}

static void available_are(struct fixture *f, const struct departments *d, const char *expected)
{
    const char *const ids[] = {d->ann, d->ben, d->cem, d->dan};
    char now[5] = "";
    for (int i = 0; i < 4; i++)
        now[i] = is_available(f, ids[i]) ? "abcd"[i] : '-';
    assert_string_equal(now, expected);
}

static void multiple_follows_departments(void **state)
{
    struct fixture *f = *state;
    struct departments d = two_departments(f);
    available_are(f, &d, "abcd"); /* departments without an hour follow the default one (10.7, intended) */
    save_custom(f, "night", d.sales, EVERY_DAY("18:00", "23:00"));
    available_are(f, &d, "--cd"); /* ben too: one of his departments has an hour, which is closed */
    assert_int_equal(set_service(f, d.ben, true, false), ERR_STATE);
    go_to(f, "2026-11-23T17:00Z", false);
    available_are(f, &d, "abcd");
    go_to(f, "2026-11-23T19:00Z", false);
    available_are(f, &d, "ab--");
    go_to(f, "2026-11-23T22:00Z", false);
    available_are(f, &d, "----");
    save_custom(f, "early", d.care, EVERY_DAY("05:00", "09:00"));
    go_to(f, "2026-11-24T04:00Z", false);
    available_are(f, &d, "-bc-");
    go_to(f, "2026-11-24T07:00Z", false);
    available_are(f, &d, "-bcd");
    assert_int_equal(core_user(f->core, d.ben)->open_hour_count, 1);
    go_to(f, "2026-11-24T08:00Z", false);
    available_are(f, &d, "---d");
    /* An inactive hour is as none. */
    assert_int_equal(save(f, "early", NULL, "custom", ",\"active\":false", EVERY_DAY("05:00", "09:00")), 0);
    available_are(f, &d, "--cd");
    /* Gone: the default one again, for the sake of which nobody has to be asked. */
    struct command cmd = {.type = COMMAND_RECORD_REMOVE};
    cmd.record_save.kind = RECORD_BUSINESS_HOUR;
    cmd.record_save.id = "night";
    assert_int_equal(fx_step(f, &cmd), 0);
    available_are(f, &d, "abcd");
    /* Single: everybody has the default one. */
    save_custom(f, "night", d.sales, EVERY_DAY("18:00", "23:00"));
    available_are(f, &d, "--cd");
    fx_set(f, "Livechat_business_hour_type", "Single");
    available_are(f, &d, "abcd");
}

static void memberships(void **state)
{
    struct fixture *f = *state;
    struct departments d = two_departments(f);
    save_custom(f, "night", d.sales, EVERY_DAY("18:00", "23:00"));
    available_are(f, &d, "--cd");
    link(f, d.sales, d.dan, true);
    available_are(f, &d, "--c-"); /* he loses the default hour */
    link(f, d.sales, d.dan, false);
    available_are(f, &d, "--cd");
    link(f, d.sales, d.ben, false);
    available_are(f, &d, "-bcd");
    go_to(f, "2026-11-23T20:00Z", false);
    available_are(f, &d, "a---");
    link(f, d.sales, d.cem, true);
    available_are(f, &d, "a-c-");
    /* The last save has the department: its agents lose the other's id. */
    save_custom(f, "noon", d.sales, EVERY_DAY("11:00", "14:00"));
    available_are(f, &d, "----");
    save_custom(f, "night", d.sales, EVERY_DAY("18:00", "23:00"));
    available_are(f, &d, "a-c-");
    /* A department that is switched off gives no hour. */
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.id = d.sales;
    assert_int_equal(fx_step(f, &cmd), 0);
    available_are(f, &d, "----");
    cmd.department_save.enabled = true;
    assert_int_equal(fx_step(f, &cmd), 0);
    available_are(f, &d, "a-c-");
    struct command gone = {.type = COMMAND_DEPARTMENT_REMOVE};
    gone.department.id = d.sales;
    assert_int_equal(fx_step(f, &gone), 0);
    available_are(f, &d, "----");
    go_to(f, "2026-11-24T07:00Z", false);
    available_are(f, &d, "abcd");
}

/* --- deadlines --- */

static void late_ones_come_in_order(void **state)
{
    struct fixture *f = *state;
    struct departments d = two_departments(f);
    save_custom(f, "night", d.sales, EVERY_DAY("18:00", "23:00"));
    set_service(f, d.dan, false, false);
    set_service(f, d.cem, false, false);
    /* Asleep for three days, woken up while the default hour is open: it had opened in the morning. */
    go_to(f, "2026-11-26T12:00Z", true);
    available_are(f, &d, "--cd");
    assert_int_equal(core_next_deadline(f->core), at("2026-11-26T17:00Z"));
    set_service(f, d.dan, false, false);
    go_to(f, "2026-11-26T20:00Z", true);
    available_are(f, &d, "ab--");
    /* Each once: nothing is left to do. */
    tick(f);
    assert_int_equal(f->events.n, 0);
    /* In the order they were due: each event says for when. */
    f->now = at("2026-11-28T20:30Z");
    int64_t last = 0, n = 0;
    while (core_next_deadline(f->core) <= f->now) {
        int64_t due = core_next_deadline(f->core);
        assert_true(due >= last);
        last = due;
        tick(f);
        assert_int_equal(count(f, EVENT_HOUR), 1);
        n++;
    }
    assert_int_equal(n, 8);
}

/* What a restart does: the records come back with what they say of themselves. */
static void restart(struct fixture *f, const char *agent)
{
    json_t *docs = json_array();
    AUTO_FREE char *id = x_strdup(agent);
    bool available = is_available(f, agent);
    struct core *core = core_new();
    core_set_zones(core, zone_table_of);
    for (size_t i = 0; i < catalogue_count(); i++)
        core_load_setting(core, (setting_no)i, core_setting(f->core, (setting_no)i), core_setting_state(f->core, (setting_no)i));
    for (struct record *r = NULL; (r = core_next_record(f->core, RECORD_BUSINESS_HOUR, r)) != NULL;)
        core_load_record(core, record_new(RECORD_BUSINESS_HOUR, x_strdup(r->id), json_deep_copy(r->doc)));
    struct user *u = user_new();
    u->id = x_strdup(id);
    u->username = x_strdup("ann");
    u->roles = ROLE_USER | ROLE_AGENT;
    u->available = available;
    core_load_user(core, u);
    core_load_done(core, 1, 1);
    core_free(&f->core);
    f->core = core;
    json_decref(docs);
}

static void a_restart_changes_nothing(void **state)
{
    struct fixture *f = *state;
    AUTO_FREE char *ann = x_strdup(fx_agent(f, "ann"));
    fx_set(f, "Livechat_enable_business_hours", "true");
    set_service(f, ann, false, false);
    restart(f, ann);
    go_to(f, "2026-11-23T18:00Z", false);
    assert_false(is_available(f, ann)); /* he has closed himself, and nothing opened since */
    assert_int_equal(set_service(f, ann, true, false), 0);
    set_service(f, ann, false, false);
    restart(f, ann);
    go_to(f, "2026-11-25T10:00Z", true); /* was down for two days: opened this morning */
    assert_true(is_available(f, ann));
    restart(f, ann);
    go_to(f, "2026-11-25T23:00Z", true);
    assert_false(is_available(f, ann));
    restart(f, ann);
    assert_int_equal(set_service(f, ann, true, false), ERR_STATE);
}

/* --- by hand --- */

static int override(struct fixture *f, const char *id, const char *what, bool for_good)
{
    struct command cmd = {.type = COMMAND_HOUR_OVERRIDE};
    cmd.hour.id = id;
    cmd.hour.lift = strcmp(what, "lift") == 0;
    cmd.hour.open = strcmp(what, "open") == 0;
    cmd.hour.for_good = for_good;
    return fx_step(f, &cmd);
}

static void opened_and_closed_by_hand(void **state)
{
    struct fixture *f = *state;
    char *ann = fx_agent(f, "ann");
    assert_int_equal(override(f, "std", "open", false), ERR_STATE);
    assert_string_equal(f->result.error.name, "error-business-hours-disabled");
    fx_set(f, "Livechat_enable_business_hours", "true");
    assert_int_equal(override(f, "none", "open", false), ERR_NOT_FOUND);
    assert_int_equal(override(f, "std", "close", false), 0);
    assert_false(is_available(f, ann));
    assert_int_equal(set_service(f, ann, true, false), ERR_STATE);
    restart(f, ann);
    ann = core_user_by_name(f->core, "ann")->id;
    tick(f);
    assert_false(is_available(f, ann));
    /* Until the calendar's next change: that is the closing, so it opens in the morning. */
    go_to(f, "2026-11-23T19:30Z", false);
    assert_null(json_object_get(core_record(f->core, RECORD_BUSINESS_HOUR, "std")->doc, "override"));
    go_to(f, "2026-11-24T07:00Z", false);
    assert_true(is_available(f, ann));
    /* Until it is taken back: nights and days. */
    assert_int_equal(override(f, "std", "close", true), 0);
    go_to(f, "2026-11-26T12:00Z", false);
    assert_false(is_available(f, ann));
    /* A save leaves it as it is, and cannot bring one. */
    assert_int_equal(save(f, "std", NULL, "default", ",\"override\":{\"open\":true}", EVERY_DAY("08:00", "21:00")), 0);
    assert_false(is_available(f, ann));
    assert_int_equal(override(f, "std", "lift", false), 0);
    assert_true(is_available(f, ann));
    go_to(f, "2026-11-26T20:00Z", false);
    assert_false(is_available(f, ann));
    assert_int_equal(override(f, "std", "open", false), 0);
    assert_true(is_available(f, ann));
    /* It does not outlive the calendar. */
    fx_set(f, "Livechat_enable_business_hours", "false");
    fx_set(f, "Livechat_enable_business_hours", "true");
    assert_false(is_available(f, ann));
}

/* --- time that counts, and what would be --- */

static void business_time(void **state)
{
    struct fixture *f = *state;
    struct departments d = two_departments(f);
    save_custom(f, "night", d.sales, EVERY_DAY("18:00", "23:00"));
    const struct department *sales = core_department(f->core, d.sales), *care = core_department(f->core, d.care);
    int64_t noon = at("2026-11-23T11:00Z");
    assert_int_equal(core_business_due(f->core, sales, noon, 30 * 60000), at("2026-11-23T17:30Z"));
    assert_int_equal(core_business_due(f->core, sales, noon, 6 * HOUR), at("2026-11-24T18:00Z"));
    assert_int_equal(core_business_due(f->core, care, noon, 9 * HOUR), at("2026-11-24T08:00Z"));
    assert_int_equal(core_business_due(f->core, NULL, noon, HOUR), noon + HOUR);
    assert_int_equal(core_business_time(f->core, sales, noon, noon + DAY), 5 * HOUR);
    assert_int_equal(core_business_time(f->core, care, noon, noon + DAY), 12 * HOUR);
    fx_set(f, "Livechat_enable_business_hours", "false");
    assert_int_equal(core_business_due(f->core, sales, noon, 6 * HOUR), noon + 6 * HOUR);
    assert_int_equal(core_business_time(f->core, sales, noon, noon + DAY), DAY);
}

static void targets_run_in_business_time(void **state)
{
    struct fixture *f = *state;
    fx_agent(f, "ann");
    fx_set(f, "Usher_target_first_reply", "30");
    fx_set(f, "Livechat_enable_business_hours", "true");
    go_to(f, "2026-11-23T18:49:58Z", false);
    fx_visitor(f, "vera", NULL);
    assert_int_equal(fx_start(f, "vera"), 0);
    const struct room *r = f->result.room;
    int64_t due = at("2026-11-24T07:20Z");
    assert_int_equal(core_target_due(f->core, r, TARGET_FIRST_REPLY), due);
    override(f, "std", "close", true);
    assert_int_equal(core_target_due(f->core, r, TARGET_FIRST_REPLY), INT64_MAX);
    override(f, "std", "lift", false);
    go_to(f, "2026-11-24T07:19:59Z", false);
    assert_int_equal(core_target_state(r, TARGET_FIRST_REPLY), TARGET_WARNING);
    assert_int_equal(core_next_deadline(f->core), core_target_due(f->core, r, TARGET_FIRST_REPLY));
    /* A calendar that is saved moves what is due. */
    save_default(f, EVERY_DAY("09:00", "20:00"));
    go_to(f, "2026-11-24T08:19:59Z", false);
    assert_int_equal(core_target_state(r, TARGET_FIRST_REPLY), TARGET_WARNING);
    go_to(f, "2026-11-24T08:20Z", false);
    assert_int_equal(core_target_state(r, TARGET_FIRST_REPLY), TARGET_BREACH);
    fx_set(f, "Livechat_enable_business_hours", "false");
}

static void outlook_is(struct fixture *f, bool on, bool multiple, const char *id, const char *doc, int opened, int closed)
{
    json_t *changed = doc ? json_loads(doc, 0, NULL) : NULL;
    const struct hours_outlook o = {on, multiple, id, changed, f->now};
    int up, down;
    core_hours_outlook(f->core, &o, &up, &down);
    assert_int_equal(up, opened);
    assert_int_equal(down, closed);
    json_decref(changed);
}

static void what_would_be(void **state)
{
    struct fixture *f = *state;
    char *ann = fx_agent(f, "ann"), *ben = fx_agent(f, "ben");
    char *sales = fx_department(f, "sales", ann, NULL);
    fx_agent(f, "cem");
    set_service(f, ben, false, false);
    save_custom(f, "night", sales, EVERY_DAY("18:00", "23:00"));
    outlook_is(f, false, true, NULL, NULL, 0, 0);
    outlook_is(f, true, false, NULL, NULL, 1, 0);
    outlook_is(f, true, true, NULL, NULL, 1, 1);
    fx_set(f, "Livechat_business_hour_type", "Multiple");
    fx_set(f, "Livechat_enable_business_hours", "true");
    AUTO_FREE char *same = json_dumps(core_record(f->core, RECORD_BUSINESS_HOUR, "night")->doc, 0);
    outlook_is(f, true, true, "night", same, 0, 0);
    AUTO_FREE char *day = x_asprintf("{\"active\":true,\"type\":\"custom\",\"departments\":[\"%s\"],\"workHours\":%s}", sales,
                                     EVERY_DAY("00:00", "23:59"));
    outlook_is(f, true, true, "night", day, 1, 0);
    outlook_is(f, true, true, NULL, day, 1, 0);
    outlook_is(f, true, true, "night", "{\"active\":true,\"type\":\"custom\",\"departments\":[],\"workHours\":[]}", 0, 0);
    outlook_is(f, true, true, "std", "{\"active\":false,\"type\":\"default\",\"workHours\":[]}", 0, 2);
    struct hour_view view;
    core_hour_view(f->core, core_record(f->core, RECORD_BUSINESS_HOUR, "std")->doc, f->now, &view);
    assert_true(view.open);
    assert_int_equal(view.change_ms, at("2026-11-23T19:00Z"));
    assert_int_equal(view.ahead_ms, HOUR);
}

/* --- what may be saved --- */

static void refused(struct fixture *f, const char *more, const char *week, const char *name, const char *word)
{
    assert_true(save(f, NULL, "x", "custom", more, week) < 0);
    assert_string_equal(f->result.error.name, name);
    assert_non_null(strstr(f->result.error.text, word));
}

static void extensions_are_checked(void **state)
{
    struct fixture *f = *state;
    const char *week = EVERY_DAY("08:00", "20:00");
    refused(f, ",\"exceptions\":[{\"date\":\"2026-02-30\"}]", week, "error-invalid-business-hour-date", "2026-02-30");
    refused(f, ",\"exceptions\":[{\"date\":\"2026-02-20\"},{\"date\":\"2026-02-20\"}]", week,
            "error-invalid-business-hour-date", "twice");
    refused(f, ",\"exceptions\":[{\"date\":\"2026-02-20\",\"hours\":[{\"start\":\"8:00\",\"finish\":\"9:00\"}]}]", week,
            "error-invalid-business-hour-time", "8:00");
    refused(f, "", "[{\"day\":\"Monday\",\"start\":\"08:00\",\"finish\":\"12:00\",\"open\":true,\"more\":["
                   "{\"start\":\"13:00\",\"finish\":\"13:00\"}]}]",
            "error-business-hour-finish-time-equals-start-time", "13:00");
    assert_int_equal(save(f, NULL, "x", "custom", ",\"exceptions\":[{\"date\":\"2026-02-20\",\"name\":\"Carnival\"}]", week), 0);
    const json_t *e = record_list(core_record(f->core, RECORD_BUSINESS_HOUR, "x"), "exceptions");
    assert_int_equal(json_array_size(json_object_get(json_array_get(e, 0), "hours")), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, fx_close)
    const struct CMUnitTest tests[] = {
        TEST(off_leaves_agents_alone),     TEST(single_opens_and_closes_everybody), TEST(enabling_while_closed_closes),
        TEST(logins),                      TEST(multiple_follows_departments),      TEST(memberships),
        TEST(late_ones_come_in_order),     TEST(a_restart_changes_nothing),         TEST(opened_and_closed_by_hand),
        TEST(business_time),               TEST(targets_run_in_business_time),      TEST(what_would_be),
        TEST(extensions_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
