#include "core/user.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

static const char *const presence_names[] = {"offline", "online", "away", "busy"};

const char *presence_name(enum presence p)
{
    return presence_names[p];
}

bool presence_parse(const char *name, enum presence *out)
{
    for (size_t i = 0; i < COUNT_OF(presence_names); i++) {
        if (name && strcmp(name, presence_names[i]) == 0) {
            *out = (enum presence)i;
            return true;
        }
    }
    return false;
}

char *lower_dup(const char *s)
{
    char *copy = x_strdup(s);
    for (char *p = copy; p && *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return copy;
}

struct user *user_new(void)
{
    struct user *u = x_calloc(1, sizeof(*u));
    u->active = true;
    u->status_default = PRESENCE_ONLINE;
    return u;
}

void user_free(struct user *u)
{
    struct department_agent *l, *next;
    LIST_FOREACH_SAFE(l, &u->departments, of_user, next) {
        free(l->id);
        free(l);
    }
    free(u->id);
    free(u->username);
    free(u->name);
    free(u->email);
    free(u->bio);
    free(u->nickname);
    free(u->status_text);
    free(u->skills);
    free(u->custom_fields);
    free(u->open_hours);
    free(u->username_key);
    free(u->email_key);
    free(u);
}

static void bury_user(void *u)
{
    user_free(u);
}

/* Keys of names and addresses follow the fields. */
static void user_reindex_names(struct core *c, struct user *u)
{
    struct people *p = &c->people;
    if (u->username_key)
        HASH_DELETE(by_username, p->by_username, u);
    if (u->email_key)
        HASH_DELETE(by_email, p->by_email, u);
    free(u->username_key);
    free(u->email_key);
    u->username_key = lower_dup(u->username);
    u->email_key = u->email && *u->email ? lower_dup(u->email) : NULL;
    HASH_ADD_KEYPTR(by_username, p->by_username, u->username_key, strlen(u->username_key), u);
    if (u->email_key)
        HASH_ADD_KEYPTR(by_email, p->by_email, u->email_key, strlen(u->email_key), u);
}

void user_index(struct core *c, struct user *u)
{
    u->no = ++c->people.user_no;
    HASH_ADD_KEYPTR(by_id, c->people.by_id, u->id, strlen(u->id), u);
    user_reindex_names(c, u);
    if (u->roles & ROLE_AGENT) {
        c->people.agent_count++;
        if (u->roles & ROLE_BOT)
            c->people.bot_count++;
    }
}

void core_load_user(struct core *c, struct user *u_take)
{
    user_index(c, u_take);
    leave_load(c, u_take);
}

struct user *core_user(const struct core *c, const char *id)
{
    struct user *u = NULL;
    if (id)
        HASH_FIND(by_id, c->people.by_id, id, strlen(id), u);
    return u;
}

struct user *core_user_by_name(const struct core *c, const char *username)
{
    struct user *u = NULL;
    AUTO_FREE char *key = lower_dup(username);
    if (key)
        HASH_FIND(by_username, c->people.by_username, key, strlen(key), u);
    return u;
}

struct user *core_user_by_email(const struct core *c, const char *email)
{
    struct user *u = NULL;
    AUTO_FREE char *key = lower_dup(email);
    if (key)
        HASH_FIND(by_email, c->people.by_email, key, strlen(key), u);
    return u;
}

struct user *core_next_user(const struct core *c, const struct user *u)
{
    return u ? u->by_id.next : c->people.by_id;
}

size_t core_user_count(const struct core *c)
{
    return HASH_CNT(by_id, c->people.by_id);
}

size_t core_agents_online(const struct core *c)
{
    return (size_t)c->people.online_count;
}

static struct user *find(struct step *s)
{
    struct user *u = core_user(s->core, s->cmd->user.id);
    if (u == NULL)
        step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    s->result->user = u;
    return u;
}

static bool username_is_valid(const char *name)
{
    if (*name == '\0' || strlen(name) > 100)
        return false;
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("-_.", *p))
            return false;
    return true;
}

static int check_names(struct step *s, const struct user *self)
{
    const char *name = s->cmd->user_save.username, *email = s->cmd->user_save.email;
    if (name && !username_is_valid(name))
        return step_fail(s, ERR_INVALID, "error-input-is-not-a-valid-field", "%.100s is not a valid username", name);
    struct user *other = name ? core_user_by_name(s->core, name) : NULL;
    if (other && other != self)
        return step_fail(s, ERR_CONFLICT, "error-field-unavailable", "%.100s is already in use :(", name);
    if (email && *email) {
        const char *at = strchr(email, '@');
        if (at == NULL || at == email || at[1] == '\0' || strchr(at + 1, '@'))
            return step_fail(s, ERR_INVALID, "error-invalid-email", "Invalid email %.100s", email);
        other = core_user_by_email(s->core, email);
        if (other && other != self)
            return step_fail(s, ERR_CONFLICT, "error-field-unavailable", "%.100s is already in use :(", email);
    }
    return ERR_OK;
}

/* Counters that follow roles and the flag active. */
static void count_roles(struct core *c, const struct user *u, int by)
{
    struct department_agent *l;
    if (!(u->roles & ROLE_AGENT))
        return;
    c->people.agent_count += by;
    if (!(u->roles & ROLE_BOT))
        return;
    c->people.bot_count += by;
    LIST_FOREACH(l, &u->departments, of_user)
        l->department->bot_count += by;
}

static void service_event(struct step *s, struct user *u)
{
    struct event *e = step_event(s, EVENT_USER_SERVICE);
    e->user = u;
    e->detail = x_asprintf("{\"available\":%s}", u->available ? "true" : "false");
}

void user_set_available(struct step *s, struct user *u, bool available)
{
    if (u->available == available)
        return;
    u->available = available;
    u->updated_ms = s->now;
    service_event(s, u);
    agent_reindex(s, u);
    s->result->changed = true;
}

/* Roles replaced, with what gaining or losing livechat-agent means (behaviour 3.2). */
static void set_roles(struct step *s, struct user *u, uint32_t roles)
{
    bool was = (u->roles & ROLE_AGENT) != 0, is = (roles & ROLE_AGENT) != 0;
    if (u->roles == roles)
        return;
    agent_unindex(s->core, u);
    count_roles(s->core, u, -1);
    if (was && !is) {
        struct department_agent *l, *next;
        LIST_FOREACH_SAFE(l, &u->departments, of_user, next)
            department_unlink(s, l);
        manager_remove(s, u);
        u->max_chats = 0;
    }
    if ((u->roles & ROLE_MONITOR) && !(roles & ROLE_MONITOR))
        records_forget_monitor(s, u);
    u->roles = roles;
    count_roles(s->core, u, 1);
    if (was != is) {
        u->available = is && !s->core->openings.is_on; /* else the hours decide */
        service_event(s, u);
    }
    s->result->changed = true;
    agent_reindex(s, u);
    opening_follow(s, u);
}

static void deactivate(struct step *s, struct user *u)
{
    struct subscription *sub, *next;
    LIST_FOREACH_SAFE(sub, &u->subscriptions, of_user, next) {
        if (sub->room->served_by == u)
            room_close(s, sub->room, "user", u, "Agent was deactivated");
    }
}

static void apply_fields(struct step *s, struct user *u)
{
    const struct command *cmd = s->cmd;
    if (cmd->user_save.name)
        str_set(&u->name, cmd->user_save.name);
    if (cmd->user_save.email)
        str_set(&u->email, cmd->user_save.email);
    if (cmd->user_save.bio)
        str_set(&u->bio, cmd->user_save.bio);
    if (cmd->user_save.nickname)
        str_set(&u->nickname, cmd->user_save.nickname);
    if (cmd->user_save.status_text)
        str_set(&u->status_text, cmd->user_save.status_text);
    if (cmd->user_save.custom_fields)
        str_set(&u->custom_fields, cmd->user_save.custom_fields);
    if (cmd->user_save.skills) {
        str_set(&u->skills, *cmd->user_save.skills ? cmd->user_save.skills : NULL);
        fit_user(s->core, u);
    }
    if (cmd->user_save.verified)
        u->email_verified = *cmd->user_save.verified;
    if (cmd->user_save.max_chats)
        u->max_chats = *cmd->user_save.max_chats;
    if (cmd->user_save.username)
        str_set(&u->username, cmd->user_save.username);
    u->updated_ms = s->now;
}

int step_user_save(struct step *s)
{
    struct core *c = s->core;
    struct user *u = NULL;
    if (s->cmd->user_save.id && (u = core_user(c, s->cmd->user_save.id)) == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    int rc = check_names(s, u);
    if (rc != ERR_OK)
        return rc;
    if (u == NULL && s->cmd->user_save.username == NULL)
        return step_fail(s, ERR_INVALID, "error-the-field-is-required", "The field Username is required");
    if (u == NULL && s->cmd->user_save.new_id && core_user(c, s->cmd->user_save.new_id))
        return step_fail(s, ERR_CONFLICT, "error-field-unavailable", "The user id is already in use");
    if (u == NULL) {
        u = user_new();
        u->id = s->cmd->user_save.new_id ? x_strdup(s->cmd->user_save.new_id) : step_id(s);
        u->created_ms = s->now;
        u->is_bot_type = s->cmd->user_save.is_bot_type;
        apply_fields(s, u);
        user_index(c, u);
        s->result->created = true;
    } else {
        agent_unindex(c, u); /* the username is a key there */
        apply_fields(s, u);
        user_reindex_names(c, u);
    }
    s->result->user = u;
    bool was_active = u->active;
    if (s->cmd->user_save.active)
        u->active = *s->cmd->user_save.active;
    if (!u->active)
        deactivate(s, u);
    if (s->cmd->user_save.roles)
        set_roles(s, u, *s->cmd->user_save.roles);
    if (u->active && !was_active)
        opening_follow(s, u);
    agent_reindex(s, u);
    step_event(s, EVENT_USER)->user = u;
    if (s->result->created && !u->is_bot_type && !s->cmd->user_save.skip_channels)
        channels_greet(s, u);
    return ERR_OK;
}

int step_user_remove(struct step *s)
{
    struct core *c = s->core;
    struct user *u = find(s);
    if (u == NULL)
        return ERR_NOT_FOUND;
    struct subscription *sub, *next;
    LIST_FOREACH_SAFE(sub, &u->subscriptions, of_user, next) {
        if (sub->room->served_by == u)
            room_close(s, sub->room, "user", u, "Agent was deactivated");
    }
    LIST_FOREACH_SAFE(sub, &u->subscriptions, of_user, next)
        room_unsubscribe(s, sub);
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry) { /* a user is removed seldom enough to look at every chat */
        if (r->inquiry.default_agent != u)
            continue;
        r->inquiry.default_agent = NULL;
        room_event(s, EVENT_ROOM_CHANGED, r);
    }
    u->available = false;
    activity_follow(s, u);
    offer_leave(s, u);
    records_forget_monitor(s, u);
    channels_forget(s, u);
    agent_unindex(c, u);
    count_roles(c, u, -1);
    if (u->roles & ROLE_AGENT)
        manager_remove(s, u);
    struct department_agent *l, *next_link;
    LIST_FOREACH_SAFE(l, &u->departments, of_user, next_link)
        department_unlink(s, l);
    deadlines_drop(c, &u->deadlines);
    HASH_DELETE(by_id, c->people.by_id, u);
    HASH_DELETE(by_username, c->people.by_username, u);
    if (u->email_key)
        HASH_DELETE(by_email, c->people.by_email, u);
    u->roles = 0;
    step_event(s, EVENT_USER_REMOVED)->user = u;
    step_bury(s, u, bury_user);
    return ERR_OK;
}

int step_user_roles(struct step *s)
{
    struct user *u = find(s);
    if (u == NULL)
        return ERR_NOT_FOUND;
    set_roles(s, u, s->cmd->user.roles);
    u->updated_ms = s->now;
    step_event(s, EVENT_USER)->user = u;
    return ERR_OK;
}

static void presence_event(struct step *s, struct user *u)
{
    struct event *e = step_event(s, EVENT_USER_PRESENCE);
    e->user = u;
    e->detail = x_asprintf("{\"status\":\"%s\",\"connection\":\"%s\"}", presence_name(u->status),
                           presence_name(u->status_connection));
    u->updated_ms = s->now;
}

int step_user_status(struct step *s)
{
    struct user *u = find(s);
    if (u == NULL)
        return ERR_NOT_FOUND;
    if (s->cmd->user.status_text)
        str_set(&u->status_text, s->cmd->user.status_text);
    if (s->cmd->user.has_status)
        u->status = u->status_default = s->cmd->user.status;
    presence_event(s, u);
    agent_reindex(s, u);
    return ERR_OK;
}

int step_user_connection(struct step *s)
{
    struct user *u = find(s);
    if (u == NULL)
        return ERR_NOT_FOUND;
    enum presence conn = s->cmd->user.status;
    enum presence status = conn == PRESENCE_OFFLINE               ? PRESENCE_OFFLINE
                           : u->status_default == PRESENCE_ONLINE ? conn
                                                                  : u->status_default;
    if (u->status_connection == conn && u->status == status)
        return ERR_OK;
    u->status_connection = conn;
    u->status = status;
    presence_event(s, u);
    agent_reindex(s, u);
    s->result->changed = true;
    return ERR_OK;
}

int step_user_service(struct step *s)
{
    struct user *u = find(s);
    bool available = s->cmd->user.available;
    if (u == NULL)
        return ERR_NOT_FOUND;
    if (!user_is_agent(u))
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (u->available == available)
        return ERR_OK;
    if (available && !s->cmd->user.by_other && !core_hours_allow(s->core, u))
        return step_fail(s, ERR_STATE, "error-business-hours-are-closed", "Not allowed: the business hours are closed");
    u->system_modified = false;
    user_set_available(s, u, available);
    return ERR_OK;
}

int step_user_login(struct step *s)
{
    struct user *u = find(s);
    if (u == NULL)
        return ERR_NOT_FOUND;
    u->last_login_ms = s->now;
    bool back = s->core->openings.is_on ? u->open_hour_count > 0 : u->system_modified;
    if (user_is_agent(u) && !(u->roles & ROLE_BOT) && back) {
        u->system_modified = false;
        user_set_available(s, u, true);
    }
    step_event(s, EVENT_USER)->user = u;
    return ERR_OK;
}

int step_user_logout(struct step *s)
{
    struct user *u = find(s);
    if (u == NULL)
        return ERR_NOT_FOUND;
    if (user_is_agent(u) && !(u->roles & ROLE_BOT) && u->available) {
        u->system_modified = true;
        user_set_available(s, u, false);
        step_event(s, EVENT_USER)->user = u;
    }
    return ERR_OK;
}
