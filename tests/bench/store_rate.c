/* Messages through core and store without a server: N in flight at a time, each batch one commit. store_rate FILE N SECONDS */
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/id.h"
#include "common/mem.h"
#include "store/store.h"

static sem_t woken;

static void wake(void *arg)
{
    (void)arg;
    sem_post(&woken);
}

static struct core *core;
static struct store *store;
static struct result result;
static struct event_list events;
static struct id_source rnd = {7};

static void step(struct command *cmd)
{
    cmd->now_ms = clock_now_ms();
    cmd->entropy = id_next(&rnd);
    if (core_step(core, cmd, &result, &events) != 0) {
        fprintf(stderr, "%s\n", result.error.text);
        exit(1);
    }
    store_append(store, core, &events);
}

static void wait_commit(void)
{
    struct error err;
    uint64_t wanted = store_last(store);
    store_flush(store);
    while (store_committed(store) < wanted) {
        sem_wait(&woken);
        if (store_poll(store, &err) != 0)
            exit(1);
    }
}

int main(int argc, char **argv)
{
    struct error err;
    bool fresh;
    uint32_t roles = ROLE_USER | ROLE_AGENT;
    if (argc != 4)
        return 2;
    int n = atoi(argv[2]);
    double seconds = atof(argv[3]);
    sem_init(&woken, 0, 0);
    core = core_new();
    if (store_open(argv[1], wake, NULL, &store, &err) != 0 || store_load(store, core, &fresh, &err) != 0) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    struct command cmd = {.type = COMMAND_USER_SAVE};
    cmd.user_save.username = "agent";
    cmd.user_save.roles = &roles;
    if (fresh)
        step(&cmd);
    char **rooms = x_calloc((size_t)n, sizeof(*rooms)), **tokens = x_calloc((size_t)n, sizeof(*tokens));
    for (int i = 0; i < n; i++) {
        tokens[i] = x_asprintf("%d-%llx", i, (unsigned long long)id_next(&rnd));
        cmd = (struct command){.type = COMMAND_VISITOR_SAVE};
        cmd.visitor_save.token = tokens[i];
        step(&cmd);
        cmd = (struct command){.type = COMMAND_ROOM_START};
        cmd.room_start.record = result.visitor;
        step(&cmd);
        rooms[i] = x_strdup(result.room->id);
    }
    wait_commit();
    int64_t from = clock_mono_us();
    long done = 0;
    while ((double)(clock_mono_us() - from) < seconds * 1e6) {
        for (int i = 0; i < n; i++, done++) {
            cmd = (struct command){.type = COMMAND_MESSAGE_SEND};
            cmd.message.rid = rooms[i];
            cmd.message.token = tokens[i];
            cmd.message.text = "Where is my parcel? It should have been here.";
            step(&cmd);
        }
        wait_commit();
    }
    printf("%.0f\n", (double)done / ((double)(clock_mono_us() - from) / 1e6));
    store_close(&store);
    core_free(&core);
    event_list_free(&events);
    for (int i = 0; i < n; i++) {
        free(rooms[i]);
        free(tokens[i]);
    }
    free(rooms);
    free(tokens);
    return 0;
}
