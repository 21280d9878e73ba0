/* The history of settings, read back. */
#include <stdlib.h>

#include "store/internal.h"

#define COLUMNS "number,ts_ms,setting,user_id,username,address,via,old,new,old_default,comment,undoes"

static void read_row(sqlite3_stmt *st, struct stored_change *c)
{
    *c = (struct stored_change){
        .number = (uint64_t)sqlite3_column_int64(st, 0),
        .ts_ms = sqlite3_column_int64(st, 1),
        .setting = column_text(st, 2),
        .user_id = column_text(st, 3),
        .username = column_text(st, 4),
        .address = column_text(st, 5),
        .via = column_text(st, 6),
        .old_json = column_text(st, 7),
        .new_json = column_text(st, 8),
        .old_default = sqlite3_column_int(st, 9) != 0,
        .comment = column_text(st, 10),
        .undoes = (uint64_t)sqlite3_column_int64(st, 11),
    };
}

size_t read_setting_changes(struct store_reader *r, const char *setting, uint64_t before, size_t limit,
                            struct stored_change **out)
{
    static const char all[] = "SELECT " COLUMNS " FROM setting_change WHERE number<?2 ORDER BY number DESC LIMIT ?3";
    static const char one[] =
        "SELECT " COLUMNS " FROM setting_change WHERE setting=?1 AND number<?2 ORDER BY number DESC LIMIT ?3";
    sqlite3_stmt *st = reader_statement(r, setting ? one : all);
    size_t n = 0, cap = 0;
    if (setting)
        sqlite3_bind_text(st, 1, setting, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 2, before ? (sqlite3_int64)before : INT64_MAX);
    sqlite3_bind_int64(st, 3, (sqlite3_int64)limit);
    *out = NULL;
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (n == cap) {
            cap = cap ? cap * 2 : 16;
            *out = x_reallocarray(*out, cap, sizeof(**out));
        }
        read_row(st, &(*out)[n++]);
    }
    sqlite3_reset(st);
    return n;
}

bool read_setting_change(struct store_reader *r, uint64_t number, struct stored_change *out)
{
    sqlite3_stmt *st = reader_statement(r, "SELECT " COLUMNS " FROM setting_change WHERE number=?1");
    sqlite3_bind_int64(st, 1, (sqlite3_int64)number);
    bool found = sqlite3_step(st) == SQLITE_ROW;
    if (found)
        read_row(st, out);
    sqlite3_reset(st);
    return found;
}

void stored_change_fini(struct stored_change *c)
{
    free(c->setting);
    free(c->user_id);
    free(c->username);
    free(c->address);
    free(c->via);
    free(c->old_json);
    free(c->new_json);
    free(c->comment);
}

void stored_changes_free(struct stored_change *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        stored_change_fini(&rows[i]);
    free(rows);
}
