#include "server/shape.h"

#include <string.h>

#include "common/mem.h"
#include "server/setting.h"

static void put_tags(struct jsonw *w, const struct room *r)
{
    if (r->tag_count == 0)
        return;
    jsonw_array(w, "tags");
    for (int i = 0; i < r->tag_count; i++)
        jsonw_str(w, NULL, r->tags[i]);
    jsonw_end_array(w);
}

/* Chats of other channels say what they came through: our number, the page. */
static void put_channel(struct jsonw *w, const struct room *r)
{
    bool is_sms = str_eq(r->source_type, "sms");
    if (r->source_id == NULL || (!is_sms && !str_eq(r->source_alias, "facebook")))
        return;
    jsonw_object(w, is_sms ? "sms" : "facebook");
    jsonw_str(w, is_sms ? "from" : "page", r->source_id);
    jsonw_end_object(w);
}

static void put_source(struct jsonw *w, const struct room *r)
{
    jsonw_object(w, "source");
    jsonw_str(w, "type", r->source_type ? r->source_type : "other");
    jsonw_str(w, "id", r->source_id);
    jsonw_str(w, "alias", r->source_alias);
    jsonw_str(w, "label", r->source_label);
    jsonw_end_object(w);
}

static void put_metrics(struct jsonw *w, const struct room *r)
{
    const struct room_metrics *m = &r->metrics;
    jsonw_object(w, "metrics");
    if (m->asked_ms) {
        jsonw_object(w, "v");
        jsonw_date(w, "lq", m->asked_ms);
        jsonw_end_object(w);
    }
    if (m->replied_ms) {
        jsonw_object(w, "servedBy");
        jsonw_date(w, "lr", m->replied_ms);
        jsonw_end_object(w);
        jsonw_object(w, "response");
        jsonw_int(w, "total", m->response_total);
        jsonw_int(w, "tt", m->response_tt);
        jsonw_real(w, "avg", m->response_total ? (double)m->response_tt / (double)m->response_total : 0);
        jsonw_int(w, "ft", m->response_first_s);
        jsonw_date(w, "fd", m->response_first_ms);
        jsonw_end_object(w);
        jsonw_object(w, "reaction");
        jsonw_int(w, "ft", m->reaction_first_s);
        jsonw_date(w, "fd", m->reaction_first_ms);
        jsonw_int(w, "tt", m->reaction_tt);
        jsonw_end_object(w);
    }
    if (r->closed_ms) {
        jsonw_int(w, "chatDuration", m->chat_duration_s);
        if (m->service_duration_s)
            jsonw_int(w, "serviceTimeDuration", m->service_duration_s);
    }
    jsonw_end_object(w);
}

void shape_served_by(struct jsonw *w, const char *id, const char *username, int64_t ts_ms)
{
    jsonw_object(w, "servedBy");
    jsonw_str(w, "_id", id);
    jsonw_str(w, "username", username);
    jsonw_date(w, "ts", ts_ms);
    jsonw_end_object(w);
}

void shape_room_visitor(struct jsonw *w, const struct room *r, const struct visitor *v, int64_t last_message_ms)
{
    if (v == NULL)
        return;
    jsonw_object(w, "v");
    jsonw_str(w, "_id", v->id);
    jsonw_str(w, "username", v->username);
    jsonw_str(w, "token", v->token);
    jsonw_str(w, "status", presence_name(r->visitor_status));
    jsonw_date(w, "lastMessageTs", last_message_ms);
    jsonw_end_object(w);
}

static void put_closing(struct jsonw *w, const struct room *r)
{
    if (r->closed_ms == 0)
        return;
    jsonw_date(w, "closedAt", r->closed_ms);
    jsonw_str(w, "closer", r->closer);
    if (r->closed_by_id)
        shape_user_ref(w, "closedBy", r->closed_by_id, r->closed_by_username, NULL);
}

static void put_transcript_request(struct jsonw *w, const struct room *r)
{
    const struct transcript_request *t = &r->transcript;
    if (t->email == NULL)
        return;
    jsonw_object(w, "transcriptRequest");
    jsonw_date(w, "requestedAt", t->requested_ms);
    shape_user_ref(w, "requestedBy", t->by_id, t->by_username, NULL);
    jsonw_str(w, "email", t->email);
    jsonw_str(w, "subject", t->subject ? t->subject : "");
    jsonw_end_object(w);
}

static void put_service(struct jsonw *w, const struct room *r, const char *served_by_id, const char *served_by_username)
{
    if (served_by_id)
        shape_served_by(w, served_by_id, served_by_username, r->served_ms);
    if (r->response_by_id) {
        jsonw_object(w, "responseBy");
        jsonw_str(w, "_id", r->response_by_id);
        jsonw_str(w, "username", r->response_by_username);
        jsonw_date(w, "lastMessageTs", r->response_by_ms);
        jsonw_end_object(w);
    }
}

/* Those that are near or missed. */
static void put_targets(struct jsonw *w, const struct room *r)
{
    if (r->targets_told == 0)
        return;
    jsonw_object(w, "targets");
    for (enum target t = 0; t < TARGET_COUNT; t++)
        if (core_target_state(r, t) != TARGET_RUNNING)
            jsonw_str(w, target_name(t), target_state_name(core_target_state(r, t)));
    jsonw_end_object(w);
}

static void put_fields(struct jsonw *w, const struct room *r, const struct visitor *v, const char *served_by_id,
                       const char *served_by_username)
{
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "t", "l");
    jsonw_int(w, "msgs", r->msgs);
    jsonw_int(w, "usersCount", r->users_count);
    jsonw_date(w, "lm", r->lm_ms);
    jsonw_str(w, "fname", r->fname);
    jsonw_date(w, "ts", r->ts_ms);
    shape_room_visitor(w, r, v, r->visitor_last_message_ms);
    jsonw_bool(w, "cl", false);
    if (r->open)
        jsonw_bool(w, "open", true);
    if (r->waiting_response)
        jsonw_bool(w, "waitingResponse", true);
    if (r->on_hold)
        jsonw_bool(w, "onHold", true);
    if (r->transfer_due_ms)
        jsonw_bool(w, "autoTransferOngoing", true);
    jsonw_date(w, "autoTransferredAt", r->transferred_ms);
    if (r->predicted_ms) {
        jsonw_object(w, "omnichannel");
        jsonw_date(w, "predictedVisitorAbandonmentAt", r->predicted_ms);
        jsonw_end_object(w);
    }
    jsonw_str(w, "departmentId", r->department_id);
    if (r->department && r->department->unit_id) {
        jsonw_array(w, "departmentAncestors");
        jsonw_str(w, NULL, r->department->unit_id);
        jsonw_end_array(w);
    }
    put_service(w, r, served_by_id, served_by_username);
    jsonw_date(w, "queuedAt", r->queued_ms);
    put_source(w, r);
    put_channel(w, r);
    if (r->last_message && !r->hides_last)
        shape_message(w, "lastMessage", r->last_message);
    jsonw_str(w, "topic", r->topic);
    put_tags(w, r);
    if (r->livechat_data)
        jsonw_raw(w, "livechatData", r->livechat_data, strlen(r->livechat_data));
    jsonw_str(w, "priorityId", r->priority_id);
    if (r->survey)
        jsonw_raw(w, "surveyFeedback", r->survey, strlen(r->survey));
    jsonw_str(w, "disposition", r->disposition);
    put_targets(w, r);
    put_transcript_request(w, r);
    if (r->consent_text) {
        jsonw_object(w, "consent");
        jsonw_bool(w, "required", true);
        jsonw_str(w, "text", r->consent_text);
        jsonw_end_object(w);
    }
    put_closing(w, r);
    put_metrics(w, r);
    jsonw_date(w, "_updatedAt", r->updated_ms);
}

void shape_room_fields(struct jsonw *w, const struct room *r)
{
    const struct user *u = r->served_by;
    put_fields(w, r, r->visitor, u ? u->id : NULL, u ? u->username : NULL);
}

void shape_room(struct jsonw *w, const char *key, const struct room *r)
{
    jsonw_object(w, key);
    shape_room_fields(w, r);
    jsonw_end_object(w);
}

void shape_stored_room_fields(struct jsonw *w, const struct stored_room *sr)
{
    put_fields(w, sr->room, sr->visitor, sr->served_by_id, sr->served_by_username);
}

void shape_stored_room(struct jsonw *w, const char *key, const struct stored_room *sr)
{
    jsonw_object(w, key);
    shape_stored_room_fields(w, sr);
    jsonw_end_object(w);
}

void shape_inquiry_fields(struct jsonw *w, const struct room *r)
{
    const struct inquiry *q = &r->inquiry;
    jsonw_str(w, "_id", q->id);
    jsonw_str(w, "rid", r->id);
    jsonw_str(w, "name", r->fname);
    jsonw_date(w, "ts", q->ts_ms);
    jsonw_str(w, "message", q->first_text ? q->first_text : "");
    jsonw_str(w, "status", q->status == INQUIRY_NONE ? "taken" : inquiry_status_name(q->status));
    shape_room_visitor(w, r, r->visitor, 0);
    jsonw_str(w, "t", "l");
    jsonw_int(w, "queueOrder", q->order);
    jsonw_int(w, "estimatedWaitingTimeQueue", q->wait_min);
    jsonw_date(w, "estimatedServiceTimeAt", q->service_at_ms);
    jsonw_str(w, "department", r->department_id);
    jsonw_date(w, "queuedAt", q->queued_ms);
    jsonw_date(w, "takenAt", q->taken_ms);
    if (q->default_agent) {
        jsonw_object(w, "defaultAgent");
        jsonw_str(w, "agentId", q->default_agent->id);
        jsonw_str(w, "username", q->default_agent->username);
        jsonw_end_object(w);
    }
    jsonw_date(w, "dueAt", q->rank_ms);
    if (q->offered_id) {
        jsonw_object(w, "offer");
        jsonw_str(w, "agentId", q->offered_id);
        jsonw_date(w, "until", q->offer_until_ms);
        jsonw_end_object(w);
    }
    put_targets(w, r);
    put_source(w, r);
    if (r->last_message && !r->hides_last && r->last_message->type == NULL)
        shape_message(w, "lastMessage", r->last_message);
    jsonw_date(w, "_updatedAt", q->updated_ms);
}

void shape_inquiry(struct jsonw *w, const char *key, const struct room *r)
{
    jsonw_object(w, key);
    shape_inquiry_fields(w, r);
    jsonw_end_object(w);
}

void shape_subscription(struct jsonw *w, const char *key, const struct subscription *sub)
{
    const struct room *r = sub->room;
    jsonw_object(w, key);
    jsonw_str(w, "_id", sub->id);
    jsonw_str(w, "rid", r->id);
    jsonw_str(w, "t", "l");
    jsonw_str(w, "name", r->fname);
    jsonw_str(w, "fname", r->fname);
    shape_user_ref(w, "u", sub->user->id, sub->user->username, sub->user->name);
    jsonw_bool(w, "open", sub->open);
    jsonw_bool(w, "alert", sub->alert);
    jsonw_int(w, "unread", sub->unread);
    jsonw_int(w, "userMentions", 0);
    jsonw_int(w, "groupMentions", 0);
    jsonw_date(w, "ts", sub->ts_ms);
    jsonw_date(w, "ls", sub->last_seen_ms);
    jsonw_date(w, "lr", r->lm_ms);
    shape_room_visitor(w, r, r->visitor, r->visitor_last_message_ms);
    if (r->on_hold)
        jsonw_bool(w, "onHold", true);
    jsonw_str(w, "department", r->department_id);
    jsonw_date(w, "_updatedAt", sub->updated_ms);
    jsonw_end_object(w);
}

void shape_queue_info(struct jsonw *w, const char *key, const struct core *c, const struct room *r, int spot,
                      int64_t wait_s)
{
    const struct department *d = r->department;
    const char *text = d && d->waiting_queue_message && *d->waiting_queue_message
                           ? d->waiting_queue_message
                           : setting_text(c, "Livechat_waiting_queue_message", "");
    jsonw_object(w, key);
    jsonw_int(w, "spot", spot);
    if (wait_s >= 0)
        jsonw_int(w, "estimatedWaitTimeSeconds", wait_s);
    jsonw_object(w, "message");
    jsonw_str(w, "text", text);
    shape_user_ref(w, "user", "rocket.cat", "rocket.cat", NULL);
    jsonw_end_object(w);
    jsonw_end_object(w);
}
