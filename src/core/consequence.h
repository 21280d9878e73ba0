/* What a change of settings means for the chats and agents of this moment, in sentences for the person who is about to
   save it. Only looks: nothing is changed. */
#ifndef CORE_CONSEQUENCE_H
#define CORE_CONSEQUENCE_H

#include <stddef.h>

#include "core/core.h"

struct consequence {
    setting_no no;
    char *text;                /* one sentence without a full stop */
};

/* One for each change of which something is known; those that change nothing have none. *out and its texts belong to
   the caller: consequences_free. All changes are seen together: the sentence of one counts on the others. */
size_t core_consequences(const struct core *c, const struct setting_change *changes, size_t n, int64_t now_ms,
                         struct consequence **out);
void consequences_free(struct consequence *items, size_t n);

/* The same for business hours as they would be: how many agents become available, and how many not. Caller frees. */
char *core_hours_consequence(const struct core *c, const struct hours_outlook *o);

#endif
