#include "ui/edit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "term/text.h"

#define UNDO_MAX 200
#define DEFAULT_MAX (64 * 1024)

static struct buf killed; /* what was cut last: shared by all texts, as people expect */

void edit_init(struct edit *e, bool multiline)
{
    memset(e, 0, sizeof *e);
    e->multiline = multiline;
}

static void drop_undo(struct edit *e, size_t from)
{
    for (size_t i = from; i < e->undo_count; i++)
        free(e->undo[i].text);
    e->undo_count = from;
}

void edit_fini(struct edit *e)
{
    drop_undo(e, 0);
    free(e->undo);
    buf_free(&e->text);
    memset(e, 0, sizeof *e);
}

const char *edit_text(const struct edit *e)
{
    return e->text.data ? e->text.data : "";
}

/* Keeps the text as it is now, before it changes. Typing joins into one step. */
static void remember(struct edit *e, bool typing)
{
    if (typing && e->typing && e->undo_at == e->undo_count)
        return;
    drop_undo(e, e->undo_at);
    if (e->undo_count == UNDO_MAX) {
        free(e->undo[0].text);
        memmove(e->undo, e->undo + 1, (UNDO_MAX - 1) * sizeof *e->undo);
        e->undo_count--;
    }
    if (e->undo == NULL)
        e->undo = x_calloc(UNDO_MAX + 1, sizeof *e->undo);
    e->undo[e->undo_count++] = (struct edit_undo){x_strdup(edit_text(e)), e->cursor};
    e->undo_at = e->undo_count;
    e->typing = typing;
}

static void restore(struct edit *e, const struct edit_undo *u)
{
    buf_clear(&e->text);
    buf_puts(&e->text, u->text);
    e->cursor = u->cursor <= e->text.len ? u->cursor : e->text.len;
}

static bool undo(struct edit *e)
{
    if (e->undo_at == 0)
        return true;
    e->typing = false;
    if (e->undo_at == e->undo_count) { /* the present must be there to come back to */
        e->undo[e->undo_count] = (struct edit_undo){x_strdup(edit_text(e)), e->cursor};
        e->undo_count++;
    }
    restore(e, &e->undo[--e->undo_at]);
    return true;
}

static bool redo(struct edit *e)
{
    e->typing = false;
    if (e->undo_at + 1 >= e->undo_count)
        return true;
    restore(e, &e->undo[++e->undo_at]);
    if (e->undo_at + 1 == e->undo_count) {
        free(e->undo[e->undo_at].text);
        e->undo_count--;
    }
    return true;
}

static void splice(struct edit *e, size_t from, size_t to, const char *with, size_t n)
{
    struct buf b = BUF_INIT;
    buf_append(&b, edit_text(e), from);
    buf_append(&b, with, n);
    buf_append(&b, edit_text(e) + to, e->text.len - to);
    buf_free(&e->text);
    e->text = b;
    e->cursor = from + n;
}

void edit_set(struct edit *e, const char *text)
{
    remember(e, false);
    buf_clear(&e->text);
    e->cursor = 0;
    edit_insert(e, text, strlen(text));
}

/* Copies what may be typed. */
static void clean(const struct edit *e, const char *s, size_t n, struct buf *out)
{
    uint32_t cp;
    for (size_t i = 0; i < n;) {
        size_t len = utf8_decode(s + i, n - i, &cp);
        if (len == 0) {
            i++;
            continue;
        }
        if (cp == '\r' && i + 1 < n && s[i + 1] == '\n')
            ;
        else if (cp == '\n' || cp == '\r')
            buf_putc(out, e->multiline ? '\n' : ' ');
        else if (cp == '\t')
            buf_putc(out, ' ');
        else if (cp >= 0x20 && !(cp >= 0x7F && cp < 0xA0))
            buf_append(out, s + i, len);
        i += len;
    }
}

void edit_insert(struct edit *e, const char *text, size_t n)
{
    struct buf b = BUF_INIT;
    size_t max = e->max_bytes ? e->max_bytes : DEFAULT_MAX;
    clean(e, text, n, &b);
    size_t room = e->text.len < max ? max - e->text.len : 0, fit = b.len;
    if (fit > room)
        for (fit = room; fit > 0 && ((unsigned char)b.data[fit] & 0xC0) == 0x80;)
            fit--;
    if (fit > 0) {
        remember(e, false);
        splice(e, e->cursor, e->cursor, b.data, fit);
    }
    buf_free(&b);
}

void edit_type(struct edit *e, uint32_t cp)
{
    char enc[4];
    size_t len = utf8_encode(cp, enc);
    if (e->text.len + len > (e->max_bytes ? e->max_bytes : DEFAULT_MAX))
        return;
    remember(e, cp != ' ');
    splice(e, e->cursor, e->cursor, enc, len);
}

static size_t next_cluster(const struct edit *e, size_t at)
{
    int w;
    return at < e->text.len ? at + utf8_grapheme(e->text.data + at, e->text.len - at, &w) : at;
}

static size_t line_start(const struct edit *e, size_t at)
{
    while (at > 0 && e->text.data[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct edit *e, size_t at)
{
    while (at < e->text.len && e->text.data[at] != '\n')
        at++;
    return at;
}

static size_t prev_cluster(const struct edit *e, size_t at)
{
    if (at == 0)
        return 0;
    size_t i = line_start(e, at - 1), last = i;
    while (i < at) {
        last = i;
        i = next_cluster(e, i);
    }
    return last;
}

static bool is_word(char c)
{
    return (unsigned char)c >= 0x80 || isalnum((unsigned char)c) || c == '_';
}

static size_t word_right(const struct edit *e)
{
    size_t i = e->cursor;
    while (i < e->text.len && !is_word(e->text.data[i]))
        i++;
    while (i < e->text.len && is_word(e->text.data[i]))
        i++;
    return i;
}

static size_t word_left(const struct edit *e)
{
    size_t i = e->cursor;
    while (i > 0 && !is_word(e->text.data[i - 1]))
        i--;
    while (i > 0 && is_word(e->text.data[i - 1]))
        i--;
    return i;
}

static void cut(struct edit *e, size_t from, size_t to, bool keep)
{
    if (from >= to)
        return;
    remember(e, false);
    if (keep) {
        buf_clear(&killed);
        buf_append(&killed, e->text.data + from, to - from);
    }
    splice(e, from, to, "", 0);
}

size_t edit_lines(const struct edit *e, int cols, struct edit_line *out, size_t max)
{
    const char *s = edit_text(e);
    size_t n = 0, at = 0, next;
    while (n < max) {
        if (at == e->text.len) {
            if (n == 0 || s[at - 1] == '\n')
                out[n++] = (struct edit_line){at, 0};
            break;
        }
        size_t len = text_wrap(s + at, e->text.len - at, cols > 1 ? cols : 1, &next);
        out[n++] = (struct edit_line){at, len};
        at += next;
    }
    return n;
}

size_t edit_cursor_line(const struct edit *e, const struct edit_line *lines, size_t n)
{
    size_t i = n ? n - 1 : 0;
    while (i > 0 && lines[i].start > e->cursor)
        i--;
    return i;
}

#define LINES_MAX 4096

static bool move_line(struct edit *e, int by)
{
    static struct edit_line lines[LINES_MAX];
    size_t n = edit_lines(e, e->cols > 1 ? e->cols : 80, lines, LINES_MAX), i = edit_cursor_line(e, lines, n);
    if ((by < 0 && i == 0) || (by > 0 && i + 1 >= n))
        return false;
    int col = text_width(e->text.data + lines[i].start, e->cursor - lines[i].start), got;
    i = by < 0 ? i - 1 : i + 1;
    e->cursor = lines[i].start + text_fit(edit_text(e) + lines[i].start, lines[i].len, col, &got);
    return true;
}

bool edit_command(struct edit *e, enum command_id id)
{
    size_t at = e->cursor;
    bool was_typing = e->typing;
    e->typing = false;
    switch (id) {
    case CMD_FORWARD_CHAR: e->cursor = next_cluster(e, at); return true;
    case CMD_BACKWARD_CHAR: e->cursor = prev_cluster(e, at); return true;
    case CMD_FORWARD_WORD: e->cursor = word_right(e); return true;
    case CMD_BACKWARD_WORD: e->cursor = word_left(e); return true;
    case CMD_LINE_START: e->cursor = line_start(e, at); return true;
    case CMD_LINE_END: e->cursor = line_end(e, at); return true;
    case CMD_TEXT_START: e->cursor = 0; return true;
    case CMD_TEXT_END: e->cursor = e->text.len; return true;
    case CMD_DELETE_CHAR: cut(e, at, next_cluster(e, at), false); return true;
    case CMD_DELETE_BACK:
        cut(e, prev_cluster(e, at), at, false);
        return true;
    case CMD_KILL_LINE: {
        size_t end = line_end(e, at);
        cut(e, at, end == at ? next_cluster(e, at) : end, true);
        return true;
    }
    case CMD_KILL_BACK: cut(e, line_start(e, at), at, true); return true;
    case CMD_KILL_WORD: cut(e, at, word_right(e), true); return true;
    case CMD_KILL_WORD_BACK: cut(e, word_left(e), at, true); return true;
    case CMD_YANK:
        if (killed.len > 0)
            edit_insert(e, killed.data, killed.len);
        return true;
    case CMD_UNDO: return undo(e);
    case CMD_REDO: return redo(e);
    case CMD_NEWLINE:
        if (e->multiline)
            edit_insert(e, "\n", 1);
        return e->multiline;
    case CMD_HISTORY_PREV: case CMD_UP: case CMD_PREV_FIELD: return e->multiline && move_line(e, -1);
    case CMD_HISTORY_NEXT: case CMD_DOWN: case CMD_NEXT_FIELD: return e->multiline && move_line(e, 1);
    default:
        e->typing = was_typing;
        return false;
    }
}
