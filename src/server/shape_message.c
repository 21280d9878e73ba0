#include "server/shape.h"

#include <jansson.h>
#include <string.h>

void shape_spread(struct jsonw *w, const char *json)
{
    if (json == NULL)
        return;
    json_t *extra = json_loads(json, 0, NULL);
    const char *key;
    json_t *v;
    json_object_foreach(extra, key, v) {
        jsonw_key(w, key);
        jsonw_json(w, NULL, v);
    }
    json_decref(extra);
}

static bool extra_has(const struct message *m, const char *key)
{
    return m->extra && strstr(m->extra, key);
}

void shape_message_fields(struct jsonw *w, const struct message *m)
{
    jsonw_str(w, "_id", m->id);
    jsonw_str(w, "rid", m->rid);
    jsonw_str(w, "t", m->type);
    jsonw_str(w, "msg", m->text);
    jsonw_str(w, "token", m->token);
    jsonw_str(w, "alias", m->alias);
    jsonw_date(w, "ts", m->ts_ms);
    shape_user_ref(w, "u", m->user_id, m->username, m->name);
    jsonw_str(w, "tmid", m->thread_id);
    if (m->ungroupable)
        jsonw_bool(w, "groupable", false);
    if (m->hidden)
        jsonw_bool(w, "_hidden", true);
    static const char *const lists[] = {"urls", "mentions", "channels"};
    for (size_t i = 0; i < 3 && m->type == NULL; i++) {
        char quoted[16] = "\"";
        strcat(strcat(quoted, lists[i]), "\"");
        if (extra_has(m, quoted))
            continue;
        jsonw_array(w, lists[i]);
        jsonw_end_array(w);
    }
    if (m->edited_ms) {
        jsonw_date(w, "editedAt", m->edited_ms);
        shape_user_ref(w, "editedBy", m->editor_id, m->editor_username, NULL);
    }
    shape_spread(w, m->extra);
    jsonw_date(w, "_updatedAt", m->updated_ms ? m->updated_ms : m->ts_ms);
}

void shape_message(struct jsonw *w, const char *key, const struct message *m)
{
    jsonw_object(w, key);
    shape_message_fields(w, m);
    jsonw_end_object(w);
}
