#include "ui/match.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"

#include <utf8proc.h>

/* One code point without case; bytes that are no UTF-8 stand for themselves. */
static size_t fold_next(const char *s, size_t n, uint32_t *cp)
{
    unsigned char c = (unsigned char)s[0];
    if (c < 0x80) {
        *cp = c >= 'A' && c <= 'Z' ? c + 32u : c;
        return 1;
    }
    size_t len = utf8_decode(s, n, cp);
    if (len == 0) {
        *cp = 0xFFFD;
        return 1;
    }
    *cp = (uint32_t)utf8proc_tolower((utf8proc_int32_t)*cp);
    return len;
}

char *match_fold(const char *text)
{
    struct buf b = BUF_INIT;
    char enc[4];
    uint32_t cp;
    for (size_t i = 0, n = strlen(text); i < n;) {
        i += fold_next(text + i, n - i, &cp);
        buf_append(&b, enc, utf8_encode(cp, enc));
    }
    return b.data ? buf_take(&b) : x_strdup("");
}

static bool starts_folded(const char *s, size_t n, const char *word, size_t *len)
{
    size_t i = 0;
    uint32_t a, b;
    while (*word) {
        if (i >= n)
            return false;
        i += fold_next(s + i, n - i, &a);
        size_t k = utf8_decode(word, strlen(word), &b);
        if (k == 0 || a != b)
            return false;
        word += k;
    }
    *len = i;
    return true;
}

bool match_find(const char *text, size_t n, size_t at, const char *word, size_t *pos, size_t *len)
{
    unsigned char first = (unsigned char)word[0], upper = first >= 'a' && first <= 'z' ? first - 32 : first;
    uint32_t cp;
    if (first == 0)
        return false;
    while (at < n) {
        unsigned char c = (unsigned char)text[at];
        if ((first >= 0x80 || c == first || c == upper || c >= 0x80) &&
            starts_folded(text + at, n - at, word, len)) {
            *pos = at;
            return true;
        }
        at += c < 0x80 ? 1 : fold_next(text + at, n - at, &cp);
    }
    return false;
}

void match_clear(struct match *m)
{
    for (int i = 0; i < m->n; i++) {
        free(m->term[i].field);
        free(m->term[i].word);
    }
    free(m->pattern);
    memset(m, 0, sizeof *m);
}

/* "5m", "2h", "90s", "3": seconds, or the bare number. */
static bool parse_number(const char *s, int64_t *out)
{
    char *end;
    *out = strtoll(s, &end, 10);
    if (end == s)
        return false;
    if (*end == 'm')
        *out *= 60, end++;
    else if (*end == 'h')
        *out *= 3600, end++;
    else if (*end == 's')
        end++;
    return *end == '\0';
}

static void unquote(char *s)
{
    char *to = s;
    for (; *s; s++)
        if (*s != '"')
            *to++ = *s;
    *to = '\0';
}

/* Length of the term at p: up to a blank outside of quotes. */
static size_t term_length(const char *p)
{
    bool quoted = false;
    size_t n = 0;
    for (; p[n] && (quoted || p[n] != ' '); n++)
        quoted ^= p[n] == '"';
    return n;
}

static void parse_term(struct match *m, const char *word, size_t n)
{
    struct match_term *t = &m->term[m->n];
    AUTO_FREE char *raw = x_strndup(word, n);
    char *s = raw;
    memset(t, 0, sizeof *t);
    if (*s == '!' && s[1]) {
        t->negated = true;
        s++;
    }
    char *op = *s == '"' ? NULL : strpbrk(s, ":<>");
    if (op && op > s && op[1]) {
        if (*op == ':' || parse_number(op + 1, &t->number)) {
            t->op = *op == ':' ? 0 : *op;
            t->field = x_strndup(s, (size_t)(op - s));
            s = op + 1;
        }
    } else if (op && op > s && op[1] == '\0') {
        if (*op == ':') /* whether there is anything in the field; or it is still being typed */
            t->field = x_strndup(s, (size_t)(op - s));
        *op = '\0';
        t->bare = *s != '\0' && t->field != NULL;
    }
    unquote(s);
    t->word = match_fold(s);
    m->n++;
}

void match_set(struct match *m, const char *pattern)
{
    match_clear(m);
    m->pattern = x_strdup(pattern);
    for (const char *p = pattern; *p && m->n < MATCH_TERMS;) {
        p += strspn(p, " ");
        size_t n = term_length(p);
        if (n > 0)
            parse_term(m, p, n);
        p += n;
    }
}

bool match_is_empty(const struct match *m)
{
    return m->n == 0;
}

static bool contains(const char *text, const char *word)
{
    size_t pos, len;
    return *word == '\0' || match_find(text, strlen(text), 0, word, &pos, &len);
}

bool match_row(const struct match *m, match_field get, void *arg, int i)
{
    for (int k = 0; k < m->n; k++) {
        const struct match_term *t = &m->term[k];
        int64_t number = 0;
        const char *text = get(arg, i, t->field, &number);
        bool hit;
        if (t->op)
            hit = text && (t->op == '>' ? number > t->number : number < t->number);
        else if (text && t->bare)
            hit = *text != '\0';
        else if (text == NULL)
            hit = (text = get(arg, i, NULL, &number)) != NULL && contains(text, t->word);
        else
            hit = contains(text, t->word);
        if (hit == t->negated)
            return false;
    }
    return true;
}
