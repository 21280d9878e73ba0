/* Public channels (rest 1.11, 3.5): made, listed, entered and left, read. What is said in them goes the way of every
   message (rest_chat.c, method_message.c). */
#include <string.h>

#include "common/mem.h"
#include "server/channel_form.h"
#include "server/families.h"
#include "server/list.h"
#include "server/lookup.h"
#include "server/rows.h"
#include "server/shape.h"

/* --- which channel --- */

/* roomId or roomName. NULL: the failure has been sent. */
static struct channel *find(struct api *a)
{
    const char *id = api_str_nonempty(a, "roomId"), *name = api_str_nonempty(a, "roomName");
    if (id == NULL && name == NULL) {
        api_fail_coded(a, "error-room-param-not-provided", "The parameter \"roomId\" or \"roomName\" is required");
        return NULL;
    }
    struct channel *ch = id ? core_channel(a->server->core, id) : core_channel_by_name(a->server->core, name);
    if (ch && !ch->is_direct)
        return ch;
    api_fail_coded(a, "error-room-not-found",
                   "The required \"roomId\" or \"roomName\" param provided does not match any channel");
    return NULL;
}

/* The same for somebody who may read it. */
static struct channel *find_readable(struct api *a)
{
    struct channel *ch = find(a);
    if (ch == NULL || core_channel_allows(a->server->core, a->user, ch))
        return ch;
    api_forbidden(a);
    return NULL;
}

static void reply_channel(struct api *a, const struct channel *ch)
{
    shape_channel(api_ok(a), "channel", ch);
    api_ok_end(a);
}

/* --- lists --- */

static struct list_key channel_key(const void *item, const char *key)
{
    const struct channel *ch = item;
    if (strcmp(key, "ts") == 0)
        return (struct list_key){NULL, ch->created_ms};
    if (strcmp(key, "lm") == 0)
        return (struct list_key){NULL, ch->lm_ms};
    if (strcmp(key, "msgs") == 0)
        return (struct list_key){NULL, ch->msgs};
    if (strcmp(key, "usersCount") == 0)
        return (struct list_key){NULL, ch->member_count};
    return (struct list_key){ch->name, 0};
}

static void put_channel(struct api *a, const void *item)
{
    shape_channel(&a->w, NULL, item);
}

static void list_channels(struct api *a, bool joined)
{
    const struct core *c = a->server->core;
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct channel *ch = NULL; (ch = core_next_channel(c, ch)) != NULL;)
        if (!ch->is_direct && (channel_member(ch, a->user) || (!joined && core_channel_allows(c, a->user, ch))))
            list_add(&l, ch);
    list_sort(&l, &p, "name", true, channel_key);
    list_reply(a, "channels", &l, &p, put_channel);
}

static void channels_list(struct api *a)
{
    list_channels(a, false);
}

static void channels_joined(struct api *a)
{
    list_channels(a, true);
}

static struct list_key member_key(const void *item, const char *key)
{
    const struct member *m = item;
    if (strcmp(key, "name") == 0)
        return (struct list_key){m->user->name ? m->user->name : "", 0};
    return (struct list_key){m->user->username, 0};
}

static void put_member(struct api *a, const void *item)
{
    const struct user *u = ((const struct member *)item)->user;
    jsonw_object(&a->w, NULL);
    jsonw_str(&a->w, "_id", u->id);
    jsonw_str(&a->w, "username", u->username);
    jsonw_str(&a->w, "name", u->name);
    jsonw_str(&a->w, "status", presence_name(u->status));
    jsonw_end_object(&a->w);
}

static void channels_members(struct api *a)
{
    const struct channel *ch = find_readable(a);
    const struct member *m;
    struct paging p;
    struct list l = LIST_NEW;
    if (ch == NULL || !api_paging(a, &p))
        return;
    LIST_FOREACH(m, &ch->members, of_channel)
        list_add(&l, m);
    list_sort(&l, &p, "username", true, member_key);
    list_reply(a, "members", &l, &p, put_member);
}

static void messages_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    struct paging p = {.count = l->page.limit, .offset = l->page.offset};
    if (!core_channel_allows(a->server->core, a->user, core_channel(a->server->core, l->rid))) {
        api_forbidden(a);
        return;
    }
    jsonw_array(api_ok(a), "messages");
    for (size_t i = 0; i < l->message_count; i++)
        shape_message(&a->w, NULL, l->messages[i]);
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, l->message_count, l->total);
    api_ok_end(a);
}

static void channels_messages(struct api *a)
{
    const struct channel *ch = find_readable(a);
    struct paging p;
    if (ch == NULL || !api_paging(a, &p))
        return;
    struct lookup *l = lookup_new(ch->id);
    l->want_page = true;
    l->page.limit = p.count;
    l->page.offset = p.offset;
    api_read(a, lookup_run, messages_found, l, lookup_drop);
}

/* --- changes --- */

static void channels_create(struct api *a)
{
    enum { MEMBERS_MAX = 1000 };
    const json_t *list = api_list(a, "members");
    const char *members[MEMBERS_MAX];
    const bool read_only = api_bool(a, "readOnly", false);
    struct result result;
    struct command cmd = server_command(COMMAND_CHANNEL_SAVE, a->user);
    if (!api_may(a, "create-c")) {
        api_forbidden(a);
        return;
    }
    if (api_str_nonempty(a, "name") == NULL) {
        api_fail_plain(a, "Body param \"name\" is required");
        return;
    }
    for (size_t i = 0; i < json_array_size(list) && cmd.channel.member_count < MEMBERS_MAX; i++)
        if (json_is_string(json_array_get(list, i)))
            members[cmd.channel.member_count++] = json_string_value(json_array_get(list, i));
    cmd.channel.name = api_str(a, "name");
    cmd.channel.members = members;
    cmd.channel.read_only = &read_only;
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_channel(a, result.channel);
}

static void step_channel(struct api *a, struct command *cmd, bool shown)
{
    struct result result;
    if (server_step(a->server, cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else if (shown)
        reply_channel(a, result.channel);
    else
        api_ok_empty(a);
}

static void channels_join(struct api *a)
{
    struct command cmd = server_command(COMMAND_CHANNEL_JOIN, a->user);
    struct channel *ch = find_readable(a);
    if (ch == NULL)
        return;
    cmd.channel.id = ch->id;
    cmd.channel.user_id = a->user->id;
    step_channel(a, &cmd, true);
}

static void channels_leave(struct api *a)
{
    struct command cmd = server_command(COMMAND_CHANNEL_LEAVE, a->user);
    struct channel *ch = find(a);
    if (ch == NULL)
        return;
    cmd.channel.id = ch->id;
    cmd.channel.user_id = a->user->id;
    step_channel(a, &cmd, true);
}

/* By who made it, or with the right. */
static void archive(struct api *a, bool archived, const char *right)
{
    struct command cmd = server_command(COMMAND_CHANNEL_SAVE, a->user);
    struct channel *ch = find(a);
    if (ch == NULL)
        return;
    if (!str_eq(ch->creator_id, a->user->id) && !api_may(a, right)) {
        api_forbidden(a);
        return;
    }
    cmd.channel.id = ch->id;
    cmd.channel.archived = &archived;
    step_channel(a, &cmd, false);
}

static void channels_archive(struct api *a)
{
    archive(a, true, "archive-room");
}

static void channels_unarchive(struct api *a)
{
    archive(a, false, "unarchive-room");
}

const struct endpoint channels_endpoints[] = {
    {.verb = VERB_GET, .path = "channels.list", .auth = AUTH_LOGIN, .run = channels_list},
    {.verb = VERB_GET, .path = "channels.list.joined", .auth = AUTH_LOGIN, .run = channels_joined},
    {.verb = VERB_GET, .path = "channels.members", .auth = AUTH_LOGIN, .run = channels_members},
    {.verb = VERB_GET, .path = "channels.messages", .auth = AUTH_LOGIN, .run = channels_messages},
    {.verb = VERB_POST, .path = "channels.create", .auth = AUTH_LOGIN, .run = channels_create},
    {.verb = VERB_POST, .path = "channels.join", .auth = AUTH_LOGIN, .run = channels_join},
    {.verb = VERB_POST, .path = "channels.leave", .auth = AUTH_LOGIN, .run = channels_leave},
    {.verb = VERB_POST, .path = "channels.archive", .auth = AUTH_LOGIN, .run = channels_archive},
    {.verb = VERB_POST, .path = "channels.unarchive", .auth = AUTH_LOGIN, .run = channels_unarchive},
    ENDPOINTS_END,
};
