#include "server/shape.h"

#include <string.h>

/* The first, and those that were found in his messages, a line each. */
static void put_contacts(struct jsonw *w, const char *key, const char *inner, const char *first, const char *more)
{
    if (first == NULL || *first == '\0')
        return;
    jsonw_array(w, key);
    jsonw_object(w, NULL);
    jsonw_str(w, inner, first);
    jsonw_end_object(w);
    for (size_t n; more && *more; more += n + 1) {
        n = strcspn(more, "\n");
        jsonw_object(w, NULL);
        jsonw_strn(w, inner, more, n);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void put_history(struct jsonw *w, const struct visitor *v)
{
    if (v->last_chat_id) {
        jsonw_object(w, "lastChat");
        jsonw_str(w, "_id", v->last_chat_id);
        jsonw_date(w, "ts", v->last_chat_ms);
        jsonw_end_object(w);
    }
    if (v->last_agent_id) {
        jsonw_object(w, "lastAgent");
        jsonw_str(w, "agentId", v->last_agent_id);
        jsonw_str(w, "username", v->last_agent_username);
        jsonw_date(w, "ts", v->last_agent_ms);
        jsonw_end_object(w);
    }
    if (v->contact_manager) {
        jsonw_object(w, "contactManager");
        jsonw_str(w, "username", v->contact_manager);
        jsonw_end_object(w);
    }
}

void shape_visitor_fields(struct jsonw *w, const struct visitor *v)
{
    jsonw_str(w, "_id", v->id);
    jsonw_str(w, "username", v->username);
    jsonw_str(w, "token", v->token);
    jsonw_str(w, "name", v->name);
    jsonw_date(w, "ts", v->ts_ms);
    jsonw_str(w, "status", presence_name(v->status));
    put_contacts(w, "visitorEmails", "address", v->email, v->more_emails);
    put_contacts(w, "phone", "phoneNumber", v->phone, v->more_phones);
    jsonw_str(w, "department", v->department_id);
    if (v->livechat_data)
        jsonw_raw(w, "livechatData", v->livechat_data, strlen(v->livechat_data));
    put_history(w, v);
    jsonw_str(w, "userAgent", v->user_agent);
    jsonw_str(w, "ip", v->ip);
    jsonw_str(w, "host", v->host);
    jsonw_date(w, "_updatedAt", v->updated_ms ? v->updated_ms : v->ts_ms);
}

void shape_visitor(struct jsonw *w, const char *key, const struct visitor *v)
{
    jsonw_object(w, key);
    shape_visitor_fields(w, v);
    jsonw_end_object(w);
}

void shape_guest(struct jsonw *w, const char *key, const struct visitor *v)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", v->id);
    jsonw_str(w, "name", v->name);
    jsonw_str(w, "username", v->username);
    jsonw_str(w, "token", v->token);
    put_contacts(w, "visitorEmails", "address", v->email, v->more_emails);
    jsonw_str(w, "department", v->department_id);
    jsonw_end_object(w);
}
