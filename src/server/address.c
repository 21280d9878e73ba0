#include "server/address.h"

#include <arpa/inet.h>
#include <string.h>

/* An address as inet_ntop writes it; one of IPv4 within IPv6 as IPv4. False: it is none. */
static bool normalize(const char *text, char out[ADDRESS_MAX])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    unsigned char raw[16];
    if (inet_pton(AF_INET, text, raw) == 1)
        return inet_ntop(AF_INET, raw, out, ADDRESS_MAX) != NULL;
    if (inet_pton(AF_INET6, text, raw) != 1)
        return false;
    if (memcmp(raw, mapped, sizeof mapped) == 0)
        return inet_ntop(AF_INET, raw + 12, out, ADDRESS_MAX) != NULL;
    return inet_ntop(AF_INET6, raw, out, ADDRESS_MAX) != NULL;
}

/* One entry of a list: blanks around it, a port behind it and brackets do not matter. */
static bool parse_entry(const char *from, size_t len, char out[ADDRESS_MAX])
{
    char text[ADDRESS_MAX];
    for (; len > 0 && (*from == ' ' || *from == '\t'); from++)
        len--;
    while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '\t'))
        len--;
    if (len == 0 || len >= sizeof text)
        return false;
    memcpy(text, from, len);
    text[len] = '\0';
    char *close = *text == '[' ? strchr(text, ']') : NULL;
    char *colon = strchr(text, ':');
    if (close && (close[1] == '\0' || close[1] == ':')) {
        *close = '\0';
        return normalize(text + 1, out);
    }
    if (colon && strchr(colon + 1, ':') == NULL)
        *colon = '\0';
    return normalize(text, out);
}

static bool is_trusted(const char *trusted, const char *address)
{
    char one[ADDRESS_MAX];
    for (const char *p = trusted; p && *p;) {
        size_t len = strcspn(p, ",");
        if (parse_entry(p, len, one) && strcmp(one, address) == 0)
            return true;
        p += len + (p[len] == ',');
    }
    return false;
}

/* Takes entries of one header's value from the right while the address so far is a trusted proxy. False: stop here. */
static bool follow(const char *trusted, const char *value, char out[ADDRESS_MAX])
{
    char one[ADDRESS_MAX];
    for (const char *end = value + strlen(value);;) {
        const char *from = end;
        while (from > value && from[-1] != ',')
            from--;
        if (!is_trusted(trusted, out) || !parse_entry(from, (size_t)(end - from), one))
            return false;
        memcpy(out, one, sizeof one);
        if (from == value)
            return true;
        end = from - 1;
    }
}

void address_of_client(const char *trusted, const struct http_request *req, char out[ADDRESS_MAX])
{
    strlcpy(out, req->peer->address, ADDRESS_MAX); /* http_listen.c writes it as normalize() does */
    if (trusted == NULL)
        return;
    for (size_t i = req->header_count; i-- > 0;) /* a proxy may have added a line of its own, below the client's */
        if (strcmp(req->headers[i].name, "x-forwarded-for") == 0 && !follow(trusted, req->headers[i].value, out))
            return;
}

void address_said(const char *trusted, const struct http_request *req, const char *client, char out[ADDRESS_MAX])
{
    const char *said = trusted ? http_request_header(req, "x-real-ip") : NULL;
    if (said == NULL || !is_trusted(trusted, req->peer->address) || !parse_entry(said, strlen(said), out))
        strlcpy(out, client, ADDRESS_MAX);
}
