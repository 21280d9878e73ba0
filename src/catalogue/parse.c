/* Values on their way in, from JSON and from what people type. *out is written only when the value is good.
 */
#include "catalogue/catalogue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "catalogue/amount.h"
#include "catalogue/color.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"

#define TEXT_MAX_BYTES 65536
#define EXACT_MAX 9007199254740992.0 /* up to here every whole number has a double of its own */

static int refuse(const struct setting_row *row, struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "<label> expects <what>", for the setting's field. */
static int refuse(const struct setting_row *row, struct error *err, const char *fmt, ...)
{
    char what[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    error_named(err, ERR_INVALID, "error-invalid-setting-value", "%s expects %s", row->label, what);
    if (err != NULL)
        snprintf(err->field, sizeof(err->field), "%s", row->id);
    return ERR_INVALID;
}

static int refuse_bool(const struct setting_row *row, struct error *err)
{
    return refuse(row, err, "on or off (true or false)");
}

/* The limits of 32 bits are ours, not the setting's: they are named only where a number exceeds them. */
static int refuse_int(const struct setting_row *row, bool out_of_range, struct error *err)
{
    struct buf what = BUF_INIT;
    bool limited = row->min != 0 || row->max != 0;
    buf_puts(&what, "a whole number");
    if (row->unit != NULL)
        buf_printf(&what, " of %s", row->unit);
    if (limited && (out_of_range || row->min > INT32_MIN))
        buf_printf(&what, ", at least %" PRId64, row->min);
    if (limited && (out_of_range || row->max < INT32_MAX))
        buf_printf(&what, ", at most %" PRId64, row->max);
    refuse(row, err, "%s", what.data);
    buf_free(&what);
    return ERR_INVALID;
}

static int refuse_choice(const struct setting_row *row, struct error *err)
{
    struct buf what = BUF_INIT;
    buf_puts(&what, "one of");
    for (const struct setting_choice *c = row->choices; c->key != NULL; c++)
        buf_printf(&what, "%s %s", c == row->choices ? "" : ",", c->key);
    refuse(row, err, "%s", what.data);
    buf_free(&what);
    return ERR_INVALID;
}

static void set_text(const struct setting_row *row, struct setting_value *out, const char *s, size_t n)
{
    *out = (struct setting_value){.type = row->type, .s = x_strndup(s, n)};
}

static int take_bool(const struct setting_row *row, bool b, struct setting_value *out)
{
    *out = (struct setting_value){.type = row->type, .b = b};
    return ERR_OK;
}

static int take_int(const struct setting_row *row, int64_t i, struct setting_value *out, struct error *err)
{
    bool limited = row->min != 0 || row->max != 0;
    if (limited && (i < row->min || i > row->max))
        return refuse_int(row, true, err);
    *out = (struct setting_value){.type = row->type, .i = i};
    return ERR_OK;
}

static bool has_control_chars(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
            return true;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void trim(const char **s, size_t *n)
{
    while (*n > 0 && is_blank(**s))
        (*s)++, (*n)--;
    while (*n > 0 && is_blank((*s)[*n - 1]))
        (*n)--;
}

/* Text, several lines or one, or a secret. Secrets become header fields: no control characters in them. */
static int take_text(const struct setting_row *row, const char *s, size_t n, struct setting_value *out,
                     struct error *err)
{
    if (str_eq(row->id, "Livechat_webhookUrl"))
        trim(&s, &n);
    if (n > TEXT_MAX_BYTES)
        return refuse(row, err, "a text of at most %d bytes", TEXT_MAX_BYTES);
    if (!utf8_valid(s, n))
        return refuse(row, err, "a text in UTF-8");
    if (row->type == SETTING_SECRET && has_control_chars(s, n))
        return refuse(row, err, "one line without control characters");
    set_text(row, out, s, n);
    return ERR_OK;
}

static int take_color(const struct setting_row *row, const char *s, size_t n, struct setting_value *out,
                      struct error *err)
{
    AUTO_FREE char *color = x_strndup(s, n);
    if (!color_is_css(color))
        return refuse(row, err, "a colour such as #C1272D, #fff or navy");
    set_text(row, out, s, n);
    return ERR_OK;
}

/* loose: any case, and the words people see are good as well. */
static int take_choice(const struct setting_row *row, const char *s, bool loose, struct setting_value *out,
                       struct error *err)
{
    for (const struct setting_choice *c = row->choices; c->key != NULL; c++) {
        bool same =
            loose ? strcasecmp(s, c->key) == 0 || strcasecmp(s, c->label) == 0 : strcmp(s, c->key) == 0;
        if (!same)
            continue;
        set_text(row, out, c->key, strlen(c->key));
        return ERR_OK;
    }
    return refuse_choice(row, err);
}

/* "5", "-1": what a number looks like when it is printed. Not "05", "+5", " 5" or "5.0". */
static bool reads_exactly_as_int(const char *s, int64_t *i)
{
    char again[24];
    errno = 0;
    *i = strtoll(s, NULL, 10);
    snprintf(again, sizeof(again), "%" PRId64, *i);
    return errno == 0 && strcmp(again, s) == 0;
}

static int bool_from_json(const struct setting_row *row, const json_t *v, struct setting_value *out,
                          struct error *err)
{
    if (json_is_boolean(v))
        return take_bool(row, json_is_true(v), out);
    if (str_eq(json_string_value(v), "true"))
        return take_bool(row, true, out);
    if (str_eq(json_string_value(v), "false"))
        return take_bool(row, false, out);
    return refuse_bool(row, err);
}

static int int_from_json(const struct setting_row *row, const json_t *v, struct setting_value *out,
                         struct error *err)
{
    int64_t i;
    if (json_is_integer(v))
        return take_int(row, json_integer_value(v), out, err);
    if (json_is_string(v) && reads_exactly_as_int(json_string_value(v), &i))
        return take_int(row, i, out, err);
    double d = json_is_real(v) ? json_real_value(v) : 0.5;
    if (d >= -EXACT_MAX && d <= EXACT_MAX && d == (double)(int64_t)d) /* 5.0 is 5 to JavaScript */
        return take_int(row, (int64_t)d, out, err);
    return refuse_int(row, false, err);
}

int setting_value_from_store(setting_no no, const json_t *v, struct setting_value *out, struct error *err)
{
    const struct setting_row *row = catalogue_row(no);
    if (json_is_string(v) && strlen(json_string_value(v)) != json_string_length(v))
        return refuse(row, err, "a value without NUL characters");
    if (row->type == SETTING_BOOL)
        return bool_from_json(row, v, out, err);
    if (row->type == SETTING_INT)
        return int_from_json(row, v, out, err);
    if (row->type == SETTING_ACTION)
        return refuse(row, err, "to be run, it has no value");
    if (row->type == SETTING_SELECT)
        return take_choice(row, json_is_string(v) ? json_string_value(v) : "", false, out, err);
    if (!json_is_string(v))
        return refuse(row, err, row->type == SETTING_COLOR ? "a colour such as #C1272D" : "a text");
    if (row->type == SETTING_COLOR)
        return take_color(row, json_string_value(v), json_string_length(v), out, err);
    return take_text(row, json_string_value(v), json_string_length(v), out, err);
}

/* Beyond the type: the form of the text. The value is freed when it is refused. */
static int check_format(const struct setting_row *row, struct setting_value *v, struct error *err)
{
    struct error why;
    if (row->format == SETTING_FORMAT_NONE || setting_format_check(row->format, v->s, &why) == ERR_OK)
        return ERR_OK;
    setting_value_free(v);
    error_named(err, ERR_INVALID, "error-invalid-setting-value", "%s: %.250s", row->label, why.text);
    if (err != NULL)
        snprintf(err->field, sizeof(err->field), "%s", row->id);
    return ERR_INVALID;
}

int setting_value_from_json(setting_no no, const json_t *v, struct setting_value *out, struct error *err)
{
    struct setting_value made;
    int rc = setting_value_from_store(no, v, &made, err);
    if (rc == ERR_OK)
        rc = check_format(catalogue_row(no), &made, err);
    if (rc == ERR_OK)
        *out = made;
    return rc;
}

static int bool_from_text(const struct setting_row *row, const char *s, struct setting_value *out,
                          struct error *err)
{
    static const char *const words[][2] = {{"true", "false"}, {"on", "off"}, {"yes", "no"}};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcasecmp(s, words[i][0]) == 0)
            return take_bool(row, true, out);
        if (strcasecmp(s, words[i][1]) == 0)
            return take_bool(row, false, out);
    }
    return refuse_bool(row, err);
}

static int int_from_text(const struct setting_row *row, const char *s, struct setting_value *out,
                         struct error *err)
{
    int64_t i;
    if (!amount_parse(s, row->unit, &i))
        return refuse_int(row, false, err);
    return take_int(row, i, out, err);
}

static int text_from_text(const struct setting_row *row, const char *text, struct setting_value *out, struct error *err)
{
    struct setting_value made;
    int rc = take_text(row, text, strlen(text), &made, err);
    if (rc == ERR_OK)
        rc = check_format(row, &made, err);
    if (rc == ERR_OK)
        *out = made;
    return rc;
}

int setting_value_from_text(setting_no no, const char *text, struct setting_value *out, struct error *err)
{
    const struct setting_row *row = catalogue_row(no);
    const char *s = text;
    size_t n = strlen(text);
    if (row->type == SETTING_ACTION)
        return refuse(row, err, "to be run, it has no value");
    if (row->type == SETTING_TEXT || row->type == SETTING_MULTILINE || row->type == SETTING_SECRET)
        return text_from_text(row, text, out, err);

    trim(&s, &n);
    AUTO_FREE char *word = x_strndup(s, n);
    if (row->type == SETTING_BOOL)
        return bool_from_text(row, word, out, err);
    if (row->type == SETTING_INT)
        return int_from_text(row, word, out, err);
    if (row->type == SETTING_SELECT)
        return take_choice(row, word, true, out, err);
    return take_color(row, word, n, out, err);
}
