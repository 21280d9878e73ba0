/* Messages of agents (rest 3.5). */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/mem.h"
#include "common/regexp.h"
#include "server/desk.h"
#include "server/direct.h"
#include "server/families.h"
#include "server/lookup.h"
#include "server/rows.h"
#include "server/shape.h"

static void reply_message(struct api *a, const struct message *m)
{
    shape_message(api_ok(a), "message", m);
    api_ok_end(a);
}

/* Codes of the room are plain in this family, those of the message coded (rest 3.5). */
static void fail_send(struct api *a, const struct error *e)
{
    if (e->name && (strcmp(e->name, "error-message-size-exceeded") == 0 || strcmp(e->name, "invalid-params") == 0))
        api_fail_core(a, e);
    else
        api_fail_core_plain(a, e);
}

/* --- sendMessage --- */

static void send_now(struct api *a)
{
    struct result result;
    if (desk_send(a->server, a->user, api_obj(a, "message"), &result) != ERR_OK)
        fail_send(a, &result.error);
    else
        reply_message(a, result.message);
}

/* The id is used: the same call again answers what was stored then. */
static void reply_known(struct api *a, const struct message *m)
{
    const char *rid = json_string_value(json_object_get(api_obj(a, "message"), "rid"));
    if (str_eq(m->user_id, a->user->id) && str_eq(m->rid, rid))
        reply_message(a, m);
    else
        api_fail_empty(a);
}

static void chat_send(struct api *a)
{
    const json_t *message = api_obj(a, "message");
    if (message == NULL) {
        api_fail_coded(a, "error-invalid-params", "The \"message\" parameter must be provided.");
        return;
    }
    const char *id = json_string_value(json_object_get(message, "_id"));
    if (json_is_true(json_object_get(message, "tshow")) && !json_object_get(message, "tmid")) {
        api_fail_coded(a, "invalid-params", "tshow provided but missing tmid");
        return;
    }
    struct message *known = id && *id ? server_message_dup(a->server, id) : NULL;
    if (id && *id == '\0')
        json_object_del(api_obj(a, "message"), "_id");
    if (known)
        reply_known(a, known);
    else
        send_now(a);
    message_free(&known);
}

/* --- postMessage --- */

/* Id of the open chat or channel, or of the direct room with "@username", which is made; NULL: there is none. */
static const char *rid_of_channel(const struct api *a, const char *name)
{
    struct result result;
    if (name[0] == '@')
        return direct_open(a->server, a->user, &(const char *){name + 1}, 1, &result) == ERR_OK ? result.channel->id : NULL;
    const struct room *r = core_room(a->server->core, name[0] == '#' ? name + 1 : name);
    const struct channel *ch = r ? NULL : core_channel_by_name(a->server->core, name);
    return r ? r->id : ch ? ch->id : NULL;
}

static json_t *post_as_message(const struct api *a, const char *rid)
{
    static const char *const same[] = {"attachments", "tmid", "alias", "avatar", "emoji", "customFields"};
    json_t *m = json_pack("{s:s,s:b,s:b,s:s,s:[]}", "rid", rid, "groupable", 0, "parseUrls", 1, "alias", "", "attachments");
    const char *text = api_str(a, "text") ? api_str(a, "text") : api_str(a, "msg");
    json_object_set_new(m, "msg", json_string(text ? text : ""));
    const char *alias = api_str(a, "username"), *emoji = api_str(a, "icon_emoji"), *icon = api_str(a, "icon_url");
    if (alias)
        json_object_set_new(m, "alias", json_string(alias));
    if (emoji)
        json_object_set_new(m, "emoji", json_string(emoji));
    if (icon)
        json_object_set_new(m, "avatar", json_string(icon));
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        json_t *v = json_object_get(a->params, same[i]);
        if (v)
            json_object_set(m, same[i], v);
    }
    return m;
}

static void chat_post(struct api *a)
{
    const json_t *where = json_object_get(a->params, "roomId");
    if (where == NULL)
        where = json_object_get(a->params, "channel");
    if (json_is_array(where))
        where = json_array_get(where, 0);
    const char *name = json_string_value(where);
    const char *rid = name ? rid_of_channel(a, name) : NULL;
    struct result result;
    if (rid == NULL) {
        api_fail_coded(a, "invalid-channel", NULL);
        return;
    }
    json_t *message = post_as_message(a, rid);
    if (desk_send(a->server, a->user, message, &result) != ERR_OK) {
        fail_send(a, &result.error);
    } else {
        jsonw_int(api_ok(a), "ts", result.message->ts_ms);
        jsonw_str(&a->w, "channel", name);
        shape_message(&a->w, "message", result.message);
        api_ok_end(a);
    }
    json_decref(message);
}

/* --- update, delete, getMessage --- */

/* The message named in the parameters; false: the failure has been sent. */
static bool check_message(struct api *a, const struct lookup *l)
{
    if (l->message == NULL) {
        AUTO_FREE char *text = x_asprintf("No message found with the id of \"%.100s\".", l->message_id);
        api_fail_plain(a, text);
        return false;
    }
    if (!str_eq(l->message->rid, api_str(a, "roomId"))) {
        api_fail_plain(a, "The room id provided does not match where the message is from.");
        return false;
    }
    if (!lookup_may_open(a->server->core, a->user, core_room(a->server->core, l->message->rid), l)) {
        api_fail_coded(a, "error-action-not-allowed", "Not allowed");
        return false;
    }
    return true;
}

static void update_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    struct result result;
    if (!check_message(a, l))
        return;
    if (desk_edit(a->server, a->user, l->message, api_str(a, "text"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        reply_message(a, result.message);
}

static void find_message(struct api *a, api_done_fn done)
{
    struct lookup *l = lookup_new(NULL);
    l->message_id = x_strdup(api_str(a, "msgId"));
    api_read(a, lookup_run, done, l, lookup_drop);
}

static void chat_update(struct api *a)
{
    find_message(a, update_found);
}

static void delete_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct message *m = l->message;
    struct result result;
    if (!check_message(a, l))
        return;
    if (api_bool(a, "asUser", false) && !str_eq(m->user_id, a->user->id) && !api_may(a, "force-delete-message")) {
        api_fail_plain(a, "Unauthorized. You must have the permission \"force-delete-message\" to delete other's message "
                          "as them.");
        return;
    }
    if (desk_delete(a->server, a->user, m, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    jsonw_str(api_ok(a), "_id", m->id);
    jsonw_int(&a->w, "ts", server_now(a->server));
    jsonw_object(&a->w, "message");
    jsonw_str(&a->w, "_id", m->id);
    jsonw_str(&a->w, "rid", m->rid);
    shape_user_ref(&a->w, "u", m->user_id, m->username, m->name);
    jsonw_end_object(&a->w);
    api_ok_end(a);
}

static void chat_delete(struct api *a)
{
    find_message(a, delete_found);
}

static void get_found(struct api *a, void *data)
{
    const struct lookup *l = data;
    const struct message *m = l->message;
    if (m && lookup_may_open(a->server->core, a->user, core_room(a->server->core, m->rid), l))
        reply_message(a, m);
    else
        api_fail_empty(a);
}

static void chat_get(struct api *a)
{
    if (api_str_nonempty(a, "msgId") == NULL)
        api_fail_plain(a, "The \"msgId\" query parameter must be provided.");
    else
        find_message(a, get_found);
}

/* --- search --- */

#define SEARCH_MAX 2000            /* messages looked at for a regular expression */
#define SEARCH_US 1000000          /* so long it may take on all of them */

struct search {
    struct lookup *lookup;
    char *pattern;                 /* a regular expression, or NULL */
    bool any_case;
    bool *hits;                    /* as many as messages */
    struct error error;            /* code 0: none */
};

/* "/words/i": the pattern between the slashes, else NULL. Caller frees. */
static char *slashed(const char *text, bool *any_case)
{
    const char *end = strrchr(text, '/');
    if (text[0] != '/' || end == text)
        return NULL;
    *any_case = strchr(end, 'i') != NULL;
    return x_strndup(text + 1, (size_t)(end - text - 1));
}

/* On the pool: one expression costs at most some milliseconds on one message, but there are many. */
static void search_run(struct store_reader *r, void *data)
{
    struct search *q = data;
    const struct lookup *l = q->lookup;
    int64_t begin = clock_mono_us();
    lookup_run(r, q->lookup);
    if (q->pattern == NULL || regexp_check(q->pattern, &q->error) != ERR_OK)
        return;
    q->hits = x_calloc(l->message_count + 1, sizeof *q->hits);
    for (size_t i = 0; i < l->message_count && q->error.code == ERR_OK; i++) {
        const char *text = l->messages[i]->text;
        if (strlen(text) <= REGEXP_SUBJECT_MAX)
            q->hits[i] = regexp_search(q->pattern, text, q->any_case, &q->error) > 0;
        if (clock_mono_us() - begin > SEARCH_US)
            error_set(&q->error, ERR_TOO_LARGE, NULL, "the regular expression costs too much on this chat");
    }
}

static void search_drop(void *data)
{
    struct search *q = data;
    lookup_drop(q->lookup);
    free(q->pattern);
    free(q->hits);
    free(q);
}

static void put_messages(struct api *a, const struct lookup *l, const char *key)
{
    jsonw_array(&a->w, key);
    for (size_t i = 0; i < l->message_count; i++)
        shape_message(&a->w, NULL, l->messages[i]);
    jsonw_end_array(&a->w);
}

static void put_matching(struct api *a, const struct search *q, const struct paging *p)
{
    const struct lookup *l = q->lookup;
    int64_t found = 0;
    jsonw_array(&a->w, "messages");
    for (size_t i = 0; i < l->message_count; i++) {
        if (!q->hits[i] || found++ < p->offset)
            continue;
        if (p->count > 0 && found > p->offset + p->count)
            break;
        shape_message(&a->w, NULL, l->messages[i]);
    }
    jsonw_end_array(&a->w);
}

static void search_found(struct api *a, void *data)
{
    const struct search *q = data;
    const struct lookup *l = q->lookup;
    struct paging p;
    if (!lookup_may_open(a->server->core, a->user, core_room(a->server->core, l->rid), l)) {
        api_fail_coded(a, "error-not-allowed", "Not allowed");
        return;
    }
    if (q->error.code != ERR_OK) {
        api_fail_coded(a, "error-searchText-param-invalid", q->error.text);
        return;
    }
    if (!api_paging(a, &p))
        return;
    api_ok(a);
    if (q->pattern)
        put_matching(a, q, &p);
    else
        put_messages(a, l, "messages");
    api_ok_end(a);
}

static void chat_search(struct api *a)
{
    struct paging p;
    if (api_str_nonempty(a, "roomId") == NULL) {
        api_fail_coded(a, "error-roomId-param-not-provided", "The required \"roomId\" query param is missing.");
        return;
    }
    if (api_str_nonempty(a, "searchText") == NULL) {
        api_fail_coded(a, "error-searchText-param-not-provided", "The required \"searchText\" query param is missing.");
        return;
    }
    if (!api_paging(a, &p))
        return;
    struct search *q = x_calloc(1, sizeof *q);
    struct lookup *l = q->lookup = lookup_new(api_str(a, "roomId"));
    const char *text = api_str(a, "searchText");
    q->pattern = slashed(text, &q->any_case);
    l->want_page = true;
    l->page.limit = q->pattern ? SEARCH_MAX : p.count;
    l->page.offset = q->pattern ? 0 : p.offset;
    l->text = q->pattern ? NULL : x_strdup(text);
    api_read(a, search_run, search_found, q, search_drop);
}

/* --- syncMessages --- */

struct sync {
    struct lookup *lookup;
    int64_t since_ms;
    struct event_row *events;
    size_t event_count;
};

static void sync_run(struct store_reader *r, void *data)
{
    struct sync *s = data;
    lookup_run(r, s->lookup);
    s->event_count = read_events(r, s->lookup->rid, 0, 1000, &s->events);
}

static void sync_drop(void *data)
{
    struct sync *s = data;
    event_rows_free(s->events, s->event_count);
    lookup_drop(s->lookup);
    free(s);
}

static void put_deleted(struct api *a, const struct sync *s)
{
    jsonw_array(&a->w, "deleted");
    for (size_t i = 0; i < s->event_count; i++) {
        const struct event_row *e = &s->events[i];
        if (e->ts_ms <= s->since_ms || strcmp(e->type, event_name(EVENT_MESSAGE_REMOVED)) != 0 || e->detail == NULL)
            continue;
        json_t *detail = json_loads(e->detail, 0, NULL);
        jsonw_object(&a->w, NULL);
        jsonw_str(&a->w, "_id", json_string_value(json_object_get(detail, "message")));
        jsonw_date(&a->w, "_deletedAt", e->ts_ms);
        jsonw_end_object(&a->w);
        json_decref(detail);
    }
    jsonw_end_array(&a->w);
}

static void sync_found(struct api *a, void *data)
{
    const struct sync *s = data;
    const struct lookup *l = s->lookup;
    if (!lookup_may_open(a->server->core, a->user, core_room(a->server->core, l->rid), l)) {
        api_fail_coded(a, "error-not-allowed", "Not allowed");
        return;
    }
    jsonw_object(api_ok(a), "result");
    put_messages(a, l, "updated");
    put_deleted(a, s);
    jsonw_end_object(&a->w);
    api_ok_end(a);
}

static void chat_sync(struct api *a)
{
    int64_t since;
    if (api_str_nonempty(a, "roomId") == NULL) {
        api_fail_coded(a, "error-roomId-param-not-provided", "The required \"roomId\" query param is missing.");
        return;
    }
    if (api_str_nonempty(a, "lastUpdate") == NULL) {
        api_fail_coded(a, "error-lastUpdate-param-not-provided", "The required \"lastUpdate\" query param is missing.");
        return;
    }
    if (!api_date(a, "lastUpdate", &since)) {
        api_fail_coded(a, "error-roomId-param-invalid", "The \"lastUpdate\" query parameter must be a valid date.");
        return;
    }
    struct sync *s = x_calloc(1, sizeof *s);
    s->lookup = lookup_new(api_str(a, "roomId"));
    s->lookup->want_page = true;
    s->lookup->page.changed_after_ms = s->since_ms = since;
    api_read(a, sync_run, sync_found, s, sync_drop);
}

static const struct schema update_schema =
    SCHEMA(MATCH_LOOSE, NONE, REQ("roomId", STRING), REQ("msgId", STRING), REQ("text", STRING));
static const struct schema delete_schema =
    SCHEMA(MATCH_LOOSE, NONE, REQ("roomId", STRING), REQ("msgId", STRING), OPT("asUser", BOOL));

const struct endpoint chat_endpoints[] = {
    {.verb = VERB_POST, .path = "chat.sendMessage", .auth = AUTH_LOGIN, .limit = LIMIT_CHAT, .run = chat_send},
    {.verb = VERB_POST, .path = "chat.postMessage", .auth = AUTH_LOGIN, .limit = LIMIT_CHAT, .run = chat_post},
    {.verb = VERB_POST, .path = "chat.update", .auth = AUTH_LOGIN, .schema = &update_schema, .run = chat_update},
    {.verb = VERB_POST, .path = "chat.delete", .auth = AUTH_LOGIN, .schema = &delete_schema, .run = chat_delete},
    {.verb = VERB_GET, .path = "chat.getMessage", .auth = AUTH_LOGIN, .run = chat_get},
    {.verb = VERB_GET, .path = "chat.search", .auth = AUTH_LOGIN, .run = chat_search},
    {.verb = VERB_GET, .path = "chat.syncMessages", .auth = AUTH_LOGIN, .run = chat_sync},
    ENDPOINTS_END,
};
