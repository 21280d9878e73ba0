/* Values of settings and permissions. */
#include "core/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RECENT 256

void settings_init(struct settings *s)
{
    size_t n = catalogue_count();
    s->recent = x_calloc(RECENT, sizeof(*s->recent));
    s->values = x_calloc(n, sizeof(*s->values));
    s->states = x_calloc(n, sizeof(*s->states));
    for (size_t i = 0; i < n; i++)
        setting_value_default((setting_no)i, &s->values[i]);
    s->rights = x_calloc(right_count, sizeof(*s->rights));
    for (size_t i = 0; i < right_count; i++)
        s->rights[i] = right_rows[i].roles;
}

void settings_fini(struct settings *s)
{
    for (size_t i = 0; i < catalogue_count(); i++) {
        setting_value_free(&s->values[i]);
        if (s->forced)
            setting_value_free(&s->forced[i]);
        free((char *)s->states[i].user_id);
    }
    free(s->forced);
    free(s->is_forced);
    free(s->recent);
    free(s->values);
    free(s->states);
    free(s->rights);
}

const struct setting_value *core_setting(const struct core *c, setting_no no)
{
    assert(no >= 0 && (size_t)no < catalogue_count());
    return &c->settings.values[no];
}

const struct setting_value *core_setting_in_force(const struct core *c, setting_no no)
{
    assert(no >= 0 && (size_t)no < catalogue_count());
    return c->settings.forced && c->settings.is_forced[no] ? &c->settings.forced[no] : &c->settings.values[no];
}

/* Ids are literals, and the same few are asked for at every step: where a literal lies tells where its row was. */
static const struct setting_value *by_id(const struct core *c, const char *id)
{
    setting_no *slot = &c->settings.recent[((uintptr_t)id >> 3) % RECENT];
    if (strcmp(catalogue_row(*slot)->id, id) != 0)
        *slot = catalogue_find(id);
    assert(*slot >= 0);
    return core_setting_in_force(c, *slot);
}

bool core_setting_bool(const struct core *c, const char *id)
{
    return by_id(c, id)->b;
}

int64_t core_setting_int(const struct core *c, const char *id)
{
    return by_id(c, id)->i;
}

const char *core_setting_text(const struct core *c, const char *id)
{
    const char *s = by_id(c, id)->s;
    return s ? s : "";
}

const char *setting_source_name(enum setting_source s)
{
    static const char *const names[] = {
        [SETTING_SOURCE_DEFAULT] = "default", [SETTING_SOURCE_USER] = "user", [SETTING_SOURCE_FILE] = "file"};
    return names[s];
}

const char *setting_via_name(enum setting_via v)
{
    static const char *const names[] = {
        [SETTING_VIA_SERVER] = "server",   [SETTING_VIA_REST] = "rest", [SETTING_VIA_REALTIME] = "realtime",
        [SETTING_VIA_CONSOLE] = "console", [SETTING_VIA_FILE] = "file", [SETTING_VIA_UNDO] = "undo"};
    return names[v];
}

const struct setting_state *core_setting_state(const struct core *c, setting_no no)
{
    return &c->settings.states[no];
}

uint64_t core_settings_revision(const struct core *c)
{
    return c->settings.revision;
}

void core_load_settings_revision(struct core *c, uint64_t revision)
{
    c->settings.revision = revision;
}

void core_load_setting(struct core *c, setting_no no, const struct setting_value *v, const struct setting_state *state)
{
    struct setting_state *mine = &c->settings.states[no];
    char *user_id = x_strdup(state->user_id);
    c->settings.generation++;
    setting_value_free(&c->settings.values[no]);
    if (v)
        setting_value_copy(&c->settings.values[no], v);
    else
        setting_value_default(no, &c->settings.values[no]);
    free((char *)mine->user_id);
    *mine = *state;
    mine->user_id = user_id;
}

void core_load_right(struct core *c, int right, uint32_t roles)
{
    c->settings.rights[right] = roles;
}

uint32_t core_right_roles(const struct core *c, int right)
{
    return c->settings.rights[right];
}

bool core_may(const struct core *c, const struct user *u, const char *right_id)
{
    int right = right_find(right_id);
    assert(right >= 0);
    return u->active && (u->roles & c->settings.rights[right]) != 0;
}

/* What follows from a change. */
enum follow {
    FOLLOW_WORKER = 1,         /* the worker begins anew */
    FOLLOW_LINES = 2,          /* the order of the queue */
    FOLLOW_AGENTS = 4,         /* the indexes of agents */
    FOLLOW_WAITING = 8,        /* what waits is treated by the new rules */
    FOLLOW_SILENCE = 16,       /* when visitors count as gone */
    FOLLOW_LEAVE = 32,         /* agents who are about to be missed */
    FOLLOW_FIT = 64,           /* which agents fit which chats */
    FOLLOW_QUIET = 128,        /* chats that count no longer */
    FOLLOW_TARGETS = 256,      /* when targets of service are missed */
    FOLLOW_HOURS = 512,        /* who is opened and closed by business hours */
    FOLLOW_ACTIVITY = 1024,    /* whether sessions of agents are kept */
};

static const struct {
    const char *id;
    unsigned what;
} follows[] = {
    {"Livechat_Routing_Method", FOLLOW_WORKER | FOLLOW_AGENTS | FOLLOW_WAITING},
    {"Livechat_External_Queue_URL", FOLLOW_WORKER | FOLLOW_WAITING},
    {"Livechat_External_Queue_Token", FOLLOW_WORKER | FOLLOW_WAITING},
    {"Livechat_enabled_when_agent_idle", FOLLOW_AGENTS | FOLLOW_WAITING},
    {"Livechat_maximum_chats_per_agent", FOLLOW_AGENTS | FOLLOW_WAITING},
    {"Livechat_waiting_queue", FOLLOW_AGENTS | FOLLOW_WAITING},
    {"Livechat_enabled", FOLLOW_AGENTS | FOLLOW_WAITING},
    {"Livechat_abandoned_rooms_action", FOLLOW_SILENCE},
    {"Livechat_visitor_inactivity_timeout", FOLLOW_SILENCE},
    {"Livechat_agent_leave_action", FOLLOW_LEAVE},
    {"Livechat_enable_business_hours", FOLLOW_HOURS | FOLLOW_TARGETS},
    {"Livechat_business_hour_type", FOLLOW_HOURS | FOLLOW_TARGETS},
    {"Usher_queue_ageing", FOLLOW_LINES},
    {"Usher_target_first_reply", FOLLOW_TARGETS},
    {"Usher_target_next_reply", FOLLOW_TARGETS},
    {"Usher_target_resolution", FOLLOW_TARGETS},
    {"Usher_target_warning", FOLLOW_TARGETS},
    {"Usher_idle_chat_minutes", FOLLOW_QUIET},
    {"Usher_skills", FOLLOW_FIT | FOLLOW_WAITING},
    {"Usher_skills_field", FOLLOW_FIT | FOLLOW_WAITING},
    {"Usher_skills_relax_after", FOLLOW_FIT | FOLLOW_WAITING},
    {"Usher_tier_wait", FOLLOW_FIT | FOLLOW_WAITING},
    {"Usher_channel_weights", FOLLOW_FIT | FOLLOW_WAITING},
    {"Usher_channel_limits", FOLLOW_FIT | FOLLOW_WAITING},
    {"Usher_offer_chats", FOLLOW_FIT | FOLLOW_WAITING},
    {"Troubleshoot_Disable_Livechat_Activity_Monitor", FOLLOW_ACTIVITY},
};

static unsigned what_follows(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(follows); i++)
        if (strcmp(follows[i].id, id) == 0)
            return follows[i].what;
    return 0;
}

/* Once for the whole step. */
static void settings_follow(struct step *s, unsigned what)
{
    if (what & FOLLOW_HOURS)
        opening_settings_changed(s);
    if (what & FOLLOW_WORKER)
        worker_restart(s->core);
    if (what & FOLLOW_LINES)
        waiting_reorder(s->core);
    if (what & FOLLOW_QUIET)
        quiet_follow(s);
    if (what & FOLLOW_FIT)
        fit_follow(s->core, s->now);
    if (what & FOLLOW_AGENTS)
        agent_reindex_all(s);
    if (what & FOLLOW_WAITING)
        routing_method_changed(s);
    if (what & FOLLOW_TARGETS)
        targets_follow_all(s->core);
    if (what & FOLLOW_SILENCE)
        abandon_follow_all(s->core, NULL);
    if (what & FOLLOW_LEAVE)
        leave_setting_changed(s);
    if (what & FOLLOW_ACTIVITY)
        activity_follow_all(s);
}

bool setting_change_is_idle(const struct core *c, const struct setting_change *ch)
{
    const struct setting_state *state = core_setting_state(c, ch->no);
    bool empty = !ch->reset && catalogue_row(ch->no)->is_secret && ch->value.s[0] == '\0';
    if (ch->reset)
        return state->source == SETTING_SOURCE_DEFAULT;
    return empty || setting_value_equal(&ch->value, core_setting(c, ch->no));
}

static char *value_json(setting_no no, const struct setting_value *v)
{
    if (catalogue_row(no)->is_secret)
        return NULL;
    json_t *json = setting_value_to_json(v);
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    json_decref(json);
    return text;
}

static void bury_record(void *p)
{
    struct setting_record *r = p;
    free(r->from);
    free(r->comment);
    free(r->old_json);
    free(r->new_json);
    free(r);
}

/* Puts the value in and makes the event with its line of the history. */
static void change_one(struct step *s, const struct setting_changes *all, const struct setting_change *ch)
{
    struct core *c = s->core;
    struct setting_record *r = x_calloc(1, sizeof(*r));
    step_bury(s, r, bury_record);
    r->no = ch->no;
    r->number = ++c->settings.revision;
    r->via = all->via;
    r->from = x_strdup(all->from);
    r->comment = x_strdup(all->comment);
    r->undoes = all->undoes;
    r->old_json = value_json(ch->no, core_setting(c, ch->no));
    r->old_default = core_setting_state(c, ch->no)->source == SETTING_SOURCE_DEFAULT;
    struct setting_state state = {
        .source = ch->reset ? SETTING_SOURCE_DEFAULT
                  : all->via == SETTING_VIA_FILE ? SETTING_SOURCE_FILE : SETTING_SOURCE_USER,
        .user_id = s->cmd->actor_id,
        .ms = s->now,
        .revision = r->number,
    };
    core_load_setting(c, ch->no, ch->reset ? NULL : &ch->value, &state);
    r->new_json = value_json(ch->no, core_setting(c, ch->no));
    struct event *e = step_event(s, EVENT_SETTING);
    e->setting = ch->no;
    e->change = r;
}

int settings_check(struct step *s, const struct setting_changes *all)
{
    for (size_t i = 0; i < all->n; i++) {
        setting_no no = all->items[i].no;
        if (no < 0 || (size_t)no >= catalogue_count() || catalogue_row(no)->is_hidden ||
            catalogue_row(no)->type == SETTING_ACTION)
            return step_fail(s, ERR_INVALID, "error-invalid-setting", "There is no such setting");
    }
    return ERR_OK;
}

void settings_change(struct step *s, const struct setting_changes *all)
{
    unsigned what = 0;
    for (size_t i = 0; i < all->n; i++) {
        const struct setting_change *ch = &all->items[i];
        if (setting_change_is_idle(s->core, ch))
            continue;
        change_one(s, all, ch);
        what |= what_follows(catalogue_row(ch->no)->id);
    }
    settings_follow(s, what);
}

int step_settings(struct step *s)
{
    int rc = settings_check(s, &s->cmd->settings);
    if (rc == ERR_OK)
        settings_change(s, &s->cmd->settings);
    return rc;
}

/* For tests only: from now on everything that asks for this setting gets that value, whatever is stored. */
int step_setting_force(struct step *s)
{
    struct settings *all = &s->core->settings;
    setting_no no = s->cmd->setting_force.no;
    const struct setting_value *v = s->cmd->setting_force.value;
    if (no < 0 || (size_t)no >= catalogue_count())
        return step_fail(s, ERR_INVALID, "error-invalid-setting", "There is no such setting");
    if (all->forced == NULL) {
        all->forced = x_calloc(catalogue_count(), sizeof(*all->forced));
        all->is_forced = x_calloc(catalogue_count(), sizeof(*all->is_forced));
    }
    setting_value_free(&all->forced[no]);
    all->is_forced[no] = v != NULL;
    all->generation++;
    if (v)
        setting_value_copy(&all->forced[no], v);
    else
        memset(&all->forced[no], 0, sizeof(all->forced[no]));
    settings_follow(s, what_follows(catalogue_row(no)->id));
    return ERR_OK;
}

uint64_t setting_count_up(struct core *c, const char *id)
{
    setting_no no = catalogue_find(id);
    assert(no >= 0 && catalogue_row(no)->is_hidden);
    struct setting_value *stored = &c->settings.values[no];
    stored->i = core_setting_in_force(c, no)->i + 1;
    return (uint64_t)stored->i;
}

int step_rights(struct step *s)
{
    for (size_t i = 0; i < s->cmd->rights.n; i++)
        if (s->cmd->rights.items[i].right < 0 || (size_t)s->cmd->rights.items[i].right >= right_count)
            return step_fail(s, ERR_INVALID, "error-invalid-permission", "Invalid permission");
    for (size_t i = 0; i < s->cmd->rights.n; i++) {
        const struct right_change *ch = &s->cmd->rights.items[i];
        s->core->settings.rights[ch->right] = ch->roles;
        step_event(s, EVENT_RIGHT)->right = ch->right;
    }
    return ERR_OK;
}
