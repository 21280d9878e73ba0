#include "core/message.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "core/internal.h"

struct message *message_new(void)
{
    return x_calloc(1, sizeof(struct message));
}

struct message *message_dup(const struct message *m)
{
    struct message *n = message_new();
    n->id = x_strdup(m->id);
    n->rid = x_strdup(m->rid);
    n->text = x_strdup(m->text);
    n->type = m->type;
    n->user_id = x_strdup(m->user_id);
    n->username = x_strdup(m->username);
    n->name = x_strdup(m->name);
    n->token = x_strdup(m->token);
    n->alias = x_strdup(m->alias);
    n->thread_id = x_strdup(m->thread_id);
    n->editor_id = x_strdup(m->editor_id);
    n->editor_username = x_strdup(m->editor_username);
    n->extra = x_strdup(m->extra);
    n->ts_ms = m->ts_ms;
    n->updated_ms = m->updated_ms;
    n->edited_ms = m->edited_ms;
    n->hidden = m->hidden;
    n->ungroupable = m->ungroupable;
    return n;
}

void message_free(struct message **mp)
{
    struct message *m = *mp;
    *mp = NULL;
    if (m == NULL)
        return;
    free(m->id);
    free(m->rid);
    free(m->text);
    free(m->user_id);
    free(m->username);
    free(m->name);
    free(m->token);
    free(m->alias);
    free(m->thread_id);
    free(m->editor_id);
    free(m->editor_username);
    free(m->extra);
    free(m);
}

static void bury_message(void *p)
{
    struct message *m = p;
    message_free(&m);
}

const char *message_type(const char *name)
{
    static const char *const known[] = {
        "livechat-started", "livechat-close", "command", "uj", "ul", "au", "ru", "r", "wm",
        "livechat_transfer_history", "livechat_transfer_history_fallback", "livechat_navigation_history",
        "livechat_transcript_history", "livechat_priority_history", "livechat_video_call",
        "livechat_webrtc_video_call", "omnichannel_placed_chat_on_hold", "omnichannel_on_hold_chat_resumed",
        "jitsi_call_started", "room_changed_topic", "rm",
    };
    static char *others[64]; /* foreign names, kept for the life of the process */
    static size_t other_count;
    if (name == NULL)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i], name) == 0)
            return known[i];
    for (size_t i = 0; i < other_count; i++)
        if (strcmp(others[i], name) == 0)
            return others[i];
    if (other_count == COUNT_OF(others) || strlen(name) > 64)
        return NULL;
    return others[other_count++] = x_strdup(name);
}

/* Response and reaction times (behaviour 21.1). */
static void measure_visitor(struct room *r, int64_t now)
{
    struct room_metrics *m = &r->metrics;
    if (m->asked_ms == 0 || m->replied_ms >= m->asked_ms)
        m->asked_ms = now;
}

static void measure_agent(struct room *r, int64_t now)
{
    struct room_metrics *m = &r->metrics;
    int64_t asked = m->asked_ms ? m->asked_ms : r->ts_ms;
    int64_t response_s = (now - asked) / 1000;
    int64_t reaction_s = response_s;
    if (m->replied_ms == 0) {
        reaction_s = r->served_ms ? (now - r->served_ms) / 1000 : 0;
        m->response_first_s = response_s;
        m->response_first_ms = now;
        m->reaction_first_s = reaction_s;
        m->reaction_first_ms = now;
    } else if (m->asked_ms <= m->replied_ms) {
        return;
    }
    m->replied_ms = now;
    m->response_total++;
    m->response_tt += response_s;
    m->reaction_tt += reaction_s;
}

/* What a message does to its room (behaviour 5.4). */
static void affect_room(struct room *r, const struct message *m)
{
    r->msgs++;
    if (m->hidden)
        return;
    r->lm_ms = m->ts_ms;
    if (m->type)
        return;
    r->metrics.said++;
    r->metrics.agent_said += !message_is_from_visitor(m);
    if (message_is_from_visitor(m)) {
        r->visitor_last_message_ms = m->ts_ms;
        if (!r->waiting_response) {
            r->waiting_response = true;
            free(r->response_by_id);
            free(r->response_by_username);
            r->response_by_id = r->response_by_username = NULL;
            r->response_by_ms = 0;
        }
        measure_visitor(r, m->ts_ms);
        if (r->inquiry.first_text == NULL || *r->inquiry.first_text == '\0')
            str_set(&r->inquiry.first_text, m->text);
        return;
    }
    if (r->waiting_response || r->response_by_id == NULL) {
        r->waiting_response = false;
        str_set(&r->response_by_id, m->user_id);
        str_set(&r->response_by_username, m->username);
    }
    r->response_by_ms = m->ts_ms;
    r->transfer_due_ms = 0;
    measure_agent(r, m->ts_ms);
}

static bool counts_as_unread(const struct subscription *sub, const struct message *m)
{
    return m->type == NULL && !str_eq(sub->user->id, m->user_id);
}

static void count_unread(struct step *s, struct room *r, const struct message *m)
{
    struct subscription *sub;
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        if (!counts_as_unread(sub, m))
            continue;
        sub->unread++;
        sub->alert = true;
        sub->updated_ms = s->now;
        struct event *e = step_event(s, EVENT_SUBSCRIPTION);
        e->room = r;
        e->user = sub->user;
        e->subscription = sub;
        e->message = r->last_message; /* follows from it: the store need not write it down */
    }
}

struct message *message_post(struct step *s, struct room *r, struct message *m)
{
    if (m->id == NULL) {
        m->id = x_malloc(ID_LEN + 1);
        id_make_ordered(&s->ids, s->now, m->id);
    }
    m->rid = x_strdup(r->id);
    m->updated_ms = s->now;
    m->ts_ms = m->ts_ms ? m->ts_ms : s->now;
    if (r->last_message && m->ts_ms <= r->last_message->ts_ms)
        m->ts_ms = r->last_message->ts_ms + 1; /* the order of saying is the order of time */
    if (m->updated_ms < m->ts_ms)
        m->updated_ms = m->ts_ms; /* so who asks for what is newer than another message finds it */
    affect_room(r, m);
    if (m->type == NULL) {
        abandon_follow(s->core, r);
        unanswered_follow(s->core, r);
    }
    if (r->last_message)
        step_bury(s, r->last_message, bury_message);
    r->last_message = m;
    r->hides_last = !core_setting_bool(s->core, "Store_Last_Message");
    r->updated_ms = s->now;
    struct event *e = step_event(s, EVENT_MESSAGE);
    e->room = r;
    e->message = m;
    e->visitor = r->visitor;
    if (r->open)
        count_unread(s, r, m);
    if (m->type == NULL && !m->hidden && r->open) {
        quiet_spoken(s, r);
        targets_spoken(s, r);
    }
    return m;
}

/* The room is in the store only; its count of messages follows there. */
void message_post_late(struct step *s, const char *rid, struct message *m)
{
    m->id = x_malloc(ID_LEN + 1);
    id_make_ordered(&s->ids, s->now, m->id);
    m->rid = x_strdup(rid);
    m->ts_ms = m->updated_ms = s->now;
    step_bury(s, m, bury_message);
    step_event(s, EVENT_MESSAGE)->message = m;
}

void core_load_message(struct core *c, struct message *m, uint64_t number)
{
    struct room *r = core_room(c, m->rid);
    struct subscription *sub;
    if (r == NULL)
        channel_load_message(c, m, number);
    if (r == NULL || number <= r->mark) {
        message_free(&m);
        return;
    }
    affect_room(r, m);
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        if (number <= sub->mark || !counts_as_unread(sub, m))
            continue;
        sub->unread++;
        sub->alert = true;
    }
    message_free(&r->last_message);
    r->last_message = m;
    r->hides_last = !core_setting_bool(c, "Store_Last_Message");
}

struct message *message_system(struct step *s, struct room *r, const char *type, const char *text,
                               const char *user_id, const char *username, const char *name, char *extra_take)
{
    struct message *m = message_new();
    m->type = message_type(type);
    m->text = x_strdup(text ? text : "");
    m->user_id = x_strdup(user_id);
    m->username = x_strdup(username);
    m->name = x_strdup(name);
    m->extra = extra_take;
    m->ungroupable = true;
    return message_post(s, r, m);
}

struct message *message_by_user(struct step *s, struct room *r, const char *type, const char *text,
                                const struct user *u, char *extra_take)
{
    return message_system(s, r, type, text, u->id, u->username, u->name, extra_take);
}

/* Limit for visitors (behaviour 9.3): UTF-16 code units; 0 is no limit of its own. */
static int check_length(struct step *s, const char *text, bool visitor)
{
    size_t units = utf8_utf16_len(text, strlen(text));
    int64_t most = core_setting_int(s->core, "Message_MaxAllowedSize");
    int64_t limit = core_setting_int(s->core, "Livechat_message_character_limit");
    if (visitor && core_setting_bool(s->core, "Livechat_enable_message_character_limit")) {
        limit = limit > 0 ? limit : most;
        if (limit > 0 && units > (size_t)limit)
            return step_fail(s, ERR_TOO_LARGE, "message-length-exceeds-character-limit",
                             "The message is longer than %lld characters", (long long)limit);
    }
    if (most > 0 && units > (size_t)most)
        return step_fail(s, ERR_TOO_LARGE,
                         visitor ? "message-length-exceeds-character-limit" : "error-message-size-exceeded",
                         "Message size exceeds Message_MaxAllowedSize");
    return ERR_OK;
}

static const char *contact_value(const struct room *r, const char *name, size_t n)
{
    const struct visitor *v = r->visitor;
    const struct user *u = r->served_by;
    const struct {
        const char *name, *value;
    } known[] = {
        {"contact.name", v->name}, {"contact.email", v->email}, {"contact.phone", v->phone},
        {"agent.name", u ? u->name : NULL}, {"agent.email", u ? u->email : NULL},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strlen(known[i].name) == n && memcmp(known[i].name, name, n) == 0)
            return known[i].value ? known[i].value : "";
    return NULL;
}

/* Placeholders of canned responses, in every message while they are enabled (behaviour 7.5). Caller frees. */
static char *fill_placeholders(const struct core *c, const struct room *r, const char *text)
{
    if (strstr(text, "{{") == NULL || !core_setting_bool(c, "Canned_Responses_Enable"))
        return x_strdup(text);
    struct buf out = BUF_INIT;
    const char *open;
    while ((open = strstr(text, "{{")) != NULL) {
        const char *close = strstr(open, "}}");
        const char *value = close ? contact_value(r, open + 2, (size_t)(close - open - 2)) : NULL;
        if (value == NULL) {
            buf_append(&out, text, (size_t)(open - text) + 2);
            text = open + 2;
            continue;
        }
        buf_append(&out, text, (size_t)(open - text));
        buf_puts(&out, value);
        text = close + 2;
    }
    buf_puts(&out, text);
    return buf_take(&out);
}

static int author_visitor(struct step *s, const struct room *r, struct message *m)
{
    const struct visitor *v = r->visitor;
    if (!str_eq(v->token, s->cmd->message.token))
        return step_fail(s, ERR_DENIED, "invalid-room", "Invalid room");
    m->user_id = x_strdup(v->id);
    m->username = x_strdup(v->username);
    m->name = x_strdup(v->name);
    m->token = x_strdup(v->token);
    m->alias = x_strdup(v->name ? v->name : v->username);
    return ERR_OK;
}

static int author_user(struct step *s, struct message *m)
{
    const struct user *u = core_user(s->core, s->cmd->actor_id);
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    m->user_id = x_strdup(u->id);
    m->username = x_strdup(u->username);
    m->name = x_strdup(u->name);
    m->alias = x_strdup(s->cmd->message.alias);
    return ERR_OK;
}

int step_message_send(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct core *c = s->core;
    struct room *r = core_room(c, cmd->message.rid);
    bool visitor = cmd->message.token != NULL;
    struct channel *ch = r || visitor ? NULL : core_channel(c, cmd->message.rid);
    if (r == NULL && ch == NULL)
        return step_fail(s, ERR_STATE, "room-closed", "Room closed");
    if (visitor && !core_setting_bool(c, "Livechat_enabled"))
        return step_fail(s, ERR_STATE, "error-omnichannel-is-disabled", "%s", "");
    int rc = check_length(s, cmd->message.text, visitor);
    if (rc != ERR_OK)
        return rc;
    if (ch)
        return channel_say(s, ch);
    struct message *m = message_new();
    rc = visitor ? author_visitor(s, r, m) : author_user(s, m);
    if (rc != ERR_OK) {
        message_free(&m);
        return rc;
    }
    m->id = x_strdup(cmd->message.id);
    m->text = fill_placeholders(c, r, cmd->message.text);
    m->thread_id = x_strdup(cmd->message.thread_id);
    m->type = message_type(cmd->message.type);
    m->extra = x_strdup(cmd->message.extra);
    m->hidden = cmd->message.hidden;
    m->ungroupable = m->type != NULL;
    s->result->message = message_post(s, r, m);
    s->result->room = r;
    s->result->created = true;
    if (visitor && m->type == NULL)
        lead_look(s, r, m->text);
    if (visitor && r->on_hold && m->type == NULL)
        hold_resume_by_visitor(s, r);
    return ERR_OK;
}

/* The new form of a stored message; owned by the graves. */
static struct message *changed_copy(struct step *s, struct room **room)
{
    struct message *m = message_dup(s->cmd->message.stored);
    m->updated_ms = s->now;
    step_bury(s, m, bury_message);
    *room = core_room(s->core, m->rid);
    return m;
}

/* One message of people less; in a closed chat only the store counts. */
static void uncount(struct room *r, const struct message *m)
{
    if (r == NULL || m->type || m->hidden)
        return;
    r->metrics.said--;
    r->metrics.agent_said -= !message_is_from_visitor(m);
}

static void last_message_follows(struct step *s, struct room *r, const struct message *m)
{
    if (r == NULL || r->last_message == NULL || strcmp(r->last_message->id, m->id) != 0)
        return;
    step_bury(s, r->last_message, bury_message);
    r->last_message = message_dup(m);
}

/* By the user who acts, else by its author. */
static void mark_edited(const struct step *s, struct message *m)
{
    const struct user *u = s->cmd->actor_id ? core_user(s->core, s->cmd->actor_id) : NULL;
    m->edited_ms = s->now;
    str_set(&m->editor_id, u ? u->id : m->user_id);
    str_set(&m->editor_username, u ? u->username : m->username);
}

int step_message_update(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct room *r;
    int rc = check_length(s, cmd->message.text, cmd->message.token != NULL);
    if (rc != ERR_OK)
        return rc;
    if (cmd->message.stored->type == message_type("rm"))
        return step_fail(s, ERR_STATE, "error-action-not-allowed", "The message was deleted");
    struct message *m = changed_copy(s, &r);
    str_set(&m->text, cmd->message.text);
    if (cmd->message.extra)
        str_set(&m->extra, cmd->message.extra);
    mark_edited(s, m);
    last_message_follows(s, r, m);
    struct event *e = step_event(s, EVENT_MESSAGE_CHANGED);
    e->message = m;
    e->room = r;
    s->result->message = m;
    s->result->room = r;
    return ERR_OK;
}

int step_message_remove(struct step *s)
{
    struct room *r;
    struct message *m = changed_copy(s, &r);
    bool leaves_mark = core_setting_bool(s->core, "Message_ShowDeletedStatus");
    uncount(r, m);
    str_set(&m->text, "");
    if (leaves_mark) {
        m->type = message_type("rm");
        str_set(&m->extra, NULL);
        mark_edited(s, m);
    }
    last_message_follows(s, r, m);
    struct event *e = step_event(s, leaves_mark ? EVENT_MESSAGE_CHANGED : EVENT_MESSAGE_REMOVED);
    if (!leaves_mark)
        e->detail = x_asprintf("{\"message\":\"%s\"}", m->id);
    e->message = m;
    e->room = r;
    s->result->message = m;
    s->result->room = r;
    return ERR_OK;
}
