#include "core/channel.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define NAME_LEN_MAX 100
#define DIRECT_MAX 8                   /* people in one direct room */

struct channel *channel_new(void)
{
    return x_calloc(1, sizeof(struct channel));
}

static void member_free(struct member *m)
{
    free(m->id);
    free(m);
}

static void bury_member(void *m)
{
    member_free(m);
}

static void channel_free(struct channel *ch)
{
    struct member *m, *next;
    LIST_FOREACH_SAFE(m, &ch->members, of_channel, next)
        member_free(m);
    free(ch->id);
    free(ch->name);
    free(ch->topic);
    free(ch->description);
    free(ch->announcement);
    free(ch->creator_id);
    free(ch->creator_username);
    free(ch);
}

void channels_fini(struct core *c)
{
    struct channel *ch, *next;
    HASH_CLEAR(by_name, c->channels_by_name);
    HASH_ITER(by_id, c->channels_by_id, ch, next) {
        HASH_DELETE(by_id, c->channels_by_id, ch);
        channel_free(ch);
    }
}

static void channel_index(struct core *c, struct channel *ch)
{
    HASH_ADD_KEYPTR(by_id, c->channels_by_id, ch->id, strlen(ch->id), ch);
    if (!ch->is_direct)
        HASH_ADD_KEYPTR(by_name, c->channels_by_name, ch->name, strlen(ch->name), ch);
}

struct channel *core_channel(const struct core *c, const char *id)
{
    struct channel *ch = NULL;
    if (id)
        HASH_FIND(by_id, c->channels_by_id, id, strlen(id), ch);
    return ch;
}

struct channel *core_channel_by_name(const struct core *c, const char *name_or_id)
{
    struct channel *ch = core_channel(c, name_or_id);
    if (ch || name_or_id == NULL)
        return ch;
    const char *name = name_or_id + (*name_or_id == '#');
    HASH_FIND(by_name, c->channels_by_name, name, strlen(name), ch);
    return ch;
}

struct channel *core_next_channel(const struct core *c, const struct channel *ch)
{
    return ch ? ch->by_id.next : c->channels_by_id;
}

/* A user is in few channels, a channel may have everybody: look from the user's side. */
struct member *channel_member(const struct channel *ch, const struct user *u)
{
    struct member *m;
    LIST_FOREACH(m, &u->channels, of_user) {
        if (m->channel == ch)
            return m;
    }
    return NULL;
}

bool core_channel_allows(const struct core *c, const struct user *u, const struct channel *ch)
{
    if (u == NULL)
        return false;
    bool member = channel_member(ch, u) != NULL;
    return ch->is_direct ? member && core_may(c, u, "view-d-room") : member || core_may(c, u, "view-c-room");
}

/* --- loading --- */

void core_load_channel(struct core *c, struct channel *ch_take)
{
    channel_index(c, ch_take);
}

static void member_insert(struct channel *ch, struct user *u, struct member *m)
{
    m->channel = ch;
    m->user = u;
    LIST_INSERT_HEAD(&ch->members, m, of_channel);
    LIST_INSERT_HEAD(&u->channels, m, of_user);
    ch->member_count++;
}

void core_load_member(struct core *c, const char *channel_id, const char *user_id, struct member *m_take)
{
    struct channel *ch = core_channel(c, channel_id);
    struct user *u = core_user(c, user_id);
    if (ch && u)
        member_insert(ch, u, m_take);
    else
        member_free(m_take);
}

static bool is_news(const struct member *m, const struct message *message)
{
    return message->type == NULL && !str_eq(m->user->id, message->user_id);
}

bool channel_load_message(struct core *c, const struct message *message, uint64_t number)
{
    struct channel *ch = core_channel(c, message->rid);
    struct member *m;
    if (ch == NULL)
        return false;
    if (number > ch->mark) {
        ch->msgs++;
        ch->lm_ms = ch->updated_ms = message->ts_ms;
    }
    LIST_FOREACH(m, &ch->members, of_channel) {
        if (number <= m->mark || !is_news(m, message))
            continue;
        m->unread++;
        m->alert = true;
    }
    return true;
}

/* --- events --- */

static void member_event(struct step *s, enum event_type type, struct member *m, struct message *why)
{
    struct event *e = step_event(s, type);
    e->channel = m->channel;
    e->user = m->user;
    e->member = m;
    e->message = why;
    m->updated_ms = s->now;
}

static void bury_message(void *p)
{
    struct message *m = p;
    message_free(&m);
}

/* The message is the grave's from here on. */
static struct message *post(struct step *s, struct channel *ch, struct message *message)
{
    struct member *m;
    if (message->id == NULL) {
        message->id = x_malloc(ID_LEN + 1);
        id_make_ordered(&s->ids, s->now, message->id);
    }
    message->rid = x_strdup(ch->id);
    message->ts_ms = message->updated_ms = ch->lm_ms >= s->now ? ch->lm_ms + 1 : s->now;
    ch->msgs++;
    ch->lm_ms = ch->updated_ms = message->ts_ms;
    step_bury(s, message, bury_message);
    struct event *e = step_event(s, EVENT_MESSAGE);
    e->channel = ch;
    e->message = message;
    LIST_FOREACH(m, &ch->members, of_channel) {
        if (!is_news(m, message))
            continue;
        m->unread++;
        m->alert = true;
        member_event(s, EVENT_CHANNEL_MEMBER, m, message);
    }
    return message;
}

static struct message *message_of(const struct user *u, const char *text, const char *type)
{
    struct message *m = message_new();
    m->text = x_strdup(text);
    m->type = message_type(type);
    m->user_id = x_strdup(u->id);
    m->username = x_strdup(u->username);
    m->name = x_strdup(u->name);
    m->ungroupable = type != NULL;
    return m;
}

static void channel_event(struct step *s, struct channel *ch)
{
    ch->updated_ms = s->now;
    step_event(s, EVENT_CHANNEL)->channel = ch;
}

/* --- members --- */

static void join(struct step *s, struct channel *ch, struct user *u, bool told)
{
    if (channel_member(ch, u))
        return;
    struct member *m = x_calloc(1, sizeof(*m));
    m->id = step_id(s);
    m->ts_ms = s->now;
    member_insert(ch, u, m);
    member_event(s, EVENT_CHANNEL_MEMBER, m, NULL);
    if (told)
        post(s, ch, message_of(u, u->username, "uj"));
}

static void leave(struct step *s, struct member *m)
{
    LIST_REMOVE(m, of_channel);
    LIST_REMOVE(m, of_user);
    m->channel->member_count--;
    member_event(s, EVENT_CHANNEL_MEMBER_REMOVED, m, NULL);
    step_bury(s, m, bury_member);
}

void channels_greet(struct step *s, struct user *u)
{
    for (struct channel *ch = s->core->channels_by_id; ch; ch = ch->by_id.next)
        if (ch->is_default && !ch->archived)
            join(s, ch, u, true);
}

void channels_forget(struct step *s, struct user *u)
{
    struct member *m, *next;
    LIST_FOREACH_SAFE(m, &u->channels, of_user, next)
        leave(s, m);
}

/* --- commands --- */

static int no_channel(struct step *s)
{
    return step_fail(s, ERR_NOT_FOUND, "error-room-not-found",
                     "The required \"roomId\" or \"roomName\" param provided does not match any channel");
}

static int check_name(struct step *s, const char *name)
{
    size_t n = name ? strlen(name) : 0;
    for (size_t i = 0; i < n; i++)
        if (!isascii((unsigned char)name[i]) || !(isalnum((unsigned char)name[i]) || strchr("-_.", name[i])))
            return step_fail(s, ERR_INVALID, "error-invalid-room-name",
                             "%.60s is not a valid room name. Use only letters, numbers, hyphens, underscores and dots",
                             name);
    if (n == 0 || n > NAME_LEN_MAX)
        return step_fail(s, ERR_INVALID, "error-invalid-room-name", "A channel's name has 1 to %d characters", NAME_LEN_MAX);
    if (core_channel_by_name(s->core, name))
        return step_fail(s, ERR_CONFLICT, "error-duplicate-channel-name", "A channel with name '%.60s' exists", name);
    return ERR_OK;
}

static int create(struct step *s, struct channel **out)
{
    const struct command *cmd = s->cmd;
    struct user *u = core_user(s->core, cmd->actor_id);
    int rc = check_name(s, cmd->channel.name);
    if (rc != ERR_OK)
        return rc;
    if (cmd->channel.new_id && core_channel(s->core, cmd->channel.new_id))
        return step_fail(s, ERR_CONFLICT, "error-duplicate-channel-name", "There is a channel with this id");
    struct channel *ch = *out = channel_new();
    ch->id = cmd->channel.new_id ? x_strdup(cmd->channel.new_id) : step_id(s);
    ch->name = x_strdup(cmd->channel.name);
    ch->creator_id = x_strdup(u ? u->id : NULL);
    ch->creator_username = x_strdup(u ? u->username : NULL);
    ch->is_default = cmd->channel.is_default;
    ch->created_ms = s->now;
    channel_index(s->core, ch);
    channel_event(s, ch);
    s->result->created = true;
    if (u)
        join(s, ch, u, false);
    for (size_t i = 0; i < cmd->channel.member_count; i++) {
        struct user *member = core_user_by_name(s->core, cmd->channel.members[i]);
        if (member)
            join(s, ch, member, false);
    }
    for (u = ch->is_default ? s->core->people.by_id : NULL; u; u = u->by_id.next)
        if (!u->is_bot_type)
            join(s, ch, u, false);
    return ERR_OK;
}

int step_channel_save(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct channel *ch = core_channel(s->core, cmd->channel.id);
    int rc = cmd->channel.id ? (ch ? ERR_OK : no_channel(s)) : create(s, &ch);
    if (rc != ERR_OK)
        return rc;
    if (cmd->channel.topic)
        str_set(&ch->topic, cmd->channel.topic);
    if (cmd->channel.description)
        str_set(&ch->description, cmd->channel.description);
    if (cmd->channel.announcement)
        str_set(&ch->announcement, cmd->channel.announcement);
    if (cmd->channel.read_only)
        ch->read_only = *cmd->channel.read_only;
    if (cmd->channel.archived)
        ch->archived = *cmd->channel.archived;
    s->result->channel = ch;
    channel_event(s, ch);
    return ERR_OK;
}

int step_channel_join(struct step *s)
{
    struct channel *ch = core_channel(s->core, s->cmd->channel.id);
    struct user *u = core_user(s->core, s->cmd->channel.user_id);
    if (ch == NULL || ch->is_direct)
        return no_channel(s);
    if (u == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    if (ch->archived)
        return step_fail(s, ERR_STATE, "error-room-archived", "The channel, %.60s, is archived", ch->name);
    join(s, ch, u, true);
    s->result->channel = ch;
    return ERR_OK;
}

int step_channel_leave(struct step *s)
{
    struct channel *ch = core_channel(s->core, s->cmd->channel.id);
    struct user *u = core_user(s->core, s->cmd->channel.user_id);
    struct member *m = ch && u ? channel_member(ch, u) : NULL;
    if (ch == NULL || ch->is_direct)
        return no_channel(s);
    if (m == NULL)
        return step_fail(s, ERR_STATE, "error-user-not-in-room", "You are not in this room");
    leave(s, m);
    post(s, ch, message_of(u, u->username, "ul"));
    s->result->channel = ch;
    return ERR_OK;
}

/* --- direct rooms --- */

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct user *const *)a)->id, (*(struct user *const *)b)->id);
}

/* The actor, unless he wants to stay out, and who is named; each once, in the order of their ids. */
static int direct_people(struct step *s, struct user *people[DIRECT_MAX], size_t *n)
{
    const struct command *cmd = s->cmd;
    size_t first = cmd->channel.without_actor ? 0 : 1, have = 0;
    for (size_t i = 0; i < cmd->channel.member_count + first; i++) {
        struct user *u = i < first ? core_user(s->core, cmd->actor_id)
                                   : core_user_by_name(s->core, cmd->channel.members[i - first]);
        size_t at = 0;
        if (u == NULL)
            return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
        while (at < have && people[at] != u)
            at++;
        if (at < have)
            continue;
        if (have == DIRECT_MAX)
            return step_fail(s, ERR_INVALID, "error-direct-message-max-user-exceeded",
                             "You cannot add more than %d users to a direct message", DIRECT_MAX);
        people[have++] = u;
    }
    if (have == 0)
        return step_fail(s, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    qsort(people, have, sizeof *people, by_id);
    *n = have;
    return ERR_OK;
}

/* Of a pair: by its id, which is made of theirs. Of more: the room in which are these and nobody else. */
static struct channel *find_direct(const struct core *c, struct user *const *people, size_t n, const char *pair_id)
{
    struct member *m;
    if (pair_id)
        return core_channel(c, pair_id);
    LIST_FOREACH(m, &people[0]->channels, of_user) {
        size_t in = 0;
        while (in < n && channel_member(m->channel, people[in]))
            in++;
        if (m->channel->is_direct && in == n && m->channel->member_count == (int)n)
            return m->channel;
    }
    return NULL;
}

int step_channel_direct(struct step *s)
{
    struct user *people[DIRECT_MAX];
    size_t n = 0;
    int rc = direct_people(s, people, &n);
    if (rc != ERR_OK)
        return rc;
    AUTO_FREE char *pair_id = n <= 2 ? x_asprintf("%s%s", people[0]->id, n == 2 ? people[1]->id : "") : NULL;
    struct channel *ch = s->result->channel = find_direct(s->core, people, n, pair_id);
    if (ch)
        return ERR_OK;
    ch = s->result->channel = channel_new();
    ch->id = pair_id ? x_strdup(pair_id) : step_id(s);
    ch->name = x_strdup(ch->id);
    ch->is_direct = true;
    ch->created_ms = s->now;
    channel_index(s->core, ch);
    channel_event(s, ch);
    for (size_t i = 0; i < n; i++)
        join(s, ch, people[i], false);
    s->result->created = true;
    return ERR_OK;
}

/* --- what is said and read --- */

int channel_read(struct step *s, struct channel *ch, const struct user *u)
{
    struct member *m = u ? channel_member(ch, u) : NULL;
    if (m == NULL)
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (m->unread == 0 && !m->alert)
        return ERR_OK;
    m->unread = 0;
    m->alert = false;
    m->last_seen_ms = s->now;
    member_event(s, EVENT_CHANNEL_MEMBER, m, NULL);
    return ERR_OK;
}

/* Who writes into a public channel is in it from then on (rest 3.5). */
int channel_say(struct step *s, struct channel *ch)
{
    const struct command *cmd = s->cmd;
    struct user *u = core_user(s->core, cmd->actor_id);
    if (u == NULL || !core_channel_allows(s->core, u, ch))
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (ch->archived)
        return step_fail(s, ERR_STATE, "error-room-archived", "The channel, %.60s, is archived", ch->name);
    if (ch->read_only && !str_eq(ch->creator_id, u->id))
        return step_fail(s, ERR_DENIED, "error-not-allowed", "You can't send messages because the room is readonly.");
    join(s, ch, u, true);
    struct message *m = message_of(u, cmd->message.text, cmd->message.type);
    m->id = x_strdup(cmd->message.id);
    m->alias = x_strdup(cmd->message.alias);
    m->thread_id = x_strdup(cmd->message.thread_id);
    m->extra = x_strdup(cmd->message.extra);
    s->result->message = post(s, ch, m);
    s->result->channel = ch;
    s->result->created = true;
    return ERR_OK;
}
