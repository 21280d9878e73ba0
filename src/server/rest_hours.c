/* /usher/v1/business-hours: whether they are open, what they would be, and opening and closing them by hand. */
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/zone.h"
#include "core/consequence.h"
#include "server/families.h"
#include "server/hour_form.h"
#include "server/rows.h"

/* "2026-11-23T08:00": as the hour's own clock shows it. */
static void put_local(struct jsonw *w, const char *key, int64_t ms, int32_t ahead_ms)
{
    char text[CLOCK_ISO_LEN + 1];
    clock_format_iso(ms + ahead_ms, text);
    jsonw_strn(w, key, text, 16);
}

/* inUse: agents follow it. Moments are null when they never come. */
static void put_view(struct jsonw *w, const struct core *c, const json_t *doc, int64_t at_ms)
{
    struct hour_view v;
    AUTO_FREE char *state = hour_state(c, doc, at_ms);
    core_hour_view(c, doc, at_ms, &v);
    jsonw_bool(w, "inUse", hour_in_use(c, doc));
    jsonw_str(w, "state", state);
    jsonw_bool(w, "open", v.open);
    jsonw_date(w, "at", at_ms);
    put_local(w, "localAt", at_ms, v.ahead_ms);
    if (v.change_ms == INT64_MAX) {
        jsonw_null(w, "changeAt");
        jsonw_null(w, "localChangeAt");
    } else {
        jsonw_date(w, "changeAt", v.change_ms);
        put_local(w, "localChangeAt", v.change_ms, v.change_ahead_ms);
    }
    jsonw_bool(w, "byHand", v.override_until_ms > 0);
    if (v.override_until_ms > 0 && v.override_until_ms != INT64_MAX)
        jsonw_date(w, "byHandUntil", v.override_until_ms);
}

static void put_hour(struct jsonw *w, const struct core *c, const struct record *r, int64_t at_ms)
{
    jsonw_object(w, NULL);
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "name", record_name(r));
    jsonw_str(w, "type", record_text(r, "type"));
    put_view(w, c, r->doc, at_ms);
    jsonw_end_object(w);
}

static void hours_list(struct api *a)
{
    const struct core *c = a->server->core;
    int64_t at_ms = server_now(a->server);
    if (api_has(a, "at") && !api_date(a, "at", &at_ms)) {
        api_fail_plain(a, "at is no date such as 2026-11-23T12:00:00Z");
        return;
    }
    jsonw_array(api_ok(a), "businessHours");
    for (const struct record *r = NULL; (r = core_next_record(c, RECORD_BUSINESS_HOUR, r)) != NULL;)
        put_hour(&a->w, c, r, at_ms);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

/* What is sent is as for livechat:saveBusinessHour; nothing is saved. */
static void hours_preview(struct api *a)
{
    const struct core *c = a->server->core;
    const char *zone = api_str_nonempty(a, "timezoneName");
    if (zone && !zone_is_known(zone)) {
        api_fail_typed(a, "There is no such time zone", "error-invalid-timezone");
        return;
    }
    json_t *doc = hour_form_draft(c, a->body);
    const struct hours_outlook o = {
        .on = core_setting_bool(c, "Livechat_enable_business_hours"),
        .multiple = strcmp(core_setting_text(c, "Livechat_business_hour_type"), "Multiple") == 0,
        .changed_id = api_str(a, "_id"),
        .changed = doc,
        .now_ms = server_now(a->server),
    };
    AUTO_FREE char *consequence = core_hours_consequence(c, &o);
    jsonw_object(api_ok(a), "businessHour");
    put_view(&a->w, c, doc, o.now_ms);
    jsonw_str(&a->w, "consequence", consequence);
    jsonw_end_object(&a->w);
    api_ok_end(a);
    json_decref(doc);
}

static void override(struct api *a, bool lift)
{
    struct result result;
    struct command cmd = server_command(COMMAND_HOUR_OVERRIDE, a->user);
    cmd.hour.id = api_arg(a, "id");
    cmd.hour.lift = lift;
    cmd.hour.open = api_bool(a, "open", false);
    cmd.hour.for_good = api_bool(a, "untilTakenBack", false);
    if (server_step(a->server, &cmd, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    jsonw_object(api_ok(a), "businessHour");
    put_view(&a->w, a->server->core, result.record->doc, server_now(a->server));
    jsonw_end_object(&a->w);
    api_ok_end(a);
}

static void override_put(struct api *a)
{
    override(a, false);
}

static void override_lift(struct api *a)
{
    override(a, true);
}

static const struct schema at_schema = SCHEMA(STRICT, NONE, OPT("at", STRING));
static const struct schema override_schema = SCHEMA(STRICT, NONE, REQ("open", BOOL), OPT("untilTakenBack", BOOL));
#define HOURS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-business-hours")

const struct endpoint hours_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/business-hours", HOURS, .schema = &at_schema, .run = hours_list},
    {.verb = VERB_POST, .path = "/usher/v1/business-hours/preview", HOURS, .schema = &business_hour_schema,
     .run = hours_preview},
    {.verb = VERB_PUT, .path = "/usher/v1/business-hours/:id/override", HOURS, .schema = &override_schema,
     .run = override_put},
    {.verb = VERB_DELETE, .path = "/usher/v1/business-hours/:id/override", HOURS, .run = override_lift},
    ENDPOINTS_END,
};
