/* A core with agents, departments and a visitor, for the tests. */
#ifndef TESTS_CORE_FIXTURE_H
#define TESTS_CORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/mem.h"
#include "core/core.h"

struct fixture {
    struct core *core;
    struct result result;
    struct event_list events;
    int64_t now;
    uint64_t entropy;
    void (*stepped)(void *arg);    /* called after every step, if set */
    void *stepped_arg;
};

static inline int fx_step(struct fixture *f, struct command *cmd)
{
    cmd->now_ms = f->now += 1000;
    cmd->entropy = ++f->entropy * 7919;
    int rc = core_step(f->core, cmd, &f->result, &f->events);
    if (f->stepped)
        f->stepped(f->stepped_arg);
    return rc;
}

static inline void fx_set(struct fixture *f, const char *id, const char *text)
{
    struct setting_change ch = {.no = catalogue_find(id)};
    struct command cmd = {.type = COMMAND_SETTINGS};
    assert_true(ch.no >= 0);
    assert_int_equal(setting_value_from_text(ch.no, text, &ch.value, NULL), 0);
    cmd.settings.items = &ch;
    cmd.settings.n = 1;
    assert_int_equal(fx_step(f, &cmd), 0);
    setting_value_free(&ch.value);
}

/* It counts as that, whatever is stored. */
static inline void fx_force(struct fixture *f, const char *id, const char *text)
{
    struct setting_value value;
    struct command cmd = {.type = COMMAND_SETTING_FORCE};
    cmd.setting_force.no = catalogue_find(id);
    assert_int_equal(setting_value_from_text(cmd.setting_force.no, text, &value, NULL), 0);
    cmd.setting_force.value = &value;
    assert_int_equal(fx_step(f, &cmd), 0);
    setting_value_free(&value);
}

static inline char *fx_user(struct fixture *f, const char *name, uint32_t roles)
{
    struct command cmd = {.type = COMMAND_USER_SAVE};
    cmd.user_save.username = cmd.user_save.name = name;
    cmd.user_save.roles = &roles;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.user->id;
}

static inline char *fx_agent(struct fixture *f, const char *name)
{
    return fx_user(f, name, ROLE_USER | ROLE_AGENT);
}

static inline char *fx_department(struct fixture *f, const char *name, const char *agent_a, const char *agent_b)
{
    struct department_agent_change agents[2] = {{.user_id = agent_a}, {.user_id = agent_b}};
    struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
    cmd.department_save.name = name;
    cmd.department_save.enabled = true;
    cmd.department_save.agents = agents;
    cmd.department_save.agent_count = agent_b ? 2 : agent_a ? 1 : 0;
    cmd.department_save.has_agents = true;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.department->id;
}

static inline struct visitor *fx_visitor(struct fixture *f, const char *token, const char *department)
{
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.token = token;
    cmd.visitor_save.name = "Vera";
    cmd.visitor_save.email = " Vera@Example.org ";
    cmd.visitor_save.department = department;
    assert_int_equal(fx_step(f, &cmd), 0);
    return f->result.visitor;
}

static inline int fx_start(struct fixture *f, const char *token)
{
    struct command cmd = {.type = COMMAND_ROOM_START};
    cmd.room_start.record = core_visitor_by_token(f->core, token);
    cmd.room_start.source_type = "widget";
    return fx_step(f, &cmd);
}

static inline int fx_room(struct fixture *f, enum command_type type, const struct room *r, const char *user_id)
{
    struct command cmd = {.type = type, .actor_id = user_id};
    cmd.room.rid = r->id;
    cmd.room.user_id = user_id;
    cmd.room.comment = "done";
    return fx_step(f, &cmd);
}

static inline int fx_say(struct fixture *f, const struct room *r, const char *user_id, const char *text)
{
    struct command cmd = {.type = COMMAND_MESSAGE_SEND, .actor_id = user_id};
    AUTO_FREE char *rid = x_strdup(r->id);
    cmd.message.rid = rid;
    cmd.message.text = text;
    cmd.message.token = user_id ? NULL : r->visitor->token;
    return fx_step(f, &cmd);
}

/* An agent who is there. */
static inline const char *fx_online(struct fixture *f, const char *name, uint32_t more_roles)
{
    const char *id = fx_user(f, name, ROLE_USER | ROLE_AGENT | more_roles);
    struct command cmd = {.type = COMMAND_USER_CONNECTION};
    cmd.user.id = id;
    cmd.user.status = PRESENCE_ONLINE;
    assert_int_equal(fx_step(f, &cmd), 0);
    return id;
}

/* A new chat of a new visitor. */
static inline struct room *fx_chat(struct fixture *f, const char *token, const char *department)
{
    fx_visitor(f, token, department);
    assert_int_equal(fx_start(f, token), 0);
    return f->result.room;
}

static inline void fx_service(struct fixture *f, const char *user_id, bool available)
{
    struct command cmd = {.type = COMMAND_USER_SERVICE};
    cmd.user.id = user_id;
    cmd.user.available = available;
    assert_int_equal(fx_step(f, &cmd), 0);
}

/* The next deadline comes. Returns how long it was away. */
static inline int64_t fx_deadline(struct fixture *f)
{
    int64_t due = core_next_deadline(f->core), before = f->now;
    struct command cmd = {.type = COMMAND_TICK};
    assert_true(due < INT64_MAX);
    f->now = due - 1000; /* fx_step adds that */
    assert_int_equal(fx_step(f, &cmd), 0);
    return due - before;
}

static inline void fx_assert_served(const struct room *r, const char *username)
{
    assert_non_null(r->served_by);
    assert_string_equal(r->served_by->username, username);
}

/* The account in whose name the system speaks. */
static inline void fx_system(struct fixture *f)
{
    struct command cmd = {.type = COMMAND_USER_SAVE};
    cmd.user_save.new_id = cmd.user_save.username = "rocket.cat";
    cmd.user_save.is_bot_type = true;
    assert_int_equal(fx_step(f, &cmd), 0);
}

/* The last step refused with that code. */
static inline void fx_assert_refused(const struct fixture *f, int rc, const char *name)
{
    assert_true(rc < 0);
    assert_int_equal(f->events.n, 0);
    if (name == NULL)
        assert_null(f->result.error.name);
    else
        assert_string_equal(f->result.error.name, name);
}

/* How many messages of that type (NULL: of people) the last step made. */
static inline int fx_messages(const struct fixture *f, const char *type)
{
    int n = 0;
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.items[i].type == EVENT_MESSAGE && str_eq(f->events.items[i].message->type, type))
            n++;
    return n;
}

static inline const struct message *fx_message(const struct fixture *f, const char *type)
{
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.items[i].type == EVENT_MESSAGE && str_eq(f->events.items[i].message->type, type))
            return f->events.items[i].message;
    return NULL;
}

static inline bool fx_happened(const struct fixture *f, enum event_type type)
{
    for (size_t i = 0; i < f->events.n; i++)
        if (f->events.items[i].type == type)
            return true;
    return false;
}

static inline int fx_open(void **state)
{
    struct fixture *f = x_calloc(1, sizeof(*f));
    f->core = core_new();
    f->now = 1700000000000;
    fx_force(f, "Troubleshoot_Disable_Livechat_Activity_Monitor", "true"); /* else something is due at every midnight */
    *state = f;
    return 0;
}

static inline int fx_close(void **state)
{
    struct fixture *f = *state;
    core_free(&f->core);
    event_list_free(&f->events);
    free(f);
    return 0;
}

#endif
