/* The WebSocket codec (RFC 6455), pure buffer to buffer: no socket, no clock. Both sides of a connection use it. */
#ifndef COMMON_WS_H
#define COMMON_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

enum ws_opcode {
    WS_OP_CONTINUATION = 0,
    WS_OP_TEXT = 1,
    WS_OP_BINARY = 2,
    WS_OP_CLOSE = 8,
    WS_OP_PING = 9,
    WS_OP_PONG = 10,
};

enum ws_code {
    WS_CODE_NORMAL = 1000,
    WS_CODE_GOING_AWAY = 1001,
    WS_CODE_PROTOCOL = 1002,
    WS_CODE_NONE = 1005,      /* a close frame without a code; never sent */
    WS_CODE_ABNORMAL = 1006,  /* no close frame at all; never sent */
    WS_CODE_NOT_TEXT = 1007,  /* text that is not UTF-8 */
    WS_CODE_POLICY = 1008,
    WS_CODE_TOO_BIG = 1009,
    WS_CODE_INTERNAL = 1011,
};

enum ws_side {
    WS_SERVER,  /* reads masked frames only */
    WS_CLIENT,  /* reads unmasked frames only */
};

enum ws_event {
    WS_MORE,     /* the input is used up, nothing complete yet */
    WS_MESSAGE,  /* a complete message: opcode (text or binary), payload, payload_len */
    WS_PING,     /* payload, payload_len: to be sent back in a pong */
    WS_PONG,
    WS_CLOSE,    /* close_code (WS_CODE_NONE when the frame had none); payload is the reason */
    WS_ERROR,    /* the peer broke the protocol: close with close_code; every later call gives WS_ERROR again */
};

#define WS_CONTROL_MAX 125
#define WS_HEADER_MAX 14

/* Fields marked (out) may be read after the event they belong to; the rest is the codec's. */
struct ws_parser {
    enum ws_opcode opcode;   /* (out) */
    const char *payload;     /* (out) NUL-terminated; valid until the next ws_next or ws_parser_fini */
    size_t payload_len;      /* (out) */
    int close_code;          /* (out) */

    enum ws_side side;
    size_t message_max;
    uint64_t frame_left;     /* payload bytes of the present frame still to come */
    uint32_t mask_at;        /* where in the mask the next byte falls */
    unsigned char header[WS_HEADER_MAX];
    unsigned char header_len, header_need; /* header_need 0: inside the payload */
    unsigned char frame_op, message_op;    /* message_op 0: no message begun */
    unsigned char control_len;
    bool fin, failed, delivered;
    char control[WS_CONTROL_MAX + 1];
    struct buf message;
};

/* message_max: bytes of a whole message, fragments joined. Nothing is allocated before payload arrives. */
void ws_parser_init(struct ws_parser *p, enum ws_side side, size_t message_max);
void ws_parser_fini(struct ws_parser *p);

/* Takes bytes from *data / *n (both are moved on) up to the next event.
   Call again until WS_MORE, WS_CLOSE or WS_ERROR. */
enum ws_event ws_next(struct ws_parser *p, const char **data, size_t *n);

/* Writes the header of a frame and returns its length. mask NULL: not masked (server side). */
size_t ws_header(unsigned char out[WS_HEADER_MAX], bool fin, enum ws_opcode op, uint64_t len,
                 const unsigned char mask[4]);

/* Appends one whole frame. Clients pass 4 unpredictable bytes as mask, servers NULL. */
void ws_put_frame(struct buf *out, bool fin, enum ws_opcode op, const void *payload, size_t n,
                  const unsigned char mask[4]);

/* Appends a close frame. A code that must not be sent (1005, 1006, out of range) gives one without code; the reason
   (NULL: none) is cut at 123 bytes, between characters. */
void ws_put_close(struct buf *out, int code, const char *reason, const unsigned char mask[4]);

/* True for codes that may stand in a close frame. */
bool ws_code_is_valid(int code);

/* A key for Sec-WebSocket-Key from the operating system's randomness, and the check of a foreign one. */
#define WS_KEY_LEN 24
void ws_key_make(char out[WS_KEY_LEN + 1]);
bool ws_key_is_valid(const char *key);

/* Sec-WebSocket-Accept for a key. */
#define WS_ACCEPT_LEN 28
void ws_accept(const char *key, char out[WS_ACCEPT_LEN + 1]);

#endif
