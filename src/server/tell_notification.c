/* Notifications to users: what their clients show on the desktop when somebody writes to them (rest 15.7). */
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "server/setting.h"
#include "server/shape.h"
#include "server/stream.h"
#include "server/tell.h"

static void notify(struct server *s, const struct user *u, const struct room *r, const struct message *m)
{
    struct broadcast b;
    AUTO_FREE char *event = x_asprintf("%s/notification", u->id);
    if (!broadcast_begin(s, &b, STREAM_NOTIFY_USER, event))
        return;
    jsonw_object(&b.w, NULL);
    jsonw_str(&b.w, "title", r->fname);
    jsonw_str(&b.w, "text", m->text);
    jsonw_object(&b.w, "payload");
    jsonw_str(&b.w, "_id", m->id);
    jsonw_str(&b.w, "rid", r->id);
    shape_user_ref(&b.w, "sender", m->user_id, m->username, m->name);
    jsonw_str(&b.w, "type", "l");
    jsonw_object(&b.w, "message");
    jsonw_str(&b.w, "msg", m->text);
    jsonw_end_object(&b.w);
    jsonw_end_object(&b.w);
    jsonw_end_object(&b.w);
    broadcast_end(s, &b);
}

void tell_notification(struct server *s, const struct room *r, const struct message *m)
{
    struct subscription *sub;
    if (m->type || setting_bool(s->core, "Troubleshoot_Disable_Notifications", false))
        return;
    LIST_FOREACH(sub, &r->subscriptions, of_room)
        if (!str_eq(sub->user->id, m->user_id))
            notify(s, sub->user, r, m);
}
