/* Which field of which record is which column of which table. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(s, f, n) {n, COLUMN_TEXT, offsetof(struct s, f)}
#define TYPE(s, f, n) {n, COLUMN_TYPE, offsetof(struct s, f)}
#define I64(s, f, n) {n, COLUMN_I64, offsetof(struct s, f)}
#define INT(s, f, n) {n, COLUMN_INT, offsetof(struct s, f)}
#define U32(s, f, n) {n, COLUMN_U32, offsetof(struct s, f)}
#define BOOL(s, f, n) {n, COLUMN_BOOL, offsetof(struct s, f)}

static const struct column user_columns[] = {
    TEXT(user, id, "id"),
    TEXT(user, username, "username"),
    TEXT(user, name, "name"),
    TEXT(user, email, "email"),
    TEXT(user, bio, "bio"),
    TEXT(user, nickname, "nickname"),
    TEXT(user, status_text, "status_text"),
    TEXT(user, custom_fields, "custom_fields"),
    BOOL(user, email_verified, "email_verified"),
    BOOL(user, active, "active"),
    BOOL(user, is_bot_type, "is_bot"),
    U32(user, roles, "roles"),
    INT(user, status, "status"),
    INT(user, status_default, "status_default"),
    INT(user, status_connection, "status_connection"),
    BOOL(user, available, "available"),
    BOOL(user, system_modified, "system_modified"),
    I64(user, max_chats, "max_chats"),
    I64(user, leave_due_ms, "leave_due_ms"),
    I64(user, livechat_count, "livechat_count"),
    I64(user, created_ms, "created_ms"),
    I64(user, last_login_ms, "last_login_ms"),
    I64(user, last_routing_ms, "last_routing_ms"),
    TEXT(user, skills, "skills"),
    INT(user, pause, "pause"),
    I64(user, pause_until_ms, "pause_until_ms"),
    INT(user, passes, "passes"),
    I64(user, idle_since_ms, "idle_since_ms"),
    I64(user, updated_ms, "updated_ms"),
};

static const struct column department_columns[] = {
    TEXT(department, id, "id"),
    TEXT(department, name, "name"),
    TEXT(department, email, "email"),
    TEXT(department, description, "description"),
    BOOL(department, enabled, "enabled"),
    BOOL(department, show_on_registration, "show_on_registration"),
    BOOL(department, show_on_offline_form, "show_on_offline_form"),
    BOOL(department, request_tag_before_closing, "request_tag"),
    TEXT(department, offline_channel, "offline_channel"),
    TEXT(department, fallback_id, "fallback_id"),
    TEXT(department, waiting_queue_message, "waiting_queue_message"),
    TEXT(department, abandoned_message, "abandoned_message"),
    TEXT(department, business_hour_id, "business_hour_id"),
    TEXT(department, allowed_forward, "allowed_forward"),
    I64(department, max_chats, "max_chats"),
    I64(department, inactivity_timeout_s, "inactivity_timeout_s"),
    TEXT(department, extra, "extra"),
    I64(department, updated_ms, "updated_ms"),
    I64(department, created_ms, "created_ms"),
};

static const struct column visitor_columns[] = {
    TEXT(visitor, id, "id"),
    TEXT(visitor, token, "token"),
    TEXT(visitor, username, "username"),
    TEXT(visitor, name, "name"),
    TEXT(visitor, email, "email"),
    TEXT(visitor, phone, "phone"),
    TEXT(visitor, more_emails, "more_emails"),
    TEXT(visitor, more_phones, "more_phones"),
    TEXT(visitor, department_id, "department_id"),
    TEXT(visitor, user_agent, "user_agent"),
    TEXT(visitor, ip, "ip"),
    TEXT(visitor, host, "host"),
    TEXT(visitor, last_agent_id, "last_agent_id"),
    TEXT(visitor, last_agent_username, "last_agent_username"),
    TEXT(visitor, contact_manager, "contact_manager"),
    TEXT(visitor, last_chat_id, "last_chat_id"),
    TEXT(visitor, livechat_data, "livechat_data"),
    I64(visitor, ts_ms, "ts_ms"),
    I64(visitor, updated_ms, "updated_ms"),
    I64(visitor, last_chat_ms, "last_chat_ms"),
    I64(visitor, last_agent_ms, "last_agent_ms"),
    INT(visitor, status, "status"),
};

static const struct column room_columns[] = {
    TEXT(room, id, "id"),
    TEXT(room, fname, "fname"),
    TEXT(room, department_id, "department_id"),
    I64(room, ts_ms, "ts_ms"),
    I64(room, lm_ms, "lm_ms"),
    I64(room, updated_ms, "updated_ms"),
    I64(room, queued_ms, "queued_ms"),
    I64(room, closed_ms, "closed_ms"),
    I64(room, msgs, "msgs"),
    I64(room, users_count, "users_count"),
    BOOL(room, open, "open"),
    BOOL(room, waiting_response, "waiting_response"),
    BOOL(room, on_hold, "on_hold"),
    INT(room, visitor_status, "visitor_status"),
    I64(room, visitor_last_message_ms, "visitor_last_message_ms"),
    I64(room, served_ms, "served_ms"),
    TEXT(room, response_by_id, "response_by_id"),
    TEXT(room, response_by_username, "response_by_username"),
    I64(room, response_by_ms, "response_by_ms"),
    TEXT(room, closer, "closer"),
    TEXT(room, closed_by_id, "closed_by_id"),
    TEXT(room, closed_by_username, "closed_by_username"),
    TEXT(room, source_type, "source_type"),
    TEXT(room, source_id, "source_id"),
    TEXT(room, source_alias, "source_alias"),
    TEXT(room, source_label, "source_label"),
    TEXT(room, topic, "topic"),
    TEXT(room, livechat_data, "livechat_data"),
    TEXT(room, priority_id, "priority_id"),
    TEXT(room, survey, "survey"),
    TEXT(room, disposition, "disposition"),
    U32(room, targets_told, "targets_told"),
    TEXT(room, consent_text, "consent_text"),
    TEXT(room, inquiry.id, "inquiry_id"),
    INT(room, inquiry.status, "inquiry_status"),
    I64(room, inquiry.ts_ms, "inquiry_ts_ms"),
    I64(room, inquiry.queued_ms, "inquiry_queued_ms"),
    I64(room, inquiry.taken_ms, "inquiry_taken_ms"),
    I64(room, inquiry.updated_ms, "inquiry_updated_ms"),
    I64(room, inquiry.order, "inquiry_order"),
    I64(room, inquiry.wait_min, "inquiry_wait_min"),
    I64(room, inquiry.service_at_ms, "inquiry_service_at_ms"),
    TEXT(room, inquiry.first_text, "inquiry_first_text"),
    TEXT(room, inquiry.offered_id, "inquiry_offered_id"),
    I64(room, inquiry.offer_until_ms, "inquiry_offer_until_ms"),
    TEXT(room, inquiry.declined, "inquiry_declined"),
    I64(room, metrics.asked_ms, "asked_ms"),
    I64(room, metrics.replied_ms, "replied_ms"),
    I64(room, metrics.response_total, "response_total"),
    I64(room, metrics.response_tt, "response_tt"),
    I64(room, metrics.response_first_s, "response_first_s"),
    I64(room, metrics.response_first_ms, "response_first_ms"),
    I64(room, metrics.reaction_first_s, "reaction_first_s"),
    I64(room, metrics.reaction_first_ms, "reaction_first_ms"),
    I64(room, metrics.reaction_tt, "reaction_tt"),
    I64(room, metrics.chat_duration_s, "chat_duration_s"),
    I64(room, metrics.service_duration_s, "service_duration_s"),
    I64(room, metrics.silence_s, "silence_s"),
    I64(room, metrics.said, "said"),
    I64(room, metrics.agent_said, "agent_said"),
    I64(room, mark, "mark"),
    TEXT(room, transcript.email, "transcript_email"),
    TEXT(room, transcript.subject, "transcript_subject"),
    TEXT(room, transcript.by_id, "transcript_by_id"),
    TEXT(room, transcript.by_username, "transcript_by_username"),
    I64(room, transcript.requested_ms, "transcript_ms"),
    I64(room, hold_close_ms, "hold_close_ms"),
    TEXT(room, hold_close_text, "hold_close_text"),
    I64(room, spared_ms, "spared_ms"),
    I64(room, transfer_due_ms, "transfer_due_ms"),
    I64(room, transferred_ms, "transferred_ms"),
};

static const struct column message_columns[] = {
    TEXT(message, id, "id"),
    TEXT(message, rid, "rid"),
    TEXT(message, text, "text"),
    TYPE(message, type, "type"),
    TEXT(message, user_id, "user_id"),
    TEXT(message, username, "username"),
    TEXT(message, name, "name"),
    TEXT(message, token, "token"),
    TEXT(message, alias, "alias"),
    TEXT(message, thread_id, "thread_id"),
    TEXT(message, editor_id, "editor_id"),
    TEXT(message, editor_username, "editor_username"),
    TEXT(message, extra, "extra"),
    I64(message, ts_ms, "ts_ms"),
    I64(message, updated_ms, "updated_ms"),
    I64(message, edited_ms, "edited_ms"),
    BOOL(message, hidden, "hidden"),
    BOOL(message, ungroupable, "ungroupable"),
};

static const struct column canned_columns[] = {
    TEXT(canned, id, "id"),
    TEXT(canned, shortcut, "shortcut"),
    TEXT(canned, text, "text"),
    INT(canned, scope, "scope"),
    TEXT(canned, user_id, "user_id"),
    TEXT(canned, department_id, "department_id"),
    TEXT(canned, creator_id, "creator_id"),
    TEXT(canned, creator_username, "creator_username"),
    I64(canned, created_ms, "created_ms"),
    I64(canned, updated_ms, "updated_ms"),
};

static const struct column subscription_columns[] = {
    TEXT(subscription, id, "id"),
    I64(subscription, ts_ms, "ts_ms"),
    I64(subscription, last_seen_ms, "last_seen_ms"),
    I64(subscription, updated_ms, "updated_ms"),
    INT(subscription, unread, "unread"),
    BOOL(subscription, alert, "alert"),
    BOOL(subscription, open, "open"),
    I64(subscription, mark, "mark"),
};

static const struct column mail_columns[] = {
    TEXT(store_mail, id, "id"),
    INT(store_mail, kind, "kind"),
    TEXT(store_mail, visitor_id, "visitor_id"),
    TEXT(store_mail, rid, "rid"),
    TEXT(store_mail, user_id, "user_id"),
    TEXT(store_mail, address, "address"),
    TEXT(store_mail, name, "name"),
    TEXT(store_mail, subject, "subject"),
    TEXT(store_mail, text, "text"),
    TEXT(store_mail, host, "host"),
    TEXT(store_mail, department_id, "department_id"),
    I64(store_mail, created_ms, "created_ms"),
    I64(store_mail, due_ms, "due_ms"),
    INT(store_mail, tries, "tries"),
};

static const struct column channel_columns[] = {
    TEXT(channel, id, "id"),
    TEXT(channel, name, "name"),
    TEXT(channel, topic, "topic"),
    TEXT(channel, description, "description"),
    TEXT(channel, announcement, "announcement"),
    TEXT(channel, creator_id, "creator_id"),
    TEXT(channel, creator_username, "creator_username"),
    BOOL(channel, read_only, "read_only"),
    BOOL(channel, archived, "archived"),
    BOOL(channel, is_default, "is_default"),
    BOOL(channel, is_direct, "is_direct"),
    I64(channel, created_ms, "created_ms"),
    I64(channel, updated_ms, "updated_ms"),
    I64(channel, lm_ms, "lm_ms"),
    I64(channel, msgs, "msgs"),
    I64(channel, mark, "mark"),
};

static const struct column member_columns[] = {
    TEXT(member, id, "id"),
    I64(member, ts_ms, "ts_ms"),
    I64(member, last_seen_ms, "last_seen_ms"),
    I64(member, updated_ms, "updated_ms"),
    INT(member, unread, "unread"),
    BOOL(member, alert, "alert"),
    I64(member, mark, "mark"),
};

#define TABLE(t, more, n) {#t, t##_columns, COUNT_OF(t##_columns), more, n}
const struct table table_user = TABLE(user, "", 0);
const struct table table_department = TABLE(department, "closing_tags", 1);
const struct table table_visitor = TABLE(visitor, "", 0);
const struct table table_room =
    TABLE(room, "visitor_id served_by_id served_by_username default_agent_id tags last_message_id", 6);
const struct table table_message = TABLE(message, "seq", 1);
const struct table table_room_message = {"room_message", message_columns, COUNT_OF(message_columns), "seq", 1};
const struct table table_canned = TABLE(canned, "tags", 1);
const struct table table_mail = TABLE(mail, "", 0);
const struct table table_channel = TABLE(channel, "", 0);
const struct table table_member = TABLE(member, "channel_id user_id", 2);
const struct table table_subscription = TABLE(subscription, "rid user_id", 2);

static void each_more(const struct table *t, struct buf *out, const char *fmt)
{
    AUTO_FREE char *names = x_strdup(t->more);
    char *rest = names, *name;
    while ((name = strsep(&rest, " ")) != NULL) {
        if (*name == '\0')
            continue;
        for (const char *p = fmt; *p; p++) {
            if (*p == '%')
                buf_puts(out, name);
            else
                buf_putc(out, *p);
        }
    }
}

char *table_upsert_sql(const struct table *t)
{
    struct buf q = BUF_INIT;
    buf_printf(&q, "INSERT INTO %s(", t->name);
    for (int i = 0; i < t->count; i++)
        buf_printf(&q, "%s%s", i ? "," : "", t->columns[i].name);
    each_more(t, &q, ",%");
    buf_puts(&q, ") VALUES(?");
    for (int i = 1; i < t->count + t->more_count; i++)
        buf_puts(&q, ",?");
    buf_puts(&q, ") ON CONFLICT(id) DO UPDATE SET ");
    for (int i = 1; i < t->count; i++)
        buf_printf(&q, "%s%s=excluded.%s", i > 1 ? "," : "", t->columns[i].name, t->columns[i].name);
    each_more(t, &q, ",%=excluded.%");
    return buf_take(&q);
}

char *table_select_sql(const struct table *t, const char *alias, const char *rest)
{
    struct buf q = BUF_INIT;
    AUTO_FREE char *more = x_asprintf(",%s.%%", alias);
    buf_puts(&q, "SELECT ");
    for (int i = 0; i < t->count; i++)
        buf_printf(&q, "%s%s.%s", i ? "," : "", alias, t->columns[i].name);
    each_more(t, &q, more);
    buf_printf(&q, " FROM %s %s %s", t->name, alias, rest);
    return buf_take(&q);
}

char *column_text(sqlite3_stmt *st, int i)
{
    const unsigned char *s = sqlite3_column_text(st, i);
    return s ? x_strndup((const char *)s, (size_t)sqlite3_column_bytes(st, i)) : NULL;
}

char **column_texts(sqlite3_stmt *st, int i, int *n)
{
    *n = 0;
    if (sqlite3_column_type(st, i) == SQLITE_NULL)
        return NULL;
    json_t *list = json_loads((const char *)sqlite3_column_text(st, i), 0, NULL);
    *n = (int)json_array_size(list);
    char **items = *n ? x_calloc((size_t)*n, sizeof(*items)) : NULL;
    for (int k = 0; k < *n; k++)
        items[k] = x_strdup(json_string_value(json_array_get(list, (size_t)k)));
    json_decref(list);
    return items;
}

void table_read(const struct table *t, sqlite3_stmt *st, int first, void *record)
{
    for (int i = 0; i < t->count; i++) {
        char *at = (char *)record + t->columns[i].offset;
        int64_t v = sqlite3_column_int64(st, first + i);
        switch (t->columns[i].kind) {
        case COLUMN_TEXT:
            free(*(char **)(void *)at);
            *(char **)(void *)at = column_text(st, first + i);
            break;
        case COLUMN_TYPE:
            *(const char **)(void *)at = message_type((const char *)sqlite3_column_text(st, first + i));
            break;
        case COLUMN_I64:
            *(int64_t *)(void *)at = v;
            break;
        case COLUMN_INT:
            *(int *)(void *)at = (int)v;
            break;
        case COLUMN_U32:
            *(uint32_t *)(void *)at = (uint32_t)v;
            break;
        case COLUMN_BOOL:
            *(bool *)(void *)at = v != 0;
            break;
        }
    }
}
