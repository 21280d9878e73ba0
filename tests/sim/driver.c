/* The core, spoken to in lines: what tests/sim/agree.py compares the naive model (model.py) with.

   stdin:  MS VERB ARGUMENT...     one command a line; "-" stands for nothing; times in ms since the first moment
   stdout: one line an answer      RESULT|chats closed|open chats|agents|links|next deadline

   Users and departments bear the names they are given as ids too; visitors are numbers. A chat is named by its
   visitor; in answers by its number too, counted from 1. An answer goes out when no further command waits in the pipe. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "core/core.h"

#define BASE_MS 1700000000000
#define VISITORS 64
#define WORDS 64

/* What the store would remember of a visitor. */
struct remembered {
    struct visitor *record;
    char *room_id;             /* his latest chat */
    char *last_agent_id;       /* who served his latest closed chat that was served */
    int64_t last_agent_ms;     /* and when that ended */
};

struct world {
    struct core *core;
    struct id_source entropy;
    struct result result;
    struct event_list events;
    struct remembered visitors[VISITORS];
};

struct words {
    char *at[WORDS];
    int n;
};

static const char *word(const struct words *w, int i)
{
    return i >= w->n || strcmp(w->at[i], "-") == 0 ? NULL : w->at[i];
}

static int64_t number(const struct words *w, int i)
{
    const char *s = word(w, i);
    return s ? strtoll(s, NULL, 10) : 0;
}

static int visitor_number(const struct visitor *v)
{
    return atoi(v->token + strlen("token-")) % VISITORS;
}

static struct remembered *visitor_at(struct world *w, const struct words *a, int i)
{
    return &w->visitors[number(a, i) % VISITORS];
}

/* Chats are named by their visitor. */
static const char *room_id(struct world *w, const struct words *a, int i)
{
    const char *id = visitor_at(w, a, i)->room_id;
    return id ? id : "unknown";
}

/* --- commands ----------------------------------------------------------------------------------------------------- */

/* Each fills the command from the words behind the verb; what it allocates is kept in `kept` until the step is done. */
struct kept {
    struct setting_change changes[WORDS];
    struct department_agent_change links[WORDS];
    const char *names[WORDS];
    bool flag;
    uint32_t roles;
    int64_t limit;
    char text[64];
    json_t *json;
    size_t changed;
};

static void fill_set(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w;
    for (int i = 0; i + 1 < a->n; i += 2) {
        struct setting_change *ch = &k->changes[k->changed++];
        ch->no = catalogue_find(a->at[i]);
        if (ch->no < 0 || setting_value_from_text(ch->no, a->at[i + 1], &ch->value, NULL) != 0)
            abort();
    }
    cmd->settings.items = k->changes;
    cmd->settings.n = k->changed;
}

static uint32_t roles_of(const char *letters)
{
    uint32_t roles = ROLE_USER;
    for (; letters && *letters; letters++)
        roles |= *letters == 'a' ? ROLE_AGENT : *letters == 'b' ? ROLE_BOT : 0;
    return roles;
}

/* NAME ROLES LIMIT ACTIVE: roles are letters, a for agent, b for bot. */
static void fill_user(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    const char *name = word(a, 0);
    k->roles = roles_of(word(a, 1));
    k->limit = number(a, 2);
    k->flag = number(a, 3) != 0;
    if (core_user(w->core, name))
        cmd->user_save.id = name;
    else
        cmd->user_save.new_id = cmd->user_save.username = cmd->user_save.name = name;
    cmd->user_save.roles = &k->roles;
    cmd->user_save.max_chats = &k->limit;
    cmd->user_save.active = &k->flag;
    cmd->user_save.skip_channels = true;
}

/* NAME WHAT: a presence, or 1 for available. */
static void fill_agent(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w, (void)k;
    cmd->user.id = word(a, 0);
    cmd->user.has_status = presence_parse(a->n > 1 ? a->at[1] : "", &cmd->user.status);
    cmd->user.available = number(a, 1) == 1;
    cmd->user.by_other = number(a, 2) == 1;
}

static size_t fill_links(const struct words *a, int from, struct kept *k)
{
    size_t n = 0;
    for (int i = from; i + 2 < a->n; i += 3) {
        struct department_agent_change *ch = &k->links[n++];
        ch->user_id = a->at[i];
        ch->has_count = word(a, i + 1) != NULL;
        ch->count = number(a, i + 1);
        ch->has_order = word(a, i + 2) != NULL;
        ch->order = number(a, i + 2);
    }
    return n;
}

/* NAME ENABLED SHOWN LIMIT FALLBACK ALLOWED INACTIVITY CLOSING-TAG TAG-NEEDED */
static void fill_department(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    const char *name = word(a, 0);
    if (core_department(w->core, name))
        cmd->department_save.id = name;
    else
        cmd->department_save.new_id = name;
    cmd->department_save.name = name;
    cmd->department_save.enabled = number(a, 1) != 0;
    cmd->department_save.show_on_registration = number(a, 2) != 0;
    cmd->department_save.max_chats = number(a, 3);
    cmd->department_save.fallback_id = word(a, 4) ? word(a, 4) : "";
    cmd->department_save.allowed_forward = word(a, 5) ? word(a, 5) : "";
    cmd->department_save.inactivity_timeout_s = number(a, 6);
    k->names[0] = word(a, 7);
    cmd->department_save.closing_tags = k->names;
    cmd->department_save.closing_tag_count = k->names[0] != NULL;
    cmd->department_save.request_tag_before_closing = number(a, 8) != 0;
}

/* DEPARTMENT (USER COUNT ORDER)... */
static void fill_link(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w;
    cmd->department.id = word(a, 0);
    cmd->department.upsert_count = fill_links(a, 1, k);
    cmd->department.upsert = k->links;
}

/* DEPARTMENT USER... */
static void fill_unlink(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w;
    cmd->department.id = word(a, 0);
    for (int i = 1; i < a->n; i++)
        k->names[cmd->department.remove_count++] = a->at[i];
    cmd->department.remove = k->names;
}

/* DEPARTMENT or nothing. */
static void fill_name(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w, (void)k;
    cmd->department.id = word(a, 0);
}

/* VISITOR DEPARTMENT MANAGER */
static void fill_visitor(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    snprintf(k->text, sizeof(k->text), "token-%" PRId64, number(a, 0));
    cmd->visitor_save.record = visitor_at(w, a, 0)->record;
    cmd->visitor_save.token = k->text;
    cmd->visitor_save.department = word(a, 1);
    cmd->visitor_save.contact_manager = word(a, 2);
    cmd->visitor_save.has_contact_manager = true;
}

/* VISITOR AGENT PRIORITY */
static void fill_start(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)k;
    cmd->room_start.record = visitor_at(w, a, 0)->record;
    cmd->room_start.agent_id = word(a, 1);
    cmd->room_start.priority = word(a, 2);
    cmd->room_start.source_type = "widget";
    if (core_setting_bool(w->core, "Livechat_last_chatted_agent_routing")) {
        cmd->room_start.last_agent_id = visitor_at(w, a, 0)->last_agent_id;
        cmd->room_start.last_agent_ms = visitor_at(w, a, 0)->last_agent_ms;
    }
}

/* CHAT WHO USER DEPARTMENT CLIENT TAG: who is the visitor ("v") or a user. */
static void fill_room(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    const char *who = word(a, 1);
    const struct room *r = core_room(w->core, room_id(w, a, 0));
    cmd->room.rid = room_id(w, a, 0);
    if (who && strcmp(who, "v") == 0) {
        snprintf(k->text, sizeof(k->text), "%s", r ? r->visitor->token : "unknown");
        cmd->room.token = k->text;
    } else {
        cmd->actor_id = who;
    }
    cmd->room.user_id = word(a, 2);
    cmd->room.department_id = word(a, 3);
    cmd->room.client_action = number(a, 4) != 0;
    cmd->room.comment = "bye";
    k->names[0] = word(a, 5);
    cmd->room.tags = k->names;
    cmd->room.tag_count = k->names[0] != NULL;
    cmd->room.has_tags = k->names[0] != NULL;
}

/* CHAT WHO PRIORITY */
static void fill_prioritize(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)k;
    cmd->room.rid = room_id(w, a, 0);
    cmd->actor_id = word(a, 1);
    cmd->room.has_priority = true;
    cmd->room.priority_id = word(a, 2);
}

/* CHAT WHO */
static void fill_say(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    const char *who = word(a, 1);
    const struct room *r = core_room(w->core, room_id(w, a, 0));
    cmd->message.rid = room_id(w, a, 0);
    cmd->message.text = "hello";
    if (who && strcmp(who, "v") == 0) {
        snprintf(k->text, sizeof(k->text), "%s", r ? r->visitor->token : "unknown");
        cmd->message.token = k->text;
    } else {
        cmd->actor_id = who;
    }
}

/* NAME MINUTES */
static void fill_priority(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    const char *name = word(a, 0);
    cmd->record_save.kind = RECORD_PRIORITY;
    if (core_record(w->core, RECORD_PRIORITY, name))
        cmd->record_save.id = name;
    else
        cmd->record_save.new_id = name;
    k->json = json_pack("{s:s,s:s,s:I}", "name", name, "description", "", "dueTimeInMinutes", (json_int_t)number(a, 1));
    cmd->record_save.values = k->json;
}

static void fill_priority_remove(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w, (void)k;
    cmd->record_save.kind = RECORD_PRIORITY;
    cmd->record_save.id = word(a, 0);
}

static void fill_nothing(struct world *w, const struct words *a, struct command *cmd, struct kept *k)
{
    (void)w, (void)a, (void)cmd, (void)k;
}

static const struct {
    const char *verb;
    enum command_type type;
    void (*fill)(struct world *w, const struct words *a, struct command *cmd, struct kept *k);
} verbs[] = {
    {"set", COMMAND_SETTINGS, fill_set},
    {"user", COMMAND_USER_SAVE, fill_user},
    {"user-remove", COMMAND_USER_REMOVE, fill_agent},
    {"service", COMMAND_USER_SERVICE, fill_agent},
    {"status", COMMAND_USER_STATUS, fill_agent},
    {"connection", COMMAND_USER_CONNECTION, fill_agent},
    {"login", COMMAND_USER_LOGIN, fill_agent},
    {"logout", COMMAND_USER_LOGOUT, fill_agent},
    {"department", COMMAND_DEPARTMENT_SAVE, fill_department},
    {"department-remove", COMMAND_DEPARTMENT_REMOVE, fill_name},
    {"link", COMMAND_DEPARTMENT_AGENTS, fill_link},
    {"unlink", COMMAND_DEPARTMENT_AGENTS, fill_unlink},
    {"priority", COMMAND_RECORD_SAVE, fill_priority},
    {"priority-remove", COMMAND_RECORD_REMOVE, fill_priority_remove},
    {"visitor", COMMAND_VISITOR_SAVE, fill_visitor},
    {"start", COMMAND_ROOM_START, fill_start},
    {"say", COMMAND_MESSAGE_SEND, fill_say},
    {"take", COMMAND_INQUIRY_TAKE, fill_room},
    {"return", COMMAND_ROOM_RETURN, fill_room},
    {"forward", COMMAND_ROOM_FORWARD, fill_room},
    {"hold", COMMAND_ROOM_HOLD, fill_room},
    {"resume", COMMAND_ROOM_RESUME, fill_room},
    {"join", COMMAND_ROOM_JOIN, fill_room},
    {"show", COMMAND_ROOM_SHOW, fill_room},
    {"close", COMMAND_ROOM_CLOSE, fill_room},
    {"prioritize", COMMAND_ROOM_INFO, fill_prioritize},
    {"agent-next", COMMAND_AGENT_NEXT, fill_name},
    {"tick", COMMAND_TICK, fill_nothing},
};

/* --- answers ------------------------------------------------------------------------------------------------------- */

static const char *shown(const char *s)
{
    return s ? s : "-";
}

static const char *user_shown(const struct user *u)
{
    return u ? u->username : "-";
}

/* How a user of the system may answer: with an error's name, or whether something changed. */
static void print_result(const struct world *w, const struct command *cmd, int rc)
{
    const struct result *r = &w->result;
    if (rc != 0)
        printf("%s", r->error.name ? r->error.name : "failed");
    else if (cmd->type == COMMAND_ROOM_START)
        printf("%s", r->created ? "created" : "ok");
    else if (cmd->type == COMMAND_ROOM_RETURN)
        printf("%s", r->changed ? "changed" : "ok");
    else if (cmd->type == COMMAND_AGENT_NEXT)
        printf("%s", user_shown(r->user));
    else
        printf("ok");
}

static const char *closing_comment(const struct event_list *l, const struct room *r)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct event *e = &l->items[i];
        if (e->type == EVENT_MESSAGE && e->room == r && str_eq(e->message->type, "livechat-close"))
            return e->message->text;
    }
    return "-";
}

static void print_closed(const struct world *w)
{
    printf("|");
    for (size_t i = 0; i < w->events.n; i++) {
        const struct room *r = w->events.items[i].room;
        if (w->events.items[i].type == EVENT_ROOM_CLOSED)
            printf(" %" PRIu64 ",%s,%s,%s", r->no, r->closer, shown(r->closed_by_username),
                   closing_comment(&w->events, r));
    }
}

static void print_rooms(const struct world *w)
{
    printf("|");
    for (const struct room *r = core_next_room(w->core, NULL); r; r = core_next_room(w->core, r)) {
        const struct inquiry *q = &r->inquiry;
        const struct visitor *v = r->visitor;
        printf(" %" PRIu64 ",%d,%s,%s,%s,%s,%s,%s,%zu,%" PRId64 ",%" PRId64 ",%" PRId64, r->no, visitor_number(v),
               inquiry_status_name(q->status), user_shown(r->served_by), shown(r->department_id),
               user_shown(q->default_agent), r->on_hold ? "hold" : "-", r->waiting_response ? "waiting" : "-",
               core_queue_place(w->core, r), q->order, q->wait_min, q->service_at_ms - BASE_MS);
        printf(",%s,%s", shown(v->department_id), shown(v->last_agent_username));
        for (const struct user *u = core_next_user(w->core, NULL); u; u = core_next_user(w->core, u)) {
            const struct subscription *sub = room_subscription(r, u);
            if (sub)
                printf("%c%s", sub->open ? '+' : '~', u->username);
        }
    }
}

static void print_agents(const struct world *w)
{
    printf("|");
    for (const struct user *u = core_next_user(w->core, NULL); u; u = core_next_user(w->core, u))
        if (user_is_agent(u))
            printf(" %s,%s,%s,%s,%" PRId64 ",%" PRId64 ",%" PRId64, u->username, presence_name(u->status),
                   u->available ? "available" : "-", u->system_modified ? "system" : "-", u->load, u->livechat_count,
                   u->last_routing_ms ? u->last_routing_ms - BASE_MS : -1);
    printf("|");
    for (const struct department *d = core_next_department(w->core, NULL); d; d = core_next_department(w->core, d))
        for (const struct user *u = core_next_user(w->core, NULL); u; u = core_next_user(w->core, u)) {
            const struct department_agent *l;
            LIST_FOREACH(l, &u->departments, of_user)
                if (l->department == d)
                    printf(" %s,%s,%" PRId64 ",%" PRId64, d->id, u->username, l->count, l->order);
        }
}

static void print_answer(const struct world *w, const struct command *cmd, int rc)
{
    int64_t due = core_next_deadline(w->core);
    print_result(w, cmd, rc);
    print_closed(w);
    print_rooms(w);
    print_agents(w);
    printf("|%" PRId64 "\n", due == INT64_MAX ? -1 : due - BASE_MS);
}

/* --- one line -------------------------------------------------------------------------------------------------------- */

static void remember(struct world *w)
{
    for (size_t i = 0; i < w->events.n; i++) {
        const struct event *e = &w->events.items[i];
        const struct visitor *v = e->visitor ? e->visitor : e->room ? e->room->visitor : NULL;
        struct remembered *known = v ? &w->visitors[visitor_number(v)] : NULL;
        if (e->type == EVENT_ROOM_OPENED && known)
            str_set(&known->room_id, e->room->id);
        if (e->type == EVENT_VISITOR && known) {
            visitor_free(&known->record);
            known->record = visitor_dup(e->visitor);
        }
        if (e->type == EVENT_ROOM_CLOSED && known && e->room->served_by) {
            str_set(&known->last_agent_id, e->room->served_by->id);
            known->last_agent_ms = e->ts_ms;
        }
    }
}

static void world_free(struct world **w)
{
    for (int i = 0; i < VISITORS; i++) {
        visitor_free(&(*w)->visitors[i].record);
        free((*w)->visitors[i].room_id);
        free((*w)->visitors[i].last_agent_id);
    }
    event_list_free(&(*w)->events);
    core_free(&(*w)->core);
    free(*w);
    *w = NULL;
}

static struct world *world_new(void)
{
    struct world *w = x_calloc(1, sizeof(*w));
    w->core = core_new();
    struct command cmd = {.type = COMMAND_USER_SAVE, .now_ms = BASE_MS, .entropy = id_next(&w->entropy)};
    cmd.user_save.new_id = cmd.user_save.username = "rocket.cat";   /* in whose name the system acts */
    core_step(w->core, &cmd, &w->result, &w->events);
    struct setting_value on;       /* the model has no sessions of agents, and so none that end at midnight */
    cmd = (struct command){.type = COMMAND_SETTING_FORCE, .now_ms = BASE_MS, .entropy = id_next(&w->entropy)};
    cmd.setting_force.no = catalogue_find("Troubleshoot_Disable_Livechat_Activity_Monitor");
    if (setting_value_from_text(cmd.setting_force.no, "true", &on, NULL) != 0)
        abort();
    cmd.setting_force.value = &on;
    core_step(w->core, &cmd, &w->result, &w->events);
    setting_value_free(&on);
    return w;
}

static void answer(struct world *w, int64_t now_ms, const char *verb, const struct words *a)
{
    struct command cmd = {.now_ms = BASE_MS + now_ms, .entropy = id_next(&w->entropy)};
    struct kept kept = {.changed = 0};
    size_t i = 0;
    while (i < COUNT_OF(verbs) && strcmp(verbs[i].verb, verb) != 0)
        i++;
    if (i == COUNT_OF(verbs)) {
        fprintf(stderr, "no such verb: %s\n", verb);
        exit(2);
    }
    cmd.type = verbs[i].type;
    verbs[i].fill(w, a, &cmd, &kept);
    int rc = core_step(w->core, &cmd, &w->result, &w->events);
    remember(w);
    print_answer(w, &cmd, rc);
    for (size_t c = 0; c < kept.changed; c++)
        setting_value_free(&kept.changes[c].value);
    json_decref(kept.json);
}

int main(void)
{
    static char line[4096];
    struct world *w = world_new();
    while (fgets(line, sizeof(line), stdin)) {
        struct words a = {.n = 0};
        char *save = NULL;
        for (char *s = strtok_r(line, " \n", &save); s && a.n < WORDS; s = strtok_r(NULL, " \n", &save))
            a.at[a.n++] = s;
        if (a.n >= 2 && strcmp(a.at[1], "reset") == 0) {   /* a new core */
            world_free(&w);
            w = world_new();
            puts("ok");
        } else if (a.n >= 2) {
            int64_t now_ms = strtoll(a.at[0], NULL, 10);
            const char *verb = a.at[1];
            memmove(a.at, a.at + 2, sizeof(a.at[0]) * (size_t)(a.n -= 2));
            answer(w, now_ms, verb, &a);
        } else {                                           /* an empty line: let everything go */
            fflush(stdout);
        }
    }
    world_free(&w);
    return 0;
}
