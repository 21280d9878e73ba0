#include "server/department_form.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/desk.h"

#define TAGS_MAX 100
#define AGENTS_MAX 2000

/* Keys that are fields of their own, or that the server makes. */
static bool is_known(const char *key)
{
    static const char *const known[] = {
        "_id", "_updatedAt", "name", "email", "description", "enabled", "showOnRegistration", "showOnOfflineForm",
        "requestTagBeforeClosingChat", "chatClosingTags", "offlineMessageChannelName", "fallbackForwardDepartment",
        "departmentsAllowedToForward", "maxNumberSimultaneousChat", "visitorInactivityTimeoutInSeconds",
        "abandonedRoomsCloseCustomMessage", "waitingQueueMessage", "businessHourId", "numAgents", "parentId",
        "ancestors", "type",
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strcmp(known[i], key) == 0)
            return true;
    return false;
}

bool department_form_good(const json_t *data, const char **bad)
{
    const char *key;
    json_t *v;
    json_object_foreach((json_t *)data, key, v) {
        if (is_known(key) || json_is_string(v) || json_is_integer(v) || json_is_boolean(v) || json_is_null(v))
            continue;
        *bad = key;
        return false;
    }
    return true;
}

static char *further_keys(const json_t *data, const char *before)
{
    json_t *extra = before ? json_loads(before, 0, NULL) : NULL;
    const char *key;
    json_t *v;
    if (extra == NULL)
        extra = json_object();
    json_object_foreach((json_t *)data, key, v) {
        if (!is_known(key) && !json_is_null(v))
            json_object_set(extra, key, v);
    }
    char *text = json_object_size(extra) ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
    return text;
}

static const char *text_of(const json_t *data, const char *key)
{
    const json_t *v = json_object_get(data, key);
    return json_is_null(v) ? "" : json_string_value(v);
}

static bool bool_of(const json_t *data, const char *key, bool present)
{
    const json_t *v = json_object_get(data, key);
    return json_is_boolean(v) ? json_is_true(v) : present;
}

/* A number, or text that reads as one. */
static int64_t number_of(const json_t *data, const char *key, int64_t present)
{
    const json_t *v = json_object_get(data, key);
    if (json_is_string(v))
        return strtoll(json_string_value(v), NULL, 10);
    return json_is_number(v) ? (int64_t)json_number_value(v) : v ? 0 : present;
}

/* Ids separated by commas, from such a text or a list; NULL: absent. Caller frees. */
static char *allowed_forward(const json_t *data)
{
    const json_t *v = json_object_get(data, "departmentsAllowedToForward");
    if (v == NULL || json_is_string(v))
        return x_strdup(json_string_value(v));
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *id = json_string_value(json_array_get(v, i));
        if (id)
            buf_printf(&out, "%s%s", out.len ? "," : "", id);
    }
    return out.len ? buf_take(&out) : x_strdup("");
}

/* n rows, caller frees. */
static struct department_agent_change *read_agents(const json_t *list, size_t *n)
{
    struct department_agent_change *out = x_calloc(json_array_size(list) + 1, sizeof *out);
    *n = 0;
    for (size_t i = 0; i < json_array_size(list) && *n < AGENTS_MAX; i++) {
        const json_t *row = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(row, "agentId"));
        if (id == NULL)
            continue;
        struct department_agent_change *ch = &out[(*n)++];
        ch->user_id = id;
        ch->has_count = json_is_number(json_object_get(row, "count"));
        ch->count = (int64_t)json_number_value(json_object_get(row, "count"));
        ch->has_order = json_is_number(json_object_get(row, "order"));
        ch->order = (int64_t)json_number_value(json_object_get(row, "order"));
    }
    return out;
}

static void fill(struct command *cmd, const struct department *d, const json_t *data)
{
    cmd->department_save.name = text_of(data, "name");
    cmd->department_save.email = text_of(data, "email");
    cmd->department_save.description = text_of(data, "description");
    cmd->department_save.offline_channel = text_of(data, "offlineMessageChannelName");
    cmd->department_save.fallback_id = text_of(data, "fallbackForwardDepartment");
    cmd->department_save.waiting_queue_message = text_of(data, "waitingQueueMessage");
    cmd->department_save.abandoned_message = text_of(data, "abandonedRoomsCloseCustomMessage");
    cmd->department_save.enabled = bool_of(data, "enabled", d && d->enabled);
    cmd->department_save.show_on_registration = bool_of(data, "showOnRegistration", d && d->show_on_registration);
    cmd->department_save.show_on_offline_form = bool_of(data, "showOnOfflineForm", d && d->show_on_offline_form);
    cmd->department_save.request_tag_before_closing =
        bool_of(data, "requestTagBeforeClosingChat", d && d->request_tag_before_closing);
    cmd->department_save.max_chats = number_of(data, "maxNumberSimultaneousChat", d ? d->max_chats : 0);
    cmd->department_save.inactivity_timeout_s =
        number_of(data, "visitorInactivityTimeoutInSeconds", d ? d->inactivity_timeout_s : 0);
}

int department_form_save(struct server *s, const struct user *by, const char *id, const json_t *data,
                         const json_t *agents, struct result *result)
{
    const struct department *d = id ? core_department(s->core, id) : NULL;
    const char *tags[TAGS_MAX];
    const json_t *tag_list = json_object_get(data, "chatClosingTags");
    AUTO_FREE char *allowed = allowed_forward(data);
    AUTO_FREE char *extra = further_keys(data, d ? d->extra : NULL);
    struct command cmd = server_command(COMMAND_DEPARTMENT_SAVE, by);
    cmd.department_save.id = id;
    fill(&cmd, d, data);
    cmd.department_save.allowed_forward = allowed;
    cmd.department_save.extra = extra;
    int n = json_texts(tag_list, tags, TAGS_MAX);
    for (int i = 0; tag_list == NULL && d && i < d->closing_tag_count && n < TAGS_MAX; i++)
        tags[n++] = d->closing_tags[i];
    /* The core lets go of the old list before it copies the new one. */
    for (int i = 0; i < n; i++)
        tags[i] = x_strdup(tags[i]);
    cmd.department_save.closing_tags = tags;
    cmd.department_save.closing_tag_count = n;
    struct department_agent_change *changes = read_agents(agents, &cmd.department_save.agent_count);
    cmd.department_save.agents = changes;
    cmd.department_save.has_agents = agents != NULL;
    int rc = server_step(s, &cmd, result);
    for (int i = 0; i < n; i++)
        free((char *)tags[i]);
    free(changes);
    return rc;
}

int department_form_agents(struct server *s, const struct user *by, const char *id, const json_t *upsert,
                           const json_t *remove, struct result *result)
{
    struct command cmd = server_command(COMMAND_DEPARTMENT_AGENTS, by);
    size_t gone_count;
    struct department_agent_change *changes = read_agents(upsert, &cmd.department.upsert_count);
    struct department_agent_change *gone = read_agents(remove, &gone_count);
    const char **ids = x_calloc(gone_count + 1, sizeof *ids);
    for (size_t i = 0; i < gone_count; i++)
        ids[i] = gone[i].user_id;
    cmd.department.id = id;
    cmd.department.upsert = changes;
    cmd.department.remove = ids;
    cmd.department.remove_count = gone_count;
    int rc = server_step(s, &cmd, result);
    free(changes);
    free(gone);
    free(ids);
    return rc;
}

int department_form_replace(struct server *s, const struct user *by, const char *id, const json_t *agents,
                            struct result *result)
{
    json_t *nothing = json_object();
    int rc = ERR_NOT_FOUND;
    if (core_department(s->core, id)) {
        rc = department_form_save(s, by, id, nothing, agents, result);
    } else {
        memset(result, 0, sizeof *result);
        error_named(&result->error, rc, "error-department-not-found", "Department not found");
    }
    json_decref(nothing);
    return rc;
}
