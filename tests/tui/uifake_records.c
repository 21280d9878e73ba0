/* The administrator's records of the made-up client: kept in memory, with a few of each kind. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "uifake.h"

static struct client_records lists[RECORD_KIND_COUNT];
static char *missing; /* a right that one does not have; "all": none */
static int serial;

/* "key=value"; items of lists are separated by ";". */
static void set(enum record_kind_no kind, struct record *r, const char *pair)
{
    size_t n = strcspn(pair, "=");
    AUTO_FREE char *key = x_strndup(pair, n);
    int i = record_field_find(record_kind(kind), key);
    if (i < 0) {
        fprintf(stderr, "uifake: no field %s\n", key);
        abort();
    }
    if (!record_type_is_list(record_kind(kind)->fields[i].type)) {
        record_value_set(&r->values[i], pair + n + 1);
        return;
    }
    AUTO_FREE char *items = x_strdup(pair + n + 1);
    record_value_fini(&r->values[i]);
    for (char *save, *item = strtok_r(items, ";", &save); item; item = strtok_r(NULL, ";", &save))
        record_value_add(&r->values[i], item);
}

static void add(enum record_kind_no kind, const char *id, ...)
{
    struct client_records *list = &lists[kind];
    struct record *r = record_new(kind, id);
    va_list ap;
    va_start(ap, id);
    for (const char *pair; (pair = va_arg(ap, const char *)) != NULL;)
        set(kind, r, pair);
    va_end(ap);
    list->items = x_reallocarray(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = r;
}

static void add_people(void)
{
    static const char *const people[][3] = {{"u-grace", "grace", "Grace Hopper"},
                                            {"u-linus", "linus", "Linus Maier"},
                                            {"u-margaret", "margaret", "Margaret Hill"}};
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        AUTO_FREE char *username = x_asprintf("username=%s", people[i][1]), *name = x_asprintf("name=%s", people[i][2]);
        add(RECORD_USERS, people[i][0], username, name, i ? "roles=livechat-agent;user" : "roles=admin;user",
            "active=true", NULL);
        add(RECORD_AGENTS, people[i][0], username, name, "status=online",
            i == 2 ? "statusLivechat=not-available" : "statusLivechat=available", NULL);
    }
    add(RECORD_MANAGERS, "u-grace", "username=grace", "name=Grace Hopper", "status=online", NULL);
    add(RECORD_MONITORS, "u-linus", "username=linus", "name=Linus Maier", "status=online", NULL);
}

static void add_rights(void)
{
    static const char *const roles[] = {"admin", "user", "livechat-agent", "livechat-manager", "livechat-monitor"};
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        AUTO_FREE char *id = x_asprintf("_id=%s", roles[i]);
        add(RECORD_ROLES, roles[i], id, "scope=Users", "protected=true", NULL);
    }
    add(RECORD_RIGHTS, "access-permissions", "_id=access-permissions", "roles=admin", NULL);
    add(RECORD_RIGHTS, "manage-livechat-departments", "_id=manage-livechat-departments",
        "roles=admin;livechat-manager;livechat-monitor", NULL);
    add(RECORD_RIGHTS, "view-l-room", "_id=view-l-room",
        "roles=admin;livechat-manager;livechat-monitor;livechat-agent", NULL);
}

static void add_appearance(void)
{
    add(RECORD_APPEARANCE, "appearance", "Livechat_title=Ask Hopper & Co", "Livechat_title_color=#c1272d",
        "Livechat_registration_form=true", "Livechat_name_field_registration_form=true",
        "Livechat_email_field_registration_form=true", "Livechat_show_agent_info=true",
        "Livechat_registration_form_message=Tell us who you are.", "Livechat_enable_message_character_limit=true",
        "Livechat_message_character_limit=255", "Livechat_display_offline_form=true",
        "Livechat_offline_title=We are away", "Livechat_offline_title_color=#666666",
        "Livechat_offline_message=Leave a line, we answer tomorrow.",
        "Livechat_conversation_finished_message=Conversation finished", NULL);
}

void fake_records(bool empty)
{
    for (int i = 0; i < RECORD_KIND_COUNT; i++)
        lists[i].state = RECORDS_READY;
    str_set(&missing, getenv("USHER_UIFAKE_MISSING"));
    add_people();
    add_rights();
    if (empty)
        return;
    add_appearance();
    add(RECORD_DEPARTMENTS, "d0", "name=Sales", "email=sales@example.com", "numAgents=2", "description=Orders and prices",
        "fallbackForwardDepartment=d2", "agents=u-grace grace 12 0;u-linus linus 9 1", NULL);
    add(RECORD_DEPARTMENTS, "d1", "name=Support", "email=support@example.com", "numAgents=3",
        "description=Everything that does not work", "requestTagBeforeClosingChat=true", "chatClosingTags=bug;question",
        "agents=u-grace grace 3 0;u-linus linus 4 0;u-margaret margaret 0 2", NULL);
    add(RECORD_DEPARTMENTS, "d2", "name=Billing", "email=billing@example.com", "numAgents=1", "enabled=false",
        "agents=u-margaret margaret 7 0", NULL);
    add(RECORD_HOURS, "h0", "type=default", "timezone.name=Europe/Berlin", "usher.state=open until 20:00",
        "exceptions=2026-12-25 closed Christmas;2026-12-24 09:00-13:00", NULL);
    add(RECORD_HOURS, "h1", "name=Late shift", "type=custom", "timezone.name=America/Sao_Paulo", "departments=d1",
        "usher.state=closed, opens Mon 12:00",
        "workHours=08:00 20:00 closed;12:00 22:30 open;12:00 22:30 open;12:00 22:30 open;22:00 04:00 open;12:00 18:00 "
        "open;08:00 20:00 closed",
        NULL);
    add(RECORD_CANNED, "c0", "shortcut=hello", "scope=global",
        "text=Hello {{contact.name}}, this is {{agent.name}}. How can I help you?", "createdBy.username=grace", NULL);
    add(RECORD_CANNED, "c1", "shortcut=refund", "scope=department", "departmentId=d2", "tags=money",
        "text=Your money is on its way.", "createdBy.username=linus", NULL);
    add(RECORD_CUSTOM_FIELDS, "customer", "_id=customer", "label=Customer number", "regexp=^[0-9]{6}$", "searchable=true",
        NULL);
    add(RECORD_TRIGGERS, "t0", "name=Prices", "description=On the page with the prices",
        "conditions={\"name\":\"time-on-site\",\"value\":30,\"since\":\"load\"};{\"name\":\"page-url\",\"value\":\"/prices\"}",
        "actions={\"name\":\"send-message\",\"params\":{\"msg\":\"Can I help you to choose?\",\"sender\":\"queue\"}}", NULL);
    add(RECORD_TAGS, "g0", "name=bug", "description=Something is broken", "departments=d1", NULL);
    add(RECORD_TAGS, "g1", "name=question", NULL);
    add(RECORD_PRIORITIES, "p0", "name=Urgent", "dueTimeInMinutes=5", "description=Money is lost", NULL);
    add(RECORD_PRIORITIES, "p1", "name=Normal", "dueTimeInMinutes=60", NULL);
    add(RECORD_UNITS, "n0", "name=Europe", "numMonitors=1", "numDepartments=2", "unitDepartments=d0;d1",
        "unitMonitors=u-linus", NULL);
    add(RECORD_CONTACTS, "v0", "name=Ada Lovelace", "visitorEmails.0.address=ada@example.com",
        "phone.0.phoneNumber=+44 20 1", "livechatData=customer=471108", NULL);
    add(RECORD_CHANNELS, "GENERAL", "name=general", "topic=All of us", "usersCount=3", "msgs=12", NULL);
}

/* --- what record.h promises --- */

const struct client_records *client_records(struct client *c, enum record_kind_no kind)
{
    (void)c;
    return &lists[kind];
}

void client_records_reload(struct client *c, enum record_kind_no kind)
{
    (void)c;
    fake_changed(CLIENT_CHANGED_RECORDS, record_kind(kind)->id);
}

struct record *client_record_find(struct client *c, enum record_kind_no kind, const char *id)
{
    (void)c;
    for (size_t i = 0; id && i < lists[kind].count; i++)
        if (strcmp(lists[kind].items[i]->id, id) == 0 || strcmp(record_name(kind, lists[kind].items[i]), id) == 0)
            return lists[kind].items[i];
    return NULL;
}

void client_record_read(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg)
{
    struct error err = {0};
    const struct record *r = client_record_find(c, kind, id);
    error_set(&err, ERR_NOT_FOUND, NULL, "It is no longer there");
    done(arg, r, r ? NULL : &err);
}

void client_record_reread(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg)
{
    client_record_read(c, kind, id, done, arg);
}

void client_record_save(struct client *c, enum record_kind_no kind, const char *id, const struct record_value *values,
                        client_done done, void *arg)
{
    struct error err = {0};
    struct record *r = client_record_find(c, kind, id);
    int name = record_kind(kind)->name_field;
    for (size_t i = 0; i < lists[kind].count; i++)
        if (lists[kind].items[i] != r && record_value_equal(&lists[kind].items[i]->values[name], &values[name])) {
            error_set(&err, ERR_CONFLICT, record_kind(kind)->fields[name].key, "Another %s has this name",
                      record_kind(kind)->noun);
            done(arg, &err);
            return;
        }
    if (r == NULL) {
        AUTO_FREE char *fresh = x_asprintf("new%d", ++serial);
        add(kind, fresh, NULL);
        r = client_record_find(c, kind, fresh);
    }
    for (size_t i = 0; i < record_kind(kind)->field_count; i++)
        record_value_copy(&r->values[i], &values[i]);
    client_records_reload(c, kind);
    done(arg, NULL);
}

void client_record_delete(struct client *c, enum record_kind_no kind, const char *id, client_done done, void *arg)
{
    struct client_records *list = &lists[kind];
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i]->id, id) == 0) {
            record_free(kind, &list->items[i]);
            memmove(&list->items[i], &list->items[i + 1], (list->count - i - 1) * sizeof *list->items);
            list->count--;
            break;
        }
    client_records_reload(c, kind);
    done(arg, NULL);
}

void client_record_affected(struct client *c, enum record_kind_no kind, const char *id, client_affected_done done,
                            void *arg)
{
    (void)c;
    done(arg, kind == RECORD_DEPARTMENTS && strcmp(id, "d2") == 0 ? "4 agents, 2 open chats, Fallback of Sales" : "");
}

/* So many days of the week are open: something that changes with what is typed. */
void client_hour_preview(struct client *c, const char *id, const struct record_value *values, client_hour_done done,
                         void *arg)
{
    const struct record_kind *k = record_kind(RECORD_HOURS);
    const struct record_value *week = &values[record_field_find(k, "workHours")];
    int open = 0;
    (void)c;
    (void)id;
    for (size_t i = 0; i < week->count; i++)
        open += strstr(week->items[i], "open") != NULL;
    AUTO_FREE char *state = x_asprintf("open on %d days", open);
    done(arg, &(struct client_hour){state, "2 agents will no longer be available"});
}

void client_hour_override(struct client *c, const char *id, enum client_hour_order order, bool for_good, client_done done,
                          void *arg)
{
    static const char *const states[] = {"open by hand", "closed by hand", "open"};
    struct record *r = client_record_find(c, RECORD_HOURS, id);
    AUTO_FREE char *state = x_asprintf("%s%s", states[order], for_good ? "" : " until 20:00");
    record_value_set(&r->values[record_field_find(record_kind(RECORD_HOURS), "usher.state")], state);
    client_records_reload(c, RECORD_HOURS);
    done(arg, NULL);
}

void client_channel_join(struct client *c, const char *rid, client_done done, void *arg)
{
    (void)c;
    (void)rid;
    done(arg, NULL);
}

void client_save_rights(struct client *c, const struct client_right_change *changes, size_t n, client_done done, void *arg)
{
    for (size_t i = 0; i < n; i++) {
        struct record *r = client_record_find(c, RECORD_RIGHTS, changes[i].right);
        record_value_copy(&r->values[1], changes[i].roles);
    }
    client_records_reload(c, RECORD_RIGHTS);
    done(arg, NULL);
}

bool client_may(const struct client *c, const char *rights)
{
    (void)c;
    return rights && !(missing && strstr(rights, missing));
}

char *client_right_roles(const struct client *c, const char *right)
{
    (void)c;
    return x_strdup(strcmp(right, "access-permissions") == 0 ? "admin" : "admin, livechat-manager");
}

/* Somebody else makes a tag. */
void fake_tag(const char *name)
{
    AUTO_FREE char *id = x_asprintf("other%d", ++serial), *pair = x_asprintf("name=%s", name);
    add(RECORD_TAGS, id, pair, NULL);
    fake_changed(CLIENT_CHANGED_RECORDS, "tags");
}

/* Somebody else changes a record: "tags g0 description=Something". */
void fake_change_record(const char *line)
{
    char kind[40], id[40];
    int at = 0;
    if (sscanf(line, "%39s %39s %n", kind, id, &at) < 2 || record_kind_find(kind) == RECORD_KIND_COUNT)
        return;
    enum record_kind_no no = (enum record_kind_no)record_kind_find(kind);
    struct record *r = client_record_find(NULL, no, id);
    if (r)
        set(no, r, line + at);
    fake_changed(CLIENT_CHANGED_RECORDS, kind);
}
