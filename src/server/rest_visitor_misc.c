/* What is left of the visitor's calls: pages, agents (rest 4.2, 4.4). */
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"
#include "server/desk.h"
#include "server/families.h"
#include "server/party.h"
#include "server/shape.h"
#include "server/visits.h"

/* --- page.visited --- */

static const struct schema location_schema = {
    .kind = SCHEMA_STRICT, .params = PARAMS({.name = "href", .type = PARAM_STRING, .flags = PARAM_REQUIRED})};
static const struct schema page_inner = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "change", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "title", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "location", .type = PARAM_OBJECT, .flags = PARAM_REQUIRED, .object = &location_schema})};
static const struct schema page_schema = {
    .kind = SCHEMA_STRICT,
    .params = PARAMS({.name = "token", .type = PARAM_STRING, .flags = PARAM_REQUIRED},
                     {.name = "rid", .type = PARAM_STRING, .flags = PARAM_NULLABLE},
                     {.name = "pageInfo", .type = PARAM_OBJECT, .flags = PARAM_REQUIRED, .object = &page_inner})};

static void run_page(struct api *a)
{
    struct server *s = a->server;
    struct result result;
    AUTO_FREE char *text = NULL;
    const char *token = api_str(a, "token");
    const json_t *page = api_obj(a, "pageInfo");
    if (visits_add(s, token, api_str_nonempty(a, "rid"), page, &text, &result) != ERR_OK) {
        api_fail_core(a, &result.error);
        return;
    }
    if (text == NULL) {
        api_ok_empty(a);
        return;
    }
    struct jsonw *w = api_ok(a);
    jsonw_object(w, "page");
    jsonw_str(w, "msg", text);
    jsonw_object(w, "navigation");
    jsonw_json(w, "page", page);
    jsonw_str(w, "token", token);
    jsonw_end_object(w);
    jsonw_end_object(w);
    api_ok_end(a);
}

/* --- agents for visitors --- */

static void answer_agent(struct api *a, const struct party *p)
{
    const struct core *c = a->server->core;
    const struct user *u = p->room ? p->room->served_by : core_user(c, p->stored->served_by_id);
    if (u == NULL) {
        api_fail_plain(a, "invalid-agent");
        return;
    }
    shape_agent_info(api_ok(a), "agent", c, u);
    api_ok_end(a);
}

static void run_agent_info(struct api *a)
{
    party_find(a, api_arg(a, "token"), api_arg(a, "rid"), PARTY_PLAIN, answer_agent);
}

static const struct schema next_schema = {
    .kind = SCHEMA_STRICT, .params = PARAMS({.name = "department", .type = PARAM_STRING})};

static void run_agent_next(struct api *a)
{
    struct core *c = a->server->core;
    const struct visitor *v = core_visitor_by_token(c, api_arg(a, "token"));
    if (v && !LIST_EMPTY(&v->rooms)) {
        api_ok_empty(a);
        return;
    }
    const struct department *d = core_department_by_name(c, api_str_nonempty(a, "department"));
    if (ask_before(a, d ? d->id : NULL, NULL))
        return;
    const struct user *u = desk_next_agent(a->server, api_str_nonempty(a, "department"), a->answers);
    if (u == NULL) {
        api_fail_plain(a, "agent-not-found");
        return;
    }
    shape_agent_info(api_ok(a), "agent", c, u);
    api_ok_end(a);
}

const struct endpoint visitor_misc_endpoints[] = {
    {VERB_POST, "livechat/page.visited", AUTH_NONE, NULL, NULL, &page_schema, LIMIT_CHAT, run_page},
    {VERB_GET, "livechat/agent.info/:rid/:token", AUTH_NONE, NULL, NULL, NULL, LIMIT_CHAT, run_agent_info},
    {VERB_GET, "livechat/agent.next/:token", AUTH_NONE, NULL, NULL, &next_schema, LIMIT_CHAT, run_agent_next},
    ENDPOINTS_END,
};
