/* What Rocket.Chat has no call for, below /usher/v1: what this server can do, and why a chat went where it went. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/options.h"
#include "server/rows.h"
#include "server/site.h"
#include "store/store.h"

#define EVENTS_MAX 500

static void info(struct api *a)
{
    static const char *const features[] = {"room-events", "settings", "why", "desk", "business-hours", "external-frame"};
    jsonw_str(api_ok(a), "name", "usher");
    jsonw_str(&a->w, "version", PACKAGE_VERSION);
    const char *own = a->server->options->site_url ? a->server->options->site_url : a->server->public_url;
    AUTO_FREE char *page = own && site_has_widget(a->server->site) ? x_asprintf("%s/", own) : NULL;
    jsonw_str(&a->w, "visitorPage", page);
    jsonw_array(&a->w, "features");
    for (size_t i = 0; i < COUNT_OF(features); i++)
        jsonw_str(&a->w, NULL, features[i]);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

struct events {
    char *rid;
    uint64_t before;
    size_t limit;
    struct event_row *rows;
    size_t n;
};

static void events_run(struct store_reader *r, void *data)
{
    struct events *e = data;
    e->n = read_events(r, e->rid, e->before, e->limit, &e->rows);
}

static void events_drop(void *data)
{
    struct events *e = data;
    event_rows_free(e->rows, e->n);
    free(e->rid);
    free(e);
}

static void put_event(struct jsonw *w, const struct event_row *row)
{
    jsonw_object(w, NULL);
    jsonw_int(w, "seq", (int64_t)row->seq);
    jsonw_date(w, "ts", row->ts_ms);
    jsonw_str(w, "type", row->type);
    jsonw_str(w, "actor", row->actor);
    if (row->detail)
        jsonw_raw(w, "detail", row->detail, strlen(row->detail));
    jsonw_end_object(w);
}

static void events_done(struct api *a, void *data)
{
    const struct events *e = data;
    if (e->n == 0 && e->before == 0) {
        api_not_found(a, NULL);
        return;
    }
    jsonw_array(api_ok(a), "events");
    for (size_t i = 0; i < e->n; i++)
        put_event(&a->w, &e->rows[i]);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void room_events(struct api *a)
{
    struct events *e = x_calloc(1, sizeof *e);
    int64_t before = api_int(a, "before", 0), count = api_int(a, "count", 100);
    e->rid = x_strdup(api_arg(a, "rid"));
    e->before = before > 0 ? (uint64_t)before : 0;
    e->limit = count > 0 && count < EVENTS_MAX ? (size_t)count : EVENTS_MAX;
    api_read(a, events_run, events_done, e, events_drop);
}

static const struct schema events_schema = SCHEMA(STRICT, NONE, OPT("before", NUMBER), OPT("count", NUMBER));

const struct endpoint usher_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/info", .auth = AUTH_NONE, .run = info},
    {.verb = VERB_GET, .path = "/usher/v1/rooms/:rid/events", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("view-livechat-manager"), .schema = &events_schema, .run = room_events},
    ENDPOINTS_END,
};
