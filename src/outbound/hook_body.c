#include "outbound/hook_body.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/jsonw.h"
#include "common/mem.h"

#define MESSAGES_MAX 2000      /* the newest of a chat */

/* --- what happened --- */

static void put_person(struct jsonw *w, const char *key, const struct user *u)
{
    if (u == NULL)
        return;
    jsonw_object(w, key);
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "username", u->username);
    jsonw_end_object(w);
}

/* Fields of accounts that are marked sendToIntegrations (Accounts_CustomFields). */
static void put_own_fields(struct jsonw *w, const struct core *c, const struct user *u)
{
    json_t *fields = json_loads(core_setting_text(c, "Accounts_CustomFields"), 0, NULL), *field;
    json_t *values = u->custom_fields ? json_loads(u->custom_fields, 0, NULL) : NULL, *told = json_object();
    const char *name;
    json_object_foreach(fields, name, field)
        if (json_is_true(json_object_get(field, "sendToIntegrations")) && json_object_get(values, name))
            json_object_set(told, name, json_object_get(values, name));
    if (json_object_size(told) > 0)
        jsonw_json(w, "customFields", told);
    json_decref(told);
    json_decref(values);
    json_decref(fields);
}

static void put_agent(struct jsonw *w, const struct core *c, const struct user *u)
{
    jsonw_object(w, "agent");
    jsonw_str(w, "_id", u->id);
    jsonw_str(w, "username", u->username);
    jsonw_str(w, "name", u->name);
    if (u->email)
        jsonw_str(w, "email", u->email);
    else
        jsonw_null(w, "email");
    put_own_fields(w, c, u);
    jsonw_end_object(w);
}

static void put_of_type(struct jsonw *w, const struct event *e)
{
    const struct room *r = e->room;
    bool serves = e->type == EVENT_INQUIRY_TAKEN || e->type == EVENT_ROOM_FORWARDED || e->type == EVENT_ROOM_CLOSED;
    if (serves || e->type == EVENT_ROOM_OPENED || e->type == EVENT_INQUIRY_READY)
        jsonw_str(w, "departmentId", r->department_id);
    if (serves)
        put_person(w, "servedBy", r->served_by);
    if (e->type == EVENT_ROOM_FORWARDED) {
        jsonw_str(w, "oldDepartmentId", e->department ? e->department->id : NULL);
        put_person(w, "oldServedBy", e->user);
    }
    if (e->type != EVENT_ROOM_CLOSED)
        return;
    jsonw_date(w, "closedAt", r->closed_ms);
    jsonw_object(w, "closedBy");
    jsonw_str(w, "_id", r->closed_by_id);
    jsonw_str(w, "username", r->closed_by_username);
    jsonw_end_object(w);
    jsonw_str(w, "closer", r->closer);
}

char *hook_extra(const struct core *c, const struct event *e)
{
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_ISO);
    jsonw_object(&w, NULL);
    if (e->room->served_by)
        put_agent(&w, c, e->room->served_by);
    put_of_type(&w, e);
    jsonw_end_object(&w);
    return buf_take(&out);
}

/* --- the visitor --- */

/* "Chrome 120.0", "Windows 10" out of what a browser says of itself: the first row that is found in it. */
struct agent_row {
    const char *token, *name;
};

static const struct agent_row browsers[] = {{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"},
                                            {"Chrome/", "Chrome"}, {"Version/", "Safari"}};
static const struct agent_row systems[] = {{"Windows NT ", "Windows"}, {"Android ", "Android"}, {"iPhone OS ", "iOS"},
                                           {"CPU OS ", "iOS"}, {"Mac OS X ", "Mac OS"}, {"Linux", "Linux"}};

static void put_from_agent(struct jsonw *w, const char *key, const char *agent, const struct agent_row *rows, size_t n)
{
    for (size_t i = 0; agent && i < n; i++) {
        const char *at = strstr(agent, rows[i].token);
        if (at == NULL)
            continue;
        at += strlen(rows[i].token);
        char version[16];
        size_t len = strspn(at, "0123456789._");
        len = len < sizeof version ? len : sizeof version - 1;
        memcpy(version, at, len);
        version[len] = '\0';
        for (char *p = version; *p; p++)
            *p = *p == '_' ? '.' : *p;
        AUTO_FREE char *text = x_asprintf(*version ? "%s %s" : "%s%s", rows[i].name, version);
        jsonw_str(w, key, text);
        return;
    }
}

static void put_list(struct jsonw *w, const char *key, const char *name, const char *first, const char *more)
{
    if (first == NULL && more == NULL) {
        jsonw_null(w, key);
        return;
    }
    jsonw_array(w, key);
    for (const char *p = first; p;) {
        size_t n = p == first ? strlen(p) : strcspn(p, "\n");
        jsonw_object(w, NULL);
        jsonw_strn(w, name, p, n);
        jsonw_end_object(w);
        p = p == first ? more : p + n + 1;
        if (p && *p == '\0')
            p = NULL;
    }
    jsonw_end_array(w);
}

static void put_visitor(struct jsonw *w, const struct visitor *v)
{
    jsonw_object(w, "visitor");
    jsonw_str(w, "_id", v->id);
    jsonw_str(w, "token", v->token);
    jsonw_str(w, "name", v->name);
    jsonw_str(w, "username", v->username);
    put_list(w, "email", "address", v->email, v->more_emails);
    put_list(w, "phone", "phoneNumber", v->phone, v->more_phones);
    jsonw_str(w, "department", v->department_id);
    jsonw_str(w, "ip", v->ip);
    put_from_agent(w, "os", v->user_agent, systems, COUNT_OF(systems));
    put_from_agent(w, "browser", v->user_agent, browsers, COUNT_OF(browsers));
    if (v->livechat_data)
        jsonw_raw(w, "customFields", v->livechat_data, strlen(v->livechat_data));
    jsonw_end_object(w);
}

/* --- messages --- */

static bool is_told(const struct message *m, bool with_navigation)
{
    return m->type == NULL || strcmp(m->type, "livechat-close") == 0 ||
           (with_navigation && strcmp(m->type, "livechat_navigation_history") == 0);
}

static void put_message(struct jsonw *w, const struct message *m)
{
    static const char *const keys[] = {"navigation", "blocks", "file", "attachments", "fileUpload"};
    json_t *extra = m->extra ? json_loads(m->extra, 0, NULL) : NULL;
    jsonw_object(w, NULL);
    jsonw_object(w, "u");
    jsonw_str(w, "_id", m->user_id);
    jsonw_str(w, "username", m->username);
    jsonw_str(w, "name", m->name);
    jsonw_end_object(w);
    jsonw_str(w, "_id", m->id);
    jsonw_str(w, "username", m->username);
    jsonw_str(w, "msg", m->text);
    jsonw_date(w, "ts", m->ts_ms);
    jsonw_date(w, "editedAt", m->edited_ms);
    if (!message_is_from_visitor(m))
        jsonw_str(w, "agentId", m->user_id);
    if (m->type && strcmp(m->type, "livechat-close") == 0)
        jsonw_bool(w, "closingMessage", true);
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (json_object_get(extra, keys[i]))
            jsonw_json(w, keys[i], json_object_get(extra, keys[i]));
    jsonw_end_object(w);
    json_decref(extra);
}

static void put_messages(struct jsonw *w, struct store_reader *r, const struct store_hook *h, bool with_navigation)
{
    struct message_query q = {.rid = h->rid, .before_ms = h->created_ms + 1, .limit = MESSAGES_MAX};
    struct message **list = NULL;
    size_t n = strcmp(h->type, "LeadCapture") == 0 ? 0 : read_messages(r, &q, &list, NULL);
    jsonw_array(w, "messages");
    while (n-- > 0) {
        if (is_told(list[n], with_navigation))
            put_message(w, list[n]);
        message_free(&list[n]);
    }
    jsonw_end_array(w);
    free(list);
}

static bool put_one_message(struct jsonw *w, struct store_reader *r, const struct store_hook *h)
{
    struct message *m = read_message(r, h->message_id);
    jsonw_array(w, "messages");
    if (m)
        put_message(w, m);
    jsonw_end_array(w);
    bool found = m != NULL;
    message_free(&m);
    return found;
}

/* --- the whole --- */

static void put_room(struct jsonw *w, const struct room *r)
{
    jsonw_str(w, "_id", r->id);
    jsonw_str(w, "label", r->fname);
    jsonw_str(w, "topic", r->topic);
    jsonw_date(w, "createdAt", r->ts_ms);
    jsonw_date(w, "lastMessageAt", r->lm_ms);
    jsonw_array(w, "tags");
    for (int i = 0; i < r->tag_count; i++)
        jsonw_str(w, NULL, r->tags[i]);
    jsonw_end_array(w);
    if (r->livechat_data)
        jsonw_raw(w, "customFields", r->livechat_data, strlen(r->livechat_data));
}

static void put_extra(struct jsonw *w, const char *text)
{
    json_t *extra = text ? json_loads(text, 0, NULL) : NULL, *value;
    const char *key;
    json_object_foreach(extra, key, value)
        jsonw_json(w, key, value);
    json_decref(extra);
}

bool hook_body_write(const struct store_hook *h, struct store_reader *r, bool with_navigation, struct buf *out,
                     char **visitor_id)
{
    struct stored_room sr;
    struct jsonw w = jsonw_on(out, JSONW_ISO);
    bool whole = true;
    if (!read_room(r, h->rid, &sr))
        return false;
    jsonw_object(&w, NULL);
    jsonw_str(&w, "type", h->type);
    put_room(&w, sr.room);
    if (sr.visitor)
        put_visitor(&w, sr.visitor);
    put_extra(&w, h->extra);
    AUTO_FREE char *crm = read_crm(r, h->rid);
    if (crm)
        jsonw_raw(&w, "crmData", crm, strlen(crm));
    if (h->message_id)
        whole = put_one_message(&w, r, h);
    else
        put_messages(&w, r, h, with_navigation);
    jsonw_end_object(&w);
    whole = whole && sr.visitor;
    *visitor_id = x_strdup(sr.visitor ? sr.visitor->id : NULL);
    stored_room_free(&sr);
    return whole;
}

static void sample_message(struct jsonw *w, const char *id, const char *username, const char *text, const char *agent_id,
                           int64_t now_ms)
{
    jsonw_object(w, NULL);
    jsonw_str(w, "username", username);
    jsonw_str(w, "msg", text);
    jsonw_str(w, "_id", id);
    jsonw_str(w, "agentId", agent_id);
    jsonw_date(w, "ts", now_ms);
    jsonw_end_object(w);
}

void hook_sample(struct buf *out, int64_t now_ms)
{
    struct jsonw w = jsonw_on(out, JSONW_ISO);
    jsonw_object(&w, NULL);
    jsonw_str(&w, "type", "LivechatSession");
    jsonw_str(&w, "_id", "sample-of-a-chat");
    jsonw_str(&w, "label", "title");
    jsonw_str(&w, "topic", "topic");
    jsonw_date(&w, "createdAt", now_ms);
    jsonw_date(&w, "lastMessageAt", now_ms);
    jsonw_raw(&w, "tags", "[\"tag1\",\"tag2\"]", 15);
    jsonw_raw(&w, "customFields", "{\"productId\":\"123456\"}", 22);
    jsonw_object(&w, "visitor");
    jsonw_str(&w, "_id", "");
    jsonw_str(&w, "name", "visitor name");
    jsonw_str(&w, "username", "visitor-username");
    jsonw_str(&w, "department", "department");
    jsonw_str(&w, "email", "visitor@example.org");
    jsonw_str(&w, "phone", "192873192873");
    jsonw_str(&w, "ip", "127.0.0.1");
    jsonw_str(&w, "os", "Linux");
    jsonw_end_object(&w);
    jsonw_object(&w, "agent");
    jsonw_str(&w, "_id", "sample-of-an-agent");
    jsonw_str(&w, "username", "agent.username");
    jsonw_str(&w, "name", "Agent Name");
    jsonw_str(&w, "email", "agent@example.org");
    jsonw_end_object(&w);
    jsonw_array(&w, "messages");
    sample_message(&w, "m1", "visitor-username", "message content", NULL, now_ms);
    sample_message(&w, "m2", "agent.username", "message content from agent", "sample-of-an-agent", now_ms);
    jsonw_end_array(&w);
    jsonw_end_object(&w);
}
