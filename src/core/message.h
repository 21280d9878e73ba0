/* Messages. Their texts live in the store; the core keeps only the last one of each open room. */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message {
    char *id, *rid, *text;             /* text is never NULL */
    const char *type;                  /* interned by message_type(), or NULL for an ordinary one */
    char *user_id, *username, *name;   /* author; name may be NULL */
    char *token, *alias;               /* visitors' messages: token and shown name; else NULL */
    char *thread_id;                   /* tmid, or NULL */
    char *editor_id, *editor_username;
    char *extra;                       /* further keys as a JSON object text with EJSON dates (attachments, file,
                                          transferData, navigation …), or NULL */
    int64_t ts_ms, updated_ms, edited_ms;
    bool hidden, ungroupable;          /* _hidden; groupable:false */
};

struct message *message_new(void);
struct message *message_dup(const struct message *m);
void message_free(struct message **m);

/* The one copy of a type's name, so that types can be compared by pointer and need not be freed. Unknown names are
   kept too (bounded: at most 64 different ones, then NULL). */
const char *message_type(const char *name);

static inline bool message_is_from_visitor(const struct message *m)
{
    return m->token != NULL;
}

#endif
