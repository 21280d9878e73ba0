/* A whole workspace in one step: departments, canned responses, records and settings, all or nothing. Everything is checked
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

bool step_department_exists(const struct step *s, const char *id)
{
    if (core_department(s->core, id))
        return true;
    for (size_t i = 0; s->whole && i < s->whole->workspace.n; i++) {
        const struct command *cmd = &s->whole->workspace.steps[i];
        if (cmd->type == COMMAND_DEPARTMENT_SAVE && str_eq(id_of(cmd), id))
            return true;
    }
    return false;
}

/* Two new documents of one kind that could not be saved one after the other. */
static bool exclude_each_other(enum record_kind kind, const json_t *a, const json_t *b)
{
    if (kind == RECORD_BUSINESS_HOUR && str_eq(json_string_value(json_object_get(a, "type")), "default") &&
        json_equal(json_object_get(a, "type"), json_object_get(b, "type")))
        return true;
    for (const struct record_field *f = record_kinds[kind].fields; f->name; f++) {
        const json_t *v = json_object_get(a, f->name);
        bool empty = v == NULL || (json_is_string(v) && *json_string_value(v) == '\0');
        if ((f->flags & FIELD_UNIQUE) && !empty && json_equal((json_t *)v, json_object_get(b, f->name)))
            return true;
    }
    return false;
}

/* docs: of the records so far, null for other parts; this one's is added. */
static int check_record(struct step *s, size_t at, json_t *docs)
{
    const struct command *whole = s->cmd, *cmd = &whole->workspace.steps[at];
    enum record_kind kind = cmd->record_save.kind;
    json_t *doc;
    s->whole = whole;
    s->cmd = cmd;
    int rc = record_check(s, &doc);
    s->cmd = whole;
    s->whole = NULL;
    for (size_t i = 0; rc == ERR_OK && i < at; i++) {
        const struct command *before = &whole->workspace.steps[i];
        if (before->type != COMMAND_RECORD_SAVE || before->record_save.kind != kind)
            continue;
        if ((cmd->record_save.new_id && str_eq(before->record_save.new_id, cmd->record_save.new_id)) ||
            exclude_each_other(kind, json_array_get(docs, i), doc))
            rc = step_fail(s, ERR_CONFLICT, record_kinds[kind].duplicate, "Another %s here is the same in what must differ",
                           record_kinds[kind].label);
    }
    json_array_append_new(docs, doc ? doc : json_null());
    return rc;
}

static int check_parts(struct step *s, json_t *docs)
{
    int rc = settings_check(s, &s->cmd->workspace.settings);
    for (size_t i = 0; rc == ERR_OK && i < s->cmd->workspace.n; i++) {
        const struct command *cmd = &s->cmd->workspace.steps[i];
        if (cmd->type == COMMAND_DEPARTMENT_SAVE)
            rc = check_department(s, cmd);
        else if (cmd->type == COMMAND_CANNED_SAVE)
            rc = check_canned(s, i);
        else if (cmd->type == COMMAND_RECORD_SAVE)
            rc = check_record(s, i, docs);
        else
            rc = step_fail(s, ERR_INVALID, "error-not-allowed", "This cannot be part of a workspace");
        if (rc != ERR_OK)
            snprintf(s->result->error.field, sizeof(s->result->error.field), "%zu", i);
        if (json_array_size(docs) == i)
            json_array_append_new(docs, json_null());
    }
    return rc;
}

static int check(struct step *s)
{
    json_t *docs = json_array();
    int rc = check_parts(s, docs);
    json_decref(docs);
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
        else if (cmd.type == COMMAND_RECORD_SAVE)
            run(s, &cmd, step_record_save);
    }
    settings_change(s, &s->cmd->workspace.settings);
    return ERR_OK;
}
