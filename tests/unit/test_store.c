/* The store: what was committed comes back, what was erased does not. */
#include "core_fixture.h"

#include <sched.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "store/store.h"

struct disk {
    struct fixture *f;
    struct store *store;
    char dir[64], path[96];
    sem_t woken;
};

static void wake(void *arg)
{
    sem_post(arg);
}

static void open_store(struct disk *d)
{
    struct error err;
    bool fresh;
    assert_int_equal(store_open(d->path, wake, &d->woken, &d->store, &err), 0);
    assert_int_equal(store_load(d->store, d->f->core, &fresh, &err), 0);
}

/* Gives the events of the last step to the store and waits for the commit. */
static void keep(struct disk *d)
{
    struct error err;
    store_append(d->store, d->f->core, &d->f->events);
    uint64_t wanted = store_last(d->store);
    store_flush(d->store);
    while (store_committed(d->store) < wanted) {
        sem_wait(&d->woken);
        assert_int_equal(store_poll(d->store, &err), 0);
    }
}

static void reopen(struct disk *d)
{
    store_close(&d->store);
    core_free(&d->f->core);
    d->f->core = core_new();
    open_store(d);
}

static int setup(void **state)
{
    struct disk *d = x_calloc(1, sizeof(*d));
    void *fixture;
    fx_open(&fixture);
    d->f = fixture;
    sem_init(&d->woken, 0, 0);
    strcpy(d->dir, "/tmp/usher-test-XXXXXX");
    assert_non_null(mkdtemp(d->dir));
    snprintf(d->path, sizeof(d->path), "%s/core.db", d->dir);
    open_store(d);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    struct disk *d = *state;
    void *fixture = d->f;
    store_close(&d->store);
    fx_close(&fixture);
    AUTO_FREE char *sweep = x_asprintf("rm -rf %s", d->dir);
    assert_int_equal(system(sweep), 0);
    sem_destroy(&d->woken);
    free(d);
    return 0;
}

static void a_chat_survives_a_restart(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    keep(d);
    AUTO_FREE char *dep = x_strdup(fx_department(f, "sales", ana, NULL));
    keep(d);
    fx_set(f, "Livechat_title", "Caf\xC3\xA9 \"x\"");
    keep(d);
    fx_visitor(f, "t1", dep);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    keep(d);
    AUTO_FREE char *rid = x_strdup(f->result.room->id);
    assert_int_equal(fx_say(f, f->result.room, NULL, "is anybody there? \xF0\x9F\x98\x80"), 0);
    keep(d);
    reopen(d);
    struct room *r = core_room(f->core, rid);
    assert_non_null(r);
    assert_string_equal(r->served_by->username, "ana");
    assert_int_equal(r->inquiry.status, INQUIRY_TAKEN);
    assert_string_equal(r->last_message->text, "is anybody there? \xF0\x9F\x98\x80");
    assert_string_equal(r->visitor->token, "t1");
    assert_string_equal(r->department->name, "sales");
    assert_int_equal(core_user(f->core, ana)->load, 1);
    assert_int_equal(room_subscription(r, core_user(f->core, ana))->unread, 2);
    assert_string_equal(core_setting_text(f->core, "Livechat_title"), "Caf\xC3\xA9 \"x\"");
    assert_ptr_equal(core_room_by_inquiry(f->core, r->inquiry.id), r);
}

static void keep_step(void *disk)
{
    keep(disk);
}

static void tick_at(struct fixture *f, int64_t ms)
{
    struct command cmd = {.type = COMMAND_TICK};
    f->now = ms - 1000;
    assert_int_equal(fx_step(f, &cmd), 0);
}

/* Each is set again from what is stored, the first tick after the start aside. */
static void deadlines_survive_a_restart_16(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    f->stepped = keep_step;
    f->stepped_arg = d;
    fx_system(f);
    AUTO_FREE char *ana = x_strdup(fx_online(f, "ana", 0)), *bob = x_strdup(fx_online(f, "bob", 0));
    fx_set(f, "Livechat_agent_leave_action", "close");
    fx_set(f, "Livechat_agent_leave_action_timeout", "1000");
    fx_set(f, "Livechat_abandoned_rooms_action", "close");
    fx_set(f, "Livechat_visitor_inactivity_timeout", "60");
    fx_set(f, "Livechat_auto_transfer_chat_timeout", "30");
    fx_set(f, "Livechat_auto_close_on_hold_chats_timeout", "20");
    fx_set(f, "Livechat_auto_close_on_hold_chats_custom_message", "too long");
    fx_set(f, "Livechat_allow_manual_on_hold", "true");
    struct room *held = fx_chat(f, "t1", NULL), *silent = fx_chat(f, "t2", NULL), *quiet = fx_chat(f, "t3", NULL);
    fx_assert_served(held, "ana");
    fx_assert_served(silent, "bob");
    fx_assert_served(quiet, "ana");
    fx_say(f, held, ana, "a moment");
    AUTO_FREE char *held_id = x_strdup(held->id), *silent_id = x_strdup(silent->id), *quiet_id = x_strdup(quiet->id);
    struct command hold = {.type = COMMAND_ROOM_HOLD, .actor_id = ana, .room = {.rid = held_id, .user_id = ana}};
    assert_int_equal(fx_step(f, &hold), 0);
    int64_t held_ms = f->now, asked_ms, started_ms = f->now;
    fx_say(f, silent, NULL, "hi");
    asked_ms = f->now;
    fx_say(f, silent, bob, "yes?"); /* only a message: the row of its room still says otherwise */
    int64_t transfer_ms = quiet->transfer_due_ms;
    fx_set(f, "Livechat_auto_close_on_hold_chats_custom_message", "other words");
    reopen(d);
    assert_int_equal(core_next_deadline(f->core), 0);
    tick_at(f, started_ms + 10000); /* nobody is connected: both have their time from now on */
    assert_true(core_next_deadline(f->core) == held_ms + 20000);
    reopen(d);
    tick_at(f, started_ms + 15000); /* that does not begin again */
    tick_at(f, held_ms + 20000);
    assert_null(core_room(f->core, held_id));
    assert_string_equal(fx_message(f, "livechat-close")->text, "too long");
    assert_true(core_next_deadline(f->core) == transfer_ms);
    tick_at(f, transfer_ms);
    silent = core_room(f->core, silent_id);
    assert_int_equal(silent->transfer_due_ms, 0); /* answered */
    assert_true(silent->predicted_ms == asked_ms + 60000);
    fx_assert_served(core_room(f->core, quiet_id), "bob");
    assert_true(core_user(f->core, bob)->leave_due_ms == started_ms + 1010000);
    reopen(d);
    tick_at(f, started_ms + 5000000); /* late, and still in the order they were due: the silent visitor, then the agents */
    assert_non_null(core_room(f->core, silent_id));
    tick_at(f, started_ms + 5000000);
    assert_null(core_room(f->core, silent_id));
    assert_non_null(core_room(f->core, quiet_id));
    tick_at(f, started_ms + 5000000);
    tick_at(f, started_ms + 5000000);
    assert_null(core_room(f->core, quiet_id));
    reopen(d);
    tick_at(f, started_ms + 5000000);
    assert_true(core_next_deadline(f->core) == INT64_MAX); /* once */
}

static void history_is_read_in_pages(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    struct message **page;
    int64_t total;
    fx_agent(f, "ana");
    keep(d);
    fx_visitor(f, "t1", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    keep(d);
    struct room *r = f->result.room;
    for (int i = 0; i < 30; i++) {
        AUTO_FREE char *text = x_asprintf("line %d", i);
        assert_int_equal(fx_say(f, r, NULL, text), 0);
        keep(d);
    }
    struct message_query q = {.rid = r->id, .limit = 10, .plain_only = true};
    size_t n = read_messages(store_loop_reader(d->store), &q, &page, &total);
    assert_int_equal(n, 10);
    assert_int_equal(total, 30);
    assert_string_equal(page[0]->text, "line 29");
    q.before_ms = page[9]->ts_ms;
    for (size_t i = 0; i < n; i++)
        message_free(&page[i]);
    free(page);
    n = read_messages(store_loop_reader(d->store), &q, &page, NULL);
    assert_string_equal(page[0]->text, "line 19");
    for (size_t i = 0; i < n; i++)
        message_free(&page[i]);
    free(page);
}

/* Rows of rooms lag behind their messages, over a checkpoint and after it: a restart must not show it. */
static void talk_is_caught_up_after_a_restart(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    keep(d);
    fx_visitor(f, "t1", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    keep(d);
    AUTO_FREE char *rid = x_strdup(f->result.room->id);
    for (int i = 0; i < 5000; i++) {
        assert_int_equal(fx_say(f, core_room(f->core, rid), i % 7 == 3 ? ana : NULL, "so it goes"), 0);
        if (i == 4500) {
            store_append(d->store, f->core, &f->events);
            assert_int_equal(fx_room(f, COMMAND_ROOM_READ, core_room(f->core, rid), ana), 0);
        }
        if (i % 50 == 49)
            keep(d);
        else
            store_append(d->store, f->core, &f->events);
    }
    struct room *r = core_room(f->core, rid);
    int64_t msgs = r->msgs, lm = r->lm_ms, total = r->metrics.response_total;
    int unread = room_subscription(r, core_user(f->core, ana))->unread;
    bool waiting = r->waiting_response;
    reopen(d);
    r = core_room(f->core, rid);
    assert_int_equal(r->msgs, msgs);
    assert_int_equal(r->lm_ms, lm);
    assert_int_equal(r->metrics.response_total, total);
    assert_int_equal(r->waiting_response, waiting);
    assert_int_equal(room_subscription(r, core_user(f->core, ana))->unread, unread);
    struct message **page;
    int64_t found;
    struct message_query q = {.rid = rid, .limit = 1, .plain_only = true};
    assert_int_equal(read_messages(store_loop_reader(d->store), &q, &page, &found), 1);
    assert_int_equal(found, 5000);
    message_free(&page[0]);
    free(page);
}

static void a_closed_chat_is_found_in_the_store_only(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    keep(d);
    fx_visitor(f, "t1", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    AUTO_FREE char *rid = x_strdup(f->result.room->id);
    keep(d);
    assert_int_equal(fx_room(f, COMMAND_ROOM_CLOSE, core_room(f->core, rid), ana), 0);
    keep(d);
    reopen(d);
    assert_null(core_room(f->core, rid));
    struct stored_room sr;
    assert_true(read_room(store_loop_reader(d->store), rid, &sr));
    assert_false(sr.room->open);
    assert_string_equal(sr.served_by_username, "ana");
    assert_string_equal(sr.visitor->token, "t1");
    stored_room_free(&sr);
    const char *agents[] = {"ana"};
    struct room_query q = {.open = 0, .on_hold = -1, .served_by = agents, .served_by_count = 1};
    struct stored_room *rows;
    int64_t total;
    assert_int_equal(read_rooms(store_loop_reader(d->store), &q, &rows, &total), 1);
    stored_room_free(&rows[0]);
    free(rows);
}

/* Not in any page of the file either. */
static void erasing_leaves_no_trace(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    fx_agent(f, "ana");
    keep(d);
    fx_visitor(f, "secret-token", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "secret-token"), 0);
    keep(d);
    assert_int_equal(fx_say(f, f->result.room, NULL, "my confession"), 0);
    keep(d);
    fx_set(f, "Livechat_Allow_collect_and_store_HTTP_header_informations", "true");
    keep(d);
    struct command cmd = {.type = COMMAND_VISITOR_REMOVE};
    cmd.visitor.record = core_visitor_by_token(f->core, "secret-token");
    assert_int_equal(fx_step(f, &cmd), 0);
    keep(d);
    reopen(d);
    store_close(&d->store);
    AUTO_FREE char *look = x_asprintf("grep -aqE 'my confession|secret-token|vera@example' %s %s-wal", d->path, d->path);
    assert_int_not_equal(system(look), 0);
    open_store(d);
    assert_null(read_visitor_by_token(store_loop_reader(d->store), "secret-token"));
}

static bool log_has(const struct disk *d, const char *word)
{
    AUTO_FREE char *look = x_asprintf("grep -aq '%s' %s-wal", word, d->path);
    return system(look) == 0;
}

/* Somebody reads while a visitor is erased: the words leave the log as soon as he is done, without a further batch. */
static void erasing_waits_for_readers(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    sqlite3 *reader;
    fx_agent(f, "ana");
    fx_visitor(f, "secret-token", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "secret-token"), 0);
    keep(d);
    assert_int_equal(fx_say(f, f->result.room, NULL, "my confession"), 0);
    keep(d);
    fx_set(f, "Livechat_Allow_collect_and_store_HTTP_header_informations", "true");
    keep(d);
    assert_int_equal(sqlite3_open_v2(d->path, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM visitor", NULL, NULL, NULL), SQLITE_OK);
    struct command cmd = {.type = COMMAND_VISITOR_REMOVE};
    cmd.visitor.record = core_visitor_by_token(f->core, "secret-token");
    assert_int_equal(fx_step(f, &cmd), 0);
    keep(d);
    assert_true(log_has(d, "my confession"));
    sqlite3_close(reader);
    int64_t until_ms = clock_now_ms() + 20000;
    while (log_has(d, "my confession") && clock_now_ms() < until_ms)
        sched_yield();
    assert_false(log_has(d, "my confession"));
    AUTO_FREE char *look = x_asprintf("grep -aq 'my confession' %s", d->path);
    assert_int_not_equal(system(look), 0);
}

static void visitors_without_a_chat_lose_their_manager_too(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    keep(d);
    static const char *const managers[] = {"ana", "bob"};
    fx_agent(f, "bob");
    keep(d);
    for (int i = 0; i < 2; i++) {
        struct command cmd = {.type = COMMAND_VISITOR_SAVE};
        cmd.visitor_save.token = managers[i];
        cmd.visitor_save.contact_manager = managers[i];
        cmd.visitor_save.has_contact_manager = true;
        assert_int_equal(fx_step(f, &cmd), 0);
        keep(d);
    }
    reopen(d); /* nobody of them is in memory now */
    f = d->f;
    assert_null(core_visitor_by_token(f->core, "ana"));
    struct command cmd = {.type = COMMAND_USER_ROLES};
    cmd.user.id = ana;
    cmd.user.roles = ROLE_USER;
    assert_int_equal(fx_step(f, &cmd), 0);
    keep(d);
    struct visitor *a = read_visitor_by_token(store_loop_reader(d->store), "ana");
    struct visitor *b = read_visitor_by_token(store_loop_reader(d->store), "bob");
    assert_null(a->contact_manager);
    assert_string_equal(b->contact_manager, "bob");
    visitor_free(&a);
    visitor_free(&b);
}

static void put_mail(struct disk *d, const char *id, const char *visitor_id, const char *address, int64_t due_ms)
{
    struct store_mail m = {.id = x_strdup(id), .kind = MAIL_OFFLINE, .visitor_id = x_strdup(visitor_id),
                           .address = x_strdup(address), .text = x_strdup("words"), .created_ms = 1, .due_ms = due_ms};
    store_put_mail(d->store, &m);
    store_mail_free(&m);
}

/* The ids of the mails in the order they are due, joined. */
static void expect_mails(struct disk *d, const char *ids)
{
    struct store_mail *mails;
    struct buf seen = BUF_INIT;
    struct error err;
    assert_int_equal(store_sync(d->store, &err), 0);
    size_t n = read_mails(store_loop_reader(d->store), 10, &mails);
    for (size_t i = 0; i < n; i++) {
        buf_puts(&seen, mails[i].id);
        store_mail_free(&mails[i]);
    }
    free(mails);
    assert_string_equal(seen.data ? seen.data : "", ids);
    buf_free(&seen);
}

static void mails_wait_in_the_store(void **state)
{
    struct disk *d = *state;
    put_mail(d, "a", NULL, "a@x", 30);
    put_mail(d, "b", NULL, "b@x", 10);
    put_mail(d, "c", NULL, "c@x", 20);
    expect_mails(d, "bca");
    store_retry_mail(d->store, "b", 40, 1);
    expect_mails(d, "cab");
    store_retry_mail(d->store, "gone", 40, 1);
    reopen(d);
    struct store_mail m = {.id = x_strdup("c")};
    store_drop_mail(d->store, &m, "mail-sent", 50, NULL);
    store_mail_free(&m);
    expect_mails(d, "ab");
    store_hurry_mails(d->store, 5);
    struct store_mail *first;
    struct error err;
    assert_int_equal(store_sync(d->store, &err), 0);
    assert_int_equal(read_mails(store_loop_reader(d->store), 1, &first), 1);
    assert_int_equal(first->due_ms, 5);
    assert_string_equal(first->text, "words");
    store_mail_free(first);
    free(first);
}

static void mails_of_the_erased_go(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    AUTO_FREE char *id = x_strdup(fx_visitor(f, "t1", NULL)->id);
    keep(d);
    put_mail(d, "a", id, "elsewhere@example.org", 1);
    put_mail(d, "b", NULL, "vera@example.org", 2);
    put_mail(d, "c", NULL, "other@example.org", 3);
    expect_mails(d, "abc");
    struct command cmd = {.type = COMMAND_VISITOR_REMOVE};
    cmd.visitor.record = core_visitor(f->core, id);
    assert_int_equal(fx_step(f, &cmd), 0);
    keep(d);
    expect_mails(d, "c");
}

static void a_wished_transcript_survives_a_restart(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    keep(d);
    fx_visitor(f, "t1", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    keep(d);
    AUTO_FREE char *rid = x_strdup(f->result.room->id);
    struct command cmd = {.type = COMMAND_TRANSCRIPT_REQUEST, .actor_id = ana};
    cmd.transcript.rid = rid;
    cmd.transcript.email = "vera@example.org";
    cmd.transcript.subject = "Ours";
    assert_int_equal(fx_step(f, &cmd), 0);
    keep(d);
    reopen(d);
    const struct transcript_request *t = &core_room(f->core, rid)->transcript;
    assert_string_equal(t->email, "vera@example.org");
    assert_string_equal(t->subject, "Ours");
    assert_string_equal(t->by_username, "ana");
    assert_true(t->requested_ms > 0);
}

static void one_process_at_a_time(void **state)
{
    struct disk *d = *state;
    struct store *second;
    struct error err;
    assert_int_equal(store_open(d->path, wake, &d->woken, &second, &err), ERR_CONFLICT);
    assert_non_null(strstr(err.text, "in use"));
}

static void credentials_are_kept(void **state)
{
    struct disk *d = *state;
    char *user_id = NULL;
    int64_t expires;
    d->f->events.n = 0;
    store_put_password(d->store, "u1", "$2b$10$abc");
    store_put_token(d->store, "hash", "u1", 1, 5000);
    keep(d);
    struct store_reader *r = store_loop_reader(d->store);
    AUTO_FREE char *bcrypt = read_password(r, "u1");
    assert_string_equal(bcrypt, "$2b$10$abc");
    assert_true(read_token(r, "hash", 4000, &user_id, &expires));
    assert_string_equal(user_id, "u1");
    free(user_id);
    assert_false(read_token(r, "hash", 5000, &user_id, &expires));
    store_drop_token(d->store, "hash");
    keep(d);
    assert_false(read_token(r, "hash", 4000, &user_id, &expires));
}

static int save_tag(struct fixture *f, const char *id, const char *name)
{
    json_t *values = json_pack("{s:s}", "name", name);
    struct command cmd = {.type = COMMAND_RECORD_SAVE};
    cmd.record_save.kind = RECORD_TAG;
    cmd.record_save.id = id;
    cmd.record_save.values = values;
    int rc = fx_step(f, &cmd);
    json_decref(values);
    return rc;
}

static void records_are_kept(void **state)
{
    struct disk *d = *state;
    assert_int_equal(save_tag(d->f, NULL, "first"), 0);
    AUTO_FREE char *first = x_strdup(d->f->result.record->id);
    keep(d);
    assert_int_equal(save_tag(d->f, NULL, "second"), 0);
    AUTO_FREE char *second = x_strdup(d->f->result.record->id);
    keep(d);
    assert_int_equal(save_tag(d->f, first, "renamed"), 0);
    keep(d);
    struct command cmd = {.type = COMMAND_RECORD_REMOVE};
    cmd.record_save.kind = RECORD_TAG;
    cmd.record_save.id = second;
    assert_int_equal(fx_step(d->f, &cmd), 0);
    keep(d);
    reopen(d);
    assert_int_equal(core_record_count(d->f->core, RECORD_TAG), 1);
    const struct record *r = core_record(d->f->core, RECORD_TAG, first);
    assert_non_null(r);
    assert_string_equal(record_name(r), "renamed");
    assert_true(r->updated_ms > r->created_ms && r->created_ms > 0);
}

static void a_newer_schema_is_refused(void **state)
{
    struct disk *d = *state;
    struct store *s;
    struct error err;
    AUTO_FREE char *path = x_asprintf("%s/newer.db", d->dir);
    AUTO_FREE char *make = x_asprintf("sqlite3 %s 'PRAGMA user_version=99'", path);
    if (system(make) != 0)
        skip();
    assert_int_equal(store_open(path, wake, &d->woken, &s, &err), ERR_STATE);
    assert_non_null(strstr(err.text, "newer"));
}

static void what_came_before_a_failed_commit_is_told_first(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    struct error err;
    sqlite3 *other;
    fx_agent(f, "ana");
    keep(d);
    fx_visitor(f, "t1", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    keep(d);
    struct room *r = f->result.room;
    AUTO_FREE char *rid = x_strdup(r->id);
    assert_int_equal(sqlite3_open(d->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TRIGGER full BEFORE INSERT ON message WHEN new.text = 'too much'"
                                         " BEGIN SELECT raise(ABORT, 'disk full'); END", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    static const char *const texts[] = {"this fits", "too much", "after it"};
    uint64_t fits = 0;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        assert_int_equal(fx_say(f, r, NULL, texts[i]), 0);
        store_append(d->store, f->core, &f->events);
        store_flush(d->store);
        fits = i ? fits : store_last(d->store);
    }
    sem_wait(&d->woken);
    sem_wait(&d->woken);
    assert_int_equal(store_poll(d->store, &err), 1);
    assert_int_equal(store_committed(d->store), fits);
    assert_int_equal(store_poll(d->store, &err), ERR_IO);
    assert_non_null(strstr(err.text, "disk full"));
    assert_int_equal(store_last(d->store), fits);
    reopen(d);
    assert_string_equal(core_room(f->core, rid)->last_message->text, "this fits");
}

/* Marks come by themselves between; what the log leaves is what a fresh core reads from the tables. */
static void the_log_leads_to_what_the_tables_hold(void **state)
{
    struct disk *d = *state;
    struct fixture *f = d->f;
    struct replay_report report;
    store_log_start(d->store, f->core, f->now);
    AUTO_FREE char *ana = x_strdup(fx_agent(f, "ana"));
    keep(d);
    for (int i = 0; i < 10100; i++) {
        struct command cmd = {.type = COMMAND_USER_SERVICE};
        cmd.user.id = ana;
        cmd.user.available = i % 2;
        assert_int_equal(fx_step(f, &cmd), 0);
        store_append(d->store, f->core, &f->events);
    }
    event_list_clear(&f->events);
    fx_visitor(f, "t1", NULL);
    keep(d);
    assert_int_equal(fx_start(f, "t1"), 0);
    keep(d);
    store_log_stop(d->store, f->core, f->now);
    reopen(d);
    store_replay(d->store, f->core, &report);
    assert_string_equal(report.fault, "");
    assert_int_equal(report.marks, 2);
    assert_true(report.log == report.tables && report.tables == store_digest(f->core));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_chat_survives_a_restart),
        T(deadlines_survive_a_restart_16),
        T(what_came_before_a_failed_commit_is_told_first),
        T(history_is_read_in_pages),
        T(talk_is_caught_up_after_a_restart),
        T(a_closed_chat_is_found_in_the_store_only),
        T(erasing_leaves_no_trace),
        T(erasing_waits_for_readers),
        T(visitors_without_a_chat_lose_their_manager_too),
        T(mails_wait_in_the_store),
        T(mails_of_the_erased_go),
        T(a_wished_transcript_survives_a_restart),
        T(one_process_at_a_time),
        T(credentials_are_kept),
        T(records_are_kept),
        T(a_newer_schema_is_refused),
        T(the_log_leads_to_what_the_tables_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
