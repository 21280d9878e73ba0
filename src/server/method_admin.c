/* Administration over the realtime API (rest 15.5). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/appearance.h"
#include "server/canned_form.h"
#include "server/department_form.h"
#include "server/families.h"
#include "server/people.h"
#include "server/rows.h"
#include "server/session.h"
#include "server/setting_form.h"
#include "server/shape.h"

/* --- departments --- */

static const struct schema department_schema =
    SCHEMA(MATCH_LOOSE, NONE, REQ("enabled", BOOL), REQ("name", STRING), OPT("description", STRING),
           REQ("showOnRegistration", BOOL), REQ("email", STRING), REQ("showOnOfflineForm", BOOL),
           OPT("requestTagBeforeClosingChat", BOOL), OPT("chatClosingTags", ARRAY),
           OPT("fallbackForwardDepartment", STRING));

static void reply_department(struct call *c, const struct department *d)
{
    shape_department(call_result(c), NULL, d);
    call_end(c);
}

static void save_department(struct call *c)
{
    const char *id = call_str(c, 0), *bad;
    json_t *data = call_param(c, 1), *agents = call_param(c, 2);
    struct result result;
    if (!call_needs(c, "manage-livechat-departments") || !call_matches(c, &department_schema, data))
        return;
    if (!department_form_good(data, &bad)) {
        call_error_match(c, "Failed Match.OneOf, Match.Maybe or Match.Optional validation", bad);
        return;
    }
    if (department_form_save(c->server, c->user, id && *id ? id : NULL, data, json_is_array(agents) ? agents : NULL,
                             &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        reply_department(c, result.department);
}

/* A list of agents {agentId, …}, or {upsert, remove}. */
static void save_department_agents(struct call *c)
{
    const char *id = call_str(c, 0);
    const json_t *agents = call_param(c, 1);
    struct result result;
    int rc;
    if (!call_needs(c, "add-livechat-department-agents"))
        return;
    if (id == NULL || !(json_is_array(agents) || json_is_object(agents))) {
        call_error_match(c, id ? "Expected object" : "Expected string, got undefined", "");
        return;
    }
    if (json_is_array(agents))
        rc = department_form_replace(c->server, c->user, id, agents, &result);
    else
        rc = department_form_agents(c->server, c->user, id, json_object_get(agents, "upsert"),
                                    json_object_get(agents, "remove"), &result);
    if (rc != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void remove_department(struct call *c)
{
    struct command cmd = server_command(COMMAND_DEPARTMENT_REMOVE, c->user);
    struct result result;
    if (!call_may(c, "manage-livechat-departments") && !call_needs(c, "remove-livechat-department"))
        return;
    cmd.department.id = call_str(c, 0) ? call_str(c, 0) : "";
    if (server_step(c->server, &cmd, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_int(c, 1);
}

/* --- agents, managers and monitors --- */

/* Adds the role to the user named, or takes it away. */
static void change_role(struct call *c, const char *right, uint32_t role, bool add)
{
    struct result result;
    if (!call_needs(c, right))
        return;
    const struct user *u = core_user_by_name(c->server->core, call_str(c, 0));
    if (u == NULL) {
        call_error(c, "error-invalid-user", "Invalid user");
        return;
    }
    if (people_change_roles(c->server, c->user, u->id, role, add, &result) != ERR_OK) {
        call_error_core(c, &result.error);
    } else if (add) {
        shape_user_ref(call_result(c), NULL, result.user->id, result.user->username, NULL);
        call_end(c);
    } else {
        call_true(c);
    }
}

static void add_agent(struct call *c)
{
    change_role(c, "manage-livechat-agents", ROLE_AGENT, true);
}

static void remove_agent(struct call *c)
{
    change_role(c, "manage-livechat-agents", ROLE_AGENT, false);
}

static void add_manager(struct call *c)
{
    change_role(c, "manage-livechat-managers", ROLE_MANAGER, true);
}

static void remove_manager(struct call *c)
{
    change_role(c, "manage-livechat-managers", ROLE_MANAGER, false);
}

static void add_monitor(struct call *c)
{
    change_role(c, "manage-livechat-monitors", ROLE_MONITOR, true);
}

static void remove_monitor(struct call *c)
{
    change_role(c, "manage-livechat-monitors", ROLE_MONITOR, false);
}

/* The agent serves in exactly these departments; the links begin anew (behaviour 2.6). */
static int set_departments(struct call *c, const char *user_id, const json_t *ids, struct result *result)
{
    const struct core *core = c->server->core;
    struct department_agent_change fresh = {.user_id = user_id, .has_count = true, .has_order = true};
    int rc = ERR_OK;
    for (const struct department *d = NULL; rc == ERR_OK && (d = core_next_department(core, d)) != NULL;) {
        bool wanted = false;
        for (size_t i = 0; i < json_array_size(ids); i++)
            wanted = wanted || str_eq(json_string_value(json_array_get(ids, i)), d->id);
        struct command cmd = server_command(COMMAND_DEPARTMENT_AGENTS, c->user);
        cmd.department.id = d->id;
        cmd.department.upsert = &fresh;
        cmd.department.upsert_count = wanted;
        cmd.department.remove = &user_id;
        cmd.department.remove_count = !wanted;
        const struct department_agent *link;
        bool linked = false;
        LIST_FOREACH(link, &d->agents, of_department)
            linked = linked || strcmp(link->user->id, user_id) == 0;
        if (wanted || linked)
            rc = server_step(c->server, &cmd, result);
    }
    return rc;
}

/* A positive number, as number or text. */
static int64_t limit_of(const json_t *data)
{
    const json_t *v = json_object_get(data, "maxNumberSimultaneousChat");
    int64_t n = json_is_string(v) ? strtoll(json_string_value(v), NULL, 10) : (int64_t)json_number_value(v);
    return n > 0 ? n : 0;
}

static void save_agent_info(struct call *c)
{
    const char *id = call_str(c, 0);
    const json_t *data = call_obj(c, 1), *departments = call_param(c, 2);
    struct result result;
    if (!call_needs(c, "manage-livechat-agents"))
        return;
    if (id == NULL || data == NULL || (departments && !json_is_array(departments))) {
        call_error_match(c, "Expected object", "");
        return;
    }
    const struct user *u = core_user(c->server->core, id);
    if (u == NULL || !(u->roles & ROLE_AGENT)) {
        call_error(c, "error-user-is-not-agent", "User is not a livechat agent");
        return;
    }
    int64_t limit = limit_of(data);
    struct command cmd = server_command(COMMAND_USER_SAVE, c->user);
    cmd.user_save.id = id;
    cmd.user_save.max_chats = &limit;
    int rc = server_step(c->server, &cmd, &result);
    if (rc == ERR_OK && departments)
        rc = set_departments(c, id, departments, &result);
    if (rc != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

/* --- settings of a page --- */

static void save_settings(struct call *c, struct setting_form *f)
{
    struct result result;
    if (f->fault_count > 0)
        call_error_core(c, &f->faults[0].error);
    else if (setting_form_save(f, c->server, c->user, SETTING_VIA_REALTIME, c->address, NULL, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_end(c);
    setting_form_fini(f);
}

static void save_appearance(struct call *c)
{
    const json_t *list = call_param(c, 0);
    struct setting_form f = {0};
    if (!call_needs(c, "view-livechat-manager"))
        return;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = call_obj_str(json_array_get(list, i), "_id");
        if (id == NULL || !appearance_has(id)) {
            call_error(c, "invalid-setting", NULL);
            return;
        }
    }
    for (size_t i = 0; f.fault_count == 0 && i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        setting_form_add(&f, call_obj_str(row, "_id"), json_object_get(row, "value"));
    }
    save_settings(c, &f);
}

/* Texts trimmed, switches made boolean. New reference. */
static json_t *tidy(const char *id, const json_t *v)
{
    setting_no no = catalogue_find(id);
    if (no >= 0 && catalogue_row(no)->type == SETTING_BOOL)
        return json_boolean(json_is_true(v) || str_eq(json_string_value(v), "true") || json_number_value(v) != 0);
    const char *s = json_string_value(v);
    if (s == NULL)
        return json_string("");
    s += strspn(s, " \t\r\n");
    size_t len = strlen(s);
    while (len > 0 && strchr(" \t\r\n", s[len - 1]))
        len--;
    return json_stringn(s, len);
}

static void save_integration(struct call *c)
{
    const json_t *values = call_obj(c, 0);
    struct setting_form f = {0};
    if (!call_needs(c, "view-livechat-manager"))
        return;
    for (size_t i = 0; f.fault_count == 0 && i < integration_count; i++) {
        const json_t *v = json_object_get(values, integration_ids[i]);
        if (v == NULL)
            continue;
        json_t *value = tidy(integration_ids[i], v);
        setting_form_add(&f, integration_ids[i], value);
        json_decref(value);
    }
    save_settings(c, &f);
}

/* --- canned responses --- */

static void save_canned(struct call *c)
{
    const json_t *data = call_obj(c, 1);
    struct result result;
    if (!call_needs(c, "save-canned-responses"))
        return;
    if (data == NULL) {
        call_error_match(c, "Expected object, got undefined", "");
        return;
    }
    if (canned_form_save(c->server, c->user, call_str(c, 0), data, &result) != ERR_OK) {
        call_error_core(c, &result.error);
        return;
    }
    shape_canned(call_result(c), NULL, result.canned);
    call_end(c);
}

static void remove_canned(struct call *c)
{
    struct result result;
    if (!call_needs(c, "remove-canned-responses"))
        return;
    if (canned_form_remove(c->server, c->user, call_str(c, 0) ? call_str(c, 0) : "", &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_int(c, 1);
}

/* --- users, roles, permissions --- */

static void set_active(struct call *c)
{
    const char *id = call_str(c, 0);
    struct result result;
    if (!call_may(c, "edit-other-user-active-status")) {
        call_error(c, "error-not-allowed", "Not allowed");
        return;
    }
    json_t *data = json_pack("{s:b}", "active", call_bool(c, 1, false));
    int rc = people_update(c->server, c->user, id ? id : "", data, &result);
    json_decref(data);
    if (rc != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void password_kept(struct server *s, void *arg)
{
    (void)s;
    call_true(arg);
}

/* Makes an account, or with _id changes one; data as in users.create and users.update. */
static void save_user(struct call *c)
{
    const json_t *data = call_obj(c, 0);
    const char *id = call_obj_str(data, "_id"), *password = call_obj_str(data, "password");
    struct result result;
    if (data == NULL) {
        call_error_match(c, "Expected object", "");
        return;
    }
    if (id == NULL && !call_may(c, "create-user")) {
        call_error(c, "error-action-not-allowed", "Adding user is not allowed");
        return;
    }
    int rc = id ? people_update(c->server, c->user, id, data, &result) : people_create(c->server, c->user, data, &result);
    if (rc != ERR_OK)
        call_error_core(c, &result.error);
    else if (password && *password)
        password_set(c->server, id ? id : result.user->id, password, password_kept, c);
    else
        call_true(c);
}

static void delete_user(struct call *c)
{
    const char *id = call_str(c, 0);
    struct result result;
    if (!call_needs(c, "delete-user"))
        return;
    if (people_delete(c->server, c->user, id ? id : "", &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

/* authorization:addUserToRole (role, username) */
static void change_user_role(struct call *c, bool add)
{
    const char *role = call_str(c, 0), *name = call_str(c, 1);
    uint32_t bit = role ? role_bit(role) : 0;
    struct result result;
    if (!call_may(c, "access-permissions")) {
        call_error(c, "error-action-not-allowed", "Accessing permissions is not allowed");
        return;
    }
    const struct user *u = core_user_by_name(c->server->core, name);
    if (bit == 0)
        call_error(c, "error-invalid-role", "Invalid Role");
    else if (u == NULL)
        call_error(c, "error-invalid-user", "Invalid user");
    else if (bit == ROLE_ADMIN && !call_may(c, "assign-admin-role"))
        call_error(c, "error-action-not-allowed", "Assigning admin is not allowed");
    else if (people_change_roles(c->server, c->user, u->id, bit, add, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void add_user_to_role(struct call *c)
{
    change_user_role(c, true);
}

static void remove_user_from_role(struct call *c)
{
    change_user_role(c, false);
}

/* (permission, role) */
static void change_permission(struct call *c, bool add)
{
    const char *id = call_str(c, 0), *role = call_str(c, 1);
    uint32_t bit = role ? role_bit(role) : 0;
    struct right_change change = {.right = id ? right_find(id) : -1};
    struct result result;
    if (!call_may(c, "access-permissions")) {
        call_error(c, "error-action-not-allowed", "Editing permissions is not allowed");
        return;
    }
    if (change.right < 0 || bit == 0) {
        call_error(c, change.right < 0 ? "error-invalid-permission" : "error-invalid-role",
                   change.right < 0 ? "Permission does not exist" : "Role does not exist");
        return;
    }
    uint32_t roles = core_right_roles(c->server->core, change.right);
    change.roles = add ? roles | bit : roles & ~bit;
    struct command cmd = server_command(COMMAND_RIGHTS, c->user);
    cmd.rights.items = &change;
    cmd.rights.n = 1;
    if (server_step(c->server, &cmd, &result) != ERR_OK)
        call_error_core(c, &result.error);
    else
        call_true(c);
}

static void add_permission(struct call *c)
{
    change_permission(c, true);
}

static void remove_permission(struct call *c)
{
    change_permission(c, false);
}

const struct method admin_methods[] = {
    {.name = "livechat:saveDepartment", .login = true, .run = save_department},
    {.name = "livechat:saveDepartmentAgents", .login = true, .run = save_department_agents},
    {.name = "livechat:removeDepartment", .login = true, .run = remove_department},
    {.name = "livechat:addAgent", .login = true, .run = add_agent},
    {.name = "livechat:removeAgent", .login = true, .run = remove_agent},
    {.name = "livechat:addManager", .login = true, .run = add_manager},
    {.name = "livechat:removeManager", .login = true, .run = remove_manager},
    {.name = "livechat:addMonitor", .login = true, .run = add_monitor},
    {.name = "livechat:removeMonitor", .login = true, .run = remove_monitor},
    {.name = "livechat:saveAgentInfo", .login = true, .run = save_agent_info},
    {.name = "livechat:saveAppearance", .login = true, .run = save_appearance},
    {.name = "livechat:saveIntegration", .login = true, .run = save_integration},
    {.name = "saveCannedResponse", .login = true, .run = save_canned},
    {.name = "removeCannedResponse", .login = true, .run = remove_canned},
    {.name = "setUserActiveStatus", .login = true, .run = set_active},
    {.name = "insertOrUpdateUser", .login = true, .run = save_user},
    {.name = "deleteUser", .login = true, .run = delete_user},
    {.name = "authorization:addUserToRole", .login = true, .run = add_user_to_role},
    {.name = "authorization:removeUserFromRole", .login = true, .run = remove_user_from_role},
    {.name = "authorization:addPermissionToRole", .login = true, .run = add_permission},
    {.name = "authorization:removeRoleFromPermission", .login = true, .run = remove_permission},
    METHODS_END,
};
