#include "server/filter.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"
#include "server/params.h"

#define PATTERN_MAX 256
#define SUBJECT_MAX 20000

/* JavaScript's short classes in terms of POSIX; false when the pattern uses what would be costly or is not known. */
static bool translate(const char *pattern, char *out, size_t size)
{
    static const struct {
        char letter;
        const char *class;
    } classes[] = {{'d', "[0-9]"}, {'w', "[A-Za-z0-9_]"}, {'s', "[[:space:]]"}, {'D', "[^0-9]"}, {'S', "[^[:space:]]"}};
    size_t n = 0;
    for (const char *p = pattern; *p; p++) {
        const char *piece = NULL;
        if (*p == '{' || (*p == '\\' && isdigit((unsigned char)p[1])))
            return false; /* counted repeats and back references can take for ever */
        for (size_t i = 0; *p == '\\' && i < COUNT_OF(classes); i++)
            if (p[1] == classes[i].letter)
                piece = classes[i].class;
        size_t len = piece ? strlen(piece) : *p == '\\' && p[1] ? 2 : 1;
        if (n + len + 1 > size)
            return false;
        memcpy(out + n, piece ? piece : p, len);
        n += len;
        p += *p == '\\' && p[1];
    }
    out[n] = '\0';
    return true;
}

/* On the loop, for every record of a list: hence an automaton that never goes back, and not common/regexp. */
static bool regex_match(const char *pattern, const char *flags, const char *text)
{
    char posix[4 * PATTERN_MAX];
    regex_t re;
    if (strlen(pattern) > PATTERN_MAX || strlen(text) > SUBJECT_MAX || !translate(pattern, posix, sizeof posix))
        return false;
    int options = REG_EXTENDED | REG_NOSUB | (flags && strchr(flags, 'i') ? REG_ICASE : 0);
    if (regcomp(&re, posix, options) != 0)
        return false;
    bool found = regexec(&re, text, 0, NULL, 0) == 0;
    regfree(&re);
    return found;
}

static const json_t *field(const json_t *doc, const char *path)
{
    const char *dot = strchr(path, '.');
    if (dot == NULL)
        return json_object_get(doc, path);
    AUTO_FREE char *first = x_strndup(path, (size_t)(dot - path));
    return field(json_object_get(doc, first), dot + 1);
}

/* Equal, or a list one item of which is equal; null equals a missing value. */
static bool is_equal(const json_t *value, const json_t *want)
{
    if (json_equal((json_t *)value, (json_t *)want) || (value == NULL && json_is_null(want)))
        return true;
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
        if (json_equal(json_array_get(value, i), (json_t *)want))
            return true;
    return false;
}

static bool is_one_of(const json_t *value, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (is_equal(value, json_array_get(list, i)))
            return true;
    return false;
}

static bool compares(const char *op, const json_t *value, const json_t *want)
{
    int way;
    if (json_is_string(value) && json_is_string(want))
        way = strcmp(json_string_value(value), json_string_value(want));
    else if (json_is_number(value) && json_is_number(want))
        way = (json_number_value(value) > json_number_value(want)) - (json_number_value(value) < json_number_value(want));
    else
        return false;
    return op[1] == 'g' ? way > 0 || (op[3] == 'e' && way == 0) : way < 0 || (op[3] == 'e' && way == 0);
}

static bool operator_holds(const char *op, const json_t *want, const json_t *all, const json_t *value)
{
    static const char *const orders[] = {"$gt", "$gte", "$lt", "$lte"};
    if (strcmp(op, "$eq") == 0)
        return is_equal(value, want);
    if (strcmp(op, "$ne") == 0)
        return !is_equal(value, want);
    if (strcmp(op, "$in") == 0)
        return is_one_of(value, want);
    if (strcmp(op, "$nin") == 0)
        return !is_one_of(value, want);
    if (strcmp(op, "$exists") == 0)
        return (value != NULL) == json_is_true(want);
    if (strcmp(op, "$regex") == 0)
        return json_is_string(value) && json_is_string(want) &&
               regex_match(json_string_value(want), json_string_value(json_object_get(all, "$options")),
                           json_string_value(value));
    for (size_t i = 0; i < COUNT_OF(orders); i++)
        if (strcmp(op, orders[i]) == 0)
            return compares(op, value, want);
    return strcmp(op, "$options") == 0;
}

static bool field_matches(const json_t *condition, const json_t *value)
{
    const char *op;
    json_t *want;
    const char *first = json_is_object(condition) ? json_object_iter_key(json_object_iter((json_t *)condition)) : NULL;
    if (first == NULL || first[0] != '$')
        return is_equal(value, condition);
    json_object_foreach((json_t *)condition, op, want) {
        if (!operator_holds(op, want, condition, value))
            return false;
    }
    return true;
}

bool filter_match(const json_t *query, const json_t *doc)
{
    const char *key;
    json_t *want;
    json_object_foreach((json_t *)query, key, want) {
        bool is_or = strcmp(key, "$or") == 0, holds = !is_or;
        if (is_or || strcmp(key, "$and") == 0) {
            for (size_t i = 0; i < json_array_size(want); i++) {
                bool one = filter_match(json_array_get(want, i), doc);
                holds = is_or ? holds || one : holds && one;
            }
            if (!holds)
                return false;
        } else if (key[0] != '$' && !field_matches(want, field(doc, key))) {
            return false;
        }
    }
    return true;
}

static bool object_param(struct api *a, const char *name, const char *code, json_t **out)
{
    struct error e;
    const char *text = api_str_nonempty(a, name);
    *out = NULL;
    if (text == NULL)
        return true;
    *out = params_from_json(text, strlen(text), false, &e);
    if (json_is_object(*out))
        return true;
    json_decref(*out);
    *out = NULL;
    AUTO_FREE char *reason = x_asprintf("Invalid %s parameter provided: \"%s\"", name, text);
    api_fail_details(a, code, reason, "{\"helperMethod\":\"parseJsonQuery\"}");
    return false;
}

bool filter_param(struct api *a, json_t **out)
{
    return object_param(a, "query", "error-invalid-query", out);
}

bool fields_param(struct api *a, json_t **out)
{
    const char *key;
    json_t *v;
    if (!object_param(a, "fields", "error-invalid-fields", out))
        return false;
    json_object_foreach(*out, key, v) {
        double n = json_number_value(v);
        if (json_is_number(v) && (n == 0 || n == 1))
            continue;
        AUTO_FREE char *reason = x_asprintf("Invalid fields parameter provided: \"%s\"", api_str(a, "fields"));
        json_decref(*out);
        *out = NULL;
        api_fail_details(a, "error-invalid-fields", reason, "{\"helperMethod\":\"parseJsonQuery\"}");
        return false;
    }
    return true;
}
