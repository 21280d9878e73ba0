/* Mails as MIME, by GMime: multipart/alternative with a plain and an HTML part. GMime (and GLib below it) is loaded by the
   first mail; one thread at a time. */
#ifndef OUTBOUND_MIME_H
#define OUTBOUND_MIME_H

#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"

/* All texts UTF-8 and of anybody: line ends and controls in names and subjects become blanks, addresses must be plain ones
   (mail_address_is_plain). Borrowed. */
struct mime_mail {
    const char *id;                    /* Message-ID is <id@domain of from>: the same for every try */
    const char *from, *from_name;      /* names may be NULL */
    const char *reply_to, *reply_name; /* or NULL */
    const char *to;                    /* one address, or several with commas */
    const char *subject, *text, *html;
    int64_t date_ms;
};

/* Appends the whole mail, lines ending with CR LF. ERR_INVALID names the address that is none; ERR_IO: GMime cannot be
   loaded. */
int mime_write(const struct mime_mail *m, struct buf *out, struct error *err);

/* "Name <a@b>" or "a@b" into name (or NULL) and address, which the caller frees. ERR_INVALID when there is no plain address
   in it. */
int mime_split_mailbox(const char *text, char **name, char **address, struct error *err);

/* The addresses of mime_mail.to one by one: calls each with arg and returns how many; 0 when one is not plain (err). */
int mime_each_address(const char *list, void (*each)(void *arg, const char *address), void *arg, struct error *err);

/* A text of anybody as one line: valid UTF-8, no control characters, at most max bytes. Caller frees. */
char *mime_one_line(const char *text, size_t max);

#endif
