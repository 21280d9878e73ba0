/* Trying a regular expression on a sample, as lead capture will use it (behaviour 11.5). */
#ifndef CATALOGUE_TRIAL_H
#define CATALOGUE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

struct trial_hit {
    size_t start, len; /* bytes of the sample */
};

/* Finds the expression in the sample, all places up to max; ignore_case as the setting has it. Answers how many were
   found; -1: no expression, or it takes too long on this sample. Both texts are valid UTF-8. */
int regex_trial(const char *expression, const char *sample, bool ignore_case, struct trial_hit *out, size_t max);

#endif
