/* The list of canned responses that "!" opens while a message is written (behaviour 7.4). */
#ifndef UI_CANNED_POPUP_H
#define UI_CANNED_POPUP_H

#include "ui/ui_priv.h"

/* A "!" was just typed into the message: opens the list when it begins a word, there is something to offer and
   Canned_Responses_Enable is on. */
void canned_popup_offer(struct ui *ui);

/* How well a response fits what was typed: 0 best (shortcut begins with it), 1 contains it, 2 has its letters in this
   order, 3 the text contains it; -1: not at all. Without regard to case. */
int canned_rank(const char *shortcut, const char *text, const char *typed);

#endif
