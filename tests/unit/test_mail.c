/* Mails: their MIME form, what anybody's words become in it, their rows in the store. */
#include "core_fixture.h"

#include <stdio.h>

#include "common/utf8.h"
#include "outbound/mailtext.h"
#include "outbound/mime.h"
#include "outbound/moment.h"
#include "outbound/words.h"

static const struct mime_mail plain = {
    .id = "abc", .from = "desk@shop.test", .from_name = "Desk", .to = "vera@example.test", .subject = "Hello",
    .text = "text", .html = "<p>text</p>", .date_ms = 1700000000000};

/* The part before the empty line; each header once in it. */
static char *head_of(const struct mime_mail *m)
{
    struct buf out = BUF_INIT;
    struct error e = {0};
    assert_int_equal(mime_write(m, &out, &e), ERR_OK);
    char *end = strstr(out.data, "\r\n\r\n");
    assert_non_null(end);
    end[2] = '\0';
    for (const char *p = out.data; *p; p++)
        assert_true((*p != '\n' || (p > out.data && p[-1] == '\r')) && (*p != '\r' || p[1] == '\n'));
    return buf_take(&out);
}

static int count_headers(const char *head)
{
    int n = 0;
    for (const char *line = head; *line; line = strstr(line, "\r\n") + 2)
        n += *line != ' ' && *line != '\t';
    return n;
}

static void a_mail_has_two_forms(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    struct error e = {0};
    assert_int_equal(mime_write(&plain, &out, &e), ERR_OK);
    static const char *const wanted[] = {
        "From: Desk <desk@shop.test>\r\n", "To: vera@example.test\r\n", "Subject: Hello\r\n",
        "Message-Id: <abc@shop.test>\r\n", "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n", "multipart/alternative",
        "text/plain", "text/html", "Auto-Submitted: auto-generated\r\n"};
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        assert_non_null(strstr(out.data, wanted[i]));
    assert_true(strstr(out.data, "text/plain") < strstr(out.data, "text/html"));
    buf_free(&out);
}

static void the_same_mail_has_the_same_id(void **state)
{
    (void)state;
    AUTO_FREE char *one = head_of(&plain), *two = head_of(&plain);
    char *a = strstr(one, "Message-Id"), *b = strstr(two, "Message-Id");
    assert_memory_equal(a, b, strcspn(a, "\r"));
}

static void no_words_make_headers(void **state)
{
    (void)state;
    static const char *const nasty[] = {
        "x\r\nBcc: all@evil.test", "x\nX-Evil: 1", "x\rX-Evil: 1", "\r\n\r\nbody", "\x1b[2J\x07", "\xE2\x80\xA8X-Evil: 1",
        "\xC2\x85X-Evil: 1", "\" <a@evil.test>, \"", "a@evil.test,", "(", "\xFF\xFE", "=?utf-8?q?=0D=0AX-Evil:_1?=", ""};
    AUTO_FREE char *usual = head_of(&plain);
    for (size_t i = 0; i < COUNT_OF(nasty); i++) {
        struct mime_mail m = plain;
        m.from_name = m.subject = m.reply_name = nasty[i];
        m.reply_to = "vera@example.test";
        AUTO_FREE char *head = head_of(&m);
        assert_int_equal(count_headers(head), count_headers(usual) + 1);
        assert_null(strstr(head, "\r\nBcc"));
        assert_null(strstr(head, "\r\nX-Evil"));
        assert_non_null(strstr(head, "desk@shop.test"));
    }
}

static void long_words_stay_within_lines(void **state)
{
    (void)state;
    char name[4000];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct mime_mail m = plain;
    m.from_name = m.subject = name;
    AUTO_FREE char *head = head_of(&m);
    for (const char *line = head; *line; line = strstr(line, "\r\n") + 2)
        assert_true(strstr(line, "\r\n") - line < 998);
}

static void addresses_that_are_none_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "x", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a@b\r\nRCPT TO:<c@d>", "a@\xC3\xBC.de",
                                      "a@b, x", "\"a\"@b"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct buf out = BUF_INIT;
        struct error e = {0};
        struct mime_mail m = plain;
        m.to = bad[i];
        assert_int_equal(mime_write(&m, &out, &e), ERR_INVALID);
        assert_true(*e.text != '\0');
        m = plain;
        m.reply_to = bad[i];
        assert_int_equal(mime_write(&m, &out, &e), ERR_INVALID);
        buf_free(&out);
    }
}

static void take_address(void *arg, const char *address)
{
    buf_puts(arg, address);
    buf_putc(arg, '|');
}

static void mailboxes_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *address;
    } cases[] = {
        {"a@b.test", NULL, "a@b.test"}, {" a@b.test ", NULL, "a@b.test"}, {"Desk <a@b.test>", "Desk", "a@b.test"},
        {"\"Desk, the\" <a@b.test>", "Desk, the", "a@b.test"}, {"<a@b.test>", NULL, "a@b.test"},
        {"Desk", NULL, NULL}, {"Desk <a@b.test", NULL, NULL}, {"", NULL, NULL}, {"a@b\r\nc <x>", NULL, NULL}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_FREE char *name = NULL, *address = NULL;
        struct error e = {0};
        int rc = mime_split_mailbox(cases[i].text, &name, &address, &e);
        assert_int_equal(rc, cases[i].address ? ERR_OK : ERR_INVALID);
        assert_true(str_eq(name, cases[i].name) && str_eq(address, cases[i].address));
    }
    struct buf seen = BUF_INIT;
    assert_int_equal(mime_each_address("a@b.test, c@d.test;", take_address, &seen, NULL), 2);
    assert_string_equal(seen.data, "a@b.test|c@d.test|");
    buf_free(&seen);
}

static void one_line_is_one_line(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a b", "a b"}, {" a \t\r\n b ", "a b"}, {"\x01\x02", ""}, {"\xC3\xBC", "\xC3\xBC"}, {"a\xFFz", "a z"}, {"", ""}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO_FREE char *line = mime_one_line(cases[i][0], 100);
        assert_string_equal(line, cases[i][1]);
    }
    AUTO_FREE char *cut = mime_one_line("\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC", 7);
    assert_true(utf8_valid(cut, strlen(cut)) && strlen(cut) <= 7);
}

static void the_subject_has_twenty_units(void **state)
{
    (void)state;
    char name[] = "V", is_long[] = "1234567890123456789\xF0\x9F\x98\x80 and more", is_short[] = "short\nlines";
    struct store_mail m = {.name = name, .text = is_long};
    AUTO_FREE char *subject = mailtext_offline_subject(&m);
    assert_string_equal(subject, "Livechat offline message from V: 1234567890123456789");
    m.text = is_short;
    AUTO_FREE char *whole = mailtext_offline_subject(&m);
    assert_string_equal(whole, "Livechat offline message from V: short lines");
}

static void words_have_a_language(void **state)
{
    (void)state;
    assert_string_equal(word_in("de", WORD_YOU), "Sie");
    assert_string_equal(word_in("pt-BR", WORD_AGENT), "Agente");
    assert_string_equal(word_in("den", WORD_YOU), "You");
    assert_string_equal(word_in("", WORD_YOU), "You");
    assert_string_equal(word_in(NULL, WORD_YOU), "You");
    static const char *const all[] = {"en", "de", "es", "fr", "it", "nl", "pt"};
    for (size_t i = 0; i < COUNT_OF(all); i++)
        for (int w = 0; w < WORD_COUNT; w++)
            assert_true(utf8_valid(word_in(all[i], w), strlen(word_in(all[i], w))) && *word_in(all[i], w));
}

static void moments_have_language_and_zone(void **state)
{
    (void)state;
    char text[128];
    const int64_t noon = 1767268800000; /* 2026-01-01 12:00 UTC */
    struct moment_style *s = moment_style_new("de", "Asia/Tokyo");
    moment_write(s, noon, text, sizeof text);
    assert_non_null(strstr(text, "1. Januar 2026"));
    assert_non_null(strstr(text, "21:00"));
    moment_style_free(&s);
    s = moment_style_new("x\"><script>", "Etc/UTC");
    moment_write(s, noon, text, sizeof text);
    assert_null(strchr(text, '<'));
    assert_non_null(strstr(text, "2026"));
    moment_style_free(&s);
    moment_write(NULL, noon, text, sizeof text);
    assert_string_equal(text, "2026-01-01T12:00:00.000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_has_two_forms),
        cmocka_unit_test(the_same_mail_has_the_same_id),
        cmocka_unit_test(no_words_make_headers),
        cmocka_unit_test(long_words_stay_within_lines),
        cmocka_unit_test(addresses_that_are_none_are_named),
        cmocka_unit_test(mailboxes_are_taken_apart),
        cmocka_unit_test(one_line_is_one_line),
        cmocka_unit_test(the_subject_has_twenty_units),
        cmocka_unit_test(words_have_a_language),
        cmocka_unit_test(moments_have_language_and_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
