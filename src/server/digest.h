/* SHA-256 and comparisons that take the same time whatever they find. */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

void digest_sha256_hex(const char *text, char out[65]);
void digest_sha256_base64(const char *text, char out[45]);
bool digest_same(const char *a, const char *b);
void digest_wipe(void *p, size_t n);

#endif
