/* What an agent asks of the server: take, close, pass on, be available, look at a chat. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/mem.h"

struct ask {
    client_done done;
    void *arg;
    char *id;        /* of the inquiry or room concerned, or NULL */
    bool flag;
    bool again;
    json_t *params;  /* forward: of the method, or NULL */
};

/* NULL when the server is away: done has heard of it then. */
static struct ask *ask_new(struct client *c, const char *id, client_done done, void *arg)
{
    if (!client_is_online(c)) {
        struct error err = {0};
        error_set(&err, ERR_UNAVAILABLE, NULL, "The server is away");
        if (done)
            done(arg, &err);
        return NULL;
    }
    struct ask *ask = x_calloc(1, sizeof(*ask));
    *ask = (struct ask){.done = done, .arg = arg, .id = x_strdup(id)};
    return ask;
}

static void ask_end(struct ask *ask, const struct error *err)
{
    if (ask->done)
        ask->done(ask->arg, err);
    json_decref(ask->params);
    free(ask->id);
    free(ask);
}

static void plain_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    (void)c;
    (void)result;
    ask_end(arg, err);
}

/* Methods that answer false instead of an error. */
static void method_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct error refused = {0};
    (void)c;
    if (err == NULL && json_is_false(result)) {
        error_set(&refused, ERR_STATE, NULL, "The server did not do it");
        err = &refused;
    }
    ask_end(arg, err);
}

/* Shows what is known of a queued chat before the server answers. */
static void prefill(struct model *m, struct room *r)
{
    const struct inquiry *q = model_inquiry_of_room(m, r->pub.id);
    r->pub.open = true;
    if (q == NULL)
        return;
    str_set(&r->pub.visitor_name, q->pub.visitor_name);
    str_set(&r->pub.visitor_username, q->pub.visitor_username);
    str_set(&r->pub.department_id, q->pub.department_id);
    str_set(&r->pub.department, q->pub.department);
    str_set(&r->pub.source, q->pub.source);
    r->pub.opened_ms = q->pub.queued_ms;
}

static void take_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct ask *ask = arg;
    struct inquiry *q = model_inquiry(&c->model, ask->id);
    (void)result;
    /* the events tell the rest; what is gone must not be offered once more */
    bool gone = err == NULL || err->code == ERR_CONFLICT || err->code == ERR_NOT_FOUND;
    if (q && gone) {
        AUTO_FREE char *rid = x_strdup(q->pub.rid);
        if (err == NULL && model_room(&c->model, rid) == NULL)
            prefill(&c->model, model_room_make(&c->model, rid));
        unsigned bits = model_inquiry_drop(&c->model, ask->id);
        if (err == NULL)
            load_room(c, rid);
        client_tell(c, bits | CLIENT_CHANGED_ROOMS, rid);
    }
    ask_end(ask, err);
}

static void take_by_rest_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct ask *ask = arg;
    bool old = c->session.major && !session_is_at_least(c, 3, 6);
    if (err && err->code == ERR_DENIED && old) /* only managers might, before 3.5.1 */
        call_send(c, rung_method("livechat:takeInquiry", json_pack("[s]", ask->id)), take_done, ask);
    else
        take_done(c, ask, result, err);
}

void client_take(struct client *c, const char *inquiry_id, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, inquiry_id, done, arg);
    if (ask)
        call_ladder(c, rung_rest("POST", json_pack("{s:s}", "inquiryId", ask->id), "livechat/inquiries.take"),
                    rung_method("livechat:takeInquiry", json_pack("[s]", ask->id)), take_by_rest_done, ask);
}

void client_close(struct client *c, const char *rid, const char *comment, const char *const *tags, size_t n,
                  const char *disposition, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, rid, done, arg);
    if (ask == NULL)
        return;
    AUTO_JSON json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(tags[i]));
    if (comment == NULL)
        comment = "";
    json_t *params = json_pack("[s,s,{s:b,s:O}]", rid, comment, "clientAction", 1, "tags", list);
    json_t *body = json_pack("{s:s,s:s,s:O}", "rid", rid, "comment", comment, "tags", list);
    if (disposition) {
        json_object_set_new(json_array_get(params, 2), "disposition", json_string(disposition));
        json_object_set_new(body, "disposition", json_string(disposition));
    }
    struct rung method = rung_method("livechat:closeRoom", params);
    struct rung rest = rung_rest("POST", body, "livechat/room.closeByUser");
    if (session_is_at_least(c, 6, 3))
        call_ladder(c, rest, method, method_done, ask);
    else
        call_ladder(c, method, rest, method_done, ask);
}

void client_return_to_queue(struct client *c, const char *rid, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, rid, done, arg);
    if (ask == NULL)
        return;
    struct rung method = rung_method("livechat:returnAsInquiry", json_pack("[s]", rid));
    struct rung rest = rung_rest("POST", json_pack("{s:s}", "roomId", rid), "livechat/inquiries.returnAsInquiry");
    if (session_is_at_least(c, 8, 0))
        call_ladder(c, rest, method, method_done, ask);
    else
        call_ladder(c, method, rest, method_done, ask);
}

static void forward_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct error nobody = {0};
    bool no = err ? err->name == NULL && err->code == ERR_INVALID : json_is_false(result);
    (void)c;
    if (no) { /* a refusal without words */
        error_set(&nobody, ERR_STATE, NULL, "Nobody there can take the chat now");
        err = &nobody;
    }
    ask_end(arg, err);
}

/* The endpoint is for those who may forward any chat; whoever has one may hand it on by the method. */
static void forward_by_rest_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct ask *ask = arg;
    if (err && err->code == ERR_DENIED && ask->params)
        call_send(c, rung_method("livechat:transfer", json_incref(ask->params)), forward_done, ask);
    else
        forward_done(c, ask, result, err);
}

void client_forward(struct client *c, const char *rid, const char *user_id, const char *department_id,
                    const char *comment, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, rid, done, arg);
    if (ask == NULL)
        return;
    if (comment && *comment == '\0')
        comment = NULL;
    json_t *body = json_pack("{s:s,s:s*,s:s*,s:s*,s:b}", "roomId", rid, "userId", user_id, "departmentId", department_id,
                             "comment", comment, "clientAction", 1);
    ask->params = json_pack("[O]", body);
    call_ladder(c, rung_rest("POST", body, "livechat/room.forward"),
                rung_method("livechat:transfer", json_incref(ask->params)), forward_by_rest_done, ask);
}

void client_hold(struct client *c, const char *rid, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, rid, done, arg);
    if (ask)
        call_send(c, rung_rest("POST", json_pack("{s:s}", "roomId", rid), "livechat/room.onHold"), plain_done, ask);
}

void client_resume(struct client *c, const char *rid, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, rid, done, arg);
    if (ask)
        call_ladder(c, rung_method("livechat:resumeOnHold", json_pack("[s,{s:b}]", rid, "clientAction", 1)),
                    rung_rest("POST", json_pack("{s:s}", "roomId", rid), "livechat/room.resumeOnHold"), plain_done, ask);
}

static void send_available(struct client *c, struct ask *ask);

static void me_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct ask *ask = arg;
    struct error kept = {0};
    if (err == NULL && js_str(body, "statusLivechat")) {
        client_tell(c, model_apply_me(&c->model, body), NULL);
        if (c->model.pub.me.available != ask->flag && !ask->again) { /* the oldest servers only toggle */
            ask->again = true;
            send_available(c, ask);
            return;
        }
        if (c->model.pub.me.available != ask->flag) {
            error_set(&kept, ERR_STATE, NULL, "The server keeps you %s",
                      c->model.pub.me.available ? "available" : "not available");
            err = &kept;
        }
    } else if (err == NULL) { /* this server does not tell: believe it */
        c->model.pub.me.available = ask->flag;
        client_tell(c, CLIENT_CHANGED_STATE, NULL);
    }
    ask_end(ask, err);
}

static void available_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    (void)result;
    if (err)
        ask_end(arg, err);
    else
        call_get(c, me_done, arg, "me");
}

static void send_available(struct client *c, struct ask *ask)
{
    const char *status = ask->flag ? "available" : "not-available";
    struct rung method = rung_method("livechat:changeLivechatStatus", json_pack("[{s:s}]", "status", status));
    struct rung rest = rung_rest("POST", json_pack("{s:s}", "status", status), "livechat/agent.status");
    if (session_is_at_least(c, 8, 0))
        call_ladder(c, rest, method, available_done, ask);
    else
        call_ladder(c, method, rest, available_done, ask);
}

void client_set_available(struct client *c, bool available, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, NULL, done, arg);
    if (ask == NULL)
        return;
    ask->flag = available;
    send_available(c, ask);
}

/* "/usher/v1/KIND/ID/WHAT", which takes no more than that. */
static void post_about(struct client *c, const char *kind, const char *id, const char *what, struct ask *ask)
{
    AUTO_FREE char *escaped = rest_escape(id);
    call_send(c, rung_rest("POST", json_object(), "/usher/v1/%s/%s/%s", kind, escaped, what), plain_done, ask);
}

void client_decline(struct client *c, const char *rid, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, rid, done, arg);
    if (ask)
        post_about(c, "rooms", rid, "decline", ask);
}

void client_end_pause(struct client *c, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, NULL, done, arg);
    if (ask)
        post_about(c, "agents", c->model.pub.me.id, "endPause", ask);
}

void client_open(struct client *c, const char *rid, client_done done, void *arg)
{
    struct room *r = model_room(&c->model, rid);
    if (!client_is_online(c)) {
        if (r) /* what is there can be read, the rest comes with the server */
            client_tell(c, model_room_view(&c->model, r, true), rid);
        ask_new(c, rid, done, arg);
        return;
    }
    if (r == NULL) {
        r = model_room_make(&c->model, rid);
        prefill(&c->model, r);
    }
    unsigned bits = model_room_view(&c->model, r, true);
    stream_sync_rooms(c);
    if (!r->subscribed)
        load_room(c, rid);
    if (r->loaded && r->subscribed) { /* current by its stream */
        client_tell(c, bits, rid);
        if (done)
            done(arg, NULL);
        return;
    }
    history_load(c, r, false, done, arg);
    client_tell(c, bits | CLIENT_CHANGED_MESSAGES, rid);
}

void client_leave(struct client *c, const char *rid)
{
    struct room *r = model_room(&c->model, rid);
    if (r == NULL)
        return;
    AUTO_FREE char *kept = x_strdup(rid); /* rid may be the room's own */
    if (!r->pub.mine)
        stream_leave_room(c, r);
    client_tell(c, model_room_view(&c->model, r, false), kept);
}

void client_load_older(struct client *c, const char *rid)
{
    struct room *r = model_room(&c->model, rid);
    if (r == NULL || !client_is_online(c) || r->pub.history_complete || r->pub.history_loading)
        return;
    history_load(c, r, true, NULL, NULL);
    client_tell(c, CLIENT_CHANGED_MESSAGES, rid);
}

static void read_send(struct client *c, struct room *r);

static void read_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    AUTO_FREE char *rid = arg;
    struct room *r = model_room(&c->model, rid);
    (void)result;
    if (r == NULL)
        return;
    r->read_busy = false;
    if (r->read_again && (err == NULL || err->code != ERR_UNAVAILABLE))
        read_send(c, r);
}

static void read_send(struct client *c, struct room *r)
{
    r->read_busy = true;
    r->read_again = false;
    call_send(c, rung_rest("POST", json_pack("{s:s}", "rid", r->pub.id), "subscriptions.read"), read_done,
              x_strdup(r->pub.id));
}

void client_read(struct client *c, const char *rid)
{
    struct room *r = model_room(&c->model, rid);
    if (r == NULL)
        return;
    bool unread = r->alert || r->pub.unread;
    unsigned bits = model_room_read(&c->model, r);
    if (unread && r->subscribed && client_is_online(c)) {
        if (r->read_busy)
            r->read_again = true;
        else
            read_send(c, r);
    }
    client_tell(c, bits, rid);
}

void client_typing(struct client *c, const char *rid, bool typing)
{
    const struct client_me *my = &c->model.pub.me;
    setting_no no = catalogue_find("UI_Use_Real_Name");
    const struct client_setting *real = no < 0 ? NULL : &c->model.pub.settings[no];
    const char *me = real && real->known && real->value.b && my->name && *my->name ? my->name : my->username;
    if (!client_is_online(c) || me == NULL)
        return;
    bool old = c->session.major && c->session.major < 4;
    AUTO_FREE char *event = x_asprintf("%s/%s", rid, old ? "typing" : "user-activity");
    json_t *params = old      ? json_pack("[s,s,b]", event, me, typing)
                     : typing ? json_pack("[s,s,[s],{}]", event, me, "user-typing")
                              : json_pack("[s,s,[],{}]", event, me);
    ddp_method(c->ddp, "stream-notify-room", params, NULL, NULL);
}

/* Canned responses are read again afterwards: the answer to a save does not name the new one. */
static void canned_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct ask *ask = arg;
    (void)result;
    if (err == NULL)
        load_canned(c, NULL, NULL);
    plain_done(c, ask, NULL, err);
}

static json_t *canned_tags(const struct client *c, const char *id)
{
    for (size_t i = 0; id && i < c->model.pub.canned_count; i++) {
        const struct client_canned *canned = c->model.pub.canned[i];
        if (strcmp(canned->id, id) != 0 || canned->tag_count == 0)
            continue;
        json_t *tags = json_array();
        for (size_t k = 0; k < canned->tag_count; k++)
            json_array_append_new(tags, json_string(canned->tags[k]));
        return tags;
    }
    return NULL;
}

void client_save_canned(struct client *c, const char *id_or_null, const char *shortcut, const char *text,
                        const char *scope, const char *department_id_or_null, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, id_or_null, done, arg);
    if (ask == NULL)
        return;
    AUTO_JSON json_t *data = json_pack("{s:s,s:s,s:s,s:s*,s:o*}", "shortcut", shortcut, "text", text, "scope", scope,
                                       "departmentId", department_id_or_null, "tags", canned_tags(c, id_or_null));
    json_t *body = json_copy(data);
    if (id_or_null)
        json_object_set_new(body, "_id", json_string(id_or_null));
    json_t *params = json_pack("[o,O]", id_or_null ? json_string(id_or_null) : json_null(), data);
    call_ladder(c, rung_rest("POST", body, "canned-responses"), rung_method("saveCannedResponse", params), canned_done,
                ask);
}

void client_delete_canned(struct client *c, const char *id, client_done done, void *arg)
{
    struct ask *ask = ask_new(c, id, done, arg);
    if (ask)
        call_ladder(c, rung_rest("DELETE", json_pack("{s:s}", "_id", ask->id), "canned-responses"),
                    rung_method("removeCannedResponse", json_pack("[s]", ask->id)), canned_done, ask);
}
