/* Completion of command lines from the tables and the model. */
#ifndef UI_COMPLETE_H
#define UI_COMPLETE_H

#include "ui/ui_priv.h"

#define COMPLETE_MAX 256

struct completion {
    char *word[COMPLETE_MAX];   /* whole words that fit, sorted as found */
    size_t n;
    size_t start;               /* where in the line the word begins */
};

void complete_line(struct ui *ui, const char *line, size_t cursor, struct completion *out);
void completion_free(struct completion *c);

#endif
