/* A whole workspace in one step: departments, canned responses and settings, all or nothing. Everything is checked
   before anything is changed, with what the step itself will make counted in. The field of an error is the number of
   the part it is about. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/internal.h"

#define CHAIN_MAX 256

static const char *id_of(const struct command *cmd)
{
    return cmd->department_save.id ? cmd->department_save.id : cmd->department_save.new_id;
}

/* The department of the step with that id, or NULL. */
static const struct command *find_planned(const struct step *s, const char *id)
{
    for (size_t i = 0; i < s->cmd->workspace.n; i++) {
        const struct command *cmd = &s->cmd->workspace.steps[i];
        if (cmd->type == COMMAND_DEPARTMENT_SAVE && str_eq(id_of(cmd), id))
            return cmd;
    }
    return NULL;
}

static bool will_exist(const struct step *s, const char *department_id)
{
    return core_department(s->core, department_id) || find_planned(s, department_id);
}

/* Where a department hands its chats to when the step is done; NULL: nowhere. */
static const char *fallback_of(const struct step *s, const char *id)
{
    const struct command *planned = find_planned(s, id);
    const struct department *d = core_department(s->core, id);
    const char *next = planned && planned->department_save.fallback_id ? planned->department_save.fallback_id
                       : d                                             ? d->fallback_id
                                                                       : NULL;
    return next && *next ? next : NULL;
}

static int check_department(struct step *s, const struct command *cmd)
{
    const char *id = id_of(cmd), *name = cmd->department_save.name;
    if (cmd->department_save.id ? core_department(s->core, id) == NULL : id == NULL || core_department(s->core, id))
        return step_fail(s, ERR_NOT_FOUND, "error-department-not-found", "Department not found");
    if (name == NULL || *name == '\0')
        return step_fail(s, ERR_INVALID, "error-the-field-is-required", "The field Name is required");
    if (cmd->department_save.request_tag_before_closing && cmd->department_save.closing_tag_count == 0)
        return step_fail(s, ERR_INVALID, "error-validating-department-chat-closing-tags",
                         "%s demands a tag on closing and names none", name);
    const char *next = fallback_of(s, id);
    if (next && !will_exist(s, next))
        return step_fail(s, ERR_NOT_FOUND, "error-fallback-department-not-found", "The fallback of %s does not exist",
                         name);
    for (int depth = 0; next && depth < CHAIN_MAX; depth++) {
        if (strcmp(next, id) == 0)
            return step_fail(s, ERR_INVALID, "error-fallback-department-circular", "The fallback of %s leads back to it",
                             name);
        next = fallback_of(s, next);
    }
    return ERR_OK;
}

static int check_canned(struct step *s, size_t at)
{
    const struct command *cmd = &s->cmd->workspace.steps[at];
    const struct canned *self = core_canned(s->core, cmd->canned.id);
    const struct canned *other = core_canned_by_shortcut(s->core, cmd->canned.shortcut);
    bool twice = false;
    if (core_user(s->core, s->cmd->actor_id) == NULL)
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (cmd->canned.id && self == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-canned-response-not-found", "Canned Response not found");
    for (size_t i = 0; i < at; i++) {
        const struct command *before = &s->cmd->workspace.steps[i];
        twice |= before->type == COMMAND_CANNED_SAVE && str_eq(before->canned.shortcut, cmd->canned.shortcut);
    }
    if (twice || (other && other != self))
        return step_fail(s, ERR_CONFLICT, "error-invalid-shortcut", "The shortcut %s is there already",
                         cmd->canned.shortcut);
    if (cmd->canned.scope == CANNED_DEPARTMENT && !will_exist(s, cmd->canned.department_id))
        return step_fail(s, ERR_INVALID, "error-invalid-department", "The department of %s does not exist",
                         cmd->canned.shortcut);
    return ERR_OK;
}

static int check(struct step *s)
{
    int rc = settings_check(s, &s->cmd->workspace.settings);
    for (size_t i = 0; rc == ERR_OK && i < s->cmd->workspace.n; i++) {
        const struct command *cmd = &s->cmd->workspace.steps[i];
        if (cmd->type == COMMAND_DEPARTMENT_SAVE)
            rc = check_department(s, cmd);
        else if (cmd->type == COMMAND_CANNED_SAVE)
            rc = check_canned(s, i);
        else
            rc = step_fail(s, ERR_INVALID, "error-not-allowed", "This cannot be part of a workspace");
        if (rc != ERR_OK)
            snprintf(s->result->error.field, sizeof(s->result->error.field), "%zu", i);
    }
    return rc;
}

/* Was checked: it cannot fail any more. */
static void run(struct step *s, struct command *cmd, step_handler handler)
{
    const struct command *whole = s->cmd;
    cmd->now_ms = whole->now_ms;
    cmd->actor_id = whole->actor_id;
    s->cmd = cmd;
    int rc = handler(s);
    assert(rc == ERR_OK);
    (void)rc;
    s->cmd = whole;
}

/* First without fallback, so that no order of saving passes through a circle or names what is not there yet. */
static void save_departments(struct step *s, bool first)
{
    for (size_t i = 0; i < s->cmd->workspace.n; i++) {
        struct command cmd = s->cmd->workspace.steps[i];
        if (cmd.type != COMMAND_DEPARTMENT_SAVE)
            continue;
        if (first) {
            cmd.department_save.fallback_id = "";
            cmd.department_save.has_agents = false;
        } else {
            cmd.department_save.id = id_of(&cmd);
        }
        run(s, &cmd, step_department_save);
    }
}

int step_workspace(struct step *s)
{
    int rc = check(s);
    if (rc != ERR_OK || s->cmd->workspace.dry_run)
        return rc;
    save_departments(s, true);
    save_departments(s, false);
    for (size_t i = 0; i < s->cmd->workspace.n; i++) {
        struct command cmd = s->cmd->workspace.steps[i];
        if (cmd.type == COMMAND_CANNED_SAVE)
            run(s, &cmd, step_canned_save);
    }
    settings_change(s, &s->cmd->workspace.settings);
    return ERR_OK;
}
