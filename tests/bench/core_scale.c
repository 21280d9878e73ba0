/* The core at the size of a busy contact centre: 10,000 agents, 100,000 open chats. Prints the time of every kind of
   step as median and 99th percentile, and the memory taken. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/id.h"
#include "common/mem.h"
#include "core/core.h"

#define AGENTS 10000
#define DEPARTMENTS 50
#define ROOMS 100000
#define SAMPLES 20000

struct bench {
    struct core *core;
    struct result result;
    struct event_list events;
    struct id_source rnd;
    int64_t now;
    char *departments[DEPARTMENTS];
    char **agents, **rooms;
};

static double *samples;
static size_t sample_count;

static int64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static int step(struct bench *b, struct command *cmd)
{
    cmd->now_ms = b->now += 3;
    cmd->entropy = id_next(&b->rnd);
    int64_t from = now_ns();
    int rc = core_step(b->core, cmd, &b->result, &b->events);
    if (sample_count < SAMPLES)
        samples[sample_count++] = (double)(now_ns() - from) / 1000;
    return rc;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double worst_p99;

static void report(const char *what)
{
    qsort(samples, sample_count, sizeof(*samples), compare);
    double p99 = samples[sample_count * 99 / 100];
    printf("%-28s %8zu steps   median %7.2f us   p99 %7.2f us   max %8.1f us\n", what, sample_count,
           samples[sample_count / 2], p99, samples[sample_count - 1]);
    if (p99 > worst_p99)
        worst_p99 = p99;
    sample_count = 0;
}

static void make_people(struct bench *b)
{
    for (int i = 0; i < DEPARTMENTS; i++) {
        struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
        AUTO_FREE char *name = x_asprintf("department %d", i);
        cmd.department_save.name = name;
        cmd.department_save.enabled = cmd.department_save.show_on_registration = true;
        step(b, &cmd);
        b->departments[i] = x_strdup(b->result.department->id);
    }
    sample_count = 0;
    b->agents = x_calloc(AGENTS, sizeof(char *));
    for (int i = 0; i < AGENTS; i++) {
        uint32_t roles = ROLE_USER | ROLE_AGENT;
        AUTO_FREE char *name = x_asprintf("agent%05d", i);
        struct command cmd = {.type = COMMAND_USER_SAVE};
        cmd.user_save.username = cmd.user_save.name = name;
        cmd.user_save.roles = &roles;
        step(b, &cmd);
        b->agents[i] = x_strdup(b->result.user->id);
    }
    report("user created");
    for (int i = 0; i < AGENTS; i++) {
        for (int k = 0; k < 3; k++) {
            struct department_agent_change ch = {.user_id = b->agents[i]};
            struct command cmd = {.type = COMMAND_DEPARTMENT_AGENTS};
            cmd.department.id = b->departments[(i + k * 7) % DEPARTMENTS];
            cmd.department.upsert = &ch;
            cmd.department.upsert_count = 1;
            step(b, &cmd);
        }
    }
    report("agent into department");
}

static void start_rooms(struct bench *b)
{
    b->rooms = x_calloc(ROOMS, sizeof(char *));
    for (int i = 0; i < ROOMS; i++) {
        AUTO_FREE char *token = x_asprintf("%064d", i);
        AUTO_FREE char *email = x_asprintf("visitor%d@example.org", i);
        struct command visitor = {.type = COMMAND_VISITOR_SAVE};
        visitor.visitor_save.token = token;
        visitor.visitor_save.name = "A visitor with a name";
        visitor.visitor_save.email = email;
        visitor.visitor_save.department = b->departments[i % DEPARTMENTS];
        size_t keep = sample_count;
        step(b, &visitor);
        sample_count = keep;
        struct command start = {.type = COMMAND_ROOM_START};
        start.room_start.record = b->result.visitor;
        start.room_start.source_type = "widget";
        step(b, &start);
        b->rooms[i] = x_strdup(b->result.room->id);
    }
    report("chat started and routed");
}

static void talk(struct bench *b, bool visitor)
{
    for (int i = 0; i < SAMPLES; i++) {
        struct room *r = core_room(b->core, b->rooms[id_next(&b->rnd) % ROOMS]);
        struct command cmd = {.type = COMMAND_MESSAGE_SEND};
        cmd.message.rid = r->id;
        cmd.message.text = "Where is my parcel? It should have been here last week.";
        cmd.message.token = visitor ? r->visitor->token : NULL;
        cmd.actor_id = r->served_by->id;
        step(b, &cmd);
    }
    report(visitor ? "message of a visitor" : "message of an agent");
}

static void change_agents(struct bench *b)
{
    for (int i = 0; i < SAMPLES; i++) {
        struct command cmd = {.type = COMMAND_USER_SERVICE};
        cmd.user.id = b->agents[(i / 2) % AGENTS];
        cmd.user.available = i % 2;
        step(b, &cmd);
    }
    report("agent leaves or comes");
}

static void set(struct bench *b, const char *id, const char *text)
{
    struct setting_change ch = {.no = catalogue_find(id)};
    struct command cmd = {.type = COMMAND_SETTINGS};
    if (setting_value_from_text(ch.no, text, &ch.value, NULL) != 0)
        abort();
    cmd.settings.items = &ch;
    cmd.settings.n = 1;
    step(b, &cmd);
    setting_value_free(&ch.value);
}

static void forward(struct bench *b)
{
    for (int i = 0; i < SAMPLES / 2; i++) {
        struct room *r = core_room(b->core, b->rooms[ROOMS - 1 - i]);
        struct command cmd = {.type = COMMAND_ROOM_FORWARD, .actor_id = r->served_by->id};
        cmd.room.rid = r->id;
        cmd.room.department_id = b->departments[(i + 1) % DEPARTMENTS];
        step(b, &cmd);
    }
    report("chat forwarded");
}

/* Every open chat has a deadline meanwhile, and those on hold a second one. */
static void hold_until_closed(struct bench *b)
{
    set(b, "Livechat_abandoned_rooms_action", "close");
    set(b, "Livechat_visitor_inactivity_timeout", "1000000");
    set(b, "Livechat_allow_manual_on_hold", "true");
    set(b, "Livechat_auto_close_on_hold_chats_timeout", "1000");
    sample_count = 0;
    int held = 0;
    for (int i = ROOMS - 1 - SAMPLES; held < SAMPLES / 2; i--) {
        struct room *r = core_room(b->core, b->rooms[i]);
        struct command cmd = {.type = COMMAND_ROOM_HOLD, .actor_id = r->served_by->id};
        cmd.room.rid = r->id;
        cmd.room.user_id = cmd.actor_id;
        held += step(b, &cmd) == 0;
    }
    report("chat placed on hold");
    b->now += 2000000;
    for (struct command cmd = {.type = COMMAND_TICK}; core_next_deadline(b->core) <= b->now; held--)
        step(b, &cmd);
    if (held != 0)
        abort();
    report("deadline: chat closed");
}

static void close_and_return(struct bench *b)
{
    for (int i = 0; i < SAMPLES / 2; i++) {
        struct room *r = core_room(b->core, b->rooms[i]);
        struct command cmd = {.type = COMMAND_ROOM_RETURN, .actor_id = r->served_by->id};
        cmd.room.rid = b->rooms[i];
        cmd.room.user_id = r->served_by->id;
        step(b, &cmd);
    }
    report("chat given back");
    for (int i = 0; i < SAMPLES / 2; i++) {
        struct room *r = core_room(b->core, b->rooms[i]);
        struct command cmd = {.type = COMMAND_ROOM_CLOSE};
        cmd.room.rid = b->rooms[i];
        cmd.room.token = r->visitor->token;
        step(b, &cmd);
    }
    report("chat closed");
}

int main(void)
{
    struct bench b = {.core = core_new(), .rnd = {42}, .now = 1700000000000};
    samples = x_calloc(SAMPLES, sizeof(*samples));
    make_people(&b);
    start_rooms(&b);
    printf("%-28s %8.1f MB\n", "memory with all chats open", (double)mallinfo2().uordblks / 1e6);
    talk(&b, true);
    talk(&b, false);
    change_agents(&b);
    forward(&b);
    hold_until_closed(&b);
    close_and_return(&b);
    printf("worst p99 of all: %.2f us (aim: 100)\n", worst_p99);
    return 0;
}
