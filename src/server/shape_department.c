#include "server/shape.h"

#include <string.h>

static void put_list(struct jsonw *w, const char *key, const char *comma_separated)
{
    jsonw_array(w, key);
    for (const char *p = comma_separated; *p;) {
        size_t len = strcspn(p, ",");
        if (len > 0)
            jsonw_strn(w, NULL, p, len);
        p += len + (p[len] == ',');
    }
    jsonw_end_array(w);
}

static void put_closing_tags(struct jsonw *w, const struct department *d)
{
    if (d->closing_tag_count == 0)
        return;
    jsonw_array(w, "chatClosingTags");
    for (int i = 0; i < d->closing_tag_count; i++)
        jsonw_str(w, NULL, d->closing_tags[i]);
    jsonw_end_array(w);
}

void shape_department(struct jsonw *w, const char *key, const struct department *d)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", d->id);
    jsonw_str(w, "name", d->name);
    jsonw_bool(w, "enabled", d->enabled);
    jsonw_str(w, "email", d->email ? d->email : "");
    jsonw_str(w, "description", d->description);
    jsonw_bool(w, "showOnRegistration", d->show_on_registration);
    jsonw_bool(w, "showOnOfflineForm", d->show_on_offline_form);
    jsonw_bool(w, "requestTagBeforeClosingChat", d->request_tag_before_closing);
    put_closing_tags(w, d);
    jsonw_str(w, "offlineMessageChannelName", d->offline_channel);
    jsonw_int(w, "numAgents", d->agent_count);
    jsonw_str(w, "fallbackForwardDepartment", d->fallback_id);
    if (d->allowed_forward)
        put_list(w, "departmentsAllowedToForward", d->allowed_forward);
    jsonw_str(w, "businessHourId", d->business_hour_id);
    if (d->unit_id) {
        jsonw_str(w, "parentId", d->unit_id);
        jsonw_array(w, "ancestors");
        jsonw_str(w, NULL, d->unit_id);
        jsonw_end_array(w);
    }
    if (d->max_chats > 0)
        jsonw_int(w, "maxNumberSimultaneousChat", d->max_chats);
    if (d->inactivity_timeout_s > 0)
        jsonw_int(w, "visitorInactivityTimeoutInSeconds", d->inactivity_timeout_s);
    jsonw_str(w, "abandonedRoomsCloseCustomMessage", d->abandoned_message);
    jsonw_str(w, "waitingQueueMessage", d->waiting_queue_message);
    shape_spread(w, d->extra);
    jsonw_date(w, "_updatedAt", d->updated_ms);
    jsonw_end_object(w);
}

void shape_department_brief(struct jsonw *w, const char *key, const struct department *d)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", d->id);
    jsonw_str(w, "name", d->name);
    jsonw_bool(w, "showOnRegistration", d->show_on_registration);
    jsonw_bool(w, "showOnOfflineForm", d->show_on_offline_form);
    jsonw_end_object(w);
}

void shape_department_agent(struct jsonw *w, const char *key, const struct department_agent *l)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", l->id);
    jsonw_str(w, "agentId", l->user->id);
    jsonw_str(w, "departmentId", l->department->id);
    jsonw_bool(w, "departmentEnabled", l->department->enabled);
    jsonw_str(w, "username", l->user->username);
    jsonw_int(w, "count", l->count);
    jsonw_int(w, "order", l->order);
    jsonw_end_object(w);
}
