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
const struct client_setting *settings_draft_known(const struct settings_draft *d,
                                                  setting_no no); /* or NULL */
bool settings_draft_stored_bool(const struct settings_draft *d, const char *id);

bool settings_draft_is_changed(const struct settings_draft *d, setting_no no);
bool settings_draft_is_reset(const struct settings_draft *d, setting_no no);
size_t settings_draft_count(const struct settings_draft *d);
/* The value as it would be after saving is not the default; of a secret: that there is one. */
bool settings_draft_differs(const struct settings_draft *d, setting_no no);

/* Takes a copy; setting the stored value takes the change back (a secret never compares equal). */
void settings_draft_set(struct settings_draft *d, setting_no no, const struct setting_value *v);
void settings_draft_reset(struct settings_draft *d, setting_no no); /* to the default; clears a secret */
void settings_draft_revert(struct settings_draft *d, setting_no no);
void settings_draft_clear(struct settings_draft *d);

/* An editor shows the value of now: what others do until it is set counts as done meanwhile. One at a time. */
void settings_draft_watch(struct settings_draft *d, setting_no no);
bool settings_draft_has_moved(const struct settings_draft *d); /* somebody changed what is watched */
void settings_draft_unwatch(struct settings_draft *d);

/* Somebody else changed the setting after its change was begun here. */
bool settings_draft_is_conflict(const struct settings_draft *d, setting_no no);
setting_no settings_draft_conflict(const struct settings_draft *d); /* the first one, or -1 */
/* Ends a conflict: mine stays and will overwrite theirs, or theirs stays and the change is forgotten. */
void settings_draft_decide(struct settings_draft *d, setting_no no, bool mine);
/* After the model changed: drops changes that are now the stored value. Answers a conflict that is new, or -1. */
setting_no settings_draft_sync(struct settings_draft *d);

bool settings_draft_applies(const struct settings_draft *d, setting_no no, char *why, size_t n);
/* All changes, to be sent; n of them. Caller frees the array; the values are the draft's. */
struct client_setting_change *settings_draft_changes(const struct settings_draft *d, size_t *n);

#endif
