/* The frame of every REST endpoint: the table row that declares it, the context of one request, its parameters, and
   the replies. A handler runs on the loop's thread when route, login, rate limit, parameters and rights were checked
   (rest 1.4); it replies exactly once, now or later, by one of the api_ok/api_fail functions.

   A reply carries the number of the last event it reflects and leaves when that number is committed: handlers need
   not think of it. Pointers into the core are good until the next step or the next turn of the loop, whichever is first:
   across api_read keep ids. */
#ifndef SERVER_API_H
#define SERVER_API_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "common/jsonw.h"
#include "core/core.h"
#include "server/address.h"
#include "server/http.h"
#include "server/schema.h"
#include "server/server.h"

struct store_reader;
struct stored_room;
struct api;

enum verb { VERB_GET, VERB_POST, VERB_PUT, VERB_DELETE, VERB_COUNT };

enum api_auth {
    AUTH_NONE,         /* no login; headers are not looked at */
    AUTH_LOGIN,        /* 401 without */
    AUTH_TOKEN,        /* the same, and the handler gets the token itself (a->token) */
    AUTH_OPTIONAL,     /* a->user is set when there is a valid login */
    AUTH_LOCAL,        /* only over the unix socket; else 404 */
};

enum api_limit {
    LIMIT_DEFAULT,     /* API_Enable_Rate_Limiter_Limit_Calls_Default a minute and route */
    LIMIT_CHAT,        /* what a visitor does while chatting: many more, per visitor token */
    LIMIT_DELIVERY,    /* what another system delivers for many people: only what an address may chat in all */
    LIMIT_ONE,         /* one call in the time of LIMIT_DEFAULT */
    LIMIT_NONE,        /* method.call, own calls over the unix socket */
};

typedef void (*api_handler)(struct api *a);

struct endpoint {
    enum verb verb;
    const char *path;              /* below /api/v1/: "livechat/room.close", "livechat/message/:_id"; a last part such
                                      as ":method*" takes the whole rest; one that begins with '/' is absolute */
    enum api_auth auth;
    const char *const *all_of;     /* rights: all of these; NULL-terminated, or NULL */
    const char *const *any_of;     /* rights: one of these suffices */
    const struct schema *schema;   /* GET: of the query, else of the body; NULL: none ("no schema") */
    enum api_limit limit;
    api_handler run;
};

#define RIGHTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Families of endpoints end with a row whose path is NULL and are listed in routes.c. */
#define ENDPOINTS_END {.path = NULL}

#define API_ARGS_MAX 4

/* One request. Handlers read it and write a->w between api_ok and api_ok_end. */
struct api {
    struct server *server;
    const struct endpoint *endpoint;
    struct http_handle handle;
    struct http_peer peer;
    char address[ADDRESS_MAX];     /* of the client, X-Forwarded-For of trusted proxies considered */
    struct user *user;             /* who is logged in, else NULL; looked up again after api_read */
    char *user_id, *token_hash;    /* of the login, or NULL */
    char *token;                   /* with AUTH_TOKEN; NULL: who is logged in has none (unix socket) */
    json_t *query, *body;          /* objects (a list for a top-level list as body); never NULL */
    json_t *params;                /* borrowed: query for GET, else body; checked and converted */
    struct {
        const char *name;          /* into the pattern, behind ':'; ends at '/', '*' or NUL */
        char *value;               /* decoded */
    } args[API_ARGS_MAX];
    size_t arg_count;
    char *user_agent, *host, *cookie, *origin, *visitor_token; /* request headers, or NULL */
    char *signature;               /* X-Twilio-Signature or X-Hub-Signature, or NULL; with it also: */
    char *target;                  /* path and query as they were sent */
    char real_ip[ADDRESS_MAX];     /* what is kept of a visitor: X-Real-IP of a trusted proxy, else address */
    struct buf out;
    struct jsonw w;                /* writes to out, ISO dates */
    struct buf headers;            /* further lines of the reply */
    int status;
    struct answers *answers;       /* of the routing service, when it was asked before: ask.h; or NULL */
    void *stream;                  /* of a streamed body (upload), else NULL */
};

/* --- parameters -------------------------------------------------------------------------------------------------- */

/* Of the path: value of ":name"; asserts that the pattern has it. */
const char *api_arg(const struct api *a, const char *name);
/* Of the parameters, after conversion: NULL (or fallback) when absent, null or of another type. Borrowed. */
const char *api_str(const struct api *a, const char *name);
const char *api_str_nonempty(const struct api *a, const char *name); /* "" counts as absent */
int64_t api_int(const struct api *a, const char *name, int64_t fallback);
bool api_bool(const struct api *a, const char *name, bool fallback);
bool api_has(const struct api *a, const char *name);                 /* present, even when null */
json_t *api_obj(const struct api *a, const char *name);              /* object or NULL */
json_t *api_list(const struct api *a, const char *name);             /* array or NULL */
/* A parameter that is JSON text in the query (createdAt, customFields …). *out (new reference) is NULL when absent.
   False when it is no JSON: then the failure has been sent. */
bool api_json_text(struct api *a, const char *name, json_t **out);
/* A date as clients send it. False when absent or no date. */
bool api_date(const struct api *a, const char *name, int64_t *ms);

/* A cookie of the request: caller frees; NULL when absent. */
char *api_cookie(const struct api *a, const char *name);

/* --- paging (rest 1.7) ------------------------------------------------------------------------------------------- */

#define SORT_MAX 4
struct paging {
    int64_t count;                 /* 0: unlimited */
    int64_t offset;
    size_t sort_count;
    struct {
        char key[48];
        bool ascending;
    } sort[SORT_MAX];
};
/* False when sort is bad: then the failure has been sent. */
bool api_paging(struct api *a, struct paging *p);
/* Slices total rows: first row and number of rows of this page. */
void paging_slice(const struct paging *p, size_t total, size_t *from, size_t *n);
/* Writes count, offset and total. */
void api_put_paging(struct api *a, const struct paging *p, size_t count, int64_t total);

/* --- replies: each ends the request; a is gone afterwards --------------------------------------------------------- */

struct jsonw *api_ok(struct api *a);           /* opens the object; write keys to it */
void api_ok_end(struct api *a);                /* "success":true, sends */
void api_ok_empty(struct api *a);              /* {"success":true} */
void api_fail_empty(struct api *a);            /* 400 {"success":false} */
void api_fail_plain(struct api *a, const char *text);                      /* 400, error only */
void api_fail_typed(struct api *a, const char *text, const char *type);    /* 400, error and errorType as given */
void api_fail_coded(struct api *a, const char *code, const char *reason);  /* 400, "reason [code]"; reason may be NULL */
/* details: JSON object text such as "{\"method\":\"x\"}". */
void api_fail_details(struct api *a, const char *code, const char *reason, const char *details);
struct jsonw *api_fail_object(struct api *a);  /* 400 with keys of its own */
void api_fail_object_end(struct api *a);
void api_forbidden(struct api *a);             /* 403 unauthorized */
void api_no_permission(struct api *a);         /* 403 with the text of 1.4 */
void api_not_found(struct api *a, const char *text);  /* 404; NULL: "Resource not found" */
void api_unauthorized(struct api *a);          /* 401 as 1.3 */
void api_fail_status(struct api *a, int status, const char *text);  /* any other status, {success:false,error} */
/* Raw JSON answers such as login's: opens nothing, adds nothing. */
struct jsonw *api_raw(struct api *a, int status);
void api_raw_end(struct api *a);
/* Anything else: status, type and body as given (empty files, XML). headers as in struct http_reply, or NULL. */
void api_send_bytes(struct api *a, int status, const char *type, const char *headers, const char *body, size_t n);

/* A failure of core_step: plain (code only) or coded ("reason [code]"), as the endpoint's table in the facts says. */
void api_fail_core_plain(struct api *a, const struct error *e);
void api_fail_core(struct api *a, const struct error *e);

/* --- rights and time ---------------------------------------------------------------------------------------------- */

bool api_may(const struct api *a, const char *right);   /* false without login */
/* May the user open this room, open or closed? sr is what read_room gave, for closed ones. */
bool api_may_open(const struct api *a, const struct room *open, const struct stored_room *sr);

/* --- two phases ---------------------------------------------------------------------------------------------------- */

/* Runs read on libuv's pool with a reader of its own, then done on the loop's thread; done replies (or reads again).
   read may touch nothing but the reader and data. When the client is gone or logged out meanwhile done is still called
   (with a->user NULL; endpoints that need login have been answered 401 instead and done is not called).
   data is freed with drop (may be NULL) after done. */
typedef void (*api_read_fn)(struct store_reader *r, void *data);
typedef void (*api_done_fn)(struct api *a, void *data);
void api_read(struct api *a, api_read_fn read, api_done_fn done, void *data, void (*drop)(void *data));
/* The handler once more, from its beginning, after something it waited for; as done above. */
void api_again(struct api *a);

#endif
