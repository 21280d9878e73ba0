#include "client/js.h"

#include "common/clock.h"
#include "common/mem.h"

const char *js_str(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

const json_t *js_obj(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_object(v) ? v : NULL;
}

const json_t *js_list(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return json_is_array(v) ? v : NULL;
}

bool js_bool(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

static int64_t number(const json_t *v, int64_t otherwise)
{
    if (json_is_integer(v))
        return json_integer_value(v);
    double d = json_is_real(v) ? json_real_value(v) : 9e18;
    return d > -9e15 && d < 9e15 ? (int64_t)d : otherwise;
}

int64_t js_int(const json_t *o, const char *key, int64_t otherwise)
{
    return number(json_object_get(o, key), otherwise);
}

int64_t js_date(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    int64_t ms = 0;
    if (json_is_object(v))
        v = json_object_get(v, "$date");
    if (json_is_string(v))
        return clock_parse(json_string_value(v), &ms) ? ms : 0;
    return number(v, 0);
}

bool js_has(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    return v && !json_is_null(v);
}

bool js_list_has(const json_t *list, const char *text)
{
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v) {
        if (str_eq(json_string_value(v), text))
            return true;
    }
    return false;
}

json_t *js_parse(const char *text, size_t n)
{
    return json_loadb(text, n, JSON_ALLOW_NUL, NULL);
}
