#include "server/multipart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"

#define HEADERS_MAX 8192

bool multipart_init(struct multipart *m, const char *content_type, const struct multipart_callbacks *callbacks, void *arg)
{
    *m = (struct multipart){.callbacks = callbacks, .arg = arg};
    const char *mark = strcasestr(content_type, "boundary=");
    if (mark == NULL || strncasecmp(content_type, "multipart/form-data", 19) != 0)
        return false;
    mark += 9;
    bool quoted = *mark == '"';
    mark += quoted;
    size_t n = strcspn(mark, quoted ? "\"" : "; \t");
    if (n == 0 || n > 70)
        return false;
    buf_puts(&m->delimiter, "\r\n--");
    buf_append(&m->delimiter, mark, n);
    buf_puts(&m->input, "\r\n"); /* the first delimiter may stand at the very beginning */
    return true;
}

void multipart_fini(struct multipart *m)
{
    buf_free(&m->delimiter);
    buf_free(&m->input);
}

static char *header_value(const char *block, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = block; *line;) {
        size_t len = strcspn(line, "\r\n");
        if (len > n && strncasecmp(line, name, n) == 0 && line[n] == ':') {
            const char *from = line + n + 1;
            from += strspn(from, " \t");
            return x_strndup(from, (size_t)(line + len - from));
        }
        line += len;
        line += strspn(line, "\r\n");
    }
    return NULL;
}

/* name="value" of Content-Disposition; \" inside quotes is a quote. */
static char *attribute(const char *header, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = header; p && (p = strcasestr(p, name)) != NULL; p += n) {
        if (p == header || !strchr("; \t", p[-1]) || p[n] != '=' || p[n + 1] != '"')
            continue;
        char *out = x_strdup(p + n + 2), *to = out;
        for (const char *from = p + n + 2; *from && *from != '"'; from++) {
            if (*from == '\\' && from[1] == '"')
                from++;
            *to++ = *from;
        }
        *to = '\0';
        return out;
    }
    return NULL;
}

static int begin_part(struct multipart *m, const char *block)
{
    AUTO_FREE char *disposition = header_value(block, "Content-Disposition");
    AUTO_FREE char *type = header_value(block, "Content-Type");
    AUTO_FREE char *name = attribute(disposition, "name");
    AUTO_FREE char *filename = attribute(disposition, "filename");
    return m->callbacks->on_part(m->arg, name ? name : "", filename, type);
}

/* Behind a delimiter: "--" ends everything, CRLF begins a part. 1: went on, 0: needs more, -1: bad. */
static int after_delimiter(struct multipart *m)
{
    if (m->input.len < 2)
        return 0;
    if (memcmp(m->input.data, "--", 2) == 0) {
        m->state = MULTIPART_END;
        return 1;
    }
    const char *end = memmem(m->input.data, m->input.len, "\r\n\r\n", 4);
    if (end == NULL)
        return m->input.len > HEADERS_MAX ? -1 : 0;
    size_t n = (size_t)(end - m->input.data);
    AUTO_FREE char *block = x_strndup(m->input.data, n);
    buf_consume(&m->input, n + 4);
    m->state = MULTIPART_DATA;
    return begin_part(m, block) < 0 ? -1 : 1;
}

/* Data up to the next delimiter, or as far as it cannot be part of one. */
static int take_data(struct multipart *m)
{
    const char *hit = memmem(m->input.data, m->input.len, m->delimiter.data, m->delimiter.len);
    bool in_part = m->state == MULTIPART_DATA;
    size_t keep = m->delimiter.len - 1;
    size_t n = hit ? (size_t)(hit - m->input.data) : m->input.len > keep ? m->input.len - keep : 0;
    if (n > 0 && in_part && m->callbacks->on_data(m->arg, m->input.data, n) < 0)
        return -1;
    if (hit == NULL) {
        buf_consume(&m->input, n);
        return 0;
    }
    buf_consume(&m->input, n + m->delimiter.len);
    m->state = MULTIPART_HEADERS;
    return in_part && m->callbacks->on_part_end(m->arg) < 0 ? -1 : 1;
}

int multipart_feed(struct multipart *m, const char *data, size_t n)
{
    if (m->state == MULTIPART_BAD)
        return -1;
    if (m->state == MULTIPART_END)
        return 0;
    buf_append(&m->input, data, n);
    int rc = 1;
    while (rc > 0 && m->state != MULTIPART_END)
        rc = m->state == MULTIPART_HEADERS ? after_delimiter(m) : take_data(m);
    if (rc < 0)
        m->state = MULTIPART_BAD;
    return rc < 0 ? -1 : 0;
}
