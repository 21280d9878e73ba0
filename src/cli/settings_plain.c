/* usher settings on a server that has only the interface of Rocket.Chat: GET settings, and POST settings/ID for each
   change. There is no history there, no all or nothing, nothing of consequences, and no records in files; that is said
   once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "cli/settings_priv.h"
#include "client/rest.h"
#include "common/mem.h"

static json_t *default_of(setting_no no)
{
    struct setting_value v;
    setting_value_default(no, &v);
    json_t *standard = setting_value_to_json(&v);
    setting_value_free(&v);
    return standard;
}

/* {_id, value | isSet, isDefault, source} of one setting, as usherd says it; NULL: we do not know it. */
static json_t *state_of(const json_t *told)
{
    const char *id = json_string_value(json_object_get(told, "_id"));
    setting_no no = id ? catalogue_find(id) : -1;
    json_t *value = json_object_get(told, "value");
    if (no < 0 || value == NULL || catalogue_row(no)->is_hidden || catalogue_row(no)->type == SETTING_ACTION)
        return NULL;
    json_t *standard = default_of(no);
    const json_t *package = json_object_get(told, "packageValue");
    bool is_default = json_equal(value, package ? package : standard);
    json_t *state = json_pack("{s:s,s:b,s:s}", "_id", id, "isDefault", is_default, "source", is_default ? "default" : "user");
    if (catalogue_row(no)->is_secret) {
        const char *text = json_string_value(value);
        json_object_set_new(state, "isSet", json_boolean(text && *text));
        json_object_set_new(state, "value", json_string(""));
    } else {
        json_object_set(state, "value", value);
    }
    json_decref(standard);
    return state;
}

json_t *plain_settings(struct link *link)
{
    json_t *answer = NULL, *list = NULL;
    struct error e;
    if (link_call(link, "GET", "/api/v1/settings?count=0", NULL, &answer, &e) != ERR_OK) {
        task_fail("%s", e.text);
        json_decref(answer);
        return NULL;
    }
    const json_t *told = json_object_get(answer, "settings");
    list = json_array();
    for (size_t i = 0; i < json_array_size(told); i++) {
        json_t *state = state_of(json_array_get(told, i));
        if (state)
            json_array_append_new(list, state);
    }
    json_decref(answer);
    return list;
}

json_t *plain_workspace(struct link *link)
{
    json_t *list = plain_settings(link), *settings = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *state = json_array_get(list, i);
        json_object_set(settings, json_string_value(json_object_get(state, "_id")), state);
    }
    json_t *workspace = list ? json_pack("{s:O}", "settings", settings) : NULL;
    json_decref(settings);
    json_decref(list);
    return workspace;
}

static int send_one(struct task *t, const json_t *change)
{
    const char *id = json_string_value(json_object_get(change, "_id"));
    setting_no no = id ? catalogue_find(id) : -1;
    json_t *answer = NULL;
    if (no < 0)
        return task_fail("there is no setting %s", id ? id : "");
    AUTO_FREE char *path = x_asprintf("/api/v1/settings/%s", id);
    json_t *value = json_is_true(json_object_get(change, "reset")) ? default_of(no)
                                                                   : json_incref(json_object_get(change, "value"));
    int code = task_call(t, "POST", path, json_pack("{s:o}", "value", value), &answer);
    json_decref(answer);
    return code;
}

static bool is_kept_secret(const json_t *change)
{
    const char *id = json_string_value(json_object_get(change, "_id"));
    setting_no no = id ? catalogue_find(id) : -1;
    const char *text = json_string_value(json_object_get(change, "value"));
    return no >= 0 && catalogue_row(no)->is_secret && text && *text == '\0';
}

int plain_send(struct task *t, const json_t *changes, json_t **changed)
{
    size_t n = json_array_size(changes);
    *changed = json_array();
    fputs("usher: this server is no usherd: settings go one by one, without history\n", stderr);
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(changes, i);
        if (is_kept_secret(one))
            continue;
        int code = t->options.dry_run ? EXIT_FINE : send_one(t, one);
        if (code != EXIT_FINE) {
            if (json_array_size(*changed) > 0)
                task_fail("what was changed before that stays changed: %zu", json_array_size(*changed));
            return code;
        }
        json_array_append(*changed, json_object_get(one, "_id"));
    }
    return EXIT_FINE;
}

/* What the settings of a document would change; a server like this has no place for records. NULL: told. */
static json_t *differences(const json_t *document, const json_t *workspace)
{
    json_t *changes = json_array(), *value;
    const char *key;
    json_object_foreach((json_t *)document, key, value) {
        if (strcmp(key, "settings") == 0)
            continue;
        task_fail("%s: this server is no usherd and takes only settings from a file", key);
        json_decref(changes);
        return NULL;
    }
    json_object_foreach(json_object_get(document, "settings"), key, value) {
        const json_t *state = json_object_get(json_object_get(workspace, "settings"), key);
        bool reset = json_is_object(value);
        json_t *standard = reset ? default_of(catalogue_find(key)) : NULL;
        bool same = !json_object_get(state, "isSet") && json_equal(json_object_get(state, "value"), reset ? standard : value);
        json_decref(standard);
        if (!same)
            json_array_append_new(changes, reset ? json_pack("{s:s,s:b}", "_id", key, "reset", 1)
                                                 : json_pack("{s:s,s:O}", "_id", key, "value", value));
    }
    return changes;
}

int plain_apply(struct task *t, const json_t *document, const json_t *workspace, bool dry, json_t **answer)
{
    json_t *changes = differences(document, workspace), *changed = NULL, *list = json_array();
    bool was_dry = t->options.dry_run;
    if (changes == NULL) {
        json_decref(list);
        return EXIT_ERROR;
    }
    t->options.dry_run = dry;
    int code = json_array_size(changes) ? plain_send(t, changes, &changed) : EXIT_FINE;
    t->options.dry_run = was_dry;
    for (size_t i = 0; i < json_array_size(changed); i++)
        json_array_append_new(list, json_pack("{s:s,s:O,s:s}", "kind", "setting", "name", json_array_get(changed, i),
                                              "action", "update"));
    *answer = json_pack("{s:o}", "changes", list);
    json_decref(changed);
    json_decref(changes);
    return code;
}
