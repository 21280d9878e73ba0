#include "server/people.h"

#include <string.h>

#include "common/mem.h"
#include "server/custom.h"
#include "server/session.h"
#include "server/setting.h"

bool people_roles(const json_t *list, uint32_t *roles)
{
    *roles = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_array_get(list, i));
        uint32_t bit = id ? role_bit(id) : 0;
        if (bit == 0)
            return false;
        *roles |= bit;
    }
    return true;
}

int people_may_register(const struct core *c, const char *secret, struct error *err)
{
    const char *who = setting_text(c, "Accounts_RegistrationForm", "Public");
    const char *known = setting_text(c, "Accounts_RegistrationForm_SecretURL", "");
    if (strcmp(who, "Disabled") == 0)
        return error_named(err, ERR_DENIED, "error-user-registration-disabled", "User registration is disabled");
    if (strcmp(who, "Public") != 0 && (*known == '\0' || !str_eq(known, secret)))
        return error_named(err, ERR_DENIED, "error-user-registration-secret",
                           "User registration is only allowed via Secret URL");
    return ERR_OK;
}

bool people_may_hide(const struct core *c)
{
    return setting_bool(c, "Accounts_AllowInvisibleStatusOption", true);
}

bool people_may_set_text(const struct core *c)
{
    return setting_bool(c, "Accounts_AllowUserStatusMessageChange", true);
}

static int fail(struct result *result, int code, const char *name, const char *text)
{
    memset(result, 0, sizeof *result);
    return error_named(&result->error, code, name, "%s", text);
}

static int refuse(struct result *result, const char *text)
{
    return fail(result, ERR_DENIED, "error-action-not-allowed", text);
}

static const char *text_of(const json_t *data, const char *key)
{
    return json_string_value(json_object_get(data, key));
}

static bool is_blank(const char *s)
{
    return s == NULL || s[strspn(s, " \t\r\n")] == '\0';
}

static void fill_texts(struct command *cmd, const json_t *data)
{
    cmd->user_save.username = text_of(data, "username");
    cmd->user_save.name = text_of(data, "name");
    cmd->user_save.email = text_of(data, "email");
    cmd->user_save.bio = text_of(data, "bio");
    cmd->user_save.nickname = text_of(data, "nickname");
    cmd->user_save.status_text = text_of(data, "statusText");
}

/* With the further fields that Accounts_CustomFields describes. */
static int save_user(struct server *s, struct command *cmd, const struct user *u, const json_t *data,
                     struct result *result)
{
    AUTO_FREE char *fields = NULL;
    memset(result, 0, sizeof *result);
    int rc = custom_user(s->core, u ? u->custom_fields : NULL, json_object_get(data, "customFields"), &fields,
                         &result->error);
    if (rc != ERR_OK)
        return rc;
    cmd->user_save.custom_fields = fields;
    return server_step(s, cmd, result);
}

int people_create(struct server *s, const struct user *by, const json_t *data, struct result *result)
{
    uint32_t roles = ROLE_USER;
    bool active = !json_is_false(json_object_get(data, "active"));
    bool verified = json_is_true(json_object_get(data, "verified"));
    const json_t *list = json_object_get(data, "roles");
    if (is_blank(text_of(data, "name")))
        return fail(result, ERR_INVALID, "error-the-field-is-required", "The field Name is required");
    if (is_blank(text_of(data, "username")))
        return fail(result, ERR_INVALID, "error-the-field-is-required", "The field Username is required");
    if (is_blank(text_of(data, "password")) && !json_is_true(json_object_get(data, "setRandomPassword")))
        return fail(result, ERR_INVALID, "error-the-field-is-required", "The field Password is required");
    if (json_array_size(list) && !people_roles(list, &roles))
        return refuse(result, "The field Roles consist invalid role id");
    if ((roles & ROLE_ADMIN) && !core_may(s->core, by, "assign-admin-role"))
        return refuse(result, "Assigning the role admin is not allowed");
    struct command cmd = server_command(COMMAND_USER_SAVE, by);
    fill_texts(&cmd, data);
    cmd.user_save.active = &active;
    cmd.user_save.verified = &verified;
    cmd.user_save.roles = &roles;
    cmd.user_save.skip_channels = json_is_false(json_object_get(data, "joinDefaultChannels"));
    return save_user(s, &cmd, NULL, data, result);
}

int people_register(struct server *s, const json_t *data, struct result *result)
{
    bool active = true, any = false;
    for (const struct user *u = NULL; (u = core_next_user(s->core, u)) != NULL;)
        any = any || !u->is_bot_type;
    uint32_t roles = any ? ROLE_USER : ROLE_USER | ROLE_ADMIN;
    struct command cmd = server_command(COMMAND_USER_SAVE, NULL);
    cmd.user_save.username = text_of(data, "username");
    cmd.user_save.name = text_of(data, "name");
    cmd.user_save.email = text_of(data, "email");
    cmd.user_save.active = &active;
    cmd.user_save.roles = &roles;
    return server_step(s, &cmd, result);
}

static bool is_last_admin(const struct core *c, const struct user *u)
{
    if (!(u->roles & ROLE_ADMIN))
        return false;
    for (const struct user *other = NULL; (other = core_next_user(c, other)) != NULL;)
        if (other != u && other->active && (other->roles & ROLE_ADMIN))
            return false;
    return true;
}

static int check_update(struct server *s, const struct user *by, const struct user *u, const json_t *data,
                        struct result *result)
{
    const struct core *c = s->core;
    const json_t *active = json_object_get(data, "active");
    uint32_t roles;
    if (u != by && !core_may(c, by, "edit-other-user-info"))
        return refuse(result, "Editing user is not allowed");
    if (json_object_get(data, "roles") && !people_roles(json_object_get(data, "roles"), &roles))
        return refuse(result, "The field Roles consist invalid role id");
    if (json_object_get(data, "roles") && roles != u->roles && !core_may(c, by, "assign-roles"))
        return refuse(result, "Assign roles is not allowed");
    if (json_object_get(data, "roles") && ((roles ^ u->roles) & ROLE_ADMIN) && !core_may(c, by, "assign-admin-role"))
        return refuse(result, "Assigning the role admin is not allowed");
    if (json_object_get(data, "roles") && !(roles & ROLE_ADMIN) && is_last_admin(c, u))
        return refuse(result, "Leaving the app without admins is not allowed");
    if (text_of(data, "password") && u != by && !core_may(c, by, "edit-other-user-password"))
        return refuse(result, "Edit user password is not allowed");
    if (json_is_false(active) && is_last_admin(c, u))
        return refuse(result, "Leaving the app without admins is not allowed");
    if (active && !core_may(c, by, "edit-other-user-active-status"))
        return refuse(result, "Editing the active status is not allowed");
    return ERR_OK;
}

int people_update(struct server *s, const struct user *by, const char *user_id, const json_t *data,
                  struct result *result)
{
    const struct user *u = core_user(s->core, user_id);
    uint32_t roles = 0;
    if (u == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    int rc = check_update(s, by, u, data, result);
    if (rc != ERR_OK)
        return rc;
    const json_t *list = json_object_get(data, "roles");
    bool active = json_is_true(json_object_get(data, "active"));
    bool verified = json_is_true(json_object_get(data, "verified"));
    people_roles(list, &roles);
    struct command cmd = server_command(COMMAND_USER_SAVE, by);
    cmd.user_save.id = user_id;
    fill_texts(&cmd, data);
    cmd.user_save.active = json_object_get(data, "active") ? &active : NULL;
    cmd.user_save.verified = json_object_get(data, "verified") ? &verified : NULL;
    cmd.user_save.roles = list ? &roles : NULL;
    rc = save_user(s, &cmd, u, data, result);
    if (rc == ERR_OK && cmd.user_save.active && !active)
        session_close_all(s, user_id);
    return rc;
}

int people_delete(struct server *s, const struct user *by, const char *user_id, struct result *result)
{
    const struct user *u = core_user(s->core, user_id);
    AUTO_FREE char *id = x_strdup(user_id);
    if (u == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    if (strcmp(id, "rocket.cat") == 0)
        return refuse(result, "Deleting user is not allowed");
    if (is_last_admin(s->core, u))
        return refuse(result, "Leaving the app without admins is not allowed");
    AUTO_FREE char *by_id = x_strdup(by->id);
    session_close_all(s, id);
    struct command cmd = server_command(COMMAND_USER_REMOVE, core_user(s->core, by_id));
    cmd.user.id = id;
    return server_step(s, &cmd, result);
}

int people_change_roles(struct server *s, const struct user *by, const char *user_id, uint32_t roles, bool add,
                        struct result *result)
{
    const struct user *u = core_user(s->core, user_id);
    if (u == NULL)
        return fail(result, ERR_NOT_FOUND, "error-invalid-user", "Invalid user");
    struct command cmd = server_command(COMMAND_USER_ROLES, by);
    cmd.user.id = user_id;
    cmd.user.roles = add ? u->roles | roles : u->roles & ~roles;
    return server_step(s, &cmd, result);
}
