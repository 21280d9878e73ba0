/* Messages of visitors (rest 4.3). POST livechat/message is the busiest call of all: memory only. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "server/families.h"
#include "server/file_link.h"
#include "server/party.h"
#include "server/register.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/visitor_history.h"

static const struct schema agent_inner = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "agentId", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "username", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema send_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "msg", .type = PARAM_STRING, .flags = PARAM_REQUIRED}, {.name = "_id", .type = PARAM_STRING},
                     {.name = "agent", .type = PARAM_OBJECT, .object = &agent_inner})};

static bool is_known(struct server *s, const char *id)
{
    struct message *m = id ? server_message_dup(s, id) : NULL;
    bool known = m != NULL;
    message_free(&m);
    return known;
}

static void send_message(struct api *a, const struct party *p)
{
    struct server *s = a->server;
    struct result result;
    const char *id = api_str_nonempty(a, "_id");
    if (p->room == NULL) {
        api_fail_plain(a, "room-closed");
        return;
    }
    if (is_known(s, id)) {
        api_fail_empty(a);
        return;
    }
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, NULL);
    cmd.message.rid = p->room->id;
    cmd.message.id = id;
    cmd.message.text = api_str(a, "msg");
    cmd.message.token = api_str(a, "token");
    if (server_step(s, &cmd, &result) < 0) {
        if (result.error.name && strcmp(result.error.name, "error-omnichannel-is-disabled") == 0)
            api_fail_coded(a, result.error.name, NULL);
        else
            api_fail_core_plain(a, &result.error);
        return;
    }
    shape_message(api_ok(a), "message", result.message);
    api_ok_end(a);
}

static void run_send(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, send_message);
}

/* --- one message --- */

static const struct schema get_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema put_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "msg", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema delete_schema = {
    .kind = SCHEMA_STRICT,
    .paging = PAGING_KEYS,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};

/* The message of the path when it is in the room of the call, else the failure is sent. Caller frees. */
static struct message *find_message(struct api *a)
{
    struct message *m = server_message_dup(a->server, api_arg(a, "_id"));
    if (m && strcmp(m->rid, api_str(a, "rid")) == 0)
        return m;
    message_free(&m);
    api_fail_plain(a, "invalid-message");
    return NULL;
}

static void answer_message(struct api *a, const struct party *p)
{
    (void)p;
    struct message *m = find_message(a);
    if (m == NULL)
        return;
    file_link_message(api_ok(a), "message", a->server, m);
    message_free(&m);
    api_ok_end(a);
}

static void run_get(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, answer_message);
}

static bool is_late(const struct api *a, const struct message *m, const char *setting)
{
    int64_t minutes = setting_int(a->server->core, setting, 0);
    return minutes > 0 && server_now(a->server) - m->ts_ms > minutes * 60000;
}

static bool may_change(const struct api *a, const struct message *m, const struct party *p, const char *allow,
                       const char *block)
{
    return setting_bool(a->server->core, allow, true) && str_eq(m->user_id, p->visitor->id) && m->type == NULL &&
           !is_late(a, m, block);
}

static void update_message(struct api *a, const struct party *p)
{
    struct result result;
    struct message *m = find_message(a);
    if (m == NULL)
        return;
    if (!may_change(a, m, p, "Message_AllowEditing", "Message_AllowEditing_BlockEditInMinutes")) {
        api_fail_details(a, "error-action-not-allowed", "Message editing not allowed",
                         "{\"method\":\"livechatUpdateMessage\"}");
        message_free(&m);
        return;
    }
    struct command cmd = server_command(COMMAND_MESSAGE_UPDATE, NULL);
    cmd.message.stored = m;
    cmd.message.rid = m->rid;
    cmd.message.text = api_str(a, "msg");
    cmd.message.token = api_str(a, "token");
    if (server_step(a->server, &cmd, &result) < 0) {
        api_fail_core_plain(a, &result.error);
    } else {
        shape_message(api_ok(a), "message", result.message);
        api_ok_end(a);
    }
    message_free(&m);
}

static void run_put(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, update_message);
}

static void delete_message(struct api *a, const struct party *p)
{
    struct result result;
    struct message *m = find_message(a);
    if (m == NULL)
        return;
    if (!may_change(a, m, p, "Message_AllowDeleting", "Message_AllowDeleting_BlockDeleteInMinutes")) {
        api_fail_details(a, "error-action-not-allowed", "Message deleting not allowed",
                         "{\"method\":\"livechatDeleteMessage\"}");
        message_free(&m);
        return;
    }
    struct command cmd = server_command(COMMAND_MESSAGE_REMOVE, NULL);
    cmd.message.stored = m;
    cmd.message.rid = m->rid;
    cmd.message.token = api_str(a, "token");
    if (server_step(a->server, &cmd, &result) < 0) {
        api_fail_core_plain(a, &result.error);
    } else {
        struct jsonw *w = api_ok(a);
        jsonw_object(w, "message");
        jsonw_str(w, "_id", m->id);
        jsonw_date(w, "ts", server_now(a->server));
        jsonw_end_object(w);
        api_ok_end(a);
    }
    message_free(&m);
}

static void run_delete(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, delete_message);
}

/* --- history --- */

static const struct schema history_schema = {
    .kind = SCHEMA_STRICT,
    .paging = PAGING_KEYS,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "searchText", .type = PARAM_STRING}, {.name = "limit", .type = PARAM_NUMBER},
                     {.name = "end", .type = PARAM_STRING}, {.name = "ls", .type = PARAM_STRING})};

static void answer_history(struct api *a, void *data)
{
    visitor_history_put(api_ok(a), a->server, data);
    api_ok_end(a);
}

static void start_history(struct api *a, const struct party *p)
{
    (void)p;
    struct visitor_history *h = visitor_history_new(api_arg(a, "rid"), api_int(a, "limit", 20));
    h->query.offset = api_int(a, "offset", 0);
    api_date(a, "end", &h->query.before_ms);
    api_date(a, "ls", &h->query.after_ms);
    api_read(a, visitor_history_read, answer_history, h, visitor_history_free);
}

static void run_history(struct api *a)
{
    party_find(a, api_str(a, "token"), api_arg(a, "rid"), PARTY_PLAIN, start_history);
}

/* --- POST livechat/messages: imports of a CRM --- */

static const struct schema token_inner = {
    .kind = SCHEMA_STRICT, .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema msg_inner = {
    .kind = SCHEMA_STRICT, .params = PARAMS({.name = "msg", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema import_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "visitor", .type = PARAM_OBJECT, .flags = PARAM_REQUIRED, .object = &token_inner},
                     {.name = "messages", .type = PARAM_ARRAY, .flags = PARAM_REQUIRED, .object = &msg_inner,
                      .min_items = 1})};

static void import_messages(struct api *a, void *data)
{
    struct server *s = a->server;
    struct result result;
    if (guest_form_save(s, data, &result) < 0) {
        api_fail_core(a, &result.error);
        return;
    }
    AUTO_FREE char *token = x_strdup(result.visitor->token);
    struct command cmd = server_command(COMMAND_ROOM_START, NULL);
    cmd.room_start.record = result.visitor;
    cmd.room_start.source_type = "api";
    if (server_step(s, &cmd, &result) < 0) {
        api_fail_core(a, &result.error);
        return;
    }
    AUTO_FREE char *rid = x_strdup(result.room->id);
    struct buf rows = BUF_INIT;
    struct jsonw w = jsonw_on(&rows, JSONW_ISO);
    json_t *item;
    size_t i;
    jsonw_array(&w, NULL);
    json_array_foreach(api_list(a, "messages"), i, item) {
        cmd = server_command(COMMAND_MESSAGE_SEND, NULL);
        cmd.message.rid = rid;
        cmd.message.token = token;
        cmd.message.text = json_string_value(json_object_get(item, "msg"));
        if (server_step(s, &cmd, &result) < 0) {
            api_fail_core_plain(a, &result.error);
            buf_free(&rows);
            return;
        }
        jsonw_object(&w, NULL);
        jsonw_str(&w, "username", result.message->username);
        jsonw_str(&w, "msg", result.message->text);
        jsonw_date(&w, "ts", result.message->ts_ms);
        jsonw_end_object(&w);
    }
    jsonw_end_array(&w);
    jsonw_raw(api_ok(a), "messages", rows.data, rows.len);
    buf_free(&rows);
    api_ok_end(a);
}

static void run_import(struct api *a)
{
    struct guest_form *g = x_calloc(1, sizeof *g);
    guest_form_read(g, api_obj(a, "visitor"));
    if (guest_form_is_known(a->server, g)) {
        import_messages(a, g);
        guest_form_free(g);
    } else {
        api_read(a, guest_form_search, import_messages, g, guest_form_free);
    }
}

const struct endpoint visitor_message_endpoints[] = {
    {VERB_POST, "livechat/message", AUTH_NONE, NULL, NULL, &send_schema, LIMIT_CHAT, run_send},
    {VERB_GET, "livechat/message/:_id", AUTH_NONE, NULL, NULL, &get_schema, LIMIT_CHAT, run_get},
    {VERB_PUT, "livechat/message/:_id", AUTH_NONE, NULL, NULL, &put_schema, LIMIT_CHAT, run_put},
    {VERB_DELETE, "livechat/message/:_id", AUTH_NONE, NULL, NULL, &delete_schema, LIMIT_CHAT, run_delete},
    {VERB_GET, "livechat/messages.history/:rid", AUTH_NONE, NULL, NULL, &history_schema, LIMIT_CHAT, run_history},
    {VERB_POST, "livechat/messages", AUTH_LOGIN, NULL, NULL, &import_schema, LIMIT_DEFAULT, run_import},
    ENDPOINTS_END,
};
