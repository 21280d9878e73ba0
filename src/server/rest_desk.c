/* What agents need beyond Rocket.Chat's calls, below /usher/v1: answers to offers, pauses, dispositions, skills. */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/room_reply.h"
#include "server/rows.h"
#include "server/shape.h"
#include "server/turn.h"
#include "store/store.h"

#define SKILLS_BYTES_MAX 2000

static void decline(struct api *a)
{
    struct result result;
    struct command cmd = server_command(COMMAND_OFFER_DECLINE, a->user);
    cmd.room.rid = api_arg(a, "rid");
    cmd.room.user_id = a->user->id;
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

/* The agent whom the path names; NULL: answered. Others than oneself need the right to manage agents. */
static const struct user *agent_of(struct api *a, bool own_is_enough)
{
    const struct user *u = core_user(a->server->core, api_arg(a, "id"));
    if (u == NULL || !(u->roles & ROLE_AGENT)) {
        api_not_found(a, "Agent not found");
        return NULL;
    }
    if ((u == a->user && own_is_enough) || api_may(a, "manage-livechat-agents"))
        return u;
    api_forbidden(a);
    return NULL;
}

static void end_pause(struct api *a)
{
    const struct user *u = agent_of(a, true);
    struct result result;
    if (u == NULL)
        return;
    struct command cmd = server_command(COMMAND_USER_RESUME, a->user);
    cmd.user.id = u->id;
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static void agent(struct api *a)
{
    const struct user *u = agent_of(a, true);
    if (u == NULL)
        return;
    shape_agent_row(api_ok(a), "agent", u);
    api_ok_end(a);
}

static void save_agent(struct api *a)
{
    const struct user *u = agent_of(a, false);
    struct result result;
    if (u == NULL)
        return; /* answered: what was asked is gone */
    const char *skills = api_str(a, "skills");
    if (strlen(skills) > SKILLS_BYTES_MAX || strpbrk(skills, "\r\n\t")) {
        api_fail_coded(a, "error-invalid-skills", "Skills are one line of names separated by commas");
        return;
    }
    struct command cmd = server_command(COMMAND_USER_SAVE, a->user);
    cmd.user_save.id = u->id;
    cmd.user_save.skills = skills;
    if (server_step(a->server, &cmd, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    shape_agent_row(api_ok(a), "agent", result.user);
    api_ok_end(a);
}

/* Also of a closed chat: that is what wrap-up time is for. */
static void disposition_found(struct api *a, const struct room *open, const struct stored_room *closed)
{
    struct result result;
    const struct core *c = a->server->core;
    if (open == NULL && closed == NULL) {
        api_not_found(a, "Room not found");
        return;
    }
    const struct room *r = open ? open : closed->room;
    bool may = open ? core_may_open(c, a->user, open)
                    : core_may_open_closed(c, a->user, closed->served_by_id, r->department_id);
    if (!may) {
        api_forbidden(a);
        return;
    }
    struct command cmd = server_command(COMMAND_ROOM_INFO, a->user);
    cmd.room.rid = r->id;
    cmd.room.closed = open ? NULL : r;
    cmd.room.disposition = api_str(a, "disposition");
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static void disposition(struct api *a)
{
    api_find_room(a, api_arg(a, "rid"), disposition_found);
}

static const struct schema agent_schema = SCHEMA(STRICT, NONE, REQ("skills", STRING));
static const struct schema disposition_schema = SCHEMA(STRICT, NONE, REQ("disposition", STRING));

const struct endpoint desk_endpoints[] = {
    {.verb = VERB_POST, .path = "/usher/v1/rooms/:rid/decline", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .run = decline},
    {.verb = VERB_POST, .path = "/usher/v1/rooms/:rid/disposition", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .schema = &disposition_schema, .run = disposition},
    {.verb = VERB_GET, .path = "/usher/v1/agents/:id", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"), .run = agent},
    {.verb = VERB_POST, .path = "/usher/v1/agents/:id", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("manage-livechat-agents"), .schema = &agent_schema, .run = save_agent},
    {.verb = VERB_POST, .path = "/usher/v1/agents/:id/endPause", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room"),
     .run = end_pause},
    ENDPOINTS_END,
};
