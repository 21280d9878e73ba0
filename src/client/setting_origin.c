/* Who gave the settings their values and when: read from servers that remember it, at the start and after every
   change that is told. */
#include "client/internal.h"

#include "client/js.h"

#define PATH "/usher/v1/settings"

static bool apply(struct client *c, const json_t *body, const struct error *err)
{
    if (err || js_list(body, "settings") == NULL)
        return false;
    client_tell(c, model_apply_origins(&c->model, body), NULL);
    return true;
}

static void origins_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    bool again = c->origins_again;
    (void)arg;
    c->origins_busy = c->origins_again = false;
    apply(c, body, err);
    if (again)
        settings_read_origins(c);
}

void settings_read_origins(struct client *c)
{
    if (!c->model.pub.keeps_setting_history || !client_is_online(c))
        return;
    c->origins_again = c->origins_busy;
    if (c->origins_busy)
        return;
    c->origins_busy = true;
    call_get(c, origins_done, NULL, PATH);
}

static void start_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    (void)arg;
    c->origins_busy = c->origins_again = false;
    c->model.pub.keeps_setting_history = false; /* it may be another server than last time */
    apply(c, body, err);
    if (c->session.stage == SESSION_LOADING)
        session_settled(c, SESSION_LOADING);
}

void settings_read_at_start(struct client *c)
{
    c->session.pending++;
    call_get(c, start_done, NULL, PATH);
}
