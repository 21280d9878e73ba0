#include "server/desk.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/setting.h"

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
               bool client_action, struct result *result)
{
    const char *names[TAGS_MAX];
    if (!core_may(s->core, by, "close-livechat-room"))
        return fail(result, ERR_DENIED, "error-not-authorized", "Not authorized");
    struct command cmd = server_command(COMMAND_ROOM_CLOSE, by);
    cmd.room.rid = rid;
    cmd.room.user_id = by->id;
    cmd.room.comment = comment;
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

int desk_forward(struct server *s, const struct user *by, const char *rid, const char *user_id,
                 const char *department_id, const char *comment, bool client_action, struct result *result)
{
    struct command cmd = server_command(COMMAND_ROOM_FORWARD, by);
    cmd.room.rid = rid;
    cmd.room.user_id = user_id && *user_id ? user_id : NULL;
    cmd.room.department_id = department_id && *department_id ? department_id : NULL;
    cmd.room.comment = comment;
    cmd.room.client_action = client_action;
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
    if (r == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (!core_may_open(s->core, by, r))
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

static int save_guest(struct server *s, const struct user *by, const struct visitor *v, const json_t *guest,
                      struct result *result)
{
    struct command cmd = server_command(COMMAND_VISITOR_SAVE, by);
    cmd.visitor_save.record = v;
    cmd.visitor_save.token = v->token;
    cmd.visitor_save.name = json_string_value(json_object_get(guest, "name"));
    cmd.visitor_save.email = json_string_value(json_object_get(guest, "email"));
    cmd.visitor_save.phone = json_string_value(json_object_get(guest, "phone"));
    cmd.visitor_save.by_user = true;
    return server_step(s, &cmd, result);
}

int desk_save_info(struct server *s, const struct user *by, const char *rid, const json_t *guest, const json_t *room,
                   struct result *result)
{
    const char *tags[TAGS_MAX];
    const struct room *r = core_room(s->core, rid);
    if (r == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    AUTO_FREE char *by_id = x_strdup(by->id);
    int rc = guest ? save_guest(s, by, r->visitor, guest, result) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    struct command cmd = server_command(COMMAND_ROOM_INFO, core_user(s->core, by_id));
    cmd.room.rid = rid;
    cmd.room.topic = json_string_value(json_object_get(room, "topic"));
    cmd.room.tags = tags;
    cmd.room.tag_count = json_texts(json_object_get(room, "tags"), tags, TAGS_MAX);
    cmd.room.has_topic = cmd.room.has_tags = true; /* absent means empty (behaviour 20.7) */
    return server_step(s, &cmd, result);
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

const struct user *desk_next_agent(struct server *s, const char *department)
{
    const struct department *d = core_department_by_name(s->core, department);
    struct command cmd = server_command(COMMAND_AGENT_NEXT, NULL);
    struct result result;
    cmd.department.id = d ? d->id : NULL;
    return server_step(s, &cmd, &result) < 0 ? NULL : result.user;
}
