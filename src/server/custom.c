#include "server/custom.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/utf8.h"
#include "server/setting.h"

#define VALUE_MAX 5000             /* bytes */
#define FIELDS_MAX 100

static json_t *object_of(const char *text)
{
    json_t *o = text ? json_loads(text, 0, NULL) : NULL;
    if (json_is_object(o))
        return o;
    json_decref(o);
    return json_object();
}

/* Takes o. NULL when there is nothing in it. */
static char *text_of(json_t *o)
{
    char *text = json_object_size(o) ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    return text;
}

/* --- visitors and chats --- */

static const char *const scopes[] = {[CUSTOM_VISITOR] = "visitor", [CUSTOM_ROOM] = "room"};

enum custom_verdict custom_check(const struct core *c, enum custom_scope scope, const char *key, const char *value)
{
    struct error e;
    if (core_custom_field_check(c, scopes[scope], key, "", &e) == ERR_NOT_FOUND)
        return CUSTOM_UNKNOWN;
    if (strlen(value) > VALUE_MAX)
        return CUSTOM_BAD;
    return core_custom_field_check(c, scopes[scope], key, value, &e) == ERR_OK ? CUSTOM_GOOD : CUSTOM_BAD;
}

static char *trimmed(const char *s)
{
    while (isspace((unsigned char)*s))
        s++;
    size_t n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        n--;
    return x_strndup(s, n);
}

static void put(json_t *all, const char *key, const char *value)
{
    if (*value == '\0')
        json_object_del(all, key);
    else if (json_object_size(all) < FIELDS_MAX || json_object_get(all, key))
        json_object_set_new(all, key, json_string(value));
}

int custom_fill(const struct core *c, enum custom_scope scope, const char *old, const json_t *values, char **out,
                struct error *e)
{
    json_t *all = object_of(old), *v;
    const char *key;
    *out = NULL;
    json_object_foreach((json_t *)values, key, v) {
        AUTO_FREE char *value = trimmed(json_is_string(v) ? json_string_value(v) : "");
        enum custom_verdict verdict = custom_check(c, scope, key, value);
        if (verdict == CUSTOM_GOOD || (verdict == CUSTOM_BAD && *value == '\0')) {
            put(all, key, value);
        } else if (verdict == CUSTOM_BAD) {
            json_decref(all);
            return error_named(e, ERR_INVALID, "error-invalid-custom-field-value", "Invalid value for %.100s field", key);
        }
    }
    *out = text_of(all);
    return ERR_OK;
}

char *custom_register(const struct core *c, const char *old, const json_t *list)
{
    json_t *all = object_of(old), *item;
    size_t i;
    json_array_foreach(list, i, item) {
        const char *key = json_string_value(json_object_get(item, "key"));
        const char *value = json_string_value(json_object_get(item, "value"));
        bool overwrite = !json_is_false(json_object_get(item, "overwrite"));
        if (key && value && custom_check(c, CUSTOM_VISITOR, key, value) == CUSTOM_GOOD &&
            (overwrite || json_object_get(all, key) == NULL))
            put(all, key, value);
    }
    return text_of(all);
}

/* Where it belongs: the visitor as he is now (an earlier field of the same call may have changed him), or his open chat. */
static int set_visitor(struct server *s, const struct visitor *v, const char *text, struct result *result)
{
    struct command cmd = server_command(COMMAND_VISITOR_SAVE, NULL);
    cmd.visitor_save.record = v;
    cmd.visitor_save.token = v->token;
    cmd.visitor_save.livechat_data = text;
    cmd.visitor_save.by_user = true;
    return server_step(s, &cmd, result);
}

static int set_room(struct server *s, const struct room *r, const char *text, struct result *result)
{
    struct command cmd = server_command(COMMAND_ROOM_INFO, NULL);
    cmd.room.rid = r->id;
    cmd.room.livechat_data = text;
    cmd.room.has_livechat_data = true;
    return server_step(s, &cmd, result);
}

int custom_set(struct server *s, const struct visitor *record, const char *key, const char *value, bool overwrite,
               bool *stored, struct result *result)
{
    const struct core *c = s->core;
    const struct visitor *v = core_visitor(c, record->id) ? core_visitor(c, record->id) : record;
    const struct record *field = core_record(c, RECORD_CUSTOM_FIELD, key);
    enum custom_scope scope = field && str_eq(record_text(field, "scope"), "room") ? CUSTOM_ROOM : CUSTOM_VISITOR;
    const struct room *r = scope == CUSTOM_ROOM ? LIST_FIRST(&v->rooms) : NULL;
    *stored = false;
    *result = (struct result){0};
    enum custom_verdict verdict = custom_check(c, scope, key, value);
    if (verdict == CUSTOM_UNKNOWN)
        return error_named(&result->error, ERR_NOT_FOUND, "invalid-custom-field", "%s", "");
    if (verdict == CUSTOM_BAD)
        return error_named(&result->error, ERR_INVALID, NULL, "Invalid value for %.100s field", key);
    if (scope == CUSTOM_ROOM && r == NULL)
        return ERR_OK;
    *stored = true;
    json_t *all = object_of(r ? r->livechat_data : v->livechat_data);
    if (!overwrite && json_object_get(all, key)) {
        json_decref(all);
        return ERR_OK;
    }
    put(all, key, value);
    AUTO_FREE char *text = text_of(all);
    return r ? set_room(s, r, text, result) : set_visitor(s, v, text ? text : "{}", result);
}

/* --- users --- */

/* What the setting describes: {name: {type, required, minLength, maxLength, options, sendToIntegrations …}}. NULL when
   it is empty. */
static json_t *user_fields(const struct core *c, struct error *e)
{
    const char *text = setting_text(c, "Accounts_CustomFields", "");
    if (text[strspn(text, " \t\r\n")] == '\0')
        return NULL;
    json_t *fields = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(fields))
        return fields;
    json_decref(fields);
    error_named(e, ERR_INVALID, "error-invalid-customfield-json", "Invalid JSON for Custom Fields");
    return NULL;
}

static int bad_field(struct error *e, const char *name, const char *what)
{
    return error_named(e, ERR_INVALID, "error-user-registration-custom-field", "Field %.100s %s", name, what);
}

static int check_length(const char *name, const json_t *field, const char *value, struct error *e)
{
    json_int_t least = json_integer_value(json_object_get(field, "minLength"));
    json_int_t most = json_integer_value(json_object_get(field, "maxLength"));
    json_int_t n = (json_int_t)utf8_utf16_len(value, strlen(value));
    char what[64];
    if (most > 0 && n > most)
        snprintf(what, sizeof what, "must have at most %lld characters", (long long)most);
    else if (least > 0 && n > 0 && n < least)
        snprintf(what, sizeof what, "must have at least %lld characters", (long long)least);
    else
        return strlen(value) <= VALUE_MAX ? ERR_OK : bad_field(e, name, "is too long");
    return bad_field(e, name, what);
}

static bool is_option(const json_t *options, const char *value)
{
    for (size_t i = 0; i < json_array_size(options); i++)
        if (str_eq(json_string_value(json_array_get(options, i)), value))
            return true;
    return false;
}

static int check_user_field(const char *name, const json_t *field, const json_t *v, struct error *e)
{
    const char *value = json_is_string(v) ? json_string_value(v) : "";
    bool selects = str_eq(json_string_value(json_object_get(field, "type")), "select");
    if (v && !json_is_string(v) && !json_is_null(v))
        return bad_field(e, name, "must be a text");
    if (*value == '\0')
        return json_is_true(json_object_get(field, "required")) ? bad_field(e, name, "is required") : ERR_OK;
    if (selects && !is_option(json_object_get(field, "options"), value))
        return bad_field(e, name, "has none of the allowed values");
    return check_length(name, field, value, e);
}

int custom_user(const struct core *c, const char *old, const json_t *data, char **out, struct error *e)
{
    *out = NULL;
    e->code = ERR_OK;
    json_t *fields = user_fields(c, e), *field;
    if (data == NULL || fields == NULL) {
        json_decref(fields);
        return data ? e->code : ERR_OK;
    }
    json_t *all = object_of(old);
    const char *name;
    int rc = ERR_OK;
    json_object_foreach(fields, name, field) {
        json_t *v = json_object_get(data, name);
        rc = rc == ERR_OK ? check_user_field(name, field, v ? v : json_object_get(all, name), e) : rc;
        if (v)
            put(all, name, json_is_string(v) ? json_string_value(v) : "");
    }
    json_decref(fields);
    if (rc == ERR_OK)
        *out = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    return rc;
}

json_t *custom_user_public(const struct core *c, const char *text)
{
    struct error e;
    json_t *fields = text ? user_fields(c, &e) : NULL, *field, *shown = json_object();
    json_t *all = object_of(text);
    const char *name;
    json_object_foreach(fields, name, field) {
        json_t *v = json_object_get(all, name);
        if (v && json_is_true(json_object_get(field, "sendToIntegrations")))
            json_object_set(shown, name, v);
    }
    json_decref(fields);
    json_decref(all);
    if (json_object_size(shown) > 0)
        return shown;
    json_decref(shown);
    return NULL;
}
