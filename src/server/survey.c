#include "server/survey.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define FEEDBACK_MAX 20000         /* bytes */

static bool is_accepted(const char *name, const char *value)
{
    static const char *const items[] = {"satisfaction", "agentKnowledge", "agentResposiveness", "agentFriendliness"};
    if (name == NULL || value == NULL)
        return false;
    if (strcmp(name, "additionalFeedback") == 0)
        return strlen(value) <= FEEDBACK_MAX;
    for (size_t i = 0; i < COUNT_OF(items); i++)
        if (strcmp(items[i], name) == 0)
            return value[0] >= '1' && value[0] <= '5' && value[1] == '\0';
    return false;
}

json_t *survey_accepted(const json_t *list)
{
    json_t *accepted = json_object(), *item;
    size_t i;
    json_array_foreach(list, i, item) {
        json_t *name = json_object_get(item, "name"), *value = json_object_get(item, "value");
        if (is_accepted(json_string_value(name), json_string_value(value)))
            json_object_set(accepted, json_string_value(name), value);
    }
    return accepted;
}

int survey_keep(struct server *s, const struct room *open, const struct room *closed, const json_t *accepted,
                struct result *result)
{
    const struct room *r = open ? open : closed;
    json_t *all = r->survey ? json_loads(r->survey, 0, NULL) : NULL;
    if (!json_is_object(all)) {
        json_decref(all);
        all = json_object();
    }
    json_object_update(all, (json_t *)accepted);
    char *text = json_dumps(all, JSON_COMPACT);
    struct command cmd = server_command(COMMAND_ROOM_INFO, NULL);
    cmd.room.rid = r->id;
    cmd.room.closed = open ? NULL : closed;
    cmd.room.survey = text;
    int rc = server_step(s, &cmd, result);
    free(text);
    json_decref(all);
    return rc;
}
