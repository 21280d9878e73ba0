/* Names of hosts as people write them in their own script, turned into what is asked for on the wire (UTS 46). */
#ifndef COMMON_IDN_H
#define COMMON_IDN_H

/* "bücher.example" -> "xn--bcher-kva.example"; a plain ASCII name comes back as it is. NULL: it is no name, or the
   library for it is not there. Caller frees. Any thread. */
char *idn_to_ascii(const char *name);

#endif
