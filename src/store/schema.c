/* The tables, and the way from one version of them to the next. Personal data stands in user, visitor, room and
   message; the table event names them by id only, so that erasing a person stays possible. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA_VERSION 3

/* migrations[i] leads from version i to i + 1. */
static const char *const migrations[SCHEMA_VERSION] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "CREATE TABLE event(seq INTEGER PRIMARY KEY, ts_ms INTEGER NOT NULL, type TEXT NOT NULL, subject TEXT, actor TEXT,"
    " detail TEXT);"
    "CREATE INDEX event_subject ON event(subject, seq);"
    "CREATE TABLE setting(id TEXT PRIMARY KEY, value TEXT NOT NULL, user_id TEXT, ts_ms INTEGER) WITHOUT ROWID;"
    "CREATE TABLE permission(id TEXT PRIMARY KEY, roles INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE user(id TEXT UNIQUE NOT NULL, username TEXT NOT NULL, name TEXT, email TEXT, bio TEXT, nickname TEXT,"
    " status_text TEXT, email_verified INTEGER, active INTEGER, is_bot INTEGER, roles INTEGER, status INTEGER,"
    " status_default INTEGER, status_connection INTEGER, available INTEGER, system_modified INTEGER, max_chats INTEGER,"
    " livechat_count INTEGER, created_ms INTEGER, last_login_ms INTEGER, last_routing_ms INTEGER, updated_ms INTEGER);"
    "CREATE TABLE credential(user_id TEXT PRIMARY KEY, bcrypt TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE token(hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, created_ms INTEGER, expires_ms INTEGER)"
    " WITHOUT ROWID;"
    "CREATE INDEX token_user ON token(user_id);"
    "CREATE TABLE department(id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, email TEXT, description TEXT, enabled INTEGER,"
    " show_on_registration INTEGER, show_on_offline_form INTEGER, request_tag INTEGER, offline_channel TEXT,"
    " fallback_id TEXT, waiting_queue_message TEXT, abandoned_message TEXT, business_hour_id TEXT, allowed_forward TEXT,"
    " max_chats INTEGER, inactivity_timeout_s INTEGER, extra TEXT, updated_ms INTEGER, created_ms INTEGER,"
    " closing_tags TEXT);"
    "CREATE TABLE department_agent(id TEXT PRIMARY KEY, department_id TEXT NOT NULL, user_id TEXT NOT NULL,"
    " count INTEGER, ord INTEGER) WITHOUT ROWID;"
    "CREATE TABLE visitor(id TEXT UNIQUE NOT NULL, token TEXT NOT NULL, username TEXT, name TEXT, email TEXT, phone TEXT,"
    " department_id TEXT, user_agent TEXT, ip TEXT, host TEXT, last_agent_id TEXT, last_agent_username TEXT,"
    " contact_manager TEXT, last_chat_id TEXT, livechat_data TEXT, ts_ms INTEGER, updated_ms INTEGER,"
    " last_chat_ms INTEGER, last_agent_ms INTEGER, status INTEGER);"
    "CREATE INDEX visitor_token ON visitor(token);"
    "CREATE INDEX visitor_email ON visitor(email) WHERE email IS NOT NULL;"
    "CREATE INDEX visitor_phone ON visitor(phone) WHERE phone IS NOT NULL;"
    "CREATE TABLE room(id TEXT UNIQUE NOT NULL, fname TEXT, department_id TEXT, ts_ms INTEGER, lm_ms INTEGER,"
    " updated_ms INTEGER, queued_ms INTEGER, closed_ms INTEGER, msgs INTEGER, users_count INTEGER, open INTEGER,"
    " waiting_response INTEGER, on_hold INTEGER, visitor_status INTEGER, visitor_last_message_ms INTEGER,"
    " served_ms INTEGER, response_by_id TEXT, response_by_username TEXT, response_by_ms INTEGER, closer TEXT,"
    " closed_by_id TEXT, closed_by_username TEXT, source_type TEXT, source_id TEXT, source_alias TEXT,"
    " source_label TEXT, topic TEXT, livechat_data TEXT, priority_id TEXT, inquiry_id TEXT, inquiry_status INTEGER,"
    " inquiry_ts_ms INTEGER, inquiry_queued_ms INTEGER, inquiry_taken_ms INTEGER, inquiry_updated_ms INTEGER,"
    " inquiry_order INTEGER, inquiry_wait_min INTEGER, inquiry_service_at_ms INTEGER, inquiry_first_text TEXT,"
    " asked_ms INTEGER, replied_ms INTEGER, response_total INTEGER, response_tt INTEGER, response_first_s INTEGER,"
    " response_first_ms INTEGER, reaction_first_s INTEGER, reaction_first_ms INTEGER, reaction_tt INTEGER,"
    " chat_duration_s INTEGER, service_duration_s INTEGER, mark INTEGER, visitor_id TEXT NOT NULL, served_by_id TEXT,"
    " served_by_username TEXT, default_agent_id TEXT, tags TEXT, last_message_id TEXT);"
    "CREATE INDEX room_open ON room(ts_ms) WHERE open = 1;"
    "CREATE INDEX room_visitor ON room(visitor_id, ts_ms);"
    "CREATE INDEX room_ts ON room(ts_ms);"
    "CREATE INDEX room_served ON room(served_by_id, ts_ms);"
    "CREATE TABLE subscription(id TEXT UNIQUE NOT NULL, ts_ms INTEGER, last_seen_ms INTEGER, updated_ms INTEGER,"
    " unread INTEGER, alert INTEGER, open INTEGER, mark INTEGER, rid TEXT NOT NULL, user_id TEXT NOT NULL);"
    "CREATE INDEX subscription_rid ON subscription(rid);"
    "CREATE TABLE message(seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, rid TEXT NOT NULL, text TEXT NOT NULL,"
    " type TEXT, user_id TEXT, username TEXT, name TEXT, token TEXT, alias TEXT, thread_id TEXT, editor_id TEXT,"
    " editor_username TEXT, extra TEXT, ts_ms INTEGER, updated_ms INTEGER, edited_ms INTEGER, hidden INTEGER,"
    " ungroupable INTEGER);"
    /* Which messages a room has, up to the number meta.indexed; behind it the few newest are looked through. Filled
       in bulk, because one random leaf per message would be most of what a commit writes. */
    "CREATE TABLE message_index(rid TEXT, seq INTEGER, PRIMARY KEY(rid, seq)) WITHOUT ROWID;"
    "CREATE VIEW room_message AS SELECT i.rid AS room_id, m.* FROM message_index i JOIN message m ON m.seq = i.seq"
    " UNION ALL SELECT m.rid AS room_id, m.* FROM message m WHERE m.seq >"
    " coalesce((SELECT value FROM meta WHERE key = 'indexed'), 0);"
    "CREATE TABLE canned(id TEXT UNIQUE NOT NULL, shortcut TEXT NOT NULL, text TEXT NOT NULL, scope INTEGER, user_id TEXT,"
    " department_id TEXT, creator_id TEXT, creator_username TEXT, created_ms INTEGER, updated_ms INTEGER, tags TEXT);"
    "CREATE TABLE file(id TEXT PRIMARY KEY, rid TEXT, name TEXT, type TEXT, user_id TEXT, size INTEGER, ts_ms INTEGER)"
    " WITHOUT ROWID;"
    "CREATE INDEX file_rid ON file(rid);",

    /* Visitors: pages seen before a chat (by token; gone when they expire), whom a contact manager looks after. */
    "CREATE TABLE visit(seq INTEGER PRIMARY KEY, token TEXT NOT NULL, text TEXT NOT NULL, extra TEXT NOT NULL,"
    " ts_ms INTEGER NOT NULL, expires_ms INTEGER);"
    "CREATE INDEX visit_token ON visit(token, seq);"
    "CREATE INDEX visit_expires ON visit(expires_ms) WHERE expires_ms IS NOT NULL;"
    "CREATE INDEX visitor_manager ON visitor(contact_manager) WHERE contact_manager IS NOT NULL;"
    /* Chats: what the visitor thought of them. Users: their own fields. */
    "ALTER TABLE room ADD COLUMN survey TEXT;"
    "ALTER TABLE user ADD COLUMN custom_fields TEXT;"
    /* Administrative records: custom fields, triggers, tags, priorities, units, business hours; doc is their JSON. */
    "CREATE TABLE record(kind TEXT NOT NULL, id TEXT NOT NULL, doc TEXT NOT NULL, created_ms INTEGER,"
    " updated_ms INTEGER, PRIMARY KEY(kind, id)) WITHOUT ROWID;"
    /* Channels and who is in them. */
    "CREATE TABLE channel(id TEXT UNIQUE NOT NULL, name TEXT NOT NULL, topic TEXT, description TEXT, announcement TEXT,"
    " creator_id TEXT, creator_username TEXT, read_only INTEGER, archived INTEGER, is_default INTEGER,"
    " created_ms INTEGER, updated_ms INTEGER, lm_ms INTEGER, msgs INTEGER, mark INTEGER);"
    "CREATE TABLE member(id TEXT UNIQUE NOT NULL, ts_ms INTEGER, last_seen_ms INTEGER, updated_ms INTEGER,"
    " unread INTEGER, alert INTEGER, mark INTEGER, channel_id TEXT NOT NULL, user_id TEXT NOT NULL);"
    /* Mail: what is still to be sent, and who asked for the transcript of an open chat. */
    "CREATE TABLE mail(id TEXT PRIMARY KEY, kind INTEGER NOT NULL, visitor_id TEXT, rid TEXT, user_id TEXT, address TEXT,"
    " name TEXT, subject TEXT, text TEXT, host TEXT, department_id TEXT, created_ms INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL, tries INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX mail_due ON mail(due_ms);"
    "ALTER TABLE room ADD COLUMN transcript_email TEXT;"
    "ALTER TABLE room ADD COLUMN transcript_subject TEXT;"
    "ALTER TABLE room ADD COLUMN transcript_by_id TEXT;"
    "ALTER TABLE room ADD COLUMN transcript_by_username TEXT;"
    "ALTER TABLE room ADD COLUMN transcript_ms INTEGER;"
    /* The history of settings. Changes are counted from 1; secrets leave no value here. */
    "CREATE TABLE setting_change(number INTEGER PRIMARY KEY, ts_ms INTEGER NOT NULL, setting TEXT NOT NULL, user_id TEXT,"
    " username TEXT, address TEXT, via TEXT, old TEXT, new TEXT, old_default INTEGER, comment TEXT, undoes INTEGER);"
    "CREATE INDEX setting_change_of ON setting_change(setting, number);"
    "ALTER TABLE setting ADD COLUMN source INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE setting ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;"
    /* Consent: what a visitor had to agree to before this chat. */
    "ALTER TABLE room ADD COLUMN consent_text TEXT;",

    /* Sessions: what a chat, or an agent who left, waits for. */
    "ALTER TABLE room ADD COLUMN hold_close_ms INTEGER;"
    "ALTER TABLE room ADD COLUMN hold_close_text TEXT;"
    "ALTER TABLE room ADD COLUMN spared_ms INTEGER;"
    "ALTER TABLE room ADD COLUMN transfer_due_ms INTEGER;"
    "ALTER TABLE room ADD COLUMN transferred_ms INTEGER;"
    "ALTER TABLE user ADD COLUMN leave_due_ms INTEGER;"
    /* Routing beyond the guide. */
    "ALTER TABLE user ADD COLUMN idle_since_ms INTEGER;"
    "ALTER TABLE user ADD COLUMN skills TEXT;"
    "ALTER TABLE user ADD COLUMN pause INTEGER;"
    "ALTER TABLE user ADD COLUMN pause_until_ms INTEGER;"
    "ALTER TABLE user ADD COLUMN passes INTEGER;"
    "ALTER TABLE room ADD COLUMN inquiry_offered_id TEXT;"
    "ALTER TABLE room ADD COLUMN inquiry_offer_until_ms INTEGER;"
    "ALTER TABLE room ADD COLUMN inquiry_declined TEXT;"
    "ALTER TABLE room ADD COLUMN targets_told INTEGER;"
    "ALTER TABLE room ADD COLUMN disposition TEXT;"
    /* Numbers of chats that are reported: how long the visitor was silent (-1: not known), what people said. Moves of
       chats by their moment. When agents were there; stopped_ms NULL: still. */
    "ALTER TABLE room ADD COLUMN silence_s INTEGER DEFAULT -1;"
    "ALTER TABLE room ADD COLUMN said INTEGER;"
    "ALTER TABLE room ADD COLUMN agent_said INTEGER;"
    "CREATE INDEX message_transfer ON message(ts_ms) WHERE type = 'livechat_transfer_history';"
    "CREATE TABLE agent_activity(user_id TEXT NOT NULL, started_ms INTEGER NOT NULL, stopped_ms INTEGER,"
    " PRIMARY KEY(user_id, started_ms)) WITHOUT ROWID;"
    "CREATE INDEX agent_activity_stopped ON agent_activity(stopped_ms);"
    /* The log: what routing rests on, of the record that an event changed. */
    "ALTER TABLE event ADD COLUMN state TEXT;"
    /* Direct rooms among the channels. */
    "ALTER TABLE channel ADD COLUMN is_direct INTEGER;"
    /* The webhook: what is to be told and was; what its receiver gave to each chat. Visitors: what was found in their
       messages. */
    "CREATE TABLE hook(number INTEGER PRIMARY KEY, type TEXT NOT NULL, rid TEXT, visitor_id TEXT, address TEXT,"
    " message_id TEXT, extra TEXT, body TEXT, created_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, done_ms INTEGER,"
    " tries INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, why TEXT, state INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX hook_waiting ON hook(number) WHERE state = 0;"
    "CREATE INDEX hook_visitor ON hook(visitor_id);"
    "CREATE TABLE crm(rid TEXT PRIMARY KEY, visitor_id TEXT NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;"
    "ALTER TABLE visitor ADD COLUMN more_emails TEXT;"
    "ALTER TABLE visitor ADD COLUMN more_phones TEXT;",
};

static int pragma_int(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    int v = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        v = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return v;
}

/* All steps in one transaction. An empty file is told to keep a log before anything is in it: then its tables are one
   commit to the log, instead of several by way of a rollback journal, each with four syncs and a file to be removed. */
int schema_migrate(sqlite3 *db, const char *path, struct error *err)
{
    int version = pragma_int(db, "PRAGMA user_version");
    if (version < 0)
        return error_set(err, ERR_IO, NULL, "%s is not a database of usher: %s", path, sqlite3_errmsg(db));
    if (version > SCHEMA_VERSION)
        return error_set(err, ERR_STATE, NULL,
                         "%s was written by a newer usher (schema %d, this one knows up to %d); nothing was changed",
                         path, version, SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return ERR_OK;
    struct buf sql = BUF_INIT;
    if (pragma_int(db, "PRAGMA page_count") == 0)
        buf_puts(&sql, "PRAGMA journal_mode=MEMORY; PRAGMA journal_mode=WAL;");
    buf_puts(&sql, "BEGIN IMMEDIATE;");
    for (int i = version; i < SCHEMA_VERSION; i++)
        buf_puts(&sql, migrations[i]);
    buf_printf(&sql, "PRAGMA user_version = %d; COMMIT;", SCHEMA_VERSION);
    int rc = ERR_OK;
    if (sqlite3_exec(db, sql.data, NULL, NULL, NULL) != SQLITE_OK) {
        rc = error_set(err, ERR_IO, NULL, "%s: cannot bring the tables from version %d to %d: %s", path, version,
                       SCHEMA_VERSION, sqlite3_errmsg(db));
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    }
    buf_free(&sql);
    return rc;
}
