/* /usher/v1/visitors/:id: all that is held on one person, to be handed out or erased (behaviour 13). Both need the right
   to delete a closed chat. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/removal.h"
#include "server/shape.h"
#include "server/turn.h"
#include "store/store.h"

#define MAILS_MAX 100000               /* looked through for those that wait to be sent */
#define LOG_MAX 10000                  /* newest events of one room or visitor */

struct chat {
    struct message **messages;         /* newest first */
    size_t message_count;
    struct event_row *events;
    size_t event_count;
};

struct person {
    char *id;
    struct visitor *visitor;
    struct stored_room *rooms;
    struct chat *chats;                /* as many */
    size_t n;
    struct store_file *files;
    size_t file_count;
    struct event_row *events;
    size_t event_count;
    struct store_visit visits[VISITS_MAX];
    size_t visit_count;
    struct store_mail *mails;          /* to or from him, not sent yet */
    size_t mail_count;
    struct store_hook *hooks;          /* of him: told lately, or still to be */
    size_t hook_count;
    int64_t now_ms;
};

static void person_mails(struct store_reader *r, struct person *p)
{
    const char *email = p->visitor->email;
    struct store_mail *all;
    size_t n = read_mails(r, MAILS_MAX, &all);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(all[i].visitor_id, p->id) || (email && str_eq(all[i].address, email)))
            all[p->mail_count++] = all[i];
        else
            store_mail_free(&all[i]);
    }
    p->mails = all;
}

static void person_read(struct store_reader *r, void *data)
{
    struct person *p = data;
    p->visitor = read_visitor(r, p->id);
    if (p->visitor == NULL)
        return;
    struct room_query rooms = {.visitor_id = p->id, .open = -1, .on_hold = -1, .sort = "ts", .ascending = true};
    p->n = read_rooms(r, &rooms, &p->rooms, NULL);
    p->chats = x_calloc(p->n + 1, sizeof *p->chats);
    for (size_t i = 0; i < p->n; i++) {
        struct chat *c = &p->chats[i];
        struct message_query all = {.rid = p->rooms[i].room->id, .with_hidden = true};
        c->message_count = read_messages(r, &all, &c->messages, NULL);
        c->event_count = read_events(r, all.rid, 0, LOG_MAX, &c->events);
    }
    p->file_count = read_files_of_visitor(r, p->id, &p->files);
    p->event_count = read_events(r, p->id, 0, LOG_MAX, &p->events);
    person_mails(r, p);
    p->hook_count = read_hooks_of_visitor(r, p->id, p->visitor->email, &p->hooks);
    p->visit_count = read_visits(r, p->visitor->token, p->now_ms, p->visits);
}

static void person_drop(void *data)
{
    struct person *p = data;
    for (size_t i = 0; i < p->n; i++) {
        stored_room_free(&p->rooms[i]);
        for (size_t k = 0; k < p->chats[i].message_count; k++)
            message_free(&p->chats[i].messages[k]);
        free(p->chats[i].messages);
        event_rows_free(p->chats[i].events, p->chats[i].event_count);
    }
    for (size_t i = 0; i < p->file_count; i++)
        store_file_free(&p->files[i]);
    for (size_t i = 0; i < p->visit_count; i++)
        store_visit_free(&p->visits[i]);
    for (size_t i = 0; i < p->mail_count; i++)
        store_mail_free(&p->mails[i]);
    free(p->mails);
    for (size_t i = 0; i < p->hook_count; i++)
        store_hook_free(&p->hooks[i]);
    free(p->hooks);
    event_rows_free(p->events, p->event_count);
    visitor_free(&p->visitor);
    free(p->rooms);
    free(p->chats);
    free(p->files);
    free(p->id);
    free(p);
}

static void put_log(struct jsonw *w, const struct event_row *rows, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        jsonw_object(w, NULL);
        jsonw_int(w, "seq", (int64_t)rows[i].seq);
        if (rows[i].ts_ms)
            jsonw_date(w, "ts", rows[i].ts_ms);
        jsonw_str(w, "type", rows[i].type);
        jsonw_str(w, "subject", rows[i].subject);
        jsonw_str(w, "actor", rows[i].actor);
        if (rows[i].detail)
            jsonw_raw(w, "detail", rows[i].detail, strlen(rows[i].detail));
        jsonw_end_object(w);
    }
}

static void put_room(struct jsonw *w, const struct stored_room *sr, const struct chat *c)
{
    jsonw_object(w, NULL);
    shape_stored_room_fields(w, sr);
    jsonw_array(w, "messages");
    for (size_t i = c->message_count; i-- > 0;)
        shape_message(w, NULL, c->messages[i]);
    jsonw_end_array(w);
    jsonw_end_object(w);
}

static void put_files(struct jsonw *w, const struct person *p)
{
    jsonw_array(w, "files");
    for (size_t i = 0; i < p->file_count; i++) {
        const struct store_file *f = &p->files[i];
        struct buf link = BUF_INIT;
        buf_printf(&link, "/file-upload/%s/", f->id);
        buf_put_urlencoded(&link, f->name, strlen(f->name));
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", f->id);
        jsonw_str(w, "rid", f->rid);
        jsonw_str(w, "name", f->name);
        jsonw_str(w, "type", f->type);
        jsonw_int(w, "size", f->size);
        jsonw_date(w, "uploadedAt", f->ts_ms);
        jsonw_str(w, "path", link.data);
        jsonw_end_object(w);
        buf_free(&link);
    }
    jsonw_end_array(w);
}

static void put_custom_fields(struct jsonw *w, const struct person *p)
{
    const char *data = p->visitor->livechat_data;
    if (data)
        jsonw_raw(w, "customFields", data, strlen(data));
    else
        jsonw_raw(w, "customFields", "{}", 2);
}

/* Pages seen in chats, oldest first, then those that wait for the next chat. */
static void put_visits(struct api *a, const struct person *p)
{
    const char *kind = message_type("livechat_navigation_history");
    jsonw_array(&a->w, "visits");
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = p->chats[i].message_count; k-- > 0;)
            if (p->chats[i].messages[k]->type == kind)
                shape_message(&a->w, NULL, p->chats[i].messages[k]);
    for (size_t i = 0; i < p->visit_count; i++) {
        const struct visited_page *page = &p->visits[i].page;
        jsonw_object(&a->w, NULL);
        jsonw_str(&a->w, "msg", page->text);
        jsonw_date(&a->w, "ts", page->ts_ms);
        shape_spread(&a->w, page->extra);
        jsonw_end_object(&a->w);
    }
    jsonw_end_array(&a->w);
}

static void put_mails(struct jsonw *w, const struct person *p)
{
    jsonw_array(w, "mails");
    for (size_t i = 0; i < p->mail_count; i++) {
        const struct store_mail *m = &p->mails[i];
        jsonw_object(w, NULL);
        jsonw_str(w, "kind", m->kind == MAIL_OFFLINE ? "offline message" : "transcript");
        jsonw_str(w, "rid", m->rid);
        jsonw_str(w, "address", m->address);
        jsonw_str(w, "name", m->name);
        jsonw_str(w, "subject", m->subject);
        jsonw_str(w, "text", m->text);
        jsonw_str(w, "host", m->host);
        jsonw_date(w, "createdAt", m->created_ms);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void put_webhooks(struct jsonw *w, const struct person *p)
{
    jsonw_array(w, "webhooks");
    for (size_t i = 0; i < p->hook_count; i++) {
        const struct store_hook *h = &p->hooks[i];
        jsonw_object(w, NULL);
        jsonw_str(w, "type", h->type);
        jsonw_str(w, "rid", h->rid);
        jsonw_date(w, "createdAt", h->created_ms);
        jsonw_date(w, "doneAt", h->done_ms);
        if (h->body)
            jsonw_raw(w, "body", h->body, strlen(h->body));
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void person_done(struct api *a, void *data)
{
    const struct person *p = data;
    struct jsonw *w = &a->w;
    if (p->visitor == NULL) {
        api_not_found(a, "visitor-not-found");
        return;
    }
    api_ok(a);
    jsonw_date(w, "exportedAt", server_now(a->server));
    shape_visitor(w, "visitor", p->visitor);
    put_custom_fields(w, p);
    jsonw_array(w, "rooms");
    for (size_t i = 0; i < p->n; i++)
        put_room(w, &p->rooms[i], &p->chats[i]);
    jsonw_end_array(w);
    put_files(w, p);
    put_visits(a, p);
    put_mails(w, p);
    put_webhooks(w, p);
    jsonw_array(w, "log");
    put_log(w, p->events, p->event_count);
    for (size_t i = 0; i < p->n; i++)
        put_log(w, p->chats[i].events, p->chats[i].event_count);
    jsonw_end_array(w);
    api_ok_end(a);
}

static void person_export(struct api *a)
{
    struct person *p = x_calloc(1, sizeof *p);
    p->id = x_strdup(api_arg(a, "id"));
    p->now_ms = server_now(a->server);
    api_read(a, person_read, person_done, p, person_drop);
}

static void person_erase(struct api *a)
{
    removal_run(a, NULL, api_arg(a, "id"));
}

const struct endpoint person_endpoints[] = {
    {.verb = VERB_GET, .path = "/usher/v1/visitors/:id/export", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("remove-closed-livechat-room"), .run = person_export},
    {.verb = VERB_DELETE, .path = "/usher/v1/visitors/:id", .auth = AUTH_LOGIN,
     .all_of = RIGHTS("remove-closed-livechat-room"), .run = person_erase},
    ENDPOINTS_END,
};
