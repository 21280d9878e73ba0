/* Parameter schemas as data, and the check of a request's parameters against them (rest 1.5 and 1.6). A schema either
   validates with conversions ("strict", "loose") or by pattern (no conversions, other words). */
#ifndef SERVER_SCHEMA_H
#define SERVER_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "common/error.h"

enum param_type {
    PARAM_STRING,
    PARAM_NUMBER,
    PARAM_BOOL,
    PARAM_OBJECT,
    PARAM_ARRAY,
    PARAM_ANY,
};

enum param_flag {
    PARAM_REQUIRED = 1 << 0,
    PARAM_NULLABLE = 1 << 1,   /* null is a value of its own */
    PARAM_TEXTS = 1 << 3,      /* PARAM_OBJECT without rows: every value is a text */
    PARAM_JSON_TEXT = 1 << 2,  /* a string holding JSON, as query values do; checked by the handler (api_json_text) */
};

struct schema;

/* One row: name, type, flags, then what the type needs. */
struct param {
    const char *name;
    enum param_type type;
    unsigned flags;
    const char *const *choices;    /* allowed texts, NULL-terminated, or NULL */
    const struct schema *object;   /* PARAM_OBJECT: its keys; PARAM_ARRAY of objects: the keys of each; NULL: any */
    enum param_type items;         /* PARAM_ARRAY without object: type of each item (PARAM_ANY: not checked) */
    int min_items;
    int min_len;                   /* PARAM_STRING: least number of characters */
};

enum schema_kind {
    SCHEMA_STRICT,     /* unknown keys are refused */
    SCHEMA_LOOSE,      /* unknown keys are let through */
    SCHEMA_MATCH,      /* argument pattern, unknown keys are refused */
    SCHEMA_MATCH_LOOSE /* argument pattern, unknown keys are let through */
};

enum schema_paging {
    PAGING_NONE,
    PAGING_KEYS,       /* count?:n offset?:n sort?:s */
    PAGING_QUERY,      /* the same plus query?:s */
    PAGING_FIELDS,     /* the same plus query?:s fields?:s */
};

struct schema {
    enum schema_kind kind;
    enum schema_paging paging;
    const struct param *params;            /* ends with a row whose name is NULL; NULL: none */
    const struct schema *const *any_of;    /* several forms, NULL-terminated; then params is not looked at */
};

#define CHOICES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PARAMS(...) ((const struct param[]){__VA_ARGS__, {.name = NULL}})

/* Checks value against the schema and converts it in place (that is why it is a pointer: conversions replace members).
   0, or ERR_INVALID with e->name "invalid-params" and the reason as text; for patterns the name is NULL and the text
   begins with "Match error: ". */
int schema_check(const struct schema *schema, json_t *value, struct error *e);

#endif
