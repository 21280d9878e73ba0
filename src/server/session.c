#include "server/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uthash.h>

#include "common/id.h"
#include "common/mem.h"
#include "server/ddp.h"
#include "server/digest.h"
#include "server/options.h"
#include "server/session_private.h"
#include "server/setting.h"
#include "store/store.h"

#define CACHE_MAX 20000

struct session {
    char hash[TOKEN_HASH_LEN + 1];
    char *user_id;
    int64_t expires_ms;
    UT_hash_handle hh;
};

struct sessions *sessions_new(void)
{
    return x_calloc(1, sizeof(struct sessions));
}

static void forget(struct sessions *t, struct session *one)
{
    HASH_DEL(t->by_hash, one);
    free(one->user_id);
    free(one);
}

void sessions_forget(struct sessions *t)
{
    struct session *one, *next;
    HASH_ITER(hh, t->by_hash, one, next)
        forget(t, one);
}

void sessions_free(struct sessions **t)
{
    if (*t == NULL)
        return;
    sessions_forget(*t);
    login_brake_free(*t);
    free(*t);
    *t = NULL;
}

void token_hash(const char *token, char out[TOKEN_HASH_LEN + 1])
{
    digest_sha256_base64(token, out);
}

static struct session *remember(struct sessions *t, const char *hash, const char *user_id, int64_t expires_ms)
{
    if (HASH_COUNT(t->by_hash) >= CACHE_MAX)
        sessions_forget(t);
    struct session *one = x_calloc(1, sizeof *one);
    memcpy(one->hash, hash, TOKEN_HASH_LEN + 1);
    one->user_id = x_strdup(user_id);
    one->expires_ms = expires_ms;
    HASH_ADD_STR(t->by_hash, hash, one);
    return one;
}

static struct session *find(struct server *s, const char *hash)
{
    struct session *one;
    HASH_FIND_STR(s->sessions->by_hash, hash, one);
    if (one)
        return one;
    char *user_id = NULL;
    int64_t expires_ms = 0;
    if (!read_token(store_loop_reader(s->store), hash, server_now(s), &user_id, &expires_ms))
        return NULL;
    one = remember(s->sessions, hash, user_id, expires_ms);
    free(user_id);
    return one;
}

struct user *session_find(struct server *s, const char *user_id, const char *token, char hash[TOKEN_HASH_LEN + 1],
                          int64_t *expires_ms)
{
    hash[0] = '\0';
    if (strlen(token) > 256)
        return NULL;
    token_hash(token, hash);
    struct session *one = find(s, hash);
    if (one == NULL)
        return NULL;
    if (one->expires_ms <= server_now(s)) {
        forget(s->sessions, one);
        return NULL;
    }
    if (user_id && !digest_same(user_id, one->user_id))
        return NULL;
    if (expires_ms)
        *expires_ms = one->expires_ms;
    struct user *u = core_user(s->core, one->user_id);
    return u && u->active ? u : NULL;
}

void session_open(struct server *s, const char *user_id, char token[TOKEN_LEN + 1], int64_t *expires_ms)
{
    char hash[TOKEN_HASH_LEN + 1];
    id_secret(32, token);
    token_hash(token, hash);
    int64_t now = server_now(s);
    *expires_ms = now + setting_int(s->core, "Accounts_LoginExpiration", 90) * 86400000;
    store_put_token(s->store, hash, user_id, now, *expires_ms);
    remember(s->sessions, hash, user_id, *expires_ms);
    struct result result;
    struct command cmd = server_command(COMMAND_USER_LOGIN, NULL);
    cmd.actor_id = user_id;
    cmd.user.id = user_id;
    server_step(s, &cmd, &result);
}

static void tell_logout(struct server *s, const char *user_id)
{
    struct result result;
    struct command cmd = server_command(COMMAND_USER_LOGOUT, NULL);
    cmd.actor_id = user_id;
    cmd.user.id = user_id;
    server_step(s, &cmd, &result);
}

void session_close(struct server *s, const char *user_id, const char *hash)
{
    struct session *one;
    HASH_FIND_STR(s->sessions->by_hash, hash, one);
    if (one)
        forget(s->sessions, one);
    store_drop_token(s->store, hash);
    tell_logout(s, user_id);
    ddp_drop_login(s, user_id, hash);
}

void session_close_all(struct server *s, const char *user_id)
{
    struct session *one, *next;
    HASH_ITER(hh, s->sessions->by_hash, one, next)
        if (strcmp(one->user_id, user_id) == 0)
            forget(s->sessions, one);
    store_drop_tokens_of(s->store, user_id);
    tell_logout(s, user_id);
    ddp_drop_login(s, user_id, NULL);
}

struct user *session_local_user(struct server *s, const struct http_peer *peer)
{
    if (!http_peer_is_own(peer))
        return NULL;
    struct user *u = s->options->local_user ? core_user_by_name(s->core, s->options->local_user) : NULL;
    for (u = u ? u : core_next_user(s->core, NULL); u && !s->options->local_user; u = core_next_user(s->core, u))
        if (u->active && (u->roles & ROLE_ADMIN))
            return u;
    return u && u->active ? u : NULL;
}
