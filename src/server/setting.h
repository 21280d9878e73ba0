/* Values of settings that may be missing from the catalogue: then the fallback counts. */
#ifndef SERVER_SETTING_H
#define SERVER_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

bool setting_bool(const struct core *c, const char *id, bool fallback);
int64_t setting_int(const struct core *c, const char *id, int64_t fallback);
const char *setting_text(const struct core *c, const char *id, const char *fallback);

#endif
