/* The key decoder: whole sequences, sequences cut anywhere, pastes, mouse, rubbish. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "term/decode.h"

static char seen[4096];

static void on_event(void *arg, const struct term_event *ev)
{
    char name[KEY_NAME_MAX], *end = seen + strlen(seen);
    size_t room = sizeof seen - strlen(seen);
    (void)arg;
    if (ev->kind == TERM_KEY) {
        key_format(ev->key, name);
        snprintf(end, room, "%s ", name);
    } else if (ev->kind == TERM_PASTE) {
        snprintf(end, room, "paste(%.*s)%s ", (int)ev->len, ev->text, ev->cut ? "cut" : "");
    } else if (ev->kind == TERM_MOUSE) {
        snprintf(end, room, "mouse(%d,%d,%d,%d) ", ev->mouse, ev->button, ev->x, ev->y);
    } else if (ev->kind == TERM_FOCUS) {
        snprintf(end, room, "focus(%d) ", ev->in);
    }
}

static void feed(const char *bytes, size_t n, size_t step)
{
    struct decode d;
    seen[0] = '\0';
    decode_init(&d, 64, on_event, NULL);
    for (size_t i = 0; i < n; i += step)
        decode_feed(&d, bytes + i, n - i < step ? n - i : step);
    if (decode_is_pending(&d))
        decode_flush(&d);
    assert_false(decode_is_pending(&d));
    decode_fini(&d);
}

static void check(const char *bytes, const char *want)
{
    feed(bytes, strlen(bytes), strlen(bytes));
    assert_string_equal(seen, want);
    feed(bytes, strlen(bytes), 1);          /* the same, byte by byte */
    assert_string_equal(seen, want);
}

static void test_plain(void **state)
{
    (void)state;
    check("aZ ", "a Z Space ");
    check("\r\t\x7f\x08\x01\x1a\x1f", "Enter Tab Backspace Backspace C-a C-z C-_ ");
    check("\xc3\xa9\xf0\x9f\x91\x8b", "\xc3\xa9 \xf0\x9f\x91\x8b ");
    check("a\xff" "b", "a b ");
    check("\033", "Esc ");
}

static void test_sequences(void **state)
{
    (void)state;
    check("\033[A\033OB\033[1;5C\033[H\033OF", "Up Down C-Right Home End ");
    check("\033[3~\033[5~\033[6;3~\033[15~\033[24;2~\033OP\033[[A", "Delete PageUp M-PageDown F5 S-F12 F1 F1 ");
    check("\033x\033\r\0331\033\xc3\xa9", "M-x M-Enter M-1 M-\xc3\xa9 ");
    check("\033[Z\033[97;5u\033[27;5;13~", "S-Tab C-a C-Enter ");
    check("\033\033[A", "M-Up ");
    check("\033[", "M-[ ");
    check("\033O", "M-O ");
    check("\033[I\033[O", "focus(1) focus(0) ");
    check("\033[?62;22cx\033]11;rgb:0/0/0\007y\033P1$r\033\\z", "x y z ");
    check("\033[999;999;999xq", "q ");
}

static void test_mouse(void **state)
{
    (void)state;
    check("\033[<0;10;5M\033[<0;10;5m", "mouse(0,1,9,4) mouse(1,1,9,4) ");
    check("\033[<64;1;1M\033[<65;1;1M\033[<32;2;2M", "mouse(3,1,0,0) mouse(4,2,0,0) mouse(2,1,1,1) ");
    check("\033[<0M\033[<0;0;0M", "");
}

static void test_paste(void **state)
{
    (void)state;
    check("\033[200~a\nb\033[Ac\033[201~d", "paste(a\nb\033[Ac) d ");
    check("\033[200~never ends", "paste(never ends) ");
    char big[200];
    memset(big, 'x', sizeof big);
    memcpy(big, "\033[200~", 6);
    memcpy(big + 190, "\033[201~k", 7);
    feed(big, 197, 13);
    assert_non_null(strstr(seen, "cut k "));
}

static void test_rubbish(void **state)
{
    uint32_t x = 1;
    (void)state;
    for (int round = 0; round < 2000; round++) {
        char bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++) {
            x = x * 1664525 + 1013904223;
            bytes[i] = (x >> 28) < 5 ? "\033[O;<M~"[(x >> 20) & 7 ? (x >> 20) % 7 : 0] : (char)(x >> 16);
        }
        feed(bytes, sizeof bytes, 1 + (size_t)round % 9);
    }
}

static void test_names(void **state)
{
    struct key k;
    char name[KEY_NAME_MAX];
    static const char *const good[] = {"a", "C-x", "M-1", "C-M-Left", "S-Tab", "F5", "PageUp", "Comma", "M--", "\xc3\xa9", "Space"};
    static const char *const bad[] = {"", "C-", "X-a", "F0", "F25", "Hyper", "ab", "S-a"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(key_parse(good[i], strlen(good[i]), &k));
        key_format(k, name);
        assert_string_equal(name, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(key_parse(bad[i], strlen(bad[i]), &k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_sequences), cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_paste), cmocka_unit_test(test_rubbish),   cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
