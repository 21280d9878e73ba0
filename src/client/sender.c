/* Sends what is in the outbox: in order, one at a time per room, each until the server has it or refuses it. */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/refusal.h"
#include "common/clock.h"
#include "common/mem.h"

#define LOOK_AT_MOST 256
#define AGAIN_MS 3000

static void mark(struct client *c, const struct outbox_item *item, enum client_delivery delivery)
{
    struct room *r = NULL;
    struct client_message *msg = model_message_find(&c->model, item->id, &r);
    if (msg == NULL || msg->delivery == DELIVERY_SENT)
        return;
    msg->delivery = delivery;
    str_set(&msg->failure, delivery == DELIVERY_FAILED ? item->failure : NULL);
}

static void count(struct client *c)
{
    int n = 0;
    for (size_t i = 0; i < outbox_count(c->outbox); i++)
        n += outbox_at(c->outbox, i)->failure == NULL;
    c->model.pub.outbox_count = n;
}

static void show(struct client *c, const struct outbox_item *item)
{
    struct room *r = model_room_make(&c->model, item->rid);
    if (model_message(r, item->id) == NULL)
        model_message_compose(&c->model, r, item->id, item->text, item->ts_ms);
    mark(c, item, item->failure ? DELIVERY_FAILED : DELIVERY_OUTBOX);
}

void sender_restore(struct client *c)
{
    for (size_t i = 0; i < outbox_count(c->outbox); i++)
        show(c, outbox_at(c->outbox, i));
    count(c);
}

static void tell(struct client *c, const char *rid)
{
    count(c);
    client_tell(c, CLIENT_CHANGED_MESSAGES | CLIENT_CHANGED_STATE, rid);
}

static void drop(struct client *c, struct outbox_item *item)
{
    AUTO_FREE char *rid = x_strdup(item->rid);
    outbox_remove(c->outbox, item->id);
    struct room *r = model_room(&c->model, rid);
    unsigned bits = r ? model_room_release(&c->model, r) : 0;
    if (bits)
        client_tell(c, bits, rid);
    tell(c, rid);
}

void sender_acknowledged(struct client *c, const char *message_id)
{
    struct outbox_item *item = outbox_find(c->outbox, message_id);
    if (item == NULL)
        return;
    mark(c, item, DELIVERY_SENT);
    drop(c, item);
    sender_flush(c);
}

static void again_soon(uv_timer_t *timer)
{
    sender_flush(timer->data);
}

static void refuse(struct client *c, struct outbox_item *item, const char *why)
{
    AUTO_FREE char *rid = x_strdup(item->rid);
    item->sending = false;
    outbox_set_failure(c->outbox, item, why);
    mark(c, item, DELIVERY_FAILED);
    tell(c, rid);
    sender_flush(c);
}

struct doubt {
    char id[ID_LEN + 1];
    struct error err;
};

/* A repeat was refused: perhaps because the first one had come through (versions 12). */
static void doubt_done(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    struct doubt *doubt = arg;
    struct outbox_item *item = outbox_find(c->outbox, doubt->id);
    if (item && err == NULL && str_eq(js_str(js_obj(body, "message"), "_id"), item->id))
        sender_acknowledged(c, doubt->id);
    else if (item && err && err->code == ERR_UNAVAILABLE)
        item->sending = false;
    else if (item)
        refuse(c, item, doubt->err.text);
    free(doubt);
}

static void sent(struct client *c, void *arg, const json_t *body, const struct error *err)
{
    AUTO_FREE char *id = arg;
    struct outbox_item *item = outbox_find(c->outbox, id);
    if (item == NULL) /* the stream was faster */
        return;
    if (err == NULL) {
        const json_t *json = js_obj(body, "message");
        if (str_eq(js_str(json, "_id"), id))
            model_apply_message(&c->model, json, false);
        sender_acknowledged(c, id);
    } else if (err->code == ERR_UNAVAILABLE) {
        item->sending = false;
        mark(c, item, DELIVERY_OUTBOX);
        if (client_is_online(c))
            uv_timer_start(&c->sender_timer, again_soon, AGAIN_MS, 0);
        AUTO_FREE char *rid = x_strdup(item->rid);
        tell(c, rid);
    } else if (item->tries > 1) {
        struct doubt *doubt = x_calloc(1, sizeof(*doubt));
        memcpy(doubt->id, item->id, sizeof(doubt->id));
        doubt->err = *err;
        call_get(c, doubt_done, doubt, "chat.getMessage?msgId=%s", item->id);
    } else {
        refuse(c, item, err->text);
    }
}

static bool waits_for_another(const struct client *c, size_t at)
{
    const char *rid = outbox_at(c->outbox, at)->rid;
    for (size_t i = 0; i < at; i++) {
        const struct outbox_item *item = outbox_at(c->outbox, i);
        if (item->failure == NULL && strcmp(item->rid, rid) == 0)
            return true;
    }
    return false;
}

void sender_flush(struct client *c)
{
    if (!client_is_online(c))
        return;
    for (size_t i = 0; i < outbox_count(c->outbox) && i < LOOK_AT_MOST; i++) {
        struct outbox_item *item = outbox_at(c->outbox, i);
        if (item->failure || item->sending || waits_for_another(c, i))
            continue;
        item->sending = true;
        item->tries++;
        mark(c, item, DELIVERY_SENDING);
        json_t *body = json_pack("{s:{s:s,s:s,s:s}}", "message", "_id", item->id, "rid", item->rid, "msg", item->text);
        call_send(c, rung_rest("POST", body, "chat.sendMessage"), sent, x_strdup(item->id));
    }
}

void sender_lost(struct client *c)
{
    uv_timer_stop(&c->sender_timer);
    for (size_t i = 0; i < outbox_count(c->outbox); i++) {
        struct outbox_item *item = outbox_at(c->outbox, i);
        item->sending = false;
        if (item->failure == NULL)
            mark(c, item, DELIVERY_OUTBOX);
    }
}

int client_send(struct client *c, const char *rid, const char *text, struct error *err)
{
    struct outbox_item *item = NULL;
    struct error own = {0};
    int code = outbox_add(c->outbox, rid, text, clock_now_ms(), &item, err ? err : &own);
    if (code)
        return code;
    show(c, item);
    sender_flush(c);
    tell(c, rid);
    return 0;
}

void client_resend(struct client *c, const char *message_id)
{
    struct outbox_item *item = outbox_find(c->outbox, message_id);
    if (item == NULL || item->failure == NULL)
        return;
    AUTO_FREE char *rid = x_strdup(item->rid);
    outbox_set_failure(c->outbox, item, NULL);
    item->tries++; /* it may be there after all */
    mark(c, item, DELIVERY_OUTBOX);
    sender_flush(c);
    tell(c, rid);
}

void client_discard(struct client *c, const char *message_id)
{
    struct outbox_item *item = outbox_find(c->outbox, message_id);
    if (item == NULL || item->sending)
        return;
    AUTO_FREE char *rid = x_strdup(item->rid);
    model_message_delete(&c->model, rid, message_id);
    drop(c, item);
    sender_flush(c);
}
