/* Mails out of what happened: transcripts when the core says that one is due, offline messages when a visitor leaves one
   (behaviour 19.1, 9.4). Outbound writes and sends them. */
#ifndef SERVER_POST_H
#define SERVER_POST_H

#include "outbound/http.h"
#include "outbound/mx.h"
#include "outbound/outbound.h"
#include "server/server.h"

struct post;

struct post *post_new(struct server *s);       /* before the store is open */
/* What everything that talks to other systems shares. */
const struct outbound_host *post_host(const struct server *s);
struct http_client *post_web(const struct server *s);
struct hooks *post_hooks(const struct server *s);
void post_start(struct server *s);             /* when it is: what is left of a former process */
/* No pool work is left and nobody waits for an answer afterwards; the loop must run once more before post_free. */
void post_stop(struct server *s);
void post_free(struct post **p);

/* After each step, before anything of it is committed. */
void post_events(struct server *s, const struct event_list *events);
void post_committed(struct server *s);
void post_lost(struct server *s);              /* a commit failed */
void post_clock_moved(struct server *s);

/* What a visitor left: name, email, text not NULL; department (id or name) and host may be. */
struct offline_message {
    const char *name, *email, *text, *department, *host;
};
void post_offline(struct server *s, const struct offline_message *m);

/* Sends a mail to that address through the mail server of an e-mail inbox, once; what becomes of it stands in the log. */
void post_test(struct server *s, const struct record *inbox, const char *to);

/* May this address leave a message (Livechat_validate_offline_email)? done comes later, once. */
void post_check_address(struct server *s, const char *address, mx_done done, void *arg);

#endif
