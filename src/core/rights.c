#include "core/rights.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

const struct role_row role_rows[] = {
    {ROLE_ADMIN, "admin", "Admin", "Users"},
    {ROLE_USER, "user", "", "Users"},
    {ROLE_BOT, "bot", "", "Users"},
    {ROLE_APP, "app", "", "Users"},
    {ROLE_GUEST, "guest", "", "Users"},
    {ROLE_ANONYMOUS, "anonymous", "", "Users"},
    {ROLE_AGENT, "livechat-agent", "Livechat Agent", "Users"},
    {ROLE_MANAGER, "livechat-manager", "Livechat Manager", "Users"},
    {ROLE_MONITOR, "livechat-monitor", "", "Users"},
    {ROLE_OWNER, "owner", "Owner", "Subscriptions"},
    {ROLE_MODERATOR, "moderator", "Moderator", "Subscriptions"},
    {ROLE_LEADER, "leader", "Leader", "Subscriptions"},
};
const size_t role_count = COUNT_OF(role_rows);

uint32_t role_bit(const char *id)
{
    for (size_t i = 0; i < role_count; i++)
        if (strcmp(role_rows[i].id, id) == 0)
            return role_rows[i].bit;
    return 0;
}

#define A ROLE_ADMIN
#define M ROLE_MANAGER
#define O ROLE_MONITOR
#define G ROLE_AGENT
#define U ROLE_USER
#define B ROLE_BOT
#define P ROLE_APP

/* Sorted by id: right_find bisects. */
const struct right_row right_rows[] = {
    {"access-permissions", A, "edit roles and permissions"},
    {"add-livechat-department-agents", M | O | A, "put agents into departments"},
    {"api-bypass-rate-limit", A | B | P, "call the API without rate limits"},
    {"archive-room", A | ROLE_OWNER, "archive channels"},
    {"assign-admin-role", A, "make somebody an administrator"},
    {"assign-roles", A, "give roles to users"},
    {"change-livechat-room-visitor", A | M | G, "replace the visitor of a chat"},
    {"close-livechat-room", M | O | G | A, "close one's own chats"},
    {"close-others-livechat-room", M | O | A, "close the chats of others"},
    {"create-c", A | U | B | P, "create channels"},
    {"create-d", A | U | B | P, "start direct messages"},
    {"create-user", A, "create users"},
    {"delete-message", A | ROLE_OWNER | ROLE_MODERATOR, "delete the messages of others"},
    {"delete-user", A, "delete users"},
    {"edit-livechat-room-customfields", M | O | G | A, "edit custom fields of chats and visitors"},
    {"edit-message", A | ROLE_OWNER | ROLE_MODERATOR, "edit the messages of others"},
    {"edit-omnichannel-contact", M | G | A, "edit contacts"},
    {"edit-other-user-active-status", A, "activate and deactivate users"},
    {"edit-other-user-info", A, "edit the data of other users"},
    {"edit-other-user-password", A, "set the passwords of other users"},
    {"edit-privileged-setting", A, "change settings"},
    {"force-delete-message", A | ROLE_OWNER, "delete messages even when deleting is off"},
    {"get-server-info", A, "see the exact version of the server"},
    {"logout-other-user", A, "end the sessions of other users"},
    {"manage-email-inbox", A, "manage e-mail inboxes"},
    {"manage-livechat-agents", M | O | A, "add, edit and remove agents"},
    {"manage-livechat-canned-responses", A | M | O, "administer canned responses"},
    {"manage-livechat-departments", M | O | A, "create and edit departments"},
    {"manage-livechat-managers", M | A, "add and remove managers"},
    {"manage-livechat-monitors", A | M, "add and remove monitors"},
    {"manage-livechat-priorities", A | M, "manage priorities and SLA policies"},
    {"manage-livechat-tags", A | M, "manage tags"},
    {"manage-livechat-units", A | M, "manage units"},
    {"message-impersonate", B | P, "write under another name"},
    {"on-hold-livechat-room", M | O | G | A, "place one's own chats on hold"},
    {"on-hold-others-livechat-room", M | O | A, "place the chats of others on hold"},
    {"preview-c-room", A | U | ROLE_ANONYMOUS, "read public channels without joining"},
    {"remove-canned-responses", G | O | M | A, "delete canned responses"},
    {"remove-closed-livechat-room", M | A, "delete one closed chat"},
    {"remove-closed-livechat-rooms", M | O | A, "delete all closed chats"},
    {"remove-livechat-department", M | A, "delete departments"},
    {"request-pdf-transcript", M | O | G | A, "ask for a PDF transcript"},
    {"save-all-canned-responses", M | A, "save canned responses of every scope"},
    {"save-canned-responses", G | O | M | A, "save canned responses"},
    {"save-department-canned-responses", O, "save canned responses of departments"},
    {"save-others-livechat-room-info", M | O, "edit the data of chats served by others"},
    {"send-many-messages", A | B | P, "send more than five messages a second"},
    {"send-omnichannel-chat-transcript", M | A, "send transcripts"},
    {"transfer-livechat-guest", M | O | A, "forward chats"},
    {"unarchive-room", A | ROLE_OWNER, "take channels out of the archive"},
    {"view-agent-canned-responses", G, "see public and department canned responses as agent"},
    {"view-all-canned-responses", M | A, "see all canned responses"},
    {"view-c-room", A | U | B | P | ROLE_ANONYMOUS, "see public channels"},
    {"view-canned-responses", G | O | M | A, "see canned responses"},
    {"view-d-room", A | U | B | P | ROLE_GUEST, "see direct messages"},
    {"view-full-other-user-info", A, "see all data of other users"},
    {"view-l-room", M | O | G | A, "work with live chats"},
    {"view-livechat-analytics", M | O | A, "see analytics"},
    {"view-livechat-appearance", M | A, "see the appearance page"},
    {"view-livechat-business-hours", M | O | A, "see and edit business hours"},
    {"view-livechat-current-chats", M | O | A, "see the list of current chats"},
    {"view-livechat-customfields", M | A, "see custom fields"},
    {"view-livechat-departments", M | O | A, "see departments"},
    {"view-livechat-facebook", M | A, "see the Facebook page"},
    {"view-livechat-installation", M | A, "see the installation page"},
    {"view-livechat-manager", M | O | A, "administer live chat"},
    {"view-livechat-queue", M | O | G | A, "see the queue"},
    {"view-livechat-real-time-monitoring", M | O | A, "see real-time monitoring"},
    {"view-livechat-room-closed-by-another-agent", M | O | A, "read chats closed by others"},
    {"view-livechat-room-closed-same-department", M | O | A, "read closed chats of one's departments"},
    {"view-livechat-room-customfields", M | O | G | A, "see custom fields of chats"},
    {"view-livechat-rooms", M | O | A, "see all chats"},
    {"view-livechat-triggers", M | A, "see triggers"},
    {"view-livechat-webhooks", M | A, "see webhooks"},
    {"view-omnichannel-contact-center", M | G | O | A, "see the contact centre"},
    {"view-privileged-setting", A, "see all settings"},
};
const size_t right_count = COUNT_OF(right_rows);

static int compare_right(const void *key, const void *row)
{
    return strcmp(key, ((const struct right_row *)row)->id);
}

int right_find(const char *id)
{
    const struct right_row *r = bsearch(id, right_rows, right_count, sizeof(*right_rows), compare_right);
    return r ? (int)(r - right_rows) : -1;
}
