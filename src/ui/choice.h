/* A dialog that lists lines to choose from, narrowed by typing: departments and agents, canned responses, values of a
   setting, the help. */
#ifndef UI_CHOICE_H
#define UI_CHOICE_H

#include "ui/ui_priv.h"

struct choice;

typedef void (*choice_done)(struct ui *ui, int index, void *arg);

/* button: what Enter does, for the foot line. done NULL: only to look at. free_arg may be NULL. */
struct choice *choice_new(struct ui *ui, const char *title, const char *button, choice_done done, void *arg,
                          void (*free_arg)(void *));
/* Adds a line: a name, and what it is. Returns its index. */
int choice_add(struct choice *c, const char *name, const char *detail, enum role role);
void choice_select(struct choice *c, int index);
void choice_filter(struct choice *c, const char *pattern);
void choice_show(struct choice *c);

#endif
