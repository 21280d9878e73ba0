/* Canned responses: prepared texts with a shortcut, for oneself, a department or everybody (behaviour 7). */
#ifndef CORE_CANNED_H
#define CORE_CANNED_H

#include <stdint.h>
#include <sys/queue.h>
#include <uthash.h>

enum canned_scope { CANNED_USER, CANNED_DEPARTMENT, CANNED_GLOBAL };

const char *canned_scope_name(enum canned_scope s);        /* "user", "department", "global" */

struct canned {
    char *id, *shortcut, *text;
    enum canned_scope scope;
    char *user_id;             /* scope user: the owner */
    char *department_id;       /* scope department */
    char *creator_id, *creator_username;
    char **tags;
    int tag_count;
    int64_t created_ms, updated_ms;
    UT_hash_handle by_id, by_shortcut;
};

#endif
