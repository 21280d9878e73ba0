/* Copies the pages of the write-ahead log into the database, on a thread of its own, so that commits go on meanwhile.
   Pages written during the copying stay behind; when they are few the writer copies them itself, then nothing is left
   and its next commit begins the log anew. */
#include "store/internal.h"

#include <string.h>

#define SWEEP_FROM 4000   /* pages in the log; about 16 MB */
#define TOO_MANY 64000    /* the sweeper does not keep up: the writer does all of it */

static void sweep(struct sweeper *w)
{
    int all = 0, done = 0;
    int rc = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &all, &done);
    pthread_mutex_lock(&w->lock);
    w->due = false;
    w->last_is_due = rc == SQLITE_OK && done == all;
    pthread_mutex_unlock(&w->lock);
}

static void *run(void *arg)
{
    struct sweeper *w = arg;
    for (;;) {
        pthread_mutex_lock(&w->lock);
        while (!w->due && !w->stop)
            pthread_cond_wait(&w->work, &w->lock);
        bool stop = w->stop;
        pthread_mutex_unlock(&w->lock);
        if (stop)
            return NULL;
        sweep(w);
    }
}

int sweeper_start(struct sweeper *w, const char *path, struct error *err)
{
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    int rc = sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(w->db, "PRAGMA synchronous=FULL; PRAGMA busy_timeout=0;", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return error_set(err, ERR_IO, NULL, "%s cannot be opened: %s", path, sqlite3_errmsg(w->db));
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        return error_set(err, ERR_IO, NULL, "the sweeper's thread cannot be started");
    w->started = true;
    return ERR_OK;
}

void sweeper_stop(struct sweeper *w)
{
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->stop = true;
        pthread_cond_signal(&w->work);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
        pthread_mutex_destroy(&w->lock);
        pthread_cond_destroy(&w->work);
    }
    sqlite3_close(w->db);
}

void sweeper_note(struct sweeper *w, sqlite3 *db, int pages)
{
    if (pages < SWEEP_FROM)
        return;
    pthread_mutex_lock(&w->lock);
    bool busy = w->due, finish = w->last_is_due || pages > TOO_MANY;
    if (!busy && !finish) {
        w->due = true;
        pthread_cond_signal(&w->work);
    }
    w->last_is_due = false;
    pthread_mutex_unlock(&w->lock);
    if (finish && !busy)
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}
