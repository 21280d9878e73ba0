/* The writer's thread: one batch, one transaction, one fsync. While it commits, the loop gathers the next. */
#include "store/internal.h"

#include <string.h>
#include <time.h>

#define BUSY_MS 2000
#define SCRUB_WAIT_MS 200          /* for readers, at the first try to empty the log: commits wait meanwhile */
#define SCRUB_PAUSE_MS 100         /* between two further tries */

/* secure_delete overwrites what is erased in the database; older pages with the same words wait in the write-ahead log
   until it is emptied. A reader in the middle of something can prevent that: then the thread tries again after every
   batch, and by itself while there is none, until it is done. */
static void scrub_log(struct writer *w)
{
    int in_log = -1, copied = -1;
    sqlite3_busy_timeout(w->db, w->scrub_is_late ? 0 : SCRUB_WAIT_MS);
    int rc = sqlite3_wal_checkpoint_v2(w->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &copied);
    sqlite3_busy_timeout(w->db, BUSY_MS);
    w->scrub = w->scrub_is_late = rc != SQLITE_OK;
}

static void swap_batches(struct batch *a, struct batch *b)
{
    struct batch was = *a;
    *a = *b;
    *b = was;
}

static void run_one(struct writer *w)
{
    char failure[FAILURE_BYTES];
    int rc = batch_run(&w->batch, w->db, w->statements, failure);
    w->scrub |= w->batch.scrub;
    w->batch.scrub = false;
    if (rc == SQLITE_OK && w->scrub)
        scrub_log(w);
    pthread_mutex_lock(&w->lock);
    buf_clear(&w->batch.ops);
    if (rc == SQLITE_OK) {
        w->committed = w->batch.last;
        swap_batches(&w->batch, &w->next);
    } else { /* what was given meanwhile rests on what was lost */
        memcpy(w->failure, failure, sizeof(failure));
        w->rc = rc;
        buf_clear(&w->next.ops);
        w->next.scrub = false;
    }
    w->busy = w->batch.ops.len > 0;
    if (!w->busy)
        pthread_cond_signal(&w->idle);
    pthread_mutex_unlock(&w->lock);
    if (w->wake)
        w->wake(w->arg);
    sweeper_note(&w->sweeper, w->db, w->log_pages);
}

/* Waits for a batch or the end; with a log that is to be emptied only for a moment. The lock is held. */
static void wait_for_work(struct writer *w)
{
    struct timespec until;
    if (!w->scrub) {
        pthread_cond_wait(&w->work, &w->lock);
        return;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += SCRUB_PAUSE_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_cond_timedwait(&w->work, &w->lock, &until);
}

static void *run(void *arg)
{
    struct writer *w = arg;
    bool work, stop;
    do {
        pthread_mutex_lock(&w->lock);
        if (!w->busy && !w->stop)
            wait_for_work(w);
        work = w->busy;
        stop = w->stop;
        pthread_mutex_unlock(&w->lock);
        if (work)
            run_one(w);
        else if (w->scrub)
            scrub_log(w);
    } while (work || !stop);
    return NULL;
}

static int on_log(void *arg, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((struct writer *)arg)->log_pages = pages;
    return SQLITE_OK;
}

static int open_database(struct writer *w, const char *path, struct error *err)
{
    static const char pragmas[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF;"
                                  "PRAGMA secure_delete=ON; PRAGMA cache_size=-16000;";
    int rc = sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(w->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return error_set(err, ERR_IO, NULL, "%s cannot be opened: %s", path, sqlite3_errmsg(w->db));
    rc = schema_migrate(w->db, path, err);
    if (rc != ERR_OK)
        return rc;
    if (sqlite3_exec(w->db, pragmas, NULL, NULL, NULL) != SQLITE_OK ||
        batch_prepare(w->db, w->statements) != SQLITE_OK)
        return error_set(err, ERR_IO, NULL, "%s: %s", path, sqlite3_errmsg(w->db));
    sqlite3_busy_timeout(w->db, BUSY_MS);
    sqlite3_wal_hook(w->db, on_log, w);
    return ERR_OK;
}

int writer_start(struct writer *w, const char *path, store_wake wake, void *arg, struct error *err)
{
    w->wake = wake;
    w->arg = arg;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    pthread_cond_init(&w->idle, NULL);
    int rc = open_database(w, path, err);
    if (rc != ERR_OK)
        return rc;
    rc = sweeper_start(&w->sweeper, path, err);
    if (rc != ERR_OK)
        return rc;
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        return error_set(err, ERR_IO, NULL, "the writer's thread cannot be started");
    w->started = true;
    return ERR_OK;
}

void writer_stop(struct writer *w)
{
    if (w->started) {
        pthread_mutex_lock(&w->lock);
        w->stop = true;
        pthread_cond_signal(&w->work);
        pthread_mutex_unlock(&w->lock);
        pthread_join(w->thread, NULL);
    }
    sweeper_stop(&w->sweeper);
    for (int i = 0; i < OP_COUNT; i++)
        sqlite3_finalize(w->statements[i]);
    sqlite3_close(w->db);
    buf_free(&w->batch.ops);
    buf_free(&w->next.ops);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    pthread_cond_destroy(&w->idle);
}

bool writer_give(struct writer *w, struct batch *b)
{
    pthread_mutex_lock(&w->lock);
    bool sound = w->rc == SQLITE_OK;
    if (sound && !w->busy) {
        swap_batches(&w->batch, b);
        w->busy = true;
        pthread_cond_signal(&w->work);
    } else if (sound) {
        buf_append(&w->next.ops, b->ops.data, b->ops.len);
        w->next.last = b->last;
        w->next.scrub |= b->scrub;
        buf_clear(&b->ops);
        b->scrub = false;
    }
    pthread_mutex_unlock(&w->lock);
    return sound;
}

void writer_wait(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->busy)
        pthread_cond_wait(&w->idle, &w->lock);
    pthread_mutex_unlock(&w->lock);
}
