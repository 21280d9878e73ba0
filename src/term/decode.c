#include "term/decode.h"

#include <string.h>

#include "common/utf8.h"

#define SEQUENCE_MAX 64   /* a longer control sequence is no key */
#define STRING_MAX 4096   /* answers of the terminal (OSC, DCS) are dropped; a longer one is none */
#define NEED_MORE ((size_t)-1)

static const char paste_end[] = "\033[201~";

void decode_init(struct decode *d, size_t paste_max, decode_event emit, void *arg)
{
    memset(d, 0, sizeof *d);
    d->paste_max = paste_max;
    d->emit = emit;
    d->arg = arg;
}

void decode_fini(struct decode *d)
{
    buf_free(&d->in);
    buf_free(&d->paste);
}

static void emit_key(struct decode *d, uint32_t code, unsigned mods)
{
    struct term_event ev = {.kind = TERM_KEY, .key = {code, mods}};
    d->emit(d->arg, &ev);
}

static void emit_plain(struct decode *d, unsigned char c, unsigned mods)
{
    if (c == '\r')
        emit_key(d, KEY_ENTER, mods);
    else if (c == '\t')
        emit_key(d, KEY_TAB, mods);
    else if (c == 0x7F || c == 0x08)
        emit_key(d, KEY_BACKSPACE, mods);
    else if (c == 0x1B)
        emit_key(d, KEY_ESCAPE, mods);
    else if (c == 0)
        emit_key(d, KEY_SPACE, mods | KEY_CTRL);
    else if (c < 0x1B)
        emit_key(d, (uint32_t)(c - 1 + 'a'), mods | KEY_CTRL);
    else if (c < 0x20)
        emit_key(d, (uint32_t)(c + 0x40), mods | KEY_CTRL);
    else
        emit_key(d, c, mods);
}

static void paste_done(struct decode *d)
{
    struct term_event ev = {.kind = TERM_PASTE, .text = d->paste.data ? d->paste.data : "", .len = d->paste.len,
                            .cut = d->paste_cut};
    d->pasting = false;
    d->emit(d->arg, &ev);
    buf_clear(&d->paste);
    d->paste_cut = false;
}

static void paste_add(struct decode *d, const char *p, size_t n)
{
    size_t room = d->paste_max - d->paste.len;
    if (n > room) {
        d->paste_cut = true;
        n = room;
    }
    buf_append(&d->paste, p, n);
}

/* Inside a paste everything up to its end mark is text. */
static size_t take_paste(struct decode *d, const char *p, size_t n)
{
    const char *end = memmem(p, n, paste_end, sizeof paste_end - 1);
    if (end) {
        paste_add(d, p, (size_t)(end - p));
        paste_done(d);
        return (size_t)(end - p) + sizeof paste_end - 1;
    }
    size_t keep = 0; /* the end mark may be cut by the read */
    for (size_t k = sizeof paste_end - 2; k > 0; k--)
        if (n >= k && memcmp(p + n - k, paste_end, k) == 0) {
            keep = k;
            break;
        }
    paste_add(d, p, n - keep);
    return n == keep ? NEED_MORE : n - keep;
}

static unsigned mods_of(int param)
{
    unsigned m = param > 1 ? (unsigned)(param - 1) : 0;
    return (m & 1 ? KEY_SHIFT : 0u) | (m & 2 ? KEY_ALT : 0u) | (m & 4 ? KEY_CTRL : 0u);
}

static uint32_t key_of_letter(char c)
{
    switch (c) {
    case 'A': return KEY_UP;
    case 'B': return KEY_DOWN;
    case 'C': return KEY_RIGHT;
    case 'D': return KEY_LEFT;
    case 'H': return KEY_HOME;
    case 'F': return KEY_END;
    case 'M': return KEY_ENTER;
    case 'P': return KEY_F0 + 1;
    case 'Q': return KEY_F0 + 2;
    case 'R': return KEY_F0 + 3;
    case 'S': return KEY_F0 + 4;
    default: return KEY_NONE;
    }
}

static uint32_t key_of_number(int n)
{
    static const uint32_t first[] = {KEY_NONE, KEY_HOME, KEY_INSERT, KEY_DELETE, KEY_END,
                                     KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME, KEY_END};
    if (n < 9)
        return n > 0 ? first[n] : KEY_NONE;
    if (n >= 11 && n <= 15)
        return KEY_F0 + (uint32_t)(n - 10);
    if (n >= 17 && n <= 21)
        return KEY_F0 + (uint32_t)(n - 11);
    if (n >= 23 && n <= 26)
        return KEY_F0 + (uint32_t)(n - 12);
    if (n == 28 || n == 29)
        return KEY_F0 + (uint32_t)(n - 13);
    if (n >= 31 && n <= 34)
        return KEY_F0 + (uint32_t)(n - 14);
    return KEY_NONE;
}

/* A code point as the newer protocols report it. */
static void emit_unicode(struct decode *d, int cp, unsigned mods)
{
    if (cp <= 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) || (cp >= 57344 && cp <= 63743))
        return;
    if (cp == 13 || cp == 9 || cp == 127 || cp == 8 || cp == 27)
        emit_plain(d, (unsigned char)cp, mods);
    else if (cp >= 0x20)
        emit_key(d, (uint32_t)cp, cp > 0x20 ? mods & ~(unsigned)KEY_SHIFT : mods);
}

static void emit_mouse(struct decode *d, const int *p, int n, char final)
{
    struct term_event ev = {.kind = TERM_MOUSE, .button = (p[0] & 3) + 1, .x = p[1] - 1, .y = p[2] - 1};
    if (n < 3 || ev.x < 0 || ev.y < 0)
        return;
    ev.key.mods = (p[0] & 4 ? KEY_SHIFT : 0u) | (p[0] & 8 ? KEY_ALT : 0u) | (p[0] & 16 ? KEY_CTRL : 0u);
    if (p[0] & 64) {
        if ((p[0] & 3) > 1)
            return;
        ev.mouse = p[0] & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP;
    } else if (final == 'm') {
        ev.mouse = MOUSE_RELEASE;
    } else {
        ev.mouse = p[0] & 32 ? MOUSE_DRAG : MOUSE_PRESS;
    }
    d->emit(d->arg, &ev);
}

static void csi_done(struct decode *d, char intro, const int *p, int n, char final, unsigned alt)
{
    if (intro == '<' && (final == 'M' || final == 'm')) {
        emit_mouse(d, p, n, final);
    } else if (intro != 0) {
        return; /* an answer of the terminal */
    } else if (final == '~' && p[0] == 200) {
        d->pasting = true;
    } else if (final == '~' && p[0] == 27 && n >= 3) {
        emit_unicode(d, p[2], mods_of(p[1]) | alt);
    } else if (final == '~') {
        if (key_of_number(p[0]) != KEY_NONE)
            emit_key(d, key_of_number(p[0]), mods_of(n > 1 ? p[1] : 0) | alt);
    } else if (final == 'u') {
        emit_unicode(d, p[0], mods_of(n > 1 ? p[1] : 0) | alt);
    } else if (final == 'Z') {
        emit_key(d, KEY_TAB, KEY_SHIFT | alt);
    } else if (final == 'I' || final == 'O') {
        struct term_event ev = {.kind = TERM_FOCUS, .in = final == 'I'};
        d->emit(d->arg, &ev);
    } else if (key_of_letter(final) != KEY_NONE && final != 'M') {
        emit_key(d, key_of_letter(final), mods_of(n > 1 ? p[1] : 0) | alt);
    }
}

/* p starts behind ESC [. Returns the bytes used, or NEED_MORE. */
static size_t take_csi(struct decode *d, const char *p, size_t n, unsigned alt)
{
    int params[8] = {0}, count = 1;
    char intro = 0;
    size_t i = 0;
    if (n > 0 && p[0] == '[') { /* the Linux console's F1 to F5 */
        if (n < 2)
            return NEED_MORE;
        if (p[1] >= 'A' && p[1] <= 'E')
            emit_key(d, KEY_F0 + 1 + (uint32_t)(p[1] - 'A'), alt);
        return 2;
    }
    if (n > 0 && p[0] == 'M') /* the old mouse report, never asked for */
        return n < 4 ? NEED_MORE : 4;
    for (; i < n; i++) {
        char c = p[i];
        if (i == 0 && (c == '<' || c == '?' || c == '>' || c == '=')) {
            intro = c;
        } else if (c >= '0' && c <= '9') {
            if (params[count - 1] < 1000000)
                params[count - 1] = params[count - 1] * 10 + (c - '0');
        } else if (c == ';') {
            if (count < 8)
                count++;
        } else if (c == ':') { /* a sub-parameter: skip it */
            while (i + 1 < n && ((p[i + 1] >= '0' && p[i + 1] <= '9') || p[i + 1] == ':'))
                i++;
        } else if (c >= 0x40 && c <= 0x7E) {
            csi_done(d, intro, params, count, c, alt);
            return i + 1;
        } else if (c < 0x20 || c > 0x3F) {
            return i; /* broken off */
        }
        if (i > SEQUENCE_MAX)
            return i;
    }
    return NEED_MORE;
}

/* An OSC, DCS, APC or PM string: dropped up to BEL or ESC \. */
static size_t take_string(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\a')
            return i + 1;
        if (p[i] == '\033')
            return i + 1 == n ? NEED_MORE : p[i + 1] == '\\' ? i + 2 : i;
        if (i > STRING_MAX)
            return i;
    }
    return NEED_MORE;
}

static size_t take_utf8(struct decode *d, const char *p, size_t n, unsigned mods, bool final)
{
    uint32_t cp;
    size_t len = utf8_decode(p, n, &cp);
    if (len > 0) {
        if (cp >= 0xA0)
            emit_key(d, cp, mods);
        return len;
    }
    unsigned char c = (unsigned char)p[0];
    size_t want = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
    if (want == 0 || c > 0xF4 || n >= want || final)
        return 1;
    for (size_t i = 1; i < n; i++)
        if (((unsigned char)p[i] & 0xC0) != 0x80)
            return 1;
    return NEED_MORE;
}

/* p[0] is ESC. */
static size_t take_escape(struct decode *d, const char *p, size_t n, bool final)
{
    size_t at = 1, used;
    unsigned alt = 0;
    if (n == 1) {
        if (!final)
            return NEED_MORE;
        emit_key(d, KEY_ESCAPE, 0);
        return 1;
    }
    if (p[1] == '\033') { /* Alt in front of a sequence, or two escapes */
        if (n == 2 && !final)
            return NEED_MORE;
        if (n > 2 && (p[2] == '[' || p[2] == 'O')) {
            alt = KEY_ALT;
            at = 2;
        } else {
            emit_key(d, KEY_ESCAPE, 0);
            return 1;
        }
    }
    char c = p[at];
    if (c == '[' || c == 'O' || c == ']' || c == 'P' || c == '_' || c == '^') {
        if (n == at + 1) {
            if (!final)
                return NEED_MORE;
            emit_key(d, (uint32_t)c, KEY_ALT);
            return at + 1;
        }
        if (c == '[') {
            used = take_csi(d, p + at + 1, n - at - 1, alt);
        } else if (c == 'O') {
            size_t i = at + 1;
            int mod = 0;
            while (i < n && p[i] >= '0' && p[i] <= '9')
                mod = mod < 100 ? mod * 10 + (p[i++] - '0') : (i++, mod);
            if (i == n) {
                used = NEED_MORE;
            } else {
                if (key_of_letter(p[i]) != KEY_NONE)
                    emit_key(d, key_of_letter(p[i]), mods_of(mod) | alt);
                used = i - at;
            }
        } else {
            used = take_string(p + at + 1, n - at - 1);
        }
        if (used == NEED_MORE)
            return final ? n : NEED_MORE;
        return at + 1 + used;
    }
    if ((unsigned char)c >= 0x80) {
        used = take_utf8(d, p + at, n - at, KEY_ALT, final);
        return used == NEED_MORE ? used : at + used;
    }
    emit_plain(d, (unsigned char)c, KEY_ALT);
    return at + 1;
}

static void run(struct decode *d, bool final)
{
    size_t at = 0;
    while (at < d->in.len) {
        const char *p = d->in.data + at;
        size_t n = d->in.len - at, used;
        if (d->pasting)
            used = take_paste(d, p, n);
        else if (p[0] == '\033')
            used = take_escape(d, p, n, final);
        else if ((unsigned char)p[0] >= 0x80)
            used = take_utf8(d, p, n, 0, final);
        else
            emit_plain(d, (unsigned char)p[0], 0), used = 1;
        if (used == NEED_MORE)
            break;
        at += used;
    }
    buf_consume(&d->in, at);
}

void decode_feed(struct decode *d, const char *bytes, size_t n)
{
    buf_append(&d->in, bytes, n);
    run(d, false);
}

bool decode_is_pending(const struct decode *d)
{
    return d->pasting || d->in.len > 0;
}

int decode_timeout_ms(const struct decode *d)
{
    return d->pasting ? 2000 : 30;
}

void decode_flush(struct decode *d)
{
    if (d->pasting) { /* the end mark never came: give what there is, then keys are keys again */
        paste_add(d, d->in.data ? d->in.data : "", d->in.len);
        buf_clear(&d->in);
        paste_done(d);
        return;
    }
    run(d, true);
    buf_clear(&d->in);
}
