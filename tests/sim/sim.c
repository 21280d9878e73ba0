/* Random commands against the core, many seeds. After every step: no chat is lost, never two agents on one chat, limits
   hold under automatic routing, indexes agree with a plain count; the same input gives the same events.

   sim [--seeds N] [--commands N] [--seed S]: with --seed one run only. A failing run is shrunk by itself: the shortest
   run that still fails is printed with its seed. */
#include <assert.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "core/core.h"
#include "play.h"

#define AGENTS 8
#define DEPARTMENTS 3
#define VISITORS 24

struct world {
    struct core *core;
    struct id_source rnd;
    int64_t now;
    struct result result;
    struct event_list events;
    char *agents[AGENTS], *departments[DEPARTMENTS];
    struct visitor *visitors[VISITORS];   /* as the store would have them */
    size_t opened, closed;
    uint64_t digest;
};

static const char *failure;

static unsigned pick(struct world *w, unsigned n)
{
    return (unsigned)(id_next(&w->rnd) % n);
}

/* What the store would remember of visitors. */
static void remember(struct world *w)
{
    for (size_t i = 0; i < w->events.n; i++) {
        const struct event *e = &w->events.items[i];
        if (e->type == EVENT_ROOM_OPENED)
            w->opened++;
        if (e->type == EVENT_ROOM_CLOSED)
            w->closed++;
        if (e->type != EVENT_VISITOR)
            continue;
        for (int v = 0; v < VISITORS; v++) {
            if (w->visitors[v] && strcmp(w->visitors[v]->id, e->visitor->id) == 0) {
                visitor_free(&w->visitors[v]);
                w->visitors[v] = visitor_dup(e->visitor);
            }
        }
    }
}

static int step(struct world *w, struct command *cmd)
{
    cmd->now_ms = w->now;
    cmd->entropy = id_next(&w->rnd);
    int rc = core_step(w->core, cmd, &w->result, &w->events);
    if (rc != 0 && w->events.n != 0)
        failure = "a refused command made events";
    remember(w);
    return rc;
}

static void set(struct world *w, const char *id, const char *text)
{
    struct setting_change ch = {.no = catalogue_find(id)};
    if (setting_value_from_text(ch.no, text, &ch.value, NULL) != 0)
        abort();
    struct command cmd = {.type = COMMAND_SETTINGS};
    cmd.settings.items = &ch;
    cmd.settings.n = 1;
    step(w, &cmd);
    setting_value_free(&ch.value);
}

static void setup(struct world *w)
{
    set(w, "SMTP_Host", "mail.example.org");
    set(w, "From_Email", "desk@example.org");
    for (int i = 0; i < DEPARTMENTS; i++) {
        struct command cmd = {.type = COMMAND_DEPARTMENT_SAVE};
        AUTO_FREE char *name = x_asprintf("department %d", i);
        cmd.department_save.name = name;
        cmd.department_save.enabled = true;
        cmd.department_save.show_on_registration = true;
        step(w, &cmd);
        w->departments[i] = x_strdup(w->result.department->id);
    }
    for (int i = 0; i < AGENTS; i++) {
        uint32_t roles = ROLE_USER | ROLE_AGENT;
        AUTO_FREE char *name = x_asprintf("agent%d", i);
        struct command cmd = {.type = COMMAND_USER_SAVE};
        cmd.user_save.username = name;
        cmd.user_save.roles = &roles;
        step(w, &cmd);
        w->agents[i] = x_strdup(w->result.user->id);
    }
    struct command cat = {.type = COMMAND_USER_SAVE};
    cat.user_save.new_id = cat.user_save.username = "rocket.cat";
    step(w, &cat);
}

static void do_department(struct world *w)
{
    struct department_agent_change ch = {.user_id = w->agents[pick(w, AGENTS)], .order = pick(w, 3), .has_order = true};
    const char *gone = ch.user_id;
    struct command cmd = {.type = COMMAND_DEPARTMENT_AGENTS};
    cmd.department.id = w->departments[pick(w, DEPARTMENTS)];
    if (pick(w, 3)) {
        cmd.department.upsert = &ch;
        cmd.department.upsert_count = 1;
    } else {
        cmd.department.remove = &gone;
        cmd.department.remove_count = 1;
    }
    step(w, &cmd);
}

static void do_visitor(struct world *w)
{
    unsigned v = pick(w, VISITORS);
    AUTO_FREE char *token = x_asprintf("token-%u", v);
    struct command cmd = {.type = COMMAND_VISITOR_SAVE};
    cmd.visitor_save.record = w->visitors[v];
    cmd.visitor_save.token = token;
    cmd.visitor_save.name = "Vera";
    if (pick(w, 2))
        cmd.visitor_save.department = w->departments[pick(w, DEPARTMENTS)];
    if (step(w, &cmd) == 0 && w->visitors[v] == NULL)
        w->visitors[v] = visitor_dup(w->result.visitor);
}

static void do_start(struct world *w)
{
    struct command cmd = {.type = COMMAND_ROOM_START};
    cmd.room_start.record = w->visitors[pick(w, VISITORS)];
    cmd.room_start.source_type = "widget";
    if (pick(w, 8) == 0)
        cmd.room_start.agent_id = w->agents[pick(w, AGENTS)];
    step(w, &cmd);
}

static struct room *random_room(struct world *w)
{
    size_t n = core_room_count(w->core);
    struct room *r = core_next_room(w->core, NULL);
    for (unsigned skip = n ? pick(w, (unsigned)n) : 0; r && skip > 0; skip--)
        r = core_next_room(w->core, r);
    return r;
}

/* What a routing service says: somebody, somebody unknown or nobody, to a question of now or of before. */
static struct service_answer say(struct world *w, const struct department *d)
{
    const struct user *u = core_user(w->core, w->agents[pick(w, AGENTS)]);
    const char *names[] = {u ? u->username : NULL, "nobody-here", NULL};
    return (struct service_answer){.department_id = d ? d->id : NULL, .username = names[pick(w, COUNT_OF(names))],
                                   .tries = 1, .is_reached = pick(w, 2) == 0};
}

static void do_room(struct world *w)
{
    static const enum command_type types[] = {COMMAND_INQUIRY_TAKE, COMMAND_INQUIRY_TAKE, COMMAND_ROOM_RETURN,
                                              COMMAND_ROOM_FORWARD, COMMAND_ROOM_CLOSE, COMMAND_ROOM_JOIN,
                                              COMMAND_ROOM_READ,    COMMAND_ROOM_HOLD,    COMMAND_ROOM_HOLD,
                                              COMMAND_ROOM_RESUME};
    struct room *r = random_room(w);
    struct command cmd = {.type = types[pick(w, COUNT_OF(types))]};
    if (r == NULL)
        return;
    cmd.actor_id = w->agents[pick(w, AGENTS)];
    cmd.room.rid = r->id;
    cmd.room.user_id = cmd.actor_id;
    if (cmd.type == COMMAND_ROOM_FORWARD && pick(w, 2)) {
        cmd.room.user_id = NULL;
        cmd.room.department_id = w->departments[pick(w, DEPARTMENTS)];
    } else if (cmd.type == COMMAND_ROOM_CLOSE && pick(w, 2)) {
        cmd.room.token = r->visitor->token;
        cmd.actor_id = NULL;
    }
    AUTO_FREE char *rid = x_strdup(r->id);
    AUTO_FREE char *token = x_strdup(cmd.room.token);
    struct service_answer answer = say(w, core_department(w->core, cmd.room.department_id));
    AUTO_FREE char *named = x_strdup(answer.username);
    answer.username = named;
    if (core_routing_asks(w->core)) {
        cmd.service = &answer;
        cmd.service_count = 1;
    }
    cmd.room.rid = rid;
    cmd.room.token = token;
    step(w, &cmd);
}

static void do_answer(struct world *w)
{
    struct room *r = random_room(w);
    if (r == NULL)
        return;
    struct service_answer a = say(w, r->department);
    AUTO_FREE char *rid = x_strdup(r->id);
    AUTO_FREE char *department = x_strdup(a.department_id), *name = x_strdup(a.username);
    struct command cmd = {.type = pick(w, 4) ? COMMAND_ROUTING_ANSWER : COMMAND_AGENT_NEXT, .service = &a,
                          .service_count = 1};
    a.department_id = department;
    a.username = name;
    bool asked = r->asked_no != 0;
    if (cmd.type == COMMAND_AGENT_NEXT) {
        cmd.department.id = department;
    } else {
        cmd.answer.rid = rid;
        cmd.answer.ask_no = pick(w, 6) ? r->asked_no : r->asked_no - 1;
    }
    step(w, &cmd);
    r = core_room(w->core, rid);
    if (cmd.type == COMMAND_ROUTING_ANSWER && !asked && w->events.n > 0)
        failure = "an answer nobody waits for did something";
}

static void do_transcript(struct world *w)
{
    static const enum command_type types[] = {COMMAND_TRANSCRIPT_REQUEST, COMMAND_TRANSCRIPT_DISCARD,
                                              COMMAND_TRANSCRIPT_SEND};
    struct room *r = random_room(w);
    if (r == NULL)
        return;
    AUTO_FREE char *rid = x_strdup(r->id);
    struct command cmd = {.type = types[pick(w, COUNT_OF(types))]};
    cmd.actor_id = pick(w, 3) ? w->agents[pick(w, AGENTS)] : NULL;
    cmd.transcript.rid = rid;
    cmd.transcript.record = r->visitor;
    cmd.transcript.email = pick(w, 8) ? "vera@example.org" : "no address";
    step(w, &cmd);
}

static void do_message(struct world *w)
{
    struct room *r = random_room(w);
    struct command cmd = {.type = COMMAND_MESSAGE_SEND};
    if (r == NULL)
        return;
    AUTO_FREE char *rid = x_strdup(r->id);
    AUTO_FREE char *token = pick(w, 2) ? x_strdup(r->visitor->token) : NULL;
    cmd.message.rid = rid;
    cmd.message.token = token;
    cmd.message.text = "hello {{agent.name}}";
    cmd.actor_id = token ? NULL : w->agents[pick(w, AGENTS)];
    step(w, &cmd);
}

static void do_agent(struct world *w)
{
    struct command cmd = {.type = pick(w, 2) ? COMMAND_USER_SERVICE : COMMAND_USER_CONNECTION};
    cmd.user.id = w->agents[pick(w, AGENTS)];
    cmd.user.available = pick(w, 3) != 0;
    cmd.user.status = (enum presence)pick(w, 3);
    step(w, &cmd);
}

static void do_setting(struct world *w)
{
    static const char *const choices[][2] = {
        {"Livechat_Routing_Method", "Auto_Selection"}, {"Livechat_Routing_Method", "Manual_Selection"},
        {"Livechat_Routing_Method", "Load_Balancing"}, {"Livechat_Routing_Method", "Load_Rotation"},
        {"Livechat_Routing_Method", "External"},       {"Livechat_External_Queue_URL", "http://a.example"},
        {"Livechat_External_Queue_URL", ""},           {"Livechat_External_Queue_URL", "http://b.example"},
        {"Livechat_maximum_chats_per_agent", "0"},     {"Livechat_maximum_chats_per_agent", "2"},
        {"Omnichannel_queue_delay_timeout", "0"},      {"Omnichannel_queue_delay_timeout", "2"},
        {"Livechat_max_queue_wait_time", "-1"},        {"Livechat_max_queue_wait_time", "1"},
        {"Livechat_last_chatted_agent_routing", "true"}, {"Livechat_last_chatted_agent_routing", "false"},
        {"Omnichannel_contact_manager_routing", "true"}, {"Omnichannel_contact_manager_routing", "false"},
        {"Livechat_assign_new_conversation_to_bot", "true"}, {"Livechat_assign_new_conversation_to_bot", "false"},
        {"Livechat_waiting_queue", "true"},            {"Livechat_waiting_queue", "false"},
        {"Livechat_enabled_when_agent_idle", "true"},  {"Livechat_enabled_when_agent_idle", "false"},
        {"Livechat_accept_chats_with_no_agents", "true"}, {"Livechat_accept_chats_with_no_agents", "false"},
    };
    static const char *const sessions[][2] = {
        {"Livechat_agent_leave_action", "none"},       {"Livechat_agent_leave_action", "forward"},
        {"Livechat_agent_leave_action", "close"},      {"Livechat_agent_leave_action_timeout", "5"},
        {"Livechat_agent_leave_action_timeout", "0"},  {"Livechat_visitor_inactivity_timeout", "60"},
        {"Livechat_visitor_inactivity_timeout", "0"},  {"Livechat_visitor_inactivity_timeout", "200"},
        {"Livechat_abandoned_rooms_action", "none"},   {"Livechat_abandoned_rooms_action", "on-hold"},
        {"Livechat_abandoned_rooms_action", "close"},  {"Livechat_allow_manual_on_hold", "true"},
        {"Livechat_auto_close_on_hold_chats_timeout", "30"}, {"Livechat_auto_close_on_hold_chats_timeout", "0"},
        {"Livechat_auto_transfer_chat_timeout", "20"}, {"Livechat_auto_transfer_chat_timeout", "0"},
        {"Livechat_enable_business_hours", "true"},    {"Livechat_enable_business_hours", "false"},
        {"Livechat_business_hour_type", "Single"},     {"Livechat_business_hour_type", "Multiple"},
    };
    unsigned i = pick(w, COUNT_OF(choices) + COUNT_OF(sessions));
    if (i >= COUNT_OF(choices)) {
        set(w, sessions[i - COUNT_OF(choices)][0], sessions[i - COUNT_OF(choices)][1]);
        return;
    }
    set(w, choices[i][0], choices[i][1]);
}

/* Units and tags that come, take departments from each other and go. */
static void do_record(struct world *w)
{
    enum record_kind kind = pick(w, 2) ? RECORD_UNIT : RECORD_TAG;
    struct record *r = core_next_record(w->core, kind, NULL);
    for (unsigned skip = pick(w, 3); r && skip > 0; skip--)
        r = core_next_record(w->core, kind, r);
    AUTO_FREE char *id = r ? x_strdup(r->id) : NULL;
    AUTO_FREE char *name = x_asprintf("record %u", pick(w, 6));
    json_t *values = json_pack("{s:s,s:[s]}", "name", name, "departments", w->departments[pick(w, DEPARTMENTS)]);
    if (kind == RECORD_UNIT)
        json_object_set_new(values, "visibility", json_string("public"));
    struct command cmd = {.type = id && pick(w, 3) == 0 ? COMMAND_RECORD_REMOVE : COMMAND_RECORD_SAVE};
    cmd.record_save.kind = kind;
    cmd.record_save.id = pick(w, 2) || cmd.type == COMMAND_RECORD_REMOVE ? id : NULL;
    cmd.record_save.values = values;
    step(w, &cmd);
    json_decref(values);
}

/* Business hours that open and close within minutes, follow departments and are overridden. */
static void do_hour(struct world *w)
{
    struct record *r = core_next_record(w->core, RECORD_BUSINESS_HOUR, NULL);
    bool is_default = r == NULL;
    for (unsigned skip = pick(w, 3); r && skip > 0; skip--)
        r = core_next_record(w->core, RECORD_BUSINESS_HOUR, r);
    AUTO_FREE char *id = r ? x_strdup(r->id) : NULL;
    is_default |= r && strcmp(record_text(r, "type"), "default") == 0;
    struct command cmd = {.type = id && pick(w, 2) ? COMMAND_HOUR_OVERRIDE
                                  : id && pick(w, 4) == 0 ? COMMAND_RECORD_REMOVE : COMMAND_RECORD_SAVE};
    if (cmd.type == COMMAND_HOUR_OVERRIDE) {
        cmd.hour.id = id;
        cmd.hour.lift = pick(w, 2);
        cmd.hour.open = pick(w, 2);
        cmd.hour.for_good = pick(w, 2);
        step(w, &cmd);
        return;
    }
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    json_t *rows = json_array();
    char from[8], to[8];
    snprintf(from, sizeof from, "22:%02u", pick(w, 60));
    snprintf(to, sizeof to, "2%u:%02u", 2 + pick(w, 2), pick(w, 60));
    for (int d = 0; d < 7; d++)
        json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:b}", "day", days[d], "start", from, "finish", to, "open", 1));
    AUTO_FREE char *name = x_asprintf("hour %u", pick(w, 6));
    json_t *values = json_pack("{s:s,s:s,s:s,s:b,s:o}", "name", is_default ? "" : name, "type",
                               is_default ? "default" : "custom", "timezoneName", "UTC", "active", pick(w, 6) != 0,
                               "workHours", rows);
    if (!is_default)
        json_object_set_new(values, "departments", json_pack("[s]", w->departments[pick(w, DEPARTMENTS)]));
    cmd.record_save.kind = RECORD_BUSINESS_HOUR;
    cmd.record_save.id = is_default || pick(w, 2) || cmd.type == COMMAND_RECORD_REMOVE ? id : NULL;
    cmd.record_save.values = values;
    step(w, &cmd);
    json_decref(values);
}

/* A workspace with random fallbacks and tags, which may well contradict each other: then nothing of it happens. */
static void do_workspace(struct world *w)
{
    struct command steps[DEPARTMENTS + 2] = {{0}}, cmd = {.type = COMMAND_WORKSPACE, .actor_id = w->agents[0]};
    struct setting_change ch = {.no = catalogue_find("Livechat_waiting_queue")};
    json_t *tags[2];
    char *names[DEPARTMENTS];      /* the core lets go of its own before it takes ours */
    int64_t revision = (int64_t)core_settings_revision(w->core);
    setting_value_from_text(ch.no, core_setting_bool(w->core, "Livechat_waiting_queue") ? "off" : "on", &ch.value, NULL);
    for (int i = 0; i < DEPARTMENTS; i++) {
        const struct department *d = core_department(w->core, w->departments[i]);
        unsigned other = pick(w, DEPARTMENTS + 1);
        steps[i].type = COMMAND_DEPARTMENT_SAVE;
        steps[i].department_save.id = w->departments[i];
        steps[i].department_save.name = names[i] = x_strdup(d->name);
        steps[i].department_save.enabled = d->enabled;
        steps[i].department_save.show_on_registration = true;
        steps[i].department_save.max_chats = d->max_chats;
        steps[i].department_save.fallback_id = other < DEPARTMENTS ? w->departments[other] : "";
    }
    for (int i = 0; i < 2; i++) {
        AUTO_FREE char *name = x_asprintf("tag %u", pick(w, 40));
        tags[i] = json_pack("{s:s,s:[s]}", "name", name, "departments", w->departments[pick(w, DEPARTMENTS)]);
        steps[DEPARTMENTS + i].type = COMMAND_RECORD_SAVE;
        steps[DEPARTMENTS + i].record_save.kind = RECORD_TAG;
        steps[DEPARTMENTS + i].record_save.values = tags[i];
    }
    cmd.workspace.settings.items = &ch;
    cmd.workspace.settings.n = 1;
    cmd.workspace.steps = steps;
    cmd.workspace.n = DEPARTMENTS + 2;
    int rc = step(w, &cmd);
    if ((rc == 0) != ((int64_t)core_settings_revision(w->core) == revision + 1))
        failure = "a workspace was applied in part";
    for (int i = 0; i < DEPARTMENTS; i++) {
        const struct department *d = core_department(w->core, w->departments[i]);
        free(names[i]);
        for (int depth = 0; d && d->fallback_id && failure == NULL; depth++) {
            d = core_department(w->core, d->fallback_id);
            if (depth > DEPARTMENTS)
                failure = "fallbacks go round in a circle";
        }
    }
    json_decref(tags[0]);
    json_decref(tags[1]);
    setting_value_free(&ch.value);
}

/* A channel that people enter, write into and leave. */
static void do_channel(struct world *w)
{
    struct channel *ch = core_next_channel(w->core, NULL);
    struct command cmd = {.type = COMMAND_CHANNEL_SAVE};
    AUTO_FREE char *id = ch ? x_strdup(ch->id) : NULL;
    cmd.actor_id = w->agents[pick(w, AGENTS)];
    const char *others[2];
    for (size_t i = 0; i < COUNT_OF(others); i++)
        others[i] = core_user(w->core, w->agents[pick(w, AGENTS)])->username;
    if (pick(w, 4) == 0) {
        cmd.type = COMMAND_CHANNEL_DIRECT;
        cmd.channel.members = others;
        cmd.channel.member_count = (size_t)pick(w, 3);   /* alone, in pairs, three */
    } else if (id && pick(w, 2)) {
        cmd.type = COMMAND_MESSAGE_SEND;
        cmd.message.rid = id;
        cmd.message.text = "to all";
    } else if (id) {
        cmd.type = pick(w, 3) ? COMMAND_CHANNEL_JOIN : COMMAND_CHANNEL_LEAVE;
        cmd.channel.id = id;
        cmd.channel.user_id = cmd.actor_id;
    } else {
        cmd.channel.name = "team";
    }
    step(w, &cmd);
}

/* What is due by now, in its order. */
static void do_deadlines(struct world *w)
{
    int64_t until = w->now, due;
    for (int i = 0; (due = core_next_deadline(w->core)) <= until && failure == NULL; i++) {
        struct command cmd = {.type = COMMAND_TICK};
        w->now = due;
        step(w, &cmd);
        if (i > 10000)
            failure = "a deadline is never done with";
    }
    w->now = until;
}

static void random_command(struct world *w)
{
    w->now += pick(w, 5000);
    do_deadlines(w);
    if (pick(w, 64) == 0) {
        do_record(w);
        return;
    }
    if (pick(w, 48) == 0) {
        do_hour(w);
        return;
    }
    if (pick(w, 64) == 0) {
        do_workspace(w);
        return;
    }
    if (pick(w, 64) == 0) {
        do_channel(w);
        return;
    }
    switch (pick(w, 18)) {
    case 0:
        do_setting(w);
        break;
    case 1:
        do_department(w);
        break;
    case 2:
    case 3:
        do_agent(w);
        break;
    case 4:
    case 5:
        do_visitor(w);
        break;
    case 6:
    case 7:
    case 8:
        do_start(w);
        break;
    case 9:
    case 10:
    case 11:
    case 12:
        do_room(w);
        break;
    case 13:
        do_transcript(w);
        break;
    case 14:
    case 15:
        do_answer(w);
        break;
    default:
        do_message(w);
    }
}

static void check_deadlines(const struct room *r, const struct world *w)
{
    int64_t hold = deadline_due(&r->deadlines, DEADLINE_HOLD_CLOSE);
    int64_t gone = deadline_due(&r->deadlines, DEADLINE_ABANDONED);
    int64_t unanswered = deadline_due(&r->deadlines, DEADLINE_UNANSWERED);
    const char *action = core_setting_text(w->core, "Livechat_abandoned_rooms_action");
    bool may_go = r->predicted_ms > 0 && !r->waiting_response;
    if (strcmp(action, "on-hold") == 0)
        may_go = may_go && !r->on_hold && r->served_by;
    if (hold != (r->on_hold && r->hold_close_ms ? r->hold_close_ms : INT64_MAX))
        failure = "the end of a chat on hold is not what the chat says";
    if (unanswered != (r->transfer_due_ms ? r->transfer_due_ms : INT64_MAX) || (r->transferred_ms && r->transfer_due_ms))
        failure = "the transfer of an unanswered chat is not what the chat says";
    if ((gone != INT64_MAX) != may_go || (may_go && gone < r->predicted_ms))
        failure = "a silent visitor is not watched as he should be";
    if (r->on_hold && (r->served_by == NULL || r->inquiry.status != INQUIRY_TAKEN))
        failure = "a chat is on hold although nobody serves it";
}

static void check_room(const struct room *r, int load[AGENTS], struct world *w)
{
    check_deadlines(r, w);
    const struct subscription *sub;
    bool served = r->inquiry.status == INQUIRY_TAKEN;
    if (!r->open)
        failure = "a closed room is among the open ones";
    if (served != (r->served_by != NULL))
        failure = "taken without an agent, or served without being taken";
    if (r->served_by && room_subscription(r, r->served_by) == NULL)
        failure = "the serving agent is not subscribed";
    if (r->is_aside != (r->inquiry.status == INQUIRY_READY && r->asked_no))
        failure = "a chat stands aside although nobody is asked, or the other way round";
    if (r->asked_no && !core_routing_asks(w->core))
        failure = "a chat is asked for under a method that asks nobody";
    if (r->waits_as != (served ? INQUIRY_NONE : r->inquiry.status))
        failure = "waiting index and state disagree";
    LIST_FOREACH(sub, &r->subscriptions, of_room) {
        for (int a = 0; a < AGENTS; a++)
            if (strcmp(sub->user->id, w->agents[a]) == 0)
                load[a] += sub->open && !r->on_hold;
    }
}

/* A department says to which unit it belongs, and is in that one only; names of tags are taken once. */
static void check_records(struct world *w)
{
    for (int i = 0; i < DEPARTMENTS; i++) {
        const struct department *d = core_department(w->core, w->departments[i]);
        for (const struct record *r = NULL; (r = core_next_record(w->core, RECORD_UNIT, r)) != NULL;)
            if (record_lists(r, "departments", d->id) != (d->unit_id && strcmp(d->unit_id, r->id) == 0))
                failure = "a department and its unit disagree";
    }
    const struct record *before = NULL;
    for (const struct record *r = NULL; (r = core_next_record(w->core, RECORD_TAG, r)) != NULL; before = r)
        if (before && strcmp(record_name(before), record_name(r)) >= 0)
            failure = "two tags have one name, or are out of order";
}

/* By the clock on the wall; all days are alike here. */
static bool hour_is_open(const struct record *r, int64_t now)
{
    const json_t *row = json_array_get(record_list(r, "workHours"), 0), *o = json_object_get(r->doc, "override");
    const json_t *until = json_object_get(o, "until");
    int at = (int)(now / 60000 % 1440), from = record_minutes_of(json_string_value(json_object_get(row, "start")));
    int to = record_minutes_of(json_string_value(json_object_get(row, "finish")));
    to += to == 1439;
    if (!record_bool(r, "active"))
        return false;
    if (o && (until == NULL || now < json_integer_value(until)))
        return json_is_true(json_object_get(o, "open"));
    return to > from ? at >= from && at < to : at >= from || at < to;
}

/* How many hours are open for an agent, from what the records say (10.5, 10.7). */
static int count_open_hours(const struct world *w, const char *agent)
{
    bool multiple = strcmp(core_setting_text(w->core, "Livechat_business_hour_type"), "Multiple") == 0, own = false;
    const struct department_agent *l;
    int n = 0;
    for (const struct record *r = NULL; (r = core_next_record(w->core, RECORD_BUSINESS_HOUR, r)) != NULL;) {
        bool his = false;
        LIST_FOREACH(l, &core_user(w->core, agent)->departments, of_user)
            his |= multiple && l->department->enabled && record_bool(r, "active") &&
                   record_lists(r, "departments", l->department->id);
        own |= his;
        n += his && hour_is_open(r, w->now);
    }
    for (const struct record *r = NULL; !own && (r = core_next_record(w->core, RECORD_BUSINESS_HOUR, r)) != NULL;)
        n += strcmp(record_text(r, "type"), "default") == 0 && hour_is_open(r, w->now);
    return n;
}

static void check_hours(struct world *w)
{
    bool on = core_setting_bool(w->core, "Livechat_enable_business_hours");
    for (int a = 0; a < AGENTS; a++) {
        const struct user *u = core_user(w->core, w->agents[a]);
        if (u->open_hour_count != (on ? count_open_hours(w, u->id) : u->open_hour_count))
            failure = "the business hours of an agent are not those of his departments";
        if (on && u->available && u->open_hour_count == 0)
            failure = "an agent is available although his business hours are closed";
    }
}

/* Every member is counted once, from both sides. */
static void check_channels(struct world *w)
{
    for (const struct channel *ch = NULL; (ch = core_next_channel(w->core, ch)) != NULL;) {
        int from_users = 0;
        for (int a = 0; a < AGENTS; a++)
            from_users += channel_member(ch, core_user(w->core, w->agents[a])) != NULL;
        if (from_users != ch->member_count)
            failure = "the members of a channel are counted wrong";
    }
}

static bool comes_first(const struct room *a, const struct room *b)
{
    const struct inquiry *x = &a->inquiry, *y = &b->inquiry;
    if (x->order != y->order)
        return x->order < y->order;
    if (x->wait_min != y->wait_min)
        return x->wait_min < y->wait_min;
    return x->service_at_ms != y->service_at_ms ? x->service_at_ms < y->service_at_ms : a->no < b->no;
}

/* Every place in the queue, by counting who comes before. */
static void check_lines(struct world *w)
{
    for (struct room *r = core_next_room(w->core, NULL); r; r = core_next_room(w->core, r)) {
        size_t place = 1;
        for (struct room *o = core_next_room(w->core, NULL); o; o = core_next_room(w->core, o))
            place += o->inquiry.status == INQUIRY_QUEUED && (r->department == NULL || o->department == r->department) &&
                     comes_first(o, r);
        if (core_queue_place(w->core, r) != (r->inquiry.status == INQUIRY_QUEUED ? place : 0))
            failure = "a place in the queue is wrong";
    }
}

static void check(struct world *w)
{
    int load[AGENTS] = {0};
    size_t rooms = 0, queued = 0, online = 0;
    for (struct room *r = core_next_room(w->core, NULL); r; r = core_next_room(w->core, r)) {
        check_room(r, load, w);
        rooms++;
        queued += r->inquiry.status == INQUIRY_QUEUED;
    }
    if (rooms != core_room_count(w->core) || w->opened - w->closed != rooms)
        failure = "a chat is lost";
    if (queued != core_queue_length(w->core))
        failure = "the length of the queue is wrong";
    for (int a = 0; a < AGENTS; a++) {
        struct user *u = core_user(w->core, w->agents[a]);
        if (u->load != load[a])
            failure = "the load of an agent is wrong";
        if (u->leave_due_ms && (u->is_serving || deadline_due(&u->deadlines, DEADLINE_AGENT_LEFT) != u->leave_due_ms))
            failure = "an agent who is there is waited for";
        online += core_agent_is_online(w->core, u);
        if (u->counted_eligible != (core_agent_is_online(w->core, u) && !core_agent_is_full(w->core, u, NULL)))
            failure = "the index of agents is wrong";
    }
    check_records(w);
    check_channels(w);
    check_hours(w);
    if (online != core_agents_online(w->core))
        failure = "the number of online agents is wrong";
    check_lines(w);
    /* A chat given back waits although its last agent has room; a change of the rules treats everything anew. */
    bool anew = w->events.n && w->events.items[0].type == EVENT_SETTING &&
                strcmp(catalogue_row(w->events.items[0].setting)->id, "Livechat_Routing_Method") == 0;
    if (!anew || core_next_agent(w->core, NULL) == NULL)
        return;
    for (struct room *r = core_next_room(w->core, NULL); r; r = core_next_room(w->core, r))
        if (r->inquiry.status == INQUIRY_READY && r->department == NULL && r->inquiry.default_agent == NULL)
            failure = "a chat waits although somebody could take it";
}

static uint64_t run(uint64_t seed, int commands, int *failed_at)
{
    struct world w = {.core = core_new(), .rnd = {seed}, .now = 1700000000000};
    failure = NULL;
    *failed_at = -1;
    setup(&w);
    for (int i = 0; i < commands && failure == NULL; i++) {
        random_command(&w);
        check(&w);
        if (failure)
            *failed_at = i;
    }
    uint64_t digest = core_digest(w.core);
    for (int i = 0; i < VISITORS; i++)
        visitor_free(&w.visitors[i]);
    play_free(w.agents, AGENTS);
    play_free(w.departments, DEPARTMENTS);
    event_list_free(&w.events);
    core_free(&w.core);
    return digest;
}

int main(int argc, char **argv)
{
    struct play p = {.from = 1, .seeds = 1000, .commands = 1000};
    int failed_at;
    play_options(&p, argc, argv);
    for (uint64_t seed = p.from; seed < p.from + p.seeds; seed++) {
        uint64_t digest = run(seed, p.commands, &failed_at);
        if (failure) {
            printf("seed %" PRIu64 ", command %d: %s\nagain: sim --seed %" PRIu64 " --commands %d\n", seed, failed_at,
                   failure, seed, failed_at + 1);
            return 1;
        }
        if (seed % 50 == 0 && run(seed, p.commands, &failed_at) != digest) {
            printf("seed %" PRIu64 ": the same input gave other events\n", seed);
            return 1;
        }
    }
    printf("%" PRIu64 " seeds of %d commands: every rule held\n", p.seeds, p.commands);
    return 0;
}
