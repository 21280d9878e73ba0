#include <limits.h>
#define ERR_STATE OPENSSL_ERR_STATE /* OpenSSL has a type of the name of one of our error codes */
#include <openssl/err.h>
#include <openssl/ssl.h>
#undef ERR_STATE
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/tls.h"

struct tls_context {
    SSL_CTX *ctx;
};

struct tls {
    SSL *ssl;
    BIO *in, *out; /* belong to ssl */
};

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *offered,
                           unsigned offered_len, void *arg)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl;
    (void)arg;
    if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, offered, offered_len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

static int no_password(char *buf, int size, int writing, void *arg)
{
    (void)buf;
    (void)size;
    (void)writing;
    (void)arg;
    return -1; /* never ask on the terminal */
}

static int load(SSL_CTX *ctx, const char *cert, const char *key, struct error *err)
{
    char why[160];
    SSL_CTX_set_default_passwd_cb(ctx, no_password);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ctx, cert) == 1 &&
        SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(ctx) == 1)
        return 0;
    ERR_error_string_n(ERR_get_error(), why, sizeof(why));
    ERR_clear_error();
    return error_set(err, ERR_INVALID, "tls", "cannot use certificate %.80s with key %.80s: %s", cert, key, why);
}

struct tls_context *tls_context_new(const char *cert, const char *key, struct error *err)
{
    struct tls_context *c = x_calloc(1, sizeof(*c));
    c->ctx = SSL_CTX_new(TLS_server_method());
    if (c->ctx == NULL) {
        error_set(err, ERR_UNAVAILABLE, "tls", "OpenSSL cannot be initialised");
        free(c);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(c->ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(c->ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(c->ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(c->ctx, choose_protocol, NULL);
    if (load(c->ctx, cert, key, err) < 0)
        tls_context_free(&c);
    return c;
}

void tls_context_free(struct tls_context **ctx)
{
    if (*ctx == NULL)
        return;
    SSL_CTX_free((*ctx)->ctx);
    free(*ctx);
    *ctx = NULL;
}

struct tls *tls_new(struct tls_context *ctx)
{
    struct tls *t = x_calloc(1, sizeof(*t));
    t->ssl = SSL_new(ctx->ctx);
    t->in = BIO_new(BIO_s_mem());
    t->out = BIO_new(BIO_s_mem());
    if (t->ssl == NULL || t->in == NULL || t->out == NULL)
        abort(); /* out of memory */
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_accept_state(t->ssl);
    return t;
}

void tls_free(struct tls **t)
{
    if (*t == NULL)
        return;
    SSL_free((*t)->ssl);
    free(*t);
    *t = NULL;
}

void tls_feed(struct tls *t, const char *data, size_t n)
{
    BIO_write(t->in, data, (int)n);
}

int tls_read(struct tls *t, char *out, size_t n)
{
    ERR_clear_error();
    int got = SSL_read(t->ssl, out, n > INT_MAX ? INT_MAX : (int)n);
    if (got > 0)
        return got;
    int why = SSL_get_error(t->ssl, got);
    ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return 0;
    return why == SSL_ERROR_ZERO_RETURN ? TLS_CLOSED : TLS_BROKEN;
}

bool tls_is_ready(const struct tls *t)
{
    return SSL_is_init_finished(t->ssl) == 1;
}

bool tls_write(struct tls *t, const char *data, size_t n)
{
    size_t written;
    ERR_clear_error();
    bool ok = SSL_write_ex(t->ssl, data, n, &written) == 1 && written == n;
    ERR_clear_error();
    return ok;
}

void tls_end(struct tls *t)
{
    ERR_clear_error();
    if (tls_is_ready(t))
        SSL_shutdown(t->ssl);
    ERR_clear_error();
}

size_t tls_take(struct tls *t, char *out, size_t n)
{
    int got = BIO_read(t->out, out, n > INT_MAX ? INT_MAX : (int)n);
    return got > 0 ? (size_t)got : 0;
}

size_t tls_waiting(struct tls *t)
{
    return BIO_ctrl_pending(t->out);
}
