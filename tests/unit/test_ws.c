/* The WebSocket codec: both directions, whole and byte by byte, and what it must refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "common/ws.h"

static const unsigned char mask[4] = {0x37, 0xFA, 0x21, 0x3D};

/* Feeds in pieces of step bytes and writes one letter an event (M P O C E) and the payloads to out. */
static void run(enum ws_side side, size_t message_max, const char *data, size_t n, size_t step, struct buf *out)
{
    static const char letters[] = "?MPOCE";
    struct ws_parser p;
    ws_parser_init(&p, side, message_max);
    enum ws_event ev = WS_MORE;
    for (size_t at = 0; at < n && ev != WS_ERROR; at += step) {
        size_t left = n - at < step ? n - at : step;
        char *piece = x_malloc(left); /* exactly so long, for the address sanitizer */
        memcpy(piece, data + at, left);
        const char *cursor = piece;
        while ((ev = ws_next(&p, &cursor, &left)) != WS_MORE) {
            buf_printf(out, "%c", letters[ev]);
            if (ev == WS_CLOSE || ev == WS_ERROR)
                buf_printf(out, "%d", p.close_code);
            buf_printf(out, "(%s)", p.payload);
            assert_int_equal(p.payload[p.payload_len], 0);
            if (ev == WS_ERROR)
                break;
        }
        free(piece);
    }
    ws_parser_fini(&p);
}

static void expect(enum ws_side side, const struct buf *wire, const char *events)
{
    static const size_t steps[] = {1, 2, 3, 7, 1 << 20};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct buf out = BUF_INIT;
        buf_puts(&out, "");
        run(side, 1000, wire->data, wire->len, steps[i], &out);
        assert_string_equal(out.data, events);
        buf_free(&out);
    }
}

static void expect_bytes(enum ws_side side, const char *bytes, size_t n, const char *events)
{
    struct buf wire = BUF_INIT;
    buf_append(&wire, bytes, n);
    expect(side, &wire, events);
    buf_free(&wire);
}
#define EXPECT(side, bytes, events) expect_bytes(side, bytes, sizeof(bytes) - 1, events)

static void test_examples_of_the_rfc(void **state)
{
    (void)state;
    EXPECT(WS_CLIENT, "\x81\x05Hello", "M(Hello)");
    EXPECT(WS_SERVER, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "M(Hello)");
    EXPECT(WS_CLIENT, "\x01\x03Hel\x80\x02lo", "M(Hello)");
    EXPECT(WS_CLIENT, "\x01\x03Hel\x89\x02hi\x80\x02lo\x8a\x00", "P(hi)M(Hello)O()");
    EXPECT(WS_CLIENT, "\x81\x00\x88\x00", "M()C1005()");
    EXPECT(WS_CLIENT, "\x88\x07\x03\xe8there", "C1000(there)");
    char accept[WS_ACCEPT_LEN + 1];
    ws_accept("dGhlIHNhbXBsZSBub25jZQ==", accept);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

static void test_refused(void **state)
{
    (void)state;
    EXPECT(WS_SERVER, "\x81\x05Hello", "E1002()");                  /* unmasked to a server */
    EXPECT(WS_CLIENT, "\x81\x85\x37\xfa\x21\x3dxxxxx", "E1002()");  /* masked to a client */
    EXPECT(WS_CLIENT, "\xC1\x00", "E1002()");                       /* reserved bit */
    EXPECT(WS_CLIENT, "\x83\x00", "E1002()");                       /* reserved opcodes */
    EXPECT(WS_CLIENT, "\x8B\x00", "E1002()");
    EXPECT(WS_CLIENT, "\x09\x00", "E1002()");                       /* fragmented ping */
    EXPECT(WS_CLIENT, "\x89\x7e\x00\x7e", "E1002()");               /* ping over 125 */
    EXPECT(WS_CLIENT, "\x80\x00", "E1002()");                       /* nothing to continue */
    EXPECT(WS_CLIENT, "\x01\x01" "a\x81\x01" "b", "E1002()");       /* message inside a message */
    EXPECT(WS_CLIENT, "\x81\x7e\x00\x05Hello", "E1002()");          /* length not in its shortest form */
    EXPECT(WS_CLIENT, "\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", "E1002()");
    EXPECT(WS_CLIENT, "\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", "E1002()");
    EXPECT(WS_CLIENT, "\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff", "E1009()");
    EXPECT(WS_CLIENT, "\x82\x7e\x03\xe9", "E1009()");               /* 1001 bytes, 1000 allowed */
    EXPECT(WS_CLIENT, "\x81\x02\xc3\x28", "E1007()");               /* not UTF-8 */
    EXPECT(WS_CLIENT, "\x82\x02\xc3\x28", "M(\xc3\x28)");           /* which binary may hold */
    EXPECT(WS_CLIENT, "\x88\x01\x03", "E1002()");                   /* half a close code */
    EXPECT(WS_CLIENT, "\x88\x02\x03\xed", "E1002()");               /* 1005 on the wire */
    EXPECT(WS_CLIENT, "\x88\x02\x27\x0f", "E1002()");               /* 9999 */
    EXPECT(WS_CLIENT, "\x88\x03\x03\xe8\xff", "E1007()");           /* reason not UTF-8 */
}

static void test_joined_size_is_limited(void **state)
{
    (void)state;
    struct buf wire = BUF_INIT;
    char half[600];
    memset(half, 'x', sizeof(half));
    ws_put_frame(&wire, false, WS_OP_TEXT, half, sizeof(half), mask);
    ws_put_frame(&wire, true, WS_OP_CONTINUATION, half, sizeof(half), mask);
    expect(WS_SERVER, &wire, "E1009()");
    buf_free(&wire);
}

static void test_utf8_split_over_fragments(void **state)
{
    (void)state;
    EXPECT(WS_CLIENT, "\x01\x01\xc3\x80\x01\xa4", "M(\xc3\xa4)");
}

static void test_built_frames_are_read_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 70001};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (int side = WS_SERVER; side <= WS_CLIENT; side++) {
            char *text = x_malloc(sizes[i]);
            for (size_t k = 0; k < sizes[i]; k++)
                text[k] = (char)('a' + k % 26);
            struct buf wire = BUF_INIT;
            ws_put_frame(&wire, true, WS_OP_TEXT, text, sizes[i], side == WS_SERVER ? mask : NULL);
            struct ws_parser p;
            ws_parser_init(&p, (enum ws_side)side, 1 << 20);
            const char *cursor = wire.data;
            size_t n = wire.len;
            assert_int_equal(ws_next(&p, &cursor, &n), WS_MESSAGE);
            assert_int_equal(p.payload_len, sizes[i]);
            assert_memory_equal(p.payload, text, sizes[i]);
            assert_int_equal(n, 0);
            assert_int_equal(ws_next(&p, &cursor, &n), WS_MORE);
            ws_parser_fini(&p);
            buf_free(&wire);
            free(text);
        }
    }
}

static void test_close_frames(void **state)
{
    (void)state;
    struct buf wire = BUF_INIT;
    ws_put_close(&wire, 1001, "going", NULL);
    expect(WS_CLIENT, &wire, "C1001(going)");
    buf_clear(&wire);
    ws_put_close(&wire, 1006, "never sent", mask);
    expect(WS_SERVER, &wire, "C1005()");
    buf_clear(&wire);
    char reason[200], events[200];
    memset(reason, 'r', sizeof(reason));
    memcpy(reason + 122, "\xc3\xa4", 2); /* stands on the limit */
    reason[199] = '\0';
    ws_put_close(&wire, 4000, reason, NULL);
    snprintf(events, sizeof(events), "C4000(%.122s)", reason);
    expect(WS_CLIENT, &wire, events);
    buf_free(&wire);
}

static void test_keys(void **state)
{
    (void)state;
    char key[WS_KEY_LEN + 1];
    ws_key_make(key);
    assert_true(ws_key_is_valid(key));
    assert_true(ws_key_is_valid("dGhlIHNhbXBsZSBub25jZQ=="));
    assert_false(ws_key_is_valid(""));
    assert_false(ws_key_is_valid("dGhlIHNhbXBsZSBub25jZQ="));
    assert_false(ws_key_is_valid("dGhlIHNhbXBsZSBub25jZQ==="));
    assert_false(ws_key_is_valid("dGhlIHNhbXBs!SBub25jZQ=="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples_of_the_rfc), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_joined_size_is_limited), cmocka_unit_test(test_utf8_split_over_fragments),
        cmocka_unit_test(test_built_frames_are_read_back), cmocka_unit_test(test_close_frames),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
