/* One line at the bottom that asks for text: the command line, filters, searches. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include "ui/ui_priv.h"

/* Filters as it is typed; change gets every text, and on Esc the first one again. */
void prompt_filter(struct ui *ui, const char *initial, void (*change)(void *arg, const char *text), void *arg);

/* Asks once; done gets the text, or nothing is called on Esc. */
void prompt_search(struct ui *ui, void (*done)(void *arg, const char *text), void *arg);

/* A line to type a command in, with initial in it already; Enter runs it. */
void prompt_command(struct ui *ui, const char *initial);

/* Forgets what was typed into prompts, before the program ends. */
void prompt_free_history(void);

#endif
