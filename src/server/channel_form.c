#include "server/channel_form.h"

#include <stdio.h>
#include <string.h>

#include "server/shape.h"
#include "server/stream.h"

/* A direct room has no name: each of its people sees the others'. */
static void put_direct_people(struct jsonw *w, const struct channel *ch)
{
    const struct member *m;
    jsonw_array(w, "usernames");
    LIST_FOREACH(m, &ch->members, of_channel)
        jsonw_str(w, NULL, m->user->username);
    jsonw_end_array(w);
    jsonw_array(w, "uids");
    LIST_FOREACH(m, &ch->members, of_channel)
        jsonw_str(w, NULL, m->user->id);
    jsonw_end_array(w);
}

static void put_channel_fields(struct jsonw *w, const struct channel *ch)
{
    jsonw_str(w, "_id", ch->id);
    jsonw_str(w, "t", channel_type(ch));
    if (ch->is_direct) {
        put_direct_people(w, ch);
    } else {
        jsonw_str(w, "name", ch->name);
        jsonw_str(w, "fname", ch->name);
    }
    jsonw_int(w, "msgs", ch->msgs);
    jsonw_int(w, "usersCount", ch->member_count);
    if (ch->creator_id)
        shape_user_ref(w, "u", ch->creator_id, ch->creator_username, NULL);
    jsonw_str(w, "topic", ch->topic);
    jsonw_str(w, "description", ch->description);
    jsonw_str(w, "announcement", ch->announcement);
    jsonw_date(w, "ts", ch->created_ms);
    jsonw_date(w, "lm", ch->lm_ms);
    jsonw_bool(w, "ro", ch->read_only);
    if (ch->archived)
        jsonw_bool(w, "archived", true);
    if (ch->is_default)
        jsonw_bool(w, "default", true);
    jsonw_date(w, "_updatedAt", ch->updated_ms);
}

const char *channel_type(const struct channel *ch)
{
    return ch->is_direct ? "d" : "c";
}

void shape_channel(struct jsonw *w, const char *key, const struct channel *ch)
{
    jsonw_object(w, key);
    put_channel_fields(w, ch);
    jsonw_end_object(w);
}

void shape_direct(struct jsonw *w, const char *key, const struct channel *ch)
{
    jsonw_object(w, key);
    jsonw_str(w, "rid", ch->id);
    put_channel_fields(w, ch);
    jsonw_end_object(w);
}

/* How the others in a direct room are called, in one text. Who talks to himself sees himself. */
static void put_others(struct jsonw *w, const char *key, const struct member *self, bool username)
{
    struct buf names = BUF_INIT;
    const struct member *m;
    LIST_FOREACH(m, &self->channel->members, of_channel) {
        const char *name = username || m->user->name == NULL ? m->user->username : m->user->name;
        if (m == self && self->channel->member_count > 1)
            continue;
        buf_puts(&names, names.len ? ", " : "");
        buf_puts(&names, name);
    }
    jsonw_strn(w, key, names.data, names.len);
    buf_free(&names);
}

void shape_member(struct jsonw *w, const char *key, const struct member *m)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", m->id);
    jsonw_str(w, "rid", m->channel->id);
    jsonw_str(w, "t", channel_type(m->channel));
    if (m->channel->is_direct) {
        put_others(w, "name", m, true);
        put_others(w, "fname", m, false);
    } else {
        jsonw_str(w, "name", m->channel->name);
        jsonw_str(w, "fname", m->channel->name);
    }
    shape_user_ref(w, "u", m->user->id, m->user->username, m->user->name);
    jsonw_bool(w, "open", true);
    jsonw_bool(w, "alert", m->alert);
    jsonw_int(w, "unread", m->unread);
    jsonw_int(w, "userMentions", 0);
    jsonw_int(w, "groupMentions", 0);
    jsonw_date(w, "ts", m->ts_ms);
    jsonw_date(w, "ls", m->last_seen_ms);
    jsonw_date(w, "lr", m->channel->lm_ms);
    jsonw_date(w, "_updatedAt", m->updated_ms);
    jsonw_end_object(w);
}

void put_channels_of(struct jsonw *w, const struct user *u, int64_t since_ms)
{
    const struct member *m;
    LIST_FOREACH(m, &u->channels, of_user)
        if (m->channel->updated_ms > since_ms)
            shape_channel(w, NULL, m->channel);
}

void put_memberships_of(struct jsonw *w, const struct user *u, int64_t since_ms)
{
    const struct member *m;
    LIST_FOREACH(m, &u->channels, of_user)
        if (m->updated_ms > since_ms || m->channel->updated_ms > since_ms)
            shape_member(w, NULL, m);
}

static bool begin_for(struct server *s, struct broadcast *b, const struct user *u, const char *what)
{
    char event[160];
    snprintf(event, sizeof event, "%s/%s", u->id, what);
    return broadcast_begin(s, b, STREAM_NOTIFY_USER, event);
}

static void tell_channel_to(struct server *s, const struct user *u, const struct channel *ch, const char *how)
{
    struct broadcast b;
    if (!begin_for(s, &b, u, "rooms-changed"))
        return;
    jsonw_str(&b.w, NULL, how);
    shape_channel(&b.w, NULL, ch);
    broadcast_end(s, &b);
}

void tell_channel(struct server *s, const struct event *ev)
{
    const struct member *m;
    LIST_FOREACH(m, &ev->channel->members, of_channel)
        tell_channel_to(s, m->user, ev->channel, "updated");
}

void tell_member(struct server *s, const struct event *ev)
{
    struct broadcast b;
    bool gone = ev->type == EVENT_CHANNEL_MEMBER_REMOVED, is_new = !gone && ev->member->ts_ms == ev->ts_ms;
    const char *how = gone ? "removed" : is_new ? "inserted" : "updated";
    if (begin_for(s, &b, ev->user, "subscriptions-changed")) {
        jsonw_str(&b.w, NULL, how);
        shape_member(&b.w, NULL, ev->member);
        broadcast_end(s, &b);
    }
    if (is_new || gone)
        tell_channel_to(s, ev->user, ev->channel, how);
}

int channel_first_start(struct server *s, struct error *e)
{
    struct result result;
    if (core_channel(s->core, "GENERAL"))
        return 0;
    struct command cmd = server_command(COMMAND_CHANNEL_SAVE, NULL);
    cmd.channel.new_id = "GENERAL";
    cmd.channel.name = "general";
    cmd.channel.is_default = true;
    if (server_step(s, &cmd, &result) == ERR_OK)
        return 0;
    *e = result.error;
    return -1;
}
