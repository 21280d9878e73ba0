#include "server/desk.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/custom.h"
#include "server/setting.h"
#include "store/store.h"

#define TAGS_MAX 100

int json_texts(const json_t *list, const char **out, int max)
{
    int n = 0;
    for (size_t i = 0; i < json_array_size(list) && n < max; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text)
            out[n++] = text;
    }
    return n;
}

static int fail(struct result *result, int code, const char *name, const char *text)
{
    memset(result, 0, sizeof *result);
    return error_named(&result->error, code, name, "%s", text);
}

int desk_take(struct server *s, const struct user *by, const char *inquiry_id, const char *user_id,
              struct result *result)
{
    const struct user *taker = user_id ? core_user(s->core, user_id) : by;
    if (taker == NULL)
        return fail(result, ERR_NOT_FOUND, NULL, "The user is invalid");
    if (!core_may(s->core, taker, "view-l-room"))
        return fail(result, ERR_DENIED, "error-not-allowed", "Not allowed");
    struct command cmd = server_command(COMMAND_INQUIRY_TAKE, by);
    cmd.room.inquiry_id = inquiry_id;
    cmd.room.user_id = taker->id;
    return server_step(s, &cmd, result);
}

int desk_close(struct server *s, const struct user *by, const char *rid, const char *comment, const json_t *tags,
               const char *disposition, bool client_action, struct result *result)
{
    const char *names[TAGS_MAX];
    if (!core_may(s->core, by, "close-livechat-room"))
        return fail(result, ERR_DENIED, "error-not-authorized", "Not authorized");
    struct command cmd = server_command(COMMAND_ROOM_CLOSE, by);
    cmd.room.rid = rid;
    cmd.room.user_id = by->id;
    cmd.room.comment = comment;
    cmd.room.disposition = disposition;
    cmd.room.tags = names;
    cmd.room.tag_count = json_texts(tags, names, TAGS_MAX);
    cmd.room.client_action = client_action;
    return server_step(s, &cmd, result);
}

int desk_return(struct server *s, const struct user *by, const char *rid, const char *department_id,
                struct result *result)
{
    const struct room *r = core_room(s->core, rid);
    if (r == NULL)
        return fail(result, ERR_STATE, "room-closed", "Room closed");
    if (!core_may_open(s->core, by, r))
        return fail(result, ERR_DENIED, "error-not-allowed", "Not allowed");
    struct command cmd = server_command(COMMAND_ROOM_RETURN, by);
    cmd.room.rid = rid;
    cmd.room.department_id = department_id && *department_id ? department_id : NULL;
    return server_step(s, &cmd, result);
}

int desk_forward(struct server *s, const struct user *by, const struct forwarding *f, struct result *result)
{
    struct command cmd = server_command(COMMAND_ROOM_FORWARD, by);
    cmd.room.rid = f->rid;
    cmd.room.user_id = f->user_id && *f->user_id ? f->user_id : NULL;
    cmd.room.department_id = f->department_id && *f->department_id ? f->department_id : NULL;
    cmd.room.comment = f->comment;
    cmd.room.client_action = f->client_action;
    answers_bring(f->answers, &cmd);
    return server_step(s, &cmd, result);
}

int desk_hold(struct server *s, const struct user *by, const char *rid, struct result *result)
{
    struct command cmd = server_command(COMMAND_ROOM_HOLD, by);
    cmd.room.rid = rid;
    cmd.room.user_id = by->id;
    return server_step(s, &cmd, result);
}

int desk_resume(struct server *s, const struct user *by, const char *rid, struct result *result)
{
    const struct room *r = core_room(s->core, rid);
    if (r && !(core_may(s->core, by, "view-l-room") && core_may_open(s->core, by, r)))
        return fail(result, ERR_DENIED, "error-not-allowed", "Not allowed");
    struct command cmd = server_command(COMMAND_ROOM_RESUME, by);
    cmd.room.rid = rid;
    cmd.room.user_id = by->id;
    return server_step(s, &cmd, result);
}

int desk_join(struct server *s, const struct user *by, const char *rid, struct result *result)
{
    const struct room *r = core_room(s->core, rid);
    if (r && !core_may_open(s->core, by, r))
        return fail(result, ERR_DENIED, "error-not-allowed", "Not allowed");
    struct command cmd = server_command(COMMAND_ROOM_JOIN, by);
    cmd.room.rid = rid;
    cmd.room.user_id = by->id;
    return server_step(s, &cmd, result);
}

int desk_read(struct server *s, const struct user *by, const char *rid, struct result *result)
{
    struct command cmd = server_command(COMMAND_ROOM_READ, by);
    cmd.room.rid = rid;
    cmd.room.user_id = by->id;
    return server_step(s, &cmd, result);
}

/* --- messages --- */

/* What the core does not look at, as it will be shown (rest 2). NULL when there is nothing. */
static char *further_keys(const json_t *message)
{
    static const char *const keys[] = {"attachments", "avatar", "emoji", "groupable", "parseUrls", "tshow", "blocks",
                                       "customFields"};
    json_t *extra = json_object();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        json_t *v = json_object_get(message, keys[i]);
        if (v && !json_is_null(v))
            json_object_set(extra, keys[i], v);
    }
    char *text = json_object_size(extra) ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
    return text;
}

static int check_send(struct server *s, const struct user *by, const json_t *message, struct result *result)
{
    const char *rid = json_string_value(json_object_get(message, "rid"));
    const char *alias = json_string_value(json_object_get(message, "alias"));
    const struct room *r = core_room(s->core, rid);
    if (rid == NULL)
        return fail(result, ERR_INVALID, NULL, "The 'rid' property on the message object is missing.");
    const struct channel *ch = r ? NULL : core_channel(s->core, rid);
    if (r == NULL && ch == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (r ? !core_may_open(s->core, by, r) : !core_channel_allows(s->core, by, ch))
        return fail(result, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (((alias && *alias) || json_is_string(json_object_get(message, "avatar"))) &&
        !core_may(s->core, by, "message-impersonate"))
        return fail(result, ERR_DENIED, NULL, "Not enough permission");
    return ERR_OK;
}

int desk_send(struct server *s, const struct user *by, const json_t *message, struct result *result)
{
    int rc = check_send(s, by, message, result);
    if (rc != ERR_OK)
        return rc;
    AUTO_FREE char *extra = further_keys(message);
    const char *text = json_string_value(json_object_get(message, "msg"));
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, by);
    cmd.message.rid = json_string_value(json_object_get(message, "rid"));
    cmd.message.id = json_string_value(json_object_get(message, "_id"));
    cmd.message.text = text ? text : "";
    cmd.message.alias = json_string_value(json_object_get(message, "alias"));
    cmd.message.thread_id = json_string_value(json_object_get(message, "tmid"));
    cmd.message.extra = extra;
    return server_step(s, &cmd, result);
}

/* May he still change it: minutes is a limit of age, 0 none. */
static bool too_old(const struct server *s, const struct message *m, const char *setting)
{
    int64_t minutes = setting_int(s->core, setting, 0);
    return minutes > 0 && server_now(s) - m->ts_ms > minutes * 60000;
}

int desk_edit(struct server *s, const struct user *by, const struct message *stored, const char *text,
              struct result *result)
{
    bool own = str_eq(stored->user_id, by->id);
    bool may = core_may(s->core, by, "edit-message");
    if (!may && !(own && setting_bool(s->core, "Message_AllowEditing", true)))
        return fail(result, ERR_DENIED, "error-action-not-allowed", "Message editing not allowed");
    if (!may && too_old(s, stored, "Message_AllowEditing_BlockEditInMinutes"))
        return fail(result, ERR_STATE, "error-message-editing-blocked", "Message editing is blocked");
    struct command cmd = server_command(COMMAND_MESSAGE_UPDATE, by);
    cmd.message.rid = stored->rid;
    cmd.message.text = text;
    cmd.message.stored = stored;
    return server_step(s, &cmd, result);
}

int desk_delete(struct server *s, const struct user *by, const struct message *stored, struct result *result)
{
    bool own = str_eq(stored->user_id, by->id);
    bool forced = core_may(s->core, by, "force-delete-message");
    bool allowed = setting_bool(s->core, "Message_AllowDeleting", true);
    if (!forced && !(allowed && (own || core_may(s->core, by, "delete-message"))))
        return fail(result, ERR_DENIED, "error-action-not-allowed", "Not allowed");
    if (!forced && too_old(s, stored, "Message_AllowDeleting_BlockDeleteInMinutes"))
        return fail(result, ERR_STATE, "error-message-deleting-blocked", "Message deleting is blocked");
    struct command cmd = server_command(COMMAND_MESSAGE_REMOVE, by);
    cmd.message.rid = stored->rid;
    cmd.message.stored = stored;
    return server_step(s, &cmd, result);
}

/* --- room and visitor --- */

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

/* The custom fields of a form, or NULL: there are none, or they are not his to change. */
static const json_t *fields_of(const struct server *s, const struct user *by, const json_t *form)
{
    const json_t *fields = json_object_get(form, "livechatData");
    return json_is_object(fields) && core_may(s->core, by, "edit-livechat-room-customfields") ? fields : NULL;
}

static int save_guest(struct server *s, const struct user *by, const struct visitor *v, const json_t *guest,
                      bool with_phone, struct result *result)
{
    AUTO_FREE char *data = NULL;
    const json_t *fields = fields_of(s, by, guest);
    struct command cmd = server_command(COMMAND_VISITOR_SAVE, by);
    int rc = fields ? custom_fill(s->core, CUSTOM_VISITOR, v->livechat_data, fields, &data, &result->error) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    cmd.visitor_save.record = v;
    cmd.visitor_save.token = v->token;
    cmd.visitor_save.name = text_of(guest, "name");
    cmd.visitor_save.email = text_of(guest, "email");
    cmd.visitor_save.phone = with_phone ? text_of(guest, "phone") : NULL;
    cmd.visitor_save.livechat_data = fields && data == NULL ? "{}" : data;
    cmd.visitor_save.by_user = true;
    return server_step(s, &cmd, result);
}

/* Absent topic and tags mean empty (behaviour 20.7). */
static int save_room(struct server *s, const struct user *by, const struct room *open, const struct room *r,
                     const json_t *form, struct result *result)
{
    const char *tags[TAGS_MAX];
    AUTO_FREE char *data = NULL;
    const json_t *fields = fields_of(s, by, form);
    int rc = fields ? custom_fill(s->core, CUSTOM_ROOM, r->livechat_data, fields, &data, &result->error) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    struct command cmd = server_command(COMMAND_ROOM_INFO, by);
    cmd.room.rid = r->id;
    cmd.room.closed = open ? NULL : r;
    cmd.room.topic = text_of(form, "topic");
    cmd.room.tags = tags;
    cmd.room.tag_count = json_texts(json_object_get(form, "tags"), tags, TAGS_MAX);
    cmd.room.livechat_data = data;
    cmd.room.priority_id = text_of(form, "priorityId");
    cmd.room.has_topic = cmd.room.has_tags = true;
    cmd.room.has_livechat_data = fields != NULL;
    cmd.room.has_priority = json_object_get(form, "priorityId") != NULL;
    return server_step(s, &cmd, result);
}

int desk_save_info(struct server *s, const struct user *by, const struct room *open, const struct stored_room *closed,
                   const json_t *guest, const json_t *room, struct result *result)
{
    const struct room *r = open ? open : closed ? closed->room : NULL;
    const struct visitor *v = open ? open->visitor : closed ? closed->visitor : NULL;
    memset(result, 0, sizeof *result);
    if (r == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    const char *served_by = open ? (open->served_by ? open->served_by->id : NULL) : closed->served_by_id;
    if (!str_eq(served_by, by->id) && !core_may(s->core, by, "save-others-livechat-room-info"))
        return fail(result, ERR_DENIED, NULL, "unauthorized");
    if (v == NULL || !str_eq(v->id, text_of(guest, "_id")))
        guest = NULL; /* another visitor's record is not this chat's business */
    if (!open && v)
        v = core_visitor(s->core, v->id) ? core_visitor(s->core, v->id) : v;
    AUTO_FREE char *by_id = x_strdup(by->id);
    int rc = guest ? save_guest(s, by, v, guest, !str_eq(r->source_type, "sms"), result) : ERR_OK;
    return rc == ERR_OK ? save_room(s, core_user(s->core, by_id), open, r, room, result) : rc;
}

int desk_service(struct server *s, const struct user *by, const char *agent_id, const char *status,
                 struct result *result)
{
    const struct user *u = agent_id && *agent_id ? core_user(s->core, agent_id) : by;
    if (u == NULL || !user_is_agent(u) || (u != by && !core_may(s->core, by, "manage-livechat-agents")))
        return fail(result, ERR_DENIED, "error-not-allowed", "Not allowed");
    struct command cmd = server_command(COMMAND_USER_SERVICE, by);
    cmd.user.id = u->id;
    cmd.user.available = status ? strcmp(status, "available") == 0 : !u->available;
    cmd.user.by_other = u != by;
    return server_step(s, &cmd, result);
}

const struct user *desk_next_agent(struct server *s, const char *department, const struct answers *answers)
{
    const struct department *d = core_department_by_name(s->core, department);
    struct command cmd = server_command(COMMAND_AGENT_NEXT, NULL);
    struct result result;
    cmd.department.id = d ? d->id : NULL;
    answers_bring(answers, &cmd);
    return server_step(s, &cmd, &result) < 0 ? NULL : result.user;
}
