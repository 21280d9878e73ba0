/* Themes: the built-in one, files, faults with their place, the files of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ui/theme.h"

static void test_file(void **state)
{
    struct theme t;
    struct error err;
    static const char text[] = "name: mine\nroles:\n  visitor: {fg: \"#102030\", fg16: red, attrs: [bold, italic]}\n"
                               "  own: {fg: bright-blue}\n";
    (void)state;
    assert_int_equal(theme_parse(&t, "t.yaml", text, strlen(text), &err), 0);
    assert_string_equal(t.name, "mine");
    assert_int_equal(t.roles[ROLE_VISITOR].fg, 0x102030);
    assert_int_equal(t.roles[ROLE_VISITOR].fg16, 1);
    assert_int_equal(t.roles[ROLE_VISITOR].attrs, ATTR_BOLD | ATTR_ITALIC);
    assert_int_equal(t.roles[ROLE_OWN].fg16, 12);
    assert_int_equal(t.roles[ROLE_OWN].attrs, 0);
    assert_int_equal(t.roles[ROLE_ERROR].attrs, ATTR_BOLD);      /* what is not named stays */
}

static void test_faults(void **state)
{
    static const char *const files[][2] = {
        {"roles:\n  visitr: {fg: red}\n", "t.yaml:2:3: there is no role visitr"},
        {"roles:\n  visitor: {fg: \"#12\"}\n",
         "t.yaml:2:17: a colour such as \"#88c0d0\", \"bright-red\" or default is wanted, not #12"},
        {"roles:\n  visitor: {attrs: [blink]}\n", "t.yaml:2:21: there is no attribute blink"},
        {"roles:\n  visitor: {colour: red}\n", "t.yaml:2:13: a style has no colour"},
        {"colours: 1\n", "t.yaml:1:1: a theme has name and roles, not colours"},
    };
    struct theme t, dark;
    (void)state;
    theme_builtin(&dark);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct error err = {0};
        assert_int_equal(theme_parse(&t, "t.yaml", files[i][0], strlen(files[i][0]), &err), ERR_INVALID);
        assert_string_equal(err.text, files[i][1]);
        assert_int_equal(t.roles[ROLE_VISITOR].fg, dark.roles[ROLE_VISITOR].fg);
    }
}

static void test_shipped(void **state)
{
    static const char *const names[] = {"dark", "light", "high-contrast", "monochrome", "sixteen"};
    const char *dir = getenv("srcdir");
    struct theme t, dark;
    struct error err = {0};
    (void)state;
    theme_builtin(&dark);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO_FREE char *path = x_asprintf("%s/themes/%s.yaml", dir ? dir : ".", names[i]);
        if (theme_load(&t, path, &err) != 0)
            fail_msg("%s", err.text);
        assert_string_equal(t.name, names[i]);
        for (int r = 0; i == 0 && r < ROLE_COUNT; r++) { /* dark.yaml says what the table says */
            assert_int_equal(t.roles[r].fg, dark.roles[r].fg);
            assert_int_equal(t.roles[r].bg, dark.roles[r].bg);
            assert_int_equal(t.roles[r].fg16, dark.roles[r].fg16);
            assert_int_equal(t.roles[r].attrs, dark.roles[r].attrs);
            assert_int_equal(t.roles[r].mono, dark.roles[r].mono);
        }
    }
}

static void test_table(void **state)
{
    (void)state;
    for (int i = 0; i < ROLE_COUNT; i++) {
        assert_true(role_help((enum role)i)[0] != '\0');
        for (int k = 0; k < i; k++)
            assert_string_not_equal(role_name((enum role)i), role_name((enum role)k));
    }
    assert_int_equal(color_nearest_256(0xFF0000), 196);
    assert_int_equal(color_nearest_256(0x808080), 244);
    assert_int_equal(color_nearest_16(0xFEFEFE), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_file), cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_shipped), cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
