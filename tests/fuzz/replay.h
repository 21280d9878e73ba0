/* Without libFuzzer a fuzz target replays a seeded pseudo-random corpus, so that it runs with the other tests. The seed
   is printed; give it back as first argument, the number of runs as second. With libFuzzer: make fuzz (clang). */
#ifndef FUZZ_REPLAY_H
#define FUZZ_REPLAY_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#ifndef FUZZING
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/id.h"

#define REPLAY_SEED 20261122u
#define REPLAY_RUNS 20000u

/* A word of the grammar; it may hold any bytes. */
struct token {
    const char *bytes;
    size_t n;
};
#define TOKEN(s) {s, sizeof(s) - 1}

/* Builds inputs out of tokens of the grammar and of noise, then damages some bytes. */
static int replay(int argc, char **argv, const struct token *tokens, size_t token_count)
{
    struct id_source src = {argc > 1 ? strtoull(argv[1], NULL, 10) : REPLAY_SEED};
    unsigned long runs = argc > 2 ? strtoul(argv[2], NULL, 10) : REPLAY_RUNS;
    printf("seed %llu, %lu runs\n", (unsigned long long)src.state, runs);
    struct buf input = BUF_INIT;
    for (unsigned long i = 0; i < runs; i++) {
        buf_clear(&input);
        for (uint64_t parts = id_next(&src) % 24; parts > 0; parts--) {
            uint64_t r = id_next(&src);
            if (r % 8 == 0) {
                buf_append(&input, &r, sizeof(r));
            } else {
                const struct token *t = &tokens[(r >> 8) % token_count];
                buf_append(&input, t->bytes, t->n);
            }
        }
        for (uint64_t damage = id_next(&src) % 4; damage > 1 && input.len; damage--) {
            uint64_t r = id_next(&src);
            input.data[(r >> 8) % input.len] = (char)r;
        }
        char *exact = malloc(input.len ? input.len : 1); /* so that a sanitizer sees the end */
        if (exact == NULL)
            return 1;
        if (input.len)
            memcpy(exact, input.data, input.len);
        LLVMFuzzerTestOneInput((const uint8_t *)exact, input.len);
        free(exact);
    }
    buf_free(&input);
    return 0;
}
#endif

#endif
