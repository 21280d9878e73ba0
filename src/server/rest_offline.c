/* Offline messages of visitors (rest 4.2, 15.6; behaviour 9.4). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/offline_channel.h"
#include "server/post.h"
#include "server/setting.h"

#define MESSAGE_MAX (64u << 10)        /* bytes */
#define FIELD_MAX 1000

static bool is_too_long(const struct offline_message *m)
{
    const char *const fields[] = {m->name, m->email, m->department, m->host};
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (fields[i] && strlen(fields[i]) > FIELD_MAX)
            return true;
    return strlen(m->text) > MESSAGE_MAX;
}

static bool form_is_on(const struct server *s)
{
    return setting_bool(s->core, "Livechat_display_offline_form", true);
}

static bool must_check(const struct server *s)
{
    return setting_bool(s->core, "Livechat_validate_offline_email", true);
}

/* --- by REST --- */

static const struct schema offline_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "name", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "email", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "message", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "department", .type = PARAM_STRING}, {.name = "host", .type = PARAM_STRING})};

static struct offline_message of_api(const struct api *a)
{
    return (struct offline_message){.name = api_str(a, "name"), .email = api_str(a, "email"),
                                    .text = api_str(a, "message"), .department = api_str_nonempty(a, "department"),
                                    .host = api_str_nonempty(a, "host")};
}

static void take(struct api *a)
{
    struct offline_message m = of_api(a);
    post_offline(a->server, &m);
    offline_to_channel(a->server, &m);
    jsonw_str(api_ok(a), "message", "Livechat offline message sent");
    api_ok_end(a);
}

static void on_checked(void *arg, bool has_exchanger)
{
    struct api *a = arg;
    if (has_exchanger)
        take(a);
    else
        api_fail_coded(a, "error-invalid-email-address", "Invalid email address");
}

static void run_offline(struct api *a)
{
    struct offline_message m = of_api(a);
    if (!form_is_on(a->server) || is_too_long(&m)) {
        jsonw_str(api_fail_object(a), "message", "Error sending Omnichannel offline message");
        api_fail_object_end(a);
    } else if (must_check(a->server)) {
        post_check_address(a->server, m.email, on_checked, a);
    } else {
        take(a);
    }
}

const struct endpoint offline_endpoints[] = {
    {VERB_POST, "livechat/offline.message", AUTH_NONE, NULL, NULL, &offline_schema, LIMIT_DEFAULT, run_offline},
    ENDPOINTS_END,
};

/* --- by the method of older widgets --- */

static bool of_call(const struct call *c, struct offline_message *m)
{
    const json_t *o = call_obj(c, 0);
    *m = (struct offline_message){.name = call_obj_str(o, "name"), .email = call_obj_str(o, "email"),
                                  .text = call_obj_str(o, "message")};
    return m->name && m->email && m->text && json_object_size(o) == 3;
}

static void answer(struct call *c, bool taken)
{
    jsonw_bool(call_result(c), NULL, taken);
    call_end(c);
}

static void take_call(struct call *c)
{
    struct offline_message m;
    of_call(c, &m);
    post_offline(c->server, &m);
    offline_to_channel(c->server, &m);
    answer(c, true);
}

static void on_call_checked(void *arg, bool has_exchanger)
{
    struct call *c = arg;
    if (has_exchanger)
        take_call(c);
    else
        call_error(c, "error-invalid-email-address", "Invalid email address");
}

static void run_call(struct call *c)
{
    struct offline_message m;
    if (!of_call(c, &m))
        call_error_match(c, "Expected {name, email, message}", "");
    else if (!form_is_on(c->server) || is_too_long(&m))
        answer(c, false);
    else if (must_check(c->server))
        post_check_address(c->server, m.email, on_call_checked, c);
    else
        take_call(c);
}

const struct method offline_methods[] = {
    {.name = "livechat:sendOfflineMessage", .run = run_call},
    METHODS_END,
};
