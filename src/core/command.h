/* What can be asked of the core. Texts and records are borrowed for the step. Rights are checked by who asks
   (the server, at its door); the rules of the domain are checked here. */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue/catalogue.h"
#include "core/canned.h"
#include "core/record.h"
#include "core/setting.h"
#include "core/user.h"

struct visitor;
struct message;
struct visited_page;
struct room;

enum command_type {
    COMMAND_SETTINGS,          /* settings: all or nothing */
    COMMAND_SETTING_FORCE,     /* setting_force: for tests; see core_setting_in_force */
    COMMAND_RIGHTS,            /* rights: all or nothing */
    COMMAND_USER_SAVE,         /* user_save -> result.user */
    COMMAND_USER_REMOVE,       /* user */
    COMMAND_USER_ROLES,        /* user: roles replaced; effects of behaviour 3.2 */
    COMMAND_USER_STATUS,       /* user: presence and default status set by the user (users.setStatus) */
    COMMAND_USER_CONNECTION,   /* user: what his realtime connections say */
    COMMAND_USER_SERVICE,      /* user: available or not (livechat:changeLivechatStatus) */
    COMMAND_USER_LOGIN,        /* user: logged in (behaviour 3.2) */
    COMMAND_USER_LOGOUT,
    COMMAND_DEPARTMENT_SAVE,   /* department_save -> result.department */
    COMMAND_DEPARTMENT_REMOVE, /* department: id */
    COMMAND_DEPARTMENT_AGENTS, /* department: id, upsert, remove */
    COMMAND_VISITOR_SAVE,      /* visitor_save -> result.visitor (registerGuest, behaviour 5.1) */
    COMMAND_VISITOR_STATUS,    /* visitor: status on his open rooms */
    COMMAND_VISITOR_REMOVE,    /* visitor: erased with everything */
    COMMAND_ROOM_START,        /* room_start -> result.room, result.created (behaviour 5.2) */
    COMMAND_ROOM_CLOSE,        /* room: by a user or the visitor (behaviour 5.5) */
    COMMAND_ROOM_RETURN,       /* room: back to the queue (behaviour 4) */
    COMMAND_ROOM_FORWARD,      /* room: to user and/or department (behaviour 18) */
    COMMAND_ROOM_HOLD,         /* room: on hold, by user (behaviour 16.5) */
    COMMAND_ROOM_RESUME,       /* room: not any more, by user (16.6) */
    COMMAND_ROOM_JOIN,         /* room: subscription for user */
    COMMAND_ROOM_INFO,         /* room: topic, tags, livechat_data, priority where has_* is set; survey */
    COMMAND_ROOM_READ,         /* room: user saw everything */
    COMMAND_ROOM_SHOW,         /* room: user has it in his list (client_action) or not */
    COMMAND_ROOM_VISITOR,      /* room_visitor: the chat belongs to another visitor from now on -> result.room */
    COMMAND_INQUIRY_TAKE,      /* room: inquiry_id (or rid) by user_id -> result.room */
    COMMAND_MESSAGE_SEND,      /* message -> result.message, result.room */
    COMMAND_MESSAGE_UPDATE,    /* message: the stored one in `stored`, new text */
    COMMAND_MESSAGE_REMOVE,    /* message: the stored one in `stored` */
    COMMAND_CANNED_SAVE,       /* canned -> result.canned */
    COMMAND_CANNED_REMOVE,     /* canned: id */
    COMMAND_WORKSPACE,         /* workspace: settings, departments, canned, records: all or nothing */
    COMMAND_RECORD_SAVE,       /* record_save -> result.record */
    COMMAND_RECORD_REMOVE,     /* record_save: kind, id -> result.record */
    COMMAND_CHANNEL_SAVE,      /* channel -> result.channel */
    COMMAND_CHANNEL_JOIN,      /* channel: id, user_id -> result.channel */
    COMMAND_CHANNEL_LEAVE,
    COMMAND_CHANNEL_DIRECT,    /* channel: members, without_actor -> result.channel, result.created */
    COMMAND_TRANSCRIPT_REQUEST,/* transcript: mail it when the chat ends (19.1) */
    COMMAND_TRANSCRIPT_DISCARD,/* transcript: rid */
    COMMAND_TRANSCRIPT_SEND,   /* transcript: mail it now, by the actor or (without one) the visitor */
    COMMAND_AGENT_NEXT,        /* department: id or NULL; a routing step without a chat -> result.user (20.3) */
    COMMAND_ROUTING_ANSWER,    /* answer: what the routing service said to EVENT_ROUTING_ASKED, in service */
    COMMAND_HOUR_OVERRIDE,     /* hour: opened or closed by hand -> result.record */
    COMMAND_OFFER_DECLINE,     /* room: the chat that user_id is offered */
    COMMAND_USER_RESUME,       /* user: his pause ends now -> result.changed */
    COMMAND_TICK,              /* nothing but the time: deadlines */
    COMMAND_COUNT
};

struct right_change {
    int right;
    uint32_t roles;
};

struct department_agent_change {
    const char *user_id;
    int64_t count, order;
    bool has_count, has_order;
};

/* What the routing service (method External) says for a department. */
struct service_answer {
    const char *department_id; /* NULL: for chats without one */
    const char *username;      /* whom it named, or NULL: nobody who can serve, after that many tries */
    int tries;
    bool is_reached;           /* it answered at all, as it should */
};

struct command {
    enum command_type type;
    int64_t now_ms;
    uint64_t entropy;          /* fresh for every command; all ids of the step are made from it */
    const char *actor_id;      /* the user who asks, or NULL (visitor, system) */
    const struct service_answer *service;  /* asked before: what routing is to use where it would have to ask */
    size_t service_count;
    union {
        struct setting_changes settings;
        struct {
            setting_no no;
            const struct setting_value *value; /* NULL: what is stored counts again */
        } setting_force;
        struct {
            const struct right_change *items;
            size_t n;
        } rights;
        struct {                       /* NULL: leave as it is (new users: default) */
            const char *id;            /* of an existing user; NULL: a new one */
            const char *new_id;        /* wish for a new one's id, or NULL */
            const char *username, *name, *email, *bio, *nickname, *status_text;
            const char *custom_fields; /* JSON object text */
            const char *skills;        /* separated by commas; "": none */
            const bool *active, *verified;
            const uint32_t *roles;
            const int64_t *max_chats;
            bool is_bot_type;
            bool skip_channels;        /* a new one is not put into the default channels */
        } user_save;
        struct {
            const char *id;
            uint32_t roles;
            enum presence status;
            const char *status_text;   /* NULL: leave */
            bool has_status;
            bool available;
            bool by_other;             /* set by somebody with manage-livechat-agents */
        } user;
        struct {
            struct setting_changes settings;
            const struct command *steps;   /* department_save (new ones with new_id), canned, record_save */
            size_t n;
            bool dry_run;                  /* only checked */
        } workspace;
        struct {
            const char *id;            /* NULL: a new one */
            const char *new_id;        /* wish for a new one's id, or NULL */
            const char *name, *email, *description, *offline_channel, *fallback_id, *waiting_queue_message,
                *abandoned_message, *allowed_forward, *extra;   /* NULL: leave */
            bool enabled, show_on_registration, show_on_offline_form, request_tag_before_closing;
            const char *const *closing_tags;
            int closing_tag_count;
            int64_t max_chats, inactivity_timeout_s;
            const struct department_agent_change *agents;   /* the whole list when has_agents */
            size_t agent_count;
            bool has_agents;
        } department_save;
        struct {
            const char *id;
            const struct department_agent_change *upsert;
            size_t upsert_count;
            const char *const *remove;
            size_t remove_count;
        } department;
        struct {
            const struct visitor *record;  /* the visitor found in store or core, or NULL: a new one */
            const char *token;             /* the visitor's token from now on */
            const char *name, *email, *phone, *department, *username;  /* NULL: leave; department: id or name */
            const char *user_agent, *ip, *host; /* stored only for new visitors with the GDPR setting */
            const char *livechat_data;     /* NULL: leave */
            const char *contact_manager;   /* username; read when has_contact_manager; NULL: none */
            bool has_contact_manager;
            bool by_user;                  /* somebody edits the record: the visitor himself did not come back */
        } visitor_save;
        struct {
            const struct visitor *record;
            enum presence status;
        } visitor;
        struct {
            const struct visitor *record;
            const char *rid;               /* must be an open room of his, or NULL */
            const char *agent_id;          /* wished agent, or NULL */
            const char *priority;          /* id or name, or NULL; looked at for a new room only */
            const char *last_agent_id;     /* who served his latest closed chat, or NULL; only where the setting asks */
            int64_t last_agent_ms;         /* when that chat ended */
            const char *source_type, *source_id, *source_alias, *source_label;
            const struct visited_page *pages;  /* seen before, oldest first: told in a new room */
            size_t page_count;
        } room_start;
        struct {
            const char *rid;
            const char *inquiry_id;
            const char *user_id, *department_id, *comment;
            const char *token;             /* the visitor asks */
            bool client_action;
            const char *const *tags;
            int tag_count;
            const char *topic, *livechat_data, *priority_id;
            const char *disposition;   /* close, info: a code of the setting; info: "" takes it away; NULL: leave */
            const char *survey;            /* JSON object text; NULL: leave */
            bool has_tags, has_topic, has_livechat_data, has_priority;
            const struct room *closed;     /* info: the record of a chat that is not open, or NULL */
        } room;
        struct {
            const char *rid;
            const struct visitor *record;
        } room_visitor;
        struct {
            const char *rid;
            const char *id;                /* made by the client and known to be unused, or NULL */
            const char *text;
            const char *token;             /* the visitor writes; else the actor */
            const char *alias, *thread_id;
            const char *type;              /* system messages */
            const char *extra;             /* JSON object text, or NULL; update: NULL leaves what is there */
            bool hidden;
            const struct message *stored;  /* update, remove */
        } message;
        struct {
            const char *id;                /* NULL: a new one */
            const char *shortcut, *text, *department_id;
            enum canned_scope scope;
            const char *const *tags;
            int tag_count;
        } canned;
        struct {
            enum record_kind kind;
            const char *id;                /* NULL: a new one */
            const char *new_id;            /* wish for a new one's id, or NULL; custom fields need it */
            const json_t *values;          /* all fields: those that are absent get their standard value */
        } record_save;
        struct {
            const char *id;                /* of a business hour in use */
            bool lift;                     /* back to the calendar; else */
            bool open;
            bool for_good;                 /* until it is taken back, not only until the calendar's next change */
        } hour;
        struct {
            const char *id;                /* NULL: a new one, made by the actor */
            const char *new_id, *name;     /* of a new one */
            bool is_default;
            const char *const *members;    /* usernames who are in a new one besides its maker; unknown ones are skipped */
            size_t member_count;
            bool without_actor;            /* a direct room of other people */
            const char *topic, *description, *announcement;    /* NULL: leave */
            const bool *read_only, *archived;                  /* NULL: leave */
            const char *user_id;           /* who joins or leaves */
        } channel;
        struct {
            const char *rid;
            uint64_t ask_no;               /* of the question */
        } answer;
        struct {
            const char *rid;
            const struct visitor *record;  /* send: whose chat it is; it may be closed */
            const char *email, *subject;   /* subject NULL or "": the usual one */
        } transcript;
    };
};

#endif
