/* The settings table against the facts, and values on their way in and out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/amount.h"
#include "catalogue/catalogue.h"
#include "catalogue/color.h"
#include "catalogue/condition.h"
#include "common/mem.h"
#include "common/regexp.h"

/* clang-format off */
static const struct fact {
    const char *id;
    enum setting_type type;
    const char *default_text;
    bool is_public;
    size_t conditions;
} facts[] = {
    {"Livechat_enabled", SETTING_BOOL, "true", true, 0},
    {"Livechat_request_comment_when_closing_conversation", SETTING_BOOL, "true", true, 1},
    {"Livechat_enabled_when_agent_idle", SETTING_BOOL, "true", true, 1},
    {"Livechat_fileupload_enabled", SETTING_BOOL, "true", true, 2},
    {"Livechat_enable_transcript", SETTING_BOOL, "false", true, 1},
    {"Livechat_transcript_message", SETTING_TEXT, "", true, 2},
    {"Livechat_continuous_sound_notification_new_livechat_room", SETTING_BOOL, "false", true, 1},
    {"Canned_Responses_Enable", SETTING_BOOL, "true", true, 1},
    {"Omnichannel_External_Frame_Enabled", SETTING_BOOL, "false", true, 0},
    {"Omnichannel_External_Frame_URL", SETTING_TEXT, "", true, 1},
    {"Omnichannel_External_Frame_Encryption_JWK", SETTING_SECRET, "", false, 1},
    {"Omnichannel_External_Frame_GenerateKey", SETTING_ACTION,
     "omnichannelExternalFrameGenerateKey", false, 1},
    {"Livechat_title", SETTING_TEXT, "Rocket.Chat", true, 1},
    {"Livechat_title_color", SETTING_COLOR, "#C1272D", true, 1},
    {"Livechat_enable_message_character_limit", SETTING_BOOL, "false", true, 1},
    {"Livechat_message_character_limit", SETTING_INT, "0", true, 1},
    {"Livechat_display_offline_form", SETTING_BOOL, "true", true, 1},
    {"Livechat_clear_local_storage_when_chat_ended", SETTING_BOOL, "false", true, 1},
    {"Livechat_validate_offline_email", SETTING_BOOL, "true", true, 1},
    {"Livechat_offline_form_unavailable", SETTING_TEXT, "", true, 1},
    {"Livechat_offline_title", SETTING_TEXT, "Leave a message", true, 1},
    {"Livechat_offline_title_color", SETTING_COLOR, "#666666", true, 1},
    {"Livechat_offline_message", SETTING_MULTILINE, "", true, 1},
    {"Livechat_offline_email", SETTING_TEXT, "", false, 1},
    {"Livechat_offline_success_message", SETTING_TEXT, "", true, 1},
    {"Livechat_allow_switching_departments", SETTING_BOOL, "true", true, 1},
    {"Livechat_show_agent_info", SETTING_BOOL, "true", true, 1},
    {"Livechat_show_agent_email", SETTING_BOOL, "true", true, 2},
    {"Livechat_conversation_finished_message", SETTING_TEXT, "", true, 1},
    {"Livechat_conversation_finished_text", SETTING_MULTILINE, "", true, 1},
    {"Livechat_registration_form", SETTING_BOOL, "true", true, 1},
    {"Livechat_name_field_registration_form", SETTING_BOOL, "true", true, 1},
    {"Livechat_email_field_registration_form", SETTING_BOOL, "true", true, 1},
    {"Livechat_history_monitor_type", SETTING_SELECT, "url", false, 1},
    {"Livechat_Visitor_navigation_as_a_message", SETTING_BOOL, "false", true, 1},
    {"Livechat_registration_form_message", SETTING_TEXT, "", true, 1},
    {"Livechat_AllowedDomainsList", SETTING_TEXT, "", true, 1},
    {"Livechat_OfflineMessageToChannel_enabled", SETTING_BOOL, "false", true, 1},
    {"Livechat_OfflineMessageToChannel_channel_name", SETTING_TEXT, "", true, 2},
    {"Livechat_enable_business_hours", SETTING_BOOL, "false", true, 1},
    {"Livechat_business_hour_type", SETTING_SELECT, "Single", true, 2},
    {"Livechat_webhookUrl", SETTING_TEXT, "", false, 1},
    {"Livechat_secret_token", SETTING_SECRET, "", false, 1},
    {"Livechat_webhook_on_start", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_close", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_chat_taken", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_chat_queued", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_forward", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_offline_msg", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_visitor_message", SETTING_BOOL, "false", false, 1},
    {"Livechat_webhook_on_agent_message", SETTING_BOOL, "false", false, 1},
    {"Send_visitor_navigation_history_livechat_webhook_request", SETTING_BOOL, "false", false, 2},
    {"Livechat_webhook_on_capture", SETTING_BOOL, "false", false, 1},
    {"Livechat_lead_email_regex", SETTING_TEXT,
     "\\b[A-Z0-9._%+-]+@(?:[A-Z0-9-]+\\.)+[A-Z]{2,4}\\b", false, 1},
    {"Livechat_lead_phone_regex", SETTING_TEXT,
     "((?:\\([0-9]{1,3}\\)|[0-9]{2})[ \\-]*?[0-9]{4,5}(?:[\\-\\s\\_]{1,2})?[0-9]{4}(?:(?=[^0-9])|$)"
     "|[0-9]{4,5}(?:[\\-\\s\\_]{1,2})?[0-9]{4}(?:(?=[^0-9])|$))", false, 1},
    {"Livechat_Facebook_Enabled", SETTING_BOOL, "false", false, 1},
    {"Livechat_Facebook_API_Key", SETTING_SECRET, "", false, 1},
    {"Livechat_Facebook_API_Secret", SETTING_SECRET, "", false, 1},
    {"Livechat_Allow_collect_and_store_HTTP_header_informations", SETTING_BOOL, "false", true, 1},
    {"Livechat_force_accept_data_processing_consent", SETTING_BOOL, "false", true, 2},
    {"Livechat_data_processing_consent_text", SETTING_MULTILINE, "", true, 3},
    {"Livechat_waiting_queue", SETTING_BOOL, "false", false, 1},
    {"Livechat_waiting_queue_message", SETTING_TEXT, "", false, 2},
    {"Livechat_maximum_chats_per_agent", SETTING_INT, "0", false, 2},
    {"Omnichannel_calculate_dispatch_service_queue_statistics", SETTING_BOOL, "true", false, 2},
    {"Omnichannel_queue_delay_timeout", SETTING_INT, "5", false, 3},
    {"Livechat_number_most_recent_chats_estimate_wait_time", SETTING_INT, "100", false, 2},
    {"Livechat_max_queue_wait_time", SETTING_INT, "-1", false, 1},
    {"Livechat_Routing_Method", SETTING_SELECT, "Auto_Selection", true, 1},
    {"Livechat_accept_chats_with_no_agents", SETTING_BOOL, "false", false, 1},
    {"Livechat_assign_new_conversation_to_bot", SETTING_BOOL, "false", false, 1},
    {"Livechat_guest_pool_max_number_incoming_livechats_displayed", SETTING_INT, "0", true, 2},
    {"Livechat_show_queue_list_link", SETTING_BOOL, "false", true, 2},
    {"Livechat_External_Queue_URL", SETTING_TEXT, "", false, 2},
    {"Livechat_External_Queue_Token", SETTING_SECRET, "", false, 2},
    {"Livechat_last_chatted_agent_routing", SETTING_BOOL, "false", false, 1},
    {"Omnichannel_contact_manager_routing", SETTING_BOOL, "true", false, 1},
    {"Livechat_agent_leave_action", SETTING_SELECT, "none", false, 1},
    {"Livechat_agent_leave_action_timeout", SETTING_INT, "60", false, 2},
    {"Livechat_agent_leave_comment", SETTING_TEXT, "", false, 2},
    {"Livechat_visitor_inactivity_timeout", SETTING_INT, "3600", false, 1},
    {"Livechat_abandoned_rooms_action", SETTING_SELECT, "none", true, 1},
    {"Livechat_abandoned_rooms_closed_custom_message", SETTING_TEXT, "", false, 2},
    {"Livechat_auto_close_on_hold_chats_timeout", SETTING_INT, "3600", false, 1},
    {"Livechat_auto_close_on_hold_chats_custom_message", SETTING_TEXT, "", false, 2},
    {"Livechat_allow_manual_on_hold", SETTING_BOOL, "false", true, 1},
    {"Livechat_auto_transfer_chat_timeout", SETTING_INT, "0", false, 1},
    {"Omnichannel_call_provider", SETTING_SELECT, "none", true, 1},
    {"Livechat_guest_count", SETTING_INT, "1", false, 0},
    {"Livechat_Room_Count", SETTING_INT, "1", false, 0},
    {"Troubleshoot_Disable_Livechat_Activity_Monitor", SETTING_BOOL, "false", false, 0},
};
/* clang-format on */

static setting_no must_find(const char *id)
{
    setting_no no = catalogue_find(id);
    if (no < 0)
        fail_msg("no setting %s", id);
    return no;
}

static size_t count_conditions(const struct setting_row *row)
{
    size_t n = 0;
    while (row->when != NULL && row->when[n].id != NULL)
        n++;
    return n;
}

static void test_every_fact_is_in_the_table(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(facts), 91);
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        const struct setting_row *row = catalogue_row(must_find(facts[i].id));
        assert_string_equal(row->id, facts[i].id);
        assert_int_equal(row->type, facts[i].type);
        assert_string_equal(row->default_text, facts[i].default_text);
        assert_int_equal(row->is_public, facts[i].is_public);
        assert_int_equal(count_conditions(row), facts[i].conditions);
    }
}

static void test_unknown_ids_are_not_found(void **state)
{
    (void)state;
    assert_int_equal(catalogue_find("Livechat_enable"), -1);
    assert_int_equal(catalogue_find("livechat_enabled"), -1);
    assert_int_equal(catalogue_find("zzz"), -1);
    assert_int_equal(catalogue_find(""), -1);
    assert_int_equal(catalogue_find(NULL), -1);
}

static int section_index(const char *section)
{
    size_t n;
    const char *const *sections = catalogue_sections(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(sections[i], section) == 0)
            return (int)i;
    fail_msg("no section %s", section);
    return -1;
}

static void test_sections_stand_in_the_order_of_the_guide(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "General",          "Canned Responses", "External Frame", "Live Chat",
        "Business Hour",    "CRM Integration",  "Facebook",       "GDPR",
        "Queue Management", "Routing",          "Sessions",       "Video and Audio Call",
        "usher",            "Workspace",
    };
    size_t n;
    const char *const *sections = catalogue_sections(&n);
    assert_int_equal(n, COUNT_OF(wanted));
    for (size_t i = 0; i < n; i++)
        assert_string_equal(sections[i], wanted[i]);
    int last = 0;
    for (size_t i = 0; i < catalogue_count(); i++) {
        int section = section_index(catalogue_row((setting_no)i)->section);
        assert_true(section == last || section == last + 1);
        last = section;
    }
    assert_int_equal(last, n - 1);
}

static void check_choices(const struct setting_row *row)
{
    assert_int_equal(row->choices != NULL, row->type == SETTING_SELECT);
    for (const struct setting_choice *c = row->choices; c != NULL && c->key != NULL; c++)
        assert_true(c->key[0] != '\0' && c->label[0] != '\0');
}

static void test_every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct setting_row *row = catalogue_row((setting_no)i);
        assert_int_equal(catalogue_find(row->id), i); /* unique as well */
        assert_true(strlen(row->label) > 0);
        assert_true(strlen(row->help) >= 20);
        assert_int_equal(row->help[strlen(row->help) - 1], '.');
        assert_true(strlen(row->id) < sizeof(((struct error *)0)->field));
        assert_true(row->min <= row->max);
        assert_false(row->is_public && row->is_secret);
        assert_int_equal(row->is_secret, row->type == SETTING_SECRET);
        check_choices(row);
    }
}

static void test_secrets_and_hidden_ones_are_marked(void **state)
{
    (void)state;
    static const char *const secrets[] = {
        "Livechat_secret_token",
        "Livechat_Facebook_API_Key",
        "Livechat_Facebook_API_Secret",
        "Livechat_External_Queue_Token",
        "SMTP_Password",
        "Omnichannel_External_Frame_Encryption_JWK",
        "SMS_Twilio_authToken",
    };
    for (size_t i = 0; i < COUNT_OF(secrets); i++)
        assert_true(catalogue_row(must_find(secrets[i]))->is_secret);
    assert_true(catalogue_row(must_find("Livechat_guest_count"))->is_hidden);
    assert_true(catalogue_row(must_find("Livechat_Room_Count"))->is_hidden);
    assert_false(catalogue_row(must_find("Livechat_enabled"))->is_hidden);
}

static void test_defaults_pass_their_own_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        setting_no no = (setting_no)i;
        struct setting_value v, again;
        setting_value_default(no, &v);
        assert_int_equal(v.type, catalogue_row(no)->type);
        if (v.type == SETTING_ACTION) {
            assert_null(v.s);
            continue;
        }
        AUTO_FREE char *text = setting_value_to_text(&v);
        assert_string_equal(text, catalogue_row(no)->default_text);
        assert_int_equal(setting_value_from_text(no, text, &again, NULL), ERR_OK);
        assert_true(setting_value_equal(&v, &again));
        setting_value_free(&again);
        json_t *json = setting_value_to_json(&v);
        assert_int_equal(setting_value_from_json(no, json, &again, NULL), ERR_OK);
        assert_true(setting_value_equal(&v, &again));
        json_decref(json);
        setting_value_free(&again);
        setting_value_free(&v);
    }
}

/* What becomes of a JSON value: its text, or "!" and the complaint. */
static char *through_json(const char *id, const char *json_text)
{
    setting_no no = must_find(id);
    struct setting_value v = {.s = NULL};
    struct error err = {0};
    json_t *json = json_loads(json_text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(json);
    int rc = setting_value_from_json(no, json, &v, &err);
    json_decref(json);
    if (rc == ERR_OK) {
        char *text = setting_value_to_text(&v);
        setting_value_free(&v);
        return text;
    }
    assert_int_equal(rc, ERR_INVALID);
    assert_int_equal(err.code, ERR_INVALID);
    assert_string_equal(err.name, "error-invalid-setting-value");
    assert_string_equal(err.field, id);
    assert_non_null(strstr(err.text, catalogue_row(no)->label));
    return x_asprintf("!%s", err.text);
}

static char *through_text(const char *id, const char *typed)
{
    struct setting_value v;
    struct error err = {0};
    if (setting_value_from_text(must_find(id), typed, &v, &err) == ERR_OK) {
        char *text = setting_value_to_text(&v);
        setting_value_free(&v);
        return text;
    }
    assert_string_equal(err.name, "error-invalid-setting-value");
    return x_asprintf("!%s", err.text);
}

struct passage {
    const char *id, *in, *out; /* out "!": refused; "!words": refused with exactly these words */
};

static void check_passages(const struct passage *p, size_t n, char *(*through)(const char *, const char *))
{
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *out = through(p[i].id, p[i].in);
        bool good = strcmp(p[i].out, "!") == 0 ? out[0] == '!' : strcmp(p[i].out, out) == 0;
        if (!good)
            fail_msg("%s from %s gives %s", p[i].id, p[i].in, out);
    }
}

#define LONG_AGO "-99999999999999999999"

static void test_json_is_converted_only_when_exact(void **state)
{
    (void)state;
    static const struct passage passages[] = {
        {"Livechat_enabled", "true", "true"},
        {"Livechat_enabled", "false", "false"},
        {"Livechat_enabled", "\"true\"", "true"},
        {"Livechat_enabled", "\"false\"", "false"},
        {"Livechat_enabled", "\"True\"", "!Enable Omnichannel expects on or off (true or false)"},
        {"Livechat_enabled", "\"yes\"", "!"},
        {"Livechat_enabled", "1", "!"},
        {"Livechat_enabled", "null", "!"},
        {"Livechat_enabled", "[]", "!"},
        {"Livechat_max_queue_wait_time", "5", "5"},
        {"Livechat_max_queue_wait_time", "5.0", "5"},
        {"Livechat_max_queue_wait_time", "-1", "-1"},
        {"Livechat_max_queue_wait_time", "\"5\"", "5"},
        {"Livechat_max_queue_wait_time", "\"-5\"", "-5"},
        {"Livechat_max_queue_wait_time", "5.5", "!"},
        {"Livechat_max_queue_wait_time", "1e300", "!"},
        {"Livechat_max_queue_wait_time", "\"\"", "!"},
        {"Livechat_max_queue_wait_time", "\"05\"", "!"},
        {"Livechat_max_queue_wait_time", "\" 5\"", "!"},
        {"Livechat_max_queue_wait_time", "\"+5\"", "!"},
        {"Livechat_max_queue_wait_time", "\"5.0\"", "!"},
        {"Livechat_max_queue_wait_time", "\"1h\"", "!"},
        {"Livechat_max_queue_wait_time", "\"" LONG_AGO "\"", "!"},
        {"Livechat_max_queue_wait_time", "true",
         "!Maximum waiting time in queue expects a whole number of minutes"},
        {"Livechat_title", "\"Help\"", "Help"},
        {"Livechat_title", "\"\"", ""},
        {"Livechat_title", "5", "!Livechat Title expects a text"},
        {"Livechat_title", "true", "!"},
        {"Livechat_title", "\"a\\u0000b\"", "!"},
        {"Livechat_conversation_finished_text", "\"a\\nb\"", "a\nb"},
        {"Livechat_secret_token", "\"a\\r\\nX-Evil: 1\"", "!"},
        {"Livechat_webhookUrl", "\" http://a.example/ \"", "http://a.example/"},
        {"Livechat_title_color", "\"#0af\"", "#0af"},
        {"Livechat_title_color", "\"#00AAFF\"", "#00AAFF"},
        {"Livechat_title_color", "\"navy\"", "navy"},
        {"Livechat_title_color", "\"rgb(1, 2, 3)\"", "rgb(1, 2, 3)"},
        {"Livechat_title_color", "\"#00AAF\"", "!"},
        {"Livechat_title_color", "\"#00AAFG\"", "!"},
        {"Livechat_title_color", "\"\"", "!"},
        {"Livechat_title_color", "\"red\\u0000\"", "!"},
        {"Livechat_title_color", "\"rgb()\"", "!"},
        {"Livechat_title_color", "\"red;background:url(x)\"", "!"},
        {"Livechat_title_color", "12", "!"},
        {"Livechat_agent_leave_action", "\"close\"", "close"},
        {"Livechat_agent_leave_action", "\"Close\"",
         "!How to Handle Open Sessions When Agent Goes Offline expects one of none, forward, close"},
        {"Livechat_agent_leave_action", "\"\"", "!"},
        {"Livechat_agent_leave_action", "null", "!"},
        {"Livechat_agent_leave_action", "\"close\\u0000\"", "!"},
        {"Livechat_Routing_Method", "\"Load_Rotation\"", "Load_Rotation"},
        {"Omnichannel_External_Frame_GenerateKey", "\"x\"", "!"},
    };
    check_passages(passages, COUNT_OF(passages), through_json);
}

static void test_ranges_follow_the_facts(void **state)
{
    (void)state;
    static const struct passage passages[] = {
        {"Livechat_message_character_limit", "0", "0"},
        {"Livechat_message_character_limit", "-1", "!"},
        {"Livechat_maximum_chats_per_agent", "-1",
         "!Max. number of simultaneous chats expects a whole number of chats, at least 0, at most "
         "2147483647"},
        {"Omnichannel_queue_delay_timeout", "0", "0"},
        {"Omnichannel_queue_delay_timeout", "-3", "-3"},
        {"Omnichannel_queue_delay_timeout", "2147483648", "!"},
        {"Livechat_number_most_recent_chats_estimate_wait_time", "0", "0"},
        {"Livechat_guest_pool_max_number_incoming_livechats_displayed", "-1", "!"},
        {"Livechat_agent_leave_action_timeout", "-1", "!"},
        {"Livechat_visitor_inactivity_timeout", "-1", "-1"},
        {"Livechat_auto_close_on_hold_chats_timeout", "0", "0"},
        {"Livechat_auto_transfer_chat_timeout", "0", "0"},
        {"FileUpload_MaxFileSize", "-1", "-1"},
        {"FileUpload_MaxFileSize", "-2", "!"},
        {"FileUpload_MaxFileSize", "4294967296", "4294967296"},
        {"SMTP_Port", "65535", "65535"},
        {"SMTP_Port", "65536", "!Port expects a whole number, at least 0, at most 65535"},
    };
    check_passages(passages, COUNT_OF(passages), through_json);
}

static void test_typed_values(void **state)
{
    (void)state;
    static const struct passage passages[] = {
        {"Livechat_enabled", "on", "true"},
        {"Livechat_enabled", " No ", "false"},
        {"Livechat_enabled", "maybe", "!"},
        {"Livechat_visitor_inactivity_timeout", "90", "90"},
        {"Livechat_visitor_inactivity_timeout", " 90 ", "90"},
        {"Livechat_visitor_inactivity_timeout", "-1", "-1"},
        {"Livechat_visitor_inactivity_timeout", "1m30s", "90"},
        {"Livechat_visitor_inactivity_timeout", "2h", "7200"},
        {"Livechat_visitor_inactivity_timeout", "1 h 30 min", "5400"},
        {"Livechat_visitor_inactivity_timeout", "1d", "86400"},
        {"Livechat_visitor_inactivity_timeout", "1500ms", "!"},
        {"Livechat_visitor_inactivity_timeout", "1m30", "!"},
        {"Livechat_visitor_inactivity_timeout", "-1m", "!"},
        {"Livechat_visitor_inactivity_timeout", "h", "!"},
        {"Livechat_visitor_inactivity_timeout", "", "!"},
        {"Livechat_visitor_inactivity_timeout", "1x", "!"},
        {"Livechat_visitor_inactivity_timeout", "9223372036854775807w", "!"},
        {"Livechat_visitor_inactivity_timeout", "99999999999999999999", "!"},
        {"Livechat_max_queue_wait_time", "2h", "120"},
        {"Livechat_max_queue_wait_time", "120s", "2"},
        {"Livechat_max_queue_wait_time", "90s", "!"},
        {"Accounts_LoginExpiration", "2w", "14"},
        {"API_Enable_Rate_Limiter_Limit_Time_Default", "1m", "60000"},
        {"Livechat_maximum_chats_per_agent", "5", "5"},
        {"Livechat_maximum_chats_per_agent", "5m", "!"},
        {"SMTP_Port", "25s", "!"},
        {"FileUpload_MaxFileSize", "100 MB", "104857600"},
        {"FileUpload_MaxFileSize", "2G", "2147483648"},
        {"Livechat_title", "  as typed ", "  as typed "},
        {"Livechat_title", "\xff", "!"},
        {"Livechat_title_color", " Teal ", "Teal"},
        {"Livechat_agent_leave_action", "Close", "close"},
        {"Livechat_Routing_Method", "manual selection", "Manual_Selection"},
        {"Livechat_Routing_Method", "anyhow", "!"},
        {"Omnichannel_External_Frame_GenerateKey", "", "!"},
    };
    check_passages(passages, COUNT_OF(passages), through_text);
}

static void test_the_basic_colour_names_are_known(void **state)
{
    (void)state;
    static const char *const basic[] = {
        "black", "silver", "gray",  "white",  "maroon", "red",  "purple", "fuchsia",
        "green", "lime",   "olive", "yellow", "navy",   "blue", "teal",   "aqua",
    };
    for (size_t i = 0; i < COUNT_OF(basic); i++) {
        AUTO_FREE char *out = through_text("Livechat_title_color", basic[i]);
        assert_string_equal(out, basic[i]);
    }
}

static void test_a_text_has_a_limit(void **state)
{
    (void)state;
    setting_no no = must_find("Livechat_offline_message");
    struct setting_value v;
    AUTO_FREE char *text = x_malloc(65538);
    memset(text, 'x', 65537);
    text[65537] = '\0';
    assert_int_equal(setting_value_from_text(no, text, &v, NULL), ERR_INVALID);
    text[65536] = '\0';
    assert_int_equal(setting_value_from_text(no, text, &v, NULL), ERR_OK);
    setting_value_free(&v);
}

static void test_values_are_copied_and_compared(void **state)
{
    (void)state;
    struct setting_value a, b;
    setting_value_default(must_find("Livechat_title"), &a);
    setting_value_copy(&b, &a);
    assert_true(setting_value_equal(&a, &b));
    assert_ptr_not_equal(a.s, b.s);
    b.s[0] = 'X';
    assert_false(setting_value_equal(&a, &b));
    setting_value_free(&b);
    assert_null(b.s);
    setting_value_default(must_find("Livechat_enabled"), &b);
    assert_false(setting_value_equal(&a, &b));
    setting_value_free(&a);

    struct setting_value action;
    setting_value_default(must_find("Omnichannel_External_Frame_GenerateKey"), &action);
    json_t *json = setting_value_to_json(&action);
    assert_true(json_is_null(json));
    json_decref(json);
    AUTO_FREE char *text = setting_value_to_text(&action);
    assert_string_equal(text, "");
}

/* Present values: the defaults, but for one or two settings. */
struct present {
    const char *id, *text;
};

static const struct setting_value *get_present(void *arg, setting_no no)
{
    static struct setting_value value;
    setting_value_free(&value);
    setting_value_default(no, &value);
    for (const struct present *p = arg; p->id != NULL; p++)
        if (strcmp(p->id, catalogue_row(no)->id) == 0) {
            setting_value_free(&value);
            assert_int_equal(setting_value_from_text(no, p->text, &value, NULL), ERR_OK);
        }
    return &value;
}

static void check_why(const char *id, struct present *present, const char *wanted)
{
    char why[200] = "untouched";
    bool applies = setting_applies(must_find(id), get_present, present, why, sizeof(why));
    assert_string_equal(why, wanted);
    assert_int_equal(applies, wanted[0] == '\0');
    assert_int_equal(setting_applies(must_find(id), get_present, present, NULL, 0), applies);
}

static void test_conditions_are_explained(void **state)
{
    (void)state;
    struct present none[] = {{.id = NULL}};
    struct present off[] = {{.id = "Livechat_enabled", .text = "false"}, {.id = NULL}};
    struct present external[] = {{.id = "Livechat_Routing_Method", .text = "External"}, {.id = NULL}};
    struct present zero[] = {{.id = "Livechat_auto_close_on_hold_chats_timeout", .text = "0"}, {.id = NULL}};
    check_why("Livechat_enabled", off, "");
    check_why("Livechat_title", none, "");
    check_why("Livechat_title", off, "needs Enable Omnichannel to be on");
    check_why("Livechat_External_Queue_URL", external, "");
    check_why("Livechat_External_Queue_URL", none, "needs Omnichannel Routing Method to be External Service");
    check_why("Livechat_show_queue_list_link", external,
              "needs Omnichannel Routing Method to be other than External Service");
    check_why("Livechat_auto_close_on_hold_chats_custom_message", none, "");
    check_why("Livechat_auto_close_on_hold_chats_custom_message", zero,
              "needs How long to wait before closing a chat in On Hold Queue? to be at least 1");
    check_why("Livechat_transcript_message", off,
              "needs Ask visitors if they would like a transcript after chat closed to be on and "
              "Enable Omnichannel to be on");
    setting_value_free((struct setting_value *)get_present(none, must_find("Livechat_title")));
}

static void test_conditions_name_settings_and_values_that_exist(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct setting_condition *c = catalogue_row((setting_no)i)->when;
        for (; c != NULL && c->id != NULL; c++) {
            struct setting_value v;
            setting_no no = must_find(c->id);
            assert_int_not_equal(no, i);
            assert_int_equal(setting_value_from_text(no, c->value, &v, NULL), ERR_OK);
            AUTO_FREE char *text = setting_value_to_text(&v);
            assert_string_equal(text, c->value);
            assert_true(c->op != SETTING_GTE || v.type == SETTING_INT);
            setting_value_free(&v);
        }
    }
}

static void check_amount(int64_t n, const char *unit, const char *wanted)
{
    char out[64];
    amount_format(n, unit, out, sizeof out);
    assert_string_equal(out, wanted);
}

static void test_amounts_are_told_with_suffixes(void **state)
{
    (void)state;
    check_amount(90, "seconds", "1m 30s");
    check_amount(7200, "seconds", "2h");
    check_amount(30, "seconds", "");
    check_amount(90, "minutes", "1h 30m");
    check_amount(1500, "milliseconds", "1s 500ms");
    check_amount(90, "days", "");
    check_amount(104857600, "bytes", "100 MB");
    check_amount(1536, "bytes", "1 kB 512 B");
    check_amount(500, "chats", "");
    check_amount(0, "seconds", "");
    check_amount(-1, "minutes", "");
    check_amount(90, NULL, "");
    check_amount(INT64_MAX, "days", "");
    for (int64_t n = 1; n < 200000; n = n * 3 + 7) { /* what is told can be typed */
        char out[64];
        int64_t back;
        amount_format(n, "seconds", out, sizeof out);
        assert_true(*out == '\0' || (amount_parse(out, "seconds", &back) && back == n));
    }
}

static void test_colours_have_values(void **state)
{
    static const struct {
        const char *text;
        bool known;
        uint32_t rgb;
    } rows[] = {{"#1d74f5", true, 0x1D74F5}, {"#fa0", true, 0xFFAA00},     {"#fa08", true, 0xFFAA00},
                {"#11223344", true, 0x112233}, {"Navy", true, 0x000080},   {"green", true, 0x008000},
                {"rebeccapurple", true, 0x663399}, {"transparent", false, 0}, {"rgb(1,2,3)", false, 0},
                {"#12345", false, 0}, {"nothing", false, 0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t rgb = 0;
        if (color_rgb(rows[i].text, &rgb) != rows[i].known || rgb != rows[i].rgb)
            fail_msg("%s is %06x", rows[i].text, rgb);
    }
}

static void test_what_depends_on_a_setting(void **state)
{
    setting_no list[8] = {0};
    struct buf words = BUF_INIT;
    (void)state;
    assert_int_equal(setting_dependents(must_find("Livechat_show_agent_info"), list, 8), 1);
    assert_string_equal(catalogue_row(list[0])->id, "Livechat_show_agent_email");
    assert_int_equal(setting_dependents(must_find("Livechat_title"), list, 8), 0);
    assert_true(setting_dependents(must_find("Livechat_enabled"), list, 8) > 70); /* counts all, tells eight */
    setting_dependents_describe(&words, must_find("Livechat_title"), true);
    assert_int_equal(words.len, 0);
    setting_dependents_describe(&words, must_find("Livechat_agent_leave_action"), true);
    assert_string_equal(words.data, "Livechat_agent_leave_action_timeout, Livechat_agent_leave_comment");
    buf_clear(&words);
    setting_dependents_describe(&words, must_find("Livechat_enabled"), false);
    assert_non_null(strstr(words.data, "Routing 9"));
    assert_null(strstr(words.data, "Livechat Title"));
    buf_free(&words);
}

static void test_expressions_are_tried_on_samples(void **state)
{
    struct regexp_hit hits[4];
    (void)state;
    assert_int_equal(regexp_find_all("[a-z]+@x", "A@x, b@x", true, hits, 4, NULL), 2);
    assert_int_equal(hits[1].start, 5);
    assert_int_equal(hits[1].len, 3);
    assert_int_equal(regexp_find_all("[a-z]+@x", "A@x, b@x", false, hits, 4, NULL), 1);
    assert_int_equal(regexp_find_all("x*", "\xc3\xa4x\xc3\xa4", false, hits, 4, NULL), 1); /* empty places do not count */
    assert_int_equal(regexp_find_all("a", "aaaaaa", false, hits, 4, NULL), 4);
    assert_int_equal(regexp_find_all("(", "x", false, hits, 4, NULL), ERR_INVALID);
    assert_int_equal(regexp_find_all("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false, hits, 4, NULL), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_fact_is_in_the_table),
        cmocka_unit_test(test_unknown_ids_are_not_found),
        cmocka_unit_test(test_sections_stand_in_the_order_of_the_guide),
        cmocka_unit_test(test_every_row_is_whole),
        cmocka_unit_test(test_secrets_and_hidden_ones_are_marked),
        cmocka_unit_test(test_defaults_pass_their_own_check),
        cmocka_unit_test(test_json_is_converted_only_when_exact),
        cmocka_unit_test(test_ranges_follow_the_facts),
        cmocka_unit_test(test_typed_values),
        cmocka_unit_test(test_the_basic_colour_names_are_known),
        cmocka_unit_test(test_a_text_has_a_limit),
        cmocka_unit_test(test_values_are_copied_and_compared),
        cmocka_unit_test(test_conditions_are_explained),
        cmocka_unit_test(test_conditions_name_settings_and_values_that_exist),
        cmocka_unit_test(test_amounts_are_told_with_suffixes),
        cmocka_unit_test(test_colours_have_values),
        cmocka_unit_test(test_what_depends_on_a_setting),
        cmocka_unit_test(test_expressions_are_tried_on_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
