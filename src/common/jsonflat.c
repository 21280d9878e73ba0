#include "common/jsonflat.h"

#include <stdbool.h>
#include <string.h>

#include "common/jsonw.h"
#include "common/utf8.h"

struct cursor {
    const char *p, *end;
};

static void skip_blanks(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\t' || *c->p == '\r'))
        c->p++;
}

/* The next byte that is not blank, without taking it; 0 at the end. */
static char peek(struct cursor *c)
{
    skip_blanks(c);
    return c->p < c->end ? *c->p : '\0';
}

static bool take(struct cursor *c, char wanted)
{
    if (peek(c) != wanted)
        return false;
    c->p++;
    return true;
}

/* A text without escapes: where it lies and how long it is. */
static bool take_text(struct cursor *c, const char **text, size_t *n)
{
    if (!take(c, '"'))
        return false;
    const char *from = c->p;
    c->p += json_plain_run(c->p, (size_t)(c->end - c->p));
    bool ascii = c->p < c->end && *c->p == '"';
    for (; c->p < c->end && *c->p != '"'; c->p++)
        if ((unsigned char)*c->p < 0x20 || *c->p == '\\')
            return false;
    if (c->p == c->end)
        return false;
    *text = from;
    *n = (size_t)(c->p++ - from);
    return ascii || utf8_valid(from, *n);
}

static json_t *take_word(struct cursor *c, const char *word, json_t *value)
{
    size_t n = strlen(word);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return NULL;
    c->p += n;
    return value;
}

/* Up to 15 digits: no sign, no fraction, no overflow. A character that does not belong is found by the caller. */
static json_t *take_number(struct cursor *c)
{
    json_int_t v = 0;
    const char *from = c->p;
    for (; c->p < c->end && *c->p >= '0' && *c->p <= '9'; c->p++) {
        if (c->p - from == 15)
            return NULL;
        v = v * 10 + (*c->p - '0');
    }
    if (c->p == from || (*from == '0' && c->p - from > 1))
        return NULL;
    return json_integer(v);
}

static json_t *take_value(struct cursor *c)
{
    const char *text;
    size_t n;
    switch (peek(c)) {
    case '"':
        return take_text(c, &text, &n) ? json_stringn_nocheck(text, n) : NULL;
    case 't':
        return take_word(c, "true", json_true());
    case 'f':
        return take_word(c, "false", json_false());
    case 'n':
        return take_word(c, "null", json_null());
    default:
        return take_number(c);
    }
}

static bool take_members(struct cursor *c, json_t *object)
{
    do {
        const char *key;
        size_t n;
        if (!take_text(c, &key, &n) || !take(c, ':'))
            return false;
        json_t *value = take_value(c);
        if (value == NULL || json_object_setn_new_nocheck(object, key, n, value) < 0)
            return false;
    } while (take(c, ','));
    return take(c, '}');
}

json_t *jsonflat_load(const char *text, size_t n)
{
    struct cursor c = {text, text + n};
    if (!take(&c, '{'))
        return NULL;
    json_t *object = json_object();
    if ((!take(&c, '}') && !take_members(&c, object)) || peek(&c) != '\0' || c.p != c.end) {
        json_decref(object);
        return NULL;
    }
    return object;
}
