/* One line of a chat's life as a sentence, for the console, the command line and whoever reads REST: the words are made
   in one place only. */
#ifndef SERVER_WHY_SAY_H
#define SERVER_WHY_SAY_H

#include "common/buf.h"
#include "core/core.h"
#include "store/store.h"

/* Appends the sentence, without a full stop; nothing when the line says nothing that another does not say better. detail
   is that of the row, parsed, or NULL. Ids become names as far as they still exist. */
void why_say(struct buf *out, const struct core *c, const struct life_row *row, const json_t *detail);

/* "4 agents not online, 1 at limit": how many each rule excludes, from an object rule: count. */
void why_say_excluded(struct buf *out, const json_t *excluded);

#endif
