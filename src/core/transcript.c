#include "core/transcript.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define ADDRESS_MAX 254
#define SUBJECT_MAX 1000

bool mail_address_is_plain(const char *address)
{
    const char *at = address ? strchr(address, '@') : NULL;
    if (at == NULL || at == address || at[1] == '\0' || strchr(at + 1, '@') || strlen(address) > ADDRESS_MAX)
        return false;
    for (const unsigned char *p = (const unsigned char *)address; *p; p++)
        if (*p <= ' ' || *p >= 0x7F || strchr("<>()[]\\,;:\"", *p))
            return false;
    return true;
}

bool core_mail_is_set_up(const struct core *c)
{
    return *core_setting_text(c, "SMTP_Host") && strchr(core_setting_text(c, "From_Email"), '@');
}

void transcript_request_clear(struct transcript_request *t)
{
    free(t->email);
    free(t->subject);
    free(t->by_id);
    free(t->by_username);
    *t = (struct transcript_request){0};
}

static void bury_order(void *p)
{
    struct transcript_order *o = p;
    free(o->rid);
    free(o->email);
    free(o->subject);
    free(o->user_id);
    free(o);
}

/* r: NULL when the chat is in the store only. Times of messages run ahead of the clock when they come in a burst. */
static struct event *order_event(struct step *s, const struct room *r, const char *rid, const char *email,
                                 const char *subject, const char *user_id)
{
    struct transcript_order *o = x_calloc(1, sizeof(*o));
    o->rid = x_strdup(rid);
    o->email = x_strdup(email);
    o->subject = subject && *subject ? x_strdup(subject) : NULL;
    o->user_id = x_strdup(user_id);
    o->until_ms = r && r->last_message && r->last_message->ts_ms > s->now ? r->last_message->ts_ms : s->now;
    o->is_possible = core_mail_is_set_up(s->core);
    step_bury(s, o, bury_order);
    struct event *e = step_event(s, EVENT_TRANSCRIPT);
    e->transcript = o;
    e->detail = x_asprintf("{\"rid\":\"%s\",\"by\":\"%s\",\"possible\":%s}", rid, user_id ? "user" : "visitor",
                           o->is_possible ? "true" : "false");
    return e;
}

static void put_person(struct jsonw *w, const char *key, const char *id, const char *username, const char *name)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", id);
    jsonw_str(w, "username", username);
    jsonw_str(w, "name", name);
    jsonw_end_object(w);
}

/* "<agent> sent the chat transcript to <guest>", or "<guest> requested the chat transcript". */
static struct message *history_message(const struct visitor *v, const struct user *u)
{
    struct message *m = message_new();
    struct buf extra = BUF_INIT;
    struct jsonw w = jsonw_on(&extra, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_object(&w, "requestData");
    jsonw_str(&w, "type", u ? "user" : "visitor");
    put_person(&w, "visitor", v->id, v->username, v->name);
    if (u)
        put_person(&w, "user", u->id, u->username, u->name);
    jsonw_end_object(&w);
    jsonw_end_object(&w);
    m->type = message_type("livechat_transcript_history");
    m->text = x_strdup("");
    m->user_id = x_strdup(u ? u->id : ROCKET_CAT);
    m->username = x_strdup(u ? u->username : ROCKET_CAT);
    m->name = x_strdup(u ? u->name : NULL);
    m->extra = buf_take(&extra);
    m->ungroupable = true;
    return m;
}

void transcript_on_close(struct step *s, struct room *r)
{
    struct transcript_request *t = &r->transcript;
    if (t->email == NULL)
        return;
    if (core_mail_is_set_up(s->core))
        message_post(s, r, history_message(r->visitor, core_user(s->core, t->by_id)));
    struct event *e = order_event(s, r, r->id, t->email, t->subject, t->by_id);
    e->room = r;
    e->visitor = r->visitor;
    transcript_request_clear(t);
}

static int check_words(struct step *s)
{
    const char *subject = s->cmd->transcript.subject;
    if (!mail_address_is_plain(s->cmd->transcript.email))
        return step_fail(s, ERR_INVALID, "error-invalid-email", "Invalid email %.200s",
                         s->cmd->transcript.email ? s->cmd->transcript.email : "");
    if (subject && strlen(subject) > SUBJECT_MAX)
        return step_fail(s, ERR_TOO_LARGE, "error-invalid-subject", "The subject is longer than %d bytes", SUBJECT_MAX);
    return ERR_OK;
}

int step_transcript_request(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct room *r = core_room(s->core, cmd->transcript.rid);
    const struct user *u = core_user(s->core, cmd->actor_id);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    if (r->transcript.email)
        return step_fail(s, ERR_CONFLICT, "error-transcript-already-requested", "Transcript already requested");
    int rc = check_words(s);
    if (rc != ERR_OK)
        return rc;
    r->transcript = (struct transcript_request){
        .email = x_strdup(cmd->transcript.email),
        .subject = cmd->transcript.subject && *cmd->transcript.subject ? x_strdup(cmd->transcript.subject) : NULL,
        .by_id = x_strdup(u->id), .by_username = x_strdup(u->username), .requested_ms = s->now};
    s->result->room = r;
    room_event(s, EVENT_ROOM_CHANGED, r);
    return ERR_OK;
}

int step_transcript_discard(struct step *s)
{
    struct room *r = core_room(s->core, s->cmd->transcript.rid);
    if (r == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (r->transcript.email == NULL)
        return step_fail(s, ERR_STATE, "error-transcript-not-requested", "No transcript requested for this chat");
    transcript_request_clear(&r->transcript);
    s->result->room = r;
    room_event(s, EVENT_ROOM_CHANGED, r);
    return ERR_OK;
}

int step_transcript_send(struct step *s)
{
    const struct command *cmd = s->cmd;
    const struct visitor *record = cmd->transcript.record;
    const struct user *u = cmd->actor_id ? core_user(s->core, cmd->actor_id) : NULL;
    struct room *r = core_room(s->core, cmd->transcript.rid);
    if (record == NULL || (r && strcmp(r->visitor->id, record->id) != 0))
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-room", "Invalid room");
    if (!core_mail_is_set_up(s->core))
        return step_fail(s, ERR_UNAVAILABLE, "error-email-send-failed", "No mail server is set up");
    int rc = check_words(s);
    if (rc != ERR_OK)
        return rc;
    struct visitor *v = r ? r->visitor : visitor_adopt(s, record);
    if (r)
        message_post(s, r, history_message(v, u));
    else
        message_post_late(s, cmd->transcript.rid, history_message(v, u));
    struct event *e = order_event(s, r, cmd->transcript.rid, cmd->transcript.email,
                                  cmd->transcript.subject, u ? u->id : NULL);
    e->room = r;
    e->visitor = v;
    return ERR_OK;
}
