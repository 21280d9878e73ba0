/* The one door for foreign text, and what the grid sends for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "term/grid.h"
#include "term/text.h"

static void check_clean(const char *in, const char *out)
{
    AUTO_FREE char *got = text_clean_dup(in, strlen(in));
    assert_string_equal(got, out);
}

static void test_hostile(void **state)
{
    (void)state;
    check_clean("plain", "plain");
    check_clean("\033[31mred\033[0m", "red");
    check_clean("\033]0;title\007text", "text");
    check_clean("\033]8;;http://x\033\\link\033]8;;\033\\", "link");
    check_clean("\033Pq#0\033\\ok", "ok");
    check_clean("\033", "");
    check_clean("a\033[", "a");
    check_clean("a\001\002\177b\r", "ab");
    check_clean("a\tb\nc", "a b c");
    check_clean("\xc2\x9b" "31m", "31m");                              /* C1 CSI as a code point */
    check_clean("\x9b" "31m", "\xef\xbf\xbd" "31m");                   /* and as a byte */
    check_clean("a\xe2\x80\xae" "b\xe2\x80\xac" "c", "abc");           /* override */
    check_clean("a\xe2\x81\xa6" "b\xe2\x81\xa9" "c\xd8\x9c", "abc");   /* isolates, Arabic mark */
    check_clean("a\xe2\x80\x8b" "b\xe2\x81\xa0" "c\xef\xbb\xbf" "d", "abcd");
    check_clean("a\xf3\xa0\x81\x81" "b", "ab");                        /* tag character */
    check_clean("\xe2\x80\xa8x\xe2\x80\xa9", " x ");                   /* line separators */
    check_clean("a\xe2\x80\x8d" "b", "ab");                            /* joiner between letters */
    check_clean("\xcc\x81" "x", "\xe2\x97\x8c\xcc\x81" "x");           /* a mark with nothing to stand on */
    check_clean("\xee\x80\x80", "\xef\xbf\xbd");                       /* private use */
    check_clean("\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_kept(void **state)
{
    (void)state;
    check_clean("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb");
    check_clean("\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f"); /* heart as emoji */
    check_clean("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d");
    check_clean("e\xcc\x81", "e\xcc\x81");
}

static void test_marks_are_bounded(void **state)
{
    (void)state;
    char pile[2 + 200 * 2 + 1] = "a";
    for (int i = 0; i < 200; i++)
        memcpy(pile + 1 + 2 * i, "\xcc\x81", 3);
    AUTO_FREE char *got = text_clean_dup(pile, strlen(pile));
    assert_true(strlen(got) <= 1 + 4 * 2);
}

static void test_width(void **state)
{
    (void)state;
    struct text_cluster c;
    assert_int_equal(text_width("abc", 3), 3);
    assert_int_equal(text_width("\xe5\xbc\xa0\xe4\xbc\x9f", 6), 4);
    assert_int_equal(text_width("e\xcc\x81", 3), 1);
    assert_int_equal(text_width("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", 11), 2);
    assert_int_equal(text_width("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 8), 2); /* a flag */
    assert_int_equal(text_width("\033[2J", 4), 0);
    for (int b = 0; b < 256; b++) { /* every byte moves on and stays in bounds */
        char s[3] = {(char)b, (char)(255 - b), 'x'};
        size_t n = text_next(s, 3, &c);
        assert_true(n >= 1 && n <= 3 && c.width <= 2 && c.len <= TEXT_CLUSTER_MAX);
        for (size_t i = 0; i < c.len; i++)
            assert_true((unsigned char)c.bytes[i] >= 0x20 && c.bytes[i] != 0x7F);
    }
}

static void test_wrap_and_fit(void **state)
{
    (void)state;
    size_t next;
    int cols;
    assert_int_equal(text_wrap("hello big world", 15, 10, &next), 9);
    assert_int_equal(next, 10);
    assert_int_equal(text_wrap("hello", 5, 3, &next), 3);
    assert_int_equal(next, 3);
    assert_int_equal(text_wrap("a\nb", 3, 10, &next), 1);
    assert_int_equal(next, 2);
    assert_int_equal(text_wrap("\xe5\xbc\xa0", 3, 1, &next), 0);
    assert_int_equal(next, 3);
    assert_int_equal(text_fit("\xe5\xbc\xa0\xe4\xbc\x9f", 6, 3, &cols), 3);
    assert_int_equal(cols, 2);
}

static void flush(struct grid *g, struct buf *out)
{
    buf_clear(out);
    grid_flush(g, out);
    buf_putc(out, '\0');
    out->len--;
}

static void test_grid(void **state)
{
    (void)state;
    struct grid g;
    struct buf out = BUF_INIT;
    grid_init(&g, true, true, DEPTH_256);
    grid_resize(&g, 20, 5);
    grid_put(&g, 0, 0, 0, "hello", 5, 20);
    g.cursor_x = 5, g.cursor_y = 0;
    flush(&g, &out);
    assert_non_null(strstr(out.data, "hello"));
    flush(&g, &out);
    assert_int_equal(out.len, 0);                   /* nothing changed: nothing sent */
    grid_put(&g, 5, 0, 0, "x", 1, 15);
    g.cursor_x = 6;
    flush(&g, &out);
    assert_string_equal(out.data, "x");             /* a typed key is one byte */
    grid_put(&g, 0, 1, 0, "\033[2J\x07safe", 9, 20);
    flush(&g, &out);
    assert_null(strstr(out.data, "[2J"));
    assert_non_null(strstr(out.data, "safe"));
    assert_int_equal(grid_put(&g, 19, 2, 0, "\xe5\xbc\xa0", 3, 5), 0);   /* a wide one is not cut in half */
    grid_put(&g, 0, 3, 0, "\xd7\xa9\xd7\x9c", 4, 20);
    flush(&g, &out);
    assert_non_null(strstr(out.data, "\xd7\xa9\033[4;2H\xd7\x9c"));      /* each cell has its column told */
    buf_free(&out);
    grid_fini(&g);
}

static void test_grid_scroll(void **state)
{
    (void)state;
    struct grid g;
    struct buf out = BUF_INIT;
    char line[32];
    grid_init(&g, true, true, DEPTH_256);
    grid_resize(&g, 80, 30);
    for (int pass = 0; pass < 2; pass++) {
        for (int y = 0; y < 30; y++) {
            int n = snprintf(line, sizeof line, "line %d of a long story", y + pass);
            grid_put(&g, 0, y, 0, line, (size_t)n, 80);
        }
        g.scroll_w = 80, g.scroll_h = 30;
        flush(&g, &out);
    }
    assert_true(out.len < 80);
    buf_free(&out);
    grid_fini(&g);
}

static void test_style(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    struct term_style s = {0x88C0D0, COLOR_DEFAULT, 14, COLOR_DEFAULT, ATTR_BOLD, ATTR_REVERSE};
    struct sgr none = {0, COLOR_DEFAULT, COLOR_DEFAULT}, r = style_resolve(&s, DEPTH_TRUE);
    style_change(&out, &none, &r, DEPTH_TRUE);
    assert_string_equal(out.data, "\033[1;38;2;136;192;208m");
    buf_clear(&out);
    style_change(&out, &r, &none, DEPTH_TRUE);
    assert_memory_equal(out.data, "\033[m", out.len);
    buf_clear(&out);
    r = style_resolve(&s, DEPTH_16);
    style_change(&out, &none, &r, DEPTH_16);
    assert_string_equal(out.data, "\033[1;96m");
    buf_clear(&out);
    r = style_resolve(&s, DEPTH_8);
    style_change(&out, &none, &r, DEPTH_8);
    assert_string_equal(out.data, "\033[1;36m");
    buf_clear(&out);
    r = style_resolve(&s, DEPTH_MONO);
    style_change(&out, &none, &r, DEPTH_MONO);
    assert_string_equal(out.data, "\033[7m");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile), cmocka_unit_test(test_kept), cmocka_unit_test(test_marks_are_bounded),
        cmocka_unit_test(test_width),   cmocka_unit_test(test_wrap_and_fit), cmocka_unit_test(test_grid),
        cmocka_unit_test(test_grid_scroll), cmocka_unit_test(test_style),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
