/* Methods of the realtime API (rest 15). One table serves the websocket and POST method.call/:m, method.callAnon/:m.
   A method runs on the loop's thread and ends its call exactly once, now or later, by one of the call_* functions. */
#ifndef SERVER_METHOD_H
#define SERVER_METHOD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/jsonw.h"
#include "core/core.h"
#include "server/http.h"
#include "server/server.h"

struct call;
struct store_reader;

struct method {
    const char *name;              /* "livechat:takeInquiry" */
    bool login;                    /* without login: coded error-not-allowed "Not allowed" */
    void (*run)(struct call *c);
};

/* Families end with a row whose name is NULL and are listed in routes.c. */
#define METHODS_END {.name = NULL}

/* One call. */
struct call {
    struct server *server;
    const struct method *method;
    struct user *user;             /* who is logged in, or NULL; looked up again after call_read */
    char *user_id, *token_hash;    /* of the login, or NULL */
    json_t *params;                /* a list, never NULL */
    uint64_t conn;                 /* of the websocket; 0 when it came by REST */
    char address[64];
    struct api *api;               /* when it came by REST, else NULL */
    json_t *id;                    /* as sent */
    struct answers *answers;       /* of the routing service, when it was asked before: ask.h; or NULL */
    struct buf out;
    struct jsonw w;                /* writes the result, EJSON dates */
};

/* Parameter n: NULL (or fallback) when absent or of another type. Borrowed. */
json_t *call_param(const struct call *c, size_t n);
const char *call_str(const struct call *c, size_t n);
json_t *call_obj(const struct call *c, size_t n);
bool call_bool(const struct call *c, size_t n, bool fallback);
/* Of an object parameter. */
const char *call_obj_str(const json_t *o, const char *key);
/* {"$date":ms}, a number or a date text. False when it is none. */
bool call_date(const json_t *v, int64_t *ms);

/* The result: write one value (object, list, …) with key NULL to what call_result returns, then call_end. */
struct jsonw *call_result(struct call *c);
void call_end(struct call *c);                 /* without call_result before: a result without value */
void call_true(struct call *c);
void call_int(struct call *c, int64_t v);

/* Errors. details are {"method":"<name>"} by itself; reason may be NULL. */
void call_error(struct call *c, const char *code, const char *reason);
void call_error_number(struct call *c, int code, const char *reason);   /* such as 403 */
void call_error_plain(struct call *c);                                  /* an error without visible fields */
void call_error_match(struct call *c, const char *what, const char *path); /* "Match error: <what>" */
void call_error_core(struct call *c, const struct error *e);

bool call_may(const struct call *c, const char *right);   /* false without login */
/* True when the right is there; else the call has been answered: error-not-allowed. */
bool call_needs(struct call *c, const char *right);
/* Checks a value (NULL: absent) against a pattern; false: the call has been answered with its match error. */
struct schema;
bool call_matches(struct call *c, const struct schema *schema, json_t *value);

/* Two phases, as api_read. */
typedef void (*call_read_fn)(struct store_reader *r, void *data);
typedef void (*call_done_fn)(struct call *c, void *data);
void call_read(struct call *c, call_read_fn read, call_done_fn done, void *data, void (*drop)(void *data));
/* Runs it once more from its beginning, after something it waited for; as done above. */
void call_again(struct call *c);

#endif
