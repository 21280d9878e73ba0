/* The settings table: every setting usher knows, as data. Validation, the settings tree, the REST answers and
   usher-settings(7) all come from it. Ids and defaults are those of Rocket.Chat's Omnichannel. */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue/format.h"
#include "common/error.h"

enum setting_type {
    SETTING_BOOL,
    SETTING_INT,
    SETTING_TEXT,       /* one line */
    SETTING_MULTILINE,
    SETTING_COLOR,      /* CSS colour, #rrggbb in editors */
    SETTING_SELECT,     /* one of choices */
    SETTING_SECRET,     /* one line, write-only */
    SETTING_ACTION,     /* a button; has no value of its own */
};

struct setting_choice {
    const char *key, *label;
};

enum setting_op { SETTING_EQ, SETTING_NE, SETTING_GTE };

/* "Applies only while that setting has this value": all conditions of a row must hold (UI rule). */
struct setting_condition {
    const char *id;
    enum setting_op op;
    const char *value;   /* as text: "true", "close", "1" */
};

struct setting_row {
    const char *id, *section, *label;
    enum setting_type type;
    const char *default_text;               /* "true", "0", "#C1272D", text */
    const struct setting_choice *choices;   /* SETTING_SELECT, ends with {NULL, NULL}; else NULL */
    int64_t min, max;                       /* SETTING_INT: both 0 means no limit */
    const char *unit;                       /* "seconds", "minutes", "bytes", or NULL */
    enum setting_format format;             /* of text-like types: checked on every way in, see format.h */
    const struct setting_condition *when;   /* ends with {NULL}; NULL: always applies */
    const char *help;                       /* what it does, unit, for whom; our own words */
    bool is_public;                         /* readable without login */
    bool is_secret;                         /* reads answer an empty value */
    bool is_hidden;                         /* never listed nor editable */
};

/* The number of a row: fixed while the program runs, not stored anywhere. */
typedef int setting_no;

size_t catalogue_count(void);
const struct setting_row *catalogue_row(setting_no no);
setting_no catalogue_find(const char *id);             /* -1 when there is none; constant time */

/* The sections in the order of the guide: n names. */
const char *const *catalogue_sections(size_t *n);

/* One value. Texts are owned by the value. */
struct setting_value {
    enum setting_type type;
    bool b;
    int64_t i;
    char *s;    /* all text-like types; never NULL for them */
};

void setting_value_default(setting_no no, struct setting_value *out);
void setting_value_free(struct setting_value *v);
void setting_value_copy(struct setting_value *dst, const struct setting_value *src);
bool setting_value_equal(const struct setting_value *a, const struct setting_value *b);

/* From JSON, with the conversions of rest.md 16 row 19: text that reads exactly as the type is converted; wrong
   type, range or choice is ERR_INVALID with name "error-invalid-setting-value" and a sentence. out owned by the
   caller. */
int setting_value_from_json(setting_no no, const json_t *v, struct setting_value *out, struct error *err);

/* As from JSON, but without the check of the format: what an older version stored stays as it is. */
int setting_value_from_store(setting_no no, const json_t *v, struct setting_value *out, struct error *err);

/* From what somebody typed into an editor or a file ("true", "90", "1m30s" where the unit is a time). */
int setting_value_from_text(setting_no no, const char *text, struct setting_value *out, struct error *err);

json_t *setting_value_to_json(const struct setting_value *v);           /* new reference */
char *setting_value_to_text(const struct setting_value *v);             /* caller frees */

/* Does the row apply? get gives the present value of another setting. When not, why (n bytes) gets a sentence such
   as "needs Enable Omnichannel to be on". */
bool setting_applies(setting_no no, const struct setting_value *(*get)(void *arg, setting_no no), void *arg,
                     char *why, size_t n);

#endif
