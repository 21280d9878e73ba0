/* A message writes one row. The rows of its room, of the subscriptions to it, and the index of messages by room follow
   here, for many messages at once; until then they lag behind, and store_load brings them up to date from the messages. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct dirty_room {
    UT_hash_handle hh;
    char rid[];
};

/* Messages between two checkpoints: they bound what a start has to catch up and a reader looks through. A checkpoint
   writes some pages for every room that spoke, so few rooms have it often and briefly, and many share a long one. */
#define DUE_LEAST 256
#define DUE_MOST 4096
#define DUE_PER_ROOM 64

static unsigned due(const struct store *s)
{
    unsigned n = HASH_COUNT(s->dirty) * DUE_PER_ROOM;
    return n < DUE_LEAST ? DUE_LEAST : n > DUE_MOST ? DUE_MOST : n;
}

void checkpoint_touch(struct store *s, const char *rid)
{
    struct dirty_room *d;
    size_t n = strlen(rid);
    HASH_FIND(hh, s->dirty, rid, n, d);
    if (d)
        return;
    d = x_calloc(1, sizeof(*d) + n + 1);
    memcpy(d->rid, rid, n);
    HASH_ADD_KEYPTR(hh, s->dirty, d->rid, n, d);
}

void checkpoint_forget(struct store *s, const char *rid)
{
    struct dirty_room *d;
    HASH_FIND(hh, s->dirty, rid, strlen(rid), d);
    if (d == NULL)
        return;
    HASH_DEL(s->dirty, d);
    free(d);
}

void checkpoint_clear(struct store *s)
{
    struct dirty_room *d, *next;
    HASH_ITER(hh, s->dirty, d, next) {
        HASH_DEL(s->dirty, d);
        free(d);
    }
    s->unindexed = 0;
}

void checkpoint_if_due(struct store *s, const struct core *c)
{
    struct dirty_room *d, *next;
    if (s->unindexed < due(s))
        return;
    HASH_ITER(hh, s->dirty, d, next) {
        struct room *r = core_room(c, d->rid); /* a closed one was written when it was closed */
        struct channel *ch = r ? NULL : core_channel(c, d->rid);
        if (r)
            project_room_talk(s, r);
        else if (ch)
            project_channel_talk(s, ch);
    }
    batch_begin(&s->pending, OP_MESSAGE_INDEX);
    batch_end(&s->pending);
    batch_begin(&s->pending, OP_META);
    batch_text(&s->pending, "indexed");
    batch_int(&s->pending, (int64_t)s->last);
    batch_end(&s->pending);
    checkpoint_clear(s);
}
