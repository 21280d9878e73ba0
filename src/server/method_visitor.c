/* Methods of older widgets: no login, the token is inside (rest 15.6). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/ask.h"
#include "server/custom.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/register.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/survey.h"
#include "server/visitor_history.h"
#include "server/visits.h"
#include "store/store.h"

/* --- registerGuest --- */

static void register_guest(struct call *c, void *data)
{
    struct result result;
    if (guest_form_save(c->server, data, &result) < 0) {
        call_error_core(c, &result.error);
        return;
    }
    visits_hold(c->server, result.visitor->token);
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    jsonw_str(w, "userId", result.visitor->id);
    shape_visitor(w, "visitor", result.visitor);
    jsonw_end_object(w);
    call_end(c);
}

static void run_register(struct call *c)
{
    struct guest_form *g = x_calloc(1, sizeof *g);
    guest_form_read(g, call_obj(c, 0));
    if (g->token == NULL || *g->token == '\0') {
        guest_form_free(g);
        call_error_match(c, "Missing key 'token'", "");
    } else if (guest_form_is_known(c->server, g)) {
        register_guest(c, g);
        guest_form_free(g);
    } else {
        call_read(c, guest_form_search, register_guest, g, guest_form_free);
    }
}

/* One indexed look-up; these methods are old and rare. */
static struct visitor *find_visitor(struct call *c, const char *token)
{
    if (token == NULL)
        return NULL;
    const struct visitor *v = core_visitor_by_token(c->server->core, token);
    return v ? visitor_dup(v) : read_visitor_by_token(store_loop_reader(c->server->store), token);
}

static void run_login_by_token(struct call *c)
{
    struct visitor *v = find_visitor(c, call_str(c, 0));
    if (v) {
        struct jsonw *w = call_result(c);
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", v->id);
        jsonw_end_object(w);
    }
    visitor_free(&v);
    call_end(c);
}

/* --- sendMessageLivechat: makes the room when needed --- */

static int open_room(struct call *c, const json_t *m, const struct visitor *v, char **rid, bool *is_new, struct result *result)
{
    const char *wished = call_obj_str(m, "rid");
    const struct room *r = core_room(c->server->core, wished);
    struct command cmd = server_command(COMMAND_ROOM_START, NULL);
    cmd.room_start.record = v;
    cmd.room_start.rid = r && str_eq(r->visitor->id, v->id) ? wished : NULL;
    cmd.room_start.agent_id = call_obj_str(call_obj(c, 1), "agentId");
    cmd.room_start.source_type = "api";
    int rc = server_step(c->server, &cmd, result);
    if (rc < 0)
        return rc;
    *is_new = result->created;
    *rid = x_strdup(result->room->id);
    return 0;
}

static void send_message(struct call *c, const json_t *m, const struct visitor *v)
{
    struct result result;
    AUTO_FREE char *rid = NULL;
    bool is_new = false;
    const char *id = call_obj_str(m, "_id"), *text = call_obj_str(m, "msg");
    struct message *known = id ? server_message_dup(c->server, id) : NULL;
    if (known) {
        message_free(&known);
        call_end(c);
        return;
    }
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, NULL);
    int rc = open_room(c, m, v, &rid, &is_new, &result);
    cmd.message.rid = rid;
    cmd.message.id = id && *id ? id : NULL;
    cmd.message.text = text ? text : "";
    cmd.message.token = v->token;
    if (rc < 0 || server_step(c->server, &cmd, &result) < 0) {
        call_error_core(c, &result.error);
        return;
    }
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    shape_message_fields(w, result.message);
    jsonw_bool(w, "newRoom", is_new);
    jsonw_bool(w, "showConnecting", core_routing(c->server->core)->show_connecting);
    jsonw_end_object(w);
    call_end(c);
}

static void run_send(struct call *c)
{
    const json_t *m = call_obj(c, 0);
    struct visitor *v = find_visitor(c, call_obj_str(m, "token"));
    if (v == NULL)
        call_error(c, "invalid-token", NULL);
    else
        send_message(c, m, v);
    visitor_free(&v);
}

/* --- history --- */

static void answer_history(struct call *c, void *data)
{
    struct jsonw *w = call_result(c);
    jsonw_object(w, NULL);
    visitor_history_put(w, c->server, data);
    jsonw_int(w, "unreadNotLoaded", 0);
    jsonw_end_object(w);
    call_end(c);
}

static bool owns_room(struct call *c, const struct visitor *v, const char *rid)
{
    const struct room *r = core_room(c->server->core, rid);
    struct stored_room sr;
    if (r)
        return str_eq(r->visitor->id, v->id);
    if (rid == NULL || !read_room(store_loop_reader(c->server->store), rid, &sr))
        return false;
    bool owns = sr.visitor && str_eq(sr.visitor->id, v->id);
    stored_room_free(&sr);
    return owns;
}

static void run_history(struct call *c)
{
    const json_t *o = call_obj(c, 0);
    const char *token = call_obj_str(o, "token"), *rid = call_obj_str(o, "rid");
    if (token == NULL) {
        call_end(c);
        return;
    }
    struct visitor *v = find_visitor(c, token);
    bool owns = v && owns_room(c, v, rid);
    bool known = v != NULL;
    visitor_free(&v);
    if (!owns) {
        call_error(c, known ? "invalid-room" : "invalid-visitor", known ? "Invalid room" : "Invalid Visitor");
        return;
    }
    json_t *limit = json_object_get(o, "limit");
    struct visitor_history *h = visitor_history_new(rid, json_is_integer(limit) ? json_integer_value(limit) : 20);
    call_date(json_object_get(o, "end"), &h->query.before_ms);
    call_date(json_object_get(o, "ls"), &h->query.after_ms);
    call_read(c, visitor_history_read, answer_history, h, visitor_history_free);
}

/* --- the rest --- */

static void answer_bool(struct call *c, bool value)
{
    jsonw_bool(call_result(c), NULL, value);
    call_end(c);
}

static void run_close(struct call *c)
{
    struct result result;
    struct command cmd = server_command(COMMAND_ROOM_CLOSE, NULL);
    cmd.room.rid = call_obj_str(call_obj(c, 0), "roomId");
    cmd.room.token = call_obj_str(call_obj(c, 0), "token");
    cmd.room.comment = "Closed by visitor";
    answer_bool(c, cmd.room.rid && cmd.room.token && server_step(c->server, &cmd, &result) == 0);
}

static void keep_department(struct call *c, const char *token)
{
    visits_hold(c->server, token);
    call_true(c);
}

static void run_department(struct call *c)
{
    struct result result;
    const json_t *o = call_obj(c, 0);
    struct command cmd = server_command(COMMAND_ROOM_FORWARD, NULL);
    cmd.room.rid = call_obj_str(o, "roomId");
    cmd.room.token = call_obj_str(o, "visitorToken");
    cmd.room.department_id = call_obj_str(o, "departmentId");
    answers_bring(c->answers, &cmd);
    const struct room *r = core_room(c->server->core, cmd.room.rid);
    if (r && str_eq(r->visitor->token, cmd.room.token) && ask_before_call(c, cmd.room.department_id, r))
        return;
    if (!cmd.room.rid || !cmd.room.token || !cmd.room.department_id)
        call_error(c, "error-invalid-room", "Invalid room");
    else if (server_step(c->server, &cmd, &result) == 0)
        keep_department(c, cmd.room.token);
    else if (result.error.name == NULL)
        answer_bool(c, false);
    else
        call_error_core(c, &result.error);
}

static void run_page(struct call *c)
{
    const char *token = call_str(c, 0), *rid = call_str(c, 1);
    const json_t *page = call_obj(c, 2);
    struct result result;
    AUTO_FREE char *text = NULL;
    if (token && page)
        visits_add(c->server, token, rid && *rid ? rid : NULL, page, &text, &result);
    call_end(c);
}

/* --- survey --- */

static void keep_survey(struct call *c, void *lookup)
{
    const struct lookup *l = lookup;
    const struct core *core = c->server->core;
    const struct room *open = core_room(core, l->rid);
    const struct stored_room *closed = open ? NULL : lookup_room(l);
    const struct visitor *v = open ? open->visitor : closed ? closed->visitor : NULL;
    json_t *accepted = survey_accepted(call_param(c, 2));
    struct result result;
    if (v && str_eq(v->token, l->token) && json_object_size(accepted) > 0 &&
        survey_keep(c->server, open, closed ? closed->room : NULL, accepted, &result) == ERR_OK)
        call_int(c, 1);
    else
        call_end(c);
    json_decref(accepted);
}

static void run_survey(struct call *c)
{
    static const char *const fields[] = {"token", "rid", "formData"};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (i < 2 ? call_str(c, i) == NULL : !json_is_array(call_param(c, i))) {
            call_error_match(c, i < 2 ? "Expected string" : "Expected array", fields[i]);
            return;
        }
    }
    struct lookup *l = lookup_new(call_str(c, 1));
    l->token = x_strdup(call_str(c, 0));
    call_read(c, lookup_run, keep_survey, l, lookup_drop);
}

/* --- custom fields --- */

/* token, key, value, overwrite = true: true when it is done, false when there is no chat to put it at; an unknown key is
   let pass (rest 15.6). */
static void set_custom_field(struct call *c, const struct visitor *v)
{
    struct result result;
    bool stored;
    int rc = custom_set(c->server, v, call_str(c, 1), call_str(c, 2), call_bool(c, 3, true), &stored, &result);
    if (rc == ERR_NOT_FOUND)
        call_true(c);
    else if (rc == ERR_INVALID && result.error.name == NULL)
        call_error(c, result.error.text, NULL);
    else if (rc != ERR_OK)
        call_error_core(c, &result.error);
    else
        answer_bool(c, stored);
}

static void run_custom_field(struct call *c)
{
    static const char *const params[] = {"token", "key", "value"};
    for (size_t i = 0; i < COUNT_OF(params); i++) {
        if (call_str(c, i) == NULL) {
            call_error_match(c, "Expected string", params[i]);
            return;
        }
    }
    struct visitor *v = find_visitor(c, call_str(c, 0));
    if (v)
        set_custom_field(c, v);
    else
        call_error(c, "invalid-token", NULL);
    visitor_free(&v);
}

const struct method visitor_methods[] = {
    {"livechat:registerGuest", false, run_register},
    {"livechat:loginByToken", false, run_login_by_token},
    {"sendMessageLivechat", false, run_send},
    {"livechat:loadHistory", false, run_history},
    {"livechat:closeByVisitor", false, run_close},
    {"livechat:setDepartmentForVisitor", false, run_department},
    {"livechat:pageVisited", false, run_page},
    {"livechat:saveSurveyFeedback", false, run_survey},
    {"livechat:setCustomField", false, run_custom_field},
    METHODS_END,
};
