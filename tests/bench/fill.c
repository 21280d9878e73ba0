/* Fills a store through core and store, for the benchmarks of size: fill FILE AGENTS CHATS VISITORS MESSAGES
   Chats are open; the further visitors have none; messages are spread over the chats (or over one closed chat each when
   there are none). */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/id.h"
#include "common/mem.h"
#include "store/store.h"

#define BATCH 20000

static sem_t woken;
static struct core *core;
static struct store *store;
static struct result result;
static struct event_list events;
static struct id_source rnd = {11};
static int pending;

static void wake(void *arg)
{
    (void)arg;
    sem_post(&woken);
}

static void settle(void)
{
    struct error err;
    uint64_t wanted = store_last(store);
    store_flush(store);
    while (store_committed(store) < wanted) {
        sem_wait(&woken);
        if (store_poll(store, &err) != 0) {
            fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
    }
    pending = 0;
}

static void step(struct command *cmd)
{
    cmd->now_ms = clock_now_ms();
    cmd->entropy = id_next(&rnd);
    if (core_step(core, cmd, &result, &events) != 0) {
        fprintf(stderr, "%s\n", result.error.text);
        exit(1);
    }
    store_append(store, core, &events);
    if (++pending >= BATCH)
        settle();
}

static void add_agents(int n)
{
    for (int i = 0; i < n; i++) {
        uint32_t roles = ROLE_USER | ROLE_AGENT;
        AUTO_FREE char *name = x_asprintf("bench.agent.%05d", i);
        struct command cmd = {.type = COMMAND_USER_SAVE};
        cmd.user_save.username = cmd.user_save.name = name;
        cmd.user_save.roles = &roles;
        step(&cmd);
    }
}

static struct visitor *add_visitor(int i)
{
    AUTO_FREE char *token = x_asprintf("bench%059d", i);
    AUTO_FREE char *email = x_asprintf("visitor%d@example.org", i);
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.token = token;
    cmd.visitor_save.name = "A visitor with a name";
    cmd.visitor_save.email = email;
    step(&cmd);
    return result.visitor;
}

int main(int argc, char **argv)
{
    struct error err;
    bool fresh;
    if (argc != 6)
        return 2;
    int agents = atoi(argv[2]), chats = atoi(argv[3]), visitors = atoi(argv[4]), messages = atoi(argv[5]);
    sem_init(&woken, 0, 0);
    core = core_new();
    if (store_open(argv[1], wake, NULL, &store, &err) != 0 || store_load(store, core, &fresh, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    add_agents(agents);
    char **rids = x_calloc((size_t)chats + 1, sizeof(*rids)), **tokens = x_calloc((size_t)chats + 1, sizeof(*tokens));
    for (int i = 0; i < chats; i++) {
        struct command cmd = {.type = COMMAND_ROOM_START};
        cmd.room_start.record = add_visitor(i);
        cmd.room_start.source_type = "widget";
        step(&cmd);
        rids[i] = x_strdup(result.room->id);
        tokens[i] = x_strdup(result.visitor->token);
    }
    for (int i = chats; i < visitors; i++)
        add_visitor(i);
    for (int i = 0; i < messages && chats > 0; i++) {
        struct command cmd = {.type = COMMAND_MESSAGE_SEND};
        cmd.message.rid = rids[i % chats];
        cmd.message.token = tokens[i % chats];
        cmd.message.text = "Where is my parcel? It should have been here last week.";
        step(&cmd);
    }
    settle();
    store_close(&store);
    core_free(&core);
    event_list_free(&events);
    for (int i = 0; i < chats; i++) {
        free(rids[i]);
        free(tokens[i]);
    }
    free(rids);
    free(tokens);
    return 0;
}
