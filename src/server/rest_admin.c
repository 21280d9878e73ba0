/* Administration pages of settings (rest 9). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/appearance.h"
#include "server/families.h"
#include "server/list.h"
#include "server/rows.h"
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

/* All or nothing. -1: an id outside the page (answered). */
static int read_changes(struct api *a, struct setting_change *changes)
{
    int n = 0, size = (int)json_array_size(a->body);
    if (size == 0)
        api_ok_empty(a);
    for (int i = 0; i < size; i++) {
        const json_t *row = json_array_get(a->body, (size_t)i);
        const char *id = json_string_value(json_object_get(row, "_id"));
        struct error e;
        if (id == NULL || !appearance_has(id)) {
            api_fail_coded(a, "invalid-setting", NULL);
            break;
        }
        changes[n].no = catalogue_find(id);
        if (setting_value_from_json(changes[n].no, json_object_get(row, "value"), &changes[n].value, &e) != ERR_OK) {
            api_fail_core(a, &e);
            break;
        }
        if (++n == size)
            return n;
    }
    for (int i = 0; i < n; i++)
        setting_value_free(&changes[i].value);
    return -1;
}

static void appearance_post(struct api *a)
{
    struct result result;
    if (!json_is_array(a->body)) {
        api_fail_coded(a, "invalid-params", "must be array");
        return;
    }
    struct setting_change *changes = x_calloc(json_array_size(a->body) + 1, sizeof *changes);
    int n = read_changes(a, changes);
    if (n > 0) {
        struct command cmd = server_command(COMMAND_SETTINGS, a->user);
        cmd.settings.items = changes;
        cmd.settings.n = (size_t)n;
        if (server_step(a->server, &cmd, &result) != ERR_OK)
            api_fail_core(a, &result.error);
        else
            api_ok_empty(a);
        for (int i = 0; i < n; i++)
            setting_value_free(&changes[i].value);
    }
    free(changes);
}

#define MANAGERS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-livechat-manager")

const struct endpoint admin_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/appearance", MANAGERS, .run = appearance_get},
    {.verb = VERB_POST, .path = "livechat/appearance", MANAGERS, .run = appearance_post},
    {.verb = VERB_GET, .path = "livechat/integrations.settings", MANAGERS, .run = integrations_get},
    ENDPOINTS_END,
};
