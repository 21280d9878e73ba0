#include "common/ws.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "common/id.h"
#include "common/utf8.h"

#define REASON_MAX (WS_CONTROL_MAX - 2)
#define KEEP_BYTES 512 /* memory of a delivered message kept for the next one */

void ws_parser_init(struct ws_parser *p, enum ws_side side, size_t message_max)
{
    memset(p, 0, sizeof(*p));
    p->side = side;
    p->message_max = message_max;
    p->header_need = 2;
    p->payload = p->control;
}

void ws_parser_fini(struct ws_parser *p)
{
    buf_free(&p->message);
}

static enum ws_event fail(struct ws_parser *p, int code)
{
    p->failed = true;
    p->close_code = code;
    p->payload = "";
    p->payload_len = 0;
    buf_free(&p->message);
    return WS_ERROR;
}

static bool is_control(unsigned op)
{
    return op >= WS_OP_CLOSE;
}

bool ws_code_is_valid(int code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != WS_CODE_NONE && code != WS_CODE_ABNORMAL) ||
           (code >= 3000 && code <= 4999);
}

/* Most text is plain ASCII: step over it a word at a time. */
static bool text_is_valid(const char *s, size_t n)
{
    while (n >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, s, sizeof(word));
        if (word & UINT64_C(0x8080808080808080))
            break;
        s += sizeof(word);
        n -= sizeof(word);
    }
    return utf8_valid(s, n);
}

static void apply_mask(char *p, size_t n, const unsigned char mask[4], uint32_t at)
{
    unsigned char turned[8];
    for (unsigned i = 0; i < 8; i++)
        turned[i] = mask[(at + i) & 3];
    uint64_t wide, word;
    memcpy(&wide, turned, 8);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, p + i, 8);
        word ^= wide;
        memcpy(p + i, &word, 8);
    }
    for (; i < n; i++)
        p[i] = (char)((unsigned char)p[i] ^ turned[i & 7]);
}

/* How long the header is, as far as its first two bytes tell. */
static unsigned char header_size(const struct ws_parser *p)
{
    unsigned len = p->header[1] & 0x7F;
    unsigned size = 2 + (len == 126 ? 2 : len == 127 ? 8 : 0) + (p->header[1] & 0x80 ? 4 : 0);
    return (unsigned char)size;
}

/* Checks the first two bytes: 0 or the close code. */
static int check_start(const struct ws_parser *p)
{
    unsigned op = p->header[0] & 0x0F;
    bool masked = p->header[1] & 0x80;
    if ((p->header[0] & 0x70) || masked != (p->side == WS_SERVER))
        return WS_CODE_PROTOCOL;
    if (is_control(op)) {
        bool known = op == WS_OP_CLOSE || op == WS_OP_PING || op == WS_OP_PONG;
        bool is_small = (p->header[1] & 0x7F) <= WS_CONTROL_MAX;
        return known && is_small && (p->header[0] & 0x80) ? 0 : WS_CODE_PROTOCOL;
    }
    if (op > WS_OP_BINARY || (op == WS_OP_CONTINUATION) != (p->message_op != 0))
        return WS_CODE_PROTOCOL;
    return 0;
}

/* The header is complete: takes the length over. 0 or the close code. */
static int begin_frame(struct ws_parser *p)
{
    unsigned len7 = p->header[1] & 0x7F;
    unsigned bytes = len7 == 126 ? 2 : len7 == 127 ? 8 : 0;
    uint64_t len = bytes ? 0 : len7;
    for (unsigned i = 0; i < bytes; i++)
        len = len << 8 | p->header[2 + i];
    if ((bytes == 2 && len < 126) || (bytes == 8 && (len <= 0xFFFF || len >> 63)))
        return WS_CODE_PROTOCOL; /* not the shortest form */
    p->frame_op = p->header[0] & 0x0F;
    p->fin = p->header[0] & 0x80;
    p->frame_left = len;
    p->mask_at = 0;
    p->header_need = 0;
    if (is_control(p->frame_op)) {
        p->control_len = 0;
        return 0;
    }
    if (len > p->message_max || p->message.len > p->message_max - len)
        return WS_CODE_TOO_BIG;
    if (p->frame_op != WS_OP_CONTINUATION)
        p->message_op = p->frame_op;
    return 0;
}

/* Gathers the header. Returns 0 and header_need 0 when it is complete, 0 when more is needed, or a close code. */
static int read_header(struct ws_parser *p, const char **data, size_t *n)
{
    while (*n > 0 && p->header_len < p->header_need) {
        p->header[p->header_len++] = (unsigned char)*(*data)++;
        (*n)--;
        if (p->header_len == 2) {
            int code = check_start(p);
            if (code)
                return code;
            p->header_need = header_size(p);
        }
    }
    return p->header_len == p->header_need ? begin_frame(p) : 0;
}

static void read_payload(struct ws_parser *p, const char **data, size_t *n)
{
    size_t take = p->frame_left < *n ? (size_t)p->frame_left : *n;
    char *to;
    if (take == 0)
        return;
    if (is_control(p->frame_op)) {
        to = p->control + p->control_len;
        memcpy(to, *data, take);
        p->control_len = (unsigned char)(p->control_len + take);
    } else {
        buf_append(&p->message, *data, take);
        to = p->message.data + p->message.len - take;
    }
    if (p->side == WS_SERVER) {
        apply_mask(to, take, p->header + p->header_len - 4, p->mask_at);
        p->mask_at = (uint32_t)((p->mask_at + take) & 3);
    }
    *data += take;
    *n -= take;
    p->frame_left -= take;
}

static enum ws_event end_close(struct ws_parser *p)
{
    const unsigned char *c = (const unsigned char *)p->control;
    if (p->control_len == 0) {
        p->close_code = WS_CODE_NONE;
        return WS_CLOSE;
    }
    int code = p->control_len >= 2 ? c[0] << 8 | c[1] : 0;
    if (!ws_code_is_valid(code))
        return fail(p, WS_CODE_PROTOCOL);
    p->close_code = code;
    p->payload += 2;
    p->payload_len -= 2;
    return utf8_valid(p->payload, p->payload_len) ? WS_CLOSE : fail(p, WS_CODE_NOT_TEXT);
}

static enum ws_event end_control(struct ws_parser *p)
{
    p->control[p->control_len] = '\0';
    p->payload = p->control;
    p->payload_len = p->control_len;
    p->opcode = (enum ws_opcode)p->frame_op;
    if (p->frame_op == WS_OP_CLOSE)
        return end_close(p);
    return p->frame_op == WS_OP_PING ? WS_PING : WS_PONG;
}

static enum ws_event end_message(struct ws_parser *p)
{
    p->opcode = (enum ws_opcode)p->message_op;
    p->message_op = 0;
    if (p->opcode == WS_OP_TEXT && !text_is_valid(p->message.data, p->message.len))
        return fail(p, WS_CODE_NOT_TEXT);
    p->payload = p->message.data ? p->message.data : "";
    p->payload_len = p->message.len;
    p->delivered = true;
    return WS_MESSAGE;
}

enum ws_event ws_next(struct ws_parser *p, const char **data, size_t *n)
{
    if (p->delivered) {
        p->delivered = false;
        if (p->message.cap > KEEP_BYTES)
            buf_free(&p->message);
        buf_clear(&p->message);
    }
    while (!p->failed) {
        if (p->header_need) {
            int code = read_header(p, data, n);
            if (code)
                return fail(p, code);
            if (p->header_need)
                return WS_MORE;
        }
        read_payload(p, data, n);
        if (p->frame_left)
            return WS_MORE;
        p->header_need = 2;
        p->header_len = 0;
        if (is_control(p->frame_op))
            return end_control(p);
        if (p->fin)
            return end_message(p);
    }
    return WS_ERROR;
}

size_t ws_header(unsigned char out[WS_HEADER_MAX], bool fin, enum ws_opcode op, uint64_t len,
                 const unsigned char mask[4])
{
    unsigned bytes = len < 126 ? 0 : len <= 0xFFFF ? 2 : 8;
    size_t n = 2;
    out[0] = (unsigned char)((fin ? 0x80 : 0) | op);
    out[1] = (unsigned char)((mask ? 0x80 : 0) | (bytes == 0 ? len : bytes == 2 ? 126 : 127));
    for (unsigned i = bytes; i-- > 0;)
        out[n++] = (unsigned char)(len >> (8 * i));
    if (mask) {
        memcpy(out + n, mask, 4);
        n += 4;
    }
    return n;
}

void ws_put_frame(struct buf *out, bool fin, enum ws_opcode op, const void *payload, size_t n,
                  const unsigned char mask[4])
{
    unsigned char header[WS_HEADER_MAX];
    size_t size = ws_header(header, fin, op, n, mask);
    buf_reserve(out, size + n);
    buf_append(out, header, size);
    buf_append(out, payload, n);
    if (mask)
        apply_mask(out->data + out->len - n, n, mask, 0);
}

void ws_put_close(struct buf *out, int code, const char *reason, const unsigned char mask[4])
{
    char payload[WS_CONTROL_MAX];
    size_t n = 0;
    if (ws_code_is_valid(code)) {
        payload[0] = (char)(code >> 8);
        payload[1] = (char)(code & 0xFF);
        n = reason ? strnlen(reason, REASON_MAX + 1) : 0;
        if (n > REASON_MAX) {
            n = REASON_MAX;
            while (n > 0 && ((unsigned char)reason[n] & 0xC0) == 0x80)
                n--;
        }
        if (n)
            memcpy(payload + 2, reason, n);
        n += 2;
    }
    ws_put_frame(out, true, WS_OP_CLOSE, payload, n, mask);
}

void ws_key_make(char out[WS_KEY_LEN + 1])
{
    uint64_t random[2] = {id_entropy(), id_entropy()};
    EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)random, sizeof(random));
}

bool ws_key_is_valid(const char *key)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return strlen(key) == WS_KEY_LEN && strspn(key, alphabet) == WS_KEY_LEN - 2 &&
           strcmp(key + WS_KEY_LEN - 2, "==") == 0;
}

void ws_accept(const char *key, char out[WS_ACCEPT_LEN + 1])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf text = BUF_INIT;
    buf_puts(&text, key);
    buf_puts(&text, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    int ok = EVP_Digest(text.data, text.len, digest, NULL, EVP_sha1(), NULL);
    assert(ok == 1);
    (void)ok;
    EVP_EncodeBlock((unsigned char *)out, digest, 20);
    buf_free(&text);
}
