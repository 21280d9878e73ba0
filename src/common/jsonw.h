/* A streaming JSON writer onto a buffer. One shape function serves REST and realtime: the writer knows whether
   dates are ISO text (REST) or {"$date":ms} (EJSON). Commas are its business, nesting is the caller's. */
#ifndef COMMON_JSONW_H
#define COMMON_JSONW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

enum jsonw_dates { JSONW_ISO, JSONW_EJSON };

struct jsonw {
    struct buf *out;          /* borrowed */
    enum jsonw_dates dates;
    bool comma;               /* the next element needs one */
};

struct jsonw jsonw_on(struct buf *out, enum jsonw_dates dates);

/* key is NULL inside arrays and at the top level; keys are literals of ours and are not escaped. */
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_end_object(struct jsonw *w);
void jsonw_array(struct jsonw *w, const char *key);
void jsonw_end_array(struct jsonw *w);
void jsonw_str(struct jsonw *w, const char *key, const char *s);          /* NULL: nothing is written */
void jsonw_strn(struct jsonw *w, const char *key, const char *s, size_t n);
void jsonw_int(struct jsonw *w, const char *key, int64_t v);
void jsonw_real(struct jsonw *w, const char *key, double v);
void jsonw_bool(struct jsonw *w, const char *key, bool v);
void jsonw_null(struct jsonw *w, const char *key);
void jsonw_date(struct jsonw *w, const char *key, int64_t ms);            /* 0: nothing is written */
void jsonw_key(struct jsonw *w, const char *key);                         /* an escaped key of foreign origin; a value must follow with key NULL */
void jsonw_raw(struct jsonw *w, const char *key, const char *json, size_t n); /* already JSON; NULL: nothing */

/* Writes a jansson value; objects of the form {"$date": ms} follow the writer's date mode. */
void jsonw_json(struct jsonw *w, const char *key, const json_t *v);

/* Appends s as a JSON string with quotes. Bytes that are not valid UTF-8 become U+FFFD. */
/* How many bytes at s are plain: ASCII that needs no escape. */
size_t json_plain_run(const char *s, size_t n);
void json_escape(struct buf *out, const char *s, size_t n);

#endif
