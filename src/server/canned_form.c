#include "server/canned_form.h"

#include <string.h>

#include "common/mem.h"
#include "server/desk.h"

#define TAGS_MAX 100

static int fail(struct result *result, int code, const char *name, const char *text)
{
    memset(result, 0, sizeof *result);
    return error_named(&result->error, code, name, "%s", text);
}

static bool parse_scope(const char *name, enum canned_scope *out)
{
    for (int i = CANNED_USER; i <= CANNED_GLOBAL; i++) {
        if (str_eq(name, canned_scope_name((enum canned_scope)i))) {
            *out = (enum canned_scope)i;
            return true;
        }
    }
    return false;
}

static int check_scope(const struct core *c, const struct user *by, enum canned_scope scope, struct result *result)
{
    bool all = core_may(c, by, "save-all-canned-responses");
    if (scope == CANNED_GLOBAL && !all)
        return fail(result, ERR_DENIED, "error-not-allowed",
                    "Not allowed to modify canned responses on *global* scope");
    if (scope == CANNED_DEPARTMENT && !all && !core_may(c, by, "save-department-canned-responses"))
        return fail(result, ERR_DENIED, "error-not-allowed",
                    "Not allowed to modify canned responses on *department* scope");
    return ERR_OK;
}

/* Somebody else's private response is not his to change; what he cannot see, neither. */
static int check_owner(const struct core *c, const struct user *by, const char *id, struct result *result)
{
    const struct canned *k = id ? core_canned(c, id) : NULL;
    if (k == NULL)
        return ERR_OK;
    if (k->scope == CANNED_USER && !str_eq(k->user_id, by->id) && !core_may(c, by, "save-all-canned-responses"))
        return fail(result, ERR_NOT_FOUND, "error-canned-response-not-found", "Canned Response not found");
    return check_scope(c, by, k->scope, result);
}

int canned_form_save(struct server *s, const struct user *by, const char *id, const json_t *data,
                     struct result *result)
{
    const char *tags[TAGS_MAX];
    struct command cmd = server_command(COMMAND_CANNED_SAVE, by);
    if (!parse_scope(json_string_value(json_object_get(data, "scope")), &cmd.canned.scope))
        return fail(result, ERR_INVALID, "error-invalid-scope", "Invalid scope");
    int rc = check_scope(s->core, by, cmd.canned.scope, result);
    if (rc == ERR_OK)
        rc = check_owner(s->core, by, id, result);
    if (rc != ERR_OK)
        return rc;
    const char *text = json_string_value(json_object_get(data, "text"));
    cmd.canned.id = id && *id ? id : NULL;
    cmd.canned.shortcut = json_string_value(json_object_get(data, "shortcut"));
    cmd.canned.text = text ? text : "";
    cmd.canned.department_id = json_string_value(json_object_get(data, "departmentId"));
    cmd.canned.tags = tags;
    cmd.canned.tag_count = json_texts(json_object_get(data, "tags"), tags, TAGS_MAX);
    if (cmd.canned.shortcut == NULL || *cmd.canned.shortcut == '\0')
        return fail(result, ERR_INVALID, "error-invalid-shortcut", "A shortcut is needed");
    return server_step(s, &cmd, result);
}

int canned_form_remove(struct server *s, const struct user *by, const char *id, struct result *result)
{
    struct command cmd = server_command(COMMAND_CANNED_REMOVE, by);
    cmd.canned.id = id;
    return server_step(s, &cmd, result);
}
