/* What waits for a commit: replies, frames to one connection, broadcasts to a topic. First in, first out; each carries
   the number of the last event it reflects and leaves when that number is on disk. */
#ifndef SERVER_HOLD_H
#define SERVER_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "server/server.h"

struct holds;
struct topic;
struct ws_frame;

struct holds *holds_new(void);
void holds_free(struct holds **h);

/* Every one of these waits for server_seq(s), and goes out at once when that is committed already. */

/* type: as for http_reply, must stay valid (a literal). headers and body are taken over, their buffers are left empty. */
void hold_reply(struct server *s, struct http_handle handle, int status, const char *type, struct buf *headers_take,
                struct buf *body_take);
void hold_frame(struct server *s, uint64_t conn, struct ws_frame *frame_take);
/* As hold_frame; when the commit fails on_fail goes out instead (NULL: nothing). */
void hold_answer(struct server *s, uint64_t conn, struct ws_frame *frame_take, struct ws_frame *on_fail_take);
/* To all subscribers of the topic but the connection except (0: none). */
void hold_topic(struct server *s, struct topic *topic, struct ws_frame *frame_take, uint64_t except);

/* Runs fn when the number is committed, or with committed false when it will never be. */
typedef void (*hold_fn)(struct server *s, void *arg, bool committed);
void hold_call(struct server *s, hold_fn fn, void *arg);

void holds_release(struct server *s, uint64_t committed);
/* The commit failed: everything held is answered with an error, broadcasts are dropped. */
void holds_fail(struct server *s);
size_t holds_count(const struct holds *h);

#endif
