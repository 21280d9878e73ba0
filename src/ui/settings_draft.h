/* Changes of settings that are not saved yet, over the values the server has. */
#ifndef UI_SETTINGS_DRAFT_H
#define UI_SETTINGS_DRAFT_H

#include "client/client.h"

struct settings_draft;

struct settings_draft *settings_draft_new(struct client *client);
void settings_draft_free(struct settings_draft **d);

/* The value as it would be after saving, and as it is. Never NULL. */
const struct setting_value *settings_draft_value(const struct settings_draft *d, setting_no no);
const struct setting_value *settings_draft_stored(const struct settings_draft *d, setting_no no);
const struct client_setting *settings_draft_known(const struct settings_draft *d, setting_no no);  /* or NULL */
bool settings_draft_stored_bool(const struct settings_draft *d, const char *id);

bool settings_draft_is_changed(const struct settings_draft *d, setting_no no);
size_t settings_draft_count(const struct settings_draft *d);
/* Takes a copy; setting the stored value takes the change back (a secret never compares equal). */
void settings_draft_set(struct settings_draft *d, setting_no no, const struct setting_value *v);
void settings_draft_revert(struct settings_draft *d, setting_no no);
void settings_draft_clear(struct settings_draft *d);

bool settings_draft_applies(const struct settings_draft *d, setting_no no, char *why, size_t n);
/* Sends all changes at once; what arrived is dropped from the draft when done. */
void settings_draft_save(struct settings_draft *d, client_done done, void *arg);

#endif
