#include "server/routes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/mem.h"
#include "server/families.h"

static const struct endpoint *const families[] = {
    login_endpoints,
    clock_endpoints,
    method_endpoints,
    config_endpoints,
    visitor_endpoints,
    visitor_room_endpoints,
    visitor_message_endpoints,
    visitor_misc_endpoints,
    upload_endpoints,
    order_endpoints,
    offline_endpoints,
    transcript_endpoints,
    users_endpoints,
    roles_endpoints,
    settings_endpoints,
    chat_endpoints,
    rooms_endpoints,
    livechat_rooms_endpoints,
    inquiries_endpoints,
    visitors_endpoints,
    person_endpoints,
    hours_endpoints,
    departments_endpoints,
    agents_endpoints,
    canned_endpoints,
    admin_endpoints,
    webhooks_endpoints,
    usher_endpoints,
    why_endpoints,
    desk_endpoints,
    usher_settings_endpoints,
    records_endpoints,
    channels_endpoints,
    workspace_endpoints,
    dashboards_endpoints,
    analytics_endpoints,
    frame_endpoints,
    inbox_endpoints,
    calls_endpoints,
    incoming_endpoints,
    direct_endpoints,
};

static const struct method *const method_families[] = {
    session_methods,
    visitor_methods,
    notify_methods,
    settings_methods,
    room_methods,
    direct_methods,
    message_methods,
    desk_methods,
    offline_methods,
    webhooks_methods,
    transcript_methods,
    admin_methods,
    record_methods,
    analytics_methods,
};

/* One part of a path. */
struct node {
    char *part;
    struct node *children;         /* hash by part */
    struct node *any;              /* ":name" */
    struct node *rest;             /* ":name*" */
    const struct endpoint *by_verb[VERB_COUNT];
    UT_hash_handle hh;
};

struct method_entry {
    const struct method *method;
    UT_hash_handle hh;
};

struct routes {
    struct node root;
    struct method_entry *methods;
};

static struct node *child(struct node *parent, const char *part, size_t len)
{
    if (part[0] == ':') {
        struct node **slot = part[len - 1] == '*' ? &parent->rest : &parent->any;
        if (*slot == NULL)
            *slot = x_calloc(1, sizeof **slot);
        return *slot;
    }
    struct node *found;
    HASH_FIND(hh, parent->children, part, len, found);
    if (found)
        return found;
    found = x_calloc(1, sizeof *found);
    found->part = x_strndup(part, len);
    HASH_ADD_KEYPTR(hh, parent->children, found->part, len, found);
    return found;
}

static struct node *walk(struct node *node, const char *path)
{
    while (*path) {
        size_t len = strcspn(path, "/");
        if (len > 0)
            node = child(node, path, len);
        path += len + (path[len] == '/');
    }
    return node;
}

static void add(struct routes *r, const struct endpoint *e)
{
    struct node *node = e->path[0] == '/' ? walk(&r->root, e->path) : walk(walk(&r->root, "api/v1"), e->path);
    assert(node->by_verb[e->verb] == NULL);
    node->by_verb[e->verb] = e;
}

static void add_method(struct routes *r, const struct method *m)
{
    assert(routes_method(r, m->name) == NULL);
    struct method_entry *entry = x_calloc(1, sizeof *entry);
    entry->method = m;
    HASH_ADD_KEYPTR(hh, r->methods, m->name, strlen(m->name), entry);
}

struct routes *routes_new(void)
{
    struct routes *r = x_calloc(1, sizeof *r);
    for (size_t i = 0; i < COUNT_OF(families); i++)
        for (const struct endpoint *e = families[i]; e->path; e++)
            add(r, e);
    for (size_t i = 0; i < COUNT_OF(method_families); i++)
        for (const struct method *m = method_families[i]; m->name; m++)
            add_method(r, m);
    return r;
}

static void node_free(struct node *node)
{
    struct node *one, *next;
    HASH_ITER(hh, node->children, one, next) {
        HASH_DEL(node->children, one);
        node_free(one);
        free(one);
    }
    struct node *special[] = {node->any, node->rest};
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        if (special[i])
            node_free(special[i]);
        free(special[i]);
    }
    free(node->part);
}

void routes_free(struct routes **r)
{
    if (*r == NULL)
        return;
    node_free(&(*r)->root);
    struct method_entry *one, *next;
    HASH_ITER(hh, (*r)->methods, one, next) {
        HASH_DEL((*r)->methods, one);
        free(one);
    }
    free(*r);
    *r = NULL;
}

const struct method *routes_method(const struct routes *r, const char *name)
{
    struct method_entry *entry;
    HASH_FIND(hh, r->methods, name, strlen(name), entry);
    return entry ? entry->method : NULL;
}

static bool is_leaf(const struct node *node)
{
    for (int i = 0; i < VERB_COUNT; i++)
        if (node->by_verb[i])
            return true;
    return false;
}

/* Literal parts win over ":name", that over ":name*"; goes back when a branch ends in nothing. */
static const struct node *find(const struct node *node, const char *path, struct route_match *out)
{
    while (*path == '/')
        path++;
    if (*path == '\0')
        return is_leaf(node) ? node : NULL;
    size_t len = strcspn(path, "/");
    struct node *literal;
    HASH_FIND(hh, node->children, path, len, literal);
    const struct node *found = literal ? find(literal, path + len, out) : NULL;
    size_t mark = out->arg_count;
    if (found || mark == API_ARGS_MAX)
        return found;
    out->args[mark].value = path;
    if (node->any) {
        out->args[mark].len = len;
        out->arg_count = mark + 1;
        found = find(node->any, path + len, out);
    }
    if (found == NULL && node->rest) {
        out->args[mark].len = strlen(path);
        out->arg_count = mark + 1;
        found = node->rest;
    }
    if (found == NULL)
        out->arg_count = mark;
    return found;
}

bool routes_find(const struct routes *r, const char *path, struct route_match *out)
{
    memset(out, 0, sizeof *out);
    const struct node *node = find(&r->root, path, out);
    if (node)
        memcpy(out->by_verb, node->by_verb, sizeof out->by_verb);
    return node != NULL;
}
