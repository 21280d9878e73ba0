#include "server/turn.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "common/clock.h"
#include "common/id.h"
#include "common/log.h"
#include "common/mem.h"
#include "server/ask.h"
#include "common/zone.h"
#include "server/ddp.h"
#include "server/hold.h"
#include "server/post.h"
#include "server/queue.h"
#include "server/session.h"
#include "server/tell.h"
#include "server/visits.h"
#include "store/store.h"

/* Messages whose id a client made, until they are committed: the store's readers do not see them before. */
struct inflight {
    char *id;
    struct message *message;
    uint64_t seq;
    UT_hash_handle hh;
};

struct turn {
    struct server *server;
    struct inflight *inflight;     /* oldest first */
    uv_prepare_t prepare;
    uv_async_t committed;
    uv_timer_t alarm;
    int64_t armed_ms;              /* deadline the alarm stands for; INT64_MAX: none */
    int64_t offset_ms, last_ms;    /* of the clock */
    struct event_list events;      /* of the last step */
};

int64_t server_now(const struct server *s)
{
    struct turn *t = s->turn;
    int64_t now = clock_now_ms() + t->offset_ms;
    if (now > t->last_ms)
        t->last_ms = now;
    return t->last_ms;
}

uint64_t server_seq(const struct server *s)
{
    return store_last(s->store);
}

struct command server_command(enum command_type type, const struct user *actor)
{
    struct command cmd;
    memset(&cmd, 0, sizeof cmd);
    cmd.type = type;
    cmd.actor_id = actor ? actor->id : NULL;
    return cmd;
}

static int step_at(struct server *s, struct command *cmd, struct result *result)
{
    struct turn *t = s->turn;
    memset(result, 0, sizeof *result);
    int rc = core_step(s->core, cmd, result, &t->events);
    if (rc < 0 || t->events.n == 0)
        return rc;
    store_append(s->store, s->core, &t->events);
    tell_events(s, &t->events);
    post_events(s, &t->events);
    ask_events(s, &t->events);
    return rc;
}

static void remember(struct server *s, const struct message *m)
{
    struct inflight *one;
    HASH_FIND_STR(s->turn->inflight, m->id, one);
    if (one)
        return;
    one = x_calloc(1, sizeof *one);
    one->id = x_strdup(m->id);
    one->message = message_dup(m);
    one->seq = server_seq(s);
    HASH_ADD_KEYPTR(hh, s->turn->inflight, one->id, strlen(one->id), one);
}

static void forget_until(struct turn *t, uint64_t seq)
{
    struct inflight *one, *next;
    HASH_ITER(hh, t->inflight, one, next) {
        if (one->seq > seq)
            return;
        HASH_DEL(t->inflight, one);
        message_free(&one->message);
        free(one->id);
        free(one);
    }
}

struct message *server_message_dup(struct server *s, const char *id)
{
    struct inflight *one;
    HASH_FIND_STR(s->turn->inflight, id, one);
    return one ? message_dup(one->message) : read_message(store_loop_reader(s->store), id);
}

/* Who served the latest closed chat of this visitor, where routing asks for it (behaviour 15.9): one indexed read. Caller
   frees; NULL: nobody. *ms: when that chat ended. */
static char *last_agent_of(struct server *s, const struct visitor *v, int64_t *ms)
{
    struct stored_room *rooms = NULL;
    struct room_query query = {.visitor_id = v->id, .served = 1, .on_hold = -1, .sort = "closedAt", .limit = 1};
    int64_t total;
    if (!core_setting_bool(s->core, "Livechat_last_chatted_agent_routing"))
        return NULL;
    size_t n = read_rooms(store_loop_reader(s->store), &query, &rooms, &total);
    char *id = n ? x_strdup(rooms[0].served_by_id) : NULL;
    *ms = n ? rooms[0].room->closed_ms : 0;
    for (size_t i = 0; i < n; i++)
        stored_room_free(&rooms[i]);
    free(rooms);
    return id;
}

/* A new chat tells what its visitor looked at before; with him that goes too. */
static int step_with_visits(struct server *s, struct command *cmd, struct result *result)
{
    struct visit_list pages = {0};
    bool starts = cmd->type == COMMAND_ROOM_START;
    const struct visitor *record = starts ? cmd->room_start.record : cmd->visitor.record;
    AUTO_FREE char *token = x_strdup(record ? record->token : NULL);
    int64_t last_agent_ms = 0;
    AUTO_FREE char *last_agent = starts && record ? last_agent_of(s, record, &last_agent_ms) : NULL;
    if (starts) {
        visits_bring(s, cmd, &pages);
        cmd->room_start.last_agent_id = last_agent;
        cmd->room_start.last_agent_ms = last_agent_ms;
    }
    int rc = step_at(s, cmd, result);
    if (rc == 0 && (starts ? result->created && pages.n > 0 : token != NULL))
        visits_drop(s, token);
    visit_list_free(&pages);
    return rc;
}

int server_step(struct server *s, struct command *cmd, struct result *result)
{
    cmd->now_ms = server_now(s);
    cmd->entropy = id_entropy();
    if (cmd->type == COMMAND_ROOM_START || cmd->type == COMMAND_VISITOR_REMOVE)
        return step_with_visits(s, cmd, result);
    int rc = step_at(s, cmd, result);
    if (rc == 0 && cmd->type == COMMAND_MESSAGE_SEND && cmd->message.id)
        remember(s, result->message);
    return rc;
}

/* Ticks once; true when there may be more to do at this time. */
static bool tick(struct server *s, int64_t now)
{
    struct result result;
    struct command cmd = server_command(COMMAND_TICK, NULL);
    cmd.now_ms = now;
    cmd.entropy = id_entropy();
    step_at(s, &cmd, &result);
    return core_next_deadline(s->core) <= now;
}

static void on_alarm(uv_timer_t *timer)
{
    struct turn *t = timer->data;
    t->armed_ms = INT64_MAX;
    int64_t now = server_now(t->server);
    if (core_next_deadline(t->server->core) <= now)
        tick(t->server, now);
}

void turn_move_clock(struct server *s, int64_t now_ms)
{
    struct turn *t = s->turn;
    int ticks = 0;
    for (int64_t due = core_next_deadline(s->core); due <= now_ms && ticks < 1000000; ticks++) {
        int64_t at = due > server_now(s) ? due : t->last_ms;
        t->offset_ms = at - clock_now_ms();
        t->last_ms = at;
        tick(s, at);
        due = core_next_deadline(s->core);
    }
    if (now_ms > server_now(s)) {
        t->offset_ms = now_ms - clock_now_ms();
        t->last_ms = now_ms;
    }
    post_clock_moved(s);
    queue_clock_moved(s);
}

static void arm(struct turn *t)
{
    int64_t due = core_next_deadline(t->server->core);
    if (due == t->armed_ms)
        return;
    t->armed_ms = due;
    if (due == INT64_MAX) {
        uv_timer_stop(&t->alarm);
        return;
    }
    int64_t now = server_now(t->server);
    uv_update_time(t->server->loop);
    uv_timer_start(&t->alarm, on_alarm, due > now ? (uint64_t)(due - now) : 0, 0);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct turn *t = prepare->data;
    store_flush(t->server->store);
    arm(t);
}

/* The batch did not reach the disk: whoever waits gets an error, and the core is what the store says. */
static void start_over(struct server *s, const struct error *why)
{
    log_error("commit failed, the core is loaded again: %s", why->text);
    holds_fail(s);
    forget_until(s->turn, UINT64_MAX);
    visits_committed(s, UINT64_MAX);
    sessions_forget(s->sessions);
    bool fresh;
    struct error e = {0};
    struct core *core = core_new();
    core_set_zones(core, zone_table_of);
    if (store_load(s->store, core, &fresh, &e) < 0) {
        log_error("the store cannot be read: %s", e.text);
        exit(1);
    }
    core_free(&s->core);
    s->core = core;
    store_log_start(s->store, core, server_now(s));
    s->turn->armed_ms = INT64_MIN;
    ddp_after_reload(s);
    post_lost(s);
    asks_lost(s);
}

static void release(struct turn *t)
{
    uint64_t committed = store_committed(t->server->store);
    forget_until(t, committed);
    visits_committed(t->server, committed);
    holds_release(t->server, committed);
    post_committed(t->server);
}

static void on_committed(uv_async_t *async)
{
    struct turn *t = async->data;
    struct error e = {0};
    int rc;
    do {
        rc = store_poll(t->server->store, &e);
        if (rc < 0)
            start_over(t->server, &e);
        else
            release(t);
    } while (rc > 0);
}

struct turn *turn_new(struct server *s)
{
    struct turn *t = x_calloc(1, sizeof *t);
    t->server = s;
    t->armed_ms = INT64_MAX;
    uv_async_init(s->loop, &t->committed, on_committed);
    uv_prepare_init(s->loop, &t->prepare);
    uv_timer_init(s->loop, &t->alarm);
    t->committed.data = t->prepare.data = t->alarm.data = t;
    return t;
}

void turn_wake(void *turn)
{
    struct turn *t = turn;
    uv_async_send(&t->committed);
}

void turn_start(struct turn *t)
{
    uv_prepare_start(&t->prepare, on_prepare);
}

void turn_stop(struct turn *t)
{
    uv_close((uv_handle_t *)&t->prepare, NULL);
    uv_close((uv_handle_t *)&t->committed, NULL);
    uv_close((uv_handle_t *)&t->alarm, NULL);
}

void turn_free(struct turn **t)
{
    if (*t == NULL)
        return;
    forget_until(*t, UINT64_MAX);
    event_list_free(&(*t)->events);
    free(*t);
    *t = NULL;
}
