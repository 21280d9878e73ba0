/* The command table, the keys built from it and the files laid over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "ui/command.h"
#include "ui/keymap.h"

static const char *find(struct keymap *m, unsigned context, const char *keys, enum keymap_answer want)
{
    struct key k[KEYMAP_SEQUENCE_MAX];
    const char *command = NULL;
    size_t n = keymap_parse_keys(keys, strlen(keys), k);
    assert_true(n > 0);
    assert_int_equal(keymap_find(m, &context, 1, k, n, &command), want);
    return command;
}

static void test_table(void **state)
{
    (void)state;
    struct key k[KEYMAP_SEQUENCE_MAX];
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const struct command_row *r = command_row((enum command_id)i);
        assert_int_equal(command_find(r->name, strlen(r->name)), i);   /* no name twice */
        assert_true(r->help[0] && r->help[strlen(r->help) - 1] != '.');
        assert_true(r->contexts != 0);
        for (const char *p = r->keys; *p;) {
            const char *end = strstr(p, ", ");
            size_t n = end ? (size_t)(end - p) : strlen(p);
            assert_true(keymap_parse_keys(p, n, k) > 0);
            p += n + (end ? 2 : 0);
        }
    }
}

/* No two commands of one context have the same key. */
static void test_no_clash(void **state)
{
    (void)state;
    struct keymap *m = keymap_new();
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const struct command_row *r = command_row((enum command_id)i);
        for (unsigned bit = 1; bit <= CTX_REVIEW; bit <<= 1)
            for (const char *p = r->contexts & bit ? r->keys : ""; *p;) {
                const char *end = strstr(p, ", ");
                size_t n = end ? (size_t)(end - p) : strlen(p);
                AUTO_FREE char *keys = x_strndup(p, n);
                assert_string_equal(find(m, bit, keys, KEYMAP_FOUND), r->name);
                p += n + (end ? 2 : 0);
            }
    }
    keymap_free(&m);
}

static void test_file(void **state)
{
    (void)state;
    struct keymap *m = keymap_new();
    struct error err;
    static const char text[] = "name: mine\nqueue:\n  \"g g\": top\n  t: \"\"\n  \"F6\": take 1\n";
    assert_int_equal(keymap_parse(m, "mine.yaml", text, strlen(text), &err), 0);
    assert_string_equal(keymap_name(m), "mine");
    find(m, CTX_QUEUE, "g", KEYMAP_PREFIX);
    assert_string_equal(find(m, CTX_QUEUE, "g g", KEYMAP_FOUND), "top");
    assert_string_equal(find(m, CTX_QUEUE, "F6", KEYMAP_FOUND), "take 1");
    find(m, CTX_QUEUE, "t", KEYMAP_NONE);
    keymap_free(&m);
}

static void test_faults(void **state)
{
    static const char *const files[][2] = {
        {"queue:\n  Hyper: take\n", "k.yaml:2:3: there is no key Hyper"},
        {"queue:\n  t: tkae\n", "k.yaml:2:6: There is no command \"tkae\"; did you mean take?"},
        {"nowhere:\n  t: take\n", "k.yaml:1:1: there is no context nowhere"},
        {"queue: [1]\n", "k.yaml:1:8: a map from keys to commands is wanted"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct keymap *m = keymap_new();
        struct error err = {0};
        assert_int_equal(keymap_parse(m, "k.yaml", files[i][0], strlen(files[i][0]), &err), ERR_INVALID);
        assert_string_equal(err.text, files[i][1]);
        assert_string_equal(find(m, CTX_QUEUE, "t", KEYMAP_FOUND), "take");
        keymap_free(&m);
    }
}

/* The files of the tree: the plain one says what the table says, and vi can be read. */
static void test_shipped(void **state)
{
    (void)state;
    const char *dir = getenv("srcdir");
    struct error err = {0};
    struct buf want = BUF_INIT;
    struct keymap *m = keymap_new();
    AUTO_FREE char *plain = x_asprintf("%s/themes/keys-plain.yaml", dir ? dir : ".");
    AUTO_FREE char *vi = x_asprintf("%s/themes/keys-vi.yaml", dir ? dir : ".");
    command_write_keys(&want);
    FILE *f = fopen(plain, "r");
    assert_non_null(f);
    AUTO_FREE char *got = x_calloc(1, want.len + 2);
    assert_int_equal(fread(got, 1, want.len + 1, f), want.len);
    fclose(f);
    assert_string_equal(got, want.data);
    assert_int_equal(keymap_load(m, plain, &err), 0);
    if (keymap_load(m, vi, &err) != 0)
        fail_msg("%s", err.text);
    buf_free(&want);
    keymap_free(&m);
}

static void test_command_line(void **state)
{
    struct command_args a;
    enum command_id id;
    struct error err;
    (void)state;
    assert_int_equal(command_parse(":setting  X 'two words' ", &id, &a, &err), 0);
    assert_int_equal(id, CMD_SETTING);
    assert_int_equal(a.n, 2);
    assert_string_equal(a.arg[1], "two words");
    assert_string_equal(a.rest, "X 'two words'");
    command_args_free(&a);
    assert_int_equal(command_parse("layout", &id, &a, &err), ERR_INVALID);
    assert_string_equal(err.text, "Usage: layout wide|narrow|auto");
    assert_int_equal(command_parse("redraw now", &id, &a, &err), ERR_INVALID);
    assert_int_equal(command_parse("", &id, &a, &err), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),  cmocka_unit_test(test_no_clash), cmocka_unit_test(test_file),
        cmocka_unit_test(test_faults), cmocka_unit_test(test_shipped),  cmocka_unit_test(test_command_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
