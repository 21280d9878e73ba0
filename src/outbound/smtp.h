/* One mail handed to a mail server, by libcurl on the server's loop. */
#ifndef OUTBOUND_SMTP_H
#define OUTBOUND_SMTP_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/error.h"
#include "outbound/curl_loop.h"

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

/* code: the last answer of the server, 0 without one; why: words for the log. */
typedef void (*smtp_done)(void *arg, enum smtp_outcome outcome, int code, const char *why);

struct smtp_delivery;

/* Takes over server and message; to: addresses as in mime_mail. done comes later, once, unless cancelled. NULL, with err,
   when it cannot even begin. */
struct smtp_delivery *smtp_start(struct curl_loop *l, struct smtp_server *server_take, const char *from, const char *to,
                                 struct buf *message_take, smtp_done done, void *arg, struct error *err);
void smtp_cancel(struct smtp_delivery **d);

#endif
