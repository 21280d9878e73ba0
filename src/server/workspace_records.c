/* Records in the workspace document: custom fields, triggers, tags, priorities, units, business hours; no e-mail inboxes,
   which hold passwords. Their fields are those of core/record_kinds.c; ids of departments and people become names. */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/workspace_private.h"

const struct workspace_kind workspace_kinds[RECORD_KIND_COUNT] = {
    [RECORD_CUSTOM_FIELD] = {"customFields", "customField", "_id"},
    [RECORD_TRIGGER] = {"triggers", "trigger", "name"},
    [RECORD_TAG] = {"tags", "tag", "name"},
    [RECORD_PRIORITY] = {"priorities", "priority", "name"},
    [RECORD_UNIT] = {"units", "unit", "name"},
    [RECORD_BUSINESS_HOUR] = {"businessHours", "businessHour", "name"},
};

static bool names_departments(enum record_kind kind, const char *field)
{
    const struct record_field *f = record_kinds[kind].fields;
    while (f->name && strcmp(f->name, field) != 0)
        f++;
    return f->name && (f->flags & FIELD_DEPARTMENTS);
}

/* --- out --- */

static json_t *department_names(const struct core *c, const json_t *ids)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const struct department *d = core_department(c, json_string_value(json_array_get(ids, i)));
        if (d)
            json_array_append_new(list, json_string(d->name));
    }
    return workspace_sorted(list);
}

static json_t *monitor_names(const struct core *c, const json_t *links)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(links); i++) {
        const struct user *u = core_user(c, json_string_value(json_object_get(json_array_get(links, i), "monitorId")));
        if (u)
            json_array_append_new(list, json_string(u->username));
    }
    return workspace_sorted(list);
}

static json_t *document_of(const struct core *c, const struct record *r)
{
    json_t *out = json_object();
    if (r->kind == RECORD_CUSTOM_FIELD)
        json_object_set_new(out, "_id", json_string(r->id));
    for (const struct record_field *f = record_kinds[r->kind].fields; f->name; f++) {
        json_t *v = json_object_get(r->doc, f->name);
        if (v == NULL)
            continue;
        if (f->flags & FIELD_DEPARTMENTS)
            json_object_set_new(out, f->name, department_names(c, v));
        else if (r->kind == RECORD_UNIT && strcmp(f->name, "monitors") == 0)
            json_object_set_new(out, f->name, monitor_names(c, v));
        else
            json_object_set_new(out, f->name, json_deep_copy(v));
    }
    return out;
}

json_t *workspace_records_of(const struct core *c, enum record_kind kind)
{
    json_t *list = json_array();
    for (const struct record *r = NULL; (r = core_next_record(c, kind, r)) != NULL;)
        json_array_append_new(list, document_of(c, r));
    return workspace_sorted(list);
}

/* --- in --- */

/* The record an entry means; the default business hour is there once, whatever it is called. */
static const struct record *find_record(const struct core *c, enum record_kind kind, const json_t *entry, bool *twice)
{
    const char *name = json_string_value(json_object_get(entry, workspace_kinds[kind].key));
    bool standard = kind == RECORD_BUSINESS_HOUR && str_eq(json_string_value(json_object_get(entry, "type")), "default");
    const struct record *found = NULL;
    *twice = false;
    for (const struct record *r = NULL; (r = core_next_record(c, kind, r)) != NULL;) {
        const char *known = kind == RECORD_CUSTOM_FIELD ? r->id : record_name(r);
        if (standard ? !str_eq(record_text(r, "type"), "default") : !str_eq(known, name))
            continue;
        *twice = found != NULL;
        found = r;
    }
    return found;
}

static json_t *department_ids(struct workspace_plan *p, const struct core *c, const char *path, const json_t *names)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const char *id = name ? plan_department_id(p, c, name) : NULL;
        AUTO_FREE char *at = x_asprintf("%s/departments/%zu", path, i);
        if (id)
            json_array_append_new(ids, json_string(id));
        else
            plan_fault(p, at, "error-department-not-found", "there is no department %.100s", name ? name : "of this kind");
    }
    return ids;
}

static json_t *monitor_links(struct workspace_plan *p, const struct core *c, const char *path, const json_t *names)
{
    json_t *links = json_array();
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const struct user *u = core_user_by_name(c, name);
        AUTO_FREE char *at = x_asprintf("%s/monitors/%zu", path, i);
        if (u)
            json_array_append_new(links, json_pack("{s:s,s:s}", "monitorId", u->id, "username", u->username));
        else
            plan_fault(p, at, "error-invalid-user", "there is no user %.100s", name ? name : "of this kind");
    }
    return links;
}

/* What the core takes, from the entry as it will be. New reference. */
static json_t *values_of(struct workspace_plan *p, const struct core *c, enum record_kind kind, const char *path,
                         const json_t *doc)
{
    json_t *values = json_object(), *v;
    const char *key;
    json_object_foreach((json_t *)doc, key, v) {
        if (kind == RECORD_CUSTOM_FIELD && strcmp(key, "_id") == 0)
            continue;
        if (names_departments(kind, key))
            json_object_set_new(values, key, department_ids(p, c, path, v));
        else if (kind == RECORD_UNIT && strcmp(key, "monitors") == 0)
            json_object_set_new(values, key, monitor_links(p, c, path, v));
        else
            json_object_set(values, key, v);
    }
    return values;
}

static void read_entry(struct workspace_plan *p, const struct core *c, enum record_kind kind, const char *path,
                       const json_t *entry)
{
    const struct workspace_kind *row = &workspace_kinds[kind];
    const char *name = json_string_value(json_object_get(entry, row->key));
    bool twice;
    const struct record *r = find_record(c, kind, entry, &twice);
    json_t *before = r ? document_of(c, r) : NULL, *doc = before ? json_deep_copy(before) : json_object();
    if (twice)
        plan_fault(p, path, BAD_WORKSPACE, "the server has several of the name %.100s", name ? name : "");
    json_object_update(doc, (json_t *)entry);
    json_array_append_new(p->documents, doc);
    if (before == NULL || !json_equal(before, doc)) {
        json_t *values = values_of(p, c, kind, path, doc);
        struct command *cmd = plan_step(p, COMMAND_RECORD_SAVE);
        json_array_append_new(p->documents, values);
        cmd->record_save.kind = kind;
        cmd->record_save.id = r ? r->id : NULL;
        cmd->record_save.new_id = r == NULL && kind == RECORD_CUSTOM_FIELD ? name : NULL;
        cmd->record_save.values = values;
        plan_note(p, path, row->one, name ? name : "", r == NULL);
    }
    json_decref(before);
}

void workspace_read_records(struct workspace_plan *p, const struct core *c, enum record_kind kind, const json_t *list)
{
    const struct workspace_kind *row = &workspace_kinds[kind];
    json_t *seen = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i), *key = json_object_get(entry, row->key);
        AUTO_FREE char *path = x_asprintf("%s/%zu", row->list, i);
        AUTO_FREE char *at = x_asprintf("%s/%s", path, row->key);
        const char *name = json_string_value(key);
        bool standard = kind == RECORD_BUSINESS_HOUR && (name == NULL || *name == '\0');
        if (!json_is_object(entry) || (key && name == NULL) || (!standard && (name == NULL || *name == '\0')))
            plan_fault(p, at, BAD_WORKSPACE, "a %s needs a text as its %s", row->one, row->key);
        else if (json_object_get(seen, name ? name : ""))
            plan_fault(p, at, BAD_WORKSPACE, "the %s %.100s stands here twice", row->one, name ? name : "");
        else
            read_entry(p, c, kind, path, entry);
        json_object_set_new(seen, name ? name : "", json_true());
    }
    json_decref(seen);
}
