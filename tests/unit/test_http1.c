/* The strict request parser, from strings: what it reads, and what it refuses with which status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "server/http1.h"

#define HEAD_MAX 1024

static void describe_head(const struct http1 *p, struct buf *out)
{
    buf_printf(out, "%s %s", p->method, p->target);
    if (p->query)
        buf_printf(out, "?%s", p->query);
    for (size_t i = 0; i < p->header_count; i++)
        buf_printf(out, " %s=[%s]", p->headers[i].name, p->headers[i].value);
    if (p->is_http10)
        buf_puts(out, " 1.0");
    if (!p->keep_alive)
        buf_puts(out, " close");
    if (p->upgrade)
        buf_puts(out, " upgrade");
    if (p->expect_continue)
        buf_puts(out, " expect");
    buf_puts(out, " {");
}

/* Parses all requests of the text in pieces of step bytes; describes them, or the status, in out. */
static void run(const char *data, size_t n, size_t step, struct buf *out)
{
    struct http1 p;
    http1_init(&p, HEAD_MAX);
    enum http1_event ev = HTTP1_MORE;
    for (size_t at = 0; at < n && ev != HTTP1_FAIL; at += step) {
        size_t left = n - at < step ? n - at : step;
        char *piece = x_malloc(left);
        memcpy(piece, data + at, left);
        const char *cursor = piece;
        while ((ev = http1_next(&p, &cursor, &left)) != HTTP1_MORE && ev != HTTP1_FAIL) {
            if (ev == HTTP1_HEAD)
                describe_head(&p, out);
            else if (ev == HTTP1_BODY)
                buf_append(out, p.piece, p.piece_len);
            else
                buf_puts(out, "}");
        }
        if (ev == HTTP1_FAIL)
            buf_printf(out, "%d", p.status);
        free(piece);
    }
    http1_fini(&p);
}

static void expect_n(const char *data, size_t n, const char *wanted)
{
    static const size_t steps[] = {1, 2, 3, 11, 1 << 20};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct buf out = BUF_INIT;
        buf_puts(&out, "");
        run(data, n, steps[i], &out);
        assert_string_equal(out.data, wanted);
        buf_free(&out);
    }
}
#define EXPECT(data, wanted) expect_n(data, sizeof(data) - 1, wanted)
#define GET "GET / HTTP/1.1\r\nHost: h\r\n"
#define POST "POST / HTTP/1.1\r\nHost: h\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define CHUNKED_OUT "POST / host=[h] transfer-encoding=[chunked] {"

static void test_plain(void **state)
{
    (void)state;
    EXPECT(GET "\r\n", "GET / host=[h] {}");
    EXPECT("\r\n" GET "\r\n", "GET / host=[h] {}");
    EXPECT(GET "\r\n" GET "\r\n", "GET / host=[h] {}GET / host=[h] {}");
    EXPECT("GET /a%20b?x=1&y? HTTP/1.1\r\nHOST:\th:80 \t\r\nX-Empty:\r\nX-Y: a  b \r\n\r\n",
           "GET /a%20b?x=1&y? host=[h:80] x-empty=[] x-y=[a  b] {}");
    EXPECT("GET /? HTTP/1.1\r\nHost: h\r\n\r\n", "GET /? host=[h] {}");
    EXPECT("GET http://other:8/p?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET /p?q host=[h] {}");
    EXPECT("GET http://other HTTP/1.1\r\nHost: h\r\n\r\n", "GET / host=[h] {}");
    EXPECT("GET http://other?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET /?q host=[h] {}");
    EXPECT("GET / HTTP/1.0\r\n\r\n", "GET / 1.0 close {}");
    EXPECT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / connection=[keep-alive] 1.0 {}");
    EXPECT(GET "Connection: close\r\n\r\n", "GET / host=[h] connection=[close] close {}");
    EXPECT(GET "Connection: x, Upgrade\r\nUpgrade: websocket\r\n\r\n",
           "GET / host=[h] connection=[x, Upgrade] upgrade=[websocket] upgrade {}");
}

static void test_bodies(void **state)
{
    (void)state;
    EXPECT(POST "\r\n", "POST / host=[h] {}");
    EXPECT(POST "Content-Length: 5\r\nExpect: 100-Continue\r\n\r\nhello" GET "\r\n",
           "POST / host=[h] content-length=[5] expect=[100-Continue] expect {hello}GET / host=[h] {}");
    EXPECT(POST "Content-Length: 0\r\n\r\n" GET "\r\n", "POST / host=[h] content-length=[0] {}GET / host=[h] {}");
    EXPECT(CHUNKED "5\r\nhello\r\n0\r\n\r\n" GET "\r\n", CHUNKED_OUT "hello}GET / host=[h] {}");
    EXPECT(CHUNKED "00a;x=\"y\"\r\n0123456789\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", CHUNKED_OUT "0123456789!}");
}

static void test_lengths_refused(void **state)
{
    (void)state;
    EXPECT(POST "Content-Length: 5x\r\n\r\n", "400");
    EXPECT(POST "Content-Length: -5\r\n\r\n", "400");
    EXPECT(POST "Content-Length: +5\r\n\r\n", "400");
    EXPECT(POST "Content-Length: 0x5\r\n\r\n", "400");
    EXPECT(POST "Content-Length:\r\n\r\n", "400");
    EXPECT(POST "Content-Length: 5, 5\r\n\r\n", "400");
    EXPECT(POST "Content-Length: 5 5\r\n\r\n", "400");
    EXPECT(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "400");
    EXPECT(POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "400");
    EXPECT(POST "Content-Length: 1000000000000000000\r\n\r\n", "413");
    EXPECT("POST / HTTP/1.0\r\n\r\n", "411");
}

static void test_smuggling_refused(void **state)
{
    (void)state;
    EXPECT(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400");
    EXPECT(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400");
    EXPECT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "400");
    EXPECT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "501");
    EXPECT(POST "Transfer-Encoding: identity\r\n\r\n", "501");
    EXPECT(POST "Transfer-Encoding: xchunked\r\n\r\n", "501");
    EXPECT(POST "Transfer-Encoding : chunked\r\n\r\n", "400");
    EXPECT(POST " Transfer-Encoding: chunked\r\n\r\n", "400");
    EXPECT(POST "X: a\r\n\tb\r\n\r\n", "400");
    EXPECT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400");
}

static void test_chunks_refused(void **state)
{
    (void)state;
    EXPECT(CHUNKED "5\r\nhelloX\r\n", CHUNKED_OUT "hello400");
    EXPECT(CHUNKED "5\r\nhello\n0\r\n\r\n", CHUNKED_OUT "hello400");
    EXPECT(CHUNKED "5\r\nhello\rX", CHUNKED_OUT "hello400");
    EXPECT(CHUNKED "5\nhello", CHUNKED_OUT "400");
    EXPECT(CHUNKED "5\rXhello", CHUNKED_OUT "400");
    EXPECT(CHUNKED "5;a\nb\r\nhello", CHUNKED_OUT "400");
    EXPECT(CHUNKED "x\r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED " 5\r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED "5 \r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED "\r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED ";\r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED "0000000000000005\r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED "0\r\nX: a\n\r\n", CHUNKED_OUT "400");
    EXPECT(CHUNKED "0\r\nno colon\r\n\r\n", CHUNKED_OUT "400");
}

static void test_lines_refused(void **state)
{
    (void)state;
    EXPECT("GET / HTTP/1.1\nHost: h\n\n", "400");
    EXPECT("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.1\r\nHost: h\n\r\n", "400");
    EXPECT(GET "X: a\rb\r\n\r\n", "400");
    EXPECT(GET "X: a\r\r\n\r\n", "400");
    EXPECT(GET "X: a\0b\r\n\r\n", "400");
    EXPECT(GET "X Y: a\r\n\r\n", "400");
    EXPECT(GET "X : a\r\n\r\n", "400");
    EXPECT(GET ": a\r\n\r\n", "400");
    EXPECT(GET "X\r\n\r\n", "400");
    EXPECT("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("GET /  HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", "400");
    EXPECT("GET /\r\n\r\n", "400");
    EXPECT("GET\t/ HTTP/1.1\r\n\r\n", "400");
    EXPECT("GET /#f HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("GET * HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("GET x HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("\x16\x03\x01\x02\x00\x01\r\n", "400");
}

static void test_hosts_versions_methods(void **state)
{
    (void)state;
    EXPECT("GET / HTTP/1.1\r\n\r\n", "400");
    EXPECT(GET "Host: h\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", "400");
    EXPECT("GET / HTTP/1.2\r\nHost: h\r\n\r\n", "505");
    EXPECT("GET / HTTP/2.0\r\nHost: h\r\n\r\n", "505");
    EXPECT("GET / HTTP/0.9\r\nHost: h\r\n\r\n", "505");
    EXPECT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505");
    EXPECT("GET / HTTP/1.10\r\nHost: h\r\n\r\n", "400");
    EXPECT("GET / http/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", "501");
    EXPECT("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", "501");
    EXPECT("g(t / HTTP/1.1\r\nHost: h\r\n\r\n", "400");
    EXPECT(POST "Expect: cake\r\n\r\n", "417");
}

static void test_limits(void **state)
{
    (void)state;
    struct buf wire = BUF_INIT;
    buf_puts(&wire, "GET /");
    while (wire.len < HEAD_MAX)
        buf_putc(&wire, 'a');
    expect_n(wire.data, wire.len, "414");
    buf_clear(&wire);
    buf_puts(&wire, GET "X: ");
    while (wire.len < HEAD_MAX)
        buf_putc(&wire, 'a');
    expect_n(wire.data, wire.len, "431");
    buf_clear(&wire);
    buf_puts(&wire, CHUNKED "0\r\n");
    while (wire.len < 2 * HEAD_MAX + 200)
        buf_puts(&wire, "X: a\r\n");
    expect_n(wire.data, wire.len, CHUNKED_OUT "431");
    buf_clear(&wire);
    buf_puts(&wire, GET);
    for (int i = 0; i < HTTP1_HEADERS_MAX; i++)
        buf_puts(&wire, "X:\r\n");
    buf_puts(&wire, "\r\n");
    expect_n(wire.data, wire.len, "431");
    buf_clear(&wire);
    buf_puts(&wire, CHUNKED "1;");
    while (wire.len < 500)
        buf_putc(&wire, 'x');
    expect_n(wire.data, wire.len, CHUNKED_OUT "400");
    buf_free(&wire);
}

static void test_lists(void **state)
{
    (void)state;
    assert_true(http1_list_has("keep-alive, Upgrade ,x", "upgrade"));
    assert_true(http1_list_has("websocket", "websocket"));
    assert_false(http1_list_has("upgraded, up", "upgrade"));
    assert_false(http1_list_has("", "upgrade"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_bodies), cmocka_unit_test(test_lengths_refused),
        cmocka_unit_test(test_smuggling_refused), cmocka_unit_test(test_chunks_refused),
        cmocka_unit_test(test_lines_refused), cmocka_unit_test(test_hosts_versions_methods),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
