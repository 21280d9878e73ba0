#include "outbound/mime.h"

#include <stdlib.h>
#include <string.h>

#include <gmime/gmime.h>

#include "common/library.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "core/transcript.h"

#define NAME_MAX_BYTES 200
#define SUBJECT_MAX_BYTES 1000
#define ADDRESSES_MAX 20

#define GMIME_FUNCTIONS(f)                                                                                             \
    f(g_mime_init) f(g_mime_message_new) f(g_mime_message_add_mailbox) f(g_mime_message_set_subject)                   \
    f(g_mime_message_set_date) f(g_mime_message_set_message_id) f(g_mime_message_set_mime_part)                        \
    f(g_mime_object_set_header) f(g_mime_object_to_string) f(g_mime_multipart_new_with_subtype) f(g_mime_multipart_add)\
    f(g_mime_text_part_new_with_subtype) f(g_mime_text_part_set_charset) f(g_mime_text_part_set_text)                  \
    f(g_mime_part_set_content_encoding) f(g_mime_format_options_new) f(g_mime_format_options_free)                     \
    f(g_mime_format_options_set_newline_format) f(g_date_time_new_from_unix_utc) f(g_date_time_unref)                  \
    f(g_object_unref) f(g_free)

static struct gmime_functions {
    GMIME_FUNCTIONS(LIBRARY_MEMBER)
} gmime;

#define ROW(function) {LIBRARY_TEXT(function), offsetof(struct gmime_functions, p_##function)},

static bool load(void)
{
    static const char *const names[] = {"libgmime-3.0.so.0", "libgmime-3.0.0.dylib", NULL};
    static const struct library_row rows[] = {GMIME_FUNCTIONS(ROW)};
    static int loaded; /* 1: yes, -1: it cannot be */
    if (loaded == 0) {
        loaded = library_load(names, rows, COUNT_OF(rows), &gmime) ? 1 : -1;
        if (loaded > 0)
            gmime.p_g_mime_init();
    }
    return loaded > 0;
}

/* --- words of anybody --- */

char *mime_one_line(const char *text, size_t max)
{
    struct buf out = BUF_INIT;
    size_t n = text ? strlen(text) : 0;
    bool blank = false;
    for (size_t i = 0; i < n && out.len + 4 <= max;) {
        uint32_t cp;
        size_t len = utf8_decode(text + i, n - i, &cp);
        if (len == 0 || cp <= ' ' || (cp >= 0x7F && cp <= 0xA0) || cp == 0x2028 || cp == 0x2029) {
            blank = out.len > 0;
            i += len ? len : 1;
            continue;
        }
        if (blank)
            buf_putc(&out, ' ');
        blank = false;
        buf_append(&out, text + i, len);
        i += len;
    }
    return out.data ? buf_take(&out) : x_strdup("");
}

int mime_split_mailbox(const char *text, char **name, char **address, struct error *err)
{
    const char *open = strrchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
    AUTO_FREE char *before = open ? x_strndup(text, (size_t)(open - text)) : NULL;
    AUTO_FREE char *inside = close ? x_strndup(open + 1, (size_t)(close - open - 1)) : x_strdup(text);
    char *words = before ? mime_one_line(before, NAME_MAX_BYTES) : NULL;
    char *plain = mime_one_line(inside, NAME_MAX_BYTES * 2);
    *name = *address = NULL;
    if (!mail_address_is_plain(plain)) {
        free(words);
        free(plain);
        return error_set(err, ERR_INVALID, NULL, "\"%.100s\" holds no e-mail address", text);
    }
    size_t n = words ? strlen(words) : 0;
    if (n >= 2 && words[0] == '"' && words[n - 1] == '"') {
        memmove(words, words + 1, n - 2);
        words[n - 2] = '\0';
    }
    if (words && *words)
        *name = words;
    else
        free(words);
    *address = plain;
    return ERR_OK;
}

int mime_each_address(const char *list, void (*each)(void *arg, const char *address), void *arg, struct error *err)
{
    AUTO_FREE char *copy = x_strdup(list);
    char *rest = copy, *item;
    int n = 0;
    while ((item = strsep(&rest, ",;")) != NULL) {
        AUTO_FREE char *address = mime_one_line(item, NAME_MAX_BYTES * 2);
        if (*address == '\0')
            continue;
        if (!mail_address_is_plain(address) || n == ADDRESSES_MAX) {
            error_set(err, ERR_INVALID, NULL, "\"%.100s\" is no e-mail address", item);
            return 0;
        }
        each(arg, address);
        n++;
    }
    if (n == 0)
        error_set(err, ERR_INVALID, NULL, "there is no address to send it to");
    return n;
}

/* --- the mail --- */

static void add_mailbox(GMimeMessage *message, GMimeAddressType type, const char *name, const char *address)
{
    AUTO_FREE char *line = name ? mime_one_line(name, NAME_MAX_BYTES) : NULL;
    gmime.p_g_mime_message_add_mailbox(message, type, line && *line ? line : NULL, address);
}

static void add_to(void *message, const char *address)
{
    add_mailbox(message, GMIME_ADDRESS_TYPE_TO, NULL, address);
}

static void add_part(GMimeMultipart *whole, const char *subtype, const char *text)
{
    GMimeTextPart *part = gmime.p_g_mime_text_part_new_with_subtype(subtype);
    gmime.p_g_mime_text_part_set_charset(part, "utf-8");
    gmime.p_g_mime_text_part_set_text(part, text);
    gmime.p_g_mime_part_set_content_encoding((GMimePart *)part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    gmime.p_g_mime_multipart_add(whole, (GMimeObject *)part);
    gmime.p_g_object_unref(part);
}

static void set_headers(GMimeMessage *message, const struct mime_mail *m)
{
    AUTO_FREE char *subject = mime_one_line(m->subject, SUBJECT_MAX_BYTES);
    AUTO_FREE char *id = x_asprintf("%s@%s", m->id, strchr(m->from, '@') + 1);
    GDateTime *date = gmime.p_g_date_time_new_from_unix_utc(m->date_ms / 1000);
    add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, m->from_name, m->from);
    if (m->reply_to)
        add_mailbox(message, GMIME_ADDRESS_TYPE_REPLY_TO, m->reply_name, m->reply_to);
    gmime.p_g_mime_message_set_subject(message, subject, "utf-8");
    gmime.p_g_mime_message_set_date(message, date);
    gmime.p_g_mime_message_set_message_id(message, id);
    gmime.p_g_mime_object_set_header((GMimeObject *)message, "Auto-Submitted", "auto-generated", NULL);
    gmime.p_g_date_time_unref(date);
}

static void write_out(GMimeMessage *message, struct buf *out)
{
    GMimeFormatOptions *options = gmime.p_g_mime_format_options_new();
    gmime.p_g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
    char *text = gmime.p_g_mime_object_to_string((GMimeObject *)message, options);
    buf_puts(out, text);
    gmime.p_g_free(text);
    gmime.p_g_mime_format_options_free(options);
}

int mime_write(const struct mime_mail *m, struct buf *out, struct error *err)
{
    if (!mail_address_is_plain(m->from) || (m->reply_to && !mail_address_is_plain(m->reply_to)))
        return error_set(err, ERR_INVALID, NULL, "\"%.100s\" is no e-mail address",
                         mail_address_is_plain(m->from) ? m->reply_to : m->from);
    if (!load())
        return error_set(err, ERR_IO, NULL, "GMime cannot be loaded");
    GMimeMessage *message = gmime.p_g_mime_message_new(TRUE);
    GMimeMultipart *whole = gmime.p_g_mime_multipart_new_with_subtype("alternative");
    int rc = mime_each_address(m->to, add_to, message, err) > 0 ? ERR_OK : ERR_INVALID;
    if (rc == ERR_OK) {
        set_headers(message, m);
        add_part(whole, "plain", m->text);
        add_part(whole, "html", m->html);
        gmime.p_g_mime_message_set_mime_part(message, (GMimeObject *)whole);
        write_out(message, out);
    }
    gmime.p_g_object_unref(whole);
    gmime.p_g_object_unref(message);
    return rc;
}
