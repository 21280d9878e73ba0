#include "server/work.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "common/log.h"
#include "common/mem.h"
#include "store/store.h"

#define HASHES_MAX 2
#define READERS_MAX 8

struct work {
    uv_work_t req;
    STAILQ_ENTRY(work) entry;
    struct server *server;
    struct store_reader *reader;
    work_run run;
    work_done done;
    void *data;
    bool is_hash, with_reader;
};

struct workers {
    struct store_reader *idle[READERS_MAX];
    int idle_count, busy, hashes;
    STAILQ_HEAD(, work) waiting_hashes;
};

struct workers *workers_new(void)
{
    struct workers *w = x_calloc(1, sizeof *w);
    STAILQ_INIT(&w->waiting_hashes);
    return w;
}

void workers_free(struct workers **w)
{
    if (*w == NULL)
        return;
    while ((*w)->idle_count > 0)
        store_reader_free(&(*w)->idle[--(*w)->idle_count]);
    free(*w);
    *w = NULL;
}

int workers_busy(const struct workers *w)
{
    return w->busy;
}

static void on_pool(uv_work_t *req)
{
    struct work *work = req->data;
    work->run(work->reader, work->data);
}

static void on_loop(uv_work_t *req, int status);

static void start(struct work *work)
{
    struct workers *w = work->server->workers;
    if (work->with_reader) {
        struct error e = {0};
        if (w->idle_count > 0)
            work->reader = w->idle[--w->idle_count];
        else
            work->reader = store_reader_new(work->server->store, &e);
        if (work->reader == NULL)
            log_error("the store cannot be read: %s", e.text);
    }
    if (work->is_hash)
        w->hashes++;
    uv_queue_work(work->server->loop, &work->req, on_pool, on_loop);
}

static void give_back(struct workers *w, struct work *work)
{
    if (work->reader == NULL)
        return;
    if (w->idle_count < READERS_MAX)
        w->idle[w->idle_count++] = work->reader;
    else
        store_reader_free(&work->reader);
}

static void on_loop(uv_work_t *req, int status)
{
    (void)status;
    struct work *work = req->data;
    struct server *s = work->server;
    struct workers *w = s->workers;
    give_back(w, work);
    w->busy--;
    if (work->is_hash && --w->hashes < HASHES_MAX && !STAILQ_EMPTY(&w->waiting_hashes)) {
        struct work *next = STAILQ_FIRST(&w->waiting_hashes);
        STAILQ_REMOVE_HEAD(&w->waiting_hashes, entry);
        start(next);
    }
    work->done(s, work->data);
    free(work);
}

static struct work *make(struct server *s, work_run run, work_done done, void *data)
{
    struct work *work = x_calloc(1, sizeof *work);
    work->req.data = work;
    work->server = s;
    work->run = run;
    work->done = done;
    work->data = data;
    work->with_reader = true;
    s->workers->busy++;
    return work;
}

void work_read(struct server *s, work_run run, work_done done, void *data)
{
    start(make(s, run, done, data));
}

void work_plain(struct server *s, work_run run, work_done done, void *data)
{
    struct work *work = make(s, run, done, data);
    work->with_reader = false;
    start(work);
}

void work_hash(struct server *s, work_run run, work_done done, void *data)
{
    struct work *work = make(s, run, done, data);
    work->is_hash = true;
    if (s->workers->hashes < HASHES_MAX)
        start(work);
    else
        STAILQ_INSERT_TAIL(&s->workers->waiting_hashes, work, entry);
}
