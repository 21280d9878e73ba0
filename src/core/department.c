#include "core/department.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define WEIGHT_MAX 100

struct department *department_new(void)
{
    struct department *d = x_calloc(1, sizeof(*d));
    pool_init(&d->pool);
    RB_INIT(&d->line);
    RB_INIT(&d->ready);
    return d;
}

void department_free(struct department *d)
{
    free(d->id);
    free(d->name);
    free(d->email);
    free(d->description);
    free(d->offline_channel);
    free(d->fallback_id);
    free(d->waiting_queue_message);
    free(d->abandoned_message);
    free(d->business_hour_id);
    free(d->allowed_forward);
    free(d->extra);
    free(d->skills);
    free(d->unit_id);
    texts_free(&d->closing_tags, &d->closing_tag_count);
    free(d);
}

static void bury_department(void *d)
{
    department_free(d);
}

static void bury_link(void *p)
{
    struct department_agent *l = p;
    free(l->id);
    free(l);
}

/* What the keys saved with it say about routing. */
static void read_extra(struct department *d)
{
    json_t *extra = d->extra ? json_loads(d->extra, 0, NULL) : NULL;
    int64_t weight = json_integer_value(json_object_get(extra, "usherQueueWeight"));
    d->queue_weight = weight < 1 ? 1 : weight > WEIGHT_MAX ? WEIGHT_MAX : weight;
    str_set(&d->skills, json_string_value(json_object_get(extra, "usherSkills")));
    json_decref(extra);
}

void department_index(struct core *c, struct department *d)
{
    read_extra(d);
    d->created_no = ++c->people.department_no;
    HASH_ADD_KEYPTR(by_id, c->people.departments_by_id, d->id, strlen(d->id), d);
    TAILQ_INSERT_TAIL(&c->people.departments, d, entry);
}

void core_load_department(struct core *c, struct department *d_take)
{
    department_index(c, d_take);
}

struct department *core_department(const struct core *c, const char *id)
{
    struct department *d = NULL;
    if (id)
        HASH_FIND(by_id, c->people.departments_by_id, id, strlen(id), d);
    return d;
}

struct department *core_department_by_name(const struct core *c, const char *name_or_id)
{
    struct department *d = core_department(c, name_or_id);
    if (d || name_or_id == NULL)
        return d;
    TAILQ_FOREACH(d, &c->people.departments, entry) {
        if (strcmp(d->name, name_or_id) == 0)
            return d;
    }
    return NULL;
}

struct department *core_next_department(const struct core *c, const struct department *d)
{
    return d ? TAILQ_NEXT(d, entry) : TAILQ_FIRST(&c->people.departments);
}

/* An agent is in few departments, a department may have many agents: look from the agent's side. */
struct department_agent *department_agent_find(const struct department *d, const struct user *u)
{
    struct department_agent *l;
    LIST_FOREACH(l, &u->departments, of_user) {
        if (l->department == d)
            return l;
    }
    return NULL;
}

struct department_agent *department_link(struct core *c, struct department *d, struct user *u, char *id_take)
{
    struct department_agent *l = x_calloc(1, sizeof(*l));
    (void)c;
    l->id = id_take;
    l->department = d;
    l->user = u;
    LIST_INSERT_HEAD(&u->departments, l, of_user);
    LIST_INSERT_HEAD(&d->agents, l, of_department);
    d->agent_count++;
    if ((u->roles & ROLE_AGENT) && (u->roles & ROLE_BOT))
        d->bot_count++;
    struct subscription *sub;
    LIST_FOREACH(sub, &u->subscriptions, of_user)
        l->load += sub->room->department == d ? sub->counted : 0;
    return l;
}

void core_load_link(struct core *c, const char *department_id, const char *user_id, char *id_take, int64_t count,
                    int64_t order)
{
    struct department *d = core_department(c, department_id);
    struct user *u = core_user(c, user_id);
    if (d == NULL || u == NULL) {
        free(id_take);
        return;
    }
    struct department_agent *l = department_link(c, d, u, id_take);
    l->count = count;
    l->order = order;
}

/* The caller reindexes the user. */
void department_unlink(struct step *s, struct department_agent *l)
{
    agent_unindex(s->core, l->user);
    LIST_REMOVE(l, of_user);
    LIST_REMOVE(l, of_department);
    l->department->agent_count--;
    if ((l->user->roles & ROLE_AGENT) && (l->user->roles & ROLE_BOT))
        l->department->bot_count--;
    struct event *e = step_event(s, EVENT_DEPARTMENT_AGENT_REMOVED);
    e->link = l;
    e->department = l->department;
    e->user = l->user;
    step_bury(s, l, bury_link);
}

static void link_event(struct step *s, struct department_agent *l)
{
    struct event *e = step_event(s, EVENT_DEPARTMENT_AGENT);
    e->link = l;
    e->department = l->department;
    e->user = l->user;
}

/* Users that do not exist are skipped (rest 8.1). */
static void upsert_agent(struct step *s, struct department *d, const struct department_agent_change *ch)
{
    struct user *u = core_user(s->core, ch->user_id);
    if (u == NULL)
        return;
    agent_unindex(s->core, u);
    struct department_agent *l = department_agent_find(d, u);
    if (l == NULL)
        l = department_link(s->core, d, u, step_id(s));
    if (ch->has_count)
        l->count = ch->count;
    if (ch->has_order)
        l->order = ch->order;
    agent_reindex(s, u);
    fit_department_changed(s, d);
    link_event(s, l);
    opening_follow(s, u);
}

static void remove_agent(struct step *s, struct department *d, const char *user_id)
{
    struct user *u = core_user(s->core, user_id);
    struct department_agent *l = u ? department_agent_find(d, u) : NULL;
    if (l == NULL)
        return;
    department_unlink(s, l);
    agent_reindex(s, u);
    fit_department_changed(s, d);
    opening_follow(s, u);
}

static bool is_listed(const struct command *cmd, const char *user_id)
{
    for (size_t i = 0; i < cmd->department_save.agent_count; i++)
        if (strcmp(cmd->department_save.agents[i].user_id, user_id) == 0)
            return true;
    return false;
}

static void replace_agents(struct step *s, struct department *d)
{
    struct department_agent *l, *next;
    LIST_FOREACH_SAFE(l, &d->agents, of_department, next) {
        if (!is_listed(s->cmd, l->user->id))
            remove_agent(s, d, l->user->id);
    }
    for (size_t i = 0; i < s->cmd->department_save.agent_count; i++)
        upsert_agent(s, d, &s->cmd->department_save.agents[i]);
}

static int check_save(struct step *s, const struct department *d)
{
    const struct command *cmd = s->cmd;
    if (cmd->department_save.request_tag_before_closing && cmd->department_save.closing_tag_count == 0)
        return step_fail(s, ERR_INVALID, "error-validating-department-chat-closing-tags",
                         "At least one closing tag is required when the department requires tag(s) on closing "
                         "conversations.");
    const char *fallback = cmd->department_save.fallback_id;
    if (fallback && *fallback) {
        /* Circles of any length are refused: following the chain must not come back here. */
        const struct department *next = core_department(s->core, fallback);
        if (next == NULL)
            return step_fail(s, ERR_NOT_FOUND, "error-fallback-department-not-found",
                             "Fallback department not found");
        for (unsigned left = HASH_CNT(by_id, s->core->people.departments_by_id); next && left > 0; left--) {
            if (next == d)
                return step_fail(s, ERR_INVALID, "error-fallback-department-circular",
                                 "Cannot save department. Circular reference between fallback department and "
                                 "department");
            next = next->fallback_id ? core_department(s->core, next->fallback_id) : NULL;
        }
    }
    return ERR_OK;
}

static void set_text(char **dst, const char *value)
{
    if (value)
        str_set(dst, *value ? value : NULL);
}

static void apply_save(struct step *s, struct department *d)
{
    const struct command *cmd = s->cmd;
    if (cmd->department_save.name)
        str_set(&d->name, cmd->department_save.name);
    set_text(&d->email, cmd->department_save.email);
    set_text(&d->description, cmd->department_save.description);
    set_text(&d->offline_channel, cmd->department_save.offline_channel);
    set_text(&d->fallback_id, cmd->department_save.fallback_id);
    set_text(&d->waiting_queue_message, cmd->department_save.waiting_queue_message);
    set_text(&d->abandoned_message, cmd->department_save.abandoned_message);
    set_text(&d->allowed_forward, cmd->department_save.allowed_forward);
    set_text(&d->extra, cmd->department_save.extra);
    read_extra(d);
    fit_department_changed(s, d);
    d->show_on_registration = cmd->department_save.show_on_registration;
    d->show_on_offline_form = cmd->department_save.show_on_offline_form;
    d->request_tag_before_closing = cmd->department_save.request_tag_before_closing;
    texts_free(&d->closing_tags, &d->closing_tag_count);
    d->closing_tags = texts_dup(cmd->department_save.closing_tags, cmd->department_save.closing_tag_count);
    d->closing_tag_count = cmd->department_save.closing_tag_count;
    d->inactivity_timeout_s = cmd->department_save.inactivity_timeout_s;
    d->updated_ms = s->now;
}

int step_department_save(struct step *s)
{
    struct department *d = NULL;
    if (s->cmd->department_save.id && (d = core_department(s->core, s->cmd->department_save.id)) == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-department-not-found", "Department not found");
    int rc = check_save(s, d);
    if (rc != ERR_OK)
        return rc;
    const char *name = s->cmd->department_save.name;
    if (name ? name[strspn(name, " \t")] == '\0' : d == NULL)
        return step_fail(s, ERR_INVALID, "error-the-field-is-required", "The field Name is required");
    if (d == NULL) {
        d = department_new();
        d->id = s->cmd->department_save.new_id ? x_strdup(s->cmd->department_save.new_id) : step_id(s);
        d->created_ms = s->now;
        department_index(s->core, d);
        s->result->created = true;
    }
    int64_t timeout_s = d->inactivity_timeout_s;
    apply_save(s, d);
    if (d->inactivity_timeout_s != timeout_s)
        abandon_follow_all(s->core, d);
    bool moved = d->enabled != s->cmd->department_save.enabled || d->max_chats != s->cmd->department_save.max_chats;
    if (moved) {
        struct department_agent *l;
        LIST_FOREACH(l, &d->agents, of_department)
            agent_unindex(s->core, l->user);
        d->enabled = s->cmd->department_save.enabled;
        d->max_chats = s->cmd->department_save.max_chats;
        LIST_FOREACH(l, &d->agents, of_department)
            agent_reindex(s, l->user);
        opening_follow_department(s, d);
    }
    s->result->department = d;
    step_event(s, EVENT_DEPARTMENT)->department = d;
    if (s->cmd->department_save.has_agents)
        replace_agents(s, d);
    return ERR_OK;
}

int step_department_agents(struct step *s)
{
    struct department *d = core_department(s->core, s->cmd->department.id);
    if (d == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-department-not-found", "Department not found");
    for (size_t i = 0; i < s->cmd->department.upsert_count; i++)
        upsert_agent(s, d, &s->cmd->department.upsert[i]);
    for (size_t i = 0; i < s->cmd->department.remove_count; i++)
        remove_agent(s, d, s->cmd->department.remove[i]);
    s->result->department = d;
    step_event(s, EVENT_DEPARTMENT)->department = d;
    return ERR_OK;
}

/* Ids separated by commas, without one of them; NULL when nothing is left. */
static char *without(const char *list, const char *id)
{
    struct buf out = BUF_INIT;
    AUTO_FREE char *copy = x_strdup(list);
    char *rest = copy, *item;
    while ((item = strsep(&rest, ",")) != NULL) {
        if (strcmp(item, id) == 0)
            continue;
        if (out.len)
            buf_putc(&out, ',');
        buf_puts(&out, item);
    }
    return out.len ? buf_take(&out) : NULL;
}

static void forget_department(struct step *s, const struct department *gone)
{
    struct department *d;
    TAILQ_FOREACH(d, &s->core->people.departments, entry) {
        bool changed = false;
        if (d->fallback_id && strcmp(d->fallback_id, gone->id) == 0) {
            str_set(&d->fallback_id, NULL);
            changed = true;
        }
        if (d->allowed_forward && strstr(d->allowed_forward, gone->id)) {
            char *left = without(d->allowed_forward, gone->id);
            free(d->allowed_forward);
            d->allowed_forward = left;
            changed = true;
        }
        if (changed)
            step_event(s, EVENT_DEPARTMENT)->department = d;
    }
}

int step_department_remove(struct step *s)
{
    struct core *c = s->core;
    struct department *d = core_department(c, s->cmd->department.id);
    if (d == NULL)
        return step_fail(s, ERR_NOT_FOUND, "department-not-found", "Department not found");
    struct department_agent *l, *next;
    LIST_FOREACH_SAFE(l, &d->agents, of_department, next)
        remove_agent(s, d, l->user->id);
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry) { /* removing a department is rare; its chats wait in the public queue */
        if (r->department != d)
            continue;
        room_set_department(c, r, NULL);
        room_event(s, EVENT_ROOM_CHANGED, r);
    }
    TAILQ_REMOVE(&c->people.departments, d, entry);
    HASH_DELETE(by_id, c->people.departments_by_id, d);
    forget_department(s, d);
    records_forget_department(s, d);
    step_event(s, EVENT_DEPARTMENT_REMOVED)->department = d;
    step_bury(s, d, bury_department);
    return ERR_OK;
}
