/* What one event costs the core while it grows: a workspace of so many agents with so many chats waiting, kept at that
   size while chats come, are assigned, taken, forwarded, closed and given up on. Time is of core_step alone.

   core_growth AGENTS WAITING SAMPLES prints one line of JSON: median nanoseconds by kind of event, and bytes for each waiting
   chat. Under callgrind with --toggle-collect=measured_KIND* the instructions of one kind are counted. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/id.h"
#include "common/mem.h"
#include "core/core.h"

#define PER_DEPARTMENT 100
#define EACH_IN 3              /* departments an agent is in */

struct bench {
    struct core *core;
    struct result result;
    struct event_list events;
    struct id_source rnd;
    int64_t now, clock_ns;
    char **departments, **agents;
    int department_count, agent_count, visitor_no;
};

struct sum {
    const char *name;
    double *ns;
    size_t n;
};

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void step(struct bench *b, struct command *cmd)
{
    cmd->now_ms = b->now;
    cmd->entropy = id_next(&b->rnd);
    if (core_step(b->core, cmd, &b->result, &b->events) != 0) {
        fprintf(stderr, "core_growth: command %d: %s %s\n", cmd->type, b->result.error.name, b->result.error.text);
        exit(1);
    }
}

/* One function a kind, so that callgrind can tell them apart. */
#define MEASURED(kind)                                                                                                 \
    static struct sum sum_##kind = {.name = #kind};                                                                    \
    __attribute__((noinline)) static void measured_##kind(struct bench *b, struct command *cmd)                        \
    {                                                                                                                  \
        int64_t from = now_ns();                                                                                       \
        step(b, cmd);                                                                                                  \
        sum_##kind.ns[sum_##kind.n++] = (double)(now_ns() - from - b->clock_ns);                                       \
    }
MEASURED(enqueue)
MEASURED(assign)
MEASURED(take)
MEASURED(forward)
MEASURED(close)
MEASURED(deadline)

static struct sum *const sums[] = {&sum_enqueue, &sum_assign, &sum_take, &sum_forward, &sum_close, &sum_deadline};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of a machine that does other things too the mean says little. */
static double median(struct sum *s)
{
    qsort(s->ns, s->n, sizeof(*s->ns), compare);
    return s->ns[s->n / 2];
}

static void set_text(struct bench *b, const char *id, const char *text)
{
    struct setting_change ch = {.no = catalogue_find(id)};
    struct command cmd = {.type = COMMAND_SETTINGS};
    if (setting_value_from_text(ch.no, text, &ch.value, NULL) != 0)
        exit(1);
    cmd.settings.items = &ch;
    cmd.settings.n = 1;
    step(b, &cmd);
    setting_value_free(&ch.value);
}

static void make_people(struct bench *b)
{
    uint32_t roles = ROLE_USER | ROLE_AGENT;
    b->department_count = b->agent_count / PER_DEPARTMENT * EACH_IN + 1;
    b->departments = x_calloc((size_t)b->department_count, sizeof(char *));
    b->agents = x_calloc((size_t)b->agent_count, sizeof(char *));
    for (int i = 0; i < b->department_count; i++) {
        struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
        AUTO_FREE char *name = x_asprintf("department %d", i);
        cmd.department_save.name = name;
        cmd.department_save.enabled = cmd.department_save.show_on_registration = true;
        step(b, &cmd);
        b->departments[i] = x_strdup(b->result.department->id);
    }
    for (int i = 0; i < b->agent_count; i++) {
        struct command cmd = {.type = COMMAND_USER_SAVE};
        AUTO_FREE char *name = x_asprintf("agent%05d", i);
        cmd.user_save.username = cmd.user_save.name = name;
        cmd.user_save.roles = &roles;
        step(b, &cmd);
        b->agents[i] = x_strdup(b->result.user->id);
        for (int k = 0; k < EACH_IN && k < b->department_count; k++) {
            struct department_agent_change ch = {.user_id = b->agents[i]};
            struct command into = {.type = COMMAND_DEPARTMENT_AGENTS};
            into.department.id = b->departments[(i + k * 7) % b->department_count];
            into.department.upsert = &ch;
            into.department.upsert_count = 1;
            step(b, &into);
        }
    }
}

/* A chat comes and waits. */
static struct room *arrive(struct bench *b, bool measured)
{
    int no = b->visitor_no++;
    AUTO_FREE char *token = x_asprintf("%024d", no);
    struct command visitor = {.type = COMMAND_VISITOR_SAVE}, start = {.type = COMMAND_ROOM_START};
    visitor.visitor_save.token = token;
    visitor.visitor_save.name = "A visitor";
    visitor.visitor_save.department = b->departments[no % b->department_count];
    b->now++;
    step(b, &visitor);
    start.room_start.record = b->result.visitor;
    start.room_start.source_type = "widget";
    if (measured)
        measured_enqueue(b, &start);
    else
        step(b, &start);
    return b->result.room;
}

/* What the step made of the chat whose agent changed; none: NULL. */
static struct room *assigned(const struct bench *b)
{
    for (size_t i = 0; i < b->events.n; i++)
        if (b->events.items[i].type == EVENT_INQUIRY_TAKEN)
            return b->events.items[i].room;
    return NULL;
}

static void leave(struct bench *b, struct room *r, bool measured)
{
    struct command cmd = {.type = COMMAND_ROOM_CLOSE, .actor_id = r->served_by->id};
    cmd.room.rid = r->id;
    cmd.room.user_id = r->served_by->id;
    if (measured)
        measured_close(b, &cmd);
    else
        step(b, &cmd);
}

/* A chat comes, the worker assigns the next one, it is forwarded and closed: as many wait as before. */
static void automatic_cycle(struct bench *b)
{
    arrive(b, true);
    struct command tick = {.type = COMMAND_TICK};
    b->now = core_next_deadline(b->core);
    measured_assign(b, &tick);
    struct room *r = assigned(b);
    if (r == NULL)
        exit(2);
    struct command forward = {.type = COMMAND_ROOM_FORWARD, .actor_id = r->served_by->id};
    const char *to = b->agents[id_next(&b->rnd) % (uint64_t)b->agent_count];
    if (strcmp(to, r->served_by->id) == 0)
        to = b->agents[0] == to ? b->agents[1] : b->agents[0];
    forward.room.rid = r->id;
    forward.room.user_id = to;
    measured_forward(b, &forward);
    leave(b, r, true);
}

/* By hand: a chat comes, an agent takes it, and it is closed. */
static void manual_cycle(struct bench *b)
{
    struct room *r = arrive(b, false);
    struct command take = {.type = COMMAND_INQUIRY_TAKE};
    take.actor_id = take.room.user_id = b->agents[id_next(&b->rnd) % (uint64_t)b->agent_count];
    take.room.rid = r->id;
    measured_take(b, &take);
    leave(b, r, false);
}

/* Too long in the queue: the one that came first is given up on, another one comes. */
static void deadline_cycle(struct bench *b)
{
    struct command tick = {.type = COMMAND_TICK};
    int64_t late = core_next_deadline(b->core);
    b->now = late > b->now ? late : b->now;
    measured_deadline(b, &tick);
    arrive(b, false);
}

static double bytes_used(void)
{
    return (double)mallinfo2().uordblks;
}

int main(int argc, char **argv)
{
    struct bench b = {.core = core_new(), .rnd = {42}, .now = 1700000000000};
    if (argc != 4)
        return 2;
    b.agent_count = atoi(argv[1]);
    int waiting = atoi(argv[2]), samples = atoi(argv[3]);
    b.clock_ns = now_ns();
    for (int i = 0; i < 1000; i++)
        (void)now_ns();
    b.clock_ns = (now_ns() - b.clock_ns) / 1001;
    for (size_t i = 0; i < COUNT_OF(sums); i++)
        sums[i]->ns = x_calloc((size_t)samples, sizeof(double));
    make_people(&b);
    set_text(&b, "Livechat_waiting_queue", "true");
    set_text(&b, "Livechat_Routing_Method", "Manual_Selection");
    double before = bytes_used();
    for (int i = 0; i < waiting; i++)
        arrive(&b, false);
    double each = (bytes_used() - before) / waiting;
    for (int i = 0; i < samples; i++)
        manual_cycle(&b);
    set_text(&b, "Livechat_Routing_Method", "Auto_Selection");
    for (int i = 0; i < samples; i++)
        automatic_cycle(&b);
    set_text(&b, "Livechat_Routing_Method", "Manual_Selection");
    set_text(&b, "Livechat_max_queue_wait_time", "10");
    for (int i = 0; i < samples; i++)
        deadline_cycle(&b);
    printf("{\"agents\":%d,\"waiting\":%d,\"bytes\":%.0f", b.agent_count, waiting, each);
    for (size_t i = 0; i < COUNT_OF(sums); i++)
        printf(",\"%s\":%.0f", sums[i]->name, median(sums[i]));
    puts("}");
    return 0;
}
