/* A short secret encrypted with a key that somebody else has too: AES-256-GCM, nothing beside it. */
#ifndef COMMON_SEAL_H
#define COMMON_SEAL_H

#include <stdbool.h>

#define SEAL_KEY_LEN 32
#define SEAL_IV_LEN 16

/* A key from its 43 characters of base64url, as a JWK has it in k. False when it is none. */
bool seal_key(const char *text, unsigned char key[SEAL_KEY_LEN]);

/* base64 (with padding) of the IV, the encrypted text and its tag of 16 bytes. iv: SEAL_IV_LEN bytes; NULL: random ones.
   Caller frees; NULL when OpenSSL cannot. */
char *seal(const unsigned char key[SEAL_KEY_LEN], const unsigned char *iv, const char *text);

#endif
