/* Departments and who serves in them (rest 8.1). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/department_form.h"
#include "server/families.h"
#include "server/list.h"
#include "server/params.h"
#include "server/rows.h"
#include "server/shape.h"

/* --- reading --- */

static struct list_key department_key(const void *item, const char *key)
{
    const struct department *d = item;
    if (strcmp(key, "enabled") == 0)
        return (struct list_key){NULL, d->enabled};
    if (strcmp(key, "numAgents") == 0)
        return (struct list_key){NULL, d->agent_count};
    if (strcmp(key, "showOnRegistration") == 0)
        return (struct list_key){NULL, d->show_on_registration};
    if (strcmp(key, "_updatedAt") == 0)
        return (struct list_key){NULL, d->updated_ms};
    return (struct list_key){d->name, 0};
}

static void put_department(struct api *a, const void *item)
{
    shape_department(&a->w, NULL, item);
}

/* Only the departments of the units of a monitor, where the request asks for that (behaviour 20.6). */
static bool shown(const struct api *a, const struct department *d)
{
    return !str_eq(api_str(a, "onlyMyDepartments"), "true") || core_unit_allows(a->server->core, a->user, d);
}

static void department_list(struct api *a)
{
    const struct core *c = a->server->core;
    const char *text = api_str(a, "text"), *without = api_str_nonempty(a, "excludeDepartmentId");
    bool enabled_only = str_eq(api_str(a, "enabled"), "true");
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct department *d = NULL; (d = core_next_department(c, d)) != NULL;)
        if (text_has(d->name, text) && (!enabled_only || d->enabled) && !str_eq(d->id, without) &&
            shown(a, d))
            list_add(&l, d);
    list_sort(&l, &p, "name", true, department_key);
    list_reply(a, "departments", &l, &p, put_department);
}

static struct list_key link_key(const void *item, const char *key)
{
    const struct department_agent *link = item;
    if (strcmp(key, "count") == 0)
        return (struct list_key){NULL, link->count};
    if (strcmp(key, "order") == 0)
        return (struct list_key){NULL, link->order};
    return (struct list_key){link->user->username, 0};
}

static void put_link(struct api *a, const void *item)
{
    shape_department_agent(&a->w, NULL, item);
}

static struct list agents_of(const struct department *d, const struct paging *p)
{
    struct list l = LIST_NEW;
    const struct department_agent *link;
    if (d == NULL)
        return l;
    LIST_FOREACH(link, &d->agents, of_department)
        list_add(&l, link);
    list_sort(&l, p, "username", true, link_key);
    return l;
}

static void put_agents(struct api *a, const struct department *d)
{
    struct paging none = {0};
    struct list l = agents_of(d, &none);
    jsonw_array(&a->w, "agents");
    for (size_t i = 0; i < l.n; i++)
        put_link(a, l.items[i].item);
    jsonw_end_array(&a->w);
    list_free(&l);
}

static void department_get(struct api *a)
{
    const struct department *found = core_department(a->server->core, api_arg(a, "_id"));
    const struct department *d = found && shown(a, found) ? found : NULL;
    const char *include = api_str(a, "includeAgents");
    bool agents = (include == NULL || strcmp(include, "true") == 0) && api_may(a, "view-livechat-departments");
    api_ok(a);
    if (d)
        shape_department(&a->w, "department", d);
    else
        jsonw_null(&a->w, "department");
    if (agents)
        put_agents(a, d);
    api_ok_end(a);
}

static bool listed(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_string_value(json_array_get(list, i)), id))
            return true;
    return false;
}

static void put_name(struct api *a, const struct department *d)
{
    jsonw_object(&a->w, NULL);
    jsonw_str(&a->w, "_id", d->id);
    jsonw_str(&a->w, "name", d->name);
    jsonw_end_object(&a->w);
}

static void department_autocomplete(struct api *a)
{
    const struct core *c = a->server->core;
    struct paging none = {0};
    struct list l = LIST_NEW;
    json_t *selector;
    if (api_str_nonempty(a, "selector") == NULL) {
        api_fail_plain(a, "The 'selector' param is required");
        return;
    }
    if (!api_json_text(a, "selector", &selector))
        return;
    const char *term = json_string_value(json_object_get(selector, "term"));
    for (const struct department *d = NULL; (d = core_next_department(c, d)) != NULL;)
        if (text_begins(d->name, term) && !listed(json_object_get(selector, "exceptions"), d->id) && shown(a, d))
            list_add(&l, d);
    list_sort(&l, &none, "name", true, department_key);
    jsonw_array(api_ok(a), "items");
    for (size_t i = 0; i < l.n; i++)
        put_name(a, l.items[i].item);
    jsonw_end_array(&a->w);
    list_free(&l);
    json_decref(selector);
    api_ok_end(a);
}

static void department_by_ids(struct api *a)
{
    const json_t *ids = json_object_get(a->params, "ids");
    if (ids == NULL || (json_is_string(ids) && *json_string_value(ids) == '\0')) {
        api_fail_plain(a, "The 'ids' param is required");
        return;
    }
    if (!json_is_array(ids)) {
        api_fail_plain(a, "The 'ids' param must be an array");
        return;
    }
    jsonw_array(api_ok(a), "departments");
    for (const struct department *d = NULL; (d = core_next_department(a->server->core, d)) != NULL;)
        if (listed(ids, d->id))
            shape_department(&a->w, NULL, d);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void department_agents(struct api *a)
{
    struct paging p;
    if (!api_paging(a, &p))
        return;
    struct list l = agents_of(core_department(a->server->core, api_arg(a, "departmentId")), &p);
    list_reply(a, "agents", &l, &p, put_link);
}

static void agent_departments(struct api *a)
{
    const struct user *u = core_user(a->server->core, api_arg(a, "agentId"));
    bool enabled_only = str_eq(api_str(a, "enabledDepartmentsOnly"), "true");
    const struct department_agent *link = NULL;
    jsonw_array(api_ok(a), "departments");
    if (u) {
        LIST_FOREACH(link, &u->departments, of_user) {
            if (!enabled_only || link->department->enabled)
                shape_department_agent(&a->w, NULL, link);
        }
    }
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

/* --- writing --- */

static void reply_saved(struct api *a, const struct department *d)
{
    shape_department(api_ok(a), "department", d);
    put_agents(a, d);
    api_ok_end(a);
}

/* False: the failure has been sent. */
static bool check_data(struct api *a, const json_t *data)
{
    const char *bad;
    if (department_form_good(data, &bad))
        return true;
    AUTO_FREE char *text = x_asprintf("Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation in"
                                      " field %.60s", bad);
    api_fail_plain(a, text);
    return false;
}

static void department_post(struct api *a)
{
    const json_t *data = api_obj(a, "department");
    struct result result;
    if (!check_data(a, data))
        return;
    if (department_form_save(a->server, a->user, NULL, data, api_list(a, "agents"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_saved(a, result.department);
}

static void department_put(struct api *a)
{
    const char *id = api_arg(a, "_id");
    const json_t *data = api_obj(a, "department");
    const json_t *agents = api_may(a, "add-livechat-department-agents") ? api_list(a, "agents") : NULL;
    struct result result;
    if (!check_data(a, data))
        return;
    int rc = api_may(a, "manage-livechat-departments")
                 ? department_form_save(a->server, a->user, id, data, agents, &result)
                 : department_form_replace(a->server, a->user, id, agents, &result);
    if (rc != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_saved(a, result.department);
}

static void department_delete(struct api *a)
{
    struct command cmd = server_command(COMMAND_DEPARTMENT_REMOVE, a->user);
    struct result result;
    cmd.department.id = api_arg(a, "_id");
    if (server_step(a->server, &cmd, &result) != ERR_OK)
        api_fail_details(a, result.error.name, result.error.text, "{\"method\":\"livechat:removeDepartment\"}");
    else
        api_ok_empty(a);
}

static void department_agents_post(struct api *a)
{
    struct result result;
    if (department_form_agents(a->server, a->user, api_arg(a, "departmentId"), api_list(a, "upsert"),
                               api_list(a, "remove"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

/* --- the table --- */

static const struct schema list_schema =
    SCHEMA(STRICT, FIELDS, OPT("text", STRING), OPT("enabled", STRING),
           {.name = "onlyMyDepartments", .type = PARAM_STRING, .choices = CHOICES("true", "false")},
           OPT("excludeDepartmentId", STRING));
static const struct schema department_rows =
    SCHEMA(LOOSE, NONE, REQ("enabled", BOOL), REQ("name", STRING), REQ("email", STRING),
           REQ("showOnRegistration", BOOL), REQ("showOnOfflineForm", BOOL), OPT("description", STRING),
           OPT("requestTagBeforeClosingChat", BOOL), OPT_LIST("chatClosingTags", STRING),
           OPT("fallbackForwardDepartment", STRING));
static const struct schema agent_rows =
    SCHEMA(STRICT, NONE, REQ("agentId", STRING), OPT("count", NUMBER), OPT("order", NUMBER));
static const struct schema post_schema =
    SCHEMA(STRICT, NONE, REQ_OBJECT("department", &department_rows), OPT_OBJECTS("agents", &agent_rows));
static const struct schema put_schema = SCHEMA(MATCH, NONE, REQ("department", OBJECT), OPT_LIST("agents", ANY));
static const struct schema upsert_rows = SCHEMA(MATCH_LOOSE, NONE, REQ("agentId", STRING), REQ("username", STRING),
                                                OPT("count", NUMBER), OPT("order", NUMBER));
static const struct schema remove_rows = SCHEMA(MATCH_LOOSE, NONE, REQ("agentId", STRING), OPT("username", STRING),
                                                OPT("count", NUMBER), OPT("order", NUMBER));
static const struct schema agents_schema =
    SCHEMA(MATCH, NONE, REQ_OBJECTS("upsert", &upsert_rows), REQ_OBJECTS("remove", &remove_rows));
static const struct schema of_agent_schema = SCHEMA(STRICT, NONE, OPT("enabledDepartmentsOnly", STRING));

#define READERS .auth = AUTH_LOGIN, .any_of = RIGHTS("view-livechat-departments", "view-l-room")

const struct endpoint departments_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/department", READERS, .schema = &list_schema, .run = department_list},
    {.verb = VERB_POST, .path = "livechat/department", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("manage-livechat-departments"), .schema = &post_schema, .run = department_post},
    {.verb = VERB_GET, .path = "livechat/department/:_id", READERS, .run = department_get},
    {.verb = VERB_PUT, .path = "livechat/department/:_id", .auth = AUTH_LOGIN,
     .any_of = RIGHTS("manage-livechat-departments", "add-livechat-department-agents"), .schema = &put_schema,
     .run = department_put},
    {.verb = VERB_DELETE, .path = "livechat/department/:_id", .auth = AUTH_LOGIN,
     .any_of = RIGHTS("manage-livechat-departments", "remove-livechat-department"), .run = department_delete},
    {.verb = VERB_GET, .path = "livechat/department.autocomplete", READERS, .run = department_autocomplete},
    {.verb = VERB_GET, .path = "livechat/department.listByIds", READERS, .run = department_by_ids},
    {.verb = VERB_GET, .path = "livechat/department/:departmentId/agents", READERS, .run = department_agents},
    {.verb = VERB_POST, .path = "livechat/department/:departmentId/agents", .auth = AUTH_LOGIN,
     .any_of = RIGHTS("manage-livechat-departments", "add-livechat-department-agents"), .schema = &agents_schema,
     .run = department_agents_post},
    {.verb = VERB_GET, .path = "livechat/agents/:agentId/departments", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-l-room"), .schema = &of_agent_schema, .run = agent_departments},
    ENDPOINTS_END,
};
