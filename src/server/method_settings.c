/* What clients load when they start: settings, permissions, rooms, subscriptions (rest 15.2). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/shape.h"

/* With a date as parameter the answer is {update, remove}. */
static bool begin_list(struct call *c)
{
    int64_t since;
    bool wrapped = call_date(call_param(c, 0), &since);
    struct jsonw *w = call_result(c);
    if (wrapped)
        jsonw_object(w, NULL);
    jsonw_array(w, wrapped ? "update" : NULL);
    return wrapped;
}

static void end_list(struct call *c, bool wrapped)
{
    jsonw_end_array(&c->w);
    if (wrapped) {
        jsonw_raw(&c->w, "remove", "[]", 2);
        jsonw_end_object(&c->w);
    }
    call_end(c);
}

static void put_settings(struct call *c, bool public_ones)
{
    for (setting_no no = 0; no < (setting_no)catalogue_count(); no++) {
        const struct setting_row *row = catalogue_row(no);
        if (!row->is_hidden && row->is_public == public_ones)
            (public_ones ? shape_setting_public : shape_setting_brief)(&c->w, NULL, c->server->core, no);
    }
}

static void run_public_settings(struct call *c)
{
    bool wrapped = begin_list(c);
    put_settings(c, true);
    end_list(c, wrapped);
}

static void run_private_settings(struct call *c)
{
    bool wrapped = begin_list(c);
    if (call_may(c, "view-privileged-setting"))
        put_settings(c, false);
    end_list(c, wrapped);
}

static void run_permissions(struct call *c)
{
    bool wrapped = begin_list(c);
    for (size_t i = 0; i < right_count; i++)
        shape_permission(&c->w, NULL, c->server->core, (int)i);
    end_list(c, wrapped);
}

static void run_rooms(struct call *c)
{
    bool wrapped = begin_list(c);
    struct subscription *sub;
    LIST_FOREACH(sub, &c->user->subscriptions, of_user)
        shape_room(&c->w, NULL, sub->room);
    end_list(c, wrapped);
}

static void run_subscriptions(struct call *c)
{
    bool wrapped = begin_list(c);
    struct subscription *sub;
    LIST_FOREACH(sub, &c->user->subscriptions, of_user)
        shape_subscription(&c->w, NULL, sub);
    end_list(c, wrapped);
}

/* All or nothing; types are checked. */
static void run_save_settings(struct call *c)
{
    json_t *list = call_param(c, 0);
    if (!call_may(c, "edit-privileged-setting")) {
        call_error(c, "error-action-not-allowed", "Editing settings is not allowed");
        return;
    }
    size_t n = json_array_size(list), made = 0;
    struct setting_change *changes = x_calloc(n + 1, sizeof *changes);
    struct error e = {0};
    for (; made < n; made++) {
        json_t *item = json_array_get(list, made);
        const char *id = call_obj_str(item, "_id");
        changes[made].no = id ? catalogue_find(id) : -1;
        if (changes[made].no < 0 || catalogue_row(changes[made].no)->is_hidden) {
            error_named(&e, ERR_INVALID, "error-invalid-setting", "There is no such setting");
            break;
        }
        if (setting_value_from_json(changes[made].no, json_object_get(item, "value"), &changes[made].value, &e) < 0)
            break;
    }
    struct result result;
    struct command cmd = server_command(COMMAND_SETTINGS, c->user);
    cmd.settings.items = changes;
    cmd.settings.n = n;
    if (made < n)
        call_error_core(c, &e);
    else if (server_step(c->server, &cmd, &result) < 0)
        call_error_core(c, &result.error);
    else
        call_true(c);
    while (made-- > 0)
        setting_value_free(&changes[made].value);
    free(changes);
}

const struct method settings_methods[] = {
    {"public-settings/get", false, run_public_settings},
    {"private-settings/get", false, run_private_settings},
    {"permissions/get", false, run_permissions},
    {"rooms/get", true, run_rooms},
    {"subscriptions/get", true, run_subscriptions},
    {"saveSettings", true, run_save_settings},
    METHODS_END,
};
