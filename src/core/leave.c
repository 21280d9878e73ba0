/* Agents who stop serving: when they are not back in time, something happens to their chats (behaviour 16.1). */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

static bool action_is(const struct core *c, const char *name)
{
    return strcmp(core_setting_text(c, "Livechat_agent_leave_action"), name) == 0;
}

static bool is_serving(const struct user *u)
{
    return user_is_agent(u) && u->available && u->status != PRESENCE_OFFLINE;
}

static void follow(struct core *c, struct user *u)
{
    deadline_set(c, &u->deadlines, DEADLINE_AGENT_LEFT, u->leave_due_ms > 0 ? u->leave_due_ms : INT64_MAX);
}

static void set_due(struct step *s, struct user *u, int64_t due_ms)
{
    if (u->leave_due_ms == due_ms)
        return;
    u->leave_due_ms = due_ms;
    follow(s->core, u);
    struct event *e = step_event(s, EVENT_AGENT_LEAVES);
    e->user = u;
    e->detail = x_asprintf("{\"due\":%lld}", (long long)due_ms);
}

void leave_watch(struct step *s, struct user *u)
{
    bool serving = is_serving(u);
    if (serving == u->is_serving)
        return;
    u->is_serving = serving;
    if (serving)
        set_due(s, u, 0);
    else if (!action_is(s->core, "none"))
        set_due(s, u, deadline_after(s->now, core_setting_int(s->core, "Livechat_agent_leave_action_timeout")));
}

void leave_load(struct core *c, struct user *u)
{
    u->is_serving = is_serving(u);
    u->status = u->status_connection = PRESENCE_OFFLINE; /* whoever was connected is not any more */
    follow(c, u);
}

void leave_start(struct step *s)
{
    for (struct user *u = s->core->people.by_id; u; u = u->by_id.next)
        leave_watch(s, u);
}

void leave_setting_changed(struct step *s)
{
    if (!action_is(s->core, "none"))
        return;
    for (struct user *u = s->core->people.by_id; u; u = u->by_id.next)
        set_due(s, u, 0);
}

static int by_creation(const void *a, const void *b)
{
    const struct room *x = *(struct room *const *)a, *y = *(struct room *const *)b;
    return (x->no > y->no) - (x->no < y->no);
}

/* The chats he serves, oldest first. The caller frees the list. */
static size_t chats_of(const struct user *u, struct room ***out)
{
    struct subscription *sub;
    size_t n = 0, cap = 0;
    *out = NULL;
    LIST_FOREACH(sub, &u->subscriptions, of_user) {
        if (sub->room->served_by != u)
            continue;
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        (*out)[n++] = sub->room;
    }
    if (n)
        qsort(*out, n, sizeof(**out), by_creation);
    return n;
}

/* To another agent of the same department; with nobody there back to the queue, where there is one. */
static void pass_on(struct step *s, struct room *r)
{
    struct core *c = s->core;
    struct user *from = r->served_by;
    if (r->on_hold)
        return;
    if (ask_is_needed(s, r->department)) {
        ask_begin(s, r, from, pass_on);
        return;
    }
    struct user *to = core_routing(c)->auto_assign ? routing_pick(s, r->department, from, r) : NULL;
    if (to && forward_to_agent(s, r, to, from, NULL) == ERR_OK)
        return;
    if (core_routing(c)->auto_assign && !core_setting_bool(c, "Livechat_waiting_queue"))
        return;
    transfer_tell(s, r, &(struct transfer){"queue", from, NULL, .from = r->department});
    inquiry_requeue(s, r);
    routing_queue(s, r);
}

void leave_act(struct step *s, void *user)
{
    struct user *u = user;
    struct room **chats;
    bool closes = action_is(s->core, "close"), forwards = action_is(s->core, "forward");
    const char *comment = core_setting_text(s->core, "Livechat_agent_leave_comment");
    set_due(s, u, 0);
    size_t n = chats_of(u, &chats);
    for (size_t i = 0; i < n; i++) {
        if (closes)
            room_close(s, chats[i], "user", u, comment);
        else if (forwards)
            pass_on(s, chats[i]);
    }
    free(chats);
}
