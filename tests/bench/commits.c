/* Bare SQLite with the pragmas of the store: rows of the size of a message, N in a transaction, one fsync each:
   commits FILE ROWS_PER_COMMIT SECONDS. Prints rows per second. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    if (argc != 4 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 2;
    int rows = atoi(argv[2]);
    double seconds = atof(argv[3]);
    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE m(seq INTEGER PRIMARY KEY, id TEXT"
                     " UNIQUE, rid TEXT, ts INTEGER, text TEXT); CREATE INDEX m_rid ON m(rid, ts)", NULL, NULL, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO m(id,rid,ts,text) VALUES(?,?,?,?)", -1, &st, NULL);
    double from = now();
    long n = 0;
    while (now() - from < seconds) {
        sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        for (int i = 0; i < rows; i++, n++) {
            char id[32];
            snprintf(id, sizeof(id), "%017lx", (unsigned long)n * 2654435761u);
            sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
            sqlite3_bind_text(st, 2, id, 3, SQLITE_STATIC);
            sqlite3_bind_int64(st, 3, n);
            sqlite3_bind_text(st, 4, "Where is my parcel? It should have been here.", -1, SQLITE_STATIC);
            sqlite3_step(st);
            sqlite3_reset(st);
        }
        if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            return 1;
    }
    printf("%.0f\n", (double)n / (now() - from));
    sqlite3_finalize(st);
    sqlite3_close(db);
    return 0;
}
