#include "config.h"

#include "server/http1.h"

#include <string.h>
#include <strings.h>
#ifdef HAVE_LLHTTP
#include <llhttp.h>
#else
#include <http_parser.h>
#endif

#include "common/mem.h"

#define KEEP_BYTES 4096
#define CHUNK_LINE_MAX 256 /* size, extensions */
#define CHUNK_DIGITS_MAX 15

enum state {
    STATE_START,        /* a blank line may stand before the request (RFC 9112 2.2) */
    STATE_START_LF,
    STATE_HEAD,
    STATE_LENGTH,       /* body with a Content-Length */
    STATE_CHUNK_FIRST,  /* first digit of a chunk's size */
    STATE_CHUNK_SIZE,
    STATE_CHUNK_EXT,
    STATE_CHUNK_SIZE_LF,
    STATE_CHUNK_DATA,
    STATE_CHUNK_CR,
    STATE_CHUNK_LF,
    STATE_TRAILER,
    STATE_END,          /* HTTP1_END is due */
    STATE_DONE,
    STATE_FAILED,
};

/* Where the tokenizer saw names and values; terminated only when it is through. */
struct http_span {
    const char *name, *value;
    size_t name_len, value_len;
};

#ifdef HAVE_LLHTTP
typedef llhttp_t tokenizer;
typedef llhttp_settings_t tokenizer_settings;
#else
typedef http_parser tokenizer;
typedef http_parser_settings tokenizer_settings;
#endif

void http1_init(struct http1 *p, size_t head_max)
{
    memset(p, 0, sizeof(*p));
    p->head_max = head_max;
}

void http1_fini(struct http1 *p)
{
    buf_free(&p->head);
    buf_free(&p->trailer);
}

void http1_reset(struct http1 *p)
{
    struct buf head = p->head;
    buf_free(&p->trailer);
    if (head.cap > KEEP_BYTES)
        buf_free(&head);
    size_t head_max = p->head_max;
    memset(p, 0, offsetof(struct http1, headers));
    p->header_count = 0;
    memset(&p->is_http10, 0, sizeof(*p) - offsetof(struct http1, is_http10));
    p->head_max = head_max;
    p->head = head;
    buf_clear(&p->head);
}

bool http1_has_begun(const struct http1 *p)
{
    return p->state >= STATE_HEAD;
}

static enum http1_event fail(struct http1 *p, int status, const char *text)
{
    p->state = STATE_FAILED;
    p->status = status;
    p->text = text;
    return HTTP1_FAIL;
}

static bool is_token_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static size_t token_len(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n && is_token_char((unsigned char)s[i]))
        i++;
    return i;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* method SP target SP HTTP/d.d, with single blanks. */
static enum http1_event check_request_line(struct http1 *p, const char *line, size_t n)
{
    size_t method = token_len(line, n);
    if (method == 0 || method == n || line[method] != ' ')
        return fail(p, 400, "malformed request line");
    const char *target = line + method + 1;
    const char *space = memchr(target, ' ', n - method - 1);
    if (space == NULL || space == target || n - (size_t)(space + 1 - line) != 8)
        return fail(p, 400, "malformed request line");
    const char *version = space + 1;
    if (memcmp(version, "HTTP/", 5) != 0 || !is_digit(version[5]) || version[6] != '.' || !is_digit(version[7]))
        return fail(p, 400, "malformed request line");
    for (const char *c = target; c < space; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7F || *c == '#')
            return fail(p, 400, "malformed request target");
    if (version[5] != '1' || version[7] > '1')
        return fail(p, 505, "HTTP version not supported");
    p->is_http10 = version[7] == '0';
    if (method == 7 && memcmp(line, "CONNECT", 7) == 0)
        return fail(p, 501, "method not implemented");
    return HTTP1_MORE;
}

/* A line of headers or trailers, without its CRLF. */
static enum http1_event check_header_line(struct http1 *p, const char *line, size_t n)
{
    if (line[0] == ' ' || line[0] == '\t')
        return fail(p, 400, "folded header line");
    size_t name = token_len(line, n);
    if (name == 0 || name == n || line[name] != ':')
        return fail(p, 400, "malformed header line");
    for (size_t i = name; i < n; i++)
        if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7F)
            return fail(p, 400, "control character in a header");
    return HTTP1_MORE;
}

/* Moves input into b up to and with the next LF. True when a line is complete. */
static bool take_line(struct buf *b, const char **data, size_t *n)
{
    const char *lf = memchr(*data, '\n', *n);
    size_t take = lf ? (size_t)(lf + 1 - *data) : *n;
    buf_append(b, *data, take);
    *data += take;
    *n -= take;
    return lf != NULL;
}

/* Checks the line that ends b; *empty when it is the blank one. */
static enum http1_event check_line(struct http1 *p, const struct buf *b, bool is_first, bool *empty)
{
    const char *line = b->data + p->line_start;
    size_t n = b->len - p->line_start;
    *empty = n == 2 && line[0] == '\r';
    if (n < 2 || line[n - 2] != '\r')
        return fail(p, 400, "line not ended by CR LF");
    if (*empty)
        return is_first ? fail(p, 400, "malformed request line") : HTTP1_MORE;
    return is_first ? check_request_line(p, line, n - 2) : check_header_line(p, line, n - 2);
}

static int saw_name(tokenizer *t, const char *at, size_t n)
{
    struct http1 *p = t->data;
    if (p->header_count == HTTP1_HEADERS_MAX)
        return -1;
    p->spans[p->header_count++] = (struct http_span){at, at + n, n, 0};
    return 0;
}

static int saw_value(tokenizer *t, const char *at, size_t n)
{
    struct http1 *p = t->data;
    struct http_span *span = &p->spans[p->header_count - 1];
    if (n == 0) /* an empty value is pointed at behind its line */
        return 0;
    if (span->value_len == 0)
        span->value = at;
    span->value_len = (size_t)(at + n - span->value);
    return 0;
}

/* The body is ours: 1 tells the tokenizer that none follows. */
static int saw_head(tokenizer *t)
{
    struct http1 *p = t->data;
#ifdef HAVE_LLHTTP
    p->keep_alive = llhttp_should_keep_alive(t) != 0;
#else
    p->keep_alive = http_should_keep_alive(t) != 0;
#endif
    p->upgrade = t->upgrade != 0;
    return 1;
}

static enum http1_event tokenize(struct http1 *p)
{
    static const tokenizer_settings settings = {
        .on_header_field = saw_name, .on_header_value = saw_value, .on_headers_complete = saw_head};
    tokenizer t;
#ifdef HAVE_LLHTTP
    llhttp_init(&t, HTTP_REQUEST, &settings);
    t.data = p;
    enum llhttp_errno err = llhttp_execute(&t, p->head.data, p->head.len);
    if (err == HPE_PAUSED_UPGRADE)
        err = HPE_OK;
#else
    http_parser_set_max_header_size(UINT32_MAX); /* the limit is ours, and already kept */
    http_parser_init(&t, HTTP_REQUEST);
    t.data = p;
    http_parser_execute(&t, &settings, p->head.data, p->head.len);
    enum http_errno err = HTTP_PARSER_ERRNO(&t);
#endif
    if (err == HPE_OK)
        return HTTP1_MORE;
    if (p->header_count == HTTP1_HEADERS_MAX)
        return fail(p, 431, "too many headers");
    if (err == HPE_INVALID_METHOD)
        return fail(p, 501, "method not implemented");
    return err == HPE_INVALID_TRANSFER_ENCODING ? fail(p, 501, "transfer encoding not implemented")
                                                : fail(p, 400, "malformed request");
}

/* Turns the spans into strings inside the head. */
static void terminate_headers(struct http1 *p)
{
    for (size_t i = 0; i < p->header_count; i++) {
        char *name = p->head.data + (p->spans[i].name - p->head.data);
        char *value = p->head.data + (p->spans[i].value - p->head.data);
        size_t n = p->spans[i].value_len;
        for (size_t k = 0; k < p->spans[i].name_len; k++)
            if (name[k] >= 'A' && name[k] <= 'Z')
                name[k] = (char)(name[k] | 0x20);
        while (n > 0 && (*value == ' ' || *value == '\t')) {
            value++;
            n--;
        }
        while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
            n--;
        name[p->spans[i].name_len] = '\0';
        value[n] = '\0';
        p->headers[i] = (struct http_header){name, value};
    }
}

/* Method, target and query as strings. The absolute form loses scheme and host (RFC 9112 3.2.2). */
static enum http1_event split_request_line(struct http1 *p)
{
    char *method = p->head.data;
    char *target = strchr(method, ' ');
    *target++ = '\0';
    *strchr(target, ' ') = '\0';
    if (*target != '/' && (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0)) {
        char *host = strstr(target, "://") + 3;
        target = host + strcspn(host, "/?");
        if (target == host)
            return fail(p, 400, "malformed request target");
        if (*target != '/')
            *--target = '/'; /* no path: what stood there is not needed any more */
    }
    if (*target != '/')
        return fail(p, 400, "malformed request target");
    p->method = method;
    p->target = target;
    char *query = strchr(target, '?');
    if (query) {
        *query = '\0';
        p->query = query + 1;
    }
    return HTTP1_MORE;
}

bool http1_list_has(const char *s, const char *word)
{
    size_t n = strlen(word);
    while (*s) {
        s += strspn(s, ", \t");
        size_t len = strcspn(s, ",");
        size_t bare = len;
        while (bare > 0 && (s[bare - 1] == ' ' || s[bare - 1] == '\t'))
            bare--;
        if (bare == n && strncasecmp(s, word, n) == 0)
            return true;
        s += len;
    }
    return false;
}

static bool host_is_valid(const char *host)
{
    for (const char *c = host; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || is_digit(*c) || strchr("-._~%:[]", *c)))
            return false;
    return true;
}

static enum http1_event read_length(struct http1 *p, const char *value)
{
    size_t n = strlen(value);
    if (n == 0 || strspn(value, "0123456789") != n)
        return fail(p, 400, "malformed Content-Length");
    if (n > 18)
        return fail(p, 413, "body too large");
    for (; *value; value++)
        p->content_length = p->content_length * 10 + (uint64_t)(*value - '0');
    return HTTP1_MORE;
}

/* The headers that decide where the body ends, counted. */
struct framing {
    unsigned hosts, lengths, encodings;
};

static enum http1_event check_framing_header(struct http1 *p, const struct http_header *h, struct framing *f)
{
    if (strcmp(h->name, "host") == 0) {
        f->hosts++;
        return host_is_valid(h->value) ? HTTP1_MORE : fail(p, 400, "malformed Host");
    }
    if (strcmp(h->name, "content-length") == 0)
        return f->lengths++ ? fail(p, 400, "more than one Content-Length") : read_length(p, h->value);
    if (strcmp(h->name, "transfer-encoding") == 0) {
        f->encodings++;
        return strcasecmp(h->value, "chunked") == 0 ? HTTP1_MORE : fail(p, 501, "transfer encoding not implemented");
    }
    if (strcmp(h->name, "expect") == 0) {
        if (strcasecmp(h->value, "100-continue") != 0)
            return fail(p, 417, "unknown expectation");
        p->expect_continue = !p->is_http10;
    }
    return HTTP1_MORE;
}

static bool method_wants_body(const char *method)
{
    return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
}

static enum http1_event check_framing(struct http1 *p)
{
    struct framing f = {0, 0, 0};
    for (size_t i = 0; i < p->header_count; i++) {
        const char first = p->headers[i].name[0];
        if ((first == 'h' || first == 'c' || first == 't' || first == 'e') &&
            check_framing_header(p, &p->headers[i], &f) == HTTP1_FAIL)
            return HTTP1_FAIL;
    }
    if (f.hosts > 1 || (f.hosts == 0 && !p->is_http10))
        return fail(p, 400, f.hosts ? "more than one Host" : "no Host");
    if (f.encodings > 1 || (f.encodings && f.lengths))
        return fail(p, 400, "body framed twice");
    if (f.encodings && p->is_http10)
        return fail(p, 400, "Transfer-Encoding in HTTP/1.0");
    if (p->is_http10 && f.lengths == 0 && method_wants_body(p->method))
        return fail(p, 411, "no Content-Length");
    p->is_chunked = f.encodings > 0;
    return HTTP1_MORE;
}

static enum http1_event finish_head(struct http1 *p)
{
    struct http_span spans[HTTP1_HEADERS_MAX];
    p->spans = spans;
    p->header_count = 0;
    enum http1_event ev = tokenize(p);
    if (ev == HTTP1_MORE)
        terminate_headers(p);
    p->spans = NULL;
    if (ev == HTTP1_FAIL || split_request_line(p) == HTTP1_FAIL || check_framing(p) == HTTP1_FAIL)
        return HTTP1_FAIL;
    p->left = p->content_length;
    p->state = p->is_chunked ? STATE_CHUNK_FIRST : p->left ? STATE_LENGTH : STATE_END;
    p->expect_continue = p->expect_continue && p->state != STATE_END;
    return HTTP1_HEAD;
}

static enum http1_event read_head(struct http1 *p, const char **data, size_t *n)
{
    while (*n > 0) {
        bool is_first = p->line_start == 0, empty = false;
        size_t room = p->head_max - p->head.len;
        size_t part = *n < room ? *n : room, rest = *n - part;
        bool complete = take_line(&p->head, data, &part);
        *n = part + rest;
        if (complete && check_line(p, &p->head, is_first, &empty) == HTTP1_FAIL)
            return HTTP1_FAIL;
        if (empty)
            return finish_head(p);
        if (p->head.len >= p->head_max)
            return is_first && !complete ? fail(p, 414, "request target too long") : fail(p, 431, "headers too large");
        if (complete)
            p->line_start = p->head.len;
    }
    return HTTP1_MORE;
}

static enum http1_event read_trailer(struct http1 *p, const char **data, size_t *n)
{
    while (*n > 0) {
        bool empty = false;
        if (p->trailer.len + *n > p->head_max && p->trailer.len >= p->head_max)
            return fail(p, 431, "trailers too large");
        size_t room = p->head_max - p->trailer.len;
        size_t part = *n < room ? *n : room, rest = *n - part;
        bool complete = take_line(&p->trailer, data, &part);
        *n = part + rest;
        if (!complete)
            continue;
        if (check_line(p, &p->trailer, false, &empty) == HTTP1_FAIL)
            return HTTP1_FAIL;
        p->line_start = p->trailer.len;
        if (empty) {
            p->state = STATE_END;
            break;
        }
    }
    return HTTP1_MORE;
}

static enum http1_event read_body(struct http1 *p, const char **data, size_t *n)
{
    p->piece = *data;
    p->piece_len = p->left < *n ? (size_t)p->left : *n;
    *data += p->piece_len;
    *n -= p->piece_len;
    p->left -= p->piece_len;
    if (p->left == 0)
        p->state = p->state == STATE_LENGTH ? STATE_END : STATE_CHUNK_CR;
    return HTTP1_BODY;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* One byte of a chunk's size line. */
static enum http1_event chunk_size_byte(struct http1 *p, char c)
{
    int digit = hex_value(c);
    if (++p->chunk_line > CHUNK_LINE_MAX)
        return fail(p, 400, "chunk line too long");
    if (p->state == STATE_CHUNK_EXT) {
        if (c == '\r')
            p->state = STATE_CHUNK_SIZE_LF;
        else if (((unsigned char)c < ' ' && c != '\t') || c == 0x7F)
            return fail(p, 400, "malformed chunk extension");
        return HTTP1_MORE;
    }
    if (digit >= 0 && p->chunk_line <= CHUNK_DIGITS_MAX) {
        p->left = p->left << 4 | (uint64_t)digit;
        p->state = STATE_CHUNK_SIZE;
    } else if (p->state == STATE_CHUNK_SIZE && c == '\r') {
        p->state = STATE_CHUNK_SIZE_LF;
    } else if (p->state == STATE_CHUNK_SIZE && c == ';') {
        p->state = STATE_CHUNK_EXT;
    } else {
        return fail(p, 400, "malformed chunk size");
    }
    return HTTP1_MORE;
}

static enum http1_event chunk_frame_byte(struct http1 *p, char c)
{
    bool is_cr = p->state == STATE_CHUNK_CR;
    if (c != (is_cr ? '\r' : '\n'))
        return fail(p, 400, "malformed chunk");
    if (is_cr) {
        p->state = STATE_CHUNK_LF;
    } else if (p->state == STATE_CHUNK_LF) {
        p->state = STATE_CHUNK_FIRST;
        p->left = 0;
        p->chunk_line = 0;
    } else {
        p->state = p->left ? STATE_CHUNK_DATA : STATE_TRAILER;
        p->line_start = 0;
    }
    return HTTP1_MORE;
}

static enum http1_event start_byte(struct http1 *p, const char **data, size_t *n)
{
    if (p->state == STATE_START && **data != '\r') {
        p->state = STATE_HEAD;
        return HTTP1_MORE;
    }
    if (p->state == STATE_START_LF && **data != '\n')
        return fail(p, 400, "malformed request line");
    p->state = p->state == STATE_START ? STATE_START_LF : STATE_HEAD;
    (*data)++;
    (*n)--;
    return HTTP1_MORE;
}

static enum http1_event step(struct http1 *p, const char **data, size_t *n)
{
    switch ((enum state)p->state) {
    case STATE_START:
    case STATE_START_LF:
        return start_byte(p, data, n);
    case STATE_HEAD:
        return read_head(p, data, n);
    case STATE_LENGTH:
    case STATE_CHUNK_DATA:
        return read_body(p, data, n);
    case STATE_CHUNK_FIRST:
    case STATE_CHUNK_SIZE:
    case STATE_CHUNK_EXT:
        (*n)--;
        return chunk_size_byte(p, *(*data)++);
    case STATE_CHUNK_SIZE_LF:
    case STATE_CHUNK_CR:
    case STATE_CHUNK_LF:
        (*n)--;
        return chunk_frame_byte(p, *(*data)++);
    case STATE_TRAILER:
        return read_trailer(p, data, n);
    case STATE_END:
        p->state = STATE_DONE;
        return HTTP1_END;
    case STATE_DONE:
    case STATE_FAILED:
        break;
    }
    return HTTP1_FAIL;
}

enum http1_event http1_next(struct http1 *p, const char **data, size_t *n)
{
    if (p->state == STATE_FAILED)
        return HTTP1_FAIL;
    if (p->state == STATE_DONE)
        http1_reset(p);
    enum http1_event ev = HTTP1_MORE;
    while (ev == HTTP1_MORE && (*n > 0 || p->state == STATE_END))
        ev = step(p, data, n);
    return ev;
}
