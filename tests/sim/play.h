/* What simulations share: which seeds to play. */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct play {
    uint64_t from, seeds;
    int commands;
};

/* --seeds N, --commands N, --seed S (that one only); what is not given stays as it is. */
static inline void play_options(struct play *p, int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (!strcmp(argv[i], "--seeds"))
            p->seeds = strtoull(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "--commands"))
            p->commands = atoi(argv[i + 1]);
        else if (!strcmp(argv[i], "--seed"))
            p->from = strtoull(argv[i + 1], NULL, 10), p->seeds = 1;
    }
}

/* Frees the ids and forgets them. */
static inline void play_free(char **ids, int n)
{
    for (int i = 0; i < n; i++)
        free(ids[i]);
}

#endif
