/* The password check of rest 3.1 and its brake. */
#include <crypt.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/id.h"
#include "common/mem.h"
#include "server/digest.h"
#include "server/session.h"
#include "server/session_private.h"
#include "server/work.h"
#include "store/store.h"

#define FREE_ATTEMPTS 5            /* of one user from one address, before waiting begins */
#define FREE_ATTEMPTS_ADDRESS 60   /* of one address, all users together */
#define WAIT_MAX_MS 300000
#define FAILURES_MAX 20000
#define BCRYPT_COST 10
/* Compared when there is no such user, so that the answer takes as long. */
#define DUMMY_BCRYPT "$2b$10$7n8r5EJLqUKvGn5mVYYqbeaWQ6YT8w6PP5j7ydH4EuRQPIw3kidgX"

struct login_failures {
    char key[160];             /* "user address", or "address" */
    int count;
    int64_t until_ms;          /* no attempt before */
    UT_hash_handle hh;
};

void login_brake_free(struct sessions *t)
{
    struct login_failures *one, *next;
    HASH_ITER(hh, t->failures, one, next) {
        HASH_DEL(t->failures, one);
        free(one);
    }
}

static struct login_failures *failures(struct sessions *t, const char *key, bool make)
{
    struct login_failures *one;
    HASH_FIND_STR(t->failures, key, one);
    if (one || !make)
        return one;
    if (HASH_COUNT(t->failures) >= FAILURES_MAX)
        login_brake_free(t);
    one = x_calloc(1, sizeof *one);
    snprintf(one->key, sizeof one->key, "%s", key);
    HASH_ADD_STR(t->failures, key, one);
    return one;
}

static void user_key(char key[160], const char *name, const char *address)
{
    int n = snprintf(key, 160, "%.90s %.60s", name, address);
    for (int i = 0; i < n && i < 159; i++)
        key[i] = (char)tolower((unsigned char)key[i]);
}

static void note_failure(struct sessions *t, const char *key, int free_attempts, int64_t now)
{
    struct login_failures *one = failures(t, key, true);
    int over = ++one->count - free_attempts;
    if (over < 0)
        return;
    int64_t wait = over < 10 ? (int64_t)1000 << over : WAIT_MAX_MS;
    one->until_ms = now + (wait < WAIT_MAX_MS ? wait : WAIT_MAX_MS);
}

static void note_success(struct sessions *t, const char *key)
{
    struct login_failures *one = failures(t, key, false);
    if (one == NULL)
        return;
    HASH_DEL(t->failures, one);
    free(one);
}

static bool is_blocked(struct sessions *t, const char *key, int64_t now)
{
    struct login_failures *one = failures(t, key, false);
    return one && one->until_ms > now;
}

/* --- hashing --- */

static bool bcrypt_matches(const char *digest_hex, const char *stored)
{
    struct crypt_data *data = x_calloc(1, sizeof *data);
    const char *made = crypt_r(digest_hex, stored, data);
    bool same = made && digest_same(made, stored);
    digest_wipe(data, sizeof *data);
    free(data);
    return same;
}

bool password_hash(const char *password, char *out, size_t size)
{
    char digest[65], salt[CRYPT_GENSALT_OUTPUT_SIZE];
    digest_sha256_hex(password, digest);
    if (crypt_gensalt_rn("$2b$", BCRYPT_COST, NULL, 0, salt, sizeof salt) == NULL)
        return false;
    struct crypt_data *data = x_calloc(1, sizeof *data);
    const char *made = crypt_r(digest, salt, data);
    bool good = made && made[0] == '$';
    if (good)
        snprintf(out, size, "%s", made);
    free(data);
    return good;
}

struct password_job {
    char *user_id, *password;
    char hash[128];
    bool good;
    void (*done)(struct server *s, void *arg);
    void *arg;
};

static void password_run(struct store_reader *r, void *data)
{
    (void)r;
    struct password_job *job = data;
    job->good = password_hash(job->password, job->hash, sizeof job->hash);
}

static void password_done(struct server *s, void *data)
{
    struct password_job *job = data;
    if (job->good)
        store_put_password(s->store, job->user_id, job->hash);
    if (job->done)
        job->done(s, job->arg);
    digest_wipe(job->password, strlen(job->password));
    free(job->password);
    free(job->user_id);
    free(job);
}

void password_set(struct server *s, const char *user_id, const char *password, void (*done)(struct server *s, void *arg),
                  void *arg)
{
    struct password_job *job = x_calloc(1, sizeof *job);
    job->user_id = x_strdup(user_id);
    job->password = x_strdup(password);
    job->done = done;
    job->arg = arg;
    work_hash(s, password_run, password_done, job);
}

/* --- forms --- */

struct form {
    const char *name;              /* as typed */
    bool by_email, by_id;
    char digest[65];
    const char *resume;
    const char *fault;             /* "Match error: …" */
    bool usable;
};

static bool read_password_field(const json_t *v, struct form *f)
{
    if (json_is_string(v)) {
        digest_sha256_hex(json_string_value(v), f->digest);
        return true;
    }
    const char *digest = json_string_value(json_object_get(v, "digest"));
    const char *algorithm = json_string_value(json_object_get(v, "algorithm"));
    if (digest && algorithm && strcmp(algorithm, "sha-256") == 0 && strlen(digest) == 64) {
        snprintf(f->digest, sizeof f->digest, "%s", digest);
        return true;
    }
    if (v)
        f->fault = "Match error: Failed Match.OneOf, Match.Maybe or Match.Optional validation in field password";
    return false;
}

static void read_user_field(const json_t *user, struct form *f)
{
    if (json_is_string(user)) {
        f->name = json_string_value(user);
        f->by_email = strchr(f->name, '@') != NULL;
        return;
    }
    const char *id = json_string_value(json_object_get(user, "id"));
    const char *email = json_string_value(json_object_get(user, "email"));
    const char *username = json_string_value(json_object_get(user, "username"));
    f->name = id ? id : email ? email : username;
    f->by_id = id != NULL;
    f->by_email = !id && email != NULL;
    if (f->name == NULL)
        f->fault = "Match error: Failed Match.Where validation in field user";
}

/* The body goes to the handlers as it is: a further key makes it unusable (rest 3.1). */
static bool has_stranger(const json_t *form)
{
    static const char *const known[] = {"user", "username", "email", "password", "code", "resume", "totp", "ldap"};
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)form, key, v) {
        size_t i = 0;
        while (i < COUNT_OF(known) && strcmp(known[i], key) != 0)
            i++;
        if (i == COUNT_OF(known))
            return true;
    }
    return false;
}

static void read_form(const json_t *form, struct form *f)
{
    const json_t *totp = json_object_get(form, "totp");
    if (totp && json_is_object(json_object_get(totp, "login")))
        form = json_object_get(totp, "login");
    if (!json_is_object(form)) {
        f->fault = "Match error: Expected plain object";
        return;
    }
    if (has_stranger(form))
        return;
    f->resume = json_string_value(json_object_get(form, "resume"));
    if (f->resume) {
        f->usable = true;
        return;
    }
    const json_t *user = json_object_get(form, "user");
    const char *username = json_string_value(json_object_get(form, "username"));
    const char *email = json_string_value(json_object_get(form, "email"));
    if (user)
        read_user_field(user, f);
    else
        f->name = username ? username : email;
    if (!user && !username && email)
        f->by_email = true;
    f->usable = f->name && read_password_field(json_object_get(form, "password"), f);
}

/* --- the attempt --- */

struct attempt {
    struct server *server;
    char key[160], address[64];
    char digest[65];
    char *user_id;                 /* NULL: there is no such user */
    bool inactive, matches, has_password;
    login_done done;
    void *arg;
};

static void attempt_run(struct store_reader *r, void *data)
{
    struct attempt *t = data;
    AUTO_FREE char *stored = t->user_id && r ? read_password(r, t->user_id) : NULL;
    t->has_password = stored != NULL;
    t->matches = bcrypt_matches(t->digest, stored ? stored : DUMMY_BCRYPT) && stored != NULL;
}

static void attempt_done(struct server *s, void *data)
{
    struct attempt *t = data;
    struct login_result result = {.outcome = LOGIN_WRONG};
    struct user *u = t->user_id ? core_user(s->core, t->user_id) : NULL;
    if (t->matches && u) {
        note_success(s->sessions, t->key);
        result.outcome = u->active ? LOGIN_OK : LOGIN_INACTIVE;
    } else {
        note_failure(s->sessions, t->key, FREE_ATTEMPTS, server_now(s));
        note_failure(s->sessions, t->address, FREE_ATTEMPTS_ADDRESS, server_now(s));
    }
    if (result.outcome == LOGIN_OK) {
        result.user_id = t->user_id;
        session_open(s, t->user_id, result.token, &result.expires_ms);
    }
    t->done(s, t->arg, &result);
    digest_wipe(t->digest, sizeof t->digest);
    free(t->user_id);
    free(t);
}

static void end_now(struct server *s, enum login_outcome outcome, const char *text, login_done done, void *arg)
{
    struct login_result result = {.outcome = outcome, .text = text};
    done(s, arg, &result);
}

static void resume(struct server *s, const char *token, login_done done, void *arg)
{
    struct login_result result = {.outcome = LOGIN_EXPIRED, .is_resume = true};
    char hash[TOKEN_HASH_LEN + 1];
    struct user *u = session_find(s, NULL, token, hash, &result.expires_ms);
    if (u) {
        result.outcome = LOGIN_OK;
        result.user_id = u->id;
        snprintf(result.token, sizeof result.token, "%s", token);
    }
    done(s, arg, &result);
}

void login_try(struct server *s, const json_t *form, const char *address, login_done done, void *arg)
{
    struct form f = {0};
    read_form(form, &f);
    if (f.fault) {
        end_now(s, LOGIN_MALFORMED, f.fault, done, arg);
        return;
    }
    if (!f.usable) {
        end_now(s, LOGIN_UNRECOGNIZED, NULL, done, arg);
        return;
    }
    if (f.resume) {
        resume(s, f.resume, done, arg);
        return;
    }
    struct attempt *t = x_calloc(1, sizeof *t);
    user_key(t->key, f.name, address);
    snprintf(t->address, sizeof t->address, "%s", address);
    int64_t now = server_now(s);
    if (is_blocked(s->sessions, t->key, now) || is_blocked(s->sessions, address, now)) {
        bool user = is_blocked(s->sessions, t->key, now);
        free(t);
        end_now(s, user ? LOGIN_BLOCKED_USER : LOGIN_BLOCKED_ADDRESS, "Login has been temporarily blocked", done, arg);
        return;
    }
    struct user *u = f.by_id      ? core_user(s->core, f.name)
                     : f.by_email ? core_user_by_email(s->core, f.name)
                                  : core_user_by_name(s->core, f.name);
    t->server = s;
    t->user_id = u ? x_strdup(u->id) : NULL;
    memcpy(t->digest, f.digest, sizeof t->digest);
    t->done = done;
    t->arg = arg;
    work_hash(s, attempt_run, attempt_done, t);
}
