/* The quick JSON reader takes the bodies that visitors send, and the writer escapes whatever stands where. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/jsonflat.h"
#include "common/jsonw.h"
#include "common/mem.h"

static void test_flat_takes(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{}", " { } ", "{\"a\":\"b\"}", "{\"token\":\"t\",\"rid\":\"r\",\"msg\":\"caf\xc3\xa9, \xe2\x82\xac 5\"}",
        "{\"n\":0,\"m\":999999999999999,\"t\":true,\"f\":false,\"x\":null}\r\n", "{\"\":\"\"}", "{\"a\":1,\"a\":2}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        json_t *flat = jsonflat_load(bodies[i], strlen(bodies[i]));
        json_t *whole = json_loads(bodies[i], 0, NULL);
        assert_non_null(flat);
        assert_true(json_equal(flat, whole));
        json_decref(flat);
        json_decref(whole);
    }
}

static void test_flat_leaves(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "", "{", "[]", "\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\":\"b}", "{\"a\":\"b\",}", "{\"a\":\"b\"}x", "{\"a\":tru}",
        "{\"a\":\"\\n\"}", "{\"a\":\"line\nbreak\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":01}", "{\"a\":-1}",
        "{\"a\":1.5}", "{\"a\":1e3}", "{\"a\":1000000000000000}", "{\"a\":{}}", "{\"a\":[1]}", "{a:1}", "{,\"a\":1}"};
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        assert_null(jsonflat_load(bodies[i], strlen(bodies[i])));
    assert_null(jsonflat_load("{\"a\":\"b\0c\"}", 11));
    assert_null(jsonflat_load("{}\0", 3));
}

/* Every byte at every place of a word of eight. */
static void test_escape(void **state)
{
    (void)state;
    for (int byte = 1; byte < 0x80; byte++) {
        for (size_t at = 0; at < 20; at++) {
            char text[21] = "plain text, 20 bytes";
            struct buf out = BUF_INIT;
            text[at] = (char)byte;
            json_escape(&out, text, 20);
            json_t *back = json_loadb(out.data, out.len, JSON_DECODE_ANY, NULL);
            assert_non_null(back);
            assert_string_equal(json_string_value(back), text);
            json_decref(back);
            buf_free(&out);
        }
    }
    struct buf out = BUF_INIT;
    json_escape(&out, "12345678\xc3\xa4 \xff 1\"", 15);
    assert_string_equal(out.data, "\"12345678\xc3\xa4 \xEF\xBF\xBD 1\\\"\"");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flat_takes),
        cmocka_unit_test(test_flat_leaves),
        cmocka_unit_test(test_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
