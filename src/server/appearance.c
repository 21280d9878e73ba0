#include "server/appearance.h"

#include <string.h>

#include "common/mem.h"

const char *const appearance_ids[] = {
    "Livechat_title",
    "Livechat_title_color",
    "Livechat_enable_message_character_limit",
    "Livechat_message_character_limit",
    "Livechat_show_agent_info",
    "Livechat_show_agent_email",
    "Livechat_display_offline_form",
    "Livechat_offline_form_unavailable",
    "Livechat_offline_message",
    "Livechat_offline_success_message",
    "Livechat_offline_title",
    "Livechat_offline_title_color",
    "Livechat_offline_email",
    "Livechat_conversation_finished_message",
    "Livechat_registration_form",
    "Livechat_name_field_registration_form",
    "Livechat_email_field_registration_form",
    "Livechat_registration_form_message",
    "Livechat_conversation_finished_text",
};
const size_t appearance_count = COUNT_OF(appearance_ids);

const char *const integration_ids[] = {
    "Livechat_webhookUrl",
    "Livechat_secret_token",
    "Livechat_webhook_on_start",
    "Livechat_webhook_on_close",
    "Livechat_webhook_on_chat_taken",
    "Livechat_webhook_on_chat_queued",
    "Livechat_webhook_on_forward",
    "Livechat_webhook_on_offline_msg",
    "Livechat_webhook_on_visitor_message",
    "Livechat_webhook_on_agent_message",
};
const size_t integration_count = COUNT_OF(integration_ids);

bool appearance_has(const char *id)
{
    for (size_t i = 0; i < appearance_count; i++)
        if (strcmp(appearance_ids[i], id) == 0)
            return true;
    return false;
}
