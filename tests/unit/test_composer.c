/* Typing: moving by clusters, cutting, undo, foreign text; and the filter language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ui/edit.h"
#include "ui/match.h"

static void type(struct edit *e, const char *text)
{
    for (; *text; text++)
        edit_type(e, (unsigned char)*text);
}

static void test_typing(void **state)
{
    struct edit e;
    (void)state;
    edit_init(&e, true);
    type(&e, "hello world");
    edit_command(&e, CMD_KILL_WORD_BACK);
    assert_string_equal(edit_text(&e), "hello ");
    edit_command(&e, CMD_LINE_START);
    edit_command(&e, CMD_YANK);
    assert_string_equal(edit_text(&e), "worldhello ");
    edit_command(&e, CMD_UNDO);
    edit_command(&e, CMD_UNDO);
    assert_string_equal(edit_text(&e), "hello world");
    edit_command(&e, CMD_REDO);
    assert_string_equal(edit_text(&e), "hello ");
    edit_command(&e, CMD_REDO);
    assert_string_equal(edit_text(&e), "worldhello ");
    edit_command(&e, CMD_REDO);
    assert_string_equal(edit_text(&e), "worldhello ");
    edit_fini(&e);
}

static void test_clusters(void **state)
{
    struct edit e;
    (void)state;
    edit_init(&e, true);
    edit_set(&e, "a\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"
                 "e\xcc\x81");
    edit_command(&e, CMD_DELETE_BACK);
    assert_string_equal(edit_text(&e), "a\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb");
    edit_command(&e, CMD_BACKWARD_CHAR);
    assert_int_equal(e.cursor, 1);
    edit_command(&e, CMD_DELETE_CHAR);
    assert_string_equal(edit_text(&e), "a");
    edit_fini(&e);
}

static void test_foreign(void **state)
{
    struct edit e;
    (void)state;
    edit_init(&e, true);
    edit_insert(&e, "a\r\nb\tc\033[2J\x01\xff", 13);
    assert_string_equal(edit_text(&e), "a\nb c[2J");
    edit_fini(&e);
    edit_init(&e, false);
    edit_insert(&e, "a\nb", 3);
    assert_string_equal(edit_text(&e), "a b");
    e.max_bytes = 5;
    edit_insert(&e, "\xc3\xa9\xc3\xa9", 4);
    assert_string_equal(edit_text(&e), "a b\xc3\xa9");
    edit_fini(&e);
}

static void test_lines(void **state)
{
    struct edit e;
    struct edit_line lines[10];
    (void)state;
    edit_init(&e, true);
    edit_set(&e, "one two three\n\nx");
    assert_int_equal(edit_lines(&e, 8, lines, 10), 4);
    assert_int_equal(lines[1].start, 8);
    assert_int_equal(lines[2].len, 0);
    e.cols = 8;
    assert_true(edit_command(&e, CMD_UP));
    assert_int_equal(e.cursor, 14);
    assert_true(edit_command(&e, CMD_UP));
    assert_int_equal(e.cursor, 8);
    assert_true(edit_command(&e, CMD_UP));
    assert_false(edit_command(&e, CMD_UP));
    edit_set(&e, "end\n");
    assert_int_equal(edit_lines(&e, 8, lines, 10), 2);
    edit_fini(&e);
}

static const char *field(void *arg, int i, const char *name, int64_t *number)
{
    (void)arg;
    (void)i;
    if (name && strcmp(name, "wait") == 0) {
        *number = 400;
        return "";
    }
    if (name && strcmp(name, "queue") == 0)
        return "Billing";
    return name ? NULL : "Ada L\xc3\x96velace Billing http://x";
}

static void test_match(void **state)
{
    static const struct {
        const char *pattern;
        bool hit;
    } rows[] = {{"", true},           {"ada", true},          {"l\xc3\xb6ve", true},  {"bob", false},
                {"!bob", true},       {"!ada", false},        {"ada bill", true},     {"ada bob", false},
                {"queue:bill", true}, {"!queue:bill", false}, {"queue:sales", false}, {"wait>5m", true},
                {"wait<5m", false},   {"!wait>1h", true},     {"wait>", false},       {"http://x", true},
                {"queue:", true},     {"!queue:", false},     {"wait:", false},       {"nosuch:", false},
                {"\"lace bill\"", true}, {"\"ada bill\"", false}, {"queue:\"bill\"", true}, {"\"billing http\"", true}, {"ace\" \"bill", true}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct match m = {0};
        match_set(&m, rows[i].pattern);
        if (match_row(&m, field, NULL, 0) != rows[i].hit)
            fail_msg("%s", rows[i].pattern);
        match_clear(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_typing), cmocka_unit_test(test_clusters),
                                       cmocka_unit_test(test_foreign), cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
