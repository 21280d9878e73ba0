/* Conditions and actions of triggers: items are the server's own objects as text, so that nothing in them is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/record.h"
#include "common/mem.h"

#define KEPT (JSON_COMPACT | JSON_SORT_KEYS)
#define ACTION "send-message"

static char *text_at(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);
    if (json_is_integer(v))
        return x_asprintf("%lld", (long long)json_integer_value(v));
    if (json_is_real(v))
        return x_asprintf("%.15g", json_real_value(v));
    return x_strdup(json_is_string(v) ? json_string_value(v) : "");
}

/* Leaves what already says so as it is: 30 stays a number. */
static void set_text(json_t *o, const char *key, const char *text)
{
    AUTO_FREE char *now = text_at(o, key);
    if (json_object_get(o, key) == NULL || strcmp(now, text) != 0)
        json_object_set_new(o, key, json_string(text));
}

static json_t *load(const char *item)
{
    json_t *o = item ? js_parse(item, strlen(item)) : NULL;
    if (json_is_object(o))
        return o;
    json_decref(o);
    return json_object();
}

void record_step_read(bool action, const char *item, struct record_step *out)
{
    AUTO_JSON json_t *o = load(item);
    const json_t *in = action ? js_obj(o, "params") : o;
    out->choice = text_at(in, action ? "sender" : "name");
    out->text = text_at(in, action ? "msg" : "value");
    out->name = text_at(action ? in : NULL, "name");
}

char *record_step_write(bool action, const char *item, const struct record_step *step)
{
    AUTO_JSON json_t *o = load(item);
    json_t *in = o;
    if (action) {
        set_text(o, "name", ACTION);
        if (!json_is_object(json_object_get(o, "params")))
            json_object_set_new(o, "params", json_object());
        in = json_object_get(o, "params");
        set_text(in, "name", step->name);
    }
    set_text(in, action ? "sender" : "name", step->choice);
    set_text(in, action ? "msg" : "value", step->text);
    return json_dumps(o, KEPT);
}

void record_step_fini(struct record_step *step)
{
    free(step->choice);
    free(step->text);
    free(step->name);
    *step = (struct record_step){0};
}
