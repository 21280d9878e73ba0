/* A batch is a flat run of operations: number of the statement, then its values. Texts lie inside, so the writer needs
   nothing of the loop's memory. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum value_tag { VALUE_END, VALUE_INT, VALUE_TEXT, VALUE_NULL };

static const char *const sql[OP_COUNT] = {
    [OP_EVENT] = "INSERT INTO event(seq,ts_ms,type,subject,actor,detail,state) VALUES(?,?,?,?,?,?,?)",
    [OP_SETTING] = "INSERT OR REPLACE INTO setting(id,value,user_id,ts_ms,source,revision) VALUES(?,?,?,?,?,?)",
    [OP_SETTING_CHANGE] = "INSERT INTO setting_change(number,ts_ms,setting,user_id,username,address,via,old,new,"
                          "old_default,comment,undoes) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
    [OP_RIGHT] = "INSERT OR REPLACE INTO permission(id,roles) VALUES(?,?)",
    [OP_META] = "INSERT OR REPLACE INTO meta(key,value) VALUES(?,?)",
    [OP_USER_DROP] = "DELETE FROM user WHERE id=?",
    [OP_PRESENCE] = "UPDATE user SET status=?2, status_default=?3, status_connection=?4, status_text=?5, available=?6,"
                    " system_modified=?7, updated_ms=?8, leave_due_ms=?9 WHERE id=?1",
    [OP_ACTIVITY] = "INSERT INTO agent_activity(user_id,started_ms,stopped_ms) VALUES(?1,?2,nullif(?3,0))"
                    " ON CONFLICT(user_id,started_ms) DO UPDATE SET stopped_ms=excluded.stopped_ms",
    [OP_ACTIVITY_END] = "UPDATE agent_activity SET stopped_ms=max(started_ms,"
                        " coalesce((SELECT ts_ms FROM event ORDER BY seq DESC LIMIT 1),0),"
                        " coalesce((SELECT ts_ms FROM message ORDER BY seq DESC LIMIT 1),0)) WHERE stopped_ms IS NULL",
    [OP_PASSWORD] = "INSERT OR REPLACE INTO credential(user_id,bcrypt) VALUES(?,?)",
    [OP_TOKEN] = "INSERT OR REPLACE INTO token(hash,user_id,created_ms,expires_ms) VALUES(?,?,?,?)",
    [OP_TOKEN_DROP] = "DELETE FROM token WHERE hash=?",
    [OP_TOKENS_DROP] = "DELETE FROM token WHERE user_id=?",
    [OP_DEPARTMENT_DROP] = "DELETE FROM department WHERE id=?",
    [OP_LINK] = "INSERT OR REPLACE INTO department_agent(id,department_id,user_id,count,ord) VALUES(?,?,?,?,?)",
    [OP_LINK_DROP] = "DELETE FROM department_agent WHERE id=?",
    [OP_VISITOR_DROP] = "DELETE FROM visitor WHERE id=?",
    [OP_VISITOR_MESSAGES_DROP] = "DELETE FROM message WHERE seq IN (SELECT i.seq FROM message_index i WHERE i.rid IN"
                                 " (SELECT id FROM room WHERE visitor_id=?))",
    [OP_VISITOR_NEWEST_DROP] = "DELETE FROM message WHERE seq > coalesce((SELECT value FROM meta WHERE key='indexed'),0)"
                               " AND rid IN (SELECT id FROM room WHERE visitor_id=?)",
    [OP_VISITOR_INDEX_DROP] = "DELETE FROM message_index WHERE rid IN (SELECT id FROM room WHERE visitor_id=?)",
    [OP_MESSAGE_INDEX] = "INSERT OR IGNORE INTO message_index(rid,seq) SELECT rid,seq FROM message WHERE seq >"
                         " coalesce((SELECT value FROM meta WHERE key='indexed'),0) ORDER BY rid,seq",
    [OP_VISITOR_FILES_DROP] = "DELETE FROM file WHERE rid IN (SELECT id FROM room WHERE visitor_id=?)",
    [OP_VISITOR_SUBS_DROP] = "DELETE FROM subscription WHERE rid IN (SELECT id FROM room WHERE visitor_id=?)",
    [OP_VISITOR_RENAME] = "UPDATE room SET fname=?2 WHERE visitor_id=?1",
    [OP_VISITORS_UNMANAGE] = "UPDATE visitor SET contact_manager=NULL, updated_ms=?2 WHERE contact_manager=?1",
    [OP_VISITOR_ROOMS_DROP] = "DELETE FROM room WHERE visitor_id=?",
    [OP_ROOM_TALK] = "UPDATE room SET lm_ms=?2, msgs=?3, waiting_response=?4, visitor_last_message_ms=?5,"
                     " response_by_id=?6, response_by_username=?7, response_by_ms=?8, asked_ms=?9, replied_ms=?10,"
                     " response_total=?11, response_tt=?12, response_first_s=?13, response_first_ms=?14,"
                     " reaction_first_s=?15, reaction_first_ms=?16, reaction_tt=?17, said=?18, agent_said=?19,"
                     " last_message_id=?20, inquiry_first_text=?21, transfer_due_ms=?22, updated_ms=?23, mark=?24"
                     " WHERE id=?1",
    [OP_ROOM_INFO] = "UPDATE room SET topic=?2, tags=?3, livechat_data=?4, priority_id=?5, survey=?6, disposition=?7,"
                     " updated_ms=?8 WHERE id=?1",
    [OP_SUBSCRIPTION_DROP] = "DELETE FROM subscription WHERE id=?",
    [OP_MESSAGE_EDIT] = "UPDATE message SET text=?2, extra=?3, updated_ms=?4, edited_ms=?5, editor_id=?6,"
                        " editor_username=?7, type=?8 WHERE id=?1",
    [OP_MESSAGE_DROP] = "DELETE FROM message WHERE id=?",
    [OP_CANNED_DROP] = "DELETE FROM canned WHERE id=?",
    [OP_VISIT] = "INSERT INTO visit(seq,token,text,extra,ts_ms,expires_ms) VALUES(?,?,?,?,?,?)",
    [OP_VISITS_TRIM] = "DELETE FROM visit WHERE token=?1 AND seq <= (SELECT seq FROM visit WHERE token=?1"
                       " ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
    [OP_VISITS_CAP] = "DELETE FROM visit WHERE seq <= (SELECT seq FROM visit ORDER BY seq DESC LIMIT 1 OFFSET ?)",
    [OP_VISITS_EXPIRE] = "DELETE FROM visit WHERE expires_ms <= ?",
    [OP_VISITS_DROP] = "DELETE FROM visit WHERE token=?",
    [OP_VISITS_KEEP] = "UPDATE visit SET expires_ms=NULL WHERE token=?",
    [OP_VISITS_MOVE] = "UPDATE visit SET token=?2 WHERE token=?1",
    [OP_RECORD] = "INSERT INTO record(kind,id,doc,created_ms,updated_ms) VALUES(?,?,?,?,?) ON CONFLICT(kind,id) DO UPDATE"
                  " SET doc=excluded.doc, updated_ms=excluded.updated_ms",
    [OP_MEMBER_DROP] = "DELETE FROM member WHERE id=?",
    [OP_RECORD_DROP] = "DELETE FROM record WHERE kind=? AND id=?",
    [OP_MAIL_RETRY] = "UPDATE mail SET due_ms=?2, tries=?3 WHERE id=?1",
    [OP_MAIL_HURRY] = "UPDATE mail SET due_ms=?1 WHERE due_ms>?1",
    [OP_MAIL_DROP] = "DELETE FROM mail WHERE id=?",
    /* What he left for the staff when nobody was there, told in their channels (server/offline_channel.c). */
    [OP_VISITOR_OFFLINE_DROP] = "DELETE FROM message WHERE rid IN (SELECT id FROM channel) AND"
                                " json_extract(extra,'$.offlineEmail')=(SELECT email FROM visitor WHERE id=?1)",
    [OP_VISITOR_MAIL_DROP] = "DELETE FROM mail WHERE visitor_id=?1 OR address=(SELECT email FROM visitor WHERE id=?1)",
    [OP_HOOK] = "INSERT INTO hook(number,type,rid,visitor_id,address,message_id,extra,body,created_ms,due_ms)"
                " VALUES(?,?,?,?,?,?,?,?,?,?)",
    [OP_HOOK_BODY] = "UPDATE hook SET body=?2 WHERE number=?1",
    [OP_HOOK_TRIED] = "UPDATE hook SET due_ms=?2, done_ms=?3, tries=?4, status=?5, why=?6, state=?7 WHERE number=?1",
    [OP_HOOKS_TRIM] = "DELETE FROM hook WHERE state>0 AND done_ms<?",
    [OP_VISITOR_HOOKS_DROP] = "DELETE FROM hook WHERE visitor_id=?1 OR address=(SELECT email FROM visitor WHERE id=?1)"
                              " OR rid IN (SELECT id FROM room WHERE visitor_id=?1)",
    [OP_CRM] = "INSERT OR REPLACE INTO crm(rid,visitor_id,data) VALUES(?,?,?)",
    [OP_VISITOR_CRM_DROP] = "DELETE FROM crm WHERE visitor_id=?",
    [OP_ROOM_LATE] = "UPDATE room SET msgs=msgs+1, lm_ms=?2, updated_ms=?2 WHERE id=?1",
    [OP_FILE] = "INSERT OR REPLACE INTO file(id,rid,name,type,user_id,size,ts_ms) VALUES(?,?,?,?,?,?,?)",
};

static const struct table *const upserts[OP_COUNT] = {
    [OP_USER] = &table_user,       [OP_DEPARTMENT] = &table_department, [OP_VISITOR] = &table_visitor,
    [OP_ROOM] = &table_room,       [OP_SUBSCRIPTION] = &table_subscription,
    [OP_CHANNEL] = &table_channel, [OP_MEMBER] = &table_member,
    [OP_CANNED] = &table_canned,   [OP_MAIL] = &table_mail,
};

/* Plain inserts: a message's id is checked before it gets here, so a second one is an error of ours. */
static char *insert_sql(const struct table *t)
{
    char *text = table_upsert_sql(t);
    char *conflict = strstr(text, " ON CONFLICT");
    *conflict = '\0';
    return text;
}

int batch_prepare(sqlite3 *db, sqlite3_stmt *statements[OP_COUNT])
{
    for (int i = 0; i < OP_COUNT; i++) {
        AUTO_FREE char *made = upserts[i] ? table_upsert_sql(upserts[i]) : NULL;
        if (i == OP_MESSAGE)
            made = insert_sql(&table_message);
        int rc = sqlite3_prepare_v3(db, made ? made : sql[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i], NULL);
        if (rc != SQLITE_OK)
            return rc;
    }
    return SQLITE_OK;
}

void batch_begin(struct batch *b, enum op op)
{
    buf_putc(&b->ops, (char)op);
}

void batch_int(struct batch *b, int64_t v)
{
    buf_putc(&b->ops, VALUE_INT);
    buf_append(&b->ops, &v, sizeof(v));
}

void batch_text(struct batch *b, const char *s)
{
    if (s == NULL) {
        buf_putc(&b->ops, VALUE_NULL);
        return;
    }
    uint32_t n = (uint32_t)strlen(s);
    buf_reserve(&b->ops, n + 8);
    buf_putc(&b->ops, VALUE_TEXT);
    buf_append(&b->ops, &n, sizeof(n));
    buf_append(&b->ops, s, n);
}

void batch_record(struct batch *b, const struct table *t, const void *record)
{
    for (int i = 0; i < t->count; i++) {
        const char *at = (const char *)record + t->columns[i].offset;
        switch (t->columns[i].kind) {
        case COLUMN_TEXT:
        case COLUMN_TYPE:
            batch_text(b, *(const char *const *)(const void *)at);
            break;
        case COLUMN_I64:
            batch_int(b, *(const int64_t *)(const void *)at);
            break;
        case COLUMN_INT:
            batch_int(b, *(const int *)(const void *)at);
            break;
        case COLUMN_U32:
            batch_int(b, *(const uint32_t *)(const void *)at);
            break;
        case COLUMN_BOOL:
            batch_int(b, *(const bool *)(const void *)at);
            break;
        }
    }
}

void batch_end(struct batch *b)
{
    buf_putc(&b->ops, VALUE_END);
}

/* Binds the values of one operation; returns where the next one begins. */
static const char *bind_values(const char *p, sqlite3_stmt *st)
{
    for (int i = 1;; i++) {
        enum value_tag tag = (enum value_tag)*p++;
        int64_t v;
        uint32_t n;
        switch (tag) {
        case VALUE_END:
            return p;
        case VALUE_INT:
            memcpy(&v, p, sizeof(v));
            p += sizeof(v);
            sqlite3_bind_int64(st, i, v);
            break;
        case VALUE_TEXT:
            memcpy(&n, p, sizeof(n));
            p += sizeof(n);
            sqlite3_bind_text(st, i, p, (int)n, SQLITE_STATIC);
            p += n;
            break;
        case VALUE_NULL:
            sqlite3_bind_null(st, i);
            break;
        }
    }
}

/* When only the sync of a commit failed, its pages stand in the log already, and a crash before the next commit would
   bring back what was refused. A commit of nothing takes their place there; whether it reaches the disk itself does not
   matter. */
static void overwrite_log(sqlite3 *db)
{
    sqlite3_exec(db, "INSERT OR REPLACE INTO meta(key,value) VALUES('refused',"
                     " coalesce((SELECT value FROM meta WHERE key='refused'),0)+1)", NULL, NULL, NULL);
}

int batch_run(const struct batch *b, sqlite3 *db, sqlite3_stmt **statements, char why[FAILURE_BYTES])
{
    const char *p = b->ops.data, *end = p + b->ops.len;
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    while (rc == SQLITE_OK && p < end) {
        sqlite3_stmt *st = statements[(unsigned char)*p++];
        p = bind_values(p, st);
        rc = sqlite3_step(st);
        sqlite3_reset(st);
        if (rc == SQLITE_DONE)
            rc = SQLITE_OK;
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return rc;
    snprintf(why, FAILURE_BYTES, "%s", sqlite3_errmsg(db));
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    overwrite_log(db);
    return rc;
}
