#include "server/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

static void put_hex(const unsigned char *digest, size_t n, char *out)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[2 * n] = '\0';
}

void digest_sha256_hex(const char *text, char out[65])
{
    unsigned char digest[32];
    EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
    put_hex(digest, sizeof digest, out);
}

static void hmac_sha1(const char *key, const char *text, size_t n, unsigned char out[20])
{
    HMAC(EVP_sha1(), key, (int)strlen(key), (const unsigned char *)text, n, out, NULL);
}

void digest_hmac_sha1_hex(const char *key, const char *text, size_t n, char out[41])
{
    unsigned char mac[20];
    hmac_sha1(key, text, n, mac);
    put_hex(mac, sizeof mac, out);
}

void digest_hmac_sha1_base64(const char *key, const char *text, size_t n, char out[29])
{
    unsigned char mac[20];
    hmac_sha1(key, text, n, mac);
    EVP_EncodeBlock((unsigned char *)out, mac, sizeof mac);
}

void digest_sha256_base64(const char *text, char out[45])
{
    unsigned char digest[32];
    EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL);
    EVP_EncodeBlock((unsigned char *)out, digest, sizeof digest);
}

char *digest_hmac(const void *key, size_t key_len, const char *text, size_t n)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_len = 0;
    HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, n, mac, &mac_len);
    return digest_base64url(mac, mac_len);
}

char *digest_base64url(const void *data, size_t n)
{
    char *out = x_malloc(4 * ((n + 2) / 3) + 1);
    int len = EVP_EncodeBlock((unsigned char *)out, data, (int)n);
    while (len > 0 && out[len - 1] == '=')
        len--;
    out[len] = '\0';
    for (char *p = out; *p; p++)
        *p = (char)(*p == '+' ? '-' : *p == '/' ? '_' : *p);
    return out;
}

char *digest_from_base64url(const char *text, size_t n)
{
    AUTO_FREE char *padded = x_malloc(n + 5);
    memcpy(padded, text, n);
    for (size_t i = 0; i < n; i++)
        padded[i] = (char)(padded[i] == '-' ? '+' : padded[i] == '_' ? '/' : padded[i]);
    size_t whole = (n + 3) / 4 * 4;
    memset(padded + n, '=', whole - n);
    char *out = x_malloc(whole / 4 * 3 + 1);
    int len = EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)padded, (int)whole);
    if (len < 0) {
        free(out);
        return NULL;
    }
    out[len] = '\0';
    return out;
}

bool digest_same(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && CRYPTO_memcmp(a, b, n) == 0;
}

void digest_wipe(void *p, size_t n)
{
    OPENSSL_cleanse(p, n);
}
