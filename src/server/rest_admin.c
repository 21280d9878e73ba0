/* Administration pages of settings (rest 9). */
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

#define MANAGERS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager")

const struct endpoint admin_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/appearance", MANAGERS, .run = appearance_get},
    {.verb = VERB_POST, .path = "livechat/appearance", MANAGERS, .run = appearance_post},
    {.verb = VERB_GET, .path = "livechat/integrations.settings", MANAGERS, .run = integrations_get},
    ENDPOINTS_END,
};
