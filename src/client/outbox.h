/* Messages of mine that the server has not acknowledged, on disk: one file each, kept until they are sent or thrown
   away, in the order they were written. Several consoles may share the folder: a file belongs to the one that holds
   its lock. */
#ifndef CLIENT_OUTBOX_H
#define CLIENT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/id.h"

struct outbox;

struct outbox_item {
    char id[ID_LEN + 1];     /* of the message */
    char *rid, *text;
    char *failure;           /* refused by the server: why; NULL: waiting */
    int64_t ts_ms;
    bool sending;            /* for the sender's use */
    int tries;               /* how often it was sent since the start */
};

/* dir NULL: in memory only. server tells the outboxes of different servers apart. Reads what is there; with an
   error (folder not usable) the outbox exists and refuses to take anything. */
struct outbox *outbox_open(const char *dir, const char *server, struct error *err);
void outbox_free(struct outbox **o);     /* files stay */

/* On disk when it returns 0. */
int outbox_add(struct outbox *o, const char *rid, const char *text, int64_t ts_ms, struct outbox_item **item,
               struct error *err);
void outbox_set_failure(struct outbox *o, struct outbox_item *item, const char *failure);   /* NULL: waiting again */
void outbox_remove(struct outbox *o, const char *id);                                       /* unknown: nothing */

size_t outbox_count(const struct outbox *o);
struct outbox_item *outbox_at(const struct outbox *o, size_t i);     /* oldest first */
struct outbox_item *outbox_find(const struct outbox *o, const char *id);

#endif
