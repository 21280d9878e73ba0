/* Who I am and what I may, people, settings, canned responses; and the life of the model. */
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/model.h"
#include "common/log.h"
#include "common/mem.h"

void model_init(struct model *m, const char *server)
{
    memset(m, 0, sizeof(*m));
    m->pub.server = x_strdup(server);
    m->pub.latency_ms = -1;
    m->my_departments = json_array();
    m->my_roles = json_array();
    m->pub.setting_count = catalogue_count();
    m->pub.settings = x_calloc(m->pub.setting_count, sizeof(*m->pub.settings));
    for (size_t i = 0; i < m->pub.setting_count; i++) {
        struct client_setting *s = &m->pub.settings[i];
        s->no = (setting_no)i;
        s->id = x_strdup(catalogue_row(s->no)->id);
        setting_value_default(s->no, &s->value);
    }
}

static void canned_free(struct client_canned *c)
{
    for (size_t i = 0; i < c->tag_count; i++)
        free(c->tags[i]);
    free(c->tags);
    free(c->id);
    free(c->shortcut);
    free(c->text);
    free(c->scope);
    free(c->department_id);
    free(c->created_by);
    free(c);
}

static void canned_clear(struct model *m)
{
    for (size_t i = 0; i < m->pub.canned_count; i++)
        canned_free(m->pub.canned[i]);
    free(m->pub.canned);
    m->pub.canned = NULL;
    m->pub.canned_count = 0;
}

static void departments_clear(struct model *m)
{
    for (size_t i = 0; i < m->pub.department_count; i++) {
        free(m->pub.departments[i]->id);
        free(m->pub.departments[i]->name);
        free(m->pub.departments[i]);
    }
    free(m->pub.departments);
    m->pub.departments = NULL;
    m->pub.department_count = 0;
}

static void agents_clear(struct model *m)
{
    for (size_t i = 0; i < m->pub.agent_count; i++) {
        struct client_agent *a = m->pub.agents[i];
        free(a->id);
        free(a->username);
        free(a->name);
        free(a->status);
        free(a->service);
        free(a);
    }
    free(m->pub.agents);
    m->pub.agents = NULL;
    m->pub.agent_count = 0;
}

void model_fini(struct model *m)
{
    while (m->pub.room_count)
        model_room_drop(m, (struct room *)m->pub.rooms[0]);
    while (m->pub.queue_count)
        model_inquiry_drop(m, m->pub.queue[m->pub.queue_count - 1]->id);
    free(m->pub.rooms);
    free(m->pub.queue);
    canned_clear(m);
    departments_clear(m);
    agents_clear(m);
    model_load_clear(m);
    for (size_t i = 0; i < m->pub.setting_count; i++) {
        free(m->pub.settings[i].id);
        free(m->pub.settings[i].by);
        setting_value_free(&m->pub.settings[i].value);
    }
    free(m->pub.settings);
    char **texts[] = {&m->pub.server,         &m->pub.server_version, &m->pub.notice,  &m->pub.visitor_page,
                      &m->pub.routing_method, &m->pub.me.id,          &m->pub.me.username, &m->pub.me.name,
                      &m->pub.me.status,      &m->pub.me.pause};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free(*texts[i]);
    json_decref(m->my_departments);
    json_decref(m->my_roles);
    json_decref(m->permissions);
    json_decref(m->right_roles);
}

bool model_may(const struct model *m, const char *permission, bool otherwise)
{
    return m->permissions ? json_object_get(m->permissions, permission) != NULL : otherwise;
}

/* Without the table of permissions the roles of a fresh server must do. */
static void judge_rights(struct model *m)
{
    struct client_me *me = &m->pub.me;
    me->is_admin = js_list_has(m->my_roles, "admin");
    me->is_manager = js_list_has(m->my_roles, "livechat-manager");
    me->is_agent = js_list_has(m->my_roles, "livechat-agent");
    bool staff = me->is_admin || me->is_manager || me->is_agent;
    m->pub.may_edit_settings = model_may(m, "edit-privileged-setting", me->is_admin);
    m->pub.may_see_queue = model_may(m, "view-l-room", staff);
    m->pub.may_see_load = model_may(m, "view-livechat-queue", staff);
    m->pub.may_save_canned = model_may(m, "save-canned-responses", staff);
}

unsigned model_apply_me(struct model *m, const json_t *json)
{
    struct client_me *me = &m->pub.me;
    const json_t *roles = js_list(json, "roles");
    if (js_str(json, "_id") == NULL)
        return 0;
    str_set(&me->id, js_str(json, "_id"));
    str_set(&me->username, js_str(json, "username"));
    str_set(&me->name, js_str(json, "name"));
    str_set(&me->status, js_str(json, "status"));
    me->available = str_eq(js_str(json, "statusLivechat"), "available");
    model_apply_pause(m, js_str(js_obj(json, "pause"), "why"), js_date(js_obj(json, "pause"), "until"));
    if (roles) {
        json_decref(m->my_roles);
        m->my_roles = json_deep_copy(roles);
    }
    judge_rights(m);
    return CLIENT_CHANGED_STATE;
}

unsigned model_apply_pause(struct model *m, const char *why, int64_t until_ms)
{
    str_set(&m->pub.me.pause, str_eq(why, "none") ? NULL : why);
    m->pub.me.pause_until_ms = m->pub.me.pause ? until_ms : 0;
    return CLIENT_CHANGED_STATE;
}

unsigned model_apply_user_diff(struct model *m, const json_t *diff)
{
    const char *service = js_str(diff, "statusLivechat"), *status = js_str(diff, "status");
    if (service)
        m->pub.me.available = strcmp(service, "available") == 0;
    if (status)
        str_set(&m->pub.me.status, status);
    return service || status ? CLIENT_CHANGED_STATE : 0;
}

unsigned model_apply_permissions(struct model *m, const json_t *list)
{
    size_t i, k;
    json_t *row, *role;
    json_decref(m->permissions);
    m->permissions = json_object();
    json_decref(m->right_roles);
    m->right_roles = json_object();
    json_array_foreach(list, i, row) {
        const char *id = js_str(row, "_id");
        if (id && js_list(row, "roles"))
            json_object_set(m->right_roles, id, (json_t *)js_list(row, "roles"));
        json_array_foreach(js_list(row, "roles"), k, role) {
            if (id && js_list_has(m->my_roles, json_string_value(role)))
                json_object_set_new(m->permissions, id, json_true());
        }
    }
    judge_rights(m);
    return CLIENT_CHANGED_STATE;
}

unsigned model_apply_setting(struct model *m, const json_t *row)
{
    const char *id = js_str(row, "_id");
    const json_t *value = json_object_get(row, "value");
    setting_no no = id ? catalogue_find(id) : -1;
    if (no < 0 || value == NULL)
        return 0;
    struct client_setting *s = &m->pub.settings[no];
    if (catalogue_row(no)->is_secret || s->value.type == SETTING_SECRET) {
        /* secrets are never kept here; a server that hides them says in isSet whether there is one */
        const char *text = json_string_value(value);
        s->secret_set = (text && *text) || js_bool(row, "isSet");
        s->known = true;
        return CLIENT_CHANGED_SETTINGS;
    }
    struct setting_value v = {.type = s->value.type};
    struct error err = {0};
    if (setting_value_from_json(no, value, &v, &err)) {
        log_debug("setting %s: %s", id, err.text);
        return 0;
    }
    setting_value_free(&s->value);
    s->value = v;
    s->known = true;
    return CLIENT_CHANGED_SETTINGS;
}

static void apply_origin(struct client_setting *s, const json_t *row)
{
    static const char *const names[] = {[SETTING_SOURCE_DEFAULT] = "default",
                                        [SETTING_SOURCE_FILE] = "file",
                                        [SETTING_SOURCE_USER] = "user"};
    s->source = SETTING_SOURCE_UNKNOWN;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (names[i] && str_eq(names[i], js_str(row, "source")))
            s->source = (enum client_setting_source)i;
    str_set(&s->by, js_str(js_obj(row, "by"), "username"));
    s->at_ms = js_date(row, "at");
    s->revision = js_int(row, "revision", 0);
}

unsigned model_apply_origins(struct model *m, const json_t *body)
{
    size_t i;
    json_t *row;
    unsigned bits = 0;
    json_array_foreach(js_list(body, "settings"), i, row) {
        setting_no no = js_str(row, "_id") ? catalogue_find(js_str(row, "_id")) : -1;
        if (no < 0)
            continue;
        bits |= model_apply_setting(m, row);
        apply_origin(&m->pub.settings[no], row);
    }
    m->pub.keeps_setting_history = true;
    m->pub.settings_revision = js_int(body, "revision", 0);
    return bits | CLIENT_CHANGED_SETTINGS | model_apply_routing(m);
}

unsigned model_apply_settings(struct model *m, const json_t *rows)
{
    size_t i;
    json_t *row;
    unsigned bits = 0;
    json_array_foreach(rows, i, row)
        bits |= model_apply_setting(m, row);
    return bits | model_apply_routing(m);
}

unsigned model_apply_routing(struct model *m)
{
    setting_no no = catalogue_find("Livechat_Routing_Method");
    if (no < 0 || !m->pub.settings[no].known || str_eq(m->pub.routing_method, m->pub.settings[no].value.s))
        return 0;
    str_set(&m->pub.routing_method, m->pub.settings[no].value.s);
    return CLIENT_CHANGED_STATE;
}

static struct client_canned *canned_make(const json_t *json)
{
    struct client_canned *c = x_calloc(1, sizeof(*c));
    const json_t *tags = js_list(json, "tags");
    size_t i;
    json_t *tag;
    c->id = x_strdup(js_str(json, "_id"));
    c->shortcut = x_strdup(js_str(json, "shortcut") ? js_str(json, "shortcut") : "");
    c->text = x_strdup(js_str(json, "text") ? js_str(json, "text") : "");
    c->scope = x_strdup(js_str(json, "scope") ? js_str(json, "scope") : "user");
    c->department_id = x_strdup(js_str(json, "departmentId"));
    c->created_by = x_strdup(js_str(js_obj(json, "createdBy"), "username"));
    c->tags = x_calloc(json_array_size(tags), sizeof(*c->tags));
    json_array_foreach(tags, i, tag) {
        if (json_is_string(tag))
            c->tags[c->tag_count++] = x_strdup(json_string_value(tag));
    }
    return c;
}

static int canned_compare(const void *a, const void *b)
{
    const struct client_canned *x = *(const struct client_canned *const *)a, *y = *(const struct client_canned *const *)b;
    int n = strcmp(x->shortcut, y->shortcut);
    return n ? n : strcmp(x->id, y->id);
}

static void canned_arrange(struct model *m)
{
    if (m->pub.canned_count)
        qsort(m->pub.canned, m->pub.canned_count, sizeof(*m->pub.canned), canned_compare);
}

unsigned model_apply_canned(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    canned_clear(m);
    json_array_foreach(list, i, json) {
        if (js_str(json, "_id"))
            m->pub.canned = list_append(m->pub.canned, &m->pub.canned_count, canned_make(json));
    }
    canned_arrange(m);
    return CLIENT_CHANGED_CANNED;
}

unsigned model_apply_canned_event(struct model *m, const json_t *event)
{
    const char *id = js_str(event, "_id");
    bool removed = str_eq(js_str(event, "type"), "removed");
    if (id == NULL)
        return 0;
    for (size_t i = 0; i < m->pub.canned_count; i++) {
        if (strcmp(m->pub.canned[i]->id, id) == 0) {
            canned_free(m->pub.canned[i]);
            list_remove(m->pub.canned, &m->pub.canned_count, i);
            break;
        }
    }
    /* somebody else's private ones are none of ours */
    const char *owner = js_str(event, "userId");
    if (!removed && (owner == NULL || str_eq(owner, m->pub.me.id)))
        m->pub.canned = list_append(m->pub.canned, &m->pub.canned_count, canned_make(event));
    canned_arrange(m);
    return CLIENT_CHANGED_CANNED;
}

const char *model_department_name(const struct model *m, const char *id)
{
    for (size_t i = 0; id && i < m->pub.department_count; i++) {
        if (strcmp(m->pub.departments[i]->id, id) == 0)
            return m->pub.departments[i]->name;
    }
    return NULL;
}

static void rename_departments(struct model *m)
{
    for (size_t i = 0; i < m->pub.room_count; i++) {
        struct client_room *r = m->pub.rooms[i];
        if (model_department_name(m, r->department_id))
            str_set(&r->department, model_department_name(m, r->department_id));
    }
    for (size_t i = 0; i < m->pub.queue_count; i++)
        str_set(&m->pub.queue[i]->department, model_department_name(m, m->pub.queue[i]->department_id));
}

unsigned model_apply_departments(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    departments_clear(m);
    json_array_foreach(list, i, json) {
        if (js_str(json, "_id") == NULL)
            continue;
        struct client_department *d = x_calloc(1, sizeof(*d));
        d->id = x_strdup(js_str(json, "_id"));
        d->name = x_strdup(js_str(json, "name") ? js_str(json, "name") : d->id);
        d->enabled = js_bool(json, "enabled");
        d->agents = (int)js_int(json, "numAgents", 0);
        m->pub.departments = list_append(m->pub.departments, &m->pub.department_count, d);
    }
    rename_departments(m);
    return CLIENT_CHANGED_PEOPLE | CLIENT_CHANGED_ROOMS | CLIENT_CHANGED_QUEUE;
}

unsigned model_apply_agents(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    agents_clear(m);
    json_array_foreach(list, i, json) {
        if (js_str(json, "_id") == NULL)
            continue;
        struct client_agent *a = x_calloc(1, sizeof(*a));
        a->id = x_strdup(js_str(json, "_id"));
        a->username = x_strdup(js_str(json, "username") ? js_str(json, "username") : a->id);
        a->name = x_strdup(js_str(json, "name"));
        a->status = x_strdup(js_str(json, "status") ? js_str(json, "status") : "offline");
        a->service = x_strdup(js_str(json, "statusLivechat") ? js_str(json, "statusLivechat") : "not-available");
        m->pub.agents = list_append(m->pub.agents, &m->pub.agent_count, a);
    }
    return CLIENT_CHANGED_PEOPLE;
}

unsigned model_apply_status(struct model *m, const json_t *fields)
{
    static const char *const names[] = {"offline", "online", "away", "busy"};
    const char *id = json_string_value(json_array_get(fields, 0));
    json_int_t n = json_integer_value(json_array_get(fields, 2));
    unsigned bits = 0;
    if (id == NULL || n < 0 || n >= (json_int_t)COUNT_OF(names))
        return 0;
    if (str_eq(id, m->pub.me.id)) {
        str_set(&m->pub.me.status, names[n]);
        bits |= CLIENT_CHANGED_STATE;
    }
    for (size_t i = 0; i < m->pub.agent_count; i++) {
        if (strcmp(m->pub.agents[i]->id, id) == 0) {
            str_set(&m->pub.agents[i]->status, names[n]);
            bits |= CLIENT_CHANGED_PEOPLE;
        }
    }
    return bits;
}

unsigned model_apply_my_departments(struct model *m, const json_t *list)
{
    size_t i;
    json_t *json;
    json_array_clear(m->my_departments);
    json_array_foreach(list, i, json) {
        if (js_str(json, "departmentId") && !json_is_false(json_object_get(json, "departmentEnabled")))
            json_array_append_new(m->my_departments, json_string(js_str(json, "departmentId")));
    }
    return 0;
}
