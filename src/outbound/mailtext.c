#include "outbound/mailtext.h"

#include <stdlib.h>
#include <string.h>

#include "common/entity.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "core/message.h"
#include "outbound/mime.h"
#include "outbound/moment.h"
#include "outbound/words.h"

#define PAGE 500                       /* messages read at once */
#define WHOLE_MAX (8u << 20)           /* bytes of HTML: more no mail server takes */
#define SUBJECT_UNITS 20               /* UTF-16 units of the message in the subject (behaviour 9.4) */

/* --- texts of people --- */

static void put_html_char(struct buf *out, const char *s, size_t len)
{
    static const char *const escapes[128] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;", ['\n'] = "<br>\n"};
    unsigned char c = (unsigned char)*s;
    if (c < 128 && escapes[c])
        buf_puts(out, escapes[c]);
    else
        buf_append(out, s, len);
}

/* Both forms of a text of anybody; either may be NULL. */
static void put_foreign(struct buf *text, struct buf *html, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = utf8_decode(s + i, n - i, &cp);
        bool drop = len == 0 || (cp < ' ' && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp < 0xA0);
        if (!drop && text)
            buf_append(text, s + i, len);
        if (!drop && html)
            put_html_char(html, s + i, len);
        i += len ? len : 1;
    }
}

/* --- transcripts --- */

/* What to do with messages of a type; ordinary ones have none (behaviour 19.1, 24). */
static const struct {
    const char *type;
    bool is_left_out;
    enum word instead;                 /* of the text, which is a name or for programs; WORD_COUNT: the text */
} types[] = {
    {"livechat_navigation_history", true, WORD_COUNT}, {"livechat_transcript_history", true, WORD_COUNT},
    {"command", true, WORD_COUNT},                     {"livechat-close", true, WORD_COUNT},
    {"livechat-started", true, WORD_COUNT},            {"livechat_video_call", true, WORD_COUNT},
    {"rm", true, WORD_COUNT},
    {"uj", false, WORD_JOINED},                        {"ul", false, WORD_LEFT},
    {"livechat_transfer_history", false, WORD_TRANSFERRED},
};

struct writer {
    const struct transcript_style *style;
    const char *visitor_id;
    struct moment_style *moments;
};

static bool is_left_out(const struct message *m, enum word *instead)
{
    *instead = WORD_COUNT;
    for (size_t i = 0; m->type && i < COUNT_OF(types); i++) {
        if (strcmp(m->type, types[i].type) != 0)
            continue;
        *instead = types[i].instead;
        return types[i].is_left_out;
    }
    return false;
}

static const char *author(const struct writer *w, const struct message *m)
{
    if (str_eq(m->user_id, w->visitor_id))
        return word_in(w->style->language, WORD_YOU);
    if (!w->style->show_agents && !str_eq(m->user_id, "rocket.cat"))
        return word_in(w->style->language, WORD_AGENT);
    return m->name && *m->name ? m->name : m->username;
}

/* The names of attached files stand for them. */
static void put_files(const struct writer *w, const struct message *m, struct buf *text, struct buf *html)
{
    json_t *extra = m->extra ? json_loads(m->extra, 0, NULL) : NULL, *item;
    size_t i;
    json_array_foreach(json_object_get(extra, "attachments"), i, item) {
        const char *title = json_string_value(json_object_get(item, "title"));
        if (title == NULL)
            continue;
        buf_printf(text, "[%s: ", word_in(w->style->language, WORD_FILE));
        buf_printf(html, "<p>[%s: ", word_in(w->style->language, WORD_FILE));
        put_foreign(text, html, title);
        buf_puts(text, "]\n");
        buf_puts(html, "]</p>\n");
    }
    json_decref(extra);
}

static void put_message(const struct writer *w, const struct message *m, struct buf *text, struct buf *html)
{
    enum word instead;
    char when[200];
    if (is_left_out(m, &instead))
        return;
    AUTO_FREE char *said = x_strdup(instead < WORD_COUNT ? word_in(w->style->language, instead) : m->text);
    if (message_is_from_visitor(m))
        text_unescape(said);
    moment_write(w->moments, m->ts_ms, when, sizeof when);
    buf_puts(html, "<p><strong>");
    put_foreign(text, html, author(w, m));
    buf_printf(text, "  %s\n", when);
    buf_printf(html, "</strong> <em>%s</em></p>\n", when);
    if (*said) {
        buf_puts(html, "<p>");
        put_foreign(text, html, said);
        buf_puts(text, "\n");
        buf_puts(html, "</p>\n");
    }
    put_files(w, m, text, html);
    buf_puts(text, "\n");
}

/* One page in the order of saying; read newest first. Returns how many were read. */
static size_t put_page(const struct writer *w, struct store_reader *r, struct message_query *q, struct buf *text,
                       struct buf *html)
{
    struct message **page;
    size_t n = read_messages(r, q, &page, NULL);
    if (n)
        q->before_ms = page[n - 1]->ts_ms;
    for (size_t i = n; i > 0; i--) {
        put_message(w, page[i - 1], text, html);
        message_free(&page[i - 1]);
    }
    free(page);
    return n;
}

struct sheet {
    struct buf text, html;
};

static void put_chat(const struct writer *w, struct store_reader *r, const struct store_mail *m, int64_t before_ms,
                     struct buf *text, struct buf *html)
{
    struct message_query q = {.rid = m->rid, .before_ms = before_ms, .limit = PAGE};
    struct sheet *sheets = NULL;
    size_t n = 0, read = PAGE, whole = 0;
    for (; read == PAGE && whole < WHOLE_MAX; n++) {
        sheets = x_reallocarray(sheets, n + 1, sizeof *sheets);
        sheets[n] = (struct sheet){BUF_INIT, BUF_INIT};
        read = put_page(w, r, &q, &sheets[n].text, &sheets[n].html);
        whole += sheets[n].html.len;
    }
    if (read == PAGE) {
        const char *word = word_in(w->style->language, WORD_SHORTENED);
        buf_printf(text, "%s\n\n", word);
        buf_printf(html, "<p><em>%s</em></p>\n", word);
    }
    while (n-- > 0) {
        buf_append(text, sheets[n].text.data, sheets[n].text.len);
        buf_append(html, sheets[n].html.data, sheets[n].html.len);
        buf_free(&sheets[n].text);
        buf_free(&sheets[n].html);
    }
    free(sheets);
}

static void begin_html(struct buf *html, const char *language)
{
    buf_puts(html, "<!DOCTYPE html>\n<html lang=\"");
    put_foreign(NULL, html, language && *language ? language : "en");
    buf_puts(html, "\"><head><meta charset=\"utf-8\"></head><body>\n");
}

bool mailtext_transcript(struct store_reader *r, const struct store_mail *m, const struct transcript_style *style,
                         struct buf *text, struct buf *html)
{
    struct stored_room room;
    if (!read_room(r, m->rid, &room))
        return false;
    /* Asked for while the chat went on: what was said until then, however late the mail is sent. */
    bool went_on = room.room->open || room.room->closed_ms > m->created_ms;
    struct writer w = {.style = style, .visitor_id = room.visitor ? room.visitor->id : m->visitor_id};
    w.moments = moment_style_new(style->language, style->zone);
    begin_html(html, style->language);
    put_chat(&w, r, m, went_on ? m->created_ms + 1 : 0, text, html);
    buf_puts(html, "</body></html>\n");
    moment_style_free(&w.moments);
    stored_room_free(&room);
    return true;
}

/* --- offline messages --- */

static void put_field(struct buf *text, struct buf *html, const char *label, const char *value)
{
    buf_printf(text, "%s: ", label);
    buf_printf(html, "<p><strong>%s:</strong> ", label);
    put_foreign(text, html, value);
    buf_puts(text, "\n");
    buf_puts(html, "</p>\n");
}

static bool is_web_address(const char *s)
{
    return strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0;
}

void mailtext_offline(const struct store_mail *m, struct buf *text, struct buf *html)
{
    begin_html(html, NULL);
    buf_puts(text, "A visitor left a message\n\n");
    buf_puts(html, "<h1>A visitor left a message</h1>\n");
    if (m->host && is_web_address(m->host)) {
        buf_puts(text, "Sent from: ");
        buf_puts(html, "<p><strong>Sent from:</strong> <a href=\"");
        put_foreign(NULL, html, m->host);
        buf_puts(html, "\">");
        put_foreign(text, html, m->host);
        buf_puts(text, "\n");
        buf_puts(html, "</a></p>\n");
    } else if (m->host && *m->host) {
        put_field(text, html, "Sent from", m->host);
    }
    put_field(text, html, "Visitor name", m->name);
    put_field(text, html, "Visitor e-mail", m->address);
    buf_puts(text, "Message:\n");
    buf_puts(html, "<p><strong>Message:</strong><br>\n");
    put_foreign(text, html, m->text);
    buf_puts(text, "\n");
    buf_puts(html, "</p>\n</body></html>\n");
}

char *mailtext_offline_subject(const struct store_mail *m)
{
    AUTO_FREE char *name = mime_one_line(m->name, 200);
    AUTO_FREE char *message = mime_one_line(m->text, 400);
    size_t end = 0, units = 0, n = strlen(message);
    while (end < n) {
        uint32_t cp;
        size_t len = utf8_decode(message + end, n - end, &cp);
        units += cp > 0xFFFF ? 2 : 1;
        if (units > SUBJECT_UNITS)
            break;
        end += len;
    }
    return x_asprintf("Livechat offline message from %s: %.*s", name, (int)end, message);
}
