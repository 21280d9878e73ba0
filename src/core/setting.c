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
    s->origins = x_calloc(n, sizeof(*s->origins));
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
        free(s->origins[i].user_id);
    }
    free(s->forced);
    free(s->is_forced);
    free(s->recent);
    free(s->values);
    free(s->origins);
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

bool core_setting_origin(const struct core *c, setting_no no, const char **user_id, int64_t *ms)
{
    const struct setting_origin *o = &c->settings.origins[no];
    *user_id = o->user_id;
    *ms = o->ms;
    return o->ms != 0;
}

void core_load_setting(struct core *c, setting_no no, const struct setting_value *v, const char *user_id, int64_t ms)
{
    setting_value_free(&c->settings.values[no]);
    setting_value_copy(&c->settings.values[no], v);
    str_set(&c->settings.origins[no].user_id, user_id);
    c->settings.origins[no].ms = ms;
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

/* Settings on which the indexes of agents depend. */
static bool concerns_agents(const char *id)
{
    return !strcmp(id, "Livechat_enabled_when_agent_idle") || !strcmp(id, "Livechat_maximum_chats_per_agent") ||
           !strcmp(id, "Livechat_waiting_queue") || !strcmp(id, "Livechat_enabled");
}

/* What follows from a change of this setting, once for the whole step. */
static void settings_follow(struct step *s, bool agents, bool method)
{
    if (agents || method)
        agent_reindex_all(s);
    if (agents || method)
        routing_method_changed(s);
}

static bool is_routing_method(const char *id)
{
    return strcmp(id, "Livechat_Routing_Method") == 0;
}

int step_settings(struct step *s)
{
    struct core *c = s->core;
    bool agents = false, method = false;
    for (size_t i = 0; i < s->cmd->settings.n; i++) {
        setting_no no = s->cmd->settings.items[i].no;
        if (no < 0 || (size_t)no >= catalogue_count() || catalogue_row(no)->is_hidden ||
            catalogue_row(no)->type == SETTING_ACTION)
            return step_fail(s, ERR_INVALID, "error-invalid-setting", "There is no such setting");
    }
    for (size_t i = 0; i < s->cmd->settings.n; i++) {
        const struct setting_change *ch = &s->cmd->settings.items[i];
        core_load_setting(c, ch->no, &ch->value, s->cmd->actor_id, s->now);
        step_event(s, EVENT_SETTING)->setting = ch->no;
        const char *id = catalogue_row(ch->no)->id;
        agents |= concerns_agents(id);
        method |= is_routing_method(id);
    }
    settings_follow(s, agents, method);
    return ERR_OK;
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
    if (v)
        setting_value_copy(&all->forced[no], v);
    else
        memset(&all->forced[no], 0, sizeof(all->forced[no]));
    settings_follow(s, concerns_agents(catalogue_row(no)->id), is_routing_method(catalogue_row(no)->id));
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
