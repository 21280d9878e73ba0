#include "server/ask.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uthash.h>

#include "common/mem.h"
#include "outbound/external.h"
#include "server/api.h"
#include "server/method.h"
#include "server/post.h"

#define FALLBACKS_MAX 16

/* A chat that is asked for. */
struct wait {
    struct server *server;
    char *rid;
    uint64_t no;
    struct external_question *question;
    UT_hash_handle hh;
};

/* A request that waits: for its department, then for each fallback as long as nobody is named. */
struct caller {
    LIST_ENTRY(caller) entry;
    struct server *server;
    struct external_question *question;
    char *department_id, *serving_id;   /* he who has the chat is no gain */
    struct answers *answers;
    struct api *api;           /* one of the two */
    struct call *call;
};

struct asks {
    struct external *external;
    struct wait *waits;        /* by rid */
    LIST_HEAD(, caller) callers;
};

/* --- answers --- */

void answers_free(struct answers **ap)
{
    struct answers *a = *ap;
    *ap = NULL;
    for (size_t i = 0; a && i < a->n; i++) {
        free((char *)a->items[i].department_id);
        free((char *)a->items[i].username);
    }
    free(a ? a->items : NULL);
    free(a);
}

void answers_bring(const struct answers *answers, struct command *cmd)
{
    cmd->service = answers ? answers->items : NULL;
    cmd->service_count = answers ? answers->n : 0;
}

static void keep(struct answers *all, const struct service_answer *one)
{
    all->items = x_reallocarray(all->items, all->n + 1, sizeof *all->items);
    struct service_answer *mine = &all->items[all->n++];
    *mine = *one;
    mine->department_id = x_strdup(one->department_id);
    mine->username = x_strdup(one->username);
}

/* --- chats that wait --- */

static void wait_free(struct asks *k, struct wait *w)
{
    HASH_DEL(k->waits, w);
    external_cancel(&w->question);
    free(w->rid);
    free(w);
}

static bool is_wanted(void *arg)
{
    struct wait *w = arg;
    const struct room *r = core_room(w->server->core, w->rid);
    if (r && r->asked_no == w->no)
        return true;
    w->question = NULL;
    wait_free(w->server->asks, w);
    return false;
}

static void on_answer(void *arg, const struct service_answer *answer)
{
    struct wait *w = arg;
    struct server *s = w->server;
    struct command cmd = server_command(COMMAND_ROUTING_ANSWER, NULL);
    struct result result;
    AUTO_FREE char *rid = x_strdup(w->rid);
    cmd.answer.rid = rid;
    cmd.answer.ask_no = w->no;
    cmd.service = answer;
    cmd.service_count = 1;
    w->question = NULL;
    wait_free(s->asks, w);
    server_step(s, &cmd, &result);
}

static void on_asked(struct server *s, const struct event *e)
{
    struct asks *k = s->asks;
    struct wait *w;
    HASH_FIND_STR(k->waits, e->room->id, w);
    if (w)
        wait_free(k, w); /* asked anew: with other settings, or for another department */
    w = x_calloc(1, sizeof *w);
    w->server = s;
    w->rid = x_strdup(e->room->id);
    w->no = e->room->asked_no;
    HASH_ADD_KEYPTR(hh, k->waits, w->rid, strlen(w->rid), w);
    w->question = external_ask(k->external, e->department ? e->department->id : NULL, e->user ? e->user->id : NULL,
                               is_wanted, on_answer, w);
}

void ask_events(struct server *s, const struct event_list *events)
{
    for (size_t i = 0; i < events->n; i++)
        if (events->items[i].type == EVENT_ROUTING_ASKED && events->items[i].room->asked_no)
            on_asked(s, &events->items[i]);
}

void asks_lost(struct server *s)
{
    struct wait *w, *next;
    HASH_ITER(hh, s->asks->waits, w, next)
        wait_free(s->asks, w);
}

/* --- requests that wait --- */

static void caller_go_on(struct caller *k)
{
    struct api *a = k->api;
    struct call *c = k->call;
    if (a)
        a->answers = k->answers;
    else
        c->answers = k->answers;
    LIST_REMOVE(k, entry);
    external_cancel(&k->question);
    free(k->department_id);
    free(k->serving_id);
    free(k);
    if (a)
        api_again(a);
    else
        call_again(c);
}

static void on_caller_answer(void *arg, const struct service_answer *answer);

static void ask_for(struct caller *k)
{
    k->question = external_ask(k->server->asks->external, k->department_id, NULL, NULL, on_caller_answer, k);
}

static void on_caller_answer(void *arg, const struct service_answer *answer)
{
    struct caller *k = arg;
    const struct department *d = core_department(k->server->core, k->department_id);
    const struct user *u = core_user_by_name(k->server->core, answer->username);
    k->question = NULL;
    keep(k->answers, answer);
    if ((u == NULL || str_eq(u->id, k->serving_id)) && d && d->fallback_id && k->answers->n < FALLBACKS_MAX) {
        str_set(&k->department_id, d->fallback_id);
        ask_for(k);
    } else {
        caller_go_on(k);
    }
}

static void ask_for_request(struct server *s, struct api *a, struct call *c, const char *department_id,
                            const struct room *r)
{
    struct caller *k = x_calloc(1, sizeof *k);
    k->server = s;
    k->api = a;
    k->call = c;
    k->department_id = x_strdup(department_id);
    k->serving_id = x_strdup(r && r->served_by ? r->served_by->id : NULL);
    k->answers = x_calloc(1, sizeof *k->answers);
    LIST_INSERT_HEAD(&s->asks->callers, k, entry);
    ask_for(k);
}

static bool must_ask(const struct server *s, const struct answers *answers, const char *department_id,
                     const struct room *r)
{
    if (answers || !core_routing_asks(s->core))
        return false;
    const struct department *d = core_department(s->core, department_id);
    return r == NULL || (d && d != r->department);
}

bool ask_before(struct api *a, const char *department_id, const struct room *r)
{
    if (!must_ask(a->server, a->answers, department_id, r))
        return false;
    ask_for_request(a->server, a, NULL, department_id, r);
    return true;
}

bool ask_before_call(struct call *c, const char *department_id, const struct room *r)
{
    if (!must_ask(c->server, c->answers, department_id, r))
        return false;
    ask_for_request(c->server, NULL, c, department_id, r);
    return true;
}

/* --- life --- */

struct asks *asks_new(struct server *s)
{
    struct asks *k = x_calloc(1, sizeof *k);
    k->external = external_new(post_host(s), post_web(s));
    LIST_INIT(&k->callers);
    return k;
}

void asks_stop(struct asks *k)
{
    struct wait *w, *next;
    HASH_ITER(hh, k->waits, w, next)
        wait_free(k, w);
    while (!LIST_EMPTY(&k->callers))
        caller_go_on(LIST_FIRST(&k->callers));
    external_stop(k->external);
}

void asks_free(struct asks **k)
{
    external_free(&(*k)->external);
    free(*k);
    *k = NULL;
}
