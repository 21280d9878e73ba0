/* The real console over a client that is made up: implements client.h with fixed data, for tests and for
   looking at screens. Commands arrive on the descriptor USHER_UIFAKE_CONTROL, one a line: message RID TEXT,
   inquiry NAME, away, online, typing RID NAME, lines RID N, setting ID WHO VALUE, offer NAME (of the queue, to me),
   pause WHY, missed N (a target of the n-th chat and of the n-th in the queue). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "common/clock.h"
#include "common/mem.h"
#include "ui/ui.h"
#include "uifake.h"

#define NOW_MS 1795341600000LL /* 2026-11-22 10:00 UTC */
#define HOSTILE                                                                                              \
    "\033]0;owned\007\033[2J\x9b"                                                                            \
    "31mred\xe2\x80\xae"                                                                                     \
    "evil\xe2\x80\xac \xe2\x80\x8b"                                                                          \
    "b\x01\x07old"

struct client {
    struct client_model m;
    struct client_callbacks cb;
    void *arg;
    int serial;
};

static struct client fake;
static struct ui *ui;
static uv_loop_t loop;
static bool real_clock;

static int64_t now_ms(void)
{
    return real_clock ? clock_now_ms() : NOW_MS;
}

static void changed(unsigned bits, const char *rid)
{
    if (ui)
        ui_changed(ui, bits, rid);
}

void fake_changed(unsigned bits, const char *rid)
{
    changed(bits, rid);
}

static struct client_message *add_message(struct client_room *r, const char *who, const char *text,
                                          int64_t ts_ms, bool visitor)
{
    struct client_message *m = x_calloc(1, sizeof *m);
    m->id = x_asprintf("m%d", ++fake.serial);
    m->rid = x_strdup(r->id);
    m->ts_ms = ts_ms;
    m->user_id = x_asprintf("u-%s", who);
    m->username = x_strdup(who);
    m->name = visitor ? x_strdup(r->visitor_name) : NULL;
    m->text = x_strdup(text);
    m->from_visitor = visitor;
    m->own = strcmp(who, "grace") == 0;
    m->delivery = m->own ? DELIVERY_SENT : DELIVERY_NONE;
    r->messages = x_reallocarray(r->messages, r->message_count + 1, sizeof *r->messages);
    r->messages[r->message_count++] = m;
    str_set(&r->last_text, text);
    r->last_ms = ts_ms;
    return m;
}

static struct client_room *add_room(const char *id, const char *name, const char *department,
                                    const char *source)
{
    struct client_room *r = x_calloc(1, sizeof *r);
    r->id = x_strdup(id);
    r->visitor_name = x_strdup(name);
    r->visitor_username = x_asprintf("guest-%s", id);
    r->visitor_id = x_asprintf("v-%s", id);
    r->department = x_strdup(department);
    r->source = x_strdup(source);
    r->served_by = x_strdup("grace");
    r->visitor_status = x_strdup("online");
    r->open = r->mine = true;
    r->history_complete = true;
    r->opened_ms = NOW_MS - 3600000;
    fake.m.rooms = x_reallocarray(fake.m.rooms, fake.m.room_count + 1, sizeof *fake.m.rooms);
    fake.m.rooms[fake.m.room_count++] = r;
    return r;
}

static void add_inquiry(const char *name, const char *department, const char *source, const char *text,
                        int waited_s)
{
    struct client_inquiry *q = x_calloc(1, sizeof *q);
    q->id = x_asprintf("q%d", ++fake.serial);
    q->rid = x_asprintf("r%d", fake.serial);
    q->visitor_name = x_strdup(name);
    q->visitor_username = x_asprintf("guest-%d", fake.serial);
    q->department = x_strdup(department);
    q->source = x_strdup(source);
    q->last_text = x_strdup(text);
    q->queued_ms = now_ms() - waited_s * 1000LL;
    fake.m.queue = x_reallocarray(fake.m.queue, fake.m.queue_count + 1, sizeof *fake.m.queue);
    fake.m.queue[fake.m.queue_count++] = q;
    q->position = (int)fake.m.queue_count;
}

static void add_canned(const char *shortcut, const char *text, const char *scope)
{
    struct client_canned *c = x_calloc(1, sizeof *c);
    c->id = x_asprintf("c%d", ++fake.serial);
    c->shortcut = x_strdup(shortcut);
    c->text = x_strdup(text);
    c->scope = x_strdup(scope);
    c->created_by = x_strdup("grace");
    fake.m.canned = x_reallocarray(fake.m.canned, fake.m.canned_count + 1, sizeof *fake.m.canned);
    fake.m.canned[fake.m.canned_count++] = c;
}

static void add_people(void)
{
    static const char *const names[] = {"Sales", "Support", "Billing"};
    static const char *const agents[][3] = {{"grace", "Grace Hopper", "available"},
                                            {"linus", "Linus Maier", "available"},
                                            {"margaret", "Margaret Hill", "not-available"}};
    fake.m.departments = x_calloc(3, sizeof *fake.m.departments);
    fake.m.agents = x_calloc(3, sizeof *fake.m.agents);
    fake.m.department_count = fake.m.agent_count = 3;
    for (int i = 0; i < 3; i++) {
        struct client_department *d = fake.m.departments[i] = x_calloc(1, sizeof *d);
        struct client_agent *a = fake.m.agents[i] = x_calloc(1, sizeof *a);
        *d = (struct client_department){x_asprintf("d%d", i), x_strdup(names[i]), true, i + 2};
        a->id = x_asprintf("u-%s", agents[i][0]);
        a->username = x_strdup(agents[i][0]);
        a->name = x_strdup(agents[i][1]);
        a->status = x_strdup("online");
        a->service = x_strdup(agents[i][2]);
    }
}

static void add_settings(void)
{
    size_t n = catalogue_count();
    fake.m.settings = x_calloc(n, sizeof *fake.m.settings);
    for (size_t i = 0; i < n; i++) {
        struct client_setting *s = &fake.m.settings[i];
        s->no = (setting_no)i;
        s->id = x_strdup(catalogue_row(s->no)->id);
        setting_value_default(s->no, &s->value);
        s->known = true;
        s->source = getenv("USHER_UIFAKE_CLASSIC") ? SETTING_SOURCE_UNKNOWN : SETTING_SOURCE_DEFAULT;
    }
    fake.m.keeps_setting_history = getenv("USHER_UIFAKE_CLASSIC") == NULL;
    fake.m.setting_count = n;
    setting_no on = catalogue_find("Livechat_enabled");
    if (on >= 0)
        fake.m.settings[on].value.b = true;
}

static void add_chats(void)
{
    struct client_room *ada = add_room("ada", "Ada Lovelace", "Sales", "widget");
    add_message(ada, "guest-ada", "Good evening", NOW_MS - 15 * 3600000LL, true);
    add_message(ada, "grace", "Good evening, how can I help?", NOW_MS - 15 * 3600000LL + 60000, false);
    add_message(ada, "guest-ada",
                "Hello again, my order from last week has not arrived yet. The tracking page says it left "
                "the warehouse on Tuesday, and nothing has happened since then.",
                NOW_MS - 900000, true);
    add_message(ada, "guest-ada", "The number is 4711-0815.", NOW_MS - 880000, true);
    add_message(ada, "grace", "Thank you. I am looking it up\nand will be back in a minute.", NOW_MS - 840000,
                false);
    struct client_message *sys = add_message(ada, "rocket.cat", "", NOW_MS - 820000, false);
    sys->type = x_strdup("livechat_transfer_history");
    sys->notice = x_strdup("Linus Maier handed the chat to Grace Hopper");
    add_message(ada, "grace", "It is in your town and comes tomorrow.", NOW_MS - 300000, false);
    add_message(ada, "grace", "Is there anything else?", NOW_MS - 290000, false)->delivery = DELIVERY_OUTBOX;
    struct client_room *bo = add_room("bo", "Bo \xe5\xbc\xa0\xe4\xbc\x9f", "Support", "WhatsApp");
    add_message(bo, "guest-bo",
                "\xf0\x9f\x91\x8b hi! \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb the app does not start",
                NOW_MS - 500000, true);
    add_message(bo, "grace", "Which version is it?", NOW_MS - 480000, false);
    bo->last_read_ms = NOW_MS - 470000;
    add_message(bo, "guest-bo", "\xe6\x88\x91\xe4\xb8\x8d\xe7\x9f\xa5\xe9\x81\x93", NOW_MS - 120000, true);
    add_message(bo, "guest-bo", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d where do I see it?", NOW_MS - 100000, true);
    bo->unread = 2;
    bo->waiting_response = true;
    struct client_room *eve = add_room("eve", HOSTILE, "Support", "widget");
    add_message(eve, "guest-eve", HOSTILE, NOW_MS - 60000, true);
    struct client_message *failed = add_message(eve, "grace", "One moment please", NOW_MS - 30000, false);
    failed->delivery = DELIVERY_FAILED;
    failed->failure = x_strdup("the room is read only");
    str_set(&eve->topic, "lost password");
}

static void fill(void)
{
    struct client_model *m = &fake.m;
    m->state = CLIENT_ONLINE;
    m->server = x_strdup("embedded core");
    m->visitor_page = x_strdup("http://127.0.0.1:3000/");
    m->latency_ms = 4;
    m->me = (struct client_me){x_strdup("u-grace"),
                               x_strdup("grace"),
                               x_strdup("Grace Hopper"),
                               x_strdup("online"),
                               true,
                               true,
                               false,
                               true,
                               NULL,
                               0};
    m->may_see_queue = m->may_see_load = m->may_save_canned = m->is_usher = true;
    m->may_edit_settings = getenv("USHER_UIFAKE_MISSING") == NULL || !strstr(getenv("USHER_UIFAKE_MISSING"), "edit-privileged");
    add_people();
    add_settings();
    fake_records(getenv("USHER_UIFAKE_EMPTY") != NULL);
    if (getenv("USHER_UIFAKE_EMPTY"))
        return;
    add_chats();
    add_inquiry("Charles Babbage", "Billing", "widget", "I was billed twice in October", 754);
    add_inquiry("Mary Somerville", "Sales", "widget", "Do you ship to Scotland?", 312);
    add_inquiry("Luigi Menabrea", "Support", "WhatsApp", "Buongiorno, ho un problema con la password", 187);
    add_inquiry("Annabella Byron", "Sales", "e-mail", "A question about your prices for schools", 95);
    add_inquiry(HOSTILE, "Support", "widget", HOSTILE, 61);
    add_inquiry("Augustus De Morgan", "Support", "widget", "It still does not work", 7);
    add_canned("!hello", "Hello, this is Grace. How can I help you today?", "global");
    add_canned("!bye", "Thank you for writing to us.\nHave a nice day!", "global");
    add_canned("!wait", "One moment please, I am looking it up.", "user");
    add_canned("!ship", "We ship within two working days; tracking comes by e-mail.", "department");
}

/* The functions of client.h. */

const struct client_model *client_model(const struct client *c)
{
    return &c->m;
}

struct client_room *client_room_find(const struct client *c, const char *rid)
{
    for (size_t i = 0; i < c->m.room_count; i++)
        if (strcmp(c->m.rooms[i]->id, rid) == 0)
            return c->m.rooms[i];
    return NULL;
}

static int find_inquiry(const char *id, const char *rid)
{
    for (size_t i = 0; i < fake.m.queue_count; i++)
        if ((id && strcmp(fake.m.queue[i]->id, id) == 0) || (rid && strcmp(fake.m.queue[i]->rid, rid) == 0))
            return (int)i;
    return -1;
}

void client_take(struct client *c, const char *inquiry_id, client_done done, void *arg)
{
    struct error err = {0};
    int i = find_inquiry(inquiry_id, NULL);
    if (i < 0) {
        error_set(&err, ERR_CONFLICT, NULL, "Somebody else was faster");
        done(arg, &err);
        return;
    }
    struct client_inquiry *q = c->m.queue[i];
    struct client_room *r = client_room_find(c, q->rid);
    if (r == NULL) {
        r = add_room(q->rid, q->visitor_name, q->department, q->source);
        add_message(r, q->visitor_username, q->last_text, q->queued_ms, true);
    }
    r->preview = false;
    r->mine = r->open = true;
    for (size_t k = (size_t)i; k + 1 < c->m.queue_count; k++) {
        c->m.queue[k] = c->m.queue[k + 1];
        c->m.queue[k]->position = (int)k + 1;
    }
    c->m.queue_count--;
    changed(CLIENT_CHANGED_QUEUE | CLIENT_CHANGED_ROOMS | CLIENT_NEW_CHAT, r->id);
    done(arg, NULL);
}

static void drop_room(struct client *c, const char *rid)
{
    for (size_t i = 0; i < c->m.room_count; i++)
        if (strcmp(c->m.rooms[i]->id, rid) == 0) {
            memmove(&c->m.rooms[i], &c->m.rooms[i + 1], (c->m.room_count - i - 1) * sizeof *c->m.rooms);
            c->m.room_count--;
            break;
        }
    changed(CLIENT_CHANGED_ROOMS, NULL);
}

static void offer(const char *name)
{
    for (size_t i = 0; i < fake.m.queue_count; i++) {
        struct client_inquiry *q = fake.m.queue[i];
        q->is_offered = name && strcmp(q->visitor_name, name) == 0;
        q->offer_until_ms = q->is_offered ? now_ms() + 30000 : 0;
    }
    changed(CLIENT_CHANGED_QUEUE, NULL);
}

void client_decline(struct client *c, const char *rid, client_done done, void *arg)
{
    (void)c;
    (void)rid;
    offer(NULL);
    done(arg, NULL);
}

static void pause_me(const char *why)
{
    str_set(&fake.m.me.pause, why);
    fake.m.me.pause_until_ms = why ? now_ms() + 60000 : 0;
    changed(CLIENT_CHANGED_STATE, NULL);
}

void client_end_pause(struct client *c, client_done done, void *arg)
{
    (void)c;
    pause_me(NULL);
    done(arg, NULL);
}

void client_close(struct client *c, const char *rid, const char *comment, const char *const *tags, size_t n,
                  const char *disposition, client_done done, void *arg)
{
    struct client_room *r = client_room_find(c, rid);
    if (disposition)
        ui_say(ui, false, "closed as %s", disposition);
    (void)comment;
    (void)tags;
    (void)n;
    r->open = false;
    r->closed_ms = now_ms();
    changed(CLIENT_CHANGED_ROOMS, rid);
    done(arg, NULL);
}

void client_read_load(struct client *c, client_done done, void *arg)
{
    static struct client_load rows[] = {
        {(char *)"a 1", (char *)"grace", (char *)"online", (char *)"Support", 4},
        {(char *)"b 1", (char *)"ada", (char *)"away", (char *)"Sales", 2},
        {(char *)"a 2", (char *)"grace", (char *)"online", NULL, 1}};
    c->m.load = rows;
    c->m.load_count = COUNT_OF(rows);
    done(arg, NULL);
}

void client_return_to_queue(struct client *c, const char *rid, client_done done, void *arg)
{
    struct client_room *r = client_room_find(c, rid);
    add_inquiry(r->visitor_name, r->department, r->source, r->last_text, 0);
    drop_room(c, rid);
    changed(CLIENT_CHANGED_QUEUE, NULL);
    done(arg, NULL);
}

void client_forward(struct client *c, const char *rid, const char *user_id, const char *department_id,
                    const char *comment, client_done done, void *arg)
{
    struct error err = {0};
    (void)comment;
    (void)department_id;
    if (user_id && strcmp(user_id, "u-margaret") == 0) {
        error_set(&err, ERR_STATE, NULL, "Margaret Hill takes no chats now");
        done(arg, &err);
        return;
    }
    drop_room(c, rid);
    done(arg, NULL);
}

void client_hold(struct client *c, const char *rid, client_done done, void *arg)
{
    struct client_room *r = client_room_find(c, rid);
    struct error err = {0};
    if (r->waiting_response) {
        error_set(&err, ERR_STATE, NULL, "The visitor wrote last: answer first");
        done(arg, &err);
        return;
    }
    r->on_hold = true;
    changed(CLIENT_CHANGED_ROOMS, rid);
    done(arg, NULL);
}

void client_resume(struct client *c, const char *rid, client_done done, void *arg)
{
    client_room_find(c, rid)->on_hold = false;
    changed(CLIENT_CHANGED_ROOMS, rid);
    done(arg, NULL);
}

void client_set_available(struct client *c, bool available, client_done done, void *arg)
{
    c->m.me.available = available;
    changed(CLIENT_CHANGED_STATE, NULL);
    done(arg, NULL);
}

void client_open(struct client *c, const char *rid, client_done done, void *arg)
{
    int i = find_inquiry(NULL, rid);
    if (client_room_find(c, rid) == NULL && i >= 0) {
        struct client_inquiry *q = c->m.queue[i];
        struct client_room *r = add_room(rid, q->visitor_name, q->department, q->source);
        add_message(r, q->visitor_username, q->last_text, q->queued_ms, true);
        r->mine = false;
        r->preview = true;
        changed(CLIENT_CHANGED_ROOMS | CLIENT_CHANGED_MESSAGES, rid);
    }
    if (done)
        done(arg, NULL);
}

void client_leave(struct client *c, const char *rid)
{
    struct client_room *r = client_room_find(c, rid);
    if (r && (r->preview || !r->open))
        drop_room(c, rid);
}

void client_load_older(struct client *c, const char *rid)
{
    (void)c;
    (void)rid;
}

void client_read(struct client *c, const char *rid)
{
    struct client_room *r = client_room_find(c, rid);
    r->unread = 0;
    r->last_read_ms = 0;
    changed(CLIENT_CHANGED_ROOMS, rid);
}

void client_typing(struct client *c, const char *rid, bool typing)
{
    (void)c;
    (void)rid;
    (void)typing;
}

int client_send(struct client *c, const char *rid, const char *text, struct error *err)
{
    struct client_room *r = client_room_find(c, rid);
    (void)err;
    struct client_message *m = add_message(r, "grace", text, now_ms(), false);
    if (c->m.state != CLIENT_ONLINE) {
        m->delivery = DELIVERY_OUTBOX;
        c->m.outbox_count++;
    }
    changed(CLIENT_CHANGED_MESSAGES | CLIENT_CHANGED_ROOMS, rid);
    return 0;
}

static void set_delivery(const char *id, bool drop)
{
    for (size_t i = 0; i < fake.m.room_count; i++) {
        struct client_room *r = fake.m.rooms[i];
        for (size_t k = 0; k < r->message_count; k++)
            if (strcmp(r->messages[k]->id, id) == 0) {
                r->messages[k]->delivery = DELIVERY_SENT;
                r->messages[k]->hidden = drop;
                changed(CLIENT_CHANGED_MESSAGES, r->id);
            }
    }
}

void client_resend(struct client *c, const char *message_id)
{
    (void)c;
    set_delivery(message_id, false);
}

void client_discard(struct client *c, const char *message_id)
{
    (void)c;
    set_delivery(message_id, true);
}

/* Settings with a history, as a core has them. */

struct change {
    int64_t seq, undoes;
    setting_no no;
    char *before, *after, *by;
};

static struct change history[200];
static size_t history_n;

static void record(struct client *c, setting_no no, const struct setting_value *v, const char *by, int64_t undoes)
{
    struct client_setting *s = &c->m.settings[no];
    struct setting_value standard;
    struct change *h = &history[history_n++];
    h->seq = s->revision = c->m.settings_revision = (int64_t)history_n;
    h->no = no;
    h->undoes = undoes;
    h->before = setting_value_to_text(&s->value);
    h->after = setting_value_to_text(v);
    h->by = x_strdup(by);
    str_set(&s->by, by);
    s->at_ms = NOW_MS + (int64_t)history_n * 60000;
    setting_value_default(no, &standard);
    s->source = SETTING_SOURCE_USER;
    if (v->type == SETTING_SECRET) {
        s->secret_set = *v->s != '\0';
    } else {
        setting_value_free(&s->value);
        setting_value_copy(&s->value, v);
    }
    setting_value_free(&standard);
}

/* What this core says of a change: 13 is refused, switching everything off has a consequence. */
static void judge(const struct client_setting_change *changes, size_t n, struct client_settings_answer *a,
                  struct client_setting_remark *consequence, struct client_setting_remark *fault)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(catalogue_row(changes[i].no)->id, "Livechat_enabled") && !changes[i].value.b) {
            *consequence = (struct client_setting_remark){changes[i].no, (char *)"3 open chats stay open, nobody can start one"};
            a->consequences = consequence;
            a->consequence_count = 1;
        }
        if (changes[i].value.type == SETTING_INT && changes[i].value.i == 13) {
            *fault = (struct client_setting_remark){changes[i].no, (char *)"13 brings bad luck"};
            a->faults = fault;
            a->fault_count = 1;
        }
    }
}

static void save(struct client *c, const struct client_setting_change *changes, size_t n, bool dry,
                 client_settings_done done, void *arg)
{
    struct client_settings_answer a = {0};
    struct client_setting_remark consequence, fault;
    struct error err = {0};
    judge(changes, n, &a, &consequence, &fault);
    if (a.fault_count)
        error_set(&err, ERR_INVALID, NULL, "%s", fault.text);
    for (size_t i = 0; i < n && !dry && !err.code; i++)
        record(c, changes[i].no, &changes[i].value, "grace", 0);
    done(arg, &a, err.code ? &err : NULL);
    if (!dry)
        changed(CLIENT_CHANGED_SETTINGS, NULL);
}

void client_save_settings(struct client *c, const struct client_setting_change *changes, size_t n,
                          client_settings_done done, void *arg)
{
    save(c, changes, n, false, done, arg);
}

void client_try_settings(struct client *c, const struct client_setting_change *changes, size_t n,
                         client_settings_done done, void *arg)
{
    save(c, changes, n, true, done, arg);
}

void client_read_setting_log(struct client *c, const char *setting, int64_t before, int count, client_log_done done,
                             void *arg)
{
    struct client_setting_log rows[200] = {0};
    size_t n = 0;
    (void)c;
    for (size_t i = history_n; i-- > 0 && n < (size_t)count;) {
        const struct change *h = &history[i];
        const struct setting_row *r = catalogue_row(h->no);
        if ((setting && !str_eq(setting, r->id)) || (before && h->seq >= before))
            continue;
        rows[n++] = (struct client_setting_log){.seq = h->seq,
                                                .at_ms = NOW_MS + h->seq * 60000,
                                                .undoes = h->undoes,
                                                .no = h->no,
                                                .setting = (char *)r->id,
                                                .by = h->by,
                                                .from = (char *)"10.0.0.7",
                                                .origin = (char *)"console",
                                                .before = r->is_secret ? NULL : h->before,
                                                .after = r->is_secret ? NULL : h->after,
                                                .secret = r->is_secret};
    }
    done(arg, rows, n, NULL);
}

void client_undo_setting(struct client *c, int64_t seq, bool force, client_settings_done done, void *arg)
{
    const struct change *h = &history[seq - 1];
    struct client_settings_answer a = {0};
    struct error err = {0};
    struct setting_value v;
    if (c->m.settings[h->no].revision != seq && !force) {
        a.conflict = true;
        error_set(&err, ERR_CONFLICT, NULL, "It was changed since");
    } else if (setting_value_from_text(h->no, h->before, &v, &err) == 0) {
        record(c, h->no, &v, "grace", seq);
        setting_value_free(&v);
        changed(CLIENT_CHANGED_SETTINGS, NULL);
    }
    done(arg, &a, err.code ? &err : NULL);
}

void client_run_action(struct client *c, const char *method, const char *action, client_action_done done, void *arg)
{
    struct error err = {0};
    (void)c;
    if (strcmp(method, "livechat:webhookTest") == 0)
        done(arg, "", false, NULL);
    else if (action && strcmp(action, "list-pages") == 0)
        done(arg, "id: 77, name: Shop, subscribed: yes", false, NULL);
    else
        done(arg, "", true, (error_set(&err, ERR_NOT_FOUND, NULL, "This server cannot do that"), &err));
}

void client_save_canned(struct client *c, const char *id, const char *shortcut, const char *text,
                        const char *scope, const char *department_id, client_done done, void *arg)
{
    (void)department_id;
    for (size_t i = 0; id && i < c->m.canned_count; i++)
        if (strcmp(c->m.canned[i]->id, id) == 0) {
            str_set(&c->m.canned[i]->shortcut, shortcut);
            str_set(&c->m.canned[i]->text, text);
        }
    if (id == NULL)
        add_canned(shortcut, text, scope);
    changed(CLIENT_CHANGED_CANNED, NULL);
    done(arg, NULL);
}

void client_visitor_export(struct client *c, const char *visitor_id, client_text_done done, void *arg)
{
    (void)c;
    AUTO_FREE char *text = x_asprintf("{\"visitor\":\"%s\"}\n", visitor_id);
    done(arg, text, NULL);
}

void client_visitor_erase(struct client *c, const char *visitor_id, client_done done, void *arg)
{
    (void)c;
    (void)visitor_id;
    done(arg, NULL);
}

void client_call(struct client *c, const char *rid, client_text_done done, void *arg)
{
    (void)c;
    AUTO_FREE char *url = x_asprintf("https://meet.example/%s", rid);
    done(arg, url, NULL);
}

void client_frame_url(struct client *c, const char *rid, client_text_done done, void *arg)
{
    (void)c;
    AUTO_FREE char *url = x_asprintf("https://crm.example/frame?rid=%s&t=secret\303\244", rid);
    done(arg, url, NULL);
}

static void tell_why(const char *first, client_why_done done, void *arg)
{
    struct client_why_line lines[] = {
        {.ts_ms = 1700000000000, .text = x_strdup(first)},
        {.ts_ms = 1700000065000, .text = x_strdup("waited: 4 agents not online, 1 at the limit")},
        {.is_now = true, .text = x_strdup("waits at place 2 of the queue")},
        {.is_detail = true, .text = x_strdup("1. grace: 3 of 3 chats, at-limit")},
        {.stops = true, .text = x_strdup("he is not available")},
    };
    done(arg, lines, COUNT_OF(lines), NULL);
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        free(lines[i].text);
}

void client_why_room(struct client *c, const char *rid, client_why_done done, void *arg)
{
    (void)c;
    AUTO_FREE char *first = x_asprintf("opened, room %s", rid);
    tell_why(first, done, arg);
}

void client_why_agent(struct client *c, const char *username, client_why_done done, void *arg)
{
    struct error err;
    (void)c;
    AUTO_FREE char *first = x_asprintf("asked about %s", username);
    if (strcmp(username, "nobody") != 0) {
        tell_why(first, done, arg);
        return;
    }
    error_set(&err, ERR_NOT_FOUND, NULL, "There is no such user");
    done(arg, NULL, 0, &err);
}

void client_delete_canned(struct client *c, const char *id, client_done done, void *arg)
{
    for (size_t i = 0; i < c->m.canned_count; i++)
        if (strcmp(c->m.canned[i]->id, id) == 0) {
            memmove(&c->m.canned[i], &c->m.canned[i + 1], (c->m.canned_count - i - 1) * sizeof *c->m.canned);
            c->m.canned_count--;
            break;
        }
    changed(CLIENT_CHANGED_CANNED, NULL);
    done(arg, NULL);
}

/* What a test makes happen. */

static void visitor_writes(const char *rid, const char *text)
{
    struct client_room *r = client_room_find(&fake, rid);
    if (r == NULL)
        return;
    add_message(r, r->visitor_username, text, now_ms(), true);
    r->unread++;
    changed(CLIENT_CHANGED_MESSAGES | CLIENT_CHANGED_ROOMS | CLIENT_NEW_MESSAGE, rid);
}

static void somebody_sets(const char *who, const char *id, const char *text)
{
    struct setting_value v;
    if (setting_value_from_text(catalogue_find(id), text, &v, NULL) != 0)
        return;
    record(&fake, catalogue_find(id), &v, who, 0);
    setting_value_free(&v);
    changed(CLIENT_CHANGED_SETTINGS, NULL);
}

static void control_line(char *line)
{
    char rid[64] = "", who[64] = "", rest[2048] = "";
    int n = 0;
    if (sscanf(line, "%*s %63s", rid) == 1 && client_room_find(&fake, rid) == NULL &&
        strncmp(line, "inquiry", 7) != 0 && strncmp(line, "offer", 5) != 0 && strncmp(line, "pause", 5) != 0 &&
        strncmp(line, "missed", 6) != 0 && strncmp(line, "setting", 7) != 0 &&
        strncmp(line, "tag ", 4) != 0 && strncmp(line, "answer", 6) != 0 && strncmp(line, "record ", 7) != 0)
        return;
    if (sscanf(line, "message %63s %n", rid, &n) == 1) {
        visitor_writes(rid, line + n);
    } else if (sscanf(line, "lines %63s %d", rid, &n) == 2) {
        for (int i = 1; i <= n; i++) {
            char text[64];
            snprintf(text, sizeof text, "line %d of the story", i);
            add_message(client_room_find(&fake, rid), "guest-x", text, now_ms(), true);
        }
        changed(CLIENT_CHANGED_MESSAGES, rid);
    } else if (sscanf(line, "inquiry %2047[^\n]", rest) == 1) {
        add_inquiry(rest, "Sales", "widget", "Hello", 0);
        changed(CLIENT_CHANGED_QUEUE | CLIENT_NEW_INQUIRY, NULL);
    } else if (sscanf(line, "offer %2047[^\n]", rest) == 1) {
        offer(rest);
    } else if (sscanf(line, "pause %63s", rid) == 1) {
        pause_me(rid);
    } else if (sscanf(line, "missed %d", &n) == 1) {
        fake.m.queue[n]->target = fake.m.rooms[n]->target = TARGET_MISSED;
        changed(CLIENT_CHANGED_QUEUE | CLIENT_CHANGED_ROOMS, NULL);
    } else if (sscanf(line, "typing %63s %2047[^\n]", rid, rest) == 2) {
        str_set(&client_room_find(&fake, rid)->typing, rest);
        changed(CLIENT_CHANGED_ROOMS, rid);
    } else if (sscanf(line, "tag %2047[^\n]", rest) == 1) {
        fake_tag(rest);
    } else if (sscanf(line, "record %2047[^\n]", rest) == 1) {
        fake_change_record(rest);
    } else if (sscanf(line, "setting %63s %63s %2047[^\n]", rid, who, rest) >= 2) {
        somebody_sets(who, rid, rest);
    } else if (sscanf(line, "assigned %63s", rid) == 1) {
        changed(CLIENT_NEW_CHAT | CLIENT_CHANGED_ROOMS, rid);
    } else if (sscanf(line, "answer %2047[^\n]", rest) == 1) {
        ui_say(ui, false, "%s", rest);
    } else if (strncmp(line, "away", 4) == 0) {
        fake.m.state = CLIENT_AWAY;
        fake.m.retry_at_ms = now_ms() + 30000;
        str_set(&fake.m.notice, "The server does not answer");
        changed(CLIENT_CHANGED_STATE, NULL);
    } else if (strncmp(line, "online", 6) == 0) {
        fake.m.state = CLIENT_ONLINE;
        str_set(&fake.m.notice, NULL);
        changed(CLIENT_CHANGED_STATE, NULL);
    }
}

static uv_poll_t control;

static void on_control(uv_poll_t *p, int status, int events)
{
    static char line[4096];
    static size_t len;
    char c;
    (void)status;
    (void)events;
    for (;;) {
        ssize_t got = read(*(int *)p->data, &c, 1);
        if (got == 0)
            uv_poll_stop(p);
        if (got <= 0)
            return;
        if (c == '\n') {
            line[len] = '\0';
            control_line(line);
            len = 0;
        } else if (len < sizeof line - 1) {
            line[len++] = c;
        }
    }
}

static void on_quit(void *arg)
{
    (void)arg;
    ui_free(&ui);
    if (control.data)
        uv_close((uv_handle_t *)&control, NULL);
}

int main(int argc, char **argv)
{
    static int control_fd;
    struct error err;
    struct ui_options o = {.in_fd = 0,
                           .out_fd = 1,
                           .mouse = true,
                           .theme = getenv("USHER_UIFAKE_THEME"),
                           .keymap = getenv("USHER_UIFAKE_KEYMAP"),
                           .data_dir = getenv("USHER_UIFAKE_DATA"),
                           .no_bell = true};
    struct ui_callbacks cb = {.quit = on_quit};
    real_clock = getenv("USHER_UIFAKE_CLOCK") != NULL;
    o.now_ms = now_ms;
    for (int i = 1; i < argc; i++)
        o.layout = strcmp(argv[i], "narrow") == 0 ? UI_LAYOUT_NARROW : UI_LAYOUT_AUTO;
    uv_loop_init(&loop);
    fill();
    ui = ui_new(&loop, &fake, &o, &cb, NULL);
    if (ui_start(ui, &err) != 0) {
        fprintf(stderr, "uifake: %s\n", err.text);
        return 1;
    }
    if (getenv("USHER_UIFAKE_CONTROL")) {
        control_fd = atoi(getenv("USHER_UIFAKE_CONTROL"));
        uv_poll_init(&loop, &control, control_fd);
        control.data = &control_fd;
        uv_poll_start(&control, UV_READABLE, on_control);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}
