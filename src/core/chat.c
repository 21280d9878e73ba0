/* The life of a chat: how it starts and how it ends (behaviour 5). */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

static void bury_room(void *p)
{
    room_free(p);
}

/* The first enabled department with an online agent that is shown on registration (5.2, step 5). */
static struct department *default_department(struct core *c)
{
    struct department *d;
    TAILQ_FOREACH(d, &c->people.departments, entry) {
        if (d->enabled && d->show_on_registration && d->online_count > 0)
            return d;
    }
    return NULL;
}

/* The chat there is already, if any (5.2, steps 1 and 2). Returns 1 when found, 0 for none, or an error. */
static int open_room_of(struct step *s, const struct visitor *v, struct room **out)
{
    const char *rid = s->cmd->room_start.rid;
    *out = v ? LIST_FIRST(&v->rooms) : NULL;
    if (rid == NULL)
        return *out != NULL;
    struct room *r = core_room(s->core, rid);
    if (r == NULL || r->visitor != v)
        return step_fail(s, ERR_NOT_FOUND, "invalid-room", "Invalid room");
    *out = r;
    return 1;
}

static void set_source(struct step *s, struct room *r)
{
    const struct command *cmd = s->cmd;
    r->source_type = x_strdup(cmd->room_start.source_type ? cmd->room_start.source_type : "other");
    r->source_id = x_strdup(cmd->room_start.source_id);
    r->source_label = x_strdup(cmd->room_start.source_label);
    r->source_alias = x_strdup(cmd->room_start.source_type ? cmd->room_start.source_alias : "unknown");
}

static struct room *create(struct step *s, struct visitor *v, struct department *d, struct user *wished)
{
    struct core *c = s->core;
    struct room *r = room_new();
    r->id = step_id(s);
    r->inquiry.id = step_id(s);
    r->fname = x_strdup(v->name ? v->name : v->username);
    r->ts_ms = r->lm_ms = r->updated_ms = r->queued_ms = s->now;
    r->open = r->waiting_response = true;
    r->visitor_status = v->status;
    r->users_count = 1;
    r->department = d;
    r->department_id = x_strdup(d ? d->id : NULL);
    set_source(s, r);
    if (core_setting_bool(c, "Livechat_force_accept_data_processing_consent"))
        r->consent_text = x_strdup(core_setting_text(c, "Livechat_data_processing_consent_text"));
    r->inquiry.ts_ms = r->inquiry.updated_ms = r->inquiry.service_at_ms = s->now;
    r->inquiry.order = 1;
    r->inquiry.first_text = x_strdup("");
    r->inquiry.default_agent = wished;
    visitor_attach(c, v, r);
    room_index(c, r);
    inquiry_set_status(c, r, INQUIRY_READY);
    setting_count_up(c, "Livechat_Room_Count");
    str_set(&v->last_chat_id, r->id);
    v->last_chat_ms = s->now;
    return r;
}

/* What the visitor looked at before comes first in the room, with the times of then (5.2, step 9). */
static void tell_pages(struct step *s, struct room *r)
{
    const struct user *cat = core_user(s->core, ROCKET_CAT);
    bool visible = core_setting_bool(s->core, "Livechat_Visitor_navigation_as_a_message");
    for (size_t i = 0; cat && i < s->cmd->room_start.page_count; i++) {
        const struct visited_page *p = &s->cmd->room_start.pages[i];
        struct message *m = message_new();
        m->type = message_type("livechat_navigation_history");
        m->text = x_strdup(p->text);
        m->extra = x_strdup(p->extra);
        m->user_id = x_strdup(cat->id);
        m->username = x_strdup(cat->username);
        m->name = x_strdup(cat->name);
        m->hidden = !visible;
        m->ungroupable = true;
        m->ts_ms = p->ts_ms;
        message_post(s, r, m);
    }
}

/* Whose queue has room for one more: the department's own, else by the setting the first of its fallbacks. */
static bool find_room_in_queue(const struct core *c, struct department **d)
{
    struct department *next = *d;
    if (!queue_is_full(c, next))
        return true;
    if (strcmp(core_setting_text(c, "Usher_queue_full_action"), "fallback") != 0)
        return false;
    for (int depth = 0; next && depth < FALLBACKS_MAX; depth++) {
        next = core_department(c, next->fallback_id);
        if (next && next->online_count > 0 && !queue_is_full(c, next)) {
            *d = next;
            return true;
        }
    }
    return false;
}

/* meant: the department it was for, whose queue may be full. */
static void tell_opened(struct step *s, struct room *r, const struct department *meant)
{
    const struct decision why = {.step = DECISION_OPENED, .department = meant, .priority = r->priority_id};
    decision_of_event(room_event(s, EVENT_ROOM_OPENED, r), &why);
    if (meant != r->department)
        routing_tell_fallback(s, r, meant, r->department, CAUSE_QUEUE_FULL);
}

int step_room_start(struct step *s)
{
    struct core *c = s->core;
    const struct visitor *record = s->cmd->room_start.record;
    struct room *r;
    if (record == NULL)
        return step_fail(s, ERR_NOT_FOUND, "invalid-token", "Invalid token");
    struct visitor *v = core_visitor(c, record->id);
    int found = open_room_of(s, v, &r);
    if (found < 0)
        return found;
    s->result->room = r;
    s->result->visitor = v;
    if (found)
        return ERR_OK;
    if (!core_setting_bool(c, "Livechat_enabled"))
        return step_fail(s, ERR_STATE, "error-omnichannel-is-disabled", "%s", "");
    struct preference preset = {.agent = core_user(c, s->cmd->room_start.agent_id), .kind = PRESET_WISHED};
    if (preset.agent && !user_is_agent(preset.agent))
        preset.agent = NULL;
    if (preset.agent == NULL)
        prefer_agent(s, v ? v : record, &preset);
    struct user *wished = preset.agent;
    struct department *d = core_department(c, record->department_id);
    if (d == NULL && wished == NULL)
        d = default_department(c);
    bool online = wished ? core_agent_is_online(c, wished) : core_service_is_online(c, d);
    struct department *meant = d;
    if (!online || !find_room_in_queue(c, &d))
        return step_fail(s, ERR_UNAVAILABLE, "no-agent-online", "Sorry, no online agents");
    const struct record *priority = NULL;
    int rc = s->cmd->room_start.priority ? priority_find(s, s->cmd->room_start.priority, true, &priority) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    v = visitor_adopt(s, record);
    if (d && v->department_id)
        str_set(&v->department_id, d->id);
    r = create(s, v, d, wished);
    if (priority)
        priority_put(s, r, priority);
    s->result->room = r;
    s->result->visitor = v;
    s->result->created = true;
    tell_opened(s, r, meant);
    step_event(s, EVENT_VISITOR)->visitor = v;
    room_event(s, EVENT_INQUIRY_READY, r);
    prefer_tell(s, r, &preset);
    tell_pages(s, r);
    message_system(s, r, "livechat-started", "", v->id, v->username, v->name, NULL);
    targets_follow(c, r);
    prefer_bot(s, r);
    routing_serve(s, r);
    return ERR_OK;
}

static bool has_tag(char *const *tags, int n, const char *tag)
{
    for (int i = 0; i < n; i++)
        if (strcmp(tags[i], tag) == 0)
            return true;
    return false;
}

static void add_tags(struct room *r, const char *const *tags, int n)
{
    for (int i = 0; i < n; i++) {
        if (has_tag(r->tags, r->tag_count, tags[i]))
            continue;
        r->tags = x_reallocarray(r->tags, (size_t)r->tag_count + 1, sizeof(*r->tags));
        r->tags[r->tag_count++] = x_strdup(tags[i]);
    }
}

/* How long the visitor has said nothing since somebody answered his last words (behaviour 21.2), in seconds of office
   hours; -1: he spoke last, never, or ended it himself. */
static int64_t silence_at_close(const struct step *s, const struct room *r, const char *closer)
{
    if (strcmp(closer, "visitor") == 0 || r->waiting_response || r->visitor_last_message_ms == 0 ||
        r->metrics.replied_ms < r->visitor_last_message_ms)
        return -1;
    return core_business_time(s->core, r->department, r->metrics.replied_ms, s->now) / 1000;
}

/* closer is "user" or "visitor"; by is NULL for the visitor (5.5). comment may be a text of the room itself. */
int room_close(struct step *s, struct room *r, const char *closer, struct user *by, const char *comment)
{
    struct core *c = s->core;
    struct visitor *v = r->visitor;
    const char *by_id = by ? by->id : v->id, *by_name = by ? by->username : v->username;
    struct subscription *sub, *next;
    struct user *agent = r->served_by;
    if (offer_is_out(r))
        offer_end(s, r);
    r->closed_ms = s->now;
    r->metrics.chat_duration_s = (s->now - r->ts_ms) / 1000;
    if (r->served_by)
        r->metrics.service_duration_s = (s->now - r->served_ms) / 1000;
    r->metrics.silence_s = silence_at_close(s, r, closer);
    str_set(&r->closer, closer);
    str_set(&r->closed_by_id, by_id);
    str_set(&r->closed_by_username, by_name);
    r->visitor_status = PRESENCE_OFFLINE;
    r->open = false;
    r->on_hold = false;
    if (r->department)
        add_tags(r, (const char *const *)r->department->closing_tags, r->department->closing_tag_count);
    message_system(s, r, "livechat-close", comment ? comment : "", by_id, by_name, by ? by->name : v->name,
                   x_asprintf("{\"transcriptRequested\":%s}", r->transcript.email ? "true" : "false"));
    message_system(s, r, "command", "promptTranscript", by_id, by_name, by ? by->name : v->name, NULL);
    transcript_on_close(s, r);
    r->hold_close_ms = r->transfer_due_ms = 0;
    str_set(&r->hold_close_text, NULL);
    inquiry_set_status(c, r, INQUIRY_NONE);
    room_event(s, EVENT_INQUIRY_REMOVED, r);
    room_event(s, EVENT_ROOM_CLOSED, r);
    LIST_FOREACH_SAFE(sub, &r->subscriptions, of_room, next)
        room_unsubscribe(s, sub);
    room_unindex(c, r);
    visitor_detach(s, r);
    step_bury(s, r, bury_room);
    if (agent && !(agent->roles & ROLE_BOT))
        pause_begin(s, agent, PAUSE_WRAP_UP, core_setting_int(c, "Usher_wrap_up_time"));
    return ERR_OK;
}

/* What the agent says became of the chat. */
static int set_disposition(struct step *s, struct room *r)
{
    const char *code = s->cmd->room.disposition && *s->cmd->room.disposition ? s->cmd->room.disposition : NULL;
    bool has_codes = *core_setting_text(s->core, "Usher_disposition_codes") != '\0';
    if (code == NULL && r->disposition == NULL && s->cmd->room.client_action && has_codes &&
        core_setting_bool(s->core, "Usher_disposition_required"))
        return step_fail(s, ERR_INVALID, "error-disposition-required", "A disposition code is required to close this chat");
    int rc = code ? disposition_check(s, code) : ERR_OK;
    if (rc == ERR_OK && code)
        str_set(&r->disposition, code);
    return rc;
}

static int close_by_user(struct step *s, struct room *r)
{
    const struct command *cmd = s->cmd;
    struct user *u = core_user(s->core, cmd->room.user_id);
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    if (!room_subscription(r, u) && !core_may(s->core, u, "close-others-livechat-room"))
        return step_fail(s, ERR_DENIED, "error-not-authorized", "Not authorized");
    bool comment = cmd->room.comment && cmd->room.comment[strspn(cmd->room.comment, " \t\r\n")];
    if (cmd->room.client_action && !comment &&
        core_setting_bool(s->core, "Livechat_request_comment_when_closing_conversation"))
        return step_fail(s, ERR_INVALID, "error-comment-is-required", "A comment is required to close this chat");
    const struct department *d = r->department;
    if (d && d->request_tag_before_closing && cmd->room.client_action &&
        (cmd->room.tag_count == 0 || d->closing_tag_count == 0))
        return step_fail(s, ERR_STATE, "error-tags-must-be-assigned-before-closing-chat",
                         "Tag(s) must be assigned before closing the chat");
    int rc = set_disposition(s, r);
    if (rc != ERR_OK)
        return rc;
    add_tags(r, cmd->room.tags, cmd->room.tag_count);
    return room_close(s, r, "user", u, cmd->room.comment);
}

int step_room_close(struct step *s)
{
    struct room *r = step_find_room(s);
    if (r == NULL)
        return step_fail(s, ERR_STATE, "room-closed", "Room closed");
    if (s->cmd->room.token == NULL)
        return close_by_user(s, r);
    if (!str_eq(r->visitor->token, s->cmd->room.token))
        return step_fail(s, ERR_NOT_FOUND, "invalid-room", "Invalid room");
    return room_close(s, r, "visitor", NULL, s->cmd->room.comment ? s->cmd->room.comment : "Closed by visitor");
}
