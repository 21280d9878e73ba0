/* The door: the client's parts put together and taken apart. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/record_private.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/mem.h"

static void typing_expired(uv_timer_t *timer)
{
    struct client *c = timer->data;
    int64_t next_us;
    unsigned bits = model_expire_typing(&c->model, clock_mono_us(), &next_us);
    if (next_us)
        client_watch_typing(c);
    client_tell(c, bits, NULL);
}

void client_watch_typing(struct client *c)
{
    int64_t now_us = clock_mono_us(), next_us;
    model_expire_typing(&c->model, now_us, &next_us);
    if (next_us == 0)
        return;
    uv_update_time(c->loop);
    uv_timer_start(&c->typing_timer, typing_expired, (uint64_t)(next_us - now_us) / 1000 + 1, 0);
}

void client_tell(struct client *c, unsigned bits, const char *rid)
{
    if (bits && c->callbacks.changed)
        c->callbacks.changed(c->arg, bits, rid);
}

bool client_is_online(const struct client *c)
{
    return c->session.stage == SESSION_ONLINE;
}

struct client *client_new(uv_loop_t *loop, const struct client_options *o, const struct client_callbacks *callbacks,
                          void *arg)
{
    struct client *c = x_calloc(1, sizeof(*c));
    struct error err = {0};
    c->loop = loop;
    c->callbacks = *callbacks;
    c->arg = arg;
    c->local = o->unix_path != NULL;
    endpoint_init(&c->endpoint, o->url, o->unix_path, o->ca_file);
    model_init(&c->model, o->label ? o->label : c->endpoint.base_url);
    c->session.username = x_strdup(o->username);
    c->session.password = x_strdup(o->password);
    c->session.token_file = x_strdup(o->token_file);
    c->department_streams = json_array();
    records_init(c);
    c->outbox = outbox_open(o->outbox_dir, c->local ? "embedded" : c->endpoint.base_url, &err);
    if (err.code)
        str_set(&c->model.pub.notice, err.text);
    uv_timer_t *timers[] = {&c->session.timer, &c->sender_timer, &c->typing_timer};
    for (size_t i = 0; i < COUNT_OF(timers); i++) {
        uv_timer_init(loop, timers[i]);
        timers[i]->data = c;
    }
    c->net = net_new(loop, &c->endpoint);
    c->rest = rest_new(c->net, &c->endpoint);
    return c;
}

void client_start(struct client *c)
{
    sender_restore(c);
    session_start(c);
}

static void timer_closed(uv_handle_t *h)
{
    struct client *c = h->data;
    if (--c->handles == 0)
        free(c);
}

void client_free(struct client **cp)
{
    struct client *c = *cp;
    if (c == NULL)
        return;
    *cp = NULL;
    session_stop(c);
    rest_free(&c->rest);
    net_free(&c->net);
    outbox_free(&c->outbox);
    records_fini(c);
    model_fini(&c->model);
    endpoint_fini(&c->endpoint);
    json_decref(c->department_streams);
    uv_timer_t *timers[] = {&c->session.timer, &c->sender_timer, &c->typing_timer};
    c->handles = COUNT_OF(timers);
    for (size_t i = 0; i < COUNT_OF(timers); i++) {
        uv_timer_stop(timers[i]);
        uv_close((uv_handle_t *)timers[i], timer_closed);
    }
}

const struct client_model *client_model(const struct client *c)
{
    return &c->model.pub;
}

struct client_room *client_room_find(const struct client *c, const char *rid)
{
    struct room *r = model_room(&c->model, rid);
    return r ? &r->pub : NULL;
}

void client_refresh_people(struct client *c)
{
    if (client_is_online(c))
        load_people(c);
}

bool client_may(const struct client *c, const char *rights)
{
    if (rights == NULL)
        return false;
    while (*rights) {
        size_t n = strcspn(rights, "|");
        AUTO_FREE char *right = x_strndup(rights, n);
        if (model_may(&c->model, right, true))
            return true;
        rights += n + (rights[n] == '|');
    }
    return false;
}

char *client_right_roles(const struct client *c, const char *right)
{
    struct buf b = BUF_INIT;
    size_t i;
    json_t *role;
    json_array_foreach(json_object_get(c->model.right_roles, right), i, role)
        if (json_is_string(role))
            buf_printf(&b, "%s%s", b.len ? ", " : "", json_string_value(role));
    return b.len ? buf_take(&b) : x_strdup("");
}
