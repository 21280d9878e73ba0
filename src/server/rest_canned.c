/* Canned responses (rest 11.3). */
#include <string.h>

#include "common/mem.h"
#include "server/canned_form.h"
#include "server/families.h"
#include "server/list.h"
#include "server/rows.h"
#include "server/shape.h"

static struct list_key canned_key(const void *item, const char *key)
{
    const struct canned *k = item;
    if (strcmp(key, "scope") == 0)
        return (struct list_key){canned_scope_name(k->scope), 0};
    if (strcmp(key, "_createdAt") == 0)
        return (struct list_key){NULL, k->created_ms};
    if (strcmp(key, "createdBy") == 0)
        return (struct list_key){k->creator_username, 0};
    return (struct list_key){k->shortcut, 0};
}

static void put_canned(struct api *a, const void *item)
{
    shape_canned(&a->w, NULL, item);
}

static void canned_get_all(struct api *a)
{
    const struct core *c = a->server->core;
    jsonw_array(api_ok(a), "responses");
    for (const struct canned *k = NULL; (k = core_next_canned(c, k)) != NULL;)
        if (core_sees_canned(c, a->user, k))
            shape_canned(&a->w, NULL, k);
    jsonw_end_array(&a->w);
    api_ok_end(a);
}

static bool has_tag(const struct canned *k, const json_t *tags)
{
    if (json_array_size(tags) == 0)
        return true;
    for (size_t i = 0; i < json_array_size(tags); i++)
        for (int t = 0; t < k->tag_count; t++)
            if (str_eq(k->tags[t], json_string_value(json_array_get(tags, i))))
                return true;
    return false;
}

static bool is_asked(const struct api *a, const struct canned *k)
{
    const char *shortcut = api_str_nonempty(a, "shortcut"), *text = api_str(a, "text");
    const char *scope = api_str_nonempty(a, "scope"), *department = api_str_nonempty(a, "departmentId");
    const char *creator = api_str_nonempty(a, "createdBy");
    return (!shortcut || strcmp(k->shortcut, shortcut) == 0) && (text_has(k->shortcut, text) || text_has(k->text, text)) &&
           (!scope || strcmp(canned_scope_name(k->scope), scope) == 0) &&
           (!department || str_eq(k->department_id, department)) && (!creator || str_eq(k->creator_id, creator)) &&
           has_tag(k, api_list(a, "tags"));
}

static void canned_list(struct api *a)
{
    const struct core *c = a->server->core;
    struct paging p;
    struct list l = LIST_NEW;
    if (!api_paging(a, &p))
        return;
    for (const struct canned *k = NULL; (k = core_next_canned(c, k)) != NULL;)
        if (core_sees_canned(c, a->user, k) && is_asked(a, k))
            list_add(&l, k);
    list_sort(&l, &p, "shortcut", true, canned_key);
    list_reply(a, "cannedResponses", &l, &p, put_canned);
}

static void canned_get(struct api *a)
{
    const struct core *c = a->server->core;
    const struct canned *k = core_canned(c, api_arg(a, "_id"));
    if (k == NULL || !core_sees_canned(c, a->user, k)) {
        api_not_found(a, NULL);
        return;
    }
    shape_canned(api_ok(a), "cannedResponse", k);
    api_ok_end(a);
}

static void canned_post(struct api *a)
{
    struct result result;
    if (canned_form_save(a->server, a->user, api_str_nonempty(a, "_id"), a->params, &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static void canned_delete(struct api *a)
{
    struct result result;
    if (canned_form_remove(a->server, a->user, api_str(a, "_id"), &result) != ERR_OK)
        api_fail_core(a, &result.error);
    else
        api_ok_empty(a);
}

static const struct schema list_schema =
    SCHEMA(STRICT, KEYS, OPT("shortcut", STRING), OPT("text", STRING), OPT("scope", STRING), OPT_LIST("tags", STRING),
           OPT("departmentId", STRING), OPT("createdBy", STRING));
static const struct schema post_schema =
    SCHEMA(STRICT, NONE, REQ("shortcut", STRING), REQ("text", STRING), REQ("scope", STRING), OPT_LIST("tags", STRING),
           OPT("departmentId", STRING), OPT("_id", STRING));
static const struct schema delete_schema = SCHEMA(STRICT, NONE, REQ("_id", STRING));

#define VIEWERS .auth = AUTH_LOGIN, .all_of = RIGHTS("view-canned-responses")

const struct endpoint canned_endpoints[] = {
    {.verb = VERB_GET, .path = "canned-responses.get", VIEWERS, .run = canned_get_all},
    {.verb = VERB_GET, .path = "canned-responses", VIEWERS, .schema = &list_schema, .run = canned_list},
    {.verb = VERB_GET, .path = "canned-responses/:_id", VIEWERS, .run = canned_get},
    {.verb = VERB_POST, .path = "canned-responses", .auth = AUTH_LOGIN, .all_of = RIGHTS("save-canned-responses"),
     .schema = &post_schema, .run = canned_post},
    {.verb = VERB_DELETE, .path = "canned-responses", .auth = AUTH_LOGIN, .all_of = RIGHTS("remove-canned-responses"),
     .schema = &delete_schema, .run = canned_delete},
    ENDPOINTS_END,
};
