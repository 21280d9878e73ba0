#include "server/visits.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/mem.h"
#include "common/utf8.h"
#include "server/setting.h"
#include "store/store.h"

#define KEEP_MS 2592000000
#define TOKEN_MAX 256
#define TEXT_MAX 65536             /* also when Message_MaxAllowedSize sets no limit */

/* Not committed yet: a page, or that all before it are gone, or that those of another token came to this one. */
struct recent {
    char *token;
    struct visited_page page;      /* text NULL: none */
    uint64_t seq;
    char *from;                    /* the other token, or NULL */
    uint64_t from_gone;            /* what it had up to here was gone before */
    TAILQ_ENTRY(recent) entry;
};

TAILQ_HEAD(recent_list, recent);

struct visits {
    struct recent_list recent;     /* oldest first */
};

struct visits *visits_new(void)
{
    struct visits *v = x_calloc(1, sizeof *v);
    TAILQ_INIT(&v->recent);
    return v;
}

static void forget_until(struct visits *v, uint64_t seq)
{
    struct recent *one;
    while ((one = TAILQ_FIRST(&v->recent)) != NULL && one->seq <= seq) {
        TAILQ_REMOVE(&v->recent, one, entry);
        free(one->token);
        free(one->from);
        free(one->page.text);
        free(one->page.extra);
        free(one);
    }
}

void visits_free(struct visits **v)
{
    if (*v)
        forget_until(*v, UINT64_MAX);
    free(*v);
    *v = NULL;
}

void visits_committed(struct server *s, uint64_t seq)
{
    forget_until(s->visits, seq);
}

static struct recent *remember(struct visits *v, const char *token, uint64_t seq)
{
    struct recent *one = x_calloc(1, sizeof *one);
    one->token = x_strdup(token);
    one->seq = seq;
    TAILQ_INSERT_TAIL(&v->recent, one, entry);
    return one;
}

/* --- one page --- */

static struct visited_page page_new(const char *token, const json_t *page, int64_t now)
{
    const char *change = json_string_value(json_object_get(page, "change"));
    const char *title = json_string_value(json_object_get(page, "title"));
    const char *href = json_string_value(json_object_get(json_object_get(page, "location"), "href"));
    json_t *extra = json_pack("{s:{s:{s:s*,s:s,s:{s:s}},s:s}}", "navigation", "page", "change", change, "title",
                              title ? title : "", "location", "href", href ? href : "", "token", token);
    struct visited_page p = {.text = x_asprintf("%s - %s", title ? title : "", href ? href : ""), .ts_ms = now};
    char *text = extra ? json_dumps(extra, JSON_COMPACT) : NULL;
    p.extra = x_strdup(text ? text : "{}");
    free(text);
    json_decref(extra);
    return p;
}

static int post(struct server *s, const char *rid, const struct visited_page *p, struct result *result)
{
    struct command cmd = server_command(COMMAND_MESSAGE_SEND, core_user(s->core, "rocket.cat"));
    cmd.message.rid = rid;
    cmd.message.text = p->text;
    cmd.message.type = "livechat_navigation_history";
    cmd.message.extra = p->extra;
    cmd.message.hidden = !setting_bool(s->core, "Livechat_Visitor_navigation_as_a_message", false);
    return server_step(s, &cmd, result);
}

/* As long as a message may be: it will become one. */
static int keep(struct server *s, const char *token, const struct visited_page *p, struct result *result)
{
    int64_t most = setting_int(s->core, "Message_MaxAllowedSize", 5000);
    size_t len = strlen(p->text);
    if (len > TEXT_MAX || (most > 0 && utf8_utf16_len(p->text, len) > (size_t)most)) {
        error_set(&result->error, ERR_TOO_LARGE, "pageInfo", "Message size exceeds Message_MaxAllowedSize");
        result->error.name = "error-message-size-exceeded";
        return ERR_TOO_LARGE;
    }
    struct recent *one = remember(s->visits, token, store_put_visit(s->store, token, p, p->ts_ms + KEEP_MS));
    one->page = (struct visited_page){x_strdup(p->text), x_strdup(p->extra), p->ts_ms};
    return ERR_OK;
}

int visits_add(struct server *s, const char *token, const char *rid, const json_t *page, char **text,
               struct result *result)
{
    const char *change = json_string_value(json_object_get(page, "change"));
    const struct room *r = core_room(s->core, rid);
    *text = NULL;
    if (!str_eq(change, setting_text(s->core, "Livechat_history_monitor_type", "url")) || strlen(token) > TOKEN_MAX)
        return ERR_OK;
    if (rid && (r == NULL || !str_eq(r->visitor->token, token)))
        return ERR_OK;
    struct visited_page p = page_new(token, page, server_now(s));
    int rc = rid ? post(s, rid, &p, result) : keep(s, token, &p, result);
    if (rc == ERR_OK)
        *text = x_strdup(p.text);
    free(p.text);
    free(p.extra);
    return rc;
}

/* --- all of a token --- */

static void take(struct visit_list *l, struct visited_page page)
{
    if (l->n == VISITS_MAX) {
        free(l->pages[0].text);
        free(l->pages[0].extra);
        memmove(l->pages, l->pages + 1, --l->n * sizeof *l->pages);
    }
    l->pages[l->n++] = page;
}

/* Number of the last recent removal; older pages are gone even if the store still has them. */
static uint64_t gone_until(const struct visits *v, const char *token)
{
    const struct recent *one;
    uint64_t seq = 0;
    TAILQ_FOREACH(one, &v->recent, entry)
        if (one->page.text == NULL && one->from == NULL && strcmp(one->token, token) == 0)
            seq = one->seq;
    return seq;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Those on disk under that token. The number of the last one. */
static uint64_t gather_stored(struct server *s, const char *token, uint64_t gone, struct visit_list *l)
{
    struct store_visit stored[VISITS_MAX];
    uint64_t newest = 0;
    size_t n = read_visits(store_loop_reader(s->store), token, server_now(s), stored);
    for (size_t i = 0; i < n; i++) {
        newest = (uint64_t)stored[i].seq;
        if (newest > gone)
            take(l, stored[i].page);
        else
            store_visit_free(&stored[i]);
    }
    return newest;
}

static void gather(struct server *s, const char *token, struct visit_list *l)
{
    const struct recent *one;
    uint64_t gone = gone_until(s->visits, token), newest = 0;
    TAILQ_FOREACH(one, &s->visits->recent, entry)
        if (one->from && one->seq > gone && strcmp(one->token, token) == 0)
            newest = later(newest, gather_stored(s, one->from, one->from_gone, l));
    newest = later(newest, gather_stored(s, token, gone, l));
    TAILQ_FOREACH(one, &s->visits->recent, entry) {
        const struct visited_page *p = &one->page;
        if (p->text && one->seq > newest && one->seq > gone && strcmp(one->token, token) == 0)
            take(l, (struct visited_page){x_strdup(p->text), x_strdup(p->extra), p->ts_ms});
    }
}

void visits_bring(struct server *s, struct command *cmd, struct visit_list *l)
{
    const struct visitor *record = cmd->room_start.record;
    const struct visitor *v = record ? core_visitor(s->core, record->id) : NULL;
    *l = (struct visit_list){0};
    if (record == NULL || cmd->room_start.rid || (v && !LIST_EMPTY(&v->rooms)))
        return; /* he has a room: there will be no new one */
    l->pages = x_calloc(VISITS_MAX, sizeof *l->pages);
    gather(s, record->token, l);
    cmd->room_start.pages = l->pages;
    cmd->room_start.page_count = l->n;
}

void visit_list_free(struct visit_list *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->pages[i].text);
        free(l->pages[i].extra);
    }
    free(l->pages);
    *l = (struct visit_list){0};
}

void visits_drop(struct server *s, const char *token)
{
    store_drop_visits(s->store, token);
    remember(s->visits, token, store_last(s->store));
}

void visits_move(struct server *s, const char *from, const char *to)
{
    struct recent *one;
    uint64_t gone = gone_until(s->visits, from), seq = store_move_visits(s->store, from, to);
    TAILQ_FOREACH(one, &s->visits->recent, entry)
        if ((one->page.text || one->from) && one->seq > gone && strcmp(one->token, from) == 0)
            str_set(&one->token, to);
    one = remember(s->visits, to, seq);
    one->from = x_strdup(from);
    one->from_gone = gone;
    remember(s->visits, from, seq);
}

void visits_hold(struct server *s, const char *token)
{
    store_keep_visits(s->store, token);
}
