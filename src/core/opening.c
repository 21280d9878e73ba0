#include "core/opening.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

void core_set_zones(struct core *c, zone_source zones)
{
    c->openings.zones = zones;
}

static struct hours *compile(const struct core *c, const json_t *doc)
{
    const char *zone = json_string_value(json_object_get(doc, "timezoneName"));
    return hours_new(doc, c->openings.zones && zone ? c->openings.zones(zone) : NULL);
}

/* --- which hour a department has --- */

static struct hour *hour_find(const struct openings *o, const char *id)
{
    struct hour *h = NULL;
    if (id)
        HASH_FIND(by_id, o->by_id, id, strlen(id), h);
    return h;
}

/* The active hour of an enabled department; NULL: it has none, and its agents follow the default one. */
static struct hour *hour_of(const struct openings *o, const struct department *d)
{
    struct hour *h = d->enabled && o->multiple ? hour_find(o, d->business_hour_id) : NULL;
    if (o->changed && o->multiple && d->enabled && record_lists(o->changed->record, "departments", d->id))
        h = o->changed;
    else if (o->changed && h == o->changed)
        h = NULL;
    return h && hours_is_active(h->plan) ? h : NULL;
}

/* The hours of an agent that are open, each once; at most max of them. */
static int collect(const struct openings *o, const struct user *u, struct hour **out, int max)
{
    struct department_agent *l;
    bool has_own = false;
    int n = 0;
    LIST_FOREACH(l, &u->departments, of_user) {
        struct hour *h = hour_of(o, l->department);
        bool again = false;
        has_own |= h != NULL;
        for (int i = 0; i < n; i++)
            again |= out[i] == h;
        if (h && h->is_open && !again && n < max)
            out[n++] = h;
    }
    if (!has_own && o->standard && o->standard->is_open)
        out[n++] = o->standard;
    return n;
}

static int count_links(const struct user *u)
{
    const struct department_agent *l;
    int n = 1; /* the default hour */
    LIST_FOREACH(l, &u->departments, of_user)
        n++;
    return n;
}

/* --- agents --- */

static bool holds(const struct user *u, const struct hour *h)
{
    for (int i = 0; i < u->open_hour_count; i++)
        if (u->open_hours[i] == h)
            return true;
    return false;
}

static void forget_all(struct user *u)
{
    free(u->open_hours);
    u->open_hours = NULL;
    u->open_hour_count = 0;
}

/* His list is as the hours are; true when one came that was not there. */
static bool refresh(const struct openings *o, struct user *u)
{
    int max = count_links(u), n = 0;
    bool gained = false;
    struct hour **now = x_calloc((size_t)max, sizeof(*now));
    if (o->is_on && (u->roles & ROLE_AGENT))
        n = collect(o, u, now, max);
    for (int i = 0; i < n; i++)
        gained |= !holds(u, now[i]);
    forget_all(u);
    u->open_hours = now;
    u->open_hour_count = n;
    return gained;
}

/* An hour that is new for him opens him, even if he had closed himself. shut: having none closes him, even if somebody
   had opened him by hand. */
static void follow(struct step *s, struct user *u, bool shut)
{
    bool gained = refresh(&s->core->openings, u);
    if (!user_is_agent(u))
        return;
    if (gained)
        user_set_available(s, u, true);
    else if (shut && u->open_hour_count == 0)
        user_set_available(s, u, false);
}

void opening_follow(struct step *s, struct user *u)
{
    if (s->core->openings.is_on)
        follow(s, u, true);
}

bool core_hours_allow(const struct core *c, const struct user *u)
{
    return !c->openings.is_on || u->open_hour_count > 0;
}

static void follow_all(struct step *s, bool shut)
{
    for (struct user *u = s->core->people.by_id; u && s->core->openings.is_on; u = u->by_id.next)
        follow(s, u, shut);
}

void opening_follow_department(struct step *s, struct department *d)
{
    struct department_agent *l;
    LIST_FOREACH(l, &d->agents, of_department)
        opening_follow(s, l->user);
    targets_follow_all(s->core);
}

/* --- hours --- */

static struct hour *hour_add(struct openings *o, const struct core *c, struct record *r)
{
    struct hour *h = x_calloc(1, sizeof(*h));
    h->record = r;
    h->plan = compile(c, r->doc);
    h->no = ++o->hour_no;
    HASH_ADD_KEYPTR(by_id, o->by_id, r->id, strlen(r->id), h);
    if (str_eq(record_text(r, "type"), "default"))
        o->standard = h;
    return h;
}

static void hour_drop(struct core *c, struct openings *o, struct hour *h)
{
    HASH_DELETE(by_id, o->by_id, h);
    deadlines_drop(c, &h->deadlines);
    if (o->standard == h)
        o->standard = NULL;
    hours_free(&h->plan);
    free(h);
}

static void empty(struct core *c, struct openings *o)
{
    struct hour *h, *next;
    HASH_ITER(by_id, o->by_id, h, next)
        hour_drop(c, o, h);
}

/* With Single only the default one is looked at. */
static bool is_in_use(const struct openings *o, const struct record *r)
{
    return o->is_on && (o->multiple || str_eq(record_text(r, "type"), "default"));
}

static void build(struct openings *o, const struct core *c, const struct record *except)
{
    for (struct record *r = NULL; (r = core_next_record(c, RECORD_BUSINESS_HOUR, r)) != NULL;)
        if (r != except && is_in_use(o, r))
            hour_add(o, c, r);
}

static void read_settings(struct openings *o, const struct core *c)
{
    o->is_on = core_setting_bool(c, "Livechat_enable_business_hours");
    o->multiple = strcmp(core_setting_text(c, "Livechat_business_hour_type"), "Multiple") == 0;
}

static void set_due(struct core *c, struct hour *h, int64_t due_ms)
{
    h->due_ms = due_ms;
    deadline_set(c, &h->deadlines, DEADLINE_HOUR, due_ms);
}

/* The end of what was decided by hand is one too: it is taken out then. */
static int64_t due_after(const struct hours *plan, int64_t ms)
{
    int64_t change = hours_next_change(plan, ms), until = hours_override_until(plan, ms);
    return until > 0 && until < change ? until : change;
}

static void hour_event(struct step *s, struct record *r, char *detail_take)
{
    struct event *e = step_event(s, EVENT_HOUR);
    e->record = r;
    e->detail = detail_take;
}

/* What the hour is since `at`, and when that is looked at again: part of its record, so that it outlives a restart. */
static void hour_put(struct step *s, struct hour *h, int64_t at)
{
    int64_t due = due_after(h->plan, at);
    h->is_open = hours_is_open(h->plan, at);
    set_due(s->core, h, due);
    json_t *state = json_pack("{s:b,s:I}", "open", h->is_open, "due", (json_int_t)due);
    record_put_live(s, h->record, "state", state);
    hour_event(s, h->record, x_asprintf("{\"open\":%s,\"at\":%lld}", h->is_open ? "true" : "false", (long long)at));
}

/* Those whom the hour opens or closes. */
static void follow_hour(struct step *s, const struct hour *h)
{
    const json_t *ids = record_list(h->record, "departments");
    struct department_agent *l;
    if (h == s->core->openings.standard)
        follow_all(s, !h->is_open);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct department *d = core_department(s->core, json_string_value(json_array_get(ids, i)));
        if (d == NULL)
            continue;
        LIST_FOREACH(l, &d->agents, of_department)
            follow(s, l->user, !h->is_open);
    }
}

/* The start state (10.5): everybody is as the hours are, whatever he chose himself. */
static void start_over(struct step *s)
{
    struct core *c = s->core;
    for (struct user *u = c->people.by_id; u; u = u->by_id.next)
        forget_all(u);
    empty(c, &c->openings);
    read_settings(&c->openings, c);
    build(&c->openings, c, NULL);
    for (struct hour *h = c->openings.by_id; h; h = h->by_id.next)
        hour_put(s, h, s->now);
    follow_all(s, true);
}

/* What was decided by hand does not outlive the calendar that it departed from. */
void opening_settings_changed(struct step *s)
{
    for (struct record *r = NULL; (r = core_next_record(s->core, RECORD_BUSINESS_HOUR, r)) != NULL;) {
        if (json_object_get(r->doc, "override") == NULL)
            continue;
        record_put_live(s, r, "override", NULL);
        hour_event(s, r, NULL);
    }
    start_over(s);
}

static void record_changed(struct step *s, struct record *r, bool is_gone)
{
    struct openings *o = &s->core->openings;
    struct hour *h = hour_find(o, r->id);
    if (!is_in_use(o, r))
        return;
    if (!o->multiple) {
        start_over(s);
        return;
    }
    /* Nobody holds it any more; who still belongs to it gets it anew, and with that is opened. */
    for (struct user *u = s->core->people.by_id; u; u = u->by_id.next)
        for (int i = 0; h && i < u->open_hour_count; i++)
            if (u->open_hours[i] == h)
                u->open_hours[i--] = u->open_hours[--u->open_hour_count];
    if (h)
        hour_drop(s->core, o, h);
    if (!is_gone)
        hour_put(s, hour_add(o, s->core, r), s->now);
    follow_all(s, true);
}

void opening_record_changed(struct step *s, struct record *r, bool is_gone)
{
    record_changed(s, r, is_gone);
    targets_follow_all(s->core);
}

void opening_load(struct core *c)
{
    struct openings *o = &c->openings;
    read_settings(o, c);
    build(o, c, NULL);
    for (struct hour *h = o->by_id; h; h = h->by_id.next) {
        const json_t *state = json_object_get(h->record->doc, "state");
        h->is_open = json_is_true(json_object_get(state, "open"));
        set_due(c, h, (int64_t)json_integer_value(json_object_get(state, "due")));
    }
    for (struct user *u = c->people.by_id; u; u = u->by_id.next)
        refresh(o, u);
}

void opening_fini(struct core *c)
{
    empty(c, &c->openings);
}

/* --- time --- */

static void drop_override(struct step *s, struct hour *h)
{
    record_put_live(s, h->record, "override", NULL);
    hours_free(&h->plan);
    h->plan = compile(s->core, h->record->doc);
}

/* What changed when it was due, however late it is: late ones come one after the other. */
void opening_due(struct step *s, void *hour)
{
    struct hour *h = hour;
    bool was_open = h->is_open;
    int64_t at = h->due_ms > 0 ? h->due_ms : s->now; /* 0: nobody has looked at it yet */
    if (json_object_get(h->record->doc, "override") && hours_override_until(h->plan, at) == 0)
        drop_override(s, h);
    hour_put(s, h, at);
    if (h->is_open != was_open)
        follow_hour(s, h);
}

/* --- by hand --- */

static int refuse_override(struct step *s, const struct record *r)
{
    const struct openings *o = &s->core->openings;
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-business-hour-not-found", "Business hour not found");
    if (!o->is_on)
        return step_fail(s, ERR_STATE, "error-business-hours-disabled",
                         "Business hours are off: agents open themselves");
    if (hour_find(o, r->id) == NULL)
        return step_fail(s, ERR_STATE, "error-business-hour-not-in-use",
                         "Only the default business hour counts while there is a single one");
    if (!record_bool(r, "active"))
        return step_fail(s, ERR_STATE, "error-business-hour-not-active", "An inactive business hour is never open");
    return ERR_OK;
}

int step_hour_override(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct record *r = core_record(s->core, RECORD_BUSINESS_HOUR, cmd->hour.id);
    int rc = refuse_override(s, r);
    if (rc != ERR_OK)
        return rc;
    struct hour *h = hour_find(&s->core->openings, r->id);
    bool was_open = h->is_open;
    int64_t until = hours_next_scheduled(h->plan, s->now);
    json_t *o = NULL;
    if (!cmd->hour.lift)
        o = json_pack("{s:b,s:I}", "open", cmd->hour.open, "from", (json_int_t)s->now);
    if (o && !cmd->hour.for_good && until != INT64_MAX)
        json_object_set_new(o, "until", json_integer(until));
    record_put_live(s, r, "override", o);
    hours_free(&h->plan);
    h->plan = compile(s->core, r->doc);
    hour_put(s, h, s->now);
    if (h->is_open != was_open)
        follow_hour(s, h);
    targets_follow_all(s->core);
    s->result->record = r;
    return ERR_OK;
}

/* --- looking --- */

void core_hour_view(const struct core *c, const json_t *doc, int64_t ms, struct hour_view *out)
{
    const char *zone = json_string_value(json_object_get(doc, "timezoneName"));
    const struct zone_table *t = c->openings.zones && zone ? c->openings.zones(zone) : NULL;
    struct hours *plan = hours_new(doc, t);
    out->open = hours_is_open(plan, ms);
    out->change_ms = hours_next_change(plan, ms);
    out->override_until_ms = hours_override_until(plan, ms);
    out->ahead_ms = t ? zone_table_ahead(t, ms, NULL) : 0;
    out->change_ahead_ms = t && out->change_ms != INT64_MAX ? zone_table_ahead(t, out->change_ms, NULL) : out->ahead_ms;
    hours_free(&plan);
}

static const struct hour *hour_for_chats(const struct core *c, const struct department *d)
{
    const struct hour *own = d ? hour_of(&c->openings, d) : NULL;
    return own ? own : c->openings.standard;
}

int64_t core_business_time(const struct core *c, const struct department *d, int64_t from_ms, int64_t to_ms)
{
    const struct hour *h = hour_for_chats(c, d);
    return h ? hours_open_time(h->plan, from_ms, to_ms) : to_ms - from_ms;
}

int64_t core_business_due(const struct core *c, const struct department *d, int64_t from_ms, int64_t business_ms)
{
    const struct hour *h = hour_for_chats(c, d);
    return h ? hours_after_open_time(h->plan, from_ms, business_ms) : from_ms + business_ms;
}

/* Would the change be there for that agent? +1: he becomes available, -1: no longer, 0: he stays as he is. */
static int prospect(const struct openings *then, const struct user *u)
{
    int max = count_links(u), n;
    bool has_changed = false;
    struct hour **hours = x_calloc((size_t)max, sizeof(*hours));
    n = collect(then, u, hours, max);
    for (int i = 0; i < n; i++)
        has_changed |= hours[i] == then->changed;
    free(hours);
    if (n > 0 && then->changed && then->multiple && !has_changed)
        return 0;
    return (n > 0) == u->available ? 0 : n > 0 ? 1 : -1;
}

void core_hours_outlook(const struct core *c, const struct hours_outlook *o, int *opened, int *closed)
{
    struct openings then = {.is_on = o->on, .multiple = o->multiple, .zones = c->openings.zones};
    const struct record *former = core_record(c, RECORD_BUSINESS_HOUR, o->changed_id);
    struct record changed = {.kind = RECORD_BUSINESS_HOUR, .id = former ? former->id : (char *)"",
                             .doc = (json_t *)o->changed};
    *opened = *closed = 0;
    if (!o->on || (o->changed && !is_in_use(&then, &changed)))
        return;
    build(&then, c, o->changed ? former : NULL);
    if (o->changed)
        then.changed = hour_add(&then, c, &changed);
    for (struct hour *h = then.by_id; h; h = h->by_id.next)
        h->is_open = hours_is_open(h->plan, o->now_ms);
    for (const struct user *u = c->people.by_id; u; u = u->by_id.next) {
        int way = user_is_agent(u) ? prospect(&then, u) : 0;
        *opened += way > 0;
        *closed += way < 0;
    }
    empty(NULL, &then); /* none of them has a deadline */
}
