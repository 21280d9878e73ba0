/* All families of endpoints and methods; the arrays are listed in routes.c. */
#ifndef SERVER_FAMILIES_H
#define SERVER_FAMILIES_H

#include "server/api.h"
#include "server/method.h"

extern const struct endpoint login_endpoints[];          /* rest_login.c: info, login, logout, me */
extern const struct endpoint clock_endpoints[];          /* rest_clock.c: /usher/v1/clock */
extern const struct endpoint method_endpoints[];         /* rest_method.c: method.call, method.callAnon */
extern const struct endpoint config_endpoints[];         /* rest_config.c: livechat/config */
extern const struct endpoint visitor_endpoints[];        /* rest_visitor.c: visitors, custom fields */
extern const struct endpoint visitor_room_endpoints[];   /* rest_visitor_room.c */
extern const struct endpoint visitor_message_endpoints[];/* rest_visitor_message.c */
extern const struct endpoint visitor_misc_endpoints[];   /* rest_visitor_misc.c */
extern const struct endpoint upload_endpoints[];         /* rest_upload.c */

extern const struct method session_methods[];            /* method_session.c: 15.2 */
extern const struct method visitor_methods[];            /* method_visitor.c: 15.6 */
extern const struct method notify_methods[];             /* method_notify.c: stream-notify-room, presence */
extern const struct method settings_methods[];           /* method_settings.c: settings, permissions, rooms/get */

#endif
