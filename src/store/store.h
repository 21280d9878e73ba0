/* Makes events durable and loads them back; history is read from here. SQLite (WAL, synchronous=FULL) behind one
   interface. Appending happens on the loop's thread and only gathers; a writer thread commits whole batches. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "core/core.h"

struct store;

/* Called on the WRITER's thread when a batch is done: only wake the loop (uv_async_send), then call store_poll there. */
typedef void (*store_wake)(void *arg);

/* Opens or creates the file, locks it (ERR_CONFLICT when another process holds it), migrates forward; a newer schema is
   ERR_STATE. Nothing is written when it fails. */
int store_open(const char *path, store_wake wake, void *arg, struct store **out, struct error *err);
void store_close(struct store **s);               /* commits what is pending first */

/* Fills an empty core with settings, people, open rooms. *fresh: nothing was in it. */
int store_load(struct store *s, struct core *c, bool *fresh, struct error *err);

/* --- writing: everything gets the next sequence number; what store_last() says afterwards is the number to wait for. */
void store_append(struct store *s, const struct core *c, const struct event_list *events);
uint64_t store_last(const struct store *s);       /* of what was appended so far */
uint64_t store_committed(const struct store *s);  /* of what is on disk, as of the last store_poll */
void store_flush(struct store *s);                /* once per loop turn: gives the writer what was appended */
/* On the loop's thread after a wake: takes the writer's news. ERR_OK, or ERR_IO with err: everything appended that is not
   committed is lost, and the core must be made anew with store_load. 1: poll again when what is committed has been dealt
   with; a commit behind it failed. */
int store_poll(struct store *s, struct error *err);
/* Waits until everything appended is on disk; as store_poll when it fails. Only where nothing else is to be done. */
int store_sync(struct store *s, struct error *err);
bool store_is_dirty(const struct store *s);       /* something is appended that is not committed */

/* The log can be played back. Behind every load: notes the start (the first time with all that was loaded). Before the end,
   and in a core that is not too large every now and then: a mark with the digest of the core. */
void store_log_start(struct store *s, const struct core *c, int64_t now_ms);
void store_log_stop(struct store *s, const struct core *c, int64_t now_ms);
/* A hash over all that routing rests on: settings, rights, agents, departments, records, open chats and who is in them;
   ids and numbers only, no figures of messages. The same for a core that was loaded as for the one that was written. */
uint64_t store_digest(const struct core *c);
struct replay_report {
    uint64_t events, marks;
    uint64_t log, tables;      /* digests: of what the log leaves, of what the tables hold */
    char fault[600];           /* the first thing that does not fit; "" none */
};
/* Plays the whole log: looks at every mark, makes a core from what it leaves, and compares it with that of the tables. */
void store_replay(struct store *s, const struct core *tables, struct replay_report *report);

/* Credentials: the same sequence numbers. bcrypt: as crypt_r makes it. */
void store_put_password(struct store *s, const char *user_id, const char *bcrypt);
void store_put_token(struct store *s, const char *hash, const char *user_id, int64_t created_ms, int64_t expires_ms);
void store_drop_token(struct store *s, const char *hash);
void store_drop_tokens_of(struct store *s, const char *user_id);
/* Outbound work, uploads: the record of a stored file. */
struct store_file {
    char *id, *rid, *name, *type, *user_id;
    int64_t size, ts_ms;
};
void store_put_file(struct store *s, const struct store_file *f);
void store_file_free(struct store_file *f);       /* its fields */

/* Pages a visitor saw before his chat (behaviour 9.10): at most VISITS_MAX of a token, each until expires_ms. What has
   expired goes whenever a page comes; in the whole about the newest million are kept. page->ts_ms: now. */
#define VISITS_MAX 20
struct store_visit {
    int64_t seq;               /* its sequence number */
    struct visited_page page;
};
uint64_t store_put_visit(struct store *s, const char *token, const struct visited_page *page, int64_t expires_ms);
void store_drop_visits(struct store *s, const char *token);
void store_keep_visits(struct store *s, const char *token);    /* those of the token expire no more */
uint64_t store_move_visits(struct store *s, const char *from, const char *to);  /* of a visitor whose token changed */
void store_expire_visits(struct store *s, int64_t now_ms);     /* at the start; else they go as above */
/* Mails that are still to be sent. A mail is a row from the batch of the event that causes it until it was handed over
   or given up, whatever happens to the process meanwhile. What it says is written when it is sent. */
enum mail_kind { MAIL_TRANSCRIPT = 1, MAIL_OFFLINE, MAIL_TEST };   /* MAIL_TEST is never stored */
struct store_mail {
    char *id;                  /* its Message-ID, too */
    enum mail_kind kind;
    char *visitor_id, *rid;    /* transcript: of which chat */
    char *user_id;             /* transcript: who asked; NULL: the visitor */
    char *address;             /* transcript: where to; offline: the visitor's, lower case (he is erased by it) */
    char *name, *subject;
    char *text, *host, *department_id;   /* offline: what he wrote, on which page, to whom */
    int64_t created_ms, due_ms;
    int tries;                 /* that failed so far */
};
void store_put_mail(struct store *s, const struct store_mail *m);
void store_retry_mail(struct store *s, const char *id, int64_t due_ms, int tries);
void store_hurry_mails(struct store *s, int64_t now_ms);   /* those that wait are due now: the settings have changed */
/* Sent, or given up: type is the name of the line in the log ("mail-sent", "mail-failed"), detail JSON without personal
   data, or NULL. */
void store_drop_mail(struct store *s, const struct store_mail *m, const char *type, int64_t now_ms, const char *detail);
void store_mail_free(struct store_mail *m);       /* its fields */

/* Events for the webhook (behaviour 11). A row from the batch of the event on; it stays for a week after it was told or
   given up, for people to look at. Its body is written once, right after the event. */
enum hook_state { HOOK_WAITING, HOOK_TOLD, HOOK_FAILED };
struct store_hook {
    uint64_t number;           /* of its row, by which they are told in order */
    char *type, *rid, *visitor_id;     /* rid, visitor_id NULL: an offline message */
    char *address;             /* offline: the visitor's, lower case (he is erased by it) */
    char *message_id;          /* of type Message */
    char *extra;               /* JSON object text: what it says besides the chat, or NULL */
    char *body;                /* JSON text; NULL: still to be written */
    int64_t created_ms, due_ms, done_ms;
    int tries, status;         /* made so far; of the last answer, 0: none */
    char *why;                 /* the last failure, or NULL */
    enum hook_state state;
};
uint64_t store_put_hook(struct store *s, const struct store_hook *h);      /* gives its number */
void store_hook_body(struct store *s, uint64_t number, const char *body);
void store_hook_tried(struct store *s, const struct store_hook *h);        /* due, done, tries, status, why, state */
void store_trim_hooks(struct store *s, int64_t before_ms);     /* what was done before that goes */
/* What the receiver wants to be told again about this chat: JSON text. */
void store_put_crm(struct store *s, const char *rid, const char *visitor_id, const char *data);
void store_hook_free(struct store_hook *h);      /* its fields */

/* --- reading: on a connection of its own, sees only what is committed. One indexed look-up each; safe on the loop's
   thread, and from one pool thread at a time through a struct store_reader of its own. */
struct store_reader;
struct store_reader *store_reader_new(struct store *s, struct error *err);
void store_reader_free(struct store_reader **r);
struct store_reader *store_loop_reader(struct store *s);   /* the one for the loop's thread */

char *read_password(struct store_reader *r, const char *user_id);                 /* bcrypt; NULL: none; caller frees */
bool read_token(struct store_reader *r, const char *hash, int64_t now_ms, char **user_id, int64_t *expires_ms);
struct visitor *read_visitor_by_token(struct store_reader *r, const char *token);  /* caller frees; NULL: none */
struct visitor *read_visitor_by_phone(struct store_reader *r, const char *phone);
struct visitor *read_visitor_by_email(struct store_reader *r, const char *email);
struct visitor *read_visitor(struct store_reader *r, const char *id);
/* The newest VISITS_MAX pages of the token that have not expired, oldest first. Returns how many. Caller frees the
   texts of each with store_visit_free. */
size_t read_visits(struct store_reader *r, const char *token, int64_t now_ms, struct store_visit out[VISITS_MAX]);
void store_visit_free(struct store_visit *v);
struct message *read_message(struct store_reader *r, const char *id);
bool read_file(struct store_reader *r, const char *id, struct store_file *out);
/* The uploads in all chats of a visitor: to be unlinked when he is erased. Caller frees each and the array. */
size_t read_files_of_visitor(struct store_reader *r, const char *visitor_id, struct store_file **out);

/* The mails that are due first, at most limit. Caller frees each and the array. */
size_t read_mails(struct store_reader *r, size_t limit, struct store_mail **out);

/* The webhook's: one; those that wait, in order and without extra and body; newest first, of a chat or of all (NULL), with
   numbers below before (0: all). Caller frees each and the array. */
bool read_hook(struct store_reader *r, uint64_t number, struct store_hook *out);
size_t read_waiting_hooks(struct store_reader *r, struct store_hook **out);
size_t read_hooks(struct store_reader *r, const char *rid, uint64_t before, size_t limit, struct store_hook **out);
size_t read_hooks_of_visitor(struct store_reader *r, const char *visitor_id, const char *email, struct store_hook **out);
char *read_crm(struct store_reader *r, const char *rid);  /* caller frees; NULL: none */

/* A closed (or open) room as stored; visitor, served_by are given as ids and names because they need not be in memory. */
struct stored_room {
    struct room *room;          /* with room->visitor NULL */
    struct visitor *visitor;    /* as stored now, or NULL when erased */
    char *served_by_id, *served_by_username;
};
bool read_room(struct store_reader *r, const char *id, struct stored_room *out);
void stored_room_free(struct stored_room *sr);

/* --- numbers.c: what reports count, read on the pool. */
struct chat_numbers {
    char *id;                   /* only while it is open */
    char *department_id, *agent_id, *agent;  /* agent: his username; NULL: none */
    int64_t ts_ms, closed_ms, served_ms;
    int64_t response_by_ms;     /* the last message of an agent; 0: none since the visitor's */
    bool open, on_hold, waiting_response;
    struct room_metrics metrics;
};
/* Chats that began in [from, to], by their beginning; the figures of open ones may be behind. Caller frees. */
size_t read_chat_numbers(struct store_reader *r, int64_t from_ms, int64_t to_ms, struct chat_numbers **out);
void chat_numbers_fini(struct chat_numbers *one);
void chat_numbers_free(struct chat_numbers *rows, size_t n);
/* [[department id or null, number], …] of the moves of chats in [from, to], by where the chat is now. New reference. */
json_t *read_transfers(struct store_reader *r, int64_t from_ms, int64_t to_ms);
/* Visitors that changed in [from, to], by department as above. */
json_t *read_visitor_numbers(struct store_reader *r, int64_t from_ms, int64_t to_ms);
/* When agents were there for chats, as far as it is in [from, to]. */
struct agent_session {
    char *user_id;
    int64_t started_ms, stopped_ms; /* stopped_ms 0: still there */
};
size_t read_agent_sessions(struct store_reader *r, int64_t from_ms, int64_t to_ms, struct agent_session **out);
void agent_sessions_free(struct agent_session *rows, size_t n);

struct room_query {             /* NULL or 0: no restriction */
    const char *visitor_id, *department_id, *name_like;
    int served;                 /* 0 any, 1 with an agent, -1 without one */
    const json_t *data;         /* object: the given custom fields contain these texts, any case */
    const char *text_like;      /* a message of the chat contains this */
    const char *const *served_by;   /* ids or usernames */
    size_t served_by_count;
    const char *const *tags;
    size_t tag_count;
    int open;                   /* -1 any, 0 closed, 1 open */
    int on_hold;                /* -1 any */
    int64_t created_from_ms, created_to_ms, closed_from_ms, closed_to_ms;
    const char *sort;           /* "ts", "closedAt", "fname", "msgs", "lm"; NULL: ts */
    bool ascending;
    int64_t offset, limit;      /* limit 0: all */
};
/* Visitors by what an agent types. exact: e-mail or phone equal to it; else contained in name or username; an empty
   term gives all. prefix: names that begin with it. Newest first, or by name. Caller frees each and the array. */
struct visitor_query {
    const char *term;
    bool prefix, by_name, ascending;
    int64_t offset, limit;
};
size_t read_visitors(struct store_reader *r, const struct visitor_query *q, struct visitor ***out, int64_t *total);

/* Returns rows (caller frees each and the array); *total: matches without paging. */
size_t read_rooms(struct store_reader *r, const struct room_query *q, struct stored_room **out, int64_t *total);

struct message_query {
    const char *rid;
    int64_t before_ms;          /* only older than this; 0: from the newest */
    int64_t after_ms;           /* only newer than this; 0: all */
    int64_t offset, limit;      /* limit 0: all */
    bool with_hidden;
    bool plain_only;            /* only those without type, and livechat-close */
    const char *type;           /* only this type */
    const char *text_like;      /* contained in the text, any case */
    int64_t changed_after_ms;   /* only those made or changed after this; 0: all */
};
/* Newest first. Caller frees each and the array. *total may be NULL. */
size_t read_messages(struct store_reader *r, const struct message_query *q, struct message ***out, int64_t *total);

/* The history of settings, newest first; texts are as JSON and NULL for secrets. */
struct stored_change {
    uint64_t number, undoes;
    int64_t ts_ms;
    bool old_default;
    char *setting, *user_id, *username, *address, *via, *old_json, *new_json, *comment;
};
/* Of one setting, or of all with NULL; only those with numbers below before (0: all). Caller frees with
   stored_changes_free. */
size_t read_setting_changes(struct store_reader *r, const char *setting, uint64_t before, size_t limit,
                            struct stored_change **out);
/* One by its number; false: there is none. Caller empties it with stored_change_fini. */
bool read_setting_change(struct store_reader *r, uint64_t number, struct stored_change *out);
void stored_change_fini(struct stored_change *c);
void stored_changes_free(struct stored_change *rows, size_t n);

struct event_row {
    uint64_t seq;
    int64_t ts_ms;
    char *type, *subject, *actor, *detail;
};
/* The log about one subject (room, user … id), or all with NULL; newest first. */
size_t read_events(struct store_reader *r, const char *subject, uint64_t before_seq, size_t limit, struct event_row **out);
void event_rows_free(struct event_row *rows, size_t n);

/* The life of a chat as far as routing is concerned, newest first: lines of the log, and messages of the system. */
struct life_row {
    uint64_t seq;
    int64_t ts_ms;
    char *type;                 /* of the event or the message */
    char *by;                   /* event: id of the actor; message: username of its author; or NULL */
    char *text;                 /* message only */
    char *detail;               /* JSON object text, or NULL: of the event, or the extra keys of the message */
};
size_t read_life(struct store_reader *r, const char *rid, uint64_t before_seq, size_t limit, struct life_row **out);
void life_rows_free(struct life_row *rows, size_t n);

#endif
