/* Pages of messages: method loadHistory, which gives everything; where it is gone, the list without system
   messages (versions 11). */
#include "client/internal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/mem.h"

#define PAGE 50

struct page {
    char *rid;
    int64_t end_ms;
    client_done done;
    void *arg;
};

static size_t sent_count(const struct room *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->pub.message_count; i++)
        n += !message_is_pending(r->pub.messages[i]);
    return n;
}

static void acknowledge_all(struct client *c, const json_t *list)
{
    size_t i;
    json_t *json;
    json_array_foreach(list, i, json)
        sender_acknowledged(c, js_str(json, "_id"));
}

static void page_done(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct page *page = arg;
    struct error none = {0};
    struct room *r = model_room(&c->model, page->rid);
    const json_t *list = js_list(result, "messages");
    unsigned bits = 0;
    if (err == NULL && list == NULL) { /* false: no access */
        error_set(&none, ERR_DENIED, NULL, "You may not read this chat");
        err = &none;
    }
    if (r) {
        r->pub.history_loading = false;
        bits = CLIENT_CHANGED_MESSAGES;
        if (err == NULL)
            bits |= model_apply_history(&c->model, r, list, PAGE, page->end_ms);
    }
    if (err == NULL)
        acknowledge_all(c, list);
    client_tell(c, bits, page->rid);
    if (page->done)
        page->done(page->arg, err);
    free(page->rid);
    free(page);
}

void history_load(struct client *c, struct room *r, bool older, client_done done, void *arg)
{
    struct page *page = x_calloc(1, sizeof(*page));
    AUTO_FREE char *rid = rest_escape(r->pub.id);
    size_t offset = older ? sent_count(r) : 0;
    if (offset) /* the end is exclusive: others may have the same millisecond */
        page->end_ms = r->pub.messages[0]->ts_ms + 1;
    page->rid = x_strdup(r->pub.id);
    page->done = done;
    page->arg = arg;
    r->pub.history_loading = true;
    json_t *end = page->end_ms ? json_pack("{s:I}", "$date", (json_int_t)page->end_ms) : json_null();
    call_ladder(c, rung_method("loadHistory", json_pack("[s,o,i]", r->pub.id, end, PAGE)),
                rung_rest("GET", NULL, "livechat/%s/messages?count=%d&offset=%zu", rid, PAGE, offset), page_done, page);
}

void history_refresh(struct client *c)
{
    for (size_t i = 0; i < c->model.pub.room_count; i++) {
        struct room *r = (struct room *)c->model.pub.rooms[i];
        if (r->viewed)
            history_load(c, r, false, NULL, NULL);
        else
            room_forget_messages(r); /* there may be holes; they are read again when it is opened */
    }
}
