#include "server/record_form.h"

#include <string.h>

#include "common/mem.h"
#include "common/zone.h"

static const struct {
    const char *read[2];           /* one of these suffices */
    const char *write;
} rights[RECORD_KIND_COUNT] = {
    [RECORD_CUSTOM_FIELD] = {{"view-l-room"}, "view-livechat-manager"},
    [RECORD_TRIGGER] = {{"view-livechat-manager"}, "view-livechat-manager"},
    [RECORD_TAG] = {{"view-l-room", "manage-livechat-tags"}, "manage-livechat-tags"},
    [RECORD_PRIORITY] = {{"view-l-room", "manage-livechat-priorities"}, "manage-livechat-priorities"},
    [RECORD_UNIT] = {{"manage-livechat-units"}, "manage-livechat-units"},
    [RECORD_BUSINESS_HOUR] = {{"view-livechat-business-hours"}, "view-livechat-business-hours"},
    [RECORD_EMAIL_INBOX] = {{"manage-email-inbox"}, "manage-email-inbox"},
};

bool record_may_read(const struct core *c, const struct user *u, enum record_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(rights[kind].read); i++)
        if (u && rights[kind].read[i] && core_may(c, u, rights[kind].read[i]))
            return true;
    return false;
}

bool record_may_write(const struct core *c, const struct user *u, enum record_kind kind)
{
    return u && core_may(c, u, rights[kind].write);
}

json_t *record_known(enum record_kind kind, const json_t *data)
{
    json_t *known = json_object();
    for (const struct record_field *f = record_kinds[kind].fields; f->name; f++) {
        json_t *v = json_object_get(data, f->name);
        if (v)
            json_object_set(known, f->name, v);
    }
    return known;
}

/* A business hour lies in the zone given, or in that of this machine. */
static int prepare_zone(json_t *values, struct result *result)
{
    const char *zone = json_string_value(json_object_get(values, "timezoneName"));
    if (zone == NULL || *zone == '\0') {
        json_object_set_new(values, "timezoneName", json_string(zone_of_system()));
        return ERR_OK;
    }
    if (zone_is_known(zone))
        return ERR_OK;
    memset(result, 0, sizeof *result);
    return error_named(&result->error, ERR_INVALID, "error-invalid-timezone", "There is no time zone \"%.60s\"", zone);
}

static int save(struct server *s, const struct user *by, enum record_kind kind, const char *id, const char *new_id,
                json_t *values, struct result *result)
{
    struct command cmd = server_command(COMMAND_RECORD_SAVE, by);
    int rc = kind == RECORD_BUSINESS_HOUR ? prepare_zone(values, result) : ERR_OK;
    cmd.record_save.kind = kind;
    cmd.record_save.id = id;
    cmd.record_save.new_id = new_id;
    cmd.record_save.values = values;
    return rc == ERR_OK ? server_step(s, &cmd, result) : rc;
}

int record_form_save(struct server *s, const struct user *by, enum record_kind kind, const char *id, const char *new_id,
                     const json_t *values, struct result *result)
{
    const struct record *r = core_record(s->core, kind, id);
    json_t *all = r ? json_copy(r->doc) : json_object();
    json_object_update(all, (json_t *)values);
    int rc = save(s, by, kind, id, new_id, all, result);
    json_decref(all);
    return rc;
}

int record_form_remove(struct server *s, const struct user *by, enum record_kind kind, const char *id,
                       struct result *result)
{
    struct command cmd = server_command(COMMAND_RECORD_REMOVE, by);
    cmd.record_save.kind = kind;
    cmd.record_save.id = id ? id : "";
    return server_step(s, &cmd, result);
}

json_t *record_values(const struct record *r)
{
    json_t *values = json_pack("{s:s}", "_id", r->id);
    json_object_update(values, r->doc);
    for (const struct record_field *f = record_kinds[r->kind].fields; f->name; f++)
        if (f->flags & FIELD_LIVE)
            json_object_del(values, f->name);
    return values;
}

static const struct record *default_hour(const struct core *c)
{
    const struct record *r = NULL;
    while ((r = core_next_record(c, RECORD_BUSINESS_HOUR, r)) != NULL)
        if (str_eq(record_text(r, "type"), "default"))
            break;
    return r;
}

int record_put(struct server *s, const struct user *by, enum record_kind kind, const char *id, const json_t *values,
               struct result *result)
{
    json_t *all = json_copy((json_t *)values);
    bool is_default = kind == RECORD_BUSINESS_HOUR && str_eq(json_string_value(json_object_get(values, "type")), "default");
    const struct record *there = is_default ? default_hour(s->core) : NULL;
    json_object_del(all, "_id");
    AUTO_FREE char *target = x_strdup(there ? there->id : id);
    bool is_there = core_record(s->core, kind, target) != NULL;
    int rc = save(s, by, kind, is_there ? target : NULL, is_there ? NULL : target, all, result);
    json_decref(all);
    return rc;
}

int record_first_start(struct server *s, struct error *e)
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    struct result result;
    if (default_hour(s->core))
        return 0;
    json_t *rows = json_array();
    for (size_t i = 0; i < COUNT_OF(days); i++)
        json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b}", "day", days[i], "start", "08:00", "finish", "20:00",
                                              "open", i < 5));
    json_t *values = json_pack("{s:s,s:o}", "type", "default", "workHours", rows);
    int rc = save(s, NULL, RECORD_BUSINESS_HOUR, NULL, NULL, values, &result);
    json_decref(values);
    if (rc != ERR_OK)
        *e = result.error;
    return rc == ERR_OK ? 0 : -1;
}
