/* The address of an outside page that shows something beside a chat and may act as the agent who looks at it
   (behaviour 8). Servers make it from the login they were shown; at servers that do not, the console makes it. */
#ifndef COMMON_FRAME_URL_H
#define COMMON_FRAME_URL_H

#include "common/error.h"

struct frame_page {
    const char *url;                   /* of the page: http or https; a query of its own stays */
    const char *user_id, *rid;         /* who looks, at which chat */
    const char *token;                 /* his login token */
    const char *jwk;                   /* JSON of a JWK with a 256-bit key; NULL or "": the token stays readable */
    const unsigned char *iv;           /* SEAL_IV_LEN bytes, for tests; NULL: random ones */
};

/* The URL with uid, rid and t in its query. With a key t is percent-encode(base64(iv, cipher text, tag)) by AES-256-GCM
   without further data, and the query encodes it a second time; other consoles of the protocol do the same. Caller frees
   *out, and should wipe it: it is as good as a login. ERR_INVALID when the URL or the key is none. */
int frame_url(const struct frame_page *p, char **out, struct error *err);

#endif
