#include "catalogue/trial.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define MATCH_LIMIT 200000 /* steps: some milliseconds; an expression that needs more would hold up the server */

static int find_all(const pcre2_code *code, pcre2_match_data *data, pcre2_match_context *limits, const char *sample,
                    struct trial_hit *out, size_t max)
{
    size_t at = 0, n = strlen(sample);
    int found = 0;
    while (at <= n && (size_t)found < max) {
        int rc = pcre2_match(code, (PCRE2_SPTR)sample, n, at, 0, data, limits);
        if (rc == PCRE2_ERROR_NOMATCH)
            break;
        if (rc < 0)
            return -1;
        const PCRE2_SIZE *v = pcre2_get_ovector_pointer(data);
        if (v[1] > v[0])
            out[found++] = (struct trial_hit){v[0], v[1] - v[0]};
        at = v[1] > v[0] ? v[1] : v[1] + 1;
        while (at < n && ((unsigned char)sample[at] & 0xC0) == 0x80)
            at++;
    }
    return found;
}

int regex_trial(const char *expression, const char *sample, bool ignore_case, struct trial_hit *out, size_t max)
{
    int number, found = -1;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF |
                       (ignore_case ? PCRE2_CASELESS : 0);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)expression, strlen(expression), options, &number, &at, NULL);
    if (code == NULL)
        return -1;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (data && limits) {
        pcre2_set_match_limit(limits, MATCH_LIMIT);
        found = find_all(code, data, limits, sample, out, max);
    }
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found;
}
