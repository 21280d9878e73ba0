#include "core/event.h"

#include <stdlib.h>

#include "common/mem.h"

const char *event_name(enum event_type type)
{
    static const char *const names[EVENT_COUNT] = {
        [EVENT_SETTING] = "setting",
        [EVENT_RIGHT] = "permission",
        [EVENT_USER] = "user",
        [EVENT_USER_TURN] = "user-turn",
        [EVENT_USER_PAUSE] = "user-pause",
        [EVENT_USER_REMOVED] = "user-removed",
        [EVENT_USER_PRESENCE] = "presence",
        [EVENT_USER_SERVICE] = "service-status",
        [EVENT_AGENT_LEAVES] = "agent-leaves",
        [EVENT_AGENT_ACTIVITY] = "agent-activity",
        [EVENT_DEPARTMENT] = "department",
        [EVENT_DEPARTMENT_REMOVED] = "department-removed",
        [EVENT_DEPARTMENT_AGENT] = "department-agent",
        [EVENT_DEPARTMENT_AGENT_REMOVED] = "department-agent-removed",
        [EVENT_VISITOR] = "visitor",
        [EVENT_VISITOR_REMOVED] = "visitor-erased",
        [EVENT_MANAGER_REMOVED] = "contact-manager-removed",
        [EVENT_ROOM_OPENED] = "room-opened",
        [EVENT_ROOM_CHANGED] = "room-changed",
        [EVENT_ROOM_EDITED] = "room-edited",
        [EVENT_ROOM_CLOSED] = "room-closed",
        [EVENT_INQUIRY_READY] = "inquiry-ready",
        [EVENT_INQUIRY_QUEUED] = "inquiry-queued",
        [EVENT_INQUIRY_TAKEN] = "inquiry-taken",
        [EVENT_INQUIRY_REMOVED] = "inquiry-removed",
        [EVENT_INQUIRY_OFFERED] = "inquiry-offered",
        [EVENT_INQUIRY_DECLINED] = "inquiry-declined",
        [EVENT_TARGET] = "target",
        [EVENT_AGENT_CHANGED] = "agent-changed",
        [EVENT_ROUTED] = "routed",
        [EVENT_ROUTING_ASKED] = "routing-asked",
        [EVENT_ROOM_FORWARDED] = "room-forwarded",
        [EVENT_LEAD] = "lead",
        [EVENT_SUBSCRIPTION] = "subscription",
        [EVENT_SUBSCRIPTION_REMOVED] = "subscription-removed",
        [EVENT_MESSAGE] = "message",
        [EVENT_MESSAGE_CHANGED] = "message-changed",
        [EVENT_MESSAGE_REMOVED] = "message-removed",
        [EVENT_CANNED] = "canned",
        [EVENT_CANNED_REMOVED] = "canned-removed",
        [EVENT_RECORD] = "record",
        [EVENT_RECORD_REMOVED] = "record-removed",
        [EVENT_HOUR] = "business-hour",
        [EVENT_CHANNEL] = "channel",
        [EVENT_CHANNEL_MEMBER] = "channel-member",
        [EVENT_CHANNEL_MEMBER_REMOVED] = "channel-member-removed",
        [EVENT_TRANSCRIPT] = "transcript",
    };
    return names[type];
}

void event_list_clear(struct event_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->items[i].detail);
        free(l->items[i].decision);
    }
    l->n = 0;
}

void event_list_free(struct event_list *l)
{
    event_list_clear(l);
    free(l->items);
    *l = (struct event_list){0};
}
