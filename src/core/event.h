/* What the core answers a command with: the list of what happened. The store writes it, the server tells it on.
   Pointers live until the next step of the core. */
#ifndef CORE_EVENT_H
#define CORE_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "catalogue/catalogue.h"

enum event_type {
    EVENT_SETTING,             /* setting has a new value */
    EVENT_RIGHT,               /* permission no `right` has new roles */
    EVENT_USER,                /* created or changed */
    EVENT_USER_TURN,           /* his counters of chats and of offers let pass, or when he was last chosen */
    EVENT_USER_PAUSE,          /* gets no chats for a while, or does again: user.pause */
    EVENT_USER_REMOVED,
    EVENT_USER_PRESENCE,       /* status, connection or status text */
    EVENT_USER_SERVICE,        /* statusLivechat */
    EVENT_AGENT_LEAVES,        /* user does not serve any more, and has a while to come back; or that is over */
    EVENT_AGENT_ACTIVITY,      /* user began to be there for chats, or stopped: detail says since when and until when */
    EVENT_DEPARTMENT,          /* created or changed */
    EVENT_DEPARTMENT_REMOVED,
    EVENT_DEPARTMENT_AGENT,    /* link created or changed (link, department, user) */
    EVENT_DEPARTMENT_AGENT_REMOVED,
    EVENT_VISITOR,             /* registered or changed */
    EVENT_VISITOR_REMOVED,     /* a person was erased: with rooms, messages, files */
    EVENT_MANAGER_REMOVED,     /* user is no contact manager any more: of no visitor, in memory or not */
    EVENT_ROOM_OPENED,
    EVENT_ROOM_CHANGED,        /* topic, tags, department, visitor status, on hold … */
    EVENT_ROOM_CLOSED,
    EVENT_ROOM_EDITED,         /* a closed chat; room holds only id, topic, tags, custom fields, priority, survey */
    EVENT_INQUIRY_READY,       /* created, or back to waiting for automatic routing */
    EVENT_INQUIRY_QUEUED,      /* came into the queue */
    EVENT_INQUIRY_TAKEN,       /* user serves the room now; the inquiry left the queue */
    EVENT_ROOM_FORWARDED,      /* from user (or nobody) or from department, as the scope in detail says */
    EVENT_LEAD,                /* contact data was found in a message of the visitor; detail does not hold it */
    EVENT_INQUIRY_REMOVED,     /* the room was closed */
    EVENT_INQUIRY_OFFERED,     /* user is asked whether he takes the chat */
    EVENT_INQUIRY_DECLINED,    /* user has declined, or let the time pass, or is gone: decision says which */
    EVENT_TARGET,              /* a target of service is near or missed: detail says which and when it is due */
    EVENT_AGENT_CHANGED,       /* tell the visitor who serves him: room->served_by, or nobody */
    EVENT_ROUTED,              /* a routing decision: detail says why */
    EVENT_ROUTING_ASKED,       /* the routing service is to be asked for room (its asked_no), but not for user; not stored */
    EVENT_SUBSCRIPTION,        /* created or changed (room, user, subscription) */
    EVENT_SUBSCRIPTION_REMOVED,/* room, user, subscription (still readable) */
    EVENT_MESSAGE,             /* a new message in room */
    EVENT_MESSAGE_CHANGED,     /* edited (message holds the new form) */
    EVENT_MESSAGE_REMOVED,
    EVENT_CANNED,
    EVENT_CANNED_REMOVED,
    EVENT_RECORD,              /* an administrative record was created or changed */
    EVENT_RECORD_REMOVED,
    EVENT_HOUR,                /* a business hour opened or closed, or was opened or closed by hand */
    EVENT_CHANNEL,             /* created or changed */
    EVENT_CHANNEL_MEMBER,      /* channel, user, member: joined, has something unread, or has read it */
    EVENT_CHANNEL_MEMBER_REMOVED,
    EVENT_TRANSCRIPT,          /* mail the transcript: transcript, visitor; room when it is (or was just) open */
    EVENT_COUNT
};

/* Name for the log, such as "inquiry-queued". */
const char *event_name(enum event_type type);

struct user;
struct department;
struct department_agent;
struct visitor;
struct room;
struct subscription;
struct message;
struct canned;
struct record;
struct channel;
struct member;
struct transcript_order;
struct setting_record;
struct decision;

struct event {
    enum event_type type;
    int64_t ts_ms;
    const char *actor_id;      /* who caused it, or NULL */
    setting_no setting;
    const struct setting_record *change;  /* EVENT_SETTING: what the history keeps */
    int right;
    struct user *user;
    struct department *department;
    struct department_agent *link;
    struct visitor *visitor;
    struct room *room;
    struct subscription *subscription;
    struct message *message;
    struct canned *canned;
    struct record *record;
    struct channel *channel;   /* also of a message said there */
    struct member *member;
    int64_t started_ms, stopped_ms; /* EVENT_AGENT_ACTIVITY; stopped 0: not yet */
    const struct transcript_order *transcript;
    struct decision *decision; /* EVENT_ROUTED, and those of a room and its inquiry: why; owned by the list; or NULL */
    char *detail;              /* compact JSON without personal data, or NULL; owned by the list */
};

struct event_list {
    struct event *items;
    size_t n, cap;
};

void event_list_clear(struct event_list *l);   /* empty, memory kept */
void event_list_free(struct event_list *l);

#endif
