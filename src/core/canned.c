#include "core/canned.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

const char *canned_scope_name(enum canned_scope scope)
{
    static const char *const names[] = {"user", "department", "global"};
    return names[scope];
}

struct canned *canned_new(void)
{
    return x_calloc(1, sizeof(struct canned));
}

void canned_free(struct canned *k)
{
    free(k->id);
    free(k->shortcut);
    free(k->text);
    free(k->user_id);
    free(k->department_id);
    free(k->creator_id);
    free(k->creator_username);
    texts_free(&k->tags, &k->tag_count);
    free(k);
}

static void bury_canned(void *k)
{
    canned_free(k);
}

void canned_index(struct core *c, struct canned *k)
{
    HASH_ADD_KEYPTR(by_id, c->canned_by_id, k->id, strlen(k->id), k);
    HASH_ADD_KEYPTR(by_shortcut, c->canned_by_shortcut, k->shortcut, strlen(k->shortcut), k);
}

void core_load_canned(struct core *c, struct canned *k_take)
{
    canned_index(c, k_take);
}

struct canned *core_canned(const struct core *c, const char *id)
{
    struct canned *k = NULL;
    if (id)
        HASH_FIND(by_id, c->canned_by_id, id, strlen(id), k);
    return k;
}

struct canned *core_canned_by_shortcut(const struct core *c, const char *shortcut)
{
    struct canned *k = NULL;
    if (shortcut)
        HASH_FIND(by_shortcut, c->canned_by_shortcut, shortcut, strlen(shortcut), k);
    return k;
}

struct canned *core_next_canned(const struct core *c, const struct canned *k)
{
    return k ? k->by_id.next : c->canned_by_id;
}

/* Behaviour 7.2. */
bool core_sees_canned(const struct core *c, const struct user *u, const struct canned *k)
{
    if (k->scope == CANNED_USER)
        return str_eq(k->user_id, u->id);
    if (core_may(c, u, "view-all-canned-responses"))
        return true;
    if (!core_may(c, u, "view-agent-canned-responses"))
        return false;
    if (k->scope == CANNED_GLOBAL)
        return true;
    const struct department *d = core_department(c, k->department_id);
    return d && department_agent_find(d, u) != NULL;
}

static int check_save(struct step *s, const struct canned *self)
{
    const struct command *cmd = s->cmd;
    struct canned *other = core_canned_by_shortcut(s->core, cmd->canned.shortcut);
    if (other && other != self)
        return step_fail(s, ERR_CONFLICT, "error-invalid-shortcut", "Shortcut provided already exists");
    if (cmd->canned.scope == CANNED_DEPARTMENT && core_department(s->core, cmd->canned.department_id) == NULL)
        return step_fail(s, ERR_INVALID, "error-invalid-department", "Invalid department");
    return ERR_OK;
}

int step_canned_save(struct step *s)
{
    const struct command *cmd = s->cmd;
    struct core *c = s->core;
    const struct user *u = core_user(c, cmd->actor_id);
    struct canned *k = NULL;
    if (u == NULL)
        return step_fail(s, ERR_DENIED, "error-not-allowed", "Not allowed");
    if (cmd->canned.id && (k = core_canned(c, cmd->canned.id)) == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-canned-response-not-found", "Canned Response not found");
    int rc = check_save(s, k);
    if (rc != ERR_OK)
        return rc;
    if (k == NULL) {
        k = canned_new();
        k->id = step_id(s);
        k->created_ms = s->now;
        str_set(&k->creator_id, u->id);
        str_set(&k->creator_username, u->username);
        k->shortcut = x_strdup(cmd->canned.shortcut);
        canned_index(c, k);
        s->result->created = true;
    } else {
        HASH_DELETE(by_shortcut, c->canned_by_shortcut, k);
        str_set(&k->shortcut, cmd->canned.shortcut);
        HASH_ADD_KEYPTR(by_shortcut, c->canned_by_shortcut, k->shortcut, strlen(k->shortcut), k);
    }
    str_set(&k->text, cmd->canned.text);
    k->scope = cmd->canned.scope;
    if (k->scope != CANNED_USER)
        str_set(&k->user_id, NULL);
    else if (k->user_id == NULL)
        str_set(&k->user_id, u->id);
    str_set(&k->department_id, k->scope == CANNED_DEPARTMENT ? cmd->canned.department_id : NULL);
    texts_free(&k->tags, &k->tag_count);
    k->tags = texts_dup(cmd->canned.tags, cmd->canned.tag_count);
    k->tag_count = cmd->canned.tag_count;
    k->updated_ms = s->now;
    s->result->canned = k;
    step_event(s, EVENT_CANNED)->canned = k;
    return ERR_OK;
}

int step_canned_remove(struct step *s)
{
    struct core *c = s->core;
    struct canned *k = core_canned(c, s->cmd->canned.id);
    if (k == NULL)
        return step_fail(s, ERR_NOT_FOUND, "error-canned-response-not-found", "Canned Response not found");
    HASH_DELETE(by_id, c->canned_by_id, k);
    HASH_DELETE(by_shortcut, c->canned_by_shortcut, k);
    s->result->canned = k;
    step_event(s, EVENT_CANNED_REMOVED)->canned = k;
    step_bury(s, k, bury_canned);
    return ERR_OK;
}
