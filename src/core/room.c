/* Rooms: the record, its indexes, its subscriptions, and what is asked about one. */
#include "core/room.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

struct room *room_new(void)
{
    struct room *r = x_calloc(1, sizeof(*r));
    r->visitor_status = PRESENCE_ONLINE;
    return r;
}

void room_free(struct room *r)
{
    struct subscription *sub, *next;
    LIST_FOREACH_SAFE(sub, &r->subscriptions, of_room, next) {
        free(sub->id);
        free(sub);
    }
    message_free(&r->last_message);
    texts_free(&r->tags, &r->tag_count);
    free(r->id);
    free(r->fname);
    free(r->department_id);
    free(r->response_by_id);
    free(r->response_by_username);
    free(r->closer);
    free(r->closed_by_id);
    free(r->closed_by_username);
    free(r->source_type);
    free(r->source_id);
    free(r->source_alias);
    free(r->source_label);
    free(r->topic);
    free(r->livechat_data);
    free(r->priority_id);
    free(r->disposition);
    free(r->survey);
    free(r->consent_text);
    free(r->hold_close_text);
    free(r->inquiry.id);
    free(r->inquiry.first_text);
    free(r->inquiry.offered_id);
    free(r->inquiry.declined);
    transcript_request_clear(&r->transcript);
    free(r);
}

void room_index(struct core *c, struct room *r)
{
    r->no = ++c->chats.room_no;
    HASH_ADD_KEYPTR(by_id, c->chats.by_id, r->id, strlen(r->id), r);
    if (r->inquiry.id)
        HASH_ADD_KEYPTR(by_inquiry, c->chats.by_inquiry, r->inquiry.id, strlen(r->inquiry.id), r);
    TAILQ_INSERT_TAIL(&c->chats.open, r, entry);
}

void room_unindex(struct core *c, struct room *r)
{
    ask_end(c, r);
    waiting_remove(c, r);
    deadlines_drop(c, &r->deadlines);
    HASH_DELETE(by_id, c->chats.by_id, r);
    if (r->inquiry.id)
        HASH_DELETE(by_inquiry, c->chats.by_inquiry, r);
    TAILQ_REMOVE(&c->chats.open, r, entry);
}

struct room *core_room(const struct core *c, const char *id)
{
    struct room *r = NULL;
    if (id)
        HASH_FIND(by_id, c->chats.by_id, id, strlen(id), r);
    return r;
}

struct room *core_room_by_inquiry(const struct core *c, const char *inquiry_id)
{
    struct room *r = NULL;
    if (inquiry_id)
        HASH_FIND(by_inquiry, c->chats.by_inquiry, inquiry_id, strlen(inquiry_id), r);
    return r;
}

struct room *core_next_room(const struct core *c, const struct room *r)
{
    return r ? TAILQ_NEXT(r, entry) : TAILQ_FIRST(&c->chats.open);
}

size_t core_room_count(const struct core *c)
{
    return HASH_CNT(by_id, c->chats.by_id);
}

bool core_load_room(struct core *c, struct room *r, const char *visitor_id, const char *served_by_id,
                    const char *default_agent_id)
{
    struct visitor *v = core_visitor(c, visitor_id);
    if (v == NULL) {
        room_free(r);
        return false;
    }
    enum inquiry_status status = r->inquiry.status;
    r->inquiry.status = INQUIRY_NONE;
    r->department = core_department(c, r->department_id);
    r->served_by = core_user(c, served_by_id);
    r->inquiry.default_agent = core_user(c, default_agent_id);
    visitor_attach(c, v, r);
    room_index(c, r);
    inquiry_set_status(c, r, status);
    return true;
}

void core_load_subscription(struct core *c, const char *rid, const char *user_id, struct subscription *sub)
{
    struct room *r = core_room(c, rid);
    struct user *u = core_user(c, user_id);
    if (r == NULL || u == NULL) {
        free(sub->id);
        free(sub);
        return;
    }
    sub->room = r;
    sub->user = u;
    LIST_INSERT_HEAD(&r->subscriptions, sub, of_room);
    LIST_INSERT_HEAD(&u->subscriptions, sub, of_user);
    subscription_recount(c, sub);
}

static void count_load(struct core *c, struct subscription *sub, int64_t weight)
{
    struct department *d = sub->room->department;
    struct department_agent *link = d ? department_agent_find(d, sub->user) : NULL;
    int64_t more = weight - sub->counted;
    int channel = fit_channel(c, sub->room);
    if (more == 0)
        return;
    if (channel >= 0)
        sub->user->load_of[channel] += (weight != 0) - (sub->counted != 0);
    sub->counted = weight;
    sub->user->load += more;
    if (link)
        link->load += more;
}

void subscription_uncount(struct core *c, struct subscription *sub)
{
    count_load(c, sub, 0);
}

/* Chats that are on hold or that he has put out of his list do not count (behaviour 3.4). */
void subscription_recount(struct core *c, struct subscription *sub)
{
    const struct room *r = sub->room;
    bool counts = sub->open && r->open && !r->on_hold && !r->is_quiet;
    count_load(c, sub, counts ? fit_weight(c, r) : 0);
}

struct subscription *room_subscription(const struct room *r, const struct user *u)
{
    struct subscription *sub;
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        if (sub->user == u)
            return sub;
    }
    return NULL;
}

struct event *room_event(struct step *s, enum event_type type, struct room *r)
{
    struct event *e = step_event(s, type);
    e->room = r;
    e->visitor = r->visitor;
    e->department = r->department;
    e->user = r->served_by;
    r->updated_ms = s->now;
    return e;
}

static void subscription_event(struct step *s, enum event_type type, struct subscription *sub)
{
    struct event *e = step_event(s, type);
    e->room = sub->room;
    e->user = sub->user;
    e->subscription = sub;
    sub->updated_ms = s->now;
}

void room_tell_subscription(struct step *s, struct subscription *sub)
{
    subscription_event(s, EVENT_SUBSCRIPTION, sub);
}

/* The load of the user follows; the caller reindexes him. An existing one is used again. */
struct subscription *room_subscribe(struct step *s, struct room *r, struct user *u)
{
    struct subscription *sub = room_subscription(r, u);
    if (sub == NULL) {
        sub = x_calloc(1, sizeof(*sub));
        sub->id = step_id(s);
        sub->room = r;
        sub->user = u;
        sub->ts_ms = s->now;
        LIST_INSERT_HEAD(&r->subscriptions, sub, of_room);
        LIST_INSERT_HEAD(&u->subscriptions, sub, of_user);
        r->users_count++;
    }
    sub->open = sub->alert = true;
    subscription_recount(s->core, sub);
    sub->unread = 1;
    subscription_event(s, EVENT_SUBSCRIPTION, sub);
    return sub;
}

static void bury_subscription(void *p)
{
    struct subscription *sub = p;
    free(sub->id);
    free(sub);
}

void room_unsubscribe(struct step *s, struct subscription *sub)
{
    LIST_REMOVE(sub, of_room);
    LIST_REMOVE(sub, of_user);
    subscription_uncount(s->core, sub);
    sub->room->users_count--;
    subscription_event(s, EVENT_SUBSCRIPTION_REMOVED, sub);
    step_bury(s, sub, bury_subscription);
    agent_rests_from_now(s, sub->user);
    agent_reindex(s, sub->user);
}

void room_set_department(struct core *c, struct room *r, struct department *d)
{
    struct subscription *sub;
    ask_end(c, r);
    waiting_remove(c, r);
    LIST_FOREACH(sub, &r->subscriptions, of_room)
        subscription_uncount(c, sub);
    r->department = d;
    str_set(&r->department_id, d ? d->id : NULL);
    waiting_update(c, r);
    targets_follow(c, r);
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        subscription_recount(c, sub);
        agent_reindex_core(c, sub->user);
    }
    abandon_follow(c, r);
}

void room_move_department(struct step *s, struct room *r, struct department *to)
{
    room_set_department(s->core, r, to);
    str_set(&r->visitor->department_id, to->id);
    step_event(s, EVENT_VISITOR)->visitor = r->visitor;
    room_event(s, EVENT_ROOM_CHANGED, r);
}

struct room *step_find_room(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct room *r = cmd->room.rid ? core_room(s->core, cmd->room.rid)
                                   : core_room_by_inquiry(s->core, cmd->room.inquiry_id);
    s->result->room = r;
    return r;
}

int step_room_join(struct step *s)
{
    struct room *r = step_find_room(s);
    struct user *u = core_user(s->core, s->cmd->room.user_id);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    if (room_subscription(r, u))
        return ERR_OK;
    if (core_setting_bool(s->core, "Livechat_waiting_queue") && core_agent_is_full(s->core, u, r->department))
        return step_fail(s, ERR_STATE, "error-max-number-simultaneous-chats-reached", "%s", "");
    room_subscribe(s, r, u);
    agent_reindex(s, u);
    message_by_user(s, r, "uj", u->username, u, NULL);
    room_event(s, EVENT_ROOM_CHANGED, r);
    return ERR_OK;
}

static void bury_room(void *p)
{
    room_free(p);
}

/* Of a closed chat only what can still be changed. */
static struct room *closed_copy(struct step *s, const struct room *closed)
{
    struct room *r = room_new();
    r->id = x_strdup(closed->id);
    r->topic = x_strdup(closed->topic);
    r->tags = texts_dup((const char *const *)closed->tags, closed->tag_count);
    r->tag_count = closed->tag_count;
    r->livechat_data = x_strdup(closed->livechat_data);
    r->priority_id = x_strdup(closed->priority_id);
    r->disposition = x_strdup(closed->disposition);
    r->survey = x_strdup(closed->survey);
    r->updated_ms = s->now;
    step_bury(s, r, bury_room);
    return r;
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void apply_info(struct room *r, const struct command *cmd)
{
    if (cmd->room.has_topic)
        str_set(&r->topic, or_null(cmd->room.topic));
    if (cmd->room.has_tags) {
        texts_free(&r->tags, &r->tag_count);
        r->tags = texts_dup(cmd->room.tags, cmd->room.tag_count);
        r->tag_count = cmd->room.tag_count;
    }
    if (cmd->room.has_livechat_data)
        str_set(&r->livechat_data, cmd->room.livechat_data);
    if (cmd->room.disposition)
        str_set(&r->disposition, or_null(cmd->room.disposition));
    if (cmd->room.survey)
        str_set(&r->survey, cmd->room.survey);
}

/* One that the chat has already may stay, even when it was removed meanwhile. *changed: another one, or none any more. */
static int wished_priority(struct step *s, const struct room *r, const struct record **out, bool *changed)
{
    const char *wish = or_null(s->cmd->room.priority_id);
    *out = NULL;
    *changed = s->cmd->room.has_priority && !str_eq(wish, r->priority_id) && (wish || r->priority_id);
    return *changed && wish ? priority_find(s, wish, false, out) : ERR_OK;
}

int disposition_check(struct step *s, const char *code)
{
    AUTO_FREE char *codes = x_strdup(core_setting_text(s->core, "Usher_disposition_codes"));
    char *rest = codes, *item;
    while ((item = strsep(&rest, ",")) != NULL)
        if (strcmp(text_trim(item), code) == 0)
            return ERR_OK;
    return step_fail(s, ERR_INVALID, "error-invalid-disposition", "%.100s is none of the disposition codes", code);
}

int step_room_info(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct room *open = step_find_room(s), *r = open;
    const struct record *priority;
    bool changed;
    if (open == NULL && cmd->room.closed == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    int rc = or_null(cmd->room.disposition) ? disposition_check(s, cmd->room.disposition) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    rc = wished_priority(s, open ? open : cmd->room.closed, &priority, &changed);
    if (rc != ERR_OK)
        return rc;
    if (open) {
        if (changed)
            priority_put(s, r, priority);
        apply_info(r, cmd);
        if (cmd->room.has_livechat_data)
            fit_room_changed(s, r);
        room_event(s, EVENT_ROOM_CHANGED, r);
        if (changed)
            priority_tell(s, r, priority);
        return ERR_OK;
    }
    r = closed_copy(s, cmd->room.closed);
    apply_info(r, cmd);
    if (changed)
        str_set(&r->priority_id, priority ? priority->id : NULL);
    step_event(s, EVENT_ROOM_EDITED)->room = r;
    return ERR_OK;
}

int step_room_read(struct step *s)
{
    struct room *r = step_find_room(s);
    struct user *u = core_user(s->core, s->cmd->room.user_id);
    struct channel *ch = r ? NULL : core_channel(s->core, s->cmd->room.rid);
    if (ch)
        return channel_read(s, ch, u);
    struct subscription *sub = r && u ? room_subscription(r, u) : NULL;
    if (sub == NULL)
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (sub->unread == 0 && !sub->alert)
        return ERR_OK;
    sub->unread = 0;
    sub->alert = false;
    sub->last_seen_ms = s->now;
    subscription_event(s, EVENT_SUBSCRIPTION, sub);
    return ERR_OK;
}

int step_room_show(struct step *s)
{
    struct room *r = step_find_room(s);
    struct user *u = core_user(s->core, s->cmd->room.user_id);
    struct subscription *sub = r && u ? room_subscription(r, u) : NULL;
    bool open = s->cmd->room.client_action;
    if (sub == NULL || sub->open == open)
        return ERR_OK;
    sub->open = open;
    if (!open)
        sub->alert = false;
    subscription_recount(s->core, sub);
    agent_reindex(s, u);
    s->result->changed = true;
    subscription_event(s, EVENT_SUBSCRIPTION, sub);
    return ERR_OK;
}

int step_room_visitor(struct step *s)
{
    const struct visitor *record = s->cmd->room_visitor.record;
    struct room *r = core_room(s->core, s->cmd->room_visitor.rid);
    struct subscription *sub;
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "invalid-room", "Invalid room");
    if (record == NULL)
        return step_fail(s, ERR_NOT_FOUND, "visitor-not-found", "Visitor not found");
    struct visitor *v = visitor_adopt(s, record);
    s->result->room = r;
    if (r->visitor == v)
        return ERR_OK;
    visitor_detach(s, r);
    visitor_attach(s->core, v, r);
    str_set(&r->fname, v->name ? v->name : v->username);
    r->visitor_status = v->status;
    s->result->changed = true;
    room_event(s, EVENT_ROOM_CHANGED, r);
    LIST_FOREACH(sub, &r->subscriptions, of_room)
        subscription_event(s, EVENT_SUBSCRIPTION, sub);
    return ERR_OK;
}

/* --- who may see what (behaviour 1.3, 15.4) --- */

bool core_sees_inquiry(const struct core *c, const struct user *u, const struct room *r)
{
    (void)c;
    if (r->inquiry.status != INQUIRY_QUEUED)
        return false;
    if (r->inquiry.default_agent == u || r->department == NULL)
        return true;
    return r->department->enabled && department_agent_find(r->department, u) != NULL;
}

bool core_may_open(const struct core *c, const struct user *u, const struct room *r)
{
    if (core_may(c, u, "view-livechat-rooms") || r->served_by == u || room_subscription(r, u))
        return true;
    if (!core_routing(c)->preview_room || !core_may(c, u, "view-l-room"))
        return false;
    return core_sees_inquiry(c, u, r) || (r->inquiry.status == INQUIRY_QUEUED && (u->roles & ROLE_MANAGER));
}

bool core_may_open_closed(const struct core *c, const struct user *u, const char *served_by_id,
                          const char *department_id)
{
    if (core_may(c, u, "view-livechat-rooms") || str_eq(u->id, served_by_id) ||
        core_may(c, u, "view-livechat-room-closed-by-another-agent"))
        return true;
    struct department *d = core_department(c, department_id);
    return d && department_agent_find(d, u) && core_may(c, u, "view-livechat-room-closed-same-department");
}
