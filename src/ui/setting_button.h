/* The buttons among the settings: what the guide lets an administrator do there besides changing values. */
#ifndef UI_SETTING_BUTTON_H
#define UI_SETTING_BUTTON_H

#include "catalogue/catalogue.h"
#include "common/error.h"

struct ui;

struct setting_button {
    const char *id, *section, *label;
    const char *method, *action; /* action: its parameter {action}, or NULL */
    const char *needs;           /* a setting that must be set and saved, or NULL */
    const char *help;
    const char *missing;         /* what is not there when the server does not know the method */
};

/* The buttons of all sections, in the order in which they stand behind the settings. */
const struct setting_button *setting_buttons(size_t *n);

/* Runs it and shows the result; err when something is missing for it. */
int setting_button_press(struct ui *ui, const struct setting_button *b, struct error *err);

/* Does the button work with the values as they are saved? When not, why (n bytes) gets a sentence. */
bool setting_button_applies(struct ui *ui, const struct setting_button *b, char *why, size_t n);

/* Asks, makes a new key for the external frame, saves it and shows it once (behaviour 8). */
int setting_new_key(struct ui *ui, setting_no no, struct error *err);

#endif
