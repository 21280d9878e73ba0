/* Messages of visitors while nobody is online (behaviour 9.4): POST livechat/offline.message and the older method. A
   message is a line of JSON in a file beside the store, on disk before the answer. */
#ifndef SERVER_OFFLINE_H
#define SERVER_OFFLINE_H

#include <jansson.h>

#include "server/server.h"

struct store_reader;
struct offline_note;

/* form: name, email, message, department, host. NULL: refused; e has a name, error-invalid-email-address, or none when
   the form is off. */
struct offline_note *offline_note_new(struct server *s, const json_t *form, struct error *e);
/* On the pool. */
void offline_note_write(struct store_reader *r, void *note);
/* After that: false when it could not be written. */
bool offline_note_is_kept(const struct offline_note *n);
void offline_note_free(void *note);

#endif
