/* Who is at the other end of the realtime connections, and what that means for users and visitors. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/ddp.h"
#include "server/queue.h"
#include "server/shape.h"

static void send_user_document(struct server *s, struct ddp_conn *c, const struct user *u)
{
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", "added");
    jsonw_str(&w, "collection", "users");
    jsonw_str(&w, "id", u->id);
    jsonw_object(&w, "fields");
    if (u->email)
        shape_emails(&w, "emails", u->email, u->email_verified);
    jsonw_str(&w, "username", u->username);
    jsonw_end_object(&w);
    jsonw_end_object(&w);
    ddp_send(s, c->conn, text.data, text.len);
    buf_free(&text);
}

void ddp_presence(struct server *s, const char *user_id)
{
    enum presence status = PRESENCE_OFFLINE;
    for (struct ddp_conn *c = ddp_next(s, NULL); c; c = ddp_next(s, c)) {
        if (!str_eq(c->user_id, user_id))
            continue;
        if (!c->away)
            status = PRESENCE_ONLINE;
        else if (status == PRESENCE_OFFLINE)
            status = PRESENCE_AWAY;
    }
    struct user *u = core_user(s->core, user_id);
    if (u == NULL || u->status_connection == status)
        return;
    struct result result;
    struct command cmd = server_command(COMMAND_USER_CONNECTION, NULL);
    cmd.user.id = user_id;
    cmd.user.status = status;
    server_step(s, &cmd, &result);
}

void ddp_set_user(struct server *s, struct ddp_conn *c, const char *user_id, const char *hash)
{
    const struct user *u = core_user(s->core, user_id);
    if (u == NULL)
        return;
    if (c->user_id && strcmp(c->user_id, user_id) != 0)
        ddp_clear_user(s, c);
    str_set(&c->token_hash, hash);
    if (c->user_id)
        return;
    c->user_id = x_strdup(user_id);
    send_user_document(s, c, u);
    ddp_presence(s, c->user_id);
}

static void end_user_subs(struct server *s, struct ddp_conn *c)
{
    struct sub *sub, *next;
    for (sub = LIST_FIRST(&c->subs); sub; sub = next) {
        next = LIST_NEXT(sub, of_conn);
        if (!stream_allows(s, c, topic_stream(sub->topic), topic_event(sub->topic), sub->token))
            stream_end(s, sub);
    }
}

void ddp_recheck_user(struct server *s, const char *user_id)
{
    for (struct ddp_conn *c = ddp_next(s, NULL); c; c = ddp_next(s, c))
        if (str_eq(c->user_id, user_id))
            end_user_subs(s, c);
}

void ddp_clear_user(struct server *s, struct ddp_conn *c)
{
    AUTO_FREE char *user_id = c->user_id;
    c->user_id = NULL;
    str_set(&c->token_hash, NULL);
    if (user_id == NULL)
        return;
    end_user_subs(s, c);
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_EJSON);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "msg", "removed");
    jsonw_str(&w, "collection", "users");
    jsonw_str(&w, "id", user_id);
    jsonw_end_object(&w);
    ddp_send(s, c->conn, text.data, text.len);
    buf_free(&text);
    ddp_presence(s, user_id);
}

void ddp_drop_login(struct server *s, const char *user_id, const char *hash)
{
    AUTO_FREE char *id = x_strdup(user_id);
    for (struct ddp_conn *c = ddp_next(s, NULL); c; c = ddp_next(s, c))
        if (str_eq(c->user_id, id) && (hash == NULL || str_eq(c->token_hash, hash)))
            ddp_clear_user(s, c);
}

void ddp_after_reload(struct server *s)
{
    for (struct ddp_conn *c = ddp_next(s, NULL); c; c = ddp_next(s, c))
        if (c->user_id)
            ddp_presence(s, c->user_id);
}

/* --- visitors --- */

bool ddp_visitor_is_here(const struct server *s, const char *token)
{
    for (struct ddp_conn *c = ddp_next(s, NULL); c; c = ddp_next(s, c))
        if (str_eq(c->visitor_token, token))
            return true;
    return false;
}

void ddp_visitor_status(struct server *s, const char *token, enum presence status)
{
    struct visitor *v = core_visitor_by_token(s->core, token);
    if (v == NULL || LIST_EMPTY(&v->rooms))
        return;
    struct result result;
    struct command cmd = server_command(COMMAND_VISITOR_STATUS, NULL);
    cmd.visitor.record = v;
    cmd.visitor.status = status;
    server_step(s, &cmd, &result);
}

static bool is_marked_offline(const struct server *s, const char *token)
{
    const struct visitor *v = core_visitor_by_token(s->core, token);
    const struct room *r = v ? LIST_FIRST(&v->rooms) : NULL;
    return r && r->visitor_status == PRESENCE_OFFLINE;
}

void ddp_set_visitor(struct server *s, struct ddp_conn *c, const char *token)
{
    str_set(&c->visitor_token, token);
    if (is_marked_offline(s, token))
        ddp_visitor_status(s, token, PRESENCE_ONLINE);
}

/* The widget comes back on a second socket without setUpConnection, before or after the first is closed (widget 3, 16):
   a subscription with a visitor's token says that he is at the other end, until the last of these is closed. */
void ddp_visitor_returns(struct server *s, struct ddp_conn *c, const char *token)
{
    if (c->user_id == NULL)
        ddp_set_visitor(s, c, token);
}

void ddp_visitor_joined(struct server *s, const char *rid)
{
    const struct room *r = core_room(s->core, rid);
    if (r && r->inquiry.status == INQUIRY_QUEUED)
        queue_tell_room(s, rid);
}
