/* The life of one chat: what the log says of its routing, and those messages of the system that say it already. */
#include <stdlib.h>

#include "store/internal.h"

#define LOGGED "('room-opened','inquiry-ready','inquiry-queued','inquiry-taken','inquiry-offered','inquiry-declined','routed','target','room-closed')"
#define SAID "('livechat_transfer_history','livechat_transfer_history_fallback','livechat_priority_history'," \
             "'livechat-close','omnichannel_placed_chat_on_hold','omnichannel_on_hold_chat_resumed')"

size_t read_life(struct store_reader *r, const char *rid, uint64_t before_seq, size_t limit, struct life_row **out)
{
    static const char sql[] =
        "SELECT seq,ts_ms,type,actor,NULL,detail FROM event WHERE subject=?1 AND seq<?2 AND type IN " LOGGED
        " UNION ALL SELECT seq,ts_ms,type,username,text,extra FROM room_message WHERE room_id=?1 AND seq<?2 AND type IN "
        SAID " ORDER BY 1 DESC LIMIT ?3";
    sqlite3_stmt *st = reader_statement(r, sql);
    size_t n = 0;
    *out = x_calloc(limit, sizeof(**out));
    sqlite3_bind_text(st, 1, rid, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, before_seq ? (sqlite3_int64)before_seq : INT64_MAX);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)limit);
    for (; n < limit && sqlite3_step(st) == SQLITE_ROW; n++) {
        struct life_row *row = &(*out)[n];
        row->seq = (uint64_t)sqlite3_column_int64(st, 0);
        row->ts_ms = sqlite3_column_int64(st, 1);
        row->type = column_text(st, 2);
        row->by = column_text(st, 3);
        row->text = column_text(st, 4);
        row->detail = column_text(st, 5);
    }
    sqlite3_reset(st);
    return n;
}

void life_rows_free(struct life_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(rows[i].type);
        free(rows[i].by);
        free(rows[i].text);
        free(rows[i].detail);
    }
    free(rows);
}
