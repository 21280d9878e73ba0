#include "common/seal.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define KEY_TEXT_LEN 43
#define TAG_LEN 16

bool seal_key(const char *text, unsigned char key[SEAL_KEY_LEN])
{
    unsigned char raw[SEAL_KEY_LEN + 1], plain[KEY_TEXT_LEN + 1];
    bool good = strlen(text) == KEY_TEXT_LEN;
    for (size_t i = 0; good && i < KEY_TEXT_LEN; i++) {
        good = strchr("+/= \t\r\n", text[i]) == NULL; /* which the decoder would take */
        plain[i] = (unsigned char)(text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i]);
    }
    plain[KEY_TEXT_LEN] = '=';
    good = good && EVP_DecodeBlock(raw, plain, sizeof plain) == (int)sizeof raw;
    if (good)
        memcpy(key, raw, SEAL_KEY_LEN);
    explicit_bzero(raw, sizeof raw);
    explicit_bzero(plain, sizeof plain);
    return good;
}

/* out: the IV, then room for n bytes and the tag. */
static bool encrypt(const unsigned char key[SEAL_KEY_LEN], const char *text, int n, unsigned char *out)
{
    unsigned char *to = out + SEAL_IV_LEN;
    int done = 0, rest = 0;
    EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
    bool good = gcm && EVP_EncryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, NULL, NULL) == 1 &&
                EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_SET_IVLEN, SEAL_IV_LEN, NULL) == 1 &&
                EVP_EncryptInit_ex(gcm, NULL, NULL, key, out) == 1 &&
                EVP_EncryptUpdate(gcm, to, &done, (const unsigned char *)text, n) == 1 &&
                EVP_EncryptFinal_ex(gcm, to + done, &rest) == 1 && done + rest == n &&
                EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, TAG_LEN, to + n) == 1;
    EVP_CIPHER_CTX_free(gcm);
    return good;
}

char *seal(const unsigned char key[SEAL_KEY_LEN], const unsigned char *iv, const char *text)
{
    size_t n = strlen(text), len = SEAL_IV_LEN + n + TAG_LEN;
    AUTO_FREE char *room = x_malloc(len);
    unsigned char *sealed = (unsigned char *)room;
    if (iv)
        memcpy(sealed, iv, SEAL_IV_LEN);
    if ((iv == NULL && RAND_bytes(sealed, SEAL_IV_LEN) != 1) || !encrypt(key, text, (int)n, sealed))
        return NULL;
    char *out = x_malloc((len / 3 + 1) * 4 + 1);
    EVP_EncodeBlock((unsigned char *)out, sealed, (int)len);
    return out;
}
