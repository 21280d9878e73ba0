#include "outbound/external.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/mem.h"

#define TRIES_MAX 10
#define TRY_MS 5000L
#define ANSWER_MAX (64u << 10)
#define REDIRECTS_MAX 3
#define ASKED_MAX 16

TAILQ_HEAD(question_list, external_question);

struct external {
    const struct outbound_host *host;
    struct http_client *client;
    uv_timer_t kick;                   /* the next ones begin outside of whatever step asks for them */
    struct question_list waiting, asked;
    size_t asked_count;
};

struct external_question {
    TAILQ_ENTRY(external_question) entry;
    struct external *external;
    struct http_fetch *fetch;          /* set while it is being asked */
    char *department_id, *ignore_id;
    int tries;
    bool is_asked, is_reached;
    external_wanted wanted;
    external_done done;
    void *arg;
};

static void next_try(struct external_question *q);

static const struct core *core_of(const struct external *x)
{
    return x->host->core(x->host->arg);
}

static void drop(struct external_question *q)
{
    struct external *x = q->external;
    TAILQ_REMOVE(q->is_asked ? &x->asked : &x->waiting, q, entry);
    x->asked_count -= q->is_asked;
    http_fetch_cancel(&q->fetch);
    free(q->department_id);
    free(q->ignore_id);
    free(q);
}

static void on_kick(uv_timer_t *kick)
{
    struct external *x = kick->data;
    while (x->asked_count < ASKED_MAX && !TAILQ_EMPTY(&x->waiting)) {
        struct external_question *q = TAILQ_FIRST(&x->waiting);
        TAILQ_REMOVE(&x->waiting, q, entry);
        TAILQ_INSERT_TAIL(&x->asked, q, entry);
        q->is_asked = true;
        x->asked_count++;
        next_try(q);
    }
}

static void kick(struct external *x)
{
    if (!TAILQ_EMPTY(&x->waiting))
        uv_timer_start(&x->kick, on_kick, 0, 0);
}

static void end(struct external_question *q, const char *username, const char *why)
{
    struct external *x = q->external;
    const struct service_answer answer = {.department_id = q->department_id, .username = username, .tries = q->tries,
                                          .is_reached = q->is_reached};
    AUTO_FREE char *place = username ? NULL : http_place(core_setting_text(core_of(x), "Livechat_External_Queue_URL"));
    if (username == NULL)
        log_warn("the routing service at %s names no agent, tried %d times: %s", place, q->tries, why);
    q->done(q->arg, &answer);
    drop(q);
    kick(x);
}

/* The username of an agent who can have the chat, or NULL; why not, in words. */
static const char *agent_in(struct external_question *q, const struct http_answer *a, json_t **doc, const char **why)
{
    const struct core *c = core_of(q->external);
    q->is_reached = false;
    *why = a->status == 0 ? a->why : "another status than 200";
    if (a->status != 200)
        return NULL;
    *doc = json_loadb(a->body, a->body_len, 0, NULL);
    const char *name = json_string_value(json_object_get(*doc, "username"));
    const struct user *u = core_user_by_name(c, name);
    q->is_reached = *doc != NULL;
    *why = name == NULL ? "the answer is no JSON with a username" : "its agent is not online here";
    return u && core_agent_is_online(c, u) && !str_eq(u->id, q->ignore_id) ? u->username : NULL;
}

static void on_answer(void *arg, const struct http_answer *a)
{
    struct external_question *q = arg;
    json_t *doc = NULL;
    const char *why;
    q->fetch = NULL;
    const char *username = agent_in(q, a, &doc, &why);
    if (username || q->tries >= TRIES_MAX)
        end(q, username, why);
    else
        next_try(q);
    json_decref(doc);
}

static void put_parameter(struct buf *url, const char *name, const char *value)
{
    if (value == NULL)
        return;
    buf_putc(url, strchr(url->data, '?') ? '&' : '?');
    buf_printf(url, "%s=", name);
    buf_put_urlencoded(url, value, strlen(value));
}

static char *url_for(const struct external_question *q, const char *base)
{
    struct buf url = BUF_INIT;
    buf_puts(&url, base);
    put_parameter(&url, "departmentId", q->department_id);
    put_parameter(&url, "ignoreAgentId", q->ignore_id);
    return buf_take(&url);
}

/* The settings are read anew for each. */
static void next_try(struct external_question *q)
{
    struct external *x = q->external;
    const struct core *c = core_of(x);
    AUTO_FREE char *url = url_for(q, core_setting_text(c, "Livechat_External_Queue_URL"));
    const struct http_line lines[] = {
        {"User-Agent", "RocketChat Server", false},
        {"Accept", "application/json", false},
        {"X-RocketChat-Secret-Token", core_setting_text(c, "Livechat_External_Queue_Token"), true}};
    const struct http_question ask = {.method = "GET", .url = url, .lines = lines, .line_count = COUNT_OF(lines),
                                      .time_ms = TRY_MS, .answer_max = ANSWER_MAX, .redirects = REDIRECTS_MAX};
    struct error e = {0};
    if (q->wanted && !q->wanted(q->arg)) {
        drop(q);
        kick(x);
        return;
    }
    if (!core_routing_asks(c)) {
        end(q, NULL, "the routing method is another one now");
        return;
    }
    q->tries++;
    q->fetch = http_fetch_start(x->client, &ask, on_answer, q, &e);
    if (q->fetch == NULL) /* what cannot begin now cannot begin at the next try either */
        end(q, NULL, e.text);
}

struct external_question *external_ask(struct external *x, const char *department_id, const char *ignore_id,
                                       external_wanted wanted, external_done done, void *arg)
{
    struct external_question *q = x_calloc(1, sizeof *q);
    q->external = x;
    q->department_id = x_strdup(department_id);
    q->ignore_id = x_strdup(ignore_id);
    q->wanted = wanted;
    q->done = done;
    q->arg = arg;
    TAILQ_INSERT_TAIL(&x->waiting, q, entry);
    kick(x);
    return q;
}

void external_cancel(struct external_question **qp)
{
    struct external_question *q = *qp;
    *qp = NULL;
    if (q)
        drop(q);
}

struct external *external_new(const struct outbound_host *host, struct http_client *client)
{
    struct external *x = x_calloc(1, sizeof *x);
    x->host = host;
    x->client = client;
    TAILQ_INIT(&x->waiting);
    TAILQ_INIT(&x->asked);
    uv_timer_init(host->loop, &x->kick);
    x->kick.data = x;
    return x;
}

void external_stop(struct external *x)
{
    while (!TAILQ_EMPTY(&x->asked))
        drop(TAILQ_FIRST(&x->asked));
    while (!TAILQ_EMPTY(&x->waiting))
        drop(TAILQ_FIRST(&x->waiting));
    uv_close((uv_handle_t *)&x->kick, NULL);
}

void external_free(struct external **x)
{
    free(*x);
    *x = NULL;
}
