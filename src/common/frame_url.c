#include "common/frame_url.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/seal.h"

static void put_encoded(struct buf *out, const char *text)
{
    buf_put_urlencoded(out, text, strlen(text));
}

static bool read_key(const char *jwk, unsigned char key[SEAL_KEY_LEN])
{
    json_t *v = json_loads(jwk, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(v, "kty")), *k = json_string_value(json_object_get(v, "k"));
    bool good = type && k && strcmp(type, "oct") == 0 && seal_key(k, key);
    json_decref(v);
    return good;
}

/* The value of t. */
static int put_secret(struct buf *out, const struct frame_page *p, struct error *err)
{
    unsigned char key[SEAL_KEY_LEN];
    struct buf once = BUF_INIT;
    if (!read_key(p->jwk, key))
        return error_named(err, ERR_INVALID, "error-external-frame-key",
                           "The encryption key of the external frame is no JWK with 32 bytes in k");
    AUTO_FREE char *sealed = seal(key, p->iv, p->token);
    explicit_bzero(key, sizeof key);
    if (sealed == NULL)
        return error_named(err, ERR_IO, "error-external-frame-key", "The login token could not be encrypted");
    put_encoded(&once, sealed);
    put_encoded(out, once.data);
    buf_free(&once);
    return 0;
}

/* scheme://host…, without what no address has. */
static bool is_address(const char *url)
{
    const char *host = strncmp(url, "http://", 7) == 0 ? url + 7 : strncmp(url, "https://", 8) == 0 ? url + 8 : NULL;
    if (host == NULL || strcspn(host, "/?#") == 0)
        return false;
    for (const unsigned char *p = (const unsigned char *)url; *p; p++)
        if (*p <= ' ' || *p == 0x7f || strchr("\"<>\\^`{|}", *p))
            return false;
    return true;
}

int frame_url(const struct frame_page *p, char **out, struct error *err)
{
    *out = NULL;
    if (p->url == NULL || !is_address(p->url))
        return error_named(err, ERR_INVALID, "error-external-frame-url", "The address of the external frame is none");
    size_t head = strcspn(p->url, "#"), query = strcspn(p->url, "?");
    struct buf b = BUF_INIT;
    buf_append(&b, p->url, head);
    if (query >= head)
        buf_putc(&b, '?');
    else if (query + 1 < head && p->url[head - 1] != '&')
        buf_putc(&b, '&');
    buf_puts(&b, "uid=");
    put_encoded(&b, p->user_id);
    buf_puts(&b, "&rid=");
    put_encoded(&b, p->rid);
    buf_puts(&b, "&t=");
    int rc = 0;
    if (p->jwk && *p->jwk)
        rc = put_secret(&b, p, err);
    else
        put_encoded(&b, p->token);
    buf_puts(&b, p->url + head);
    if (rc == 0)
        *out = x_strdup(b.data);
    explicit_bzero(b.data, b.len);
    buf_free(&b);
    return rc;
}
