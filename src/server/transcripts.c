#include "server/transcripts.h"

#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/party.h"
#include "server/room_reply.h"
#include "server/rows.h"

#define RIGHT "send-omnichannel-chat-transcript"

static int not_allowed(struct result *result)
{
    memset(result, 0, sizeof *result);
    return error_named(&result->error, ERR_DENIED, "error-not-allowed", "Not allowed");
}

static struct command command_for(enum command_type type, const struct user *by, const char *rid)
{
    struct command cmd = server_command(type, by);
    cmd.transcript.rid = rid;
    return cmd;
}

int transcript_request(struct server *s, const struct user *by, const char *rid, const char *email, const char *subject,
                       struct result *result)
{
    if (by == NULL || !core_may(s->core, by, RIGHT))
        return not_allowed(result);
    struct command cmd = command_for(COMMAND_TRANSCRIPT_REQUEST, by, rid);
    cmd.transcript.email = email;
    cmd.transcript.subject = subject;
    return server_step(s, &cmd, result);
}

int transcript_discard(struct server *s, const struct user *by, const char *rid, struct result *result)
{
    if (by == NULL || !core_may(s->core, by, RIGHT))
        return not_allowed(result);
    struct command cmd = command_for(COMMAND_TRANSCRIPT_DISCARD, by, rid);
    return server_step(s, &cmd, result);
}

int transcript_send(struct server *s, const struct user *by, const struct visitor *v, const char *rid, const char *email,
                    const char *subject, struct result *result)
{
    struct command cmd = command_for(COMMAND_TRANSCRIPT_SEND, by, rid);
    cmd.transcript.record = v;
    cmd.transcript.email = email;
    cmd.transcript.subject = subject;
    return server_step(s, &cmd, result);
}

/* --- the visitor, or an agent who has his token: POST livechat/transcript --- */

static void send_now(struct api *a, const struct party *p)
{
    struct result result;
    const char *rid = p->room ? p->room->id : p->stored->room->id;
    const struct user *by = a->user && api_may(a, RIGHT) ? a->user : NULL;
    if (transcript_send(a->server, by, p->visitor, rid, api_str(a, "email"), api_str_nonempty(a, "subject"), &result) !=
        ERR_OK) {
        jsonw_str(api_fail_object(a), "message", "Error sending Omnichannel transcript");
        api_fail_object_end(a);
        return;
    }
    jsonw_str(api_ok(a), "message", "Omnichannel transcript sent");
    api_ok_end(a);
}

static void run_send(struct api *a)
{
    party_find(a, api_str(a, "token"), api_str(a, "rid"), PARTY_TRANSCRIPT, send_now);
}

/* --- agents, later interface: POST and DELETE livechat/transcript/:rid --- */

static void answer(struct api *a, int rc, const struct result *result)
{
    if (rc == ERR_OK)
        api_ok_empty(a);
    else
        api_fail_core(a, &result->error);
}

static void run_request(struct api *a)
{
    struct result result;
    int rc = transcript_request(a->server, a->user, api_arg(a, "rid"), api_str(a, "email"), api_str(a, "subject"),
                                &result);
    answer(a, rc, &result);
}

static void run_discard(struct api *a)
{
    struct result result;
    int rc = transcript_discard(a->server, a->user, api_arg(a, "rid"), &result);
    answer(a, rc, &result);
}

static const struct schema send_schema =
    SCHEMA(STRICT, NONE, REQ("rid", STRING), REQ("token", STRING), REQ("email", STRING), OPT("subject", STRING));
static const struct schema request_schema = SCHEMA(STRICT, NONE, REQ("email", STRING), REQ("subject", STRING));

const struct endpoint transcript_endpoints[] = {
    {.verb = VERB_POST, .path = "livechat/transcript", .auth = AUTH_OPTIONAL, .schema = &send_schema, .run = run_send},
    {.verb = VERB_POST, .path = "livechat/transcript/:rid", .auth = AUTH_LOGIN, .all_of = RIGHTS(RIGHT),
     .schema = &request_schema, .run = run_request},
    {.verb = VERB_DELETE, .path = "livechat/transcript/:rid", .auth = AUTH_LOGIN, .all_of = RIGHTS(RIGHT),
     .run = run_discard},
    ENDPOINTS_END,
};

/* --- agents, methods (rest 15.4) --- */

static void answer_call(struct call *c, int rc, const struct result *result)
{
    if (rc == ERR_OK)
        call_true(c);
    else
        call_error_core(c, &result->error);
}

static bool has_texts(struct call *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (call_str(c, i) == NULL) {
            call_error_match(c, "Expected string", "");
            return false;
        }
    }
    return true;
}

static void call_request(struct call *c)
{
    struct result result;
    if (has_texts(c, 3))
        answer_call(c, transcript_request(c->server, c->user, call_str(c, 0), call_str(c, 1), call_str(c, 2), &result),
                    &result);
}

static void call_discard(struct call *c)
{
    struct result result;
    if (has_texts(c, 1))
        answer_call(c, transcript_discard(c->server, c->user, call_str(c, 0), &result), &result);
}

static void call_send_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    const struct core *core = c->server->core;
    const struct visitor *v = core_visitor_by_token(core, l->token);
    const struct room *open = core_room(core, l->rid);
    const struct stored_room *closed = open ? NULL : lookup_room(l);
    const struct visitor *owner = open ? open->visitor : closed ? closed->visitor : NULL;
    struct result result;
    v = v ? v : l->visitor;
    if (v == NULL)
        call_error(c, "error-invalid-token", "Invalid token");
    else if (owner == NULL || strcmp(owner->id, v->id) != 0)
        call_error(c, "error-invalid-room", "Invalid room");
    else
        answer_call(c, transcript_send(c->server, c->user, v, l->rid, call_str(c, 2), call_str(c, 3), &result), &result);
}

static void call_send(struct call *c)
{
    if (!has_texts(c, 4))
        return;
    if (!call_may(c, RIGHT)) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    struct lookup *l = lookup_new(call_str(c, 1));
    l->token = x_strdup(call_str(c, 0));
    call_read(c, lookup_run, call_send_found, l, lookup_drop);
}

const struct method transcript_methods[] = {
    {.name = "livechat:requestTranscript", .login = true, .run = call_request},
    {.name = "livechat:discardTranscript", .login = true, .run = call_discard},
    {.name = "livechat:sendTranscript", .login = true, .run = call_send},
    METHODS_END,
};
