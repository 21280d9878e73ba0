/* The address of the external frame. Servers of usher keep the key and make the address; from others the console has the
   public settings and makes it as their own client does (behaviour 8). */
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"
#include "client/js.h"
#include "common/frame_url.h"
#include "common/mem.h"

struct frame_ask {
    char *rid;
    client_text_done done;
    void *arg;
};

static void frame_finish(struct frame_ask *ask, const char *url, const struct error *err)
{
    ask->done(ask->arg, url, err);
    free(ask->rid);
    free(ask);
}

static void frame_answered(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct error none = {0};
    const char *url = js_str(result, "url");
    (void)c;
    if (err == NULL && url == NULL) {
        error_set(&none, ERR_UNAVAILABLE, NULL, "The server named no address");
        err = &none;
    }
    frame_finish(arg, err ? NULL : url, err);
}

/* The value of a setting in a list of them; NULL: the server does not show it. */
static const json_t *value_of(const json_t *rows, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
        if (str_eq(js_str(row, "_id"), id))
            return json_object_get(row, "value");
    return NULL;
}

/* Without its key in the list the token would travel readable where it must not: better no address. */
static int make_url(const struct client *c, const json_t *rows, const char *rid, char **url, struct error *err)
{
    const json_t *on = value_of(rows, "Omnichannel_External_Frame_Enabled");
    const json_t *page = value_of(rows, "Omnichannel_External_Frame_URL");
    const json_t *jwk = value_of(rows, "Omnichannel_External_Frame_Encryption_JWK");
    struct frame_page p = {.url = json_string_value(page), .user_id = c->session.user_id, .rid = rid,
                           .token = c->session.token, .jwk = json_string_value(jwk)};
    *url = NULL;
    if (on == NULL)
        return error_set(err, ERR_UNAVAILABLE, NULL, "This server has no external frame");
    if (!json_is_true(on))
        return error_set(err, ERR_STATE, NULL, "The external frame is switched off");
    if (p.jwk == NULL)
        return error_set(err, ERR_DENIED, NULL, "This server does not show the key of the external frame");
    if (p.token == NULL || p.user_id == NULL)
        return error_set(err, ERR_STATE, NULL, "This console has no login token to hand on");
    return frame_url(&p, url, err);
}

static void settings_answered(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct frame_ask *ask = arg;
    struct error own = {0};
    char *url = NULL;
    if (err == NULL && make_url(c, result, ask->rid, &url, &own) != ERR_OK)
        err = &own;
    frame_finish(ask, url, err);
    if (url)
        explicit_bzero(url, strlen(url));
    free(url);
}

void client_frame_url(struct client *c, const char *rid, client_text_done done, void *arg)
{
    struct frame_ask *ask = x_calloc(1, sizeof *ask);
    *ask = (struct frame_ask){x_strdup(rid), done, arg};
    AUTO_FREE char *part = rest_escape(rid);
    if (c->model.pub.is_usher)
        call_send(c, rung_rest("GET", NULL, "/usher/v1/rooms/%s/frame", part), frame_answered, ask);
    else
        call_send(c, rung_method("public-settings/get", json_array()), settings_answered, ask);
}
