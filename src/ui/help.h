/* Help from the tables: the keys that work here, and what one command does. */
#ifndef UI_HELP_H
#define UI_HELP_H

#include "ui/ui_priv.h"

void help_show(struct ui *ui);
void help_command(struct ui *ui, enum command_id id);

#endif
