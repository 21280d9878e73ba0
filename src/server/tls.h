/* TLS of the server by OpenSSL on memory buffers: encrypted bytes in and out, plain bytes in and out, no socket. */
#ifndef SERVER_TLS_H
#define SERVER_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct tls_context;
struct tls;

/* PEM files: certificate chain and key. TLS 1.2 and later. NULL with err. */
struct tls_context *tls_context_new(const char *cert, const char *key, struct error *err);
void tls_context_free(struct tls_context **ctx);

struct tls *tls_new(struct tls_context *ctx);
void tls_free(struct tls **t);

/* Bytes from the network. */
void tls_feed(struct tls *t, const char *data, size_t n);

/* Plain bytes that have arrived (also drives the handshake): > 0 their number, 0 more is needed, TLS_CLOSED the peer
   has ended its side, TLS_BROKEN. */
#define TLS_CLOSED (-1)
#define TLS_BROKEN (-2)
int tls_read(struct tls *t, char *out, size_t n);

/* True when the handshake is through: only then may be written. */
bool tls_is_ready(const struct tls *t);

/* Encrypts n (> 0) bytes. False when the connection is broken. */
bool tls_write(struct tls *t, const char *data, size_t n);
void tls_end(struct tls *t); /* close_notify */

/* Takes up to n bytes for the network; 0 when there are none. */
size_t tls_take(struct tls *t, char *out, size_t n);
size_t tls_waiting(struct tls *t); /* how many there are */

#endif
