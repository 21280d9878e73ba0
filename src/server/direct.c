#include "server/direct.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/channel_form.h"
#include "server/families.h"
#include "server/rows.h"

enum { NAMES_MAX = 20 };               /* the core allows fewer people */

static int open_room(struct server *s, const struct user *by, const char *const *usernames, size_t n, bool without_him,
                     struct result *result)
{
    struct command cmd = server_command(COMMAND_CHANNEL_DIRECT, by);
    if (!core_may(s->core, by, "create-d"))
        return error_named(&result->error, ERR_DENIED, "error-not-allowed", "Not allowed");
    cmd.channel.members = usernames;
    cmd.channel.member_count = n;
    cmd.channel.without_actor = without_him;
    return server_step(s, &cmd, result);
}

int direct_open(struct server *s, const struct user *by, const char *const *usernames, size_t n, struct result *result)
{
    return open_room(s, by, usernames, n, false, result);
}

/* The names in a text with commas, which is cut up for it. */
static size_t split_names(char *text, const char *names[NAMES_MAX])
{
    size_t n = 0;
    for (char *rest = text, *name; n < NAMES_MAX && (name = strsep(&rest, ",")) != NULL;) {
        name += strspn(name, " ");
        name[strcspn(name, " ")] = '\0';
        if (*name)
            names[n++] = name + (*name == '@');
    }
    return n;
}

static void im_create(struct api *a)
{
    const char *one = api_str(a, "username"), *names[NAMES_MAX];
    AUTO_FREE char *text = x_strdup(one ? one : api_str(a, "usernames"));
    size_t n = split_names(text, names);
    struct result result;
    if (open_room(a->server, a->user, names, n, api_bool(a, "excludeSelf", false), &result) != ERR_OK) {
        api_fail_details(a, result.error.name, result.error.text, "{\"method\":\"createDirectMessage\"}");
        return;
    }
    shape_direct(api_ok(a), "room", result.channel);
    api_ok_end(a);
}

static void create_direct(struct call *c)
{
    const char *names[NAMES_MAX];
    size_t n = 0;
    struct result result;
    while (n < NAMES_MAX && call_str(c, n)) {
        names[n] = call_str(c, n);
        n++;
    }
    if (direct_open(c->server, c->user, names, n, &result) != ERR_OK) {
        call_error_core(c, &result.error);
        return;
    }
    shape_direct(call_result(c), NULL, result.channel);
    call_end(c);
}

static const struct schema by_name = SCHEMA(STRICT, NONE, REQ("username", STRING), OPT("excludeSelf", BOOL));
static const struct schema by_names = SCHEMA(STRICT, NONE, REQ("usernames", STRING), OPT("excludeSelf", BOOL));
static const struct schema create_schema = {
    .kind = SCHEMA_STRICT, .any_of = (const struct schema *const[]){&by_name, &by_names, NULL}};

const struct endpoint direct_endpoints[] = {
    {.verb = VERB_POST, .path = "im.create", .auth = AUTH_LOGIN, .schema = &create_schema, .run = im_create},
    {.verb = VERB_POST, .path = "dm.create", .auth = AUTH_LOGIN, .schema = &create_schema, .run = im_create},
    ENDPOINTS_END,
};

const struct method direct_methods[] = {
    {.name = "createDirectMessage", .login = true, .run = create_direct},
    METHODS_END,
};
