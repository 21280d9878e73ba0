/* POST method.call/:method and method.callAnon/:method: methods of the realtime API over REST (rest 15.1). */
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/method_private.h"
#include "server/params.h"

static const struct schema call_schema = {
    .kind = SCHEMA_STRICT, .params = PARAMS({.name = "message", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};

static bool is_call(const json_t *message)
{
    static const char *const keys[] = {"msg", "method", "params", "id"};
    if (!json_is_object(message) || json_object_size(message) != COUNT_OF(keys))
        return false;
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (json_object_get(message, keys[i]) == NULL)
            return false;
    return str_eq(call_obj_str(message, "msg"), "method") && call_obj_str(message, "method") &&
           json_is_array(json_object_get(message, "params"));
}

/* A number as id comes back as a text (rest 15.1). */
static json_t *text_id(const json_t *id)
{
    char text[32];
    if (json_is_integer(id)) {
        snprintf(text, sizeof text, "%lld", (long long)json_integer_value(id));
        return json_string(text);
    }
    return json_is_string(id) ? json_string(json_string_value(id)) : NULL;
}

static void run_method_call(struct api *a)
{
    struct error e;
    const char *text = api_str(a, "message");
    json_t *message = params_from_json(text, strlen(text), true, &e);
    if (message == NULL) {
        api_fail_plain(a, e.text);
        return;
    }
    json_t *id = text_id(json_object_get(message, "id"));
    if (!is_call(message) || id == NULL)
        api_fail_plain(a, "Invalid method call");
    else
        call_from_api(a, call_obj_str(message, "method"), json_object_get(message, "params"), id);
    json_decref(id);
    json_decref(message);
}

const struct endpoint method_endpoints[] = {
    {VERB_POST, "method.call/:method*", AUTH_LOGIN, NULL, NULL, &call_schema, LIMIT_NONE, run_method_call},
    {VERB_POST, "method.callAnon/:method*", AUTH_NONE, NULL, NULL, &call_schema, LIMIT_NONE, run_method_call},
    ENDPOINTS_END,
};
