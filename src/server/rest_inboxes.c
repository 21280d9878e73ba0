/* E-mail inboxes (rest 12). Their passwords are in the answers, as clients expect them, and nowhere else. */
#include <string.h>

#include "common/mem.h"
#include "server/families.h"
#include "server/filter.h"
#include "server/list.h"
#include "server/post.h"
#include "server/record_form.h"
#include "server/rows.h"

static const struct record *inbox_of_path(const struct api *a)
{
    return core_record(a->server->core, RECORD_EMAIL_INBOX, api_arg(a, "_id"));
}

static void put_inbox(struct api *a, const void *item)
{
    shape_record(&a->w, NULL, a->server->core, item, server_now(a->server));
}

static json_t *inbox_doc(const struct api *a, const struct record *r)
{
    struct buf text = BUF_INIT;
    struct jsonw w = jsonw_on(&text, JSONW_ISO);
    shape_record(&w, NULL, a->server->core, r, server_now(a->server));
    json_t *doc = json_loadb(text.data, text.len, 0, NULL);
    buf_free(&text);
    return doc;
}

static struct list_key inbox_key(const void *item, const char *key)
{
    const struct record *r = item;
    if (strcmp(key, "_id") == 0)
        return (struct list_key){r->id, 0};
    if (strcmp(key, "_createdAt") == 0 || strcmp(key, "_updatedAt") == 0)
        return (struct list_key){NULL, key[1] == 'c' ? r->created_ms : r->updated_ms};
    return (struct list_key){record_text(r, key), record_bool(r, key)};
}

static void inboxes(struct api *a)
{
    struct paging p;
    struct list l = LIST_NEW;
    json_t *query;
    if (!api_paging(a, &p) || !filter_param(a, &query))
        return;
    for (const struct record *r = NULL; (r = core_next_record(a->server->core, RECORD_EMAIL_INBOX, r)) != NULL;) {
        json_t *doc = query ? inbox_doc(a, r) : NULL;
        if (query == NULL || filter_match(query, doc))
            list_add(&l, r);
        json_decref(doc);
    }
    json_decref(query);
    list_sort(&l, &p, "name", true, inbox_key);
    list_reply(a, "emailInboxes", &l, &p, put_inbox);
}

static void inbox(struct api *a)
{
    const struct record *r = inbox_of_path(a);
    if (r == NULL) {
        api_not_found(a, NULL);
        return;
    }
    api_ok(a);
    shape_record_fields(&a->w, a->server->core, r, server_now(a->server));
    api_ok_end(a);
}

static const struct schema search_schema = SCHEMA(MATCH, NONE, REQ("email", STRING));

static void inbox_search(struct api *a)
{
    struct error e;
    const struct record *r = NULL;
    if (schema_check(&search_schema, a->query, &e) != ERR_OK) {
        api_fail_plain(a, e.text);
        return;
    }
    while ((r = core_next_record(a->server->core, RECORD_EMAIL_INBOX, r)) != NULL)
        if (str_eq(record_text(r, "email"), api_str(a, "email")))
            break;
    api_ok(a);
    if (r)
        shape_record(&a->w, "emailInbox", a->server->core, r, server_now(a->server));
    else
        jsonw_null(&a->w, "emailInbox");
    api_ok_end(a);
}

/* --- saving --- */

#define MAIL_SERVER                                                                                                    \
    REQ("server", STRING), REQ("port", NUMBER), REQ("username", STRING), REQ("password", STRING), REQ("secure", BOOL)
static const struct schema smtp_schema = SCHEMA(MATCH_LOOSE, NONE, MAIL_SERVER);
static const struct schema imap_schema = SCHEMA(MATCH_LOOSE, NONE, MAIL_SERVER, REQ("maxRetries", NUMBER));
static const struct schema inbox_schema =
    SCHEMA(MATCH, NONE, OPT("_id", STRING), REQ("active", BOOL), REQ("name", STRING), REQ("email", STRING),
           OPT("description", STRING), OPT("senderInfo", STRING), OPT("department", STRING), REQ_OBJECT("smtp", &smtp_schema),
           REQ_OBJECT("imap", &imap_schema));

/* Of a mail server only the keys that its pattern names: others are let through and not kept. */
static json_t *known_of(const json_t *o, const struct schema *schema)
{
    json_t *known = json_object();
    for (const struct param *p = schema->params; p->name; p++)
        json_object_set(known, p->name, json_object_get(o, p->name));
    return known;
}

/* "All", like nothing, takes the department away. */
static json_t *values_of(const json_t *body)
{
    json_t *values = record_known(RECORD_EMAIL_INBOX, body);
    const char *department = json_string_value(json_object_get(values, "department"));
    json_object_set_new(values, "smtp", known_of(json_object_get(body, "smtp"), &smtp_schema));
    json_object_set_new(values, "imap", known_of(json_object_get(body, "imap"), &imap_schema));
    if (department && (*department == '\0' || strcmp(department, "All") == 0))
        json_object_set_new(values, "department", json_null());
    return values;
}

static void reply_id(struct api *a, const char *id)
{
    jsonw_str(api_ok(a), "_id", id);
    api_ok_end(a);
}

static void inbox_post(struct api *a)
{
    struct result result;
    struct error e;
    if (schema_check(&inbox_schema, a->body, &e) != ERR_OK) {
        api_fail_plain(a, e.text);
        return;
    }
    const char *id = json_string_value(json_object_get(a->body, "_id"));
    if (id && core_record(a->server->core, RECORD_EMAIL_INBOX, id) == NULL) {
        api_fail_plain(a, "error-invalid-email-inbox");
        return;
    }
    json_t *values = values_of(a->body);
    if (record_form_save(a->server, a->user, RECORD_EMAIL_INBOX, id, NULL, values, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_id(a, result.record->id);
    json_decref(values);
}

static void inbox_delete(struct api *a)
{
    struct result result;
    if (inbox_of_path(a) == NULL)
        api_not_found(a, NULL);
    else if (record_form_remove(a->server, a->user, RECORD_EMAIL_INBOX, api_arg(a, "_id"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_id(a, api_arg(a, "_id"));
}

/* To who asks. */
static void inbox_test(struct api *a)
{
    const struct record *r = inbox_of_path(a);
    if (r == NULL) {
        api_not_found(a, NULL);
    } else if (a->user->email == NULL || *a->user->email == '\0') {
        api_fail_coded(a, "error-invalid-email", "Your account has no e-mail address to send the test to");
    } else {
        post_test(a->server, r, a->user->email);
        reply_id(a, r->id);
    }
}

#define INBOXES .auth = AUTH_LOGIN, .all_of = RIGHTS("manage-email-inbox")

const struct endpoint inbox_endpoints[] = {
    {.verb = VERB_GET, .path = "email-inbox.list", INBOXES, .run = inboxes},
    {.verb = VERB_GET, .path = "email-inbox.search", INBOXES, .run = inbox_search},
    {.verb = VERB_POST, .path = "email-inbox.send-test/:_id", INBOXES, .run = inbox_test},
    {.verb = VERB_POST, .path = "email-inbox", INBOXES, .run = inbox_post},
    {.verb = VERB_GET, .path = "email-inbox/:_id", INBOXES, .run = inbox},
    {.verb = VERB_DELETE, .path = "email-inbox/:_id", INBOXES, .run = inbox_delete},
    ENDPOINTS_END,
};
