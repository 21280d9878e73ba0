/* Can a domain receive mail: does DNS know a mail exchanger for it (behaviour 9.4)? By c-ares on the server's loop. */
#ifndef OUTBOUND_MX_H
#define OUTBOUND_MX_H

#include <stdbool.h>
#include <uv.h>

struct mx_checks;

/* servers: "192.0.2.1,[2001:db8::1]:5353", or NULL: those of the system. Borrowed. */
struct mx_checks *mx_new(uv_loop_t *loop, const char *servers);
/* Ends what is under way (done is called with false); the uv loop must run once more before mx_free. */
void mx_stop(struct mx_checks *c);
void mx_free(struct mx_checks **c);

/* Looks up what stands behind the last @ of the address. done is called once, later, never before this returns: with
   true when there is an exchanger; with false when there is none, when the name is none, and when nobody has answered
   within 3 s. */
typedef void (*mx_done)(void *arg, bool has_exchanger);
void mx_check(struct mx_checks *c, const char *address, mx_done done, void *arg);

#endif
