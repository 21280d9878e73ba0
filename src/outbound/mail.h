/* The queue of mails: what stands in the store is written and handed to the mail server of the settings SMTP_* and
   From_Email, on the server's loop and its pool.

   A mail that could not be delivered is tried again after 1, 5, 15 and 30 minutes, 1, 2, 4, 8, 12 and 24 hours, then given
   up, with a line in the log and in the event log ("mail-failed"). One that the mail server refuses for good (5xx to
   sender, recipient or text) is given up at once. A mail that nobody has said where to send to (no mail server, no
   address for offline messages) waits 30 days. When a setting of mail changes, all are tried at once.

   Every mail arrives at least once: its row goes when the server has taken it, so a crash at that moment sends it again,
   with the same Message-ID. */
#ifndef OUTBOUND_MAIL_H
#define OUTBOUND_MAIL_H

#include "outbound/outbound.h"

struct mailer;
struct smtp_server;

/* ca_file: a further certificate authority for the mail server, or NULL. host and ca_file are borrowed for its life. */
struct mailer *mailer_new(const struct outbound_host *host, const char *ca_file);
/* Looks for what a former process has left: when the store is open. */
void mailer_start(struct mailer *m);

/* Puts a mail into the store, in the batch of this turn; id, due_ms and, when it is 0, created_ms are set here. */
void mailer_put(struct mailer *m, struct store_mail *mail);

/* A mail that shows whether an e-mail inbox can send: through its own server, once and now, whatever becomes of it (a line
   in the log). Nothing of it is stored. Takes over server. */
void mailer_test(struct mailer *m, struct smtp_server *server_take, const char *from, const char *to, const char *name);

/* --- the server says what happened */
void mailer_committed(struct mailer *m);               /* the store has written something */
void mailer_lost(struct mailer *m);                    /* a commit failed: what was appended is gone */
void mailer_clock_moved(struct mailer *m);
void mailer_settings_changed(struct mailer *m);
void mailer_erase(struct mailer *m, const char *visitor_id, const char *email);   /* stop sending to or of him */

/* Breaks off what is under way, running the loop for at most 2 s (longer only for its own work on the pool); it will be
   sent again by the next process. The loop must run once more before mailer_free. */
void mailer_stop(struct mailer *m);
void mailer_free(struct mailer **m);

#endif
