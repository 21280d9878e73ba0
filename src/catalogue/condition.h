/* Conditions of settings in words. */
#ifndef CATALOGUE_CONDITION_H
#define CATALOGUE_CONDITION_H

#include <stdbool.h>

#include "catalogue/catalogue.h"
#include "common/buf.h"

/* Appends "Enable Omnichannel to be on" or "… to be at least 1"; by_id names the setting by its id instead.
 */
void condition_describe(struct buf *out, const struct setting_condition *c, bool by_id);

/* The settings whose conditions name this one, in the order of the table: up to max of them into out; answers how
   many there are. */
size_t setting_dependents(setting_no no, setting_no *out, size_t max);

/* Appends in words what depends on the setting: their labels (ids with by_id), or, when they are many, how many of
   which sections. Appends nothing when nothing does. */
void setting_dependents_describe(struct buf *out, setting_no no, bool by_id);

#endif
