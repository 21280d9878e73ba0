/* Conditions of settings in words. */
#ifndef CATALOGUE_CONDITION_H
#define CATALOGUE_CONDITION_H

#include <stdbool.h>

#include "catalogue/catalogue.h"
#include "common/buf.h"

/* Appends "Enable Omnichannel to be on" or "… to be at least 1"; by_id names the setting by its id instead.
 */
void condition_describe(struct buf *out, const struct setting_condition *c, bool by_id);

#endif
