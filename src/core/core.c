/* The door: making a core, one step, the digest. */
#include "core/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const step_handler handlers[COMMAND_COUNT] = {
    [COMMAND_SETTINGS] = step_settings,
    [COMMAND_SETTING_FORCE] = step_setting_force,
    [COMMAND_RIGHTS] = step_rights,
    [COMMAND_USER_SAVE] = step_user_save,
    [COMMAND_USER_REMOVE] = step_user_remove,
    [COMMAND_USER_ROLES] = step_user_roles,
    [COMMAND_USER_STATUS] = step_user_status,
    [COMMAND_USER_CONNECTION] = step_user_connection,
    [COMMAND_USER_SERVICE] = step_user_service,
    [COMMAND_USER_LOGIN] = step_user_login,
    [COMMAND_USER_LOGOUT] = step_user_logout,
    [COMMAND_DEPARTMENT_SAVE] = step_department_save,
    [COMMAND_DEPARTMENT_REMOVE] = step_department_remove,
    [COMMAND_DEPARTMENT_AGENTS] = step_department_agents,
    [COMMAND_VISITOR_SAVE] = step_visitor_save,
    [COMMAND_VISITOR_STATUS] = step_visitor_status,
    [COMMAND_VISITOR_REMOVE] = step_visitor_remove,
    [COMMAND_ROOM_START] = step_room_start,
    [COMMAND_ROOM_CLOSE] = step_room_close,
    [COMMAND_ROOM_RETURN] = step_room_return,
    [COMMAND_ROOM_FORWARD] = step_room_forward,
    [COMMAND_ROOM_HOLD] = step_room_hold,
    [COMMAND_ROOM_RESUME] = step_room_resume,
    [COMMAND_ROOM_JOIN] = step_room_join,
    [COMMAND_ROOM_INFO] = step_room_info,
    [COMMAND_ROOM_READ] = step_room_read,
    [COMMAND_ROOM_SHOW] = step_room_show,
    [COMMAND_ROOM_VISITOR] = step_room_visitor,
    [COMMAND_INQUIRY_TAKE] = step_inquiry_take,
    [COMMAND_MESSAGE_SEND] = step_message_send,
    [COMMAND_MESSAGE_UPDATE] = step_message_update,
    [COMMAND_MESSAGE_REMOVE] = step_message_remove,
    [COMMAND_CANNED_SAVE] = step_canned_save,
    [COMMAND_CANNED_REMOVE] = step_canned_remove,
    [COMMAND_WORKSPACE] = step_workspace,
    [COMMAND_RECORD_SAVE] = step_record_save,
    [COMMAND_RECORD_REMOVE] = step_record_remove,
    [COMMAND_CHANNEL_SAVE] = step_channel_save,
    [COMMAND_CHANNEL_JOIN] = step_channel_join,
    [COMMAND_CHANNEL_LEAVE] = step_channel_leave,
    [COMMAND_CHANNEL_DIRECT] = step_channel_direct,
    [COMMAND_TRANSCRIPT_REQUEST] = step_transcript_request,
    [COMMAND_TRANSCRIPT_DISCARD] = step_transcript_discard,
    [COMMAND_TRANSCRIPT_SEND] = step_transcript_send,
    [COMMAND_AGENT_NEXT] = step_agent_next,
    [COMMAND_ROUTING_ANSWER] = step_routing_answer,
    [COMMAND_HOUR_OVERRIDE] = step_hour_override,
    [COMMAND_OFFER_DECLINE] = step_offer_decline,
    [COMMAND_USER_RESUME] = step_user_resume,
    [COMMAND_TICK] = step_tick,
};

struct core *core_new(void)
{
    struct core *c = x_calloc(1, sizeof(*c));
    settings_init(&c->settings);
    TAILQ_INIT(&c->people.departments);
    TAILQ_INIT(&c->chats.open);
    TAILQ_INIT(&c->chats.asked);
    pool_init(&c->people.pool);
    TAILQ_INIT(&c->chats.idle_visitors);
    for (int i = 0; i < RECORD_KIND_COUNT; i++)
        RB_INIT(&c->records[i].by_name);
    c->digest = 0xCBF29CE484222325u;
    return c;
}

static void bury_all(struct graves *g)
{
    for (size_t i = 0; i < g->n; i++)
        g->items[i].bury(g->items[i].p);
    g->n = 0;
}

void core_free(struct core **cp)
{
    struct core *c = *cp;
    *cp = NULL;
    if (c == NULL)
        return;
    bury_all(&c->graves);
    free(c->graves.items);
    struct room *r, *next_r;
    TAILQ_FOREACH_SAFE(r, &c->chats.open, entry, next_r) {
        room_unindex(c, r);
        room_free(r);
    }
    struct visitor *v, *next_v;
    HASH_ITER(by_id, c->chats.visitors_by_id, v, next_v) {
        manager_unlink(c, v);
        HASH_DELETE(by_id, c->chats.visitors_by_id, v);
        HASH_DELETE(by_token, c->chats.visitors_by_token, v);
        visitor_free(&v);
    }
    for (struct user *one = c->people.by_id; one; one = one->by_id.next)
        agent_unindex(c, one);
    struct department *d, *next_d;
    TAILQ_FOREACH_SAFE(d, &c->people.departments, entry, next_d) {
        HASH_DELETE(by_id, c->people.departments_by_id, d);
        department_free(d);
    }
    channels_fini(c);
    HASH_CLEAR(by_username, c->people.by_username);
    HASH_CLEAR(by_email, c->people.by_email);
    struct user *u, *next_u;
    HASH_ITER(by_id, c->people.by_id, u, next_u) {
        HASH_DELETE(by_id, c->people.by_id, u);
        deadlines_drop(c, &u->deadlines);
        user_free(u);
    }
    struct canned *k, *next_k;
    HASH_CLEAR(by_shortcut, c->canned_by_shortcut);
    HASH_ITER(by_id, c->canned_by_id, k, next_k) {
        HASH_DELETE(by_id, c->canned_by_id, k);
        canned_free(k);
    }
    opening_fini(c);
    records_fini(c);
    settings_fini(&c->settings);
    fit_fini(c);
    deadlines_drop(c, &c->deadlines);
    free(c);
}

char *step_id(struct step *s)
{
    char *id = x_malloc(ID_LEN + 1);
    id_make(&s->ids, id);
    return id;
}

struct event *step_event(struct step *s, enum event_type type)
{
    struct event_list *l = s->events;
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 16;
        l->items = x_reallocarray(l->items, l->cap, sizeof(*l->items));
    }
    struct event *e = &l->items[l->n++];
    *e = (struct event){
        .type = type, .ts_ms = s->now, .actor_id = s->cmd->actor_id, .setting = -1, .right = -1};
    return e;
}

void step_bury(struct step *s, void *p, void (*bury)(void *p))
{
    struct graves *g = &s->core->graves;
    if (g->n == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 16;
        g->items = x_reallocarray(g->items, g->cap, sizeof(*g->items));
    }
    g->items[g->n++] = (struct grave){p, bury};
}

int step_fail(struct step *s, int code, const char *name, const char *fmt, ...)
{
    struct error *e = &s->result->error;
    va_list ap;
    e->code = code;
    e->name = name;
    e->field[0] = '\0';
    va_start(ap, fmt);
    vsnprintf(e->text, sizeof(e->text), fmt, ap);
    va_end(ap);
    return code;
}

uint64_t hash_number(uint64_t hash, uint64_t v)
{
    hash = (hash ^ v) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

/* Eight bytes at a time: this is done for every event. */
uint64_t hash_text(uint64_t hash, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    uint64_t word;
    for (; n >= sizeof(word); n -= sizeof(word), s += sizeof(word)) {
        memcpy(&word, s, sizeof(word));
        hash = hash_number(hash, word);
    }
    word = n;
    if (n > 0)
        memcpy((char *)&word + 1, s, n);
    return hash_number(hash, word);
}

/* Ids and numbers only: no text, name or address of a person. The room of an event stands for its visitor and
   department. */
void digest_event(struct core *c, const struct event *e)
{
    const struct room *r = e->room;
    const char *const ids[] = {
        e->user ? e->user->id : NULL,
        r ? NULL : e->visitor ? e->visitor->id : e->department ? e->department->id : NULL,
        e->message ? e->message->id : NULL,
        e->canned ? e->canned->id : e->record ? e->record->id : e->channel ? e->channel->id : NULL,
        e->detail,
    };
    uint64_t h = hash_number(c->digest, (uint64_t)e->type);
    h = hash_number(h, (uint64_t)e->ts_ms);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        h = ids[i] ? hash_text(h + i, ids[i]) : h;
    if (e->decision)
        h = hash_number(h, decision_hash(e->decision));
    if (r)
        h = hash_number(hash_number(h, r->no), (uint64_t)r->inquiry.status << 32 ^ (uint64_t)r->msgs);
    c->digest = h;
}

int core_step(struct core *c, const struct command *cmd, struct result *result, struct event_list *events)
{
    struct step s = {.core = c, .cmd = cmd, .now = cmd->now_ms, .ids = {cmd->entropy}, .events = events,
                     .result = result};
    bury_all(&c->graves);
    event_list_clear(events);
    memset(result, 0, sizeof(*result));
    int rc = handlers[cmd->type](&s);
    s.service_is_used = true;
    if (rc == ERR_OK)
        routing_retry(&s);
    if (rc == ERR_OK)
        worker_follow(&s);
    free(s.newly_eligible);
    if (rc != ERR_OK) {
        event_list_clear(events);
        return rc;
    }
    for (size_t i = 0; i < events->n; i++)
        digest_event(c, &events->items[i]);
    return ERR_OK;
}

uint64_t core_digest(const struct core *c)
{
    return c->digest;
}

void core_load_done(struct core *c, uint64_t guest_count, uint64_t room_count)
{
    deadline_set(c, &c->deadlines, DEADLINE_START, 0);
    departments_bind(c, RECORD_UNIT);
    departments_bind(c, RECORD_BUSINESS_HOUR);
    opening_load(c);
    c->settings.values[catalogue_find("Livechat_guest_count")].i = (int64_t)guest_count;
    c->settings.values[catalogue_find("Livechat_Room_Count")].i = (int64_t)room_count;
    offers_load(c);
    pauses_load(c);
    fit_follow(c, 0);
    struct room *r;
    TAILQ_FOREACH(r, &c->chats.open, entry) {
        hold_follow(c, r);
        abandon_follow(c, r);
        unanswered_follow(c, r);
        quiet_watch(c, r);
        targets_follow(c, r);
    }
}

uint64_t core_guest_count(const struct core *c)
{
    return (uint64_t)core_setting(c, catalogue_find("Livechat_guest_count"))->i;
}

uint64_t core_room_counter(const struct core *c)
{
    return (uint64_t)core_setting(c, catalogue_find("Livechat_Room_Count"))->i;
}

char *text_trim(char *s)
{
    size_t n;
    s += strspn(s, " \t\r\n");
    for (n = strlen(s); n > 0 && strchr(" \t\r\n", s[n - 1]); n--)
        ;
    s[n] = '\0';
    return s;
}

char **texts_dup(const char *const *items, int n)
{
    if (n <= 0)
        return NULL;
    char **copy = x_calloc((size_t)n, sizeof(*copy));
    for (int i = 0; i < n; i++)
        copy[i] = x_strdup(items[i]);
    return copy;
}

void texts_free(char ***items, int *n)
{
    for (int i = 0; i < *n; i++)
        free((*items)[i]);
    free(*items);
    *items = NULL;
    *n = 0;
}
