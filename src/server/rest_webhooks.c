/* The webhook: its log, telling an event again, and its test (behaviour 11.6). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "outbound/hook.h"
#include "server/families.h"
#include "server/post.h"
#include "server/rows.h"
#include "store/store.h"

#define ROWS_MAX 200

/* --- the log --- */

struct rows {
    char *rid;
    uint64_t before;
    size_t limit;
    struct store_hook *items;
    size_t n;
};

static void rows_run(struct store_reader *r, void *data)
{
    struct rows *rows = data;
    rows->n = read_hooks(r, rows->rid, rows->before, rows->limit, &rows->items);
}

static void rows_drop(void *data)
{
    struct rows *rows = data;
    for (size_t i = 0; i < rows->n; i++)
        store_hook_free(&rows->items[i]);
    free(rows->items);
    free(rows->rid);
    free(rows);
}

static void put_row(struct jsonw *w, const struct store_hook *h)
{
    static const char *const states[] = {
        [HOOK_WAITING] = "waiting", [HOOK_TOLD] = "told", [HOOK_FAILED] = "failed"};
    jsonw_object(w, NULL);
    jsonw_int(w, "number", (int64_t)h->number);
    jsonw_str(w, "type", h->type);
    jsonw_str(w, "rid", h->rid);
    jsonw_str(w, "state", states[h->state]);
    jsonw_int(w, "tries", h->tries);
    if (h->status)
        jsonw_int(w, "status", h->status);
    jsonw_str(w, "why", h->why);
    jsonw_date(w, "ts", h->created_ms);
    if (h->state == HOOK_WAITING)
        jsonw_date(w, "dueAt", h->due_ms);
    jsonw_date(w, "doneAt", h->done_ms);
    if (h->body)
        jsonw_raw(w, "body", h->body, strlen(h->body));
    jsonw_end_object(w);
}

static void rows_done(struct api *a, void *data)
{
    const struct rows *rows = data;
    jsonw_array(api_ok(a), "webhooks");
    for (size_t i = 0; i < rows->n; i++)
        put_row(&a->w, &rows->items[i]);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void list_webhooks(struct api *a)
{
    struct rows *rows = x_calloc(1, sizeof *rows);
    int64_t before = api_int(a, "before", 0), count = api_int(a, "count", 50);
    rows->rid = x_strdup(api_str_nonempty(a, "rid"));
    rows->before = before > 0 ? (uint64_t)before : 0;
    rows->limit = count > 0 && count < ROWS_MAX ? (size_t)count : ROWS_MAX;
    api_read(a, rows_run, rows_done, rows, rows_drop);
}

static void resend(struct api *a)
{
    char *end;
    unsigned long long number = strtoull(api_arg(a, "number"), &end, 10);
    if (*end || !hooks_again(post_hooks(a->server), number))
        api_not_found(a, "There is no such event");
    else
        api_ok_empty(a);
}

static const struct schema list_schema =
    SCHEMA(STRICT, NONE, OPT("before", NUMBER), OPT("count", NUMBER), OPT("rid", STRING));

const struct endpoint webhooks_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/webhooks", .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-webhooks"),
     .schema = &list_schema, .run = list_webhooks},
    {.verb = VERB_POST, .path = "/usher/v1/webhooks/:number/resend", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-livechat-webhooks", "view-livechat-manager"), .run = resend},
    ENDPOINTS_END,
};

/* --- the test button --- */

static void on_tested(void *arg, const char *body, const struct http_answer *answer, const char *why)
{
    struct call *c = arg;
    (void)body;
    if (answer && answer->status == 200) {
        call_true(c);
        return;
    }
    AUTO_FREE char *reason = answer && answer->status ? x_asprintf("The receiver answers with status %d", answer->status)
                                                      : x_asprintf("The receiver does not answer: %s", why);
    call_error(c, "error-invalid-webhook-response", reason);
}

static void run_test(struct call *c)
{
    if (call_needs(c, "view-livechat-webhooks"))
        hooks_test(post_hooks(c->server), on_tested, c);
}

const struct method webhooks_methods[] = {
    {.name = "livechat:webhookTest", .login = true, .run = run_test},
    METHODS_END,
};
