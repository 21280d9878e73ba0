/* Roles and permissions (rest 3.3). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/people.h"
#include "server/rows.h"
#include "server/shape.h"

static void roles_list(struct api *a)
{
    jsonw_array(api_ok(a), "roles");
    for (size_t i = 0; i < role_count; i++)
        shape_role(&a->w, NULL, &role_rows[i]);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static const struct role_row *find_role(const char *id)
{
    for (size_t i = 0; id && i < role_count; i++)
        if (strcmp(role_rows[i].id, id) == 0)
            return &role_rows[i];
    return NULL;
}

static void roles_add(struct api *a)
{
    static const char details[] = "{\"method\":\"authorization:addUserToRole\"}";
    const char *id = api_str_nonempty(a, "roleId");
    struct result result;
    if (!api_may(a, "access-permissions")) {
        api_fail_details(a, "error-action-not-allowed", "Accessing permissions is not allowed", details);
        return;
    }
    if (id == NULL && (id = api_str_nonempty(a, "roleName")) == NULL) {
        api_fail_plain(a, "error-invalid-role-properties");
        return;
    }
    const struct role_row *role = find_role(id);
    if (role == NULL) {
        api_fail_typed(a, "error-role-not-found", "Role not found");
        return;
    }
    const struct user *u = core_user_by_name(a->server->core, api_str(a, "username"));
    if (u == NULL) {
        api_fail_details(a, "error-invalid-user", "Invalid user", details);
        return;
    }
    if (u->roles & role->bit) {
        api_fail_coded(a, "error-user-already-in-role", "User already in role");
        return;
    }
    if (role->bit == ROLE_ADMIN && !api_may(a, "assign-admin-role")) {
        api_fail_details(a, "error-action-not-allowed", "Assigning admin is not allowed", details);
        return;
    }
    if (people_change_roles(a->server, a->user, u->id, role->bit, true, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    shape_role(api_ok(a), "role", role);
    api_ok_end(a);
}

static void put_permissions(struct api *a, const char *key)
{
    jsonw_array(&a->w, key);
    for (size_t i = 0; i < right_count; i++)
        shape_permission(&a->w, NULL, a->server->core, (int)i);
    jsonw_end_array(&a->w);
}

static void permissions_list(struct api *a)
{
    int64_t since;
    if (api_has(a, "updatedSince") && !api_date(a, "updatedSince", &since)) {
        api_fail_coded(a, "error-roomId-param-invalid",
                       "The \"updatedSince\" query parameter must be a valid date.");
        return;
    }
    api_ok(a);
    put_permissions(a, "update");
    jsonw_array(&a->w, "remove");
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

/* False when one of the rows is bad: then the failure has been sent. */
static bool read_changes(struct api *a, const json_t *list, struct right_change *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        out[i].right = right_find(json_string_value(json_object_get(row, "_id")));
        if (out[i].right < 0) {
            api_fail_typed(a, "Invalid permission", "error-invalid-permission");
            return false;
        }
        if (!people_roles(json_object_get(row, "roles"), &out[i].roles)) {
            api_fail_typed(a, "Invalid role", "error-invalid-role");
            return false;
        }
    }
    return true;
}

static void permissions_update(struct api *a)
{
    const json_t *list = api_list(a, "permissions");
    struct result result;
    if (!api_may(a, "access-permissions")) {
        api_fail_typed(a, "Editing permissions is not allowed", "error-edit-permissions-not-allowed");
        return;
    }
    struct right_change *changes = x_calloc(json_array_size(list) + 1, sizeof *changes);
    if (read_changes(a, list, changes)) {
        struct command cmd = server_command(COMMAND_RIGHTS, a->user);
        cmd.rights.items = changes;
        cmd.rights.n = json_array_size(list);
        if (server_step(a->server, &cmd, &result) != ERR_OK) {
            api_fail_core(a, &result.error);
        } else {
            api_ok(a);
            put_permissions(a, "permissions");
            api_ok_end(a);
        }
    }
    free(changes);
}

static const struct schema add_schema =
    SCHEMA(STRICT, NONE, REQ("username", STRING), OPT("roleId", STRING), OPT("roleName", STRING), OPT("roomId", STRING));
static const struct schema permission_row = SCHEMA(STRICT, NONE, REQ("_id", STRING), REQ_LIST("roles", STRING));
static const struct schema update_schema = SCHEMA(STRICT, NONE, REQ_OBJECTS("permissions", &permission_row));

const struct endpoint roles_endpoints[] = {
    {.verb = VERB_GET, .path = "roles.list", .auth = AUTH_LOGIN, .run = roles_list},
    {.verb = VERB_POST, .path = "roles.addUserToRole", .auth = AUTH_LOGIN, .schema = &add_schema, .run = roles_add},
    {.verb = VERB_GET, .path = "permissions.listAll", .auth = AUTH_LOGIN, .run = permissions_list},
    {.verb = VERB_POST, .path = "permissions.update", .auth = AUTH_LOGIN, .schema = &update_schema,
     .run = permissions_update},
    ENDPOINTS_END,
};
