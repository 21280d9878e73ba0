#include "server/workspace_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"

#define TEXT_MAX 10000
#define LIST_MAX 2000

enum kind { KIND_TEXT, KIND_BOOL, KIND_NUMBER, KIND_TEXTS, KIND_AGENTS };

struct key {
    const char *name;
    enum kind kind;
    const char *standard;          /* of a new record, as JSON */
};

static const struct key department_keys[] = {
    {"name", KIND_TEXT, "\"\""},
    {"enabled", KIND_BOOL, "true"},
    {"description", KIND_TEXT, "\"\""},
    {"email", KIND_TEXT, "\"\""},
    {"showOnRegistration", KIND_BOOL, "true"},
    {"showOnOfflineForm", KIND_BOOL, "true"},
    {"requestTagBeforeClosingChat", KIND_BOOL, "false"},
    {"chatClosingTags", KIND_TEXTS, "[]"},
    {"offlineMessageChannelName", KIND_TEXT, "\"\""},
    {"fallbackForwardDepartment", KIND_TEXT, "\"\""},
    {"departmentsAllowedToForward", KIND_TEXTS, "[]"},
    {"maxNumberSimultaneousChat", KIND_NUMBER, "0"},
    {"visitorInactivityTimeoutInSeconds", KIND_NUMBER, "0"},
    {"abandonedRoomsCloseCustomMessage", KIND_TEXT, "\"\""},
    {"waitingQueueMessage", KIND_TEXT, "\"\""},
    {"agents", KIND_AGENTS, "[]"},
    {NULL, 0, NULL},
};

static const struct key canned_keys[] = {
    {"shortcut", KIND_TEXT, "\"\""}, {"text", KIND_TEXT, "\"\""},  {"scope", KIND_TEXT, "\"global\""},
    {"department", KIND_TEXT, "\"\""}, {"tags", KIND_TEXTS, "[]"}, {NULL, 0, NULL},
};

/* --- out --- */

static int compare_entries(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    const char *keys[] = {"_id", "name", "shortcut", "username"};
    if (json_is_string(x) && json_is_string(y))
        return strcmp(json_string_value(x), json_string_value(y));
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *s = json_string_value(json_object_get(x, keys[i]));
        const char *t = json_string_value(json_object_get(y, keys[i]));
        if (s && t)
            return strcmp(s, t);
    }
    return 0;
}

/* Steals list; the same entries in the order of their names. */
json_t *workspace_sorted(json_t *list)
{
    size_t n = json_array_size(list);
    json_t **items = x_calloc(n + 1, sizeof *items), *out = json_array();
    for (size_t i = 0; i < n; i++)
        items[i] = json_array_get(list, i);
    qsort(items, n, sizeof *items, compare_entries);
    for (size_t i = 0; i < n; i++)
        json_array_append(out, items[i]);
    json_decref(list);
    free(items);
    return out;
}

static json_t *text(const char *s)
{
    return json_string(s ? s : "");
}

static json_t *texts(char *const *items, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_string(items[i]));
    return list;
}

static json_t *name_of(const struct core *c, const char *department_id)
{
    const struct department *d = core_department(c, department_id);
    return text(d ? d->name : "");
}

static json_t *names_of(const struct core *c, const char *ids)
{
    json_t *list = json_array();
    AUTO_FREE char *copy = x_strdup(ids ? ids : "");
    char *rest = copy, *id;
    while ((id = strsep(&rest, ",")) != NULL) {
        const struct department *d = core_department(c, id);
        if (d)
            json_array_append_new(list, json_string(d->name));
    }
    return list;
}

static json_t *agents_of(const struct department *d)
{
    json_t *list = json_array();
    const struct department_agent *l;
    LIST_FOREACH(l, &d->agents, of_department)
        json_array_append_new(list, json_pack("{s:s,s:I}", "username", l->user->username, "order", (json_int_t)l->order));
    return workspace_sorted(list);
}

static json_t *department_document(const struct core *c, const struct department *d)
{
    return json_pack("{s:o,s:b,s:o,s:o,s:b,s:b,s:b,s:o,s:o,s:o,s:o,s:I,s:I,s:o,s:o,s:o}", "name", text(d->name), "enabled",
                     d->enabled, "description", text(d->description), "email", text(d->email), "showOnRegistration",
                     d->show_on_registration, "showOnOfflineForm", d->show_on_offline_form,
                     "requestTagBeforeClosingChat", d->request_tag_before_closing, "chatClosingTags",
                     texts(d->closing_tags, d->closing_tag_count), "offlineMessageChannelName", text(d->offline_channel),
                     "fallbackForwardDepartment", name_of(c, d->fallback_id), "departmentsAllowedToForward",
                     names_of(c, d->allowed_forward), "maxNumberSimultaneousChat", (json_int_t)d->max_chats,
                     "visitorInactivityTimeoutInSeconds", (json_int_t)d->inactivity_timeout_s,
                     "abandonedRoomsCloseCustomMessage", text(d->abandoned_message), "waitingQueueMessage",
                     text(d->waiting_queue_message), "agents", agents_of(d));
}

static json_t *canned_document(const struct core *c, const struct canned *k)
{
    return json_pack("{s:s,s:o,s:s,s:o,s:o}", "shortcut", k->shortcut, "text", text(k->text), "scope",
                     canned_scope_name(k->scope), "department", name_of(c, k->department_id), "tags",
                     texts(k->tags, k->tag_count));
}

json_t *workspace_records(const struct core *c)
{
    json_t *departments = json_array(), *canned = json_array();
    for (const struct department *d = core_next_department(c, NULL); d; d = core_next_department(c, d))
        json_array_append_new(departments, department_document(c, d));
    for (const struct canned *k = core_next_canned(c, NULL); k; k = core_next_canned(c, k))
        if (k->scope != CANNED_USER)
            json_array_append_new(canned, canned_document(c, k));
    json_t *all = json_pack("{s:o,s:o}", "departments", workspace_sorted(departments), "cannedResponses",
                            workspace_sorted(canned));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (!record_kinds[kind].has_secrets)
            json_object_set_new(all, workspace_kinds[kind].list, workspace_records_of(c, (enum record_kind)kind));
    return all;
}

/* --- in: faults --- */

void plan_fault(struct workspace_plan *p, const char *path, const char *type, const char *fmt, ...)
{
    char words[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    json_t *sentence = json_string(words); /* NULL: it was cut within a character */
    json_array_append_new(p->faults, json_pack("{s:s,s:o,s:s}", "path", path, "error",
                                               sentence ? sentence : json_string("this is not valid"), "errorType", type));
}

static const struct key *find_key(const struct key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, name) == 0)
            return keys;
    return NULL;
}

static bool are_texts(const json_t *v)
{
    bool good = json_is_array(v) && json_array_size(v) <= LIST_MAX;
    for (size_t i = 0; good && i < json_array_size(v); i++)
        good = json_is_string(json_array_get(v, i)) && json_string_length(json_array_get(v, i)) > 0;
    return good;
}

/* A list of names, or of {username, order}; the second form comes out. NULL: it is neither. New reference. */
static json_t *tidy_agents(const json_t *v)
{
    json_t *list = json_is_array(v) && json_array_size(v) <= LIST_MAX ? json_array() : NULL;
    for (size_t i = 0; list && i < json_array_size(v); i++) {
        const json_t *row = json_array_get(v, i);
        const char *name = json_is_string(row) ? json_string_value(row)
                                               : json_string_value(json_object_get(row, "username"));
        const json_t *order = json_object_get(row, "order");
        if (name == NULL || (order && !json_is_integer(order))) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, json_pack("{s:s,s:I}", "username", name, "order", json_integer_value(order)));
    }
    return list ? workspace_sorted(list) : NULL;
}

/* Puts one key into the record. */
static void take_key(struct workspace_plan *p, const struct key *k, const char *path, json_t *v, json_t *into)
{
    static const char *const words[] = {
        [KIND_TEXT] = "a text of at most 10000 bytes", [KIND_BOOL] = "true or false", [KIND_NUMBER] = "a whole number, at least 0",
        [KIND_TEXTS] = "a list of texts", [KIND_AGENTS] = "a list of user names, or of username and order"};
    bool good = k->kind == KIND_TEXT     ? json_is_string(v) && json_string_length(v) <= TEXT_MAX &&
                                           strlen(json_string_value(v)) == json_string_length(v)
                : k->kind == KIND_BOOL   ? json_is_boolean(v)
                : k->kind == KIND_NUMBER ? json_is_integer(v) && json_integer_value(v) >= 0 &&
                                             json_integer_value(v) <= INT32_MAX
                : k->kind == KIND_TEXTS  ? are_texts(v)
                                         : true;
    json_t *agents = k->kind == KIND_AGENTS ? tidy_agents(v) : NULL;
    if (!good || (k->kind == KIND_AGENTS && agents == NULL))
        plan_fault(p, path, BAD_WORKSPACE, "%s is expected", words[k->kind]);
    else if (agents)
        json_object_set_new(into, k->name, agents);
    else
        json_object_set(into, k->name, v);
}

/* The record as it will be: what is there (or the standard), and over it what the document says. New reference. */
static json_t *merge(struct workspace_plan *p, const struct key *keys, const char *path, json_t *present,
                     const json_t *entry)
{
    json_t *out = present ? present : json_object(), *v;
    const char *name;
    for (const struct key *k = keys; present == NULL && k->name; k++)
        json_object_set_new(out, k->name, json_loads(k->standard, JSON_DECODE_ANY, NULL));
    json_object_foreach((json_t *)entry, name, v) {
        const struct key *k = find_key(keys, name);
        AUTO_FREE char *at = x_asprintf("%s/%s", path, name);
        if (k)
            take_key(p, k, at, v, out);
        else
            plan_fault(p, at, BAD_WORKSPACE, "there is no such key");
    }
    return out;
}

void plan_note(struct workspace_plan *p, const char *path, const char *kind, const char *name, bool is_new)
{
    json_array_append_new(p->paths, json_string(path));
    json_array_append_new(p->changes, json_pack("{s:s,s:s,s:s}", "kind", kind, "name", name, "action",
                                                is_new ? "create" : "update"));
}

struct command *plan_step(struct workspace_plan *p, enum command_type type)
{
    p->steps = x_reallocarray(p->steps, p->n + 1, sizeof *p->steps);
    p->steps[p->n] = server_command(type, NULL);
    return &p->steps[p->n++];
}

static void *keep(struct workspace_plan *p, void *block)
{
    p->blocks = x_reallocarray(p->blocks, p->block_count + 1, sizeof *p->blocks);
    return p->blocks[p->block_count++] = block;
}

static const char **keep_texts(struct workspace_plan *p, const json_t *list, int *n)
{
    const char **out = keep(p, x_calloc(json_array_size(list) + 1, sizeof *out));
    *n = (int)json_array_size(list);
    for (int i = 0; i < *n; i++)
        out[i] = json_string_value(json_array_get(list, (size_t)i));
    return out;
}

/* --- in: departments --- */

/* The only department of that name; with two of them it is not known which is meant. */
static const struct department *only_named(const struct core *c, const char *name, bool *twice)
{
    const struct department *found = NULL;
    *twice = false;
    for (const struct department *d = core_next_department(c, NULL); d; d = core_next_department(c, d)) {
        if (strcmp(d->name, name) != 0)
            continue;
        *twice = found != NULL;
        found = d;
    }
    return found;
}

/* Id of the department of that name, there or to be made; NULL: neither. */
const char *plan_department_id(const struct workspace_plan *p, const struct core *c, const char *name)
{
    bool twice;
    const struct department *d = only_named(c, name, &twice);
    return d ? d->id : json_string_value(json_object_get(p->new_ids, name));
}

/* Names that are used before they are read: ids for the new ones. */
static void name_departments(struct workspace_plan *p, const struct core *c, const json_t *list)
{
    struct id_source ids = {id_entropy()};
    json_t *seen = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "name"));
        AUTO_FREE char *path = x_asprintf("departments/%zu/name", i);
        char id[ID_LEN + 1];
        bool twice;
        if (name == NULL || *name == '\0') {
            plan_fault(p, path, BAD_WORKSPACE, "a department needs a name");
            continue;
        }
        const struct department *d = only_named(c, name, &twice);
        if (json_object_get(seen, name))
            plan_fault(p, path, BAD_WORKSPACE, "the department %.100s stands here twice", name);
        else if (twice)
            plan_fault(p, path, BAD_WORKSPACE, "the server has several departments of the name %.100s", name);
        id_make(&ids, id);
        if (d == NULL)
            json_object_set_new(p->new_ids, name, json_string(id));
        json_object_set_new(seen, name, json_true());
    }
    json_decref(seen);
}

/* Ids separated by commas. */
static char *allowed_ids(struct workspace_plan *p, const struct core *c, const char *path, const json_t *names)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        const char *id = plan_department_id(p, c, name);
        AUTO_FREE char *at = x_asprintf("%s/departmentsAllowedToForward/%zu", path, i);
        if (id)
            buf_printf(&out, "%s%s", out.len ? "," : "", id);
        else
            plan_fault(p, at, "error-department-not-found", "there is no department %.100s", name);
    }
    return keep(p, out.len ? buf_take(&out) : x_strdup(""));
}

static struct department_agent_change *agent_changes(struct workspace_plan *p, const struct core *c, const char *path,
                                                     const json_t *list, size_t *n)
{
    struct department_agent_change *out = keep(p, x_calloc(json_array_size(list) + 1, sizeof *out));
    *n = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "username"));
        const struct user *u = core_user_by_name(c, name);
        if (u == NULL || !(u->roles & ROLE_AGENT)) {
            AUTO_FREE char *at = x_asprintf("%s/agents", path);
            plan_fault(p, at, "error-user-is-not-agent", "there is no agent %.100s", name);
            continue;
        }
        out[(*n)++] = (struct department_agent_change){
            .user_id = u->id, .has_order = true,
            .order = json_integer_value(json_object_get(json_array_get(list, i), "order"))};
    }
    return out;
}

static const char *text_in(const json_t *doc, const char *key)
{
    return json_string_value(json_object_get(doc, key));
}

static bool bool_in(const json_t *doc, const char *key)
{
    return json_is_true(json_object_get(doc, key));
}

static void plan_department(struct workspace_plan *p, const struct core *c, const char *path, const json_t *doc,
                            const struct department *d)
{
    struct command cmd = server_command(COMMAND_DEPARTMENT_SAVE, NULL);
    const char *fallback = text_in(doc, "fallbackForwardDepartment");
    const char *name = text_in(doc, "name");
    AUTO_FREE char *at = x_asprintf("%s/fallbackForwardDepartment", path);
    AUTO_FREE char *email_at = x_asprintf("%s/email", path);
    struct error e;
    cmd.department_save.id = d ? d->id : NULL;
    cmd.department_save.new_id = d ? NULL : json_string_value(json_object_get(p->new_ids, name));
    cmd.department_save.name = name;
    cmd.department_save.email = text_in(doc, "email");
    cmd.department_save.description = text_in(doc, "description");
    cmd.department_save.offline_channel = text_in(doc, "offlineMessageChannelName");
    cmd.department_save.waiting_queue_message = text_in(doc, "waitingQueueMessage");
    cmd.department_save.abandoned_message = text_in(doc, "abandonedRoomsCloseCustomMessage");
    cmd.department_save.enabled = bool_in(doc, "enabled");
    cmd.department_save.show_on_registration = bool_in(doc, "showOnRegistration");
    cmd.department_save.show_on_offline_form = bool_in(doc, "showOnOfflineForm");
    cmd.department_save.request_tag_before_closing = bool_in(doc, "requestTagBeforeClosingChat");
    cmd.department_save.max_chats = json_integer_value(json_object_get(doc, "maxNumberSimultaneousChat"));
    cmd.department_save.inactivity_timeout_s =
        json_integer_value(json_object_get(doc, "visitorInactivityTimeoutInSeconds"));
    cmd.department_save.closing_tags =
        keep_texts(p, json_object_get(doc, "chatClosingTags"), &cmd.department_save.closing_tag_count);
    cmd.department_save.allowed_forward = allowed_ids(p, c, path, json_object_get(doc, "departmentsAllowedToForward"));
    cmd.department_save.agents =
        agent_changes(p, c, path, json_object_get(doc, "agents"), &cmd.department_save.agent_count);
    cmd.department_save.has_agents = true;
    cmd.department_save.fallback_id = *fallback ? plan_department_id(p, c, fallback) : "";
    if (cmd.department_save.fallback_id == NULL)
        plan_fault(p, at, "error-fallback-department-not-found", "there is no department %.100s", fallback);
    if (setting_format_check(SETTING_FORMAT_EMAIL, cmd.department_save.email, &e) != ERR_OK)
        plan_fault(p, email_at, BAD_WORKSPACE, "%s", e.text);
    *plan_step(p, COMMAND_DEPARTMENT_SAVE) = cmd;
    plan_note(p, path, "department", name, d == NULL);
}

static void read_departments(struct workspace_plan *p, const struct core *c, const json_t *list)
{
    name_departments(p, c, list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(entry, "name"));
        AUTO_FREE char *path = x_asprintf("departments/%zu", i);
        bool twice;
        if (name == NULL || *name == '\0')
            continue;
        const struct department *d = only_named(c, name, &twice);
        json_t *before = d ? department_document(c, d) : NULL, *untouched = json_deep_copy(before);
        size_t faults = json_array_size(p->faults);
        json_t *doc = merge(p, department_keys, path, before, entry);
        json_array_append_new(p->documents, doc);
        if (json_array_size(p->faults) == faults && !(untouched && json_equal(doc, untouched)))
            plan_department(p, c, path, doc, d);
        json_decref(untouched);
    }
}

/* --- in: canned responses --- */

static void plan_canned(struct workspace_plan *p, const struct core *c, const char *path, const json_t *doc,
                        const struct canned *k)
{
    const char *scope = text_in(doc, "scope"), *department = text_in(doc, "department");
    const char *shortcut = text_in(doc, "shortcut");
    bool of_department = strcmp(scope, "department") == 0;
    AUTO_FREE char *scope_at = x_asprintf("%s/scope", path);
    AUTO_FREE char *department_at = x_asprintf("%s/department", path);
    const char *department_id = of_department ? plan_department_id(p, c, department) : NULL;
    if (!of_department && strcmp(scope, "global") != 0)
        plan_fault(p, scope_at, "error-invalid-scope", "global or department is expected");
    else if (of_department && department_id == NULL)
        plan_fault(p, department_at, "error-invalid-department", "there is no department \"%.100s\"", department);
    else if (!of_department && *department)
        plan_fault(p, department_at, "error-invalid-department", "only a response with scope department has one");
    struct command cmd = server_command(COMMAND_CANNED_SAVE, NULL);
    cmd.canned.id = k ? k->id : NULL;
    cmd.canned.shortcut = shortcut;
    cmd.canned.text = text_in(doc, "text");
    cmd.canned.scope = of_department ? CANNED_DEPARTMENT : CANNED_GLOBAL;
    cmd.canned.department_id = department_id;
    cmd.canned.tags = keep_texts(p, json_object_get(doc, "tags"), &cmd.canned.tag_count);
    *plan_step(p, COMMAND_CANNED_SAVE) = cmd;
    plan_note(p, path, "cannedResponse", shortcut, k == NULL);
}

static void read_canned(struct workspace_plan *p, const struct core *c, const json_t *list)
{
    json_t *seen = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        const char *shortcut = json_string_value(json_object_get(entry, "shortcut"));
        AUTO_FREE char *path = x_asprintf("cannedResponses/%zu", i);
        AUTO_FREE char *at = x_asprintf("%s/shortcut", path);
        const struct canned *k = core_canned_by_shortcut(c, shortcut);
        size_t faults = json_array_size(p->faults);
        if (shortcut == NULL || *shortcut == '\0')
            plan_fault(p, at, BAD_WORKSPACE, "a canned response needs a shortcut");
        else if (json_object_get(seen, shortcut))
            plan_fault(p, at, "error-invalid-shortcut", "the shortcut %.100s stands here twice", shortcut);
        else if (k && k->scope == CANNED_USER)
            plan_fault(p, at, "error-invalid-shortcut", "the shortcut %.100s belongs to a private response", shortcut);
        if (json_array_size(p->faults) > faults)
            continue;
        json_object_set_new(seen, shortcut, json_true());
        json_t *before = k ? canned_document(c, k) : NULL, *untouched = json_deep_copy(before);
        json_t *doc = merge(p, canned_keys, path, before, entry);
        json_array_append_new(p->documents, doc);
        if (json_array_size(p->faults) == faults && !(untouched && json_equal(doc, untouched)))
            plan_canned(p, c, path, doc, k);
        json_decref(untouched);
    }
    json_decref(seen);
}

/* --- in: everything --- */

/* {id: value}; an object with reset:true as value resets. */
static void read_settings(struct workspace_plan *p, const json_t *settings)
{
    const char *id;
    json_t *v;
    json_object_foreach((json_t *)settings, id, v) {
        size_t faults = p->settings.fault_count;
        if (json_is_object(v) && json_is_true(json_object_get(v, "reset")))
            setting_form_add_reset(&p->settings, id);
        else
            setting_form_add(&p->settings, id, v);
        if (p->settings.fault_count == faults)
            continue;
        const struct error *e = &p->settings.faults[faults].error;
        AUTO_FREE char *path = x_asprintf("settings/%.100s", id);
        plan_fault(p, path, e->name, "%s", e->text);
    }
}

void workspace_plan_read(struct workspace_plan *p, const struct core *c, const json_t *document)
{
    static const char *const known[] = {"settings", "departments", "cannedResponses"};
    const char *key;
    json_t *v;
    *p = (struct workspace_plan){.changes = json_array(), .faults = json_array(), .documents = json_array(), .paths = json_array(),
                                 .new_ids = json_object()};
    json_object_foreach((json_t *)document, key, v) {
        bool found = false;
        for (size_t i = 0; i < COUNT_OF(known); i++)
            found |= strcmp(known[i], key) == 0;
        for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
            found |= str_eq(workspace_kinds[kind].list, key);
        if (!found)
            plan_fault(p, key, BAD_WORKSPACE, "there is no such part of a workspace");
        else if (strcmp(key, "settings") == 0 ? !json_is_object(v) : !json_is_array(v))
            plan_fault(p, key, BAD_WORKSPACE, strcmp(key, "settings") == 0 ? "ids with their values are expected"
                                                            : "a list is expected");
    }
    read_settings(p, json_object_get(document, "settings"));
    read_departments(p, c, json_object_get(document, "departments"));
    read_canned(p, c, json_object_get(document, "cannedResponses"));
    for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
        if (!record_kinds[kind].has_secrets)
            workspace_read_records(p, c, (enum record_kind)kind, json_object_get(document, workspace_kinds[kind].list));
}

void workspace_plan_fini(struct workspace_plan *p)
{
    setting_form_fini(&p->settings);
    for (size_t i = 0; i < p->block_count; i++)
        free(p->blocks[i]);
    free(p->blocks);
    free(p->steps);
    json_decref(p->changes);
    json_decref(p->faults);
    json_decref(p->documents);
    json_decref(p->paths);
    json_decref(p->new_ids);
}
