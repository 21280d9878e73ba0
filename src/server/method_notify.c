/* stream-notify-room: typing of users and visitors, in both spellings (rest 15.3, widget 6). */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/setting.h"
#include "server/tell.h"

/* The last parameter of a visitor is {token}. */
static const char *last_token(const struct call *c)
{
    size_t n = json_array_size(c->params);
    return n ? call_obj_str(json_array_get(c->params, n - 1), "token") : NULL;
}

/* Under which name others see him. */
static bool is_his_name(const struct core *c, const struct user *u, const char *name)
{
    bool real = setting_bool(c, "UI_Use_Real_Name", false) && u->name && *u->name;
    return str_eq(real ? u->name : u->username, name);
}

static bool may_write(const struct call *c, const struct room *r, const char *name)
{
    const char *token = last_token(c);
    if (token && str_eq(r->visitor->token, token))
        return true;
    return c->user && is_his_name(c->server->core, c->user, name) && core_may_open(c->server->core, c->user, r);
}

/* Where staff alone talk. */
static bool may_write_in_channel(const struct call *c, const char *rid, const char *name)
{
    const struct channel *ch = core_channel(c->server->core, rid);
    return ch && c->user && is_his_name(c->server->core, c->user, name) &&
           core_channel_allows(c->server->core, c->user, ch);
}

static bool is_typing_list(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
        if (str_eq(json_string_value(item), "user-typing"))
            return true;
    return false;
}

static void run_notify(struct call *c)
{
    const char *event = call_str(c, 0), *name = call_str(c, 1);
    const char *slash = event ? strchr(event, '/') : NULL;
    if (slash == NULL || name == NULL || strlen(name) > 200) {
        call_end(c);
        return;
    }
    AUTO_FREE char *rid = x_strndup(event, (size_t)(slash - event));
    const struct room *r = core_room(c->server->core, rid);
    bool typing = strcmp(slash, "/typing") == 0, activity = strcmp(slash, "/user-activity") == 0;
    if ((typing || activity) && (r ? may_write(c, r, name) : may_write_in_channel(c, rid, name))) {
        bool on = typing ? call_bool(c, 2, false) : is_typing_list(call_param(c, 2));
        tell_typing(c->server, rid, name, on, NULL, c->conn);
    }
    call_end(c);
}

const struct method notify_methods[] = {
    {"stream-notify-room", false, run_notify},
    METHODS_END,
};
