#include "cli/link.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "cli/places.h"
#include "client/embedded.h"
#include "client/rest.h"
#include "client/token.h"
#include "common/mem.h"

struct link {
    uv_loop_t loop;
    struct endpoint endpoint;
    struct net *net;
    struct rest *rest;
    struct embedded *embedded;
    struct cli_places places;
    bool logged_in;
    /* Of the call under way. */
    bool done;
    int status;
    json_t *body;
    char *failure;
    struct error *core_error;
};

static void on_core(void *arg, const struct error *err)
{
    struct link *l = arg;
    if (err)
        *l->core_error = *err;
    l->done = true;
}

static void run_until_done(struct link *l)
{
    while (!l->done && uv_run(&l->loop, UV_RUN_ONCE) != 0)
        ;
}

static int start_core(struct link *l, const struct cli_options *o, struct error *err)
{
    struct embedded_options core = {
        .socket_path = l->places.socket_path,
        .db_path = l->places.db_path,
        .log_path = l->places.log_path,
        .listen = o->listen,
        .widget_dir = o->widget_dir,
    };
    if (o->server)
        return ERR_OK;
    l->done = false;
    l->core_error = err;
    l->embedded = embedded_start(&l->loop, &core, on_core, l);
    run_until_done(l);
    return err->code;
}

static void on_answer(void *arg, const struct rest_answer *a)
{
    struct link *l = arg;
    l->status = a->status;
    l->body = json_deep_copy(a->body);
    l->failure = x_strdup(a->failure);
    l->done = true;
}

int link_call(struct link *l, const char *verb, const char *path, json_t *body, json_t **out, struct error *err)
{
    l->done = false;
    rest_send(l->rest, verb, path, body, on_answer, l);
    run_until_done(l);
    *out = l->body;
    l->body = NULL;
    AUTO_FREE char *failure = l->failure;
    l->failure = NULL;
    const char *words = json_string_value(json_object_get(*out, "error"));
    if (words == NULL)
        words = json_string_value(json_object_get(*out, "message"));
    if (l->status >= 200 && l->status < 300 && *out)
        return ERR_OK;
    if (l->status == 0)
        return error_set(err, ERR_UNAVAILABLE, NULL, "%s: %s",
                         l->endpoint.unix_path ? l->endpoint.unix_path : l->endpoint.base_url,
                         failure ? failure : "no answer");
    bool is_code = words && strchr(words, ' ') == NULL; /* "visitor-not-found": the call is there, the thing is not */
    if ((l->status == 404 && !is_code) || l->status == 405 || *out == NULL)
        return error_set(err, ERR_NOT_FOUND, NULL, "this server does not have %s: it is no usherd, or an older one", path);
    return error_set(err, ERR_INVALID, NULL, "%.300s", words ? words : "the server refuses this");
}

/* The stored token, if the server still takes it. */
static bool use_token(struct link *l, struct error *err)
{
    AUTO_FREE char *token = token_read(l->places.token_file, err);
    json_t *answer = NULL, *data;
    bool good = false;
    if (token == NULL)
        return false;
    json_t *body = json_pack("{s:s}", "resume", token);
    if (link_call(l, "POST", "/api/v1/login", body, &answer, err) == ERR_OK) {
        data = json_object_get(answer, "data");
        const char *id = json_string_value(json_object_get(data, "userId"));
        good = id != NULL;
        if (good)
            rest_identify(l->rest, id, token);
    }
    json_decref(answer);
    explicit_bzero(token, strlen(token));
    return good;
}

static int log_in(struct link *l, const struct cli_options *o, bool ask, struct error *err)
{
    json_t *answer = NULL;
    if (!cli_is_remote(o))
        return ERR_OK;
    if (o->username && o->password_command == NULL && use_token(l, err))
        return ERR_OK;
    if (err->code == ERR_UNAVAILABLE || err->code == ERR_DENIED)
        return err->code;
    int rc = cli_places_password(&l->places, o, ask, err);
    if (rc == ERR_OK && l->places.password == NULL)
        rc = error_set(err, ERR_DENIED, NULL, "the stored login for %s is no longer good: start the console once, or name a"
                                              " --password-command", o->server);
    if (rc != ERR_OK)
        return rc;
    rc = link_call(l, "POST", "/api/v1/login", json_pack("{s:s,s:s}", "user", o->username, "password", l->places.password),
                   &answer, err);
    const json_t *data = json_object_get(answer, "data");
    const char *id = json_string_value(json_object_get(data, "userId"));
    const char *token = json_string_value(json_object_get(data, "authToken"));
    if (rc == ERR_OK && id && token) {
        rest_identify(l->rest, id, token);
        l->logged_in = true;
    } else if (rc != ERR_UNAVAILABLE) {
        rc = error_set(err, ERR_DENIED, NULL, "%s on %s: name or password is wrong", o->username, o->server);
    }
    json_decref(answer);
    return rc;
}

struct link *link_open(const struct cli_options *o, bool ask, struct error *err)
{
    struct link *l = x_calloc(1, sizeof *l);
    uv_loop_init(&l->loop);
    *err = (struct error){0};
    int rc = cli_places_find(&l->places, o, err);
    if (rc == ERR_OK && cli_is_remote(o) && strncmp(o->server, "http://", 7) != 0 && strncmp(o->server, "https://", 8) != 0)
        rc = error_set(err, ERR_INVALID, "server", "%s is neither a URL (http://…, https://…), nor a server of the configuration, nor"
                                                  " the whole path of a socket (/…)", o->server);
    if (rc == ERR_OK) {
        endpoint_init(&l->endpoint, cli_is_remote(o) ? o->server : NULL, l->places.socket_path, o->ca_file);
        l->net = net_new(&l->loop, &l->endpoint);
        l->rest = rest_new(l->net, &l->endpoint);
        rc = start_core(l, o, err);
    }
    if (rc == ERR_OK)
        rc = log_in(l, o, ask, err);
    if (rc != ERR_OK)
        link_close(&l);
    else
        *err = (struct error){0};
    return l;
}

void link_close(struct link **lp)
{
    struct link *l = *lp;
    *lp = NULL;
    if (l == NULL)
        return;
    if (l->logged_in) {
        json_t *answer = NULL;
        struct error err;
        link_call(l, "POST", "/api/v1/logout", NULL, &answer, &err);
        json_decref(answer);
    }
    if (l->rest) {
        rest_free(&l->rest);
        net_free(&l->net);
        endpoint_fini(&l->endpoint);
    }
    embedded_free(&l->embedded);
    uv_run(&l->loop, UV_RUN_DEFAULT);
    uv_loop_close(&l->loop);
    cli_places_fini(&l->places);
    free(l);
}
