/* Addresses of pages that a terminal cannot show. */
#ifndef UI_ADDRESS_H
#define UI_ADDRESS_H

#include "ui/ui_priv.h"

/* Hands the address to $BROWSER and goes on, or, when that is not set, shows it in a dialog as a link of the terminal
   (OSC 8). words stand above it; may be NULL. */
void address_open(struct ui *ui, const char *title, const char *words, const char *url);

#endif
