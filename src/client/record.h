/* What administrators keep: departments, agents, hours, tags … as kinds of records with typed fields, so that one pane
   and one form serve them all. Values are texts and lists of texts; which keys of which REST call or method they
   are is the business of record_io.c. */
#ifndef CLIENT_RECORD_H
#define CLIENT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/client.h"

enum record_kind_no {
    RECORD_DEPARTMENTS,
    RECORD_AGENTS,
    RECORD_MANAGERS,
    RECORD_HOURS,
    RECORD_CANNED,
    RECORD_CUSTOM_FIELDS,
    RECORD_TRIGGERS,
    RECORD_TAGS,
    RECORD_PRIORITIES,
    RECORD_UNITS,
    RECORD_MONITORS,
    RECORD_CONTACTS,
    RECORD_CHANNELS,
    RECORD_USERS,
    RECORD_ROLES,
    RECORD_RIGHTS,
    RECORD_APPEARANCE,
    RECORD_KIND_COUNT,
};

enum record_type {
    RECORD_TEXT,
    RECORD_MULTILINE,
    RECORD_SECRET,   /* written, never read back */
    RECORD_NUMBER,   /* whole; "" none */
    RECORD_BOOL,     /* "true" or "false" */
    RECORD_CHOICE,   /* one of choices */
    RECORD_COLOR,
    RECORD_REGEX,
    RECORD_ZONE,     /* a name of the time zone database */
    RECORD_REF,      /* id of a record of another kind, or "" */
    RECORD_REFS,     /* items: ids */
    RECORD_TEXTS,    /* items: texts */
    RECORD_HOURS_OF_WEEK, /* items: seven, Sunday first: "08:00 20:00 closed", "08:00 12:00 open 13:00 17:00" */
    RECORD_HOLIDAYS, /* items: "2026-12-25 closed Christmas", "2026-12-24 09:00-13:00" */
    RECORD_LINKS,    /* items: "agentId username count order", of a department */
    RECORD_CONDITIONS, /* items: struct record_step, of a trigger; choices are its kinds */
    RECORD_ACTIONS,    /* the same; choices are the senders */
};

enum record_flag {
    RECORD_REQUIRED = 1,
    RECORD_FIXED = 2,     /* the server makes it: shown, not changed */
    RECORD_ONCE = 4,      /* given when it is created, then fixed */
    RECORD_BY_NAME = 8,   /* references hold the name, not the id */
    RECORD_FREE = 16,     /* references may be texts that are no record */
    RECORD_COMMAS = 32,   /* a list that travels as one text with commas */
    RECORD_ASIDE = 64,    /* not part of the object itself: record_io.c fetches and sends it apart */
    RECORD_LIST_ONLY = 128, /* a column, not a field of the form */
    RECORD_EMAIL = 256,   /* text that must look like an address */
    RECORD_WORD = 512,    /* text without blanks */
    RECORD_NAME = 1024,   /* only letters, digits, - and _ */
    RECORD_IF_KNOWN = 2048, /* not in the form while there is nothing in it */
};

struct record_choice {
    const char *value, *label;
};

struct record_field {
    const char *key;     /* where it stands in the object: "name", "timezone.name", "emails.0.address" */
    const char *label, *help;
    enum record_type type;
    unsigned flags;
    int column;          /* cells wanted in the list, 0: not there; negative: takes what is left */
    enum record_kind_no of;              /* references */
    const struct record_choice *choices; /* ends with {NULL, NULL} */
    const char *initial;                 /* of a new record, NULL: empty, false, the first choice */
    int64_t min, max;                    /* numbers, both 0: none */
};

struct record_kind {
    const char *id;       /* for the command line: "departments" */
    const char *title;    /* "Departments" */
    const char *noun;     /* "department" */
    const char *help;     /* what they are for, one or two sentences */
    const char *may_see, *may_save, *may_delete; /* rights, "a|b": one of them; NULL: nobody can do it */
    const char *loses;    /* what else goes with a deleted one, a sentence; or NULL */
    const char *removal;  /* "Delete", "Archive", … */
    bool no_edit;         /* can be added and removed only */
    bool no_new;          /* nobody adds one here */
    const struct record_field *fields;
    size_t field_count;
    int name_field;       /* index of the field people know it by */
};

/* Static tables; never NULL. */
const struct record_kind *record_kind(enum record_kind_no no);
int record_kind_find(const char *id);                      /* RECORD_KIND_COUNT when there is none */
int record_field_find(const struct record_kind *k, const char *key); /* -1: none */

struct record_value {
    char *text;    /* NULL counts as "" */
    char **items;
    size_t count;
};

struct record {
    char *id;
    struct record_value *values;   /* one for each field of its kind */
};

bool record_type_is_list(enum record_type t);
const char *record_text(const struct record_value *v);     /* never NULL */
void record_value_set(struct record_value *v, const char *text);
void record_value_add(struct record_value *v, const char *item);
void record_value_remove(struct record_value *v, size_t at);
bool record_value_has(const struct record_value *v, const char *item);
void record_value_copy(struct record_value *to, const struct record_value *from);   /* to is replaced */
bool record_value_equal(const struct record_value *a, const struct record_value *b);
void record_value_fini(struct record_value *v);

struct record *record_new(enum record_kind_no kind, const char *id);   /* with initial values; id may be NULL */
struct record *record_copy(enum record_kind_no kind, const struct record *r);
void record_free(enum record_kind_no kind, struct record **r);
const char *record_name(enum record_kind_no kind, const struct record *r);

/* Is the value good for its field? ERR_INVALID with field = the field's key. */
int record_value_check(const struct record_field *f, const struct record_value *v, struct error *err);

/* Minutes of a day, up to 1440; one that ends before it begins ends on the next day. */
struct record_span {
    int start, finish;
};
#define RECORD_SPANS_MAX 7     /* as many as a server takes */
/* "08:00-12:00, 13:00-17:00": as many as there are at the beginning of text; returns what is behind them. */
const char *record_spans_read(const char *text, struct record_span *out, int *n);
char *record_spans_show(const struct record_span *spans, int n);       /* none: "closed"; caller frees */

/* One day of the week. False when the item is malformed. */
struct record_day {
    int n;                         /* 1 at least, also when it is closed */
    struct record_span spans[RECORD_SPANS_MAX];
    bool open;
};
bool record_day_read(const char *item, struct record_day *out);
char *record_day_write(const struct record_day *day);      /* caller frees */

/* One date on which other hours hold; none: closed. name is borrowed from the item. */
struct record_holiday {
    char date[12];
    int n;
    struct record_span spans[RECORD_SPANS_MAX];
    const char *name;
};
int record_holiday_read(const char *item, struct record_holiday *out, struct error *err);
char *record_holiday_write(const struct record_holiday *h);    /* caller frees */

/* Neither several intervals a day nor holidays: what every server keeps. values: of business hours. */
bool record_hours_are_plain(const struct record_value *values);

/* One agent of a department. Texts are borrowed from item's copy in buf. */
struct record_link {
    char agent_id[64], username[128];
    int64_t count, order;
};
bool record_link_read(const char *item, struct record_link *out);
char *record_link_write(const struct record_link *link);   /* caller frees */

/* One condition or action of a trigger: an item holds further keys of the server as they are. */
struct record_step {
    char *choice;  /* the kind of the condition; whose greeting it is */
    char *text;    /* pattern or seconds; the greeting */
    char *name;    /* of a sender who is given here; conditions: "" */
};
void record_step_read(bool action, const char *item, struct record_step *out);   /* texts are never NULL */
/* item: what it was, NULL: a new one. Caller frees. */
char *record_step_write(bool action, const char *item, const struct record_step *step);
void record_step_fini(struct record_step *step);

/* --- the live lists --- */

enum records_state { RECORDS_UNKNOWN, RECORDS_LOADING, RECORDS_READY, RECORDS_FAILED };

struct client_records {
    enum records_state state;      /* LOADING only until the first answer: later ones replace what is shown */
    struct record **items;
    size_t count;
    struct error fault;            /* FAILED */
};

/* The records of a kind; the first call begins to read them, CLIENT_CHANGED_RECORDS tells that they are there, and
   then every change of them. Never NULL. What comes in a list may lack fields that only client_record_read gives. */
const struct client_records *client_records(struct client *c, enum record_kind_no kind);
void client_records_reload(struct client *c, enum record_kind_no kind);
struct record *client_record_find(struct client *c, enum record_kind_no kind, const char *id_or_name); /* or NULL */

/* record is borrowed for the call, NULL with err. */
typedef void (*client_record_done)(void *arg, const struct record *record, const struct error *err);
void client_record_read(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg);

/* The same, but surely as the server has it now: also what is otherwise taken from the list is read anew. */
void client_record_reread(struct client *c, enum record_kind_no kind, const char *id, client_record_done done, void *arg);

/* values: one for each field. id NULL: a new one. err->field names the key of the field at fault, when it is known. */
void client_record_save(struct client *c, enum record_kind_no kind, const char *id, const struct record_value *values,
                        client_done done, void *arg);
void client_record_delete(struct client *c, enum record_kind_no kind, const char *id, client_done done, void *arg);

/* What deleting it takes along: "4 agents, 2 open chats, Fallback of Sales"; "" nothing known. */
typedef void (*client_affected_done)(void *arg, const char *text);
void client_record_affected(struct client *c, enum record_kind_no kind, const char *id, client_affected_done done,
                            void *arg);

/* What business hours with these values would be at this moment, in words. view NULL: the server cannot tell. */
struct client_hour {
    const char *state;             /* "open until Fri 20:00" */
    const char *consequence;       /* of saving them */
};
typedef void (*client_hour_done)(void *arg, const struct client_hour *view);
void client_hour_preview(struct client *c, const char *id, const struct record_value *values, client_hour_done done,
                         void *arg);
/* By hand: until the calendar's next change, or for good: until it is taken back (RESUME). */
enum client_hour_order { CLIENT_HOUR_OPEN, CLIENT_HOUR_CLOSE, CLIENT_HOUR_RESUME };
void client_hour_override(struct client *c, const char *id, enum client_hour_order order, bool for_good, client_done done,
                          void *arg);

void client_channel_join(struct client *c, const char *rid, client_done done, void *arg);
/* Gives these roles these rights: rights[i] gets exactly roles[i]. */
struct client_right_change {
    const char *right;
    const struct record_value *roles;
};
void client_save_rights(struct client *c, const struct client_right_change *changes, size_t n, client_done done, void *arg);

/* True when I have one of the rights ("a|b"; NULL: nobody has). While they are not known: true. */
bool client_may(const struct client *c, const char *rights);
/* The roles that have a right, "admin, livechat-manager"; "" when unknown. Caller frees. */
char *client_right_roles(const struct client *c, const char *right);

#endif
