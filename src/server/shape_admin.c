#include "server/shape.h"

#include <string.h>

#include "common/mem.h"
#include "core/consequence.h"

void shape_setting_value(struct jsonw *w, const char *key, const struct setting_value *v)
{
    if (v->type == SETTING_BOOL)
        jsonw_bool(w, key, v->b);
    else if (v->type == SETTING_INT)
        jsonw_int(w, key, v->i);
    else
        jsonw_str(w, key, v->s ? v->s : "");
}

static void put_value(struct jsonw *w, const struct core *c, setting_no no)
{
    if (catalogue_row(no)->is_secret)
        jsonw_str(w, "value", "");
    else
        shape_setting_value(w, "value", core_setting(c, no));
}

void shape_setting_brief(struct jsonw *w, const char *key, const struct core *c, setting_no no)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", catalogue_row(no)->id);
    put_value(w, c, no);
    jsonw_end_object(w);
}

void shape_setting_public(struct jsonw *w, const char *key, const struct core *c, setting_no no)
{
    if (catalogue_row(no)->is_secret) {
        shape_setting_brief(w, key, c, no);
        return;
    }
    jsonw_object(w, key);
    jsonw_str(w, "_id", catalogue_row(no)->id);
    shape_setting_value(w, "value", core_setting_in_force(c, no));
    jsonw_end_object(w);
}

static const char *type_name(enum setting_type type)
{
    static const char *const names[] = {
        [SETTING_BOOL] = "boolean", [SETTING_INT] = "int",       [SETTING_TEXT] = "string",     [SETTING_MULTILINE] = "string",
        [SETTING_COLOR] = "color",  [SETTING_SELECT] = "select", [SETTING_SECRET] = "password", [SETTING_ACTION] = "action",
    };
    return names[type];
}

static void put_choices(struct jsonw *w, const struct setting_choice *choice)
{
    jsonw_array(w, "values");
    for (; choice->key; choice++) {
        jsonw_object(w, NULL);
        jsonw_str(w, "key", choice->key);
        jsonw_str(w, "i18nLabel", choice->label);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void shape_setting(struct jsonw *w, const char *key, const struct core *c, setting_no no)
{
    const struct setting_row *row = catalogue_row(no);
    struct setting_value standard;
    const struct setting_state *state = core_setting_state(c, no);
    bool set = state->source != SETTING_SOURCE_DEFAULT;
    setting_value_default(no, &standard);
    jsonw_object(w, key);
    jsonw_str(w, "_id", row->id);
    put_value(w, c, no);
    jsonw_str(w, "type", type_name(row->type));
    if (row->type == SETTING_MULTILINE)
        jsonw_bool(w, "multiline", true);
    if (row->type == SETTING_COLOR)
        jsonw_str(w, "editor", "color");
    jsonw_str(w, "group", "Omnichannel");
    jsonw_str(w, "section", row->section);
    jsonw_bool(w, "public", row->is_public);
    if (!row->is_secret)
        shape_setting_value(w, "packageValue", &standard);
    jsonw_str(w, "valueSource", set ? "customValue" : "packageValue");
    jsonw_str(w, "i18nLabel", row->label);
    jsonw_str(w, "i18nDescription", row->help);
    jsonw_bool(w, "hidden", row->is_hidden);
    jsonw_bool(w, "blocked", false);
    jsonw_bool(w, "secret", row->is_secret);
    jsonw_int(w, "sorter", no);
    if (row->choices)
        put_choices(w, row->choices);
    jsonw_date(w, "ts", state->ms);
    jsonw_date(w, "_updatedAt", state->ms);
    jsonw_end_object(w);
    setting_value_free(&standard);
}

void shape_consequences(struct jsonw *w, const struct consequence *all, size_t n)
{
    jsonw_array(w, "consequences");
    for (size_t i = 0; i < n; i++) {
        jsonw_object(w, NULL);
        jsonw_str(w, "_id", catalogue_row(all[i].no)->id);
        jsonw_str(w, "text", all[i].text);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void shape_permission(struct jsonw *w, const char *key, const struct core *c, int right)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", right_rows[right].id);
    shape_roles(w, "roles", core_right_roles(c, right));
    jsonw_end_object(w);
}

void shape_role(struct jsonw *w, const char *key, const struct role_row *role)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", role->id);
    jsonw_str(w, "name", role->id);
    jsonw_str(w, "description", role->description);
    jsonw_str(w, "scope", role->scope);
    jsonw_bool(w, "protected", true);
    jsonw_bool(w, "mandatory2fa", false);
    jsonw_end_object(w);
}

void shape_canned(struct jsonw *w, const char *key, const struct canned *k)
{
    jsonw_object(w, key);
    jsonw_str(w, "_id", k->id);
    jsonw_str(w, "shortcut", k->shortcut);
    jsonw_str(w, "text", k->text);
    jsonw_str(w, "scope", canned_scope_name(k->scope));
    jsonw_array(w, "tags");
    for (int i = 0; i < k->tag_count; i++)
        jsonw_str(w, NULL, k->tags[i]);
    jsonw_end_array(w);
    jsonw_str(w, "userId", k->user_id);
    jsonw_str(w, "departmentId", k->department_id);
    if (k->creator_id)
        shape_user_ref(w, "createdBy", k->creator_id, k->creator_username, NULL);
    jsonw_date(w, "_createdAt", k->created_ms);
    jsonw_date(w, "_updatedAt", k->updated_ms);
    jsonw_end_object(w);
}
