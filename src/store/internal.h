/* What the files of the store share. Nobody else includes this. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>

#include "common/buf.h"
#include "common/mem.h"
#include "store/store.h"

/* --- columns.c: records of C and rows of SQL, described once ------------------------------------------------------ */

enum column_kind { COLUMN_TEXT, COLUMN_TYPE, COLUMN_I64, COLUMN_INT, COLUMN_U32, COLUMN_BOOL };

struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
};

struct table {
    const char *name;
    const struct column *columns;
    int count;
    const char *more;          /* names of further columns, set by hand, separated by blanks; or "" */
    int more_count;
};

extern const struct table table_user, table_department, table_visitor, table_room, table_message, table_room_message, table_canned,
    table_subscription, table_mail, table_channel, table_member;

char *table_upsert_sql(const struct table *t);             /* caller frees */
char *table_select_sql(const struct table *t, const char *alias, const char *rest);
void table_read(const struct table *t, sqlite3_stmt *st, int first, void *record);
char *column_text(sqlite3_stmt *st, int i);                /* copy, NULL for NULL */
char **column_texts(sqlite3_stmt *st, int i, int *n);      /* a JSON list of texts, copied; NULL and 0 for NULL */

/* --- batch.c: statements with their values, gathered by the loop and run by the writer ---------------------------- */

enum op {
    OP_EVENT, OP_SETTING, OP_SETTING_CHANGE, OP_RIGHT, OP_META,
    OP_USER, OP_USER_DROP, OP_PRESENCE, OP_ACTIVITY, OP_ACTIVITY_END, OP_PASSWORD, OP_TOKEN, OP_TOKEN_DROP, OP_TOKENS_DROP,
    OP_DEPARTMENT, OP_DEPARTMENT_DROP, OP_LINK, OP_LINK_DROP,
    OP_VISITOR, OP_VISITOR_DROP, OP_VISITOR_MESSAGES_DROP, OP_VISITOR_FILES_DROP, OP_VISITOR_SUBS_DROP,
    OP_VISITOR_ROOMS_DROP, OP_VISITOR_RENAME, OP_VISITORS_UNMANAGE,
    OP_ROOM, OP_ROOM_TALK, OP_ROOM_INFO, OP_SUBSCRIPTION, OP_SUBSCRIPTION_DROP,
    OP_MESSAGE, OP_MESSAGE_EDIT, OP_MESSAGE_DROP, OP_MESSAGE_INDEX, OP_VISITOR_INDEX_DROP, OP_VISITOR_NEWEST_DROP,
    OP_VISIT, OP_VISITS_TRIM, OP_VISITS_CAP, OP_VISITS_EXPIRE, OP_VISITS_DROP, OP_VISITS_KEEP, OP_VISITS_MOVE,
    OP_CANNED, OP_CANNED_DROP, OP_FILE, OP_RECORD, OP_RECORD_DROP, OP_CHANNEL, OP_MEMBER, OP_MEMBER_DROP,
    OP_MAIL, OP_MAIL_RETRY, OP_MAIL_HURRY, OP_MAIL_DROP, OP_VISITOR_MAIL_DROP, OP_VISITOR_OFFLINE_DROP, OP_ROOM_LATE,
    OP_HOOK, OP_HOOK_BODY, OP_HOOK_TRIED, OP_HOOKS_TRIM, OP_VISITOR_HOOKS_DROP, OP_CRM, OP_VISITOR_CRM_DROP,
    OP_COUNT
};

struct batch {
    struct buf ops;
    uint64_t last;             /* sequence number of the newest thing in it */
    bool scrub;                /* a person or a secret is erased in it: nothing may stay behind in the write-ahead log */
};

void batch_begin(struct batch *b, enum op op);
void batch_int(struct batch *b, int64_t v);
void batch_text(struct batch *b, const char *s);           /* NULL allowed */
void batch_record(struct batch *b, const struct table *t, const void *record);
void batch_end(struct batch *b);
#define FAILURE_BYTES 200
/* Runs everything in one transaction. Returns SQLITE_OK, or the first error and says why. */
int batch_run(const struct batch *b, sqlite3 *db, sqlite3_stmt **statements, char why[FAILURE_BYTES]);
int batch_prepare(sqlite3 *db, sqlite3_stmt *statements[OP_COUNT]);

/* --- schema.c */
int schema_migrate(sqlite3 *db, const char *path, struct error *err);

/* --- sweeper.c: a second thread copies the pages of the write-ahead log into the database while the writer commits */
struct sweeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work;
    sqlite3 *db;
    bool started, stop, due;
    bool last_is_due;          /* under lock: few pages are left, the writer copies them and the log begins anew */
};

int sweeper_start(struct sweeper *w, const char *path, struct error *err);
void sweeper_stop(struct sweeper *w);
/* On the writer's thread after each commit, with the length of the log. */
void sweeper_note(struct sweeper *w, sqlite3 *db, int pages);

/* --- writer.c: the thread */
struct writer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, idle;
    sqlite3 *db;
    sqlite3_stmt *statements[OP_COUNT];
    struct sweeper sweeper;
    int log_pages;             /* of the write-ahead log, after the last commit */
    struct batch batch;        /* owned by the writer while busy */
    struct batch next;         /* under lock: given meanwhile, begun as soon as that one is committed */
    bool started, busy, stop;
    bool scrub;                /* the log still has to be emptied */
    bool scrub_is_late;        /* a reader was in the way of that */
    int rc;                    /* first error, else SQLITE_OK */
    char failure[FAILURE_BYTES];
    uint64_t committed;        /* under lock */
    store_wake wake;
    void *arg;
};

int writer_start(struct writer *w, const char *path, store_wake wake, void *arg, struct error *err);
void writer_stop(struct writer *w);
/* Takes the batch and leaves an empty one. False: a failure has not been told yet, nothing happened. */
bool writer_give(struct writer *w, struct batch *b);
void writer_wait(struct writer *w);                        /* until it is idle */

struct store_reader {
    sqlite3 *db;
    sqlite3_stmt **cache;      /* prepared statements by their SQL text's address */
    const char **keys;
    size_t n;
};
/* A statement for a constant SQL text (compared by address), prepared once. Reset and unbound. */
sqlite3_stmt *reader_statement(struct store_reader *r, const char *sql);
int reader_open(const char *path, struct store_reader **out, struct error *err);

struct store {
    char *path;
    int lock_fd;
    struct writer writer;
    struct batch pending;
    uint64_t last, committed;
    struct dirty_room *dirty;  /* rooms whose rows are behind their messages */
    unsigned unindexed;        /* messages since the index was filled */
    uint64_t chain;            /* over the log since the last mark: replay.c */
    size_t unmarked;           /* events since then */
    bool is_logging;           /* the log has its beginning */
    unsigned visits;           /* put since their number was last limited */
    struct store_reader *reader;
};

/* --- checkpoint.c: what a message changes of its room is written down later, many at once */
void checkpoint_touch(struct store *s, const char *rid);
void checkpoint_forget(struct store *s, const char *rid);
void checkpoint_clear(struct store *s);
void checkpoint_if_due(struct store *s, const struct core *c);
void project_room_talk(struct store *s, struct room *r);
void project_channel_talk(struct store *s, struct channel *ch);

/* --- store.c: a line of the log about something that is no event of the core */
void log_line_about(struct store *s, const char *type, const char *subject, int64_t ts_ms, const char *detail);

/* --- state.c: what routing rests on, as text */
#define STATE_SEED 0xCBF29CE484222325u
typedef void (*state_fn)(void *arg, const char *text);
char *state_of_event(const struct core *c, const struct event_list *events, size_t i);   /* NULL: none; caller frees */
void state_each(const struct core *c, state_fn fn, void *arg);
uint64_t state_hash(uint64_t hash, const char *text);      /* NULL counts as "" */
int state_kind(const char *kind);                          /* -1: there is none of that name */
size_t state_kinds(void);
void state_load(struct core *c, const json_t *row);        /* kinds in ascending order */
void state_offline(json_t *row);

/* --- replay.c: the log */
void log_row(struct store *s, int64_t ts_ms, const char *type, const char *subject, const char *actor, const char *detail,
             const char *state);
uint64_t log_chain(uint64_t chain, int64_t ts_ms, const char *type, const char *subject, const char *actor,
                   const char *detail, const char *state);
void log_mark_if_due(struct store *s, const struct core *c, int64_t ts_ms);

/* --- project.c: events to rows */
void project_event(struct store *s, const struct core *c, const struct event_list *events, size_t i);
void project_rooms(struct store *s, const struct event_list *events);
bool event_writes_room(const struct event *e);             /* its room is to be written as it is behind the step */

#endif
