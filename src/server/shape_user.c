#include "server/shape.h"

#include <string.h>

#include "common/mem.h"
#include "server/custom.h"
#include "server/setting.h"

void shape_user_ref(struct jsonw *w, const char *key, const char *id, const char *username, const char *name)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", id);
    jsonw_str(w, "username", username);
    jsonw_str(w, "name", name);
    jsonw_end_object(w);
}

void shape_emails(struct jsonw *w, const char *key, const char *email, bool verified)
{
    jsonw_array(w, key);
    if (email && *email) {
        jsonw_object(w, NULL);
        jsonw_str(w, "address", email);
        jsonw_bool(w, "verified", verified);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void shape_roles(struct jsonw *w, const char *key, uint32_t roles)
{
    jsonw_array(w, key);
    for (size_t i = 0; i < role_count; i++)
        if (roles & role_rows[i].bit)
            jsonw_str(w, NULL, role_rows[i].id);
    jsonw_end_array(w);
}

/* Defaults of the original: nothing of it is kept per user. */
static void put_preferences(struct jsonw *w)
{
    static const char json[] =
        "{\"enableAutoAway\":true,\"idleTimeLimit\":300,\"desktopNotificationRequireInteraction\":false,"
        "\"desktopNotifications\":\"all\",\"pushNotifications\":\"all\",\"unreadAlert\":true,\"useEmojis\":true,"
        "\"convertAsciiEmoji\":true,\"autoImageLoad\":true,\"saveMobileBandwidth\":true,\"collapseMediaByDefault\":false,"
        "\"hideUsernames\":false,\"hideRoles\":false,\"hideFlexTab\":false,\"displayAvatars\":true,"
        "\"sidebarGroupByType\":true,\"sidebarViewMode\":\"medium\",\"sidebarDisplayAvatar\":true,"
        "\"sidebarShowUnread\":false,\"sidebarSortby\":\"activity\",\"showMessageInMainThread\":false,"
        "\"sidebarShowFavorites\":true,\"sendOnEnter\":\"normal\",\"messageViewMode\":0,"
        "\"emailNotificationMode\":\"mentions\",\"newRoomNotification\":\"door\",\"newMessageNotification\":\"chime\","
        "\"muteFocusedConversations\":true,\"notificationsSoundVolume\":100}";
    jsonw_object(w, "settings");
    jsonw_object(w, "profile");
    jsonw_end_object(w);
    jsonw_raw(w, "preferences", json, sizeof json - 1);
    jsonw_end_object(w);
}

static void put_pause(struct jsonw *w, const struct user *u)
{
    if (u->pause == PAUSE_NONE)
        return;
    jsonw_object(w, "pause");
    jsonw_str(w, "why", pause_name(u->pause));
    jsonw_date(w, "until", u->pause_until_ms);
    jsonw_end_object(w);
}

static void put_service(struct jsonw *w, const struct user *u)
{
    if (u->roles & ROLE_AGENT)
        jsonw_str(w, "statusLivechat", u->available ? "available" : "not-available");
}

static void put_custom_fields(struct jsonw *w, const struct user *u)
{
    if (u->custom_fields)
        jsonw_raw(w, "customFields", u->custom_fields, strlen(u->custom_fields));
}

void shape_me_fields(struct jsonw *w, const struct core *c, const struct user *u, const char *site)
{
    (void)c;
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "name", u->name);
    jsonw_str(w, "username", u->username);
    jsonw_str(w, "nickname", u->nickname);
    shape_emails(w, "emails", u->email, u->email_verified);
    jsonw_str(w, "email", u->email_verified ? u->email : NULL);
    jsonw_str(w, "status", presence_name(u->status));
    jsonw_str(w, "statusDefault", presence_name(u->status_default));
    jsonw_str(w, "statusText", u->status_text);
    jsonw_str(w, "statusConnection", presence_name(u->status_connection));
    jsonw_str(w, "bio", u->bio);
    jsonw_str(w, "avatarOrigin", "none");
    jsonw_int(w, "utcOffset", 0);
    shape_roles(w, "roles", u->roles);
    jsonw_bool(w, "active", u->active);
    jsonw_str(w, "type", u->is_bot_type ? "bot" : "user");
    put_service(w, u);
    put_pause(w, u);
    put_custom_fields(w, u);
    jsonw_object(w, "services");
    jsonw_object(w, "password");
    jsonw_bool(w, "exists", true);
    jsonw_end_object(w);
    jsonw_end_object(w);
    put_preferences(w);
    AUTO_FREE char *avatar = x_asprintf("%s/avatar/%s", site, u->username);
    jsonw_str(w, "avatarUrl", avatar);
    jsonw_date(w, "_updatedAt", u->updated_ms);
}

void shape_me(struct jsonw *w, const char *key, const struct core *c, const struct user *u, const char *site)
{
    jsonw_object(w, key);
    shape_me_fields(w, c, u, site);
    jsonw_end_object(w);
}

void shape_user_fields(struct jsonw *w, const struct user *u, bool full)
{
    jsonw_str(w, "_id", u->id);
    if (full)
        jsonw_date(w, "createdAt", u->created_ms);
    jsonw_str(w, "username", u->username);
    jsonw_str(w, "name", u->name);
    if (full && u->email && *u->email)
        shape_emails(w, "emails", u->email, u->email_verified);
    jsonw_str(w, "type", u->is_bot_type ? "bot" : "user");
    jsonw_str(w, "status", presence_name(u->status));
    jsonw_bool(w, "active", u->active);
    if (full) {
        shape_roles(w, "roles", u->roles);
        jsonw_date(w, "lastLogin", u->last_login_ms);
        jsonw_str(w, "statusConnection", presence_name(u->status_connection));
        jsonw_str(w, "statusDefault", presence_name(u->status_default));
        put_service(w, u);
        put_custom_fields(w, u);
    }
    jsonw_str(w, "statusText", u->status_text);
    jsonw_str(w, "bio", u->bio);
    jsonw_str(w, "nickname", u->nickname);
    jsonw_int(w, "utcOffset", 0);
    jsonw_date(w, "_updatedAt", u->updated_ms);
}

void shape_user(struct jsonw *w, const char *key, const struct user *u, bool full)
{
    jsonw_object(w, key);
    shape_user_fields(w, u, full);
    jsonw_end_object(w);
}

static void put_limit(struct jsonw *w, const struct user *u)
{
    if (u->max_chats <= 0)
        return;
    jsonw_object(w, "livechat");
    jsonw_int(w, "maxNumberSimultaneousChat", u->max_chats);
    jsonw_end_object(w);
}

void shape_agent_row(struct jsonw *w, const char *key, const struct user *u)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "username", u->username);
    jsonw_str(w, "name", u->name);
    jsonw_str(w, "status", presence_name(u->status));
    jsonw_str(w, "statusLivechat", u->available ? "available" : "not-available");
    shape_emails(w, "emails", u->email, u->email_verified);
    put_limit(w, u);
    jsonw_str(w, "skills", u->skills);
    put_pause(w, u);
    jsonw_end_object(w);
}

void shape_agent_info(struct jsonw *w, const char *key, const struct core *c, const struct user *u)
{
    if (u == NULL) {
        jsonw_null(w, key);
        return;
    }
    jsonw_object(w, key);
    if (!setting_bool(c, "Livechat_show_agent_info", true)) {
        jsonw_bool(w, "hiddenInfo", true);
        jsonw_end_object(w);
        return;
    }
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "name", u->name);
    jsonw_str(w, "username", u->username);
    jsonw_str(w, "status", presence_name(u->status));
    put_limit(w, u);
    if (setting_bool(c, "Livechat_show_agent_email", true) && u->email && *u->email)
        shape_emails(w, "emails", u->email, u->email_verified);
    json_t *fields = custom_user_public(c, u->custom_fields);
    if (fields)
        jsonw_json(w, "customFields", fields);
    json_decref(fields);
    jsonw_end_object(w);
}
