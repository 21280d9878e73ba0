/* All families of endpoints and methods; the arrays are listed in routes.c. */
#ifndef SERVER_FAMILIES_H
#define SERVER_FAMILIES_H

#include "server/api.h"
#include "server/method.h"

extern const struct endpoint login_endpoints[];          /* rest_login.c: info, login, logout, me */
extern const struct endpoint clock_endpoints[];          /* rest_clock.c: /usher/v1/clock */
extern const struct endpoint order_endpoints[];          /* order.c: /usher/v1/user */
extern const struct endpoint method_endpoints[];         /* rest_method.c: method.call, method.callAnon */
extern const struct endpoint config_endpoints[];         /* rest_config.c: livechat/config */
extern const struct endpoint visitor_endpoints[];        /* rest_visitor.c: visitors, custom fields */
extern const struct endpoint visitor_room_endpoints[];   /* rest_visitor_room.c */
extern const struct endpoint visitor_message_endpoints[];/* rest_visitor_message.c */
extern const struct endpoint visitor_misc_endpoints[];   /* rest_visitor_misc.c */
extern const struct endpoint offline_endpoints[];        /* rest_offline.c: offline.message */
extern const struct endpoint transcript_endpoints[];     /* transcripts.c */
extern const struct endpoint upload_endpoints[];         /* rest_upload.c */

extern const struct endpoint users_endpoints[];          /* rest_users.c */
extern const struct endpoint roles_endpoints[];          /* rest_roles.c: roles, permissions */
extern const struct endpoint settings_endpoints[];       /* rest_settings.c */
extern const struct endpoint chat_endpoints[];           /* rest_chat.c: messages of agents */
extern const struct endpoint rooms_endpoints[];          /* rest_rooms.c: rooms, subscriptions, channels */
extern const struct endpoint channels_endpoints[];       /* rest_channels.c */
extern const struct endpoint direct_endpoints[];         /* direct.c: im.create */
extern const struct endpoint livechat_rooms_endpoints[]; /* rest_livechat_rooms.c */
extern const struct endpoint inquiries_endpoints[];      /* rest_inquiries.c: inquiries, queue */
extern const struct endpoint visitors_endpoints[];       /* rest_visitors.c: visitors and contacts for agents */
extern const struct endpoint person_endpoints[];         /* rest_person.c: /usher/v1/visitors, export and erasing */
extern const struct endpoint departments_endpoints[];    /* rest_departments.c */
extern const struct endpoint agents_endpoints[];         /* rest_agents.c: agents, managers */
extern const struct endpoint canned_endpoints[];         /* rest_canned.c */
extern const struct endpoint admin_endpoints[];          /* rest_admin.c: appearance, integrations */
extern const struct endpoint records_endpoints[];        /* rest_records.c: custom fields, tags, units, hours … */
extern const struct endpoint incoming_endpoints[];        /* rest_incoming.c: text messages, Messenger */
extern const struct endpoint inbox_endpoints[];          /* rest_inboxes.c: e-mail inboxes */
extern const struct endpoint hours_endpoints[];          /* rest_hours.c: /usher/v1/business-hours */
extern const struct endpoint usher_endpoints[];          /* rest_usher.c: /usher/v1 */
extern const struct endpoint why_endpoints[];            /* rest_why.c: why a chat went there, why an agent gets none */
extern const struct endpoint calls_endpoints[];          /* rest_calls.c: conference calls */
extern const struct endpoint dashboards_endpoints[];     /* rest_dashboards.c */
extern const struct endpoint analytics_endpoints[];      /* rest_analytics.c */
extern const struct endpoint frame_endpoints[];          /* rest_frame.c: the external frame */
extern const struct endpoint desk_endpoints[];           /* rest_desk.c: offers, pauses, dispositions, skills */
extern const struct endpoint usher_settings_endpoints[]; /* rest_usher_settings.c: /usher/v1/settings */
extern const struct endpoint workspace_endpoints[];      /* rest_workspace.c: /usher/v1/workspace */

extern const struct method session_methods[];            /* method_session.c: 15.2 */
extern const struct method visitor_methods[];            /* method_visitor.c: 15.6 */
extern const struct method notify_methods[];             /* method_notify.c: stream-notify-room, presence */
extern const struct method settings_methods[];           /* method_settings.c: settings, permissions, rooms/get */
extern const struct method room_methods[];               /* method_room.c: 15.3 */
extern const struct method direct_methods[];             /* direct.c: createDirectMessage */
extern const struct method message_methods[];            /* method_message.c: 15.3 */
extern const struct method desk_methods[];               /* method_desk.c: 15.4 */
extern const struct endpoint webhooks_endpoints[];       /* rest_webhooks.c: the webhook and its log */
extern const struct method webhooks_methods[];
extern const struct method offline_methods[];            /* rest_offline.c: livechat:sendOfflineMessage */
extern const struct method transcript_methods[];         /* transcripts.c: request, discard, send */
extern const struct method admin_methods[];              /* method_admin.c: 15.5 */
extern const struct method analytics_methods[];          /* method_analytics.c: 15.5 */
extern const struct method record_methods[];             /* method_records.c: 15.5, administrative records */

#endif
