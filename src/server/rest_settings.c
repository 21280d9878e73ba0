/* Settings: lists, one, saving (rest 3.4). Secrets are write-only: reads answer an empty value. */
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "server/families.h"
#include "server/filter.h"
#include "server/list.h"
#include "server/rows.h"
#include "server/setting_form.h"
#include "server/shape.h"

static struct list_key setting_key(const void *item, const char *key)
{
    const struct setting_row *row = item;
    if (strcmp(key, "section") == 0)
        return (struct list_key){row->section, 0};
    return (struct list_key){row->id, 0};
}

static void put_setting(struct api *a, const void *item)
{
    const struct setting_row *row = item;
    if (api_str_nonempty(a, "fields"))
        shape_setting(&a->w, NULL, a->server->core, catalogue_find(row->id));
    else if (api_may(a, "view-privileged-setting"))
        shape_setting_brief(&a->w, NULL, a->server->core, catalogue_find(row->id));
    else
        shape_setting_public(&a->w, NULL, a->server->core, catalogue_find(row->id));
}

static bool matches(struct api *a, setting_no no, const json_t *query)
{
    if (query == NULL)
        return true;
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_ISO);
    shape_setting(&w, NULL, a->server->core, no);
    json_t *doc = json_loadb(text.data, text.len, 0, NULL);
    bool found = filter_match(query, doc);
    json_decref(doc);
    buf_free(&text);
    return found;
}

static void reply_settings(struct api *a, bool all)
{
    struct paging p;
    struct list l = LIST_NEW;
    json_t *query, *fields;
    if (!api_paging(a, &p) || !filter_param(a, &query))
        return;
    if (!fields_param(a, &fields)) {
        json_decref(query);
        return;
    }
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++) {
        const struct setting_row *row = catalogue_row(no);
        if (!row->is_hidden && (all || row->is_public) && matches(a, no, query))
            list_add(&l, row);
    }
    json_decref(query);
    json_decref(fields);
    list_sort(&l, &p, "_id", true, setting_key);
    list_reply(a, "settings", &l, &p, put_setting);
}

static void settings_all(struct api *a)
{
    reply_settings(a, api_may(a, "view-privileged-setting"));
}

static void settings_public(struct api *a)
{
    reply_settings(a, false);
}

/* The row named in the path, or -1. */
static setting_no named(const struct api *a)
{
    setting_no no = catalogue_find(api_arg(a, "_id"));
    return no >= 0 && !catalogue_row(no)->is_hidden ? no : -1;
}

static void settings_get(struct api *a)
{
    setting_no no = named(a);
    if (!api_may(a, "view-privileged-setting")) {
        api_forbidden(a);
    } else if (no < 0) {
        api_fail_empty(a);
    } else {
        const struct setting_row *row = catalogue_row(no);
        jsonw_str(api_ok(a), "_id", row->id);
        if (row->is_secret)
            jsonw_str(&a->w, "value", "");
        else
            shape_setting_value(&a->w, "value", core_setting(a->server->core, no));
        api_ok_end(a);
    }
}

static void save(struct api *a, setting_no no, const json_t *value)
{
    struct setting_form f = {0};
    struct result result;
    if (!setting_form_add(&f, catalogue_row(no)->id, value))
        api_fail_core(a, &f.faults[0].error);
    else if (setting_form_save(&f, a->server, a->user, SETTING_VIA_REST, a->address, NULL, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
    setting_form_fini(&f);
}

/* The only action: a fresh 256-bit key as a JWK (behaviour 8). */
static void generate_key(struct api *a)
{
    char k[44];
    id_secret(32, k);
    json_t *jwk = json_pack("{s:s,s:s,s:b,s:[s,s],s:s}", "kty", "oct", "alg", "A256GCM", "ext", 1, "key_ops", "encrypt",
                            "decrypt", "k", k);
    AUTO_FREE char *text = json_dumps(jwk, JSON_COMPACT);
    json_t *value = json_string(text);
    save(a, catalogue_find("Omnichannel_External_Frame_Encryption_JWK"), value);
    json_decref(value);
    json_decref(jwk);
}

static void settings_post(struct api *a)
{
    setting_no no = named(a);
    const json_t *value = json_object_get(a->body, "value");
    if (!api_may(a, "edit-privileged-setting"))
        api_forbidden(a);
    else if (no >= 0 && catalogue_row(no)->type == SETTING_ACTION && json_is_true(json_object_get(a->body, "execute")))
        generate_key(a);
    else if (no < 0 || value == NULL)
        api_fail_empty(a);
    else
        save(a, no, value);
}

static void settings_oauth(struct api *a)
{
    jsonw_array(api_ok(a), "services");
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void service_configurations(struct api *a)
{
    jsonw_array(api_ok(a), "configurations");
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

const struct endpoint settings_endpoints[] = {
    {.verb = VERB_GET, .path = "settings", .auth = AUTH_LOGIN, .run = settings_all},
    {.verb = VERB_GET, .path = "settings.public", .auth = AUTH_NONE, .run = settings_public},
    {.verb = VERB_GET, .path = "settings.oauth", .auth = AUTH_NONE, .run = settings_oauth},
    {.verb = VERB_GET, .path = "service.configurations", .auth = AUTH_NONE, .run = service_configurations},
    {.verb = VERB_GET, .path = "settings/:_id", .auth = AUTH_LOGIN, .run = settings_get},
    {.verb = VERB_POST, .path = "settings/:_id", .auth = AUTH_LOGIN, .run = settings_post},
    ENDPOINTS_END,
};
