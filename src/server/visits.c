#include "server/visits.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/mem.h"
#include "server/setting.h"

#define TOKENS_MAX 5000
#define PAGES_MAX 20
#define KEEP_MS 2592000000

struct trail {
    char *token;
    json_t *pages;
    int64_t last_ms;
    UT_hash_handle hh;
};

struct visits {
    struct trail *trails;          /* oldest first */
};

struct visits *visits_new(void)
{
    return x_calloc(1, sizeof(struct visits));
}

static void drop(struct visits *v, struct trail *t)
{
    HASH_DEL(v->trails, t);
    json_decref(t->pages);
    free(t->token);
    free(t);
}

void visits_free(struct visits **v)
{
    if (*v == NULL)
        return;
    while ((*v)->trails)
        drop(*v, (*v)->trails);
    free(*v);
    *v = NULL;
}

static struct trail *find(struct visits *v, const char *token)
{
    struct trail *t;
    HASH_FIND_STR(v->trails, token, t);
    return t;
}

void visits_keep(struct server *s, const char *token, const json_t *page)
{
    struct visits *v = s->visits;
    struct trail *t = find(v, token);
    int64_t now = server_now(s);
    if (t == NULL) {
        while (v->trails && (HASH_COUNT(v->trails) >= TOKENS_MAX || now - v->trails->last_ms > KEEP_MS))
            drop(v, v->trails);
        t = x_calloc(1, sizeof *t);
        t->token = x_strdup(token);
        t->pages = json_array();
        HASH_ADD_KEYPTR(hh, v->trails, t->token, strlen(t->token), t);
    }
    t->last_ms = now;
    if (json_array_size(t->pages) >= PAGES_MAX)
        json_array_remove(t->pages, 0);
    json_array_append_new(t->pages, json_deep_copy(page));
}

char *visits_text(const json_t *page)
{
    const char *title = json_string_value(json_object_get(page, "title"));
    const char *href = json_string_value(json_object_get(json_object_get(page, "location"), "href"));
    return x_asprintf("%s - %s", title ? title : "", href ? href : "");
}

int visits_post(struct server *s, const char *rid, const char *token, const json_t *page)
{
    struct result result;
    AUTO_FREE char *text = visits_text(page);
    json_t *extra = json_pack("{s:{s:O,s:s}}", "navigation", "page", page, "token", token);
    AUTO_FREE char *extra_text = extra ? json_dumps(extra, JSON_COMPACT) : NULL;
    json_decref(extra);
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, core_user(s->core, "rocket.cat"));
    cmd.message.rid = rid;
    cmd.message.text = text;
    cmd.message.type = "livechat_navigation_history";
    cmd.message.extra = extra_text;
    cmd.message.hidden = !setting_bool(s->core, "Livechat_Visitor_navigation_as_a_message", false);
    return server_step(s, &cmd, &result);
}

void visits_move(struct server *s, const char *token, const char *rid)
{
    struct trail *t = find(s->visits, token);
    size_t i;
    json_t *page;
    if (t == NULL)
        return;
    json_array_foreach(t->pages, i, page)
        visits_post(s, rid, token, page);
    drop(s->visits, t);
}

void visits_put(struct server *s, const char *token, struct jsonw *w)
{
    const struct trail *t = find(s->visits, token);
    size_t i;
    json_t *page;
    json_array_foreach(t ? t->pages : NULL, i, page) {
        char *text = json_dumps(page, JSON_COMPACT);
        jsonw_object(w, NULL);
        jsonw_object(w, "navigation");
        jsonw_raw(w, "page", text, strlen(text));
        jsonw_end_object(w);
        jsonw_end_object(w);
        free(text);
    }
}

void visits_forget(struct server *s, const char *token)
{
    struct trail *t = find(s->visits, token);
    if (t)
        drop(s->visits, t);
}
