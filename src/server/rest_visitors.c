/* Visitors and contacts, as agents see them (rest 7). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/custom.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/params.h"
#include "server/room_reply.h"
#include "server/register.h"
#include "server/rows.h"
#include "server/shape.h"

/* The record in memory is the newest one. */
static const struct visitor *newest(const struct api *a, const struct visitor *stored)
{
    const struct visitor *v = stored ? core_visitor(a->server->core, stored->id) : NULL;
    return v ? v : stored;
}

static void read_visitor_of(struct api *a, const char *id, api_done_fn done)
{
    struct lookup *l = lookup_new(NULL);
    l->visitor_id = x_strdup(id);
    api_read(a, lookup_run, done, l, lookup_drop);
}

static const struct visitor *found_visitor(const struct api *a, const struct lookup *l)
{
    const struct visitor *v = l->visitor_id ? core_visitor(a->server->core, l->visitor_id) : NULL;
    return v ? v : newest(a, l->visitor);
}

static void info_done(struct api *a, void *data)
{
    const struct visitor *v = found_visitor(a, data);
    if (v == NULL) {
        api_fail_plain(a, "visitor-not-found");
        return;
    }
    shape_visitor(api_ok(a), "visitor", v);
    api_ok_end(a);
}

static void visitors_info(struct api *a)
{
    read_visitor_of(a, api_str(a, "visitorId"), info_done);
}

/* --- pages --- */

static void pages_done(struct api *a, void *data)
{
    const struct lookup *l = data;
    struct paging p;
    if (core_room(a->server->core, l->rid) == NULL && lookup_room(l) == NULL) {
        api_fail_plain(a, "invalid-room");
        return;
    }
    if (!api_paging(a, &p))
        return;
    jsonw_array(api_ok(a), "pages");
    for (size_t i = 0; i < l->message_count; i++)
        shape_message(&a->w, NULL, l->messages[i]);
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, l->message_count, l->total);
    api_ok_end(a);
}

static void visitors_pages(struct api *a)
{
    struct paging p;
    if (!api_paging(a, &p))
        return;
    struct lookup *l = lookup_new(api_arg(a, "roomId"));
    l->want_page = true;
    l->page.with_hidden = true;
    l->page.type = message_type("livechat_navigation_history");
    l->page.limit = p.count;
    l->page.offset = p.offset;
    api_read(a, lookup_run, pages_done, l, lookup_drop);
}

/* --- chats of a visitor --- */

struct chats {
    struct lookup *lookup;         /* the room it was asked from */
    struct room_query query;
    char *visitor_id, *text;
    bool brief;                    /* searchChats: with closing messages, few fields */
    struct stored_room *rooms;
    struct message **closing;      /* one for each room, or NULL */
    size_t n;
    int64_t total;
};

static struct message *closing_message(struct store_reader *r, const char *rid)
{
    struct message **list;
    struct message_query q = {.rid = rid, .type = "livechat-close", .limit = 1};
    size_t n = read_messages(r, &q, &list, NULL);
    struct message *m = n ? list[0] : NULL;
    free(list);
    return m;
}

static void chats_run(struct store_reader *r, void *data)
{
    struct chats *s = data;
    lookup_run(r, s->lookup);
    s->query.visitor_id = s->visitor_id;
    s->query.text_like = s->text;
    s->n = read_rooms(r, &s->query, &s->rooms, &s->total);
    s->closing = x_calloc(s->n + 1, sizeof *s->closing);
    for (size_t i = 0; s->brief && i < s->n; i++)
        s->closing[i] = closing_message(r, s->rooms[i].room->id);
}

static void chats_drop(void *data)
{
    struct chats *s = data;
    for (size_t i = 0; i < s->n; i++) {
        stored_room_free(&s->rooms[i]);
        message_free(&s->closing[i]);
    }
    free(s->rooms);
    free(s->closing);
    free(s->visitor_id);
    free(s->text);
    lookup_drop(s->lookup);
    free(s);
}

static void put_brief(struct api *a, const struct stored_room *sr, const struct message *closing)
{
    const struct room *r = sr->room;
    struct jsonw *w = &a->w;
    jsonw_object(w, NULL);
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "fname", r->fname);
    jsonw_date(w, "ts", r->ts_ms);
    if (sr->visitor)
        shape_guest(w, "v", sr->visitor);
    jsonw_int(w, "msgs", r->msgs);
    if (sr->served_by_id)
        shape_user_ref(w, "servedBy", sr->served_by_id, sr->served_by_username, NULL);
    jsonw_date(w, "closedAt", r->closed_ms);
    if (r->closed_by_id)
        shape_user_ref(w, "closedBy", r->closed_by_id, r->closed_by_username, NULL);
    jsonw_str(w, "closer", r->closer);
    if (r->tag_count)
        jsonw_array(w, "tags");
    for (int i = 0; i < r->tag_count; i++)
        jsonw_str(w, NULL, r->tags[i]);
    if (r->tag_count)
        jsonw_end_array(w);
    if (closing)
        shape_message(w, "closingMessage", closing);
    jsonw_end_object(w);
}

static void chats_done(struct api *a, void *data)
{
    const struct chats *s = data;
    const struct room *open = core_room(a->server->core, s->lookup->rid);
    struct paging p;
    if (open == NULL && lookup_room(s->lookup) == NULL) {
        api_fail_plain(a, "invalid-room");
        return;
    }
    if (!lookup_may_open(a->server->core, a->user, open, s->lookup)) {
        api_fail_plain(a, "error-not-allowed");
        return;
    }
    if (!api_paging(a, &p))
        return;
    jsonw_array(api_ok(a), "history");
    for (size_t i = 0; i < s->n; i++) {
        if (s->brief)
            put_brief(a, &s->rooms[i], s->closing[i]);
        else
            put_any_room(a, NULL, core_room(a->server->core, s->rooms[i].room->id), &s->rooms[i], false);
    }
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, s->n, s->total);
    api_ok_end(a);
}

static void read_chats(struct api *a, bool brief)
{
    struct paging p;
    if (!api_paging(a, &p))
        return;
    struct chats *s = x_calloc(1, sizeof *s);
    s->lookup = lookup_new(api_arg(a, "roomId"));
    s->visitor_id = x_strdup(api_arg(a, "visitorId"));
    s->brief = brief;
    s->query.open = brief ? !str_eq(api_str(a, "closedChatsOnly"), "true") : -1;
    s->query.served = !brief ? 0 : str_eq(api_str(a, "servedChatsOnly"), "true") ? 1 : -1;
    s->query.on_hold = -1;
    s->query.offset = p.offset;
    s->query.limit = p.count;
    s->text = brief ? x_strdup(api_str_nonempty(a, "searchText")) : NULL;
    api_read(a, chats_run, chats_done, s, chats_drop);
}

static void visitors_chat_history(struct api *a)
{
    read_chats(a, false);
}

static void visitors_search_chats(struct api *a)
{
    read_chats(a, true);
}

/* --- autocomplete, search --- */

struct people_read {
    struct visitor_query query;
    char *term;
    json_t *exceptions;
    struct visitor **visitors;
    size_t n;
    int64_t total;
};

static void people_run(struct store_reader *r, void *data)
{
    struct people_read *s = data;
    s->query.term = s->term;
    s->n = read_visitors(r, &s->query, &s->visitors, &s->total);
}

static void people_drop(void *data)
{
    struct people_read *s = data;
    for (size_t i = 0; i < s->n; i++)
        visitor_free(&s->visitors[i]);
    free(s->visitors);
    free(s->term);
    json_decref(s->exceptions);
    free(s);
}

static bool is_exception(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_string_value(json_array_get(list, i)), id))
            return true;
    return false;
}

#define AUTOCOMPLETE_MAX 10

static void autocomplete_done(struct api *a, void *data)
{
    const struct people_read *s = data;
    int n = 0;
    jsonw_array(api_ok(a), "items");
    for (size_t i = 0; i < s->n && n < AUTOCOMPLETE_MAX; i++) {
        const struct visitor *v = newest(a, s->visitors[i]);
        if (is_exception(s->exceptions, v->id))
            continue;
        AUTO_FREE char *both = x_asprintf("%s - %s", v->username, v->name ? v->name : "");
        jsonw_object(&a->w, NULL);
        jsonw_str(&a->w, "_id", v->id);
        jsonw_str(&a->w, "name", v->name);
        jsonw_str(&a->w, "username", v->username);
        jsonw_str(&a->w, "custom_name", both);
        jsonw_end_object(&a->w);
        n++;
    }
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static void visitors_autocomplete(struct api *a)
{
    json_t *selector;
    if (!api_json_text(a, "selector", &selector))
        return;
    struct people_read *s = x_calloc(1, sizeof *s);
    s->term = x_strdup(json_string_value(json_object_get(selector, "term")));
    s->exceptions = json_incref(json_object_get(selector, "exceptions"));
    s->query.prefix = s->query.by_name = s->query.ascending = true;
    s->query.limit = AUTOCOMPLETE_MAX + (int64_t)json_array_size(s->exceptions);
    json_decref(selector);
    api_read(a, people_run, autocomplete_done, s, people_drop);
}

static void put_found(struct api *a, const struct visitor *v)
{
    struct jsonw *w = &a->w;
    jsonw_object(w, NULL);
    jsonw_str(w, "_id", v->id);
    jsonw_str(w, "username", v->username);
    jsonw_str(w, "name", v->name);
    if (v->phone) {
        jsonw_array(w, "phone");
        jsonw_object(w, NULL);
        jsonw_str(w, "phoneNumber", v->phone);
        jsonw_end_object(w);
        jsonw_end_array(w);
    }
    if (v->email) {
        jsonw_array(w, "visitorEmails");
        jsonw_object(w, NULL);
        jsonw_str(w, "address", v->email);
        jsonw_end_object(w);
        jsonw_end_array(w);
    }
    if (v->livechat_data)
        jsonw_raw(w, "livechatData", v->livechat_data, strlen(v->livechat_data));
    if (v->last_chat_id) {
        jsonw_object(w, "lastChat");
        jsonw_str(w, "_id", v->last_chat_id);
        jsonw_date(w, "ts", v->last_chat_ms);
        jsonw_end_object(w);
    }
    jsonw_end_object(w);
}

static void search_done(struct api *a, void *data)
{
    const struct people_read *s = data;
    struct paging p;
    if (!api_paging(a, &p))
        return;
    jsonw_array(api_ok(a), "visitors");
    for (size_t i = 0; i < s->n; i++)
        put_found(a, newest(a, s->visitors[i]));
    jsonw_end_array(&a->w);
    api_put_paging(a, &p, s->n, s->total);
    api_ok_end(a);
}

static void visitors_search(struct api *a)
{
    struct paging p;
    if (!api_paging(a, &p))
        return;
    struct people_read *s = x_calloc(1, sizeof *s);
    s->term = x_strdup(api_str(a, "term"));
    s->query.by_name = p.sort_count && strcmp(p.sort[0].key, "name") == 0;
    s->query.ascending = p.sort_count && p.sort[0].ascending;
    s->query.limit = p.count;
    s->query.offset = p.offset;
    api_read(a, people_run, search_done, s, people_drop);
}

/* --- contacts --- */

static bool manager_ok(struct api *a, const char **manager)
{
    const json_t *o = api_obj(a, "contactManager");
    const char *name = json_string_value(json_object_get(o, "username"));
    *manager = NULL;
    if (name == NULL || *name == '\0')
        return true;
    const struct user *u = core_user_by_name(a->server->core, name);
    if (u == NULL) {
        AUTO_FREE char *reason = x_asprintf("No user found with username %.100s", name);
        api_fail_coded(a, "error-contact-manager-not-found", reason);
        return false;
    }
    if (!(u->roles & ROLE_AGENT)) {
        api_fail_coded(a, "error-invalid-contact-manager", "The contact manager must have the role \"livechat-agent\"");
        return false;
    }
    *manager = u->username;
    return true;
}

static void contact_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    const char *manager;
    struct result result;
    if (!manager_ok(a, &manager))
        return;
    struct command cmd = server_command(COMMAND_VISITOR_SAVE, a->user);
    const struct visitor *v = core_visitor_by_token(a->server->core, l->token);
    cmd.visitor_save.record = v ? v : newest(a, l->visitor);
    cmd.visitor_save.token = l->token;
    cmd.visitor_save.name = api_str(a, "name");
    cmd.visitor_save.email = api_str(a, "email");
    cmd.visitor_save.phone = api_str(a, "phone");
    cmd.visitor_save.username = api_str_nonempty(a, "username");
    AUTO_FREE char *values = NULL;
    const json_t *fields = api_obj(a, "customFields");
    const char *old = cmd.visitor_save.record ? cmd.visitor_save.record->livechat_data : NULL;
    if (fields && custom_fill(a->server->core, CUSTOM_VISITOR, old, fields, &values, &result.error) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    cmd.visitor_save.livechat_data = values;
    cmd.visitor_save.contact_manager = manager;
    cmd.visitor_save.has_contact_manager = true;
    cmd.visitor_save.by_user = cmd.visitor_save.record != NULL;
    if (register_step(a->server, &cmd, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    jsonw_str(api_ok(a), "contact", result.visitor->id);
    api_ok_end(a);
}

static void contact_save(struct api *a)
{
    struct lookup *l = lookup_new(NULL);
    const char *email = api_str_nonempty(a, "email");
    l->visitor_id = x_strdup(api_str_nonempty(a, "_id"));
    l->token = x_strdup(api_str(a, "token"));
    l->email = email ? x_strdup(email) : NULL;
    for (char *p = l->email; p && *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    api_read(a, lookup_run, contact_found, l, lookup_drop);
}

static void put_contact(struct api *a, const struct visitor *v)
{
    api_ok(a);
    if (v)
        shape_visitor(&a->w, "contact", v);
    else
        jsonw_null(&a->w, "contact");
    api_ok_end(a);
}

static void contact_done(struct api *a, void *data)
{
    put_contact(a, found_visitor(a, data));
}

static void contact_get(struct api *a)
{
    read_visitor_of(a, api_str(a, "contactId"), contact_done);
}

/* All conditions must hold. */
static void contact_search_done(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct visitor *v = newest(a, l->visitor);
    const char *email = api_str_nonempty(a, "email"), *phone = api_str_nonempty(a, "phone");
    if (v && ((email && (v->email == NULL || strcasecmp(v->email, email) != 0)) || (phone && !str_eq(v->phone, phone))))
        v = NULL;
    put_contact(a, v);
}

static void contact_search(struct api *a)
{
    const char *email = api_str_nonempty(a, "email"), *phone = api_str_nonempty(a, "phone");
    const char *custom = api_str_nonempty(a, "custom");
    struct error e;
    json_t *fields = custom ? params_from_json(custom, strlen(custom), false, &e) : NULL;
    bool has_fields = json_object_size(fields) > 0, bad = custom && !json_is_object(fields);
    json_decref(fields);
    if (bad) {
        api_fail_coded(a, "error-invalid-params-custom", NULL);
        return;
    }
    if (!email && !phone && !has_fields) {
        api_fail_coded(a, "error-invalid-params", NULL);
        return;
    }
    if (has_fields) { /* there are no custom fields yet that could be searched */
        put_contact(a, NULL);
        return;
    }
    struct lookup *l = lookup_new(NULL);
    l->email = x_strdup(email);
    for (char *p = l->email; p && *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    l->phone = x_strdup(phone);
    api_read(a, lookup_run, contact_search_done, l, lookup_drop);
}

/* --- the table --- */

static const struct schema info_schema = SCHEMA(STRICT, NONE, REQ("visitorId", STRING));
static const struct schema page_schema = SCHEMA_BARE(STRICT, KEYS);
static const struct schema chats_schema = SCHEMA(STRICT, KEYS, OPT("searchText", STRING),
                                                 OPT("closedChatsOnly", STRING), OPT("servedChatsOnly", STRING));
static const struct schema autocomplete_schema = SCHEMA(STRICT, NONE, REQ("selector", STRING));
static const struct schema search_schema = SCHEMA(STRICT, KEYS, REQ("term", STRING));
static const struct schema manager_schema = SCHEMA(MATCH, NONE, REQ("username", STRING));
static const struct schema contact_schema =
    SCHEMA(MATCH, NONE, REQ("token", STRING), REQ("name", STRING), OPT("_id", STRING), OPT("email", STRING),
           OPT("phone", STRING), OPT("username", STRING), OPT("customFields", OBJECT),
           OPT_OBJECT("contactManager", &manager_schema));
static const struct schema contact_id_schema = SCHEMA(MATCH, NONE, REQ("contactId", STRING));
static const struct schema contact_search_schema =
    SCHEMA(MATCH, NONE, OPT("email", STRING), OPT("phone", STRING), OPT("custom", STRING));

#define AGENTS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-l-room")

const struct endpoint visitors_endpoints[] = {
    {.verb = VERB_GET, .path = "livechat/visitors.info", AGENTS, .schema = &info_schema, .run = visitors_info},
    {.verb = VERB_GET, .path = "livechat/visitors.pagesVisited/:roomId", AGENTS, .schema = &page_schema,
     .run = visitors_pages},
    {.verb = VERB_GET, .path = "livechat/visitors.chatHistory/room/:roomId/visitor/:visitorId", AGENTS,
     .schema = &page_schema, .run = visitors_chat_history},
    {.verb = VERB_GET, .path = "livechat/visitors.searchChats/room/:roomId/visitor/:visitorId", AGENTS,
     .schema = &chats_schema, .run = visitors_search_chats},
    {.verb = VERB_GET, .path = "livechat/visitors.autocomplete", AGENTS, .schema = &autocomplete_schema,
     .run = visitors_autocomplete},
    {.verb = VERB_GET, .path = "livechat/visitors.search", AGENTS, .schema = &search_schema, .run = visitors_search},
    {.verb = VERB_POST, .path = "omnichannel/contact", AGENTS, .schema = &contact_schema, .run = contact_save},
    {.verb = VERB_GET, .path = "omnichannel/contact", AGENTS, .schema = &contact_id_schema, .run = contact_get},
    {.verb = VERB_GET, .path = "omnichannel/contact.search", AGENTS, .schema = &contact_search_schema,
     .run = contact_search},
    ENDPOINTS_END,
};
