/* Mails handed to a mail server by libcurl, which is loaded for the first one.

   Each on a thread of its own for as long as it takes: libcurl waits for the server's last answer, and for its farewell,
   without going back to its caller, so its SMTP can stand neither on the loop nor on the few threads of libuv's pool,
   where a server that hangs would hold up everybody. */
#ifndef OUTBOUND_SMTP_H
#define OUTBOUND_SMTP_H

#include <stdbool.h>
#include <uv.h>

#include "common/buf.h"
#include "common/error.h"

/* Where mails are handed to. Texts are owned; the password is wiped by smtp_server_free. */
struct smtp_server {
    char *protocol;            /* "smtp" or "smtps" */
    char *host;
    int port;                  /* 0: the usual one of the protocol */
    bool no_starttls;          /* never encrypt, even when it is offered */
    char *username, *password; /* username "": no login */
    char *ca_file;             /* a further certificate authority, or NULL */
};
void smtp_server_free(struct smtp_server *s);      /* its texts */

enum smtp_outcome {
    SMTP_SENT,                 /* the server has taken it */
    SMTP_LATER,                /* try again */
    SMTP_NEVER,                /* the server will not take this mail */
};

/* On the loop. code: the last answer of the server, 0 without one; why: words for the log. */
typedef void (*smtp_done)(void *arg, enum smtp_outcome outcome, int code, const char *why);

struct smtp_office;            /* all deliveries of one loop */
struct smtp_delivery;

struct smtp_office *smtp_office_new(uv_loop_t *loop);
int smtp_office_count(const struct smtp_office *o);        /* deliveries whose thread has not ended, cancelled ones too */
/* Leaves what is still under way to itself: it ends with the process. The uv loop must run once more. */
void smtp_office_free(struct smtp_office **o);

/* Takes over server and message; to: addresses as in mime_mail. done comes later, once, unless cancelled. NULL, with err,
   when it cannot even begin. */
struct smtp_delivery *smtp_start(struct smtp_office *o, struct smtp_server *server_take, const char *from, const char *to,
                                 struct buf *message_take, smtp_done done, void *arg, struct error *err);
/* Breaks the connection; nothing is told any more. */
void smtp_cancel(struct smtp_delivery **d);

#endif
