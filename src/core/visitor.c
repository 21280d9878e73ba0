#include "core/visitor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

/* Visitors without an open chat that are kept in memory: those who have just registered. */
#define IDLE_MAX 4096

struct visitor *visitor_new(void)
{
    struct visitor *v = x_calloc(1, sizeof(*v));
    v->status = PRESENCE_ONLINE;
    return v;
}

struct visitor *visitor_dup(const struct visitor *v)
{
    struct visitor *n = visitor_new();
    n->id = x_strdup(v->id);
    n->token = x_strdup(v->token);
    n->username = x_strdup(v->username);
    n->name = x_strdup(v->name);
    n->email = x_strdup(v->email);
    n->phone = x_strdup(v->phone);
    n->more_emails = x_strdup(v->more_emails);
    n->more_phones = x_strdup(v->more_phones);
    n->department_id = x_strdup(v->department_id);
    n->user_agent = x_strdup(v->user_agent);
    n->ip = x_strdup(v->ip);
    n->host = x_strdup(v->host);
    n->last_agent_id = x_strdup(v->last_agent_id);
    n->last_agent_username = x_strdup(v->last_agent_username);
    n->contact_manager = x_strdup(v->contact_manager);
    n->last_chat_id = x_strdup(v->last_chat_id);
    n->livechat_data = x_strdup(v->livechat_data);
    n->ts_ms = v->ts_ms;
    n->updated_ms = v->updated_ms;
    n->last_chat_ms = v->last_chat_ms;
    n->last_agent_ms = v->last_agent_ms;
    n->status = v->status;
    return n;
}

void visitor_free(struct visitor **vp)
{
    struct visitor *v = *vp;
    *vp = NULL;
    if (v == NULL)
        return;
    free(v->id);
    free(v->token);
    free(v->username);
    free(v->name);
    free(v->email);
    free(v->phone);
    free(v->more_emails);
    free(v->more_phones);
    free(v->department_id);
    free(v->user_agent);
    free(v->ip);
    free(v->host);
    free(v->last_agent_id);
    free(v->last_agent_username);
    free(v->contact_manager);
    free(v->last_chat_id);
    free(v->livechat_data);
    free(v);
}

static void bury_visitor(void *p)
{
    struct visitor *v = p;
    visitor_free(&v);
}

void visitor_index(struct core *c, struct visitor *v)
{
    HASH_ADD_KEYPTR(by_id, c->chats.visitors_by_id, v->id, strlen(v->id), v);
    HASH_ADD_KEYPTR(by_token, c->chats.visitors_by_token, v->token, strlen(v->token), v);
    TAILQ_INSERT_TAIL(&c->chats.idle_visitors, v, idle);
    c->chats.idle_count++;
    manager_link(c, v);
}

void core_load_visitor(struct core *c, struct visitor *v_take)
{
    visitor_index(c, v_take);
}

struct visitor *core_visitor_by_token(const struct core *c, const char *token)
{
    struct visitor *v = NULL;
    if (token)
        HASH_FIND(by_token, c->chats.visitors_by_token, token, strlen(token), v);
    return v;
}

struct visitor *core_visitor(const struct core *c, const char *id)
{
    struct visitor *v = NULL;
    if (id)
        HASH_FIND(by_id, c->chats.visitors_by_id, id, strlen(id), v);
    return v;
}

static void forget(struct step *s, struct visitor *v)
{
    struct chats *ch = &s->core->chats;
    TAILQ_REMOVE(&ch->idle_visitors, v, idle);
    ch->idle_count--;
    manager_unlink(s->core, v);
    HASH_DELETE(by_id, ch->visitors_by_id, v);
    HASH_DELETE(by_token, ch->visitors_by_token, v);
    step_bury(s, v, bury_visitor);
}

void visitor_touch(struct step *s, struct visitor *v)
{
    struct chats *ch = &s->core->chats;
    if (v->room_count == 0) {
        TAILQ_REMOVE(&ch->idle_visitors, v, idle);
        TAILQ_INSERT_TAIL(&ch->idle_visitors, v, idle);
    }
    while (ch->idle_count > IDLE_MAX)
        forget(s, TAILQ_FIRST(&ch->idle_visitors));
}

void visitor_attach(struct core *c, struct visitor *v, struct room *r)
{
    if (v->room_count++ == 0) {
        TAILQ_REMOVE(&c->chats.idle_visitors, v, idle);
        c->chats.idle_count--;
    }
    LIST_INSERT_HEAD(&v->rooms, r, of_visitor);
    r->visitor = v;
}

/* The room keeps its pointer: the visitor stays in memory as one of the idle ones, at least until the next step. */
void visitor_detach(struct step *s, struct room *r)
{
    struct visitor *v = r->visitor;
    LIST_REMOVE(r, of_visitor);
    if (--v->room_count > 0)
        return;
    TAILQ_INSERT_TAIL(&s->core->chats.idle_visitors, v, idle);
    s->core->chats.idle_count++;
    visitor_touch(s, v);
}

/* The record in memory when there is one, else a copy of the one from the store. */
struct visitor *visitor_adopt(struct step *s, const struct visitor *record)
{
    struct visitor *v = core_visitor(s->core, record->id);
    if (v == NULL) {
        v = visitor_dup(record);
        /* The record may have been read before its manager's role was taken away. */
        const struct user *manager = core_user_by_name(s->core, v->contact_manager);
        if (manager == NULL || !(manager->roles & ROLE_AGENT))
            str_set(&v->contact_manager, NULL);
        visitor_index(s->core, v);
        visitor_touch(s, v);
    }
    return v;
}

static void set_token(struct core *c, struct visitor *v, const char *token)
{
    if (strcmp(v->token, token) == 0)
        return;
    HASH_DELETE(by_token, c->chats.visitors_by_token, v);
    str_set(&v->token, token);
    HASH_ADD_KEYPTR(by_token, c->chats.visitors_by_token, v->token, strlen(v->token), v);
}

/* Trimmed and lower case; NULL when it does not look like x@y (behaviour 5.1). Caller frees. */
static char *normalize_email(const char *email)
{
    while (isspace((unsigned char)*email))
        email++;
    char *copy = lower_dup(email);
    size_t n = strlen(copy);
    while (n > 0 && isspace((unsigned char)copy[n - 1]))
        copy[--n] = '\0';
    char *at = strchr(copy, '@');
    if (at == NULL || at == copy || at[1] == '\0' || strchr(at + 1, '@') || strpbrk(copy, " \t\r\n")) {
        free(copy);
        return NULL;
    }
    return copy;
}

static void rename_rooms(struct step *s, struct visitor *v)
{
    struct room *r;
    LIST_FOREACH(r, &v->rooms, of_visitor) {
        const char *shown = v->name ? v->name : v->username;
        if (str_eq(r->fname, shown))
            continue;
        str_set(&r->fname, shown);
        room_event(s, EVENT_ROOM_CHANGED, r);
    }
}

static struct visitor *visitor_create(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct visitor *v = visitor_new();
    v->id = step_id(s);
    v->token = x_strdup(cmd->visitor_save.token);
    v->username = cmd->visitor_save.username
                      ? x_strdup(cmd->visitor_save.username)
                      : x_asprintf("guest-%llu", (unsigned long long)setting_count_up(s->core, "Livechat_guest_count"));
    v->ts_ms = s->now;
    if (core_setting_bool(s->core, "Livechat_Allow_collect_and_store_HTTP_header_informations")) {
        v->user_agent = x_strdup(cmd->visitor_save.user_agent);
        v->ip = x_strdup(cmd->visitor_save.ip);
        v->host = x_strdup(cmd->visitor_save.host);
    }
    visitor_index(s->core, v);
    s->result->created = true;
    return v;
}

static void set_data(struct step *s, struct visitor *v, const char *data)
{
    struct room *r;
    str_set(&v->livechat_data, data);
    LIST_FOREACH(r, &v->rooms, of_visitor)
        fit_room_changed(s, r);
}

int step_visitor_save(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct core *c = s->core;
    AUTO_FREE char *email = NULL;
    struct department *d = NULL;
    if (cmd->visitor_save.email && *cmd->visitor_save.email) {
        email = normalize_email(cmd->visitor_save.email);
        if (email == NULL)
            return step_fail(s, ERR_INVALID, "error-invalid-email", "Invalid email %.200s", cmd->visitor_save.email);
    }
    if (cmd->visitor_save.department && *cmd->visitor_save.department) {
        d = core_department_by_name(c, cmd->visitor_save.department);
        if (d == NULL)
            return step_fail(s, ERR_NOT_FOUND, "error-invalid-department", "The provided department is invalid");
    }
    /* Somebody may have registered this token between the look-up and this step. */
    struct visitor *v = core_visitor_by_token(c, cmd->visitor_save.token);
    if (v == NULL && cmd->visitor_save.record)
        v = visitor_adopt(s, cmd->visitor_save.record);
    if (v == NULL)
        v = visitor_create(s);
    set_token(c, v, cmd->visitor_save.token);
    if (!cmd->visitor_save.by_user)
        v->status = PRESENCE_ONLINE;
    bool renamed = cmd->visitor_save.name && !str_eq(v->name, cmd->visitor_save.name);
    if (renamed)
        str_set(&v->name, cmd->visitor_save.name);
    if (email)
        str_set(&v->email, email);
    if (cmd->visitor_save.phone && *cmd->visitor_save.phone)
        str_set(&v->phone, cmd->visitor_save.phone);
    if (d)
        str_set(&v->department_id, d->id);
    if (cmd->visitor_save.livechat_data)
        set_data(s, v, cmd->visitor_save.livechat_data);
    if (cmd->visitor_save.has_contact_manager)
        manager_set(c, v, cmd->visitor_save.contact_manager);
    v->updated_ms = s->now;
    visitor_touch(s, v);
    rename_rooms(s, v);
    s->result->visitor = v;
    struct event *e = step_event(s, EVENT_VISITOR);
    e->visitor = v;
    if (renamed && !s->result->created)
        e->detail = x_strdup("{\"renamed\":true}"); /* the store renames his closed chats */
    return ERR_OK;
}

int step_visitor_status(struct step *s)
{
    const struct visitor *record = s->cmd->visitor.record;
    struct visitor *v = record ? core_visitor(s->core, record->id) : NULL;
    struct room *r;
    if (v == NULL)
        return ERR_OK; /* no open chat: the visitor's own record is left alone (rest 4.1) */
    LIST_FOREACH(r, &v->rooms, of_visitor) {
        if (r->visitor_status == s->cmd->visitor.status)
            continue;
        r->visitor_status = s->cmd->visitor.status;
        room_event(s, EVENT_ROOM_CHANGED, r);
        s->result->changed = true;
    }
    return ERR_OK;
}

int step_visitor_remove(struct step *s)
{
    const struct visitor *record = s->cmd->visitor.record;
    if (record == NULL)
        return step_fail(s, ERR_NOT_FOUND, "invalid-token", "Invalid token");
    struct visitor *v = core_visitor(s->core, record->id);
    if (v && v->room_count > 0 &&
        !core_setting_bool(s->core, "Livechat_Allow_collect_and_store_HTTP_header_informations"))
        return step_fail(s, ERR_STATE, "visitor-has-open-rooms", "Cannot remove visitors with opened rooms");
    v = visitor_adopt(s, record);
    struct room *r, *next;
    LIST_FOREACH_SAFE(r, &v->rooms, of_visitor, next) {
        transcript_request_clear(&r->transcript); /* nothing of him is sent any more */
        room_close(s, r, "visitor", NULL, NULL);
    }
    struct event *e = step_event(s, EVENT_VISITOR_REMOVED);
    e->visitor = v;
    if (core_visitor(s->core, v->id) == v)
        forget(s, v);
    return ERR_OK;
}
