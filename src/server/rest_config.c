/* GET livechat/config: everything the widget needs to draw itself (widget 2, behaviour 9.1). */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/party.h"
#include "server/queue.h"
#include "server/record_form.h"
#include "server/setting.h"
#include "server/shape.h"

static const struct schema config_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING}, {.name = "department", .type = PARAM_STRING},
                     {.name = "businessUnit", .type = PARAM_STRING})};

struct text_row {
    const char *key, *setting;
};

static void put_texts(struct jsonw *w, const struct core *c, const char *key, const struct text_row *rows, size_t n)
{
    if (key)
        jsonw_object(w, key);
    for (size_t i = 0; i < n; i++)
        jsonw_str(w, rows[i].key, setting_text(c, rows[i].setting, ""));
    if (key)
        jsonw_end_object(w);
}

static void put_flags(struct jsonw *w, const struct core *c)
{
    static const struct text_row rows[] = {
        {"registrationForm", "Livechat_registration_form"},
        {"allowSwitchingDepartments", "Livechat_allow_switching_departments"},
        {"nameFieldRegistrationForm", "Livechat_name_field_registration_form"},
        {"emailFieldRegistrationForm", "Livechat_email_field_registration_form"},
        {"displayOfflineForm", "Livechat_display_offline_form"},
        {"transcript", "Livechat_enable_transcript"},
        {"forceAcceptDataProcessingConsent", "Livechat_force_accept_data_processing_consent"},
        {"clearLocalStorageWhenChatEnded", "Livechat_clear_local_storage_when_chat_ended"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        jsonw_bool(w, rows[i].key, setting_bool(c, rows[i].setting, false));
}

static void put_settings(struct jsonw *w, const struct core *c)
{
    int64_t limit = setting_int(c, "Livechat_message_character_limit", 0);
    jsonw_object(w, "settings");
    put_flags(w, c);
    jsonw_bool(w, "videoCall", strcmp(setting_text(c, "Omnichannel_call_provider", "none"), "Jitsi") == 0);
    jsonw_bool(w, "fileUpload",
               setting_bool(c, "Livechat_fileupload_enabled", true) && setting_bool(c, "FileUpload_Enabled", true));
    jsonw_str(w, "language", setting_text(c, "Language", ""));
    jsonw_str(w, "historyMonitorType", setting_text(c, "Livechat_history_monitor_type", "url"));
    jsonw_bool(w, "showConnecting", core_routing(c)->show_connecting);
    jsonw_bool(w, "agentHiddenInfo", !setting_bool(c, "Livechat_show_agent_info", true));
    if (setting_bool(c, "Livechat_enable_message_character_limit", false))
        jsonw_int(w, "limitTextLength", limit > 0 ? limit : setting_int(c, "Message_MaxAllowedSize", 5000));
    else
        jsonw_bool(w, "limitTextLength", false);
    jsonw_end_object(w);
}

static void put_theme(struct jsonw *w, const struct core *c)
{
    static const struct text_row rows[] = {
        {"title", "Livechat_title"},
        {"color", "Livechat_title_color"},
        {"offlineTitle", "Livechat_offline_title"},
        {"offlineColor", "Livechat_offline_title_color"},
    };
    static const char links[] =
        "{\"webrtc\":[{\"actionLinksAlignment\":\"flex-start\",\"i18nLabel\":\"Join_call\",\"label\":\"Join Call\","
        "\"method_id\":\"joinLivechatWebRTCCall\"},{\"i18nLabel\":\"End_call\",\"label\":\"End Call\",\"method_id\":"
        "\"endLivechatWebRTCCall\",\"danger\":true}],\"jitsi\":[{\"icon\":\"icon-videocam\",\"i18nLabel\":\"Accept\","
        "\"method_id\":\"createLivechatCall\"},{\"icon\":\"icon-cancel\",\"i18nLabel\":\"Decline\",\"method_id\":"
        "\"denyLivechatCall\"}]}";
    jsonw_object(w, "theme");
    put_texts(w, c, NULL, rows, COUNT_OF(rows));
    jsonw_raw(w, "actionLinks", links, sizeof links - 1);
    jsonw_end_object(w);
}

static void put_messages(struct jsonw *w, const struct core *c)
{
    static const struct text_row rows[] = {
        {"offlineMessage", "Livechat_offline_message"},
        {"offlineSuccessMessage", "Livechat_offline_success_message"},
        {"offlineUnavailableMessage", "Livechat_offline_form_unavailable"},
        {"conversationFinishedMessage", "Livechat_conversation_finished_message"},
        {"conversationFinishedText", "Livechat_conversation_finished_text"},
        {"transcriptMessage", "Livechat_transcript_message"},
        {"registrationFormMessage", "Livechat_registration_form_message"},
        {"dataProcessingConsentText", "Livechat_data_processing_consent_text"},
    };
    put_texts(w, c, "messages", rows, COUNT_OF(rows));
}

/* unit_id: only those of that unit; NULL: all. */
static void put_departments(struct jsonw *w, const struct core *c, const char *unit_id)
{
    jsonw_array(w, "departments");
    for (struct department *d = core_next_department(c, NULL); d; d = core_next_department(c, d))
        if (d->enabled && d->agent_count > 0 && (unit_id == NULL || str_eq(d->unit_id, unit_id)))
            shape_department_brief(w, NULL, d);
    jsonw_end_array(w);
}

static void put_resources(struct jsonw *w, const struct api *a)
{
    AUTO_FREE char *site = server_site_url(a->server, a->host, a->peer.is_tls);
    AUTO_FREE char *sound = x_asprintf("%s/sounds/chime.mp3", site);
    static const char survey[] = "{\"items\":[\"satisfaction\",\"agentKnowledge\",\"agentResposiveness\","
                                 "\"agentFriendliness\"],\"values\":[\"1\",\"2\",\"3\",\"4\",\"5\"]}";
    jsonw_raw(w, "survey", survey, sizeof survey - 1);
    shape_config_records(w, a->server->core);
    put_departments(w, a->server->core, api_str_nonempty(a, "businessUnit"));
    jsonw_object(w, "resources");
    jsonw_str(w, "sound", sound);
    jsonw_raw(w, "emojis", "[]", 2);
    jsonw_end_object(w);
}

static void put_room(struct jsonw *w, struct api *a, const struct room *r)
{
    struct server *s = a->server;
    jsonw_object(w, "room");
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "departmentId", r->department_id);
    if (r->served_by)
        shape_served_by(w, r->served_by->id, r->served_by->username, r->served_ms);
    jsonw_bool(w, "open", true);
    jsonw_end_object(w);
    if (r->served_by)
        shape_agent_info(w, "agent", s->core, r->served_by);
    int64_t wait_s;
    int spot = queue_is_told(s) ? queue_spot(s, r, &wait_s) : 0;
    if (spot > 0)
        shape_queue_info(w, "queueInfo", s->core, r, spot, wait_s);
}

static void answer(struct api *a, const struct party *p)
{
    const struct core *c = a->server->core;
    struct department *d = core_department_by_name(c, api_str_nonempty(a, "department"));
    struct jsonw *w = api_ok(a);
    jsonw_object(w, "config");
    jsonw_bool(w, "enabled", true);
    put_settings(w, c);
    put_theme(w, c);
    put_messages(w, c);
    put_resources(w, a);
    jsonw_bool(w, "online", core_service_is_online(c, d));
    if (p->visitor)
        shape_guest(w, "guest", p->visitor);
    const struct visitor *v = p->visitor ? core_visitor(c, p->visitor->id) : NULL;
    if (v && !LIST_EMPTY(&v->rooms))
        put_room(w, a, LIST_FIRST(&v->rooms));
    jsonw_end_object(w);
    api_ok_end(a);
}

static void run_config(struct api *a)
{
    if (!setting_bool(a->server->core, "Livechat_enabled", true)) {
        struct jsonw *w = api_ok(a);
        jsonw_object(w, "config");
        jsonw_bool(w, "enabled", false);
        jsonw_end_object(w);
        api_ok_end(a);
        return;
    }
    const char *unit = api_str_nonempty(a, "businessUnit");
    if (unit && core_record(a->server->core, RECORD_UNIT, unit) == NULL) {
        api_fail_coded(a, "error-unit-not-found", "Unit not found");
        return;
    }
    const char *token = api_str_nonempty(a, "token");
    if (token) {
        party_find(a, token, NULL, PARTY_QUIET, answer);
        return;
    }
    struct party nobody = {0};
    answer(a, &nobody);
}

const struct endpoint config_endpoints[] = {
    {VERB_GET, "livechat/config", AUTH_NONE, NULL, NULL, &config_schema, LIMIT_CHAT, run_config},
    ENDPOINTS_END,
};
