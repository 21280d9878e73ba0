/* Priorities of chats (behaviour 20.5): a chat with one is served before those without, the shorter due time first. */
#include <string.h>

#include "core/internal.h"

#define MINUTE_MS 60000

int priority_find(struct step *s, const char *id, bool or_name, const struct record **out)
{
    *out = id ? core_record(s->core, RECORD_PRIORITY, id) : NULL;
    if (*out == NULL && id && or_name)
        *out = core_record_by_name(s->core, RECORD_PRIORITY, id);
    return *out ? ERR_OK : step_fail(s, ERR_NOT_FOUND, "error-invalid-priority", "Invalid priority");
}

/* The place in the queue follows: the index is ordered by what changes here. */
void priority_put(struct step *s, struct room *r, const struct record *p)
{
    struct inquiry *q = &r->inquiry;
    waiting_remove(s->core, r);
    str_set(&r->priority_id, p ? p->id : NULL);
    q->order = p ? 0 : 1;
    q->wait_min = p ? record_int(p, "dueTimeInMinutes", 0) : 0;
    q->service_at_ms = q->ts_ms + q->wait_min * MINUTE_MS;
    q->updated_ms = s->now;
    waiting_update(s->core, r);
}

void priority_tell(struct step *s, struct room *r, const struct record *p)
{
    const struct user *by = core_user(s->core, s->cmd->actor_id);
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_EJSON);
    if (by == NULL)
        return;
    jsonw_object(&w, NULL);
    jsonw_object(&w, "priorityData");
    jsonw_object(&w, "definedBy");
    jsonw_str(&w, "_id", by->id);
    jsonw_str(&w, "username", by->username);
    jsonw_end_object(&w);
    if (p) {
        jsonw_object(&w, "priority");
        jsonw_str(&w, "_id", p->id);
        jsonw_str(&w, "name", record_name(p));
        jsonw_end_object(&w);
    }
    jsonw_end_object(&w);
    jsonw_end_object(&w);
    message_by_user(s, r, "livechat_priority_history", "", by, buf_take(&out));
}


/* p NULL: the priority was removed. */
static void follow(struct step *s, struct room *r, const struct record *p)
{
    priority_put(s, r, p);
    room_event(s, EVENT_ROOM_CHANGED, r);
}

void priority_changed(struct step *s, const struct record *p)
{
    for (struct room *r = NULL; (r = core_next_room(s->core, r)) != NULL;) {
        const struct record *now = r->priority_id ? core_record(s->core, RECORD_PRIORITY, r->priority_id) : NULL;
        bool gone = r->priority_id && now == NULL;
        bool moved = now && now == p && r->inquiry.wait_min != record_int(p, "dueTimeInMinutes", 0);
        if (gone || moved)
            follow(s, r, now);
    }
}
