/* Rooms over the realtime API (rest 15.3). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/channel_form.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/shape.h"

static void read_messages_method(struct call *c)
{
    const char *rid = call_str(c, 0);
    struct result result;
    if (c->user == NULL) {
        call_error(c, "error-invalid-user", "Invalid user");
        return;
    }
    if (core_channel(c->server->core, rid)) {
        if (desk_read(c->server, c->user, rid, &result) != ERR_OK)
            call_error_core(c, &result.error);
        else
            call_end(c);
        return;
    }
    const struct room *r = core_room(c->server->core, rid);
    if (r == NULL || !core_may_open(c->server->core, c->user, r))
        call_error(c, "error-not-allowed", "Not allowed");
    else if (!room_subscription(r, c->user))
        call_error_plain(c);
    else if (desk_read(c->server, c->user, rid, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_end(c);
}

static void room_found(struct call *c, void *data)
{
    const struct lookup *l = data;
    const struct core *core = c->server->core;
    const struct room *r = core_room(core, l->rid);
    const struct stored_room *sr = lookup_room(l);
    if (r == NULL && sr == NULL)
        call_error(c, "error-invalid-room", "Invalid room");
    else if (!lookup_may_open(core, c->user, r, l))
        call_error(c, "error-no-permission", "No permission");
    else {
        if (r)
            shape_room(call_result(c), NULL, r);
        else
            shape_stored_room(call_result(c), NULL, sr);
        call_end(c);
    }
}

static void get_room(struct call *c)
{
    const char *type = call_str(c, 0), *rid = call_str(c, 1);
    if (type == NULL || rid == NULL) {
        call_error_match(c, "Expected string, got undefined", "");
        return;
    }
    const struct channel *ch = strcmp(type, "l") != 0 ? core_channel_by_name(c->server->core, rid) : NULL;
    if (ch && strcmp(type, channel_type(ch)) == 0 && core_channel_allows(c->server->core, c->user, ch)) {
        shape_channel(call_result(c), NULL, ch);
        call_end(c);
        return;
    }
    if (strcmp(type, "l") != 0) {
        call_error(c, "error-invalid-room", "Invalid room");
        return;
    }
    struct lookup *l = lookup_new(rid);
    call_read(c, lookup_run, room_found, l, lookup_drop);
}

static void join_channel(struct call *c, const char *rid)
{
    struct result result;
    struct command cmd = server_command(COMMAND_CHANNEL_JOIN, c->user);
    cmd.channel.id = rid;
    cmd.channel.user_id = c->user->id;
    if (server_step(c->server, &cmd, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void join_room(struct call *c)
{
    const char *rid = call_str(c, 0);
    const struct channel *ch = core_channel(c->server->core, rid);
    struct result result;
    if (ch && core_channel_allows(c->server->core, c->user, ch)) {
        join_channel(c, rid);
        return;
    }
    if (!call_may(c, "view-l-room"))
        call_error(c, "error-not-allowed", "Not allowed");
    else if (desk_join(c->server, c->user, rid ? rid : "", &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void show_room(struct call *c, bool open)
{
    struct result result;
    if (c->user == NULL) {
        call_error(c, "error-invalid-user", "Invalid user");
        return;
    }
    struct command cmd = server_command(COMMAND_ROOM_SHOW, c->user);
    cmd.room.rid = call_str(c, 0);
    cmd.room.user_id = c->user->id;
    cmd.room.client_action = open;
    if (cmd.room.rid == NULL)
        call_error_match(c, "Expected string, got undefined", "");
    else if (server_step(c->server, &cmd, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_int(c, 1);
}

static void open_room(struct call *c)
{
    show_room(c, true);
}

static void hide_room(struct call *c)
{
    show_room(c, false);
}

const struct method room_methods[] = {
    {.name = "readMessages", .run = read_messages_method},
    {.name = "getRoomByTypeAndName", .run = get_room},
    {.name = "joinRoom", .login = true, .run = join_room},
    {.name = "openRoom", .run = open_room},
    {.name = "hideRoom", .run = hide_room},
    METHODS_END,
};
