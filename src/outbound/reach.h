/* Which addresses usherd may connect to for its settings. Link-local ones never: they are those of machines' own
   services, such as the metadata of clouds. Loopback and private ones unless outbound.deny_private says so: many a CRM
   stands in the same building. */
#ifndef OUTBOUND_REACH_H
#define OUTBOUND_REACH_H

#include <stdbool.h>
#include <sys/socket.h>

#define REACH_TEXT 64

/* May it be connected to? IPv4 within IPv6 (mapped, translated, 6to4) counts as what it means. text, REACH_TEXT bytes, is
   set to the address without port. Anything but IPv4 and IPv6: false. */
bool reach_is_allowed(const struct sockaddr *address, bool deny_private, char *text);

#endif
