/* Events become rows: a line in the log, and the rows of what they changed. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/jsonw.h"

static char *texts_json(char *const *items, int n)
{
    if (n == 0)
        return NULL;
    struct buf out = BUF_INIT;
    buf_putc(&out, '[');
    for (int i = 0; i < n; i++) {
        if (i)
            buf_putc(&out, ',');
        json_escape(&out, items[i], strlen(items[i]));
    }
    buf_putc(&out, ']');
    return buf_take(&out);
}

static void put_record(struct store *s, enum op op, const struct table *t, const void *record)
{
    batch_begin(&s->pending, op);
    batch_record(&s->pending, t, record);
}

static void put_room(struct store *s, struct room *r)
{
    struct batch *b = &s->pending;
    r->mark = s->last;
    checkpoint_forget(s, r->id);
    AUTO_FREE char *tags = texts_json(r->tags, r->tag_count);
    put_record(s, OP_ROOM, &table_room, r);
    batch_text(b, r->visitor->id);
    batch_text(b, r->served_by ? r->served_by->id : NULL);
    batch_text(b, r->served_by ? r->served_by->username : NULL);
    batch_text(b, r->inquiry.default_agent ? r->inquiry.default_agent->id : NULL);
    batch_text(b, tags);
    batch_text(b, r->last_message && !r->hides_last ? r->last_message->id : NULL);
    batch_end(b);
}

/* What can change of a closed chat. */
static void put_room_info(struct store *s, const struct room *r)
{
    struct batch *b = &s->pending;
    AUTO_FREE char *tags = texts_json(r->tags, r->tag_count);
    batch_begin(b, OP_ROOM_INFO);
    batch_text(b, r->id);
    batch_text(b, r->topic);
    batch_text(b, tags);
    batch_text(b, r->livechat_data);
    batch_text(b, r->priority_id);
    batch_text(b, r->survey);
    batch_text(b, r->disposition);
    batch_int(b, r->updated_ms);
    batch_end(b);
}

static void put_subscription(struct store *s, struct subscription *sub)
{
    sub->mark = s->last;
    put_record(s, OP_SUBSCRIPTION, &table_subscription, sub);
    batch_text(&s->pending, sub->room->id);
    batch_text(&s->pending, sub->user->id);
    batch_end(&s->pending);
}

/* What ordinary messages changed of their room and its subscriptions. */
void project_room_talk(struct store *s, struct room *r)
{
    struct batch *b = &s->pending;
    const struct room_metrics *m = &r->metrics;
    struct subscription *sub;
    LIST_FOREACH(sub, &r->subscriptions, of_room)
        put_subscription(s, sub);
    r->mark = s->last;
    batch_begin(b, OP_ROOM_TALK);
    batch_text(b, r->id);
    batch_int(b, r->lm_ms);
    batch_int(b, r->msgs);
    batch_int(b, r->waiting_response);
    batch_int(b, r->visitor_last_message_ms);
    batch_text(b, r->response_by_id);
    batch_text(b, r->response_by_username);
    batch_int(b, r->response_by_ms);
    const int64_t numbers[] = {m->asked_ms, m->replied_ms, m->response_total, m->response_tt, m->response_first_s,
                               m->response_first_ms, m->reaction_first_s, m->reaction_first_ms, m->reaction_tt, m->said, m->agent_said};
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        batch_int(b, numbers[i]);
    batch_text(b, r->last_message && !r->hides_last ? r->last_message->id : NULL);
    batch_text(b, r->inquiry.first_text);
    batch_int(b, r->transfer_due_ms);
    batch_int(b, r->updated_ms);
    batch_int(b, (int64_t)r->mark);
    batch_end(b);
}

static const char *subject_of(const struct event *e)
{
    if (e->setting >= 0)
        return catalogue_row(e->setting)->id;
    if (e->right >= 0)
        return right_rows[e->right].id;
    if (e->transcript)
        return e->transcript->rid;
    if (e->room)
        return e->room->id;
    if (e->canned)
        return e->canned->id;
    if (e->link)
        return e->link->id;
    if (e->record)
        return e->record->id;
    if (e->channel)
        return e->channel->id;
    if (e->visitor)
        return e->visitor->id;
    if (e->department)
        return e->department->id;
    return e->user ? e->user->id : NULL;
}

static void put_log(struct store *s, const struct core *c, const struct event_list *events, size_t i)
{
    const struct event *e = &events->items[i];
    AUTO_FREE char *why = e->decision ? decision_text(e->decision) : NULL;
    AUTO_FREE char *state = state_of_event(c, events, i);
    log_row(s, e->ts_ms, event_name(e->type), subject_of(e), e->actor_id, why ? why : e->detail, state);
}

static void put_id(struct store *s, enum op op, const char *id)
{
    batch_begin(&s->pending, op);
    batch_text(&s->pending, id);
    batch_end(&s->pending);
}

static void put_setting(struct store *s, const struct core *c, setting_no no)
{
    const struct setting_state *state = core_setting_state(c, no);
    json_t *v = setting_value_to_json(core_setting(c, no));
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    batch_begin(&s->pending, OP_SETTING);
    batch_text(&s->pending, catalogue_row(no)->id);
    batch_text(&s->pending, text);
    batch_text(&s->pending, state->user_id);
    batch_int(&s->pending, state->ms);
    batch_int(&s->pending, state->source);
    batch_int(&s->pending, (int64_t)state->revision);
    batch_end(&s->pending);
    free(text);
    json_decref(v);
    if (catalogue_row(no)->is_secret)
        s->pending.scrub = true; /* the former one */
}

static void put_setting_change(struct store *s, const struct core *c, const struct event *e)
{
    struct batch *b = &s->pending;
    const struct setting_record *r = e->change;
    const struct user *by = core_user(c, e->actor_id);
    batch_begin(b, OP_SETTING_CHANGE);
    batch_int(b, (int64_t)r->number);
    batch_int(b, e->ts_ms);
    batch_text(b, catalogue_row(r->no)->id);
    batch_text(b, e->actor_id);
    batch_text(b, by ? by->username : NULL);
    batch_text(b, r->from);
    batch_text(b, setting_via_name(r->via));
    batch_text(b, r->old_json);
    batch_text(b, r->new_json);
    batch_int(b, r->old_default);
    batch_text(b, r->comment);
    batch_int(b, (int64_t)r->undoes);
    batch_end(b);
}

static void put_presence(struct store *s, const struct user *u)
{
    struct batch *b = &s->pending;
    batch_begin(b, OP_PRESENCE);
    batch_text(b, u->id);
    batch_int(b, u->status);
    batch_int(b, u->status_default);
    batch_int(b, u->status_connection);
    batch_text(b, u->status_text);
    batch_int(b, u->available);
    batch_int(b, u->system_modified);
    batch_int(b, u->updated_ms);
    batch_int(b, u->leave_due_ms);
    batch_end(b);
}

static void put_activity(struct store *s, const struct event *e)
{
    batch_begin(&s->pending, OP_ACTIVITY);
    batch_text(&s->pending, e->user->id);
    batch_int(&s->pending, e->started_ms);
    batch_int(&s->pending, e->stopped_ms);
    batch_end(&s->pending);
}

static void put_department(struct store *s, const struct department *d)
{
    AUTO_FREE char *tags = texts_json(d->closing_tags, d->closing_tag_count);
    put_record(s, OP_DEPARTMENT, &table_department, d);
    batch_text(&s->pending, tags);
    batch_end(&s->pending);
}

static void put_link(struct store *s, const struct department_agent *l)
{
    struct batch *b = &s->pending;
    batch_begin(b, OP_LINK);
    batch_text(b, l->id);
    batch_text(b, l->department->id);
    batch_text(b, l->user->id);
    batch_int(b, l->count);
    batch_int(b, l->order);
    batch_end(b);
}

static void put_meta(struct store *s, const char *key, uint64_t value)
{
    batch_begin(&s->pending, OP_META);
    batch_text(&s->pending, key);
    batch_int(&s->pending, (int64_t)value);
    batch_end(&s->pending);
}

static void put_visitor(struct store *s, const struct core *c, const struct visitor *v)
{
    put_record(s, OP_VISITOR, &table_visitor, v);
    batch_end(&s->pending);
    put_meta(s, "guest_count", core_guest_count(c));
}

/* Closed chats are in the store only: their shown names follow here. */
static void rename_rooms(struct store *s, const struct visitor *v)
{
    batch_begin(&s->pending, OP_VISITOR_RENAME);
    batch_text(&s->pending, v->id);
    batch_text(&s->pending, v->name);
    batch_end(&s->pending);
}

/* Everything of a person: the rows go, the log keeps only ids (behaviour 13). */
static void erase_visitor(struct store *s, const struct visitor *v)
{
    static const enum op steps[] = {OP_VISITOR_MAIL_DROP, OP_VISITOR_HOOKS_DROP, OP_VISITOR_CRM_DROP, OP_VISITOR_OFFLINE_DROP, OP_VISITOR_MESSAGES_DROP, OP_VISITOR_NEWEST_DROP, OP_VISITOR_INDEX_DROP, OP_VISITOR_FILES_DROP, OP_VISITOR_SUBS_DROP,
                                    OP_VISITOR_ROOMS_DROP, OP_VISITOR_DROP};
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        put_id(s, steps[i], v->id);
    put_id(s, OP_VISITS_DROP, v->token);
    s->pending.scrub = true;
}

/* A message is its own line of the log: its sequence number is the key of its row. It is all that is written at once;
   what it changes of its room is found again from it after a crash. */
static void put_message(struct store *s, const struct event *e)
{
    put_record(s, OP_MESSAGE, &table_message, e->message);
    batch_int(&s->pending, (int64_t)++s->last);
    batch_end(&s->pending);
    s->unindexed++;
    if (e->room || e->channel) {
        checkpoint_touch(s, e->room ? e->room->id : e->channel->id);
        return;
    }
    batch_begin(&s->pending, OP_ROOM_LATE); /* a closed chat: nobody will write its row again */
    batch_text(&s->pending, e->message->rid);
    batch_int(&s->pending, e->message->ts_ms);
    batch_end(&s->pending);
}

/* What the message did to its room could not be found again from what is left of it. */
static void settle_room(struct store *s, struct room *r)
{
    if (r == NULL)
        return;
    project_room_talk(s, r);
    checkpoint_forget(s, r->id);
}

static void put_message_edit(struct store *s, const struct message *m)
{
    struct batch *b = &s->pending;
    batch_begin(b, OP_MESSAGE_EDIT);
    batch_text(b, m->id);
    batch_text(b, m->text);
    batch_text(b, m->extra);
    batch_int(b, m->updated_ms);
    batch_int(b, m->edited_ms);
    batch_text(b, m->editor_id);
    batch_text(b, m->editor_username);
    batch_text(b, m->type);
    batch_end(b);
}

static void put_canned(struct store *s, const struct canned *k)
{
    AUTO_FREE char *tags = texts_json(k->tags, k->tag_count);
    put_record(s, OP_CANNED, &table_canned, k);
    batch_text(&s->pending, tags);
    batch_end(&s->pending);
}

static void put_channel(struct store *s, struct channel *ch)
{
    ch->mark = s->last;
    put_record(s, OP_CHANNEL, &table_channel, ch);
    batch_end(&s->pending);
}

static void put_member(struct store *s, struct member *m)
{
    m->mark = s->last;
    put_record(s, OP_MEMBER, &table_member, m);
    batch_text(&s->pending, m->channel->id);
    batch_text(&s->pending, m->user->id);
    batch_end(&s->pending);
}

/* What messages changed of their channel and of its members. */
void project_channel_talk(struct store *s, struct channel *ch)
{
    struct member *m;
    put_channel(s, ch);
    LIST_FOREACH(m, &ch->members, of_channel)
        put_member(s, m);
}

static void put_record_row(struct store *s, const struct record *r)
{
    struct batch *b = &s->pending;
    char *doc = json_dumps(r->doc, JSON_COMPACT);
    batch_begin(b, OP_RECORD);
    batch_text(b, record_kinds[r->kind].name);
    batch_text(b, r->id);
    batch_text(b, doc);
    batch_int(b, r->created_ms);
    batch_int(b, r->updated_ms);
    batch_end(b);
    free(doc);
}

static void drop_record_row(struct store *s, const struct record *r)
{
    batch_begin(&s->pending, OP_RECORD_DROP);
    batch_text(&s->pending, record_kinds[r->kind].name);
    batch_text(&s->pending, r->id);
    batch_end(&s->pending);
}

static void put_right(struct store *s, const struct core *c, int right)
{
    batch_begin(&s->pending, OP_RIGHT);
    batch_text(&s->pending, right_rows[right].id);
    batch_int(&s->pending, core_right_roles(c, right));
    batch_end(&s->pending);
}

void project_event(struct store *s, const struct core *c, const struct event_list *events, size_t i)
{
    const struct event *e = &events->items[i];
    if (e->type == EVENT_MESSAGE) {
        put_message(s, e);
        return;
    }
    if ((e->type == EVENT_SUBSCRIPTION || e->type == EVENT_CHANNEL_MEMBER) && e->message)
        return;
    if (e->type == EVENT_ROUTING_ASKED)
        return; /* after a restart it is asked again */
    put_log(s, c, events, i);
    switch (e->type) {
    case EVENT_SETTING:
        put_setting(s, c, e->setting);
        put_setting_change(s, c, e);
        break;
    case EVENT_RIGHT:
        put_right(s, c, e->right);
        break;
    case EVENT_USER:
    case EVENT_USER_TURN:
    case EVENT_USER_PAUSE:
        put_record(s, OP_USER, &table_user, e->user);
        batch_end(&s->pending);
        break;
    case EVENT_USER_REMOVED:
        put_id(s, OP_USER_DROP, e->user->id);
        put_id(s, OP_TOKENS_DROP, e->user->id);
        break;
    case EVENT_USER_PRESENCE:
    case EVENT_USER_SERVICE:
    case EVENT_AGENT_LEAVES:
        put_presence(s, e->user);
        break;
    case EVENT_AGENT_ACTIVITY:
        put_activity(s, e);
        break;
    case EVENT_DEPARTMENT:
        put_department(s, e->department);
        break;
    case EVENT_DEPARTMENT_REMOVED:
        put_id(s, OP_DEPARTMENT_DROP, e->department->id);
        break;
    case EVENT_DEPARTMENT_AGENT:
        put_link(s, e->link);
        break;
    case EVENT_DEPARTMENT_AGENT_REMOVED:
        put_id(s, OP_LINK_DROP, e->link->id);
        break;
    case EVENT_VISITOR:
        put_visitor(s, c, e->visitor);
        if (e->detail)
            rename_rooms(s, e->visitor);
        break;
    case EVENT_VISITOR_REMOVED:
        break; /* last of all, when the rooms of the same step are written: project_rooms */
    case EVENT_MANAGER_REMOVED:
        batch_begin(&s->pending, OP_VISITORS_UNMANAGE);
        batch_text(&s->pending, e->user->username);
        batch_int(&s->pending, e->ts_ms);
        batch_end(&s->pending);
        break;
    case EVENT_ROOM_OPENED:
        put_meta(s, "room_count", core_room_counter(c));
        break;
    case EVENT_ROOM_EDITED:
        put_room_info(s, e->room);
        break;
    case EVENT_SUBSCRIPTION:
        put_subscription(s, e->subscription);
        break;
    case EVENT_SUBSCRIPTION_REMOVED:
        put_id(s, OP_SUBSCRIPTION_DROP, e->subscription->id);
        break;
    case EVENT_MESSAGE_CHANGED:
        put_message_edit(s, e->message);
        settle_room(s, e->room);
        break;
    case EVENT_MESSAGE_REMOVED:
        put_id(s, OP_MESSAGE_DROP, e->message->id);
        settle_room(s, e->room);
        break;
    case EVENT_CANNED:
        put_canned(s, e->canned);
        break;
    case EVENT_CANNED_REMOVED:
        put_id(s, OP_CANNED_DROP, e->canned->id);
        break;
    case EVENT_RECORD:
    case EVENT_HOUR:
        put_record_row(s, e->record);
        break;
    case EVENT_CHANNEL_MEMBER_REMOVED:
        put_id(s, OP_MEMBER_DROP, e->member->id);
        break;
    case EVENT_RECORD_REMOVED:
        drop_record_row(s, e->record);
        break;
    default:
        break;
    }
}

bool event_writes_room(const struct event *e)
{
    static const bool writes[EVENT_COUNT] = {
        [EVENT_ROOM_OPENED] = true,       [EVENT_ROOM_CHANGED] = true,     [EVENT_ROOM_CLOSED] = true,
        [EVENT_INQUIRY_READY] = true,     [EVENT_INQUIRY_QUEUED] = true,   [EVENT_INQUIRY_TAKEN] = true,
        [EVENT_INQUIRY_OFFERED] = true,   [EVENT_INQUIRY_DECLINED] = true, [EVENT_TARGET] = true,
    };
    return e->room && writes[e->type];
}

/* A subscription that was written and dropped in one step must not come back; a room is written once, as it is now. */
void project_rooms(struct store *s, const struct event_list *events)
{
    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->items[i];
        bool again = false;
        if (!event_writes_room(e))
            continue;
        for (size_t k = 0; k < i && !again; k++)
            again = event_writes_room(&events->items[k]) && events->items[k].room == e->room;
        if (!again)
            put_room(s, e->room);
    }
    /* Channels too are written as they are behind the messages of the step. */
    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->items[i];
        if (e->type == EVENT_CHANNEL)
            put_channel(s, e->channel);
        else if (e->type == EVENT_CHANNEL_MEMBER && e->message == NULL)
            put_member(s, e->member);
    }
    for (size_t i = 0; i < events->n; i++)
        if (events->items[i].type == EVENT_VISITOR_REMOVED)
            erase_visitor(s, events->items[i].visitor);
}
