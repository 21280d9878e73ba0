/* What clients load when they start: settings, permissions, rooms, subscriptions (rest 15.2). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/channel_form.h"
#include "server/families.h"
#include "server/setting_form.h"
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
    put_channels_of(&c->w, c->user, 0);
    end_list(c, wrapped);
}

static void run_subscriptions(struct call *c)
{
    bool wrapped = begin_list(c);
    struct subscription *sub;
    LIST_FOREACH(sub, &c->user->subscriptions, of_user)
        shape_subscription(&c->w, NULL, sub);
    put_memberships_of(&c->w, c->user, 0);
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
    struct setting_form f = {0};
    struct result result;
    for (size_t i = 0; i < json_array_size(list) && f.fault_count == 0; i++) {
        json_t *item = json_array_get(list, i);
        setting_form_add(&f, call_obj_str(item, "_id"), json_object_get(item, "value"));
    }
    if (f.fault_count > 0)
        call_error_core(c, &f.faults[0].error);
    else if (setting_form_save(&f, c->server, c->user, SETTING_VIA_REALTIME, c->address, NULL, &result) < 0)
        call_error_core(c, &result.error);
    else
        call_true(c);
    setting_form_fini(&f);
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
