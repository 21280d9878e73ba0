/* Identifiers. The core makes them from entropy that is passed in, so that a replay makes the same ones. */
#ifndef COMMON_ID_H
#define COMMON_ID_H

#include <stddef.h>
#include <stdint.h>

#define ID_LEN 17 /* characters of a Rocket.Chat id (rest 1.8) */

/* A small deterministic generator (splitmix64): enough for ids, never for secrets. */
struct id_source {
    uint64_t state;
};

uint64_t id_next(struct id_source *src);
void id_make(struct id_source *src, char out[ID_LEN + 1]);

/* One that sorts by the time it was made at (ms since 1970): what is made together lies together in an index. */
void id_make_ordered(struct id_source *src, int64_t ms, char out[ID_LEN + 1]);

/* n random bytes of the operating system as URL-safe base64 without padding: for tokens. out holds
   (n * 4 + 2) / 3 characters and a NUL. Dies when the system has no randomness. */
void id_secret(size_t n, char *out);

/* 64 random bits of the operating system. */
uint64_t id_entropy(void);

#endif
