/* The request parser: cut differently, the same bytes must give the same events. */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#include "common/buf.h"
#include "common/mem.h"
#include "server/http1.h"

static void must(int ok)
{
    if (!ok)
        abort();
}

static void describe(const struct http1 *p, struct buf *out)
{
    must(p->target[0] == '/' && p->header_count <= HTTP1_HEADERS_MAX);
    buf_printf(out, "[%s %s?%s %d%d%d%d", p->method, p->target, p->query ? p->query : "", p->is_http10, p->keep_alive,
               p->upgrade, p->expect_continue);
    for (size_t i = 0; i < p->header_count; i++) {
        must(strpbrk(p->headers[i].name, " \t\r\n:") == NULL && strpbrk(p->headers[i].value, "\r\n") == NULL);
        buf_printf(out, "|%s=%s", p->headers[i].name, p->headers[i].value);
    }
    buf_putc(out, ']');
}

static void run(const char *data, size_t n, size_t step, struct buf *out)
{
    struct http1 p;
    enum http1_event ev = HTTP1_MORE;
    http1_init(&p, 512);
    for (size_t at = 0; at < n && ev != HTTP1_FAIL; at += step) {
        const char *cursor = data + at;
        size_t left = n - at < step ? n - at : step;
        while ((ev = http1_next(&p, &cursor, &left)) != HTTP1_MORE && ev != HTTP1_FAIL) {
            if (ev == HTTP1_HEAD)
                describe(&p, out);
            else if (ev == HTTP1_BODY)
                buf_append(out, p.piece, p.piece_len);
            else
                buf_putc(out, ';');
        }
        must(ev == HTTP1_FAIL || left == 0);
    }
    if (ev == HTTP1_FAIL) {
        must(p.status >= 400 && p.status <= 505 && p.text);
        buf_printf(out, "!%d", p.status);
    }
    http1_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct buf whole = BUF_INIT, pieces = BUF_INIT;
    run((const char *)data, n, n ? n : 1, &whole);
    run((const char *)data, n, n ? 1 + data[0] % 7 : 1, &pieces);
    must(whole.len == pieces.len && (whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0));
    buf_free(&whole);
    buf_free(&pieces);
    return 0;
}

#ifndef FUZZING
int main(int argc, char **argv)
{
    static const struct token tokens[] = {
        TOKEN("GET / HTTP/1.1\r\nHost: h\r\n"), TOKEN("POST /a?b=c HTTP/1.1\r\nHost: h\r\n"), TOKEN("\r\n"),
        TOKEN("\r\n\r\n"), TOKEN("\n"), TOKEN("\r"), TOKEN(" "), TOKEN("\t"), TOKEN("GET "), TOKEN("HTTP/1.0\r\n"),
        TOKEN("Host: x\r\n"), TOKEN("Content-Length: 5\r\n"), TOKEN("Content-Length: 0\r\n\r\n"), TOKEN("hello"),
        TOKEN("Transfer-Encoding: chunked\r\n\r\n"), TOKEN("Transfer-Encoding: chunked\r\n"),
        TOKEN("5\r\nhello\r\n"), TOKEN("0\r\n\r\n"), TOKEN("0\r\n"), TOKEN("a;x=y\r\n"),
        TOKEN("Connection: close\r\n"), TOKEN("Connection: upgrade\r\nUpgrade: websocket\r\n"), TOKEN(":"),
        TOKEN("X: "), TOKEN("X-Empty:\r\n"), TOKEN("Expect: 100-continue\r\n"), TOKEN("http://host/p"),
        TOKEN("ffffffffffffffff"), TOKEN("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")};
    return replay(argc, argv, tokens, COUNT_OF(tokens));
}
#endif
