/* Why a chat went where it went, why an agent gets none: sentences of the server as lines (usher's own servers only). */
#include <stdlib.h>
#include <string.h>

#include "client/internal.h"
#include "client/js.h"
#include "common/mem.h"

#define CANDIDATES_SHOWN 50

struct why_ask {
    bool about_agent;
    client_why_done done;
    void *arg;
};

struct lines {
    struct client_why_line *items;
    size_t n;
};

static struct client_why_line *add(struct lines *l, char *text_take)
{
    l->items = x_reallocarray(l->items, l->n + 1, sizeof *l->items);
    l->items[l->n] = (struct client_why_line){.text = text_take};
    return &l->items[l->n++];
}

/* Of what the server sent; "" when it is no text. */
static char *text_of(const json_t *one)
{
    const char *text = js_str(one, "text");
    return x_strdup(text ? text : "");
}

static void lines_free(struct lines *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i].text);
    free(l->items);
}

static void add_candidate(struct lines *l, const json_t *one)
{
    const char *rule = js_str(one, "excludedBy");
    long long place = (long long)js_int(one, "place", 0), load = (long long)js_int(one, "load", 0);
    long long limit = (long long)js_int(one, "limit", 0);
    AUTO_FREE char *rank = place > 0 ? x_asprintf("%lld. ", place) : x_strdup("-  ");
    AUTO_FREE char *chats = limit > 0 ? x_asprintf("%lld of %lld", load, limit) : x_asprintf("%lld", load);
    const char *name = js_str(one, "username");
    add(l, x_asprintf("%s%s: %s chats%s%s", rank, name ? name : "", chats, rule ? ", " : "", rule ? rule : ""))->is_detail = true;
}

static void read_room(struct lines *l, const json_t *result)
{
    const json_t *steps = js_list(result, "steps"), *now = js_obj(result, "now"), *agents = js_list(now, "agents");
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *one = json_array_get(steps, i);
        add(l, text_of(one))->ts_ms = js_date(one, "ts");
    }
    if (js_str(now, "text"))
        add(l, text_of(now))->is_now = true;
    for (size_t i = 0; js_str(now, "text") && i < json_array_size(agents) && i < CANDIDATES_SHOWN; i++)
        add_candidate(l, json_array_get(agents, i));
}

static void read_agent(struct lines *l, const json_t *result)
{
    const json_t *rules = js_list(result, "rules"), *queues = js_list(result, "queues");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *one = json_array_get(rules, i);
        add(l, text_of(one))->stops = js_bool(one, "stops");
    }
    for (size_t i = 0; i < json_array_size(queues); i++) {
        const json_t *one = json_array_get(queues, i);
        const char *name = js_str(js_obj(one, "department"), "name"), *text = js_str(one, "text");
        add(l, x_asprintf("%s: %s", name ? name : "Chats without department", text ? text : ""));
    }
}

static void why_answered(struct client *c, void *arg, const json_t *result, const struct error *err)
{
    struct why_ask *ask = arg;
    struct lines lines = {0};
    (void)c;
    if (err == NULL && ask->about_agent)
        read_agent(&lines, result);
    else if (err == NULL)
        read_room(&lines, result);
    ask->done(ask->arg, lines.items, lines.n, err);
    lines_free(&lines);
    free(ask);
}

static void why_send(struct client *c, const char *list, const char *id, const char *tail, struct why_ask one)
{
    struct why_ask *ask = x_calloc(1, sizeof *ask);
    struct error err = {0};
    *ask = one;
    if (client_needs_usher(c, &err) != ERR_OK) {
        why_answered(c, ask, NULL, &err);
        return;
    }
    AUTO_FREE char *part = rest_escape(id);
    call_send(c, rung_rest("GET", NULL, "/usher/v1/%s/%s/why%s", list, part, tail), why_answered, ask);
}

void client_why_room(struct client *c, const char *rid, client_why_done done, void *arg)
{
    why_send(c, "rooms", rid, "?all=1", (struct why_ask){false, done, arg});
}

void client_why_agent(struct client *c, const char *username, client_why_done done, void *arg)
{
    why_send(c, "agents", username, "", (struct why_ask){true, done, arg});
}
