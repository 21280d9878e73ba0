/* What routing rests on, as the log keeps it: the record that an event changed, as a JSON list [kind, id, values …] of ids
   and numbers. Nothing of a visitor but his id stands in it, nor names of agents. The latest of each record together make
   up the state (replay.c); the digest of a core is the sum of the hashes of all of them. */
#include <stdlib.h>
#include <string.h>

#include "common/jsonw.h"
#include "store/internal.h"

#define COLUMNS_MAX 24

/* The columns of a table that count; found by name at the first use. */
struct shape {
    const struct table *table;
    const char *const *names;
    int n;
    int at[COLUMNS_MAX];
};

/* presence comes first: a start sets it back (state_offline) */
static const char *const user_names[] = {
    "status", "status_connection", "active", "is_bot", "roles", "available", "system_modified", "max_chats", "leave_due_ms",
    "livechat_count", "last_routing_ms", "idle_since_ms", "skills", "pause", "pause_until_ms"};
static const char *const department_names[] = {"enabled",  "show_on_registration", "fallback_id", "allowed_forward",
                                               "max_chats", "inactivity_timeout_s", "created_ms"};
static const char *const room_names[] = {
    "department_id", "ts_ms", "queued_ms", "on_hold", "served_ms", "source_type", "priority_id", "inquiry_id",
    "inquiry_status", "inquiry_ts_ms", "inquiry_queued_ms", "inquiry_taken_ms", "inquiry_order", "inquiry_wait_min",
    "inquiry_service_at_ms", "inquiry_offered_id", "inquiry_offer_until_ms", "inquiry_declined", "hold_close_ms"};

static struct shape users = {&table_user, user_names, COUNT_OF(user_names), {0}};
static struct shape departments = {&table_department, department_names, COUNT_OF(department_names), {0}};
static struct shape rooms = {&table_room, room_names, COUNT_OF(room_names), {0}};

static const struct column *column_of(struct shape *s, int i)
{
    if (s->at[i] == 0) {
        while (s->at[i] < s->table->count && strcmp(s->table->columns[s->at[i]].name, s->names[i]) != 0)
            s->at[i]++;
        if (s->at[i] == s->table->count)
            abort(); /* a name above is wrong; 0 is the id, which is none of them */
    }
    return &s->table->columns[s->at[i]];
}

/* --- writing --- */

static void put_text(struct buf *out, const char *text)
{
    buf_puts(out, out->len && out->data[out->len - 1] == '[' ? "" : ",");
    if (text)
        json_escape(out, text, strlen(text));
    else
        buf_puts(out, "null");
}

static void put_number(struct buf *out, int64_t v)
{
    buf_putc(out, ',');
    buf_put_i64(out, v);
}

static void begin(struct buf *out, const char *kind, const char *id)
{
    buf_putc(out, '[');
    put_text(out, kind);
    put_text(out, id);
}

static void put_columns(struct buf *out, struct shape *s, const void *record)
{
    for (int i = 0; i < s->n; i++) {
        const struct column *column = column_of(s, i);
        const void *at = (const char *)record + column->offset;
        switch (column->kind) {
        case COLUMN_TEXT:
        case COLUMN_TYPE:
            put_text(out, *(const char *const *)at);
            break;
        case COLUMN_I64:
            put_number(out, *(const int64_t *)at);
            break;
        case COLUMN_INT:
            put_number(out, *(const int *)at);
            break;
        case COLUMN_U32:
            put_number(out, *(const uint32_t *)at);
            break;
        case COLUMN_BOOL:
            put_number(out, *(const bool *)at);
            break;
        }
    }
}

static void put_user(struct buf *out, const struct user *u)
{
    begin(out, "user", u->id);
    put_columns(out, &users, u);
}

static void put_department(struct buf *out, const struct department *d)
{
    begin(out, "department", d->id);
    put_columns(out, &departments, d);
}

static void put_link(struct buf *out, const struct department_agent *l)
{
    begin(out, "link", l->id);
    put_text(out, l->department->id);
    put_text(out, l->user->id);
    put_number(out, l->count);
    put_number(out, l->order);
}

/* A closed chat has no state any more. */
static void put_room(struct buf *out, const struct room *r)
{
    begin(out, "room", r->id);
    if (!r->open)
        return;
    put_text(out, r->visitor->id);
    put_text(out, r->served_by ? r->served_by->id : NULL);
    put_text(out, r->inquiry.default_agent ? r->inquiry.default_agent->id : NULL);
    put_columns(out, &rooms, r);
}

static void put_subscription(struct buf *out, const struct subscription *sub)
{
    begin(out, "subscription", sub->id);
    put_text(out, sub->room->id);
    put_text(out, sub->user->id);
}

/* One that has its default value has no state; secrets and counters never have. */
static bool put_setting(struct buf *out, const struct core *c, setting_no no)
{
    const struct setting_row *row = catalogue_row(no);
    struct setting_value standard;
    if (row->is_secret || row->is_hidden || row->type == SETTING_ACTION)
        return false;
    begin(out, "setting", row->id);
    setting_value_default(no, &standard);
    if (!setting_value_equal(core_setting(c, no), &standard)) {
        json_t *v = setting_value_to_json(core_setting(c, no));
        AUTO_FREE char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
        buf_putc(out, ',');
        buf_puts(out, text);
        json_decref(v);
    }
    setting_value_free(&standard);
    return true;
}

static void put_right(struct buf *out, const struct core *c, int right)
{
    begin(out, "right", right_rows[right].id);
    if (core_right_roles(c, right) != right_rows[right].roles)
        put_number(out, core_right_roles(c, right));
}

static void put_record(struct buf *out, const struct record *r, bool gone)
{
    if (record_kinds[r->kind].has_secrets) /* no routing rests on those, and what is logged stays */
        return;
    AUTO_FREE char *id = x_asprintf("%s/%s", record_kinds[r->kind].name, r->id);
    AUTO_FREE char *doc = json_dumps(r->doc, JSON_COMPACT | JSON_SORT_KEYS);
    begin(out, "record", id);
    if (gone)
        return;
    buf_putc(out, ',');
    buf_puts(out, doc);
}

static void put_of_event(struct buf *out, const struct core *c, const struct event *e)
{
    switch (e->type) {
    case EVENT_USER:
    case EVENT_USER_TURN:
    case EVENT_USER_PAUSE:
    case EVENT_USER_PRESENCE:
    case EVENT_USER_SERVICE:
    case EVENT_AGENT_LEAVES:
        put_user(out, e->user);
        break;
    case EVENT_USER_REMOVED:
        begin(out, "user", e->user->id);
        break;
    case EVENT_DEPARTMENT:
        put_department(out, e->department);
        break;
    case EVENT_DEPARTMENT_REMOVED:
        begin(out, "department", e->department->id);
        break;
    case EVENT_DEPARTMENT_AGENT:
        put_link(out, e->link);
        break;
    case EVENT_DEPARTMENT_AGENT_REMOVED:
        begin(out, "link", e->link->id);
        break;
    case EVENT_SUBSCRIPTION:
        put_subscription(out, e->subscription);
        break;
    case EVENT_SUBSCRIPTION_REMOVED:
        begin(out, "subscription", e->subscription->id);
        break;
    case EVENT_SETTING:
        put_setting(out, c, e->setting);
        break;
    case EVENT_RIGHT:
        put_right(out, c, e->right);
        break;
    case EVENT_RECORD:
    case EVENT_HOUR:
    case EVENT_RECORD_REMOVED:
        put_record(out, e->record, e->type == EVENT_RECORD_REMOVED);
        break;
    default:
        if (event_writes_room(e))
            put_room(out, e->room);
        break;
    }
}

char *state_of_event(const struct core *c, const struct event_list *events, size_t i)
{
    struct buf out = BUF_INIT;
    const struct event *e = &events->items[i];
    /* A room is written once a step, with its last event. */
    for (size_t k = i + 1; event_writes_room(e) && k < events->n; k++)
        if (event_writes_room(&events->items[k]) && events->items[k].room == e->room)
            return NULL;
    put_of_event(&out, c, e);
    if (out.len == 0)
        return NULL;
    buf_putc(&out, ']');
    return buf_take(&out);
}

/* --- everything --- */

static void tell(struct buf *out, state_fn fn, void *arg)
{
    if (out->len > 0) {
        buf_putc(out, ']');
        fn(arg, out->data);
    }
    buf_clear(out);
}

/* Of settings and rights only what is not the default: of the others the text has two items. */
static void tell_changed(struct buf *out, state_fn fn, void *arg)
{
    int commas = 0;
    for (size_t i = 0; i < out->len; i++)
        commas += out->data[i] == ',';
    if (commas < 2)
        buf_clear(out);
    tell(out, fn, arg);
}

void state_each(const struct core *c, state_fn fn, void *arg)
{
    struct buf out = BUF_INIT;
    const struct department_agent *l;
    const struct subscription *sub;
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++) {
        put_setting(&out, c, no);
        tell_changed(&out, fn, arg);
    }
    for (int i = 0; i < (int)right_count; i++) {
        put_right(&out, c, i);
        tell_changed(&out, fn, arg);
    }
    for (const struct department *d = NULL; (d = core_next_department(c, d)) != NULL;) {
        put_department(&out, d);
        tell(&out, fn, arg);
    }
    for (const struct user *u = NULL; (u = core_next_user(c, u)) != NULL;) {
        put_user(&out, u);
        tell(&out, fn, arg);
        LIST_FOREACH(l, &u->departments, of_user) {
            put_link(&out, l);
            tell(&out, fn, arg);
        }
    }
    for (enum record_kind kind = 0; kind < RECORD_KIND_COUNT; kind++)
        for (const struct record *r = NULL; (r = core_next_record(c, kind, r)) != NULL;) {
            put_record(&out, r, false);
            tell(&out, fn, arg);
        }
    for (const struct room *r = NULL; (r = core_next_room(c, r)) != NULL;) {
        put_room(&out, r);
        tell(&out, fn, arg);
        LIST_FOREACH(sub, &r->subscriptions, of_room) {
            put_subscription(&out, sub);
            tell(&out, fn, arg);
        }
    }
    buf_free(&out);
}

uint64_t state_hash(uint64_t hash, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 0x100000001B3u;
    return (hash ^ 0xFF) * 0x100000001B3u;
}

static void add_hash(void *arg, const char *text)
{
    *(uint64_t *)arg += state_hash(STATE_SEED, text);
}

uint64_t store_digest(const struct core *c)
{
    uint64_t sum = 0;
    state_each(c, add_hash, &sum);
    return sum;
}

/* --- reading --- */

static const char *text_at(const json_t *row, size_t i)
{
    return json_string_value(json_array_get(row, i));
}

static void read_columns(struct shape *s, const json_t *row, size_t from, void *record)
{
    for (int i = 0; i < s->n; i++) {
        const struct column *column = column_of(s, i);
        const json_t *v = json_array_get(row, from + (size_t)i);
        void *at = (char *)record + column->offset;
        switch (column->kind) {
        case COLUMN_TEXT:
            str_set((char **)at, json_string_value(v));
            break;
        case COLUMN_TYPE:
            break;
        case COLUMN_I64:
            *(int64_t *)at = json_integer_value(v);
            break;
        case COLUMN_INT:
            *(int *)at = (int)json_integer_value(v);
            break;
        case COLUMN_U32:
            *(uint32_t *)at = (uint32_t)json_integer_value(v);
            break;
        case COLUMN_BOOL:
            *(bool *)at = json_integer_value(v) != 0;
            break;
        }
    }
}

static void load_setting(struct core *c, const json_t *row)
{
    setting_no no = catalogue_find(text_at(row, 1));
    struct setting_value v;
    const struct setting_state state = {.source = SETTING_SOURCE_USER};
    if (no >= 0 && setting_value_from_store(no, json_array_get(row, 2), &v, NULL) == ERR_OK) {
        core_load_setting(c, no, &v, &state);
        setting_value_free(&v);
    }
}

static void load_right(struct core *c, const json_t *row)
{
    int right = right_find(text_at(row, 1));
    if (right >= 0)
        core_load_right(c, right, (uint32_t)json_integer_value(json_array_get(row, 2)));
}

/* His id stands for his name, which is not in the log. */
static void load_user(struct core *c, const json_t *row)
{
    struct user *u = user_new();
    u->id = x_strdup(text_at(row, 1));
    u->username = x_strdup(u->id);
    read_columns(&users, row, 2, u);
    core_load_user(c, u);
}

static void load_department(struct core *c, const json_t *row)
{
    struct department *d = department_new();
    d->id = x_strdup(text_at(row, 1));
    d->name = x_strdup(d->id);
    read_columns(&departments, row, 2, d);
    core_load_department(c, d);
}

static void load_link(struct core *c, const json_t *row)
{
    core_load_link(c, text_at(row, 2), text_at(row, 3), x_strdup(text_at(row, 1)),
                   json_integer_value(json_array_get(row, 4)), json_integer_value(json_array_get(row, 5)));
}

static void load_record(struct core *c, const json_t *row)
{
    const char *id = text_at(row, 1), *slash = id ? strchr(id, '/') : NULL;
    AUTO_FREE char *name = slash ? x_strndup(id, (size_t)(slash - id)) : NULL;
    enum record_kind kind;
    json_t *doc = json_array_get(row, 2);
    if (name && record_kind_find(name, &kind) && json_is_object(doc))
        core_load_record(c, record_new(kind, x_strdup(slash + 1), json_deep_copy(doc)));
}

static void load_room(struct core *c, const json_t *row)
{
    const char *visitor_id = text_at(row, 2);
    if (visitor_id == NULL)
        return;
    if (core_visitor(c, visitor_id) == NULL) {
        struct visitor *v = visitor_new();
        v->id = x_strdup(visitor_id);
        v->token = x_strdup(visitor_id);
        v->username = x_strdup(visitor_id);
        core_load_visitor(c, v);
    }
    struct room *r = room_new();
    r->id = x_strdup(text_at(row, 1));
    r->open = true;
    read_columns(&rooms, row, 5, r);
    core_load_room(c, r, visitor_id, text_at(row, 3), text_at(row, 4));
}

static void load_subscription(struct core *c, const json_t *row)
{
    struct subscription *sub = x_calloc(1, sizeof(*sub));
    sub->id = x_strdup(text_at(row, 1));
    sub->open = true;
    core_load_subscription(c, text_at(row, 2), text_at(row, 3), sub);
}

/* In the order in which a core takes them. */
static const struct {
    const char *kind;
    void (*load)(struct core *c, const json_t *row);
} loaders[] = {
    {"setting", load_setting}, {"right", load_right},   {"user", load_user}, {"department", load_department},
    {"link", load_link},       {"record", load_record}, {"room", load_room}, {"subscription", load_subscription},
};

int state_kind(const char *kind)
{
    for (size_t i = 0; kind && i < COUNT_OF(loaders); i++)
        if (strcmp(loaders[i].kind, kind) == 0)
            return (int)i;
    return -1;
}

size_t state_kinds(void)
{
    return COUNT_OF(loaders);
}

void state_load(struct core *c, const json_t *row)
{
    int kind = state_kind(text_at(row, 0));
    if (kind >= 0 && text_at(row, 1))
        loaders[kind].load(c, row);
}

/* Whoever was connected is not any more after a start. */
void state_offline(json_t *row)
{
    if (!str_eq(text_at(row, 0), "user"))
        return;
    json_array_set_new(row, 2, json_integer(PRESENCE_OFFLINE));
    json_array_set_new(row, 3, json_integer(PRESENCE_OFFLINE));
}
