/* What agents do with chats, over the realtime API (rest 15.4). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/shape.h"

static void take_inquiry(struct call *c)
{
    const char *id = call_str(c, 0);
    struct result result;
    if (!call_may(c, "view-l-room")) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    if (desk_take(c->server, c->user, id ? id : "", NULL, &result) != ERR_OK) {
        call_error_core(c, &result.error);
        return;
    }
    shape_room(call_result(c), NULL, result.room);
    call_end(c);
}

/* --- a chat that is not open: closed, or never there? --- */

static void closed_or_unknown(struct call *c, void *data)
{
    const struct lookup *l = data;
    if (lookup_room(l))
        call_error(c, "room-closed", "Room closed");
    else
        call_error(c, "error-invalid-room", "Invalid room");
}

/* True when the chat is open; else the call has been (or will be) answered. */
static bool is_open(struct call *c, const char *rid)
{
    if (rid == NULL) {
        call_error_match(c, "Expected string, got undefined", "");
        return false;
    }
    if (core_room(c->server->core, rid))
        return true;
    call_read(c, lookup_run, closed_or_unknown, lookup_new(rid), lookup_drop);
    return false;
}

static void close_room(struct call *c)
{
    const char *rid = call_str(c, 0);
    const json_t *options = call_obj(c, 2);
    struct result result;
    if (!call_may(c, "close-livechat-room"))
        call_error(c, "error-not-authorized", "Not authorized");
    else if (!is_open(c, rid))
        return;
    else if (desk_close(c->server, c->user, rid, call_str(c, 1), json_object_get(options, "tags"),
                        json_string_value(json_object_get(options, "disposition")),
                        json_is_true(json_object_get(options, "clientAction")), &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void return_inquiry(struct call *c)
{
    const char *rid = call_str(c, 0);
    struct result result;
    if (!call_may(c, "view-l-room"))
        call_error(c, "error-not-allowed", "Not allowed");
    else if (!is_open(c, rid))
        return;
    else if (desk_return(c->server, c->user, rid, call_str(c, 1), &result) != ERR_OK)
        call_error_core(c, &result.error);
    else {
        jsonw_bool(call_result(c), NULL, result.changed);
        call_end(c);
    }
}

/* The original asks for no right here (behaviour 26, 19). */
static void resume(struct call *c)
{
    const char *rid = call_str(c, 0);
    struct result result;
    if (!is_open(c, rid))
        return;
    if (desk_resume(c->server, c->user, rid, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_end(c);
}

static void transfer(struct call *c)
{
    const json_t *data = call_obj(c, 0);
    const char *rid = call_obj_str(data, "roomId");
    struct result result;
    if (!call_may(c, "view-l-room")) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    if (!is_open(c, rid))
        return;
    const struct room *r = core_room(c->server->core, rid);
    if (!room_subscription(r, c->user) && !call_may(c, "transfer-livechat-guest")) {
        call_error(c, "error-not-authorized", "Not authorized");
        return;
    }
    struct forwarding f = {.rid = rid, .user_id = call_obj_str(data, "userId"),
                           .department_id = call_obj_str(data, "departmentId"), .comment = call_obj_str(data, "comment"),
                           .client_action = json_is_true(json_object_get(data, "clientAction")), .answers = c->answers};
    if ((f.user_id == NULL || *f.user_id == '\0') && ask_before_call(c, f.department_id, r))
        return;
    int rc = desk_forward(c->server, c->user, &f, &result);
    if (rc != ERR_OK && result.error.name) {
        call_error_core(c, &result.error);
        return;
    }
    jsonw_bool(call_result(c), NULL, rc == ERR_OK);
    call_end(c);
}

static void save_found_info(struct call *c, void *lookup)
{
    const struct lookup *l = lookup;
    const struct room *open = core_room(c->server->core, l->rid);
    struct result result;
    int rc = desk_save_info(c->server, c->user, open, open ? NULL : lookup_room(l), call_obj(c, 0), call_obj(c, 1), &result);
    if (rc == ERR_OK)
        call_true(c);
    else if (rc == ERR_DENIED)
        call_error(c, "error-not-allowed", "Not allowed");
    else
        call_error_core(c, &result.error);
}

static void save_info(struct call *c)
{
    const json_t *guest = call_obj(c, 0), *room = call_obj(c, 1);
    const char *rid = call_obj_str(room, "_id");
    if (!call_may(c, "view-l-room")) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    if (call_obj_str(guest, "_id") == NULL || rid == NULL) {
        call_error_match(c, "Missing key '_id'", "_id");
        return;
    }
    call_read(c, lookup_run, save_found_info, lookup_new(rid), lookup_drop);
}

static void change_status(struct call *c)
{
    const json_t *o = call_obj(c, 0);
    const char *status = call_obj_str(o, "status");
    struct result result;
    if (status && strcmp(status, "available") != 0 && strcmp(status, "not-available") != 0) {
        call_error_match(c, "Failed Match.OneOf, Match.Maybe or Match.Optional validation", "status");
        return;
    }
    if (desk_service(c->server, c->user, call_obj_str(o, "agentId"), status, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else if (result.changed)
        call_int(c, 1);
    else
        call_end(c);
}

static void routing_config(struct call *c)
{
    const struct routing_flags *f = core_routing(c->server->core);
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    jsonw_bool(w, "previewRoom", f->preview_room);
    jsonw_bool(w, "showConnecting", f->show_connecting);
    jsonw_bool(w, "showQueue", f->show_queue);
    jsonw_bool(w, "showQueueLink", f->show_queue_link);
    jsonw_bool(w, "returnQueue", f->return_queue);
    jsonw_bool(w, "enableTriggerAction", f->enable_trigger);
    jsonw_bool(w, "autoAssignAgent", f->auto_assign);
    jsonw_end_object(w);
    call_end(c);
}

/* --- for visitors of older widgets: no login, the token is the credential --- */

static void next_agent(struct call *c)
{
    const json_t *o = call_obj(c, 0);
    const char *token = call_obj_str(o, "token"), *department = call_obj_str(o, "department");
    const struct core *core = c->server->core;
    if (token == NULL) {
        call_error_match(c, "Missing key 'token'", "token");
        return;
    }
    const struct visitor *v = core_visitor_by_token(core, token);
    bool has_chat = v && v->room_count > 0;
    const struct department *d = core_department_by_name(core, department);
    if (!has_chat && ask_before_call(c, d ? d->id : NULL, NULL))
        return;
    const struct user *u = has_chat ? NULL : desk_next_agent(c->server, department, c->answers);
    if (u)
        shape_agent_info(call_result(c), NULL, core, u);
    call_end(c);
}

static void agent_data(struct call *c)
{
    const json_t *o = call_obj(c, 0);
    const char *rid = call_obj_str(o, "roomId"), *token = call_obj_str(o, "token");
    const struct room *r = core_room(c->server->core, rid);
    if (r == NULL || !str_eq(r->visitor->token, token)) {
        call_error(c, "error-invalid-room", "Invalid room");
        return;
    }
    if (r->served_by)
        shape_agent_info(call_result(c), NULL, c->server->core, r->served_by);
    call_end(c);
}

const struct method desk_methods[] = {
    {.name = "livechat:takeInquiry", .login = true, .run = take_inquiry},
    {.name = "livechat:closeRoom", .run = close_room},
    {.name = "livechat:returnAsInquiry", .login = true, .run = return_inquiry},
    {.name = "livechat:resumeOnHold", .login = true, .run = resume},
    {.name = "livechat:transfer", .login = true, .run = transfer},
    {.name = "livechat:saveInfo", .login = true, .run = save_info},
    {.name = "livechat:changeLivechatStatus", .login = true, .run = change_status},
    {.name = "livechat:getRoutingConfig", .run = routing_config},
    {.name = "livechat:getNextAgent", .run = next_agent},
    {.name = "livechat:getAgentData", .run = agent_data},
    METHODS_END,
};
