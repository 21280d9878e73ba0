/* Administration pages (rest 9, 11.2, 14). Custom fields, triggers, tags, priorities, units and monitors cannot be made
   yet: their lists are empty. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/appearance.h"
#include "server/families.h"
#include "server/list.h"
#include "server/rows.h"
#include "server/setting_form.h"
#include "server/shape.h"

static void put_settings(struct api *a, const char *key, const char *const *ids, size_t n)
{
    jsonw_array(api_ok(a), key);
    for (size_t i = 0; i < n; i++) {
        setting_no no = catalogue_find(ids[i]);
        if (no >= 0)
            shape_setting(&a->w, NULL, a->server->core, no);
    }
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void appearance_get(struct api *a)
{
    put_settings(a, "appearance", appearance_ids, appearance_count);
}

static void integrations_get(struct api *a)
{
    put_settings(a, "settings", integration_ids, integration_count);
}

/* All or nothing. False: answered. */
static bool read_changes(struct api *a, struct setting_form *f)
{
    for (size_t i = 0; i < json_array_size(a->body); i++) {
        const json_t *row = json_array_get(a->body, i);
        const char *id = json_string_value(json_object_get(row, "_id"));
        if (id == NULL || !appearance_has(id)) {
            api_fail_coded(a, "invalid-setting", NULL);
            return false;
        }
        if (!setting_form_add(f, id, json_object_get(row, "value"))) {
            api_fail_core(a, &f->faults[0].error);
            return false;
        }
    }
    return true;
}

static void appearance_post(struct api *a)
{
    struct result result;
    if (!json_is_array(a->body)) {
        api_fail_coded(a, "invalid-params", "must be array");
        return;
    }
    struct setting_form f = {0};
    if (!read_changes(a, &f)) {
        setting_form_fini(&f);
        return;
    }
    if (setting_form_save(&f, a->server, a->user, SETTING_VIA_REST, a->address, NULL, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
    setting_form_fini(&f);
}

/* --- business hours: the default one (behaviour 10.1) --- */

static void put_moment(struct jsonw *w, const char *key, const char *day, const char *time)
{
    static const char *const forms[] = {"utc", "cron"};
    jsonw_object(w, key);
    jsonw_str(w, "time", time);
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        jsonw_object(w, forms[i]);
        jsonw_str(w, "dayOfWeek", day);
        jsonw_str(w, "time", time);
        jsonw_end_object(w);
    }
    jsonw_end_object(w);
}

static void put_default_hour(struct jsonw *w, const char *key)
{
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    jsonw_object(w, key);
    jsonw_str(w, "_id", "default");
    jsonw_str(w, "name", "");
    jsonw_bool(w, "active", true);
    jsonw_str(w, "type", "default");
    jsonw_object(w, "timezone");
    jsonw_str(w, "name", "UTC");
    jsonw_str(w, "utc", "+00:00");
    jsonw_end_object(w);
    jsonw_array(w, "workHours");
    for (int i = 0; i < 7; i++) {
        jsonw_object(w, NULL);
        jsonw_str(w, "day", days[i]);
        put_moment(w, "start", days[i], "08:00");
        put_moment(w, "finish", days[i], "20:00");
        jsonw_bool(w, "open", i >= 1 && i <= 5);
        jsonw_str(w, "code", "");
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
    jsonw_end_object(w);
}

static void business_hour_get(struct api *a)
{
    const char *type = api_str_nonempty(a, "type"), *id = api_str_nonempty(a, "_id");
    bool is_default = (type == NULL || strcmp(type, "default") == 0) && (id == NULL || strcmp(id, "default") == 0);
    api_ok(a);
    if (is_default)
        put_default_hour(&a->w, "businessHour");
    else
        jsonw_null(&a->w, "businessHour");
    api_ok_end(a);
}

static void business_hours(struct api *a)
{
    struct paging p;
    if (!api_paging(a, &p))
        return;
    bool shown = text_has("default", api_str(a, "name")) && p.offset == 0;
    jsonw_array(api_ok(a), "businessHours");
    if (shown)
        put_default_hour(&a->w, NULL);
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, shown, shown || p.offset);
    api_ok_end(a);
}

/* --- things that cannot be made yet --- */

static void custom_fields(struct api *a)
{
    list_reply_empty(a, "customFields");
}

static void triggers(struct api *a)
{
    list_reply_empty(a, "triggers");
}

static void tags(struct api *a)
{
    list_reply_empty(a, "tags");
}

static void priorities(struct api *a)
{
    list_reply_empty(a, "priorities");
}

static void units(struct api *a)
{
    list_reply_empty(a, "units");
}

static void put_null(struct api *a, const char *key)
{
    jsonw_null(api_ok(a), key);
    api_ok_end(a);
}

static void custom_field(struct api *a)
{
    put_null(a, "customField");
}

static void trigger(struct api *a)
{
    put_null(a, "trigger");
}

static void tag(struct api *a)
{
    api_not_found(a, NULL);
}

static void priority(struct api *a)
{
    AUTO_FREE char *text = x_asprintf("Priority with id %.100s not found", api_arg(a, "priorityId"));
    api_not_found(a, text);
}

static struct list_key monitor_key(const void *item, const char *key)
{
    const struct user *u = item;
    if (strcmp(key, "username") == 0)
        return (struct list_key){u->username, 0};
    return (struct list_key){u->name ? u->name : "", 0};
}

static void put_monitor(struct api *a, const void *item)
{
    shape_agent_row(&a->w, NULL, item);
}

static void monitors(struct api *a)
{
    const char *text = api_str(a, "text");
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct user *u = NULL; (u = core_next_user(a->server->core, u)) != NULL;)
        if ((u->roles & ROLE_MONITOR) && (text_has(u->username, text) || text_has(u->name, text)))
            list_add(&l, u);
    list_sort(&l, &p, "name", true, monitor_key);
    list_reply(a, "monitors", &l, &p, put_monitor);
}

static void monitor(struct api *a)
{
    const struct user *u = core_user_by_name(a->server->core, api_arg(a, "username"));
    if (u == NULL || !(u->roles & ROLE_MONITOR)) {
        api_fail_plain(a, "invalid-user");
        return;
    }
    /* The row's keys stand at the top level. */
    struct buf row = BUF_INIT;
    struct jsonw w = jsonw_on(&row, JSONW_ISO);
    shape_agent_row(&w, NULL, u);
    api_ok(a);
    shape_spread(&a->w, row.data);
    api_ok_end(a);
    buf_free(&row);
}

static const struct schema fields_schema = SCHEMA(STRICT, QUERY, OPT("text", STRING));
static const struct schema page_schema = SCHEMA_BARE(STRICT, KEYS);
static const struct schema hour_schema = SCHEMA(STRICT, NONE, OPT("_id", STRING), OPT("type", STRING));

#define MANAGERS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager")
#define AGENTS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room")
#define HOURS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-business-hours")
#define TAGGERS .auth = AUTH_LOGIN, .any_of = RIGHTS("view-l-room", "manage-livechat-tags")
#define PRIORITIES .auth = AUTH_LOGIN, .any_of = RIGHTS("manage-livechat-priorities", "view-l-room")

const struct endpoint admin_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/appearance", MANAGERS, .run = appearance_get},
    {.verb = VERB_POST, .path = "livechat/appearance", MANAGERS, .run = appearance_post},
    {.verb = VERB_GET, .path = "livechat/integrations.settings", MANAGERS, .run = integrations_get},
    {.verb = VERB_GET, .path = "livechat/business-hour", HOURS, .schema = &hour_schema, .run = business_hour_get},
    {.verb = VERB_GET, .path = "livechat/business-hours", HOURS, .run = business_hours},
    {.verb = VERB_GET, .path = "livechat/custom-fields", AGENTS, .schema = &fields_schema, .run = custom_fields},
    {.verb = VERB_GET, .path = "livechat/custom-fields/:_id", AGENTS, .run = custom_field},
    {.verb = VERB_GET, .path = "livechat/triggers", MANAGERS, .schema = &page_schema, .run = triggers},
    {.verb = VERB_GET, .path = "livechat/triggers/:_id", MANAGERS, .run = trigger},
    {.verb = VERB_GET, .path = "livechat/tags", TAGGERS, .run = tags},
    {.verb = VERB_GET, .path = "livechat/tags/:tagId", TAGGERS, .run = tag},
    {.verb = VERB_GET, .path = "livechat/priorities", PRIORITIES, .run = priorities},
    {.verb = VERB_GET, .path = "livechat/priorities/:priorityId", PRIORITIES, .run = priority},
    {.verb = VERB_GET, .path = "livechat/units", .auth = AUTH_LOGIN, .all_of = RIGHTS("manage-livechat-units"),
     .run = units},
    {.verb = VERB_GET, .path = "livechat/monitors", .auth = AUTH_LOGIN, .all_of = RIGHTS("manage-livechat-monitors"),
     .run = monitors},
    {.verb = VERB_GET, .path = "livechat/monitors/:username", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("manage-livechat-monitors"), .run = monitor},
    ENDPOINTS_END,
};
