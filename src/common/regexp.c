#include "common/regexp.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#define MATCH_LIMIT 200000   /* steps of one search: about 10 ms */
#define DEPTH_LIMIT 2000
#define HEAP_LIMIT_KB 4096

static pcre2_code *compile(const char *pattern, uint32_t options, struct error *err)
{
    int fault;
    PCRE2_SIZE at;
    if (strlen(pattern) > REGEXP_PATTERN_MAX) {
        error_set(err, ERR_INVALID, NULL, "the regular expression is longer than %d bytes", REGEXP_PATTERN_MAX);
        return NULL;
    }
    /* ALT_BSUX: \u and \x as in JavaScript. NEVER_BACKSLASH_C: a search never splits a character. */
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY | options, &fault, &at, NULL);
    if (code == NULL) {
        PCRE2_UCHAR words[120];
        pcre2_get_error_message(fault, words, sizeof words);
        error_set(err, ERR_INVALID, NULL, "the regular expression has a fault at character %zu: %s", (size_t)at + 1,
                  (const char *)words);
    }
    return code;
}

int regexp_check(const char *pattern, struct error *err)
{
    pcre2_code *code = compile(pattern, 0, err);
    if (code == NULL)
        return ERR_INVALID;
    pcre2_code_free(code);
    return ERR_OK;
}

/* The first place from byte from on: PCRE2's answer, and where. */
static int search(const pcre2_code *code, const char *text, size_t from, struct regexp_hit *hit)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *found = pcre2_match_data_create(1, NULL);
    int rc = PCRE2_ERROR_NOMEMORY;
    if (limits && found) {
        pcre2_set_match_limit(limits, MATCH_LIMIT);
        pcre2_set_depth_limit(limits, DEPTH_LIMIT);
        pcre2_set_heap_limit(limits, HEAP_LIMIT_KB);
        rc = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), from, 0, found, limits);
    }
    if (rc >= 0) {
        const PCRE2_SIZE *at = pcre2_get_ovector_pointer(found);
        *hit = (struct regexp_hit){at[0], at[1] > at[0] ? at[1] - at[0] : 0};
    }
    pcre2_match_data_free(found);
    pcre2_match_context_free(limits);
    return rc;
}

int regexp_search(const char *pattern, const char *text, bool any_case, struct error *err)
{
    if (strlen(text) > REGEXP_SUBJECT_MAX)
        return error_set(err, ERR_TOO_LARGE, NULL, "the text is too long for a regular expression");
    pcre2_code *code = compile(pattern, any_case ? PCRE2_CASELESS : 0, err);
    if (code == NULL)
        return ERR_INVALID;
    struct regexp_hit hit;
    int rc = search(code, text, 0, &hit);
    pcre2_code_free(code);
    if (rc >= 0)
        return 1;
    if (rc == PCRE2_ERROR_NOMATCH)
        return 0;
    return error_set(err, ERR_TOO_LARGE, NULL, "the regular expression costs too much on this text");
}

int regexp_find_all(const char *pattern, const char *text, bool any_case, struct regexp_hit *out, size_t max,
                    struct error *err)
{
    if (strlen(text) > REGEXP_SUBJECT_MAX)
        return error_set(err, ERR_TOO_LARGE, NULL, "the text is too long for a regular expression");
    pcre2_code *code = compile(pattern, any_case ? PCRE2_CASELESS : 0, err);
    size_t at = 0, n = strlen(text);
    int found = 0, rc = 0;
    if (code == NULL)
        return ERR_INVALID;
    while (at <= n && (size_t)found < max) {
        struct regexp_hit hit;
        rc = search(code, text, at, &hit);
        if (rc < 0)
            break;
        if (hit.len > 0)
            out[found++] = hit;
        size_t next = hit.start + (hit.len > 0 ? hit.len : 1);
        at = next > at ? next : at + 1;
        while (at < n && ((unsigned char)text[at] & 0xC0) == 0x80)
            at++;
    }
    pcre2_code_free(code);
    if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
        return error_set(err, ERR_TOO_LARGE, NULL, "the regular expression costs too much on this text");
    return found;
}
