/* Transcripts by mail (behaviour 19.1): asked for while a chat is open, sent when it ends or at once. The core only says
   that one is due (EVENT_TRANSCRIPT); others write and send it. */
#ifndef CORE_TRANSCRIPT_H
#define CORE_TRANSCRIPT_H

#include <stdbool.h>
#include <stdint.h>

struct core;

/* What EVENT_TRANSCRIPT carries; readable until the next step. */
struct transcript_order {
    char *rid;
    char *email;               /* where to */
    char *subject;             /* NULL: the usual one */
    char *user_id;             /* who asked, or NULL: the visitor */
    int64_t until_ms;          /* when it was asked for: what is said later in an open chat does not belong to it */
    bool is_possible;          /* false: there is no way to send mail, so nothing was promised to anybody */
};

/* Can mail be sent: is there a mail server and a sender (SMTP_Host, From_Email)? */
bool core_mail_is_set_up(const struct core *c);

/* Does it look like one address that can stand in a mail: x@y, nothing that could end a header or a command? */
bool mail_address_is_plain(const char *address);

#endif
