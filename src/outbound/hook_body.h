/* What the webhook is told, as JSON (behaviour 11.2 to 11.4). */
#ifndef OUTBOUND_HOOK_BODY_H
#define OUTBOUND_HOOK_BODY_H

#include <stdbool.h>

#include "common/buf.h"
#include "core/core.h"
#include "store/store.h"

/* On the loop, when it happens: what the store does not know later, as a JSON object: the agent, and what belongs to the
   type of the event. Caller frees. */
char *hook_extra(const struct core *c, const struct event *e);

/* On the pool: the whole body of h. False: the chat or message is no longer there. visitor_id (owned) is whose chat it is. */
bool hook_body_write(const struct store_hook *h, struct store_reader *r, bool with_navigation, struct buf *out,
                     char **visitor_id);

/* The sample of the test button. */
void hook_sample(struct buf *out, int64_t now_ms);

#endif
