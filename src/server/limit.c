#include "server/limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/id.h"
#include "common/mem.h"

#define COUNTERS_MAX 50000

struct counter_key {
    uint32_t route;
    uint64_t subject;              /* hash: a stranger's collision costs a share of the limit, no more */
};

struct counter {
    struct counter_key key;
    int64_t until_ms, calls;
    UT_hash_handle hh;
};

struct limits {
    struct counter *counters;
    uint64_t salt;
};

struct limits *limits_new(void)
{
    struct limits *l = x_calloc(1, sizeof *l);
    l->salt = id_entropy();
    return l;
}

/* Drops what is over, or everything when that is not enough. */
static void sweep(struct limits *l, int64_t now_ms)
{
    struct counter *c, *next;
    HASH_ITER(hh, l->counters, c, next) {
        if (c->until_ms <= now_ms || now_ms < 0) {
            HASH_DEL(l->counters, c);
            free(c);
        }
    }
}

void limits_free(struct limits **l)
{
    if (*l == NULL)
        return;
    sweep(*l, -1);
    free(*l);
    *l = NULL;
}

static uint64_t hash_text(uint64_t salt, const char *s)
{
    uint64_t h = 0xcbf29ce484222325u ^ salt;
    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 0x100000001b3u;
    return h;
}

struct limit_verdict limits_count(struct limits *l, uint32_t route, const char *subject, int64_t max, int64_t window_ms,
                                  int64_t now_ms)
{
    struct counter_key key;
    memset(&key, 0, sizeof key);
    key.route = route;
    key.subject = hash_text(l->salt, subject);
    struct counter *c;
    HASH_FIND(hh, l->counters, &key, sizeof key, c);
    if (c == NULL) {
        if (HASH_COUNT(l->counters) >= COUNTERS_MAX)
            sweep(l, now_ms);
        if (HASH_COUNT(l->counters) >= COUNTERS_MAX)
            sweep(l, -1);
        c = x_calloc(1, sizeof *c);
        c->key = key;
        HASH_ADD(hh, l->counters, key, sizeof c->key, c);
    }
    if (c->until_ms <= now_ms) {
        c->until_ms = now_ms + window_ms;
        c->calls = 0;
    }
    c->calls++;
    return (struct limit_verdict){.allowed = c->calls <= max,
                                  .limit = max,
                                  .remaining = c->calls < max ? max - c->calls : 0,
                                  .reset_ms = c->until_ms};
}
