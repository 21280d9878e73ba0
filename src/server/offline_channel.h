/* Offline messages told in a channel of the staff (behaviour 9.13). */
#ifndef SERVER_OFFLINE_CHANNEL_H
#define SERVER_OFFLINE_CHANNEL_H

#include "server/post.h"

/* With Livechat_OfflineMessageToChannel_enabled: rocket.cat tells it in the channel of the department, else in that of
   the setting. A channel that is not there, or archived: silently nothing. */
void offline_to_channel(struct server *s, const struct offline_message *m);

#endif
