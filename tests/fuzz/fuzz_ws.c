/* The WebSocket codec: cut differently, the same bytes must give the same events; what was read can be built again. */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "common/ws.h"

#define MESSAGE_MAX 300

static void must(int ok)
{
    if (!ok)
        abort();
}

static void check_message(const struct ws_parser *p)
{
    struct buf wire = BUF_INIT;
    struct ws_parser again;
    must(p->payload_len <= MESSAGE_MAX && (p->opcode == WS_OP_BINARY || utf8_valid(p->payload, p->payload_len)));
    ws_put_frame(&wire, true, p->opcode, p->payload, p->payload_len, NULL);
    ws_parser_init(&again, WS_CLIENT, MESSAGE_MAX);
    const char *cursor = wire.data;
    size_t left = wire.len;
    must(ws_next(&again, &cursor, &left) == WS_MESSAGE && left == 0 && again.payload_len == p->payload_len &&
         memcmp(again.payload, p->payload, p->payload_len) == 0);
    ws_parser_fini(&again);
    buf_free(&wire);
}

static void run(enum ws_side side, const char *data, size_t n, size_t step, struct buf *out)
{
    struct ws_parser p;
    enum ws_event ev = WS_MORE;
    ws_parser_init(&p, side, MESSAGE_MAX);
    for (size_t at = 0; at < n && ev != WS_CLOSE && ev != WS_ERROR; at += step) {
        const char *cursor = data + at;
        size_t left = n - at < step ? n - at : step;
        while ((ev = ws_next(&p, &cursor, &left)) != WS_MORE) {
            must(p.payload[p.payload_len] == '\0');
            buf_printf(out, "%d:", ev);
            buf_append(out, p.payload, p.payload_len);
            if (ev == WS_MESSAGE)
                check_message(&p);
            if (ev == WS_CLOSE || ev == WS_ERROR) {
                must(p.close_code == WS_CODE_NONE || ws_code_is_valid(p.close_code));
                buf_printf(out, "%d", p.close_code);
                break;
            }
        }
    }
    ws_parser_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    for (int side = WS_SERVER; side <= WS_CLIENT; side++) {
        struct buf whole = BUF_INIT, pieces = BUF_INIT;
        run((enum ws_side)side, (const char *)data, n, n, &whole);
        run((enum ws_side)side, (const char *)data, n, 1 + data[n - 1] % 7, &pieces);
        must(whole.len == pieces.len && (whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0));
        buf_free(&whole);
        buf_free(&pieces);
    }
    return 0;
}

#ifndef FUZZING
int main(int argc, char **argv)
{
    static const struct token tokens[] = {
        TOKEN("\x81\x05Hello"), TOKEN("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), TOKEN("\x01\x03Hel"),
        TOKEN("\x80\x02lo"), TOKEN("\x89\x02hi"), TOKEN("\x89\x80" "abcd"), TOKEN("\x01\x83" "abcd" "xyz"),
        TOKEN("\x80\x81" "abcd" "x"), TOKEN("\x82\x7e\x00\x80"), TOKEN("\x82\xfe\x00\x80" "abcd"),
        TOKEN("\x8a\x80" "abcd"), TOKEN("\x88\x82" "\0\0\0\0" "\x03\xe8"), TOKEN("\x81\x80" "abcd"),
        TOKEN("\x01\x82" "\0\0\0\0" "\xc3\xa4"), TOKEN("\x81\x7f\0\0\0\0\0\1\0\0"),
        TOKEN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")};
    return replay(argc, argv, tokens, COUNT_OF(tokens));
}
#endif
