#include "catalogue/amount.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"

struct suffix {
    const char *text;
    int64_t factor;
};

static const struct suffix times[] = {
    {"ms", 1},      {"s", 1000},     {"m", 60000},     {"min", 60000},
    {"h", 3600000}, {"d", 86400000}, {"w", 604800000}, {NULL, 0},
};

static const struct suffix sizes[] = {
    {"B", 1},        {"k", 1 << 10}, {"kB", 1 << 10}, {"M", 1 << 20},
    {"MB", 1 << 20}, {"G", 1 << 30}, {"GB", 1 << 30}, {NULL, 0},
};

static const struct {
    const char *name;
    const struct suffix *suffixes;
    int64_t factor; /* of the unit itself, on the scale of its suffixes */
} units[] = {
    {"milliseconds", times, 1}, {"seconds", times, 1000}, {"minutes", times, 60000},
    {"hours", times, 3600000},  {"days", times, 86400000},  {"bytes", sizes, 1},
};

#define BLANKS " \t"

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, BLANKS);
}

/* A number alone, with an optional minus. */
static bool parse_plain(const char *text, int64_t *out)
{
    const char *digits = text + (*text == '-');
    size_t n = strspn(digits, "0123456789");
    if (n == 0 || *skip_blanks(digits + n) != '\0')
        return false;
    errno = 0;
    *out = strtoll(text, NULL, 10);
    return errno == 0;
}

static const struct suffix *find_suffix(const struct suffix *s, const char *text, size_t n)
{
    for (; s->text != NULL; s++)
        if (strlen(s->text) == n && strncasecmp(s->text, text, n) == 0)
            return s;
    return NULL;
}

/* Adds up "<digits><suffix>" parts into *total. */
static bool parse_parts(const char *text, const struct suffix *suffixes, int64_t *total)
{
    *total = 0;
    do {
        size_t digits = strspn(text, "0123456789");
        errno = 0;
        int64_t n = strtoll(text, NULL, 10), product;
        if (digits == 0 || errno != 0)
            return false;
        const char *unit = skip_blanks(text + digits);
        size_t len = strcspn(unit, BLANKS "0123456789");
        const struct suffix *suffix = find_suffix(suffixes, unit, len);
        if (suffix == NULL || __builtin_mul_overflow(n, suffix->factor, &product) ||
            __builtin_add_overflow(*total, product, total))
            return false;
        text = skip_blanks(unit + len);
    } while (*text != '\0');
    return true;
}

bool amount_parse(const char *text, const char *unit, int64_t *out)
{
    text = skip_blanks(text);
    if (parse_plain(text, out))
        return true;
    for (size_t i = 0; unit != NULL && i < COUNT_OF(units); i++) {
        int64_t total;
        if (strcmp(units[i].name, unit) != 0)
            continue;
        if (!parse_parts(text, units[i].suffixes, &total))
            return false;
        *out = total / units[i].factor;
        return total % units[i].factor == 0;
    }
    return false;
}

void amount_format(int64_t amount, const char *unit, char *out, size_t n)
{
    static const struct suffix time_parts[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}},
                               size_parts[] = {{" GB", 1 << 30}, {" MB", 1 << 20}, {" kB", 1 << 10}, {" B", 1}};
    int64_t left;
    size_t used = 0, shown = 0;
    out[0] = '\0';
    for (size_t i = 0; unit && i < COUNT_OF(units); i++) {
        if (strcmp(units[i].name, unit) != 0)
            continue;
        bool size = units[i].suffixes == sizes;
        const struct suffix *parts = size ? size_parts : time_parts;
        if (amount <= 0 || __builtin_mul_overflow(amount, units[i].factor, &left))
            return;
        for (size_t k = 0; k < (size ? COUNT_OF(size_parts) : COUNT_OF(time_parts)) && left > 0 && used < n; k++) {
            int64_t count = left / parts[k].factor;
            left %= parts[k].factor;
            if (count == 0)
                continue;
            used += (size_t)snprintf(out + used, n - used, "%s%lld%s", shown++ ? " " : "", (long long)count,
                                     parts[k].text);
            if (count == amount && shown == 1) { /* the same number again */
                out[0] = '\0';
                return;
            }
        }
    }
}
