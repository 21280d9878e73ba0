/* Prints usher-settings(7) from the settings table. Run by make, never installed. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "catalogue/condition.h"
#include "common/buf.h"
#include "common/mem.h"

/* Text for troff: backslashes, hyphens that are minus signs, and control characters at the start of a line.
 */
static void put_text(const char *s)
{
    if (*s == '.' || *s == '\'')
        fputs("\\&", stdout);
    for (; *s != '\0'; s++) {
        if (*s == '\\')
            fputs("\\e", stdout);
        else if (*s == '-')
            fputs("\\-", stdout);
        else if (*s == '~' || *s == '^')
            printf("\\(%s", *s == '~' ? "ti" : "ha");
        else if (*s == '"')
            fputs("\\(dq", stdout);
        else
            putchar(*s);
    }
}

static const char *type_words(enum setting_type type)
{
    static const char *const words[] = {
        [SETTING_BOOL] = "on or off", [SETTING_INT] = "number",
        [SETTING_TEXT] = "text",      [SETTING_MULTILINE] = "text of several lines",
        [SETTING_COLOR] = "colour",   [SETTING_SELECT] = "choice",
        [SETTING_SECRET] = "secret",  [SETTING_ACTION] = "action",
    };
    return words[type];
}

static void put_default(const struct setting_row *row)
{
    if (row->type == SETTING_ACTION)
        return;
    fputs(", default ", stdout);
    if (row->default_text[0] == '\0') {
        fputs("empty", stdout);
        return;
    }
    fputs("\\fB", stdout);
    for (const char *s = row->default_text; *s != '\0'; s++) {
        put_text((char[]){*s, '\0'});
        if (*s == ')') /* expressions are long: lines may break here */
            fputs("\\:", stdout);
    }
    fputs("\\fR", stdout);
}

static void put_limit(const char *words, int64_t limit, bool worth_telling)
{
    AUTO_FREE char *digits = x_asprintf("%" PRId64, limit);
    if (limit == 0 || !worth_telling)
        return;
    fputs(words, stdout);
    put_text(digits);
}

static void put_kind(const struct setting_row *row)
{
    printf("(%s", type_words(row->type));
    if (row->unit != NULL)
        printf(" of %s", row->unit);
    if (row->format != SETTING_FORMAT_NONE) {
        fputs(": ", stdout);
        put_text(setting_format_words(row->format));
    }
    put_default(row);
    put_limit(", at least ", row->min, row->min > INT32_MIN);
    put_limit(", at most ", row->max, row->max < INT32_MAX);
    puts(row->is_public ? ", public)" : ")");
}

static void put_choices(const struct setting_row *row)
{
    if (row->choices == NULL)
        return;
    puts(".br\nChoices:");
    for (const struct setting_choice *c = row->choices; c->key != NULL; c++) {
        fputs("\\fB", stdout);
        put_text(c->key);
        fputs("\\fR (", stdout);
        put_text(c->label);
        puts(c[1].key != NULL ? ")," : ").");
    }
}

static void put_conditions(const struct setting_row *row)
{
    if (row->when == NULL)
        return;
    struct buf words = BUF_INIT;
    for (const struct setting_condition *c = row->when; c->id != NULL; c++) {
        buf_puts(&words, c == row->when ? "Needs " : " and ");
        condition_describe(&words, c, true);
    }
    puts(".br");
    put_text(words.data);
    puts(".");
    buf_free(&words);
}

static void put_dependents(setting_no no)
{
    struct buf words = BUF_INIT;
    setting_dependents_describe(&words, no, true);
    if (words.len > 0) {
        puts(".br");
        fputs("Needed by ", stdout);
        put_text(words.data);
        puts(".");
    }
    buf_free(&words);
}

static void put_row(const struct setting_row *row)
{
    fputs(".TP\n.B ", stdout);
    put_text(row->id);
    putchar('\n');
    put_text(row->label);
    putchar('\n');
    put_kind(row);
    puts(".br");
    put_text(row->help);
    putchar('\n');
    put_choices(row);
    put_conditions(row);
    put_dependents(catalogue_find(row->id));
}

static void put_section(const char *section)
{
    printf(".SS %s\n", section);
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct setting_row *row = catalogue_row((setting_no)i);
        if (!row->is_hidden && strcmp(row->section, section) == 0)
            put_row(row);
    }
}

static const char head[] = ".SH NAME\n"
                           "usher\\-settings \\- the settings of usher and usherd\n"
                           ".SH DESCRIPTION\n"
                           "Settings belong to the server. They are changed in the settings pane of\n"
                           ".BR usher (1),\n"
                           "by its subcommand\n"
                           ".BR \"usher settings\" ,\n"
                           "or by the REST interface, and count at once.\n"
                           ".PP\n"
                           "Wherever a person types a value, times may be written with suffixes\n"
                           ".RB ( 1m30s ,\n"
                           ".BR 2h ),\n"
                           "and so may sizes\n"
                           ".RB ( 100MB );\n"
                           "on and off may be written\n"
                           ".BR on / off ,\n"
                           ".BR yes / no\n"
                           "or\n"
                           ".BR true / false .\n"
                           "Colours are CSS colours, best\n"
                           ".BR #rrggbb .\n"
                           "A secret can be set but not read back.\n"
                           "What is marked public can be read without logging in.\n"
                           "A setting that needs another one keeps its value while that is not the case.\n"
                           ".SH SETTINGS\n";

int main(void)
{
    size_t n;
    const char *const *sections = catalogue_sections(&n);
    puts(".\\\" Made from the settings table by mansettings; do not edit.");
    printf(".TH USHER\\-SETTINGS 7 2026-11-22 \"usher %s\" \"usher manual\"\n", PACKAGE_VERSION);
    fputs(head, stdout);
    for (size_t i = 0; i < n; i++)
        put_section(sections[i]);
    puts(".SH SEE ALSO\n.BR usher (1),\n.BR usherd (8)");
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
