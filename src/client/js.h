/* Reading JSON that came from outside: every accessor copes with a missing key and a wrong type. */
#ifndef CLIENT_JS_H
#define CLIENT_JS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* NULL when o is no object or has no text there. Borrowed from o. */
const char *js_str(const json_t *o, const char *key);
/* NULL when there is no object (or list) at key. Borrowed. */
const json_t *js_obj(const json_t *o, const char *key);
const json_t *js_list(const json_t *o, const char *key);
bool js_bool(const json_t *o, const char *key);                     /* true only for true */
int64_t js_int(const json_t *o, const char *key, int64_t otherwise); /* whole and real numbers */
/* A date as ISO text, {"$date": ms} or a number of ms; 0 when there is none. */
int64_t js_date(const json_t *o, const char *key);
bool js_has(const json_t *o, const char *key);                      /* present and not null */
bool js_list_has(const json_t *list, const char *text);             /* a list of texts contains text */

/* Parses n bytes. NULL when they are not JSON. New reference. */
json_t *js_parse(const char *text, size_t n);

static inline void js_cleanup(json_t **p)
{
    json_decref(*p);
    *p = NULL;
}
#define AUTO_JSON __attribute__((cleanup(js_cleanup)))

#endif
