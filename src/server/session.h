/* Logins: tokens and who holds them, the password check, and the brake on failed attempts (rest 1.3, 3.1). Only
   hashes of tokens are kept, in the store and in memory. */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "server/server.h"

struct sessions;

#define TOKEN_LEN 43        /* URL-safe base64 of 32 random bytes */
#define TOKEN_HASH_LEN 44   /* base64 of a SHA-256 */

struct sessions *sessions_new(void);
void sessions_free(struct sessions **t);
void sessions_forget(struct sessions *t);   /* empties the cache: the store knows */

/* What is kept of a token: out gets the base64 of its SHA-256. */
void token_hash(const char *token, char out[TOKEN_HASH_LEN + 1]);

/* The active user of that pair, or NULL. user_id may be NULL (resume: the token alone). hash gets the token's. */
struct user *session_find(struct server *s, const char *user_id, const char *token, char hash[TOKEN_HASH_LEN + 1],
                          int64_t *expires_ms);
/* A new token for the user; steps COMMAND_USER_LOGIN. The user pointer is stale afterwards. */
void session_open(struct server *s, const char *user_id, char token[TOKEN_LEN + 1], int64_t *expires_ms);
/* Revokes one token; steps COMMAND_USER_LOGOUT. */
void session_close(struct server *s, const char *user_id, const char *hash);
/* Revokes all tokens of the user. Realtime connections of his are logged out. */
void session_close_all(struct server *s, const char *user_id);

/* The user that a peer on the unix socket is, or NULL. */
struct user *session_local_user(struct server *s, const struct http_peer *peer);

enum login_outcome {
    LOGIN_OK,
    LOGIN_WRONG,            /* unknown user or wrong password */
    LOGIN_EXPIRED,          /* resume with a bad token */
    LOGIN_UNRECOGNIZED,     /* no usable form */
    LOGIN_MALFORMED,        /* "Match error: …" in text */
    LOGIN_INACTIVE,
    LOGIN_BLOCKED_USER,
    LOGIN_BLOCKED_ADDRESS,
};

struct login_result {
    enum login_outcome outcome;
    const char *text;          /* for LOGIN_MALFORMED and the blocked ones */
    char *user_id;
    char token[TOKEN_LEN + 1];
    int64_t expires_ms;
    bool is_resume;
};

typedef void (*login_done)(struct server *s, void *arg, const struct login_result *result);

/* Tries every form of rest 3.1; done is called now or after the password was hashed on the pool. */
void login_try(struct server *s, const json_t *form, const char *address, login_done done, void *arg);

/* bcrypt of SHA-256 hex of the password, as Rocket.Chat stores it; runs on the calling thread (tens of ms). False when
   the system's crypt cannot. */
bool password_hash(const char *password, char *out, size_t size);
/* On the pool, then done. */
void password_set(struct server *s, const char *user_id, const char *password, void (*done)(struct server *s, void *arg),
                  void *arg);

#endif
