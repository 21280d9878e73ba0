/* What the files of the workspace document share. */
#ifndef SERVER_WORKSPACE_PRIVATE_H
#define SERVER_WORKSPACE_PRIVATE_H

#include "server/workspace.h"

#define BAD_WORKSPACE "error-invalid-workspace"

/* How a kind of record is called in documents. */
struct workspace_kind {
    const char *list, *one;        /* "priorities", "priority" */
    const char *key;               /* what an entry is known by */
};
extern const struct workspace_kind workspace_kinds[RECORD_KIND_COUNT];

void plan_fault(struct workspace_plan *p, const char *path, const char *type, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds what the step that comes with it does. */
void plan_note(struct workspace_plan *p, const char *path, const char *kind, const char *name, bool is_new);
struct command *plan_step(struct workspace_plan *p, enum command_type type);
/* Of the department of that name, there or to be made; NULL: neither. */
const char *plan_department_id(const struct workspace_plan *p, const struct core *c, const char *name);
json_t *workspace_sorted(json_t *list);    /* texts, or entries by what they are known by; list is taken */

/* workspace_records.c */
json_t *workspace_records_of(const struct core *c, enum record_kind kind);
void workspace_read_records(struct workspace_plan *p, const struct core *c, enum record_kind kind, const json_t *list);

#endif
