/* Rooms of visitors (rest 4.2). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/ask.h"
#include "server/families.h"
#include "server/party.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/survey.h"
#include "server/visits.h"

/* --- GET livechat/room: returns the open room, or makes one --- */

static const struct schema room_schema = {
    .kind = SCHEMA_MATCH,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING}, {.name = "agentId", .type = PARAM_STRING},
                     {.name = "priority", .type = PARAM_STRING})};

static void fail_start(struct api *a, const struct error *e)
{
    if (e->name && (strcmp(e->name, "invalid-token") == 0 || strcmp(e->name, "invalid-room") == 0))
        api_fail_core_plain(a, e);
    else if (e->name && *e->text == '\0')
        api_fail_coded(a, e->name, NULL);
    else
        api_fail_core(a, e);
}

static bool from_widget(const struct api *a)
{
    AUTO_FREE char *widget = api_cookie(a, "rc_is_widget");
    AUTO_FREE char *type = api_cookie(a, "rc_room_type");
    return str_eq(widget, "t") && str_eq(type, "l");
}

static void start_room(struct api *a, const struct party *p)
{
    struct server *s = a->server;
    struct result result;
    struct command cmd = server_command(COMMAND_ROOM_START, NULL);
    cmd.room_start.record = p->visitor;
    cmd.room_start.rid = api_str_nonempty(a, "rid");
    cmd.room_start.agent_id = api_str_nonempty(a, "agentId");
    cmd.room_start.priority = api_has(a, "priority") ? api_str(a, "priority") : NULL;
    cmd.room_start.source_type = from_widget(a) ? "widget" : "api";
    if (server_step(s, &cmd, &result) < 0) {
        fail_start(a, &result.error);
        return;
    }
    struct jsonw *w = api_ok(a);
    shape_room(w, "room", result.room);
    jsonw_bool(w, "newRoom", result.created);
    api_ok_end(a);
}

static void run_room(struct api *a)
{
    party_find(a, api_str(a, "token"), NULL, PARTY_PLAIN, start_room);
}

/* --- close --- */

static const struct schema close_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};

static void close_room(struct api *a, const struct party *p)
{
    struct result result;
    if (p->room == NULL) {
        api_fail_plain(a, "room-closed");
        return;
    }
    struct command cmd = server_command(COMMAND_ROOM_CLOSE, NULL);
    cmd.room.rid = p->room->id;
    cmd.room.token = api_str(a, "token");
    cmd.room.comment = "Closed by visitor";
    if (server_step(a->server, &cmd, &result) < 0) {
        api_fail_core_plain(a, &result.error);
        return;
    }
    struct jsonw *w = api_ok(a);
    jsonw_str(w, "rid", api_str(a, "rid"));
    jsonw_str(w, "comment", "Closed by visitor");
    api_ok_end(a);
}

static void run_close(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, close_room);
}

/* --- transfer: the visitor changes the department --- */

static const struct schema transfer_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "department", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};

/* Only what the visitor's side needs. */
static void put_transferred(struct jsonw *w, const struct room *r)
{
    jsonw_object(w, "room");
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "t", "l");
    jsonw_str(w, "departmentId", r->department_id);
    if (r->served_by)
        shape_served_by(w, r->served_by->id, r->served_by->username, r->served_ms);
    jsonw_bool(w, "open", true);
    shape_room_visitor(w, r, r->visitor, 0);
    jsonw_date(w, "ts", r->ts_ms);
    jsonw_end_object(w);
}

static void transfer_room(struct api *a, const struct party *p)
{
    struct result result;
    if (p->room == NULL) {
        api_fail_plain(a, "invalid-room");
        return;
    }
    struct command cmd = server_command(COMMAND_ROOM_FORWARD, NULL);
    cmd.room.rid = p->room->id;
    cmd.room.token = api_str(a, "token");
    cmd.room.department_id = api_str(a, "department");
    answers_bring(a->answers, &cmd);
    if (ask_before(a, cmd.room.department_id, p->room))
        return;
    if (server_step(a->server, &cmd, &result) < 0) {
        if (result.error.name == NULL)
            api_fail_empty(a);
        else
            api_fail_core(a, &result.error);
        return;
    }
    visits_hold(a->server, api_str(a, "token"));
    const struct room *r = core_room(a->server->core, api_str(a, "rid"));
    struct jsonw *w = api_ok(a);
    if (r)
        put_transferred(w, r);
    api_ok_end(a);
}

static void run_transfer(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, transfer_room);
}

/* --- survey: also of closed chats --- */

static const struct schema survey_item = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "name", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "value", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema survey_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "rid", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "data", .type = PARAM_ARRAY, .flags = PARAM_REQUIRED, .object = &survey_item, .min_items = 1})};

static void keep_survey(struct api *a, const struct party *p)
{
    struct result result;
    json_t *accepted = survey_accepted(api_list(a, "data"));
    if (json_object_size(accepted) == 0) {
        api_fail_plain(a, "invalid-data");
    } else if (survey_keep(a->server, p->room, p->stored ? p->stored->room : NULL, accepted, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
    } else {
        struct jsonw *w = api_ok(a);
        jsonw_str(w, "rid", api_str(a, "rid"));
        jsonw_json(w, "data", accepted);
        api_ok_end(a);
    }
    json_decref(accepted);
}

static void run_survey(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_PLAIN, keep_survey);
}

const struct endpoint visitor_room_endpoints[] = {
    {VERB_GET, "livechat/room", AUTH_NONE, NULL, NULL, &room_schema, LIMIT_CHAT, run_room},
    {VERB_POST, "livechat/room.close", AUTH_NONE, NULL, NULL, &close_schema, LIMIT_CHAT, run_close},
    {VERB_POST, "livechat/room.transfer", AUTH_NONE, NULL, NULL, &transfer_schema, LIMIT_CHAT, run_transfer},
    {VERB_POST, "livechat/room.survey", AUTH_NONE, NULL, NULL, &survey_schema, LIMIT_DEFAULT, run_survey},
    ENDPOINTS_END,
};
