/* From bytes to parameters: query strings, form bodies and JSON bodies become jansson values. */
#ifndef SERVER_PARAMS_H
#define SERVER_PARAMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

#define JSON_DEPTH_MAX 32

/* "a=1&b[]=2&b[]=3" as an object: a[]=x, a[0]=x and a repeated key give lists (rest 1.1). Always an object; more than
   500 pairs are cut. text may be NULL. New reference. */
json_t *params_from_query(const char *text, size_t n);
/* The same for form bodies: flat, names are taken as they are. */
json_t *params_from_form(const char *text, size_t n);

/* Strict JSON, at most JSON_DEPTH_MAX levels. NULL with a sentence in e. any: a bare text or number will do too. */
json_t *params_from_json(const char *text, size_t n, bool any, struct error *e);

/* Decodes %XX (and '+' when plus) of n bytes. Caller frees. NULL when the bytes contain a NUL or a bad escape. */
char *percent_decode(const char *s, size_t n, bool plus);

#endif
