/* SHA-256, signatures and comparisons that take the same time whatever they find. */
#ifndef SERVER_DIGEST_H
#define SERVER_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

void digest_sha256_hex(const char *text, char out[65]);
void digest_sha256_base64(const char *text, char out[45]);
/* HMAC-SHA256 as base64url. Caller frees. */
char *digest_hmac(const void *key, size_t key_len, const char *text, size_t n);
/* HMAC-SHA1, which other systems sign with: as hexadecimal digits, as base64. */
void digest_hmac_sha1_hex(const char *key, const char *text, size_t n, char out[41]);
void digest_hmac_sha1_base64(const char *key, const char *text, size_t n, char out[29]);
/* Base64 with - and _ and without = at the end, as JSON web tokens have it. Caller frees. */
char *digest_base64url(const void *data, size_t n);
/* The text that was encoded, ended by NUL. Caller frees; NULL: it is no base64. */
char *digest_from_base64url(const char *text, size_t n);
bool digest_same(const char *a, const char *b);
void digest_wipe(void *p, size_t n);

#endif
