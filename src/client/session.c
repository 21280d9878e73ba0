/* From nothing to a current model, and again after every loss: login and connection side by side, then the
   subscriptions, then everything is read, then the client is online. */
#include "client/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/record_private.h"
#include "client/refusal.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"

#define ATTEMPT_LIMIT_MS 45000
#define SUBSCRIBE_LIMIT_MS 5000 /* a server that leaves one unanswered is used without it */
#define RETRY_FIRST_MS 250
#define RETRY_MOST_MS 15000

static void begin(struct client *c);
static void login(struct client *c);

bool session_is_at_least(const struct client *c, int major, int minor)
{
    const struct session *s = &c->session;
    return s->major > major || (s->major == major && s->minor >= minor);
}

static void set_state(struct client *c, enum client_state state, const char *notice)
{
    c->model.pub.state = state;
    str_set(&c->model.pub.notice, notice);
}

static void forget_streams(struct client *c)
{
    for (size_t i = 0; i < c->model.pub.room_count; i++)
        memset(((struct room *)c->model.pub.rooms[i])->streams, 0, sizeof(uint32_t) * ROOM_STREAMS);
    json_array_clear(c->department_streams);
    c->session.per_room_messages = false;
}

static void disconnect(struct client *c)
{
    struct session *s = &c->session;
    s->open = s->authed = s->connected = s->departments_known = false;
    s->pending = 0;
    uv_timer_stop(&s->timer);
    ddp_free(&c->ddp);
    forget_streams(c);
    rest_cancel_all(c->rest);
    sender_lost(c);
}

static void denied(struct client *c, const char *why)
{
    c->session.stage = SESSION_DENIED;
    set_state(c, CLIENT_DENIED, why);
    disconnect(c);
    client_tell(c, CLIENT_CHANGED_STATE, NULL);
}

static void retry(uv_timer_t *timer)
{
    begin(timer->data);
}

static void too_slow(uv_timer_t *timer)
{
    session_lost(timer->data, "The server takes too long to answer");
}

static void load(struct client *c)
{
    uv_timer_start(&c->session.timer, too_slow, ATTEMPT_LIMIT_MS, 0);
    c->session.stage = SESSION_LOADING;
    load_begin(c);
}

static void subscribed_enough(uv_timer_t *timer)
{
    log_debug("the server left subscriptions unanswered");
    load(timer->data);
}

static uint64_t retry_delay(const struct client *c)
{
    const struct session *s = &c->session;
    if (s->attempts == 0 && c->local && s->was_online)
        return 0;
    unsigned shift = s->attempts > 7 ? 7 : s->attempts;
    uint64_t ms = (uint64_t)RETRY_FIRST_MS << shift;
    if (ms > RETRY_MOST_MS)
        ms = RETRY_MOST_MS;
    return ms - id_entropy() % (ms / 4 + 1);
}

void session_lost(struct client *c, const char *why)
{
    struct session *s = &c->session;
    if (s->stage == SESSION_IDLE || s->stage == SESSION_WAITING || s->stage == SESSION_DENIED)
        return;
    uint64_t delay = retry_delay(c);
    s->stage = SESSION_WAITING;
    s->was_online = false;
    s->attempts++;
    AUTO_FREE char *notice = x_strdup(why);
    if (*notice >= 'a' && *notice <= 'z')
        *notice = (char)(*notice - 'a' + 'A');
    set_state(c, CLIENT_AWAY, notice);
    c->model.pub.retry_at_ms = clock_now_ms() + (int64_t)delay;
    disconnect(c);
    uv_update_time(c->loop);
    uv_timer_start(&s->timer, retry, delay, 0);
    client_tell(c, CLIENT_CHANGED_STATE, NULL);
}

void session_expired(struct client *c)
{
    if (c->session.stage != SESSION_ONLINE && c->session.stage != SESSION_LOADING)
        return;
    if (c->local)
        denied(c, "The server no longer lets the local user in");
    else
        session_lost(c, "The login has expired");
}

static void online(struct client *c)
{
    struct session *s = &c->session;
    s->stage = SESSION_ONLINE;
    s->attempts = 0;
    s->was_online = true;
    uv_timer_stop(&s->timer);
    set_state(c, CLIENT_ONLINE, NULL);
    c->model.pub.retry_at_ms = 0;
    c->model.filled = true;
    stream_sync_rooms(c);
    history_refresh(c);
    records_refresh(c);
    client_tell(c, CLIENT_CHANGED_STATE | CLIENT_CHANGED_QUEUE | CLIENT_CHANGED_ROOMS | CLIENT_CHANGED_SETTINGS |
                       CLIENT_CHANGED_CANNED | CLIENT_CHANGED_PEOPLE, NULL);
    sender_flush(c);
}

void session_settled(struct client *c, enum session_stage stage)
{
    struct session *s = &c->session;
    if (s->stage != stage || --s->pending > 0)
        return;
    if (s->stage == SESSION_SUBSCRIBING)
        load(c);
    else
        online(c);
}

static void subscribe_when_ready(struct client *c)
{
    struct session *s = &c->session;
    if (s->stage != SESSION_LOGIN || !s->authed || !s->connected || !s->departments_known)
        return;
    s->stage = SESSION_SUBSCRIBING;
    s->pending = 1; /* held until every subscription was sent */
    uv_timer_start(&s->timer, subscribed_enough, SUBSCRIBE_LIMIT_MS, 0);
    stream_subscribe(c);
    session_settled(c, SESSION_SUBSCRIBING);
}

static void realtime_login_done(void *arg, bool ok, const json_t *result, const json_t *error)
{
    struct client *c = arg;
    (void)result;
    if (!ok) {
        struct error err = {0};
        refusal_from_method(error, &err);
        session_lost(c, err.text);
        return;
    }
    c->session.connected = true;
    subscribe_when_ready(c);
}

/* The connection stands; whose it is must be said once the token is known. */
static void realtime_login(struct client *c)
{
    struct session *s = &c->session;
    if (!s->open || !s->authed)
        return;
    if (c->local) {
        s->connected = true;
        subscribe_when_ready(c);
    } else {
        ddp_method(c->ddp, "login", json_pack("[{s:s}]", "resume", s->token), realtime_login_done, c);
    }
}

static void realtime_connected(void *arg)
{
    struct client *c = arg;
    c->session.open = true;
    realtime_login(c);
}

static void realtime_lost(void *arg, const char *why)
{
    struct client *c = arg;
    if (c->session.stage == SESSION_ONLINE) {
        session_lost(c, why);
        return;
    }
    AUTO_FREE char *text = x_asprintf("The server cannot be reached: %s", why);
    session_lost(c, text);
}

static void realtime_latency(void *arg, int ms)
{
    struct client *c = arg;
    c->model.pub.latency_ms = ms;
    client_tell(c, CLIENT_CHANGED_STATE, NULL);
}

static void departments_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    (void)arg;
    if (c->session.stage != SESSION_LOGIN)
        return;
    if (err == NULL)
        model_apply_my_departments(&c->model, js_list(body, "departments"));
    c->session.departments_known = true;
    subscribe_when_ready(c);
}

static void authed(struct client *c, const json_t *me)
{
    model_apply_me(&c->model, me);
    if (c->model.pub.me.id == NULL) {
        session_lost(c, "The server does not say who is logged in");
        return;
    }
    c->session.authed = true;
    c->session.token_tried = c->session.password_tried = false;
    load_my_departments(c, departments_done);
    realtime_login(c);
    client_tell(c, CLIENT_CHANGED_STATE, NULL);
}

static void me_done(void *arg, const struct rest_answer *a)
{
    struct client *c = arg;
    struct error err = {0};
    if (a->cancelled || c->session.stage != SESSION_LOGIN)
        return;
    if (refusal_from_rest(a, &err) == ERR_OK)
        authed(c, a->body);
    else if (a->status == 401)
        denied(c, "The server does not let the local user in");
    else
        session_lost(c, err.text);
}

static void keep_token(struct client *c, const char *token)
{
    struct session *s = &c->session;
    struct error err = {0};
    if (str_eq(s->token, token))
        return;
    str_set(&s->token, token);
    if (s->token_file && token_write(s->token_file, token, &err))
        log_warn("%s", err.text);
}

static void login_refused(struct client *c, const struct rest_answer *a, const struct error *err)
{
    struct session *s = &c->session;
    if (a->status != 401 && a->status != 403 && a->status != 400) {
        session_lost(c, err->text);
        return;
    }
    if (!s->password_tried && s->password) { /* it was the token */
        str_set(&s->token, NULL);
        login(c);
        return;
    }
    str_set(&s->token, NULL);
    bool wrong = s->password_tried && err->name == NULL && (strcmp(err->text, "Unauthorized") == 0 || a->status == 401);
    denied(c, wrong ? "The user name or the password is wrong"
                    : err->name ? err->text : "The stored login is no longer valid: log in again");
}

static void login_done(void *arg, const struct rest_answer *a)
{
    struct client *c = arg;
    struct error err = {0};
    if (a->cancelled || c->session.stage != SESSION_LOGIN)
        return;
    const json_t *data = js_obj(a->body, "data");
    const char *token = js_str(data, "authToken"), *id = js_str(data, "userId");
    if (refusal_from_rest(a, &err) != ERR_OK) {
        login_refused(c, a, &err);
    } else if (token == NULL || id == NULL) {
        session_lost(c, "What answers there is no Rocket.Chat server");
    } else {
        keep_token(c, token);
        rest_identify(c->rest, id, c->session.token);
        authed(c, js_obj(data, "me"));
    }
}

static void login(struct client *c)
{
    struct session *s = &c->session;
    struct error err = {0};
    json_t *body;
    if (s->token == NULL && !s->token_tried && s->token_file) {
        s->token = token_read(s->token_file, &err);
        s->token_tried = true;
    }
    if (s->token) {
        body = json_pack("{s:s}", "resume", s->token);
    } else if (s->password && s->username && !s->password_tried) {
        s->password_tried = true;
        body = json_pack("{s:s,s:s}", "user", s->username, "password", s->password);
    } else {
        denied(c, err.code ? err.text : "A user name and a password are needed");
        return;
    }
    if (body == NULL) {
        denied(c, "The user name or the password is not valid text");
        return;
    }
    rest_send(c->rest, "POST", "/api/v1/login", body, login_done, c);
}

static void info_done(void *arg, const struct rest_answer *a)
{
    struct client *c = arg;
    const json_t *info = js_obj(a->body, "info");
    const char *version = js_str(info, "version") ? js_str(info, "version") : js_str(a->body, "version");
    if (version == NULL)
        return;
    c->session.major = c->session.minor = 0;
    if (sscanf(version, "%d.%d", &c->session.major, &c->session.minor) < 1)
        log_debug("the server's version %s is not understood", version);
    str_set(&c->model.pub.server_version, version);
}

static void begin(struct client *c)
{
    static const struct ddp_events events = {
        .connected = realtime_connected, .changed = stream_changed, .latency = realtime_latency, .lost = realtime_lost};
    struct session *s = &c->session;
    s->stage = SESSION_LOGIN;
    s->pending = 0;
    s->password_tried = false;
    uv_timer_start(&s->timer, too_slow, ATTEMPT_LIMIT_MS, 0);
    if (c->model.pub.state == CLIENT_STARTING)
        set_state(c, CLIENT_CONNECTING, NULL);
    rest_identify(c->rest, NULL, NULL);
    c->ddp = ddp_open(c->loop, c->net, &c->endpoint, !c->local, &events, c);
    rest_send(c->rest, "GET", "/api/info", NULL, info_done, c);
    if (c->local)
        rest_send(c->rest, "GET", "/api/v1/me", NULL, me_done, c);
    else
        login(c);
    if (s->stage == SESSION_LOGIN)
        client_tell(c, CLIENT_CHANGED_STATE, NULL);
}

void session_start(struct client *c)
{
    if (c->session.stage == SESSION_IDLE)
        begin(c);
}

void session_stop(struct client *c)
{
    c->session.stage = SESSION_IDLE;
    set_state(c, CLIENT_AWAY, "The console ends");
    disconnect(c);
    if (c->session.password)
        explicit_bzero(c->session.password, strlen(c->session.password));
    if (c->session.token)
        explicit_bzero(c->session.token, strlen(c->session.token));
    free(c->session.username);
    free(c->session.password);
    free(c->session.token_file);
    free(c->session.token);
    free(c->session.user_id);
}
