/* The address of the external frame. The expected values were made by another implementation of AES-256-GCM
   (tests/effects/test_frame.py reads real ones with it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/frame_url.h"
#include "common/mem.h"
#include "common/seal.h"

static char *made(const char *url, const char *token, const char *jwk, const unsigned char *iv)
{
    struct error err = {0};
    char *out;
    struct frame_page p = {url, "uA", "rB", token, jwk, iv};
    assert_int_equal(frame_url(&p, &out, &err), ERR_OK);
    return out;
}

static void refused(const char *url, const char *jwk, const char *code)
{
    struct error err = {0};
    char *out;
    struct frame_page p = {url, "uA", "rB", "tok", jwk, NULL};
    assert_int_equal(frame_url(&p, &out, &err), ERR_INVALID);
    assert_string_equal(err.name, code);
    assert_null(out);
}

static void test_query(void **state)
{
    static const char *const rows[][2] = {
        {"https://crm.example", "https://crm.example?uid=uA&rid=rB&t=to%2Fk"},
        {"https://crm.example/x?a=1&b=%20", "https://crm.example/x?a=1&b=%20&uid=uA&rid=rB&t=to%2Fk"},
        {"http://crm.example/?", "http://crm.example/?uid=uA&rid=rB&t=to%2Fk"},
        {"http://crm.example/?a&", "http://crm.example/?a&uid=uA&rid=rB&t=to%2Fk"},
        {"http://crm.example/#top?x", "http://crm.example/?uid=uA&rid=rB&t=to%2Fk#top?x"},
        {"http://crm.example:8080/?a=1#top", "http://crm.example:8080/?a=1&uid=uA&rid=rB&t=to%2Fk#top"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO_FREE char *url = made(rows[i][0], "to/k", i % 2 ? "" : NULL, NULL);
        assert_string_equal(url, rows[i][1]);
    }
}

static void test_vectors(void **state)
{
    static const struct {
        const char *k, *token, *t;
        unsigned char first, step;
    } rows[] = {
        {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "WXw0m3mZ_token-of.an+agent/=abcdefghijklmnop",
         "AAECAwQFBgcICQoLDA0ODzA010ZU1ydywou0QjDKAdwynQrPTOy0JipKYujvm6%252BuDRnunBQqu6KPR1kmSysG3yCanblQ0E9UoqpsHg%253D%253D",
         0, 1},
        {"__________________________________________s", "kr\303\244nk\342\230\203",
         "paWlpaWlpaWlpaWlpaWlpTBGuIBrwfGtOCwy%252F95IdnIvFv%252Bkz4t0TDY%253D", 0xa5, 0},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "",
         "AAAAAAAAAAAAAAAAAAAAAIMSNXohEeozsbZ%252Bsv4F%252FoY%253D", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        unsigned char iv[SEAL_IV_LEN];
        for (size_t n = 0; n < sizeof iv; n++)
            iv[n] = (unsigned char)(rows[i].first + n * rows[i].step);
        AUTO_FREE char *jwk = x_asprintf("{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"%s\"}", rows[i].k);
        AUTO_FREE char *url = made("http://a.example/", rows[i].token, jwk, iv);
        AUTO_FREE char *expected = x_asprintf("http://a.example/?uid=uA&rid=rB&t=%s", rows[i].t);
        assert_string_equal(url, expected);
    }
}

static void test_refusals(void **state)
{
    static const char *const urls[] = {"", "crm.example", "ftp://crm.example/", "javascript:alert(1)", "http://", "https:///x",
                                       "http://a b/", "http://a/\033[31m", "http://a/\"x", NULL};
    static const char *const keys[] = {"x", "{}", "{\"kty\":\"oct\",\"k\":\"short\"}", "[1]",
                                       "{\"kty\":\"RSA\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
                                       "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAA\"}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(urls); i++)
        refused(urls[i], NULL, "error-external-frame-url");
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        refused("http://a.example/", keys[i], "error-external-frame-key");
}

/* Two loads give different addresses, and none begins the same way. */
static void test_random(void **state)
{
    const char *jwk = "{\"kty\":\"oct\",\"k\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    (void)state;
    AUTO_FREE char *a = made("http://a.example/", "tok", jwk, NULL), *b = made("http://a.example/", "tok", jwk, NULL);
    assert_string_not_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
