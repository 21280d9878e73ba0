#include "outbound/hook.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uthash.h>

#include "common/jsonw.h"
#include "common/log.h"
#include "common/mem.h"
#include "outbound/hook_body.h"

#define TRIES_MAX 10
#define WAIT_MS 10000
#define TRY_MS 5000L
#define ANSWER_MAX (256u << 10)
#define REDIRECTS_MAX 3
#define SENDING_MAX 8
#define KEPT_MS (7 * 24 * 3600 * 1000LL)
#define TRIM_EVERY 256

enum stage { STAGE_NEW, STAGE_WRITING, STAGE_WAITING, STAGE_READING, STAGE_SENDING };

/* One event. */
struct job {
    TAILQ_ENTRY(job) entry, fresh;     /* fresh: STAGE_NEW */
    struct hooks *hooks;
    struct line *line;
    enum stage stage;
    struct store_hook row;             /* body only while it is written or on its way */
    uint64_t ready_seq;                /* what must be committed before the next stage */
    bool is_erased;                    /* while it was on the pool */
    bool with_navigation, is_written;
    struct http_fetch *fetch;
};

TAILQ_HEAD(job_list, job);

/* The events of one chat. */
struct line {
    char *key;                         /* rid, or the number of an offline message */
    struct job_list jobs;
    TAILQ_ENTRY(line) entry;
    UT_hash_handle hh;
};

struct hooks {
    const struct outbound_host *host;
    struct http_client *client;
    struct store_reader *reader;       /* for the pool, one task at a time */
    struct line *lines;
    TAILQ_HEAD(, line) turns;          /* whoever was served goes to the end */
    struct job_list fresh;             /* whose body is still to be written, oldest first */
    uv_timer_t alarm;
    uv_work_t work;
    struct job *at_work;               /* the job on the pool */
    struct test *tests;
    int sending, settled;
    bool is_stopping;
};

static void pump(struct hooks *h);

static const struct core *core_of(const struct hooks *h)
{
    return h->host->core(h->host->arg);
}

static int64_t now_of(const struct hooks *h)
{
    return h->host->now_ms(h->host->arg);
}

/* --- jobs and lines --- */

static struct line *line_of(struct hooks *h, const struct store_hook *row)
{
    struct line *l;
    AUTO_FREE char *key = row->rid ? x_strdup(row->rid) : x_asprintf("%llu", (unsigned long long)row->number);
    HASH_FIND_STR(h->lines, key, l);
    if (l)
        return l;
    l = x_calloc(1, sizeof *l);
    l->key = x_strdup(key);
    TAILQ_INIT(&l->jobs);
    TAILQ_INSERT_TAIL(&h->turns, l, entry);
    HASH_ADD_KEYPTR(hh, h->lines, l->key, strlen(l->key), l);
    return l;
}

static struct job *add_job(struct hooks *h, struct store_hook *row_take, enum stage stage)
{
    struct job *j = x_calloc(1, sizeof *j);
    j->hooks = h;
    j->row = *row_take;
    *row_take = (struct store_hook){0};
    j->stage = stage;
    j->line = line_of(h, &j->row);
    TAILQ_INSERT_TAIL(&j->line->jobs, j, entry);
    if (stage == STAGE_NEW)
        TAILQ_INSERT_TAIL(&h->fresh, j, fresh);
    return j;
}

static void drop_job(struct job *j)
{
    struct hooks *h = j->hooks;
    struct line *l = j->line;
    h->sending -= j->stage == STAGE_SENDING || j->stage == STAGE_READING;
    TAILQ_REMOVE(&l->jobs, j, entry);
    if (j->stage == STAGE_NEW)
        TAILQ_REMOVE(&h->fresh, j, fresh);
    http_fetch_cancel(&j->fetch);
    store_hook_free(&j->row);
    free(j);
    if (!TAILQ_EMPTY(&l->jobs))
        return;
    HASH_DEL(h->lines, l);
    TAILQ_REMOVE(&h->turns, l, entry);
    free(l->key);
    free(l);
}

static void free_body(struct job *j)
{
    if (j->row.rid)
        str_set(&j->row.body, NULL);
    str_set(&j->row.extra, NULL);
}

/* --- how a try ended --- */

static void settle(struct job *j, enum hook_state state)
{
    struct hooks *h = j->hooks;
    j->row.state = state;
    j->row.done_ms = now_of(h);
    store_hook_tried(h->host->store, &j->row);
    if (++h->settled % TRIM_EVERY == 0)
        store_trim_hooks(h->host->store, now_of(h) - KEPT_MS);
    drop_job(j);
}

static void fail(struct job *j, const char *why)
{
    struct hooks *h = j->hooks;
    unsigned long long number = (unsigned long long)j->row.number;
    str_set(&j->row.why, why);
    if (j->row.tries >= TRIES_MAX) {
        log_error("webhook: event %llu (%s) is given up after %d tries: %s", number, j->row.type, j->row.tries, why);
        settle(j, HOOK_FAILED);
        return;
    }
    log_warn("webhook: event %llu (%s) could not be told, next try in 10 s: %s", number, j->row.type, why);
    j->row.due_ms = now_of(h) + WAIT_MS;
    store_hook_tried(h->host->store, &j->row);
    free_body(j);
    h->sending--;
    j->stage = STAGE_WAITING;
}

/* The receiver's "data" in its first answer comes back to it with later events (11.1). */
static void keep_crm(struct job *j, const struct http_answer *a)
{
    json_t *doc = j->row.tries == 1 && j->row.rid ? json_loadb(a->body, a->body_len, 0, NULL) : NULL;
    json_t *data = json_object_get(doc, "data");
    char *text = data ? json_dumps(data, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (text && j->row.visitor_id)
        store_put_crm(j->hooks->host->store, j->row.rid, j->row.visitor_id, text);
    free(text);
    json_decref(doc);
}

static void on_answer(void *arg, const struct http_answer *a)
{
    struct job *j = arg;
    struct hooks *h = j->hooks;
    char why[64];
    j->fetch = NULL;
    j->row.status = a->status;
    if (a->status == 200) {
        keep_crm(j, a);
        str_set(&j->row.why, NULL);
        settle(j, HOOK_TOLD);
    } else {
        snprintf(why, sizeof why, "the answer has status %d", a->status);
        fail(j, a->status ? why : a->why);
    }
    pump(h);
}

static struct http_fetch *post(struct hooks *h, const char *body, size_t len, bool always_token, http_done done, void *arg,
                               struct error *e)
{
    const struct core *c = core_of(h);
    const char *secret = core_setting_text(c, "Livechat_secret_token");
    const struct http_line lines[] = {{"Content-Type", "application/json", false},
                                      {"X-RocketChat-Livechat-Token", secret, true}};
    const struct http_question q = {.method = "POST", .url = core_setting_text(c, "Livechat_webhookUrl"), .lines = lines,
                                    .line_count = *secret || always_token ? 2 : 1, .body = body, .body_len = len,
                                    .time_ms = TRY_MS, .answer_max = ANSWER_MAX, .redirects = REDIRECTS_MAX};
    return http_fetch_start(h->client, &q, done, arg, e);
}

static void send_job(struct job *j)
{
    struct error e = {0};
    j->stage = STAGE_SENDING;
    j->row.tries++;
    j->row.status = 0;
    j->fetch = post(j->hooks, j->row.body, strlen(j->row.body), false, on_answer, j, &e);
    if (j->fetch == NULL) {
        j->row.tries = TRIES_MAX; /* the address is none: another try would not help */
        fail(j, e.text);
    }
}

/* --- the pool --- */

static void run_task(uv_work_t *work)
{
    struct hooks *h = work->data;
    struct job *j = h->at_work;
    struct store_hook row;
    struct buf body = BUF_INIT;
    j->is_written = read_hook(h->reader, j->row.number, &row);
    if (j->stage == STAGE_WRITING && j->is_written && row.body == NULL) {
        char *visitor_id = NULL;
        j->is_written = hook_body_write(&row, h->reader, j->with_navigation, &body, &visitor_id);
        row.body = buf_take(&body);
        free(j->row.visitor_id);
        j->row.visitor_id = visitor_id;
    }
    str_set(&j->row.body, j->is_written ? row.body : NULL);
    store_hook_free(&row);
}

static void on_task_done(uv_work_t *work, int status)
{
    struct hooks *h = work->data;
    struct job *j = h->at_work;
    (void)status;
    h->at_work = NULL;
    if (j->is_erased || h->is_stopping || !j->is_written || j->row.body == NULL) {
        drop_job(j); /* erased, with its chat or message */
    } else if (j->stage == STAGE_WRITING) {
        store_hook_body(h->host->store, j->row.number, j->row.body);
        j->ready_seq = store_last(h->host->store);
        j->stage = STAGE_WAITING;
        free_body(j);
    } else {
        send_job(j);
    }
    pump(h);
}

static void start_task(struct job *j, enum stage stage)
{
    struct hooks *h = j->hooks;
    const struct core *c = core_of(h);
    h->sending += stage == STAGE_READING;
    if (j->stage == STAGE_NEW)
        TAILQ_REMOVE(&h->fresh, j, fresh);
    j->stage = stage;
    j->with_navigation = core_setting_bool(c, "Send_visitor_navigation_history_livechat_webhook_request") &&
                         core_setting_bool(c, "Livechat_Visitor_navigation_as_a_message");
    h->at_work = j;
    uv_queue_work(h->host->loop, &h->work, run_task, on_task_done);
}

/* --- who is next --- */

static void on_alarm(uv_timer_t *alarm)
{
    pump(alarm->data);
}

static void set_alarm(struct hooks *h, int64_t due_ms, int64_t now)
{
    if (due_ms == INT64_MAX)
        return;
    uv_update_time(h->host->loop);
    uv_timer_start(&h->alarm, on_alarm, due_ms > now ? (uint64_t)(due_ms - now) : 1, 0);
}

/* Bodies are written before anything is told: they say how it was. */
static struct job *to_write(struct hooks *h, uint64_t committed)
{
    struct job *j = TAILQ_FIRST(&h->fresh);
    return j && j->ready_seq <= committed ? j : NULL;
}

static struct job *to_send(struct hooks *h, uint64_t committed, int64_t now, int64_t *next_due)
{
    struct line *l;
    TAILQ_FOREACH(l, &h->turns, entry) {
        struct job *j = TAILQ_FIRST(&l->jobs);
        if (j->stage != STAGE_WAITING || j->ready_seq > committed)
            continue;
        if (j->row.due_ms <= now)
            return j;
        *next_due = j->row.due_ms < *next_due ? j->row.due_ms : *next_due;
    }
    return NULL;
}

static bool open_reader(struct hooks *h)
{
    struct error e = {0};
    if (h->reader == NULL)
        h->reader = store_reader_new(h->host->store, &e);
    if (h->reader == NULL)
        log_error("webhook: %s", e.text);
    return h->reader != NULL;
}

static void pump(struct hooks *h)
{
    uint64_t committed = store_committed(h->host->store);
    int64_t now = now_of(h), next_due = INT64_MAX;
    if (h->at_work || h->is_stopping || TAILQ_EMPTY(&h->turns))
        return;
    struct job *j = to_write(h, committed);
    enum stage stage = j ? STAGE_WRITING : STAGE_READING;
    if (j == NULL && h->sending < SENDING_MAX)
        j = to_send(h, committed, now, &next_due);
    if (j && open_reader(h)) {
        TAILQ_REMOVE(&h->turns, j->line, entry);
        TAILQ_INSERT_TAIL(&h->turns, j->line, entry);
        start_task(j, stage);
    }
    set_alarm(h, next_due, now);
}

/* --- what happened --- */

struct kind {
    enum event_type event;
    const char *type, *setting;        /* setting NULL: whenever there is an address */
};

static const struct kind kinds[] = {
    {EVENT_ROOM_OPENED, "LivechatSessionStart", "Livechat_webhook_on_start"},
    {EVENT_INQUIRY_READY, "LivechatSessionQueued", "Livechat_webhook_on_chat_queued"},
    {EVENT_INQUIRY_TAKEN, "LivechatSessionTaken", "Livechat_webhook_on_chat_taken"},
    {EVENT_ROOM_FORWARDED, "LivechatSessionForwarded", "Livechat_webhook_on_forward"},
    {EVENT_ROOM_CLOSED, "LivechatSession", "Livechat_webhook_on_close"},
    {EVENT_ROOM_EDITED, "LivechatEdit", NULL},
    {EVENT_LEAD, "LeadCapture", "Livechat_webhook_on_capture"},
};

static bool has_address(const struct hooks *h)
{
    return h->host->store && *core_setting_text(core_of(h), "Livechat_webhookUrl");
}

static void put(struct hooks *h, struct store_hook *row_take, enum stage stage)
{
    row_take->created_ms = row_take->due_ms = now_of(h);
    row_take->number = store_put_hook(h->host->store, row_take);
    struct job *j = add_job(h, row_take, stage);
    j->ready_seq = j->row.number;
    free_body(j);
}

static const struct kind *kind_of(const struct event *e)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (kinds[i].event == e->type)
            return &kinds[i];
    return NULL;
}

/* Visitors' messages by their switch, agents' by theirs; of those of the system the last one and pages (11.2). */
static bool message_is_told(const struct core *c, const struct message *m)
{
    bool navigation = m->type && strcmp(m->type, "livechat_navigation_history") == 0;
    if (navigation)
        return !m->hidden && core_setting_bool(c, "Send_visitor_navigation_history_livechat_webhook_request") &&
               core_setting_bool(c, "Livechat_webhook_on_visitor_message");
    if (m->type && strcmp(m->type, "livechat-close") != 0)
        return false;
    return core_setting_bool(c, message_is_from_visitor(m) ? "Livechat_webhook_on_visitor_message"
                                                           : "Livechat_webhook_on_agent_message");
}

static void on_message(struct hooks *h, const struct event *e)
{
    if (e->room == NULL || e->channel || !message_is_told(core_of(h), e->message))
        return;
    struct store_hook row = {.type = x_strdup("Message"), .rid = x_strdup(e->room->id),
                             .visitor_id = x_strdup(e->room->visitor->id), .message_id = x_strdup(e->message->id),
                             .extra = hook_extra(core_of(h), e)};
    put(h, &row, STAGE_NEW);
}

static void on_chat(struct hooks *h, const struct event *e, const struct kind *k)
{
    const struct core *c = core_of(h);
    if (k->setting && !core_setting_bool(c, k->setting))
        return;
    struct store_hook row = {.type = x_strdup(k->type), .rid = x_strdup(e->room->id),
                             .visitor_id = x_strdup(e->visitor ? e->visitor->id : NULL), .extra = hook_extra(c, e)};
    put(h, &row, STAGE_NEW);
}

void hooks_events(struct hooks *h, const struct event_list *events)
{
    bool told = false;
    for (size_t i = 0; i < events->n; i++) {
        const struct event *e = &events->items[i];
        const struct kind *k = kind_of(e);
        if (e->type == EVENT_VISITOR_REMOVED)
            hooks_erase(h, e->visitor->id, e->visitor->email);
        if ((k == NULL && e->type != EVENT_MESSAGE) || (!told && !has_address(h)))
            continue;
        told = true;
        if (k)
            on_chat(h, e, k);
        else
            on_message(h, e);
    }
}

void hooks_offline(struct hooks *h, const char *name, const char *email, const char *text)
{
    struct buf out = BUF_INIT;
    struct jsonw w = jsonw_on(&out, JSONW_ISO);
    if (!has_address(h) || !core_setting_bool(core_of(h), "Livechat_webhook_on_offline_msg"))
        return;
    jsonw_object(&w, NULL);
    jsonw_str(&w, "type", "LivechatOfflineMessage");
    jsonw_date(&w, "sentAt", now_of(h));
    jsonw_object(&w, "visitor");
    jsonw_str(&w, "name", name);
    jsonw_str(&w, "email", email);
    jsonw_end_object(&w);
    jsonw_str(&w, "message", text);
    jsonw_end_object(&w);
    struct store_hook row = {.type = x_strdup("LivechatOfflineMessage"), .address = x_strdup(email), .body = buf_take(&out)};
    for (char *p = row.address; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    put(h, &row, STAGE_WAITING);
}

void hooks_committed(struct hooks *h)
{
    pump(h);
}

static bool is_of(const struct store_hook *row, const char *visitor_id, const char *email)
{
    return str_eq(row->visitor_id, visitor_id) || (email && str_eq(row->address, email));
}

/* Those of a person, or all. */
static void drop_jobs(struct hooks *h, bool all, const char *visitor_id, const char *email)
{
    struct line *l, *next;
    HASH_ITER(hh, h->lines, l, next) {
        struct job *j, *after;
        for (j = TAILQ_FIRST(&l->jobs); j; j = after) {
            after = TAILQ_NEXT(j, entry);
            if (!all && !is_of(&j->row, visitor_id, email))
                continue;
            if (j == h->at_work)
                j->is_erased = true;
            else
                drop_job(j);
        }
    }
}

void hooks_lost(struct hooks *h)
{
    drop_jobs(h, true, NULL, NULL);
    hooks_start(h);
}

void hooks_clock_moved(struct hooks *h)
{
    if (h->host->store)
        pump(h);
}

void hooks_erase(struct hooks *h, const char *visitor_id, const char *email)
{
    drop_jobs(h, false, visitor_id, email);
}

bool hooks_again(struct hooks *h, uint64_t number)
{
    struct store_hook row;
    if (!read_hook(store_loop_reader(h->host->store), number, &row))
        return false;
    if (row.state == HOOK_WAITING || row.body == NULL) { /* it will be told anyway */
        store_hook_free(&row);
        return true;
    }
    row.state = HOOK_WAITING;
    row.tries = 0;
    row.done_ms = 0;
    row.due_ms = now_of(h);
    store_hook_tried(h->host->store, &row);
    struct job *j = add_job(h, &row, STAGE_WAITING);
    j->ready_seq = store_last(h->host->store);
    free_body(j);
    return true;
}

/* --- the test button --- */

struct test {
    struct test *next;
    struct hooks *hooks;
    struct buf body;
    struct http_fetch *fetch;
    hooks_tested done;
    void *arg;
};

static void test_end(struct test *t, const struct http_answer *a, const char *why)
{
    struct test **at = &t->hooks->tests;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    t->done(t->arg, t->body.data, a, why);
    http_fetch_cancel(&t->fetch);
    buf_free(&t->body);
    free(t);
}

static void on_tested(void *arg, const struct http_answer *a)
{
    struct test *t = arg;
    t->fetch = NULL;
    test_end(t, a, a->why);
}

void hooks_test(struct hooks *h, hooks_tested done, void *arg)
{
    struct test *t = x_calloc(1, sizeof *t);
    struct error e = {0};
    *t = (struct test){.next = h->tests, .hooks = h, .done = done, .arg = arg};
    h->tests = t;
    hook_sample(&t->body, now_of(h));
    t->fetch = post(h, t->body.data, t->body.len, true, on_tested, t, &e);
    if (t->fetch == NULL)
        test_end(t, NULL, e.text);
}

/* --- life --- */

struct hooks *hooks_new(const struct outbound_host *host, struct http_client *client)
{
    struct hooks *h = x_calloc(1, sizeof *h);
    h->host = host;
    h->client = client;
    h->work.data = h;
    TAILQ_INIT(&h->turns);
    TAILQ_INIT(&h->fresh);
    uv_timer_init(host->loop, &h->alarm);
    h->alarm.data = h;
    return h;
}

void hooks_start(struct hooks *h)
{
    struct store_hook *rows;
    size_t n = read_waiting_hooks(store_loop_reader(h->host->store), &rows);
    for (size_t i = 0; i < n; i++)
        add_job(h, &rows[i], STAGE_NEW);
    free(rows);
    pump(h);
}

void hooks_stop(struct hooks *h)
{
    h->is_stopping = true;
    while (h->tests)
        test_end(h->tests, NULL, "the server is stopping");
    drop_jobs(h, true, NULL, NULL);
    while (h->at_work)
        uv_run(h->host->loop, UV_RUN_ONCE);
    drop_jobs(h, true, NULL, NULL);
    store_reader_free(&h->reader);
    uv_close((uv_handle_t *)&h->alarm, NULL);
}

void hooks_free(struct hooks **h)
{
    free(*h);
    *h = NULL;
}
