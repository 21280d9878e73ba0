#include "outbound/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/mem.h"

struct range {
    unsigned char start[16];
    int bits;
    bool always;               /* refused whatever deny_private says */
};

static const struct range ranges4[] = {
    {{169, 254}, 16, true},                    /* link-local */
    {{0}, 8, false},                           /* this host */
    {{127}, 8, false},                         /* loopback */
    {{10}, 8, false}, {{172, 16}, 12, false}, {{192, 168}, 16, false},
    {{100, 64}, 10, false},                    /* shared by customers of a carrier */
};

static const struct range ranges6[] = {
    {{0xfe, 0x80}, 10, true},                  /* link-local */
    {{0}, 127, false},                         /* this host, loopback */
    {{0xfc}, 7, false},                        /* unique local */
    {{0xfe, 0xc0}, 10, false},                 /* site-local, as it once was */
};

static const struct {
    unsigned char start[12];
    int bytes;                 /* equal to start; the IPv4 address follows */
} embeddings[] = {
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 12},  /* mapped */
    {{0, 0x64, 0xff, 0x9b}, 12},                       /* NAT64 */
    {{0x20, 0x02}, 2},                                 /* 6to4 */
};

static bool is_in(const unsigned char *a, const struct range *r)
{
    int whole = r->bits / 8, rest = r->bits % 8;
    return memcmp(a, r->start, (size_t)whole) == 0 &&
           (rest == 0 || ((a[whole] ^ r->start[whole]) >> (8 - rest)) == 0);
}

static bool passes(const unsigned char *a, const struct range *ranges, size_t n, bool deny_private)
{
    for (size_t i = 0; i < n; i++)
        if ((ranges[i].always || deny_private) && is_in(a, &ranges[i]))
            return false;
    return true;
}

bool reach_is_allowed(const struct sockaddr *address, bool deny_private, char *text)
{
    snprintf(text, REACH_TEXT, "?");
    if (address->sa_family == AF_INET) {
        const struct in_addr *in = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
        inet_ntop(AF_INET, in, text, REACH_TEXT);
        return passes((const unsigned char *)in, ranges4, COUNT_OF(ranges4), deny_private);
    }
    if (address->sa_family != AF_INET6)
        return false;
    const unsigned char *a = ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
    inet_ntop(AF_INET6, a, text, REACH_TEXT);
    for (size_t i = 0; i < COUNT_OF(embeddings); i++)
        if (memcmp(a, embeddings[i].start, (size_t)embeddings[i].bytes) == 0)
            return passes(a + embeddings[i].bytes, ranges4, COUNT_OF(ranges4), deny_private);
    return passes(a, ranges6, COUNT_OF(ranges6), deny_private);
}
