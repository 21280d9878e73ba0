/* The right editor for each type of setting, and what else is done with settings in dialogs. */
#ifndef UI_SETTING_EDIT_H
#define UI_SETTING_EDIT_H

#include "ui/setting_button.h"
#include "ui/settings_draft.h"
#include "ui/report.h"

/* Opens the editor, switches a switch at once, presses a button; a setting that somebody else changed meanwhile is
   decided about first. */
int setting_edit(struct ui *ui, setting_no no, struct error *err);
/* The editor and nothing else. */
void setting_edit_value(struct ui *ui, setting_no no);

/* The value as people read it: "on", "90 seconds", the label of a choice. Caller frees. */
char *setting_show(setting_no no, const struct setting_value *v, const struct client_setting *known);
/* The same from the text that a log or a file has; NULL: none. Caller frees. */
char *setting_show_text(setting_no no, const char *text);
const char *setting_type_name(setting_no no);

/* Where the value comes from: "default", "file", "ada, 22 Nov 2026 10:00"; "" when the server does not tell. */
void setting_origin(const struct client_setting *known, char *out, size_t n);
void format_moment(int64_t ms, char *out, size_t n); /* "2026-11-22 10:00", local time */

/* Lines of two texts as a diff: taken away, added, and up to two equal ones around. */
void setting_diff(struct report *s, int item, int indent, const char *before, const char *after);

/* Old and new values of all changes with their consequences, to be saved, taken back or forgotten. */
int setting_review(struct ui *ui, struct error *err);
/* Asks whether all changes are to be forgotten; with yes the review, when one is open (or NULL), closes too. */
void settings_discard(struct ui *ui, struct report *review, struct error *err);

/* Both values of a setting that was changed here and elsewhere, and the choice. */
void setting_conflict(struct ui *ui, setting_no no);

/* The changes that the server remembers; no -1: of all settings. */
int setting_history(struct ui *ui, setting_no no, struct error *err);

/* The description of a setting beside the tree (setting_detail.c). */
void setting_detail_paint(struct ui *ui, setting_no no, struct rect r);
/* The same in a dialog that scrolls. */
void setting_info(struct ui *ui, setting_no no);
void setting_button_paint(struct ui *ui, const struct setting_button *b, struct rect r);

/* The draft changed: the pane shows it. */
void settings_refresh(struct ui *ui);
void pane_settings_goto(struct ui *ui, setting_no no);

#endif
