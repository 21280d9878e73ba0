/* Who has how many chats of which department (rest 6: livechat/queue). */
#include <stdlib.h>

#include "client/internal.h"
#include "client/js.h"
#include "client/model.h"
#include "common/mem.h"

void model_load_clear(struct model *m)
{
    for (size_t i = 0; i < m->pub.load_count; i++) {
        free(m->pub.load[i].id);
        free(m->pub.load[i].username);
        free(m->pub.load[i].department);
        free(m->pub.load[i].status);
    }
    free(m->pub.load);
    m->pub.load = NULL;
    m->pub.load_count = 0;
}

unsigned model_apply_load(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    model_load_clear(m);
    m->pub.load = x_calloc(json_array_size(list) + 1, sizeof(*m->pub.load));
    json_array_foreach(list, i, json) {
        const json_t *user = js_obj(json, "user"), *department = js_obj(json, "department");
        const char *name = js_str(user, "username"), *department_id = js_str(department, "_id");
        if (name == NULL)
            continue;
        m->pub.load[m->pub.load_count++] = (struct client_load){
            .id = x_asprintf("%s %s", js_str(user, "_id") ? js_str(user, "_id") : name, department_id ? department_id : ""),
            .username = x_strdup(name),
            .department = x_strdup(js_str(department, "name") ? js_str(department, "name") : department_id),
            .status = x_strdup(js_str(user, "status") ? js_str(user, "status") : ""),
            .chats = (int)js_int(json, "chats", 0)};
    }
    return 0;
}
