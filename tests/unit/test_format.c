/* The forms of texts in settings: what is taken and what is refused, with the words for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue/catalogue.h"
#include "common/mem.h"

#define KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct sample {
    enum setting_format format;
    const char *text;
    bool good;
} samples[] = {
    {SETTING_FORMAT_EMAIL, "", true},
    {SETTING_FORMAT_EMAIL, "help@shop.example", true},
    {SETTING_FORMAT_EMAIL, "a.b+c@localhost", true},
    {SETTING_FORMAT_EMAIL, "a@b, c@d", false},
    {SETTING_FORMAT_EMAIL, "@shop.example", false},
    {SETTING_FORMAT_EMAIL, "help@", false},
    {SETTING_FORMAT_EMAIL, "help@shop..example", false},
    {SETTING_FORMAT_EMAIL, "he lp@shop.example", false},
    {SETTING_FORMAT_EMAIL, "a\r\nBcc: b@c", false},
    {SETTING_FORMAT_EMAIL_LIST, "a@b.example,c@d.example , e@f", true},
    {SETTING_FORMAT_EMAIL_LIST, "a@b.example,,c@d.example", false},
    {SETTING_FORMAT_EMAIL_LIST, "a@b.example,", false},
    {SETTING_FORMAT_MAILBOX, "Shop <help@shop.example>", true},
    {SETTING_FORMAT_MAILBOX, "help@shop.example", true},
    {SETTING_FORMAT_MAILBOX, "Shop <help@shop.example", false},
    {SETTING_FORMAT_MAILBOX, "Shop\r\nX: y <help@shop.example>", false},
    {SETTING_FORMAT_URL, "https://crm.example/hook?a=1", true},
    {SETTING_FORMAT_URL, "http://10.0.0.1:8080/x", true},
    {SETTING_FORMAT_URL, "http://[::1]:3000/", true},
    {SETTING_FORMAT_URL, "ftp://crm.example", false},
    {SETTING_FORMAT_URL, "crm.example", false},
    {SETTING_FORMAT_URL, "https://", false},
    {SETTING_FORMAT_URL, "https://crm.example:99999/", false},
    {SETTING_FORMAT_URL, "https://crm.example/a b", false},
    {SETTING_FORMAT_URL, "https://-crm-.example", false},
    {SETTING_FORMAT_URL_BARE, "https://q.example/next", true},
    {SETTING_FORMAT_URL_BARE, "https://q.example/next?x", false},
    {SETTING_FORMAT_DOMAIN_LIST, "shop.example, localhost:8080,[::1]:80", true},
    {SETTING_FORMAT_DOMAIN_LIST, "https://shop.example", false},
    {SETTING_FORMAT_DOMAIN_LIST, "shop.example/", false},
    {SETTING_FORMAT_DOMAIN_LIST, "shop.example:0", false},
    {SETTING_FORMAT_HOST, "mail.example", true},
    {SETTING_FORMAT_HOST, "mail.example:25", false},
    {SETTING_FORMAT_ORIGIN_LIST, "*", true},
    {SETTING_FORMAT_ORIGIN_LIST, "https://a.example,http://b.example:81", true},
    {SETTING_FORMAT_ORIGIN_LIST, "a.example", false},
    {SETTING_FORMAT_ICE_LIST, "stun:stun.example:3478, turn:u:p@t.example?transport=udp, u:p@turns:t.example", true},
    {SETTING_FORMAT_ICE_LIST, "http://stun.example", false},
    {SETTING_FORMAT_REGEX, "(?:a|b)[ \\-\\_]{1,2}", true},
    {SETTING_FORMAT_REGEX, "(a", false},
    {SETTING_FORMAT_REGEX, "[z-a]", false},
    {SETTING_FORMAT_JWK, "{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"" KEY "\",\"ext\":true}", true},
    {SETTING_FORMAT_JWK, "{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"" KEY "A\"}", false},
    {SETTING_FORMAT_JWK, "{\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"short\"}", false},
    {SETTING_FORMAT_JWK, "{\"kty\":\"RSA\",\"k\":\"" KEY "\"}", false},
    {SETTING_FORMAT_JWK, "no json", false},
    {SETTING_FORMAT_JSON_OBJECT, "{\"a\":1}", true},
    {SETTING_FORMAT_JSON_OBJECT, "[1]", false},
    {SETTING_FORMAT_JSON_OBJECT, "{\"a\":1,\"a\":2}", false},
    {SETTING_FORMAT_LANGUAGE, "pt-BR", true},
    {SETTING_FORMAT_LANGUAGE, "zh-Hant-TW", true},
    {SETTING_FORMAT_LANGUAGE, "english", false},
    {SETTING_FORMAT_LANGUAGE, "e", false},
    {SETTING_FORMAT_LANGUAGE, "en-", false},
    {SETTING_FORMAT_TIME_ZONE, "Europe/Lisbon", true},
    {SETTING_FORMAT_TIME_ZONE, "../../etc/passwd", false},
    {SETTING_FORMAT_TIME_ZONE, "/etc/passwd", false},
    {SETTING_FORMAT_TIME_ZONE, "Europe/Lisbon/", false},
    {SETTING_FORMAT_CHANNEL, "general", true},
    {SETTING_FORMAT_CHANNEL, "#general", false},
    {SETTING_FORMAT_CHANNEL, "two words", false},
    {SETTING_FORMAT_MEDIA_TYPES, "image/*, application/vnd.ms-excel", true},
    {SETTING_FORMAT_MEDIA_TYPES, "*/*", false},
    {SETTING_FORMAT_MEDIA_TYPES, "image", false},
};

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct error e = {0};
        int rc = setting_format_check(samples[i].format, samples[i].text, &e);
        if ((rc == ERR_OK) != samples[i].good)
            fail_msg("%s: %s", samples[i].text, rc == ERR_OK ? "was taken" : e.text);
        if (rc == ERR_OK)
            continue;
        assert_string_equal(e.name, "error-invalid-setting-value");
        assert_true(e.text[0] != '\0');
    }
}

static void test_words_name_the_faulty_part(void **state)
{
    (void)state;
    struct error e;
    assert_int_equal(setting_format_check(SETTING_FORMAT_EMAIL_LIST, "a@b, nobody, c@d", &e), ERR_INVALID);
    assert_string_equal(e.text, "\"nobody\" is wrong: e-mail addresses separated by commas expected");
    setting_format_check(SETTING_FORMAT_REGEX, "ab(c", &e);
    assert_non_null(strstr(e.text, "at character 5"));
    setting_format_check(SETTING_FORMAT_JWK, "top secret", &e);
    assert_null(strstr(e.text, "top secret"));
}

static void test_words_of_long_texts_end_between_characters(void **state)
{
    (void)state;
    struct error e;
    setting_format_check(SETTING_FORMAT_EMAIL, "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                         "x\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                         "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", &e);
    json_t *v = json_string(e.text);
    assert_non_null(v); /* jansson takes valid UTF-8 only */
    json_decref(v);
}

/* Rows: every default is of its own form, and every format belongs to a row of text. */
static void test_rows(void **state)
{
    (void)state;
    size_t checked = 0;
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++) {
        const struct setting_row *row = catalogue_row(no);
        struct error e = {0};
        if (row->format == SETTING_FORMAT_NONE)
            continue;
        checked++;
        assert_true(row->type == SETTING_TEXT || row->type == SETTING_MULTILINE || row->type == SETTING_SECRET);
        if (setting_format_check(row->format, row->default_text, &e) != ERR_OK)
            fail_msg("%s: %s", row->id, e.text);
        assert_true(setting_format_words(row->format)[0] != '\0');
    }
    assert_true(checked >= 20);
}

static void test_every_way_in(void **state)
{
    (void)state;
    setting_no no = catalogue_find("Livechat_webhookUrl");
    struct setting_value v;
    struct error e;
    json_t *bad = json_string("crm.example");
    assert_int_equal(setting_value_from_json(no, bad, &v, &e), ERR_INVALID);
    assert_string_equal(e.field, "Livechat_webhookUrl");
    assert_string_equal(e.text, "Webhook URL: \"crm.example\" is wrong: an address such as https://shop.example/path expected");
    assert_int_equal(setting_value_from_text(no, "crm.example", &v, &e), ERR_INVALID);
    assert_int_equal(setting_value_from_store(no, bad, &v, &e), ERR_OK); /* an older version let it in */
    assert_string_equal(v.s, "crm.example");
    setting_value_free(&v);
    assert_int_equal(setting_value_from_text(no, " https://crm.example ", &v, &e), ERR_OK);
    assert_string_equal(v.s, "https://crm.example");
    setting_value_free(&v);
    json_decref(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_words_name_the_faulty_part),
        cmocka_unit_test(test_words_of_long_texts_end_between_characters),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_way_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
